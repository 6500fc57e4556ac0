"""Values, gradients and Hessian-vector products by PyTorch: python derivatives.py > derivatives.json"""
import json
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(1)


def lstm(x, h, c, wx, wh, b):
    cell = torch.lstm_cell(x, (h, c), wx, wh, b, torch.zeros_like(b))
    return torch.cat(cell, 1)


def batchnorm(x, w, b):
    return F.batch_norm(x, None, None, w, b, training=True, eps=1e-5)


cases = {
    "conv2d": ([(2, 4, 7, 6), (6, 2, 3, 2)], lambda x, w: F.conv2d(x, w, stride=(2, 1), padding=(1, 2), dilation=(2, 2), groups=2)),
    "maxpool2d": ([(2, 3, 7, 6)], lambda x: F.max_pool2d(x, (3, 2), 2, (1, 1))),
    "avgpool2d": ([(2, 3, 7, 6)], lambda x: F.avg_pool2d(x, (3, 2), 2, (1, 1), count_include_pad=False)),
    "batchnorm": ([(4, 3, 2, 2), (3,), (3,)], batchnorm),
    "lstm": ([(2, 3), (2, 4), (2, 4), (16, 3), (16, 4), (16,)], lstm),
    "attention": ([(2, 3, 4), (2, 5, 4), (2, 5, 6)], lambda q, k, v: F.scaled_dot_product_attention(q, k, v)),
    "crossentropy": ([(3, 4)], lambda x: F.cross_entropy(x, torch.tensor([3, 0, 2]))),
}
out = []
for name, (shapes, f) in cases.items():
    xs = [torch.randn(s) for s in shapes]
    vs = [torch.randn(s) for s in shapes]
    y = f(*xs)

    def loss(*a):
        return torch.sin(f(*a) + 0.3).sum()

    args = [x.clone().requires_grad_() for x in xs]
    grads = torch.autograd.grad(loss(*args), args)
    _, hv = torch.autograd.functional.hvp(loss, tuple(xs), tuple(vs))
    flat = lambda ts: [t.flatten().tolist() for t in ts]
    out.append({"name": name, "shapes": shapes, "x": flat(xs), "v": flat(vs), "shape": list(y.shape), "y": y.flatten().tolist(), "grad": flat(grads), "hv": flat(hv)})
print(json.dumps(out))
