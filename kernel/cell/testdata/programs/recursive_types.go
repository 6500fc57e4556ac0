// Types that mention themselves, in the ways in which programs with graphs and trees do.
package main

import "fmt"

type Tree struct {
	size int
	root *Dir
}

type Dir struct {
	subs  map[string]Dir
	files int
}

func (d Dir) total() int {
	n := d.files
	for _, s := range d.subs {
		n += s.total()
	}
	return n
}

type Node struct {
	name string
	prev *Node
	nbrs map[*Node]int
}

func (n *Node) link(m *Node, w int) {
	if n.nbrs == nil {
		n.nbrs = make(map[*Node]int)
	}
	n.nbrs[m] = w
	if m.nbrs[n] == 0 {
		m.link(n, w)
	}
}

func (n *Node) String() string { return n.name }

type Graph struct {
	nodes []*Node
	seen  map[*Node]struct{}
	edges map[[2]*Node]bool
}

type Room struct {
	id    int
	doors map[struct{ to, from *Room }]string
}

// Cells and their sheets point to themselves and hold each other.
type Sheet struct {
	cells [][]*Cell
	next  *Sheet
}

type Cell struct {
	up    *Cell
	sheet Sheet
}

func main() {
	cell := Cell{up: &Cell{}}
	cell.sheet.next = &Sheet{}
	cell.sheet.cells = append(cell.sheet.cells, []*Cell{&cell, cell.up})
	fmt.Println(len(cell.up.sheet.cells), cell.sheet.cells[0][0] == &cell, cell.sheet.cells[0][1].up == nil)

	fmt.Println(Tree{}.root == nil)
	d := Dir{files: 1, subs: map[string]Dir{"a": {files: 2}, "b": {subs: map[string]Dir{"c": {files: 4}}}}}
	t := Tree{1, &d}
	t.root.subs["d"] = Dir{files: 8}
	fmt.Println(t.root.total(), d)

	a, b, c := &Node{name: "a"}, &Node{name: "b"}, &Node{name: "c"}
	a.link(b, 1)
	b.link(c, 2)
	g := Graph{nodes: []*Node{a, b, c}, seen: map[*Node]struct{}{}, edges: map[[2]*Node]bool{{a, b}: true}}
	for _, n := range g.nodes {
		g.seen[n] = struct{}{}
		sum := 0
		for m, w := range n.nbrs {
			sum += w
			m.prev = n
		}
		fmt.Println(n, len(n.nbrs), sum, n.nbrs[b])
	}
	fmt.Println(len(g.seen), g.edges[[2]*Node{a, b}], g.edges[[2]*Node{b, a}], b.prev)
	delete(g.seen, a)
	_, ok := g.seen[a]
	fmt.Println(ok, g.nodes, a.nbrs[nil], a.prev.prev.name)

	r := &Room{id: 1}
	r.doors = map[struct{ to, from *Room }]string{{r, nil}: "in", {nil, r}: "out"}
	for k, v := range r.doors {
		fmt.Println((k.to == r) == (v == "in"), (k.from == nil) == (v == "in"))
	}

	var none *Node
	fmt.Println(none == nil, a.prev == nil, c.prev != nil)
	defer func() { fmt.Println(recover()) }()
	none.name = "x"
}
