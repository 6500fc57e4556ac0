"""Writes attention.json: an LSTM controller with anchors, in PyTorch and float64.

    python attention.py

The sequence is that of the space wired of the tests: three layers, each with one of
three operations, and then from the input and each earlier layer whether it takes it.
Numbers of parameters are u(i) = (i·2654435761 mod 2³²)/2³² − 0.5, times 1.6, with one
index over all of them in the order of PARAMS.
"""

import json
import math
from pathlib import Path

import torch

torch.set_default_dtype(torch.float64)
H, LAYERS, OPS = 5, 2, 3
PARAMS = {
    "start": (1, H),
    **{f"{kind}{i}": shape for i in range(LAYERS) for kind, shape in
       (("wx", (4 * H, H)), ("wh", (4 * H, H)), ("bx", (4 * H, 1)), ("bh", (4 * H, 1)))},
    "op_embedding": (OPS, H), "op_weight": (OPS, H), "op_bias": (OPS, 1),
    "skip_embedding": (2, H), "before": (H, H), "here": (H, H), "score": (1, H), "input": (1, H),
}
ACTIONS = [[2, 1, 0, 0, 1, 1, 1, 0, 1], [0, 0, 2, 1, 0, 1, 0, 1, 1]]
REWARDS, BASELINE = [0.9, 0.3], 0.5
TEMPERATURE, TANH, REDUCE, ENTROPY, WEIGHT, RATE, RATIO = 2.0, 1.5, 2.5, 0.1, 0.8, 0.4, 0.2


def parameters():
    p, index = {}, 0
    for name, shape in PARAMS.items():
        n = math.prod(shape)
        values = [((index + j) * 2654435761 % 2**32 / 2**32 - 0.5) * 1.6 for j in range(n)]
        p[name] = torch.tensor(values).reshape(shape).requires_grad_()
        index += n
    return p


def decisions():
    """What each decision is: None for an operation, else where its anchor is (a step, or "input")."""
    steps, anchors = [], ["input"]
    for layer in range(3):
        steps.append(None)
        anchors.append(len(steps))
        steps += anchors[: layer + 1]
    return steps


def run(p, actions):
    """Log probabilities of the choices, the sum of entropies, and that of divergences."""
    h = [torch.zeros(H)] * LAYERS
    c = [torch.zeros(H)] * LAYERS
    x, tops, logs, entropy, divergence = p["start"][0], [], [], 0, 0
    for anchor, action in zip(decisions(), actions):
        for i in range(LAYERS):
            z = p[f"wx{i}"] @ x + p[f"bx{i}"][:, 0] + p[f"wh{i}"] @ h[i] + p[f"bh{i}"][:, 0]
            a, f, g, o = z.chunk(4)
            c[i] = torch.sigmoid(f) * c[i] + torch.sigmoid(a) * torch.tanh(g)
            h[i] = torch.sigmoid(o) * torch.tanh(c[i])
            x = h[i]
        tops.append(x)
        if anchor is None:
            logits = p["op_weight"] @ x + p["op_bias"][:, 0]
            scale, embedding = TANH / REDUCE, p["op_embedding"]
        else:
            there = p["input"][0] if anchor == "input" else tops[anchor]
            score = p["score"][0] @ torch.tanh(p["before"] @ there + p["here"] @ x)
            logits = torch.stack([torch.zeros(()), score])
            scale, embedding = TANH, p["skip_embedding"]
        log = torch.log_softmax(scale * torch.tanh(logits / TEMPERATURE), 0)
        logs.append(log[action])
        entropy = entropy - (log.exp() * log).sum()
        if anchor is not None:
            target = torch.tensor([1 - RATE, RATE])
            divergence = divergence + (log.exp() * (log - target.log())).sum()
        x = embedding[action]
    return torch.stack(logs), entropy, divergence


def main():
    out = {"actions": ACTIONS, "reward": REWARDS, "baseline": BASELINE, "params": list(PARAMS), "loss": {}, "grad": {}}
    for method in ("reinforce", "ppo"):
        p = parameters()
        runs = [run(p, a) for a in ACTIONS]
        out["logp"] = [logs.tolist() for logs, _, _ in runs]
        out["old"] = [[x + 0.4 * math.sin(3 * b + t) for t, x in enumerate(row)] for b, row in enumerate(out["logp"])]
        loss = 0
        for (logs, entropy, divergence), old, reward in zip(runs, out["old"], REWARDS):
            advantage = reward - BASELINE
            if method == "ppo":
                r = (logs - torch.tensor(old)).exp()
                gain = torch.minimum(r * advantage, r.clamp(1 - RATIO, 1 + RATIO) * advantage).sum()
            else:
                gain = advantage * logs.sum()
            loss = loss - (gain + ENTROPY * entropy - WEIGHT * divergence) / len(ACTIONS)
        loss.backward()
        out["loss"][method] = loss.item()
        out["grad"][method] = {name: t.grad.flatten().tolist() for name, t in p.items()}
    (Path(__file__).parent / "attention.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")


main()
