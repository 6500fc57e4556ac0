package space

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strconv"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
)

// Grower is a space whose architectures are made of blocks, and grow block by block.
type Grower interface {
	Space
	// Grow lists the architectures that have one block more than g, after its own: of
	// those that are equal but for the order within a block, one. For nil they are those
	// of one block; if g is as large as can be, there are none.
	Grow(g Genotype) ([]Genotype, error)
	// Tokens says how many values each number of a block can have.
	Tokens() []int
	// Blocks are the blocks of g as numbers: the number at place i is at least 0 and less
	// than Tokens()[i]. Blocks that are equal but for their order are equal.
	Blocks(g Genotype) ([][]int, error)
}

// GrowingCells is the space of the cells of a CellSpace and of all smaller ones: first it
// is decided how many nodes a cell has, then what they are. A node is a block.
type GrowingCells struct {
	sizes []*CellSpace // of one node, of two, …
	nodes Decision
}

// Growing is the space of these cells and of those with fewer nodes, which the
// progressive search of Liu et al. 2018 needs. Both cells have to be one.
func (s *CellSpace) Growing() (*GrowingCells, error) {
	if !s.config.OneCell {
		return nil, fmt.Errorf("space %s: it cannot grow, because it has a normal and a reduction cell; a space of one cell for both can, such as PNAS", s.name)
	}
	g := &GrowingCells{nodes: Decision{Name: "nodes"}}
	for n := range s.config.Nodes {
		c := s.config
		c.Nodes = n + 1
		of, err := Cells(c)
		if err != nil {
			return nil, err
		}
		g.sizes = append(g.sizes, of)
		g.nodes.Options = append(g.nodes.Options, strconv.Itoa(n+1))
	}
	return g, nil
}

// largest is the space that this one was made of.
func (s *GrowingCells) largest() *CellSpace { return s.sizes[len(s.sizes)-1] }

// Name is the space with its settings.
func (s *GrowingCells) Name() string { return "growing " + s.largest().name }

// Next asks how many nodes a cell has, and then for what they are. The options belong to
// the space and must not be changed.
func (s *GrowingCells) Next(chosen Genotype) (Decision, bool, error) {
	if len(chosen) == 0 {
		return s.nodes, true, nil
	}
	of, err := s.of(chosen)
	if err != nil {
		return Decision{}, false, err
	}
	return of.Next(chosen[1:])
}

// of is the space of the cells with as many nodes as were decided.
func (s *GrowingCells) of(chosen Genotype) (*CellSpace, error) {
	switch {
	case len(chosen) == 0:
		return nil, fmt.Errorf("space %s: the genotype %v is not complete: %q is undecided", s.Name(), chosen, s.nodes.Name)
	case chosen[0] < 0 || chosen[0] >= len(s.sizes):
		return nil, outOfRange(s.Name(), 0, chosen[0], s.nodes)
	}
	return s.sizes[chosen[0]], nil
}

// State is the number of nodes, and how many decisions were taken.
func (s *GrowingCells) State(chosen Genotype) string {
	if len(chosen) == 0 {
		return ""
	}
	return fmt.Sprint(chosen[0], " ", len(chosen))
}

// Size is the sum over all numbers of nodes.
func (s *GrowingCells) Size() *big.Int {
	sum := new(big.Int)
	for _, of := range s.sizes {
		sum.Add(sum, of.Size())
	}
	return sum
}

// Build makes the network of a complete genotype.
func (s *GrowingCells) Build(g Genotype) (*arch.Arch, error) {
	of, err := s.of(g)
	if err != nil {
		return nil, err
	}
	return of.Build(g[1:])
}

// Genotype is the cells of a complete genotype.
func (s *GrowingCells) Genotype(g Genotype) (cell.Genotype, error) {
	of, err := s.of(g)
	if err != nil {
		return cell.Genotype{}, err
	}
	return of.Genotype(g[1:])
}

// Format writes a complete genotype as cell.Genotype does.
func (s *GrowingCells) Format(g Genotype) (string, error) {
	cells, err := s.Genotype(g)
	if err != nil {
		return "", err
	}
	return cells.String(), nil
}

// Parse reads whatever cell.Parse reads, if the space has it.
func (s *GrowingCells) Parse(text string) (Genotype, error) {
	cells, err := cell.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("space %s: %w", s.Name(), err)
	}
	n := len(cells.Normal.Nodes)
	if n < 1 || n > len(s.sizes) {
		return nil, fmt.Errorf("space %s: there are %d nodes; in this space a cell has 1 to %d", s.Name(), n, len(s.sizes))
	}
	g, err := s.sizes[n-1].Choices(cells)
	if err != nil {
		return nil, err
	}
	return append(Genotype{n - 1}, g...), nil
}

// Frame is that of the largest cells.
func (s *GrowingCells) Frame() Frame { return s.largest().Frame() }

// Wirings are the cells of a genotype as graphs.
func (s *GrowingCells) Wirings(g Genotype) ([]Wiring, error) {
	of, err := s.of(g)
	if err != nil {
		return nil, err
	}
	return of.Wirings(g[1:])
}

// Grow implements Grower: cells with one node more. Of two nodes whose edges are
// exchanged it lists the one where the first edge comes from the lower state, or from the
// same state with an operation that is listed earlier.
func (s *GrowingCells) Grow(g Genotype) ([]Genotype, error) {
	nodes := 0
	if g != nil {
		of, err := s.of(g)
		if err == nil {
			err = of.checkComplete(g[1:])
		}
		if err != nil {
			return nil, err
		}
		nodes = g[0] + 1
	}
	if nodes == len(s.sizes) {
		return nil, nil
	}
	of := s.sizes[nodes]
	begin := make(Genotype, 1, 1+len(of.decisions))
	begin[0] = nodes
	if g != nil {
		begin = append(begin, g[1:]...)
	}
	var list []Genotype
	added := of.decisions[len(begin)-1:]
	node := make(Genotype, len(added))
	var fill func(i int)
	fill = func(i int) {
		if i == len(added) {
			if !s.turned(node) {
				list = append(list, append(slices.Clone(begin), node...))
			}
			return
		}
		for o := range added[i].Options {
			node[i] = o
			fill(i + 1)
		}
	}
	fill(0)
	return list, nil
}

// turned says whether the edges of a node are out of order. With Unlike, their inputs are
// one choice that has no order, so that the operations tell them apart.
func (s *GrowingCells) turned(node []int) bool {
	return !s.largest().config.Unlike && cmp.Or(cmp.Compare(node[0], node[1]), cmp.Compare(node[2], node[3])) > 0
}

// Tokens implements Grower: the states that the edges come from (with Unlike the pair of
// them), the operations, and with Concat how they are joined.
func (s *GrowingCells) Tokens() []int {
	of := s.largest()
	var list []int
	for _, d := range of.decisions[len(of.decisions)-s.perNode():] {
		list = append(list, len(d.Options))
	}
	return list
}

// perNode is how many choices a node is.
func (s *GrowingCells) perNode() int { return len(s.sizes[0].decisions) }

// Blocks implements Grower.
func (s *GrowingCells) Blocks(g Genotype) ([][]int, error) {
	of, err := s.of(g)
	if err == nil {
		err = of.checkComplete(g[1:])
	}
	if err != nil {
		return nil, err
	}
	n := s.perNode()
	last := s.largest().decisions[len(s.largest().decisions)-n:]
	var blocks [][]int
	for at := 0; at < len(g)-1; at += n {
		node := g[1+at:][:n]
		block := make([]int, n)
		for i, o := range node {
			block[i] = slices.Index(last[i].Options, of.decisions[at+i].Options[o])
		}
		if s.turned(node) {
			block[0], block[1], block[2], block[3] = block[1], block[0], block[3], block[2]
		}
		blocks = append(blocks, block)
	}
	return blocks, nil
}

var _ interface {
	Sizer
	Stater
	Codec
	Wired
	Grower
} = (*GrowingCells)(nil)
