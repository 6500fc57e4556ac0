"""Networks that nasext wrote as ONNX models give the same outputs in onnxruntime.

models.go writes them, as cells of ./nascent, which NASCENT may name another of.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    program = Path(os.environ.get("NASCENT") or HERE.parents[3] / "nascent").resolve()
    if not program.is_file():
        pytest.exit(f"{program} does not exist: build it with make build, or name another in NASCENT", 2)
    folder = tmp_path_factory.mktemp("models")
    done = subprocess.run([program, "exec", HERE / "models.go", folder], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return sorted(folder.glob("*.onnx"))


def test_enough_models(models):
    names = [m.stem for m in models]
    spaces = {n.rsplit(" ", 1)[0] for n in names if n.startswith("space ")}
    assert len(names) >= 20 and len(spaces) >= 6, names


def test_models_are_valid(models):
    for path in models:
        onnx.checker.check_model(onnx.load(path), full_check=True)


def test_outputs_are_equal(models):
    worst = {}
    for path in models:
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        [image] = session.get_inputs()
        [result] = session.get_outputs()
        assert (image.name, result.name) == ("input", "output")
        assert image.shape[0] == result.shape[0] == "samples"
        x = np.fromfile(path.with_suffix(".input"), "<f4").reshape(-1, *image.shape[1:])
        want = np.fromfile(path.with_suffix(".output"), "<f4").reshape(len(x), result.shape[1])
        [got] = session.run(None, {"input": x})
        assert got.shape == want.shape
        # What the last layer adds to every sample alike would be right of any network.
        assert np.ptp(want, axis=0).max() > 1e-2, f"{path.stem} says the same of every sample: {want}"
        worst[path.stem] = float(np.abs(got - want).max() / max(1, np.abs(want).max()))
        [alone] = session.run(None, {"input": x[:1]})  # any number of samples
        assert alone.shape[0] == 1
    print({name: f"{error:.1e}" for name, error in worst.items()})
    assert {name: error for name, error in worst.items() if not error <= 1e-4} == {}
