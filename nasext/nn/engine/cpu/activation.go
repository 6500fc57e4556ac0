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
	tmp     []float32
}

func (o *relu) forward(r *runner) {
	x, y := o.in.data, o.out.data
	r.turns(len(y), len(y)/r.lanes, func(from, to int) {
		from, to = from*r.lanes, to*r.lanes
		r.k.relu(y[from:to], x[from:to])
	})
}

func (o *relu) backward(r *runner) {
	dx, more := o.in.take()
	if dx == nil {
		return
	}
	y, dy := o.out.data, o.out.grad
	if more && o.tmp == nil {
		o.tmp = make([]float32, len(dx))
	}
	r.turns(len(y), len(y)/r.lanes, func(from, to int) {
		from, to = from*r.lanes, to*r.lanes
		if !more {
			r.k.reluGrad(dx[from:to], dy[from:to], y[from:to])
			return
		}
		r.k.reluGrad(o.tmp[from:to], dy[from:to], y[from:to])
		r.k.add(dx[from:to], o.tmp[from:to])
	})
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
	y, dy := o.out.data, o.out.grad
	r.turns(len(y), len(y)/r.lanes, func(from, to int) {
		from, to = from*r.lanes, to*r.lanes
		r.k.reluGrad(dy[from:to], dy[from:to], y[from:to])
	})
}

// pointwise is a function of each number on its own.
type pointwise struct {
	plain
	in, out value
	f       func(x float64) float64
	slope   func(x, y float64) float64 // of f at x, where y = f(x)
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

func (o *pointwise) forward(r *runner) {
	x, y := o.in.data, o.out.data
	r.turns(len(y)*pointwiseCost, len(y), func(from, to int) {
		for i := from; i < to; i++ {
			y[i] = float32(o.f(float64(x[i])))
		}
	})
}

func (o *pointwise) backward(r *runner) {
	dx, more := o.in.take()
	if dx == nil {
		return
	}
	x, y, dy := o.in.data, o.out.data, o.out.grad
	r.turns(len(y)*pointwiseCost, len(y), func(from, to int) {
		for i := from; i < to; i++ {
			g := dy[i] * float32(o.slope(float64(x[i]), float64(y[i])))
			if more {
				g += dx[i]
			}
			dx[i] = g
		}
	})
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
