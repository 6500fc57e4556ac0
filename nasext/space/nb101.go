package space

import (
	"fmt"
	"math/bits"
	"strconv"
	"sync"

	"github.com/nascent-go/nascent/nasext/arch"
)

// NASBench101Config says how large the cells of NAS-Bench-101 may be and which
// network they are put into. Zero fields mean the published setting for CIFAR-10.
//
// {Vertices: 5, C: 8, Modules: 1} with a small input suits a notebook: 2 532 cells
// whose networks have three modules.
type NASBench101Config struct {
	Vertices int        // of a cell at most, input and output included: 2 to 7; 0 means 7
	Edges    int        // of a cell at most: 1 to 9; 0 means 9
	C        int        // channels of the stem and the first stack, doubled in each further one; 0 means 128
	Stacks   int        // with a pooling between two of them; 0 means 3
	Modules  int        // cells in each stack; 0 means 3
	Input    arch.Shape // one sample; zero means 3×32×32
	Classes  int        // 0 means 10
}

// NB101 is the cell space of NAS-Bench-101 (Ying et al. 2019). A cell is a graph
// of at most seven vertices and nine edges: vertex 0 is its input, the last one its
// output, and each vertex in between has one of three operations. All cells of a
// network are the same.
//
// The decisions are those of the benchmark's own encoding, a matrix and a list of
// operations: for each vertex in between its operation and which earlier vertices
// it takes, then which vertices the output takes. A genotype has at most Edges
// edges, and its output is always reached from its input. Vertices that are not on
// a way from input to output dangle: they are left out of the cell. So a cell
// has many genotypes; the methods UniqueSize, UniqueAt, UniqueIndex and RandomUnique
// count, list and draw the different cells, 423 624 in the published setting.
//
// Its notation lists for each vertex but the input what it does and takes:
//
//	conv3x3-bn-relu(0) maxpool3x3(0,1) output(1,2)
type NB101 struct {
	config    NASBench101Config
	decisions []Decision // each with every option
	steps     []nb101Step
	catalogue func() *nb101Catalogue
}

// nb101Step is what a decision is about: the operation of vertex v, or whether v
// takes vertex from.
type nb101Step struct {
	v, from int
	edge    bool
}

const (
	nb101MaxVertices = 7
	nb101MaxEdges    = 9
)

// nb101Ops are the operations in the order in which the benchmark numbers them.
func nb101Ops() []string {
	return []string{"conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3"}
}

const (
	nb101Conv3 = iota
	nb101Conv1
	nb101Pool
	nb101OpCount
)

// NASBench101 makes the space.
func NASBench101(config NASBench101Config) (*NB101, error) {
	c := config
	for _, d := range []struct {
		field     *int
		published int
	}{{&c.Vertices, nb101MaxVertices}, {&c.Edges, nb101MaxEdges}, {&c.C, 128}, {&c.Stacks, 3}, {&c.Modules, 3}, {&c.Classes, 10}} {
		if *d.field == 0 {
			*d.field = d.published
		}
	}
	if c.Input == (arch.Shape{}) {
		c.Input = arch.Shape{C: 3, H: 32, W: 32}
	}
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("space: NAS-Bench-101: %w", err)
	}
	s := &NB101{config: c}
	out := c.Vertices - 1
	for v := 1; v <= out; v++ {
		name := "output"
		if v < out {
			name = "vertex " + strconv.Itoa(v)
			s.decisions = append(s.decisions, Decision{Name: name + " operation", Options: nb101Ops()})
			s.steps = append(s.steps, nb101Step{v: v})
		}
		for from := range v {
			s.decisions = append(s.decisions, Decision{Name: name + " takes " + strconv.Itoa(from), Options: noYes()})
			s.steps = append(s.steps, nb101Step{v: v, from: from, edge: true})
		}
	}
	s.catalogue = sync.OnceValue(func() *nb101Catalogue { return newNB101Catalogue(c.Vertices, c.Edges) })
	// The largest cell shows whether the network fits the input at all.
	if _, err := s.build("chain", nb101Chain(c.Vertices)); err != nil {
		return nil, fmt.Errorf("space: NAS-Bench-101 on an input of %v: %w", c.Input, err)
	}
	return s, nil
}

func (c NASBench101Config) check() error {
	for _, f := range []struct {
		name                      string
		value, least, most, usual int
	}{
		{"Vertices", c.Vertices, 2, nb101MaxVertices, nb101MaxVertices}, {"Edges", c.Edges, 1, nb101MaxEdges, nb101MaxEdges},
		{"C", c.C, max(1, c.Vertices-2), 1 << 14, 128}, // the output may be a concatenation of every vertex in between
		{"Stacks", c.Stacks, 1, 10, 3}, {"Modules", c.Modules, 1, 1000, 3}, {"Classes", c.Classes, 1, 1 << 20, 10},
	} {
		if f.value < f.least || f.value > f.most {
			return fmt.Errorf("%s is %d; it must be %d to %d, or 0 for the published %d", f.name, f.value, f.least, f.most, f.usual)
		}
	}
	return nil
}

// Config is the configuration with its defaults filled in.
func (s *NB101) Config() NASBench101Config { return s.config }

// Name is the space with its settings.
func (s *NB101) Name() string {
	c := s.config
	return fmt.Sprintf("NAS-Bench-101(vertices=%d edges=%d C=%d stacks=%d modules=%d input=%v classes=%d)",
		c.Vertices, c.Edges, c.C, c.Stacks, c.Modules, c.Input, c.Classes)
}

// nb101State is what the choices made so far leave open.
type nb101State struct {
	used    int   // edges
	reach   uint8 // vertices that the input reaches, as bits
	reached bool  // the output is one of them
}

// offer says which options of an edge step lead to a valid cell.
func (s *NB101) offer(t nb101Step, st nb101State) (no, yes bool) {
	out, left := s.config.Vertices-1, s.config.Edges-st.used
	if t.v < out {
		return true, left > 1 // the last edge belongs to the output
	}
	reaches := st.reach>>t.from&1 == 1
	last := bits.Len8(st.reach) - 1
	return st.reached || t.from != last, left > 1 || left == 1 && (st.reached || reaches)
}

// take is the state after the edge of a step is taken.
func (s *NB101) take(t nb101Step, st nb101State) nb101State {
	st.used++
	switch {
	case st.reach>>t.from&1 == 0:
	case t.v == s.config.Vertices-1:
		st.reached = true
	default:
		st.reach |= 1 << t.v
	}
	return st
}

// nb101Reading is what a beginning says.
type nb101Reading struct {
	cell  nb101Graph
	state nb101State
	next  *Decision // nil if the choices are complete
}

// read decides as much as the choices say.
func (s *NB101) read(chosen Genotype) (nb101Reading, error) {
	r := nb101Reading{cell: nb101Graph{n: s.config.Vertices}, state: nb101State{reach: 1}}
	for i, t := range s.steps {
		d := s.decisions[i]
		no, yes := true, true
		if t.edge {
			no, yes = s.offer(t, r.state)
		}
		switch {
		case !no:
			d.Options = d.Options[1:]
		case !yes:
			d.Options = d.Options[:1]
		}
		if i == len(chosen) {
			r.next = &d
			return r, nil
		}
		o := chosen[i]
		switch {
		case o < 0 || o >= len(d.Options):
			return r, outOfRange(s.Name(), i, o, d)
		case !t.edge:
			r.cell.op[t.v] = uint8(o)
		case o == 1 || !no:
			r.cell.in[t.v] |= 1 << t.from
			r.state = s.take(t, r.state)
		}
	}
	if len(chosen) > len(s.steps) {
		return r, fmt.Errorf("space %s: %d choices, but the cell is complete after %d", s.Name(), len(chosen), len(s.steps))
	}
	return r, nil
}

// graph is the cell of a complete genotype, with what dangles.
func (s *NB101) graph(g Genotype) (nb101Graph, error) {
	r, err := s.read(g)
	if err == nil && r.next != nil {
		err = fmt.Errorf("space %s: the genotype %v is not complete: %q is undecided", s.Name(), g, r.next.Name)
	}
	return r.cell, err
}

// pruned is the cell of a complete genotype, without what dangles.
func (s *NB101) pruned(g Genotype) (nb101Graph, error) {
	c, err := s.graph(g)
	if err != nil {
		return c, err
	}
	c, _ = c.prune() // the output is always reached
	return c, nil
}

// Next asks for each vertex in between first for its operation and then for each
// earlier vertex whether it is taken; at last it asks the same for the output. An
// edge that would be one too many cannot be taken, and one that is the last chance
// to reach the output has to be. The options belong to the space and must not be
// changed.
func (s *NB101) Next(chosen Genotype) (Decision, bool, error) {
	r, err := s.read(chosen)
	if err != nil || r.next == nil {
		return Decision{}, false, err
	}
	return *r.next, true, nil
}

// State is how many choices are made, how many edges they take and which vertices
// they let the input reach: that decides which edges can follow.
func (s *NB101) State(chosen Genotype) string {
	r, err := s.read(chosen)
	if err != nil {
		return "" // Next says what is wrong
	}
	return fmt.Sprintf("%d %+v", len(chosen), r.state)
}

// Frame is a cell with one input and operations on its vertices.
func (s *NB101) Frame() Frame {
	return Frame{Cells: []string{"cell"}, Inputs: 1, Ops: nb101Ops(), Nodes: s.config.Vertices - 2}
}

// Wirings is the one cell of a genotype, without what dangles.
func (s *NB101) Wirings(g Genotype) ([]Wiring, error) {
	c, err := s.pruned(g)
	if err != nil {
		return nil, err
	}
	var w Wiring
	for v := 1; v < c.n; v++ {
		if v < c.n-1 {
			w.Ops = append(w.Ops, int(c.op[v]))
		}
		for from := range v {
			if c.in[v]>>from&1 == 1 {
				w.Edges = append(w.Edges, [2]int{from, v})
			}
		}
	}
	return []Wiring{w}, nil
}

// genotype writes a cell, which fits, as choices.
func (s *NB101) genotype(c nb101Graph) Genotype {
	c = c.spread(s.config.Vertices)
	g := make(Genotype, len(s.steps))
	st := nb101State{reach: 1}
	for i, t := range s.steps {
		if !t.edge {
			g[i] = int(c.op[t.v])
			continue
		}
		if c.in[t.v]>>t.from&1 == 1 {
			if no, _ := s.offer(t, st); no {
				g[i] = 1
			}
			st = s.take(t, st)
		}
	}
	return g
}

// Neighbours lists the genotypes that differ from g in the operation of one vertex
// or in one edge, in the order of the decisions. An edge that would be one too
// many, and the loss of the last way from input to output, make no neighbour. If g
// has vertices that dangle, some of its neighbours are the same cell as g.
func (s *NB101) Neighbours(g Genotype) ([]Genotype, error) {
	c, err := s.graph(g)
	if err != nil {
		return nil, err
	}
	var all []Genotype
	for _, t := range s.steps {
		if !t.edge {
			for o := range uint8(nb101OpCount) {
				if h := c; o != c.op[t.v] {
					h.op[t.v] = o
					all = append(all, s.genotype(h))
				}
			}
			continue
		}
		h := c
		h.in[t.v] ^= 1 << t.from
		if _, connected := h.prune(); connected && h.edges() <= s.config.Edges {
			all = append(all, s.genotype(h))
		}
	}
	return all, nil
}

// Cell is the cell of a complete genotype, without what dangles.
func (s *NB101) Cell(g Genotype) (NB101Cell, error) {
	c, err := s.pruned(g)
	if err != nil {
		return NB101Cell{}, err
	}
	return c.cell(), nil
}

// Genotype is the genotype of a cell, such as one read from the benchmark's files.
// What dangles is kept if there is room for it and left out otherwise.
func (s *NB101) Genotype(c NB101Cell) (Genotype, error) {
	g, err := c.graph()
	if err != nil {
		return nil, fmt.Errorf("space %s: %w", s.Name(), err)
	}
	fits := func(g nb101Graph) bool { return g.n <= s.config.Vertices && g.edges() <= s.config.Edges }
	pruned, ok := g.prune()
	switch {
	case !ok:
		return nil, fmt.Errorf("space %s: %w", s.Name(), errNB101Disconnected)
	case fits(g):
		return s.genotype(g), nil
	case fits(pruned):
		return s.genotype(pruned), nil
	}
	return nil, fmt.Errorf("space %s: the cell has %d vertices and %d edges between input and output; at most %d and %d are allowed",
		s.Name(), pruned.n, pruned.edges(), s.config.Vertices, s.config.Edges)
}

// Hash is the benchmark's own fingerprint of a genotype's cell, by which its files are
// indexed: equal for isomorphic cells. See NB101Cell.Hash.
func (s *NB101) Hash(g Genotype) (string, error) {
	c, err := s.pruned(g)
	if err != nil {
		return "", err
	}
	return c.hash(), nil
}

// nb101Chain is the cell of n vertices that has a 3×3 convolution at each vertex in
// between, one after the other.
func nb101Chain(n int) nb101Graph {
	c := nb101Graph{n: n}
	for v := 1; v < n; v++ {
		c.in[v] = 1 << (v - 1)
	}
	return c
}

var _ interface {
	Stater
	Codec
	Wired
	Neighbourer
	Uniquer
} = (*NB101)(nil)
