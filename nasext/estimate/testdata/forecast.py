"""Prints forecast.json: extrapolated learning curves, by NumPy with whole matrices.

Needs Python 3.11 with numpy:

    python forecast.py > forecast.json

A curve is y = c − a·φ(x) + noise with priors c ~ N(0.5, 0.5²), a ~ N(0, 0.5²), for each shape φ
and each noise of a grid; all weigh as much as their evidence. What is printed is the mean and
deviation of the score in the last epoch, and the probability that it is at least the target.
"""
import json
from math import erf, exp, log, pi, sqrt

import numpy as np

SHAPES = [lambda x, p=p: x ** -p for p in 0.1 * 2 ** (np.arange(11) / 2)]
SHAPES += [lambda x, s=s: np.exp((1 - x) / s) for s in 0.5 * 2 ** (np.arange(15) / 2)]
SHAPES += [lambda x: log(2) / np.log(x + 1)]
NOISES = 0.002, 0.005, 0.01, 0.02, 0.05


def forecast(scores, epochs, target):
    y = np.array(scores)
    x = np.arange(1, len(y) + 1.0)
    logs, means, variances = [], [], []
    for shape in SHAPES:
        for noise in NOISES:
            h = np.stack([np.ones_like(x), -shape(x)], 1)
            last = np.array([1, -shape(np.array([float(epochs)]))[0]])
            prior = np.diag([0.25, 0.25])
            cov = h @ prior @ h.T + noise ** 2 * np.eye(len(y))
            off = y - h @ [0.5, 0]
            logs.append(-(off @ np.linalg.solve(cov, off) + np.linalg.slogdet(cov)[1] + len(y) * log(2 * pi)) / 2)
            cross = last @ prior @ h.T
            means.append(last @ [0.5, 0] + cross @ np.linalg.solve(cov, off))
            variances.append(last @ prior @ last - cross @ np.linalg.solve(cov, cross) + noise ** 2)
    w = np.exp(np.array(logs) - max(logs))
    w /= w.sum()
    m, v = np.array(means), np.array(variances)
    mean = w @ m
    tail = [(1 - erf((target - a) / sqrt(2 * b))) / 2 for a, b in zip(m, v)]
    return {"Scores": scores, "Epochs": epochs, "Target": target, "Mean": float(mean),
            "Deviation": float(sqrt(w @ (v + m ** 2) - mean ** 2)), "AtLeast": float(w @ tail)}


print(json.dumps([
    forecast([0.42, 0.61, 0.70, 0.745, 0.77], 20, 0.85),
    forecast([0.1, 0.1, 0.12, 0.1, 0.11, 0.1], 30, 0.3),
    forecast([0.9], 12, 0.95),
    forecast([0.2, 0.3, 0.38, 0.44, 0.5, 0.54, 0.58], 8, 0.6),
], indent=1))
