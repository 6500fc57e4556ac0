package cpu

import (
	"math"
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// mixture is what the mixes share that name one α: the weights that follow from it, and
// the gradient by these.
type mixture[T engine.Float] struct {
	alpha *engine.ParamOf[T]
	gate  arch.Gate
	w, dw []float64
}

// mixtureOf is that of a step, a new one if it is the first to name its α.
func (r *runner[T]) mixtureOf(s engine.StepOf[T]) *mixture[T] {
	i := slices.IndexFunc(r.mixtures, func(m *mixture[T]) bool { return m.alpha == s.Alpha })
	if i < 0 {
		n := len(s.Alpha.W)
		i, r.mixtures = len(r.mixtures), append(r.mixtures, &mixture[T]{s.Alpha, s.Op.Gate, make([]float64, n), make([]float64, n)})
	}
	return r.mixtures[i]
}

// weigh computes the weights.
func (m *mixture[T]) weigh() {
	top, sum := math.Inf(-1), 0.0
	for _, a := range m.alpha.W {
		top = max(top, float64(a))
	}
	for k, a := range m.alpha.W {
		switch m.gate {
		case arch.AsIs, arch.Sparse:
			m.w[k] = float64(a)
		case arch.Logistic:
			m.w[k] = 1 / (1 + math.Exp(-float64(a)))
		default:
			m.w[k] = math.Exp(float64(a) - top)
			sum += m.w[k]
		}
	}
	for k := range m.w {
		if sum > 0 {
			m.w[k] /= sum
		}
	}
}

// learn turns the gradient by the weights into that by α: for a softmax
// wₖ·(dwₖ - Σⱼ wⱼ·dwⱼ).
func (m *mixture[T]) learn() {
	var mean float64
	for k, d := range m.dw {
		mean += m.w[k] * d
	}
	for k, d := range m.dw {
		w := m.w[k]
		switch m.gate {
		case arch.AsIs, arch.Sparse:
		case arch.Logistic:
			d *= w * (1 - w)
		default:
			d = w * (d - mean)
		}
		m.alpha.G[k] = T(d)
	}
}

// part is one input of a mix.
type part[T engine.Float] struct {
	in   value[T]
	norm *batchNorm[T] // what normalises it on the way, whose own output nothing else looks at; nil if nothing does
	off  bool          // left out of this pass: its weight is 0 and the gate is sparse
	gradient[T]
	dw   []float64     // of each channel
	sums [][2][width]T // of each channel, of parts without a batch norm
}

// mix is the sum of its inputs, weighed by α. What a batch norm computes for a mix alone
// is never written: its scale and shift, and their gradients, are those of the mix times
// the weight.
type mix[T engine.Float] struct {
	parts []part[T]
	out   value[T]
	by    *mixture[T]
	place []int // of each part among the mixing numbers; inputs of zeros have no part
	relu  bool
}

func newMix[T engine.Float](r *runner[T], s engine.StepOf[T], in []value[T], out value[T]) *mix[T] {
	o := &mix[T]{out: out, by: r.mixtureOf(s)}
	for k, v := range in {
		if !v.zero {
			o.parts, o.place = append(o.parts, part[T]{in: v, dw: make([]float64, out.shape.C), sums: make([][2][width]T, out.shape.C)}), append(o.place, k)
		}
	}
	return o
}

// absorb takes over a batch norm whose output is an input of the mix and of nothing else.
func (o *mix[T]) absorb(n *batchNorm[T]) {
	for i := range o.parts {
		if o.parts[i].in.store == n.out.store {
			o.parts[i].in, o.parts[i].norm = n.in, n
		}
	}
	n.out.size, n.out.data = 0, nil
}

func (o *mix[T]) rectify() { o.relu = true }

// prune leaves out what has no weight.
func (o *mix[T]) prune() {
	for i := range o.parts {
		p := &o.parts[i]
		p.off = o.by.gate == arch.Sparse && o.by.w[o.place[i]] == 0
		p.in.live = p.in.live || !p.off
	}
}

func (o *mix[T]) cost() int { return len(o.out.data) * normCost * max(1, len(o.parts)) }

type mixAhead[T engine.Float] mix[T]

func (o *mix[T]) forward(r *runner[T]) { r.run(o.cost(), o.out.shape.C, (*mixAhead[T])(o)) }

func (o *mixAhead[T]) turns(r *runner[T], from, to int) {
	size := o.out.pixels() * r.lanes
	for c := from; c < to; c++ {
		y := o.out.data[c*size : (c+1)*size]
		var shift T // of all parts, added with the first
		for i := range o.parts {
			if n := o.parts[i].norm; n != nil && !o.parts[i].off {
				_, t := n.line(r, c)
				shift += T(o.by.w[o.place[i]]) * t
			}
		}
		first := true
		for i, p := range o.parts {
			if p.off {
				continue
			}
			f := T(o.by.w[o.place[i]])
			if p.norm != nil {
				f *= p.norm.step.Weight.W[c] * p.norm.inv[c]
			}
			x := p.in.data[c*size : (c+1)*size]
			if first {
				r.k.affine(y, x, f, shift)
			} else {
				r.k.addMul(y, x, f)
			}
			first = false
		}
		if first {
			clear(y)
		}
		if o.relu {
			r.k.relu(y, y)
		}
	}
}

type mixBack[T engine.Float] mix[T]

func (o *mix[T]) backward(r *runner[T]) {
	for i := range o.parts {
		p := &o.parts[i]
		if p.off {
			p.idle()
			continue
		}
		p.dx, p.more = p.in.take(r)
		if n := p.norm; n != nil && p.more && n.tmp == nil {
			n.tmp = make([]T, len(p.dx))
		}
	}
	r.run(o.cost(), o.out.shape.C, (*mixBack[T])(o))
	for i, p := range o.parts {
		if p.off {
			continue
		}
		for _, d := range p.dw {
			o.by.dw[o.place[i]] += d
		}
	}
}

// turns: parts may share an input, so all parts of a channel are done in their order.
func (o *mixBack[T]) turns(r *runner[T], from, to int) {
	size := o.out.pixels() * r.lanes
	for c := from; c < to; c++ {
		dy := o.out.grad[c*size : (c+1)*size]
		for i := range o.parts {
			p, w := &o.parts[i], o.by.w[o.place[i]]
			if p.off {
				continue
			}
			x := p.in.data[c*size : (c+1)*size]
			if n := p.norm; n != nil {
				n.gradient = p.gradient
				p.dw[c] = n.learn(r, c, x, dy, w)
				continue
			}
			s := &p.sums[c]
			r.k.normSums(dy, x, 0, &s[0], &s[1])
			p.dw[c] = total(&s[1])
			if p.dx == nil {
				continue
			}
			if dx := p.dx[c*size : (c+1)*size]; p.more {
				r.k.addMul(dx, dy, T(w))
			} else {
				r.k.affine(dx, dy, T(w), 0)
			}
		}
	}
}

func (o *mix[T]) idle() {
	for _, p := range o.parts {
		p.idle()
	}
}

// idle is the backward pass of a part to which no gradient arrives.
func (p *part[T]) idle() {
	if p.norm != nil {
		p.norm.idle()
	}
}
