package cpu

import (
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// folds is the convolution that can do what a batch norm in inference does: multiply each
// channel by one number and add another. It is nil if there is none.
func (b *build[T]) folds(s engine.StepOf[T]) *conv[T] {
	if !b.r.inference || s.Op.Kind != arch.BatchNorm || b.takers[s.In[0]] != 1 {
		return nil
	}
	if before, ok := b.ops[s.In[0]].(*conv[T]); ok && before.norm == nil && !before.relu {
		return before
	}
	return nil
}

// fold makes a batch norm part of the convolution: of its weights, and of what its channels
// begin with.
func (o *conv[T]) fold(r *runner[T], s engine.StepOf[T]) {
	o.norm, o.ahead.bias = &s, make([]T, o.out.shape.C)
	if n := len(o.step.Weight.W); len(r.folded) < n {
		r.folded = make([]T, n)
	}
}

// normalise takes the present weights and running moments, which may be others in each
// pass.
func (o *conv[T]) normalise(r *runner[T]) {
	o.ahead.w = r.folded
	s, n := o.norm, len(o.step.Weight.W)/o.out.shape.C
	whole := n / width * width
	for c, bias := range o.ahead.bias {
		_, f, t := normal(s, c, s.Mean.W[c], s.Var.W[c])
		if bias = 0; o.step.Bias != nil {
			bias = o.step.Bias.W[c]
		}
		o.ahead.bias[c] = f*bias + t
		w, to := o.step.Weight.W[c*n:(c+1)*n], o.ahead.w[c*n:(c+1)*n]
		if whole > 0 {
			r.k.affine(to[:whole], w[:whole], f, 0)
		}
		for i := whole; i < n; i++ {
			to[i] = f * w[i]
		}
	}
}

// block is memory that activations have one after the other.
type block[T engine.Float] struct {
	size int
	data []T
}

// share allots memory to the activations of inference: that of what no later step looks at
// goes to those that follow. A small network then stays in a cache.
func (b *build[T]) share() {
	b.last[b.vals[len(b.vals)-1].store] = len(b.vals)
	zeros := &block[T]{}
	of := make([]*block[T], len(b.r.stores))
	var free []*block[T]
	next, ends := 0, make([][]*block[T], len(b.vals)+1) // blocks by the last step that looks at them
	for i := range b.vals {
		for ; next < len(b.made) && b.made[next] == i; next++ {
			s := b.r.stores[next]
			if s.zero {
				of[next], zeros.size = zeros, max(zeros.size, s.size)
				continue
			}
			of[next], free = takeBlock(free, s.size)
			ends[max(b.last[s], i)] = append(ends[max(b.last[s], i)], of[next])
		}
		free = append(free, ends[i]...)
	}
	for i, s := range b.r.stores {
		if of[i].data == nil {
			of[i].data = make([]T, of[i].size)
		}
		s.data = of[i].data[:s.size]
	}
}

// takeBlock is the smallest free block of at least that size, of equal ones that which was
// free last; else the largest, which grows; else a new one.
func takeBlock[T engine.Float](free []*block[T], size int) (*block[T], []*block[T]) {
	best := -1
	for i, f := range free {
		switch {
		case best < 0,
			f.size >= size && (free[best].size < size || f.size <= free[best].size),
			f.size < size && f.size >= free[best].size:
			best = i
		}
	}
	if best < 0 {
		return &block[T]{size: size}, free
	}
	f := free[best]
	f.size = max(f.size, size)
	return f, append(free[:best:best], free[best+1:]...)
}
