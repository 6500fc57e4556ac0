//go:build cuda && cgo && linux && amd64

package cuda

import (
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/arena"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/kernels"
)

// table is what a device function reads of what the host knows: it is written once.
type table struct {
	*arena.Piece
	words func(q *queue) []uint32
}

// numbers is a table of them.
func (b *build) numbers(x []int32) *table {
	return b.table(len(x), func(*queue) []uint32 {
		words := make([]uint32, len(x))
		for i, v := range x {
			words[i] = uint32(v)
		}
		return words
	})
}

func (b *build) table(size int, words func(q *queue) []uint32) *table {
	t := &table{b.always(4 * int64(size)), words}
	b.tables = append(b.tables, t)
	return t
}

// mixtures are the mixing numbers of a plan, each with its weights and gradients by these.
type mixtures struct {
	alphas        []*engine.Param
	gates         []int32
	starts        []int32
	first, kinds  *table
	weights, back *arena.Piece
}

// mixture is the number of a step's mixture, and where its weights begin.
func (b *build) mixture(s *engine.Step) (place int, err error) {
	if b.mixes == nil {
		m := &mixtures{}
		n := 0
		for i := range b.plan.Steps {
			s := &b.plan.Steps[i]
			if s.Alpha == nil || slices.Contains(m.alphas, s.Alpha) {
				continue
			}
			gate, err := kernels.GateNumber(s.Op.Gate)
			if err != nil {
				return 0, err
			}
			m.alphas, m.gates, m.starts = append(m.alphas, s.Alpha), append(m.gates, gate), append(m.starts, int32(n))
			n += len(s.Alpha.W)
		}
		m.starts = append(m.starts, int32(n))
		m.first, m.kinds = b.numbers(m.starts), b.numbers(m.gates)
		m.weights, m.back = b.always(8*int64(n)), b.always(8*int64(n))
		b.mixes = m
	}
	return int(b.mixes.starts[slices.Index(b.mixes.alphas, s.Alpha)]), nil
}

func (m *mixtures) of(q *queue) kernels.Mixtures {
	return kernels.Mixtures{
		Alpha: q.value(m.alphas[0]), Starts: q.mem(m.first.Piece), Gates: q.mem(m.kinds.Piece), Count: len(m.alphas), W: q.mem(m.weights), DW: q.mem(m.back),
	}
}

// part is one input of a mix.
type part struct {
	in    value
	norm  *batchNorm // what normalises it on the way, whose own output nothing else looks at; nil if nothing does
	place int
	dIn   gradient
}

// mix is the sum of its inputs, weighed by α. Inputs of zeros have no part.
type mix struct {
	parts  []part
	out    value
	by     *mixtures
	sparse bool
	relu   bool
	table  *table
	turns  *arena.Piece
}

func (b *build) mix(s *engine.Step, in []value, out value) (op, error) {
	place, err := b.mixture(s)
	if err != nil {
		return nil, err
	}
	o := &mix{out: out, by: b.mixes, sparse: s.Op.Gate == arch.Sparse}
	for k, v := range in {
		if v.zero {
			continue
		}
		p := part{in: v, place: place + k}
		if !o.sparse { // else what is left out would have no norm
			if p.norm = b.postpone(s.In[k]); p.norm != nil {
				p.in = p.norm.in
			}
		}
		o.parts = append(o.parts, p)
	}
	if len(o.parts) > 0 {
		o.table = b.table(2*kernels.PartWords*len(o.parts), o.words)
	}
	return o, nil
}

func (o *mix) rectify() { o.relu = true }

// takes says which parts have a weight.
func (o *mix) takes(k int) bool {
	if !o.sparse {
		return true
	}
	place := o.parts[k].place
	for i, a := range o.by.alphas {
		if from := int(o.by.starts[i]); place >= from && place < from+len(a.W) {
			return a.W[place-from] != 0
		}
	}
	return true
}

// words is the table of the parts.
func (o *mix) words(q *queue) (words []uint32) {
	var parts []kernels.Part
	for _, p := range o.parts {
		t := kernels.Part{X: q.mem(p.in.data), DX: q.mem(p.dIn.to), Add: p.dIn.more, Place: p.place}
		if n := p.norm; n != nil {
			t.Norm, t.DGamma, t.DBeta, t.Back = q.mem(n.norm), q.grad(n.step.Weight), q.grad(n.step.Bias), q.mem(n.line)
		}
		parts = append(parts, t)
	}
	for _, w := range kernels.Table(parts) {
		words = append(words, uint32(w), uint32(w>>32))
	}
	return words
}

func (o *mix) of(q *queue) kernels.Mix {
	m := o.sized(q.n)
	m.Parts, m.W = q.mem(o.table.Piece), q.mem(o.by.weights)
	return m
}

func (o *mix) sized(n int) kernels.Mix {
	return kernels.Mix{Count: len(o.parts), Rows: n * o.out.pixels(), C: o.out.shape.C, Sparse: o.sparse}
}

func (o *mix) ahead(q *queue) {
	for _, p := range o.parts {
		if p.norm != nil {
			p.norm.moments(q)
		}
	}
	switch {
	case len(o.parts) > 0:
		q.run(o.of(q).Forward(q.mem(o.out.data), o.relu))
	case q.err == nil:
		q.err = q.t.Zero(q.stream, q.mem(o.out.data))
	}
}

func (o *mix) looks() (all []value) {
	for _, p := range o.parts {
		all = append(all, p.in)
	}
	if o.relu {
		all = append(all, o.out)
	}
	return all
}

func (o *mix) turn(b *build) {
	for i := range o.parts {
		o.parts[i].dIn = b.take(o.parts[i].in)
		if n := o.parts[i].norm; n != nil {
			b.until(n.norm, b.now)
			n.line = b.piece(n.of(1).BackBytes())
		}
	}
	if len(o.parts) > 0 {
		o.turns = b.scratch(func(n int) int64 { return o.sized(n).Work() })
	}
}

func (o *mix) back(q *queue) {
	if len(o.parts) == 0 {
		return
	}
	for _, p := range o.parts {
		if p.dIn.to == nil {
			continue
		}
		if there := q.more(p.dIn); !there && p.dIn.more && q.err == nil { // the table says that something is there
			q.err = q.t.Zero(q.stream, q.mem(p.dIn.to))
		}
	}
	var y driver.Memory
	if o.relu {
		y = q.mem(o.out.data)
	}
	q.run(o.of(q).Back(q.mem(o.out.grad), y, q.mem(o.by.back), q.mem(o.turns))...)
}
