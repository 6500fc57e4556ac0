"""Every request through each of jupyter_client's clients."""

import asyncio
import queue
import time

import pytest
from conftest import KERNEL, TIMEOUT
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager
from jupyter_client.threaded import ThreadedKernelClient
from jupyter_kernel_test.msgspec_v5 import validate_message


class Blocking:
    """Requests that wait for their replies."""

    kind = BlockingKernelClient

    def __init__(self, client):
        self.client = client
        client.start_channels()
        client.wait_for_ready(timeout=TIMEOUT)

    def ask(self, request, *args, **options):
        if request == "is_complete":  # has no form that waits
            self.client.is_complete(*args)
            return self.client.get_shell_msg(timeout=TIMEOUT)
        return getattr(self.client, request)(*args, reply=True, timeout=TIMEOUT, **options)

    def interactive(self, code, **hooks):
        return self.client.execute_interactive(code, timeout=TIMEOUT, **hooks)

    def close(self):
        self.client.stop_channels()


class Sent(Blocking):
    """Requests that give their number, replies that are fetched."""

    def ask(self, request, *args, **options):
        msg_id = getattr(self.client, request)(*args, **options)
        fetch = self.client.get_control_msg if request == "shutdown" else self.client.get_shell_msg
        while True:
            reply = fetch(timeout=TIMEOUT)
            if reply["parent_header"]["msg_id"] == msg_id:
                return reply


class Async:
    """The same, as coroutines."""

    kind = AsyncKernelClient

    def __init__(self, client):
        self.loop = asyncio.new_event_loop()
        self.client = client
        client.start_channels()
        self.wait(client.wait_for_ready(timeout=TIMEOUT))

    def wait(self, awaitable):
        return self.loop.run_until_complete(awaitable)

    def ask(self, request, *args, **options):
        if request == "is_complete":
            self.client.is_complete(*args)
            return self.wait(self.client.get_shell_msg(timeout=TIMEOUT))
        return self.wait(getattr(self.client, request)(*args, reply=True, timeout=TIMEOUT, **options))

    def interactive(self, code, **hooks):
        return self.wait(self.client.execute_interactive(code, timeout=TIMEOUT, **hooks))

    def close(self):
        self.client.stop_channels()
        self.loop.close()


class Threaded:
    """Replies that are handed to a function in another thread, as in Qt's console."""

    kind = ThreadedKernelClient

    def __init__(self, client):
        self.client, self.replies = client, queue.Queue()
        client.start_channels()
        for channel in (client.shell_channel, client.control_channel):
            channel.call_handlers = self.replies.put
        self.ask("kernel_info")

    def ask(self, request, *args, **options):
        msg_id = getattr(self.client, request)(*args, **options)
        while True:
            reply = self.replies.get(timeout=TIMEOUT)
            if reply["parent_header"]["msg_id"] == msg_id:
                return reply

    def close(self):
        self.client.stop_channels()


@pytest.fixture(scope="module")
def manager(kernelspec):
    manager = KernelManager(kernel_name=KERNEL)
    manager.start_kernel()
    yield manager
    if manager.has_kernel:
        manager.shutdown_kernel()


def connected(manager, kind):
    """A client with a session of its own."""
    client = kind.kind()
    client.load_connection_info(manager.get_connection_info())
    return kind(client)


@pytest.fixture(params=[Blocking, Sent, Async, Threaded])
def client(manager, request):
    made = connected(manager, request.param)
    yield made
    made.close()


def answer(reply, msg_type):
    """The content of a reply, which its schema allows."""
    validate_message(reply, msg_type, reply["parent_header"]["msg_id"])
    assert reply["content"]["status"] == "ok", reply
    return reply["content"]


def test_kernel_info(client):
    info = answer(client.ask("kernel_info"), "kernel_info_reply")
    assert info["implementation"] == "nascent"
    assert info["language_info"]["name"] == "go" and info["language_info"]["file_extension"] == ".go"
    assert info["protocol_version"].split(".")[0] == "5"


def test_execute(client):
    answer(client.ask("execute", "six := 6"), "execute_reply")
    count = answer(client.ask("execute", "six"), "execute_reply")["execution_count"]
    assert answer(client.ask("execute", "six"), "execute_reply")["execution_count"] == count + 1
    assert answer(client.ask("execute", "six", silent=True), "execute_reply")["execution_count"] == count + 1
    assert answer(client.ask("execute", "six", store_history=False), "execute_reply")["execution_count"] == count + 1
    told = answer(client.ask("execute", "", user_expressions={"a": "six * 7", "b": "no_such_name"}), "execute_reply")["user_expressions"]
    assert told["a"]["status"] == "ok" and told["a"]["data"]["text/plain"] == "42"
    assert told["b"]["status"] == "error" and "no_such_name" in told["b"]["evalue"]


def test_execute_that_fails(client):
    reply = client.ask("execute", "panic(7)", stop_on_error=False)
    validate_message(reply, "execute_reply", reply["parent_header"]["msg_id"])
    assert reply["content"]["status"] == "error" and reply["content"]["ename"] == "panic"


def test_history(client):
    answer(client.ask("execute", "history1 := 1"), "execute_reply")
    for request in ({"hist_access_type": "tail", "n": 3}, {"hist_access_type": "range", "session": 0, "start": 1},
                    {"hist_access_type": "search", "pattern": "history1*"}):
        entries = answer(client.ask("history", **request), "history_reply")["history"]
        assert entries and all(len(e) == 3 for e in entries), request
        assert entries[-1][2] == "history1 := 1", (request, entries)


def test_inspect(client):
    found = answer(client.ask("inspect", "strings.ToUpper"), "inspect_reply")
    assert found["found"] and "ToUpper" in found["data"]["text/plain"]
    assert not answer(client.ask("inspect", "no_such_name"), "inspect_reply")["found"]
    answer(client.ask("inspect", "x := strings.ToUpper(y)", cursor_pos=12, detail_level=1), "inspect_reply")


def test_complete(client):
    reply = answer(client.ask("complete", "strings.ToUp"), "complete_reply")
    assert reply["matches"] == ["ToUpper", "ToUpperSpecial"] and (reply["cursor_start"], reply["cursor_end"]) == (8, 12)
    # positions are code points, not bytes and not UTF-16
    reply = answer(client.ask("complete", 's := "é😀"; strings.ToUp; s', cursor_pos=23), "complete_reply")
    assert reply["matches"] == ["ToUpper", "ToUpperSpecial"] and (reply["cursor_start"], reply["cursor_end"]) == (19, 23)


def test_is_complete(client):
    assert completeness(client, "1 + 1") == "complete"
    assert completeness(client, "func f() {") == "incomplete"
    assert completeness(client, "func }") == "invalid"


def completeness(client, code):
    reply = client.ask("is_complete", code)
    validate_message(reply, "is_complete_reply", reply["parent_header"]["msg_id"])
    return reply["content"]["status"]


def test_comm_info(client):
    assert answer(client.ask("comm_info"), "comm_info_reply")["comms"] == {}
    assert answer(client.ask("comm_info", "jupyter.widget"), "comm_info_reply")["comms"] == {}


@pytest.mark.parametrize("client", [Blocking, Async], indirect=True)
def test_execute_interactive(client, capsys):
    """What a script sees that runs a cell and lets the client print."""
    reply = client.interactive('fmt.Println("to stdout"); fmt.Fprintln(os.Stderr, "to stderr"); 6 * 7')
    assert reply["content"]["status"] == "ok"
    printed = capsys.readouterr()
    assert printed.out == "to stdout\n42" and printed.err == "to stderr\n"
    seen = []
    client.interactive("6 * 7", output_hook=seen.append)
    assert [m["msg_type"] for m in seen] == ["status", "execute_input", "execute_result", "status"]
    asked = []

    def stdin(message):
        asked.append(message["content"])
        client.client.input("Ada")

    reply = client.interactive('var who string\nfmt.Print("who? ")\nfmt.Scanln(&who)\nfmt.Print("hello ", who)', allow_stdin=True, stdin_hook=stdin)
    assert reply["content"]["status"] == "ok" and len(asked) == 1 and asked[0]["password"] is False
    assert capsys.readouterr().out.endswith("hello Ada")


def test_two_clients_see_all(manager):
    """What one client does, the other sees, with the parent that made it."""
    first, second = (connected(manager, Blocking) for _ in range(2))
    try:
        sent = [first.client.execute('fmt.Println("first")\n1'), second.client.execute('fmt.Println("second")\n2')]
        for client in (first.client, second.client):
            seen = {msg_id: [] for msg_id in sent}
            while any("idle" not in kinds for kinds in seen.values()):
                message = client.get_iopub_msg(timeout=TIMEOUT)
                kinds = seen.get(message["parent_header"].get("msg_id"))
                if kinds is not None:
                    kinds.append(message["content"].get("execution_state", message["msg_type"]))
            assert list(seen.values()) == [["busy", "execute_input", "stream", "execute_result", "idle"]] * 2
        for client, msg_id in zip((first.client, second.client), sent):
            assert client.get_shell_msg(timeout=TIMEOUT)["parent_header"]["msg_id"] == msg_id  # and no reply of the other's
    finally:
        first.close()
        second.close()


def test_is_alive_by_heartbeat(manager):
    client = connected(manager, Blocking).client
    client.hb_channel.unpause()
    msg_id = client.execute("for {\n}")  # beats while a cell runs
    deadline = time.monotonic() + 3 * client.hb_channel.time_to_dead
    while time.monotonic() < deadline:
        assert client.is_alive()
        client.hb_channel.join(0.2)
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=TIMEOUT)
    assert reply["parent_header"]["msg_id"] == msg_id and reply["content"]["status"] == "error"
    client.stop_channels()


@pytest.mark.parametrize("kind", [Blocking, Sent, Async, Threaded])
@pytest.mark.parametrize("restart", [False, True])
def test_shutdown(kernelspec, kind, restart):
    manager = KernelManager(kernel_name=KERNEL)
    manager.start_kernel()
    client = connected(manager, kind)
    try:
        reply = client.ask("shutdown", restart=restart)
        validate_message(reply, "shutdown_reply", reply["parent_header"]["msg_id"])
        assert reply["content"]["restart"] is restart
        assert manager.provisioner.process.wait(timeout=10) == 0
    finally:
        client.close()
        manager.shutdown_kernel(now=True)
