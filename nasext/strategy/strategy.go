// Package strategy holds search strategies: which architecture to try next.
package strategy

import (
	"errors"

	"github.com/nascent-go/nascent/nasext/space"
)

// ErrExhausted is what Ask returns when a strategy has nothing more to propose,
// such as a grid that has been walked to its end. It may come with a last, short batch.
var ErrExhausted = errors.New("strategy: every architecture has been proposed")

// Proposal is an architecture to try, and how much to spend on it.
type Proposal struct {
	Genotype space.Genotype
	// Budget is how much the estimator may spend, in units that the search chooses,
	// such as epochs; 0: as the estimator is set. Only strategies that compare
	// architectures at several budgets set it, and then for every proposal.
	Budget int
}

// Observation is what became of one proposal.
type Observation struct {
	Proposal
	Score  float64 // higher is better; meaningless if Failed
	Failed bool    // the architecture could not be built or estimated

	// What else is known of it, for strategies with several objectives; 0 if the
	// estimator doesn't say.
	Params  int64
	MACs    int64
	Latency float64 // seconds
}

// Strategy proposes architectures (ask) and learns how they did (tell).
//
// Proposals are asked for in batches whose size belongs to the study, and
// observations are told in the order asked, one Tell for each Ask. So what a
// strategy proposes depends on its settings, its seed and what it was told, and
// never on the number of workers or on time: a study that is resumed tells a
// fresh strategy the stored observations and goes on exactly as before.
type Strategy interface {
	// Name says what it is, with its settings.
	Name() string
	// Ask proposes n architectures; fewer, but at least one, if the next proposal
	// has to wait for what becomes of these.
	Ask(n int) ([]Proposal, error)
	// Tell reports the outcome of the last batch, in the order asked.
	Tell(batch []Observation) error
}
