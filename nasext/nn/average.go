package nn

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// AverageOf is an exponential moving average of weights: at the first Update they
// themselves, then Decay·average + (1-Decay)·weights (Polyak & Juditsky 1992 average
// evenly; this form is that of Tarvainen & Valpola 2017). Averaged weights often score
// better than the last ones.
type AverageOf[T engine.Float] struct {
	decay float64
	state OptimStateOf[T]
}

// Average is that of weights in single precision, Average64 in double.
type (
	Average   = AverageOf[float32]
	Average64 = AverageOf[float64]
)

// NewAverage is an average with the given decay, above 0 and below 1; 0.99 to 0.9999 is
// usual, the larger the more steps there are.
func NewAverage(decay float64) (*Average, error) { return newAverage[float32](decay) }

// NewAverage64 is NewAverage in double precision.
func NewAverage64(decay float64) (*Average64, error) { return newAverage[float64](decay) }

func newAverage[T engine.Float](decay float64) (*AverageOf[T], error) {
	if !(decay > 0 && decay < 1) {
		return nil, fmt.Errorf("average of weights: decay %v; it has to be above 0 and below 1, such as 0.99", decay)
	}
	return &AverageOf[T]{decay: decay}, nil
}

// Update takes the present weights into the average. They have to be the same
// parameters each time.
func (a *AverageOf[T]) Update(params []*engine.ParamOf[T]) error {
	s := a.begin(params)
	if err := s.same(params); err != nil {
		return fmt.Errorf("average of weights: %w", err)
	}
	keep := T(a.decay)
	if s.Steps == 0 {
		keep = 0
	}
	s.Steps++
	for i, p := range params {
		mean := s.Slots[0][i].W
		for j, w := range p.W {
			mean[j] = w + T(keep*(mean[j]-w))
		}
	}
	return nil
}

// Swap exchanges weights and averages; a second Swap puts them back. Before the first
// Update it does nothing.
func (a *AverageOf[T]) Swap(params []*engine.ParamOf[T]) error {
	if a.state.Steps == 0 {
		return nil
	}
	if err := a.state.same(params); err != nil {
		return fmt.Errorf("average of weights: %w", err)
	}
	for i, p := range params {
		mean := a.state.Slots[0][i].W
		for j, w := range p.W {
			p.W[j], mean[j] = mean[j], w
		}
	}
	return nil
}

func (a *AverageOf[T]) begin(params []*engine.ParamOf[T]) *OptimStateOf[T] {
	return a.state.begin(params, "average")
}
