package display

import (
	"fmt"
	"math"
	"strings"
)

// Mark says how the values of a series are drawn.
type Mark int

// The marks. MarkAuto is what the plot's constructor says.
const (
	MarkAuto   Mark = iota
	MarkLine        // straight lines from value to value; a NaN is a gap
	MarkPoints      // a glyph for each value
	MarkStep        // each value holds until the next one, as a best-so-far does
	MarkBars        // a bar from zero for each value
	MarkSpan        // a bar along x from Low to High for each value, at the height of Y
	markHistogram
)

// Series is one set of values in a plot: what belongs to one name. Its methods
// return a changed copy, so they can be chained.
type Series struct {
	Name      string    // for the legend; may be empty
	X         []float64 // positions; nil stands for 1, 2, 3, …
	Y         []float64 // values; NaN and Inf are left out
	Low, High []float64 // error band around Y, of points error bars; nil for none, else as long as Y
	Tips      []string  // what a page with inline SVG shows over each point or span; nil for none, else as long as Y
	Parents   []int     // of points: which one each comes from, by its index, −1 for none; nil or as long as Y
	Mark      Mark
	Dashed    bool
	Faint     bool
	Color     int // palette colour from 1 on; 0 takes the next one in order
}

// Values returns the series of y at x = 1, 2, 3, …: an epoch, a trial.
func Values(name string, y []float64) Series { return Series{Name: name, Y: y} }

// XY returns the series of y over x.
func XY(name string, x, y []float64) Series { return Series{Name: name, X: x, Y: y} }

// FromTo returns the series of bars along x, each from one position to another at a
// height such as the number of a worker: for Spans.
func FromTo(name string, height, from, to []float64) Series {
	return Series{Name: name, Y: height, Low: from, High: to, Mark: MarkSpan}
}

// Func returns the series of a function at 201 positions from a to b.
func Func(name string, f func(float64) float64, a, b float64) Series {
	const n = 201
	s := Series{Name: name, X: make([]float64, n), Y: make([]float64, n), Mark: MarkLine}
	for i := range n {
		s.X[i] = a + (b-a)*float64(i)/(n-1)
		s.Y[i] = f(s.X[i])
	}
	return s
}

// Line draws the series as a line.
func (s Series) Line() Series { s.Mark = MarkLine; return s }

// Points draws the series as points.
func (s Series) Points() Series { s.Mark = MarkPoints; return s }

// Step draws the series as steps: each value holds until the next one.
func (s Series) Step() Series { s.Mark = MarkStep; return s }

// Bars draws the series as bars.
func (s Series) Bars() Series { s.Mark = MarkBars; return s }

// Dash draws lines dashed.
func (s Series) Dash() Series { s.Dashed = true; return s }

// Pale draws thin and pale: many lines or points as the ground of what matters.
func (s Series) Pale() Series { s.Faint = true; return s }

// Tip sets what a page with inline SVG, such as the export to HTML, shows when the
// pointer is over a point or a span: one text each, of at most 2000.
func (s Series) Tip(texts []string) Series { s.Tips = texts; return s }

// From draws a line from each point's parent to it: parents are the indices of earlier
// points, −1 for those without. Where a page shows SVG inline, a point under the pointer,
// or one that was clicked, brings out the way by which it came.
func (s Series) From(parents []int) Series { s.Parents, s.Mark = parents, MarkPoints; return s }

// Tint takes a colour of the palette, from 1 on, so that what belongs together
// has the same colour in several plots.
func (s Series) Tint(color int) Series { s.Color = color; return s }

// Band puts an error band from low to high behind the line, or error bars on points.
func (s Series) Band(low, high []float64) Series { s.Low, s.High = low, high; return s }

// x returns the i-th position.
func (s Series) x(i int) float64 {
	if s.X == nil {
		return float64(i + 1)
	}
	return s.X[i]
}

func (s Series) check() error {
	name := fmt.Sprintf("series %q", brief(s.Name))
	switch {
	case s.X != nil && len(s.X) != len(s.Y):
		return fmt.Errorf("%s has %d x values and %d y values; they must be equally many (or X nil for 1, 2, 3, …)", name, len(s.X), len(s.Y))
	case s.Low != nil && len(s.Low) != len(s.Y) || s.High != nil && len(s.High) != len(s.Y) || (s.Low == nil) != (s.High == nil):
		return fmt.Errorf("%s has a band of %d low and %d high values around %d values; they must be equally many", name, len(s.Low), len(s.High), len(s.Y))
	case s.Mark == MarkSpan && s.Low == nil && len(s.Y) > 0:
		return fmt.Errorf("%s has no Low and High for its spans; make it with FromTo", name)
	case s.Tips != nil && len(s.Tips) != len(s.Y):
		return fmt.Errorf("%s has %d tips for %d values; they must be equally many (or nil)", name, len(s.Tips), len(s.Y))
	case s.Parents != nil && len(s.Parents) != len(s.Y):
		return fmt.Errorf("%s has %d parents for %d values; they must be equally many (or nil)", name, len(s.Parents), len(s.Y))
	case s.Parents != nil && s.orphan() >= 0:
		i := s.orphan()
		return fmt.Errorf("%s: the parent of value %d is %d; it must be an earlier one, or -1", name, i, s.Parents[i])
	case s.Mark < MarkAuto || s.Mark > markHistogram:
		return fmt.Errorf("%s has the unknown mark %d; use MarkLine, MarkPoints, MarkStep, MarkBars or MarkSpan", name, s.Mark)
	}
	return nil
}

// lanes says whether each value is one of n lanes.
func (s Series) lanes(n int) error {
	for i, v := range s.Y {
		if finite(v) && (v < 0.5 || v > float64(n)+0.5) {
			return fmt.Errorf("series %q: value %d lies in lane %g; the lanes are numbered from 1 to %d", brief(s.Name), i, v, n)
		}
	}
	return nil
}

// orphan is the first value whose parent is no earlier one; -1 if all are.
func (s Series) orphan() int {
	for i, p := range s.Parents {
		if p < -1 || p >= i {
			return i
		}
	}
	return -1
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// extent returns the smallest and the largest finite value.
func extent(values []float64) (lo, hi float64, n int) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if finite(v) {
			lo, hi = min(lo, v), max(hi, v)
			n++
		}
	}
	return lo, hi, n
}

// describe says in a few words what a series holds. Where values have names
// (bars) and are few, it gives them all; where their order says nothing (a
// histogram) it leaves out the last one.
func (s Series) describe(names []string, ordered bool) string {
	name := brief(s.Name)
	if name != "" {
		name += " "
	}
	lo, hi, n := extent(s.Y)
	switch {
	case n > 0 && s.Mark == MarkSpan:
		from, _, _ := extent(s.Low)
		_, to, _ := extent(s.High)
		return fmt.Sprintf("%s(%s, from %s to %s)", name, plural(len(s.Y), "span"), short(from), short(to))
	case n == 0:
		return name + "(no values)"
	case n == 1 && names == nil:
		return fmt.Sprintf("%s(1 value, %s)", name, short(lo))
	case len(s.Y) <= len(names) && len(s.Y) <= 8 && s.X == nil:
		parts := make([]string, len(s.Y))
		for i, v := range s.Y {
			parts[i] = brief(names[i]) + " " + short(v)
		}
		return name + "(" + strings.Join(parts, ", ") + ")"
	}
	text := fmt.Sprintf("%s(%s, %s to %s", name, plural(len(s.Y), "value"), short(lo), short(hi))
	if ordered {
		text += ", last " + short(s.last())
	}
	if ordered && s.thinned() {
		text += ", drawn thinned"
	}
	return text + ")"
}

// last is the last value that is a number; the series has one.
func (s Series) last() float64 {
	for i := len(s.Y) - 1; ; i-- {
		if finite(s.Y[i]) {
			return s.Y[i]
		}
	}
}

// Quartiles returns the series of the medians of groups of values over x, with a band
// from the lower to the upper quartile: how the middle half of several runs goes. Values
// that are NaN or infinite are left out; a group without any is a gap.
func Quartiles(name string, x []float64, groups [][]float64) Series {
	s := Series{Name: name, X: x}
	for _, g := range groups {
		b := newBoxStats(g)
		if b.n == 0 {
			b.q1, b.median, b.q3 = math.NaN(), math.NaN(), math.NaN()
		}
		s.Y, s.Low, s.High = append(s.Y, b.median), append(s.Low, b.q1), append(s.High, b.q3)
	}
	return s
}
