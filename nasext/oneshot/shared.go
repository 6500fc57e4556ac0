package oneshot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/space"
)

// SharedWeights is an estimator that trains nothing: it scores architectures by the
// weights that a search has trained for all, on the samples that it judged by. So any
// strategy can search a supernet.
type SharedWeights struct {
	name  string
	mu    sync.Mutex // the supernet is one architecture at a time
	paths *paths
}

// Estimator makes an estimator of the weights of a search, which has to be one that trains
// single architectures. While it is in use, nothing else may use the supernet.
func (r *Result) Estimator() (*SharedWeights, error) {
	switch {
	case r.search == nil || r.Arch == nil:
		return nil, errors.New("oneshot: there is no finished search to take weights from; give the result of Search")
	case r.search.c.Method.mixing().Gate != arch.Sparse:
		return nil, fmt.Errorf("oneshot: the supernet of %s mixes operations, and its weights say nothing of one architecture; use those of GDAS, RandomSearch, SinglePath or ENAS", r.search.c.Method.Name())
	}
	return &SharedWeights{name: "shared weights of " + r.Settings, paths: &paths{search: r.search}}, nil
}

// Name implements estimate.Estimator. It is that of the search with its settings.
func (w *SharedWeights) Name() string { return w.name }

// Estimate implements estimate.Estimator. It is an error: architectures have to come with
// the genotype that made them.
func (w *SharedWeights) Estimate(context.Context, *arch.Arch, uint64) (estimate.Estimate, error) {
	return estimate.Estimate{}, errors.New("oneshot: shared weights know architectures by their genotypes; call EstimateGenotype, as a search does")
}

// EstimateGenotype implements estimate.ByGenotype: the score is the accuracy on all of
// Valid. The seed does not matter.
func (w *SharedWeights) EstimateGenotype(ctx context.Context, g space.Genotype, a *arch.Arch, _ uint64) (estimate.Estimate, error) {
	start := time.Now()
	w.mu.Lock()
	m, err := w.paths.score(ctx, g, 0)
	w.mu.Unlock()
	if err != nil {
		return estimate.Estimate{}, fmt.Errorf("oneshot: %w", err)
	}
	e := estimate.Estimate{Score: m.accuracy()}
	if e.Params, err = a.Params(); err != nil {
		return e, err
	}
	e.MACs, err = a.MACs()
	e.Seconds = time.Since(start).Seconds()
	return e, err
}

var _ estimate.ByGenotype = (*SharedWeights)(nil)
