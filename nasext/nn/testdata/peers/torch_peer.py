"""PyTorch: eager, in the memory layout channels last, compiled. Functions in place of modules, whose calls cost."""

import torch
import torch.nn.functional as F

VERSION = "PyTorch " + torch.__version__
RATE, CHECK_RATE = 0.001, 0.05


def start(threads):
    torch.set_num_threads(threads)


def make(variant, workload):
    if hasattr(workload, "product"):
        return Product(workload)
    return (Network if hasattr(workload, "nodes") else Controller)(variant, workload)


class Product:
    def __init__(self, workload):
        self.workload = workload
        self.a, self.b = (torch.from_numpy(f) for f in workload.factors())
        self.c = self.a @ self.b

    def params(self):
        return 0

    def check(self):
        self.infer()
        return self.workload.corners(self.c)

    def infer(self):
        with torch.inference_mode():
            for _ in range(self.workload.batch):
                torch.mm(self.a, self.b, out=self.c)

    train = infer


class Task:
    def params(self):
        return sum(p.numel() for p in self.parameters)

    def check(self):
        """The losses before and after a step."""
        self.optimizer.param_groups[0]["lr"] = self.check_rate
        losses = [float(self.checked()) for _ in range(2)]
        self.optimizer.param_groups[0]["lr"] = self.rate
        return losses

    def step(self, loss):
        loss.backward()
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return loss.detach()


class Network(Task):
    rate, check_rate = RATE, CHECK_RATE

    def __init__(self, variant, workload):
        self.workload = workload
        self.layout = torch.channels_last if variant.endswith("_cl") else torch.contiguous_format
        self.weights, self.parameters, self.moments = [], [], []
        for pair in workload.parameters():
            tensors = [None if p is None else torch.nn.Parameter(self.tensor(p)) for p in pair]
            self.weights.append(tensors)
            self.parameters += [p for p in tensors if p is not None]
            norm = tensors[0] is not None and tensors[0].dim() == 1
            self.moments.append((torch.zeros_like(tensors[0].data), torch.ones_like(tensors[0].data)) if norm else None)
        self.optimizer = torch.optim.SGD(self.parameters, lr=RATE, momentum=0.9, weight_decay=5e-4, fused=True)
        self.x, self.y = self.tensor(workload.images()), torch.from_numpy(workload.labels())
        if workload.shape(0)[1:] == (1, 1):
            self.x = self.x.flatten(1)
        self.ops = [self.operation(i) for i in range(1, len(workload.nodes))]
        self.forward = torch.compile(self.run) if variant.startswith("compile") else self.run

    def tensor(self, array):
        t = torch.from_numpy(array)
        return t.contiguous(memory_format=self.layout) if t.dim() == 4 else t

    def run(self, x, train):
        values = [x]
        for inputs, op in self.ops:
            values.append(op(train, *[values[j] for j in inputs]))
        return values[-1]

    def operation(self, i):
        """The inputs of a node and a function of them."""
        node, (weight, bias) = self.workload.nodes[i], self.weights[i]
        return node["in"], self.function(i, node["op"], weight, bias)

    def function(self, i, op, weight, bias):
        kind, stride = op["kind"], op.get("stride")
        window, pad = (op.get("kh"), op.get("kw")), (op.get("pad_h", 0), op.get("pad_w", 0))
        if kind == "conv":
            dilation, groups = op["dilation"], op["groups"]
            return lambda train, x: F.conv2d(x, weight, bias, stride, pad, dilation, groups)
        if kind == "batchnorm":
            mean, var = self.moments[i]
            return lambda train, x: F.batch_norm(x, mean, var, weight, bias, train, 0.1, 1e-5)
        if kind == "relu":
            in_place = self.workload.in_place(i)
            return lambda train, x: F.relu(x, in_place)
        if kind == "maxpool":
            return lambda train, x: F.max_pool2d(x, window, stride, pad)
        if kind == "avgpool":
            return lambda train, x: F.avg_pool2d(x, window, stride, pad, count_include_pad=False)
        if kind == "shift":
            zeros = not self.workload.narrow(i)
            return lambda train, x: F.pad(x[:, :, 1:, 1:], (0, 1, 0, 1)) if zeros else x[:, :, 1:, 1:]
        if kind == "add":
            return lambda train, x, *more: sum(more, x)
        simple = {
            "linear": lambda train, x: F.linear(x, weight, bias),
            "flatten": lambda train, x: x.flatten(1),
            "globalpool": lambda train, x: x.mean((2, 3)),
            "concat": lambda train, *x: torch.cat(x, 1),
            "identity": lambda train, x: x,
        }
        if kind not in simple:
            raise NotImplementedError(f"node {i} is a {kind}")
        return simple[kind]

    def train(self):
        return self.step(F.cross_entropy(self.forward(self.x, True), self.y))

    checked = train

    def infer(self):
        with torch.inference_mode():
            self.forward(self.x, False)


class Controller(Task):
    rate = check_rate = 6e-4

    def __init__(self, variant, workload):
        self.workload = workload
        self.parameters = [torch.nn.Parameter(torch.from_numpy(p)) for p in workload.parameters()]
        self.optimizer = torch.optim.Adam(self.parameters, lr=self.rate, fused=True)
        self.baseline = torch.zeros(())
        self.eager = self.write
        self.written = torch.compile(self.write) if variant.startswith("compile") else self.write

    def write(self, noise, actions):
        """Chooses what Gumbel noise says, or takes given actions; the log of their probability."""
        embed, *lstm, weight, bias = self.parameters
        first, second = lstm[:4], lstm[4:]
        batch = len(noise) if actions is None else len(actions)
        x = embed[self.workload.choices].expand(batch, -1)
        zero = torch.zeros(batch, self.workload.hidden)
        a = b = zero, zero
        total, taken = 0, []
        for t in range(self.workload.decisions):
            a = torch.lstm_cell(x, a, *first)
            b = torch.lstm_cell(a[0], b, *second)
            logits = F.linear(b[0], weight, bias)
            choice = actions[:, t] if actions is not None else (logits.detach() + noise[:, t]).argmax(1)
            total = total - F.cross_entropy(logits, choice, reduction="none")
            x = embed[choice]
            taken.append(choice)
        return total, taken

    def noise(self):
        return -torch.empty(self.workload.batch, self.workload.decisions, self.workload.choices).exponential_().log()

    def checked(self):
        g = self.workload.golden
        reward = torch.tensor(g["reward"])
        total, _ = self.eager(None, torch.tensor(g["actions"]))
        return self.step(-((reward - g["baseline"]) * total).mean())

    def train(self):
        total, taken = self.written(self.noise(), None)
        reward = taken[0].float()
        loss = self.step(-((reward - self.baseline) * total).mean())
        self.baseline = 0.95 * self.baseline + 0.05 * reward.mean()
        return loss

    def infer(self):
        with torch.inference_mode():
            self.written(self.noise(), None)
