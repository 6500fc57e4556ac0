package cpu

import (
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// move puts numbers elsewhere and computes nothing: channel shuffles, slices, shifts,
// crops and zero padding.
type move[T engine.Float] struct {
	plain[T]
	in, out value[T]
	from    []int32 // for each number of the output that of the input; -1 for a zero
}

func (o *move[T]) forward(r *runner[T]) {
	for i, from := range o.from {
		y := o.out.data[i*r.lanes : (i+1)*r.lanes]
		switch {
		case from >= 0:
			copy(y, o.in.data[int(from)*r.lanes:])
		case r.inference: // else memory began as zeros and stays so
			clear(y)
		}
	}
}

func (o *move[T]) backward(r *runner[T]) {
	dx, more := o.in.take(r)
	if dx == nil {
		return
	}
	if !more {
		clear(dx)
	}
	for i, from := range o.from {
		if from >= 0 {
			r.k.add(dx[int(from)*r.lanes:][:r.lanes], o.out.grad[i*r.lanes:(i+1)*r.lanes])
		}
	}
}
