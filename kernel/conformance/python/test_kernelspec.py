"""The kernelspec, by the rules of JEP 105."""

import json
import subprocess

import jsonschema
from conftest import program

TEXT = {"type": "string"}

KERNELSPEC = {
    "type": "object",
    "required": ["argv", "display_name", "language"],
    "properties": {
        "argv": {"type": "array", "minItems": 1, "items": TEXT, "contains": {"const": "{connection_file}"}},
        "display_name": TEXT,
        "language": TEXT,
        "interrupt_mode": {"enum": ["signal", "message"]},
        "env": {"type": "object", "additionalProperties": TEXT},
        "kernel_protocol_version": {"type": "string", "pattern": r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$"},
        # each tool's own, under the tool's name; debugger is JupyterLab's, supported_encryption jupyter_client's
        "metadata": {
            "type": "object",
            "properties": {"debugger": {"type": "boolean"}, "supported_encryption": {"type": "array", "items": TEXT}},
            "additionalProperties": {"type": "object"},
        },
    },
    "additionalProperties": False,
}


def test_kernelspec(kernelspec):
    jsonschema.validate(json.loads((kernelspec / "kernel.json").read_text()), KERNELSPEC)


def test_kernelspec_with_everything(tmp_path):
    installed = subprocess.run(
        [program(), "install", "--prefix", tmp_path, "--name", "With-Everything", "--env", "GOGC=50", "--env", "EMPTY="],
        check=True, capture_output=True, text=True,
    ).stdout.strip()
    with open(f"{installed}/kernel.json") as file:
        spec = json.load(file)
    jsonschema.validate(spec, KERNELSPEC)
    assert spec["env"] == {"GOGC": "50", "EMPTY": ""} and installed.endswith("/with-everything")
