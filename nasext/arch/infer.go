package arch

import (
	"errors"
	"fmt"
	"math/bits"
	"strings"
)

// Info is what follows from the settings of a node and the shapes that reach it.
type Info struct {
	Out    Shape `json:"out"`              // of one sample
	Params int64 `json:"params"`           // trainable: weights, biases, scale and shift of batch norm
	MACs   int64 `json:"macs"`             // multiply-accumulates for one sample, of convolutions and linear layers only: what functions of one's own compute is not known
	Alphas int64 `json:"alphas,omitempty"` // mixing numbers that this node is the first to name; they are learned, but no weights, and Params leaves them out
	Aux    bool  `json:"aux,omitempty"`    // only auxiliary outputs need it: inference does not compute it
}

// Check says what is wrong with the architecture, or nil: the order of the nodes,
// their names, the number of their inputs, unknown kinds, settings out of range,
// shapes that do not fit, an output that is no vector. The error names the node
// and says what would be right.
func (a *Arch) Check() error {
	infos, err := a.Infer()
	if err != nil {
		return err
	}
	out := infos[len(infos)-1].Out
	if err := a.checkOutput(out); err != nil {
		return err
	}
	for _, i := range a.Aux {
		if infos[i].Out != out {
			return a.fault(i, "is an auxiliary output and has the shape %v; it must be that of the output, %v", infos[i].Out, out)
		}
	}
	return nil
}

// checkOutput says what is wrong with the shape of the last node.
func (a *Arch) checkOutput(out Shape) error {
	if out.H != 1 || out.W != 1 {
		return a.fault(len(a.Nodes)-1, "is the output and has the shape %v; the last node must be a vector with one number per class, so end with globalpool or flatten, then linear", out)
	}
	return nil
}

// Infer computes shape, parameters and MACs of every node, in the order of the
// nodes. A convolution with a filter of kh×kw counts
// Cout·Hout·Wout·(Cin/groups)·kh·kw MACs, a linear layer in·out; biases, batch
// norm, pooling and sums count none. It makes the checks of Check, except that
// the output may have any shape.
func (a *Arch) Infer() ([]Info, error) {
	if a == nil || len(a.Nodes) == 0 {
		return nil, errors.New("arch: there are no nodes; node 0 must be the input")
	}
	if err := a.Input.check(); err != nil {
		return nil, fmt.Errorf("arch: input: %w", err)
	}
	infos := make([]Info, len(a.Nodes))
	var names nameSet
	names.room(nil, len(a.Nodes))
	var ins []Shape
	var known alphas
	for i := range a.Nodes {
		n := &a.Nodes[i]
		if n.Name == "" {
			return nil, a.fault(i, "has no name; every node needs one of its own")
		}
		j, place := names.find(a.Nodes, n.Name)
		if j >= 0 {
			return nil, a.fault(i, "has the name of node %d; every node needs one of its own", j)
		}
		names.put(place, i)
		if (i == 0) != (n.Op.Kind == Input) {
			return nil, a.fault(i, "is out of place; node 0, and no other, is of kind input")
		}
		ins = ins[:0]
		for _, from := range n.In {
			if from < 0 || from >= i {
				return nil, a.fault(i, "takes node %d; a node takes nodes that stand before it, here 0 to %d", from, i-1)
			}
			ins = append(ins, infos[from].Out)
		}
		info, err := a.infer(&n.Op, ins, &known)
		if err != nil {
			return nil, a.fault(i, "%w", err)
		}
		infos[i] = info
	}
	if err := a.inferAux(infos); err != nil {
		return nil, err
	}
	return infos, nil
}

// inferAux checks the list of auxiliary outputs and marks what only they need.
func (a *Arch) inferAux(infos []Info) error {
	if len(a.Aux) == 0 {
		return nil
	}
	last := len(a.Nodes) - 1
	needs := make([]bool, last+1) // for an auxiliary output
	for k, i := range a.Aux {
		if i < 1 || i >= last || k > 0 && i <= a.Aux[k-1] {
			return fmt.Errorf("arch: auxiliary outputs are the nodes %v; they must be in order, each once, from 1 to %d, before the output", a.Aux, last-1)
		}
		needs[i] = true
	}
	output := make([]bool, last+1) // for the output
	output[last] = true
	for i := last; i >= 0; i-- {
		for _, from := range a.Nodes[i].In {
			needs[from] = needs[from] || needs[i]
			output[from] = output[from] || output[i]
		}
		infos[i].Aux = needs[i] && !output[i]
	}
	return nil
}

// Params is the number of trainable parameters, those of auxiliary heads included and
// mixing numbers left out: see Alphas.
func (a *Arch) Params() (int64, error) {
	infos, err := a.Infer()
	params, _ := Totals(infos)
	return params, err
}

// MACs is the number of multiply-accumulates that one sample takes at inference, by
// the rule of Infer: auxiliary heads take none.
func (a *Arch) MACs() (int64, error) {
	infos, err := a.Infer()
	_, macs := Totals(infos)
	return macs, err
}

// Totals adds up what Infer says of nodes: their parameters, and the multiply-accumulates
// of those that inference computes.
func Totals(infos []Info) (params, macs int64) {
	for i := range infos {
		params += infos[i].Params
		if !infos[i].Aux {
			macs += infos[i].MACs
		}
	}
	return params, macs
}

// Output is the shape of the last node.
func (a *Arch) Output() (Shape, error) {
	infos, err := a.Infer()
	if err != nil {
		return Shape{}, err
	}
	return infos[len(infos)-1].Out, nil
}

// fault is an error about node i.
func (a *Arch) fault(i int, format string, args ...any) error {
	n := a.Nodes[i]
	return fmt.Errorf("arch: node %d (%s “%s”): "+format, append([]any{i, n.Op.Kind, n.Name}, args...)...)
}

// infer computes one operation on inputs of the given shapes. Known are the mixing
// numbers of the nodes before it.
func (a *Arch) infer(op *Op, in []Shape, known *alphas) (Info, error) {
	r, ok := ruleOf(op.Kind)
	if !ok {
		return Info{}, fmt.Errorf("there is no operation %q; the operations are %s", string(op.Kind), kinds())
	}
	if err := op.check(r); err != nil {
		return Info{}, err
	}
	if len(in) < r.minIn || len(in) > r.maxIn {
		return Info{}, fmt.Errorf("has %d inputs; %s needs %s", len(in), article(op.Kind), r.inputs())
	}
	o := op
	if r.settings&withDefault != 0 {
		filled := *op
		filled.fill(r)
		o = &filled
	}
	var info Info
	var err error
	switch o.Kind {
	case Input:
		info.Out = a.Input
	case Conv:
		info, err = inferConv(o, in[0])
	case MaxPool, AvgPool:
		info.Out = o.out(in[0])
		if info.Out.H < 1 || info.Out.W < 1 {
			err = misfit(o, in[0])
		}
	case BatchNorm:
		info.Out = in[0]
		if !o.Fixed {
			info.Params = 2 * int64(in[0].C)
		}
	case ReLU, ReLU6, Tanh, Sigmoid, HardSigmoid, SiLU, HardSwish, Identity, Dropout, DropPath, Shift:
		info.Out = in[0]
	case Shuffle:
		info.Out = in[0]
		if in[0].C%o.Groups != 0 {
			err = fmt.Errorf("has %d groups, but %d channels come in; the groups must divide them", o.Groups, in[0].C)
		}
	case Slice:
		info.Out = Shape{o.Out, in[0].H, in[0].W}
		if o.From+o.Out > in[0].C {
			err = fmt.Errorf("takes channels %d to %d of %v; there are channels 0 to %d", o.From, o.From+o.Out-1, in[0], in[0].C-1)
		}
	case Crop:
		info.Out = Shape{in[0].C, o.KH, o.KW}
		if o.From+o.KH > in[0].H || o.From+o.KW > in[0].W {
			err = fmt.Errorf("takes rows %d to %d and columns %d to %d of %v; there are rows 0 to %d and columns 0 to %d", o.From, o.From+o.KH-1, o.From, o.From+o.KW-1, in[0], in[0].H-1, in[0].W-1)
		}
	case ZeroPad:
		info.Out = Shape{in[0].C, in[0].H + o.PadH, in[0].W + o.PadW}
	case Zero:
		info.Out = Shape{in[0].C, (in[0].H + o.Stride - 1) / o.Stride, (in[0].W + o.Stride - 1) / o.Stride}
	case GlobalPool:
		info.Out = Shape{in[0].C, 1, 1}
	case Flatten:
		info.Out = Shape{in[0].Elems(), 1, 1}
	case Linear:
		info, err = inferLinear(o, in[0])
	case Add:
		info.Out = in[0]
		for _, s := range in[1:] {
			if s != in[0] {
				return Info{}, fmt.Errorf("inputs have shapes %s; an add needs equal shapes", shapes(in))
			}
		}
	case Mix:
		info.Out = in[0]
		for _, s := range in[1:] {
			if s != in[0] {
				return Info{}, fmt.Errorf("inputs have shapes %s; a mix needs equal shapes", shapes(in))
			}
		}
		info.Alphas, err = known.name(o, len(in))
	case Custom:
		info = Info{Out: Shape{o.Out, o.KH, o.KW}, Params: int64(o.Size)}
	case Mul:
		info.Out = in[0]
		if in[1] != in[0] && in[1] != (Shape{in[0].C, 1, 1}) {
			err = fmt.Errorf("inputs have shapes %s; the gate must have the image's shape or be %v", shapes(in), Shape{in[0].C, 1, 1})
		}
	case Concat:
		info.Out = in[0]
		for _, s := range in[1:] {
			if s.H != in[0].H || s.W != in[0].W {
				return Info{}, fmt.Errorf("inputs have shapes %s; a concat needs equal height and width", shapes(in))
			}
			info.Out.C += s.C
		}
	}
	if err == nil {
		err = info.Out.check()
	}
	return info, err
}

func inferConv(o *Op, in Shape) (Info, error) {
	if in.C%o.Groups != 0 || o.Out%o.Groups != 0 {
		return Info{}, fmt.Errorf("has %d groups, but %d channels come in and %d go out; the groups must divide both", o.Groups, in.C, o.Out)
	}
	out := o.out(in)
	out.C = o.Out
	if out.H < 1 || out.W < 1 {
		return Info{}, misfit(o, in)
	}
	weights, ok1 := product(o.Out, in.C/o.Groups, o.KH, o.KW)
	macs, ok2 := product(o.Out, in.C/o.Groups, o.KH, o.KW, out.H, out.W)
	if !ok1 || !ok2 {
		return Info{}, fmt.Errorf("on %v needs more multiply-accumulates than can be counted; make the image or the channels smaller", in)
	}
	info := Info{Out: out, Params: weights, MACs: macs}
	if o.Bias {
		info.Params += int64(o.Out)
	}
	return info, nil
}

func inferLinear(o *Op, in Shape) (Info, error) {
	if in.H != 1 || in.W != 1 {
		return Info{}, fmt.Errorf("takes a vector, but its input has the shape %v; put flatten or globalpool before it", in)
	}
	weights, _ := product(in.C, o.Out) // both at most maxElems, so it fits
	info := Info{Out: Shape{o.Out, 1, 1}, Params: weights, MACs: weights}
	if o.Bias {
		info.Params += int64(o.Out)
	}
	return info, nil
}

// misfit is the error of a filter or window that is larger than the padded image.
func misfit(o *Op, in Shape) error {
	what := fmt.Sprintf("a window of %d×%d", o.KH, o.KW)
	if o.Kind == Conv {
		what = fmt.Sprintf("a filter that reaches over %d×%d pixels", o.reach(o.KH), o.reach(o.KW))
	}
	return fmt.Errorf("%s does not fit on %v padded by %s; make it smaller, pad more or pool less before it", what, in, pair(o.PadH, o.PadW))
}

// maxElems bounds the activations of one sample at one node.
const maxElems = 1 << 31

func (s Shape) check() error {
	if s.C < 1 || s.H < 1 || s.W < 1 {
		return fmt.Errorf("the shape is %v; channels, height and width must be at least 1", s)
	}
	if n, ok := product(s.C, s.H, s.W); !ok || n > maxElems {
		return fmt.Errorf("the shape is %v; that is more than the %d activations that one sample may have", s, int64(maxElems))
	}
	return nil
}

// product multiplies whole numbers that are not negative; false if the product passes 2⁶².
func product(factors ...int) (int64, bool) {
	p := uint64(1)
	for _, f := range factors {
		hi, lo := bits.Mul64(p, uint64(f))
		if hi != 0 || lo > 1<<62 {
			return 0, false
		}
		p = lo
	}
	return int64(p), true
}

// shapes lists shapes: "1×8×8, 2×8×8 and 1×4×4".
func shapes(list []Shape) string {
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = s.String()
	}
	return inWords(words)
}

// inWords joins two or more words: "a, b and c".
func inWords(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// article is the kind with its article: "an add".
func article(k Kind) string {
	if strings.ContainsRune("aeiou", rune(k[0])) {
		return "an " + string(k)
	}
	return "a " + string(k)
}
