package display

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

func (p *placed) size() (w, h float64) { return p.w, p.h }

func (p *placed) summary() string {
	of := p.of
	if of == nil {
		of = p.graph
	}
	if p.note == "" {
		return of.summary()
	}
	return of.summary() + ", " + p.note
}

func (p *placed) draw(dc draw.Canvas) error {
	c := pen{dc}
	g := p.graph
	if p.head > 0 {
		drawTitle(c, box{margin, margin, p.w - margin, p.h - margin - sizeTitle}, g.Name, p.note)
	}
	g.eachGroup("", "", 0, func(_ string, i int, body func()) {
		if b, ok := p.groups[i]; ok {
			c.fill(inkWash, rect(b, 9))
			c.stroke(inkGrid, 1, nil, rect(b, 9))
			c.text(scriptGroup, b.x0+11, b.y1-18, scriptGroup.fit(oneLine(g.Groups[i].Label), b.w()-16))
		}
		body()
	})
	for i, e := range p.edges {
		p.drawEdge(c, g.Edges[i], e)
	}
	kinds := g.kindInk()
	for i, b := range p.nodes {
		drawNode(c, g.Nodes[i], b, kinds)
	}
	for i, e := range p.edges {
		l := scriptEdge.fit(oneLine(g.Edges[i].Label), nodeWidest)
		if e.label == nil || l == "" {
			continue
		}
		x, y := float64(e.label.X), float64(e.label.Y)
		w := scriptEdge.width(l)/2 + 3
		ground := inkPage
		for _, b := range p.groups {
			if x > b.x0 && x < b.x1 && y > b.y0 && y < b.y1 {
				ground = inkWash
			}
		}
		c.fill(ground.fade(0.85), rect(box{x - w, y - 6, x + w, y + 6}, 3))
		c.text(scriptEdge, x, y, l)
	}
	return nil
}

func (p *placed) drawEdge(c pen, e Edge, r route) {
	if len(r.curve) < 4 {
		return
	}
	var dash []float64
	if e.Dashed {
		dash = []float64{5, 4}
	}
	var path vg.Path
	path.Move(r.curve[0])
	for i := 1; i+2 < len(r.curve); i += 3 {
		path.CubeTo(r.curve[i], r.curve[i+1], r.curve[i+2])
	}
	c.stroke(inkAxis, 1.4, dash, path)
	arrow := func(from, tip vg.Point) {
		d := tip.Sub(from)
		n := vg.Length(d.X*d.X + d.Y*d.Y)
		if n == 0 {
			return
		}
		side := vg.Point{X: -d.Y, Y: d.X}.Scale(0.45)
		var head vg.Path
		head.Move(tip)
		head.Line(from.Add(side))
		head.Line(from.Sub(side))
		head.Close()
		c.fill(inkAxis, head)
	}
	if r.end != nil {
		arrow(r.curve[len(r.curve)-1], *r.end)
	}
	if r.start != nil {
		arrow(r.curve[0], *r.start)
	}
}

func drawNode(c pen, n Node, b box, kinds map[string]ink) {
	fill, border := inkPage, inkAxis
	if k, ok := kinds[n.Kind]; ok {
		fill, border = tint(k), k
	}
	shape := rect(b, 7)
	c.fill(fill, shape)
	c.stroke(border, 1.3, nil, shape)
	x, y := (b.x0+b.x1)/2, b.y1-nodePadY-7.5
	c.text(scriptNode, x, y, scriptNode.fit(n.label(), nodeWidest))
	for i, l := range n.Lines {
		c.text(scriptLine, x, y-15-nodeLine*float64(i)+1, scriptLine.fit(oneLine(l), nodeWidest))
	}
}
