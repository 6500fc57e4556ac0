package display

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// gallery has a picture of every kind.
func gallery(t *testing.T) map[string]Displayer {
	t.Helper()
	y := []float64{0.5, 0.7, math.NaN(), 0.8, 0.9}
	p := plot.New()
	p.Title.Text = "Gonum <&>"
	line, err := plotter.NewLine(plotter.XYs{{X: 0, Y: 1}, {X: 1, Y: 3}, {X: 2, Y: 2}})
	if err != nil {
		t.Fatal(err)
	}
	p.Add(line, plotter.NewGrid())
	g := NewGraph("Net <1> & \"2\"")
	g.AddGroup(Group{ID: "g", Label: "cell"}).AddGroup(Group{ID: "h", Label: "inner", Parent: "g"})
	g.AddNode(Node{ID: "a", Label: "in <x>", Kind: "io"}).AddNode(Node{ID: "b", Lines: []string{"16 × 8 × 8"}, Kind: "conv", Group: "g"})
	g.AddNode(Node{ID: "c", Group: "h"}).AddEdge("a", "b", "x & y").AddEdge("b", "c", "").AddEdge("c", "c", "")
	var wide []string
	for i := range 60 {
		wide = append(wide, "a long name "+strconv.Itoa(i))
	}
	return map[string]Displayer{
		"line":       Line("Loss & <gain>", Values("train", y).Band(y, y), Values("test", y).Dash()).XLabel("epoch").YLabel("loss").Note(2, 0.7, "here").HLine(0.6, "goal").VLine(3, "now"),
		"log":        Line("Log", XY("a", []float64{1, 10, 100}, []float64{1e-5, 1, -1})).LogX().LogY(),
		"steps":      Steps("Steps", Values("", y)).Legend(true),
		"scatter":    Scatter("Scatter", Values("a", y), Values("b", y).Step(), Values("c", y), Values("d", y).Points(), Values("e", y), Values("f", y)),
		"bars":       Bars("Bars", []string{"x", "y", "z"}, Values("a", []float64{1, -2, 3}), Values("b", []float64{2, 1, 0.5})),
		"many bars":  Bars("Bars", wide, Values("a", make([]float64, 60))),
		"histogram":  Histogram("Histogram", Values("a", []float64{1, 2, 2, 3, 9}), Values("b", []float64{2})),
		"heat":       Heatmap("Heat", [][]float64{{1, 2, 3}, {4, math.NaN()}, {}}).XTicks("a", "b", "c").YTicks("p", "q").XLabel("x").YLabel("y"),
		"diverging":  Heatmap("", [][]float64{{-1, 2}}).Diverging().CellFormat("%+.1f"),
		"no heat":    Heatmap("None", nil),
		"empty":      Line(""),
		"boxes":      Boxes("Boxes <b>", []string{"<i>a</i>", "b"}, y, nil).YLabel("y").LogY(),
		"no boxes":   Boxes("", nil),
		"contour":    ContourFunc("Contour", func(x, y float64) float64 { return math.Sqrt(x * y) }, -1, 2, 1, 5).LogY(),
		"one":        Contour("One", nil, nil, [][]float64{{1}}),
		"no map":     Contour("", nil, nil, nil),
		"parallel":   Parallel("Parallel", []Axis{{"a", []string{"<x>", "y"}}, {"b & c", nil}}, [][]float64{{0, 1}, {1, math.Inf(1)}, {9, 2}}, []float64{1, math.NaN(), 3}),
		"extremes":   Scatter("", Values("", []float64{-1e308, 1e308, 1}), Values("", []float64{0, 1e308, -1e308}).Line()),
		"one huge":   Heatmap("", [][]float64{{1e308}}),
		"no axes":    Parallel("", nil, nil, nil),
		"Pareto":     Pareto("Pareto", []float64{1, 10, 100, math.NaN()}, []float64{1, 3, 2, 9}).LogX(),
		"no front":   Pareto("", nil, nil),
		"confusion":  Confusion([][]int{{3, 1}, {0, 4}}, []string{"<cat>"}),
		"spans":      Spans("Spans", []string{"<w>"}, FromTo("a", []float64{1, 1, math.NaN()}, []float64{0, 2, 1}, []float64{2, 2, 2}).Tip([]string{"&", "", ""})),
		"no spans":   Spans("", nil),
		"error bars": Scatter("", Values("", y).Band(y, []float64{1, 1, 1, 1, math.Inf(1)}).Pale()),
		"constant":   Line("Constant", Values("a", []float64{3, 3, 3})),
		"large":      Line("Large", Values("a", make([]float64, 100000)), Values("b", make([]float64, 20000)).Points()),
		"wide":       Line("Wide", Values("a", y)).Size(1600, 400),
		"panels":     Grid(Line("A", Values("a", y)), Heatmap("B", [][]float64{{1, 2}, {3, 4}})).Title("Both"),
		"figure":     NewFigure(p).Size(500, 300),
		"graph":      g,
	}
}

func TestPictureBundles(t *testing.T) {
	for name, v := range gallery(t) {
		t.Run(name, func(t *testing.T) {
			b := Render(v)
			for mime := range b.Data {
				switch mime {
				case MIMESVG, MIMEPNG, MIMEPlain:
				default:
					t.Errorf("the bundle has a %s form, which may hide the picture", mime)
				}
			}
			text, ok := b.Data[MIMEPlain].(string)
			if !ok || text == "" || strings.Contains(text, "\n") {
				t.Errorf("text form %q, want one line", text)
			}
			checkThemedSVG(t, b.Data[MIMESVG])
			checkPicturePNG(t, b)
		})
	}
}

func checkThemedSVG(t *testing.T, data any) {
	t.Helper()
	s, ok := data.(string)
	if !ok {
		t.Fatalf("no SVG")
	}
	d := xml.NewDecoder(strings.NewReader(s))
	var style string
	inStyle, root := false, true
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			if root {
				root = false
				attr := map[string]string{}
				for _, a := range e.Attr {
					attr[a.Name.Local] = a.Value
				}
				if w, err := strconv.ParseFloat(attr["width"], 64); err != nil || w > 800 || w < 1 {
					t.Errorf("width %q, want a number up to 800", attr["width"])
				}
				if attr["height"] == "" || attr["viewBox"] == "" || attr["xmlns"] == "" {
					t.Errorf("the root element lacks height, viewBox or xmlns: %v", attr)
				}
				if !strings.HasSuffix(attr["font-family"], "sans-serif") {
					t.Errorf("font-family %q has no generic family", attr["font-family"])
				}
			}
			if e.Name.Local == "script" {
				t.Error("the SVG has a script")
			}
			inStyle = e.Name.Local == "style"
		case xml.CharData:
			if inStyle {
				style += string(e)
			}
		}
	}
	light, dark, ok := strings.Cut(style, "@media (prefers-color-scheme: dark)")
	if !ok || !strings.Contains(light, ".page{fill:#ffffff}") || !strings.Contains(dark, ".page{fill:#111111}") {
		t.Errorf("the style doesn't switch the page: %.200s", style)
	}
	if strings.Contains(strings.ToLower(s), "currentcolor") {
		t.Error("currentColor is black in an img element")
	}
	if strings.Contains(s, "NaN") || strings.Contains(s, "Inf") {
		t.Error("a coordinate is not a number")
	}
}

func checkPicturePNG(t *testing.T, b Bundle) {
	t.Helper()
	s, _ := b.Data[MIMEPNG].(string)
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatalf("the PNG is not base64: %v", err)
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("the PNG can't be read: %v", err)
	}
	r := img.Bounds()
	for _, p := range [][2]int{{r.Min.X, r.Min.Y}, {r.Max.X - 1, r.Min.Y}, {r.Min.X, r.Max.Y - 1}, {r.Max.X - 1, r.Max.Y - 1}} {
		if red, green, blue, a := img.At(p[0], p[1]).RGBA(); red&green&blue&a != 0xffff {
			t.Errorf("the corner %v is not opaque white", p)
		}
	}
	meta, ok := b.Metadata[MIMEPNG].(map[string]any)
	if !ok {
		t.Fatal("the PNG has no metadata")
	}
	w, h := meta["width"].(int), meta["height"].(int)
	if w > 800 || math.Abs(float64(r.Dx()-2*w)) > 2+float64(w)/50 || math.Abs(float64(r.Dy()-2*h)) > 2+float64(h)/50 {
		t.Errorf("the PNG has %d × %d pixels for %d × %d, want twice as many", r.Dx(), r.Dy(), w, h)
	}
}

func TestPicturesAreDeterministic(t *testing.T) {
	for name, v := range gallery(t) {
		a, b := Render(v), Render(v)
		if a.Data[MIMESVG] != b.Data[MIMESVG] || a.Data[MIMEPNG] != b.Data[MIMEPNG] {
			t.Errorf("%s: two drawings differ", name)
		}
	}
}

func TestFollowsTheDataOnly(t *testing.T) {
	// Two pictures in one page must not share rules: their ids differ.
	a, err := Line("a", Values("x", []float64{1, 2})).SVG()
	if err != nil {
		t.Fatal(err)
	}
	b, err := Line("b", Values("x", []float64{2, 1})).SVG()
	if err != nil {
		t.Fatal(err)
	}
	id := func(s string) string {
		_, s, _ = strings.Cut(s, `id="`)
		s, _, _ = strings.Cut(s, `"`)
		return s
	}
	if id(a) == "" || id(a) == id(b) {
		t.Errorf("ids %q and %q, want two", id(a), id(b))
	}
}

func TestFigureThatPanics(t *testing.T) {
	p := plot.New()
	p.Title.Text = "Bad log"
	p.Y.Scale = plot.LogScale{}
	p.Y.Min, p.Y.Max, p.X.Min, p.X.Max = -1, 1, 0, 1
	text := Render(p).Data[MIMEPlain].(string)
	if !strings.Contains(text, "Bad log") || !strings.Contains(text, "can't be drawn") {
		t.Errorf("text %q, want the plot's name and why it can't be drawn", text)
	}
	if _, err := NewFigure(nil).SVG(); err == nil {
		t.Error("a nil plot was drawn")
	}
}

func TestSVGCanvas(t *testing.T) {
	c := newSVGCanvas(100, 50)
	var circle vg.Path
	circle.Move(pt(15, 10))
	circle.Arc(pt(10, 10), 5, 0, 2*math.Pi)
	circle.Close()
	c.Fill(circle)
	c.Push()
	c.Translate(pt(10, 20))
	c.Rotate(math.Pi / 2)
	c.Scale(2, 2)
	c.SetLineDash([]vg.Length{3, 1}, 1)
	var line vg.Path
	line.Move(pt(0, 0))
	line.Line(pt(5, 0))
	line.QuadTo(pt(6, 1), pt(7, 0))
	c.Stroke(line)
	c.Pop()
	c.Pop() // one too many does nothing
	var arc vg.Path
	arc.Arc(pt(50, 25), 10, 0, math.Pi/2)
	c.Stroke(arc)
	s := c.document("t", 800)
	for _, want := range []string{
		`<circle cx="10" cy="40" r="5"`,
		`M10 30L10 20Q8 18 10 16`,
		`stroke-width="2" stroke-dasharray="6 2" stroke-dashoffset="2"`,
		`M60 25A10 10 0 0 0 50 15`, // counterclockwise for the eye
	} {
		if !strings.Contains(s, want) {
			t.Errorf("the SVG lacks %s:\n%s", want, s)
		}
	}
}

// Of more than 256 colours those that most pixels have stay, and others become the nearest.
func TestFewColours(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 300, 4))
	for x := range 300 {
		for y := range 4 {
			c := color.RGBA{uint8(x), 0, 0, 255}
			if x >= 256 {
				c = color.RGBA{uint8(x - 200), 200, 0, 255}
			}
			if x < 45 && y > 0 { // 45 reds are on one pixel only
				c = color.RGBA{255, 255, 255, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	few, ok := fewColours(img).(*image.Paletted)
	if !ok || len(few.Palette) != 256 {
		t.Fatalf("the picture is a %T, want one with a palette of 256", few)
	}
	for x, want := range map[int]color.RGBA{44: {45, 0, 0, 255}, 10: {45, 0, 0, 255}, 100: {100, 0, 0, 255}, 299: {99, 200, 0, 255}} {
		if got := few.At(x, 0); got != want {
			t.Errorf("pixel %d is %v, want %v", x, got, want)
		}
	}
}
