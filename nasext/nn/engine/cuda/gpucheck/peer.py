"""Times training steps of architectures in PyTorch: one JSON object a line comes in, one goes out."""

import json
import math
import sys
import time

import torch
import torch.nn.functional as F

device = "cuda" if torch.cuda.is_available() else "cpu"
about = f"PyTorch {torch.__version__}" + (f", {torch.cuda.get_device_name()}" if device == "cuda" else ", processor")
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False


class Network(torch.nn.Module):
    def __init__(self, nodes):
        super().__init__()
        self.nodes, self.blocks, self.alphas = nodes, torch.nn.ModuleList(), torch.nn.ParameterDict()
        for node in nodes:
            op, block = node["op"], torch.nn.Identity()
            channels = nodes[node["in"][0]]["out"]["C"] if node["in"] else 0
            stride, pad = op.get("stride", 1), (op.get("pad_h", 0), op.get("pad_w", 0))
            window = (op.get("kh"), op.get("kw"))
            match op["kind"]:
                case "conv":
                    block = torch.nn.Conv2d(channels, op["out"], window, (stride, op["stride_w"]), pad, op["dilation"], op["groups"], op.get("bias", False))
                case "linear":
                    block = torch.nn.Linear(channels, op["out"], op.get("bias", False))
                case "batchnorm":
                    block = torch.nn.BatchNorm2d(channels, affine=not op.get("fixed", False))
                case "relu":
                    block = torch.nn.ReLU()
                case "maxpool":
                    block = torch.nn.MaxPool2d(window, stride, pad)
                case "avgpool":
                    block = torch.nn.AvgPool2d(window, stride, pad, count_include_pad=False)
                case "flatten":
                    block = torch.nn.Flatten()
                case "mix":
                    self.alphas[op["alpha"].replace(".", "_")] = torch.nn.Parameter(1e-3 * torch.randn(len(node["in"])))
            self.blocks.append(block)

    def forward(self, x):
        values = [x]
        weights = {name: a.softmax(0).unbind() for name, a in self.alphas.items()}
        for node, block in zip(self.nodes[1:], self.blocks[1:]):
            op, ins = node["op"], [values[i] for i in node["in"]]
            match op["kind"]:
                case "add":
                    y = sum(ins[1:], ins[0])
                case "concat":
                    y = torch.cat(ins, 1)
                case "globalpool":
                    y = ins[0].mean((2, 3))
                case "shift":
                    y = F.pad(ins[0][:, :, 1:, 1:], (0, 1, 0, 1))
                case "zero":
                    y = None
                case "mix":
                    y = sum(w * v for w, v in zip(weights[op["alpha"].replace(".", "_")], ins) if v is not None)
                case "conv" | "linear" | "batchnorm" | "relu" | "maxpool" | "avgpool" | "flatten" | "identity":
                    y = block(ins[0])
                case kind:
                    raise NotImplementedError(kind)
            values.append(y)
        return values[-1]


def seconds(task, compiled):
    torch.manual_seed(1)
    net = Network(task["nodes"]).to(device).train()
    shape, batch = task["nodes"][0]["out"], task["batch"]
    data = [(torch.randn(batch, shape["C"], shape["H"], shape["W"], device=device), torch.randint(10, (batch,), device=device)) for _ in range(2)]
    alphas = list(net.alphas.values())
    learn = [torch.optim.SGD([p for n, p in net.named_parameters() if not n.startswith("alphas")], lr=0.001, momentum=0.9, weight_decay=5e-4)]
    if alphas:
        learn.insert(0, torch.optim.Adam(alphas, lr=3e-4, betas=(0.5, 0.999), weight_decay=1e-3))
    model = torch.compile(net, mode="reduce-overhead") if compiled else net

    def step():
        for (x, y), o in zip(data, learn):
            F.cross_entropy(model(x), y).backward()
            o.step()
            for p in net.parameters():
                p.grad = None

    def many(n):
        if device == "cuda":
            torch.cuda.synchronize()
        begin = time.perf_counter()
        for _ in range(n):
            step()
        if device == "cuda":
            torch.cuda.synchronize()
        return (time.perf_counter() - begin) / n

    many(5)
    n = max(3, min(200, math.ceil(0.5 / many(3))))
    return min(many(n) for _ in range(5))


for line in sys.stdin:
    answer = {"version": about}
    try:
        answer["eager"] = seconds(json.loads(line), False)
        answer["compiled"] = seconds(json.loads(line), True)
    except Exception as e:
        answer["error"] = f"{type(e).__name__}: {e}"
    print(json.dumps(answer), flush=True)
