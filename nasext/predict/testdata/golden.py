"""Ridge regression and Gaussian processes by the textbook, with dense inverses.

python3 golden.py > golden.json   (numpy)
"""
import json
import numpy as np


def rows(n, d, shift):
    i = np.arange(n * d, dtype=float).reshape(n, d)
    return np.sin(1 + shift + 1.7 * i) + 0.3 * np.cos(0.2 * i * i)


def scores(x):
    return 3 + np.sin(2 * x[:, 0]) + 0.5 * x.sum(1) * x[:, 1] + 0.05 * np.cos(40 * x[:, 0])


def ridge(n, d, penalty):
    x, t = rows(n, d, 0), rows(4, d, 50)
    y = scores(x)
    xc, yc = x - x.mean(0), y - y.mean()
    inverse = np.linalg.inv(xc.T @ xc + penalty * np.eye(d))
    w = inverse @ xc.T @ yc
    variance = yc @ np.linalg.inv(np.eye(n) + xc @ xc.T / penalty) @ yc / (n - 1)
    tc = t - x.mean(0)
    return dict(
        rows=n, width=d, penalty=penalty, x=x.tolist(), y=y.tolist(), asked=t.tolist(),
        weights=w.tolist(), intercept=y.mean() - x.mean(0) @ w, mean=(y.mean() + tc @ w).tolist(),
        deviation=np.sqrt(variance * (1 / n + np.einsum("ij,jk,ik->i", tc, inverse, tc))).tolist())


KERNELS = {
    "rbf": lambda r: np.exp(-r * r / 2),
    "matern52": lambda r: (1 + 5 ** .5 * r + 5 * r * r / 3) * np.exp(-(5 ** .5) * r),
    "exponential": lambda r: np.exp(-r),
}
DISTANCES = {
    "euclidean": lambda a, b: np.sqrt(((a[:, None] - b[None]) ** 2).sum(2)),
    "hamming": lambda a, b: (a[:, None] != b[None]).sum(2).astype(float),
}


def likelihood(k, d, y, length, noise):
    yc, n = y - y.mean(), len(y)
    cov = KERNELS[k](d / length) + noise * np.eye(n)
    s2 = yc @ np.linalg.solve(cov, yc) / n
    cov = s2 * cov
    if np.linalg.eigvalsh(cov)[0] < 1e-9 * s2:
        return s2, -np.inf  # no covariance
    return s2, -.5 * yc @ np.linalg.solve(cov, yc) - .5 * np.linalg.slogdet(cov)[1] - n / 2 * np.log(2 * np.pi)


def process(kernel, distance, length, noise):
    x, t = rows(12, 3, 0), rows(5, 3, 9)
    if distance == "hamming":
        x, t = np.round(x), np.round(t)
    t = np.vstack([t, x[2:3]])
    y = scores(rows(12, 3, 0))
    between = DISTANCES[distance]
    s2, logl = likelihood(kernel, between(x, x), y, length, noise)
    inverse = np.linalg.inv(s2 * (KERNELS[kernel](between(x, x) / length) + noise * np.eye(len(x))))
    near = s2 * KERNELS[kernel](between(t, x) / length)
    best = max(likelihood(kernel, between(x, x), y, l, g)[1]
               for l in np.geomspace(.1, 30, 120) for g in np.geomspace(1e-7, 3, 120))
    return dict(
        kernel=kernel, distance=distance, length=length, noise=noise, x=x.tolist(), y=y.tolist(), asked=t.tolist(),
        signal=s2 ** .5, log_likelihood=logl, likeliest=best,
        mean=(y.mean() + near @ inverse @ (y - y.mean())).tolist(),
        deviation=np.sqrt(s2 - np.einsum("ij,jk,ik->i", near, inverse, near)).tolist())


print(json.dumps(dict(
    ridge=[ridge(15, 4, .5), ridge(6, 9, 2.)],
    process=[process("rbf", "euclidean", .9, .01), process("matern52", "euclidean", 1.4, .001),
             process("exponential", "hamming", 2., .1), process("matern52", "hamming", 3., .5)]), indent=0))
