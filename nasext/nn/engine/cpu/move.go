package cpu

import (
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// move puts numbers elsewhere and computes nothing: channel shuffles, slices, shifts,
// crops and zero padding.
type move[T engine.Float] struct {
	plain[T]
	in, out value[T]
	from    []int32 // for each number of the output that of the input; -1 for a zero
}

// movesOf lists where the numbers of the output come from; none is taken twice.
func movesOf(o arch.Op, in, out arch.Shape) []int32 {
	source := func(c, y, x int) (int, int, int) { return c, y - o.PadH, x - o.PadW } // ZeroPad: PadH and PadW lead
	switch o.Kind {
	case arch.Shuffle:
		source = func(c, y, x int) (int, int, int) { return c%o.Groups*(in.C/o.Groups) + c/o.Groups, y, x }
	case arch.Slice:
		source = func(c, y, x int) (int, int, int) { return o.From + c, y, x }
	case arch.Shift:
		source = func(c, y, x int) (int, int, int) { return c, y + 1, x + 1 }
	case arch.Crop:
		source = func(c, y, x int) (int, int, int) { return c, y + o.From, x + o.From }
	}
	var from []int32
	for c := range out.C {
		for y := range out.H {
			for x := range out.W {
				d, v, u := source(c, y, x)
				if v < 0 || v >= in.H || u < 0 || u >= in.W {
					from = append(from, -1)
					continue
				}
				from = append(from, int32((d*in.H+v)*in.W+u))
			}
		}
	}
	return from
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
