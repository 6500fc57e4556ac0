#!/usr/bin/env python3
"""table.py < cuda.h > table_amd64.S: one jump for each driver function that the
header declares, and for those that cu names differently with CUDA 13's headers."""
import re
import sys

names = set(re.findall(r"^CUresult (cu\w+)\(", sys.stdin.read(), re.M)) - {"cuInit"}
names = sorted(names | {"cuDeviceGetUuid_v2", "cuEventElapsedTime_v2"})
print("""// Written by table.py.
//go:build cuda && cgo && linux && amd64

// The functions are hidden: Go links with -rdynamic, and the driver must not find these.
	.text""")
for i, n in enumerate(names):
    print(f"\t.globl {n}\n\t.hidden {n}\n\t.type {n},@function\n{n}:\n\tjmp *tramp_table+{8*i}(%rip)")
print("\t.section .rodata\n\t.globl tramp_names\n\t.hidden tramp_names\ntramp_names:")
for n in names:
    print(f'\t.asciz "{n}"')
print(f"""\t.byte 0
	.data
	.balign 8
	.globl tramp_table
	.hidden tramp_table
tramp_table:
	.rept {len(names)}
	.quad tramp_unready
	.endr
	.section .note.GNU-stack,"",@progbits""")
