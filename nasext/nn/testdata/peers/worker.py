"""A worker of bench.py: one framework, timed on standard input and output.

    python worker.py torch|jax|numpy THREADS

A question and its reply are a line of JSON each. The framework's module has
make(variant, workload), which gives an object with check(), train() and infer().
"""

from __future__ import annotations

import importlib
import json
import math
import os
import sys
import time
from dataclasses import dataclass

import numpy as np

WARM_UP = 3  # steps


def number(i):
    """The i-th number of the golden files, from -0.5 to 0.5."""
    return (i.astype(np.uint64) * 2654435761 % 2**32) / 2**32 - 0.5


class Numbers:
    """Parameters of the golden files, one after the other."""

    def __init__(self):
        self.used = 0

    def take(self, shape, scale):
        i = np.arange(self.used, self.used + math.prod(shape))
        self.used += len(i)
        return (number(i) * scale).astype(np.float32).reshape(shape)


@dataclass
class Workload:
    """A network as our own worker describes it: nodes with op, in and out."""

    batch: int
    nodes: list[dict]

    def parameters(self):
        """The weight and the bias of every node, None for what it has not, and the mixing numbers by their names."""
        numbers, found, alphas = Numbers(), [], {}
        for node in self.nodes:
            op, weight, bias = node["op"], None, None
            channels = self.nodes[node["in"][0]]["out"]["C"] if node["in"] else 0
            if op["kind"] == "conv":
                shape = (op["out"], channels // op["groups"], op["kh"], op["kw"])
            else:
                shape = (op.get("out"), channels)
            if op["kind"] in ("conv", "linear"):
                weight = numbers.take(shape, 3 / math.sqrt(math.prod(shape[1:])))
                if op.get("bias"):
                    bias = numbers.take(shape[:1], 0.2)
            elif op["kind"] == "batchnorm" and not op.get("fixed"):
                weight, bias = np.ones(channels, np.float32), np.zeros(channels, np.float32)
            found.append((weight, bias))
            if op["kind"] == "mix":
                alphas[op["alpha"]] = len(node["in"])
        return found, {name: numbers.take((n,), 1) for name, n in alphas.items()}

    def shape(self, i):
        """Channels, height and width of a node's output."""
        out = self.nodes[i]["out"]
        return out["C"], out["H"], out["W"]

    def consumers(self, i):
        return [node for node in self.nodes if i in (node["in"] or ())]

    def in_place(self, i):
        """Whether a rectifier may write over what comes into it: nothing else wants that."""
        j = self.nodes[i]["in"][0]
        return len(self.consumers(j)) == 1 and self.nodes[j]["op"]["kind"] in ("conv", "batchnorm", "linear", "add")

    def narrow(self, i):
        """Whether a shifted image need not have its row and column of zeros: no one reads them."""
        _, height, width = self.shape(i)
        return height % 2 == width % 2 == 0 and all(
            n["op"]["kind"] == "conv" and (n["op"]["kh"], n["op"]["kw"], n["op"]["stride"]) == (1, 1, 2) for n in self.consumers(i))

    def images(self, turn=0):
        """One batch or another."""
        shape = (self.batch, *self.shape(0))
        size = math.prod(shape)
        return number(1000003 + turn * size + np.arange(size)).astype(np.float32).reshape(shape)

    def labels(self, turn=0):
        b = turn * self.batch + np.arange(self.batch)
        return (7 * b + b // 10 + 3) % 10


@dataclass
class Writing:
    """The controller, which samples architectures and learns from them."""

    batch: int
    golden: dict  # episodes and their reward, to check it by
    decisions: int = 30
    choices: int = 6
    hidden: int = 35

    def parameters(self):
        numbers, h = Numbers(), self.hidden
        shapes = [(self.choices + 1, h), *[(4 * h, h), (4 * h, h), (4 * h,), (4 * h,)] * 2, (self.choices, h), (self.choices,)]
        return [numbers.take(shape, 0.16) for shape in shapes]


@dataclass
class Product:
    """A matrix product c = a·b, so often a step."""

    batch: int
    product: list[int]  # rows of a, columns of b, columns of a

    def factors(self):
        m, n, k = self.product
        numbers = Numbers()
        return numbers.take((m, k), 3 / math.sqrt(k)), numbers.take((k, n), 1)

    @staticmethod
    def corners(c):
        """What has to agree."""
        return [float(c[0, -1]), float(c[-1, 0])]


def kind(about):
    """The class of what our own worker describes."""
    return Workload if about.get("nodes") else Product if about.get("product") else Writing


def measure(step, seconds):
    times, begun = [], time.perf_counter()
    while not times or time.perf_counter() - begun < seconds:
        processor, at = time.process_time(), time.perf_counter()
        step()
        times.append((time.perf_counter() - at, time.process_time() - processor))
    return times


def answer(framework, made, question):
    key = question["workload"], question["variant"]
    if key not in made:
        about = question["about"]
        made[key] = framework.make(question["variant"], kind(about)(**about)), set()
    task, warm = made[key]
    if question["do"] == "check":
        return {"params": task.params(), "loss": task.check()}
    step = {"train": task.train, "infer": task.infer}[question["do"]]
    if step not in warm:
        warm.add(step)
        for _ in range(WARM_UP):
            step()
    return {"times": measure(step, question["seconds"])}


def main():
    name, threads = sys.argv[1], int(sys.argv[2])
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a framework prints is no reply
    framework = importlib.import_module(name + "_peer")
    framework.start(threads)
    made = {}
    print(json.dumps({"version": framework.VERSION}), file=replies)
    for line in sys.stdin:
        question = json.loads(line)
        try:
            reply = answer(framework, made, question)
        except Exception as error:
            reply = {"error": f"{question['do']} {question['workload']} with {name} {question['variant']}: {type(error).__name__}: {error}"}
        print(json.dumps(reply), file=replies)


if __name__ == "__main__":
    main()
