package onnx

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// graph is a GraphProto that is being written.
type graph struct {
	message // without weights
	weights []weights
	nodes   []arch.Node
	infos   []arch.Info
	params  map[string]*nn.Param
	taken   map[string]bool
	values  []forms
	numbers map[string]string // constants by what they hold
}

// forms are the names of a node's output as an image, of four dimensions, and, if it is
// a vector, as one of two. A form that nothing asked for has no name. ONNX adds and
// multiplies values of the same form only, and its linear layers want vectors.
type forms struct{ image, vector string }

// newGraph writes all that the output of a network needs.
func newGraph(n *nn.Network) (*graph, error) {
	a := n.Arch()
	infos, err := a.Infer()
	if err != nil {
		return nil, err
	}
	g := &graph{nodes: a.Nodes, infos: infos, params: map[string]*nn.Param{}, values: make([]forms, len(infos)),
		taken: map[string]bool{"input": true, "output": true}, numbers: map[string]string{}}
	for _, list := range [][]*nn.Param{n.Params(), n.Moments()} {
		for _, p := range list {
			g.params[p.Name] = p
		}
	}
	last := len(a.Nodes) - 1
	needed := make([]bool, last+1)
	needed[last] = true
	for i := last; i >= 0; i-- {
		for _, from := range a.Nodes[i].In {
			needed[from] = needed[from] || needed[i]
		}
	}
	name := a.Name
	if name == "" {
		name = "network"
	}
	g.text(2, strings.ToValidUTF8(name, "?"))
	g.message.message(11, value("input", a.Input.C, a.Input.H, a.Input.W))
	g.message.message(12, value("output", infos[last].Out.C))
	g.values[0].image = "input"
	for i := 1; i <= last; i++ {
		if needed[i] {
			if err := g.node(i); err != nil {
				return nil, err
			}
		}
	}
	if v := g.values[last]; v.vector != "" {
		g.add("Identity", "output", []string{v.vector})
	} else {
		g.add("Flatten", "output", []string{v.image})
	}
	return g, nil
}

// node writes node i of the architecture.
func (g *graph) node(i int) error {
	n := g.nodes[i]
	o := n.Op.WithDefaults()
	from := n.In[0]
	in, out := g.infos[from].Out, g.infos[i].Out
	name := g.unique(n.Name)
	image := func(op string, inputs []string, attrs ...attribute) {
		g.values[i].image = g.add(op, name, inputs, attrs...)
	}
	switch o.Kind {
	case arch.Conv:
		inputs := append([]string{g.image(from)}, g.filter(n.Name, o.Bias)...)
		image("Conv", inputs, append(window(o, in, out), attrInts("dilations", o.Dilation, o.Dilation), attrInt("group", o.Groups))...)
	case arch.MaxPool:
		image("MaxPool", []string{g.image(from)}, window(o, in, out)...)
	case arch.AvgPool:
		image("AveragePool", []string{g.image(from)}, window(o, in, out)...)
	case arch.GlobalPool:
		image("GlobalAveragePool", []string{g.image(from)})
	case arch.Flatten:
		g.values[i].vector = g.add("Flatten", name, []string{g.any(from)})
	case arch.Linear:
		g.values[i].vector = g.add("Gemm", name, append([]string{g.vector(from)}, g.filter(n.Name, o.Bias)...), attrInt("transB", 1))
	case arch.Add:
		op := "Add"
		if len(n.In) > 2 {
			op = "Sum"
		}
		g.join(i, op, name)
	case arch.Mul:
		g.join(i, "Mul", name)
	case arch.Mix:
		return fmt.Errorf("node %q mixes candidates by learned numbers, which a model for inference does not have; write the architecture that the search chose", n.Name)
	case arch.Custom:
		return fmt.Errorf("node %q computes the function %q, which is one's own and which ONNX does not know; write an architecture of known operations", n.Name, n.Op.Func)
	case arch.Concat:
		g.join(i, "Concat", name, attrInt("axis", 1))
	case arch.Shuffle:
		split := g.add("Reshape", g.unique(n.Name+"/split"), []string{g.image(from), g.ints(0, o.Groups, in.C/o.Groups, in.H, in.W)})
		swapped := g.add("Transpose", g.unique(n.Name+"/transpose"), []string{split}, attrInts("perm", 0, 2, 1, 3, 4))
		image("Reshape", []string{swapped, g.ints(0, in.C, in.H, in.W)})
	case arch.Slice:
		image("Slice", []string{g.image(from), g.ints(o.From), g.ints(o.From + o.Out), g.ints(1)})
	case arch.Shift:
		padded := g.add("Pad", g.unique(n.Name+"/pad"), []string{g.image(from), g.ints(0, 0, 0, 0, 0, 0, 1, 1)})
		image("Slice", []string{padded, g.ints(1, 1), g.ints(in.H+1, in.W+1), g.ints(2, 3)})
	case arch.Crop:
		image("Slice", []string{g.image(from), g.ints(o.From, o.From), g.ints(o.From+o.KH, o.From+o.KW), g.ints(2, 3)})
	case arch.ZeroPad:
		top, left := o.Leading(in)
		image("Pad", []string{g.image(from), g.ints(0, 0, top, left, 0, 0, o.PadH-top, o.PadW-left)})
	case arch.Zero:
		samples := g.add("Shape", g.unique(n.Name+"/samples"), []string{g.any(from)}, attrInt("start", 0), attrInt("end", 1))
		shape := g.add("Concat", g.unique(n.Name+"/shape"), []string{samples, g.ints(out.C, out.H, out.W)}, attrInt("axis", 0))
		image("ConstantOfShape", []string{shape})
	default:
		return g.alone(i, o, name)
	}
	return nil
}

// alone writes a node that keeps the form of its one input.
func (g *graph) alone(i int, o arch.Op, name string) error {
	n := g.nodes[i]
	x := g.any(n.In[0])
	keep := func(op string, inputs []string, attrs ...attribute) {
		written := g.add(op, name, inputs, attrs...)
		if g.values[n.In[0]].image == x {
			g.values[i].image = written
		} else {
			g.values[i].vector = written
		}
	}
	switch o.Kind {
	case arch.Identity, arch.Dropout, arch.DropPath:
		keep("Identity", []string{x})
	case arch.ReLU:
		keep("Relu", []string{x})
	case arch.ReLU6:
		keep("Clip", []string{x, g.number(0), g.number(6)})
	case arch.Tanh:
		keep("Tanh", []string{x})
	case arch.Sigmoid:
		keep("Sigmoid", []string{x})
	case arch.HardSigmoid:
		keep("HardSigmoid", []string{x}, attrFloat("alpha", 1./6), attrFloat("beta", .5))
	case arch.SiLU:
		keep("Mul", []string{x, g.add("Sigmoid", g.unique(n.Name+"/sigmoid"), []string{x})})
	case arch.HardSwish:
		keep("HardSwish", []string{x})
	case arch.BatchNorm:
		keep("BatchNormalization", append([]string{x}, g.norm(n.Name, o.Fixed, g.infos[i].Out.C)...), attrFloat("epsilon", engine.BatchNormEps))
	default:
		return fmt.Errorf("node %d (%s “%s”): ONNX export knows no such operation", i, o.Kind, n.Name)
	}
	return nil
}

// window is the place of a filter or a pooling window on an image. Padding at the far
// sides is as much as the last window needs.
func window(o arch.Op, in, out arch.Shape) []attribute {
	top, left := o.Leading(in)
	down, across := o.Stride, o.Stride
	if o.StrideW != 0 {
		across = o.StrideW
	}
	far := func(n, out, k, stride, before int) int {
		return max((out-1)*stride+max(o.Dilation, 1)*(k-1)+1-n-before, 0)
	}
	return []attribute{
		attrInts("kernel_shape", o.KH, o.KW),
		attrInts("strides", down, across),
		attrInts("pads", top, left, far(in.H, out.H, o.KH, down, top), far(in.W, out.W, o.KW, across, left)),
	}
}

// join writes a node of several inputs, as vectors if all are.
func (g *graph) join(i int, op, name string, attrs ...attribute) {
	n := g.nodes[i]
	vectors := true
	for _, from := range n.In {
		vectors = vectors && g.values[from].vector != ""
	}
	var inputs []string
	for _, from := range n.In {
		if vectors {
			inputs = append(inputs, g.vector(from))
		} else {
			inputs = append(inputs, g.image(from))
		}
	}
	written := g.add(op, name, inputs, attrs...)
	if vectors {
		g.values[i].vector = written
	} else {
		g.values[i].image = written
	}
}

// any is the output of a node in a form in which it is there.
func (g *graph) any(i int) string {
	if v := g.values[i]; v.image == "" {
		return v.vector
	}
	return g.values[i].image
}

// image is the output of a node as an image.
func (g *graph) image(i int) string {
	v := &g.values[i]
	if v.image == "" {
		v.image = g.add("Reshape", g.unique(g.nodes[i].Name+"/image"), []string{v.vector, g.ints(0, g.infos[i].Out.C, 1, 1)})
	}
	return v.image
}

// vector is the output of a node as a vector, if it is one.
func (g *graph) vector(i int) string {
	v := &g.values[i]
	if v.vector == "" {
		v.vector = g.add("Flatten", g.unique(g.nodes[i].Name+"/vector"), []string{v.image})
	}
	return v.vector
}

// filter are the names of a node's weight and bias.
func (g *graph) filter(node string, bias bool) []string {
	list := []string{g.param(node + ".weight")}
	if bias {
		list = append(list, g.param(node+".bias"))
	}
	return list
}

// norm are the names of what a batch norm computes with.
func (g *graph) norm(node string, fixed bool, channels int) []string {
	scale, shift := "", ""
	if fixed {
		ones := make([]float32, channels)
		for i := range ones {
			ones[i] = 1
		}
		scale = g.constant(node+".weight", []int{channels}, ones)
		shift = g.constant(node+".bias", []int{channels}, make([]float32, channels))
	} else {
		scale, shift = g.param(node+".weight"), g.param(node+".bias")
	}
	return []string{scale, shift, g.param(node + ".running_mean"), g.param(node + ".running_var")}
}

// param writes the values of a parameter or moment.
func (g *graph) param(name string) string {
	p := g.params[name]
	return g.constant(name, p.Shape, p.W)
}

func (g *graph) constant(name string, shape []int, values []float32) string {
	name = g.unique(name)
	g.weights = append(g.weights, newWeights(name, shape, values))
	return name
}

// number writes a single number, once.
func (g *graph) number(v float32) string {
	what := fmt.Sprint("number ", v)
	if _, there := g.numbers[what]; !there {
		g.numbers[what] = g.constant(what, nil, []float32{v})
	}
	return g.numbers[what]
}

// ints writes a list of whole numbers, once.
func (g *graph) ints(values ...int) string {
	what := fmt.Sprint("numbers ", values)
	if _, there := g.numbers[what]; !there {
		name := g.unique(what)
		t := tensorHead(name, typeInt64, []int{len(values)})
		var raw message
		for _, v := range values {
			raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
		}
		t.message(9, raw)
		g.message.message(5, t)
		g.numbers[what] = name
	}
	return g.numbers[what]
}

// add writes an operation and gives the name of its output.
func (g *graph) add(op, name string, inputs []string, attrs ...attribute) string {
	g.message.message(1, node(op, name, inputs, attrs))
	return name
}

// unique is a name that no value has yet, as close to the given one as can be.
func (g *graph) unique(name string) string {
	if !utf8.ValidString(name) {
		name = strconv.Quote(name)
	}
	for g.taken[name] {
		name += "'"
	}
	g.taken[name] = true
	return name
}
