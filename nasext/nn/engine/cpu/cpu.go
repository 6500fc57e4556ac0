// Package cpu is the engine that is always there: T on the processor's cores.
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
	"unsafe"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// EngineOf computes on the processor, in single or in double precision.
type EngineOf[T engine.Float] struct {
	threads int
	k       *kernels[T]
}

// Engine computes in single precision, Engine64 in double, which is for the truth: only the
// inner loops of convolutions and linear layers are in assembly.
type (
	Engine   = EngineOf[float32]
	Engine64 = EngineOf[float64]
)

// New is an engine on the given number of threads with the fastest inner loops that
// this processor has. With 0 threads it takes as many as runtime.GOMAXPROCS says, each
// time anew.
func New(threads int) *Engine { return NewOf[float32](threads) }

// New64 is New in double precision.
func New64(threads int) *Engine64 { return NewOf[float64](threads) }

// NewOf is New in a precision.
func NewOf[T engine.Float](threads int) *EngineOf[T] { return &EngineOf[T]{threads, fastest[T]()} }

// fastest is the best set of inner loops that this processor can run.
func fastest[T engine.Float]() *kernels[T] {
	return every[T]()[0]
}

// every are all sets that it can run, the best first.
func every[T engine.Float]() []*kernels[T] {
	single, double := everyVectors()
	for _, all := range []any{single, double} {
		if sets, ok := all.([]*kernels[T]); ok {
			return append(sets, portable[T]())
		}
	}
	return nil // there is no other precision
}

// Every is an engine for each kind of inner loops that this processor can run, in single
// precision: with AVX-512, with AVX2 and FMA, and in Go, which rounds the same way on every processor
// that doesn't fuse multiplication and addition. They are there to be compared.
func Every(threads int) []*Engine {
	return everyOf[float32](threads)
}

// Every64 is Every in double precision.
func Every64(threads int) []*Engine64 { return everyOf[float64](threads) }

func everyOf[T engine.Float](threads int) (all []*EngineOf[T]) {
	for _, k := range every[T]() {
		all = append(all, &EngineOf[T]{threads, k})
	}
	return all
}

// Name implements engine.Engine.
func (e *EngineOf[T]) Name() string {
	if size[T]() == 8 {
		return "cpu/" + e.k.name + "/float64"
	}
	return "cpu/" + e.k.name
}

// size is how many bytes a number has.
func size[T engine.Float]() int64 { return int64(unsafe.Sizeof(T(0))) }

func (e *EngineOf[T]) count() int {
	if e.threads > 0 {
		return e.threads
	}
	return runtime.GOMAXPROCS(0)
}

// Build implements engine.Engine.
func (e *EngineOf[T]) Build(p *engine.PlanOf[T], batch int) (engine.RunnerOf[T], error) {
	return e.build(p, batch, false)
}

// Inference implements engine.Engine. Batch norms behind convolutions are part of these.
func (e *EngineOf[T]) Inference(p *engine.PlanOf[T], batch int) (engine.RunnerOf[T], error) {
	return e.build(p, batch, true)
}

func (e *EngineOf[T]) build(p *engine.PlanOf[T], batch int, inference bool) (engine.RunnerOf[T], error) {
	if batch < 1 {
		return nil, fmt.Errorf("engine cpu: a batch of %d samples; at least 1 is needed", batch)
	}
	lanes := (batch + width - 1) / width * width
	r := &runner[T]{k: e.k, threads: e.count, inference: inference, batch: batch, lanes: lanes, mask: make([]T, lanes), n: -1, spare: spare[T]{}, reaches: map[filter]reach{}}
	r.stretch = func(i int) {
		from, to := cut(r.most, r.cuts, i)
		r.now.turns(r, from, to)
	}
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
	if inference {
		b.share()
	}
	made := map[*store[T]]bool{}
	for _, out := range r.outs {
		r.makes = append(r.makes, !made[out])
		made[out] = true
	}
	r.reaches = nil
	r.in, r.out = b.vals[0], b.vals[len(b.vals)-1]
	return r, nil
}

// operation is the output of a step and what computes it: nil for steps that only give
// another shape to their input's memory.
func (r *runner[T]) operation(s engine.StepOf[T], in []value[T], p *engine.PlanOf[T]) (value[T], op[T], error) {
	if r.reshapes(s.Op.Kind) {
		return value[T]{s.Out, in[0].store}, nil, nil
	}
	v := r.newValue(s.Out)
	switch s.Op.Kind {
	case arch.Input, arch.Zero: // memory begins as zeros
		if s.Op.Kind == arch.Zero {
			v.need, v.zero = false, true
		}
		return v, nil, nil
	case arch.Conv, arch.Linear:
		return v, newConv(r, s, in[0], v), nil
	case arch.BatchNorm:
		return v, newBatchNorm(s, in[0], v), nil
	case arch.ReLU6, arch.Tanh, arch.Sigmoid, arch.HardSigmoid, arch.SiLU, arch.HardSwish:
		f, slope := pointwiseOf(s.Op.Kind)
		return v, &pointwise[T]{in: in[0], out: v, f: f, slope: slope}, nil
	case arch.Dropout:
		return v, &dropout[T]{in: in[0], out: v, step: s, plan: p, keep: make([]T, v.size)}, nil
	case arch.DropPath:
		return v, &dropPath[T]{in: in[0], out: v, step: s, plan: p, keep: make([]T, r.lanes)}, nil
	case arch.MaxPool:
		return v, &maxPool[T]{in: in[0], out: v, windows: newWindows(s.Op, in[0], v, r.lanes), which: r.indices(v.size)}, nil
	case arch.AvgPool:
		return v, newAvgPool(s.Op, in[0], v, r.lanes), nil
	case arch.GlobalPool:
		return v, &globalPool[T]{in: in[0], out: v}, nil
	case arch.Add:
		return v, &add[T]{in: in, out: v}, nil
	case arch.Mix:
		return v, newMix(r, s, in, v), nil
	case arch.Custom:
		return v, newCustom(r, s, in[0], v), nil
	case arch.Mul:
		return v, &mul[T]{x: in[0], gate: in[1], out: v}, nil
	case arch.Concat:
		return v, &concat[T]{in: in, out: v}, nil
	case arch.Shuffle, arch.Slice, arch.Shift, arch.Crop, arch.ZeroPad:
		return v, &move[T]{in: in[0], out: v, from: engine.Moves(s.Op, in[0].shape, v.shape)}, nil
	}
	return value[T]{}, nil, fmt.Errorf("engine cpu: step %q: unknown operation %q", s.Name, s.Op.Kind)
}
