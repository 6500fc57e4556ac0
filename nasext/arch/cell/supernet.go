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
	// Part is how many channels there are to one that goes through the operations. The others
	// go past them, and are pooled where the stride is 2; then all are shuffled (Xu et al.
	// 2020, "PC-DARTS", section 3.2). It divides the channels of every cell. 0 and 1: all do.
	Part int
	// Edges says that a node mixes its edges, too, by the softmax of numbers of its own
	// (section 3.3). Otherwise it adds them.
	Edges bool
}

// Check says what is wrong with the settings in cells whose numbers of channels are
// multiples of the given one.
func (m Mixing) Check(channels int) error {
	if m.Part < 0 || m.Part > 1 && channels%m.Part != 0 {
		return fmt.Errorf("one of %d channels is mixed, and there are %d; Part has to divide them, or to be 0 for all", m.Part, channels)
	}
	return nil
}

// Mix adds the mix of operations on state x, whose results operate makes from a state with
// the channels it is told, for an edge with the given stride. The mixing numbers are called
// alpha, and nodes by the edge.
func (m Mixing) Mix(b *arch.Builder, x, stride int, alpha, edge string, operate func(x, channels int) []int) int {
	in := b.Shape(x)
	if m.Part <= 1 {
		return b.Mix(alpha, m.Gate, operate(x, in.C), arch.Named(edge))
	}
	some := in.C / m.Part
	y := b.Mix(alpha, m.Gate, operate(b.Slice(x, 0, some, arch.Named(edge+" part")), some), arch.Named(edge+" mix"))
	rest := b.Slice(x, some, in.C-some, arch.Named(edge+" rest"))
	if stride > 1 {
		rest = b.MaxPool(rest, 2, arch.Stride(2), arch.Ceil(), arch.Named(edge+" rest/pool"))
	}
	all := b.Name(b.Concat(y, rest), edge+" all")
	return b.Shuffle(all, m.Part, arch.Named(edge))
}

// Join adds the sum of the edges into a node, or the mix of them by numbers called beta.
func (m Mixing) Join(b *arch.Builder, edges []int, beta, node string) int {
	if m.Edges && len(edges) > 1 {
		return b.Mix(beta, arch.Softmax, edges, arch.Named(node))
	}
	return b.Name(b.Add(edges...), node)
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
	if err := n.Mixing.Check(n.Net.C); err != nil {
		return err
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

// joinName is the name of the numbers by which a node mixes its edges.
func joinName(kind string, to int) string { return fmt.Sprintf("%s node %d", kind, to) }

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
			stride := stride
			if i > 1 {
				stride = 1
			}
			sum = append(sum, n.Mixing.Mix(s.Builder, x, stride, mixName(kind, i, j), edge, func(x, channels int) []int {
				return n.operations(s, x, i, channels, stride, edge)
			}))
		}
		states = append(states, n.Mixing.Join(s.Builder, sum, joinName(kind, j), "node "+strconv.Itoa(j)))
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
