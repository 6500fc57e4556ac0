"""Installs the kernel for these tests alone, and talks to it as a notebook does.

The program that is tested is ./nascent at the top of the repository, or what the
environment variable NASCENT names.
"""

from __future__ import annotations

import os
import queue
import subprocess
import time
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

KERNEL = "nascent-test"
TIMEOUT = 60


def program() -> Path:
    path = Path(os.environ.get("NASCENT") or Path(__file__).parents[3] / "nascent").resolve()
    if not path.is_file():
        pytest.exit(f"{path} does not exist: build it with make build, or name another in NASCENT", 2)
    return path


@pytest.fixture(scope="session", autouse=True)
def kernelspec(tmp_path_factory):
    """A kernelspec in a folder of its own, which is the only one that Jupyter sees."""
    prefix = tmp_path_factory.mktemp("prefix")
    private = tmp_path_factory.mktemp("jupyter")
    subprocess.run([program(), "install", "--prefix", prefix, "--name", KERNEL], check=True, capture_output=True)
    settings = {
        "JUPYTER_PATH": str(prefix / "share" / "jupyter"),
        "JUPYTER_DATA_DIR": str(private / "data"),
        "JUPYTER_CONFIG_DIR": str(private / "config"),
        "JUPYTER_RUNTIME_DIR": str(private / "runtime"),
        "NASCENT_HISTORY": str(private / "history.sqlite"),
        "NASCENT_HISTORY": str(private / "history.sqlite"),
    }
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    yield prefix / "share" / "jupyter" / "kernels" / KERNEL
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value


class Cell:
    """What came back from a cell: the content of its reply, and its outputs."""

    def __init__(self, reply, outputs):
        self.reply = reply["content"]
        self.metadata = reply["metadata"]
        self.outputs = outputs

    @property
    def status(self):
        return self.reply["status"]

    def text(self, name="stdout"):
        return "".join(m["content"]["text"] for m in self.of("stream") if m["content"]["name"] == name)

    def of(self, msg_type):
        return [m for m in self.outputs if m["msg_type"] == msg_type]

    @property
    def result(self):
        [result] = self.of("execute_result")
        return result["content"]["data"]["text/plain"]

    def __str__(self):
        return f"reply {self.reply}\noutputs {[(m['msg_type'], m['content']) for m in self.outputs]}"


class Notebook:
    """A running kernel and a client of it."""

    def __init__(self, **options):
        self.manager, self.client = start_new_kernel(kernel_name=KERNEL, startup_timeout=TIMEOUT, **options)

    def close(self):
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel()

    def send(self, code, **flags):
        return self.client.execute(code, **flags)

    def collect(self, msg_id, timeout=TIMEOUT):
        """The answer to a cell that was sent: its reply and all until its idle."""
        deadline = time.monotonic() + timeout
        outputs = []
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.01, deadline - time.monotonic()))
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            if message["msg_type"] == "status":
                if message["content"]["execution_state"] == "idle":
                    break
            elif message["msg_type"] != "execute_input":
                outputs.append(message)
        while True:
            reply = self.client.get_shell_msg(timeout=max(0.01, deadline - time.monotonic()))
            if reply["parent_header"].get("msg_id") == msg_id:
                return Cell(reply, outputs)

    def run(self, code, timeout=TIMEOUT, **flags):
        return self.collect(self.send(code, **flags), timeout)

    def ok(self, code, **flags):
        cell = self.run(code, **flags)
        assert cell.status == "ok", f"{code}\n{cell}"
        return cell

    def wait_for(self, msg_id, msg_type, timeout=TIMEOUT):
        """Waits until a cell has published something."""
        deadline = time.monotonic() + timeout
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.01, deadline - time.monotonic()))
            if message["parent_header"].get("msg_id") == msg_id and message["msg_type"] == msg_type:
                return

    def wait_for_output(self, msg_id):
        self.wait_for(msg_id, "stream")

    def late(self, msg_id, wanted, timeout=10):
        """What comes for a cell after its end, until wanted(message)."""
        deadline = time.monotonic() + timeout
        messages = []
        while time.monotonic() < deadline:
            try:
                message = self.client.get_iopub_msg(timeout=deadline - time.monotonic())
            except queue.Empty:
                break
            if message["parent_header"].get("msg_id") == msg_id:
                messages.append(message)
                if wanted(message):
                    break
        return messages


@pytest.fixture
def notebook(kernelspec):
    nb = Notebook()
    yield nb
    nb.close()
