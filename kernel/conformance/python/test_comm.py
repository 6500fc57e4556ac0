"""Comms in both directions, as a front end in Python has them."""

from __future__ import annotations

import time

from conftest import TIMEOUT

TARGET = """
var value atomic.Value
value.Store(0.0)
if err := display.RegisterTarget("echo", func(c *display.Comm, m display.CommMessage) {
	c.OnMessage(func(m display.CommMessage) {
		var v float64
		if err := m.Decode(&v); err != nil {
			panic(err)
		}
		value.Store(v)
		c.Send(map[string]any{"echo": v}, m.Buffers...)
	})
}); err != nil {
	panic(err)
}
"""


def send(notebook, msg_type, content, **parts):
    client = notebook.client
    message = client.session.msg(msg_type, content)
    client.session.send(client.shell_channel.socket, message, **parts)
    return message["header"]["msg_id"]


def about(notebook, msg_id):
    """All that is published about a message, without busy and idle."""
    deadline = time.monotonic() + TIMEOUT
    published = []
    while True:
        message = notebook.client.get_iopub_msg(timeout=max(0.01, deadline - time.monotonic()))
        if message["parent_header"].get("msg_id") != msg_id:
            continue
        if message["msg_type"] == "status":
            if message["content"]["execution_state"] == "idle":
                return published
        else:
            published.append(message)


def test_comms_while_a_cell_runs(notebook):
    notebook.ok(TARGET)
    assert about(notebook, send(notebook, "comm_open", {"comm_id": "c", "target_name": "echo", "data": {}})) == []
    running = notebook.send('fmt.Println("begun")\nfor value.Load().(float64) < 1 {}\nvalue.Load()')
    notebook.wait_for_output(running)
    for value in (0.1, 0.5, 0.9):
        msg_id = send(notebook, "comm_msg", {"comm_id": "c", "data": value}, buffers=[b"\x00\xff", b""])
        [answer] = about(notebook, msg_id)
        assert answer["msg_type"] == "comm_msg"
        assert answer["content"] == {"comm_id": "c", "data": {"echo": value}}
        assert [bytes(b) for b in answer["buffers"]] == [b"\x00\xff", b""]
    # The cell ends as soon as it sees this value, before or after its message is
    # done with, so nothing may be read past the cell's own messages.
    send(notebook, "comm_msg", {"comm_id": "c", "data": 1.5})
    assert notebook.collect(running).result == "1.5"
    info = notebook.client.comm_info(target_name="echo", reply=True, timeout=TIMEOUT)
    assert info["content"] == {"status": "ok", "comms": {"c": {"target_name": "echo"}}}


def test_comm_of_the_kernel(notebook):
    cell = notebook.ok('c := display.NewComm("chart")\nc.Open([]int{1, 2}, map[string]string{"version": "2.1.0"}, []byte("pixels"))\nc.Close("bye")')
    opened, closed = cell.of("comm_open")[0], cell.of("comm_close")[0]
    assert opened["content"] == {"comm_id": closed["content"]["comm_id"], "target_name": "chart", "data": [1, 2]}
    assert opened["metadata"] == {"version": "2.1.0"}
    assert [bytes(b) for b in opened["buffers"]] == [b"pixels"]
    assert closed["content"]["data"] == "bye"


def test_unknown_target(notebook):
    [answer] = about(notebook, send(notebook, "comm_open", {"comm_id": "x", "target_name": "nobody", "data": {}}))
    assert answer["msg_type"] == "comm_close"
    assert answer["content"]["comm_id"] == "x"
