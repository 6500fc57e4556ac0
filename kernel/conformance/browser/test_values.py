"""Every kind of value, plot, graph and live output in one notebook, light and dark."""

import os
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

TEXT, HTML, PNG, SVG, CHART = "text/plain", "text/html", "image/png", "image/svg+xml", "application/vnd.vegalite.v5+json"

TYPES = """
import (
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gorgonia.org/tensor"
)

// Trial is what came of one network.
type Trial struct {
	Op       string
	Accuracy float64
	Params   int
	When     time.Time
}

type Ring struct {
	Name string
	Next *Ring
}

type Celsius float64

func (c Celsius) String() string { return fmt.Sprintf("%.1f °C", float64(c)) }

// half returns half of n.
func half(n int) (int, error) { return n / 2, nil }

day := time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)
trials := []Trial{{"conv 3×3", 0.9312, 1_204_224, day}, {"max pool", 0.5, 0, day}, {"<b>skip</b>", math.NaN(), 12, day}}
many := make([]Trial, 1000)
ring := &Ring{Name: "a"}
ring.Next = &Ring{"b", ring}
waiting := make(chan int, 3)
waiting <- 1

shade := func(w, h, k int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.RGBA{uint8(255 * x / w), uint8(255 * y / h), uint8(40 * k), 255})
		}
	}
	return m
}
shades := make([]image.Image, 8)
for i := range shades {
	shades[i] = shade(28, 28, i)
}
grid := make([][]float64, 12)
for i := range grid {
	grid[i] = make([]float64, 16)
	for j := range grid[i] {
		grid[i][j] = math.Sin(float64(i)/3) * math.Cos(float64(j)/3)
	}
}
wave := func(n int, f float64) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = math.Sin(f*float64(i)) + float64(i)/20
	}
	return v
}
shift := func(v []float64, by float64) []float64 {
	w := make([]float64, len(v))
	for i := range v {
		w[i] = v[i] + by
	}
	return w
}
loss := wave(40, 0.3)
fine := shift(wave(40, 0.7), 1)
"""

# Plots of every kind, which are shown as pictures and as charts that the page draws.
PLOTS = [
    'display.Line("loss", display.Values("train", loss).Band(shift(loss, -0.4), shift(loss, 0.4)), display.Values("validation", fine).Dash()).XLabel("epoch").YLabel("loss").HLine(2, "goal").VLine(20, "restart").Note(10, loss[10], "here")',
    'display.Scatter("trials", display.XY("grid", loss, fine), display.XY("random", fine, loss)).XLabel("loss").YLabel("accuracy")',
    'display.Steps("best so far", display.Values("score", []float64{1, 1, 2, 2, 5, 5, 6})).XLabel("trial")',
    'display.Bars("accuracy", []string{"conv", "pool", "skip", "a longer label"}, display.Values("before", []float64{0.9, 0.5, 0.7, 0.3}), display.Values("after", []float64{0.95, 0.55, 0.6, 0.4}))',
    'display.Histogram("scores", display.Values("loss", loss), display.Values("fine", fine))',
    'display.Boxes("by operation", []string{"conv", "pool", "skip"}, loss, fine, []float64{1, 2, 2, 3, 9})',
    'display.Heatmap("grid", grid).XLabel("column").YLabel("row").Diverging()',
    'display.Heatmap("with values", [][]float64{{1, 0.5, math.NaN()}, {0.2, 0.9, 0.1}}).CellFormat("%.2f").XTicks("a", "b", "c").YTicks("p", "q")',
    'display.Confusion([][]int{{50, 2, 0}, {4, 40, 6}, {0, 1, 49}}, []string{"cat", "dog", "cow"})',
    'display.ContourFunc("bowl", func(x, y float64) float64 { return x*x + 3*y*y }, -2, 2, -1, 1).XLabel("x").YLabel("y")',
    'display.Parallel("search", []display.Axis{{Name: "op", Ticks: []string{"conv", "pool"}}, {Name: "width"}, {Name: "rate"}}, [][]float64{{0, 16, 0.1}, {1, 32, 0.01}, {0, 64, 0.05}, {1, 8, 0.2}}, []float64{0.7, 0.8, 0.95, 0.3})',
    'display.Pareto("trade", []float64{1, 2, 3, 4, 5, 2.5}, []float64{0.5, 0.7, 0.6, 0.9, 0.91, 0.4}).XLabel("parameters, millions").YLabel("accuracy")',
    'display.Spans("workers", []string{"w0", "w1"}, display.FromTo("train", []float64{1, 2, 1}, []float64{0, 1, 4}, []float64{3, 6, 7}), display.FromTo("wait", []float64{1, 2}, []float64{3, 0}, []float64{4, 1}))',
    'display.Line("", display.Func("sin", math.Sin, 0, 6), display.Func("cos", math.Cos, 0, 6))',
    'display.Line("powers", display.XY("square", []float64{1, 10, 100, 1000}, []float64{1, 100, 1e4, 1e6})).LogX().LogY()',
    'display.Line("nothing yet")',
    'display.Line("one point", display.Values("a", []float64{1}))',
    'display.Grid(display.Line("left", display.Values("a", loss)), display.Histogram("right", display.Values("b", fine)))',
]

# What a cell shows, and the form that JupyterLab draws of it.
CELLS = [
    # Values.
    (HTML, "trials[0]"),
    (HTML, "trials"),
    (HTML, "many"),
    (HTML, 'map[string]int{"conv": 12, "pool": 3, "skip": 40}'),
    (HTML, 'map[string]Trial{"best": trials[0], "worst": trials[1]}'),
    (HTML, "mat.NewDense(3, 4, []float64{1, 2, 3, 4, 0.5, 0.25, 0.125, 1e-3, 1e6, -1, math.NaN(), math.Inf(1)})"),
    (HTML, "tensor.New(tensor.WithShape(2, 3, 4), tensor.WithBacking(tensor.Range(tensor.Float32, 0, 24)))"),
    (HTML, "grid"),
    (TEXT, "[]int{1, 2, 3, 5, 8}"),
    (PNG, "shades[3]"),
    (PNG, "shades"),
    ("text/markdown", "half"),
    (TEXT, 'display.Show(fmt.Errorf("reading weights: %w", fmt.Errorf("layer 3: %w", os.ErrNotExist)))'),
    (TEXT, "day"),
    (TEXT, "90 * time.Second"),
    (TEXT, "new(big.Int).Exp(big.NewInt(2), big.NewInt(200), nil)"),
    (TEXT, "waiting"),
    (None, "ring"),
    (TEXT, "Celsius(21.5)"),
    (TEXT, '"a \\"quoted\\" string\\nof two lines"'),
    (TEXT, '[]byte("bytes that are text")'),
    ("text/markdown", 'display.Markdown("# Title\\n\\n**bold**, `code`, $a^2$\\n\\n| a | b |\\n|---|--:|\\n| 1 | 2 |")'),
    ("text/latex", 'display.LaTeX(`$\\displaystyle\\int_0^1 x^2\\,dx = \\frac13$`)'),
    (HTML, 'display.NewTable("op", "share").Add("conv", 0.75).Add("pool", 0.25).Captioned("operations")'),
    ("application/json", 'display.JSON(map[string]any{"a": 1, "b": []int{1, 2}})'),
    # Plots.
    *((SVG, plot) for plot in PLOTS),
    *((CHART, f"display.Interactive({plot})") for plot in PLOTS),
    (SVG, """func() *plot.Plot {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = "plain gonum", "x", "y"
	points := make(plotter.XYs, len(loss))
	for i := range points {
		points[i] = plotter.XY{X: float64(i), Y: loss[i]}
	}
	line, _ := plotter.NewLine(points)
	p.Add(line, plotter.NewGrid())
	return p
}()"""),
    (HTML, 'display.Inline(display.Scatter("points that speak", display.XY("a", loss, fine).Tip(make([]string, len(loss)))))'),
    # Graphs.
    (SVG, """display.NewGraph("cell").AddGroup(display.Group{ID: "g", Label: "stage × 3"}).
	AddNode(display.Node{ID: "in", Lines: []string{"32×32×3"}, Kind: "input"}).
	AddNode(display.Node{ID: "conv", Label: "conv 3×3", Lines: []string{"16 channels", "448 weights"}, Kind: "convolution", Group: "g"}).
	AddNode(display.Node{ID: "pool", Label: "max pool", Kind: "pooling", Group: "g"}).
	AddNode(display.Node{ID: "out", Label: "<b>out</b>", Kind: "output"}).
	AddEdge("in", "conv", "").AddEdge("conv", "pool", "x").AddEdge("pool", "out", "").AddEdge("in", "out", "skip")"""),
    (SVG, """func() *display.Graph {
	g := &display.Graph{Name: "chain", Direction: display.Column}
	for i := range 6 {
		g.AddNode(display.Node{ID: fmt.Sprint(i), Kind: "convolution"})
		if i > 0 {
			g.AddEdge(fmt.Sprint(i-1), fmt.Sprint(i), "")
		}
	}
	return g.AddEdge("0", "3", "").AddEdge("1", "5", "")
}()"""),
    # What changes.
    (SVG, """curve := display.NewLive(nil)
for i := range 40 {
	curve.Set(display.Line("live", display.Values("loss", loss[:i+1])))
	time.Sleep(5 * time.Millisecond)
}
curve.Done()"""),
    (TEXT, """bar := display.NewProgress("epoch", 200)
for range 200 {
	bar.Add(1)
	time.Sleep(time.Millisecond)
}
bar.Done()"""),
    (TEXT, 'fmt.Println("printed \\x1b[31mred\\x1b[0m and \\x1b[1mbold\\x1b[0m")'),
]


@pytest.fixture(scope="module")
def values(open_lab):
    sources = [TYPES] + [source for _, source in CELLS]
    notebook = open_lab.open(new_notebook(cells=[new_code_cell(source.strip()) for source in sources]), "values.ipynb")
    open_lab.errors.clear()
    notebook.run_all()
    assert open_lab.errors == [], "the page has printed errors"
    yield notebook
    notebook.close()


def test_every_value_is_drawn_in_its_richest_form(lab, values):
    types, *cells = values.cells()
    assert types["outputs"] == []
    for (mime, source), cell in zip(CELLS, cells, strict=True):
        assert cell["outputs"], source
        output = cell["outputs"][-1]
        assert output["type"] != "error", f"{source}\n{output['text']}"
        assert min(output["size"]) > 0, f"nothing is visible: {source}"
        if mime and output["type"] != "stream":
            assert output["rendered"] == mime, source
            assert TEXT in output["mimes"]
        if mime in (SVG, PNG):
            assert mime == PNG or PNG in output["mimes"]
            [(width, height, *shown)] = output["images"]
            assert min(width, height, *shown) > 0 and shown[0] <= 800, f"{width} × {height}, shown as {shown}: {source}"
        assert output["size"][0] <= 1400, f"wider than the page: {source}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_values_follow_the_theme(lab, values, theme):
    values.show()
    lab.theme(theme)
    pictures = values.node.locator('.jp-OutputArea-output img[src^="data:image/svg"]').all()
    assert len(pictures) == sum(mime == SVG for mime, _ in CELLS)
    for picture in pictures:
        *rgb, opacity = lab.colour(picture.screenshot(), -6, -6)  # a corner is background
        assert opacity == 255
        assert min(rgb) > 200 if theme == "light" else max(rgb) < 55, f"the background is {rgb} on the {theme} theme"
    if folder := os.environ.get("PICTURES"):  # to be looked at
        for i, output in enumerate(values.node.locator(".jp-CodeCell .jp-OutputArea").all()):
            if output.is_visible() and output.bounding_box()["height"] > 4:
                output.screenshot(path=Path(folder) / f"{i:02}-{theme}.png")
    lab.theme("light")


def test_values_outlive_the_page(lab, values):
    """A page that is loaded anew shows what was saved, and draws it in the same forms."""
    def shown():
        return [[(o["type"], o["mimes"], o["rendered"], o["images"]) for o in cell["outputs"]] for cell in values.cells()]

    before = shown()
    values.reload()
    lab.wait("path => panel(path).content.widgets.every(cell => [...cell.node.querySelectorAll('img')].every(image => image.complete))", values.name)
    assert shown() == before
