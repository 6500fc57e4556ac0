"""Python's safetensors reads ours.safetensors, which a Go test holds to be what is written now."""
import os

import numpy as np
from safetensors import safe_open

here = os.path.dirname(os.path.abspath(__file__))


def test_reads_ours():
    with safe_open(os.path.join(here, "ours.safetensors"), "numpy") as f:
        assert f.metadata()["made by"] == "Go"
        assert sorted(f.keys()) == ["conv \"1\".weight", "empty", "one"]
        weight = f.get_tensor("conv \"1\".weight")
        assert weight.dtype == np.float32 and weight.shape == (2, 3, 1, 1)
        np.testing.assert_array_equal(weight.ravel(), np.arange(6, dtype=np.float32) / 4 - 1)
        assert f.get_tensor("one").shape == () and f.get_tensor("one") == 1 / np.float32(3)
        assert f.get_tensor("empty").shape == (0, 2)
