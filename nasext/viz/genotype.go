package viz

import (
	"strconv"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/arch/cell"
)

// Genotype draws the normal and the reduction cell of a genotype as the papers do:
// the two inputs c_{k−2} and c_{k−1}, a box for each operation, the nodes that join
// two of them, and what the cell gives out. The numbers of the states are those of
// the genotype's text. Edges with the operation none are left out. If both cells are
// the same one is drawn.
func Genotype(g cell.Genotype) *display.Graph {
	if err := g.Check(); err != nil {
		return undrawable("a genotype that cannot be drawn", "this is no genotype", err)
	}
	out := newCell()
	out.Name = "normal and reduction cell"
	if g.Normal.Equal(g.Reduction) {
		out.Name = "cell"
		addCell(out, g.Normal, "")
		return out
	}
	for _, part := range []struct {
		id, label string
		cell      cell.Cell
	}{
		{"r", "reduction cell: stride 2 on the inputs", g.Reduction}, // the layout piles up from below
		{"n", "normal cell", g.Normal},
	} {
		out.AddGroup(display.Group{ID: part.id, Label: part.label})
		addCell(out, part.cell, part.id)
	}
	return out
}

// addCell draws a cell in a group, whose ID its nodes begin with.
func addCell(out *display.Graph, c cell.Cell, group string) {
	state := func(s int) string { return group + strconv.Itoa(s) }
	add := func(id, label, line, kind string) {
		n := display.Node{ID: id, Label: label, Kind: kind, Group: group}
		if line != "" {
			n.Lines = []string{line}
		}
		out.AddNode(n)
	}
	add(state(0), "c_{k−2}", "state 0", "data")
	add(state(1), "c_{k−1}", "state 1", "data")
	for i, n := range c.Nodes {
		node := state(i + 2)
		join := "add"
		if n.Concat {
			join = "concat"
		}
		for k, e := range n.Edges {
			label, kind := operation(string(e.Op))
			if kind == "" {
				continue
			}
			id := node + "." + strconv.Itoa(k)
			add(id, label, "", kind)
			out.AddEdge(state(e.From), id, "").AddEdge(id, node, "")
		}
		add(node, join, "state "+strconv.Itoa(i+2), "join")
	}
	label := "concat"
	if len(c.Out) == 1 {
		label = "output"
	}
	add(state(len(c.Nodes)+2), label, "c_k", "data")
	for _, s := range c.Out {
		out.AddEdge(state(s), state(len(c.Nodes)+2), "")
	}
}
