//go:build cuda && cgo && linux && amd64

package cuda

import (
	"fmt"
	"math"
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/arena"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/kernels"
)

// store is the memory of one activation and of its gradient, samples × height × width ×
// channels.
type store struct {
	data, grad *arena.Piece
	need       bool // a gradient is wanted
	zero       bool // holds zeros and nothing else
}

// value is an activation: its shape and its memory, which some steps share with their input.
type value struct {
	shape arch.Shape
	*store
}

func (v value) pixels() int { return v.shape.H * v.shape.W }

// gradient is where a way back writes: to what is there it adds with more. Without a place
// nobody wants it.
type gradient struct {
	of    *store
	to    *arena.Piece
	more  bool
	input bool // that of the network's input, which is wanted at times
}

// op is one operation. What it gives to a queue depends on the number of samples and on whether
// the pass is for training, and on nothing else, so that it can be captured once.
type op interface {
	// ahead computes the output.
	ahead(q *queue)
	// looks are the activations that the way back looks at.
	looks() []value
	// turn plans the way back: where the gradients of inputs go, and what memory it needs.
	turn(b *build)
	// back takes the output's gradient and passes on those of inputs and parameters.
	back(q *queue)
}

// tape is a plan laid out in one block of memory.
type tape struct {
	plan  *engine.Plan
	batch int
	train bool // there is a way back
	ops   []op
	outs  []value   // of the operations
	needs [][]value // of the operations: what they take
	bound []bool    // of the operations: a gradient arrives there on the way back
	in    value
	out   value
	dIn   bool // the way back can lead to the input

	batches *arena.Piece // a batch as it comes: see batchWords
	dInput  *arena.Piece // the gradient by the images, channels first
	draws   *arena.Piece // what all drops draw; nil if there are none
	drawn   int          // words of it
	weights
	drops  []*drop
	tables []*table // of mixes
	mixes  *mixtures

	bytes int64 // of the block
}

// build lays a plan out.
type build struct {
	*tape
	tensor bool
	pieces []*arena.Piece
	now    int // moment: operation i is computed at 2+i, and its way back at end-2-i
	end    int
	keep   bool // what the way back looks at stays, so that it can be gone again

	vals       []value
	made       []op // of each step; nil if none computes it
	takers     []int
	rectifiers map[*store]value // what is rectified → the outcome
	zeros      *arena.Piece
}

// lay lays a plan out for batches of up to batch samples. With train there is a way back, which with
// again can be gone several times.
func lay(p *engine.Plan, batch int, train, again, tensor bool) (*tape, error) {
	if batch < 1 {
		return nil, fmt.Errorf("engine cuda: a batch of %d samples; at least 1 is needed", batch)
	}
	b := &build{tape: &tape{plan: p, batch: batch, train: train, dIn: again}, tensor: tensor, end: 2*len(p.Steps) + 6, keep: again, rectifiers: map[*store]value{}}
	n := len(p.Steps)
	b.vals, b.made, b.takers = make([]value, n), make([]op, n), p.Takers(b.reshapes)
	b.weights = weightsOf(p)
	needed := p.Needed()
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Out.Elems() > math.MaxInt32/batch {
			return nil, fmt.Errorf("engine cuda: step %q: %d samples of shape %v are more than 2³¹ numbers; choose a smaller batch", s.Name, batch, s.Out)
		}
		b.now = 2 + i
		if !needed[i] {
			continue
		}
		if err := b.step(i, s); err != nil {
			return nil, err
		}
	}
	b.out = b.vals[n-1]
	b.until(b.out.data, b.end-1)
	if train {
		b.wayBack()
	}
	if b.drawn > 0 {
		b.draws = b.always(4 * int64(b.drawn))
	}
	b.bytes = arena.Plan(b.pieces)
	return b.tape, nil
}

// piece is memory from now to the moment of the same operation; until lets it stay longer.
func (b *build) piece(bytes int64) *arena.Piece {
	p := &arena.Piece{Size: max(bytes, 4), From: b.now, To: b.now}
	b.pieces = append(b.pieces, p)
	return p
}

func (b *build) until(p *arena.Piece, moment int) {
	if b.keep && moment > b.end/2 {
		moment = b.end
	}
	p.To = max(p.To, moment)
}

// always is memory that nothing shares.
func (b *build) always(bytes int64) *arena.Piece {
	p := b.piece(bytes)
	p.From, p.To = 0, b.end
	return p
}

// scratch is memory for one operation in one direction, for any number of samples.
func (b *build) scratch(bytes func(n int) int64) *arena.Piece {
	var most int64
	for n := 1; n <= b.batch; n++ {
		most = max(most, bytes(n))
	}
	if most == 0 {
		return nil
	}
	return b.piece(most)
}

// value is an activation with memory of its own.
func (b *build) value(s arch.Shape) value {
	return value{s, &store{data: b.piece(4 * int64(s.Elems()) * int64(b.batch)), need: true}}
}

// reshapes: a step only gives another shape to its input's memory. A vector has the channels first,
// an image last.
func (b *build) reshapes(s *engine.Step) bool {
	switch s.Op.Kind {
	case arch.Identity:
		return true
	case arch.Flatten:
		in := b.plan.Steps[s.In[0]].Out
		return in.C == 1 || in.H*in.W == 1
	case arch.Dropout, arch.DropPath:
		return !b.train
	}
	return false
}

// step lays out step i.
func (b *build) step(i int, s *engine.Step) error {
	ins := make([]value, len(s.In))
	for j, from := range s.In {
		ins[j] = b.vals[from]
		b.until(ins[j].data, b.now)
	}
	switch {
	case s.Op.Kind == arch.Input:
		b.batches = b.always(4 * int64(3*b.room()+s.Out.Elems()*b.batch))
		b.in = b.value(s.Out)
		b.in.data.From = 0
		b.vals[0] = b.in
		return nil
	case s.Op.Kind == arch.Zero:
		b.vals[i] = b.zero(s.Out)
		return nil
	case b.reshapes(s):
		b.vals[i] = value{s.Out, ins[0].store}
		return nil
	case s.Op.Kind == arch.ReLU:
		if v, done := b.rectified(s.In[0]); done {
			b.vals[i], b.made[i] = v, nil
			return nil
		}
	}
	v := b.value(s.Out)
	o, err := b.operation(s, ins, v)
	if err != nil {
		return err
	}
	if s.Op.Kind == arch.ReLU {
		b.rectifiers[ins[0].store] = v
	}
	b.vals[i], b.made[i] = v, o
	if n, ok := o.(*batchNorm); ok {
		ins = append(ins, n.in) // of one that was postponed
	}
	b.ops, b.outs, b.needs = append(b.ops, o), append(b.outs, v), append(b.needs, ins)
	return nil
}

// rectifier is an operation that can rectify its output as it writes it.
type rectifier interface{ rectify() }

// rectified is step from, rectified where it is computed if nothing else takes it, or as it was
// for another step.
func (b *build) rectified(from int) (v value, done bool) {
	in := b.vals[from]
	if r, ok := b.made[from].(rectifier); ok && b.takers[from] == 1 {
		r.rectify()
		b.made[from] = nil // it can't be rectified again
		return in, true
	}
	v, done = b.rectifiers[in.store]
	return value{in.shape, v.store}, done
}

// zero is an activation of zeros. All share their memory.
func (b *build) zero(s arch.Shape) value {
	size := 4 * int64(s.Elems()) * int64(b.batch)
	if b.zeros == nil {
		b.zeros = b.always(size)
	}
	b.zeros.Size = max(b.zeros.Size, size)
	return value{s, &store{data: b.zeros, zero: true}}
}

// wayBack plans the gradients: one lives from the operation that writes it first to that which made
// its activation.
func (b *build) wayBack() {
	b.in.need = b.dIn
	b.bound = make([]bool, len(b.ops))
	b.now = b.end / 2
	b.dout(b.out)
	for i := len(b.ops) - 1; i >= 0; i-- {
		b.now++
		if b.outs[i].grad == nil {
			continue
		}
		b.bound[i] = true
		b.until(b.outs[i].grad, b.now)
		for _, v := range b.ops[i].looks() {
			b.until(v.data, b.now)
		}
		b.ops[i].turn(b)
	}
	if b.dIn {
		b.dInput = b.always(4 * int64(b.in.shape.Elems()) * int64(b.batch))
	}
	if b.in.grad != nil {
		b.until(b.in.grad, b.end)
	}
}

// dout makes room for the gradient by the output, which comes from outside.
func (b *build) dout(v value) {
	if v.need {
		v.grad = b.always(v.data.Size)
	}
}

// take is where the gradient by a value goes.
func (b *build) take(v value) gradient {
	if !v.need {
		return gradient{}
	}
	g := gradient{of: v.store, to: v.grad, more: v.grad != nil, input: v.store == b.in.store}
	if !g.more {
		v.grad = b.piece(v.data.Size)
		g.to = v.grad
	}
	b.until(v.grad, b.now)
	return g
}

// queue takes what a pass does.
type queue struct {
	t      *driver.Thread
	stream driver.Stream
	lib    *kernels.Library
	block  driver.Memory
	*tape
	at    weightsAt
	n     int             // samples
	train bool            // the pass is for training
	input bool            // the gradient by the input is wanted
	live  []bool          // of the operations: the output depends on it; nil: on all
	has   map[*store]bool // where not all are live, the gradients that are there
	err   error
}

// more says whether a gradient is added to what is there, and that something is from now on.
func (q *queue) more(g gradient) bool {
	if q.has == nil {
		return g.more
	}
	was := q.has[g.of]
	q.has[g.of] = true
	return was
}

// run gives launches to the stream, unless something has failed before.
func (q *queue) run(all ...kernels.Launch) {
	if q.err == nil {
		q.err = q.lib.Run(q.t, q.stream, all...)
	}
}

// try is run of a launch that may be impossible.
func (q *queue) try(l kernels.Launch, err error) {
	if q.err == nil {
		q.err = err
	}
	q.run(l)
}

// mem is a piece's memory; without a piece the zero Memory.
func (q *queue) mem(p *arena.Piece) driver.Memory {
	if p == nil {
		return driver.Memory{}
	}
	return q.part(q.block, p.At, p.Size)
}

func (q *queue) part(m driver.Memory, at, bytes int64) driver.Memory {
	m, err := m.Slice(at, bytes)
	if q.err == nil {
		q.err = err
	}
	return m
}

// rows is how many pixels the samples of the pass have.
func (q *queue) rows(v value) int { return q.n * v.pixels() }

// size is how many numbers they have.
func (q *queue) size(v value) int { return q.n * v.shape.Elems() }

// wanted says whether a gradient is asked for in this pass.
func (q *queue) wanted(g gradient) bool { return g.to != nil && (!g.input || q.input) }

// A batch in device memory begins with the labels of the samples, the labels of what is mixed in and
// the shares of what it is mixed into, 32 bits each and as many as there is room for; behind
// them lie the images, channels first.

// room is for how many samples there are labels.
func (t *tape) room() int { return (t.batch + 63) / 64 * 64 }

// labels are the k-th of the three blocks in front of the images.
func (q *queue) labels(k int) driver.Memory {
	size := 4 * int64(q.room())
	return q.part(q.mem(q.batches), int64(k)*size, size)
}

func (q *queue) images() driver.Memory {
	m, from := q.mem(q.batches), 3*4*int64(q.room())
	return q.part(m, from, m.Bytes()-from)
}

// ahead computes the outputs of n samples that lie in the tape's images.
func (t *tape) ahead(q *queue) {
	t.weigh(q)
	q.run(kernels.Transpose(q.images(), q.mem(t.in.data), false, q.n, t.in.shape.C, t.in.pixels()))
	for i, o := range t.ops {
		if q.live == nil || q.live[i] {
			o.ahead(q)
		}
	}
}

// alive says which operations the output depends on with the present weights of sparse mixes, which
// leave out what has none; nil if there are no such mixes.
func (t *tape) alive() []bool {
	if !slices.ContainsFunc(t.ops, func(o op) bool { m, ok := o.(*mix); return ok && m.sparse }) {
		return nil
	}
	live, needed := make([]bool, len(t.ops)), map[*store]bool{t.out.store: true}
	for i := len(t.ops) - 1; i >= 0; i-- {
		if live[i] = needed[t.outs[i].store]; !live[i] {
			continue
		}
		if m, ok := t.ops[i].(*mix); ok {
			for k, p := range m.parts {
				needed[p.in.store] = needed[p.in.store] || m.takes(k)
			}
			continue
		}
		for _, v := range t.needs[i] {
			needed[v.store] = true
		}
	}
	return live
}

// back computes all gradients from that by the outputs.
func (t *tape) back(q *queue) {
	if q.err == nil {
		q.err = q.t.Zero(q.stream, q.at.grads)
	}
	t.weigh(q) // which sets the gradients by the weights to 0
	if q.live != nil {
		q.has = map[*store]bool{t.out.store: true}
	}
	for i := len(t.ops) - 1; i >= 0; i-- {
		if t.bound[i] && (q.live == nil || q.live[i] && q.has[t.outs[i].store]) {
			t.ops[i].back(q)
		}
	}
	if t.mixes != nil {
		q.run(t.mixes.of(q).Learn(q.grad(t.mixes.alphas[0])))
	}
	switch {
	case !q.input || q.err != nil:
	case t.in.grad == nil || q.has != nil && !q.has[t.in.store]:
		q.err = q.t.Zero(q.stream, q.mem(t.dInput))
	default:
		q.run(kernels.Transpose(q.mem(t.in.grad), q.mem(t.dInput), false, q.n, t.in.pixels(), t.in.shape.C))
	}
}

// weigh makes the weights of all mixes.
func (t *tape) weigh(q *queue) {
	if t.mixes != nil {
		q.run(t.mixes.of(q).Weigh())
	}
}

// unique says whether a store is among the values once.
func unique(all []value, s *store) bool {
	n := 0
	for _, v := range all {
		if v.store == s {
			n++
		}
	}
	return n == 1
}
