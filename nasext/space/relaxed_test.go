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
