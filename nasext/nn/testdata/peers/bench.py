"""Prints how fast training and inference are, beside PyTorch and JAX on the same cores.

    python bench.py [--workloads W1,gemm:64,64,64] [--peers torch/eager,jax/jit] [--threads 1,2] [--rounds N]

Every framework is a process of its own for each number of threads. All stay alive and
are asked in turn for a burst of steps, round after round, so that what else the machine
does meets all of them. Before that, they have to compute the same. Ratios are ours by
the fastest of the others; on one thread, that of processor time is the one to trust
while other programs run.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes.util
import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
NN = HERE.parent.parent
OURS = "nasext"
NETWORK_PEERS = ["torch/eager", "torch/eager_cl", "torch/compile", "torch/compile_cl", "jax/jit"]
PRODUCT_PEERS = ["numpy/matmul", "torch/eager"]
PEERS = list(dict.fromkeys(NETWORK_PEERS + PRODUCT_PEERS))
TRUTH = "torch/double"  # to check by, where rounding is in doubt; only where it is named
MODES = ["train", "infer"]


@dataclass
class Target:
    """What is known of a workload, and how long a step may take on one thread."""

    params: int
    bar: float  # of the fastest other: a training step, or a product
    milliseconds: float | None = None
    golden: Path | None = None
    losses: int = 2  # that must agree: before and after a step, twice as many of a supernet
    tolerance: float = 1e-5  # of the losses
    peers: list[str] = field(default_factory=lambda: [*NETWORK_PEERS, TRUTH])
    modes: list[str] = field(default_factory=lambda: MODES)


TARGETS = {
    "W1": Target(20490, 0.6, golden=NN / "testdata/w1.json"),
    "W2": Target(1288506, 1.0, losses=1),  # in a step rounding grows to 1e-3, also between two layouts of one framework
    "W3": Target(79634, 0.33, golden=NN / "testdata/w3.json"),
    "W4": Target(67282, 0.25),
    # Channels last is 5e-5 from double precision after the step, the others 3e-7.
    "W5": Target(118742 + 224, 0.1, losses=4, tolerance=1e-4, peers=["torch/eager", "torch/eager_cl", TRUTH]),
    "W6": Target(20621, 0.4, milliseconds=0.15),
    "W6b8": Target(20621, 0.4),
    "W7": Target(269322, 0.9, golden=NN / "testdata/w7.json"),
}
CONTROLLER = NN.parent / "controller/testdata/golden.json"
PRODUCT = re.compile(r"gemm:(\d+),(\d+),(\d+)")


def known(workload):
    """What is known of a workload, None of one that there is not."""
    if m := PRODUCT.fullmatch(workload):
        large = max(map(int, m.groups())) >= 1024
        return Target(0, 1.11 if large else 1.0, peers=PRODUCT_PEERS, modes=["infer"])
    return TARGETS.get(workload)


class Worker:
    """A process that answers a line with a line."""

    def __init__(self, name, argv, env):
        self.name = name
        self.process = subprocess.Popen(argv, env={**os.environ, **env}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} has ended with status {self.process.wait()}; what it wrote is above")
        reply = json.loads(line)
        if "error" in reply:
            sys.exit(f"{self.name}: {reply['error']}")
        return reply

    def ask(self, **question):
        print(json.dumps(question), file=self.process.stdin, flush=True)
        return self.read()

    def close(self):
        self.process.stdin.close()  # which ends it, and what it has started
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process.kill()
        self.process.wait()


class Bench:
    """All workers, and what they are asked."""

    def __init__(self, args, stack, program):
        self.args = args
        self.columns = [OURS, *args.peers]
        self.targets = {w: known(w) for w in args.workloads}
        for workload, target in self.targets.items():
            if not set(target.peers) & set(args.peers):
                sys.exit(f"{workload}: none of {', '.join(args.peers)} computes it; there are {', '.join(target.peers)}")
            if not self.chosen(target):
                sys.exit(f"{workload}: there is nothing to {' or '.join(args.modes)}; its mode is {', '.join(target.modes)}")
        wanted = {c for target in self.targets.values() for c in target.peers}
        self.workers, self.versions = {}, []
        for threads in args.threads:
            n = {k: str(threads) for k in ("GOMAXPROCS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
            self.start(stack, OURS, threads, [program, "-peer", str(threads)], n)
            if args.jemalloc:
                n["LD_PRELOAD"] = args.jemalloc
            for name in dict.fromkeys(c.split("/")[0] for c in args.peers if c in wanted):
                self.start(stack, name, threads, [sys.executable, HERE / "worker.py", name, str(threads)], n)
        for (name, threads), worker in self.workers.items():
            if name != OURS:
                version = worker.read()["version"]
                if threads == args.threads[0]:
                    self.versions.append(version)
        ours = self.workers[OURS, args.threads[0]]
        self.about = {w: ours.ask(do="describe", workload=w) for w in args.workloads}
        self.times = {}

    def start(self, stack, name, threads, argv, env):
        worker = Worker(f"{name} on {threads} thread{'s' * (threads > 1)}", argv, env)
        stack.callback(worker.close)
        self.workers[name, threads] = worker

    def asked(self, workload):
        """The columns of a workload. Where there are no images, channels last is nothing of its own."""
        columns = [c for c in self.columns if c == OURS or c in self.targets[workload].peers]
        nodes = self.about[workload].get("nodes")
        if nodes and nodes[0]["out"]["H"] > 1:
            return columns
        plain = [c for c in columns if not c.endswith("_cl")]
        return plain if len(plain) > 1 else columns

    def ask(self, column, threads, workload, do):
        """Our worker knows the workloads; the others are told."""
        name, _, variant = column.partition("/")
        question = {"do": do, "workload": workload, "seconds": self.args.burst / 1000}
        if name != OURS:
            about = {k: v for k, v in self.about[workload].items() if k != "params"}
            if "nodes" not in about and "product" not in about:
                golden = json.loads(CONTROLLER.read_text())
                about["golden"] = {k: golden[k] for k in ("actions", "reward", "baseline")}
            question.update(variant=variant, about=about)
        return self.workers[name, threads].ask(**question)

    def check(self):
        """All have the parameters that they should have and the same loss before and after a step, or the same product."""
        for workload, target in self.targets.items():
            for threads in self.args.threads:
                losses = {c: self.ask(c, threads, workload, "check") for c in self.asked(workload)}
                for column, reply in losses.items():
                    params = reply.get("params", self.about[workload].get("params", 0))
                    if params != target.params:
                        sys.exit(f"{workload}: {column} has {params} parameters instead of {target.params}")
                want = losses[OURS].get("loss")
                if golden := target.golden or (CONTROLLER if want is None else None):
                    known = json.loads(golden.read_text())
                    want = known.get("loss", known.get("loss_steps"))
                want = want[: target.losses]
                for column, reply in losses.items():
                    for step, (a, b) in enumerate(zip(reply.get("loss", ()), want)):
                        if not abs(a - b) <= target.tolerance:
                            sys.exit(f"{workload}: number {step} of {column} is {a:.7f} instead of {b:.7f}")
            what = f"{target.params} parameters, losses" if target.params else "numbers of the product"
            say(f"{workload}: {what} {', '.join(f'{x:.6f}' for x in want)}: all agree")

    def run(self):
        for i in range(self.args.rounds):
            for threads in self.args.threads:
                for workload, target in self.targets.items():
                    for mode in self.chosen(target):
                        columns = self.asked(workload)
                        turn = i % len(columns)
                        for column in columns[turn:] + columns[:turn]:
                            times = self.ask(column, threads, workload, mode)["times"]
                            self.times.setdefault((threads, workload, mode, column), []).extend(times)
            say(f"round {i + 1} of {self.args.rounds}")

    def chosen(self, target):
        """The modes of a workload that are asked for."""
        return [m for m in self.args.modes if m in target.modes]

    def table(self, threads, mode):
        workloads = [w for w, target in self.targets.items() if mode in target.modes]
        columns = [c for c in self.columns if any(c in self.asked(w) for w in workloads)]
        lines = [("ms, median / min", *columns, "ratio", "of processor time", "bar", "")]
        for workload in workloads:
            times = {c: self.milliseconds(threads, workload, mode, c) for c in self.asked(workload)}
            median = {c: statistics.median(wall for wall, _ in t) for c, t in times.items()}
            least = {c: min(wall for wall, _ in t) for c, t in times.items()}
            ours, best = ours_and_best(median)
            own, theirs = ours_and_best({c: statistics.median(cpu for _, cpu in t) for c, t in times.items()})
            limits = self.limits(threads, workload, mode, best)
            met = "met" if all(ours <= limit for _, limit in limits) else "MISSED"
            lines.append((workload, *(f"{show(median[c])} / {show(least[c])}" if c in times else "" for c in columns), f"{ours / best:.2f}",
                          f"{own / theirs:.2f}" if threads == 1 else "", ", ".join(text for text, _ in limits), met))
        if len(lines) == 1:
            return
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        print(f"\n{mode}, {threads} thread{'s' * (threads > 1)}\n")
        for i, line in enumerate(lines):
            print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |")
            if i == 0:
                print("|-" + "-|-".join("-" * width for width in widths) + "-|")

    def limits(self, threads, workload, mode, best):
        """The bars of a row, each in words and in milliseconds."""
        target = self.targets[workload]
        bar = target.bar if mode == target.modes[0] and threads == 1 else 1.0
        found = [(f"≤ {bar:g}", bar * best)]
        if mode == "train" and threads == 1 and target.milliseconds:
            found.append((f"≤ {target.milliseconds:g} ms", target.milliseconds))
        if threads > 1 and 1 in self.args.threads:
            # What has no work for a second thread takes as long as on one, give or take the machine.
            one = statistics.median(wall for wall, _ in self.milliseconds(1, workload, mode, OURS))
            found.append((f"≤ {show(one)} ms", one * 1.03))
        return found

    def milliseconds(self, threads, workload, mode, column):
        """By the clock and of the processor, for each step: of a batch, or of one product."""
        about = self.about[workload]
        scale = 1000 / (about["batch"] if "product" in about else 1)
        return [(wall * scale, cpu * scale) for wall, cpu in self.times[threads, workload, mode, column]]


def ours_and_best(values):
    return values[OURS], min(v for c, v in values.items() if c != OURS)


def show(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3g}"


def say(text):
    print(text, file=sys.stderr, flush=True)


def load():
    return f"{os.getloadavg()[0]:.1f}"


def processor():
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def one_of(names, also=lambda _: None, and_also=""):
    """Parses names with commas between: some of names, and whatever also knows."""

    def parse(text):
        given = re.split(r",(?=[A-Za-z])", text)
        if unknown := [x for x in given if x not in names and not also(x)]:
            raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}; there are {', '.join(names)}{and_also}")
        return given

    return parse


def numbers(text):
    given = text.split(",")
    if not all(n.isdecimal() and int(n) > 0 for n in given):
        raise argparse.ArgumentTypeError(f"{text!r} must be numbers from 1, with commas between")
    return sorted({int(n) for n in given})


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--workloads", type=one_of(list(TARGETS), known, " and gemm:M,N,K"), default=list(TARGETS), help="some of " + ",".join(TARGETS) + " and gemm:M,N,K")
    p.add_argument("--peers", type=one_of([*PEERS, TRUTH]), default=PEERS, help="some of " + ",".join([*PEERS, TRUTH]))
    p.add_argument("--modes", type=one_of(MODES), default=MODES, help="train, infer or both")
    p.add_argument("--threads", type=numbers, default=[1, 2], help="numbers of threads, such as 1,2")
    p.add_argument("--rounds", type=int, default=7)
    p.add_argument("--burst", type=float, default=150, help="milliseconds for which a worker goes on, at least one step")
    p.add_argument("--jemalloc", default=ctypes.util.find_library("jemalloc"), help="the library that the others allocate with; '' means the C library's own")
    p.add_argument("--go", default="go")
    args = p.parse_args()
    if args.rounds < 1 or args.burst <= 0:
        p.error("--rounds and --burst must be positive")
    if "/" in (args.jemalloc or "") and not os.path.exists(args.jemalloc):
        p.error(f"--jemalloc: there is no {args.jemalloc}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # and ends its workers
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        program = os.path.join(folder, "nn.test")
        subprocess.run([args.go, "test", "-c", "-o", program, "."], cwd=NN, check=True)
        if any(w.startswith("W6") for w in args.workloads):  # whose golden numbers are the controller's
            subprocess.run([args.go, "test", "-run", "^TestGolden$", "../controller"], cwd=NN, check=True, stdout=sys.stderr)
        bench = Bench(args, stack, program)
        bench.check()
        before = load()
        bench.run()
        print(f"{processor()}, {os.cpu_count()} processors, load {before} before and {load()} after, its own included")
        print(f"{', '.join(bench.versions)}, {'jemalloc' if args.jemalloc else 'without jemalloc, which was not found'}; "
              f"{args.rounds} rounds of {args.burst:g} ms; ratio: ours by the fastest of the others, medians")
        for threads in args.threads:
            for mode in args.modes:
                bench.table(threads, mode)


if __name__ == "__main__":
    main()
