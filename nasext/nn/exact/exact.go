// Package exact evaluates networks as expressions of package grad: in double precision and
// with derivatives of any order by the weights, for scores and searches that need products
// with the Hessian, and as a check of the engines, with which it shares no code.
package exact

import (
	"fmt"
	"math"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// Model is a network's architecture with its weights as they were when it was made.
type Model struct {
	arch      *arch.Arch
	params    []*grad.Tensor
	alphas    []*grad.Tensor
	weights   map[string]*grad.Tensor                               // what is computed with in place of the params
	others    map[string]*grad.Tensor                               // mixing numbers and running moments
	custom    map[int]func(x, w *grad.Tensor) (*grad.Tensor, error) // by the index of the node
	auxWeight float64
	plain     bool // without batch norm
}

// New copies a network's weights into variables.
func New(n *nn.Network) *Model { return newModel(n) }

// New64 is New of a network in double precision.
func New64(n *nn.Network64) *Model { return newModel(n) }

func newModel[T engine.Float](n *nn.NetworkOf[T]) *Model {
	m := &Model{arch: n.Arch(), weights: map[string]*grad.Tensor{}, others: map[string]*grad.Tensor{}, auxWeight: n.AuxWeight}
	for _, p := range n.Params() {
		v := tensor(p).AsVar()
		m.params, m.weights[p.Name] = append(m.params, v), v
	}
	for _, p := range n.Alphas() {
		v := tensor(p).AsVar()
		m.alphas, m.others[p.Name] = append(m.alphas, v), v
	}
	m.custom = map[int]func(x, w *grad.Tensor) (*grad.Tensor, error){}
	for i := range m.arch.Nodes {
		if f := n.Custom(i); f != nil {
			m.custom[i] = f
		}
	}
	for _, p := range n.Moments() {
		m.others[p.Name] = tensor(p)
	}
	return m
}

func tensor[T engine.Float](p *engine.ParamOf[T]) *grad.Tensor {
	w := make([]float64, len(p.W))
	for i, v := range p.W {
		w[i] = float64(v)
	}
	return grad.Const(w, p.Shape...)
}

// Arch is the architecture.
func (m *Model) Arch() *arch.Arch { return m.arch }

// Param is the trainable weight of that name, such as "conv.weight", as the model computes
// with it; nil if there is none.
func (m *Model) Param(name string) *grad.Tensor { return m.weights[name] }

// Substitute is the model that computes with f of each trainable weight in its place. Its
// Params are those of m, to differentiate by through f.
func (m *Model) Substitute(f func(name string, w *grad.Tensor) *grad.Tensor) *Model {
	c := *m
	c.weights = map[string]*grad.Tensor{}
	for name, w := range m.weights {
		c.weights[name] = f(name, w)
	}
	return &c
}

// Memory is about how many bytes a pass of so many samples takes: of its values alone (order
// 0), with first derivatives by the weights (1), or with second ones (2). Expressions
// remember every step, so that this is much more than an engine needs.
func (m *Model) Memory(batch, order int) int64 {
	infos, err := m.arch.Infer()
	if err != nil {
		return 0 // as no pass is possible
	}
	var numbers int64
	for i, n := range m.arch.Nodes {
		values := int64(infos[i].Out.Elems())
		if order == 0 {
			numbers += values
			continue
		}
		// What lies under a convolution's window is held as a matrix, and its gradient too. The
		// steps of all operations and of their derivatives are some 11 a value.
		numbers += 11 * values
		if n.Op.Kind == arch.Conv {
			numbers += 2 * infos[i].MACs / int64(n.Op.Out) * int64(max(n.Op.Groups, 1))
		}
	}
	if order > 1 {
		numbers *= 3
	}
	return 8 * numbers * int64(batch)
}

// WithoutNorm is the model whose batch norms pass on what comes in.
func (m *Model) WithoutNorm() *Model {
	c := *m
	c.plain = true
	return &c
}

// Params are the trainable weights, in the order of the network's.
func (m *Model) Params() []*grad.Tensor { return m.params }

// Alphas are the mixing numbers of a supernet, in the order of the network's.
func (m *Model) Alphas() []*grad.Tensor { return m.alphas }

// Forward are the outputs, samples×classes, for samples of shape n×channels×height×width.
// With train batch norm takes the batch's own moments, as in training. Dropout and
// drop path do nothing in either case.
func (m *Model) Forward(x *grad.Tensor, train bool) *grad.Tensor {
	out, err := m.Nodes(x, train)
	if err != nil {
		return grad.Fail(err)
	}
	return out[len(out)-1]
}

// Loss is the mean softmax cross-entropy in training that nn.Network.Gradients descends:
// of the output, and AuxWeight times that of each auxiliary head. Its gradients by Params,
// and Hessian-vector products, are those of the network where it drops nothing.
func (m *Model) Loss(x *grad.Tensor, labels []int) *grad.Tensor {
	out, err := m.Nodes(x, true)
	if err != nil {
		return grad.Fail(err)
	}
	loss := out[len(out)-1].CrossEntropy(labels)
	for _, i := range m.arch.Aux {
		loss = loss.Add(out[i].CrossEntropy(labels).Times(m.auxWeight))
	}
	return loss
}

// Nodes are the outputs of all nodes of the architecture, in their order, for the samples
// and in the mode of Forward: samples×channels×height×width, or samples×features.
func (m *Model) Nodes(x *grad.Tensor, train bool) ([]*grad.Tensor, error) {
	out, err := m.evaluate(x, train)
	if err != nil {
		return nil, fmt.Errorf("exact: %w", err)
	}
	return out, nil
}

func (m *Model) evaluate(x *grad.Tensor, train bool) ([]*grad.Tensor, error) {
	if err := x.Err(); err != nil {
		return nil, err
	}
	in := m.arch.Input
	if s := x.Shape(); len(s) != 4 || (arch.Shape{C: s[1], H: s[2], W: s[3]}) != in {
		return nil, fmt.Errorf("samples of shape %v; the network takes n×%v", s, in)
	}
	infos, err := m.arch.Infer()
	if err != nil {
		return nil, err
	}
	batch := x.Shape()[0]
	out := make([]*grad.Tensor, len(infos))
	for i, n := range m.arch.Nodes {
		ins := []*grad.Tensor{x}
		shape := in
		if len(n.In) > 0 {
			ins, shape = nil, infos[n.In[0]].Out
		}
		for _, from := range n.In {
			s := infos[from].Out
			ins = append(ins, out[from].Reshape(batch, s.C, s.H, s.W))
		}
		var y *grad.Tensor
		if f := m.custom[i]; f != nil {
			if y, err = f(ins[0], m.weights[n.Name+".weight"]); err != nil {
				return nil, err
			}
		} else if y = m.node(n, ins, shape, infos[i].Out, train); y == nil {
			return nil, fmt.Errorf("node %d (%s) is a %s, which is not evaluated exactly", i, n.Name, n.Op.Kind)
		}
		if s := infos[i].Out; s.H == 1 && s.W == 1 {
			y = y.Reshape(batch, s.C)
		}
		if err := y.Err(); err != nil {
			return nil, fmt.Errorf("node %d (%s): %w", i, n.Name, err)
		}
		out[i] = y
	}
	return out, nil
}

// node is one operation; nil if it is none that is known here.
func (m *Model) node(n arch.Node, ins []*grad.Tensor, in, out arch.Shape, train bool) *grad.Tensor {
	o, x := n.Op.WithDefaults(), ins[0]
	weight, bias := m.weights[n.Name+".weight"], m.weights[n.Name+".bias"]
	batch := x.Shape()[0]
	switch o.Kind {
	case arch.Input, arch.Identity, arch.Dropout, arch.DropPath:
		return x
	case arch.Conv:
		y := framed(x, n.Op, in, out, 0).Conv2D(weight, grad.Window{Stride: o.Stride, StrideW: o.StrideW, Dilation: o.Dilation, Groups: o.Groups})
		if bias != nil {
			y = y.Add(bias.Reshape(-1, 1, 1))
		}
		return y
	case arch.Linear:
		return grad.Dense(x.Reshape(batch, -1), weight, bias)
	case arch.BatchNorm:
		if m.plain {
			return x
		}
		if weight == nil {
			weight, bias = grad.Ones(in.C), grad.Zeros(in.C)
		}
		if train {
			return x.BatchNorm(weight, bias, engine.BatchNormEps)
		}
		return x.Normalize(m.others[n.Name+".running_mean"], m.others[n.Name+".running_var"], weight, bias, engine.BatchNormEps)
	case arch.MaxPool:
		return framed(x, n.Op, in, out, math.Inf(-1)).MaxPool2D(grad.Window{KH: o.KH, KW: o.KW, Stride: o.Stride})
	case arch.AvgPool:
		w := grad.Window{KH: o.KH, KW: o.KW, Stride: o.Stride}
		inside := framed(grad.Ones(1, 1, in.H, in.W), n.Op, in, out, 0).AvgPool2D(w)
		return framed(x, n.Op, in, out, 0).AvgPool2D(w).Div(inside)
	case arch.GlobalPool:
		return x.Mean(2, 3)
	case arch.Flatten:
		return x.Reshape(batch, -1, 1, 1)
	case arch.Add:
		for _, v := range ins[1:] {
			x = x.Add(v)
		}
		return x
	case arch.Mix:
		return m.mix(o, ins)
	case arch.Mul:
		return x.Mul(ins[1])
	case arch.Concat:
		return grad.Concat(1, ins...)
	case arch.Shuffle:
		return x.Reshape(batch, o.Groups, in.C/o.Groups, in.H, in.W).Transpose(0, 2, 1, 3, 4).Reshape(batch, in.C, in.H, in.W)
	case arch.Slice:
		return x.Slice(1, o.From, o.From+o.Out)
	case arch.Crop:
		return x.Slice(2, o.From, o.From+o.KH).Slice(3, o.From, o.From+o.KW)
	case arch.Shift:
		return x.Pad(2, 0, 1).Pad(3, 0, 1).Slice(2, 1, in.H+1).Slice(3, 1, in.W+1)
	case arch.ZeroPad:
		h, w := n.Op.Leading(in)
		return x.Pad(2, h, o.PadH-h).Pad(3, w, o.PadW-w)
	case arch.Zero:
		return grad.Zeros(batch, out.C, out.H, out.W)
	case arch.ReLU:
		return x.ReLU()
	case arch.ReLU6:
		return x.ReLU().Minimum(grad.Scalar(6))
	case arch.Tanh:
		return x.Tanh()
	case arch.Sigmoid:
		return x.Sigmoid()
	case arch.HardSigmoid:
		return ramp(x)
	case arch.SiLU:
		return x.Mul(x.Sigmoid())
	case arch.HardSwish:
		return x.Mul(ramp(x))
	}
	return nil
}

// mix is the sum of inputs, weighed by the gate of their mixing numbers.
func (m *Model) mix(o arch.Op, ins []*grad.Tensor) *grad.Tensor {
	w := m.others[o.Alpha+".alpha"]
	switch o.Gate {
	case arch.Softmax:
		w = w.Softmax(0)
	case arch.Logistic:
		w = w.Sigmoid()
	}
	sum := grad.Zeros(ins[0].Shape()...)
	for k, x := range ins {
		v := w.Slice(0, k, k+1)
		if weight, err := v.Value(); o.Gate == arch.Sparse && err == nil && weight == 0 {
			continue
		}
		sum = sum.Add(x.Mul(v))
	}
	return sum
}

// ramp is min(max(x+3, 0), 6)/6.
func ramp(x *grad.Tensor) *grad.Tensor {
	return x.Plus(3).ReLU().Minimum(grad.Scalar(6)).Times(1. / 6)
}

// framed pads images, or cuts off what no window reaches, so that the windows of the
// operation tile them without padding.
func framed(x *grad.Tensor, op arch.Op, in, out arch.Shape, with float64) *grad.Tensor {
	o := op.WithDefaults()
	across, dilation := o.Stride, max(o.Dilation, 1)
	if o.StrideW != 0 {
		across = o.StrideW
	}
	top, left := op.Leading(in)
	side := func(x *grad.Tensor, axis, n, before, length int) *grad.Tensor {
		return x.PadWith(with, axis, before, max(length-n-before, 0)).Slice(axis, 0, length)
	}
	x = side(x, 2, in.H, top, (out.H-1)*o.Stride+dilation*(o.KH-1)+1)
	return side(x, 3, in.W, left, (out.W-1)*across+dilation*(o.KW-1)+1)
}
