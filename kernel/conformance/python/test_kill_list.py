"""Cells that would end a process: Jupyter never says that the kernel died.

The kernel is watched as jupyter_server watches it, by jupyter_client's restarter,
which would be told of a death and start the kernel anew.
"""

import os
import signal
import threading

import pytest
import zmq
from conftest import KERNEL, TIMEOUT, Notebook
from jupyter_client.ioloop import IOLoopKernelManager
from jupyter_client.ioloop.restarter import IOLoopKernelRestarter
from tornado.ioloop import IOLoop
from traitlets.config import Config


class Restarter(IOLoopKernelRestarter):
    """One that can be waited for."""

    def __init__(self, **traits):
        super().__init__(**traits)
        self.looked = threading.Semaphore(0)

    def poll(self):
        super().poll()
        self.looked.release()


class Watched(Notebook):
    """A kernel with a restarter, and what that did."""

    def __init__(self):
        self.loop = IOLoop(make_current=False)
        threading.Thread(target=self.loop.start, daemon=True).start()
        self.manager = IOLoopKernelManager(
            kernel_name=KERNEL, loop=self.loop, autorestart=False, restarter_class=Restarter, config=Config({"KernelRestarter": {"time_to_dead": 0.1}}))
        self.manager.start_kernel()
        self.manager.autorestart = True
        started = threading.Event()
        self.loop.add_callback(lambda: (self.manager.start_restarter(), started.set()))  # it belongs to the loop's thread
        assert started.wait(TIMEOUT)
        self.restarter = self.manager._restarter
        self.deaths = []
        for event in ("restart", "dead"):
            self.restarter.add_callback(lambda event=event: self.deaths.append(event), event)
        self.pid = self.manager.provisioner.pid
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT)

    def look(self):
        """Waits until the restarter has looked again."""
        while self.restarter.looked.acquire(blocking=False):
            pass
        for _ in range(2):
            assert self.restarter.looked.acquire(timeout=TIMEOUT)

    def lives(self):
        """The restarter has looked again and has seen nothing; the heart beats."""
        self.look()
        assert self.deaths == [] and self.manager.provisioner.pid == self.pid
        heart = zmq.Context.instance().socket(zmq.REQ)
        heart.connect(f"tcp://{self.manager.ip}:{self.manager.hb_port}")
        heart.send(b"ping")
        assert heart.poll(1000, zmq.POLLIN) and heart.recv() == b"ping"
        heart.close(linger=0)

    def close(self):
        super().close()
        self.loop.add_callback(self.loop.stop)


@pytest.fixture(scope="module")
def kernels(kernelspec):
    """The kernel that all tests share, as long as it is well."""
    shared = []
    yield shared
    for kernel in shared:
        kernel.close()


@pytest.fixture
def watched(kernels):
    if not kernels:
        kernels.append(Watched())
    [kernel] = kernels
    kernel.well = False
    yield kernel
    if not kernel.well:
        kernels.clear()
        kernel.close()


def test_the_restarter_sees_a_death(watched):
    """What must not happen below is seen when it happens."""
    os.kill(watched.pid, signal.SIGKILL)
    watched.look()
    assert watched.deaths == ["restart"]
    watched.client.wait_for_ready(timeout=TIMEOUT)
    assert watched.ok("20 + 22").result == "42"  # another kernel, which is not kept


EATS = "var eaten [][]byte\nfor {\n\tb := make([]byte, 1<<24)\n\tfor i := 0; i < len(b); i += 4096 {\n\t\tb[i] = 1\n\t}\n\teaten = append(eaten, b)\n}"
LITTLE_MEMORY = "syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: 4 << 30, Max: 4 << 30})\n"
WAIT = "\nselect {}"

DEADLY = {
    "panic in a goroutine": 'go func() { panic("in a goroutine") }()' + WAIT,
    "panic in many goroutines": "for i := range 1000 {\n\tgo func() { panic(i) }()\n}" + WAIT,
    "endless recursion": "func down(n int) int { return down(n+1) + 1 }\ndown(0)",
    "endless recursion in a method": "type T struct{}\nfunc (t T) String() string { return fmt.Sprint(t) }\nT{}.String()",
    "endless recursion without a limit": LITTLE_MEMORY + "debug.SetMaxStack(1 << 40)\nfunc down(n int) int { return down(n+1) + 1 }\ndown(0)",
    "concurrent map writes": "m := map[int]int{}\nfor range 8 {\n\tgo func() {\n\t\tfor i := 0; ; i++ {\n\t\t\tm[i%10] = i\n\t\t}\n\t}()\n}" + WAIT,
    "exit": "os.Exit(3)",
    "exit without an error": "os.Exit(0)",
    "exit of a goroutine": "go os.Exit(4)" + WAIT,
    "log.Fatal": 'log.Fatal("fatal")',
    "SIGKILL": "syscall.Kill(os.Getpid(), syscall.SIGKILL)" + WAIT,
    "SIGSEGV": "syscall.Kill(os.Getpid(), syscall.SIGSEGV)" + WAIT,
    "SIGABRT": "syscall.Kill(os.Getpid(), syscall.SIGABRT)" + WAIT,
    "SIGKILL to the whole group": "syscall.Kill(0, syscall.SIGKILL)" + WAIT,
    "another program": 'syscall.Exec("/bin/sh", []string{"sh", "-c", "echo other; exit 5"}, nil)',
    "another program that stays": 'syscall.Exec("/bin/sleep", []string{"sleep", "1000"}, nil)',
    "memory": LITTLE_MEMORY + EATS,
    "memory over the kernel's limit": "%memory 400MiB\n" + EATS,
    "little time": "syscall.Setrlimit(syscall.RLIMIT_CPU, &syscall.Rlimit{Cur: 1, Max: 1})\nfor {\n}",
    "write to nowhere": "*(*int)(unsafe.Pointer(uintptr(4096))) = 1",
    "write to code": "pcs := make([]uintptr, 1)\nruntime.Callers(0, pcs)\n*(*int)(unsafe.Pointer(pcs[0])) = 1",
    "no working directory": 'dir, _ := os.MkdirTemp("", "")\nos.Chdir(dir)\nos.RemoveAll(dir)\nos.Exit(6)',
}


@pytest.mark.parametrize("code", DEADLY.values(), ids=DEADLY)
def test_deadly(watched, code):
    watched.ok("before := 1")
    cell = watched.run(code)
    assert cell.status == "error", cell
    assert [m["msg_type"] for m in cell.outputs].count("error") == 1, cell
    goes_on(watched)


def goes_on(watched):
    watched.lives()
    after = watched.ok('fmt.Println("and on it goes")\n20 + 22')
    assert after.text() == "and on it goes\n" and after.result == "42", after
    watched.lives()
    watched.well = True


HARMLESS = {
    "files": "for fd := range 11 {\n\tsyscall.Close(fd)\n}",
    "stdin": "os.Stdin.Close()",
    "stdout": "os.Stdout.Close()\nos.Stderr.Close()",
    "goexit": "runtime.Goexit()",
    "SIGINT": "syscall.Kill(os.Getpid(), syscall.SIGINT)",
    "SIGTERM": "syscall.Kill(os.Getpid(), syscall.SIGTERM)",
    "SIGHUP": "syscall.Kill(os.Getpid(), syscall.SIGHUP)",
    "SIGPIPE": "syscall.Kill(os.Getpid(), syscall.SIGPIPE)",
    "no files": "syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 0, Max: 0})",
    "signals that nobody hears": "signal.Ignore()\nsignal.Reset()",
    "no garbage collection": "debug.SetGCPercent(-1)\nruntime.GOMAXPROCS(1)",
}


@pytest.mark.parametrize("code", HARMLESS.values(), ids=HARMLESS)
def test_harmless(watched, code):
    """Whether these end a cell, or the worker later, is not said; the kernel lives."""
    cell = watched.run(code)
    assert cell.status in ("ok", "error")
    watched.lives()
    watched.run("1")  # may find the worker gone
    goes_on(watched)
    assert watched.run("os.Exit(0)").status == "error"  # what was done to the process ends with it


ENDLESS = {
    "loop": "for {\n}",
    "loops in goroutines": "for range 100 {\n\tgo func() {\n\t\tfor {\n\t\t}\n\t}()\n}\nfor {\n}",
    "output": 'for {\n\tfmt.Println(strings.Repeat("x", 1000))\n}',
    "output to both": 'go func() {\n\tfor {\n\t\tfmt.Fprint(os.Stderr, "e")\n\t}\n}()\nfor {\n\tfmt.Print("o")\n}',
    "displays": "for i := 0; ; i++ {\n\tdisplay.Show(i)\n}",
    "compiled code": "p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 86243), big.NewInt(1))\np.ProbablyPrime(1000000)",
    "goroutines": "for i := 0; ; i++ {\n\tif i < 100000 {\n\t\tgo func() { select {} }()\n\t}\n}",
    "recovering": "func again() {\n\tdefer func() {\n\t\trecover()\n\t\tagain()\n\t}()\n\tselect {}\n}\nagain()",
    "deadlock": "var m sync.Mutex\nm.Lock()\nm.Lock()",
    "stopped": "syscall.Kill(os.Getpid(), syscall.SIGSTOP)" + WAIT,
    "ignored interrupts": "signal.Ignore(os.Interrupt)\nfor {\n}",
    "a child": 'exec.Command("sleep", "1000").Run()',
}


@pytest.mark.parametrize("code", ENDLESS.values(), ids=ENDLESS)
def test_endless(watched, code):
    """An interrupt ends them, if not by asking then by force."""
    msg_id = watched.send('display.Show("begins")\n' + code)
    watched.wait_for(msg_id, "display_data")
    watched.lives()
    watched.manager.interrupt_kernel()
    assert watched.collect(msg_id).status == "error"
    goes_on(watched)
