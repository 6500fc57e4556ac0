package cpu

import "github.com/nascent-go/nascent/nasext/nn/engine"

// dropout sets a share of the activations to 0 in training and divides the others by
// what is left, so that the mean stays. Otherwise it changes nothing.
type dropout[T engine.Float] struct {
	plain[T]
	in, out value[T]
	step    engine.StepOf[T]
	plan    *engine.PlanOf[T]
	keep    []T // 0 or 1/(1-rate)
}

func (o *dropout[T]) forward(r *runner[T]) {
	x, y := o.in.data, o.out.data
	if !r.pass.Train {
		copy(y, x)
		return
	}
	draws := o.plan.Draws(&o.step, r.pass.Draw)
	rate, left := o.step.Op.Rate, T(1/(1-o.step.Op.Rate))
	for l := range r.lanes {
		draw := draws.Open(l)
		for i := l; i < len(x); i += r.lanes {
			o.keep[i] = left
			if l >= r.n || draw.Float64() < rate {
				o.keep[i] = 0
			}
			y[i] = x[i] * o.keep[i]
		}
	}
}

func (o *dropout[T]) backward(r *runner[T]) {
	dx, more := o.in.take(r)
	if dx == nil {
		return
	}
	for i, g := range o.out.grad {
		g *= o.keep[i]
		if more {
			g += dx[i]
		}
		dx[i] = g
	}
}

// dropPath sets all activations of a share of the samples to 0 in training and divides
// those of the others by what is left, so that the mean stays (Larsson et al. 2017,
// "FractalNet", section 3, with the scale of the code of NASNet and DARTS). Otherwise it
// changes nothing.
type dropPath[T engine.Float] struct {
	plain[T]
	in, out value[T]
	step    engine.StepOf[T]
	plan    *engine.PlanOf[T]
	keep    []T // of each lane: 0 or 1/(1-rate)
	gradient[T]
}

func (o *dropPath[T]) forward(r *runner[T]) {
	for l := r.n; l < r.lanes; l++ {
		o.keep[l] = 1
	}
	o.plan.Keep(o.keep[:r.n], &o.step, r.pass)
	r.run(len(o.out.data), len(o.out.data)/r.lanes, (*dropPathAhead[T])(o))
}

type dropPathAhead[T engine.Float] dropPath[T]

func (o *dropPathAhead[T]) turns(r *runner[T], from, to int) {
	for at := from * r.lanes; at < to*r.lanes; at += r.lanes {
		x, y := o.in.data[at:at+r.lanes], o.out.data[at:at+r.lanes]
		for l, k := range o.keep {
			y[l] = x[l] * k
		}
	}
}

type dropPathBack[T engine.Float] dropPath[T]

func (o *dropPath[T]) backward(r *runner[T]) {
	if o.dx, o.more = o.in.take(r); o.dx != nil {
		r.run(len(o.dx), len(o.dx)/r.lanes, (*dropPathBack[T])(o))
	}
}

func (o *dropPathBack[T]) turns(r *runner[T], from, to int) {
	for at := from * r.lanes; at < to*r.lanes; at += r.lanes {
		dx, dy := o.dx[at:at+r.lanes], o.out.grad[at:at+r.lanes]
		if !o.more {
			clear(dx)
		}
		for l, k := range o.keep {
			dx[l] += dy[l] * k
		}
	}
}
