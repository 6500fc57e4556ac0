"""Jupyter's commands: each does with this kernel what it does with any other."""

import json
import os
import signal
import subprocess
import sysconfig

import nbformat
import pytest
from conftest import KERNEL, TIMEOUT
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.provisioning import KernelProvisionerFactory
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


def command(name):
    """A command of Jupyter in this environment, whatever PATH says."""
    return os.path.join(sysconfig.get_path("scripts"), "jupyter-" + name)


def jupyter(name, *args, stdin=None, status=0):
    done = subprocess.run([command(name), *map(str, args)], input=stdin, capture_output=True, text=True, timeout=TIMEOUT)
    assert done.returncode == status, done.stdout + done.stderr
    return done


@pytest.fixture
def book(tmp_path):
    notebook = new_notebook(cells=[
        new_markdown_cell("# A notebook"), new_code_cell('x := 6\nfmt.Println("six is", x)'), new_code_cell("x * 7"),
        new_code_cell('display.Show(display.HTML("<b>bold</b>"))'),
    ])
    notebook.metadata.kernelspec = {"name": KERNEL, "language": "go", "display_name": "Go"}
    nbformat.write(notebook, tmp_path / "in.ipynb")
    return tmp_path / "in.ipynb"


def outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return [o.get("text", "") or o.data["text/plain"] for c in notebook.cells if c.cell_type == "code" for o in c.outputs]


def test_nbconvert_to_notebook(book):
    jupyter("nbconvert", "--to", "notebook", "--execute", book, "--output", "out")
    assert outputs(book.with_name("out.ipynb"))[:2] == ["six is 6\n", "42"]
    assert outputs(book) == []
    notebook = nbformat.read(book.with_name("out.ipynb"), as_version=4)
    assert notebook.metadata.language_info.name == "go" and notebook.metadata.language_info.mimetype == "text/x-go"


def test_nbconvert_to_html(book):
    jupyter("nbconvert", "--to", "html", "--execute", book)
    page = book.with_suffix(".html").read_text()
    assert "six is 6" in page and "42" in page and "<b>bold</b>" in page


def test_nbconvert_colours_go(book):
    """The notebook has kept what kernel_info says of the language."""
    jupyter("nbconvert", "--to", "notebook", "--execute", "--inplace", book)
    jupyter("nbconvert", "--to", "html", book)
    assert 'class="highlight hl-go"' in book.with_suffix(".html").read_text()


def test_nbconvert_to_script(book):
    """A script gets the file extension that kernel_info names."""
    jupyter("nbconvert", "--to", "notebook", "--execute", "--inplace", book)
    jupyter("nbconvert", "--to", "script", book)
    assert "x := 6" in book.with_suffix(".go").read_text()


def test_nbconvert_of_a_kernel_that_is_named(book):
    notebook = nbformat.read(book, as_version=4)
    notebook.metadata = {}
    nbformat.write(notebook, book)
    jupyter("nbconvert", "--to", "notebook", "--execute", "--inplace", f"--ExecutePreprocessor.kernel_name={KERNEL}", book)
    assert outputs(book)[1] == "42"


def test_nbconvert_of_a_cell_that_fails(book):
    notebook = nbformat.read(book, as_version=4)
    notebook.cells.append(new_code_cell("[]int{}[x]"))
    nbformat.write(notebook, book)
    done = jupyter("nbconvert", "--to", "notebook", "--execute", book, "--output", "out", status=1)
    assert "CellExecutionError" in done.stderr and "index out of range [6] with length 0" in done.stderr
    jupyter("nbconvert", "--to", "notebook", "--execute", "--allow-errors", book, "--output", "out")
    notebook = nbformat.read(book.with_name("out.ipynb"), as_version=4)
    assert notebook.cells[-1].outputs[0].output_type == "error"


def test_execute(book):
    jupyter("execute", "--inplace", f"--kernel_name={KERNEL}", book)
    assert outputs(book)[:2] == ["six is 6\n", "42"]


def test_run(tmp_path):
    program = tmp_path / "program.go"
    program.write_text('package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("from a file") }\n')
    assert jupyter("run", "--kernel", KERNEL, program).stdout == "from a file\n"
    assert jupyter("run", "--kernel", KERNEL, stdin='fmt.Println("from stdin")').stdout == "from stdin\n"
    program.write_text('panic("on purpose")')
    failed = jupyter("run", "--kernel", KERNEL, program, status=1)
    assert "on purpose" in failed.stderr and "error running" in failed.stderr


def test_kernel(kernelspec):
    """jupyter kernel starts one that others connect to, and ends it with itself."""
    started = subprocess.Popen([command("kernel"), "--kernel", KERNEL], stderr=subprocess.PIPE, text=True)
    try:
        file = next(line for line in started.stderr if "Connection file:" in line).split("Connection file:")[1].strip()
        client = BlockingKernelClient(connection_file=file)
        client.load_connection_file()
        client.start_channels()
        client.wait_for_ready(timeout=TIMEOUT)
        reply = client.execute("os.Getpid()", reply=True, timeout=TIMEOUT)
        assert reply["content"]["status"] == "ok"
        client.stop_channels()
    finally:
        started.send_signal(signal.SIGTERM)
        started.communicate(timeout=TIMEOUT)
    assert started.returncode == 0 and not os.path.exists(file)


def test_kernelspec_list(kernelspec):
    listed = json.loads(jupyter("kernelspec", "list", "--json").stdout)["kernelspecs"]
    assert listed[KERNEL]["spec"]["language"] == "go" and listed[KERNEL]["resource_dir"] == str(kernelspec)


def test_provisioner(kernelspec):
    spec = KernelSpecManager().get_kernel_spec(KERNEL)
    assert KernelProvisionerFactory.instance().is_provisioner_available(spec)
    assert spec.interrupt_mode == "message" and spec.display_name and spec.argv[-1] == "{connection_file}"
