"""Trains a small supernet in its authors' code, in float64, and prints what it learns.

Needs Python 3.11 with torch and checkouts of two public repositories:

    git clone https://github.com/quark0/darts
    git clone https://github.com/yuhuixu1993/PC-DARTS
    python supernet.py darts > supernet.json
    python supernet.py PC-DARTS > pcdarts.json

It is model_search.Network with 4 channels (8 in PC-DARTS, which mixes a quarter of them
and has numbers β for the edges), 3 cells of 3 nodes and 10 classes, and a step
is one of train_search.train with the first-order architect: α by Adam with the loss of
one batch of images, then the weights by SGD with that of another one. Learning rates are
below theirs, so that what rounding does to single precision does not grow over the steps;
the limit to gradients, which is 5 there, is above all of them.

Parameters, counted over all of them in the order of the nodes, begin as cells.py has
them. Number i of α, counted edge by edge, normal cells first, begins as sin(i+1)/2;
those of β follow, node by node.
Images and labels are those of README.md; those for α go on where the others end. In the end there is the
second-order gradient of the step that would follow.
"""
import importlib
import json
import os
import sys
from types import SimpleNamespace

import torch
from torch import nn, optim

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, "..", "..", "arch", "zoo", "testdata")]
from count_cells import checkout  # noqa: E402

STEPS, BATCH, SIDE, CLASSES = 5, 8, 12, 10
CODE = os.path.join(sys.argv[1], "cnn")
PARTIAL = not os.path.exists(CODE)
if PARTIAL:
    CODE = sys.argv[1]
CHANNELS, LAYERS, NODES = 8 if PARTIAL else 4, 3, 3
RATE, MOMENTUM, DECAY, CLIP = 0.002, 0.9, 3e-4, 100
ALPHA_RATE, ALPHA_DECAY = 0.001, 1e-3

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
torch.Tensor.cuda = lambda tensor, *_: tensor  # all of it runs on the processor


def wave(model):
    i = 0
    for p in model.parameters():
        s = torch.sin(torch.arange(i + 1, i + p.numel() + 1)).reshape(p.shape)
        i += p.numel()
        p.data = s / ((p[0].numel() ** 0.5) if p.dim() > 1 else 10)
    for b in model.modules():
        if isinstance(b, nn.BatchNorm2d) and b.affine:
            b.weight.data += 1
    return i


def images(first):
    count = BATCH * 3 * SIDE * SIDE
    numbers = (torch.arange(first, first + count, dtype=torch.int64) * 2654435761) % 2**32
    return (numbers / 2**32 - 0.5).reshape(BATCH, 3, SIDE, SIDE)


def outline(tensors):
    return [[t.norm().item(), t.flatten()[0].item()] for t in tensors]


with checkout(CODE):
    search, architect = importlib.import_module("model_search"), importlib.import_module("architect")

criterion = nn.CrossEntropyLoss()
model = search.Network(CHANNELS, CLASSES, LAYERS, criterion, steps=NODES, multiplier=NODES)
params = wave(model)
alphas, i = model.arch_parameters(), 0
for a in alphas:
    a.data = torch.sin(torch.arange(i + 1, i + a.numel() + 1, dtype=torch.float64)).reshape(a.shape) / 2
    i += a.numel()

weights = optim.SGD(model.parameters(), RATE, momentum=MOMENTUM, weight_decay=DECAY)
mixing = architect.Architect(model, SimpleNamespace(
    momentum=MOMENTUM, weight_decay=DECAY, arch_learning_rate=ALPHA_RATE, arch_weight_decay=ALPHA_DECAY))
x, held = images(1000003), images(1000003 + BATCH * 3 * SIDE * SIDE)
y = torch.tensor([(7 * b + b // 10 + 3) % 10 for b in range(BATCH)])

out = {"torch": torch.__version__.split("+")[0], "batch": BATCH, "side": SIDE, "channels": CHANNELS, "layers": LAYERS, "nodes": NODES,
       "part": 4 if PARTIAL else 1, "rate": RATE, "momentum": MOMENTUM, "decay": DECAY, "alpha_rate": ALPHA_RATE, "alpha_decay": ALPHA_DECAY,
       "params": params, "alpha_loss": [], "loss": [], "norm": []}


def held_loss(images, labels):
    loss = criterion(model(images), labels)
    out["alpha_loss"].append(loss.item())
    return loss


model._loss = held_loss  # which the architect descends
model.train()
for step in range(STEPS):
    mixing.step(None, None, held, y, RATE, weights, unrolled=False)
    if step == 0:
        out["alpha_grad0"] = [v for a in alphas for v in a.grad.flatten().tolist()]
    weights.zero_grad()
    loss = criterion(model(x), y)
    loss.backward()
    if step == 0:
        out["grad0"] = outline([p.grad for p in model.parameters()])
    out["loss"].append(loss.item())
    out["norm"].append(nn.utils.clip_grad_norm_(model.parameters(), CLIP).item())
    weights.step()
out["alpha_after"] = [v for a in alphas for v in a.flatten().tolist()]
out["param_after"] = outline([p.data for p in model.parameters()])
model.eval()
with torch.no_grad():
    out["loss_eval_after"] = criterion(model(x), y).item()


def fresh():  # new() of theirs forgets the number of nodes
    other = search.Network(CHANNELS, CLASSES, LAYERS, criterion, steps=NODES, multiplier=NODES)
    for a, b in zip(other.arch_parameters(), alphas):
        a.data.copy_(b.data)
    return other


# The second-order gradient of α that comes next, with the momentum that there is.
model.new = fresh
del model._loss
model.train()
mixing._backward_step_unrolled(x, y, held, y, RATE, weights)
out["unrolled_after"] = [v for a in alphas for v in a.grad.flatten().tolist()]


def rounded(v):
    return [rounded(w) for w in v] if isinstance(v, list) else float(f"{v:.12g}") if isinstance(v, float) else v


print("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(rounded(v))}" for k, v in out.items()) + "\n}")
