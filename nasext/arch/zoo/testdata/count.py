"""Counts the networks of torchvision, for the tests of package zoo.

Run it with PyTorch and torchvision installed; it writes torchvision.json beside
itself. A convolution counts Cout*Hout*Wout*(Cin/groups)*kh*kw multiply-accumulates,
a linear layer in*out, nothing else any. Layers are written as package zoo's test
writes them, each with how often it is there; the order does not count.
"""

import collections
import json
import pathlib

import torch
import torchvision
from torch import nn

NETWORKS = {
    "AlexNet": "alexnet",
    "VGG-16": "vgg16",
    "GoogLeNet": "googlenet",
    "GoogLeNet with auxiliary heads": "googlenet",
    "ResNet-18": "resnet18",
    "ResNet-50": "resnet50",
    "DenseNet-121": "densenet121",
    "SqueezeNet 1.1": "squeezenet1_1",
    "MobileNetV2": "mobilenet_v2",
    "MobileNetV3 small": "mobilenet_v3_small",
    "MobileNetV3 large": "mobilenet_v3_large",
    "MNASNet 1.0": "mnasnet1_0",
    "EfficientNet-B0": "efficientnet_b0",
    "ShuffleNetV2 ×1.0": "shufflenet_v2_x1_0",
}


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def describe(module, x, y):
    """One line for a layer that has settings worth comparing, else None."""
    if isinstance(module, nn.Conv2d):
        (kh, kw), (ph, pw) = pair(module.kernel_size), pair(module.padding)
        return (
            f"conv {kh}x{kw} {x.shape[1]}>{y.shape[1]} stride {pair(module.stride)[0]} pad {ph}x{pw} "
            f"dilation {pair(module.dilation)[0]} groups {module.groups} bias {int(module.bias is not None)} "
            f"to {y.shape[2]}x{y.shape[3]}"
        )
    if isinstance(module, nn.Linear):
        return f"linear {x.shape[-1]}>{y.shape[-1]} bias {int(module.bias is not None)}"
    if isinstance(module, nn.BatchNorm2d):
        return f"batchnorm {y.shape[1]} on {y.shape[2]}x{y.shape[3]}"
    if isinstance(module, nn.MaxPool2d):
        return f"maxpool {pair(module.kernel_size)[0]} stride {pair(module.stride)[0]} to {y.shape[1]}x{y.shape[2]}x{y.shape[3]}"
    for kind in (nn.ReLU6, nn.SiLU, nn.Hardswish, nn.Hardsigmoid, nn.Sigmoid):
        if isinstance(module, kind):
            c, h, w = (*y.shape[1:], 1, 1)[:3]
            return f"{kind.__name__.lower()} on {c}x{h}x{w}"
    return None


def count(name, function):
    heads = {}
    if function == "googlenet":
        heads = {"aux_logits": name != "GoogLeNet", "init_weights": False}
    model = getattr(torchvision.models, function)(weights=None, **heads).eval()
    layers, macs = collections.Counter(), 0

    def hook(module, args, y):
        nonlocal macs
        x = args[0]
        line = describe(module, x, y)
        if line:
            layers[line] += 1
        if isinstance(module, nn.Conv2d):
            kh, kw = pair(module.kernel_size)
            macs += y.shape[1] * y.shape[2] * y.shape[3] * (x.shape[1] // module.groups) * kh * kw
        elif isinstance(module, nn.Linear):
            macs += module.in_features * module.out_features

    for module in model.modules():
        module.register_forward_hook(hook)
    with torch.no_grad():
        model(torch.zeros(1, 3, 224, 224))
    return {
        "name": name,
        "params": sum(p.numel() for p in model.parameters() if p.requires_grad),
        "macs": macs,
        "layers": dict(sorted(layers.items())),
    }


def main():
    result = {
        "torchvision": torchvision.__version__.split("+")[0],
        "networks": [count(*item) for item in NETWORKS.items()],
    }
    path = pathlib.Path(__file__).with_name("torchvision.json")
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
