"""papermill sets the parameters of a Go notebook, once nascent install has told it how."""

import json
import math
import re
import subprocess
import sys

import nbformat
import pytest
from conftest import KERNEL, program
from nbformat.v4 import new_code_cell, new_notebook

ENVIRONMENT = KERNEL + "-papermill"  # the kernelspec that the helper comes with

DECLARED = """import "fmt"

epochs := 10 // times
lr, name := 0.1, "a"
var path string
var (
	on   bool = true
	both      = "x" + "y"
	deep map[string][]float64
)
const seed = 1
sizes := []float64{
	1, // the first
	2,
}
wait := 3 * time.Second
rows := [][]string{}
anything := any(nil)
func f() { inner := 1; _ = inner }"""


@pytest.fixture(scope="module", autouse=True)
def helper(kernelspec):
    """The helper is where papermill is, for this module alone."""
    subprocess.run([program(), "install", "--prefix", sys.prefix, "--name", ENVIRONMENT, "--papermill"], check=True, capture_output=True)
    yield
    subprocess.run([program(), "uninstall", "--prefix", sys.prefix, "--name", ENVIRONMENT], check=True, capture_output=True)


def book(path, declared, *cells):
    notebook = new_notebook(cells=[new_code_cell(c) for c in (declared, *cells)])
    notebook.metadata.kernelspec = {"name": KERNEL, "language": "go", "display_name": "Go"}
    notebook.cells[0].metadata.tags = ["parameters"] if declared else []
    nbformat.write(notebook, path)
    return path


def run(tmp_path, declared, *cells, args=()):
    """What papermill makes of a notebook, at the command line."""
    into = tmp_path / "out.ipynb"
    done = subprocess.run(
        [sys.executable, "-m", "papermill", book(tmp_path / "in.ipynb", declared, *cells), into, "-k", KERNEL, "--no-progress-bar", *args],
        capture_output=True, text=True, timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return nbformat.read(into, as_version=4), done.stderr


def execute(notebook, into, **values):
    """The same, from Python; papermill looks for engines when it is imported."""
    import papermill

    return papermill.execute_notebook(notebook, into, values, kernel_name=KERNEL, progress_bar=False)


def injected(notebook):
    [cell] = [c for c in notebook.cells if "injected-parameters" in c.metadata.get("tags", [])]
    return cell.source


def text(cell):
    return "".join(o.text for o in cell.outputs if o.output_type == "stream")


def test_parameters(tmp_path):
    notebook, said = run(
        tmp_path, DECLARED, 'fmt.Printf("%v %v %q %q %v %v %v\\n", epochs, lr, name, path, on, seed, wait)',
        args=["-p", "epochs", "3", "-p", "lr", "1e-05", "-p", "name", 'é "quoted"', "-p", "path", "007", "-p", "on", "False",
              "-p", "seed", "7", "-p", "wait", "2*time.Minute"],
    )
    assert text(notebook.cells[2]) == '3 1e-05 "é \\"quoted\\"" "7" false 7 2m0s\n'
    assert "unknown parameter" not in said


def test_the_same_cell_as_nascent_run(tmp_path):
    values = {
        "epochs": "3", "lr": "0.25", "name": "é\u200b\U0001f600 \\ \"q\"", "path": "5", "on": "true", "both": "two\nlines\t\x7f",
        "seed": "7", "wait": "2*time.Minute", "sizes": "[]float64{3, 4}",
    }
    source = book(tmp_path / "in.ipynb", DECLARED, "epochs")
    flags = [f"{name}={value}" for name, value in values.items()]
    ours = tmp_path / "ours.ipynb"
    subprocess.run([program(), "run", source, "-o", ours, *(x for flag in flags for x in ("-p", flag))], check=True, capture_output=True)
    theirs, _ = run(tmp_path, DECLARED, "epochs", args=["--prepare-only", *(x for name, value in values.items() for x in ("-p", name, value))])
    assert injected(theirs) == injected(nbformat.read(ours, as_version=4))


@pytest.mark.parametrize("form", ["json", "yaml", "-y"])
def test_all_types(tmp_path, form):
    values = {
        "epochs": 2, "lr": 1, "name": "two\nlines", "on": True, "deep": {"a": [1, 2.5], "b": []}, "sizes": [1, 2, 3],
        "rows": [["a", "b"], []], "anything": None, "seed": 9,
        # not declared
        "ints": [1, 2], "mixed": [1, "two", None, [3]], "nested": [[1], [2.5], []], "table": {"k": {"x": 1}}, "none": None, "word": "true", "empty": [],
    }
    if form == "-y":
        args = ["-y", json.dumps(values)]
    else:
        file = tmp_path / f"values.{form}"
        file.write_text(json.dumps(values))
        args = ["-f", file]
    notebook, said = run(
        tmp_path, DECLARED,
        'fmt.Printf("%v %v %q %v %v %v %q %v %v\\n", epochs, lr, name, on, deep, sizes, rows, anything, seed)\n'
        'fmt.Printf("%v %v %v %v %v %v %q\\n", ints, mixed, nested, table, none, empty, word)',
        "[]any{ints, nested, table, word}",
        args=args,
    )
    assert text(notebook.cells[2]) == (
        '2 1 "two\\nlines" true map[a:[1 2.5] b:[]] [1 2 3] [["a" "b"] []] <nil> 9\n'
        '[1 2] [1 two <nil> [3]] [[1] [2.5] []] map[k:map[x:1]] <nil> [] "true"\n'
    )
    assert "Passed unknown parameter: ints" in said and "Passed unknown parameter: epochs" not in said
    assert injected(notebook).splitlines() == [
        "// Parameters", "anything = nil", 'deep = map[string][]float64{"a": {1, 2.5}, "b": {}}', "empty := []any{}", "epochs = 2",
        "ints := []int{1, 2}", "lr = 1", 'mixed := []any{1, "two", nil, []int{3}}', 'name = "two\\nlines"', "nested := [][]float64{{1}, {2.5}, {}}",
        "var none any", "on = true", 'rows = [][]string{{"a", "b"}, {}}', "const seed = 9", "sizes = []float64{1, 2, 3}",
        'table := map[string]map[string]int{"k": {"x": 1}}', 'word := "true"',
    ]


def test_numbers_that_are_none(tmp_path):
    notebook = execute(book(tmp_path / "in.ipynb", "x := 1.5", "fmt.Print(x, y, z)"), tmp_path / "out.ipynb", x=math.nan, y=math.inf, z=-math.inf)
    assert text(notebook.cells[2]) == "NaN +Inf -Inf"


def test_without_a_tagged_cell(tmp_path):
    """papermill then sets parameters before all other cells, as new variables."""
    notebook, said = run(tmp_path, "", "fmt.Print(x + 1)", args=["-p", "x", "41", "-l", "go"])
    assert "does not contain a cell with tag 'parameters'" in said
    assert [c.source for c in notebook.cells][0] == "// Parameters\nx := 41" and text(notebook.cells[2]) == "42"


def test_a_second_run_replaces_the_first_ones_cell(tmp_path):
    first, _ = run(tmp_path, "x := 1", "fmt.Print(x)", args=["-p", "x", "2"])
    again = execute(first, None, x=3)
    assert len(again.cells) == 3 and text(again.cells[2]) == "3"


def test_what_a_value_is_not(tmp_path):
    """What is no Go expression is a text, never a statement."""
    for value in ("1; panic(0)", "f() panic()", "]", "x = 2", "a b", "1\npanic(0)"):
        notebook = execute(book(tmp_path / "in.ipynb", "x := any(1)", "x"), None, x=value)
        assert notebook.cells[2].outputs[0].data["text/plain"] == json.dumps(value)
    with pytest.raises(Exception, match="'a-b': this is no name of a Go variable"):
        execute(tmp_path / "in.ipynb", None, **{"a-b": 1})


def test_help_for_a_notebook(tmp_path):
    done = subprocess.run([sys.executable, "-m", "papermill", "--help-notebook", book(tmp_path / "in.ipynb", DECLARED)], capture_output=True, text=True)
    found = re.sub(r"\s+", " ", done.stdout)
    for line in ("epochs: Unknown type (default 10) times", "on: bool (default true)", 'name: string (default "a")', "deep: map[string][]float64 (default )"):
        assert line in found, done.stdout
    assert "inner" not in found


def test_a_cell_that_fails(tmp_path):
    with pytest.raises(Exception) as failed:
        execute(book(tmp_path / "in.ipynb", "x := 1", "1 / x"), tmp_path / "out.ipynb", x=0)
    assert failed.typename == "PapermillExecutionError" and failed.value.ename == "panic" and "divide by zero" in failed.value.evalue


def test_uninstall_takes_the_helper_along(tmp_path):
    subprocess.run([program(), "uninstall", "--prefix", sys.prefix, "--name", ENVIRONMENT], check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, "-m", "papermill", book(tmp_path / "in.ipynb", "x := 1"), tmp_path / "out.ipynb", "-k", KERNEL, "-p", "x", "2"], capture_output=True, text=True)
    assert "No parameter translator functions specified" in done.stderr
    subprocess.run([program(), "install", "--prefix", sys.prefix, "--name", ENVIRONMENT, "--papermill"], check=True, capture_output=True)
