package strategy

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/nascent-go/nascent/nasext/predict"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// Progressive are the settings of progressive search.
type Progressive struct {
	Beam int // K, how many architectures of each size are tried; 0 means 256
	// First is how many of one block are tried; 0 means all, as in the article.
	First int
	// Predictor ranks what grows out of the last size. nil means an ensemble of five
	// networks with two layers of 32 units.
	Predictor predict.Predictor
}

// ProgressiveSearch is what PNAS makes.
type ProgressiveSearch struct {
	name     string
	space    space.Grower
	seed     uint64
	settings Progressive
	tokens   []int            // of the space
	level    int              // how many blocks the architectures of the beam have
	queue    []space.Genotype // what is left of the beam
	parents  []Member         // told of the beam, but for failures
	vectors  [][]float64      // of all that was told, but for failures
	scores   []float64
	asked    [][]float64 // the vectors of the pending batch
	turn
}

// PNAS is progressive search (Liu et al. 2018, "Progressive Neural Architecture Search",
// algorithm 1): architectures of one block are tried first; then, size after size, a
// predictor learns from all that was tried, all that grow out of the last size by one
// block are ranked by it, and the Beam best are tried. After the largest size it is
// exhausted: in the space of the article, space.PNAS with the method Growing, after
// 136 + 4·256 = 1160 architectures.
//
// The predictor sees what the article's MLP sees (section 3.4): each number of a block,
// that is each input and operation, one-hot, and the mean over the blocks. With one
// linear layer this is the embedding, and it takes any number of blocks. The networks
// of the article are each trained on four fifths of the data, those of predict.Ensemble
// on all of it.
//
// The space must be a space.Grower. Batches: Ask returns fewer than n at the end of each
// size, so what is proposed does not depend on the sizes of the batches.
//
// Out of an architecture that failed nothing grows, and the predictor does not learn
// from it. When all scores are equal, the beam is drawn at random.
func PNAS(s space.Space, randomSeed uint64, settings Progressive) (*ProgressiveSearch, error) {
	settings.Beam = orDefault(settings.Beam, 256)
	if settings.Predictor == nil {
		settings.Predictor = &predict.Ensemble{Layers: 2, Units: 32}
	}
	if s == nil {
		return nil, errors.New("strategy: PNAS needs a space, not nil")
	}
	growing, ok := s.(space.Grower)
	switch {
	case !ok:
		return nil, fmt.Errorf("strategy: PNAS needs a space whose architectures grow block by block, with the methods of space.Grower; %s has them not. space.CellSpace makes one by its method Growing if it has one cell for both purposes, such as space.PNAS", s.Name())
	case settings.Beam < 0:
		return nil, fmt.Errorf("strategy: PNAS with a beam of %d; it must be at least 1, or 0 for 256", settings.Beam)
	case settings.First < 0:
		return nil, fmt.Errorf("strategy: PNAS with %d architectures of one block; there must be at least 1, or 0 for all", settings.First)
	}
	first := "all"
	if settings.First > 0 {
		first = strconv.Itoa(settings.First)
	}
	return &ProgressiveSearch{
		name:  fmt.Sprintf("PNAS(beam %d first %s predictor %s seed %d)", settings.Beam, first, settings.Predictor.Name(), randomSeed),
		space: growing, tokens: growing.Tokens(), seed: randomSeed, settings: settings, turn: turn{who: "PNAS"},
	}, nil
}

// Name says the settings and the seed.
func (p *ProgressiveSearch) Name() string { return p.name }

// Ask proposes up to n architectures of the beam.
func (p *ProgressiveSearch) Ask(n int) ([]Proposal, error) {
	if err := p.mayAsk(p.space, n); err != nil {
		return nil, err
	}
	if len(p.queue) == 0 {
		beam, err := p.beam()
		if err != nil {
			return nil, fmt.Errorf("strategy: PNAS: %w", err)
		}
		if len(beam) == 0 {
			return nil, ErrExhausted
		}
		p.level++
		p.queue, p.parents = beam, nil
	}
	batch := p.queue[:min(n, len(p.queue))]
	vectors := make([][]float64, len(batch))
	for i, g := range batch {
		var err error
		if vectors[i], err = p.vector(g); err != nil {
			return nil, fmt.Errorf("strategy: PNAS: %w", err)
		}
	}
	p.queue = p.queue[len(batch):]
	p.asked = vectors
	return p.propose(full(batch)), nil
}

// beam is what is tried of the next size; nothing after the largest.
func (p *ProgressiveSearch) beam() ([]space.Genotype, error) {
	rng := seed.Stream(p.seed, "strategy", "pnas", strconv.Itoa(p.level))
	if p.level == 0 {
		all, err := p.space.Grow(nil)
		if n := p.settings.First; err == nil && n > 0 && n < len(all) {
			rng.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
			all = all[:n]
		}
		return all, err
	}
	err := p.settings.Predictor.Fit(p.vectors, p.scores, seed.Derive(p.seed, "strategy", "pnas", "fit", strconv.Itoa(p.level)))
	random := len(p.scores) < 2 || errors.Is(err, predict.ErrFlat)
	if err != nil && !random {
		return nil, err
	}
	var best []Member
	for _, parent := range p.parents {
		children, err := p.space.Grow(parent.Genotype)
		if err != nil || len(children) == 0 {
			return nil, err
		}
		ranks := make([]float64, len(children))
		if random {
			for i := range ranks {
				ranks[i] = rng.Float64()
			}
		} else if ranks, err = p.expected(children); err != nil {
			return nil, err
		}
		for i, g := range children {
			best = append(best, Member{Genotype: g, Score: ranks[i]})
		}
		best = bestFirst(best)
		best = best[:min(len(best), p.settings.Beam)]
	}
	beam := make([]space.Genotype, len(best))
	for i, m := range best {
		beam[i] = m.Genotype
	}
	return beam, nil
}

// expected is what the predictor expects of architectures.
func (p *ProgressiveSearch) expected(list []space.Genotype) ([]float64, error) {
	vectors := make([][]float64, len(list))
	for i, g := range list {
		var err error
		if vectors[i], err = p.vector(g); err != nil {
			return nil, err
		}
	}
	mean, _, err := p.settings.Predictor.Predict(vectors)
	return mean, err
}

// vector is the mean of the one-hot numbers of the blocks.
func (p *ProgressiveSearch) vector(g space.Genotype) ([]float64, error) {
	blocks, err := p.space.Blocks(g)
	if err != nil {
		return nil, err
	}
	width := 0
	for _, n := range p.tokens {
		width += n
	}
	v := make([]float64, width)
	for _, b := range blocks {
		at := 0
		for i, n := range p.tokens {
			v[at+b[i]] += 1 / float64(len(blocks))
			at += n
		}
	}
	return v, nil
}

// Tell lets the next size learn, and grow out of those that did not fail.
func (p *ProgressiveSearch) Tell(batch []Observation) error {
	proposals := p.pending
	if err := p.told(batch); err != nil {
		return err
	}
	for i, o := range batch {
		if o.Failed {
			continue
		}
		p.parents = append(p.parents, Member{Genotype: proposals[i].Genotype, Score: o.Score})
		p.vectors = append(p.vectors, p.asked[i])
		p.scores = append(p.scores, o.Score)
	}
	return nil
}

var _ Strategy = (*ProgressiveSearch)(nil)
