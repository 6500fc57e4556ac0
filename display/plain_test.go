package display

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// random is a graph of n nodes and m edges to and fro.
func random(n, m int) *Graph {
	rng := rand.New(rand.NewPCG(uint64(n), uint64(m)))
	g := NewGraph("random")
	for i := range n {
		g.AddNode(Node{ID: fmt.Sprint("n", i), Kind: fmt.Sprint("kind ", i%3)})
	}
	for range m {
		g.AddEdge(fmt.Sprint("n", rng.IntN(n)), fmt.Sprint("n", rng.IntN(n)), "")
	}
	return g
}

// star is a graph of one node with edges to n others.
func star(n int) *Graph {
	g := NewGraph("star").AddNode(Node{ID: "middle"})
	for i := range n {
		g.AddNode(Node{ID: fmt.Sprint(i)}).AddEdge("middle", fmt.Sprint(i), "")
	}
	return g
}

// What Graphviz can't lay out, or not in time, is laid out plainly: boxes that don't
// overlap, arrows from one to another, and it says what is left out.
func TestPlainLayout(t *testing.T) {
	for _, tt := range []struct {
		name string
		g    *Graph
		note string
	}{
		{"empty", NewGraph(""), "laid out plainly"},
		{"one", NewGraph("").AddNode(Node{ID: "a"}).AddEdge("a", "a", "to itself"), "laid out plainly"},
		{"cycle", NewGraph("").AddNode(Node{ID: "a"}).AddNode(Node{ID: "b"}).AddEdge("a", "b", "there").AddEdge("b", "a", "back"), "laid out plainly"},
		{"chain", chain(20), "laid out plainly"},
		{"long chain", chain(10_000), "29 of 10\u202f000 nodes drawn"},
		{"star", star(9_999), "12 of 10\u202f000 nodes drawn"},
		{"wide", star(100), "40 of 101 nodes drawn"},
		{"random", random(10_000, 30_000), " of 10\u202f000 nodes"},
		{"dense", random(300, 20_000), "2\u202f000 of 17\u202f858 edges drawn"},
	} {
		for _, d := range []Direction{LR, TB, Column, AutoDirection} {
			tt.g.Direction = d
			ix, err := tt.g.index()
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			p := tt.g.plain(ix)
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("%s: took %v", tt.name, took)
			}
			if !strings.Contains(p.note, tt.note) {
				t.Errorf("%s: it says %q, want %q", tt.name, p.note, tt.note)
			}
			if want := tt.g.summary() + ", " + p.note; p.summary() != want {
				t.Errorf("%s: text %q, want %q", tt.name, p.summary(), want)
			}
			checkPlaced(t, tt.name, p)
		}
	}
}

func checkPlaced(t *testing.T, name string, p *placed) {
	t.Helper()
	if n := len(p.nodes); n > plainNodes || len(p.edges) > plainEdges {
		t.Errorf("%s: %d nodes and %d edges are drawn", name, n, len(p.edges))
	}
	if err := checkSize(p.w, p.h); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	for i, b := range p.nodes {
		if b.w() <= 0 || b.x0 < 0 || b.x1 > p.w || b.y0 < 0 || b.y1 > p.h-p.head {
			t.Errorf("%s: node %d lies at %+v, outside of %g × %g", name, i, b, p.w, p.h)
		}
		for j, o := range p.nodes[:i] {
			if b.x0 < o.x1 && o.x0 < b.x1 && b.y0 < o.y1 && o.y0 < b.y1 {
				t.Errorf("%s: nodes %d and %d overlap", name, i, j)
			}
		}
	}
	for i, e := range p.edges {
		if len(e.curve) != 4 || e.end == nil {
			t.Errorf("%s: edge %d has the course %+v", name, i, e)
		}
	}
}

// Edges lead to later layers, other than those that would close a cycle.
func TestLayers(t *testing.T) {
	for seed := range 50 {
		g := random(30, 40+seed)
		ix, err := g.index()
		if err != nil {
			t.Fatal(err)
		}
		l := newLayering(g, ix)
		for n, next := range l.acyclic() {
			for _, to := range next {
				if l.layer[to] <= l.layer[n] {
					t.Fatalf("seed %d: the edge from node %d in layer %d leads to node %d in layer %d", seed, n, l.layer[n], to, l.layer[to])
				}
			}
		}
	}
	g := chain(30)
	ix, err := g.index()
	if err != nil {
		t.Fatal(err)
	}
	for n, k := range newLayering(g, ix).layer {
		if n != k {
			t.Errorf("node %d of a chain is in layer %d", n, k)
		}
	}
}

// While Graphviz is busy other graphs wait no longer than the limit.
func TestLayoutInTime(t *testing.T) {
	layouts.turn <- struct{}{}
	defer func() { <-layouts.turn }()
	p, err := chain(20).placeWithin(context.Background(), time.Millisecond)
	if err != nil || p.note != "laid out plainly" {
		t.Errorf("got %+v and %v, want a plain layout", p, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := chain(20).placeWithin(ctx, time.Hour); err == nil {
		t.Error("a cancelled layout is laid out")
	}
}

// A graph of ten thousand nodes is shown as other graphs are.
func TestLargeGraph(t *testing.T) {
	for _, g := range []*Graph{chain(10_000), random(10_000, 30_000), star(10_000)} {
		b := g.Display()
		for _, mime := range []string{MIMESVG, MIMEPNG} {
			if s, ok := b.Data[mime].(string); !ok || len(s) > 1<<20 {
				t.Errorf("%s: %d bytes of %s", g.Name, len(s), mime)
			}
		}
		if s, _ := b.Data[MIMEPlain].(string); !strings.HasSuffix(s, "drawn") {
			t.Errorf("it says %q", s)
		}
	}
}

func BenchmarkPlainGraph(b *testing.B) {
	g := random(10_000, 30_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := g.place(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}
