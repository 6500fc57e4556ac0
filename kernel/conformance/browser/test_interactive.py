"""What someone does in a notebook, cell by cell."""

import re
import time

import nbformat.v4
from lab import text


def completions(notebook, source):
    """What Tab offers: (text, type) of each item, and the documentation of the first."""
    notebook.write(source)
    notebook.page.keyboard.press("Tab")
    box = notebook.page.locator(".jp-Completer:not(.lm-mod-hidden)")
    box.wait_for()
    notebook.page.locator(".jp-Completer-docpanel pre").wait_for()
    items = notebook.lab.js(
        """() => [...document.querySelectorAll('.jp-Completer-item')].map(item => [
            item.querySelector('.jp-Completer-match').innerText,
            item.querySelector('.jp-Completer-typeExtended').innerText])""")
    doc = notebook.page.locator(".jp-Completer-docpanel").inner_text()
    notebook.page.keyboard.press("Escape")
    return [tuple(item) for item in items], doc


def inspection(notebook, source):
    """What Shift+Tab shows."""
    notebook.write(source)
    notebook.page.keyboard.press("Shift+Tab")
    tooltip = notebook.page.locator(".jp-Tooltip")
    tooltip.filter(has_text=re.compile(r"\S")).wait_for()  # it is there before its text
    shown = tooltip.inner_text()
    notebook.page.keyboard.press("Escape")
    tooltip.wait_for(state="detached")
    return shown


def test_result_and_error(notebook):
    assert text(notebook.run("x := 40; x + 2")) == "42"
    failed = notebook.run("func half(n int) int { return n / (n - n) }\nhalf(3)")
    assert failed["outputs"][0]["type"] == "error"
    assert "integer divide by zero" in text(failed) and "half" in text(failed)
    assert text(notebook.run("x")) == "40"


def test_completion(notebook):
    items, doc = completions(notebook, "fmt.Pr¦")
    assert [item for item, _ in items] == ["Print", "Printf", "Println"]
    assert {kind for _, kind in items} == {"function"}
    assert "func Print(a ...any)" in doc
    notebook.run("type Point struct{ X, Y float64 }\nfunc (p Point) Norm() float64 { return math.Hypot(p.X, p.Y) }\np := Point{3, 4}")
    items, _ = completions(notebook, "p.¦")
    assert set(items) == {("X", "field"), ("Y", "field"), ("Norm", "method")}
    items, _ = completions(notebook, "for counter := range 10 {\n\tfmt.Println(cou¦)\n}")
    assert ("counter", "var") in items


def test_inspection(notebook):
    assert "func Println(a ...any)" in inspection(notebook, "fmt.Println(¦)")
    notebook.run("unit := 1.0\n\n// area is that of a rectangle.\nfunc area(a, b float64) float64 { return a * b }")
    shown = inspection(notebook, "area(¦)")
    assert "func area(" in shown and "area is that of a rectangle" in shown


def test_stdin(notebook):
    notebook.start('scanner := bufio.NewScanner(os.Stdin)\nfmt.Print("name? ")\nscanner.Scan()\nfmt.Println("hello,", scanner.Text())')
    box = notebook.page.locator(".jp-Stdin-input")
    box.fill("Ada")
    box.press("Enter")
    assert "hello, Ada" in text(notebook.finish())


def test_interrupt(notebook):
    for source in ("for {\n}", "time.Sleep(time.Hour)"):
        notebook.start(source)
        began = time.monotonic()
        notebook.toolbar("notebook:interrupt-kernel")
        assert "interrupt" in text(notebook.finish())
        assert time.monotonic() - began < 2
    assert text(notebook.run("6 * 7")) == "42"


def test_restart(notebook):
    notebook.run("x := 1")
    notebook.toolbar("notebook:restart-kernel")
    notebook.page.locator(".jp-Dialog .jp-mod-accept").click()
    notebook.lab.wait("path => panel(path).sessionContext.session.kernel.status !== 'idle'", notebook.name)
    notebook.wait_for_kernel()
    cell = notebook.run("x")
    assert cell["count"] == 1 and "undefined: x" in text(cell)


def test_restart_and_run_all(lab):
    """What a reader does first gives what the author saw."""
    sources = ["x := []float64{1, 4, 9}", 'display.Line("squares", display.Values("x", x))', "x = append(x, 16)\nlen(x)"]
    notebook = lab.open(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources]))
    notebook.run_all()
    before = notebook.cells()
    assert text(before[-1]) == "4"
    assert text(notebook.run(sources[-1])) == "5"
    notebook.toolbar("notebook:restart-run-all")
    lab.page.locator(".jp-Dialog .jp-mod-accept").click()
    lab.wait("path => panel(path).content.widgets.every((cell, i) => cell.model.executionCount === i + 1)", notebook.name)
    notebook.finish()
    assert notebook.cells() == before
    notebook.close()


def test_a_cell_that_ends_the_session(notebook):
    cell = notebook.run("func down(n int) int { return down(n+1) + 1 }\ndown(0)")
    assert "stack overflow" in text(cell)
    assert text(notebook.run("6 * 7")) == "42"


def test_run_all_stops_at_an_error(lab):
    sources = ["1", 'panic("stop")', *['fmt.Println("not this")'] * 30]
    notebook = lab.open(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources]))
    notebook.run_all()
    shown = [text(cell) for cell in notebook.cells()]
    assert shown[0] == "1" and "stop" in shown[1]
    assert shown[2:] == [""] * 30
    notebook.close()


def test_outputs_change_while_a_cell_runs(notebook):
    notebook.start('bar := display.NewProgress("epoch", 1000)\nfor {\n\tbar.Add(1)\n\ttime.Sleep(5 * time.Millisecond)\n}')
    steps = set()
    while len(steps) < 3:
        if found := re.search(r"(\d+)/1000", text(notebook.cells()[-1])):
            steps.add(found[1])
    notebook.toolbar("notebook:interrupt-kernel")
    notebook.finish()


def test_updates_of_what_is_gone(notebook):
    notebook.run('h := display.ShowLive("first")\ncurve := display.NewLive(display.Line("a", display.Values("x", []float64{1, 2})))')
    assert text(notebook.cells()[-1]).startswith('"first"')
    notebook.lab.command("notebook:clear-cell-output")
    assert text(notebook.run('h.Update("second")\ncurve.Set(display.Line("b"))\ncurve.Done()\nfmt.Println("goes on")')).strip() == "goes on"


def test_two_notebooks(lab, notebook):
    other = lab.open()
    notebook.start('x := "one"\ntime.Sleep(time.Second)\nx')
    other.start('x := "two"\ntime.Sleep(time.Second)\nx')
    assert text(notebook.finish()) == '"one"'
    assert text(other.finish()) == '"two"'
    other.close()


def test_launcher_shows_the_logo(lab):
    lab.command("launcher:create")
    lab.wait("""() => {
        const logos = [...document.querySelectorAll('.jp-LauncherCard[title^="Go (Nascent)"] img, .jp-LauncherCard img[alt="Go (Nascent)"]')];
        return logos.some(logo => logo.getBoundingClientRect().width > 0 && logo.naturalWidth > 0);
    }""")


def test_chart(notebook):
    page, asked = notebook.page, []
    page.on("request", lambda request: asked.append(request.url))
    notebook.run("""y := []float64{1, 4, math.NaN(), 2, 8}
display.Interactive(display.Line("<img src=//example.org onerror=alert(1)>", display.Values("<b>train</b>", y), display.Values("test", []float64{2, 2, 3, 3, 3})).XLabel("epoch").YLabel("image"))""")
    canvas = notebook.node.locator(".jp-RenderedVegaCommon5 canvas")
    canvas.wait_for()
    box = canvas.bounding_box()
    assert 600 < box["width"] <= 800

    # The nearest value is told: the last one, in the upper right corner, after its frame and its legend.
    page.mouse.move(box["x"] + box["width"] - 40, box["y"] + 70)
    page.mouse.move(box["x"] + box["width"] - 45, box["y"] + 75)
    tip = page.locator("#vg-tooltip-element.visible")
    tip.wait_for()
    assert tip.inner_text().split() == ["series:", "<b>train</b>", "epoch:", "5", "image\u200b:", "8"]
    assert tip.locator("img, b").count() == 0

    # The wheel zooms in, a double click goes back.
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] - 5)
    tip.wait_for(state="hidden")
    whole = canvas.screenshot()

    def drawn():
        page.mouse.move(box["x"] + 5, box["y"] + box["height"] - 5)
        return canvas.screenshot()

    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.wheel(0, -400)
    notebook.lab.wait("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
    assert drawn() != whole
    page.mouse.dblclick(*middle)
    notebook.lab.wait("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
    assert drawn() == whole
    assert all(url.startswith((notebook.lab.server.address, "data:", "blob:")) for url in asked), asked
