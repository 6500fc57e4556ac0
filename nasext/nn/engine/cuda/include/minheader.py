#!/usr/bin/env python3
"""minheader.py CUDA_INCLUDE SOURCE_DIR... > cuda.h

Writes the smallest cuda.h that the Go and C files of the source folders compile
with: functions, types and values that they name, as the real header has them."""
import glob
import re
import subprocess
import sys
import tempfile

include, folders = sys.argv[1], sys.argv[2:]


def preprocess(source, *flags):
    return subprocess.run(["gcc", "-E", *flags, "-I" + include, "-x", "c", "-"],
                          input=source, text=True, capture_output=True, check=True).stdout


def named():
    """The names of CUDA that the sources use."""
    found = set()
    for folder in folders:
        for file in glob.glob(folder + "/*.go"):
            text = open(file).read()
            found |= set(re.findall(r"\bC\.((?:cu|CU)\w+)", text))
            for preamble in re.findall(r"/\*(.*?)\*/\nimport \"C\"", text, re.S):
                found |= set(re.findall(r"\b(?:cu[A-Z]|CU)\w+", preamble))
        for file in glob.glob(folder + "/*.[ch]"):
            found |= set(re.findall(r"\b(?:cu[A-Z]|CU)\w+", open(file).read()))
    return found


def versions(names):
    """The name behind each macro: cuMemAlloc is cuMemAlloc_v2."""
    probe = "#include <cuda.h>\n" + "".join(f"@{i} {n}\n" for i, n in enumerate(names))
    return {names[int(i)]: n for i, n in re.findall(r"^@(\d+) (\w+)$", preprocess(probe, "-P"), re.M)}


want = named()
flat = re.sub(r"\s+", " ", preprocess("#include <cuda.h>\n", "-P"))
macros = versions(sorted(n for n in want if n.startswith("cu")))
protos = {name: proto for proto, name in re.findall(r"(CUresult (cu\w+)\s*\([^;{}]*\)) ?;", flat)}
enums = {name: (tag, re.findall(r"(\w+)(?: ?=[^,]*)?(?:,|$)", body.strip() + ","))
         for tag, body, name in re.findall(r"typedef enum (\w+) \{([^{}]*)\} (\w+);", flat)}
enum_of = {e: name for name, (_, members) in enums.items() for e in members}
structs = {name: (tag, body) for tag, body, name in re.findall(r"typedef struct (\w+) \{([^{}]*)\} (\w+);", flat)}
plain = {name: old for old, name in re.findall(r"typedef ((?:struct \w+ ?\*|unsigned long long|unsigned int|int|\w+)) ?(\w+);", flat)}
callbacks = {name: text for text, name in re.findall(r"(typedef \w+ \( ?\*(CU\w+)\)\([^;]*\);)", flat)}
defined = preprocess("#include <cuda.h>\n", "-dM")

types, done, members = [], set(), {}


def words(text):
    return re.findall(r"\b(?:CU|cu)\w+", text)


def need(t):
    """Writes a type before what uses it."""
    if t in done:
        return
    done.add(t)
    if t in enums:
        members.setdefault(t, set())
        types.append(("enum", t))
    elif t in structs:
        tag, body = structs[t]
        for w in words(body):
            need(w)
        fields = re.sub(r"\s*;\s*", "; ", body.strip())
        types.append(("text", f"typedef struct {tag} {{ {fields} }} {t};"))
    elif t in plain and plain[t] != t:
        if not plain[t].startswith("struct"):
            for w in words(plain[t]):
                need(w)
        types.append(("text", f"typedef {plain[t].replace(' *', '*').replace('*', ' *')} {t};"))
    elif t in callbacks:
        types.append(("text", callbacks[t]))


def unnamed(argument):
    """An argument without its name."""
    argument = argument.strip()
    return re.sub(r"(\*|\s)\w+$", r"\1", argument).strip() if len(argument.split()) > 1 else argument


functions, constants = [], []
for n in sorted(want):
    real = macros.get(n, n)
    if real in protos:
        arguments = protos[real][protos[real].index("(") + 1:-1]
        for w in words(arguments):
            need(w)
        functions.append((n, real, ", ".join(map(unnamed, arguments.split(",")))))
    elif n in enum_of:
        need(enum_of[n])
        members[enum_of[n]].add(n)
    elif f"#define {n} " in defined:
        constants.append(n)
    else:
        need(n)
need("CUresult")

numbers = sorted({e for s in members.values() for e in s} | {c for c in constants if c.startswith("CU_")})
program = "#include <stdio.h>\n#include <cuda.h>\nint main(void){" + "".join(
    f'printf("{v} %ld\\n",(long){v});' for v in numbers) + "}"
with tempfile.TemporaryDirectory() as d:
    subprocess.run(["gcc", "-I" + include, "-x", "c", "-", "-o", d + "/numbers"], input=program, text=True, check=True)
    value = dict(line.split() for line in subprocess.run([d + "/numbers"], text=True, capture_output=True, check=True).stdout.splitlines())

print("""/* The part of the CUDA driver's interface that is used here: names, types and
 * values. Written by minheader.py. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#define CUDA_VERSION 12000
#define CUDAAPI
#define CUDA_CB""")
for kind, t in types:
    if kind == "text":
        print(t)
    else:
        tag, order = enums[t]
        body = ", ".join(f"{e} = {value[e]}" for e in order if e in members[t]) or tag + "_none = 0"
        print(f"typedef enum {tag} {{ {body} }} {t};")
for c in constants:
    if c in value:
        print(f"#define {c} {value[c]}")
for n, real, arguments in functions:
    if n != real:
        print(f"#define {n} {real}")
    print(f"CUresult {real}({arguments});")
