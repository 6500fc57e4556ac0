package grad

import (
	"math"
	"slices"
)

// LogSoftmax is x - log Σeˣ along an axis.
func (t *Tensor) LogSoftmax(axis int) *Tensor {
	const op = "logsoftmax"
	top := t.max(op, keep, []int{axis}) // the result does not depend on it, but nothing overflows
	if top.err != nil {
		return top
	}
	x := t.Sub(top.Detach())
	return x.Sub(x.Exp().reduced(op, keep, []int{axis}).Log())
}

// Softmax is eˣ/Σeˣ along an axis.
func (t *Tensor) Softmax(axis int) *Tensor { return t.LogSoftmax(axis).Exp() }

// CrossEntropy is the mean softmax cross-entropy, in nats, of outputs samples×classes and
// one label a sample, 0 to classes-1.
func (t *Tensor) CrossEntropy(labels []int) *Tensor {
	const op = "cross-entropy"
	if b := broken(op, t); b != nil {
		return b
	}
	if len(t.shape) != 2 || t.shape[0] != len(labels) {
		return fail(op, "of outputs of shape %s and %d labels; give samples×classes and one label a sample", sides(t.shape), len(labels))
	}
	at := make([]int, len(labels))
	for i, c := range labels {
		if c < 0 || c >= t.shape[1] {
			return fail(op, "sample %d has label %d; there are %d outputs, so labels are 0 to %d", i, c, t.shape[1], t.shape[1]-1)
		}
		at[i] = i*t.shape[1] + c
	}
	return t.LogSoftmax(1).take(at, 1, []int{len(at)}).Mean().Neg()
}

// MSE is the mean squared error of t and targets of its shape.
func (t *Tensor) MSE(targets *Tensor) *Tensor {
	d := t.Sub(targets)
	return d.Mul(d).Mean()
}

// Dense is x·wᵀ + b, with x of shape …×in, w out×in and b out; b may be nil.
func Dense(x, w, b *Tensor) *Tensor {
	y := matMul("dense", x, w, true)
	if b == nil {
		return y
	}
	return y.Add(b)
}

// Moments are the mean and the biased variance of each channel (axis 1) over all samples
// and pixels.
func (t *Tensor) Moments() (mean, variance *Tensor) {
	const op = "moments"
	if b := broken(op, t); b != nil {
		return b, b
	}
	if len(t.shape) < 2 {
		f := fail(op, "of a tensor of shape %s; give samples×channels, or samples×channels×height×width", sides(t.shape))
		return f, f
	}
	var axes []int
	for i := range t.shape {
		if i != 1 {
			axes = append(axes, i)
		}
	}
	long := t.mean(keep, axes)
	d := t.Sub(long)
	return long.Reshape(-1), d.Mul(d).Mean(axes...)
}

// Normalize is (x-mean)/√(variance+eps)·scale + shift, with one number of each for a
// channel (axis 1).
func (t *Tensor) Normalize(mean, variance, scale, shift *Tensor, eps float64) *Tensor {
	const op = "normalize"
	parts := []*Tensor{mean, variance, scale, shift}
	if b := broken(op, append([]*Tensor{t}, parts...)...); b != nil {
		return b
	}
	if len(t.shape) < 2 {
		return fail(op, "of a tensor of shape %s; give samples×channels, or samples×channels×height×width", sides(t.shape))
	}
	along := slices.Repeat([]int{1}, len(t.shape)-1)
	along[0] = t.shape[1]
	for i, p := range parts {
		if len(p.shape) != 1 || p.shape[0] != t.shape[1] {
			return fail(op, "%s of shape %s for %s; give one number for each of %d channels", [...]string{"mean", "variance", "scale", "shift"}[i], sides(p.shape), sides(t.shape), t.shape[1])
		}
		parts[i] = p.Reshape(along...)
	}
	factor := parts[2].Div(parts[1].Plus(eps).Sqrt())
	return t.Sub(parts[0]).Mul(factor).Add(parts[3])
}

// BatchNorm normalises each channel (axis 1) by the batch's own moments (Ioffe and
// Szegedy 2015, algorithm 1); 1e-5 is a usual eps.
func (t *Tensor) BatchNorm(scale, shift *Tensor, eps float64) *Tensor {
	mean, variance := t.Moments()
	return t.Normalize(mean, variance, scale, shift, eps)
}

// Embedding are the rows of a table, words×features, that the words name.
func Embedding(table *Tensor, words []int) *Tensor { return table.Gather(words) }

// LSTMCell is one step of a long short-term memory: x is samples×in, the output h and the
// memory c before it samples×n. The weights wx (4n×in), wh (4n×n) and b (4n) hold those of
// the input, forget, cell and output gates in this order.
func LSTMCell(x, h, c, wx, wh, b *Tensor) (output, memory *Tensor) {
	const op = "lstm cell"
	if f := broken(op, x, h, c, wx, wh, b); f != nil {
		return f, f
	}
	if len(c.shape) != 2 || len(wh.shape) != 2 || wh.shape[0] != 4*c.shape[1] {
		f := fail(op, "memory of shape %s with weights wh of %s; give samples×n and 4n×n", sides(c.shape), sides(wh.shape))
		return f, f
	}
	n := c.shape[1]
	gates := Dense(x, wx, b).Add(Dense(h, wh, nil))
	gate := func(i int) *Tensor { return gates.Slice(1, i*n, (i+1)*n) }
	memory = gate(1).Sigmoid().Mul(c).Add(gate(0).Sigmoid().Mul(gate(2).Tanh()))
	return gate(3).Sigmoid().Mul(memory.Tanh()), memory
}

// Attention is the scaled dot-product attention softmax(q·kᵀ/√d)·v of queries …×m×d, keys
// …×n×d and values …×n×e (Vaswani et al. 2017, eq. 1).
func Attention(q, k, v *Tensor) *Tensor {
	const op = "attention"
	if f := broken(op, q, k, v); f != nil {
		return f
	}
	if len(q.shape) < 2 || len(k.shape) < 2 || len(v.shape) < 2 {
		return fail(op, "of queries %s, keys %s and values %s; each needs two axes, positions×features", sides(q.shape), sides(k.shape), sides(v.shape))
	}
	scores := matMul(op, q, k, true)
	return scores.Times(1 / math.Sqrt(float64(q.shape[len(q.shape)-1]))).Softmax(-1).MatMul(v)
}
