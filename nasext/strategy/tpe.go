package strategy

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// ParzenTree are the settings of TPE.
type ParzenTree struct {
	Startup    int     // random proposals before anything is modelled; 0 means 20
	Gamma      float64 // γ, the share of the observations that is good, above 0 and below 1; 0 means 0.25
	Candidates int     // drawn for each proposal; 0 means 24
	Distinct   bool    // leave out candidates that were proposed before, unless all were
}

// ParzenEstimator is what TPE makes.
type ParzenEstimator struct {
	space    space.Space
	seed     uint64
	settings ParzenTree
	streams  *seed.Streams
	asked    int
	seen     set
	observed []parzenTrial
	turn
}

// parzenTrial is an observation as TPE counts it.
type parzenTrial struct {
	choices []space.Choice
	score   float64 // −∞ if it failed
}

// TPE is the search with a tree of Parzen estimators (Bergstra et al. 2011, "Algorithms
// for Hyper-Parameter Optimization", section 4). The observations are split at the γ
// quantile of the scores: ℓ is the density of the good ones, g that of the others. Each
// is a tree as the space is: a distribution over the options of each decision, known by
// name, that was made on the way to them. An option has the probability of 1 + how
// often it was chosen there (section 4.2: N·pᵢ + Cᵢ with a uniform prior). Candidates are
// drawn from ℓ, and the one with the largest ℓ/g, which has the largest expected
// improvement (section 4.1), is proposed; of equals, the first.
//
// Startup and Candidates, and γ, are as in the authors' program Hyperopt (Bergstra et
// al. 2013). Proposals of one batch are drawn independently of each other. A failed one
// is among the bad.
func TPE(s space.Space, randomSeed uint64, settings ParzenTree) (*ParzenEstimator, error) {
	c := &settings
	if c.Startup == 0 {
		c.Startup = 20
	}
	if c.Gamma == 0 {
		c.Gamma = 0.25
	}
	if c.Candidates == 0 {
		c.Candidates = 24
	}
	switch {
	case s == nil:
		return nil, errors.New("strategy: TPE needs a space, not nil")
	case c.Startup < 0:
		return nil, fmt.Errorf("strategy: TPE with %d random proposals; there must be at least 1, or 0 for 20", c.Startup)
	case !(c.Gamma > 0 && c.Gamma < 1):
		return nil, fmt.Errorf("strategy: TPE with γ = %g; it must be above 0 and below 1, or 0 for 0.25", c.Gamma)
	case c.Candidates < 0:
		return nil, fmt.Errorf("strategy: TPE with %d candidates; there must be at least 1, or 0 for 24", c.Candidates)
	}
	return &ParzenEstimator{
		space: s, seed: randomSeed, settings: settings, seen: set{},
		streams: seed.NewStreams(randomSeed, "strategy", "tpe"), turn: turn{who: "TPE"},
	}, nil
}

// Name says the settings and the seed.
func (p *ParzenEstimator) Name() string {
	s, distinct := p.settings, ""
	if s.Distinct {
		distinct = " distinct"
	}
	return fmt.Sprintf("tpe(startup %d γ %g candidates %d%s seed %d)", s.Startup, s.Gamma, s.Candidates, distinct, p.seed)
}

// Ask proposes n architectures.
func (p *ParzenEstimator) Ask(n int) ([]Proposal, error) {
	if err := p.mayAsk(p.space, n); err != nil {
		return nil, err
	}
	good, bad := p.split()
	batch := make([]space.Genotype, n)
	for i := range batch {
		rng := p.streams.Open(p.asked + i)
		var err error
		if p.asked+i < p.settings.Startup || len(p.observed) == 0 {
			batch[i], err = space.Random(p.space, rng)
		} else {
			batch[i], err = p.best(good, bad, rng)
		}
		if err != nil {
			return nil, fmt.Errorf("strategy: TPE: %w", err)
		}
	}
	if p.settings.Distinct {
		for _, g := range batch {
			p.seen.add(g)
		}
	}
	p.asked += n
	return p.propose(full(batch)), nil
}

// split counts the choices of the good observations and of the others.
func (p *ParzenEstimator) split() (good, bad *parzen) {
	order := slices.Clone(p.observed)
	slices.SortStableFunc(order, func(a, b parzenTrial) int { return cmp.Compare(b.score, a.score) })
	good, bad = &parzen{table{initial: 1}}, &parzen{table{initial: 1}}
	few := int(math.Ceil(p.settings.Gamma * float64(len(order))))
	for i, t := range order {
		d := bad
		if i < few && !math.IsInf(t.score, -1) {
			d = good
		}
		for _, c := range t.choices {
			d.values[d.places(c.Decision, []string{c.Option})[0]]++
		}
	}
	return good, bad
}

// parzen is a density over architectures: weights of the options of each decision.
type parzen struct{ table }

// probabilities are those of the options of a decision.
func (d *parzen) probabilities(of space.Decision) []float64 {
	q := make([]float64, len(of.Options))
	sum := 0.0
	for o, i := range d.places(of.Name, of.Options) {
		q[o] = d.values[i]
		sum += q[o]
	}
	for o := range q {
		q[o] /= sum
	}
	return q
}

// best is the candidate of the largest ℓ/g.
func (p *ParzenEstimator) best(good, bad *parzen, rng *rand.Rand) (space.Genotype, error) {
	var best space.Genotype
	top, known := 0.0, true
	for i := range p.settings.Candidates {
		g, ratio, err := p.candidate(good, bad, rng)
		if err != nil {
			return nil, err
		}
		// One that was not seen is better than any that was.
		seen := p.settings.Distinct && p.seen.has(g)
		if i == 0 || known && !seen || known == seen && ratio > top {
			best, top, known = g, ratio, seen
		}
	}
	return best, nil
}

// candidate draws an architecture from ℓ, with the logarithm of its ℓ/g.
func (p *ParzenEstimator) candidate(good, bad *parzen, rng *rand.Rand) (g space.Genotype, ratio float64, err error) {
	for {
		d, more, err := p.space.Next(g)
		if err != nil || !more {
			return g, ratio, err
		}
		l := good.probabilities(d)
		o := draw(rng, l)
		ratio += math.Log(l[o] / bad.probabilities(d)[o])
		g = append(g, o)
	}
}

// Tell takes note of the batch.
func (p *ParzenEstimator) Tell(batch []Observation) error {
	if err := p.told(batch); err != nil {
		return err
	}
	for _, o := range batch {
		choices, err := space.Describe(p.space, o.Genotype)
		if err != nil {
			return fmt.Errorf("strategy: TPE: %w", err)
		}
		t := parzenTrial{choices, o.Score}
		if o.Failed {
			t.score = math.Inf(-1)
		}
		p.observed = append(p.observed, t)
	}
	return nil
}

var _ Strategy = (*ParzenEstimator)(nil)
