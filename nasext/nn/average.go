package nn

import "fmt"

// Average is an exponential moving average of weights: at the first Update they
// themselves, then Decay·average + (1-Decay)·weights (Polyak & Juditsky 1992 average
// evenly; this form is that of Tarvainen & Valpola 2017). Averaged weights often score
// better than the last ones.
type Average struct {
	decay float64
	state OptimState
}

// NewAverage is an average with the given decay, above 0 and below 1; 0.99 to 0.9999 is
// usual, the larger the more steps there are.
func NewAverage(decay float64) (*Average, error) {
	if !(decay > 0 && decay < 1) {
		return nil, fmt.Errorf("average of weights: decay %v; it has to be above 0 and below 1, such as 0.99", decay)
	}
	return &Average{decay: decay}, nil
}

// Update takes the present weights into the average. They have to be the same
// parameters each time.
func (a *Average) Update(params []*Param) error {
	s := a.begin(params)
	if err := s.same(params); err != nil {
		return fmt.Errorf("average of weights: %w", err)
	}
	keep := float32(a.decay)
	if s.Steps == 0 {
		keep = 0
	}
	s.Steps++
	for i, p := range params {
		mean := s.Slots[0][i].W
		for j, w := range p.W {
			mean[j] = w + float32(keep*(mean[j]-w))
		}
	}
	return nil
}

// Swap exchanges weights and averages; a second Swap puts them back. Before the first
// Update it does nothing.
func (a *Average) Swap(params []*Param) error {
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

func (a *Average) begin(params []*Param) *OptimState { return a.state.begin(params, "average") }
