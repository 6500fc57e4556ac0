"""NumPy: matrix products, which are those of its OpenBLAS."""

import numpy as np

from product import Product

VERSION = "NumPy " + np.__version__


def start(threads):
    """OPENBLAS_NUM_THREADS says how many it takes."""


def make(variant, workload):
    return Product(workload, np.matmul)
