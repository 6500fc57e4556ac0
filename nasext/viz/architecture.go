package viz

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/arch"
)

// kinds are the kinds of nodes in the order of their colours, so that an
// operation has the same colour in every graph.
func kinds() []string {
	return []string{"data", "conv", "pool", "linear", "join", "activation", "zero", "skip"}
}

func kindOf(k arch.Kind) string {
	switch k {
	case arch.Input:
		return "data"
	case arch.Conv:
		return "conv"
	case arch.MaxPool, arch.AvgPool, arch.GlobalPool:
		return "pool"
	case arch.Linear, arch.Custom:
		return "linear"
	case arch.Add, arch.Mul, arch.Mix, arch.Concat:
		return "join"
	case arch.BatchNorm, arch.Dropout, arch.DropPath:
		return "activation"
	case arch.Zero:
		return "zero"
	}
	if k.Activation() {
		return "activation"
	}
	return "skip" // what computes nothing
}

// Architecture draws an architecture as a graph. What follows a convolution or a
// linear layer and nothing else takes (batch norm, activation, dropout) stands
// in its box, and so does an activation right before it; blocks of several boxes
// are framed. Boxes say the shape of their output and their parameters. An
// architecture with more than 20 boxes is folded: each block becomes one, of equal
// blocks in a row one is drawn, and if that is still too much each stage becomes one.
// Auxiliary heads hang on dashed edges. Boxes with many skip connections stand in
// one column, beside which these are arcs.
// [Folded] draws it on the level that it is asked for, [Block] one block alone.
func Architecture(a *arch.Arch) *display.Graph { return Folded(a, Auto) }

// Folded draws an architecture on the given level.
func Folded(a *arch.Arch, l Level) *display.Graph {
	if a == nil {
		return display.NewGraph("no architecture yet")
	}
	infos, err := a.Infer()
	if err != nil {
		return undrawable("an architecture that cannot be drawn", "this is no architecture", err)
	}
	if l < Auto || l > Stages {
		return undrawable("an architecture that cannot be drawn", "there is no such level",
			fmt.Errorf("the level is %d; use viz.Auto, Operations, Blocks or Stages", l))
	}
	boxes, of := folded(a, l)
	links := edges(a, of)
	g := display.NewGraph(title(a) + ": " + totals(infos))
	g.Kinds = kinds()
	if tangled(len(boxes), links) {
		g.Direction = display.Column
	}
	frames := map[string]int{} // boxes in each
	for _, b := range boxes {
		frames[b.frame()]++
		if b.main < 0 {
			frames[b.frame()]++ // a stage is framed whatever is in it
		}
	}
	for i, b := range boxes {
		node := b.node(a, infos)
		node.ID = strconv.Itoa(i)
		if f := b.frame(); f != "" && frames[f] > 1 {
			node.Group = f
			if !slices.ContainsFunc(g.Groups, func(gr display.Group) bool { return gr.ID == f }) {
				g.AddGroup(display.Group{ID: f, Label: f})
			}
		}
		g.AddNode(node)
	}
	for _, e := range links {
		g.Edges = append(g.Edges, display.Edge{
			From: strconv.Itoa(e.from), To: strconv.Itoa(e.to),
			Dashed: boxes[e.to].aux(infos) && !boxes[e.from].aux(infos),
		})
	}
	return g
}

// aux says whether inference does without all of the box.
func (b box) aux(infos []arch.Info) bool {
	return !slices.ContainsFunc(b.nodes, func(i int) bool { return !infos[i].Aux })
}

// Block draws one block of an architecture, operation by operation, with what goes
// into it and out of it.
func Block(a *arch.Arch, name string) *display.Graph {
	const failed = "a block that cannot be drawn"
	if a == nil {
		return display.NewGraph("no architecture yet")
	}
	infos, err := a.Infer()
	if err != nil {
		return undrawable(failed, "this is no architecture", err)
	}
	in := func(i int) bool { return i > 0 && name != "" && a.Nodes[i].Block == name }
	boxes, of := operations(a)
	var names []string
	g := display.NewGraph("")
	g.Kinds = kinds()
	var inside []arch.Info
	for i, n := range a.Nodes {
		if in(i) {
			inside = append(inside, infos[i])
		} else if n.Block != "" && !slices.Contains(names, n.Block) {
			names = append(names, n.Block)
		}
	}
	if len(inside) == 0 {
		return undrawable(failed, "there is no such block", fmt.Errorf("%s has no block %q; it has %s", title(a), name, strings.Join(names, ", ")))
	}
	g.Name = clip(title(a)+", "+name, 60) + ": " + totals(inside)
	drawn := map[string]bool{}
	add := func(id string, n display.Node) string {
		if n.ID = id; !drawn[id] {
			drawn[id] = true
			g.AddNode(n)
		}
		return id
	}
	// draw returns the ID of a box, which is one of the block's or a neighbour.
	draw := func(k int, neighbour string) string {
		last := boxes[k].nodes[len(boxes[k].nodes)-1]
		if in(last) {
			return add(strconv.Itoa(k), boxes[k].node(a, infos))
		}
		n := display.Node{Label: cmp.Or(a.Nodes[last].Block, a.Nodes[last].Name), Kind: "data"}
		if neighbour == "before" {
			n.Lines = []string{size(infos[last].Out)}
			neighbour += strconv.Itoa(k)
		}
		return add(neighbour+" "+n.Label, n)
	}
	for _, e := range edges(a, of) {
		from, to := in(boxes[e.from].nodes[0]), in(boxes[e.to].nodes[0])
		if !from && !to {
			continue
		}
		source, target := draw(e.from, "before"), draw(e.to, "after")
		if link := source + " to " + target; to || !drawn[link] {
			drawn[link] = true
			g.AddEdge(source, target, "")
		}
	}
	return g
}

// undrawable is the picture of a mistake.
func undrawable(title, what string, err error) *display.Graph {
	return display.NewGraph(title).AddNode(display.Node{ID: "error", Label: what, Lines: wrap(err.Error(), 44)})
}

func title(a *arch.Arch) string {
	if a.Name != "" {
		return clip(a.Name, 60)
	}
	return "architecture"
}

// totals says what nodes have in all: "5.22k parameters, 9.73k MACs".
func totals(infos []arch.Info) string {
	params, macs := arch.Totals(infos)
	return fmt.Sprintf("%s parameters, %s MACs", magnitude(params), magnitude(macs))
}

// edge goes from one box to another.
type edge struct{ from, to int }

// edges are those between different boxes, each once, in the order of the nodes.
func edges(a *arch.Arch, of []int) []edge {
	var all []edge
	drawn := map[edge]bool{}
	for i, n := range a.Nodes {
		for _, from := range n.In {
			if e := (edge{of[from], of[i]}); e.from != e.to && !drawn[e] {
				drawn[e] = true
				all = append(all, e)
			}
		}
	}
	return all
}

// tangled says whether n boxes, whose edges go from earlier to later ones, are in the
// main one chain that many edges short-cut. Laid out in any other way than one below
// the other such boxes hide that there is an order.
func tangled(n int, links []edge) bool {
	passed := make([]int, n) // edges that go past each box
	in := make([][]int, n)
	for _, e := range links {
		in[e.to] = append(in[e.to], e.from)
		for k := e.from + 1; k < e.to; k++ {
			passed[k]++
		}
	}
	depth := make([]int, n) // boxes on the longest path to each
	for k := range n {
		depth[k] = 1
		for _, from := range in[k] {
			depth[k] = max(depth[k], depth[from]+1)
		}
	}
	return n > 0 && slices.Max(passed) > 5 && 10*slices.Max(depth) >= 6*n
}

// frame is what is drawn around the box: its block, and around a block its stage.
func (b box) frame() string {
	if b.main >= 0 {
		return b.block
	}
	return parent(b.block)
}

// node is how a box looks.
func (b box) node(a *arch.Arch, infos []arch.Info) display.Node {
	var params int64
	for _, i := range b.nodes {
		params += infos[i].Params
	}
	shape := size(infos[b.nodes[len(b.nodes)-1]].Out)
	if params > 0 {
		shape += " · " + magnitude(params) + " params"
		if b.times > 1 {
			shape += " in all"
		}
	}
	if b.main < 0 {
		n := display.Node{Label: b.name(), Lines: append(b.summary(a, infos), shape), Kind: b.mainKind(a)}
		if b.aux(infos) {
			n.Lines = append(n.Lines, "for training only")
		}
		return n
	}
	n := display.Node{Label: label(a.Nodes[b.main].Op, inputShape(a, infos, b.main)), Kind: kindOf(a.Nodes[b.main].Op.Kind)}
	var before, after []string
	for _, i := range b.nodes {
		switch {
		case i < b.main:
			before = append(before, word(a.Nodes[i].Op))
		case i > b.main:
			after = append(after, word(a.Nodes[i].Op))
		}
	}
	if len(before) > 0 {
		n.Lines = append(n.Lines, "after "+strings.Join(before, ", "))
	}
	if len(after) > 0 {
		n.Lines = append(n.Lines, "+ "+strings.Join(after, " + "))
	}
	n.Lines = append(n.Lines, shape)
	return n
}

// size is a shape, of a vector its length.
func size(s arch.Shape) string {
	if s.H == 1 && s.W == 1 {
		return strconv.Itoa(s.C)
	}
	return s.String()
}

// summary says what a block, or the first of equal ones, does, in up to two lines:
// each of its operations that are not activations once, with how often it is there.
func (b box) summary(a *arch.Arch, infos []arch.Info) []string {
	var order []string
	times := map[string]int{}
	for _, i := range b.nodes[:len(b.nodes)/max(b.times, 1)] {
		if k := kindOf(a.Nodes[i].Op.Kind); k == "activation" || k == "skip" {
			continue
		}
		l := strings.ReplaceAll(label(a.Nodes[i].Op, inputShape(a, infos, i)), ", stride ", " /")
		if times[l]++; times[l] == 1 {
			order = append(order, l)
		}
	}
	if len(order) == 0 {
		return []string{count(len(b.nodes), "operation")}
	}
	for i, l := range order {
		if times[l] > 1 {
			l += " ×" + strconv.Itoa(times[l])
		}
		if i < len(order)-1 {
			l += ","
		}
		order[i] = l
	}
	lines := fill(order, 46)
	if len(lines) > 2 {
		lines = []string{lines[0], strings.TrimSuffix(lines[1], ",") + " …"}
	}
	return lines
}

// mainKind is the kind of a block: that of its convolutions, if it has any.
func (b box) mainKind(a *arch.Arch) string {
	for _, want := range []arch.Kind{arch.Conv, arch.Linear} {
		for _, i := range b.nodes {
			if a.Nodes[i].Op.Kind == want {
				return kindOf(want)
			}
		}
	}
	return kindOf(a.Nodes[b.nodes[0]].Op.Kind)
}

// inputShape is the shape of what a node takes first.
func inputShape(a *arch.Arch, infos []arch.Info, i int) arch.Shape {
	if in := a.Nodes[i].In; len(in) > 0 {
		return infos[in[0]].Out
	}
	return arch.Shape{}
}

// label names an operation with what tells it from others of its kind; its
// output's shape stands elsewhere.
func label(o arch.Op, in arch.Shape) string {
	o = o.WithDefaults()
	var s string
	switch o.Kind {
	case arch.Conv:
		s = fmt.Sprintf("conv %d×%d", o.KH, o.KW)
		if o.Groups > 1 && o.Groups == in.C {
			s = fmt.Sprintf("depthwise %d×%d", o.KH, o.KW)
		} else if o.Groups > 1 {
			s += fmt.Sprintf(", %d groups", o.Groups)
		}
		if o.Dilation > 1 {
			s += fmt.Sprintf(", dilation %d", o.Dilation)
		}
	case arch.MaxPool:
		s = fmt.Sprintf("max pool %d×%d", o.KH, o.KW)
	case arch.AvgPool:
		s = fmt.Sprintf("avg pool %d×%d", o.KH, o.KW)
	default:
		return word(o)
	}
	if o.StrideW != 0 && o.StrideW != o.Stride {
		return s + fmt.Sprintf(", stride %d×%d", max(o.Stride, 1), o.StrideW)
	}
	if o.Stride > 1 && !(o.Kind != arch.Conv && o.Stride == o.KH && o.KH == o.KW) {
		s += fmt.Sprintf(", stride %d", o.Stride)
	}
	return s
}

// word names an operation without its settings.
func word(o arch.Op) string {
	switch o.Kind {
	case arch.BatchNorm:
		return "batch norm"
	case arch.ReLU:
		return "ReLU"
	case arch.ReLU6:
		return "ReLU6"
	case arch.SiLU:
		return "SiLU"
	case arch.HardSigmoid:
		return "hard sigmoid"
	case arch.HardSwish:
		return "hard swish"
	case arch.GlobalPool:
		return "mean over the image"
	case arch.Mul:
		return "multiply"
	case arch.Slice:
		return fmt.Sprintf("channels %d–%d", o.From, o.From+o.Out-1)
	case arch.ZeroPad:
		return "zero padding"
	case arch.Custom:
		return o.Func
	case arch.Identity:
		return "skip"
	case arch.Dropout:
		return fmt.Sprintf("dropout %g", o.Rate)
	case arch.DropPath:
		return fmt.Sprintf("drop path %g", o.Rate)
	}
	return string(o.Kind)
}

// wrap breaks a text into lines of about n characters.
func wrap(s string, n int) []string { return fill(strings.Fields(s), n) }

// fill puts words into lines of about n characters.
func fill(words []string, n int) []string {
	var lines []string
	line := ""
	for _, w := range words {
		if line != "" && len([]rune(line))+len([]rune(w)) >= n {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + w)
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
