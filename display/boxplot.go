package display

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Boxes returns a box plot after Tukey (1977): for each group of values a box from
// the lower to the upper quartile with a line at the median, whiskers to the last
// values that lie within one and a half lengths of the box, and a point for each
// value beyond. Quantiles between two values are interpolated linearly (definition 7
// of Hyndman and Fan 1996). Values that are NaN or infinite are left out. The i-th
// group stands at the i-th label; nil numbers the groups from 1.
func Boxes(title string, labels []string, groups ...[]float64) *Plot {
	b := &boxes{labels: labels}
	for i, g := range groups {
		b.groups = append(b.groups, newBoxStats(g))
		if labels == nil {
			b.labels = append(b.labels, fmt.Sprint(i+1))
		}
	}
	p := newPlot("boxes", title, MarkAuto, nil).XTicks(b.labels...)
	p.shapes = []shape{b}
	return p
}

// boxes are the boxes of a plot, at the positions 1, 2, 3, …
type boxes struct {
	labels []string
	groups []boxStats
}

// boxStats is what a box shows of a group of n values.
type boxStats struct {
	n                        int
	low, q1, median, q3, top float64   // ends of the whiskers and of the box, and the line in it
	beyond                   []float64 // the values beyond the whiskers
}

func newBoxStats(values []float64) boxStats {
	sorted := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return !finite(v) })
	slices.Sort(sorted)
	s := boxStats{n: len(sorted)}
	if s.n == 0 {
		return s
	}
	s.q1, s.median, s.q3 = quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)
	reach := 1.5 * (s.q3 - s.q1)
	from, _ := slices.BinarySearch(sorted, s.q1-reach)
	to := len(sorted)
	for sorted[to-1] > s.q3+reach {
		to--
	}
	s.low, s.top = min(sorted[from], s.q1), max(sorted[to-1], s.q3)
	s.beyond = append(slices.Clone(sorted[:from]), sorted[to:]...)
	return s
}

// quantile is the q-th quantile of sorted values, at least one of them.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	part := at - math.Floor(at)
	return sorted[i]*(1-part) + sorted[i+1]*part
}

func (b *boxes) check() error {
	if len(b.labels) != len(b.groups) {
		return fmt.Errorf("%d labels for %d groups of values; they must be equally many (or the labels nil)", len(b.labels), len(b.groups))
	}
	return nil
}

func (b *boxes) empty() bool {
	return !slices.ContainsFunc(b.groups, func(g boxStats) bool { return g.n > 0 })
}

func (b *boxes) reach() (xs, ys []float64) {
	for i, g := range b.groups {
		if g.n == 0 {
			continue
		}
		xs, ys = append(xs, float64(i+1)), append(ys, g.low, g.top)
		if n := len(g.beyond); n > 0 {
			ys = append(ys, g.beyond[0], g.beyond[n-1])
		}
	}
	return xs, ys
}

func (b *boxes) draw(c pen, f *framed) {
	for i, g := range b.groups {
		if g.n > 0 {
			g.draw(c, f, i+1)
		}
	}
}

// draw draws one box at a position, as wide as half its slot and at most 60 pixels.
func (s boxStats) draw(c pen, f *framed, at int) {
	x, _ := f.x.position(float64(at))
	next, _ := f.x.position(float64(at + 1))
	half := min((next-x)/4, 30)
	ink := swatch(0)
	height := func(v float64) float64 {
		y, ok := f.y.position(v)
		if !ok { // 0 and below on a logarithmic axis
			return f.y0
		}
		return min(max(y, f.y0), f.y1)
	}
	low, q1, q3, top := height(s.low), height(s.q1), height(s.q3), height(s.top)
	c.line(ink, 1.4, nil, pt(x, low), pt(x, q1))
	c.line(ink, 1.4, nil, pt(x, q3), pt(x, top))
	for _, y := range []float64{low, top} {
		c.line(ink, 1.4, nil, pt(x-half/2, y), pt(x+half/2, y))
	}
	shape := rect(box{x - half, q1, x + half, q3}, 2)
	c.fill(tint(ink), shape)
	c.stroke(ink, 1.4, nil, shape)
	c.line(ink, 2.6, nil, pt(x-half, height(s.median)), pt(x+half, height(s.median)))
	taken := spots{}
	for _, v := range s.beyond {
		if y, ok := f.y.position(v); ok && f.y.inside(v) && taken.take(x, y, 1) {
			c.marker(0, ink.fade(0.7), x, y, 2.4)
		}
	}
}

func (b *boxes) remark() string { return "" }

func (b *boxes) describe() string {
	if len(b.groups) == 0 {
		return "no groups"
	}
	var parts []string
	for i, g := range b.groups {
		if i == 6 {
			parts = append(parts, fmt.Sprintf("… %d more", len(b.groups)-i))
			break
		}
		parts = append(parts, g.describe(brief(b.labels[i])))
	}
	return strings.Join(parts, ", ")
}

func (s boxStats) describe(label string) string {
	if s.n == 0 {
		return label + " (no values)"
	}
	text := fmt.Sprintf("%s (%s, median %s, quartiles %s to %s", label, plural(s.n, "value"), short(s.median), short(s.q1), short(s.q3))
	if n := len(s.beyond); n > 0 {
		text += fmt.Sprintf(", %s beyond the whiskers", grouped(n))
	}
	return text + ")"
}
