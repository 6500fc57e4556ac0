"""jupyter console, as someone uses it at a terminal."""

import os
import re
import sys

import pexpect
import pytest
from conftest import KERNEL, TIMEOUT

UP, ENTER, CTRL_C, CTRL_D = "\x1b[A", "\r", "\x03", "\x04"


class Console:
    """A jupyter console in a terminal."""

    def __init__(self, *flags, **env):
        self.terminal = pexpect.spawn(
            sys.executable, ["-m", "jupyter_console", "--kernel", KERNEL, *flags], encoding="utf-8", timeout=TIMEOUT, dimensions=(40, 120),
            env={**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", "PAGER": "cat", **env},
        )
        self.rest = ""  # what has not been looked at
        self.see(r"In \[1\]: ")

    def see(self, pattern):
        """Waits for a text, whatever its colours, and returns what came until it."""
        while not (found := re.search(pattern, self.rest)):
            try:
                self.rest += re.sub(r"\x1b(\[[0-9;?]*[A-Za-z]|[=>])", "", self.terminal.read_nonblocking(4096, TIMEOUT))
            except (pexpect.TIMEOUT, pexpect.EOF):
                pytest.fail(f"{pattern} was not seen, but:\n{self.rest}")
        seen, self.rest = self.rest[: found.end()], self.rest[found.end() :]
        return seen

    def type(self, text, enter=ENTER):
        self.terminal.send(text + enter)

    def ends(self):
        self.terminal.expect(pexpect.EOF)
        self.terminal.close()
        assert self.terminal.exitstatus == 0

    def close(self):
        self.terminal.close(force=True)


@pytest.fixture(params=["simple", "full"])
def console(kernelspec, request):
    made = Console("--simple-prompt") if request.param == "simple" else Console()
    made.simple = request.param == "simple"
    yield made
    made.close()


def test_banner_and_results(console):
    console.type("6 * 7")
    console.see(r"Out\[1\]: 42\s")
    console.see(r"In \[2\]: ")
    console.type('fmt.Println("to", "stdout"); fmt.Fprintln(os.Stderr, "to stderr")')
    console.see(r"to stdout\r\n(.*\n)*to stderr")
    console.see(r"In \[3\]: ")
    console.type("[]string{\"a\", \"b\"}")
    console.see(r'Out\[3\]:\s+\[\]string\{"a", "b"\}')
    console.type(CTRL_D, enter="")
    console.see(r"exit \(\[y\]/n\)\?")
    console.type("y")
    console.ends()


def test_errors(console):
    console.type("no_such_name")
    assert "undefined: no_such_name" in console.see(r"In \[2\]: ")
    console.type("panic(7)")
    assert "panic" in console.see(r"In \[3\]: ")
    console.type("6 * 7")
    console.see(r"Out\[3\]: 42\s")


def test_input(console):
    console.type('var who string; fmt.Print("who? "); fmt.Scanln(&who); fmt.Println("hello", who)')
    console.see(r"who\? ")
    console.type("Ada")
    console.see("hello Ada")
    console.see(r"In \[2\]: ")


def test_interrupt(console):
    console.type('before := 1; fmt.Println("begins"); for {}')
    console.see(r"begins\r\n")
    console.terminal.sendintr()
    assert "interrupt" in console.see(r"In \[2\]: ").lower()
    console.type("before + 1")
    console.see(r"Out\[2\]: 2\s")


def test_death(console):
    console.type('fmt.Println("ends"); os.Exit(3)')
    assert "exit status 3" in console.see(r"In \[2\]: ")
    console.type("6 * 7")
    console.see(r"Out\[2\]: 42\s")


@pytest.fixture
def full(kernelspec):
    made = Console()
    yield made
    made.close()


def test_lines_that_are_not_complete(full):
    """Enter begins a new line as long as the kernel says that something is missing, with its indent."""
    full.type("func twice(n int) int {")
    full.see(r"\.\.\.: ")
    full.type("return 2 * n")
    full.type("}")
    full.see(r"In \[2\]: ")
    full.type("twice(21)")
    full.see(r"Out\[2\]: 42\s")


def test_arrow_up(full):
    full.type("x := 40")
    full.see(r"In \[2\]: ")
    full.type("x++")
    full.see(r"In \[3\]: ")
    full.type(UP)
    full.see(r"In \[4\]: ")
    full.type("x")
    full.see(r"Out\[4\]: 42\s")


def test_arrow_up_finds_what_an_earlier_kernel_ran(full):
    full.type("earlier := 42")
    full.see(r"In \[2\]: ")
    full.type(CTRL_D, enter="")
    full.type("y")
    full.ends()
    another = Console()
    try:
        another.type(UP)
        another.see("earlier := 42")
        another.see(r"In \[2\]: ")
        another.type("earlier")
        another.see(r"Out\[2\]: 42\s")
    finally:
        another.close()


def test_tab(full):
    full.type("strings.ToUpperS\t", enter="")
    full.see("ToUpperSpecial")
    full.type(CTRL_C, enter="")
    full.type("6 * 7")
    full.see(r"Out\[1\]: 42\s")
