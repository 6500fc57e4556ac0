"""A small network that PyTorch trains in double precision: Adam on the mean absolute error.

python3 mlp.py > mlp.json   (PyTorch)
"""
import json
import torch

torch.set_default_dtype(torch.float64)
sizes = [5, 6, 6, 6, 1]
layers, i = [], 0
for a, b in zip(sizes, sizes[1:]):
    layer = torch.nn.Linear(a, b)
    w = torch.arange(i, i + a * b).reshape(a, b).sin() * .6  # input by input
    layer.weight.data, layer.bias.data = w.T.clone(), .1 * torch.arange(i, i + b).cos()
    layers += [layer, torch.nn.ReLU()]
    i += a * b
net = torch.nn.Sequential(*layers[:-1])
x = torch.arange(12 * 5).reshape(12, 5)
x = ((x * 7) % 3 - 1) * (1 + .01 * x)  # some are 0
y = torch.sin(torch.arange(12) * 1.3) + .2 * x[:, 0]
adam = torch.optim.Adam(net.parameters(), lr=.01, betas=(.9, .999), eps=1e-7)
losses = []
for _ in range(60):
    loss = (net(x)[:, 0] - y).abs().mean()
    losses.append(loss.item())
    adam.zero_grad()
    loss.backward()
    adam.step()
print(json.dumps(dict(sizes=sizes, x=x.tolist(), y=y.tolist(), losses=losses, outputs=net(x)[:, 0].tolist()), indent=0))
