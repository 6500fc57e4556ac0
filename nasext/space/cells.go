package space

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
)

// CellConfig says which cells a space has, and which skeleton they are put into.
type CellConfig struct {
	Name     string    // of the kind of cells: "NASNet"
	Ops      []cell.Op // of an edge
	Nodes    int       // of a cell, 1 to 100
	Concat   bool      // a node may concatenate its two edges; otherwise all nodes add
	Unlike   bool      // the two edges of a node come from different states, and their order does not count
	OneCell  bool      // the reduction cell is the normal cell
	AllOut   bool      // a cell gives out all its nodes; otherwise its loose states, those that no node takes
	Skeleton cell.Skeleton
}

// CellSpace is a space of cell-based networks: a normal and a reduction cell of a
// number of nodes with two edges each. Decided are, node by node, the states that
// the edges come from, their operations and, with Concat, how they are joined. The
// macro skeleton is no part of the space: it is chosen once.
//
// Its notation is that of cell.Genotype; Parse reads all that cell.Parse reads.
type CellSpace struct {
	product
	config CellConfig
}

// NASNet is the space of Zoph et al. 2018, "Learning Transferable Architectures for
// Scalable Image Recognition": five nodes, thirteen operations, addition or
// concatenation. A cell has Π(b+2)²·13²·2, b = 0 … 4, which are
// 2 286 906 949 584 691 200 choices. With nil, the skeleton is that of the article's
// search on CIFAR-10, with N = 2 and F = 32.
func NASNet(skeleton cell.Skeleton) (*CellSpace, error) {
	return Cells(CellConfig{
		Name: "NASNet", Nodes: 5, Concat: true,
		Ops: []cell.Op{
			cell.Skip, cell.Conv1x3, cell.Conv1x7, cell.DilConv3, cell.AvgPool3, cell.MaxPool3, cell.MaxPool5, cell.MaxPool7,
			cell.Conv1, cell.Conv3, cell.SepConv3, cell.SepConv5, cell.SepConv7,
		},
		Skeleton: orNet(skeleton, cell.NASNet{F: 32, N: 2}),
	})
}

// AmoebaNet is the space of Real et al. 2019, "Regularized Evolution for Image
// Classifier Architecture Search": that of NASNet with eight operations and
// addition. With nil, the skeleton is that of the article's search on CIFAR-10, with
// N = 3 and F = 24.
func AmoebaNet(skeleton cell.Skeleton) (*CellSpace, error) {
	return Cells(CellConfig{Name: "AmoebaNet", Ops: eightOps(), Nodes: 5, Skeleton: orNet(skeleton, cell.NASNet{F: 24, N: 3})})
}

// PNAS is the space of Liu et al. 2018, "Progressive Neural Architecture Search":
// one cell for both purposes, which gives out all five nodes, with the eight
// operations of AmoebaNet; 5.6·10¹⁴ choices. With nil, the skeleton is that of the
// article's search on CIFAR-10, with N = 2 and F = 24.
func PNAS(skeleton cell.Skeleton) (*CellSpace, error) {
	return Cells(CellConfig{
		Name: "PNAS", Ops: eightOps(), Nodes: 5, OneCell: true, AllOut: true,
		Skeleton: orNet(skeleton, cell.NASNet{F: 24, N: 2, InPlace: true}),
	})
}

// DARTS is the space of Liu et al. 2019, "DARTS: Differentiable Architecture
// Search": four nodes, all given out, which take two different states by seven
// operations. A cell has (1·3·6·10)·7⁸ = 1 037 664 180 choices. With nil, the
// skeleton is that of the article's search on CIFAR-10, with C = 16 and 8 cells.
func DARTS(skeleton cell.Skeleton) (*CellSpace, error) {
	return Cells(CellConfig{
		Name: "DARTS", Nodes: 4, Unlike: true, AllOut: true,
		Ops:      slices.DeleteFunc(cell.DARTSOps(), func(o cell.Op) bool { return o == cell.None }),
		Skeleton: orNet(skeleton, cell.DARTSNet{C: 16, Layers: 8}),
	})
}

// ENASMicro is the micro space of Pham et al. 2018, "Efficient Neural Architecture
// Search via Parameter Sharing": five nodes and five operations. A cell has
// (6!)²·5¹⁰ choices; the article's (5·(B−2)!)⁴ = 1.3·10¹¹ for B = 7 counts one
// operation for all nodes. With nil, the skeleton is that of the article's search on
// CIFAR-10, with 20 filters and 6 normal cells.
func ENASMicro(skeleton cell.Skeleton) (*CellSpace, error) {
	return Cells(CellConfig{
		Name: "ENAS micro", Nodes: 5,
		Ops:      []cell.Op{cell.SepConv3, cell.SepConv5, cell.AvgPool3, cell.MaxPool3, cell.Skip},
		Skeleton: orNet(skeleton, cell.ENASNet{C: 20, Layers: 6}),
	})
}

// eightOps are the operations of AmoebaNet and PNAS.
func eightOps() []cell.Op {
	return []cell.Op{cell.Skip, cell.SepConv3, cell.SepConv5, cell.SepConv7, cell.AvgPool3, cell.MaxPool3, cell.DilConv3, cell.Conv1x7}
}

func orNet(skeleton, otherwise cell.Skeleton) cell.Skeleton {
	if skeleton == nil {
		return otherwise
	}
	return skeleton
}

// Cells makes a space of cells. The error names the setting that is wrong, or what
// does not fit into the skeleton.
func Cells(config CellConfig) (*CellSpace, error) {
	c := config
	c.Ops = slices.Clone(c.Ops)
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("space: %s: %w", strings.TrimSuffix("cells of "+c.Name, " of "), err)
	}
	s := &CellSpace{config: c}
	s.name = c.name()
	for _, label := range c.cells() {
		anchors := []int{InputAnchor(0), InputAnchor(1)}
		for node := 2; node < c.Nodes+2; node++ {
			s.decisions = append(s.decisions, c.decisions(label+" "+strconv.Itoa(node), anchors)...)
			anchors = append(anchors, len(s.decisions))
		}
	}
	// Shapes do not depend on the choices, so one architecture shows whether all fit.
	if _, err := s.Build(make(Genotype, len(s.decisions))); err != nil {
		return nil, err
	}
	return s, nil
}

func (c CellConfig) check() error {
	switch {
	case len(c.Ops) == 0:
		return errors.New("there is no valid architecture: Ops is empty; offer at least one operation, such as cell.SepConv3")
	case c.Nodes < 1 || c.Nodes > 100:
		return fmt.Errorf("%s is %d; it must be 1 to 100", "Nodes", c.Nodes)
	case c.Skeleton == nil:
		return errors.New("there is no skeleton; give one, such as cell.DARTSNet{}")
	}
	for i, o := range c.Ops {
		if !slices.Contains(cell.Ops(), o) {
			return fmt.Errorf("%s offers %q; the operations are %s", "Ops", string(o), strings.Join(opWords(cell.Ops()), ", "))
		}
		if slices.Contains(c.Ops[:i], o) {
			return fmt.Errorf("%s offers %s twice; an option stands in a list once", "Ops", o)
		}
	}
	return nil
}

func (c CellConfig) name() string {
	name := fmt.Sprintf("%s(nodes=%d ops=%s", c.Name, c.Nodes, strings.Join(opWords(c.Ops), ","))
	for _, flag := range []struct {
		on   bool
		word string
	}{{c.Concat, "concat"}, {c.Unlike, "unlike"}, {c.OneCell, "one cell"}, {c.AllOut, "all out"}} {
		if flag.on {
			name += " " + flag.word
		}
	}
	return name + ") in " + c.Skeleton.Name()
}

// cells names the cells that are decided.
func (c CellConfig) cells() []string {
	if c.OneCell {
		return []string{"cell"}
	}
	return []string{"normal", "reduction"}
}

// decisions are those of one node, before which there are states with these anchors.
func (c CellConfig) decisions(label string, anchors []int) []Decision {
	var list []Decision
	node := len(anchors)
	if c.Unlike {
		list = append(list, Decision{Name: label + " inputs"})
		for _, p := range pairs(node) {
			list[0].Options = append(list[0].Options, fmt.Sprintf("%d and %d", p[0], p[1]))
		}
	} else {
		states := make([]string, node)
		for i := range states {
			states[i] = strconv.Itoa(i)
		}
		anchors = slices.Clone(anchors)
		list = append(list,
			Decision{Name: label + " first input", Options: states, Anchors: anchors},
			Decision{Name: label + " second input", Options: states, Anchors: anchors})
	}
	list = append(list,
		Decision{Name: label + " first op", Options: opWords(c.Ops)},
		Decision{Name: label + " second op", Options: opWords(c.Ops)})
	if c.Concat {
		list = append(list, Decision{Name: label + " join", Options: []string{"add", "concat"}})
	}
	return list
}

// pairs lists the pairs of different states that a node can take, in order.
func pairs(node int) (list [][2]int) {
	for a := range node {
		for b := a + 1; b < node; b++ {
			list = append(list, [2]int{a, b})
		}
	}
	return list
}

func opWords(ops []cell.Op) []string {
	words := make([]string, len(ops))
	for i, o := range ops {
		words[i] = string(o)
	}
	return words
}

// Config is what the space was made of.
func (s *CellSpace) Config() CellConfig {
	c := s.config
	c.Ops = slices.Clone(c.Ops)
	return c
}

// Genotype is the cells of a complete genotype.
func (s *CellSpace) Genotype(g Genotype) (cell.Genotype, error) {
	if err := s.checkComplete(g); err != nil {
		return cell.Genotype{}, err
	}
	var cells [2]cell.Cell
	for i := range s.config.cells() {
		cells[i], g = s.read(g)
	}
	if s.config.OneCell {
		cells[1] = cells[0]
	}
	return cell.Genotype{Normal: cells[0], Reduction: cells[1]}, nil
}

// read takes the choices of one cell from g, and returns those that are left.
func (s *CellSpace) read(g Genotype) (cell.Cell, Genotype) {
	c := s.config
	take := func() int {
		o := g[0]
		g = g[1:]
		return o
	}
	made := cell.Cell{Nodes: make([]cell.Node, c.Nodes)}
	for i := range made.Nodes {
		n := &made.Nodes[i]
		if c.Unlike {
			p := pairs(i + 2)[take()]
			n.Edges[0].From, n.Edges[1].From = p[0], p[1]
		} else {
			n.Edges[0].From, n.Edges[1].From = take(), take()
		}
		n.Edges[0].Op, n.Edges[1].Op = c.Ops[take()], c.Ops[take()]
		if c.Concat {
			n.Concat = take() == 1
		}
	}
	made.Out = c.out(made)
	return made, g
}

// out is the states that a cell gives out.
func (c CellConfig) out(of cell.Cell) []int {
	if !c.AllOut {
		return of.Loose()
	}
	var all []int
	for i := range of.Nodes {
		all = append(all, i+2)
	}
	return all
}

// Choices is the genotype of cells; the inverse of Genotype. The error says why the
// space does not have them.
func (s *CellSpace) Choices(cells cell.Genotype) (Genotype, error) {
	if err := cells.Check(); err != nil {
		return nil, fmt.Errorf("space %s: %w", s.name, err)
	}
	if s.config.OneCell && !cells.Normal.Equal(cells.Reduction) {
		return nil, fmt.Errorf("space %s: the normal and the reduction cell differ; in this space they are one", s.name)
	}
	var g Genotype
	for i, label := range s.config.cells() {
		c := [2]cell.Cell{cells.Normal, cells.Reduction}[i]
		var err error
		if g, err = s.config.write(g, c); err != nil {
			return nil, fmt.Errorf("space %s: %s: %w", s.name, label, err)
		}
	}
	return g, nil
}

// write appends the choices of one cell.
func (c CellConfig) write(g Genotype, of cell.Cell) (Genotype, error) {
	if len(of.Nodes) != c.Nodes {
		return nil, fmt.Errorf("there are %d nodes; in this space a cell has %d", len(of.Nodes), c.Nodes)
	}
	if out := c.out(of); !slices.Equal(out, of.Out) {
		return nil, fmt.Errorf("it gives out the states %v; in this space it would give out %v", of.Out, out)
	}
	for i, n := range of.Nodes {
		a, b := n.Edges[0], n.Edges[1]
		if c.Unlike {
			if a.From == b.From {
				return nil, fmt.Errorf("node %d takes state %d twice; in this space a node takes two different states", i+2, a.From)
			}
			if a.From > b.From {
				a, b = b, a
			}
			g = append(g, slices.Index(pairs(i+2), [2]int{a.From, b.From}))
		} else {
			g = append(g, a.From, b.From)
		}
		for _, e := range []cell.Edge{a, b} {
			o := slices.Index(c.Ops, e.Op)
			if o < 0 {
				return nil, fmt.Errorf("node %d has the operation %s; in this space there are %s", i+2, e.Op, strings.Join(opWords(c.Ops), ", "))
			}
			g = append(g, o)
		}
		switch {
		case c.Concat && n.Concat:
			g = append(g, 1)
		case c.Concat:
			g = append(g, 0)
		case n.Concat:
			return nil, fmt.Errorf("node %d concatenates; in this space nodes add", i+2)
		}
	}
	return g, nil
}

// Build makes the network of a complete genotype: its cells in the skeleton.
func (s *CellSpace) Build(g Genotype) (*arch.Arch, error) {
	cells, err := s.Genotype(g)
	if err != nil {
		return nil, err
	}
	a, err := s.config.Skeleton.Build(cells)
	if err != nil {
		return nil, fmt.Errorf("space %s: building %v: %w", s.name, g, err)
	}
	return a, nil
}

// Format writes a complete genotype as cell.Genotype does.
func (s *CellSpace) Format(g Genotype) (string, error) {
	cells, err := s.Genotype(g)
	if err != nil {
		return "", err
	}
	return cells.String(), nil
}

// Parse reads whatever cell.Parse reads, if the space has it.
func (s *CellSpace) Parse(text string) (Genotype, error) {
	cells, err := cell.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("space %s: %w", s.name, err)
	}
	return s.Choices(cells)
}

// Frame has the edges of each cell as operations, two for every node. How a node
// joins its edges is no part of it.
func (s *CellSpace) Frame() Frame {
	shortest := 0 // a cell may give out an input that no node takes
	if s.config.AllOut {
		shortest = 1
	}
	return Frame{
		Cells: s.config.cells(), Inputs: 2, Ops: opWords(s.config.Ops),
		Nodes: 2 * s.config.Nodes, Shortest: shortest, Longest: s.config.Nodes,
	}
}

// Wirings are the cells of a genotype as graphs.
func (s *CellSpace) Wirings(g Genotype) ([]Wiring, error) {
	cells, err := s.Genotype(g)
	if err != nil {
		return nil, err
	}
	list := []Wiring{s.config.wiring(cells.Normal)}
	if !s.config.OneCell {
		list = append(list, s.config.wiring(cells.Reduction))
	}
	return list, nil
}

func (c CellConfig) wiring(of cell.Cell) (w Wiring) {
	givers := [][]int{{0}, {1}} // the nodes of the wiring that give each state
	connect := func(state, to int) {
		for _, from := range givers[state] {
			w.Edges = append(w.Edges, [2]int{from, to})
		}
	}
	for _, n := range of.Nodes {
		var both []int
		for _, e := range n.Edges {
			number := 2 + len(w.Ops)
			connect(e.From, number)
			w.Ops = append(w.Ops, slices.Index(c.Ops, e.Op))
			both = append(both, number)
		}
		givers = append(givers, both)
	}
	for _, state := range of.Out {
		connect(state, 2+len(w.Ops))
	}
	return w
}

var _ interface {
	Sizer
	Stater
	Codec
	Wired
} = (*CellSpace)(nil)
