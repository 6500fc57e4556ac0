"""Every widget in one notebook, in the hands of a user."""

import re
import statistics
import time

from lab import text

GALLERY = """
rate := widget.NewSlider("learning rate", 0, 1, 0.01)
layers := widget.NewIntSlider("layers", 1, 9)
deep := widget.NewCheckbox("deep", false)
name := widget.NewText("name", "net")
op := widget.NewDropdown("op", "conv", "pool", "skip")
kind := widget.NewToggles("kind", "grid", "random")
bar := widget.NewProgress("trials", 10)
note := widget.NewHTML("<b>bold</b> text")
out := widget.NewOutput()
clicks := 0
button := widget.NewButton("click me", func() { clicks++; bar.Add(1); fmt.Fprintln(out, "clicked", clicks) })
picture := image.NewGray(image.Rect(0, 0, 40, 20))
"""

SHOWN = """widget.Tabs([]string{"numbers", "text", "rest"},
	widget.VBox(rate, layers, deep),
	widget.VBox(name, op, kind),
	widget.VBox(widget.HBox(button, bar), note, widget.NewImage(picture), out))"""


def test_gallery(notebook):
    page = notebook.page
    notebook.run(GALLERY)
    notebook.lab.command("notebook:insert-cell-below")
    shown = notebook.run(SHOWN)
    assert "learning rate: 0.50 (0 to 1)" in notebook.lab.js(
        "path => panel(path).content.widgets.at(-1).outputArea.model.get(0).data['text/plain']", notebook.name)
    assert len(shown["outputs"]) == 1
    node = notebook.node
    node.locator(".widget-slider .noUi-handle").first.wait_for()

    def value(expression):
        notebook.lab.command("notebook:insert-cell-below")
        return text(notebook.run(expression))

    # The label is whole, however long.
    label = node.locator(".widget-slider .widget-label").first
    assert label.inner_text() == "learning rate"
    assert label.evaluate("e => e.scrollWidth <= e.clientWidth")

    # A handle is dragged; the readout and the program follow.
    handle = node.locator(".widget-slider .noUi-handle").first
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + box["height"] / 2, steps=10)
    page.mouse.up()
    readout = float(node.locator(".widget-slider .widget-readout").first.inner_text())
    assert readout > 0.55
    assert value('fmt.Sprintf("%.2f", rate.Value())') == f'"{readout:.2f}"'

    node.locator(".widget-checkbox input").check()
    assert value("deep.Value()") == "true"
    node.locator(".lm-TabBar-tabLabel", has_text="text").last.click()
    node.locator(".widget-text input").fill("other")
    page.keyboard.press("Enter")
    node.locator(".widget-dropdown select").select_option("skip")
    node.locator(".widget-toggle-button", has_text="random").click()
    assert value("name.Value() + op.Option() + kind.Option()") == '"otherskiprandom"'

    node.locator(".lm-TabBar-tabLabel", has_text="rest").click()
    for _ in range(3):
        node.locator(".jupyter-button", has_text="click me").click()
    page.wait_for_function("() => document.querySelector('.jp-OutputArea .jp-OutputArea')?.innerText.includes('clicked 3')")
    assert node.locator(".widget-html b").inner_text() == "bold"
    image = node.locator("img.widget-image")
    assert image.evaluate("async i => { await i.decode(); return [i.naturalWidth, i.naturalHeight, i.width, i.height]; }") == [40, 20, 40, 20]
    bar = node.locator(".progress-bar").evaluate("e => e.parentElement.clientWidth && e.style.width")
    assert bar == "30%"

    # The program moves them, too.
    assert value("rate.Set(0.25); layers.Set(7); note.Set(\"<i>new</i>\"); 1") == "1"
    page.wait_for_function("() => document.querySelector('.widget-html i')?.innerText === 'new'")
    node.locator(".lm-TabBar-tabLabel", has_text="numbers").click()
    assert [r.inner_text() for r in node.locator(".widget-slider .widget-readout").all()] == ["0.25", "7"]

    # Where they stand outlives the page.
    notebook.reload()
    node = notebook.node
    node.locator(".widget-slider .noUi-handle").first.wait_for()
    assert [r.inner_text() for r in node.locator(".widget-slider .widget-readout").all()] == ["0.25", "7"]
    assert node.locator(".widget-checkbox input").is_checked()
    assert "model not found" not in node.inner_text()


# How long the kernel takes from a message of the page to the last change that it makes of it.
TRIPS = """path => {
    const sent = {}, took = window.trips = {};
    panel(path).sessionContext.session.kernel.anyMessage.connect((_, {msg, direction}) => {
        if (msg.header.msg_type !== 'comm_msg') return;
        if (direction === 'send') sent[msg.header.msg_id] = performance.now();
        const begin = sent[msg.parent_header.msg_id];
        if (direction === 'recv' && begin && msg.content.data.method === 'update') took[msg.parent_header.msg_id] = performance.now() - begin;
    });
}"""


def test_slider_round_trip(notebook):
    notebook.run("""n, double := widget.NewIntSlider("n", 0, 99), widget.NewIntSlider("double", 0, 198)
n.OnChange(func(v int) { double.Set(2 * v) })
widget.VBox(n, double)""")
    notebook.lab.js(TRIPS, notebook.name)
    before = int(notebook.node.locator(".widget-slider .widget-readout").first.inner_text())
    notebook.node.locator(".widget-slider .noUi-handle").first.focus()
    for i in range(1, 21):
        notebook.page.keyboard.press("ArrowRight")
        notebook.page.wait_for_function(
            "want => document.querySelectorAll('.widget-slider .widget-readout')[1].innerText === want", arg=str(2 * (before + i)))
    times = notebook.lab.js("() => Object.values(window.trips)")
    assert len(times) >= 10
    print(f"\nfrom a slider's message to the kernel's answer: {statistics.median(times):.1f} ms")


def test_what_showing_costs(notebook):
    """The calls alone are measured by the benchmarks of display; these are a cell's."""
    shown = text(notebook.run("""bar, n := display.NewProgress("steps", 1_000_000), &atomic.Int64{}
begin := time.Now()
for range 1_000_000 {
	n.Add(1)
}
counted := time.Since(begin) / 1_000_000
begin = time.Now()
for range 1_000_000 {
	bar.Add(1)
}
told := time.Since(begin) / 1_000_000
bar.Done()
curve, loss, drawn := display.NewLive(nil), make([]float64, 1000), []time.Duration{}
for i := range 21 {
	loss[i] = float64(i)
	begin := time.Now()
	curve.Set(display.Line("loss", display.Values("train", slices.Clone(loss))))
	drawn = append(drawn, time.Since(begin))
	time.Sleep(100 * time.Millisecond) // so that the next is drawn at once
}
curve.Done()
slices.Sort(drawn)
fmt.Printf("a step of a bar %v, of a bare counter in the same loop %v; an update of a live plot of 1000 points %v (median)\\n",
	told, counted, drawn[10].Round(time.Microsecond))"""))
    assert "1000000/1000000" in shown
    print("\n" + shown.splitlines()[-1])


def counted(notebook, cell: int = -1) -> int:
    """How many trials the bar of a search has counted."""
    found = re.search(r"(\d+)/\d+", text(notebook.cells()[cell]))
    return int(found[1]) if found else 0


SEARCH = """
// Slow scores architectures as it likes, and takes its time.
type Slow struct{}

func (Slow) Name() string { return "slow" }

func (Slow) Estimate(ctx context.Context, a *arch.Arch, seed uint64) (estimate.Estimate, error) {
	select {
	case <-time.After(20 * time.Millisecond):
		return estimate.Estimate{Score: float64(seed % 1000)}, nil
	case <-ctx.Done():
		return estimate.Estimate{}, ctx.Err()
	}
}

layers := space.Global(space.DefaultGlobal(arch.Shape{C: 1, H: 8, W: 8}, 10))
control := &nasext.Control{}
rate := widget.NewIntSlider("rate", 0, 99)
widget.VBox(widget.NewTransport(control), rate)
"""


def test_a_search_is_steered(notebook):
    """A search is paused, resumed and stopped by its player, and drawn all the while."""
    shown = notebook.run(SEARCH)
    assert not [o for o in shown["outputs"] if o["type"] == "error"], text(shown)
    # Who can't show widgets has a line of text.
    plain = notebook.lab.js("path => panel(path).content.widgets.at(-1).outputArea.model.get(0).data['text/plain']", notebook.name)
    assert "pause" in plain and "stop" in plain and "rate: 0 (0 to 99)" in plain
    hold, stop = notebook.node.locator(".jupyter-button").all()
    notebook.lab.command("notebook:insert-cell-below")
    notebook.start("""found, err := nasext.Search(context.Background(), nasext.Config{
	Space: layers, Strategy: strategy.Random(layers, 1), Estimator: Slow{}, Trials: 1_000_000, Workers: 2, Control: control, Live: true})
fmt.Println(len(found.Trials), "trials,", err, rate.Value())""")
    wait_for = notebook.lab.wait
    last = "path => panel(path).content.widgets.at(-1).outputArea.node.innerText"
    wait_for(f"path => /[1-9]\\d*\\/1000000/.test(({last})(path))", notebook.name)
    hold.click()
    wait_for(f"path => ({last})(path).includes('paused')", notebook.name)
    assert hold.inner_text().strip() == "⏵ resume"
    # A slider moves while the search waits.
    notebook.node.locator(".widget-slider .noUi-handle").focus()
    notebook.page.keyboard.press("ArrowRight")
    before = counted(notebook)
    hold.click()
    wait_for(f"path => !({last})(path).includes('paused')", notebook.name)
    wait_for(f"([path, n]) => Number(({last})(path).match(/(\\d+)\\/1000000/)[1]) > n", [notebook.name, before])
    stop.click()
    cell = notebook.finish()
    trials = counted(notebook)
    assert trials > before and text(cell).splitlines()[-1] == f"{trials} trials, <nil> 1"
    assert [b.is_disabled() for b in (hold, stop)] == [True, True]
    [plot] = [o for o in cell["outputs"] if "image/svg+xml" in o["mimes"]]
    assert plot["rendered"] == "image/svg+xml" and "image/png" in plot["mimes"] and min(plot["images"][0]) > 0


def test_a_running_search_outlives_the_page(notebook):
    notebook.run(SEARCH)
    notebook.lab.command("notebook:insert-cell-below")
    notebook.start("""found := nasext.Search(context.Background(), nasext.Config{
	Space: layers, Strategy: strategy.Random(layers, 1), Estimator: Slow{}, Trials: 1_000_000, Workers: 2, Control: control})""")
    notebook.node.locator(".jupyter-button").first.click()
    notebook.node.locator(".jupyter-button", has_text="resume").wait_for()
    notebook.reload(status="busy")
    notebook.node.locator(".jupyter-button", has_text="resume").click()
    notebook.node.locator(".jupyter-button", has_text="stop").click()
    notebook.finish()
    assert text(notebook.run("len(found.Trials) > 0, control.Stopped()")) == "(true, true)"


LIVE = """curve, bar, done := display.NewLive(nil), display.NewProgress("epoch", 0), 0
loss := []float64{}
for {
	loss = append(loss, 1/float64(len(loss)+1)+moved.Value())
	curve.Set(display.Line("loss", display.Values("train", slices.Clone(loss))))
	bar.Add(1)
	time.Sleep(10 * time.Millisecond)
}"""


def test_interrupted_and_reloaded(notebook):
    """What was there when a cell is interrupted stays, whole, and so do the controls; also on a new page."""
    notebook.run('moved := widget.NewSlider("moved", 0, 1, 0.1)\nmoved')
    notebook.lab.command("notebook:insert-cell-below")
    notebook.start(LIVE)
    notebook.node.locator("img").first.wait_for()
    notebook.node.locator(".widget-slider .noUi-handle").focus()
    notebook.page.keyboard.press("ArrowRight")
    notebook.lab.wait("path => /epoch [1-9]/.test(panel(path).content.widgets.at(-1).outputArea.node.innerText)", notebook.name)
    notebook.toolbar("notebook:interrupt-kernel")
    cell = notebook.finish()
    assert "interrupt" in text(cell)
    [plot] = [o for o in cell["outputs"] if "image/svg+xml" in o["mimes"]]
    assert "image/png" in plot["mimes"] and min(plot["images"][0]) > 0
    shown = [(o["mimes"], o["text"]) for o in cell["outputs"]]

    notebook.reload()
    readout = notebook.node.locator(".widget-slider .widget-readout")
    readout.wait_for()
    assert readout.inner_text() == "0.6"
    assert [(o["mimes"], o["text"]) for o in notebook.cells()[-1]["outputs"]] == shown
    notebook.node.locator(".widget-slider .noUi-handle").focus()
    notebook.page.keyboard.press("ArrowRight")
    notebook.page.wait_for_function("() => document.querySelector('.widget-slider .widget-readout').innerText === '0.7'")
    notebook.lab.command("notebook:insert-cell-below")
    assert text(notebook.run("moved.Value()")) == "0.7"


def test_many_widgets_are_restored(notebook):
    notebook.run("""many := make([]widget.Widget, 100)
for i := range many {
	many[i] = widget.NewIntSlider(fmt.Sprint("n", i), 0, 9)
}
widget.VBox(many...)""")
    notebook.lab.wait("() => document.querySelectorAll('.widget-slider').length === 100")
    notebook.reload()
    notebook.lab.wait("() => document.querySelectorAll('.widget-slider').length === 100")


def test_interact(notebook):
    notebook.run("""counted := 0
widget.Interact(func(base, n float64) any { counted++; return math.Pow(base, n) }, widget.NewIntSlider("base", 2, 9), widget.NewIntSlider("n", 0, 9))""")
    area = notebook.node.locator(".jp-OutputArea .jp-OutputArea")
    area.filter(has_text="1").wait_for()
    handle = notebook.node.locator(".widget-slider .noUi-handle").nth(1)
    handle.focus()
    for _ in range(5):
        notebook.page.keyboard.press("ArrowRight")
    notebook.page.wait_for_function("() => document.querySelector('.jp-OutputArea .jp-OutputArea').innerText.trim() === '32'")

    # How long a move takes until its result is on the page.
    times = []
    for want in (64, 128, 256, 512):
        notebook.page.keyboard.press("ArrowRight")
        begin = time.perf_counter()
        notebook.page.wait_for_function(
            "want => document.querySelector('.jp-OutputArea .jp-OutputArea').innerText.trim() === want", arg=str(want), polling="raf")
        times.append(time.perf_counter() - begin)
    print(f"\nfrom a slider's move to the result on the page: {1000 * statistics.median(times):.0f} ms")


def test_closed_and_failing(notebook):
    notebook.run("gone := widget.NewIntSlider(\"gone\", 0, 9)\ngone")
    notebook.node.locator(".widget-slider .noUi-handle").wait_for()
    notebook.lab.command("notebook:insert-cell-below")
    assert text(notebook.run("gone.Close(); gone.Set(3); gone.Value()")) == "3"
    notebook.node.locator(".widget-slider .noUi-handle").wait_for(state="detached")
    notebook.lab.command("notebook:insert-cell-below")
    notebook.run("widget.Interact(func(n int) int { return 10 / n }, widget.NewIntSlider(\"n\", 0, 9))")
    notebook.page.wait_for_function("() => document.querySelector('.jp-OutputArea .jp-OutputArea').innerText.includes('divide by zero')")
    handle = notebook.node.locator(".widget-slider .noUi-handle")
    handle.focus()
    notebook.page.keyboard.press("ArrowRight")
    notebook.page.wait_for_function("() => document.querySelector('.jp-OutputArea .jp-OutputArea').innerText.trim() === '10'")
