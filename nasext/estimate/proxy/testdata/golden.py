"""Prints golden.json: zero-cost measures of a small network, by PyTorch in float64.

Needs Python 3.11 with torch and numpy:

    python golden.py > golden.json

The network is conv 3×3 (3→4, padding 1, no bias), batch norm, ReLU, conv 3×3 (4→4),
batch norm, ReLU, global mean, linear (4→3, bias 0). Weight number i, counted over both
convolutions and the linear layer, is 0.3·sin(i+1); number i of the 4 images of 3×8×8 is
cos(0.1·i), and their labels are 0, 1, 2, 0. Batch norm takes the batch's moments.
"""
import json
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
X = torch.cos(0.1 * torch.arange(4 * 3 * 8 * 8)).reshape(4, 3, 8, 8)
Y = torch.tensor([0, 1, 2, 0])


def network(norm=True):
    bn = (lambda: nn.BatchNorm2d(4)) if norm else nn.Identity
    conv = lambda c: nn.Conv2d(c, 4, 3, padding=1, bias=False)
    net = nn.Sequential(conv(3), bn(), nn.ReLU(), conv(4), bn(), nn.ReLU(),
                        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
    i = 0
    with torch.no_grad():
        for layer in layers(net):
            w = layer.weight
            w.copy_((0.3 * torch.sin(torch.arange(i, i + w.numel()) + 1.0)).reshape(w.shape))
            i += w.numel()
        net[8].bias.zero_()
    return net.train()


def layers(net):
    return [m for m in net if isinstance(m, (nn.Conv2d, nn.Linear))]


def loss_of(net):
    return F.cross_entropy(net(X), Y)


def gradient(net, graph=False):
    ws = [m.weight for m in layers(net)]
    return ws, torch.autograd.grad(loss_of(net), ws, create_graph=graph)


def grasp(net):
    ws, g = gradient(net, graph=True)
    hg = torch.autograd.grad(sum((a.detach() * a).sum() for a in g), ws)
    return [-(w * h).sum().item() for w, h in zip(ws, hg)]


def fisher(net):
    acts, h = [], X
    for m in net:
        h = m(h)
        if isinstance(m, (nn.Conv2d, nn.Linear)):
            h.retain_grad()
            acts.append((m, h))
    F.cross_entropy(h, Y).backward()
    scores = []
    for m, a in acts:
        g = (a * a.grad).reshape(len(X), a.shape[1], -1).sum(2)
        scores.append(((g ** 2).mean(0) / 2).sum().item() * m.weight[0].numel())
    return scores


def synflow(net):
    ws = [m.weight for m in layers(net)]
    with torch.no_grad():
        for w in ws:
            w.abs_()
    r = net(torch.ones(1, 3, 8, 8)).sum()
    return [(w * g).abs().sum().item() for w, g in zip(ws, torch.autograd.grad(r, ws))]


def jacob_cov(net):
    x = X.clone().requires_grad_()
    j = torch.autograd.grad(net(x).sum(), x)[0].reshape(len(X), -1)
    v = np.linalg.eigvalsh(np.corrcoef(j.numpy()))
    return float(-np.sum(np.log(v + 1e-5) + 1 / (v + 1e-5)))


def naswot(net):
    k, h = np.zeros((4, 4)), X
    for m in net:
        if isinstance(m, nn.ReLU):
            c = (h > 0).double().reshape(len(X), -1).numpy()
            k += c @ c.T + (1 - c) @ (1 - c).T
        h = m(h)
    return {"Score": float(np.linalg.slogdet(k)[1]), "Row": k[0].tolist()}


def zen(net):
    """One repetition, with the weights as they are and 0.01·sin(i) as the noise."""
    noise = torch.sin(torch.arange(X.numel()) * 1.0).reshape(X.shape)
    features, variances = net[:6], []
    for m in (net[1], net[4]):
        m.register_forward_pre_hook(lambda m, a: variances.append(a[0].var((0, 2, 3), unbiased=False).mean().item()))
    with torch.no_grad():
        a = features(X)
        stretch = sum(math.log(math.sqrt(v)) for v in variances)
        b = features(X + 0.01 * noise)
    return math.log((a - b).abs().sum((1, 2, 3)).mean().item()) + stretch


def ntk(net):
    """By all trainable numbers: weights, biases, scales and shifts."""
    ps = list(net.parameters())
    j = torch.stack([torch.cat([g.flatten() for g in torch.autograd.grad(row.sum(), ps, retain_graph=True)]) for row in net(X)])
    v = np.linalg.eigvalsh((j @ j.T).numpy())
    return float(v[-1] / v[0])


ws, g = gradient(network())
print(json.dumps({
    "Loss": loss_of(network()).item(),
    "PlainLoss": loss_of(network(False)).item(),
    "Logits": network()(X)[0].tolist(),
    "GradNorm": [a.norm().item() for a in g],
    "SNIP": [(w * a).abs().sum().item() for w, a in zip(ws, g)],
    "Plain": [(w * a).sum().item() for w, a in zip(ws, g)],
    "GraSP": grasp(network()),
    "Fisher": fisher(network()),
    "SynFlow": synflow(network(False)),
    "JacobCov": jacob_cov(network()),
    "NASWOT": naswot(network()),
    "PlainNASWOT": naswot(network(False)),
    "Zen": zen(network()),
    "NTK": ntk(network()),
}, indent=1))
