package display

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-graphviz"
	"gonum.org/v1/plot/vg"

	"github.com/nascent-go/nascent/display/internal/wasmcache"
)

// go-graphviz has been initialised by now.
func init() { wasmcache.Restore() }

// engine runs Graphviz, which go-graphviz brings as a WebAssembly module with
// one memory for the whole process: one layout at a time. It is made on first
// use and kept.
type engine struct {
	turn chan struct{}      // holds one token: whose turn it is
	gv   *graphviz.Graphviz // owned by the holder of the token
}

// layouts is the process's engine; there can't be two, as the module is one.
var layouts = &engine{turn: make(chan struct{}, 1)}

// run lays a DOT source out and returns the positions as Graphviz's JSON.
func (e *engine) run(ctx context.Context, dot []byte) ([]byte, error) {
	select {
	case e.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the graph layout: %w", context.Cause(ctx))
	}
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		defer func() { <-e.turn }()
		data, err := e.layout(dot)
		done <- result{data, err}
	}()
	select {
	case r := <-done:
		return r.data, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("lay the graph out: %w", context.Cause(ctx))
	}
}

// layout is called by the holder of the token. The module can't be stopped in
// the middle of a layout, so it gets no context of the caller's.
func (e *engine) layout(dot []byte) (data []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("graphviz stopped: %v", r)
		}
	}()
	ctx := context.Background()
	if e.gv == nil {
		gv, err := graphviz.New(ctx)
		if err != nil {
			return nil, fmt.Errorf("start graphviz: %w", err)
		}
		e.gv = gv
	}
	g, err := graphviz.ParseBytes(dot)
	if err != nil {
		return nil, fmt.Errorf("graphviz refuses its input: %w", err)
	}
	var b bytes.Buffer
	err = e.gv.Render(ctx, g, graphviz.Format("json0"), &b)
	if cerr := g.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, fmt.Errorf("graphviz: %w", err)
	}
	return b.Bytes(), nil
}

// skeleton writes the graph for the layout: boxes of our sizes and names of our
// making, so that no text of the user's reaches Graphviz.
func (g *Graph) skeleton(ix *graphIndex, d Direction) []byte {
	var b bytes.Buffer
	rankdir := "TB"
	if d == LR {
		rankdir = "LR"
	}
	fmt.Fprintf(&b, "digraph { rankdir=%s; nodesep=0.3; ranksep=0.42; node [shape=box, fixedsize=true, label=\"\"]; edge [arrowsize=0.7];\n", rankdir)
	if g.tangled() {
		b.WriteString("splines=polyline; nslimit=1; nslimit1=1; mclimit=0.1;\n")
	}
	node := func(i int) {
		w, h := g.Nodes[i].size()
		fmt.Fprintf(&b, "n%d [width=%.4f, height=%.4f];\n", i, w/72, h/72)
	}
	for i, n := range g.Nodes {
		if n.Group == "" {
			node(i)
		}
	}
	g.eachGroup("", "", 0, func(_ string, k int, body func()) {
		fmt.Fprintf(&b, "subgraph cluster_%d { margin=14; labeljust=l; ", k)
		if l := scriptGroup.fit(oneLine(g.Groups[k].Label), nodeWidest); l != "" {
			fmt.Fprintf(&b, "graph [label=%s];\n", room(scriptGroup.width(l)+8))
		}
		for i, n := range g.Nodes {
			if n.Group == g.Groups[k].ID {
				node(i)
			}
		}
		body()
		b.WriteString("}\n")
	})
	for i, e := range g.Edges {
		fmt.Fprintf(&b, "n%d -> n%d [id=\"%d\"", ix.node[e.From], ix.node[e.To], i)
		if l := scriptEdge.fit(oneLine(e.Label), nodeWidest); l != "" {
			fmt.Fprintf(&b, ", label=%s", room(scriptEdge.width(l)+4))
		}
		b.WriteString("];\n")
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// tangled says whether a graph is laid out with less polish: it will hardly be readable,
// and otherwise a hundred nodes with three edges each take half a minute.
func (g *Graph) tangled() bool {
	return len(g.Nodes) > 250 || len(g.Edges) > 150 && 2*len(g.Edges) > 5*len(g.Nodes)
}

// room is a label that keeps about w pixels free: Graphviz counts 0.6 of the font size
// for each letter of Courier. (An HTML table would say the size itself, but
// go-graphviz 0.2.10 loses the output of some graphs that have one.)
func room(w float64) string {
	const size = 12
	return fmt.Sprintf(`"%s", fontname="Courier", fontsize=%d`, strings.Repeat("x", int(math.Ceil(w/(0.6*size)))), size)
}

// placed is a graph with its layout: a picture.
type placed struct {
	graph  *Graph
	w, h   float64
	nodes  []box       // of each node
	groups map[int]box // of each group that has something in it
	edges  []route     // of each edge
	head   float64     // height of the title
	of     *Graph      // what graph is a part of, nil if it is the whole
	note   string      // what is not as it should be; empty for nothing
}

// route is the course of an edge.
type route struct {
	curve      []vg.Point // cubic Bézier: 3k+1 points
	start, end *vg.Point  // tips of arrows
	label      *vg.Point  // centre
}

// layoutTime is how long Graphviz may take, and wait for its turn.
const layoutTime = 10 * time.Second

// place lays the graph out, in the direction that fits if none is set. What is too large
// for Graphviz, or takes it too long, is laid out plainly.
func (g *Graph) place(ctx context.Context) (*placed, error) { return g.placeWithin(ctx, layoutTime) }

func (g *Graph) placeWithin(ctx context.Context, limit time.Duration) (*placed, error) {
	ix, err := g.index()
	if err != nil {
		return nil, fmt.Errorf("graph %q: %w", brief(g.Name), err)
	}
	if len(g.Nodes) > graphNodes || len(g.Edges) > graphEdges {
		return g.plain(ix), nil
	}
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	p, err := g.polished(within, ix)
	if err != nil && ctx.Err() == nil && within.Err() != nil {
		return g.plain(ix), nil
	}
	return p, err
}

// polished lays the graph out with Graphviz, or as a column.
func (g *Graph) polished(ctx context.Context, ix *graphIndex) (*placed, error) {
	try := func(d Direction) (*placed, error) {
		data, err := layouts.run(ctx, g.skeleton(ix, d))
		if err != nil {
			return nil, fmt.Errorf("graph %q: %w", brief(g.Name), err)
		}
		p, err := g.read(data)
		if err != nil {
			return nil, fmt.Errorf("graph %q: read the layout: %w", brief(g.Name), err)
		}
		return p, nil
	}
	switch g.Direction {
	case AutoDirection:
	case Column:
		return g.column(ix), nil
	default:
		return try(g.Direction)
	}
	p, err := try(LR)
	if err != nil || p.fits() {
		return p, err
	}
	q, err := try(TB)
	if err != nil {
		return nil, err
	}
	return narrower(p, q), nil
}

// fits says whether a picture is readable on a page.
func (p *placed) fits() bool {
	const readable = 0.8 // how much smaller texts may become
	return p.w*readable <= maxWidth
}

// narrower is the narrower of two pictures, the second if both are equally wide.
func narrower(p, q *placed) *placed {
	if q.w > p.w {
		return p
	}
	return q
}

// read takes the positions out of Graphviz's JSON.
func (g *Graph) read(data []byte) (*placed, error) {
	var in struct {
		BB      string `json:"bb"`
		Objects []struct {
			Name, BB, Pos string
			Width, Height string
		} `json:"objects"`
		Edges []struct {
			ID, Pos, LP string
		} `json:"edges"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return nil, err
	}
	p := &placed{graph: g, nodes: make([]box, len(g.Nodes)), groups: map[int]box{}, edges: make([]route, len(g.Edges)), head: g.headRoom()}
	all, err := numbers(in.BB, 4)
	if err != nil && len(g.Nodes) > 0 {
		return nil, err
	}
	if len(all) < 4 {
		all = []float64{0, 0, 0, 0}
	}
	w := all[2] - all[0]
	p.fit(w, all[3]-all[1])
	dx, dy := (p.w-math.Ceil(w))/2-all[0], margin-all[1] // a graph narrower than its title stands in the middle
	for _, o := range in.Objects {
		if k, ok := strings.CutPrefix(o.Name, "cluster_"); ok {
			i, err := strconv.Atoi(k)
			v, err2 := numbers(o.BB, 4)
			if err != nil || i >= len(g.Groups) {
				return nil, fmt.Errorf("unexpected group %q", o.Name)
			}
			if err2 == nil { // an empty group has no box
				p.groups[i] = box{v[0] + dx, v[1] + dy, v[2] + dx, v[3] + dy}
			}
			continue
		}
		i, err := strconv.Atoi(strings.TrimPrefix(o.Name, "n"))
		if err != nil || i < 0 || i >= len(p.nodes) {
			return nil, fmt.Errorf("unexpected node %q", o.Name)
		}
		v, err := numbers(o.Pos, 2)
		if err != nil {
			return nil, err
		}
		w, h := g.Nodes[i].size()
		x, y := v[0]+dx, v[1]+dy
		p.nodes[i] = box{x - w/2, y - h/2, x + w/2, y + h/2}
	}
	for _, e := range in.Edges {
		i, err := strconv.Atoi(e.ID)
		if err != nil || i < 0 || i >= len(p.edges) {
			return nil, fmt.Errorf("unexpected edge %q", e.ID)
		}
		if p.edges[i], err = readRoute(e.Pos, e.LP, dx, dy); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// readRoute reads "e,x,y x,y x,y …": tips of arrows, then the curve.
func readRoute(pos, lp string, dx, dy float64) (route, error) {
	var r route
	// Parallel pieces are separated by ";"; dot makes one.
	pos, _, _ = strings.Cut(pos, ";")
	for _, f := range strings.Fields(pos) {
		kind := byte(0)
		if strings.HasPrefix(f, "e,") || strings.HasPrefix(f, "s,") {
			kind, f = f[0], f[2:]
		}
		v, err := numbers(f, 2)
		if err != nil {
			return r, err
		}
		q := pt(v[0]+dx, v[1]+dy)
		switch kind {
		case 'e':
			r.end = &q
		case 's':
			r.start = &q
		default:
			r.curve = append(r.curve, q)
		}
	}
	if len(r.curve)%3 != 1 {
		return r, fmt.Errorf("an edge of %d points is no curve", len(r.curve))
	}
	if lp != "" {
		v, err := numbers(lp, 2)
		if err != nil {
			return r, err
		}
		q := pt(v[0]+dx, v[1]+dy)
		r.label = &q
	}
	return r, nil
}

func numbers(s string, n int) ([]float64, error) {
	parts := strings.Split(s, ",")
	if len(parts) != n {
		return nil, fmt.Errorf("%q are not %d numbers", s, n)
	}
	out := make([]float64, n)
	for i, p := range parts {
		v, err := strconv.ParseFloat(p, 64)
		if err != nil {
			return nil, fmt.Errorf("%q are not %d numbers", s, n)
		}
		out[i] = v
	}
	return out, nil
}
