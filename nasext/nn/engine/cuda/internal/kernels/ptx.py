#!/usr/bin/env python3
"""ptx.py NVRTC_LIBRARY FOLDER

Compiles the CUDA C of a folder to PTX with NVRTC: X.cu to X.ptx, for the virtual
architecture that ARCH names or compute_70. The first line says of which source it
is made, all *.cu and *.cuh of the folder: see Hash of package fake."""
import ctypes
import hashlib
import pathlib
import sys

ARCH = {"tc": "compute_80"}

library, folder = ctypes.CDLL(sys.argv[1]), pathlib.Path(sys.argv[2])


def digest():
    h = hashlib.sha256()
    for f in sorted([*folder.glob("*.cu"), *folder.glob("*.cuh")], key=lambda f: f.name):
        text = f.read_bytes()
        h.update(f"{f.name} {len(text)}\n".encode() + text)
    return h.hexdigest()


def fetch(size, get, program):
    n = ctypes.c_size_t()
    size(program, ctypes.byref(n))
    b = ctypes.create_string_buffer(n.value)
    get(program, b)
    return b.value.decode()


def compile(root):
    program = ctypes.c_void_p()
    options = [f"--gpu-architecture={ARCH.get(root.stem, 'compute_70')}", "--std=c++17", "--device-as-default-execution-space", f"--include-path={folder}"]
    library.nvrtcCreateProgram(ctypes.byref(program), root.read_bytes(), root.name.encode(), 0, None, None)
    if library.nvrtcCompileProgram(program, len(options), (ctypes.c_char_p * len(options))(*(o.encode() for o in options))):
        sys.exit(fetch(library.nvrtcGetProgramLogSize, library.nvrtcGetProgramLog, program))
    return fetch(library.nvrtcGetPTXSize, library.nvrtcGetPTX, program)


for root in sorted(folder.glob("*.cu")):
    root.with_suffix(".ptx").write_text(f"// source sha256 {digest()}\n{compile(root)}")
