package viz

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/space"
)

// celled is a space whose genotypes are those of package cell, such as space.CellSpace.
type celled interface {
	Genotype(g space.Genotype) (cell.Genotype, error)
}

// Cell draws the cells of an architecture from a space of cells. Of space.DARTS and
// its like it shows what [Genotype] does. Of a space that decides operations on
// edges, such as space.NASBench201, it shows the nodes, and on each edge a box with
// the operation; edges with the operation none are left out. Of another one that is
// space.Wired, such as space.NASBench101, it shows the operations and what each takes;
// for spaces of whole networks, such as space.Global, these are the layers.
func Cell(s space.Space, g space.Genotype) *display.Graph {
	fail := func(err error) *display.Graph {
		return undrawable("a cell that cannot be drawn", "this is no cell", err)
	}
	if len(g) == 0 {
		return display.NewGraph("no cell yet")
	}
	if c, ok := s.(celled); ok {
		cells, err := c.Genotype(g)
		if err != nil {
			return fail(err)
		}
		return Genotype(cells)
	}
	choices, err := space.Describe(s, g)
	if err != nil {
		return fail(err)
	}
	type edge struct{ from, to, op string }
	var edges []edge
	var words []string
	last := 0
	for _, c := range choices {
		name, ok := strings.CutPrefix(c.Decision, "edge ")
		from, to, arrow := strings.Cut(name, "→")
		a, errA := strconv.Atoi(from)
		b, errB := strconv.Atoi(to)
		if !ok || !arrow || errA != nil || errB != nil || a < 0 || a >= b {
			continue
		}
		last = max(last, b)
		edges = append(edges, edge{from, to, c.Option})
		words = append(words, optionLabel(c.Option))
	}
	if len(edges) == 0 {
		if w, ok := s.(space.Wired); ok {
			return wired(w, g)
		}
		return fail(fmt.Errorf("the space %s decides no operations on edges, which it would call “edge 0→1”, and is no space.Wired", s.Name()))
	}
	out := newCell()
	out.Name = cellTitle(words)
	for i := range last + 1 {
		n := display.Node{ID: strconv.Itoa(i), Kind: "data"}
		switch i {
		case 0:
			n.Lines = []string{"input"}
		case last:
			n.Lines = []string{"output"}
		}
		out.AddNode(n)
	}
	for _, e := range edges {
		label, kind := operation(e.op)
		if kind == "" {
			continue
		}
		id := e.from + "→" + e.to
		out.AddNode(display.Node{ID: id, Label: label, Kind: kind})
		out.AddEdge(e.from, id, "").AddEdge(id, e.to, "")
	}
	return out
}

// wired draws the cells of a space whose operations are nodes.
func wired(s space.Wired, g space.Genotype) *display.Graph {
	cells, err := s.Wirings(g)
	if err != nil {
		return undrawable("a cell that cannot be drawn", "this is no cell", err)
	}
	frame := s.Frame()
	out := newCell()
	var words []string
	for c, w := range cells {
		group := ""
		if len(cells) > 1 {
			group = frame.Cells[c]
			out.AddGroup(display.Group{ID: group, Label: group})
		}
		ops := make([]string, len(w.Ops))
		for i, op := range w.Ops {
			ops[i] = frame.Ops[op]
		}
		words = append(words, addVertices(out, group, frame.Inputs, ops, w.Edges)...)
	}
	out.Name = cellTitle(words)
	if len(frame.Cells) == 1 {
		out.Name = frame.Cells[0] + strings.TrimPrefix(out.Name, "cell")
	}
	return out
}

// vertices draws a cell of NAS-Bench-101.
func vertices(c space.NB101Cell) *display.Graph {
	if _, err := c.Prune(); err != nil {
		return undrawable("a cell that cannot be drawn", "this is no cell", err)
	}
	var edges [][2]int
	for to := range c.Matrix {
		for from := range to {
			if c.Matrix[from][to] != 0 {
				edges = append(edges, [2]int{from, to})
			}
		}
	}
	out := newCell()
	out.Name = cellTitle(addVertices(out, "", 1, c.Ops[1:len(c.Ops)-1], edges))
	return out
}

func newCell() *display.Graph {
	g := display.NewGraph("")
	g.Kinds, g.Direction = kinds(), display.LR
	return g
}

// addVertices draws a cell whose operations are nodes: first the inputs, then the
// operations, then the output. It returns the labels of the operations.
func addVertices(out *display.Graph, group string, inputs int, ops []string, edges [][2]int) (labels []string) {
	id := func(node int) string { return fmt.Sprint(group, " ", node) }
	for i := range inputs {
		n := display.Node{ID: id(i), Label: "input", Kind: "data", Group: group}
		if inputs > 1 {
			n.Label = fmt.Sprint("input ", i+1)
		}
		out.AddNode(n)
	}
	for i, op := range ops {
		label, kind := operation(op)
		if kind == "" {
			label, kind = "none", "zero"
		}
		labels = append(labels, label)
		out.AddNode(display.Node{ID: id(inputs + i), Label: label, Kind: kind, Group: group})
	}
	out.AddNode(display.Node{ID: id(inputs + len(ops)), Label: "output", Kind: "data", Group: group})
	for _, e := range edges {
		out.AddEdge(id(e[0]), id(e[1]), "")
	}
	return labels
}

// cellTitle names a cell after its operations.
func cellTitle(words []string) string {
	if len(words) == 0 {
		return "cell without operations"
	}
	return "cell: " + clip(strings.Join(words, ", "), 90)
}

// optionLabel is how an option is written where every option has a name.
func optionLabel(option string) string {
	if label, _ := operation(option); label != "" {
		return label
	}
	return option
}

// operation is how an operation of a cell is written, and its kind; none has none.
// It knows the names of DARTS and NAS-Bench-201, such as sep_conv_3x3, and those of
// NAS-Bench-101, such as conv3x3-bn-relu.
func operation(op string) (label, kind string) {
	switch op {
	case "none":
		return "", ""
	case "skip_connect":
		return "skip", "skip"
	}
	op = strings.TrimPrefix(strings.TrimSuffix(op, "-bn-relu"), "nor_")
	op = strings.NewReplacer("_", " ", "maxpool", "max pool", "avgpool", "avg pool").Replace(op)
	var b strings.Builder
	for i, r := range op {
		before, after := ' ', ' '
		if i > 0 {
			before = rune(op[i-1])
		}
		if i+1 < len(op) {
			after = rune(op[i+1])
		}
		switch {
		case r == 'x' && digit(before) && digit(after):
			b.WriteRune('×')
			continue
		case digit(r) && before >= 'a' && before <= 'z' && before != 'x':
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	label = b.String()
	switch {
	case strings.Contains(label, "conv"):
		kind = "conv"
	case strings.Contains(label, "pool"):
		kind = "pool"
	case strings.HasPrefix(label, "dense"):
		kind = "linear"
	default:
		kind = "activation"
	}
	return label, kind
}

func digit(c rune) bool { return '0' <= c && c <= '9' }
