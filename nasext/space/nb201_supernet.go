package space

import (
	"fmt"
	"math"
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
)

// Supernet is the network in which weight-sharing strategies search the space (Dong and
// Yang 2020, and the authors' code): every edge has all five operations, mixed by
// numbers called after the edge, "0→1" to "2→3", which all cells share. The numbers of
// an edge are in the order of its options. Those of a node that mixes its edges are
// called "node 2" and "node 3"; Strongest, which keeps all edges, does not need them. Batch norms in cells have no learned scale
// and shift.
func (s *NB201) Supernet(m cell.Mixing) (*arch.Arch, error) {
	if err := m.Check(s.config.C); err != nil {
		return nil, fmt.Errorf("space %s: supernet: %w", s.Name(), err)
	}
	const nodes = 6*(nbOps+3+2) + 3 // of a cell: convolutions are three each, the mixes and the sums
	return s.network("NAS-Bench-201 supernet", nodes, func(b *arch.Builder, x, _ int) int {
		return nb201Mixed(b, x, m)
	})
}

// nb201Mixed adds a cell with every operation on every edge.
func nb201Mixed(b *arch.Builder, x int, m cell.Mixing) int {
	var node [4]int
	var sums [4][]int
	node[0] = x
	join := func(n int) int {
		name := fmt.Sprint("node ", n)
		return m.Join(b, sums[n], name, name)
	}
	for _, e := range nb201Edges() {
		if e[0] > 0 && e[0] == e[1]-1 { // the edges into its begin have all been added
			node[e[0]] = join(e[0])
		}
		edge := nb201Edge(e)
		sums[e[1]] = append(sums[e[1]], m.Mix(b, node[e[0]], 1, edge, edge, func(x, channels int) []int {
			return nb201Operations(b, x, channels, edge)
		}))
	}
	return join(3)
}

// nb201Edge is what the mixing numbers of an edge are called.
func nb201Edge(e [2]int) string { return fmt.Sprintf("%d→%d", e[0], e[1]) }

// nb201Operations adds every operation on one edge.
func nb201Operations(b *arch.Builder, x, channels int, edge string) []int {
	name := func(o int) arch.Option { return arch.Named(edge + " " + nb201Ops()[o]) }
	return []int{
		nbNone:  b.Zero(x, name(nbNone)),
		nbSkip:  b.Identity(x, name(nbSkip)),
		nbConv1: b.ReLUConvBN(x, channels, 1, name(nbConv1), arch.Fixed()),
		nbConv3: b.ReLUConvBN(x, channels, 3, name(nbConv3), arch.Fixed()),
		nbPool:  b.AvgPool(x, 3, arch.Stride(1), arch.Pad(1), name(nbPool)),
	}
}

// Strongest is the cell that mixing numbers choose, given by their names in the
// supernet: on each edge the operation with the largest number, the first of equal ones.
// It is an error if numbers are missing, too few, too many or not finite.
func (s *NB201) Strongest(alphas map[string][]float64) (Genotype, error) {
	var g Genotype
	for _, e := range nb201Edges() {
		name := nb201Edge(e)
		a := alphas[name]
		if len(a) != nbOps {
			return nil, fmt.Errorf("space %s: there are %d mixing numbers %q; give one for each of the %d operations", s.Name(), len(a), name, nbOps)
		}
		best := 0
		for k, v := range a {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("space %s: mixing number %d of %q is %v; it must be finite", s.Name(), k, name, v)
			}
			if v > a[best] {
				best = k
			}
		}
		g = append(g, best)
	}
	return g, nil
}

// Edges are the six edges, in the order of the decisions.
func (s *NB201) Edges() []MixedEdge {
	var list []MixedEdge
	for _, e := range nb201Edges() {
		list = append(list, MixedEdge{Cell: "cell", Name: nb201Edge(e), Ops: nb201Ops()})
	}
	return list
}

// Path is the genotype itself: an operation on each edge.
func (s *NB201) Path(g Genotype) ([]int, error) {
	if err := s.checkComplete(g); err != nil {
		return nil, err
	}
	return slices.Clone(g), nil
}
