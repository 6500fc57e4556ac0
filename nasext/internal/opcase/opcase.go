// Package opcase makes small networks around one operation with random settings, which
// engines are tested with.
package opcase

import (
	"math/rand/v2"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// Kinds are all kinds of operations that can stand in the middle of a network.
func Kinds() []arch.Kind { return arch.Kinds()[1:] }

// Op is an operation of the given kind with random settings; most fit an image of a few
// pixels and channels, and those that don't are to be drawn again.
func Op(d *rand.Rand, k arch.Kind) arch.Op {
	o := arch.Op{Kind: k}
	switch k {
	case arch.Conv:
		o.Groups = []int{1, 1, 2, 3}[d.IntN(4)]
		o.Out = o.Groups * (1 + d.IntN(6))
		o.KH, o.KW, o.PadH, o.PadW = 1+d.IntN(3), 1+d.IntN(4), d.IntN(3), d.IntN(3)
		o.Stride, o.StrideW, o.Dilation, o.Bias = 1+d.IntN(3), d.IntN(4), 1+d.IntN(2), d.IntN(2) == 0
		makeSame(d, &o)
	case arch.MaxPool, arch.AvgPool:
		o.KH, o.KW, o.Stride = 1+d.IntN(3), 1+d.IntN(3), 1+d.IntN(3)
		o.PadH, o.PadW, o.Ceil = d.IntN(o.KH/2+1), d.IntN(o.KW/2+1), d.IntN(2) == 0
		makeSame(d, &o)
	case arch.Linear:
		o.Out, o.Bias = 1+d.IntN(20), d.IntN(2) == 0
	case arch.Zero:
		o.Stride = 1 + d.IntN(2)
	case arch.Dropout, arch.DropPath:
		o.Rate = 0.4
	case arch.BatchNorm:
		o.Fixed = d.IntN(3) == 0
	case arch.Shuffle:
		o.Groups = 1 + d.IntN(3)
	case arch.Slice:
		o.From, o.Out = d.IntN(3), 1+d.IntN(4)
	case arch.Crop:
		o.From, o.KH, o.KW = d.IntN(2), 1+d.IntN(3), 1+d.IntN(3)
	case arch.ZeroPad:
		o.PadH, o.PadW = d.IntN(4), d.IntN(4)
	}
	return o
}

// makeSame gives some operations SAME padding.
func makeSame(d *rand.Rand, o *arch.Op) {
	if d.IntN(3) == 0 {
		o.PadH, o.PadW, o.Ceil, o.Same = 0, 0, false, true
	}
}

// net grows an architecture node by node.
type net struct{ *arch.Arch }

// op adds a node that takes the given nodes, or the last one, and returns its index.
func (n net) op(name string, o arch.Op, in ...int) int {
	if len(in) == 0 {
		in = []int{len(n.Nodes) - 1}
	}
	n.Nodes = append(n.Nodes, arch.Node{Name: name, Op: o, In: in})
	return len(n.Nodes) - 1
}

// Around is an architecture of the input, the operation, called "op", a sum with itself where
// shapes allow, and a vector of all of it, so that the operation is tested on its own, with
// gradients that add up. Custom nodes take their function from Funcs. With it comes a number of
// samples, 1 to 20.
func Around(d *rand.Rand, k arch.Kind) (a *arch.Arch, batch int) {
	plain := func(k arch.Kind) arch.Op { return arch.Op{Kind: k} }
	for {
		c := []int{1, 2, 3, 6, 9}[d.IntN(5)]
		pointwise := arch.Op{Kind: arch.Conv, Out: c, KH: 1, KW: 1, Stride: 1}
		n := net{&arch.Arch{Input: arch.Shape{C: c, H: 1 + d.IntN(5), W: 1 + d.IntN(5)}, Nodes: []arch.Node{{Name: "image", Op: plain(arch.Input)}}}}
		x := 0
		if k == arch.Linear {
			x = n.op("flatten first", plain(arch.Flatten), 0)
		}
		switch o := Op(d, k); k {
		case arch.Add, arch.Concat:
			y := n.op("other", pointwise, x)
			n.op("op", o, x, y, x)
		case arch.Mix:
			y := n.op("other", pointwise, x)
			norm := n.op("norm", plain(arch.BatchNorm), y)
			zero := n.op("zero", plain(arch.Zero), x)
			o.Alpha, o.Gate = "a", arch.Gates()[d.IntN(4)]
			mixed := n.op("op", o, zero, y, norm, x)
			n.op("again", o, n.op("norm of one", plain(arch.BatchNorm), x), mixed, zero, y)
		case arch.Custom:
			o.Func, o.Size, o.Out, o.KH, o.KW = "bend", 2, c, n.Input.H, n.Input.W
			n.op("op", o, x)
			y := n.op("twice", o, x)
			n.op("sum", plain(arch.Add), x, y, y-1)
		case arch.Mul:
			y := n.op("other", pointwise, x)
			product := n.op("op", o, x, y)
			gate := n.op("gate", plain(arch.GlobalPool), x)
			n.op("by channel", o, product, gate)
		default:
			y := n.op("op", o, x)
			z := n.op("twice", o, x)
			n.op("sum", plain(arch.Add), y, z)
		}
		n.op("flatten", plain(arch.Flatten))
		if n.Check() == nil {
			return n.Arch, 1 + d.IntN(20)
		}
	}
}

// Funcs are what computes custom nodes: "bend" is x·sigmoid(w₀·x) plus w₁ times the mean of
// the channel.
func Funcs() map[string]func(x, w *grad.Tensor) *grad.Tensor {
	return map[string]func(x, w *grad.Tensor) *grad.Tensor{"bend": func(x, w *grad.Tensor) *grad.Tensor {
		mean := x.Mean(2, 3).ExpandDims(-1).ExpandDims(-1)
		return x.Mul(x.Mul(w.Slice(0, 0, 1)).Sigmoid()).Add(mean.Mul(w.Slice(0, 1, 2)))
	}}
}

// Inputs draws numbers for an operation; for those with kinks, their distances from each
// other and from the kinks are at least 0.01, more than a small step.
func Inputs(d *rand.Rand, k arch.Kind, n int) []float64 {
	x := make([]float64, n)
	for i, p := range d.Perm(n) {
		x[i] = d.NormFloat64()
		switch k {
		case arch.ReLU, arch.MaxPool, arch.ReLU6, arch.HardSigmoid, arch.HardSwish:
			x[i] = (float64(p) - float64(n/2) + 0.25) * 0.04
		}
	}
	return x
}
