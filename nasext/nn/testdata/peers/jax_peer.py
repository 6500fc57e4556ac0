"""JAX: whole steps compiled, images with the channels last."""

import os

VERSION = ""
RATE, CHECK_RATE = 0.001, 0.05
jax = jnp = lax = np = None


def start(threads):
    """JAX takes the number of threads from its environment when it is imported."""
    global VERSION, jax, jnp, lax, np
    os.environ["NPROC"] = str(threads)
    if threads == 1:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    import jax
    import jax.numpy as jnp
    import numpy as np
    from jax import lax

    VERSION = "JAX " + jax.__version__


def make(variant, workload):
    return (Network if hasattr(workload, "nodes") else Controller)(workload)


class Task:
    def params(self):
        return sum(p.size for p in jax.tree.leaves(self.state[0]))


class Network(Task):
    def __init__(self, workload):
        self.workload = workload
        self.x = jnp.asarray(workload.images().transpose(0, 2, 3, 1))
        if workload.shape(0)[1:] == (1, 1):
            self.x = self.x.reshape(workload.batch, -1)
        self.y = jnp.asarray(workload.labels())
        weights, moments = [], []
        for weight, bias in workload.parameters()[0]:
            norm = weight is not None and weight.ndim == 1
            moments.append((np.zeros_like(weight), np.ones_like(weight)) if norm else None)
            if weight is not None and weight.ndim > 1:
                weight = weight.transpose(2, 3, 1, 0) if weight.ndim == 4 else weight.T
            weights.append((weight, bias))
        weights, moments = jax.tree.map(jnp.array, (weights, moments))
        self.state = weights, jax.tree.map(jnp.zeros_like, weights), moments
        self.step = jax.jit(self.stepped, donate_argnums=0)
        self.evaluated = jax.jit(lambda state, x: self.run(state[0], state[2], x, False)[0])

    def run(self, weights, moments, x, train):
        values, moments = [x], list(moments)
        for i, node in enumerate(self.workload.nodes[1:], 1):
            inputs = [values[j] for j in node["in"]]
            value = self.operation(i, node["op"], inputs, weights[i], moments, train)
            values.append(value)
        return values[-1], moments

    def operation(self, i, op, inputs, weights, moments, train):
        x, (weight, bias) = inputs[0], weights
        kind, stride = op["kind"], op.get("stride")
        window = op.get("kh"), op.get("kw")
        pad = [(op.get(k, 0),) * 2 for k in ("pad_h", "pad_w")]
        if kind == "conv":
            y = lax.conv_general_dilated(x, weight, (stride, stride), pad, rhs_dilation=(op["dilation"],) * 2,
                                         dimension_numbers=("NHWC", "HWIO", "NHWC"), feature_group_count=op["groups"])
            return y if bias is None else y + bias
        if kind == "linear":
            return x @ weight + bias
        if kind == "batchnorm":
            mean, var = moments[i]
            if train:
                n = x.size // x.shape[-1]
                m, v = x.mean((0, 1, 2)), x.var((0, 1, 2))
                moments[i] = 0.9 * mean + 0.1 * m, 0.9 * var + 0.1 * v * (n / (n - 1))
                mean, var = m, v
            return (x - mean) * (weight * lax.rsqrt(var + 1e-5)) + bias
        if kind == "relu":
            return jax.nn.relu(x)
        if kind in ("maxpool", "avgpool"):
            return pool(kind, x, window, stride, pad)
        if kind == "shift":
            return jnp.pad(x[:, 1:, 1:], ((0, 0), (0, 1), (0, 1), (0, 0)))
        if kind == "flatten":
            return x.transpose(0, 3, 1, 2).reshape(len(x), -1)
        if kind == "globalpool":
            return x.mean((1, 2))
        if kind == "add":
            return sum(inputs[1:], x)
        if kind == "concat":
            return jnp.concatenate(inputs, -1)
        if kind == "identity":
            return x
        raise NotImplementedError(f"node {i} is a {kind}")

    def stepped(self, state, x, y, rate):
        weights, velocity, moments = state

        def loss(weights):
            logits, after = self.run(weights, moments, x, True)
            return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1).mean(), after

        (value, moments), grads = jax.value_and_grad(loss, has_aux=True)(weights)
        velocity = jax.tree.map(lambda v, g, w: 0.9 * v + g + 5e-4 * w, velocity, grads, weights)
        weights = jax.tree.map(lambda w, v: w - rate * v, weights, velocity)
        return (weights, velocity, moments), value

    def check(self):
        losses = []
        for _ in range(2):
            self.state, loss = self.step(self.state, self.x, self.y, CHECK_RATE)
            losses.append(float(loss))
        return losses

    def train(self):
        self.state, _ = jax.block_until_ready(self.step(self.state, self.x, self.y, RATE))

    def infer(self):
        self.evaluated(self.state, self.x).block_until_ready()


def pool(kind, x, window, stride, pad):
    batch, height, width, channels = x.shape
    if window == (stride, stride) and pad == [(0, 0), (0, 0)] and height % stride == width % stride == 0:
        tiles = x.reshape(batch, height // stride, stride, width // stride, stride, channels)
        return tiles.max((2, 4)) if kind == "maxpool" else tiles.mean((2, 4))
    where = (1, *window, 1), (1, stride, stride, 1), [(0, 0), *pad, (0, 0)]
    if kind == "maxpool":
        return lax.reduce_window(x, -jnp.inf, lax.max, *where)
    pixels = lax.reduce_window(np.ones((1, height, width, 1), np.float32), np.float32(0), lax.add, *where)
    return lax.reduce_window(x, 0.0, lax.add, *where) / pixels


class Controller(Task):
    RATE = 6e-4

    def __init__(self, workload):
        self.workload = workload
        parameters = [jnp.array(p) for p in workload.parameters()]
        zeros = [jnp.zeros_like(p) for p in parameters]
        self.state = parameters, zeros, [jnp.zeros_like(p) for p in parameters], jnp.zeros(()), jnp.zeros(()), jax.random.key(1)
        self.step = jax.jit(self.stepped, donate_argnums=0)
        self.sampled = jax.jit(self.sample)
        self.key = jax.random.key(2)

    def write(self, parameters, noise, actions=None):
        """Chooses what Gumbel noise says, or takes given actions; the log of their probability."""
        embed, *lstm, weight, bias = parameters
        batch = noise.shape[1] if actions is None else actions.shape[1]
        zero = jnp.zeros((batch, self.workload.hidden))

        def cell(x, state, wx, wh, bx, bh):
            h, c = state
            i, f, g, o = jnp.split(x @ wx.T + h @ wh.T + (bx + bh), 4, 1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            return jax.nn.sigmoid(o) * jnp.tanh(c), c

        def decide(carry, given):
            x, a, b = carry
            a = cell(x, a, *lstm[:4])
            b = cell(a[0], b, *lstm[4:])
            logits = b[0] @ weight.T + bias
            choice = jnp.argmax(lax.stop_gradient(logits) + given, 1) if actions is None else given
            log = jnp.take_along_axis(jax.nn.log_softmax(logits), choice[:, None], 1)[:, 0]
            return (embed[choice], a, b), (log, choice)

        begin = jnp.broadcast_to(embed[self.workload.choices], zero.shape), (zero, zero), (zero, zero)
        _, (logs, choices) = lax.scan(decide, begin, noise if actions is None else actions, unroll=5)
        return logs.sum(0), choices

    def noise(self, key):
        return jax.random.gumbel(key, (self.workload.decisions, self.workload.batch, self.workload.choices))

    def sample(self, parameters, key):
        key, now = jax.random.split(key)
        return self.write(parameters, self.noise(now)), key

    def learn(self, state, loss):
        """A step of Adam."""
        parameters, mean, square, steps, *_ = state
        (value, more), grads = jax.value_and_grad(loss, has_aux=True)(parameters)
        steps = steps + 1
        mean = [0.9 * m + 0.1 * g for m, g in zip(mean, grads)]
        square = [0.999 * v + 0.001 * g * g for v, g in zip(square, grads)]
        a, b = 1 - 0.9**steps, 1 - 0.999**steps
        parameters = [p - self.RATE * (m / a) / (jnp.sqrt(v / b) + 1e-8) for p, m, v in zip(parameters, mean, square)]
        return (parameters, mean, square, steps), value, more

    def stepped(self, state):
        baseline, key = state[4:]
        key, now = jax.random.split(key)

        def loss(parameters):
            total, choices = self.write(parameters, self.noise(now))
            reward = choices[0].astype(jnp.float32)
            return -((reward - baseline) * total).mean(), reward.mean()

        state, value, reward = self.learn(state, loss)
        return (*state, 0.95 * baseline + 0.05 * reward, key), value

    def check(self):
        golden, losses, state = self.workload.golden, [], self.state
        actions, reward = jnp.asarray(golden["actions"]).T, jnp.asarray(golden["reward"])

        @jax.jit
        def step(state):
            return self.learn(state, lambda p: (-((reward - golden["baseline"]) * self.write(p, None, actions)[0]).mean(), ()))

        for _ in range(2):
            state, loss, _ = step(state)
            losses.append(float(loss))
        return losses

    def train(self):
        self.state, _ = jax.block_until_ready(self.step(self.state))

    def infer(self):
        _, self.key = jax.block_until_ready(self.sampled(self.state[0], self.key))
