package viz

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/space"
)

// Cell draws the cell of an architecture from a space that decides operations on
// edges, such as space.NASBench201: its nodes, and on each edge a box with the
// operation. Edges with the operation none are left out.
func Cell(s space.Space, g space.Genotype) *display.Graph {
	fail := func(err error) *display.Graph {
		return display.NewGraph("a cell that cannot be drawn").
			AddNode(display.Node{ID: "error", Label: "this is no cell", Lines: wrap(err.Error(), 44)})
	}
	if len(g) == 0 {
		return display.NewGraph("no cell yet")
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
		return fail(fmt.Errorf("the space %s decides no operations on edges; its decisions would be called “edge 0→1”", s.Name()))
	}
	out := display.NewGraph("cell: " + clip(strings.Join(words, ", "), 90))
	out.Kinds, out.Direction = kinds(), display.LR
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

// optionLabel is how an option is written where every option has a name.
func optionLabel(option string) string {
	if label, _ := operation(option); label != "" {
		return label
	}
	return option
}

// operation is how an operation of a cell is written, and its kind; none has none.
func operation(op string) (label, kind string) {
	switch op {
	case "none":
		return "", ""
	case "skip_connect":
		return "skip", "skip"
	}
	label = op
	if rest, ok := strings.CutPrefix(op, "nor_conv_"); ok {
		label = "conv " + strings.ReplaceAll(rest, "x", "×")
	} else if rest, ok := strings.CutPrefix(op, "avg_pool_"); ok {
		label = "avg pool " + strings.ReplaceAll(rest, "x", "×")
	} else if rest, ok := strings.CutPrefix(op, "max_pool_"); ok {
		label = "max pool " + strings.ReplaceAll(rest, "x", "×")
	}
	switch {
	case strings.Contains(label, "conv"):
		kind = "conv"
	case strings.Contains(label, "pool"):
		kind = "pool"
	default:
		kind = "activation"
	}
	return label, kind
}
