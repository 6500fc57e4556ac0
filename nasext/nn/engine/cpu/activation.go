package cpu

import (
	"math"
	"strconv"

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

// tanh is the hyperbolic tangent.
type tanh struct {
	plain
	in, out value
}

// tanhCost is what a hyperbolic tangent costs in operations of vector loops.
const tanhCost = 100

func (o *tanh) forward(r *runner) {
	x, y := o.in.data, o.out.data
	r.turns(len(y)*tanhCost, len(y), func(from, to int) {
		for i := from; i < to; i++ {
			y[i] = float32(math.Tanh(float64(x[i])))
		}
	})
}

func (o *tanh) backward(r *runner) {
	dx, more := o.in.take()
	if dx == nil {
		return
	}
	y, dy := o.out.data, o.out.grad
	for i, v := range y {
		g := dy[i] * (1 - v*v)
		if more {
			g += dx[i]
		}
		dx[i] = g
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
