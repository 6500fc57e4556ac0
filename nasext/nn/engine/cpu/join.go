package cpu

import "github.com/nascent-go/nascent/nasext/nn/engine"

// add is the sum of values of one shape, from the first to the last.
type add[T engine.Float] struct {
	plain[T]
	in   []value[T]
	out  value[T]
	relu bool // the sum is rectified
}

func (o *add[T]) rectify() { o.relu = true }

func (o *add[T]) forward(r *runner[T]) {
	r.run(len(o.out.data)*len(o.in), len(o.out.data)/r.lanes, (*addAhead[T])(o))
}

type addAhead[T engine.Float] add[T]

func (o *addAhead[T]) turns(r *runner[T], from, to int) {
	from, to = from*r.lanes, to*r.lanes
	y := o.out.data[from:to]
	r.k.plus(y, o.in[0].data[from:to], o.in[1].data[from:to])
	for _, v := range o.in[2:] {
		r.k.add(y, v.data[from:to])
	}
	if o.relu {
		r.k.relu(y, y)
	}
}

func (o *add[T]) backward(r *runner[T]) {
	dy := o.out.grad
	left := true // dy has not been given away
	for _, v := range o.in {
		switch {
		case left && v.need && !v.has: // nothing else looks at dy any more: its memory can stay what it is
			v.grad, o.out.grad, v.has, left = o.out.grad, v.grad, true, false
		default:
			if dx, more := v.take(r); dx != nil {
				r.pass1(dx, dy, more)
			}
		}
	}
}

// pass1 hands a gradient on as it is.
func (r *runner[T]) pass1(dx, dy []T, more bool) {
	if more {
		r.k.add(dx, dy)
	} else {
		copy(dx, dy)
	}
}

// mul is the product of an image and its gate, which has the image's shape or one
// number a channel.
type mul[T engine.Float] struct {
	plain[T]
	x, gate, out value[T]
	back         mulBack[T]
}

// ratio is how many numbers of the image share one of the gate, in rows of lanes.
func (o *mul[T]) ratio() int { return len(o.x.data) / len(o.gate.data) }

type mulAhead[T engine.Float] mul[T]

func (o *mul[T]) forward(r *runner[T]) {
	r.run(len(o.out.data), len(o.gate.data)/r.lanes, (*mulAhead[T])(o))
}

func (o *mulAhead[T]) turns(r *runner[T], from, to int) {
	pixels := (*mul[T])(o).ratio()
	for c := from; c < to; c++ {
		gate := o.gate.data[c*r.lanes:][:r.lanes]
		for at := c * pixels * r.lanes; at < (c+1)*pixels*r.lanes; at += r.lanes {
			x, y := o.x.data[at:at+r.lanes], o.out.data[at:at+r.lanes]
			for l, g := range gate {
				y[l] = x[l] * g
			}
		}
	}
}

// mulBack adds the gradient of the product times the other factor to that of one.
type mulBack[T engine.Float] struct {
	*mul[T]
	gradient[T]
	gated bool // dx is that of the image
}

func (o *mul[T]) backward(r *runner[T]) {
	for _, gated := range []bool{true, false} {
		factor := o.x
		if !gated {
			factor = o.gate
		}
		l := &o.back
		l.mul, l.gated = o, gated
		if l.dx, l.more = factor.take(r); l.dx != nil {
			r.run(len(o.out.data), len(o.gate.data)/r.lanes, l)
		}
	}
}

func (o *mulBack[T]) turns(r *runner[T], from, to int) {
	pixels := o.ratio()
	for c := from; c < to; c++ {
		for at := c * pixels; at < (c+1)*pixels; at++ {
			into, other, first := at, o.gate.data[c*r.lanes:][:r.lanes], true
			if !o.gated {
				into, other, first = c, o.x.data[at*r.lanes:][:r.lanes], at == c*pixels
			}
			dx, dy := o.dx[into*r.lanes:][:r.lanes], o.out.grad[at*r.lanes:][:r.lanes]
			if first && !o.more {
				clear(dx)
			}
			for l, v := range other {
				dx[l] += dy[l] * v
			}
		}
	}
}

// concat joins values along the channels.
type concat[T engine.Float] struct {
	plain[T]
	in  []value[T]
	out value[T]
}

func (o *concat[T]) forward(r *runner[T]) {
	y := o.out.data
	for _, v := range o.in {
		y = y[copy(y, v.data):]
	}
}

func (o *concat[T]) backward(r *runner[T]) {
	dy := o.out.grad
	for _, v := range o.in {
		n := len(v.data)
		if dx, more := v.take(r); dx != nil {
			r.pass1(dx, dy[:n], more)
		}
		dy = dy[n:]
	}
}
