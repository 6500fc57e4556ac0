package cpu

import (
	"math"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// relu is max(x, 0).
type relu[T engine.Float] struct {
	plain[T]
	in, out value[T]
	gradient[T]
	tmp []T
}

type reluAhead[T engine.Float] relu[T]

func (o *relu[T]) forward(r *runner[T]) {
	r.run(len(o.out.data), len(o.out.data)/r.lanes, (*reluAhead[T])(o))
}

func (o *reluAhead[T]) turns(r *runner[T], from, to int) {
	from, to = from*r.lanes, to*r.lanes
	r.k.relu(o.out.data[from:to], o.in.data[from:to])
}

type reluBack[T engine.Float] relu[T]

func (o *relu[T]) backward(r *runner[T]) {
	if o.dx, o.more = o.in.take(r); o.dx == nil {
		return
	}
	if o.more && o.tmp == nil {
		o.tmp = make([]T, len(o.dx))
	}
	r.run(len(o.dx), len(o.dx)/r.lanes, (*reluBack[T])(o))
}

func (o *reluBack[T]) turns(r *runner[T], from, to int) {
	from, to = from*r.lanes, to*r.lanes
	dx, dy, y := o.dx[from:to], o.out.grad[from:to], o.out.data[from:to]
	if !o.more {
		r.k.reluGrad(dx, dy, y)
		return
	}
	tmp := o.tmp[from:to]
	r.k.reluGrad(tmp, dy, y)
	r.k.add(dx, tmp)
}

// rectifier is an operation that can rectify its output as it writes it, because its
// backward pass needs no more of it.
type rectifier[T engine.Float] interface {
	op[T]
	rectify()
}

// rectified is max(x, 0) where what computes x has done it, in the same memory.
type rectified[T engine.Float] struct {
	plain[T]
	out    value[T]
	passed bool // the gradient is 0 where it has to be, by the max pooling behind it
}

func (o *rectified[T]) forward(*runner[T]) {}

func (o *rectified[T]) backward(r *runner[T]) {
	if o.passed {
		return
	}
	r.run(len(o.out.data), len(o.out.data)/r.lanes, (*rectifiedBack[T])(o))
}

type rectifiedBack[T engine.Float] rectified[T]

func (o *rectifiedBack[T]) turns(r *runner[T], from, to int) {
	dy, y := o.out.grad[from*r.lanes:to*r.lanes], o.out.data[from*r.lanes:to*r.lanes]
	r.k.reluGrad(dy, dy, y)
}

// pointwise is a function of each number on its own.
type pointwise[T engine.Float] struct {
	plain[T]
	in, out value[T]
	gradient[T]
	f     func(x float64) float64
	slope func(x, y float64) float64 // of f at x, where y = f(x)
}

// pointwiseOf is the function of an activation and its slope.
func pointwiseOf(k arch.Kind) (f func(x float64) float64, slope func(x, y float64) float64) {
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	// ramp is hardsigmoid; inside it rises, by 1/6.
	ramp := func(x float64) float64 { return min(max(x+3, 0), 6) / 6 }
	inside := func(x float64) bool { return x > -3 && x < 3 }
	switch k {
	case arch.ReLU6:
		return func(x float64) float64 { return min(max(x, 0), 6) }, func(x, _ float64) float64 { return step(x > 0 && x < 6) }
	case arch.Tanh:
		return math.Tanh, func(_, y float64) float64 { return 1 - y*y }
	case arch.Sigmoid:
		return sigmoid, func(_, y float64) float64 { return y * (1 - y) }
	case arch.HardSigmoid:
		return ramp, func(x, _ float64) float64 { return step(inside(x)) / 6 }
	case arch.SiLU:
		return func(x float64) float64 { return x * sigmoid(x) }, func(x, y float64) float64 { return y + sigmoid(x)*(1-y) }
	case arch.HardSwish:
		return func(x float64) float64 { return x * ramp(x) }, func(x, _ float64) float64 { return ramp(x) + x*step(inside(x))/6 }
	}
	return nil, nil
}

func step(up bool) float64 {
	if up {
		return 1
	}
	return 0
}

// pointwiseCost is what such a function costs in operations of vector loops.
const pointwiseCost = 100

type pointwiseAhead[T engine.Float] pointwise[T]

func (o *pointwise[T]) forward(r *runner[T]) {
	r.run(len(o.out.data)*pointwiseCost, len(o.out.data), (*pointwiseAhead[T])(o))
}

func (o *pointwiseAhead[T]) turns(_ *runner[T], from, to int) {
	for i := from; i < to; i++ {
		o.out.data[i] = T(o.f(float64(o.in.data[i])))
	}
}

type pointwiseBack[T engine.Float] pointwise[T]

func (o *pointwise[T]) backward(r *runner[T]) {
	if o.dx, o.more = o.in.take(r); o.dx != nil {
		r.run(len(o.dx)*pointwiseCost, len(o.dx), (*pointwiseBack[T])(o))
	}
}

func (o *pointwiseBack[T]) turns(_ *runner[T], from, to int) {
	for i := from; i < to; i++ {
		g := o.out.grad[i] * T(o.slope(float64(o.in.data[i]), float64(o.out.data[i])))
		if o.more {
			g += o.dx[i]
		}
		o.dx[i] = g
	}
}
