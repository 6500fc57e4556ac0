package display

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg/draw"
)

// Graph is a directed graph: an architecture, a cell, a search tree. The zero
// graph is empty and ready to use. It shows as SVG that follows light and dark
// pages, as PNG, and as a line of text; DOT gives its source. A graph of more than 1500
// nodes or 6000 edges, or one whose layout takes more than ten seconds, is laid out in
// plain layers, of more than 400 nodes folded ones, without groups, and says so.
type Graph struct {
	Name      string // title; may be empty
	Direction Direction
	Nodes     []Node
	Edges     []Edge
	Groups    []Group
	Kinds     []string // kinds in the order of their colours; others follow as they come
}

// Direction is where the edges of a graph point to.
type Direction int

// The directions.
const (
	AutoDirection Direction = iota // LR if that fits the width of a page, else TB
	LR                             // from left to right
	TB                             // from top to bottom
	// Column puts the nodes one below the other, in their order, and edges that pass
	// others as arcs beside them: a chain with many short cuts. Groups are not drawn.
	Column
)

// Node is a node of a graph, drawn as a box.
type Node struct {
	ID    string   // names the node in edges; unique in its graph
	Label string   // the first line; the ID if empty
	Lines []string // smaller lines below it: a shape, a count
	Kind  string   // nodes of one kind have one colour; none if empty
	Group string   // the ID of its group; none if empty
}

// Edge is an arrow between two nodes.
type Edge struct {
	From, To string // IDs of nodes
	Label    string
	Dashed   bool
}

// Group is a box around nodes: a cell, a stage.
type Group struct {
	ID     string
	Label  string
	Parent string // the ID of the group it lies in; none if empty
}

// Limits of what Graphviz lays out.
const (
	graphNodes = 1500
	graphEdges = 6000
)

// NewGraph returns an empty graph.
func NewGraph(name string) *Graph { return &Graph{Name: name} }

// AddNode adds a node and returns the graph.
func (g *Graph) AddNode(n Node) *Graph { g.Nodes = append(g.Nodes, n); return g }

// AddEdge adds an edge with a label, which may be empty, and returns the graph.
func (g *Graph) AddEdge(from, to, label string) *Graph {
	g.Edges = append(g.Edges, Edge{From: from, To: to, Label: label})
	return g
}

// AddGroup adds a group and returns the graph.
func (g *Graph) AddGroup(gr Group) *Graph { g.Groups = append(g.Groups, gr); return g }

// Err returns what is wrong with the graph, or nil: an ID given twice or not at
// all, an edge or a group that names what isn't there.
func (g *Graph) Err() error {
	if _, err := g.index(); err != nil {
		return fmt.Errorf("graph %q: %w", brief(g.Name), err)
	}
	return nil
}

// graphIndex finds nodes and groups by their IDs.
type graphIndex struct {
	node, group map[string]int
	parent      []int // of each group; -1 for none
}

func (g *Graph) index() (*graphIndex, error) {
	ix := &graphIndex{node: map[string]int{}, group: map[string]int{}, parent: make([]int, len(g.Groups))}
	var errs []error
	for i, gr := range g.Groups {
		if _, twice := ix.group[gr.ID]; twice || gr.ID == "" {
			errs = append(errs, fmt.Errorf("group %d has the ID %q, which is empty or taken; IDs must be unique", i, gr.ID))
		}
		ix.group[gr.ID] = i
	}
	for i, gr := range g.Groups {
		ix.parent[i] = -1
		if gr.Parent == "" {
			continue
		}
		p, ok := ix.group[gr.Parent]
		if !ok {
			errs = append(errs, fmt.Errorf("group %q lies in %q, which is no group of the graph", gr.ID, gr.Parent))
			continue
		}
		ix.parent[i] = p
	}
	for i := range g.Groups {
		for p, n := ix.parent[i], 0; p >= 0; p, n = ix.parent[p], n+1 {
			if p == i || n > len(g.Groups) {
				errs = append(errs, fmt.Errorf("group %q lies in itself", g.Groups[i].ID))
				ix.parent[i] = -1
				break
			}
		}
	}
	for i, n := range g.Nodes {
		if _, twice := ix.node[n.ID]; twice || n.ID == "" {
			errs = append(errs, fmt.Errorf("node %d has the ID %q, which is empty or taken; IDs must be unique", i, n.ID))
		}
		ix.node[n.ID] = i
		if _, ok := ix.group[n.Group]; n.Group != "" && !ok {
			errs = append(errs, fmt.Errorf("node %q is in %q, which is no group of the graph", n.ID, n.Group))
		}
	}
	for _, e := range g.Edges {
		for _, id := range []string{e.From, e.To} {
			if _, ok := ix.node[id]; !ok {
				errs = append(errs, fmt.Errorf("edge %q → %q: there is no node %q", e.From, e.To, id))
			}
		}
	}
	if g.Direction < AutoDirection || g.Direction > Column {
		errs = append(errs, fmt.Errorf("the direction %d is unknown; use LR, TB, Column or AutoDirection", g.Direction))
	}
	if len(errs) > 5 {
		errs = append(errs[:5], fmt.Errorf("and %d mistakes more", len(errs)-5))
	}
	return ix, errors.Join(errs...)
}

// Display returns the graph as SVG, PNG and a line of text. A graph that can't
// be drawn shows why.
func (g *Graph) Display() Bundle {
	if g == nil {
		return Text("(*display.Graph)(nil)")
	}
	b, err := g.Bundle(context.Background())
	if err != nil {
		return Text(err.Error())
	}
	return b
}

// Bundle is Display with a context and an error. When the context ends, Bundle
// returns at once; a layout that has begun is finished in the background, and
// other graphs wait for it.
func (g *Graph) Bundle(ctx context.Context) (Bundle, error) {
	p, err := g.place(ctx)
	if err != nil {
		return Bundle{}, err
	}
	return tryPicture(p)
}

// SVG returns the graph as an SVG document for light and dark pages.
func (g *Graph) SVG(ctx context.Context) (string, error) {
	p, err := g.place(ctx)
	if err != nil {
		return "", err
	}
	return pictureSVG(p)
}

// PNG returns the graph as a PNG image, two pixels per CSS pixel, on white.
func (g *Graph) PNG(ctx context.Context) ([]byte, error) {
	p, err := g.place(ctx)
	if err != nil {
		return nil, err
	}
	return picturePNG(p)
}

func (g *Graph) summary() string {
	name := brief(g.Name)
	if name == "" {
		name = "untitled"
	}
	return fmt.Sprintf("graph: %s, %s, %s", name, plural(len(g.Nodes), "node"), plural(len(g.Edges), "edge"))
}

// kinds are all kinds, in the order of their colours.
func (g *Graph) kinds() []string {
	order := slices.Clone(g.Kinds)
	for _, n := range g.Nodes {
		if n.Kind != "" && !slices.Contains(order, n.Kind) {
			order = append(order, n.Kind)
		}
	}
	return order
}

// kindInk returns the colours of each kind.
func (g *Graph) kindInk() map[string]ink {
	out := map[string]ink{}
	for i, k := range g.kinds() {
		if _, ok := out[k]; !ok {
			out[k] = swatch(i)
		}
	}
	return out
}

// label is what stands in the first line of a node.
func (n Node) label() string {
	if s := oneLine(n.Label); s != "" {
		return s
	}
	return oneLine(n.ID)
}

// DOT returns the graph in Graphviz's language, for other tools.
func (g *Graph) DOT() string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n", quoteDOT(g.Name))
	fmt.Fprintf(&b, "  rankdir=%s;\n  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fillcolor=\"%s\"];\n", g.rankdir(), cssColor(inkWash.light))
	kinds := g.kindInk()
	node := func(indent string, n Node) {
		lines := append([]string{n.label()}, n.Lines...)
		fmt.Fprintf(&b, "%s%s [label=%s", indent, quoteDOT(n.ID), quoteDOT(strings.Join(lines, "\n")))
		if k, ok := kinds[n.Kind]; ok {
			fmt.Fprintf(&b, ", color=\"%s\", fillcolor=\"%s\"", cssColor(k.light), cssColor(tint(k).light))
		}
		b.WriteString("];\n")
	}
	for _, n := range g.Nodes {
		if n.Group == "" {
			node("  ", n)
		}
	}
	g.eachGroup("", "  ", 0, func(indent string, i int, body func()) {
		fmt.Fprintf(&b, "%ssubgraph %s {\n%s  label=%s; style=rounded;\n", indent, quoteDOT("cluster_"+g.Groups[i].ID), indent, quoteDOT(g.Groups[i].Label))
		for _, n := range g.Nodes {
			if n.Group == g.Groups[i].ID {
				node(indent+"  ", n)
			}
		}
		body()
		fmt.Fprintf(&b, "%s}\n", indent)
	})
	for _, e := range g.Edges {
		fmt.Fprintf(&b, "  %s -> %s", quoteDOT(e.From), quoteDOT(e.To))
		var attributes []string
		if e.Label != "" {
			attributes = append(attributes, "label="+quoteDOT(e.Label))
		}
		if e.Dashed {
			attributes = append(attributes, "style=dashed")
		}
		if len(attributes) > 0 {
			fmt.Fprintf(&b, " [%s]", strings.Join(attributes, ", "))
		}
		b.WriteString(";\n")
	}
	b.WriteString("}\n")
	return b.String()
}

// eachGroup calls open for each group that lies in parent; body goes on inside.
func (g *Graph) eachGroup(parent, indent string, depth int, open func(indent string, i int, body func())) {
	if depth > len(g.Groups) {
		return // groups that lie in each other; Err tells
	}
	for i, gr := range g.Groups {
		if gr.Parent == parent && gr.ID != "" {
			open(indent, i, func() { g.eachGroup(gr.ID, indent+"  ", depth+1, open) })
		}
	}
}

func (g *Graph) rankdir() string {
	if g.Direction == LR {
		return "LR"
	}
	return "TB"
}

// quoteDOT writes a string so that Graphviz reads it as it is.
func quoteDOT(s string) string {
	r := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", "", "\x00", "")
	return `"` + r.Replace(s) + `"`
}

func tint(k ink) ink { return ink{mix(inkPage.light, k.light, 0.13), mix(inkPage.dark, k.dark, 0.2)} }

// Boxes of a graph, in CSS pixels.
const (
	nodePadX   = 13.0
	nodePadY   = 9.0
	nodeLine   = 14.0
	nodeWidest = 260.0
)

var (
	scriptNode  = script{size: 12.5, bold: true, ink: inkText, x: draw.XCenter, y: draw.YCenter}
	scriptLine  = script{size: 11, ink: inkMuted, x: draw.XCenter, y: draw.YCenter}
	scriptEdge  = script{size: 10.5, ink: inkMuted, x: draw.XCenter, y: draw.YCenter}
	scriptGroup = script{size: 11.5, bold: true, ink: inkMuted}
)

// nodeSize is what the texts of a node need.
func (n Node) size() (w, h float64) {
	w = scriptNode.width(scriptNode.fit(n.label(), nodeWidest))
	for _, l := range n.Lines {
		w = max(w, scriptLine.width(scriptLine.fit(oneLine(l), nodeWidest)))
	}
	return max(w+2*nodePadX, 54), 2*nodePadY + 15 + nodeLine*float64(len(n.Lines))
}
