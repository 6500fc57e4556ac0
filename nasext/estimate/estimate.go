// Package estimate holds performance estimators: how good an architecture is, and at what cost.
//
// Train trains; with a Target it gives up trainings whose learning curve leads nowhere. Count,
// Latency and ZeroCost look at a network that has not been trained. Predict has learnt from
// finished trials, and package table knows what others have measured. Sum, Reward and Screen
// make one estimator of several.
package estimate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/space"
)

var errNoContext = errors.New("the context is nil; give context.Background(), or one that can be cancelled")

// Epoch is one point of a learning curve.
type Epoch = nn.Epoch

// Estimate is what is known of an architecture after it was estimated.
type Estimate struct {
	Score   float64 `json:"score"` // higher is better
	Params  int64   `json:"params"`
	MACs    int64   `json:"macs"`
	Latency float64 `json:"latency,omitempty"` // seconds for a sample on this machine; 0 if not measured
	Curve   []Epoch `json:"curve,omitempty"`   // empty for estimators that don't train
	Seconds float64 `json:"seconds"`           // wall time; not part of what must be equal between runs
	Note    string  `json:"note,omitempty"`    // what else there is to say, such as that training diverged
}

// Estimator turns an architecture into a score. Equal architecture and seed give
// an equal Score and Curve, to the last bit, on any number of threads. It is safe
// for concurrent use.
type Estimator interface {
	// Name says what it is, with its settings.
	Name() string
	// Estimate scores the architecture. The seed is the trial's own. A context
	// that ends stops it with the context's error.
	Estimate(ctx context.Context, a *arch.Arch, seed uint64) (Estimate, error)
}

// ByGenotype is an estimator that knows architectures by the choices that made them,
// such as a table. A search calls EstimateGenotype instead of Estimate.
type ByGenotype interface {
	Estimator
	// EstimateGenotype scores the architecture a, which is that of the genotype g.
	EstimateGenotype(ctx context.Context, g space.Genotype, a *arch.Arch, seed uint64) (Estimate, error)
}

// Budget is how much an estimator may spend on one architecture. Zero fields
// mean: as the estimator is set.
type Budget struct {
	Epochs  int // passes over the training data
	Samples int // training samples used, from the first
}

// Times is n budgets together.
func (b Budget) Times(n int) Budget { return Budget{Epochs: b.Epochs * n, Samples: b.Samples * n} }

// Budgeted is an estimator that can spend more or less.
type Budgeted interface {
	Estimator
	// At is the same estimator with another budget.
	At(b Budget) Estimator
}

// timed is an estimate with the time that it took, or its error with the name of who
// makes it.
func timed(ctx context.Context, name string, estimate func() (Estimate, error)) (Estimate, error) {
	if ctx == nil {
		return Estimate{}, fmt.Errorf("%s: %w", name, errNoContext)
	}
	begin := time.Now()
	e, err := estimate()
	if err != nil {
		return Estimate{}, fmt.Errorf("%s: %w", name, err)
	}
	e.Seconds = time.Since(begin).Seconds()
	return e, nil
}
