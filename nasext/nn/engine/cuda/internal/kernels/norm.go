//go:build cuda && cgo && linux && amd64

package kernels

import (
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
)

// Norm is a batch normalisation: so many rows (samples × height × width) of C channels. Its norm, four blocks of C numbers in device memory, is
// what Train and Running make and the others take: mean, 1/√(variance+eps), and what x is multiplied by and what is added.
type Norm struct{ Rows, C int }

// NormBytes is the size of a norm.
func (n Norm) NormBytes() int64 { return 4 * 4 * int64(n.C) }

// BackBytes is the size of the back that Learn makes for Back.
func (n Norm) BackBytes() int64 { return 4 * 3 * int64(n.C) }

// Work is how many bytes of scratch memory Train and Learn need.
func (n Norm) Work() int64 { return 4 * 2 * int64(n.C) * int64(chunksOf(n.Rows, n.C).count) }

func (n Norm) channels() []any { return join([]any{n.C}, divisors(quads(n.C))) }

// Train makes the norm of a batch and moves the running moments.
func (n Norm) Train(x, gamma, beta, norm, runMean, runVar, work driver.Memory) []Launch {
	k := chunksOf(n.Rows, n.C)
	return []Launch{
		k.launch("norm_moments", 1, x, n.Rows, n.C, k.lanes, k.size, work),
		columns("norm_train", n.C, x, work, k.count, k.size, n.Rows, n.C, gamma, beta, norm, runMean, runVar, float64(engine.BatchNormEps), float64(engine.BatchNormMomentum)),
	}
}

// Running makes the norm of the running moments.
func (n Norm) Running(gamma, beta, norm, runMean, runVar driver.Memory) Launch {
	return flat("norm_running", n.C, 1, n.C, gamma, beta, norm, runMean, runVar, float64(engine.BatchNormEps))
}

// Apply computes y, the normalised x, plus z if it is not the zero Memory, rectified if asked for.
func (n Norm) Apply(x, norm, z, y driver.Memory, rectify bool) Launch {
	return flat("norm_apply", n.Rows*n.C, n.C, join([]any{x, norm, z, y, number(rectify), n.Rows * n.C}, n.channels())...)
}

// Learn makes the gradients of scale and shift and the back of the batch that Train made the norm of. y is what Apply has rectified, else the zero
// Memory.
func (n Norm) Learn(dy, y, x, norm, dgamma, dbeta, back, work driver.Memory) []Launch {
	k := chunksOf(n.Rows, n.C)
	return []Launch{
		k.launch("norm_sums", 1, dy, y, x, norm, n.Rows, n.C, k.lanes, k.size, work),
		columns("norm_learn", n.C, work, k.count, n.Rows, n.C, norm, dgamma, dbeta, back),
	}
}

// Back computes the gradients by x and by z, of which those are left out that are the zero Memory, or adds them.
func (n Norm) Back(dy, y, x, norm, back, dx driver.Memory, addX bool, dz driver.Memory, addZ bool) Launch {
	return flat("norm_back", n.Rows*n.C, n.C, join([]any{dy, y, x, norm, back, dx, number(addX), dz, number(addZ), n.Rows * n.C}, n.channels())...)
}

// ChannelSums is the sum of each of C channels over rows: the gradient of a bias.
type ChannelSums struct{ Rows, C int }

// Work is how many bytes of scratch memory it needs.
func (s ChannelSums) Work() int64 { return 4 * int64(s.C) * int64(chunksOf(s.Rows, s.C).count) }

// Run computes y = Σ x.
func (s ChannelSums) Run(x, y, work driver.Memory) []Launch {
	k := chunksOf(s.Rows, s.C)
	to := work
	if k.count == 1 {
		to = y
	}
	return append([]Launch{k.launch("channel_sums", 1, x, s.Rows, s.C, k.lanes, k.size, to)},
		finish(work, k.count, 1, s.C, y, s.C, driver.Memory{}, false, false)...)
}

// Samples are N samples of so many pixels of C channels.
type Samples struct{ N, Pixels, C int }

func (s Samples) size() int { return s.N * s.Pixels * s.C }

func (s Samples) divisors() []any { return join([]any{s.C}, divisors(quads(s.C), s.Pixels*s.C)) }

// Mean computes y = the mean of the pixels, of each sample and channel: global average pooling.
func (s Samples) Mean(x, y driver.Memory) Launch {
	return s.sums(x, driver.Memory{}, y, false, 1/float32(s.Pixels))
}

// MeanBack computes its gradient, or adds it to dx.
func (s Samples) MeanBack(dy, dx driver.Memory, add bool) Launch {
	return flat("sample_spread", s.size(), s.C, join([]any{dy, dx, number(add), 1 / float32(s.Pixels), s.size(), s.Pixels}, s.divisors())...)
}

func (s Samples) sums(x, z, y driver.Memory, add bool, factor float32) Launch {
	lanes := chunksOf(s.Pixels, s.C).lanes
	return Launch{"sample_sums", driver.Dim{X: ceil(s.C, lanes), Y: s.N}, driver.Dim{X: threads}, []any{x, z, y, number(add), factor, s.Pixels, s.C, lanes}}
}

// Gate computes y = x times the gate, which has a number for each sample and channel, or adds it to y. With dy for x it is the gradient by x.
func (s Samples) Gate(x, gate, y driver.Memory, add bool) Launch {
	return flat("multiply_channel", s.size(), s.C, join([]any{x, gate, y, number(add), s.size(), s.Pixels}, s.divisors())...)
}

// GateBack computes the gradient by the gate, or adds it to dgate.
func (s Samples) GateBack(dy, x, dgate driver.Memory, add bool) Launch {
	return s.sums(dy, x, dgate, add, 1)
}

// Scale computes y = x times the sample's factor, or adds it to y: drop path, whose factor is 0 or 1/(1-rate), and its gradient.
func (s Samples) Scale(x, factors, y driver.Memory, add bool) Launch {
	elems := s.Pixels * s.C
	return flat("multiply_sample", s.size(), elems, join([]any{x, factors, y, number(add), s.size(), elems}, divisors(elems))...)
}

// Dropout computes y = x, of which the numbers are 0 that the rate drops and the others divided by what is left, or adds it to y: dropout, and its gradient.
// States are those of a rand.PCG for each sample, two uint64 each, the high half first: what a sample loses is what package cpu drops by
// the draws of these generators.
func (s Samples) Dropout(x, states driver.Memory, rate float64, y driver.Memory, add bool) Launch {
	return flat("dropout", s.size(), 1, join([]any{x, states, rate, float32(1 / (1 - rate)), y, number(add), s.size(), s.Pixels, s.C}, divisors(s.C, s.Pixels*s.C))...)
}
