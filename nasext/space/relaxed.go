package space

import (
	"fmt"
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
)

// Relaxed is a space whose architectures are parts of one network, its supernet: every
// operation is on every edge, and numbers say how much of each. Gradient-based and
// one-shot searches share the weights of its operations among all architectures.
type Relaxed interface {
	Space
	// Edges are what is mixed, in the order of the supernet.
	Edges() []MixedEdge
	// Supernet is the network. The mixing numbers of an edge have its name.
	Supernet(m cell.Mixing) (*arch.Arch, error)
	// Strongest is the architecture that mixing numbers choose, given by their names.
	Strongest(alphas map[string][]float64) (Genotype, error)
	// Path is, for each edge, the index of the operation that the architecture has there.
	Path(g Genotype) ([]int, error)
}

// MixedEdge is an edge of a supernet. All cells of a kind share its mixing numbers.
type MixedEdge struct {
	Cell string   `json:"cell"` // the kind of cell that it belongs to
	Name string   `json:"name"` // of its mixing numbers
	Ops  []string `json:"ops"`  // that are mixed, in their order
}

// relaxed is the supernet of the space, if it has one.
func (s *CellSpace) relaxed() (cell.DARTSSupernet, error) {
	c := s.config
	net, ok := c.Skeleton.(cell.DARTSNet)
	if !ok || !c.Unlike || !c.AllOut || c.Concat || c.OneCell {
		return cell.DARTSSupernet{}, fmt.Errorf("space %s has no supernet; cells have one that are those of DARTS in a cell.DARTSNet: Unlike and AllOut, without Concat and OneCell", s.name)
	}
	net.Aux = false
	ops := slices.Clone(c.Ops)
	if !slices.Contains(ops, cell.None) {
		ops = slices.Insert(ops, 0, cell.None)
	}
	return cell.DARTSSupernet{Net: net, Nodes: c.Nodes, Ops: ops}, nil
}

// Supernet is the network in which DARTS searches the space. Beside the operations of
// the space it mixes none, which an edge has that an architecture leaves out. It is an
// error if the cells are not those of DARTS.
func (s *CellSpace) Supernet(m cell.Mixing) (*arch.Arch, error) {
	n, err := s.relaxed()
	if err != nil {
		return nil, err
	}
	n.Mixing = m
	return n.Build()
}

// Edges are those of both cells; nil if the space has no supernet.
func (s *CellSpace) Edges() []MixedEdge {
	n, err := s.relaxed()
	if err != nil {
		return nil
	}
	var list []MixedEdge
	for _, e := range n.Edges() {
		list = append(list, MixedEdge{Cell: e.Cell, Name: e.Name, Ops: opWords(n.Ops)})
	}
	return list
}

// Strongest is the cells that mixing numbers choose, as cell.DARTSSupernet's Genotype.
func (s *CellSpace) Strongest(alphas map[string][]float64) (Genotype, error) {
	n, err := s.relaxed()
	if err != nil {
		return nil, err
	}
	cells, err := n.Genotype(alphas)
	if err != nil {
		return nil, fmt.Errorf("space %s: %w", s.name, err)
	}
	return s.Choices(cells)
}

// Path has none on the edges that a genotype leaves out.
func (s *CellSpace) Path(g Genotype) ([]int, error) {
	n, err := s.relaxed()
	if err != nil {
		return nil, err
	}
	cells, err := s.Genotype(g)
	if err != nil {
		return nil, err
	}
	var path []int
	for _, e := range n.Edges() {
		of := cells.Normal
		if e.Cell != n.Edges()[0].Cell {
			of = cells.Reduction
		}
		op := cell.None
		for _, taken := range of.Nodes[e.To-2].Edges {
			if taken.From == e.From {
				op = taken.Op
			}
		}
		path = append(path, slices.Index(n.Ops, op))
	}
	return path, nil
}

var _, _ Relaxed = (*NB201)(nil), (*CellSpace)(nil)
