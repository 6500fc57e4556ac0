package cpu

import (
	"math/rand/v2"
	"strconv"

	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/seed"
)

// draws are what a step draws from in this pass: one stream a sample, so that what a sample
// loses does not depend on the batch's size.
func (r *runner[T]) draws(plan uint64, what, step string) func(sample int) *rand.Rand {
	base := seed.Derive(plan, what, step, strconv.FormatUint(r.pass.Draw, 10))
	return func(sample int) *rand.Rand { return seed.Stream(base, "sample", strconv.Itoa(sample)) }
}

// dropout sets a share of the activations to 0 in training and divides the others by
// what is left, so that the mean stays. Otherwise it changes nothing.
type dropout[T engine.Float] struct {
	plain[T]
	in, out value[T]
	step    engine.StepOf[T]
	seed    uint64
	keep    []T // 0 or 1/(1-rate)
}

func (o *dropout[T]) forward(r *runner[T]) {
	x, y := o.in.data, o.out.data
	if !r.pass.Train {
		copy(y, x)
		return
	}
	draws := r.draws(o.seed, "dropout", o.step.Name)
	rate, left := o.step.Op.Rate, T(1/(1-o.step.Op.Rate))
	for l := range r.lanes {
		draw := draws(l)
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
	seed    uint64
	keep    []T // of each lane: 0 or 1/(1-rate)
	gradient[T]
}

func (o *dropPath[T]) forward(r *runner[T]) {
	o.draw(r)
	r.run(len(o.out.data), len(o.out.data)/r.lanes, (*dropPathAhead[T])(o))
}

// draw says which samples this pass keeps.
func (o *dropPath[T]) draw(r *runner[T]) {
	rate := 0.0
	if r.pass.Train {
		rate = o.step.Op.Rate * r.pass.DropPath
	}
	left := T(1 / (1 - rate))
	for l := range o.keep {
		o.keep[l] = left
	}
	if rate == 0 {
		return
	}
	draws := r.draws(o.seed, "drop path", o.step.Name)
	for l := range r.n {
		if draws(l).Float64() < rate {
			o.keep[l] = 0
		}
	}
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
