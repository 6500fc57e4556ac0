package display

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
)

// Limits of what a plain layout draws.
const (
	plainNodes  = 400  // above which layers are folded
	plainLayers = 30   // that are left then
	plainAcross = 12   // nodes of a layer that are left then
	plainWidest = 40   // nodes of a layer in any case
	plainEdges  = 2000 // the shortest are drawn

	plainGap   = 18.0 // between nodes of a layer
	plainRank  = 34.0 // between layers
	plainArrow = 8.0
)

// plain lays a graph out in layers by the longest path, each node as near to its
// neighbours as the order of its layer allows, with straight edges (the first steps of
// Sugiyama, Tagawa and Toda 1981). It takes no longer than to read the graph a few
// times. Groups are not drawn. Of many nodes it draws the first and the last layers, and
// the first nodes of each.
func (g *Graph) plain(ix *graphIndex) *placed {
	f := newLayering(g, ix).folded()
	var p *placed
	switch g.Direction {
	case LR:
		p = f.place(LR)
	case AutoDirection:
		if p = f.place(LR); !p.fits() {
			p = narrower(p, f.place(TB))
		}
	default:
		p = f.place(TB)
	}
	p.of, p.note, p.head = g, f.note, sizeTitle+12
	w, h := p.w, p.h
	p.fit(w-2*margin, h-2*margin)
	p.shift((p.w-w)/2, 0)
	return p
}

// layering is a graph whose nodes have layers.
type layering struct {
	graph  *Graph
	edges  [][2]int // from and to, of each edge
	layer  []int    // of each node
	layers [][]int  // the nodes of each
}

func newLayering(g *Graph, ix *graphIndex) *layering {
	l := &layering{graph: g, edges: make([][2]int, len(g.Edges)), layer: make([]int, len(g.Nodes))}
	for i, e := range g.Edges {
		l.edges[i] = [2]int{ix.node[e.From], ix.node[e.To]}
	}
	next := l.acyclic()
	before := make([]int, len(g.Nodes)) // edges from nodes without a layer
	for _, to := range next {
		for _, n := range to {
			before[n]++
		}
	}
	var ready []int
	for n, count := range before {
		if count == 0 {
			ready = append(ready, n)
		}
	}
	sources := len(ready)
	for i := 0; i < len(ready); i++ {
		n := ready[i]
		for _, to := range next[n] {
			l.layer[to] = max(l.layer[to], l.layer[n]+1)
			if before[to]--; before[to] == 0 {
				ready = append(ready, to)
			}
		}
	}
	for _, n := range ready[:sources] { // near to what comes first of them
		if len(next[n]) > 0 {
			nearest := slices.MinFunc(next[n], func(a, b int) int { return cmp.Compare(l.layer[a], l.layer[b]) })
			l.layer[n] = l.layer[nearest] - 1
		}
	}
	for n, k := range l.layer {
		for k >= len(l.layers) {
			l.layers = append(l.layers, nil)
		}
		l.layers[k] = append(l.layers[k], n)
	}
	return l
}

// acyclic are the nodes to which each has edges; those that would close a cycle are
// turned round, and those from a node to itself left out.
func (l *layering) acyclic() [][]int {
	next := make([][]int, len(l.layer))
	for _, e := range l.edges {
		if e[0] != e[1] {
			next[e[0]] = append(next[e[0]], e[1])
		}
	}
	const (
		unseen = iota
		open   // on the path from the first node to here
		done
	)
	state, at := make([]int, len(next)), make([]int, len(next))
	out := make([][]int, len(next))
	for first := range next {
		if state[first] != unseen {
			continue
		}
		path := []int{first}
		state[first] = open
		for len(path) > 0 {
			n := path[len(path)-1]
			if at[n] == len(next[n]) {
				state[n] = done
				path = path[:len(path)-1]
				continue
			}
			to := next[n][at[n]]
			at[n]++
			switch state[to] {
			case open:
				out[to] = append(out[to], n)
				continue
			case unseen:
				state[to] = open
				path = append(path, to)
			}
			out[n] = append(out[n], to)
		}
	}
	return out
}

// folding is what is drawn of a graph.
type folding struct {
	graph  *Graph
	ends   [][2]int // from and to, of each edge
	layers [][]int  // the nodes of each
	note   string   // what there is to say of it
}

// add adds a node to the last layer and returns its number.
func (f *folding) add(n Node) int {
	i, last := len(f.graph.Nodes), len(f.layers)-1
	f.graph.Nodes = append(f.graph.Nodes, n)
	f.layers[last] = append(f.layers[last], i)
	return i
}

// folded puts one node in the place of many.
func (l *layering) folded() *folding {
	f := &folding{graph: &Graph{Name: l.graph.Name, Kinds: l.graph.kinds()}}
	place := make([]int, len(l.layer))                          // of each node in what is drawn
	most, from, to := plainWidest, len(l.layers), len(l.layers) // the layers from–to are one node
	if len(l.layer) > plainNodes {
		most = plainAcross
		if len(l.layers) > plainLayers {
			from, to = plainLayers*2/3, len(l.layers)-plainLayers/3+1
		}
	}
	kept := 0
	for i := 0; i < len(l.layers); i++ {
		f.layers = append(f.layers, nil)
		if i == from {
			hidden := slices.Concat(l.layers[from:to]...)
			rest := f.add(Node{Label: fmt.Sprintf("… %s more", plural(to-from, "layer")), Lines: []string{plural(len(hidden), "node")}})
			for _, n := range hidden {
				place[n] = rest
			}
			i = to - 1
			continue
		}
		nodes := l.layers[i]
		shown := len(nodes)
		if shown > most {
			shown = most - 1
		}
		for _, n := range nodes[:shown] {
			place[n] = f.add(l.graph.Nodes[n])
		}
		kept += shown
		if shown < len(nodes) {
			rest := f.add(Node{Label: fmt.Sprintf("… %s more", grouped(len(nodes)-shown))})
			for _, n := range nodes[shown:] {
				place[n] = rest
			}
		}
	}
	edges := f.connect(l, place)
	var notes []string
	if kept < len(l.layer) {
		notes = append(notes, fmt.Sprintf("%s of %s", grouped(kept), plural(len(l.layer), "node")))
	}
	if len(f.ends) < edges {
		notes = append(notes, fmt.Sprintf("%s of %s", grouped(len(f.ends)), plural(edges, "edge")))
	}
	f.note = "laid out plainly"
	if notes != nil {
		f.note = strings.Join(notes, ", ") + " drawn"
	}
	return f
}

// connect adds the edges between what is drawn, the shortest of them, and returns how
// many there are.
func (f *folding) connect(l *layering, place []int) int {
	layer := make([]int, len(f.graph.Nodes))
	for k, nodes := range f.layers {
		for _, n := range nodes {
			layer[n] = k
		}
	}
	length := func(p [2]int) int { return max(layer[p[1]]-layer[p[0]], layer[p[0]]-layer[p[1]]) }
	var all []int
	seen := map[[2]int]bool{}
	ends := func(i int) [2]int { return [2]int{place[l.edges[i][0]], place[l.edges[i][1]]} }
	for i := range l.edges {
		if p := ends(i); p[0] != p[1] && !seen[p] {
			seen[p] = true
			all = append(all, i)
		}
	}
	slices.SortStableFunc(all, func(i, j int) int { return cmp.Compare(length(ends(i)), length(ends(j))) })
	for _, i := range all[:min(len(all), plainEdges)] {
		f.ends, f.graph.Edges = append(f.ends, ends(i)), append(f.graph.Edges, l.graph.Edges[i])
	}
	return len(all)
}

// place places the nodes of each layer side by side, and the layers one after the other.
func (f *folding) place(d Direction) *placed {
	layers := make([][]int, len(f.layers))
	for k, nodes := range f.layers {
		layers[k] = slices.Clone(nodes)
	}
	near := make([][]int, len(f.graph.Nodes)) // neighbours
	for _, e := range f.ends {
		near[e[0]], near[e[1]] = append(near[e[0]], e[1]), append(near[e[1]], e[0])
	}
	order(layers, near)
	p := &placed{graph: f.graph, edges: make([]route, len(f.graph.Edges))}
	spots, along, across := f.spread(layers, d)
	if d == LR {
		p.fit(along, across)
	} else {
		p.fit(across, along)
	}
	for _, s := range spots {
		b := box{margin + s.b0, p.h - margin - s.a1, margin + s.b1, p.h - margin - s.a0}
		if d == LR {
			b = box{margin + s.a0, p.h - margin - s.b1, margin + s.a1, p.h - margin - s.b0}
		}
		p.nodes = append(p.nodes, b)
	}
	layer := make([]int, len(p.nodes))
	for k, nodes := range layers {
		for _, n := range nodes {
			layer[n] = k
		}
	}
	for i, e := range f.ends {
		p.edges[i] = p.direct(e[0], e[1], layer[e[1]]-layer[e[0]], d)
		if f.graph.Edges[i].Label == "" || len(f.ends) > 100 {
			p.edges[i].label = nil
		}
	}
	p.embrace()
	return p
}

// spot is where a node lies along the layers (a) and across them (b), from the first on.
type spot struct{ a0, a1, b0, b1 float64 }

// spread finds the spots of the nodes and how much room all of them need.
func (f *folding) spread(layers [][]int, d Direction) (spots []spot, along, across float64) {
	spots = make([]spot, len(f.graph.Nodes))
	widths := make([]float64, len(layers))
	for k, nodes := range layers {
		deepest := 0.0
		for _, n := range nodes {
			a, b := f.graph.Nodes[n].size()
			if d != LR {
				a, b = b, a
			}
			spots[n] = spot{along, along + a, widths[k], widths[k] + b}
			deepest, widths[k] = max(deepest, a), widths[k]+b+plainGap
		}
		for _, n := range nodes { // in the middle of the layer
			by := (deepest - (spots[n].a1 - spots[n].a0)) / 2
			spots[n].a0, spots[n].a1 = spots[n].a0+by, spots[n].a1+by
		}
		widths[k] -= plainGap
		along, across = along+deepest+plainRank, max(across, widths[k])
	}
	for k, nodes := range layers {
		for _, n := range nodes { // and the layer in the middle of all
			by := (across - widths[k]) / 2
			spots[n].b0, spots[n].b1 = spots[n].b0+by, spots[n].b1+by
		}
	}
	return spots, max(along-plainRank, 0), across
}

// order sorts the nodes of each layer by the mean place of their neighbours, a few times.
func order(layers [][]int, near [][]int) {
	place := make([]float64, len(near)) // in its layer, 0 to 1
	set := func(nodes []int) {
		for i, n := range nodes {
			place[n] = (float64(i) + 0.5) / float64(len(nodes))
		}
	}
	for _, nodes := range layers {
		set(nodes)
	}
	mean := make([]float64, len(near))
	for round := range 6 {
		for k := range layers {
			if round%2 == 1 {
				k = len(layers) - 1 - k
			}
			for _, n := range layers[k] {
				mean[n] = place[n]
				if len(near[n]) > 0 {
					sum := 0.0
					for _, o := range near[n] {
						sum += place[o]
					}
					mean[n] = sum / float64(len(near[n]))
				}
			}
			slices.SortStableFunc(layers[k], func(a, b int) int { return cmp.Compare(mean[a], mean[b]) })
			set(layers[k])
		}
	}
}

// direct is an arrow from one node to another some layers further, straight from the
// sides that face each other; where nodes of the layers between would hide it, it goes
// round them.
func (p *placed) direct(from, to, layers int, d Direction) route {
	a, b := p.nodes[from], p.nodes[to]
	var start, tip, aside vg.Point // aside is across the layers
	var off, half float64          // how far across the target lies, and how far the nodes reach
	if d == LR {
		start, tip = pt(a.x1, (a.y0+a.y1)/2), pt(b.x0, (b.y0+b.y1)/2)
		if layers < 0 {
			start.X, tip.X = vg.Length(a.x0), vg.Length(b.x1)
		}
		aside, off, half = pt(0, -1), float64(tip.Y-start.Y), max(a.h(), b.h())/2
	} else {
		start, tip = pt((a.x0+a.x1)/2, a.y0), pt((b.x0+b.x1)/2, b.y1)
		if layers < 0 {
			start.Y, tip.Y = vg.Length(a.y1), vg.Length(b.y0)
		}
		aside, off, half = pt(1, 0), float64(tip.X-start.X), max(a.w(), b.w())/2
	}
	span := max(layers, -layers)
	step := tip.Sub(start).Scale(1.0 / 3)
	one, two := start.Add(step), start.Add(step.Scale(2))
	hidden := span > 1 && math.Abs(off) < half
	if hidden {
		out := aside.Scale(vg.Length(half/curveReach + 12 + 7*float64(min(span, 20))))
		if layers < 0 {
			out = out.Scale(-1)
		}
		one, two = one.Add(out), two.Add(out)
	}
	way := tip.Sub(two)
	neck := tip
	if length := math.Hypot(float64(way.X), float64(way.Y)); length > plainArrow {
		neck = tip.Sub(way.Scale(vg.Length(plainArrow / length)))
	}
	r := route{curve: []vg.Point{start, one, two, neck}, end: &tip}
	if span == 1 || hidden {
		mid := r.middle()
		r.label = &mid
	}
	return r
}

// middle is the point of a single curve half the way.
func (r route) middle() vg.Point {
	mid := pt(0, 0)
	for k, weight := range []vg.Length{1, 3, 3, 1} {
		mid = mid.Add(r.curve[k].Scale(weight / 8))
	}
	return mid
}

// embrace makes the picture so large that the edges lie in it.
func (p *placed) embrace() {
	b := box{margin, margin, p.w - margin, p.h - margin}
	for _, e := range p.edges {
		q := e.middle()
		b = box{min(b.x0, float64(q.X)), min(b.y0, float64(q.Y)), max(b.x1, float64(q.X)), max(b.y1, float64(q.Y))}
	}
	p.w, p.h = math.Ceil(b.w()+2*margin), math.Ceil(b.h()+2*margin)
	p.shift(margin-b.x0, margin-b.y0)
}

// shift moves all of a picture.
func (p *placed) shift(dx, dy float64) {
	for i, n := range p.nodes {
		p.nodes[i] = box{n.x0 + dx, n.y0 + dy, n.x1 + dx, n.y1 + dy}
	}
	for _, e := range p.edges {
		for k, q := range e.curve {
			e.curve[k] = q.Add(pt(dx, dy))
		}
		for _, q := range []*vg.Point{e.end, e.label} {
			if q != nil {
				*q = q.Add(pt(dx, dy))
			}
		}
	}
}
