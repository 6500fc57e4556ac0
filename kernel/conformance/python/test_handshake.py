"""The two ways to start a kernel: with a connection file, as jupyter_client does
it, and with a registration file, by the handshake of protocol 5.6 (JEP 66)."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import subprocess
from pathlib import Path

import jsonschema
import zmq
from jupyter_client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager

from conftest import KERNEL, TIMEOUT, Notebook

KEY = "a key that only launcher and kernel know"
PORTS = ["control_port", "shell_port", "stdin_port", "iopub_port", "hb_port"]

CONNECTION_FILE = {  # JEP 106
    "type": "object",
    "required": ["transport", "ip", "signature_scheme", "key", *PORTS],
    "properties": {
        "transport": {"enum": ["tcp", "ipc", "inproc"]},
        "signature_scheme": {"enum": ["hmac-md5", "hmac-sha256", "hmac-sha512"]},
        **{name: {"type": "string"} for name in ("ip", "key")},
        **{name: {"type": ["integer", "string"]} for name in PORTS},
    },
}


def sign(content: bytes) -> bytes:
    return hmac.new(KEY.encode(), content, hashlib.sha256).hexdigest().encode()


def hello(client: BlockingKernelClient) -> str:
    """Runs a cell and returns what it printed."""
    text = []

    def output(msg):
        if msg["msg_type"] == "stream":
            text.append(msg["content"]["text"])

    reply = client.execute_interactive('import "fmt"\nfmt.Print("hello")', timeout=TIMEOUT, output_hook=output)
    assert reply["content"]["status"] == "ok", reply
    return "".join(text)


def test_kernelspec_says_that_both_ways_work():
    spec = KernelSpecManager().get_kernel_spec(KERNEL)
    assert spec.kernel_protocol_version == "5.6.0"


def test_registration_file(tmp_path):
    spec = KernelSpecManager().get_kernel_spec(KERNEL)
    socket = zmq.Context.instance().socket(zmq.ROUTER)
    socket.linger = 0
    port = socket.bind_to_random_port("tcp://127.0.0.1")
    file = tmp_path / "registration.json"
    file.write_text(json.dumps({
        "kernel_id": "by-handshake", "transport": "tcp", "registration_ip": "127.0.0.1", "registration_port": port,
        "signature_scheme": "hmac-sha256", "key": KEY,
    }))
    process = subprocess.Popen([a.replace("{connection_file}", str(file)) for a in spec.argv])
    try:
        assert socket.poll(TIMEOUT * 1000), "the kernel has not registered"
        kernel, delimiter, signature, content = socket.recv_multipart()
        assert delimiter == b"<IDS|MSG>"
        assert signature == sign(content)
        registered = json.loads(content)
        assert registered["kernel_id"] == "by-handshake"
        assert set(registered) == {"kernel_id", *PORTS}
        assert all(isinstance(registered[p], str) for p in PORTS)
        socket.send_multipart([kernel, b"<IDS|MSG>", sign(b"ACK"), b"ACK"])

        client = BlockingKernelClient()
        client.load_connection_info({
            "transport": "tcp", "ip": "127.0.0.1", "signature_scheme": "hmac-sha256", "key": KEY,
            **{p: int(registered[p]) for p in PORTS},
        })
        client.start_channels()
        client.wait_for_ready(timeout=TIMEOUT)
        assert hello(client) == "hello"

        # Another client finds the kernel by the connection file that it has written.
        written = Path(os.environ["JUPYTER_RUNTIME_DIR"]) / "kernel-by-handshake.json"
        jsonschema.validate(json.loads(written.read_text()), CONNECTION_FILE)
        other = BlockingKernelClient(connection_file=str(written))
        other.load_connection_file()
        other.start_channels()
        other.wait_for_ready(timeout=TIMEOUT)
        assert hello(other) == "hello"
        other.stop_channels()

        client.shutdown(reply=True, timeout=TIMEOUT)
        client.stop_channels()
        assert process.wait(TIMEOUT) == 0
        assert not written.exists()
    finally:
        process.kill()
        process.wait()
        socket.close()


def test_connection_file():
    """As every other test here, but said aloud: 5.6.0 in the kernelspec takes nothing away."""
    notebook = Notebook()
    try:
        assert notebook.ok('import "fmt"\nfmt.Print("hello")').text() == "hello"
    finally:
        notebook.close()
