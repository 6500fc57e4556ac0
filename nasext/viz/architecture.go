package viz

import (
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
	if k.Activation() {
		return "activation"
	}
	switch k {
	case arch.Input:
		return "data"
	case arch.Conv:
		return "conv"
	case arch.MaxPool, arch.AvgPool, arch.GlobalPool:
		return "pool"
	case arch.Linear:
		return "linear"
	case arch.Add, arch.Mul, arch.Concat:
		return "join"
	case arch.BatchNorm, arch.Dropout:
		return "activation"
	case arch.Zero:
		return "zero"
	}
	return "skip" // identity, flatten, slices and the like compute nothing
}

// detailed is how many boxes a graph of single operations may have; above it
// each block is one box.
const detailed = 60

// Architecture draws an architecture as a graph. What follows a convolution or a
// linear layer and nothing else takes (batch norm, activation, dropout) stands
// in its box, and so does an activation right before it; blocks of several boxes
// are framed. Boxes say the shape of their output and their parameters. Of an
// architecture with more than 60 boxes, each block becomes one.
func Architecture(a *arch.Arch) *display.Graph {
	if a == nil {
		return display.NewGraph("no architecture yet")
	}
	infos, err := a.Infer()
	if err != nil {
		return display.NewGraph("an architecture that cannot be drawn").
			AddNode(display.Node{ID: "error", Label: "this is no architecture", Lines: wrap(err.Error(), 44)})
	}
	boxes, of := fold(a)
	if len(boxes) > detailed {
		if coarse, ofCoarse := blocks(a); len(coarse) < len(boxes) {
			boxes, of = coarse, ofCoarse
		}
	}
	var params, macs int64
	for _, i := range infos {
		params += i.Params
		if !i.Aux {
			macs += i.MACs
		}
	}
	g := display.NewGraph(fmt.Sprintf("%s: %s parameters, %s MACs", clip(title(a), 60), magnitude(params), magnitude(macs)))
	g.Kinds = kinds()
	framed := map[string]int{}
	for _, b := range boxes {
		framed[b.block]++
	}
	for i, b := range boxes {
		node := b.node(a, infos)
		node.ID = strconv.Itoa(i)
		if b.block != "" && framed[b.block] > 1 {
			node.Group = b.block
			if !slices.ContainsFunc(g.Groups, func(gr display.Group) bool { return gr.ID == b.block }) {
				g.AddGroup(display.Group{ID: b.block, Label: b.block})
			}
		}
		g.AddNode(node)
	}
	drawn := map[[2]int]bool{}
	for i, n := range a.Nodes {
		for _, from := range n.In {
			edge := [2]int{of[from], of[i]}
			if edge[0] != edge[1] && !drawn[edge] {
				drawn[edge] = true
				g.AddEdge(strconv.Itoa(edge[0]), strconv.Itoa(edge[1]), "")
			}
		}
	}
	return g
}

func title(a *arch.Arch) string {
	if a.Name != "" {
		return a.Name
	}
	return "architecture"
}

// box is one node of the graph: nodes of the architecture that belong together.
type box struct {
	nodes []int // in order
	main  int   // what the box is named after; -1 for a whole block
	block string
}

// fold puts each node into a box, and says which box each node is in.
func fold(a *arch.Arch) (boxes []box, of []int) {
	takers := make([]int, len(a.Nodes)) // how many nodes take each
	for _, n := range a.Nodes {
		for _, from := range n.In {
			takers[from]++
		}
	}
	of = make([]int, len(a.Nodes))
	for i, n := range a.Nodes {
		if len(n.In) == 1 {
			from := n.In[0]
			b := &boxes[of[from]]
			before := a.Nodes[b.main].Op.Kind
			alone := takers[from] == 1 && from == b.nodes[len(b.nodes)-1] && b.block == n.Block
			// What is activated before is not activated behind as well: that
			// activation belongs to what follows.
			light := kindOf(n.Op.Kind) == "activation" && (n.Op.Kind != arch.ReLU || b.nodes[0] == b.main)
			heavy := n.Op.Kind == arch.Conv || n.Op.Kind == arch.Linear
			switch {
			case alone && light && before != arch.Input && (kindOf(before) != "join"),
				alone && heavy && len(b.nodes) == 1 && before.Activation():
				if heavy {
					b.main = i
				}
				b.nodes = append(b.nodes, i)
				of[i] = of[from]
				continue
			}
		}
		of[i] = len(boxes)
		boxes = append(boxes, box{nodes: []int{i}, main: i, block: n.Block})
	}
	return boxes, of
}

// blocks makes each block one box; the input and nodes without a block stay alone.
func blocks(a *arch.Arch) (boxes []box, of []int) {
	of = make([]int, len(a.Nodes))
	for i, n := range a.Nodes {
		last := len(boxes) - 1
		switch {
		case n.Block == "" || n.Op.Kind == arch.Input:
			boxes = append(boxes, box{main: i})
			last++
		case last < 0 || boxes[last].block != n.Block:
			boxes = append(boxes, box{main: -1, block: n.Block})
			last++
		}
		boxes[last].nodes = append(boxes[last].nodes, i)
		of[i] = last
	}
	return boxes, of
}

// node is how a box looks.
func (b box) node(a *arch.Arch, infos []arch.Info) display.Node {
	var params int64
	for _, i := range b.nodes {
		params += infos[i].Params
	}
	shape := infos[b.nodes[len(b.nodes)-1]].Out.String()
	if out := infos[b.nodes[len(b.nodes)-1]].Out; out.H == 1 && out.W == 1 {
		shape = strconv.Itoa(out.C)
	}
	size := shape
	if params > 0 {
		size += " · " + magnitude(params) + " params"
	}
	if b.main < 0 {
		return display.Node{Label: b.block, Lines: []string{count(len(b.nodes), "operation"), size}, Kind: b.mainKind(a)}
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
	n.Lines = append(n.Lines, size)
	return n
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
	case arch.Slice:
		return fmt.Sprintf("channels %d to %d", o.From, o.From+o.Out-1)
	case arch.Shuffle:
		return fmt.Sprintf("shuffle of %d groups", o.Groups)
	default:
		return word(o)
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
	case arch.Mul:
		return "multiply"
	case arch.Shift:
		return "shift by a pixel"
	case arch.ZeroPad:
		return "zero padding"
	case arch.GlobalPool:
		return "mean over the image"
	case arch.Identity:
		return "skip"
	case arch.Dropout:
		return fmt.Sprintf("dropout %g", o.Rate)
	}
	return string(o.Kind)
}

// wrap breaks a text into lines of about n characters.
func wrap(s string, n int) []string {
	var lines []string
	line := ""
	for _, w := range strings.Fields(s) {
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
