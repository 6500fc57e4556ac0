package cpu

import (
	"math"
	"strconv"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/seed"
)

// relu is max(x, 0).
type relu struct {
	plain
	in, out value
	gradient
	tmp []float32
}

type reluAhead relu

func (o *relu) forward(r *runner) { r.run(len(o.out.data), len(o.out.data)/r.lanes, (*reluAhead)(o)) }

func (o *reluAhead) turns(r *runner, from, to int) {
	from, to = from*r.lanes, to*r.lanes
	r.k.relu(o.out.data[from:to], o.in.data[from:to])
}

type reluBack relu

func (o *relu) backward(r *runner) {
	if o.dx, o.more = o.in.take(); o.dx == nil {
		return
	}
	if o.more && o.tmp == nil {
		o.tmp = make([]float32, len(o.dx))
	}
	r.run(len(o.dx), len(o.dx)/r.lanes, (*reluBack)(o))
}

func (o *reluBack) turns(r *runner, from, to int) {
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
type rectifier interface {
	op
	rectify()
}

// rectified is max(x, 0) where what computes x has done it, in the same memory.
type rectified struct {
	plain
	out    value
	passed bool // the gradient is 0 where it has to be, by the max pooling behind it
}

func (o *rectified) forward(*runner) {}

func (o *rectified) backward(r *runner) {
	if o.passed {
		return
	}
	r.run(len(o.out.data), len(o.out.data)/r.lanes, (*rectifiedBack)(o))
}

type rectifiedBack rectified

func (o *rectifiedBack) turns(r *runner, from, to int) {
	dy, y := o.out.grad[from*r.lanes:to*r.lanes], o.out.data[from*r.lanes:to*r.lanes]
	r.k.reluGrad(dy, dy, y)
}

// pointwise is a function of each number on its own.
type pointwise struct {
	plain
	in, out value
	gradient
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

type pointwiseAhead pointwise

func (o *pointwise) forward(r *runner) {
	r.run(len(o.out.data)*pointwiseCost, len(o.out.data), (*pointwiseAhead)(o))
}

func (o *pointwiseAhead) turns(_ *runner, from, to int) {
	for i := from; i < to; i++ {
		o.out.data[i] = float32(o.f(float64(o.in.data[i])))
	}
}

type pointwiseBack pointwise

func (o *pointwise) backward(r *runner) {
	if o.dx, o.more = o.in.take(); o.dx != nil {
		r.run(len(o.dx)*pointwiseCost, len(o.dx), (*pointwiseBack)(o))
	}
}

func (o *pointwiseBack) turns(_ *runner, from, to int) {
	for i := from; i < to; i++ {
		g := o.out.grad[i] * float32(o.slope(float64(o.in.data[i]), float64(o.out.data[i])))
		if o.more {
			g += o.dx[i]
		}
		o.dx[i] = g
	}
}

// dropout sets a share of the activations to 0 in training and divides the others by
// what is left, so that the mean stays. Otherwise it changes nothing.
type dropout struct {
	plain
	in, out value
	step    engine.Step
	seed    uint64
	keep    []float32 // 0 or 1/(1-rate)
}

func (o *dropout) forward(r *runner) {
	x, y := o.in.data, o.out.data
	if !r.pass.Train {
		copy(y, x)
		return
	}
	// One stream a sample, so that what a sample loses does not depend on the batch's size.
	base := seed.Derive(o.seed, "dropout", o.step.Name, strconv.FormatUint(r.pass.Draw, 10))
	rate, left := o.step.Op.Rate, float32(1/(1-o.step.Op.Rate))
	for l := range r.lanes {
		draw := seed.Stream(base, "sample", strconv.Itoa(l))
		for i := l; i < len(x); i += r.lanes {
			o.keep[i] = left
			if l >= r.n || draw.Float64() < rate {
				o.keep[i] = 0
			}
			y[i] = x[i] * o.keep[i]
		}
	}
}

func (o *dropout) backward(r *runner) {
	dx, more := o.in.take()
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
