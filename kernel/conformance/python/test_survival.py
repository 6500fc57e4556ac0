"""What a cell may do to its process: the kernel lives on and says what happened."""

import os
import shutil
import signal
import time
from pathlib import Path

import pytest


def is_answered(notebook):
    assert notebook.ok("20 + 22").result == "42"


def everything(cell, late=()):
    """All that was said about a cell, as one text."""
    parts = []
    for message in [*cell.outputs, *late]:
        content = message["content"]
        if message["msg_type"] == "stream":
            parts.append(content["text"])
        elif message["msg_type"] == "error":
            parts += [content["ename"], content["evalue"], *content["traceback"]]
    return "\n".join(parts)


def test_panic_of_a_goroutine(notebook):
    msg_id = notebook.send('go func() { panic("in a goroutine") }()\ntime.Sleep(200 * time.Millisecond)')
    cell = notebook.collect(msg_id)
    said = everything(cell)
    if "in a goroutine" not in said:
        said = everything(cell, notebook.late(msg_id, lambda m: "in a goroutine" in str(m["content"])))
    assert "panic" in said and "in a goroutine" in said
    is_answered(notebook)


def test_panic_of_a_goroutine_after_its_cell(notebook):
    msg_id = notebook.send('go func() {\n\ttime.Sleep(200 * time.Millisecond)\n\tpanic("much later")\n}()')
    cell = notebook.collect(msg_id)
    assert cell.status == "ok"
    said = everything(cell, notebook.late(msg_id, lambda m: "much later" in str(m["content"])))
    assert "much later" in said
    is_answered(notebook)


@pytest.mark.parametrize(
    "code, reason",
    [
        (
            "m := map[int]int{}\nfor g := range 8 {\n\tgo func() {\n\t\tfor i := 0; ; i++ {\n\t\t\tm[i%10+g] = i\n\t\t}\n\t}()\n}\n"
            "time.Sleep(10 * time.Second)",
            "concurrent map writes",
        ),
        ("syscall.Kill(os.Getpid(), syscall.SIGKILL)\ntime.Sleep(10 * time.Second)", "killed"),
    ],
    ids=["map", "kill"],
)
def test_death_is_told_on_the_cell(notebook, code, reason):
    notebook.ok("before := 1")
    cell = notebook.run(code)
    assert cell.status == "error"
    assert [m["msg_type"] for m in cell.outputs].count("error") == 1, cell
    assert reason in cell.reply["evalue"], cell
    assert reason in everything(cell)
    assert "variables" in cell.text("stderr") and "lost" in cell.text("stderr"), cell
    is_answered(notebook)
    assert notebook.run("before").status == "error"  # indeed lost


def test_recursion_without_end_is_a_panic(notebook):
    notebook.ok("before := 1")
    cell = notebook.run("func down(n int) int { return down(n+1) + 1 }\ndown(0)")
    assert cell.status == "error"
    assert "stack overflow" in cell.reply["evalue"], cell
    assert "down" in everything(cell) and "repeats" in everything(cell), cell
    assert notebook.ok("before").result == "1"


def test_exit(notebook):
    cell = notebook.run("os.Exit(3)")
    assert cell.status == "error"
    assert "3" in cell.reply["evalue"], cell
    is_answered(notebook)


def test_execution_count_goes_on(notebook):
    assert notebook.ok("1").reply["execution_count"] == 1
    died = notebook.run("syscall.Kill(os.Getpid(), syscall.SIGKILL)\ntime.Sleep(10 * time.Second)")
    assert died.reply["execution_count"] == 2
    assert notebook.ok("1").reply["execution_count"] == 3


def test_queued_cells_are_aborted(notebook):
    first = notebook.send("time.Sleep(300 * time.Millisecond)\nsyscall.Kill(os.Getpid(), syscall.SIGKILL)\ntime.Sleep(10 * time.Second)")
    queued = [notebook.send(f"{i}") for i in range(3)]
    assert notebook.collect(first).status == "error"
    for msg_id in queued:
        assert notebook.collect(msg_id).status == "aborted"
    is_answered(notebook)


def interrupt(notebook, code, limit):
    msg_id = notebook.send('fmt.Println("begins")\n' + code)
    notebook.wait_for_output(msg_id)
    begun = time.monotonic()
    notebook.manager.interrupt_kernel()
    cell = notebook.collect(msg_id)
    took = time.monotonic() - begun
    assert cell.status == "error", cell
    assert took < limit, f"{took:.2f} s"
    return cell


@pytest.mark.parametrize(
    "code",
    [
        "for {\n}",
        "n := 0\nfor {\n\tn++\n}",
        "func spin() {\n\tfor {\n\t}\n}\nspin()",
        "select {}",
        "time.Sleep(time.Hour)",
        "<-make(chan int)",
    ],
    ids=["for", "counting", "function", "select", "sleep", "channel"],
)
def test_interrupt(notebook, code):
    notebook.ok("before := 1")
    interrupt(notebook, code, limit=1)
    assert notebook.ok("before").result == "1"  # nothing is lost


def test_interrupted_loop_does_not_come_back(notebook):
    notebook.ok("var turns atomic.Int64")
    interrupt(notebook, "for {\n\tturns.Add(1)\n}", limit=1)
    seen = [int(notebook.ok("turns.Load()").result) for _ in range(2)]
    notebook.ok("time.Sleep(300 * time.Millisecond)")
    seen.append(int(notebook.ok("turns.Load()").result))
    assert seen[0] > 0 and seen == [seen[0]] * 3


def test_sigint_is_an_interrupt(notebook):
    """Some programs interrupt a kernel by signal, whatever its kernelspec says."""
    notebook.ok("before := 1")
    msg_id = notebook.send('fmt.Println("begins")\nfor {\n}')
    notebook.wait_for_output(msg_id)
    os.kill(notebook.manager.provisioner.pid, signal.SIGINT)
    assert notebook.collect(msg_id).status == "error"
    assert notebook.ok("before").result == "1"


def test_shutdown_leaves_no_process(notebook):
    pid = int(notebook.ok("os.Getpid()").result)
    notebook.send('fmt.Println("begins")\nfor {\n}')
    notebook.manager.shutdown_kernel()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    pytest.fail(f"process {pid} still lives")


def test_a_killed_host_takes_its_worker_along(notebook):
    pid = int(notebook.ok("os.Getpid()").result)
    notebook.send("for {\n}")
    host = notebook.manager.provisioner.pid
    os.kill(host, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            with open(f"/proc/{pid}/stat") as stat:
                if ") Z " in stat.read():
                    return
        except FileNotFoundError:
            return
        time.sleep(0.02)
    pytest.fail(f"process {pid} still lives")


def test_restart(notebook):
    notebook.ok("x := 1")
    before = notebook.ok("os.Getpid()").result
    notebook.manager.restart_kernel(now=False)
    notebook.client.wait_for_ready(timeout=30)
    assert notebook.ok("os.Getpid()").result != before
    assert notebook.run("x").status == "error"


def ended(pid):
    """Whether a process has ended, taken note of or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except FileNotFoundError:
        return True


@pytest.mark.skipif(shutil.which("go") is None or not Path("/proc/self").exists(), reason="it needs a Go tool chain, and /proc")
def test_native_code_ends_with_its_call_and_with_the_kernel(notebook):
    notebook.ok(
        "%%native\nvar calls int\n\nfunc Pid() int {\n\tcalls++\n\tfmt.Println(\"call\", calls)\n\treturn os.Getpid()\n}\n\n"
        "func Spin() {\n\tfmt.Println(\"spinning\")\n\tfor {\n\t}\n}"
    )
    notebook.ok("Pid()")
    cell = notebook.ok("Pid()")
    first = int(cell.result)
    assert cell.text() == "call 2\n"
    msg_id = notebook.send("Spin()")
    notebook.wait_for_output(msg_id)
    notebook.manager.interrupt_kernel()
    cell = notebook.collect(msg_id)
    assert cell.status == "error" and cell.reply["ename"] == "interrupt", cell
    cell = notebook.ok("Pid()")
    second = int(cell.result)
    assert cell.text() == "call 1\n" and "starts anew" in cell.text("stderr"), cell
    assert second != first and ended(first) and not ended(second)
    notebook.manager.shutdown_kernel()
    deadline = time.monotonic() + 10
    while not ended(second) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert ended(second)
