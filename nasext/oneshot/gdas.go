package oneshot

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/nn"
)

// GDAS searches for a robust architecture in four GPU hours, with a Gradient-based search
// using Differentiable Architecture Sampler (Dong and Yang 2019). Each pass draws one
// operation for each edge from a hard Gumbel softmax (equations 3 to 5) and computes no
// other. As in algorithm 1 the weights learn from a batch of Train, then the logits from
// one of Valid; an operation that wasn't drawn has no gradient of its own.
type GDAS struct {
	Temperature Temperature // from 10 to 0.1, as in the authors' code
	Alphas      Alphas      // how the logits learn
}

func (m GDAS) withDefaults() GDAS {
	return GDAS{m.Temperature.or(Temperature{10, 0.1}), m.Alphas.withDefaults(dartsRate)}
}

// Name implements Method.
func (m GDAS) Name() string {
	m = m.withDefaults()
	return fmt.Sprintf("GDAS(temperature %g to %g, %v)", m.Temperature.From, m.Temperature.To, m.Alphas)
}

// Check implements Method.
func (m GDAS) Check() error {
	m = m.withDefaults()
	if err := m.Temperature.check(); err != nil {
		return fmt.Errorf("GDAS: %w", err)
	}
	if err := m.Alphas.check(); err != nil {
		return fmt.Errorf("GDAS: %w", err)
	}
	return nil
}

func (m GDAS) usual() (int, Weights) { return 64, dartsWeights() }

func (m GDAS) mixing() cell.Mixing { return cell.Mixing{Gate: arch.Sparse} }

func (m GDAS) start(s *search) (learner, error) {
	m = m.withDefaults()
	return &gdasLearner{newGumbel(s, true, m.Temperature, m.Alphas)}, nil
}

// gdasLearner is algorithm 1.
type gdasLearner struct{ *gumbel }

func (l *gdasLearner) step(b batch) (train, valid nn.Score, err error) {
	l.draw()
	if train, err = l.learnWeights(b); err != nil {
		return train, valid, err
	}
	l.draw()
	v := l.nextValid()
	if valid, err = gradients(l.net, "validation", v.x, v.y); err != nil {
		return train, valid, err
	}
	return train, valid, l.learn()
}
