package space

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/nasext/arch"
)

// NASBench201Config says which network the cell of NAS-Bench-201 is put into. Zero
// fields mean the published setting for CIFAR-10.
type NASBench201Config struct {
	C       int        // channels of the first stage, doubled in each further one; 0 means 16
	N       int        // cells in each of the three stages; 0 means 5
	Input   arch.Shape // one sample; zero means 3×32×32
	Classes int        // 0 means 10
}

// NB201 is the cell space of NAS-Bench-201 (Dong and Yang 2020), the topology
// space of NATS-Bench (Dong et al. 2021). A cell has four nodes 0…3; on each of
// the six edges 0→1, 0→2, 1→2, 0→3, 1→3, 2→3 lies one of five operations, and a
// node is the sum of its edges. All cells of a network are the same. There are
// 15 625 cells.
//
// Its notation is that of the benchmark: |op~0|+|op~0|op~1|+|op~0|op~1|op~2|.
type NB201 struct {
	config NASBench201Config
	product
}

// nb201Edges are the edges (from, to) in the order of the benchmark.
func nb201Edges() [6][2]int {
	return [6][2]int{{0, 1}, {0, 2}, {1, 2}, {0, 3}, {1, 3}, {2, 3}}
}

// The options of every edge, in the order in which the benchmark's tables number them.
const (
	nbNone = iota
	nbSkip
	nbConv1
	nbConv3
	nbPool
	nbOps // how many
)

// nbSize is 5⁶.
const nbSize = 15625

func nb201Ops() []string {
	return []string{"none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"}
}

// NASBench201 makes the space for one network.
func NASBench201(config NASBench201Config) (*NB201, error) {
	c := config
	if c.C == 0 {
		c.C = 16
	}
	if c.N == 0 {
		c.N = 5
	}
	if c.Input == (arch.Shape{}) {
		c.Input = arch.Shape{C: 3, H: 32, W: 32}
	}
	if c.Classes == 0 {
		c.Classes = 10
	}
	s := &NB201{config: c}
	s.name = fmt.Sprintf("NAS-Bench-201(C=%d N=%d input=%v classes=%d)", c.C, c.N, c.Input, c.Classes)
	for _, e := range nb201Edges() {
		s.decisions = append(s.decisions, Decision{Name: fmt.Sprintf("edge %d→%d", e[0], e[1]), Options: nb201Ops()})
	}
	switch {
	case c.C < 0 || c.N < 0 || c.Classes < 0:
		return nil, fmt.Errorf("space: NAS-Bench-201 with C = %d, N = %d and %d classes; all must be at least 1, or 0 for the published 16, 5 and 10", c.C, c.N, c.Classes)
	case c.N > 1000:
		return nil, fmt.Errorf("space: NAS-Bench-201 with N = %d cells a stage; it must be at most 1000", c.N)
	}
	// The largest cell shows whether the network fits the input at all.
	if _, err := s.Build(Genotype{nbConv3, nbConv3, nbConv3, nbConv3, nbConv3, nbConv3}); err != nil {
		return nil, fmt.Errorf("space: NAS-Bench-201 on an input of %v: %w", c.Input, err)
	}
	return s, nil
}

// Config is the configuration with its defaults filled in.
func (s *NB201) Config() NASBench201Config { return s.config }

// Index is the number of a cell, 0 to 15 624: the choices as digits in base 5, edge
// 0→1 first. It is the lexicographic rank, and not the index of the benchmark's files.
func (s *NB201) Index(g Genotype) (int, error) {
	if err := s.checkComplete(g); err != nil {
		return 0, err
	}
	n := 0
	for _, o := range g {
		n = n*nbOps + o
	}
	return n, nil
}

// At is the cell of a number; the inverse of Index.
func (s *NB201) At(index int) (Genotype, error) {
	if index < 0 || index >= nbSize {
		return nil, fmt.Errorf("space %s: there is no cell %d; they are numbered 0 to %d", s.Name(), index, nbSize-1)
	}
	g := make(Genotype, len(s.decisions))
	for i := len(g) - 1; i >= 0; i-- {
		g[i] = index % nbOps
		index /= nbOps
	}
	return g, nil
}

// Format writes a cell in the benchmark's notation.
func (s *NB201) Format(g Genotype) (string, error) {
	if err := s.checkComplete(g); err != nil {
		return "", err
	}
	ops := nb201Ops()
	var b strings.Builder
	for i, e := range nb201Edges() {
		if e[0] == 0 {
			if i > 0 {
				b.WriteString("+")
			}
			b.WriteString("|")
		}
		b.WriteString(ops[g[i]] + "~" + strconv.Itoa(e[0]) + "|")
	}
	return b.String(), nil
}

// Parse reads a cell in the benchmark's notation, or as six operations in the order
// of the edges with commas between, such as "3x3, 3x3, 3x3, skip, 3x3, pool"; skip,
// 1x1, 3x3 and pool are short for the full names. The error names the column and what
// is expected there.
func (s *NB201) Parse(text string) (Genotype, error) {
	if !strings.HasPrefix(strings.TrimSpace(text), "|") {
		return parseWords(commaOnly{s}, text, nb201Word)
	}
	p := &scanner{text: text}
	fail := func(at int, expected string) error {
		return fmt.Errorf("space %s: %.100q, %w; a cell reads |op~0|+|op~0|op~1|+|op~0|op~1|op~2|", s.Name(), text, p.wrong(at, expected))
	}
	g := make(Genotype, 0, len(s.decisions))
	for to := 1; to <= 3; to++ {
		if at := p.skip(); to > 1 && !p.take('+') {
			return nil, fail(at, `"+" and the edges into the next node`)
		}
		if at := p.skip(); !p.take('|') {
			return nil, fail(at, `"|" and an operation`)
		}
		for from := range to {
			at := p.skip()
			o := slices.Index(nb201Ops(), nb201Word(p.word()))
			if o < 0 {
				return nil, fail(at, "an operation ("+strings.Join(nb201Ops(), ", ")+")")
			}
			g = append(g, o)
			if at = p.skip(); !p.take('~') {
				return nil, fail(at, `"~" and the node that the edge comes from`)
			}
			if at = p.skip(); p.word() != strconv.Itoa(from) {
				return nil, fail(at, fmt.Sprintf("node %d, where edge %d into node %d comes from", from, from+1, to))
			}
			if at = p.skip(); !p.take('|') {
				return nil, fail(at, `"|"`)
			}
		}
	}
	if at := p.skip(); at < len(text) {
		return nil, fail(at, "the end")
	}
	return g, nil
}

// commaOnly is the space without its own notation.
type commaOnly struct{ Space }

func nb201Word(word string) string {
	switch word {
	case "skip", "identity":
		return "skip_connect"
	case "1x1":
		return "nor_conv_1x1"
	case "3x3":
		return "nor_conv_3x3"
	case "pool", "avg":
		return "avg_pool_3x3"
	case "zero":
		return "none"
	}
	return word
}

// Reachable says whether a path without none leads from the cell's input to its
// output. 15 284 cells have one.
func (s *NB201) Reachable(g Genotype) (bool, error) {
	if err := s.checkComplete(g); err != nil {
		return false, err
	}
	node := [4]bool{true}
	for i, e := range nb201Edges() {
		node[e[1]] = node[e[1]] || g[i] != nbNone && node[e[0]]
	}
	return node[3], nil
}

// Canonical is equal for cells that are the same after skips are contracted, edges
// that carry nothing are marked as such, and sums are put in order: the function
// to_unique_str, with consider_zero, of the benchmark's own code. 6 466 cells
// differ by it.
func (s *NB201) Canonical(g Genotype) (string, error) { return s.unique(g, true) }

// Contracted is Canonical where none is an operation like the others: to_unique_str
// without consider_zero. 12 751 cells differ by it.
func (s *NB201) Contracted(g Genotype) (string, error) { return s.unique(g, false) }

func (s *NB201) unique(g Genotype, zeros bool) (string, error) {
	if err := s.checkComplete(g); err != nil {
		return "", err
	}
	const nothing = "#"
	ops := nb201Ops()
	node := [4]string{"0"}
	for to := 1; to < 4; to++ {
		var terms []string
		for i, e := range nb201Edges() {
			if e[1] != to {
				continue
			}
			switch from := node[e[0]]; {
			case zeros && (g[i] == nbNone || from == nothing):
				terms = append(terms, nothing)
			case g[i] == nbSkip:
				terms = append(terms, from)
			default:
				terms = append(terms, "("+from+")@"+ops[g[i]])
			}
		}
		slices.Sort(terms)
		node[to] = strings.Join(terms, "+")
	}
	return node[3], nil
}

var _ interface {
	Sizer
	Codec
} = (*NB201)(nil)
