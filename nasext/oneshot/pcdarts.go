package oneshot

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/nn"
)

// PCDARTS is Partially-Connected DARTS (Xu et al. 2020). One of K channels goes through the
// operations of an edge, which takes less memory and time and gives operations without
// weights less of a lead (section 3.2); nodes weigh their edges by numbers β, which are
// steadier than products of samples (section 3.3). α and β learn as in first-order DARTS,
// but not before the weights have learned for some epochs (section 4.2).
type PCDARTS struct {
	K      int    // of the channels one is mixed; 0: 4
	Frozen int    // epochs before α and β learn; 0: 15 of 50, below 0: none
	Alphas Alphas // how α and β learn, at a rate of 6e-4
}

func (m PCDARTS) withDefaults() PCDARTS {
	if m.K == 0 {
		m.K = 4
	}
	m.Alphas = m.Alphas.withDefaults(6e-4)
	return m
}

// Name implements Method.
func (m PCDARTS) Name() string {
	m = m.withDefaults()
	frozen := fmt.Sprint(max(m.Frozen, 0))
	if m.Frozen == 0 {
		frozen = "15 of 50"
	}
	return fmt.Sprintf("PC-DARTS(K %d, frozen for %s epochs, %v)", m.K, frozen, m.Alphas)
}

// Check implements Method.
func (m PCDARTS) Check() error {
	m = m.withDefaults()
	if m.K < 1 {
		return fmt.Errorf("PC-DARTS: K is %d; one of K channels is mixed, so it has to be at least 1, or 0 for 4", m.K)
	}
	if err := m.Alphas.check(); err != nil {
		return fmt.Errorf("PC-DARTS: %w", err)
	}
	return nil
}

func (m PCDARTS) usual() (int, Weights) {
	w := dartsWeights()
	w.Rate, w.Final = .1, 0
	return 256, w
}

func (m PCDARTS) mixing() cell.Mixing { return cell.Mixing{Part: m.withDefaults().K, Edges: true} }

func (m PCDARTS) start(s *search) (learner, error) {
	m = m.withDefaults()
	epochs := max(m.Frozen, 0)
	if m.Frozen == 0 {
		epochs = s.c.Epochs * 15 / 50
	}
	return &pcdartsLearner{
		dartsLearner: &dartsLearner{search: s, optimiser: m.Alphas.adam(), rate: m.Alphas.Rate}, frozen: epochs * s.train.Count(),
	}, nil
}

type pcdartsLearner struct {
	*dartsLearner
	frozen int // steps
}

func (l *pcdartsLearner) step(b batch) (train, valid nn.Score, err error) {
	if l.at < l.frozen {
		train, err = l.learnWeights(b)
		return train, valid, err
	}
	return l.dartsLearner.step(b)
}
