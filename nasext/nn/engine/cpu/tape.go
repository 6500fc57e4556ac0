package cpu

import (
	"errors"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// store is the memory of one activation and of its gradient: C×H×W rows of lanes
// numbers, one lane a sample. Samples innermost make every loop over them a vector
// loop, whatever the image's size, the filter's stride or its padding.
//
// Lanes from the number of samples up are padding. Their activations are whatever the
// operations make of a black image; their gradients are 0.
type store[T engine.Float] struct {
	size       int // of data, and of grad where there is one
	data, grad []T
	zero       bool // holds zeros and nothing else
	live       bool // is computed in this pass
	need       bool // whether a gradient is wanted
	has        bool // whether grad holds one in this backward pass
}

// value is an activation: its shape and its memory, which identity and flatten share
// with their input.
type value[T engine.Float] struct {
	shape arch.Shape
	*store[T]
}

func (v value[T]) pixels() int { return v.shape.H * v.shape.W }

// take hands out the gradient's memory to write to; with add, what is there stays and
// is added to. It is nil if no gradient is wanted.
func (s *store[T]) take(r *runner[T]) (grad []T, add bool) {
	if !s.need {
		return nil, false
	}
	if s.grad == nil {
		s.grad = r.spare.get(len(s.data))
	}
	add, s.has = s.has, true
	return s.grad, add
}

// spare is memory of gradients that have been passed on, by its length. A gradient lives
// from the last operation that takes its activation to the one that makes it, so that few
// are there at a time, and those are still in a cache.
type spare[T engine.Float] map[int][][]T

func (s spare[T]) get(n int) []T {
	free := s[n]
	if len(free) == 0 {
		return make([]T, n)
	}
	s[n] = free[:len(free)-1]
	return free[len(free)-1]
}

// put takes a gradient's memory back, if it has any.
func (s spare[T]) put(st *store[T]) {
	if st.grad != nil {
		s[len(st.grad)] = append(s[len(st.grad)], st.grad)
		st.grad = nil
	}
}

// gradient is where a backward pass writes: dx of the input, to which it adds with more.
type gradient[T engine.Float] struct {
	dx   []T
	more bool
}

// op is one operation: forward fills its output from its inputs; backward takes the
// output's gradient and passes on those of its inputs and parameters.
type op[T engine.Float] interface {
	forward(r *runner[T])
	backward(r *runner[T])
	// idle is backward when no gradient arrives, because nothing uses the output.
	idle()
}

// plain is the idle of operations without parameters.
type plain[T engine.Float] struct{}

func (plain[T]) idle() {}

// runner is a tape: operations in order, run forward, then backward.
type runner[T engine.Float] struct {
	k         *kernels[T]
	threads   func() int
	inference bool // no pass is for training
	batch     int
	lanes     int // batch rounded up to a multiple of width

	ops    []op[T]
	outs   []*store[T]   // of the operation with the same index
	needs  [][]*store[T] // what it takes
	makes  []bool        // the operation is the first in that memory: others rectify in place
	stores []*store[T]   // all
	in     value[T]
	out    value[T]
	unused []*engine.ParamOf[T] // whose gradients are zeros
	spare  spare[T]

	mixtures []*mixture[T]    // of all mixes
	reaches  map[filter]reach // while it is built
	scratch  []int32          // that max poolings share in inference
	folded   []T              // weights of a convolution with batch norm in inference, in its turn

	team       team
	now        loop[T]     // that the team runs
	most, cuts int         // its turns, and into how many stretches they are cut
	stretch    func(i int) // runs the i-th of them

	n    int // samples of this pass
	mask []T // lanes numbers: 1 for a sample, 0 for padding
	pass engine.Pass
	err  error // the first of this pass
}

// fail records what went wrong in an operation.
func (r *runner[T]) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// Batch implements engine.RunnerOf[T].
func (r *runner[T]) Batch() int { return r.batch }

// newValue is an activation with memory of its own.
func (r *runner[T]) newValue(s arch.Shape) value[T] {
	st := &store[T]{size: s.Elems() * r.lanes, need: true, live: true}
	if !r.inference { // which allots it when all is known: see share
		st.data = make([]T, st.size)
	}
	r.stores = append(r.stores, st)
	return value[T]{s, st}
}

// indices is room for what a max pooling tells its way back.
func (r *runner[T]) indices(n int) []int32 {
	if !r.inference {
		return make([]int32, n)
	}
	if len(r.scratch) < n {
		r.scratch = make([]int32, n)
	}
	return r.scratch
}

// loop is what turns runs: the turns from from to to. An operation is one by way of a
// type for each of its loops, for which nothing is allocated.
type loop[T engine.Float] interface {
	turns(r *runner[T], from, to int)
}

// run runs the turns 0 to most-1 of a loop whose whole cost is given.
func (r *runner[T]) run(cost, most int, l loop[T]) {
	threads := r.threads()
	n := min(pieces(cost, most), shares*threads, mostTurns)
	if threads < 2 || n < 2 || r.team.busy() {
		l.turns(r, 0, most)
		return
	}
	r.now = l
	r.most, r.cuts = most, n
	r.team.share(threads, n, r.stretch)
}

// shares is into how many stretches for each thread a loop is cut at most: if one thread is
// held up, the others take what it would have.
const shares = 4

// without leaves a step out that nothing needs.
func (r *runner[T]) without(s engine.StepOf[T]) {
	for _, p := range []*engine.ParamOf[T]{s.Weight, s.Bias, s.Alpha} {
		if p != nil {
			r.unused = append(r.unused, p)
		}
	}
}

// Forward implements engine.RunnerOf[T].
func (r *runner[T]) Forward(x []T, n int, p engine.Pass, out []T) error {
	if r.inference && p.Train {
		return errors.New("engine cpu: a pass for training in a runner that was built for inference")
	}
	r.pass, r.err = p, nil
	if n != r.n {
		r.n = n
		for i := range r.mask {
			r.mask[i] = 0
			if i < n {
				r.mask[i] = 1
			}
		}
	}
	sparse := false
	for _, m := range r.mixtures {
		m.weigh()
		sparse = sparse || m.gate == arch.Sparse
	}
	if sparse {
		r.prune()
	}
	r.load(r.in.data, x)
	for i, o := range r.ops {
		if !r.outs[i].live {
			continue
		}
		if o.forward(r); r.err != nil {
			return r.err
		}
	}
	r.unload(out, r.out.data)
	return nil
}

// prune finds out what the output depends on with the present weights of sparse mixes.
func (r *runner[T]) prune() {
	for _, s := range r.stores {
		s.live = false
	}
	r.out.live = true
	for i := len(r.ops) - 1; i >= 0; i-- {
		if !r.outs[i].live {
			continue
		}
		if m, ok := r.ops[i].(*mix[T]); ok {
			m.prune()
			continue
		}
		for _, s := range r.needs[i] {
			s.live = true
		}
	}
}

// Backward implements engine.RunnerOf[T].
func (r *runner[T]) Backward(dout, dx []T) error {
	r.err = nil
	for _, s := range r.stores {
		s.has = false
	}
	r.in.need = dx != nil
	if g, _ := r.out.take(r); g != nil {
		r.load(g, dout)
	}
	for _, p := range r.unused {
		clear(p.G)
	}
	for _, m := range r.mixtures {
		clear(m.dw)
	}
	for i := len(r.ops) - 1; i >= 0; i-- {
		if r.outs[i].has {
			r.ops[i].backward(r)
		} else {
			r.ops[i].idle()
		}
		if r.makes[i] {
			r.spare.put(r.outs[i])
		}
	}
	for _, m := range r.mixtures {
		m.learn()
	}
	if dx == nil {
		return r.err
	}
	if !r.in.has {
		clear(dx)
		return r.err
	}
	r.unload(dx, r.in.grad)
	return r.err
}

// load turns samples (one after the other) into lanes.
func (r *runner[T]) load(dst, x []T) {
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
func (r *runner[T]) unload(x, src []T) {
	elems := len(src) / r.lanes
	r.k.transpose(x, elems, src, r.lanes, elems, r.n)
}
