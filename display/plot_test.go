package display

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
)

func TestPlotMistakes(t *testing.T) {
	one := []float64{1, 2, 3}
	tests := []struct {
		plot *Plot
		want string
	}{
		{Line("t", XY("a", one[:2], one)), `plot "t": series "a" has 2 x values and 3 y values`},
		{Line("t", Values("a", one).Band(one[:1], one)), `a band of 1 low and 3 high values around 3 values`},
		{Line("t", Values("a", one)).XRange(2, 1), "the first must be less than the second"},
		{Line("t", Values("a", one)).LogY().YRange(0, 1), "a logarithmic axis must begin above 0"},
		{Line("t", Values("a", one)).Size(10, 10), "120 × 90 to 4000 × 4000"},
		{Histogram("t", Values("a", one)).Bins(-1), "1 to 1000 intervals"},
		{Histogram("t", Values("a", one).Line()), "doesn't fit a histogram"},
		{Heatmap("t", [][]float64{{1}}).Add(Values("a", one)), "can't be drawn on a heat map"},
		{Bars("t", []string{"a", "b"}, Values("v", one)), `series "v" has 3 values for 2 labels; they must be equally many (or the labels nil, or a missing value NaN)`},
		{Bars("t", []string{"a", "b"}, Values("v", one[:2]), Values("w", one[:1])), `series "w" has 1 value for 2 labels`},
		{Spans("t", []string{"a", "b"}, FromTo("s", []float64{1, 0}, one[:2], one[1:])), `series "s": value 1 lies in lane 0; the lanes are numbered from 1 to 2`},
	}
	for _, tt := range tests {
		err := tt.plot.Err()
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got error %v, want one with %q", err, tt.want)
			continue
		}
		b := tt.plot.Display()
		if b.Data[MIMEPlain] != err.Error() || b.Data[MIMESVG] != nil {
			t.Errorf("shown as %v, want the mistake as text", b.Data[MIMEPlain])
		}
	}
	if err := Grid().Err(); err == nil {
		t.Error("panels without plots are no mistake")
	}
	if err := Grid(nil).Err(); err == nil {
		t.Error("a nil panel is no mistake")
	}
}

// A plot without values says so, and has no numbers that come from none.
func TestPlotsWithoutValues(t *testing.T) {
	nan := []float64{math.NaN(), math.Inf(1)}
	for name, p := range map[string]*Plot{
		"no series": Line("a"), "no values": Line("a", Values("x", nil)), "no numbers": Scatter("a", Values("x", nan)), "log": Line("a").LogX().LogY(),
		"bars": Bars("a", nil), "histogram": Histogram("a", Values("x", nan)), "boxes": Boxes("a", nil, nan), "no boxes": Boxes("a", nil),
		"heat map": Heatmap("a", nil), "contour": Contour("a", nil, nil, [][]float64{{1}}), "parallel": Parallel("a", nil, nil, nil), "Pareto": Pareto("a", nil, nil),
	} {
		svg, err := p.SVG()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.Contains(svg, ">no data</text>") {
			t.Errorf("%s: the picture doesn't say that it has no data", name)
		}
		if strings.Contains(svg, ">0.5</text>") || strings.Contains(svg, ">10</text>") {
			t.Errorf("%s: there are numbers at its axes", name)
		}
	}
	svg, err := Line("a").XRange(0, 10).YLabel("loss").SVG()
	if err != nil || !strings.Contains(svg, ">10</text>") || !strings.Contains(svg, ">loss</text>") {
		t.Errorf("the range and the label that were asked for are not there: %v", err)
	}
}

func TestPlotSummary(t *testing.T) {
	tests := []struct {
		plot *Plot
		want string
	}{
		{Line("loss", Values("train", []float64{2, 1, 0.5})), "plot: loss, 1 series: train (3 values, 0.5 to 2, last 0.5)"},
		{Bars("best", []string{"a", "b"}, Values("", []float64{1, 0.25})), "bars: best, 1 series: (a 1, b 0.25)"},
		{Heatmap("m", [][]float64{{0, 5}, {2, 1}}), "heat map: m, 2 × 2, 0 to 5"},
		{Scatter("s", XY("a", []float64{0, 1, -3, math.NaN()}, []float64{1, 2, 3, 4})).LogX(), "plot: s, 1 series: a (4 values, 1 to 4, last 4); 2 values of 0 or less left out"},
		{Line("s", Values("a", []float64{0, 1})).LogY(), "plot: s, 1 series: a (2 values, 0 to 1, last 1); 1 value of 0 or less left out"},
		{Line("s", Values("a", []float64{0, 1})).LogX(), "plot: s, 1 series: a (2 values, 0 to 1, last 1)"},
		{Histogram("h", Values("s", []float64{1, 2, 3})), "histogram: h, 1 series: s (3 values, 1 to 3)"},
		{Line("", Values("a", nil)), "plot: untitled, 1 series: a (no values)"},
	}
	for _, tt := range tests {
		if got := tt.plot.summary(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestTicks(t *testing.T) {
	texts := func(ticks []tick) string {
		var out []string
		for _, k := range ticks {
			out = append(out, k.text)
		}
		return strings.Join(out, " ")
	}
	tests := []struct {
		name  string
		span  span
		n     int
		whole bool
		want  string
	}{
		{"tenths", span{lo: 0, hi: 1}, 5, false, "0 0.2 0.4 0.6 0.8 1.0"},
		{"epochs are whole", span{lo: 1, hi: 4}, 10, true, "1 2 3 4"},
		{"both signs", span{lo: -1, hi: 1}, 4, false, "−1.0 −0.5 0 0.5 1.0"},
		{"quarters", span{lo: 0, hi: 1}, 4, false, "0 0.25 0.50 0.75 1.00"},
		{"two and a half", span{lo: 0, hi: 10}, 4, false, "0 2.5 5.0 7.5 10.0"},
		{"thousands", span{lo: 0, hi: 90000}, 3, false, "0 50k"},
		{"millions", span{lo: 0, hi: 3e6}, 3, false, "0 1M 2M 3M"},
		{"tiny", span{lo: 0, hi: 4e-6}, 2, false, "0 2e−6 4e−6"},
		{"decades", span{lo: 0.01, hi: 100, log: true}, 6, false, "0.01 0.1 1 10 100"},
		{"one decade", span{lo: 1, hi: 10, log: true}, 6, false, "1 2 5 10"},
		{"half a decade", span{lo: 1, hi: 2, log: true}, 4, false, "1.00 1.25 1.50 1.75 2.00"},
		{"names", span{lo: 0.5, hi: 2.5, named: true, names: []string{"a", "b", "out"}}, 5, false, "a b"},
		{"nothing", span{lo: 1, hi: 1}, 5, false, ""},
	}
	for _, tt := range tests {
		if got := texts(tt.span.ticks(tt.n, tt.whole)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestAxisSettle(t *testing.T) {
	tests := []struct {
		name   string
		axis   axis
		values []float64
		zero   bool
		lo, hi float64
	}{
		{"padded", axis{}, []float64{0, 100}, false, -5, 105},
		{"bars stand on zero", axis{}, []float64{50, 100}, true, 0, 105},
		{"bars hang from zero", axis{}, []float64{-100, -50}, true, -105, 0},
		{"asked for", axis{ranged: true, lo: 1, hi: 2}, []float64{0, 9}, false, 1, 2},
		{"one value", axis{}, []float64{7}, false, 6.3, 7.7},
		{"none", axis{}, []float64{math.NaN(), math.Inf(1)}, false, 0, 1},
		{"no positive", axis{log: true}, []float64{-1, 0}, false, 1, 10},
	}
	for _, tt := range tests {
		s := tt.axis.settle(tt.values, tt.zero)
		if math.Abs(s.lo-tt.lo) > 1e-9 || math.Abs(s.hi-tt.hi) > 1e-9 {
			t.Errorf("%s: got %g to %g, want %g to %g", tt.name, s.lo, s.hi, tt.lo, tt.hi)
		}
	}
	huge := axis{}.settle([]float64{-math.MaxFloat64, math.MaxFloat64}, false)
	if !finite(huge.lo) || !finite(huge.hi) {
		t.Errorf("the largest numbers give the range %g to %g", huge.lo, huge.hi)
	}
}

func TestHistogramCounts(t *testing.T) {
	p := Histogram("h", Values("a", []float64{0, 0.5, 1, 1, 2, 10, math.NaN()})).Bins(10)
	l := p.layers()[0]
	want := []float64{2, 2, 1, 0, 0, 0, 0, 0, 0, 1}
	for i, n := range want {
		if l.Y[i] != n {
			t.Fatalf("counts %v, want %v", l.Y, want)
		}
	}
	if edges := binEdges([]float64{1, 1, 1}, 0); edges[0] > 1 || edges[len(edges)-1] < 1 {
		t.Errorf("intervals %v don't hold the one value 1", edges)
	}
}

func TestThinKeepsExtremes(t *testing.T) {
	y := make([]float64, 50000)
	y[33333] = 9
	s, err := Line("peak", Values("a", y)).SVG()
	if err != nil {
		t.Fatal(err)
	}
	if len(s) > 200_000 {
		t.Errorf("the SVG of 50 000 values has %d bytes, want less than 200 000", len(s))
	}
	points := make([]vg.Point, len(y))
	for i, v := range y {
		points[i] = pt(float64(i)*600/float64(len(y)), v)
	}
	kept := thin(points)
	if len(kept) > 4*1201 || !slices.Contains(kept, points[33333]) || kept[0] != points[0] || kept[len(kept)-1] != points[len(points)-1] {
		t.Errorf("%d of %d points were kept; the peak, the first and the last must be among them", len(kept), len(points))
	}
}

func TestCorners(t *testing.T) {
	line := func(xy ...float64) (points []vg.Point) {
		for i := 0; i < len(xy); i += 2 {
			points = append(points, pt(xy[i], xy[i+1]))
		}
		return points
	}
	for name, c := range map[string]struct{ points, want []vg.Point }{
		"nothing":     {nil, nil},
		"level":       {line(0, 5, 1, 5, 2, 5, 3, 5), line(0, 5, 3, 5)},
		"steps":       {line(0, 1, 1, 1, 2, 1, 2, 3, 2, 4, 3, 4), line(0, 1, 2, 1, 2, 4, 3, 4)},
		"aslant":      {line(0, 0, 1, 1, 2, 2), line(0, 0, 1, 1, 2, 2)},
		"to and fro":  {line(0, 1, 5, 1, 3, 1), line(0, 1, 5, 1, 3, 1)},
		"up and down": {line(0, 0, 0, 9, 0, 4), line(0, 0, 0, 9, 0, 4)},
	} {
		if got := corners(c.points); !slices.Equal(got, c.want) {
			t.Errorf("%s: of %v are kept %v, want %v", name, c.points, got, c.want)
		}
	}
}

func TestSeriesMethodsCopy(t *testing.T) {
	a := Values("a", []float64{1})
	b := a.Dash().Tint(3).Step()
	if a.Dashed || a.Color != 0 || a.Mark != MarkAuto {
		t.Errorf("the original changed: %+v", a)
	}
	if !b.Dashed || b.Color != 3 || b.Mark != MarkStep {
		t.Errorf("the copy is %+v", b)
	}
	f := Func("sq", func(x float64) float64 { return x * x }, -1, 1)
	if f.X[0] != -1 || f.X[200] != 1 || f.Y[100] != 0 {
		t.Errorf("the function was sampled at %g to %g", f.X[0], f.X[200])
	}
}

func TestHeatmapCells(t *testing.T) {
	p := Heatmap("h", [][]float64{{0.5, 2}, {math.NaN()}})
	tests := []struct {
		name string
		p    *Plot
		r, c int
		want string
	}{
		{"fraction", p, 0, 0, "0.50"},
		{"whole", p, 0, 1, "2"},
		{"blank", p, 1, 0, ""},
		{"format", Heatmap("h", [][]float64{{0.5}}).CellFormat("%.1f%%"), 0, 0, "0.5%"},
		{"texts", Heatmap("h", [][]float64{{0.5}}).CellTexts([][]string{{"a"}}), 0, 0, "a"},
		{"off", Heatmap("h", [][]float64{{0.5}}).CellFormat(""), 0, 0, ""},
	}
	for _, tt := range tests {
		if got := tt.p.heat.text(tt.r, tt.c); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	if lo, hi := Heatmap("h", [][]float64{{-1, 3}}).Diverging().heat.limits(); lo != -3 || hi != 3 {
		t.Errorf("a diverging scale goes from %g to %g, want -3 to 3", lo, hi)
	}
	if lo, hi := p.ColorRange(0, 1).heat.limits(); lo != 0 || hi != 1 {
		t.Errorf("the scale goes from %g to %g, want 0 to 1", lo, hi)
	}
}

func TestLongTexts(t *testing.T) {
	long := strings.Repeat("wide título ", 100_000)
	p := Bars(long, []string{long, long}, Values(long, []float64{1, 2}), Values(long, nil)).XLabel(long).YLabel(long).Note(1, 1, long).HLine(1, long).VLine(2, long)
	h := Heatmap(long, [][]float64{{1, 2}}).XTicks(long, long).YTicks(long).CellTexts([][]string{{long, long}})
	g := NewGraph(long).AddGroup(Group{ID: "g", Label: long}).AddNode(Node{ID: "a", Label: long, Lines: []string{long}, Group: "g"}).AddEdge("a", "a", long)
	for _, v := range []Displayer{p, h, g} {
		b := Render(v)
		if svg, ok := b.Data[MIMESVG].(string); !ok || len(svg) > 40_000 {
			t.Errorf("%T with long texts has an SVG of %d bytes", v, len(svg))
		}
		if text := b.Data[MIMEPlain].(string); len(text) > 4000 {
			t.Errorf("%T with long texts has a text form of %d bytes", v, len(text))
		}
	}
	s := scriptTick
	if got := s.fit("abcdef", s.width("abc…")+0.1); got != "abc…" {
		t.Errorf("fit gave %q, want abc…", got)
	}
	if got := s.fit("abc", 1); got != "" {
		t.Errorf("fit gave %q where nothing fits", got)
	}
}
