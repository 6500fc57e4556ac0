package display

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
)

// Distances in a column of nodes, in CSS pixels.
const (
	columnGap  = 26.0 // between two nodes
	arcReach   = 22.0 // of the control points of the flattest arc beyond the column
	arcSpread  = 19.0 // what an arc reaches further out for each node that it passes
	arcPort    = 7.0  // between two arcs at the side of a node, if there is room
	arcArrow   = 8.0
	curveReach = 0.75 // how far a Bézier curve goes towards two control points at one distance
)

// arcEnd is one end of an arc at a side of a node.
type arcEnd struct {
	edge   int
	span   int  // nodes from one end to the other
	target bool // the arrow is here
}

// arcSide is a side of a node from which arcs go up or down.
type arcSide struct {
	node     int
	left, up bool
}

// column places the nodes one below the other. Edges from a node to the next one are
// straight; others that go down are arcs on the right, and those that go up on the left.
func (g *Graph) column(ix *graphIndex) *placed {
	p := &placed{graph: g, nodes: make([]box, len(g.Nodes)), edges: make([]route, len(g.Edges)), head: g.headRoom()}
	ends := map[arcSide][]arcEnd{}
	var reach [2]float64 // of the arcs on the right and on the left
	for i, e := range g.Edges {
		from, to := ix.node[e.From], ix.node[e.To]
		if to == from+1 {
			continue
		}
		left, span := to < from, max(to-from, from-to)
		source, target := arcSide{from, left, left}, arcSide{to, left, !left}
		ends[source] = append(ends[source], arcEnd{i, span, false})
		ends[target] = append(ends[target], arcEnd{i, span, true})
		side := 0
		if left {
			side = 1
		}
		reach[side] = max(reach[side], curveReach*arcOut(span)+g.edgeLabel(i)/2)
	}
	widest, height := 0.0, -columnGap
	for _, n := range g.Nodes {
		w, h := n.size()
		widest, height = max(widest, w), height+h+columnGap
	}
	p.fit(widest+reach[0]+reach[1], max(height, 0))
	x := (p.w + reach[1] - reach[0]) / 2 // of the middle of the column
	y := p.h - margin - p.head
	for i, n := range g.Nodes {
		w, h := n.size()
		p.nodes[i] = box{x - w/2, y - h, x + w/2, y}
		y -= h + columnGap
	}
	for i, e := range g.Edges {
		if from, to := ix.node[e.From], ix.node[e.To]; to == from+1 {
			p.edges[i] = straight(x, p.nodes[from].y0, p.nodes[to].y1)
		}
	}
	for side, list := range ends {
		for i, at := range p.ports(side, list) {
			r := &p.edges[list[i].edge]
			out, arrow := arcOut(list[i].span), arcArrow
			edge := x + widest/2
			if side.left {
				out, arrow, edge = -out, -arrow, x-widest/2
			}
			if r.curve == nil {
				r.curve = make([]vg.Point, 4)
			}
			control := pt(edge+out, float64(at.Y))
			if list[i].target {
				tip := at
				r.curve[2], r.curve[3], r.end = control, pt(float64(at.X)+arrow, float64(at.Y)), &tip
			} else {
				r.curve[0], r.curve[1] = at, control
			}
		}
	}
	for i := range p.edges {
		if r := &p.edges[i]; g.Edges[i].Label != "" {
			mid := r.middle()
			r.label = &mid
		}
	}
	return p
}

// arcOut is how far beyond the column the control points of an arc lie.
func arcOut(span int) float64 { return arcReach + arcSpread*float64(max(span-2, 0)) }

// straight is an arrow down from a node to the one below it.
func straight(x, from, to float64) route {
	tip := pt(x, to)
	above := to + arcArrow
	return route{curve: []vg.Point{pt(x, from), pt(x, from+(above-from)/3), pt(x, from+(above-from)*2/3), pt(x, above)}, end: &tip}
}

// ports are the points at which arcs meet a side of a node: those that go up in its
// upper half, those that go down in its lower half, the longest in the middle, so
// that they do not cross there. The list is put in that order.
func (p *placed) ports(side arcSide, list []arcEnd) []vg.Point {
	slices.SortStableFunc(list, func(a, b arcEnd) int {
		return cmp.Or(cmp.Compare(b.span, a.span), cmp.Compare(a.edge, b.edge))
	})
	b := p.nodes[side.node]
	step := min(arcPort, (b.h()/2-6)/float64(len(list)))
	points := make([]vg.Point, len(list))
	for i := range list {
		x, y := b.x1, (b.y0+b.y1)/2-step*(float64(i)+0.5)
		if side.left {
			x = b.x0
		}
		if side.up {
			y = b.y0 + b.y1 - y
		}
		points[i] = pt(x, y)
	}
	return points
}

// headRoom is the height of the title.
func (g *Graph) headRoom() float64 {
	if g.Name == "" {
		return 0
	}
	return sizeTitle + 12
}

// edgeLabel is the width of an edge's label, 0 if it has none.
func (g *Graph) edgeLabel(i int) float64 {
	l := scriptEdge.fit(oneLine(g.Edges[i].Label), nodeWidest)
	if l == "" {
		return 0
	}
	return scriptEdge.width(l) + 6
}

// fit sets the size of the picture to what a graph of w×h pixels and its title need.
func (p *placed) fit(w, h float64) {
	title := scriptTitle.width(oneLine(p.graph.Name)) + 2*margin
	if p.note != "" {
		title += scriptTick.width(p.note) + 20
	}
	p.w = math.Ceil(max(w+2*margin, min(maxWidth, title), 120))
	p.h = math.Ceil(max(h+2*margin+p.head, p.head+40))
}
