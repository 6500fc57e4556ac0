"""NumPy: matrix products, which are those of its OpenBLAS."""

import numpy as np

VERSION = "NumPy " + np.__version__


def start(threads):
    """OPENBLAS_NUM_THREADS says how many it takes."""


def make(variant, workload):
    return Product(workload)


class Product:
    def __init__(self, workload):
        self.workload = workload
        self.a, self.b = workload.factors()
        self.c = self.a @ self.b

    def params(self):
        return 0

    def check(self):
        self.infer()
        return self.workload.corners(self.c)

    def infer(self):
        for _ in range(self.workload.batch):
            np.matmul(self.a, self.b, out=self.c)

    train = infer
