package display

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/vg"
)

// Contour draws a surface as on a map: z[i][j] is its height at x[j] and y[i], which
// must grow; nil stands for 0, 1, 2, … Between the values it runs through the means
// of each four, in triangles. Nothing is drawn beside a NaN or an infinity. Of more than 120 rows or
// columns it takes the means of blocks, and says so.
func Contour(title string, x, y []float64, z [][]float64) *Plot {
	p := newPlot("contour", title, MarkAuto, nil)
	s := &surface{x: x, y: y, z: z}
	if columns := s.columns(); x == nil {
		s.x = indices(columns)
	}
	if y == nil {
		s.y = indices(len(z))
	}
	p.shapes = []shape{s}
	if s.check() != nil {
		return p
	}
	s.thin()
	if len(s.x) > 1 && len(s.y) > 1 { // no margin around the map
		p.XRange(s.x[0], s.x[len(s.x)-1]).YRange(s.y[0], s.y[len(s.y)-1])
	}
	return p
}

// ContourFunc draws the contours of a function of x from x0 to x1 and y from y0 to y1.
func ContourFunc(title string, f func(x, y float64) float64, x0, x1, y0, y1 float64) *Plot {
	const n = 81
	s := surface{x: make([]float64, n), y: make([]float64, n), z: make([][]float64, n)}
	for i := range n {
		t := float64(i) / (n - 1)
		s.x[i], s.y[i] = x0+(x1-x0)*t, y0+(y1-y0)*t
	}
	for i := range n {
		for j := range n {
			s.z[i] = append(s.z[i], f(s.x[j], s.y[i]))
		}
	}
	return Contour(title, s.x, s.y, s.z)
}

func indices(n int) []float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = float64(i)
	}
	return all
}

// surface is heights over a grid.
type surface struct {
	x, y  []float64
	z     [][]float64
	block block
}

// thin takes the means of blocks of a grid that is finer than the picture.
func (s *surface) thin() {
	s.z, s.block = blocks(s.z, 120)
	s.x, s.y = blockRow([][]float64{s.x}, s.block.columns), blockRow([][]float64{s.y}, s.block.rows)
}

func (s *surface) remark() string { return s.block.remark() }

func (s *surface) columns() int {
	n := 0
	for _, row := range s.z {
		n = max(n, len(row))
	}
	return n
}

func (s *surface) check() error {
	if len(s.y) != len(s.z) {
		return fmt.Errorf("%d positions y for %d rows of heights; they must be equally many (or y nil)", len(s.y), len(s.z))
	}
	for i, row := range s.z {
		if len(row) != len(s.x) {
			return fmt.Errorf("row %d has %d heights for %d positions x; they must be equally many (or x nil and all rows equally long)", i, len(row), len(s.x))
		}
	}
	if err := growing("x", s.x); err != nil {
		return err
	}
	return growing("y", s.y)
}

func growing(name string, at []float64) error {
	for i, v := range at {
		if !finite(v) || i > 0 && v <= at[i-1] {
			return fmt.Errorf("position %s[%d] is %g; positions must be finite and grow", name, i, v)
		}
	}
	return nil
}

func (s *surface) empty() bool {
	_, _, ok := s.limits()
	return !ok || len(s.x) < 2 || len(s.y) < 2
}

func (s *surface) reach() (xs, ys []float64) { return s.x, s.y }

func (s *surface) limits() (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, row := range s.z {
		l, h, _ := extent(row)
		lo, hi = min(lo, l), max(hi, h)
	}
	if lo == hi {
		hi = lo + 1
	}
	return lo, hi, lo < hi
}

// levels are the heights of the lines: round numbers, about ten of them.
func (s *surface) levels() []float64 {
	lo, hi, ok := s.limits()
	if !ok {
		return nil
	}
	var all []float64
	for _, t := range (span{lo: lo, hi: hi}).ticks(12, false) {
		all = append(all, t.at)
	}
	return all
}

func (s *surface) describe() string {
	text := fmt.Sprintf("%d × %d", len(s.z), len(s.x))
	if lo, hi, ok := s.limits(); ok {
		text += fmt.Sprintf(", %s to %s, lines at", short(lo), short(hi))
		for _, l := range s.levels() {
			text += " " + short(l)
		}
	}
	if r := s.remark(); r != "" {
		text += ", " + r
	}
	return text
}

// draw fills the map with the colours of the bands between the lines, in strips of
// two pixels, and draws the lines.
func (s *surface) draw(c pen, f *framed) {
	if s.empty() {
		return
	}
	lo, hi, _ := s.limits()
	levels := s.levels()
	// The colour of a band is that of the height in its middle.
	inks := make([]ink, len(levels)+1)
	for i := range inks {
		from, to := lo, hi
		if i > 0 {
			from = levels[i-1]
		}
		if i < len(levels) {
			to = levels[i]
		}
		inks[i] = rampSequential.at(fraction(from/2+to/2, lo, hi))
	}
	const step = 2.0
	for y := f.y0; y < f.y1; y += step {
		s.strip(c, f, box{f.x0, y, f.x1, min(y+step, f.y1)}, levels, inks)
	}
	for _, l := range levels {
		c.stroke(inkText.fade(0.45), 1, nil, s.line(f, l))
	}
}

// strip fills one strip of the map, a rectangle for each run of one colour.
func (s *surface) strip(c pen, f *framed, b box, levels []float64, inks []ink) {
	const step = 2.0
	band, from := -1, b.x0
	flush := func(x float64) {
		if band >= 0 && x > from {
			c.fill(inks[band], rect(box{from, b.y0, x, b.y1 + 0.3}, 0)) // no gaps between strips
		}
		from = x
	}
	v := f.y.value((b.y0 + b.y1) / 2)
	for x := b.x0; x < b.x1; x += step {
		now := -1
		if z := s.at(f.x.value(min(x+step/2, b.x1)), v); finite(z) {
			for now = 0; now < len(levels) && z > levels[now]; now++ {
			}
		}
		if now != band {
			flush(x)
			band = now
		}
	}
	flush(b.x1)
}

// at is the height at a place, NaN outside.
func (s *surface) at(x, y float64) float64 {
	j, u := cellOf(s.x, x)
	i, v := cellOf(s.y, y)
	if i < 0 || j < 0 {
		return math.NaN()
	}
	a, b, c, d := s.z[i][j], s.z[i][j+1], s.z[i+1][j+1], s.z[i+1][j] // around the cell
	m := (a + b + c + d) / 4
	// The triangle whose edge is nearest: its two corners p and q, how far inside the
	// place is (h) and how far along from p to q (k).
	p, q, h, k := a, b, v, u
	for _, t := range [][4]float64{{b, c, 1 - u, v}, {c, d, 1 - v, 1 - u}, {d, a, u, 1 - v}} {
		if t[2] < h {
			p, q, h, k = t[0], t[1], t[2], t[3]
		}
	}
	return p*(1-k-h) + q*(k-h) + m*2*h
}

// cellOf finds between which positions v lies, and how far from the first to the second.
func cellOf(at []float64, v float64) (i int, part float64) {
	if len(at) < 2 || v < at[0] || v > at[len(at)-1] {
		return -1, 0
	}
	lo, hi := 0, len(at)-1
	for hi-lo > 1 {
		if m := (lo + hi) / 2; at[m] <= v {
			lo = m
		} else {
			hi = m
		}
	}
	return lo, (v - at[lo]) / (at[hi] - at[lo])
}

// line is where the surface has a height: a segment through each triangle that it
// crosses.
func (s *surface) line(f *framed, level float64) (path vg.Path) {
	type corner struct{ x, y, z float64 }
	crossing := func(a, b corner) (vg.Point, bool) {
		if (a.z > level) == (b.z > level) {
			return vg.Point{}, false
		}
		t := (level - a.z) / (b.z - a.z)
		x, okX := f.x.position(a.x + t*(b.x-a.x))
		y, okY := f.y.position(a.y + t*(b.y-a.y))
		return pt(x, y), okX && okY
	}
	for i := range len(s.y) - 1 {
		for j := range len(s.x) - 1 {
			around := [4]corner{
				{s.x[j], s.y[i], s.z[i][j]}, {s.x[j+1], s.y[i], s.z[i][j+1]},
				{s.x[j+1], s.y[i+1], s.z[i+1][j+1]}, {s.x[j], s.y[i+1], s.z[i+1][j]},
			}
			m := corner{(s.x[j] + s.x[j+1]) / 2, (s.y[i] + s.y[i+1]) / 2, (around[0].z + around[1].z + around[2].z + around[3].z) / 4}
			if !finite(m.z) {
				continue
			}
			for k, a := range around {
				triangle := [4]corner{a, around[(k+1)%4], m, a}
				var ends []vg.Point
				for e := range 3 {
					if p, ok := crossing(triangle[e], triangle[e+1]); ok {
						ends = append(ends, p)
					}
				}
				if len(ends) == 2 {
					path.Move(ends[0])
					path.Line(ends[1])
				}
			}
		}
	}
	return path
}
