// Package strategy holds search strategies: which architecture to try next. Each is a
// file that reads beside its paper:
//
//   - without learning: Grid, Random and RandomDistinct, List;
//   - from neighbours: Local, and RegularizedEvolution with its variants;
//   - several objectives: NSGAII, with Pareto fronts and hypervolumes of plain points;
//   - reinforcement learning: Reinforce with a recurrent controller, ReinforceTabular, and
//     MetaQNN, which learns Q-values;
//   - models of the scores: TPE, BANANAS, PNAS, and NetworkMorphism, whose networks grow;
//   - little spent on most: SuccessiveHalving, Hyperband, ASHA and BOHB.
//
// Most need nothing of a space but its tree of decisions. What one needs beside it, its
// comment says, and so does the error for a space that lacks it.
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
