package display

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/goccy/go-graphviz"
)

func chain(n int) *Graph {
	g := NewGraph("chain")
	for i := range n {
		g.AddNode(Node{ID: fmt.Sprint(i), Label: "conv 3×3", Lines: []string{"16 × 8 × 8"}, Kind: []string{"a", "b", "c"}[i%3]})
		if i > 0 {
			g.AddEdge(fmt.Sprint(i-1), fmt.Sprint(i), "")
		}
		if i > 4 {
			g.AddEdge(fmt.Sprint(i-4), fmt.Sprint(i), "skip")
		}
	}
	return g
}

func TestGraphMistakes(t *testing.T) {
	tests := []struct {
		g    *Graph
		want string
	}{
		{NewGraph("g").AddNode(Node{ID: "a"}).AddEdge("a", "b", ""), `graph "g": edge "a" → "b": there is no node "b"`},
		{NewGraph("g").AddNode(Node{ID: "a"}).AddNode(Node{ID: "a"}), `node 1 has the ID "a", which is empty or taken`},
		{NewGraph("g").AddNode(Node{}), `node 0 has the ID ""`},
		{NewGraph("g").AddNode(Node{ID: "a", Group: "x"}), `node "a" is in "x", which is no group`},
		{NewGraph("g").AddGroup(Group{ID: "a", Parent: "b"}).AddGroup(Group{ID: "b", Parent: "a"}), `group "a" lies in itself`},
		{NewGraph("g").AddGroup(Group{ID: "a", Parent: "z"}), `group "a" lies in "z", which is no group`},
		{NewGraph("g").AddGroup(Group{}), `group 0 has the ID ""`},
		{&Graph{Name: "g", Direction: 9}, "the direction 9 is unknown"},
	}
	for _, tt := range tests {
		err := tt.g.Err()
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want an error with %q", err, tt.want)
			continue
		}
		if b := tt.g.Display(); b.Data[MIMEPlain] != err.Error() {
			t.Errorf("shown as %v, want %v", b.Data[MIMEPlain], err)
		}
		_ = tt.g.DOT() // must not recurse without end
	}
}

func TestGraphLayout(t *testing.T) {
	g := chain(100)
	g.Direction = TB
	p, err := g.place(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range p.nodes {
		if b.w() <= 0 || b.x0 < 0 || b.x1 > p.w || b.y0 < 0 || b.y1 > p.h {
			t.Errorf("node %d lies at %+v, outside of %g × %g", i, b, p.w, p.h)
		}
		for j := range i {
			o := p.nodes[j]
			if b.x0 < o.x1 && o.x0 < b.x1 && b.y0 < o.y1 && o.y0 < b.y1 {
				t.Errorf("nodes %d and %d overlap", i, j)
			}
		}
		if i > 0 && b.y1 > p.nodes[i-1].y1 {
			t.Errorf("node %d lies above its predecessor", i)
		}
	}
	for i, e := range p.edges {
		if len(e.curve) < 4 || e.end == nil || (e.label != nil) != (g.Edges[i].Label != "") {
			t.Errorf("edge %d has the course %+v", i, e)
		}
	}
	if got := g.Display().Data[MIMEPlain]; got != "graph: chain, 100 nodes, 194 edges" {
		t.Errorf("text %q", got)
	}
}

func TestGraphDirection(t *testing.T) {
	for _, tt := range []struct {
		n    int
		d    Direction
		wide bool
	}{{4, AutoDirection, true}, {30, AutoDirection, false}, {30, LR, true}, {4, TB, false}} {
		g := chain(tt.n)
		g.Direction = tt.d
		p, err := g.place(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if (p.w > p.h) != tt.wide {
			t.Errorf("%d nodes, direction %d: %g × %g", tt.n, tt.d, p.w, p.h)
		}
	}
}

func TestGraphGroups(t *testing.T) {
	g := NewGraph("").AddGroup(Group{ID: "out", Label: "cell"}).AddGroup(Group{ID: "in", Label: "a longer label than its node is wide", Parent: "out"}).AddGroup(Group{ID: "empty"})
	g.AddNode(Node{ID: "a", Group: "in"}).AddNode(Node{ID: "b", Group: "out"}).AddEdge("a", "b", "")
	p, err := g.place(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	outer, inner, node := p.groups[0], p.groups[1], p.nodes[0]
	if !(outer.x0 < inner.x0 && inner.x0 < node.x0 && node.x1 < inner.x1 && inner.x1 < outer.x1 && outer.y0 < inner.y0 && inner.y1 < outer.y1) {
		t.Errorf("the boxes %+v, %+v, %+v don't lie in each other", outer, inner, node)
	}
	if room := inner.w(); room < scriptGroup.width(g.Groups[1].Label) {
		t.Errorf("the group is %g wide, its label %g", room, scriptGroup.width(g.Groups[1].Label))
	}
	if _, ok := p.groups[2]; ok {
		t.Error("the empty group has a box")
	}
}

func TestGraphContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	g := chain(20)
	if _, err := g.Bundle(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that the context was cancelled", err)
	}
	if _, err := g.SVG(context.Background()); err != nil {
		t.Errorf("the layout doesn't work after a cancelled one: %v", err)
	}
	if _, err := g.PNG(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestGraphDOT(t *testing.T) {
	g := NewGraph(`say "hi"`).AddGroup(Group{ID: "g", Label: `a\b`}).AddGroup(Group{ID: "h", Parent: "g"})
	g.AddNode(Node{ID: "a", Label: "x\"y", Lines: []string{"1 × 2"}, Kind: "conv"}).AddNode(Node{ID: "b", Group: "g"}).AddNode(Node{ID: "c", Group: "h"})
	g.Edges = []Edge{{From: "a", To: "b", Label: "e", Dashed: true}, {From: "b", To: "c"}}
	want := `digraph "say \"hi\"" {
  rankdir=TB;
  node [shape=box, style="rounded,filled", fontname="Helvetica", fillcolor="#f6f8fa"];
  "a" [label="x\"y\n1 × 2", color="#0b62c4", fillcolor="#e1ebf9"];
  subgraph "cluster_g" {
    label="a\\b"; style=rounded;
    "b" [label="b"];
    subgraph "cluster_h" {
      label=""; style=rounded;
      "c" [label="c"];
    }
  }
  "a" -> "b" [label="e", style=dashed];
  "b" -> "c";
}
`
	if got := g.DOT(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	layouts.turn <- struct{}{} // Graphviz must read it
	defer func() { <-layouts.turn }()
	parsed, err := graphviz.ParseBytes([]byte(g.DOT()))
	if err != nil {
		t.Fatalf("Graphviz doesn't read it: %v", err)
	}
	if err := parsed.Close(); err != nil {
		t.Error(err)
	}
}

func TestKindsHaveTheirColours(t *testing.T) {
	g := &Graph{Kinds: []string{"input", "conv"}, Nodes: []Node{{ID: "a", Kind: "pool"}, {ID: "b", Kind: "conv"}}}
	k := g.kindInk()
	if k["input"] != swatch(0) || k["conv"] != swatch(1) || k["pool"] != swatch(2) {
		t.Errorf("colours %v, want the order input, conv, pool", k)
	}
}

func BenchmarkGraph100(b *testing.B) {
	g := chain(100)
	for b.Loop() {
		if _, err := g.Bundle(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
