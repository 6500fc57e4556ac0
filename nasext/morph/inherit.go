package morph

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// InheritConfig says what is trained, and how.
type InheritConfig struct {
	Space *Space
	// Train is how long and how the network that all grow out of is trained, and each
	// other one from the weights that it inherits.
	Train *estimate.Trainer
	Seed  uint64 // of all trainings
}

// Inheritance is the estimator that Inherit makes.
type Inheritance struct {
	config InheritConfig

	mu      sync.Mutex
	trained map[string]*heir // by the morphisms
}

// heir is a network that was trained, or is being trained by who holds the lock.
type heir struct {
	mu       sync.Mutex
	done     bool
	model    *Model
	estimate estimate.Estimate
}

// Inherit is the estimator that trains each network of a Space from the weights of the
// one that it grew out of (Jin et al. 2019): the network without its last morphism,
// which inherits from the one without its last two, and so on. So a few epochs tell how
// good a network is, and what they teach is not lost.
//
// Each network is trained once, and its weights are kept as long as the estimator is. What a
// training draws depends on Seed and on the morphisms, and not on the seed of the trial:
// a search that is resumed trains the ancestors again that it needs, to the same bits.
func Inherit(config InheritConfig) (*Inheritance, error) {
	if config.Space == nil || config.Train == nil {
		return nil, errors.New("morph: to inherit weights, a Space and a Trainer are needed; set Space and Train")
	}
	return &Inheritance{config: config, trained: map[string]*heir{}}, nil
}

// Name implements estimate.Estimator.
func (h *Inheritance) Name() string {
	return fmt.Sprintf("inherit(%s, seed %d, %s)", h.config.Space.Name(), h.config.Seed, h.config.Train.Name())
}

// Estimate implements estimate.Estimator, which this one can't: what a network inherits
// depends on how it grew. EstimateGenotype knows.
func (h *Inheritance) Estimate(context.Context, *arch.Arch, uint64) (estimate.Estimate, error) {
	return estimate.Estimate{}, errors.New("morph: an architecture alone does not tell what it inherits weights from; call EstimateGenotype")
}

// EstimateGenotype implements estimate.ByGenotype. It is the estimate of the last training.
func (h *Inheritance) EstimateGenotype(ctx context.Context, g space.Genotype, _ *arch.Arch, _ uint64) (estimate.Estimate, error) {
	_, e, err := h.Fit(ctx, g)
	return e, err
}

// Fit is the trained network of a genotype, with its estimate.
func (h *Inheritance) Fit(ctx context.Context, g space.Genotype) (*Model, estimate.Estimate, error) {
	if ctx == nil {
		return nil, estimate.Estimate{}, errors.New("morph: the context is nil; give context.Background(), or one that can be cancelled")
	}
	morphisms, err := h.config.Space.Morphisms(g)
	if err != nil {
		return nil, estimate.Estimate{}, err
	}
	return h.fit(ctx, morphisms)
}

// fit trains the network of these morphisms, unless that was done.
func (h *Inheritance) fit(ctx context.Context, morphisms []Morphism) (*Model, estimate.Estimate, error) {
	key := fmt.Sprintf("%q", morphisms)
	h.mu.Lock()
	it := h.trained[key]
	if it == nil {
		it = &heir{}
		h.trained[key] = it
	}
	h.mu.Unlock()
	it.mu.Lock()
	defer it.mu.Unlock()
	if it.done {
		return it.model, it.estimate, nil
	}
	a, start := h.config.Space.config.Start, func(*nn.Network) error { return nil }
	sd := seed.Derive(h.config.Seed, "morph", "inherit", key)
	if last := len(morphisms) - 1; last >= 0 {
		parent, _, err := h.fit(ctx, slices.Clone(morphisms[:last]))
		if err != nil {
			return nil, estimate.Estimate{}, err
		}
		grown, err := parent.Apply(morphisms[last], sd)
		if err != nil {
			return nil, estimate.Estimate{}, err
		}
		a, start = grown.Arch, grown.Give
	}
	n, e, err := h.config.Train.FitFrom(ctx, a, sd, start)
	if err != nil {
		return nil, estimate.Estimate{}, err
	}
	it.model, it.estimate, it.done = Of(n), e, true
	return it.model, it.estimate, nil
}

var _ estimate.ByGenotype = (*Inheritance)(nil)
