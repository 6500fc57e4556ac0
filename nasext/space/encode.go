package space

import (
	"fmt"
	"slices"
	"strings"
)

// Encoding turns the genotypes of a space into vectors of one length, for
// predictors and distances. It is safe for concurrent use.
type Encoding struct {
	name     string
	features []string
	encode   func(g Genotype, v []float64) error // sets numbers of v, which is zero
}

// Name says which encoding of which space it is.
func (e *Encoding) Name() string { return e.name }

// String is the name and the length of the vectors.
func (e *Encoding) String() string { return fmt.Sprintf("%s: %d numbers", e.name, e.Len()) }

// Len is the length of the vectors.
func (e *Encoding) Len() int { return len(e.features) }

// Features says what each number of a vector stands for.
func (e *Encoding) Features() []string { return slices.Clone(e.features) }

// Encode is the vector of a complete genotype.
func (e *Encoding) Encode(g Genotype) ([]float64, error) {
	v := make([]float64, len(e.features))
	if err := e.encode(g, v); err != nil {
		return nil, err
	}
	return v, nil
}

// OneHot has a number for each option of each decision that the space can ask
// for, by its name: 1 if it was decided so, otherwise 0. All numbers of a decision
// that a genotype does not take are 0. Decisions and options stand in the order in
// which Walk first meets them; NAS-Bench-201 has 6·5 = 30 numbers. Like Enumerate,
// it refuses a space that is too large to be looked through.
func OneHot(s Space) (*Encoding, error) {
	at := make(map[[2]string]int) // the number of a decision and option
	var order []string
	options := make(map[string][]string)
	meet := func(d Decision) {
		if options[d.Name] == nil {
			order = append(order, d.Name)
		}
		for _, o := range d.Options {
			if _, known := at[[2]string{d.Name, o}]; !known {
				at[[2]string{d.Name, o}] = -1
				options[d.Name] = append(options[d.Name], o)
			}
		}
	}
	if _, err := (survey{meet: meet}).of(s); err != nil {
		return nil, err
	}
	var features []string
	for _, name := range order {
		for _, o := range options[name] {
			at[[2]string{name, o}] = len(features)
			features = append(features, name+" = "+o)
		}
	}
	encode := func(g Genotype, v []float64) error {
		choices, err := Describe(s, g)
		for _, c := range choices {
			i, known := at[[2]string{c.Decision, c.Option}]
			if !known {
				return fmt.Errorf("space %s: %v decides %q = %q, which was not met in the space before; Next must depend on the choices alone, and a State must tell apart what is followed by different decisions", s.Name(), g, c.Decision, c.Option)
			}
			v[i] = 1
		}
		return err
	}
	return &Encoding{name: "one-hot of " + s.Name(), features: features, encode: encode}, nil
}

// Wired is a space whose architectures are cells, or whole networks, that encodings
// can read as graphs: operations on nodes, and edges between them.
type Wired interface {
	Space
	// Frame is what all its cells have in common.
	Frame() Frame
	// Wirings are the cells of a complete genotype, one for each of the frame's.
	Wirings(g Genotype) ([]Wiring, error)
}

// Frame is what the cells of a space can be.
type Frame struct {
	Cells    []string // names of the cells of an architecture: "normal", "reduction"
	Inputs   int      // of each cell, at least 1
	Ops      []string // what an operation can be
	Nodes    int      // the most operations in a cell
	Shortest int      // the fewest operations on a path from an input to the output
	Longest  int      // the most; 0 means Nodes
}

// Wiring is a cell as a graph without cycles. Its nodes are numbered: the inputs,
// then the operations, then the output. Operations that lie on edges, as in
// NAS-Bench-201 and DARTS, are nodes here as well.
type Wiring struct {
	Ops   []int    // of each operation, its index in Frame.Ops
	Edges [][2]int // from a node to one with a higher number
}

// chainOf is the wiring of so many operations, one after the other.
func chainOf(ops int) Wiring {
	w := Wiring{Ops: make([]int, ops)}
	for n := range ops + 1 {
		w.Edges = append(w.Edges, [2]int{n, n + 1})
	}
	return w
}

// maxPaths bounds the length of a path encoding.
const maxPaths = 1 << 22

// Paths is the path encoding of BANANAS (White et al. 2021): a number for each
// sequence of operations that can lie between an input and the output of a cell,
// 1 if a path of the cell takes just these operations. Sequences are in order of
// their length, and among equals that with the earlier last operation comes first,
// as in the authors' code. With k operations and at most n on a path there are
// 1 + k + k² + … + kⁿ for each input of each cell: for NAS-Bench-101, 364; for
// NAS-Bench-201, where a path has at least one operation and none is one, 155.
//
// truncate > 0 keeps that many of the sequences for each input of each cell: the
// shortest, which are those that random cells have most often. BANANAS keeps 40 of
// the 364. 0 keeps all.
func Paths(s Space, truncate int) (*Encoding, error) {
	w, f, err := wired(s)
	if err != nil {
		return nil, err
	}
	first, end := f.sequences(f.Shortest-1), f.sequences(f.Longest)
	name := "paths of " + s.Name()
	switch {
	case truncate < 0 || truncate > end-first:
		return nil, fmt.Errorf("space %s: %d paths were asked for; there are %d, and 0 means all", s.Name(), truncate, end-first)
	case truncate > 0:
		name = fmt.Sprintf("the first %d %s", truncate, name)
		end = first + truncate
	}
	size := end - first
	blocks := len(f.Cells) * f.Inputs
	if size > maxPaths/blocks {
		return nil, fmt.Errorf("space %s: its path encoding would have more than %d numbers; truncate it", s.Name(), maxPaths)
	}
	features := make([]string, 0, blocks*size)
	for _, cell := range f.Cells {
		for in := range f.Inputs {
			for i := range size {
				features = append(features, f.label(cell, in)+f.sequence(first+i))
			}
		}
	}
	encode := func(g Genotype, v []float64) error {
		cells, err := wirings(w, f, g)
		for c, cell := range cells {
			for in := range f.Inputs {
				block := v[(c*f.Inputs+in)*size:][:size]
				f.follow(cell, in, end, func(sequence int) {
					if sequence >= first {
						block[sequence-first] = 1
					}
				})
			}
		}
		return err
	}
	return &Encoding{name: name, features: features, encode: encode}, nil
}

// Adjacency has for each cell the upper triangle of its adjacency matrix, row by
// row, and then for each operation a number for each thing that it can be, 1 for
// what it is (White et al. 2020, one-hot adjacency encoding). A cell with fewer
// operations than the frame has leaves out the last of them. NAS-Bench-101 has
// 7·6/2 + 5·3 = 36 numbers.
func Adjacency(s Space) (*Encoding, error) {
	w, f, err := wired(s)
	if err != nil {
		return nil, err
	}
	nodes := f.Inputs + f.Nodes + 1
	pairs, size := nodes*(nodes-1)/2, nodes*(nodes-1)/2+f.Nodes*len(f.Ops)
	// pair is the place of the edge from → to.
	pair := func(from, to int) int { return from*(2*nodes-from-1)/2 + to - from - 1 }
	features := make([]string, 0, len(f.Cells)*size)
	for _, cell := range f.Cells {
		for from := range nodes {
			for to := from + 1; to < nodes; to++ {
				features = append(features, fmt.Sprintf("%s%d→%d", f.label(cell, -1), from, to))
			}
		}
		for node := range f.Nodes {
			for _, op := range f.Ops {
				features = append(features, fmt.Sprintf("%snode %d = %s", f.label(cell, -1), f.Inputs+node, op))
			}
		}
	}
	encode := func(g Genotype, v []float64) error {
		cells, err := wirings(w, f, g)
		for c, cell := range cells {
			block := v[c*size:][:size]
			output := f.Inputs + len(cell.Ops)
			for _, e := range cell.Edges {
				to := e[1]
				if to == output {
					to = nodes - 1
				}
				block[pair(e[0], to)] = 1
			}
			for node, op := range cell.Ops {
				block[pairs+node*len(f.Ops)+op] = 1
			}
		}
		return err
	}
	return &Encoding{name: "adjacency of " + s.Name(), features: features, encode: encode}, nil
}

// wired is the capability, with its frame checked and completed.
func wired(s Space) (Wired, Frame, error) {
	if missing(s) {
		return nil, Frame{}, errMissing
	}
	w, ok := s.(Wired)
	if !ok {
		return nil, Frame{}, fmt.Errorf("space %s: its architectures are no cells with a wiring (space.Wired); OneHot encodes any space", s.Name())
	}
	f := w.Frame()
	if f.Longest == 0 {
		f.Longest = f.Nodes
	}
	if len(f.Cells) < 1 || f.Inputs < 1 || len(f.Ops) < 1 || f.Nodes < 1 || f.Shortest < 0 || f.Longest < f.Shortest {
		return nil, f, fmt.Errorf("space %s: its Frame %+v has too few cells, inputs, operations or nodes; each needs at least 1, and Longest at least Shortest", s.Name(), f)
	}
	return w, f, nil
}

// wirings are the cells of a genotype, checked against the frame.
func wirings(w Wired, f Frame, g Genotype) ([]Wiring, error) {
	cells, err := w.Wirings(g)
	if err != nil {
		return nil, err
	}
	if len(cells) != len(f.Cells) {
		return nil, fmt.Errorf("space %s: %v has the wirings of %d cells; the frame names %d", w.Name(), g, len(cells), len(f.Cells))
	}
	for i, c := range cells {
		if len(c.Ops) > f.Nodes {
			return nil, fmt.Errorf("space %s: cell %s of %v has %d operations; the frame allows %d", w.Name(), f.Cells[i], g, len(c.Ops), f.Nodes)
		}
		for _, op := range c.Ops {
			if op < 0 || op >= len(f.Ops) {
				return nil, fmt.Errorf("space %s: cell %s of %v has operation %d; there are 0 to %d", w.Name(), f.Cells[i], g, op, len(f.Ops)-1)
			}
		}
		for _, e := range c.Edges {
			if e[0] < 0 || e[1] <= e[0] || e[1] < f.Inputs || e[1] > f.Inputs+len(c.Ops) {
				return nil, fmt.Errorf("space %s: cell %s of %v has an edge %d→%d; edges lead from a lower to a higher number, to nodes %d to %d", w.Name(), f.Cells[i], g, e[0], e[1], f.Inputs, f.Inputs+len(c.Ops))
			}
		}
	}
	return cells, nil
}

// sequences is how many sequences of at most n operations there are, maxPaths+1 if
// they are more than maxPaths.
func (f Frame) sequences(n int) int {
	sum, power := 0, 1
	for range n + 1 { // none for n = -1
		if sum += power; sum > maxPaths {
			return maxPaths + 1
		}
		power *= len(f.Ops)
	}
	return sum
}

// A sequence of operations has a number: its first operation counts 1 more than
// its index, its second that times k, its third times k², and so on, so that 0 is
// the empty one and every number is one sequence.

// sequence is the sequence of a number in words.
func (f Frame) sequence(number int) string {
	var words []string
	for k := len(f.Ops); number > 0; number = (number - 1) / k {
		words = append(words, f.Ops[(number-1)%k])
	}
	if words == nil {
		return "direct"
	}
	return strings.Join(words, " → ")
}

// follow calls found with the number of each sequence below end on the paths from
// an input of the cell to its output.
func (f Frame) follow(cell Wiring, input, end int, found func(sequence int)) {
	next := make([][]int, f.Inputs+len(cell.Ops))
	for _, e := range cell.Edges {
		next[e[0]] = append(next[e[0]], e[1])
	}
	type place struct{ node, number int }
	seen := make(map[place]bool)
	// from goes on from a place; power is k to the length of its sequence.
	var from func(p place, power int)
	from = func(p place, power int) {
		seen[p] = true
		for _, to := range next[p.node] {
			if to == len(next) {
				found(p.number)
				continue
			}
			on := place{to, p.number + power*(cell.Ops[to-f.Inputs]+1)}
			if on.number < end && !seen[on] {
				from(on, power*len(f.Ops))
			}
		}
	}
	from(place{node: input}, 1)
}

// label names a cell and an input (−1 for none) before a feature, where there are several.
func (f Frame) label(cell string, input int) string {
	var b strings.Builder
	if len(f.Cells) > 1 {
		b.WriteString(cell + ": ")
	}
	if input >= 0 && f.Inputs > 1 {
		fmt.Fprintf(&b, "input %d: ", input)
	}
	return b.String()
}
