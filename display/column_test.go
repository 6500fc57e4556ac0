package display

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/plot/vg"
)

// onSide says whether a point lies on the outline of a box, corners left out.
func onSide(b box, p vg.Point) bool {
	x, y := float64(p.X), float64(p.Y)
	switch {
	case y == b.y0 || y == b.y1:
		return x > b.x0+4 && x < b.x1-4
	case x == b.x0 || x == b.x1:
		return y > b.y0+4 && y < b.y1-4
	}
	return false
}

// Whatever the edges are, nodes stand in their order, arcs begin and end at their
// nodes and everything lies on the picture.
func TestColumn(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		g := NewGraph([]string{"", "a column"}[rng.IntN(2)])
		g.Direction = Column
		n := rng.IntN(12)
		for i := range n {
			g.AddNode(Node{ID: fmt.Sprint(i), Label: "node"[:1+rng.IntN(4)], Lines: make([]string, rng.IntN(4))})
		}
		for range rng.IntN(4 * (n + 1)) {
			if n > 0 {
				g.AddEdge(fmt.Sprint(rng.IntN(n)), fmt.Sprint(rng.IntN(n)), []string{"", "a label"}[rng.IntN(2)])
			}
		}
		p, err := g.place(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		inside := func(q vg.Point, what string) {
			if x, y := float64(q.X), float64(q.Y); x < 0 || y < 0 || x > p.w || y > p.h {
				t.Errorf("%s is at %.1f, %.1f on a picture of %.0f × %.0f", what, x, y, p.w, p.h)
			}
		}
		for i, b := range p.nodes {
			if w, h := g.Nodes[i].size(); b.w() < w-1e-9 || b.h() < h-1e-9 {
				t.Errorf("node %d has %.1f × %.1f, needs %.1f × %.1f", i, b.w(), b.h(), w, h)
			}
			inside(pt(b.x0, b.y0), "a corner of a node")
			inside(pt(b.x1, b.y1+p.head), "a corner of a node, below the title,")
			if i > 0 && b.y1 > p.nodes[i-1].y0-10 {
				t.Errorf("node %d is not below node %d", i, i-1)
			}
		}
		ix, err := g.index()
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range g.Edges {
			r := p.edges[i]
			if len(r.curve) != 4 || r.end == nil {
				t.Fatalf("edge %s→%s is %+v", e.From, e.To, r)
			}
			if !onSide(p.nodes[ix.node[e.From]], r.curve[0]) || !onSide(p.nodes[ix.node[e.To]], *r.end) {
				t.Errorf("edge %s→%s goes from %v to %v, its nodes are %+v and %+v", e.From, e.To, r.curve[0], *r.end, p.nodes[ix.node[e.From]], p.nodes[ix.node[e.To]])
			}
			for k := range 21 {
				s := vg.Length(k) / 20
				q := pt(0, 0)
				for j, w := range []vg.Length{(1 - s) * (1 - s) * (1 - s), 3 * s * (1 - s) * (1 - s), 3 * s * s * (1 - s), s * s * s} {
					q = q.Add(r.curve[j].Scale(w))
				}
				inside(q, "an edge")
			}
			if (r.label == nil) != (e.Label == "") {
				t.Errorf("edge %s→%s with the label %q has it at %v", e.From, e.To, e.Label, r.label)
			}
			if r.label != nil {
				inside(r.label.Add(pt(g.edgeLabel(i)/2, 0)), "the right end of a label")
				inside(r.label.Sub(pt(g.edgeLabel(i)/2, 0)), "the left end of a label")
			}
		}
		if _, err := g.SVG(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
