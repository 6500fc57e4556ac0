package space_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/space"
)

// relaxedSpaces are those that have a supernet, small.
func relaxedSpaces(t *testing.T) []space.Relaxed {
	t.Helper()
	in := arch.Shape{C: 1, H: 8, W: 8}
	nb201, err := space.NASBench201(space.NASBench201Config{C: 2, N: 1, Input: in})
	if err != nil {
		t.Fatal(err)
	}
	darts, err := space.DARTS(cell.DARTSNet{C: 2, Layers: 3, Input: in})
	if err != nil {
		t.Fatal(err)
	}
	return []space.Relaxed{nb201, darts}
}

// Numbers that favour the path of an architecture choose it, and the supernet names the
// numbers of each edge as the edges do.
func TestRelaxed(t *testing.T) {
	for _, s := range relaxedSpaces(t) {
		net, err := s.Supernet(cell.Mixing{})
		if err != nil {
			t.Fatal(err)
		}
		mixes := map[string]int{}
		for _, n := range net.Nodes {
			if n.Op.Kind == arch.Mix {
				mixes[n.Op.Alpha] = len(n.In)
			}
		}
		if len(mixes) != len(s.Edges()) {
			t.Errorf("%s: %d mixes and %d edges", s.Name(), len(mixes), len(s.Edges()))
		}
		rng := rand.New(rand.NewPCG(1, 2))
		for range 50 {
			g, err := space.Random(s, rng)
			if err != nil {
				t.Fatal(err)
			}
			path, err := s.Path(g)
			if err != nil {
				t.Fatal(err)
			}
			alphas := map[string][]float64{}
			for i, e := range s.Edges() {
				if mixes[e.Name] != len(e.Ops) {
					t.Errorf("%s: %q mixes %d operations, not %v", s.Name(), e.Name, mixes[e.Name], e.Ops)
				}
				alphas[e.Name] = make([]float64, len(e.Ops))
				alphas[e.Name][path[i]] = 1
			}
			if got, err := s.Strongest(alphas); err != nil || !slices.Equal(got, g) {
				t.Errorf("%s: the path %v of %v chooses %v, %v", s.Name(), path, g, got, err)
			}
		}
	}
}

// Only the cells of DARTS have a supernet.
func TestNotRelaxed(t *testing.T) {
	s, err := space.NASNet(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Supernet(cell.Mixing{}); err == nil || !strings.Contains(err.Error(), "has no supernet") {
		t.Errorf("error is %v", err)
	}
	if s.Edges() != nil {
		t.Errorf("edges %v", s.Edges())
	}
}

// With partial channels operations are on one of so many channels, and nodes with two edges
// or more mix them by numbers that the genotype is chosen by as well.
func TestPartialSupernet(t *testing.T) {
	in := arch.Shape{C: 1, H: 7, W: 7} // which a stride halves to 4
	nb201, err := space.NASBench201(space.NASBench201Config{C: 4, N: 1, Input: in})
	if err != nil {
		t.Fatal(err)
	}
	darts, err := space.DARTS(cell.DARTSNet{C: 4, Layers: 3, Input: in})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		s     space.Relaxed
		nodes int // that mix their edges
	}{{nb201, 2}, {darts, 2 * 4}} {
		whole, err1 := c.s.Supernet(cell.Mixing{Edges: true})
		part, err2 := c.s.Supernet(cell.Mixing{Part: 2, Edges: true})
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		betas := map[string]bool{}
		for _, n := range part.Nodes {
			if n.Op.Kind == arch.Mix && strings.Contains(n.Op.Alpha, "node") {
				betas[n.Op.Alpha] = true
			}
		}
		if len(betas) != c.nodes {
			t.Errorf("%s: nodes that mix their edges are %v", c.s.Name(), betas)
		}
		p, err1 := whole.Params()
		q, err2 := part.Params()
		if err1 != nil || err2 != nil || q >= p {
			t.Errorf("%s: %d parameters in parts and %d in the whole, %v, %v", c.s.Name(), q, p, err1, err2)
		}
	}
}

// An edge that its node likes is taken, however even its operations are.
func TestStrongestByEdges(t *testing.T) {
	s := relaxedSpaces(t)[1]
	alphas := map[string][]float64{}
	for _, e := range s.Edges() {
		alphas[e.Name] = []float64{0, 0, 0, 0, 0.1, 0, 0, 0}
	}
	alphas["normal node 4"] = []float64{-9, 0, -9, 3}
	alphas["normal 0→4"] = []float64{0, 0, 0, 9, 0, 0, 0, 0}
	g, err := s.Strongest(alphas)
	if err != nil {
		t.Fatal(err)
	}
	text, err := space.Format(s, g)
	if err != nil {
		t.Fatal(err)
	}
	if nodes := strings.Split(text, " | "); nodes[2] != "sep_conv_3x3~1 + sep_conv_3x3~3" {
		t.Errorf("node 4 is %s in %s", nodes[2], text)
	}
	alphas["normal node 4"] = []float64{1, 2}
	if _, err := s.Strongest(alphas); err == nil || !strings.Contains(err.Error(), `there are 2 mixing numbers "normal node 4"; give one for each of the 4 edges`) {
		t.Errorf("error is %v", err)
	}
}
