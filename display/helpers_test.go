package display

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
)

// Quartiles as numpy.percentile gives them, whiskers by Tukey's rule applied to
// them with NumPy.
func TestBoxStats(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, tt := range []struct {
		values []float64
		want   boxStats
	}{
		{[]float64{3, 1, 2}, boxStats{3, 1, 1.5, 2, 2.5, 3, nil}},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 30}, boxStats{10, 1, 3.25, 5.5, 7.75, 9, []float64{30}}},
		{[]float64{0, 100, 100, 100}, boxStats{4, 75, 75, 100, 100, 100, []float64{0}}},
		{[]float64{5}, boxStats{1, 5, 5, 5, 5, 5, nil}},
		{[]float64{-20, 1, 2, 2, 3, 4, 4, 5, 25, 26}, boxStats{10, 1, 2, 3.5, 4.75, 5, []float64{-20, 25, 26}}},
		{[]float64{1, nan, 2, inf, -inf}, boxStats{2, 1, 1.25, 1.5, 1.75, 2, nil}},
		{[]float64{nan}, boxStats{}},
		{nil, boxStats{}},
	} {
		got := newBoxStats(tt.values)
		if got.n != tt.want.n || got.low != tt.want.low || got.q1 != tt.want.q1 || got.median != tt.want.median ||
			got.q3 != tt.want.q3 || got.top != tt.want.top || !slices.Equal(got.beyond, tt.want.beyond) {
			t.Errorf("of %v they are %+v, want %+v", tt.values, got, tt.want)
		}
	}
}

// A point is on the front unless another one is as good in both and better in one.
func TestParetoFront(t *testing.T) {
	x, y := []float64{3, 1, 2, 1, 4, 5, math.NaN(), 2, 6}, []float64{8, 5, 4, 6, 8, 9, 99, math.Inf(1), 7}
	got := paretoFront(x, y)
	var want []int
	for i := range x {
		beaten := !finite(x[i]) || !finite(y[i])
		for j := range x {
			beaten = beaten || finite(x[j]) && finite(y[j]) && x[j] <= x[i] && y[j] >= y[i] && (x[j] < x[i] || y[j] > y[i])
		}
		if !beaten {
			want = append(want, i)
		}
	}
	slices.SortFunc(want, func(i, j int) int { return int(x[i] - x[j]) })
	if !slices.Equal(got, want) {
		t.Errorf("the front is %v, want %v", got, want)
	}
	// 6 at 1, 8 at 3, 9 at 5, and on to 6, the largest x.
	if s := Pareto("", x, y).summary(); !strings.Contains(s, "front of 3 (4 values, 6 to 9, last 9)") {
		t.Errorf("it reads %q", s)
	}
}

// Contours of a plane are straight, those of a cone are at the right distance, and
// nothing is drawn beside a hole.
func TestContourLines(t *testing.T) {
	ends := func(s *surface, level float64) (all []vg.Point) {
		f := &framed{x: span{lo: 0, hi: 1, p0: 0, p1: 1}, y: span{lo: 0, hi: 1, p0: 0, p1: 1}}
		for _, c := range s.line(f, level) {
			all = append(all, c.Pos)
		}
		return all
	}
	surfaceOf := func(n int, f func(x, y float64) float64) *surface {
		s := &surface{}
		for i := range n {
			s.x, s.y = append(s.x, float64(i)/float64(n-1)*2-1), append(s.y, float64(i)/float64(n-1)*2-1)
		}
		for _, y := range s.y {
			var row []float64
			for _, x := range s.x {
				row = append(row, f(x, y))
			}
			s.z = append(s.z, row)
		}
		return s
	}
	plane := ends(surfaceOf(6, func(x, y float64) float64 { return 2*x + y }), 0.3)
	for _, p := range plane {
		if d := 2*float64(p.X) + float64(p.Y) - 0.3; math.Abs(d) > 1e-12 {
			t.Errorf("the plane's contour passes through %v, %g beside it", p, d)
		}
	}
	cone := ends(surfaceOf(101, math.Hypot), 0.5)
	for _, p := range cone {
		if r := math.Hypot(float64(p.X), float64(p.Y)); math.Abs(r-0.5) > 1e-3 {
			t.Errorf("the cone's contour passes through %v at a distance of %g, want 0.5", p, r)
		}
	}
	if len(plane) == 0 || len(cone) < 200 {
		t.Errorf("the contours have %d and %d ends", len(plane), len(cone))
	}
	holed := surfaceOf(3, func(x, y float64) float64 {
		if x > 0 && y > 0 {
			return math.NaN()
		}
		return x
	})
	for _, p := range ends(holed, 0.5) {
		if p.Y > 0 {
			t.Errorf("a contour runs beside the hole through %v", p)
		}
	}
}

// Where lines are drawn at a height the surface has that height, and it goes through
// the values.
func TestContourHeights(t *testing.T) {
	s := &surface{x: []float64{0, 1, 3}, y: []float64{0, 2}, z: [][]float64{{1, 5, 2}, {3, 4, 8}}}
	for i, y := range s.y {
		for j, x := range s.x {
			if got := s.at(x, y); math.Abs(got-s.z[i][j]) > 1e-12 {
				t.Errorf("at (%g, %g) the height is %g, want %g", x, y, got, s.z[i][j])
			}
		}
	}
	if got, want := s.at(0.5, 1), (1+5+3+4)/4.0; got != want {
		t.Errorf("in the middle of four values it is %g, want %g", got, want)
	}
	if got := s.at(2, 0); got != 3.5 {
		t.Errorf("on an edge it is %g, want 3.5", got)
	}
	if got := s.at(3.1, 0); !math.IsNaN(got) {
		t.Errorf("outside it is %g, want NaN", got)
	}
	f := &framed{x: span{lo: 0, hi: 3, p0: 0, p1: 3}, y: span{lo: 0, hi: 2, p0: 0, p1: 2}}
	path := s.line(f, 3.3)
	for i := 0; i+1 < len(path); i += 2 {
		x, y := float64(path[i].Pos.X+path[i+1].Pos.X)/2, float64(path[i].Pos.Y+path[i+1].Pos.Y)/2
		if got := s.at(x, y); math.Abs(got-3.3) > 1e-12 {
			t.Errorf("the line at 3.3 passes through (%g, %g) at %g", x, y, got)
		}
	}
	if len(path) == 0 {
		t.Error("there is no line at 3.3")
	}
}

func TestParallelOrder(t *testing.T) {
	rows, scores := make([][]float64, 5000), make([]float64, 5000)
	for i := range rows {
		rows[i], scores[i] = []float64{1, float64(i)}, float64((i*7919)%5000)
	}
	p := Parallel("p", []Axis{{Name: "op", Ticks: []string{"a", "b"}}, {Name: "n"}}, rows, scores)
	l := p.shapes[0].(*parallel)
	if best := l.order[len(l.order)-1]; scores[best] != 4999 {
		t.Errorf("row %d is drawn last, whose score is %g", best, scores[best])
	}
	if s := p.summary(); s != "parallel coordinates: p, 5\u202f000 lines through 2 axes, scores 0 to 4999, 2\u202f000 of 5\u202f000 lines drawn" {
		t.Errorf("it reads %q", s)
	}
	svg, err := p.SVG()
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(svg, "<path"); n < mostLines || n > mostLines+100 {
		t.Errorf("the picture has %d paths, want %d lines and some axes", n, mostLines)
	}
	// A missing value is a gap: one line of two points remains of three axes.
	p = Parallel("", make([]Axis, 4), [][]float64{{1, 2, math.NaN(), 3}}, nil)
	f := &framed{box: box{0, 0, 10, 10}, x: span{lo: 0, hi: 5, p0: 0, p1: 5}}
	var lengths []int
	p.shapes[0].(*parallel).line(pen{}, f, 0, 0, func(points ...vg.Point) { lengths = append(lengths, len(points)) })
	if !slices.Equal(lengths, []int{2, 1}) {
		t.Errorf("lines of %v points, want 2 and 1", lengths)
	}
}

// Wrong data are named, and shown in the plot's place.
func TestHelperMistakes(t *testing.T) {
	two, three := []float64{1, 2}, []float64{1, 2, 3}
	for _, tt := range []struct {
		plot *Plot
		want string
	}{
		{Boxes("t", []string{"a"}, two, three), `boxes "t": 1 labels for 2 groups`},
		{Pareto("t", two, three), "2 x values and 3 y values"},
		{Contour("t", two, nil, [][]float64{three}), "row 0 has 3 heights for 2 positions x"},
		{Contour("t", nil, three, [][]float64{two}), "3 positions y for 1 rows"},
		{Contour("t", nil, nil, [][]float64{two, three}), "row 0 has 2 heights for 3 positions x"},
		{Contour("t", []float64{2, 1}, nil, [][]float64{two}), "position x[1] is 1"},
		{Contour("t", nil, []float64{math.NaN()}, [][]float64{two}), "position y[0] is NaN"},
		{Parallel("t", make([]Axis, 2), [][]float64{two, three}, nil), "row 1 has 3 values for 2 axes"},
		{Parallel("t", make([]Axis, 2), [][]float64{two}, three), "3 scores for 1 rows"},
		{Spans("t", nil, Values("a", two)), "make it with FromTo"},
		{Spans("t", nil, FromTo("a", two, two, three)), "2 low and 3 high values around 2 values"},
		{Scatter("t", Values("a", two).Tip([]string{"x"})), "1 tips for 2 values"},
	} {
		err := tt.plot.Err()
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got error %v, want one with %q", err, tt.want)
			continue
		}
		if b := tt.plot.Display(); b.Data[MIMEPlain] != err.Error() || b.Data[MIMESVG] != nil {
			t.Errorf("shown as %v, want the mistake as text", b.Data[MIMEPlain])
		}
	}
}

// Whatever is drawn of too many values says so, and stays small.
func TestManyValues(t *testing.T) {
	const n = 300_000
	y := make([]float64, n)
	state := uint64(1)
	for i := range y {
		state = state*6364136223846793005 + 1442695040888963407
		y[i] = float64(state>>11)/(1<<53) - 0.5
	}
	shuffled := append(y[1:n:n], 0)
	y[n/2] = 7
	matrix, rows := make([][]float64, 600), make([][]float64, n/3)
	for i := range matrix {
		matrix[i] = y[i*500 : (i+1)*500]
	}
	for i := range rows {
		rows[i] = y[3*i : 3*i+3]
	}
	const thinned = "300\u202f000 values, drawn thinned"
	for name, tt := range map[string]struct {
		plot   *Plot
		remark string
	}{
		"line":       {Line("t", Values("a", y)), thinned},
		"to and fro": {Line("t", XY("a", shuffled, y)), thinned},
		"band":       {Line("t", Values("a", y).Band(shuffled, y)), thinned},
		"scatter":    {Scatter("t", XY("a", shuffled, y)), thinned},
		"bars":       {Bars("t", nil, Values("a", y)), thinned},
		"spans":      {Spans("t", []string{"w"}, FromTo("a", slices.Repeat([]float64{1}, n), y, shuffled)), thinned},
		"Pareto":     {Pareto("t", shuffled, y), thinned},
		"histogram":  {Histogram("t", Values("a", y)), ""},
		"boxes":      {Boxes("t", nil, y), ""},
		"heat map":   {Heatmap("t", matrix), "each value is the mean of 3 × 3"},
		"contour":    {Contour("t", nil, nil, matrix), "each value is the mean of 5 × 5"},
		"parallel":   {Parallel("t", make([]Axis, 3), rows, nil), "2\u202f000 of 100\u202f000 lines drawn"},
	} {
		svg, err := tt.plot.SVG()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(svg) > 3_500_000 {
			t.Errorf("%s: the SVG has %d bytes, want at most 3.5 million", name, len(svg))
		}
		if tt.remark != "" && !strings.Contains(svg, ">"+tt.remark+"</text>") {
			t.Errorf("%s: the picture doesn't say %q", name, tt.remark)
		}
	}
}

// Means of blocks of a matrix, its ragged end and what is no number included.
func TestBlocks(t *testing.T) {
	m := [][]float64{{1, 3, 5}, {math.NaN(), 7, 9}, {2, math.Inf(1), 4}}
	got, b := blocks(m, 2)
	if b != (block{2, 2}) || len(got) != 2 {
		t.Fatalf("blocks of %v, %v", b, got)
	}
	for i, want := range [][]float64{{11.0 / 3, 7}, {2, 4}} {
		if !slices.Equal(got[i], want) {
			t.Errorf("row %d is %v, want %v", i, got[i], want)
		}
	}
	if got, b := blocks(m, 3); b.remark() != "" || &got[0][0] != &m[0][0] {
		t.Errorf("a small matrix became %v, %v", b, got)
	}
}

// Tips are texts of the elements that they belong to, and no markup gets through.
func TestTips(t *testing.T) {
	svg, err := Scatter("", Values("a", []float64{1, 2}).Tip([]string{"<script>alert(1)</script>", ""})).SVG()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(svg, "<g><title>&lt;script&gt;alert(1)&lt;/script&gt;</title>\n<circle") || strings.Count(svg, "<g>") != 1 {
		t.Errorf("the tip is not with its point:\n%s", svg)
	}
}

// In an SVG a point lies in the groups of its ancestors, as far as browsers nest.
func TestDescent(t *testing.T) {
	p := Scatter("", Values("a", []float64{1, 2, 3, 4}).From([]int{-1, 0, 0, 2}).Tip([]string{"p0", "p1", "p2", "p3"}))
	svg, err := p.SVG()
	if err != nil {
		t.Fatal(err)
	}
	var open []string // groups and what their tips say
	ways := map[string]string{}
	kin, nested := 0, 0
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			open = append(open, e.Name.Local)
			for _, a := range e.Attr {
				if a.Value == "kin" {
					open[len(open)-1] = "kin"
				}
			}
			kin = 0
			for _, o := range open {
				if o == "kin" {
					kin++
				}
			}
			nested = max(nested, kin)
		case xml.CharData:
			if len(open) > 0 && open[len(open)-1] == "title" && kin > 0 {
				ways[string(e)] = strings.Repeat("k", kin)
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
	for tip, want := range map[string]string{"p0": "k", "p1": "kk", "p2": "kk", "p3": "kkk"} {
		if ways[tip] != want {
			t.Errorf("%s lies in %d groups, want %d", tip, len(ways[tip]), len(want))
		}
	}
	if nested != 3 || !strings.Contains(svg, ".kin:focus-within>path{") {
		t.Errorf("groups are nested %d deep, want 3, and there must be rules for them", nested)
	}

	parents, y := make([]int, 3000), make([]float64, 3000)
	for i := range parents {
		parents[i], y[i] = i-1, float64(i)
	}
	if svg, err = Scatter("", Values("chain", y).From(parents)).SVG(); err != nil {
		t.Fatal(err)
	}
	depth, most := 0, 0
	for line := range strings.Lines(svg) {
		depth += strings.Count(line, "<g ") - strings.Count(line, "</g>")
		most = max(most, depth)
	}
	if depth != 0 || most != mostNested {
		t.Errorf("a chain of 3000 is nested %d deep and ends at %d, want %d and 0", most, depth, mostNested)
	}
	for _, wrong := range [][]int{{-1}, {0, 0}, {-1, 1}, {-2, 0}} {
		if err := Scatter("", Values("a", []float64{1, 2}).From(wrong)).Err(); err == nil {
			t.Errorf("parents %v of two points are no mistake", wrong)
		}
	}
}

// Inline, every colour asks the page for its scheme, and the picture is the same.
func TestInline(t *testing.T) {
	p := Grid(Line("a", Values("x", []float64{1, 2})), Heatmap("b", [][]float64{{1, 2}}))
	svg, err := p.SVG()
	if err != nil {
		t.Fatal(err)
	}
	b := Inline(p)
	html, _ := b.Data[MIMEHTML].(string)
	if b.Data[MIMESVG] != nil || b.Data[MIMEPNG] == nil || b.Data[MIMEPlain] != p.summary() {
		t.Errorf("the bundle has not HTML, PNG and text alone: %d forms", len(b.Data))
	}
	if strings.Contains(html, "prefers-color-scheme") || !strings.Contains(html, ".page{fill:#ffffff;fill:light-dark(#ffffff,#111111)}") {
		t.Errorf("the colours do not follow the page:\n%.600s", html)
	}
	rules := strings.Count(svg, "{fill:#") + strings.Count(svg, "{stroke:#")
	if got := strings.Count(html, "light-dark("); 2*got != rules || rules == 0 {
		t.Errorf("%d rules became %d", rules, got)
	}
	_, drawn, _ := strings.Cut(svg, "</style>")
	if !strings.HasSuffix(html, drawn) {
		t.Error("what is drawn has changed")
	}
	if got := Inline(Text("word")); got.Data[MIMEHTML] != nil || got.Data[MIMEPlain] != "word" {
		t.Errorf("a text became %v", got.Data)
	}
	other := `<svg xmlns="http://www.w3.org/2000/svg"><style>@media (prefers-color-scheme: dark){a{b:c}}</style></svg>`
	if got := Inline(SVG(other)); got.Data[MIMEHTML] != other {
		t.Errorf("somebody else's picture became %v", got.Data[MIMEHTML])
	}
}

func TestConfusion(t *testing.T) {
	if got := Confusion([][]int{{3, 1}, {0, 4}}, nil).summary(); !strings.Contains(got, "7 of 8 right, 87.50 %") {
		t.Errorf("it reads %q", got)
	}
	// More columns than rows: samples were taken for a class that has none.
	p := Confusion([][]int{{3, 1, 2}}, []string{"cat", "dog", "cow"})
	if err := p.Err(); err != nil || !strings.Contains(p.summary(), "3 of 6 right") {
		t.Errorf("it reads %q (%v)", p.summary(), err)
	}
	if got := Confusion(nil, []string{"cat"}).summary(); !strings.Contains(got, "no samples yet") {
		t.Errorf("of nothing it reads %q", got)
	}
}
