"""Notebooks, run by nbclient as nbconvert, papermill and JupyterLab's own tools do."""

import os
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from conftest import KERNEL
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


def run(*cells, **options):
    notebook = new_notebook(cells=[c if isinstance(c, dict) else new_code_cell(c) for c in cells])
    NotebookClient(notebook, kernel_name=KERNEL, timeout=options.pop("timeout", 60), **options).execute()
    nbformat.validate(notebook)
    return notebook


def test_outputs_are_stored():
    notebook = run(
        new_markdown_cell("# A notebook"),
        'x := 20\nfmt.Println("x is", x)',
        "x + 1",
        'fmt.Fprintln(os.Stderr, "to stderr")',
        'display.Show(display.SVG("<svg xmlns=\'http://www.w3.org/2000/svg\'/>"))',
        "func double(n int) int { return 2 * n }",
        "double(x)",
        "double(4);",
    )
    code = notebook.cells[1:]
    assert [c.execution_count for c in code] == [1, 2, 3, 4, 5, 6, 7]
    assert code[0].outputs == [{"output_type": "stream", "name": "stdout", "text": "x is 20\n"}]
    assert code[1].outputs[0].output_type == "execute_result"
    assert code[1].outputs[0].data["text/plain"] == "21"
    assert code[2].outputs == [{"output_type": "stream", "name": "stderr", "text": "to stderr\n"}]
    assert code[3].outputs[0].output_type == "display_data"
    assert "image/svg+xml" in code[3].outputs[0].data
    assert code[4].outputs == []
    assert code[5].outputs[0].data["text/plain"] == "40"
    assert code[6].outputs == []
    assert notebook.metadata.language_info.name == "go"
    assert notebook.metadata.language_info.file_extension == ".go"


def test_updates_reach_the_cell_that_showed():
    notebook = run('h := display.ShowLive("first")', 'h.Update("second")')
    assert "second" in notebook.cells[0].outputs[0].data["text/plain"]
    assert notebook.cells[1].outputs == []


def test_clear_output():
    notebook = run('fmt.Println("gone")\ndisplay.Clear(false)\nfmt.Println("stays")')
    assert "".join(o.text for o in notebook.cells[0].outputs) == "stays\n"


def test_an_error_ends_the_notebook():
    with pytest.raises(CellExecutionError) as failed:
        run('fmt.Println("before")', 'panic("on purpose")', 'fmt.Println("after")')
    assert failed.value.ename == "panic"
    assert "on purpose" in str(failed.value)


def test_errors_can_be_allowed():
    notebook = run('panic("on purpose")', "undefined_name", "1", allow_errors=True)
    first, second, third = notebook.cells
    assert [o.output_type for o in first.outputs] == ["error"]
    assert [o.output_type for o in second.outputs] == ["error"]
    assert third.outputs[0].data["text/plain"] == "1"


def test_a_cell_that_takes_too_long_is_interrupted():
    notebook = run("for {\n}", "7", timeout=2, interrupt_on_timeout=True, allow_errors=True)
    assert [o.output_type for o in notebook.cells[0].outputs] == ["error"]
    assert notebook.cells[1].outputs[0].data["text/plain"] == "7"


def test_a_timeout_is_reported():
    with pytest.raises(CellTimeoutError):
        run("time.Sleep(time.Hour)", timeout=1)


def test_time_is_recorded():
    """What JupyterLab's cell timing reads is in the metadata."""
    timing = run("time.Sleep(50 * time.Millisecond)", record_timing=True).cells[0].metadata.execution
    times = [datetime.fromisoformat(timing[name].replace("Z", "+00:00")) for name in (
        "iopub.status.busy", "iopub.execute_input", "iopub.status.idle", "shell.execute_reply")]
    assert times[:3] == sorted(times[:3])
    assert (times[2] - times[1]).total_seconds() >= 0.05


def test_widgets_are_stored():
    """The state of comms that follow the widgets' protocol goes into the notebook's metadata."""
    notebook = run(
        'state := map[string]any{"_model_module": "@jupyter-widgets/controls", "_model_module_version": "2.0.0", "_model_name": "FloatProgressModel", '
        '"_view_module": "@jupyter-widgets/controls", "_view_module_version": "2.0.0", "_view_name": "ProgressView", "value": 0.0}\n'
        'bar := display.NewComm("jupyter.widget")\n'
        'bar.Open(map[string]any{"state": state, "buffer_paths": [][]any{}}, map[string]string{"version": "2.1.0"})',
        'bar.Send(map[string]any{"method": "update", "state": map[string]any{"value": 0.75}, "buffer_paths": [][]any{}})',
        "bar.ID()",
    )
    model = notebook.cells[2].outputs[0].data["text/plain"].strip('"')
    kept = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    assert kept[model]["model_name"] == "FloatProgressModel" and kept[model]["state"]["value"] == 0.75


def test_much_output_arrives_whole():
    notebook = run('for i := range 20000 {\n\tfmt.Println("line", i)\n}')
    text = "".join(o.text for o in notebook.cells[0].outputs)
    assert text == "".join(f"line {i}\n" for i in range(20000))


def test_quick_start():
    """The notebook that someone sees first runs from top to bottom."""
    path = Path(__file__).parents[3] / "notebooks" / "00_quickstart.ipynb"
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, kernel_name=KERNEL, timeout=int(os.environ.get("NASCENT_TIMEOUT", "300")),
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    shown = [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]
    assert not [o for o in shown if o.output_type == "error"]
    assert any("image/svg+xml" in o.get("data", {}) for o in shown)
