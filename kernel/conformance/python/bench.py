"""Prints how quick and how small the kernel is, beside Python's own.

    python bench.py PROGRAM [--rounds N]

In each round every kernel is started anew and measured, one after the other, and
who comes first changes; the table has the medians. Clients are bare sockets, the
same for all, so that a client's own waiting is not measured.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import zmq
from jupyter_client.connect import write_connection_file
from jupyter_client.session import Session

LIMIT = 30  # seconds for any answer
QUEUED = 500  # fewer than a socket of ZeroMQ's holds, which would lose the rest
GROWTH = 1000


@dataclass
class Language:
    """The cells that are measured. A number goes into those with a {}."""

    hello: str
    lines: str
    prints: str
    big: str
    trivial: str
    complete: str
    endless: str


GO = Language(
    hello='fmt.Println("hello {}")', lines='for i := range 10000 {\n\tfmt.Println("line", i)\n}',
    prints='for range 100000 {\n\tfmt.Print("x")\n}', big='display.Show(display.HTML(strings.Repeat("x", 1<<20)))',
    trivial="n := {}", complete="strings.ToUp", endless="for {\n}",
)
PYTHON = Language(
    hello='print("hello {}")', lines='for i in range(10000):\n    print("line", i)',
    prints='for i in range(100000):\n    print("x", end="")', big='from IPython.display import HTML, display\ndisplay(HTML("x" * 2**20))',
    trivial="n = {}", complete="str.upp", endless="while True:\n    pass",
)


@dataclass
class Target:
    """What is measured, and how far from Python's own kernel it may be."""

    name: str
    unit: str
    ratio: float | None = None  # at most, of ipykernel's
    most: float | None = None
    least: float | None = None
    values: dict[str, list[float]] = field(default_factory=dict)

    def says(self):
        if self.ratio is not None:
            return f"≤ {self.ratio:.1f}×"
        if self.most is not None:
            return f"≤ {self.most:g} {self.unit}"
        return f"≥ {self.least:g} {self.unit}" if self.least is not None else ""

    def met(self, ours, theirs):
        if self.ratio is not None:
            return ours <= self.ratio * theirs
        return (self.most is None or ours <= self.most) and (self.least is None or ours >= self.least)


TARGETS = {
    "info": Target("start to kernel_info", "ms", ratio=0.6),
    "first": Target("start to first hello done", "ms"),
    "same": Target("hello, the same text again", "ms", ratio=0.3),
    "new": Target("hello, another text", "ms", ratio=0.3),
    "lines": Target("10 000 printed lines", "ms", ratio=0.6),
    "prints": Target("100 000 prints of one character", "ms", ratio=0.6),
    "big": Target("display of 1 MB", "ms", ratio=1.0),
    "queued": Target("queued trivial cells", "cells/s", least=1000),
    "complete": Target("completion", "ms", most=10),
    "interrupt": Target("interrupt to reply", "ms"),
    "memory": Target("memory after the first hello (PSS)", "MB", most=120),
    "growth": Target("growth per 1 000 trivial cells (PSS)", "MB", most=1),
}


class Kernel:
    """A running kernel and bare sockets to it."""

    def __init__(self, argv, env, by_message):
        self.by_message = by_message  # how it is interrupted
        self.folder = tempfile.TemporaryDirectory()
        path, info = write_connection_file(os.path.join(self.folder.name, "kernel.json"), key=b"key")
        self.session = Session(key=b"key")
        self.context = zmq.Context()
        self.sockets = {}
        for name, kind in (("shell", zmq.DEALER), ("control", zmq.DEALER), ("iopub", zmq.SUB)):
            socket = self.context.socket(kind)
            socket.setsockopt(zmq.RECONNECT_IVL, 2)  # it is not there yet
            socket.setsockopt(zmq.LINGER, 0)
            socket.setsockopt(zmq.RCVHWM, 0)
            if kind == zmq.SUB:
                socket.setsockopt(zmq.SUBSCRIBE, b"")
            self.sockets[name] = socket
        self.begun = time.perf_counter()
        self.process = subprocess.Popen([a.replace("{connection_file}", path) for a in argv], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for name, socket in self.sockets.items():
            socket.connect(f"tcp://127.0.0.1:{info[name + '_port']}")

    def send(self, msg_type, content, channel="shell"):
        message = self.session.send(self.sockets[channel], msg_type, content)
        return message["header"]["msg_id"]

    def execute(self, code):
        return self.send("execute_request", {
            "code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True})

    def receive(self, channel):
        if not self.sockets[channel].poll(LIMIT * 1000):
            raise TimeoutError(f"nothing came on {channel} for {LIMIT} s")
        return self.session.recv(self.sockets[channel])[1]

    def reply(self, msg_id, channel="shell"):
        while (message := self.receive(channel))["parent_header"].get("msg_id") != msg_id:
            pass
        return message

    def published(self, msg_id):
        """All that is published about a request, until its idle."""
        while True:
            message = self.receive("iopub")
            if message["parent_header"].get("msg_id") == msg_id:
                yield message
                if message["content"].get("execution_state") == "idle":
                    return

    def run(self, code, status="ok"):
        """The seconds until a cell's reply and idle have come, and what it printed and showed."""
        begun = time.perf_counter()
        msg_id = self.execute(code)
        told = list(self.published(msg_id))
        reply = self.reply(msg_id)
        took = time.perf_counter() - begun
        assert reply["content"]["status"] == status, reply["content"]
        text = "".join(m["content"]["text"] for m in told if m["msg_type"] == "stream")
        return took, text, [m["content"]["data"] for m in told if m["msg_type"] == "display_data"]

    def wait_until_iopub_is_there(self):
        """Asks until an answer comes there too: a subscription takes its time."""
        while True:
            self.reply(self.send("kernel_info_request", {}))
            if self.sockets["iopub"].poll(20):
                break

    def interrupt(self):
        if self.by_message:
            self.send("interrupt_request", {}, "control")
        else:
            self.process.send_signal(signal.SIGINT)

    def memory(self):
        """The proportional set size in MB of the process and all that it has started."""
        whole = psutil.Process(self.process.pid)
        return sum(p.memory_full_info().pss for p in [whole, *whole.children(recursive=True)]) / 1e6

    def close(self):
        self.send("shutdown_request", {"restart": False}, "control")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
        self.process.wait()
        self.context.destroy(linger=0)
        self.folder.cleanup()


def measure(kernel: Kernel, language: Language, grow: bool) -> dict[str, float]:
    """One round with a kernel that has just been started."""
    found = {}
    kernel.reply(kernel.send("kernel_info_request", {}))
    found["info"] = time.perf_counter() - kernel.begun
    kernel.wait_until_iopub_is_there()
    kernel.run(language.hello.format(0))
    found["first"] = time.perf_counter() - kernel.begun
    found["memory"] = kernel.memory()
    found["same"] = statistics.median(kernel.run(language.hello.format(0))[0] for _ in range(50))
    found["new"] = statistics.median(kernel.run(language.hello.format(i))[0] for i in range(1, 51))
    found["lines"], text, _ = kernel.run(language.lines)
    assert text == "".join(f"line {i}\n" for i in range(10000))
    found["prints"], text, _ = kernel.run(language.prints)
    assert text == "x" * 100000
    times = []
    for _ in range(6):
        took, _, shown = kernel.run(language.big)
        assert [len(d["text/html"]) for d in shown] == [2**20]
        times.append(took)
    found["big"] = statistics.median(times[1:])

    def queued(count):
        begun = time.perf_counter()
        sent = [kernel.execute(language.trivial.format(i)) for i in range(count)]
        for msg_id in sent:
            assert kernel.reply(msg_id)["content"]["status"] == "ok"
        for _ in kernel.published(sent[-1]):
            pass
        return time.perf_counter() - begun

    queued(QUEUED)
    found["queued"] = QUEUED / queued(QUEUED)
    times, matches = [], 0
    for _ in range(20):
        begun = time.perf_counter()
        reply = kernel.reply(kernel.send("complete_request", {"code": language.complete, "cursor_pos": len(language.complete)}))
        times.append(time.perf_counter() - begun)
        matches += len(reply["content"]["matches"])
    assert matches
    found["complete"] = statistics.median(times)
    times = []
    for _ in range(5):
        msg_id = kernel.execute(language.endless)
        for message in iter(lambda: kernel.receive("iopub"), None):
            if message["parent_header"].get("msg_id") == msg_id and message["msg_type"] == "execute_input":
                break
        time.sleep(0.1)  # it runs
        begun = time.perf_counter()
        kernel.interrupt()
        assert kernel.reply(msg_id)["content"]["status"] == "error"
        times.append(time.perf_counter() - begun)
        for _ in kernel.published(msg_id):
            pass
    found["interrupt"] = statistics.median(times)
    if grow:
        before = kernel.memory()
        for _ in range(3 * GROWTH // QUEUED):
            queued(QUEUED)
        found["growth"] = (kernel.memory() - before) / 3
    return found


def table(rounds, ours, theirs):
    lines = [("", ours, theirs, "ratio", "target", "")]
    for target in TARGETS.values():
        a, b = (statistics.median(target.values[name]) for name in (ours, theirs))
        lines.append((target.name, f"{show(a)} {target.unit}", f"{show(b)} {target.unit}", f"{a / b:.2f}" if b > 0 else "–", target.says(),
                      "" if not target.says() else "met" if target.met(a, b) else "MISSED"))
    widths = [max(len(line[i]) for line in lines) for i in range(6)]
    load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
    print(f"medians of {rounds} rounds on {os.cpu_count()} processors ({platform.machine()}), load {load}")
    for line in lines:
        print("  ".join(cell.ljust(widths[i]) if i in (0, 4, 5) else cell.rjust(widths[i]) for i, cell in enumerate(line)).rstrip())


def show(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=Path, help="the kernel's program, ./nascent")
    parser.add_argument("--rounds", type=int, default=7)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "HOME": folder, "IPYTHONDIR": folder, "NASCENT_HISTORY": os.path.join(folder, "history.sqlite")}
        dir = subprocess.run([args.program.resolve(), "install", "--prefix", folder], check=True, capture_output=True, text=True).stdout.split()[0]
        spec = json.loads(Path(dir, "kernel.json").read_text())
        kernels = [
            ("nascent", spec["argv"], GO, True),
            ("ipykernel", [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"], PYTHON, False),
        ]
        for i in range(args.rounds):
            for name, argv, language, by_message in kernels if i % 2 else reversed(kernels):
                kernel = Kernel(argv, env, by_message)
                try:
                    for key, value in measure(kernel, language, grow=i < 3).items():
                        if TARGETS[key].unit == "ms":
                            value *= 1000
                        TARGETS[key].values.setdefault(name, []).append(value)
                except TimeoutError as error:
                    sys.exit(f"{name}: {error}")
                finally:
                    kernel.close()
    table(args.rounds, "nascent", "ipykernel")


if __name__ == "__main__":
    main()
