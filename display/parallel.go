package display

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Axis is one of the parallel axes.
type Axis struct {
	Name  string
	Ticks []string // what the values 0, 1, 2, … stand for; nil if they are numbers
}

// mostLines is how many lines through parallel axes are drawn.
const mostLines = 2000

// Parallel draws each row of values as a line through parallel axes, one axis for
// each value. The colour of a line is the row's score, and the best lie on top; with
// nil scores all have one colour. On an axis with named ticks, where many lines would
// lie on each other, they spread a little, the better ones higher. A NaN or an infinity
// is a gap. Of more than 2000 rows it draws the best and others at equal distances in
// the order of scores, and says so.
func Parallel(title string, axes []Axis, rows [][]float64, scores []float64) *Plot {
	l := &parallel{axes: axes, rows: rows, scores: scores}
	var names []string
	for _, a := range axes {
		names = append(names, a.Name)
	}
	l.order = l.sorted()
	for i, a := range axes {
		l.spans = append(l.spans, a.settle(rows, i))
	}
	p := newPlot("parallel coordinates", title, MarkAuto, nil).XTicks(names...).YTicks().YRange(0, 1)
	p.shapes = []shape{l}
	return p.Size(min(maxWidth, max(480, 110*float64(len(axes)))), 400)
}

// parallel are lines through parallel axes at the positions 1, 2, 3, …
type parallel struct {
	axes   []Axis
	spans  []span // of the axes
	rows   [][]float64
	scores []float64
	order  []int // the rows by growing score
}

// settle is the range of the i-th axis.
func (a Axis) settle(rows [][]float64, i int) span {
	if a.Ticks != nil {
		return span{lo: 0.5, hi: float64(max(len(a.Ticks), 1)) + 0.5, named: true, names: a.Ticks}
	}
	var ends []float64
	for _, r := range rows {
		if i < len(r) {
			ends = append(ends, r[i])
		}
	}
	return axis{}.settle(ends, false)
}

func (l *parallel) check() error {
	for i, r := range l.rows {
		if len(r) != len(l.axes) {
			return fmt.Errorf("row %d has %d values for %d axes; they must be equally many", i, len(r), len(l.axes))
		}
	}
	if l.scores != nil && len(l.scores) != len(l.rows) {
		return fmt.Errorf("%d scores for %d rows; they must be equally many (or nil)", len(l.scores), len(l.rows))
	}
	return nil
}

func (l *parallel) empty() bool { return len(l.rows) == 0 || len(l.axes) == 0 }

func (l *parallel) reach() (xs, ys []float64) { return nil, nil } // named ticks are in the picture

func (l *parallel) limits() (lo, hi float64, ok bool) {
	lo, hi, n := extent(l.scores)
	if lo == hi {
		hi = lo + 1
	}
	return lo, hi, n > 0
}

// sorted are the rows in the order of drawing, those without a score first.
func (l *parallel) sorted() []int {
	order := make([]int, len(l.rows))
	for i := range order {
		order[i] = i
	}
	if len(l.scores) == len(l.rows) {
		slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(l.scores[i], l.scores[j]) })
	}
	return order
}

// drawn is how many lines there are.
func (l *parallel) drawn() int { return min(len(l.order), mostLines) }

func (l *parallel) describe() string {
	text := fmt.Sprintf("%s through %d axes", plural(len(l.rows), "line"), len(l.axes))
	if lo, hi, n := extent(l.scores); n > 0 {
		text += fmt.Sprintf(", scores %s to %s", short(lo), short(hi))
	}
	if r := l.remark(); r != "" {
		text += ", " + r
	}
	return text
}

func (l *parallel) remark() string {
	if n := l.drawn(); n < len(l.rows) {
		return fmt.Sprintf("%s of %s drawn", grouped(n), plural(len(l.rows), "line"))
	}
	return ""
}

func (l *parallel) draw(c pen, f *framed) {
	n := l.drawn()
	lo, hi, coloured := l.limits()
	for k := range n {
		at := len(l.order) - 1 - (n-1-k)*(len(l.order)-1)/max(n-1, 1)
		i := l.order[at]
		stroke := swatch(0)
		if coloured {
			stroke = inkGrid
			if s := l.scores[i]; finite(s) {
				stroke = rampSequential.at(0.25 + 0.75*fraction(s, lo, hi)) // the palest would not be seen
			}
		}
		width, opacity := 1.2, 0.75
		if n > 200 {
			width, opacity = 0.8, 0.5
		}
		l.line(c, f, i, (float64(at)+0.5)/float64(len(l.order))-0.5, func(points ...vg.Point) {
			if len(points) == 1 { // between two gaps
				c.marker(0, stroke.fade(opacity), float64(points[0].X), float64(points[0].Y), 1.5*width)
			}
			c.line(stroke.fade(opacity), width, nil, points...)
		})
	}
	for j := range l.axes {
		l.axis(c, f, j)
	}
}

// line draws a row; its place in the order of scores, −½ to ½, says where it lies on
// axes with named ticks.
func (l *parallel) line(c pen, f *framed, row int, place float64, stroke func(...vg.Point)) {
	var run []vg.Point
	for j, v := range l.rows[row] {
		x, _ := f.x.position(float64(j + 1))
		s := l.spans[j]
		s.p0, s.p1 = f.y0, f.y1
		if s.named {
			v += 1 + 0.6*place // the ticks of names begin at 1
		}
		y, ok := s.position(v)
		if !ok {
			stroke(run...)
			run = nil
			continue
		}
		run = append(run, pt(x, y))
	}
	stroke(run...)
}

// axis draws the j-th axis with its ticks over the lines.
func (l *parallel) axis(c pen, f *framed, j int) {
	x, ok := f.x.position(float64(j + 1))
	if !ok {
		return
	}
	s := l.spans[j]
	s.p0, s.p1 = f.y0, f.y1
	c.line(inkAxis, 1.2, nil, pt(x, f.y0), pt(x, f.y1))
	next, _ := f.x.position(float64(j + 2))
	text := scriptTick
	text.y = draw.YCenter
	for _, t := range s.ticks(8, false) {
		y, ok := s.position(t.at)
		label := text.fit(oneLine(t.text), max(24, (next-x)*0.8))
		if !ok || label == "" {
			continue
		}
		c.fill(inkPage.fade(0.75), rect(box{x + 3, y - 7, x + 7 + text.width(label), y + 7}, 3))
		c.text(text, x+5, y, label)
	}
}

// value is the number at a pixel of a linear or logarithmic scale.
func (s span) value(p float64) float64 {
	t := (p - s.p0) / (s.p1 - s.p0)
	if s.log {
		return s.lo * math.Pow(s.hi/s.lo, t)
	}
	return s.lo + t*(s.hi-s.lo)
}
