package display

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// How much of a descent is nested: browsers read elements in elements up to a depth.
const (
	mostNested = 200
	mostKin    = 5000
)

// drawDescent draws points and the lines from their parents. In an SVG each stands in a
// group in that of its parent, so that all from the first ancestor on are under the
// pointer when one is.
func (l layer) drawDescent(c pen, f *framed, point func(i int)) {
	children := make([][]int, len(l.Parents))
	var roots []int
	for i, p := range l.Parents {
		if p < 0 || len(l.Y) > mostKin {
			roots = append(roots, i)
			continue
		}
		children[p] = append(children[p], i)
	}
	var member func(i, depth int)
	member = func(i, depth int) {
		var later []int // too deep to be nested
		c.group("kin", func() {
			l.drawParent(c, f, i)
			point(i)
			for _, k := range children[i] {
				if depth == mostNested {
					later = append(later, k)
					continue
				}
				member(k, depth+1)
			}
		})
		for _, k := range later {
			member(k, depth)
		}
	}
	for _, i := range roots {
		member(i, 1)
	}
}

// drawParent draws the line from a point's parent to it, thin and pale.
func (l layer) drawParent(c pen, f *framed, i int) {
	p := l.Parents[i]
	if p < 0 || l.thinned() {
		return
	}
	x0, okA := f.x.position(l.x(p))
	y0, okB := f.y.position(l.Y[p])
	x1, okC := f.x.position(l.x(i))
	y1, okD := f.y.position(l.Y[i])
	if !okA || !okB || !okC || !okD {
		return
	}
	sub := draw.Canvas{Canvas: c.Canvas, Rectangle: f.rectangle()}
	for _, part := range sub.ClipLinesXY([]vg.Point{pt(x0, y0), pt(x1, y1)}) {
		c.line(inkMuted.fade(0.35), 1, nil, part...)
	}
}
