package engine

import (
	"errors"
	"fmt"
	"slices"

	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// Call computes a custom step: its function of x, samples×channels×height×width, and of
// the parameters w, which are a variable in training, and nil if there are none.
func (s *StepOf[T]) Call(x *grad.Tensor, train bool) (y, w *grad.Tensor, err error) {
	w = s.parameters(train)
	y, err = s.Apply(x, w)
	return y, w, err
}

// Apply is Call with given parameters. A function that panics, fails or gives another shape
// than the step has is an error that names the step.
func (s *StepOf[T]) Apply(x, w *grad.Tensor) (y *grad.Tensor, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = s.fault(fmt.Errorf("panics: %v", p))
		}
	}()
	if y = s.Func(x, w); y == nil {
		return nil, s.fault(errors.New("returns nil; it has to return a tensor"))
	}
	if err := y.Err(); err != nil {
		return nil, s.fault(err)
	}
	if want := []int{x.Shape()[0], s.Out.C, s.Out.H, s.Out.W}; !slices.Equal(y.Shape(), want) {
		return nil, s.fault(fmt.Errorf("gives the shape %v of an input of shape %v; the node says that it gives %v", y.Shape(), x.Shape(), want))
	}
	return y, nil
}

// parameters are those of a custom step.
func (s *StepOf[T]) parameters(train bool) *grad.Tensor {
	if s.Weight == nil {
		return nil
	}
	w := make([]float64, len(s.Weight.W))
	for i, v := range s.Weight.W {
		w[i] = float64(v)
	}
	if train {
		return grad.Var(w)
	}
	return grad.Const(w)
}

func (s *StepOf[T]) fault(err error) error {
	return fmt.Errorf("node %q: the function %q: %w", s.Name, s.Op.Func, err)
}
