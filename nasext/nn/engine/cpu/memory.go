package cpu

import (
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// Memory implements engine.Engine. Of functions of custom steps it counts what they hold, not
// what they drop again.
func (e *EngineOf[T]) Memory(p *engine.PlanOf[T], batch int) int64 {
	lanes := (int64(batch) + width - 1) / width * width
	var numbers, doubles int64
	for _, s := range p.Steps {
		numbers += int64(s.Out.Elems()) * lanes * blocks(s.Op.Kind)
		if s.Op.Kind == arch.Custom {
			in, out := int64(p.Steps[s.In[0]].Out.Elems()), int64(s.Out.Elems())
			numbers += in*lanes + int64(batch)*max(in, out) // a gradient that is added to another, and samples
			doubles += int64(batch) * int64(s.Held)
		}
	}
	return size[T]()*numbers + 8*doubles
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
