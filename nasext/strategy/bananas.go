package strategy

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/nascent-go/nascent/nasext/predict"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// Bananas are the settings of BANANAS.
type Bananas struct {
	First      int // how many are drawn at random before there is a predictor; 0 means 10
	Round      int // k, how many are proposed before the predictor is fitted again; 0 means 10
	Candidates int // how many are compared in each round; 0 means 100
	// Predictor is fitted to all scores in each round; it belongs to the search then.
	// nil means the ensemble of the article, predict.Ensemble.
	Predictor predict.Predictor
	// Encoding makes the vectors for the predictor. nil means the 40 shortest paths, as
	// in the article, if they tell architectures of the space apart, and otherwise
	// one-hot: a chain of layers has but one path.
	Encoding *space.Encoding
}

// PredictorSearch is what BANANAS makes.
type PredictorSearch struct {
	space    space.Space
	seed     uint64
	settings Bananas
	name     string
	known    []Member    // what was told, but for failures
	vectors  [][]float64 // of these
	asked    [][]float64 // of the pending batch
	proposed int
	rounds   int
	queue    []space.Genotype // what is left of the round
	seen     set
	turn
}

// BANANAS is Bayesian optimisation with a neural predictor (White, Neiswanger and
// Savani 2021, "BANANAS: Bayesian Optimization with Neural Architectures for Neural
// Architecture Search", algorithm 1 and section 5). First architectures are drawn at
// random. Then, in each round, an ensemble of networks learns to predict the scores,
// and out of Candidates mutations of the best architectures the Round best are
// proposed by independent Thompson sampling: each candidate draws what it might score
// from a Gaussian with the mean and the deviation of the ensemble.
//
// Mutations change each decision with a probability of one in as many as there are, as in
// the authors' code, so one on average (space.MutateEach). They are those of the best
// architecture, then of the second best, and so on, a try for each candidate that is
// wanted, until there are enough. Nothing is proposed twice. Where mutations do not suffice, or all scores are equal, new architectures
// are drawn at random; when the whole space was seen, it is exhausted.
//
// Batches: Ask returns fewer than n at the end of the first draws and of each round,
// so what is proposed does not depend on the sizes of the batches. A batch of Round
// keeps most workers busy.
//
// The predictor does not learn from proposals that failed.
func BANANAS(s space.Space, randomSeed uint64, settings Bananas) (*PredictorSearch, error) {
	settings.First = orDefault(settings.First, 10)
	settings.Round = orDefault(settings.Round, 10)
	settings.Candidates = orDefault(settings.Candidates, 100)
	if settings.Predictor == nil {
		settings.Predictor = &predict.Ensemble{}
	}
	switch {
	case s == nil:
		return nil, errors.New("strategy: BANANAS needs a space, not nil")
	case settings.First < 0:
		return nil, fmt.Errorf("strategy: BANANAS with %d first draws; there must be at least 1, or 0 for 10", settings.First)
	case settings.Round < 0:
		return nil, fmt.Errorf("strategy: BANANAS with rounds of %d; they must be at least 1, or 0 for 10", settings.Round)
	case settings.Candidates < settings.Round:
		return nil, fmt.Errorf("strategy: BANANAS with %d candidates for rounds of %d; there must be at least as many", settings.Candidates, settings.Round)
	}
	name := fmt.Sprintf("BANANAS(first %d round %d candidates %d predictor %s", settings.First, settings.Round, settings.Candidates, settings.Predictor.Name())
	if settings.Encoding != nil {
		name += " of " + settings.Encoding.Name()
	}
	return &PredictorSearch{
		space: s, seed: randomSeed, settings: settings, seen: set{}, turn: turn{who: "BANANAS"},
		name: fmt.Sprintf("%s seed %d)", name, randomSeed),
	}, nil
}

// Name says the settings and the seed.
func (p *PredictorSearch) Name() string { return p.name }

// Ask proposes up to n of the first draws, or of what is left of the round.
func (p *PredictorSearch) Ask(n int) ([]Proposal, error) {
	if err := p.mayAsk(p.space, n); err != nil {
		return nil, err
	}
	if len(p.queue) == 0 {
		if err := p.fill(); err != nil {
			if errors.Is(err, ErrExhausted) {
				return nil, ErrExhausted
			}
			return nil, fmt.Errorf("strategy: BANANAS: %w", err)
		}
	}
	n = min(n, len(p.queue))
	batch := p.queue[:n]
	vectors, err := encode(p.settings.Encoding, batch)
	if err != nil {
		return nil, fmt.Errorf("strategy: BANANAS: %w", err)
	}
	p.queue, p.asked = p.queue[n:], vectors
	for _, g := range batch {
		p.seen.add(g)
	}
	p.proposed += n
	return p.propose(full(batch)), nil
}

// fill puts the first draws, or the next round, into the queue.
func (p *PredictorSearch) fill() (err error) {
	if p.settings.Encoding == nil {
		if p.settings.Encoding, err = pathsOrOneHot(p.space); err != nil {
			return err
		}
	}
	rng := seed.Stream(p.seed, "strategy", "bananas", strconv.Itoa(p.rounds))
	size := p.settings.Round
	var round []space.Genotype
	if p.rounds == 0 {
		size = p.settings.First
	} else if round, err = p.promising(rng); err != nil {
		return err
	}
	queue, err := fillUp(p.space, p.seen, round, size, rng)
	if err != nil {
		return err
	}
	p.queue = queue
	p.rounds++
	return nil
}

// promising are the best of the candidates, the best first; none as long as there is
// nothing to learn from.
func (p *PredictorSearch) promising(rng *rand.Rand) ([]space.Genotype, error) {
	scores := make([]float64, len(p.known))
	for i, m := range p.known {
		scores[i] = m.Score
	}
	if len(scores) < 2 || slices.Min(scores) == slices.Max(scores) {
		return nil, nil
	}
	candidates, err := p.candidates(rng)
	if err != nil || len(candidates) == 0 {
		return nil, err
	}
	if err := p.settings.Predictor.Fit(p.vectors, scores, seed.Derive(p.seed, "strategy", "bananas", "fit", strconv.Itoa(p.rounds))); err != nil {
		return nil, err
	}
	vectors, err := encode(p.settings.Encoding, candidates)
	if err != nil {
		return nil, err
	}
	mean, deviation, err := p.settings.Predictor.Predict(vectors)
	if err != nil {
		return nil, err
	}
	drawn := make([]Member, len(candidates))
	for i, g := range candidates {
		drawn[i] = Member{Genotype: g, Score: mean[i] + float64(deviation[i]*rng.NormFloat64())}
	}
	var best []space.Genotype
	for _, m := range bestFirst(drawn)[:min(p.settings.Round, len(drawn))] {
		best = append(best, m.Genotype)
	}
	return best, nil
}

// encode makes the vector of each architecture.
func encode(e *space.Encoding, list []space.Genotype) ([][]float64, error) {
	vectors := make([][]float64, len(list))
	for i, g := range list {
		var err error
		if vectors[i], err = e.Encode(g); err != nil {
			return nil, err
		}
	}
	return vectors, nil
}

// candidates are mutations of the best that were not proposed before.
func (p *PredictorSearch) candidates(rng *rand.Rand) ([]space.Genotype, error) {
	var list []space.Genotype
	listed := set{}
	for _, parent := range bestFirst(p.known) {
		for range p.settings.Candidates {
			if len(list) == p.settings.Candidates {
				return list, nil
			}
			g, err := space.MutateEach(p.space, parent.Genotype, 1/float64(len(parent.Genotype)), rng)
			if err != nil {
				return nil, err
			}
			if !p.seen.has(g) && !listed.has(g) {
				list = append(list, g)
				listed.add(g)
			}
		}
	}
	return list, nil
}

// Tell lets the next round learn from those that did not fail.
func (p *PredictorSearch) Tell(batch []Observation) error {
	proposals, vectors := p.pending, p.asked
	if err := p.told(batch); err != nil {
		return err
	}
	for i, o := range batch {
		if o.Failed {
			continue
		}
		p.known = append(p.known, Member{Genotype: proposals[i].Genotype, Score: o.Score, Number: p.proposed - len(batch) + i + 1})
		p.vectors = append(p.vectors, vectors[i])
	}
	return nil
}

// bestFirst is members in the order of their scores; of equals, the earlier one first.
func bestFirst(members []Member) []Member {
	sorted := slices.Clone(members)
	slices.SortStableFunc(sorted, func(a, b Member) int { return cmp.Compare(b.Score, a.Score) })
	return sorted
}

// fillUp adds random draws to a batch until it has n architectures, none of which is
// in seen; fewer if the space has no more, and ErrExhausted if it has none.
func fillUp(s space.Space, seen set, batch []space.Genotype, n int, rng *rand.Rand) ([]space.Genotype, error) {
	fresh := set{}
	defer func() {
		for k := range fresh {
			delete(seen, k)
		}
	}()
	for _, g := range batch {
		seen.add(g)
		fresh.add(g)
	}
	for len(batch) < n {
		g, err := unseen(s, seen, rng)
		if err == ErrExhausted && len(batch) > 0 {
			break
		}
		if err != nil {
			return nil, err
		}
		batch = append(batch, g)
		seen.add(g)
		fresh.add(g)
	}
	return batch, nil
}

// shortPaths is how many paths BANANAS keeps of those of NAS-Bench-101.
const shortPaths = 40

// pathsOrOneHot is the path encoding of a space, truncated as by BANANAS, if it tells
// at least half of some random architectures apart; otherwise the one-hot encoding.
func pathsOrOneHot(s space.Space) (*space.Encoding, error) {
	paths, err := space.Paths(s, shortPaths)
	if err != nil { // perhaps because there are not so many
		paths, err = space.Paths(s, 0)
	}
	if err != nil {
		return space.OneHot(s)
	}
	const draws = 20
	rng := seed.Stream(0, "strategy", "encoding")
	seen, distinct := set{}, map[string]bool{}
	for range draws {
		g, err := space.Random(s, rng)
		if err != nil {
			return nil, err
		}
		v, err := paths.Encode(g)
		if err != nil {
			return nil, err
		}
		seen.add(g)
		distinct[fmt.Sprint(v)] = true
	}
	if 2*len(distinct) < len(seen) {
		return space.OneHot(s)
	}
	return paths, nil
}

// orDefault is v, or what 0 stands for.
func orDefault[T int | float64](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

var _ Strategy = (*PredictorSearch)(nil)
