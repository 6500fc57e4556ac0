"""Regression trees by scikit-learn, which computes in float32: all numbers are exact there.

python3 tree.py > tree.json   (scikit-learn)
"""
import json
import numpy as np
from sklearn.tree import DecisionTreeRegressor


def rows(n, d, shift):
    i = np.arange(n * d, dtype=float).reshape(n, d)
    return np.round(64 * (np.sin(1 + shift + 1.7 * i) + .3 * np.cos(.2 * i * i))) / 64


x, asked = rows(80, 3, 0), rows(25, 3, 50) + 1 / 256
y = 3 + np.sin(2 * x[:, 0]) + .5 * x.sum(1) * x[:, 1]
trees = []
for leaf, depth in [(5, None), (8, None), (5, 2)]:
    t = DecisionTreeRegressor(min_samples_leaf=leaf, max_depth=depth).fit(x, y)
    trees.append(dict(leaf=leaf, depth=depth or 0, leaves=int(t.get_n_leaves()), predicted=t.predict(asked).tolist()))
print(json.dumps(dict(x=x.tolist(), y=y.tolist(), asked=asked.tolist(), trees=trees), indent=0))
