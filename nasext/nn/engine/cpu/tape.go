package cpu

import (
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// store is the memory of one activation and of its gradient: C×H×W rows of lanes
// numbers, one lane a sample. Samples innermost make every loop over them a vector
// loop, whatever the image's size, the filter's stride or its padding.
//
// Lanes from the number of samples up are padding. Their activations are whatever the
// operations make of a black image; their gradients are 0.
type store struct {
	data, grad []float32
	need       bool // whether a gradient is wanted
	has        bool // whether grad holds one in this backward pass
}

// value is an activation: its shape and its memory, which identity and flatten share
// with their input.
type value struct {
	shape arch.Shape
	*store
}

func (v value) pixels() int { return v.shape.H * v.shape.W }

// take hands out the gradient's memory to write to; with add, what is there stays and
// is added to. It is nil if no gradient is wanted.
func (s *store) take() (grad []float32, add bool) {
	if !s.need {
		return nil, false
	}
	if s.grad == nil {
		s.grad = make([]float32, len(s.data))
	}
	add, s.has = s.has, true
	return s.grad, add
}

// gradient is where a backward pass writes: dx of the input, to which it adds with more.
type gradient struct {
	dx   []float32
	more bool
}

// op is one operation: forward fills its output from its inputs; backward takes the
// output's gradient and passes on those of its inputs and parameters.
type op interface {
	forward(r *runner)
	backward(r *runner)
	// idle is backward when no gradient arrives, because nothing uses the output.
	idle()
}

// plain is the idle of operations without parameters.
type plain struct{}

func (plain) idle() {}

// runner is a tape: operations in order, run forward, then backward.
type runner struct {
	k       *kernels
	threads func() int
	batch   int
	lanes   int // batch rounded up to a multiple of width

	ops    []op
	outs   []*store // of the operation with the same index
	stores []*store // all
	in     value
	out    value
	unused []*engine.Param // whose gradients are zeros

	n    int       // samples of this pass
	mask []float32 // lanes numbers: 1 for a sample, 0 for padding
	pass engine.Pass
}

// Batch implements engine.Runner.
func (r *runner) Batch() int { return r.batch }

// newValue is an activation with memory of its own.
func (r *runner) newValue(s arch.Shape) value {
	st := &store{data: make([]float32, s.Elems()*r.lanes), need: true}
	r.stores = append(r.stores, st)
	return value{s, st}
}

// loop is what turns runs: the turns from from to to. An operation is one by way of a
// type for each of its loops, for which nothing is allocated.
type loop interface {
	turns(r *runner, from, to int)
}

// run runs the turns 0 to most-1 of a loop whose whole cost is given.
func (r *runner) run(cost, most int, l loop) {
	threads := r.threads()
	n := pieces(cost, most)
	if threads < 2 || n < 2 {
		l.turns(r, 0, most)
		return
	}
	parallel(threads, n, func(i int) {
		from, to := cut(most, n, i)
		l.turns(r, from, to)
	})
}

// without leaves a step out that nothing needs.
func (r *runner) without(s engine.Step) {
	for _, p := range []*engine.Param{s.Weight, s.Bias} {
		if p != nil {
			r.unused = append(r.unused, p)
		}
	}
}

// Forward implements engine.Runner.
func (r *runner) Forward(x []float32, n int, p engine.Pass, out []float32) {
	r.pass = p
	if n != r.n {
		r.n = n
		for i := range r.mask {
			r.mask[i] = 0
			if i < n {
				r.mask[i] = 1
			}
		}
	}
	r.load(r.in.data, x)
	for _, o := range r.ops {
		o.forward(r)
	}
	r.unload(out, r.out.data)
}

// Backward implements engine.Runner.
func (r *runner) Backward(dout, dx []float32) {
	for _, s := range r.stores {
		s.has = false
	}
	r.in.need = dx != nil
	if g, _ := r.out.take(); g != nil {
		r.load(g, dout)
	}
	for _, p := range r.unused {
		clear(p.G)
	}
	for i := len(r.ops) - 1; i >= 0; i-- {
		if r.outs[i].has {
			r.ops[i].backward(r)
		} else {
			r.ops[i].idle()
		}
	}
	if dx == nil {
		return
	}
	if !r.in.has {
		clear(dx)
		return
	}
	r.unload(dx, r.in.grad)
}

// load turns samples (one after the other) into lanes.
func (r *runner) load(dst, x []float32) {
	elems := len(dst) / r.lanes
	r.k.transpose(dst, r.lanes, x, elems, r.n, elems)
	if r.n == r.lanes {
		return
	}
	for e := range elems {
		clear(dst[e*r.lanes+r.n : (e+1)*r.lanes])
	}
}

// unload turns lanes into samples.
func (r *runner) unload(x, src []float32) {
	elems := len(src) / r.lanes
	r.k.transpose(x, elems, src, r.lanes, elems, r.n)
}
