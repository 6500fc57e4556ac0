package display

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// drawRules draws the lines across the plot.
func (p *Plot) drawRules(c pen, f *framed) {
	s := script{size: sizeTick, ink: inkMuted}
	for _, r := range p.rules {
		if r.vertical {
			x, ok := f.x.position(r.at)
			if !ok || !f.x.inside(r.at) {
				continue
			}
			c.line(inkMuted, 1, []float64{5, 4}, pt(x, f.y0), pt(x, f.y1))
			s.y, s.x = draw.YTop, draw.XLeft
			dx := 5.0
			text := s.fit(oneLine(r.text), f.w()/2)
			if x+5+s.width(text) > f.x1 {
				s.x, dx = draw.XRight, -5
			}
			c.text(s, x+dx, f.y1, text)
			continue
		}
		y, ok := f.y.position(r.at)
		if !ok || !f.y.inside(r.at) {
			continue
		}
		c.line(inkMuted, 1, []float64{5, 4}, pt(f.x0, y), pt(f.x1, y))
		s.x, s.y = draw.XRight, draw.YBottom
		text := s.fit(oneLine(r.text), f.w())
		if text != "" {
			c.fill(inkPage.fade(0.8), rect(box{f.x1 - s.width(text) - 3, y + 2, f.x1 + 3, y + 15}, 3))
		}
		c.text(s, f.x1, y+5, text)
	}
}

// drawNotes writes texts beside points, where they cover the least of the data.
func (p *Plot) drawNotes(c pen, f *framed, layers []layer) {
	if len(p.notes) == 0 {
		return
	}
	s := script{size: sizeTick, bold: true, ink: inkText, y: draw.YCenter}
	marks := f.marks(layers)
	for _, n := range p.notes {
		x, okX := f.x.position(n.x)
		y, okY := f.y.position(n.y)
		if !okX || !okY || !f.x.inside(n.x) || !f.y.inside(n.y) {
			continue
		}
		var ring vg.Path
		ring.Move(pt(x+5.5, y))
		ring.Arc(pt(x, y), 5.5, 0, 2*math.Pi)
		ring.Close()
		c.stroke(inkText, 1.5, nil, ring)
		text := s.fit(oneLine(n.text), f.w()*0.6)
		if text == "" {
			continue
		}
		w := s.width(text)
		var best box
		least := math.Inf(1)
		for _, dy := range []float64{16, -16, 0, 30, -30} {
			for _, left := range []float64{x + 11, x - 11 - w, x - w/2} {
				b := box{left - 3, y + dy - 8, left + w + 3, y + dy + 8}
				if dy == 0 && left < x && b.x1 > x {
					continue // across the point itself
				}
				if b.x0 < f.x0 || b.x1 > f.x1+8 || b.y0 < f.y0 || b.y1 > f.y1+6 {
					continue
				}
				if covered := cover(marks, b); covered < least {
					best, least = b, covered
				}
			}
		}
		if math.IsInf(least, 1) {
			best = box{max(f.x0, x-w-14), y - 8, max(f.x0, x-w-14) + w + 6, y + 8}
		}
		c.fill(inkPage.fade(0.8), rect(best, 3))
		c.text(s, best.x0+3, (best.y0+best.y1)/2, text)
		marks = append(marks, pt((best.x0+best.x1)/2, (best.y0+best.y1)/2))
	}
}

// marks returns where ink of the data is: the points, and the lines every few pixels.
func (f *framed) marks(layers []layer) []vg.Point {
	var out []vg.Point
	for _, l := range layers {
		last, have := vg.Point{}, false
		for i, v := range l.Y {
			x, okX := f.x.position(l.x(i))
			y, okY := f.y.position(v)
			if !okX || !okY || len(out) > 20000 {
				have = false
				continue
			}
			q := pt(x, y)
			if have && (l.Mark == MarkLine || l.Mark == MarkStep) {
				corner := q
				if l.Mark == MarkStep {
					corner = vg.Point{X: q.X, Y: last.Y}
				}
				out = append(sampled(out, last, corner), corner)
				out = sampled(out, corner, q)
			}
			out = append(out, q)
			last, have = q, true
		}
	}
	return out
}

// sampled appends points between a and b.
func sampled(out []vg.Point, a, b vg.Point) []vg.Point {
	d := b.Sub(a)
	n := int(math.Hypot(float64(d.X), float64(d.Y)) / 4)
	for i := 1; i < min(n, 200); i++ {
		out = append(out, a.Add(d.Scale(vg.Length(float64(i)/float64(n)))))
	}
	return out
}

// cover counts the marks in a box.
func cover(marks []vg.Point, b box) float64 {
	n := 0.0
	for _, m := range marks {
		if x, y := float64(m.X), float64(m.Y); x > b.x0-2 && x < b.x1+2 && y > b.y0-2 && y < b.y1+2 {
			n++
		}
	}
	return n
}
