"""Writes python.safetensors, a file of every type that is converted, as Python's library
writes it.

Needs Python 3.11 with torch and safetensors:

    python python.py
"""
import os

import torch
from safetensors.torch import save_file

here = os.path.dirname(os.path.abspath(__file__))
values = torch.tensor([[0.0, -0.0, 1.0, -1.5], [65504.0, 6e-8, float("inf"), 1 / 3]])
save_file({
    "double": values.double(),
    "single": values.float(),
    "half": values.half(),
    "brain": values.bfloat16(),
    "whole": torch.arange(5),
    "one number": torch.tensor(0.25),
    "none": torch.zeros(3, 0),
}, os.path.join(here, "python.safetensors"), metadata={"made by": "Python"})
