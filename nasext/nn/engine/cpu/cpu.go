// Package cpu is the engine that is always there: float32 on the processor's cores.
//
// Activations lie with the samples of a batch innermost. A convolution is then, for
// every pixel, a small matrix product of weights with rows of samples, read where they
// lie: no image is unfolded, and padding, strides, dilation and groups are a list of
// which rows to read. The inner loops are assembly on amd64 with AVX-512 or with AVX2
// and FMA, which give the same bits as each other, and Go elsewhere.
//
// Work is cut into turns that no thread shares and that sum in an order of their own.
// So results are the same to the last bit on any number of threads.
package cpu

import (
	"fmt"
	"math"
	"runtime"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// Engine computes on the processor.
type Engine struct {
	threads int
	k       *kernels
}

// New is an engine on the given number of threads with the fastest inner loops that
// this processor has. With 0 threads it takes as many as runtime.GOMAXPROCS says, each
// time anew.
func New(threads int) *Engine { return &Engine{threads, fastest()} }

// Portable is an engine with the inner loops in Go, which round the same way on every
// processor that doesn't fuse multiplication and addition.
func Portable(threads int) *Engine { return &Engine{threads, portable()} }

// Name implements engine.Engine.
func (e *Engine) Name() string { return "cpu/" + e.k.name }

func (e *Engine) count() int {
	if e.threads > 0 {
		return e.threads
	}
	return runtime.GOMAXPROCS(0)
}

// Build implements engine.Engine.
func (e *Engine) Build(p *engine.Plan, batch int) (engine.Runner, error) {
	if batch < 1 {
		return nil, fmt.Errorf("engine cpu: a batch of %d samples; at least 1 is needed", batch)
	}
	lanes := (batch + width - 1) / width * width
	r := &runner{k: e.k, threads: e.count, batch: batch, lanes: lanes, mask: make([]float32, lanes), n: -1}
	b := newBuild(r, p)
	for i, s := range p.Steps {
		// Offsets inside one activation are kept in 32 bits.
		if s.Out.Elems() > math.MaxInt32/lanes {
			return nil, fmt.Errorf("engine cpu: step %q: %d samples of shape %v are more than 2³¹ numbers; choose a smaller batch",
				s.Name, batch, s.Out)
		}
		if err := b.step(i, s); err != nil {
			return nil, err
		}
	}
	r.in, r.out = b.vals[0], b.vals[len(b.vals)-1]
	return r, nil
}

// operation is the output of a step and what computes it: nil for steps that only give
// another shape to their input's memory.
func (r *runner) operation(s engine.Step, in []value, seed uint64) (value, op, error) {
	if reshapes(s.Op.Kind) {
		return value{s.Out, in[0].store}, nil, nil
	}
	v := r.newValue(s.Out)
	switch s.Op.Kind {
	case arch.Input, arch.Zero: // memory begins as zeros
		if s.Op.Kind == arch.Zero {
			v.need = false
		}
		return v, nil, nil
	case arch.Conv, arch.Linear:
		return v, newConv(r, s, in[0], v), nil
	case arch.BatchNorm:
		return v, newBatchNorm(s, in[0], v), nil
	case arch.ReLU6, arch.Tanh, arch.Sigmoid, arch.HardSigmoid, arch.SiLU, arch.HardSwish:
		f, slope := pointwiseOf(s.Op.Kind)
		return v, &pointwise{in: in[0], out: v, f: f, slope: slope}, nil
	case arch.Dropout:
		return v, &dropout{in: in[0], out: v, step: s, seed: seed, keep: make([]float32, len(v.data))}, nil
	case arch.MaxPool:
		return v, &maxPool{in: in[0], out: v, windows: newWindows(s.Op, in[0], v, r.lanes), which: make([]int32, len(v.data))}, nil
	case arch.AvgPool:
		return v, newAvgPool(s.Op, in[0], v, r.lanes), nil
	case arch.GlobalPool:
		return v, &globalPool{in: in[0], out: v}, nil
	case arch.Add:
		return v, &add{in: in, out: v}, nil
	case arch.Mul:
		return v, &mul{x: in[0], gate: in[1], out: v}, nil
	case arch.Concat:
		return v, &concat{in: in, out: v}, nil
	case arch.Shuffle, arch.Slice, arch.Shift, arch.Crop, arch.ZeroPad:
		return v, &move{in: in[0], out: v, from: movesOf(s.Op, in[0].shape, v.shape)}, nil
	}
	return value{}, nil, fmt.Errorf("engine cpu: step %q: unknown operation %q", s.Name, s.Op.Kind)
}
