#!/usr/bin/env python3
"""cost.py DEFAULT CUDA

What the program with CUDA costs beyond the default one where there is no driver: processor
time and memory of a start, memory and processor time of a kernel that idles. The two
take turns; the least of each number counts."""
import glob
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

STARTS, KERNELS, SETTLE, IDLE = 60, 4, 8, 5
NAMES = ["default", "cuda"]


def start(program):
    """Processor time in ms and largest resident memory in MB of a start."""
    child = subprocess.Popen([program, "--version"], stdout=subprocess.DEVNULL)
    used = os.wait4(child.pid, 0)[2]
    return (used.ru_utime + used.ru_stime) * 1e3, used.ru_maxrss / 1024


def family(pid):
    found = [pid]
    for children in glob.glob(f"/proc/{pid}/task/*/children"):
        for child in open(children).read().split():
            found += family(int(child))
    return found


def private(pid):
    return sum(int(l.split()[1]) for l in open(f"/proc/{pid}/smaps_rollup") if l.startswith("Private")) / 1024


def ticks(pid):
    fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def ports(n):
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    numbers = [s.getsockname()[1] for s in taken]
    for s in taken:
        s.close()
    return numbers


def idle(program, folder):
    """Memory in MB that is a kernel's own, and processor time in ms a second, of host and worker."""
    names = ["shell_port", "iopub_port", "stdin_port", "control_port", "hb_port"]
    file = pathlib.Path(folder, "connection.json")
    file.write_text(json.dumps(dict(zip(names, ports(5)), ip="127.0.0.1", transport="tcp", key="k", signature_scheme="hmac-sha256")))
    kernel = subprocess.Popen([program, "kernel", "-f", str(file), "--history", "off"], stdout=subprocess.DEVNULL)
    try:
        time.sleep(SETTLE)
        all = family(kernel.pid)
        before = sum(map(ticks, all))
        time.sleep(IDLE)
        return sum(map(private, all)), (sum(map(ticks, all)) - before) * 10 / IDLE
    finally:
        kernel.terminate()
        kernel.wait()


with tempfile.TemporaryDirectory() as folder:
    programs = [shutil.copy(p, os.path.join(folder, n)) for p, n in zip(sys.argv[1:], NAMES)]  # alike in the file system
    least = {n: [1e9] * 4 for n in NAMES}
    for turns, measure, at in [(STARTS, start, 0), (KERNELS, lambda p: idle(p, folder), 2)]:
        for _ in range(turns):
            for n, p in zip(NAMES, programs):
                for i, v in enumerate(measure(p)):
                    least[n][at + i] = min(least[n][at + i], v)
    labels = ["start: processor time, ms", "start: resident memory, MB", "idle kernel: own memory, MB", "idle kernel: processor time, ms a second"]
    print("| | default | cuda | more |\n|---|---|---|---|")
    for i, label in enumerate(labels):
        a, b = (least[n][i] for n in NAMES)
        print(f"| {label} | {a:.1f} | {b:.1f} | {b - a:+.1f} |")
    a, b = (os.path.getsize(p) / 2**20 for p in sys.argv[1:])
    print(f"| program, MB | {a:.1f} | {b:.1f} | {b - a:+.1f} |")
