package cpu

import (
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// build turns the steps of a plan into the operations of a tape, where it can into fewer.
type build[T engine.Float] struct {
	r      *runner[T]
	plan   *engine.PlanOf[T]
	vals   []value[T] // of each step
	ops    []op[T]    // that computes it; nil if none does
	needed []bool     // the network's output depends on it
	takers []int      // of it, as far as they are needed

	made []int             // step that makes each of the runner's stores
	last map[*store[T]]int // step that looks at it

	rectifiers map[*store[T]]value[T] // what is rectified → the outcome
}

func newBuild[T engine.Float](r *runner[T], p *engine.PlanOf[T]) *build[T] {
	n := len(p.Steps)
	takers := p.Takers(func(s *engine.StepOf[T]) bool { return r.reshapes(s.Op.Kind) })
	return &build[T]{r: r, plan: p, vals: make([]value[T], n), ops: make([]op[T], n), needed: p.Needed(), takers: takers, last: map[*store[T]]int{}, rectifiers: map[*store[T]]value[T]{}}
}

// reshapes: a step only gives another shape to its input's memory.
func (r *runner[T]) reshapes(k arch.Kind) bool {
	return alias(k) || r.inference && (k == arch.Dropout || k == arch.DropPath)
}

func alias(k arch.Kind) bool { return k == arch.Identity || k == arch.Flatten }

// step adds step i.
func (b *build[T]) step(i int, s engine.StepOf[T]) error {
	err := b.add(i, s)
	for len(b.made) < len(b.r.stores) {
		b.made = append(b.made, i)
	}
	return err
}

func (b *build[T]) add(i int, s engine.StepOf[T]) (err error) {
	if !b.needed[i] {
		b.r.without(s)
		return nil
	}
	ins := make([]value[T], len(s.In))
	for j, from := range s.In {
		ins[j] = b.vals[from]
		b.last[ins[j].store] = i
	}
	if s.Op.Kind == arch.ReLU {
		b.vals[i], b.ops[i] = b.relu(s.In[0])
		return nil
	}
	if before := b.folds(s); before != nil {
		before.fold(b.r, s)
		b.vals[i], b.ops[i] = ins[0], before
		return nil
	}
	b.vals[i], b.ops[i], err = b.r.operation(s, ins, b.plan)
	if err != nil {
		return err
	}
	if pool, ok := b.ops[i].(*maxPool[T]); ok && b.takers[s.In[0]] == 1 {
		if before, ok := b.ops[s.In[0]].(*rectified[T]); ok {
			pool.relu, before.passed = true, true
		}
	}
	if m, ok := b.ops[i].(*mix[T]); ok {
		b.absorb(m, i)
	}
	b.append(b.ops[i], b.vals[i], ins...)
	return nil
}

// absorb gives a mix those of its inputs' batch norms that nothing else takes.
func (b *build[T]) absorb(m *mix[T], step int) {
	for _, from := range b.plan.Steps[step].In {
		n, ok := b.ops[from].(*batchNorm[T])
		if !ok || b.takers[from] != 1 {
			continue
		}
		at := slices.Index(b.r.outs, n.out.store)
		b.r.ops, b.r.outs, b.r.needs = slices.Delete(b.r.ops, at, at+1), slices.Delete(b.r.outs, at, at+1), slices.Delete(b.r.needs, at, at+1)
		m.absorb(n)
		b.last[n.in.store] = step
	}
}

// append puts an operation on the tape, if there is one.
func (b *build[T]) append(o op[T], out value[T], ins ...value[T]) {
	if o == nil {
		return
	}
	needs := make([]*store[T], len(ins))
	for i, in := range ins {
		needs[i] = in.store
	}
	b.r.ops, b.r.outs, b.r.needs = append(b.r.ops, o), append(b.r.outs, out.store), append(b.r.needs, needs)
}

// relu is step from, rectified. What only this takes is rectified where it is computed;
// and edges of a cell that begin at one node rectify the same.
func (b *build[T]) relu(from int) (value[T], op[T]) {
	in := b.vals[from]
	if before, ok := b.ops[from].(rectifier[T]); ok && b.takers[from] == 1 {
		before.rectify()
		o := &rectified[T]{out: in}
		b.append(o, in, in)
		return in, o
	}
	if out, ok := b.rectifiers[in.store]; ok {
		return value[T]{in.shape, out.store}, nil
	}
	out := b.r.newValue(in.shape)
	b.rectifiers[in.store] = out
	o := &relu[T]{in: in, out: out}
	b.append(o, out, in)
	return out, o
}
