//go:build cuda && cgo && linux && amd64

package cuda

import (
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/kernels"
)

// block is a parameter's place among all of a plan.
type block struct {
	*engine.Param
	at   int             // first number
	from func(i int) int // where number i of the device's order stands in the parameter; nil: there too
}

// weights is the order of a plan's parameters in device memory: those that learn, first of them
// those with weight decay, then mixing numbers and what stays, and at last the running moments.
// Filters have the outputs last there.
type weights struct {
	blocks  []block
	index   map[*engine.Param]int
	decayed int // numbers that learn and decay
	learned int // numbers that learn
	graded  int // numbers that have a gradient
	size    int
}

// weightsOf orders the parameters of a plan. Those that learn come later: see learn.
func weightsOf(p *engine.Plan) weights {
	w := weights{index: map[*engine.Param]int{}}
	w.order(p, nil, nil)
	return w
}

// order lays the parameters out, those of learn, of which some decay, first.
func (w *weights) order(p *engine.Plan, learn []*engine.Param, decays []bool) {
	froms := map[*engine.Param]func(i int) int{}
	var alphas, rest, moments []*engine.Param
	for i := range p.Steps {
		s := &p.Steps[i]
		for _, b := range []*engine.Param{s.Weight, s.Bias} {
			if b != nil {
				rest = append(rest, b)
			}
		}
		if s.Weight != nil && (s.Op.Kind == arch.Conv || s.Op.Kind == arch.Linear) {
			froms[s.Weight] = outputsLast(s.Weight.Shape)
		}
		if s.Alpha != nil {
			alphas = append(alphas, s.Alpha)
		}
		if s.Mean != nil {
			moments = append(moments, s.Mean, s.Var)
		}
	}
	w.blocks, w.size = nil, 0
	clear(w.index)
	put := func(all []*engine.Param, align int) {
		for _, b := range all {
			if _, there := w.index[b]; !there {
				w.size = (w.size + align - 1) / align * align
				w.index[b] = len(w.blocks)
				w.blocks = append(w.blocks, block{b, w.size, froms[b]})
				w.size += len(b.W)
			}
		}
	}
	const quad = 4 // numbers that are loaded at once
	for _, d := range []bool{true, false} {
		for i, b := range learn {
			if decays[i] == d {
				put([]*engine.Param{b}, quad)
			}
		}
		if w.size = (w.size + quad - 1) / quad * quad; d {
			w.decayed = w.size
		}
	}
	w.learned = w.size
	put(alphas, 1)
	put(rest, quad)
	w.graded = w.size
	put(moments, quad)
}

// outputsLast is where a number of filters with the outputs last stands in those with the outputs
// first.
func outputsLast(shape []int) func(i int) int {
	out, rest := shape[0], 1
	for _, d := range shape[1:] {
		rest *= d
	}
	inputs, taps := shape[1], rest/shape[1]
	return func(i int) int {
		o, c, tap := i%out, i/out%inputs, i/out/inputs
		return o*rest + c*taps + tap
	}
}

// tableOf is where the numbers of the device's order stand in the host's, or the other way round.
// Numbers between blocks are -1.
func (w *weights) tableOf(toHost bool) []int32 {
	t := make([]int32, w.size)
	for i := range t {
		t[i] = -1
	}
	for _, b := range w.blocks {
		for i := range b.W {
			j := i
			if b.from != nil {
				j = b.from(i)
			}
			if toHost {
				t[b.at+j] = int32(b.at + i)
			} else {
				t[b.at+i] = int32(b.at + j)
			}
		}
	}
	return t
}

// weightsAt is where the parameters are in device memory.
type weightsAt struct {
	values   driver.Memory // in the device's order
	grads    driver.Memory // of the first that have one
	host     driver.Memory // in the host's order: what is copied from and to it
	in, back driver.Memory // the tables
}

// value is a parameter's memory; without one it is the zero Memory.
func (q *queue) value(p *engine.Param) driver.Memory { return q.param(q.at.values, p) }

// grad is that of its gradient.
func (q *queue) grad(p *engine.Param) driver.Memory { return q.param(q.at.grads, p) }

func (q *queue) param(m driver.Memory, p *engine.Param) driver.Memory {
	if p == nil {
		return driver.Memory{}
	}
	// What follows belongs to it, too: mixing numbers are taken as one.
	from := 4 * int64(q.blocks[q.index[p]].at)
	return q.part(m, from, m.Bytes()-from)
}

// take brings the first n values of the host's order, which are in q.at.host, to the device's order.
func (q *queue) take(to driver.Memory, n int) { q.reorder(q.at.host, q.at.in, to, n) }

// give is the way back.
func (q *queue) give(from driver.Memory, n int) { q.reorder(from, q.at.back, q.at.host, n) }

func (q *queue) reorder(from, table, to driver.Memory, n int) {
	if n > 0 {
		q.run(kernels.Gather(from, table, to, false, 1, n, n))
	}
}
