package cpu

import (
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// Memory implements engine.Engine. What the functions of custom steps keep is not known and
// does not count.
func (e *EngineOf[T]) Memory(p *engine.PlanOf[T], batch int) int64 {
	lanes := (int64(batch) + width - 1) / width * width
	var numbers int64
	for _, s := range p.Steps {
		numbers += int64(s.Out.Elems()) * lanes * blocks(s.Op.Kind)
	}
	return size[T]() * numbers
}

// blocks is how many blocks of the size of its output an operation needs at most: its
// activations, their gradient, and what it keeps from one direction for the other.
func blocks(k arch.Kind) int64 {
	switch {
	case alias(k):
		return 0
	case k == arch.ReLU, k == arch.BatchNorm, k == arch.Dropout, k == arch.MaxPool:
		return 3
	}
	return 2
}
