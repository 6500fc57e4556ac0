"""The quick start in JupyterLab, light and dark."""

from pathlib import Path

import nbformat
import pytest

QUICK_START = Path(__file__).parents[3] / "notebooks" / "00_quickstart.ipynb"


@pytest.fixture(scope="module")
def quick_start(open_lab):
    notebook = open_lab.open(nbformat.read(QUICK_START, as_version=4), "quickstart.ipynb")
    notebook.run_all()
    yield notebook
    notebook.close()


def test_every_cell_runs_and_shows_what_it_has(lab, quick_start):
    cells = quick_start.cells()
    assert [cell["count"] for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        assert cell["outputs"], cell["source"]
        for output in cell["outputs"]:
            assert output["type"] != "error", output["text"]
            assert output["rendered"] in output["mimes"], cell["source"]
            assert min(output["size"]) > 0, f"{output['rendered']} is not visible: {cell['source']}"
            if "image/svg+xml" in output["mimes"]:
                assert output["rendered"] == "image/svg+xml" and "image/png" in output["mimes"]
            if output["rendered"].startswith("image/"):
                [size] = output["images"]
                assert min(size) > 0, f"{output['rendered']} is broken: {cell['source']}"
    pictures = sum(output["rendered"] == "image/svg+xml" for cell in cells for output in cell["outputs"])
    assert pictures >= 10, "the quick start shows plots and graphs"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_follow_the_theme(lab, quick_start, theme):
    quick_start.show()
    lab.theme(theme)
    pictures = quick_start.node.locator('.jp-OutputArea-output img[src^="data:image/svg"]').all()
    assert pictures
    for picture in pictures:
        *rgb, opacity = lab.colour(picture.screenshot(), -6, -6)  # a corner is background
        assert opacity == 255
        assert min(rgb) > 200 if theme == "light" else max(rgb) < 55, f"the background is {rgb} on the {theme} theme"


def test_as_downloaded(lab, quick_start):
    """A notebook that comes from elsewhere is not trusted, and JupyterLab draws no SVG of it."""
    quick_start.show()
    lab.command("docmanager:save")
    stored = nbformat.read(lab.server.notebooks / quick_start.name, as_version=4)
    stored.cells[0].source += " "  # so it is no longer what this server has saved itself
    downloaded = lab.open(stored, "downloaded.ipynb")
    shown = [output for cell in downloaded.cells() for output in cell["outputs"]]
    assert len(shown) == sum(len(cell["outputs"]) for cell in quick_start.cells())
    for output in shown:
        if "image/svg+xml" in output["mimes"]:
            assert output["rendered"] == "image/png"
            assert min(output["images"][0]) > 0
        assert min(output["size"]) > 0
    downloaded.close()
