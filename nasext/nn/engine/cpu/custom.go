package cpu

import (
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// custom is a function of the user's. Forward keeps the expression that it makes in
// training, and backward differentiates this.
type custom[T engine.Float] struct {
	step    engine.StepOf[T]
	in, out value[T]
	x, w, y *grad.Tensor // of the last pass for training; w is nil without parameters
	samples []T          // of the input or the output, one after the other
	tmp     []T          // a gradient that is added to another
}

func newCustom[T engine.Float](r *runner[T], s engine.StepOf[T], in, out value[T]) *custom[T] {
	return &custom[T]{step: s, in: in, out: out, samples: make([]T, r.batch*max(in.shape.Elems(), out.shape.Elems()))}
}

func (o *custom[T]) forward(r *runner[T]) {
	o.x, o.w, o.y = nil, nil, nil
	x := o.tensor(r, o.in.shape, o.in.data)
	if r.pass.Train {
		x = x.AsVar()
	}
	y, w, err := o.step.Call(x, r.pass.Train)
	if err != nil {
		r.fail(err)
		return
	}
	if r.pass.Train {
		o.x, o.w, o.y = x, w, y
	}
	if err := o.lanes(r, o.out.data, y); err != nil {
		r.fail(err)
	}
}

func (o *custom[T]) backward(r *runner[T]) {
	dy := o.tensor(r, o.out.shape, o.out.grad)
	by := []*grad.Tensor{o.x}
	if o.w != nil {
		by = append(by, o.w)
	}
	grads := grad.VJP(o.y, dy, by...)
	if p := o.step.Weight; p != nil {
		dw, err := grads[1].Data()
		if err != nil {
			r.fail(err)
			return
		}
		singles(p.G, dw)
	}
	dx, more := o.in.take(r)
	if dx == nil {
		return
	}
	to := dx
	if more {
		if o.tmp == nil {
			o.tmp = make([]T, len(dx))
		}
		to = o.tmp
	}
	if err := o.lanes(r, to, grads[0]); err != nil {
		r.fail(err)
		return
	}
	if more {
		r.k.add(dx, to)
	}
}

func (o *custom[T]) idle() {
	if p := o.step.Weight; p != nil {
		clear(p.G)
	}
}

// tensor are the samples of which the numbers lie in lanes.
func (o *custom[T]) tensor(r *runner[T], s arch.Shape, lanes []T) *grad.Tensor {
	samples := o.samples[:r.n*s.Elems()]
	r.unload(samples, lanes)
	data := make([]float64, len(samples))
	for i, v := range samples {
		data[i] = float64(v)
	}
	return grad.Const(data, r.n, s.C, s.H, s.W)
}

// lanes puts samples back.
func (o *custom[T]) lanes(r *runner[T], lanes []T, t *grad.Tensor) error {
	data, err := t.Data()
	if err != nil {
		return err
	}
	samples := o.samples[:len(data)]
	singles(samples, data)
	r.load(lanes, samples)
	return nil
}

// singles rounds numbers to those of the engine.
func singles[T engine.Float](dst []T, x []float64) {
	for i, v := range x {
		dst[i] = T(v)
	}
}
