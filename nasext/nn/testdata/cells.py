"""Runs networks of cells in the code of the DARTS authors and in the PyTorch port of
NASNet and PNASNet, and prints cells.json.

Needs Python 3.11 with torch and checkouts of two public repositories:

    git clone https://github.com/quark0/darts
    git clone https://github.com/Cadene/pretrained-models.pytorch
    python cells.py darts pretrained-models.pytorch > cells.json

Parameter number i, counted over all of them, is sin(i+1)/√fan-in in a convolution or
the linear layer, 1 + sin(i+1)/10 as a scale and sin(i+1)/10 as a shift or bias;
number i of the input is cos(i/10). Batch norm uses its running moments, 0 and 1, with
ε = 1e-5. Parameters stand in the order of named_parameters(), but in a cell what
makes the earlier input comes first, then what makes the later one.
"""
import contextlib
import importlib
import json
import math
import os
import sys

import torch
from torch import nn

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "arch", "zoo", "testdata"))
from count_cells import PNASNet, checkout  # noqa: E402


def ordered(model):
    groups = {}
    for name, p in model.named_parameters():
        parts = name.split(".")
        for k, part in enumerate(parts):
            if part.startswith(("conv_prev_1x1", "path_1", "path_2", "final_path_bn")):
                key = (".".join(parts[:k]), 0)
                break
            if part == "conv_1x1":
                key = (".".join(parts[:k]), 1)
                break
        else:
            key = (name, 2)
        groups.setdefault(key, []).append(p)
    # A cell's group of the earlier input goes before that of the later one.
    keys = list(groups)
    for cell in {k[0] for k in keys if k[1] == 0}:
        if (cell, 1) in keys and keys.index((cell, 1)) < keys.index((cell, 0)):
            a, b = keys.index((cell, 1)), keys.index((cell, 0))
            keys[a], keys[b] = keys[b], keys[a]
    return [p for k in keys for p in groups[k]]


def run(model, size):
    model = model.double().eval()
    i = 0
    for p in ordered(model):
        s = torch.sin(torch.arange(i + 1, i + p.numel() + 1, dtype=torch.float64)).reshape(p.shape)
        i += p.numel()
        p.data = s / (math.sqrt(p[0].numel()) if p.dim() > 1 else 10)
    for b in model.modules():
        if isinstance(b, nn.BatchNorm2d):
            b.weight.data += 1
            b.eps = 1e-5
    n = 3 * size * size
    x = torch.cos(torch.arange(n, dtype=torch.float64) / 10).reshape(1, 3, size, size)
    with torch.no_grad():
        y = model(x)
    if isinstance(y, tuple):  # with that of an auxiliary head
        y = y[0]
    return {"size": size, "params": i, "logits": y[0].tolist()}


out = []
with checkout(os.path.join(sys.argv[1], "cnn")):
    model, genotypes = importlib.import_module("model"), importlib.import_module("genotypes")
    for name, net, channels, layers, size in [
        ("DARTS_V1", model.NetworkCIFAR, 4, 4, 12),
        ("DARTS_V2", model.NetworkCIFAR, 4, 5, 16),
        ("AmoebaNet", model.NetworkCIFAR, 6, 3, 8),
        ("NASNet", model.NetworkCIFAR, 4, 3, 8),
        ("DARTS_V2", model.NetworkImageNet, 4, 3, 224),
    ]:
        genotype = getattr(genotypes, name)
        with open(os.devnull, "w") as null, contextlib.redirect_stdout(null):
            m = net(channels, 5, layers, False, genotype)
        m.drop_path_prob = 0
        kind = "darts imagenet" if net is model.NetworkImageNet else "darts"
        out.append({"net": kind, "genotype": str(genotype), "channels": channels, "layers": layers, **run(m, size)})

with checkout(os.path.join(sys.argv[2], "pretrainedmodels", "models")):
    for kind, module, name, stem, size in [
        ("nasnet mobile", "nasnet_mobile", "NASNetAMobile", 6, 64),
        ("nasnet large", "nasnet", "NASNetALarge", 6, 43),
    ]:
        m = getattr(importlib.import_module(module), name)(num_classes=5, stem_filters=stem, penultimate_filters=24 * 4)
        m.avg_pool = nn.AdaptiveAvgPool2d(1)
        out.append({"net": kind, "channels": 4, "stem": stem, **run(m, size)})
    # On images of odd sides only, so that the port pads as TensorFlow does.
    m = PNASNet(importlib.import_module("pnasnet"), 6, 8, 2, classes=5)
    out.append({"net": "pnasnet", "channels": 8, "stem": 6, "layers": 2, **run(m, 35)})

print(json.dumps(out, indent=1))
