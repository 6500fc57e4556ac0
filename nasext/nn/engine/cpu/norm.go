package cpu

import (
	"math"

	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// batchNorm normalises each channel by the mean and variance over the batch's samples
// and pixels (in training) or by the running ones, then scales and shifts (Ioffe &
// Szegedy 2015, algorithms 1 and 2).
type batchNorm[T engine.Float] struct {
	in, out   value[T]
	step      engine.StepOf[T]
	mean, inv []T           // of this batch; inv is 1/sqrt(var+eps)
	sums      [][2][width]T // one pair a channel
	gradient[T]
	tmp  []T
	relu bool // the output is rectified
}

func newBatchNorm[T engine.Float](s engine.StepOf[T], in, out value[T]) *batchNorm[T] {
	c := s.Out.C
	return &batchNorm[T]{in: in, out: out, step: s, mean: make([]T, c), inv: make([]T, c), sums: make([][2][width]T, c)}
}

// normCost is what a number costs in the three passes of a direction.
const normCost = 3

func (o *batchNorm[T]) rectify() { o.relu = true }

type normAhead[T engine.Float] batchNorm[T]

func (o *batchNorm[T]) forward(r *runner[T]) {
	r.run(len(o.out.data)*normCost, o.out.shape.C, (*normAhead[T])(o))
}

func (o *normAhead[T]) turns(r *runner[T], from, to int) {
	size := o.in.pixels() * r.lanes
	for c := from; c < to; c++ {
		x, y := o.in.data[c*size:(c+1)*size], o.out.data[c*size:(c+1)*size]
		f, t := (*batchNorm[T])(o).line(r, c)
		r.k.affine(y, x, f, t)
		if o.relu {
			r.k.relu(y, y)
		}
	}
}

// line is what channel c is multiplied by and what is added to it.
func (o *batchNorm[T]) line(r *runner[T], c int) (f, t T) {
	mean, variance := o.step.Mean.W[c], o.step.Var.W[c]
	if r.pass.Train {
		size := o.in.pixels() * r.lanes
		mean, variance = o.moments(r, c, o.in.data[c*size:(c+1)*size])
	}
	o.mean[c] = mean
	o.inv[c], f, t = normal(&o.step, c, mean, variance)
	return f, t
}

// normal is 1/sqrt(var+eps) of channel c, and what the channel is multiplied by and what is
// added to it.
func normal[T engine.Float](s *engine.StepOf[T], c int, mean, variance T) (inv, f, t T) {
	inv = T(1 / math.Sqrt(float64(variance)+engine.BatchNormEps))
	f = s.Weight.W[c] * inv
	return inv, f, s.Bias.W[c] - mean*f
}

// moments computes mean and biased variance of one channel, the variance from the
// deviations, which loses no digits, and moves the running moments.
func (o *batchNorm[T]) moments(r *runner[T], c int, x []T) (mean, variance T) {
	l := &o.sums[c][0]
	m := float64(r.n * o.in.pixels())
	r.k.sum(x, r.mask, l)
	mean = T(total(l) / m)
	r.k.sqdev(x, r.mask, mean, l)
	v := total(l) / m
	unbiased := v
	if m > 1 {
		unbiased = v * m / (m - 1)
	}
	move := func(run []T, now float64) {
		run[c] = T((1-engine.BatchNormMomentum)*float64(run[c]) + engine.BatchNormMomentum*now)
	}
	move(o.step.Mean.W, float64(mean))
	move(o.step.Var.W, unbiased)
	return mean, T(v)
}

// total adds up partial sums in double precision.
func total[T engine.Float](l *[width]T) (s float64) {
	for _, v := range l {
		s += float64(v)
	}
	return s
}

// backward: with m numbers a channel, x̂ = (x-mean)·inv and a scale γ,
// dγ = Σ dy·x̂, dβ = Σ dy, dx = γ·inv·(dy - dβ/m - x̂·dγ/m).
func (o *batchNorm[T]) backward(r *runner[T]) {
	o.dx, o.more = o.in.take(r)
	if o.more && o.tmp == nil {
		o.tmp = make([]T, len(o.dx))
	}
	r.run(len(o.out.data)*normCost, o.out.shape.C, (*normBack[T])(o))
}

type normBack[T engine.Float] batchNorm[T]

func (o *normBack[T]) turns(r *runner[T], from, to int) {
	size := o.in.pixels() * r.lanes
	for c := from; c < to; c++ {
		(*batchNorm[T])(o).learn(r, c, o.in.data[c*size:(c+1)*size], o.out.grad[c*size:(c+1)*size], 1)
	}
}

// learn is the backward pass of channel c, where dy is the gradient by w times the output.
// It says what the gradient by w is.
func (o *batchNorm[T]) learn(r *runner[T], c int, x, dy []T, w float64) (dw float64) {
	m := float64(r.n * o.in.pixels())
	inv := float64(o.inv[c])
	s, p := &o.sums[c][0], &o.sums[c][1]
	r.k.normSums(dy, x, o.mean[c], s, p)
	dShift, dScale := total(s), total(p)*inv
	dw = float64(o.step.Bias.W[c])*dShift + float64(o.step.Weight.W[c])*dScale
	dShift, dScale = w*dShift, w*dScale
	o.step.Bias.G[c], o.step.Weight.G[c] = T(dShift), T(dScale)
	if o.dx == nil {
		return dw
	}
	f := float64(o.step.Weight.W[c]) * inv
	g, h := -f*dShift/m, -f*inv*dScale/m
	f *= w
	dx := o.dx[c*len(x) : (c+1)*len(x)]
	if !o.more {
		r.k.normGrad(dx, dy, x, r.mask, T(f), T(g), T(h), o.mean[c])
		return dw
	}
	t := o.tmp[c*len(x) : (c+1)*len(x)]
	r.k.normGrad(t, dy, x, r.mask, T(f), T(g), T(h), o.mean[c])
	r.k.add(dx, t)
	return dw
}

func (o *batchNorm[T]) idle() {
	clear(o.step.Weight.G)
	clear(o.step.Bias.G)
}
