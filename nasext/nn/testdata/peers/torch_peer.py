"""PyTorch: eager, in the memory layout channels last, compiled, in double precision. Functions in place of modules, whose calls cost."""

import torch
import torch.nn.functional as F

from product import Product

VERSION = "PyTorch " + torch.__version__
CHECK = 50  # times the usual rate


def start(threads):
    torch.set_num_threads(threads)


def make(variant, workload):
    if hasattr(workload, "product"):
        return InferredProduct(workload, torch.mm, torch.from_numpy)
    return (Network if hasattr(workload, "nodes") else Controller)(variant, workload)


class InferredProduct(Product):
    @torch.inference_mode()
    def infer(self):
        super().infer()


class Task:
    def params(self):
        return sum(p.numel() for p in self.parameters)

    def check(self):
        """The losses before and after a long step."""
        usual = [o.param_groups[0]["lr"] for o in self.optimizers]
        for o, rate in zip(self.optimizers, usual):
            o.param_groups[0]["lr"] = rate * self.check_times
        losses = [float(loss) for _ in range(2) for loss in self.checked()]
        for o, rate in zip(self.optimizers, usual):
            o.param_groups[0]["lr"] = rate
        return losses

    def step(self, loss, optimizer):
        loss.backward()
        optimizer.step()
        for p in self.parameters:
            p.grad = None
        return loss.detach()


class Network(Task):
    check_times = CHECK

    def __init__(self, variant, workload):
        self.workload = workload
        self.layout = torch.channels_last if variant.endswith("_cl") else torch.contiguous_format
        self.type = torch.float64 if variant == "double" else torch.float32
        self.weights, self.parameters, self.moments = [], [], []
        pairs, alphas = workload.parameters()
        for node, pair in zip(workload.nodes, pairs):
            tensors = [None if p is None else torch.nn.Parameter(self.tensor(p)) for p in pair]
            self.weights.append(tensors)
            self.parameters += [p for p in tensors if p is not None]
            channels = node["out"]["C"]
            norm = node["op"]["kind"] == "batchnorm"
            self.moments.append((torch.zeros(channels, dtype=self.type), torch.ones(channels, dtype=self.type)) if norm else None)
        self.optimizers = [torch.optim.SGD(self.parameters, lr=0.001, momentum=0.9, weight_decay=5e-4, fused=True)]
        self.alphas = {name: torch.nn.Parameter(self.tensor(a)) for name, a in alphas.items()}
        if alphas:
            self.parameters = self.parameters + list(self.alphas.values())
            self.optimizers.insert(0, torch.optim.Adam(self.alphas.values(), lr=3e-4, betas=(0.5, 0.999), weight_decay=1e-3, fused=True))
        self.batches = [self.batch(turn) for turn in reversed(range(len(self.optimizers)))]
        self.x = self.batches[-1][0]
        self.ops = [self.operation(i) for i in range(1, len(workload.nodes))]
        self.forward = torch.compile(self.run) if variant.startswith("compile") else self.run

    def batch(self, turn):
        x = self.tensor(self.workload.images(turn))
        if self.workload.shape(0)[1:] == (1, 1):
            x = x.flatten(1)
        return x, torch.from_numpy(self.workload.labels(turn))

    def tensor(self, array):
        t = torch.from_numpy(array).to(self.type)
        return t.contiguous(memory_format=self.layout) if t.dim() == 4 else t

    def run(self, x, train):
        values = [x]
        if self.alphas:
            self.gates = {name: a.softmax(0).unbind() for name, a in self.alphas.items()}
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
        if kind == "mix":
            return lambda train, *x: self.mix(self.gates[op["alpha"]], x)
        if kind == "zero":
            return lambda train, x: None  # which a mix leaves out
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

    @staticmethod
    def mix(weights, inputs):
        (w, x), *more = [(w, x) for w, x in zip(weights, inputs) if x is not None]
        total = w * x
        for w, x in more:
            total = torch.addcmul(total, w, x)
        return total

    def train(self):
        """A step for the weights, before that, of a supernet, one for its mixing numbers on another batch. Gives the losses."""
        return [self.step(F.cross_entropy(self.forward(x, True), y), o) for (x, y), o in zip(self.batches, self.optimizers)]

    checked = train

    def infer(self):
        with torch.inference_mode():
            self.forward(self.x, False)


class Controller(Task):
    check_times = 1

    def __init__(self, variant, workload):
        self.workload = workload
        self.parameters = [torch.nn.Parameter(torch.from_numpy(p)) for p in workload.parameters()]
        self.optimizers = [torch.optim.Adam(self.parameters, lr=6e-4, fused=True)]
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
        return [self.step(-((reward - g["baseline"]) * total).mean(), *self.optimizers)]

    def train(self):
        total, taken = self.written(self.noise(), None)
        reward = taken[0].float()
        loss = self.step(-((reward - self.baseline) * total).mean(), *self.optimizers)
        self.baseline = 0.95 * self.baseline + 0.05 * reward.mean()
        return loss

    def infer(self):
        with torch.inference_mode():
            self.written(self.noise(), None)
