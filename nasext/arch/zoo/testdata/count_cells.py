"""Counts parameters and MACs of cell-based networks with their authors' own code.

The numbers stand in the tests of this package. Needs Python 3.11 with torch and
checkouts of three public repositories:

    git clone https://github.com/quark0/darts
    git clone https://github.com/yuhuixu1993/PC-DARTS
    git clone https://github.com/Cadene/pretrained-models.pytorch
    python count_cells.py darts PC-DARTS pretrained-models.pytorch

MACs are counted by hooks on convolutions and linear layers as Cout·Hout·Wout·
(Cin/groups)·kh·kw and in·out. Trainable parameters are those of named_parameters().
An auxiliary head has parameters, but no MACs: it is not computed in inference.
"""
import contextlib
import importlib
import os
import sys

import torch
from torch import nn


def count(model, size):
    model.eval()
    macs = 0

    def conv(m, _, out):
        nonlocal macs
        macs += out.shape[1] * out.shape[2] * out.shape[3] * m.weight[0].numel()

    def linear(m, _, out):
        nonlocal macs
        macs += m.weight.numel()

    for m in model.modules():
        if isinstance(m, nn.Conv2d):
            m.register_forward_hook(conv)
        elif isinstance(m, nn.Linear):
            m.register_forward_hook(linear)
    with torch.no_grad():
        model(torch.zeros(1, 3, size, size))
    return sum(p.numel() for p in model.parameters()), macs


@contextlib.contextmanager
def checkout(path):
    """Lets modules be imported from path, and forgets them afterwards."""
    sys.path.insert(0, path)
    try:
        yield
    finally:
        sys.path.remove(path)
        for name, module in list(sys.modules.items()):
            if (getattr(module, "__file__", None) or "").startswith(path):
                del sys.modules[name]


def quiet(make, *args):
    with open(os.devnull, "w") as null, contextlib.redirect_stdout(null):
        return make(*args)


def darts(path, names):
    with checkout(path):
        model, genotypes = importlib.import_module("model"), importlib.import_module("genotypes")
        for name in names:
            for net, channels, classes, layers, size in [
                (model.NetworkCIFAR, 36, 10, 20, 32),
                (model.NetworkImageNet, 48, 1000, 14, 224),
            ]:
                for aux in [False, True]:
                    m = quiet(net, channels, classes, layers, aux, getattr(genotypes, name))
                    m.drop_path_prob = 0
                    print(name, net.__name__, "with aux" if aux else "no aux", *count(m, size))


def supernet(path):
    with checkout(path):
        search = importlib.import_module("model_search")
        search.Network._initialize_alphas = lambda self: None  # wants a GPU
        m = search.Network(16, 10, 8, None)
        alphas = nn.functional.softmax(torch.zeros(14, 8), dim=-1)
        m.alphas_normal = m.alphas_reduce = alphas
        print("DARTS supernet", *count(m, 32))


def ports(path):
    with checkout(os.path.join(path, "pretrainedmodels", "models")):
        for module, name, classes, size in [
            ("nasnet_mobile", "NASNetAMobile", 1000, 224),
            ("nasnet", "NASNetALarge", 1000, 331),
            ("pnasnet", "PNASNet5Large", 1000, 331),
        ]:
            m = getattr(importlib.import_module(module), name)(num_classes=classes)
            print(name, *count(m, size))


class PNASNet(nn.Module):
    """PNASNet-5 of the port's cells in any size, without the rows and columns that the port computes and cuts off.

    So its MACs are those with TensorFlow's SAME padding. A factorized reduction to
    an odd number of channels has one more in its second path, as in TF-slim.
    """

    def __init__(self, port, stem, f, n, classes=1000):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, stem, 3, stride=2, bias=False), nn.BatchNorm2d(stem))
        self.first = port.CellStem0(stem, f // 4, stem, f // 4)
        self.second = port.Cell(stem, f // 2, 5 * (f // 4), f // 2, is_reduction=True, match_prev_layer_dimensions=True)
        self.cells = nn.ModuleList()
        left, right, shrunk = 5 * (f // 4), 5 * (f // 2), True
        for i in range(3 * n):
            reduction = i in (n, 2 * n)
            f *= 2 if reduction else 1
            self.cells.append(port.Cell(left, f, right, f, is_reduction=reduction, match_prev_layer_dimensions=shrunk))
            left, right, shrunk = right, 5 * f, reduction
        self.head = nn.Linear(right, classes)

    def forward(self, x):
        x = self.stem(x)
        left = self.first(x)
        right = self.second(x, left)
        for c in self.cells:
            left, right = right, c(left, right)
        return self.head(right.relu().mean([2, 3]))


def pnasnets(path):
    with checkout(os.path.join(path, "pretrainedmodels", "models")):
        port = importlib.import_module("pnasnet")
        init = port.FactorizedReduction.__init__

        def odd(self, into, out):
            init(self, into, out)
            self.path_2.conv = nn.Conv2d(into, out - out // 2, 1, bias=False)
            self.final_path_bn = nn.BatchNorm2d(out)

        port.FactorizedReduction.__init__ = odd
        print("PNASNet-5 large, SAME", *count(PNASNet(port, 96, 216, 4), 331))
        print("PNASNet-5 mobile, SAME", *count(PNASNet(port, 32, 54, 3), 224))


if __name__ == "__main__":
    quark0, pcdarts, cadene = sys.argv[1:]
    darts(os.path.join(quark0, "cnn"), ["DARTS_V1", "DARTS_V2", "NASNet", "AmoebaNet"])
    darts(pcdarts, ["PC_DARTS_cifar", "PC_DARTS_image"])
    supernet(os.path.join(quark0, "cnn"))
    ports(cadene)
    pnasnets(cadene)
