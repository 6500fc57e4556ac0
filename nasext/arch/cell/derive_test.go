package cell_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch/cell"
)

// favouring are numbers that choose the genotype: of each node's edges the first is the
// strongest, and none is stronger than any operation everywhere.
func favouring(g cell.Genotype) map[string][]float64 {
	alphas := map[string][]float64{}
	for kind, c := range map[string]cell.Cell{"normal": g.Normal, "reduction": g.Reduction} {
		for j, n := range c.Nodes {
			for i := range j + 2 {
				a := []float64{4, 0, 0, 0, 0, 0, 0, 0}
				for k, e := range n.Edges {
					if e.From == i {
						a[slices.Index(cell.DARTSOps(), e.Op)] = 3 - float64(k)
					}
				}
				alphas[fmt.Sprintf("%s %d→%d", kind, i, j+2)] = a
			}
		}
	}
	return alphas
}

// The published cells come out of numbers that favour them.
func TestSupernetGenotype(t *testing.T) {
	for _, g := range []cell.Genotype{cell.DARTSV1(), cell.DARTSV2()} {
		got, err := cell.DARTSSupernet{}.Genotype(favouring(g))
		if err != nil {
			t.Fatal(err)
		}
		if !got.Normal.Equal(g.Normal) || !got.Reduction.Equal(cell.Cell{Nodes: g.Reduction.Nodes, Out: []int{2, 3, 4, 5}}) {
			t.Errorf("%v instead of %v", got, g)
		}
	}
}

// Weights are compared, not numbers: an edge whose none is strong is weak as a whole.
func TestSupernetGenotypeByWeight(t *testing.T) {
	n := cell.DARTSSupernet{Nodes: 2, Ops: []cell.Op{cell.None, cell.Skip, cell.SepConv3}}
	alphas := map[string][]float64{}
	for _, kind := range []string{"normal", "reduction"} {
		for edge, a := range map[string][]float64{
			"0→2": {0, 1, 1}, "1→2": {0, 1, 2}, // equal weights: the first operation
			"0→3": {9, 5, 0}, "1→3": {0, 0, 1}, "2→3": {-1, 2, 0}, // 0→3 has the largest number and the smallest weight
		} {
			alphas[kind+" "+edge] = a
		}
	}
	g, err := n.Genotype(alphas)
	if err != nil {
		t.Fatal(err)
	}
	want := []cell.Node{
		{Edges: [2]cell.Edge{{Op: cell.SepConv3, From: 1}, {Op: cell.Skip, From: 0}}},
		{Edges: [2]cell.Edge{{Op: cell.Skip, From: 2}, {Op: cell.SepConv3, From: 1}}},
	}
	if !slices.Equal(g.Normal.Nodes, want) || !slices.Equal(g.Reduction.Nodes, want) {
		t.Errorf("%v instead of %v", g, want)
	}
	for _, c := range []struct {
		name string
		a    []float64
		want string
	}{
		{"normal 1→3", []float64{1}, `there are 1 mixing numbers "normal 1→3"; give one for each of the 3 operations`},
		{"reduction 2→3", []float64{0, math.NaN(), 0}, `mixing number 1 of "reduction 2→3" is NaN; it must be finite`},
		{"normal 0→2", nil, `there are no mixing numbers "normal 0→2"; give those of every edge`},
	} {
		before := alphas[c.name]
		alphas[c.name] = c.a
		if c.a == nil {
			delete(alphas, c.name)
		}
		if _, err := n.Genotype(alphas); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %v, want it to hold %q", err, c.want)
		}
		alphas[c.name] = before
	}
	n.Ops = []cell.Op{cell.None}
	if _, err := n.Genotype(map[string][]float64{"normal 0→2": {0}}); err == nil || !strings.Contains(err.Error(), "none alone") {
		t.Errorf("error is %v", err)
	}
}
