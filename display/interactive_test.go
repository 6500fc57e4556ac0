package display

import (
	"encoding/json"
	"fmt"
	"image/color"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// chartOf reads the chart that a picture becomes.
func chartOf(t *testing.T, d Displayer) chartRead {
	t.Helper()
	b := Interactive(d)
	raw, ok := b.Data[MIMEVegaLite].(json.RawMessage)
	if !ok {
		t.Fatalf("no chart, but %v", b.Data[MIMEPlain])
	}
	var c chartRead
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// chartRead is what the tests read of a chart.
type chartRead struct {
	Schema string `json:"$schema"`
	Title  struct{ Text, Subtitle string }
	Data   rowsRead
	Layer  []struct {
		Data     rowsRead
		Mark     struct{ Type string }
		Encoding struct {
			X, Y struct {
				Field string
				Scale struct{ Domain []float64 }
			}
			Tooltip []struct{ Field, Title string }
		}
		Params []struct{ Name string }
	}
	Concat []chartRead
}

type rowsRead struct{ Values []map[string]any }

// columns are the values of a few columns of the first layer of a mark.
func (c chartRead) columns(t *testing.T, mark string, names ...string) [][]any {
	t.Helper()
	for _, l := range c.Layer {
		if l.Mark.Type != mark {
			continue
		}
		var out [][]any
		for _, r := range l.Data.Values {
			row := make([]any, len(names))
			for i, n := range names {
				row[i] = r[n]
			}
			out = append(out, row)
		}
		return out
	}
	t.Fatalf("there is no layer of the mark %s", mark)
	return nil
}

func TestInteractive(t *testing.T) {
	for i, v := range labelled("a") {
		d, ok := v.(Displayer)
		if !ok {
			continue
		}
		b := Interactive(d)
		switch v.(type) {
		case *Plot, *Panels:
			c := chartOf(t, d)
			if want := "https://vega.github.io/schema/vega-lite/v5.json"; c.Schema != want {
				t.Errorf("value %d: schema %q, want %q", i, c.Schema, want)
			}
			for _, mime := range []string{MIMEPNG, MIMEPlain} {
				if b.Data[mime] == nil {
					t.Errorf("value %d: no %s beside the chart", i, mime)
				}
			}
			if len(b.Data) != 3 {
				t.Errorf("value %d: %d forms; a page would choose another than the chart", i, len(b.Data))
			}
		default:
			if !reflect.DeepEqual(b, d.Display()) {
				t.Errorf("value %d, a %T, is changed", i, v)
			}
		}
	}
	if b, in := Interactive(nil), Inline(nil); b.Data[MIMEPlain] != "nil" || in.Data[MIMEPlain] != "nil" {
		t.Errorf("nil: %v and %v", b.Data, in.Data)
	}
	if b := Interactive((*Plot)(nil)); b.Data[MIMEPlain] != "(*display.Plot)(nil)" {
		t.Errorf("a nil plot: %v", b.Data)
	}
	wrong := Line("x", XY("a", []float64{1}, nil))
	if b := Interactive(wrong); len(b.Data) != 1 || b.Data[MIMEPlain] != wrong.Err().Error() {
		t.Errorf("a plot with a mistake: %v", b.Data)
	}
}

// The values of a chart are those of its plot.
func TestChartValues(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	y := []float64{1, nan, 0, inf, 5}
	values := func(c chartRead) (all []any) {
		for _, r := range c.Data.Values {
			all = append(all, r["y"])
		}
		return all
	}
	if got, want := values(chartOf(t, Line("", Values("", y)))), []any{1.0, nil, 0.0, nil, 5.0}; !reflect.DeepEqual(got, want) {
		t.Errorf("values %v, want %v", got, want)
	}
	if got, want := values(chartOf(t, Line("", Values("", y)).LogY())), []any{1.0, nil, nil, nil, 5.0}; !reflect.DeepEqual(got, want) {
		t.Errorf("values on a logarithmic axis %v, want %v", got, want)
	}
	two := chartOf(t, Bars("", []string{"a", "a"}, Values("p", []float64{1, -2}), Values("q", []float64{3, 4})))
	if got, want := two.columns(t, "rect", "v", "y", "y2", "name"), [][]any{{1.0, 0.0, 1.0, "a"}, {-2.0, 0.0, -2.0, "a"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("bars %v, want %v", got, want)
	}
	counts := chartOf(t, Histogram("", Values("", []float64{0, 0, 1, 2})).Bins(2))
	if got, want := counts.columns(t, "rect", "x", "x2", "v"), [][]any{{0.0, 1.0, 2.0}, {1.0, 2.0, 2.0}}; !reflect.DeepEqual(got, want) {
		t.Errorf("intervals %v, want %v", got, want)
	}
	boxes := chartOf(t, Boxes("", []string{"a", "none"}, []float64{1, 2, 3, 4, 5, 99, nan}, nil))
	if got, want := boxes.columns(t, "rect", "label", "n", "q1", "median", "q3"), [][]any{{"a", 6.0, 2.25, 3.5, 4.75}}; !reflect.DeepEqual(got, want) {
		t.Errorf("boxes %v, want %v", got, want)
	}
	if got, want := boxes.columns(t, "point", "y"), [][]any{{99.0}}; !reflect.DeepEqual(got, want) {
		t.Errorf("values beyond %v, want %v", got, want)
	}
	cells := chartOf(t, Heatmap("", [][]float64{{1, nan}, {3}}).XTicks("p", "q"))
	if got, want := cells.columns(t, "rect", "row", "column", "v"), [][]any{{"0", "p", 1.0}, {"1", "p", 3.0}}; !reflect.DeepEqual(got, want) {
		t.Errorf("cells %v, want %v", got, want)
	}
	lines := chartOf(t, Parallel("", []Axis{{"op", []string{"conv", "pool"}}, {Name: "w"}}, [][]float64{{1, 8}, {0, nan}}, []float64{0.9, 0.1}))
	if got, want := lines.columns(t, "line", "axis", "text", "score"), [][]any{{"op", "conv", 0.1}, {"w", "NaN", 0.1}, {"op", "pool", 0.9}, {"w", "8", 0.9}}; !reflect.DeepEqual(got, want) {
		t.Errorf("lines %v, want %v", got, want)
	}
	level := chartOf(t, Contour("", nil, nil, [][]float64{{0, 10}, {0, 10}}))
	for _, c := range level.columns(t, "rule", "x", "v") { // the surface is 10 x
		if x, v := c[0].(float64), c[1].(float64); math.Abs(10*x-v) > 1e-9 {
			t.Errorf("the line of the height %g goes through x = %g", v, x)
		}
	}
	lone := chartOf(t, Line("", Values("", []float64{1, nan, 2, 3})))
	if got, want := lone.columns(t, "point", "x", "y"), [][]any{{1.0, 1.0}}; !reflect.DeepEqual(got, want) {
		t.Errorf("values between gaps %v, want %v", got, want)
	}
	if c := chartOf(t, Line("x", Values("", nil))); c.Title.Subtitle != "no data" || len(c.Layer) != 1 {
		t.Errorf("an empty chart: %+v", c)
	}
}

// A chart says what is under the pointer, is zoomed, and each panel by itself.
func TestChartSelections(t *testing.T) {
	c := chartOf(t, Grid(Line("a", Values("s", []float64{1, 2})).XLabel("image").YLabel("title"), Histogram("b", Values("", []float64{1, 2}))))
	seen := map[string]bool{}
	var titles []string
	for _, panel := range c.Concat {
		for _, l := range panel.Layer {
			for _, p := range l.Params {
				if seen[p.Name] {
					t.Errorf("two selections are called %s", p.Name)
				}
				seen[p.Name] = true
			}
			for _, tip := range l.Encoding.Tooltip {
				titles = append(titles, tip.Title)
			}
		}
	}
	if !seen["zoom1"] || !seen["hover1"] || !seen["zoom2"] {
		t.Errorf("selections %v", seen)
	}
	// A page would load an image and make a heading of these.
	if want := []string{"series", "image\u200b", "title\u200b", "value from", "value to", "count"}; !reflect.DeepEqual(titles, want) {
		t.Errorf("under the pointer %q, want %q", titles, want)
	}
	if a, b := c.Concat[0].Layer[0].Encoding.Y.Scale.Domain, c.Concat[1].Layer[0].Encoding.Y.Scale.Domain; slices.Equal(a, b) {
		t.Errorf("both panels have the range %v", a)
	}
}

// Of many values a chart has the extremes, and says how many it has.
func TestChartOfManyValues(t *testing.T) {
	y := make([]float64, 200_000)
	for i := range y {
		y[i] = math.Sin(float64(i) / 1000)
	}
	y[123_456], y[77] = 9, -9
	const says = "5\u202f000 of 200\u202f000 values"
	for _, p := range []*Plot{Line("many", Values("", y)), Scatter("many", Values("", y)), Bars("many", nil, Values("", y))} {
		c := chartOf(t, p)
		rows := c.Data.Values
		field := "y"
		if len(rows) == 0 {
			rows, field = c.Layer[0].Data.Values, "v"
		}
		found := 0
		for _, r := range rows {
			if r[field] == 9.0 || r[field] == -9.0 {
				found++
			}
		}
		if len(rows) > mostMarks || found != 2 {
			t.Errorf("%s: %d rows, of which %d are the extremes", p.kind, len(rows), found)
		}
		if text, _ := Interactive(p).Data[MIMEPlain].(string); c.Title.Subtitle != says || !strings.Contains(text, says) {
			t.Errorf("%s: the chart says %q and the text %q", p.kind, c.Title.Subtitle, text)
		}
	}
	large := make([][]float64, 300)
	for i := range large {
		large[i] = y[:400]
	}
	for _, p := range []*Plot{Heatmap("large", large), Contour("large", nil, nil, large)} {
		c := chartOf(t, p)
		if n := len(c.Layer[0].Data.Values); n > 7000 || !strings.HasPrefix(c.Title.Subtitle, "each value is the mean of") {
			t.Errorf("%s: %d cells, and it says %q", p.kind, n, c.Title.Subtitle)
		}
	}
	rows := make([][]float64, 9000)
	for i := range rows {
		rows[i] = []float64{1, 2, float64(i)}
	}
	c := chartOf(t, Parallel("many", []Axis{{Name: "a"}, {Name: "b"}, {Name: "c"}}, rows, nil))
	if n := len(c.Layer[0].Data.Values); n > mostMarks || c.Title.Subtitle != "1\u202f666 of 9\u202f000 lines" {
		t.Errorf("%d points of lines, and it says %q", n, c.Title.Subtitle)
	}
}

func TestFewer(t *testing.T) {
	nan := math.NaN()
	s := Series{Y: []float64{nan, nan, 3, 1, 2, 5, 4, nan}, Tips: strings.Split("a b c d e f g h", " ")}
	got := s.fewer(4)
	if want := fmt.Sprint([]float64{3, 4, 5, 6}); fmt.Sprint(got.X) != want {
		t.Errorf("positions %v, want %v", got.X, want)
	}
	if want := []string{"c", "d", "e", "f"}; !slices.Equal(got.Tips, want) {
		t.Errorf("tips %v, want %v", got.Tips, want)
	}
}

// The colours of series are seen on both grounds that Vega has: white and 0x333333.
func TestChartColours(t *testing.T) {
	for i, k := range palette {
		var c color.NRGBA
		if _, err := fmt.Sscanf(middle(k), "#%02x%02x%02x", &c.R, &c.G, &c.B); err != nil {
			t.Fatal(err)
		}
		c.A = 255
		if light, dark := contrast(c, rgb(0xffffff)), contrast(c, rgb(0x333333)); light < 2 || dark < 2 {
			t.Errorf("colour %d, %s: contrast %.1f on white and %.1f on grey", i, middle(k), light, dark)
		}
	}
}
