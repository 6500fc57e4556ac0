// Package cell describes networks that are made of cells: small graphs that a
// search finds and a fixed skeleton repeats (Zoph et al. 2018, "Learning
// Transferable Architectures for Scalable Image Recognition"). A Genotype is the
// cells as data; a Skeleton says how many of them stand between which stem and
// which head, and builds the architecture.
package cell

import (
	"fmt"
	"slices"
	"strings"
)

// Op is an operation on an edge of a cell. Its name is that of the DARTS code.
type Op string

// The operations. A convolution is ReLU, convolution, batch norm.
const (
	None     Op = "none"         // zeros
	Skip     Op = "skip_connect" // the state itself; with a stride, what the skeleton puts in its place
	AvgPool3 Op = "avg_pool_3x3"
	MaxPool3 Op = "max_pool_3x3"
	MaxPool5 Op = "max_pool_5x5"
	MaxPool7 Op = "max_pool_7x7"
	Conv1    Op = "conv_1x1"
	Conv3    Op = "conv_3x3"
	Conv1x3  Op = "conv_3x1_1x3" // a 1×3 convolution, then a 3×1 one, then one batch norm
	Conv1x7  Op = "conv_7x1_1x7"
	SepConv3 Op = "sep_conv_3x3" // twice: ReLU, depthwise, 1×1, batch norm
	SepConv5 Op = "sep_conv_5x5"
	SepConv7 Op = "sep_conv_7x7"
	DilConv3 Op = "dil_conv_3x3" // ReLU, depthwise with dilation 2, 1×1, batch norm
	DilConv5 Op = "dil_conv_5x5"
)

// Ops lists every operation.
func Ops() []Op {
	return []Op{None, Skip, AvgPool3, MaxPool3, MaxPool5, MaxPool7, Conv1, Conv3, Conv1x3, Conv1x7, SepConv3, SepConv5, SepConv7, DilConv3, DilConv5}
}

// Edge is an operation and the state it is applied to. The states of a cell are
// its two inputs and its nodes: 0 is the output of the cell before the last one
// (c_{k-2}), 1 that of the last one (c_{k-1}), 2 the first node, and so on.
type Edge struct {
	Op   Op
	From int
}

// Node is a node of a cell: what two edges give, joined.
type Node struct {
	Edges  [2]Edge
	Concat bool // the results are concatenated along channels; otherwise they are added
}

// Cell is a cell: its nodes, and the states whose concatenation it gives.
type Cell struct {
	Nodes []Node
	Out   []int
}

// Genotype is what a cell-based network repeats: a cell that keeps height and
// width, and one that halves them because its operations on the two inputs have
// stride 2.
type Genotype struct {
	Normal, Reduction Cell
}

// maxNodes bounds the nodes of a cell; published cells have four to seven.
const maxNodes = 100

// Check says what is wrong with the genotype, or nil.
func (g Genotype) Check() error {
	if err := g.Normal.check(); err != nil {
		return fmt.Errorf("cell: normal cell: %w", err)
	}
	if err := g.Reduction.check(); err != nil {
		return fmt.Errorf("cell: reduction cell: %w", err)
	}
	return nil
}

func (c Cell) check() error {
	if err := checkNodes(len(c.Nodes)); err != nil {
		return err
	}
	for i, n := range c.Nodes {
		for _, e := range n.Edges {
			if !slices.Contains(Ops(), e.Op) {
				return fmt.Errorf("node %d: there is no operation %q; the operations are %s", i+2, string(e.Op), opList())
			}
			if err := checkFrom(i, e.From); err != nil {
				return err
			}
		}
	}
	if len(c.Out) == 0 {
		return fmt.Errorf("no state is given out; name at least one of 0 to %d", len(c.Nodes)+1)
	}
	for i, s := range c.Out {
		if err := checkOut(len(c.Nodes), c.Out[:i], s); err != nil {
			return err
		}
	}
	return nil
}

func checkNodes(n int) error {
	if n < 1 || n > maxNodes {
		return fmt.Errorf("there are %d nodes; a cell has 1 to %d", n, maxNodes)
	}
	return nil
}

// checkFrom checks the state that node i, counted from 0, takes.
func checkFrom(i, from int) error {
	if from < 0 || from > i+1 {
		return fmt.Errorf("node %d takes state %d; it can take 0 to %d: the inputs 0 and 1 and the nodes before it", i+2, from, i+1)
	}
	return nil
}

// checkOut checks one more state given out by a cell.
func checkOut(nodes int, before []int, state int) error {
	if state < 0 || state > nodes+1 {
		return fmt.Errorf("state %d is given out; the states are 0 to %d", state, nodes+1)
	}
	if slices.Contains(before, state) {
		return fmt.Errorf("state %d is given out twice", state)
	}
	return nil
}

// Loose lists the states that no node takes, in order. NASNet and ENAS give out these.
func (c Cell) Loose() []int {
	taken := make([]bool, len(c.Nodes)+2)
	for _, n := range c.Nodes {
		for _, e := range n.Edges {
			if e.From >= 0 && e.From < len(taken) {
				taken[e.From] = true
			}
		}
	}
	var loose []int
	for s, t := range taken {
		if !t {
			loose = append(loose, s)
		}
	}
	return loose
}

// Equal says whether two cells are the same, node by node.
func (c Cell) Equal(d Cell) bool {
	return slices.Equal(c.Nodes, d.Nodes) && slices.Equal(c.Out, d.Out)
}

func (c Cell) clone() Cell {
	return Cell{Nodes: slices.Clone(c.Nodes), Out: slices.Clone(c.Out)}
}

// opList lists the operations for error messages.
func opList() string {
	var words []string
	for _, o := range Ops() {
		words = append(words, string(o))
	}
	return strings.Join(words, ", ")
}
