package cell

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/nascent-go/nascent/nasext/arch"
)

// DARTSSupernet is the network in which DARTS searches (Liu et al. 2019, section
// 2.2, and the authors' code): in every cell each node takes every state before it,
// through all operations at once, mixed by numbers α that all normal cells share, and
// all reductions; for the published cells they are 2·14·8 numbers.
// Batch norms in cells have no learned scale and shift.
type DARTSSupernet struct {
	Net    DARTSNet // C 0 means 16, Layers 0 means 8, as in the article's search
	Nodes  int      // of a cell, all of which it gives out; 0 means 4
	Ops    []Op     // none means DARTSOps
	Mixing Mixing
}

// Mixing is how the operations of a supernet are mixed. The zero value is that of DARTS.
type Mixing struct {
	Gate arch.Gate // of the operations on an edge; "" means arch.Softmax
}

// MixedEdge is an edge of the cells of a DARTSSupernet.
type MixedEdge struct {
	Cell     string // the kind of cell, "normal" or "reduction"
	From, To int    // states of the cell
	Name     string // of its mixing numbers
}

// Edges are the edges of both kinds of cells, in the order of the network.
func (n DARTSSupernet) Edges() []MixedEdge {
	n = n.defaults()
	var list []MixedEdge
	for _, kind := range []string{normalCell, reductionCell} {
		for j := 2; j < n.Nodes+2; j++ {
			for i := range j {
				list = append(list, MixedEdge{kind, i, j, mixName(kind, i, j)})
			}
		}
	}
	return list
}

// maxMixed bounds the operations of a supernet, of which each is up to eight nodes.
const maxMixed = 1 << 16

// DARTSOps are the operations that DARTS mixes, in the order of its code.
func DARTSOps() []Op {
	return []Op{None, MaxPool3, AvgPool3, Skip, SepConv3, SepConv5, DilConv3, DilConv5}
}

// Build makes the network. The blocks are those of DARTSNet; in a cell the mix of
// the operations from state i to node j is called "i→j", and its mixing numbers
// "normal i→j" or "reduction i→j".
func (n DARTSSupernet) Build() (*arch.Arch, error) {
	n = n.defaults()
	if err := n.check(); err != nil {
		return nil, fmt.Errorf("cell: DARTS supernet: %w", err)
	}
	// Its cell as a genotype shows what is wrong with the operations.
	c := Cell{Out: []int{2}}
	for _, o := range n.Ops {
		c.Nodes = append(c.Nodes, add(o, 0, o, 1))
	}
	net := n.Net.defaults()
	edges := n.Nodes * (n.Nodes + 3) / 2
	if edges*len(n.Ops)*min(net.Layers, maxCells) > maxMixed {
		return nil, fmt.Errorf("cell: DARTS supernet: %d cells with %d edges of %d operations are more than %d operations; use fewer of either", net.Layers, edges, len(n.Ops), maxMixed)
	}
	a, err := build(net, Genotype{c, c}, net.Input, dartsStyle(), net.settings(), func(s *stack) {
		net.stack(s, func(reduction bool, block string, before, last, channels int) int {
			s.fixed = true
			defer func() { s.fixed = false }()
			return n.cell(s, reduction, block, before, last, channels)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("cell: supernet: %w", err)
	}
	a.Name = "DARTS supernet"
	return a, nil
}

func (n DARTSSupernet) defaults() DARTSSupernet {
	n.Net.C, n.Net.Layers, n.Nodes = or(n.Net.C, 16), or(n.Net.Layers, 8), or(n.Nodes, 4)
	if n.Ops == nil {
		n.Ops = DARTSOps()
	}
	if n.Mixing.Gate == "" {
		n.Mixing.Gate = arch.Softmax
	}
	return n
}

func (n DARTSSupernet) check() error {
	if n.Net.DropPath != 0 {
		return fmt.Errorf("DropPath is %v; a supernet has no drop path, the network of what it finds may have", n.Net.DropPath)
	}
	if len(n.Ops) == 0 {
		return errors.New("there are no operations; a supernet has at least one operation")
	}
	return checkNodes(n.Nodes)
}

// The kinds of cells, as their mixing numbers are called.
const (
	normalCell    = "normal"
	reductionCell = "reduction"
)

// mixName is the name of the mixing numbers of an edge.
func mixName(kind string, from, to int) string { return fmt.Sprintf("%s %d→%d", kind, from, to) }

// cell adds a cell with every edge.
func (n DARTSSupernet) cell(s *stack, reduction bool, block string, before, last, channels int) int {
	stride, kind := 1, normalCell
	if reduction {
		stride, kind = 2, reductionCell
	}
	s.Block(block)
	states := []int{s.before(s, before, last, channels), s.last(s, last, channels)}
	for j := 2; j < n.Nodes+2; j++ {
		var sum []int
		for i, x := range states {
			edge := strconv.Itoa(i) + "→" + strconv.Itoa(j)
			results := n.operations(s, x, i, channels, stride, edge)
			sum = append(sum, s.Mix(mixName(kind, i, j), n.Mixing.Gate, results, arch.Named(edge)))
		}
		states = append(states, s.Name(s.Add(sum...), "node "+strconv.Itoa(j)))
	}
	if n.Nodes == 1 {
		return states[2]
	}
	return s.Name(s.Concat(states[2:]...), "out")
}

// operations adds every operation on one edge.
func (n DARTSSupernet) operations(s *stack, x, from, channels, stride int, name string) []int {
	var results []int
	for _, o := range n.Ops {
		y := s.edge(Edge{o, from}, x, channels, stride, name+" "+string(o))
		if f, _ := o.family(); f == maximum || f == average {
			y = s.BatchNorm(y, s.options(name+" "+string(o)+"/bn")...)
		}
		results = append(results, y)
	}
	return results
}
