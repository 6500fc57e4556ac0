"""Prints training.json: what PyTorch computes for optimisers, schedules, losses and
averaged weights, in float64.

Needs Python 3.11 with torch:

    python training.py > training.json

Parameter number j, counted over a matrix 3 × 2 and a bias of 3, begins as sin(j + 1);
its gradient in step t, from 1, is cos(3·j + t)/2. Output number j of 5 samples of 4
classes is 2·sin(j + 1); sample i has label (3·i + 1) mod 4, and target number j of
the squared error is cos(j).
"""
import json

import torch
from torch import nn, optim
from torch.nn import functional as F
from torch.optim import lr_scheduler as sched

STEPS = 6


def params():
    w = torch.sin(torch.arange(1, 10, dtype=torch.float64))
    return [nn.Parameter(w[:6].reshape(3, 2).clone()), nn.Parameter(w[6:].clone())]


def gradients(ps, t):
    g = torch.cos(3 * torch.arange(9, dtype=torch.float64) + t) / 2
    ps[0].grad, ps[1].grad = g[:6].reshape(3, 2).clone(), g[6:].clone()


def flat(ps):
    return torch.cat([p.detach().flatten() for p in ps]).tolist()


def optimiser(make, groups=False):
    ps = params()
    given = [{"params": ps[:1]}, {"params": ps[1:], "weight_decay": 0}] if groups else ps
    opt = make(given)
    for t in range(1, STEPS + 1):
        gradients(ps, t)
        opt.step()
    return flat(ps)


def rates(make, steps=20):
    opt = optim.SGD(params(), lr=0.2)
    s = make(opt)
    out = []
    for _ in range(steps):
        out.append(opt.param_groups[0]["lr"])
        opt.step()
        s.step()
    return out


def loss(f):
    x = (2 * torch.sin(torch.arange(1, 21, dtype=torch.float64))).reshape(5, 4).requires_grad_()
    value = f(x)
    value.backward()
    return {"loss": value.item(), "grad": x.grad.flatten().tolist()}


def averaged():
    ps = params()
    model = nn.Module()
    model.w, model.b = ps
    mean = optim.swa_utils.AveragedModel(model, multi_avg_fn=optim.swa_utils.get_ema_multi_avg_fn(0.9))
    opt = optim.SGD(ps, lr=0.1)
    for t in range(1, STEPS + 1):
        gradients(ps, t)
        opt.step()
        mean.update_parameters(model)
    return flat([mean.module.w, mean.module.b])


labels = torch.tensor([(3 * i + 1) % 4 for i in range(5)])
targets = torch.cos(torch.arange(20, dtype=torch.float64)).reshape(5, 4)

print(json.dumps({
    "torch": torch.__version__.split("+")[0],
    "optimisers": {
        "SGD": optimiser(lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01)),
        "Nesterov": optimiser(lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01)),
        "SGD, filters decay": optimiser(lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.1), True),
        "Adam": optimiser(lambda p: optim.Adam(p, lr=0.1, betas=(0.8, 0.95), weight_decay=0.1)),
        "AdamW": optimiser(lambda p: optim.AdamW(p, lr=0.1, betas=(0.8, 0.95), weight_decay=0.5)),
        "AdamW, filters decay": optimiser(lambda p: optim.AdamW(p, lr=0.1, betas=(0.8, 0.95), weight_decay=0.5), True),
        "RMSprop": optimiser(lambda p: optim.RMSprop(p, lr=0.1, alpha=0.9, weight_decay=0.1)),
        "RMSprop, momentum": optimiser(lambda p: optim.RMSprop(p, lr=0.1, alpha=0.9, momentum=0.5, weight_decay=0.1), True),
    },
    "averaged": averaged(),
    "schedules": {
        "cosine": rates(lambda o: sched.CosineAnnealingLR(o, 20)),
        "cosine to 0.01": rates(lambda o: sched.CosineAnnealingLR(o, 20, eta_min=0.01)),
        "steps": rates(lambda o: sched.StepLR(o, 6, gamma=0.1)),
        "warm-up": rates(lambda o: sched.SequentialLR(
            o, [sched.LinearLR(o, 0.2, 1, 4), sched.CosineAnnealingLR(o, 15)], [5])),
    },
    "losses": {
        "cross-entropy": loss(lambda x: F.cross_entropy(x, labels)),
        "smoothed": loss(lambda x: F.cross_entropy(x, labels, label_smoothing=0.1)),
        "squared error": loss(lambda x: F.mse_loss(x, F.one_hot(labels, 4).double())),
        "MSE": loss(lambda x: F.mse_loss(x, targets)),
    },
}, indent=1))
