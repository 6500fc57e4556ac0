// Package strategy holds search strategies: which architecture to try next.
package strategy

import (
	"errors"

	"github.com/nascent-go/nascent/nasext/space"
)

// ErrExhausted is what Ask returns when a strategy has nothing more to propose,
// such as a grid that has been walked to its end. It may come with a last, short batch.
var ErrExhausted = errors.New("strategy: every architecture has been proposed")

// Observation is what became of one proposal.
type Observation struct {
	Genotype space.Genotype
	Score    float64 // higher is better; meaningless if Failed
	Failed   bool    // the architecture could not be built or estimated
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
	// Ask proposes n architectures.
	Ask(n int) ([]space.Genotype, error)
	// Tell reports the outcome of the last batch, in the order asked.
	Tell(batch []Observation) error
}
