package strategy

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// Evolution are the settings of regularized evolution.
type Evolution struct {
	Population int  // how many architectures live; 0 means 100
	Sample     int  // how many draws make a tournament; 0 means 25, or the population if that is smaller
	Distinct   bool // avoid what was proposed before

	// Worst makes the member with the lowest score die (of equals, the oldest), and not
	// the oldest: non-aging evolution, which the article compares with.
	Worst bool
	// Identity is the probability that a child is its parent unchanged, to be estimated
	// again if the search repeats; 0.05 in the article's experiments.
	Identity float64
	// Crossover is the probability that a child is made of the winners of two tournaments
	// (space.Crossover), and not by a mutation; 0 in the article.
	Crossover float64
}

// Member is one architecture of a population.
type Member struct {
	Genotype space.Genotype
	Score    float64
	Number   int // of its proposal, from 1
	Parent   int // the number of the architecture it was made from; 0 if drawn at random
	Other    int // the number of its second parent; 0 if it was not made by crossover
}

// cloneMembers copies members for a caller to keep.
func cloneMembers(members []Member) []Member {
	out := slices.Clone(members)
	for i := range out {
		out[i].Genotype = slices.Clone(out[i].Genotype)
	}
	return out
}

// AgingEvolution is what RegularizedEvolution makes.
type AgingEvolution struct {
	space      space.Space
	seed       uint64
	streams    *seed.Streams // by the number of the proposal
	settings   Evolution
	population []Member // the oldest first
	born       []Member // all that ever joined it, in order
	proposed   int      // so far
	parents    [][2]int // of the pending batch
	seen       set      // only if distinct
	turn
}

// RegularizedEvolution is aging evolution (Real et al. 2019, "Regularized
// Evolution for Image Classifier Architecture Search", algorithm 1). The first
// Population architectures are drawn at random. From then on, Sample members are
// drawn from the population with replacement (so there may be more of them than it has
// members: the more, the surer the best of all wins); the best of them (of equals, the
// one drawn first) is the parent, one mutation of it (space.Mutate) the child;
// the child joins, and the oldest member, however good, dies. Settings make of it the
// article's variants and others.
//
// Batches: as long as members are missing, proposals are random draws; the rest
// of a batch are independent tournaments in the population as told so far (random
// draws, if nothing has been told). So a batch of one is the published algorithm,
// and a larger one learns a little later.
//
// A proposal that failed neither joins nor makes anyone die: it costs a trial, and a
// population that isn't full yet is filled up by further random draws.
//
// With Distinct, a proposal that was made before is replaced by another draw or
// tournament, a hundred times; after that the repeat is accepted, as the
// neighbourhood of the whole population may be known. The article allows repeats.
func RegularizedEvolution(s space.Space, randomSeed uint64, settings Evolution) (*AgingEvolution, error) {
	if settings.Population == 0 {
		settings.Population = 100
	}
	if settings.Sample == 0 {
		settings.Sample = max(1, min(25, settings.Population))
	}
	switch {
	case s == nil:
		return nil, errors.New("strategy: evolution needs a space, not nil")
	case settings.Population < 0:
		return nil, fmt.Errorf("strategy: evolution with a population of %d; it must be at least 1, or 0 for 100", settings.Population)
	case settings.Sample < 0:
		return nil, fmt.Errorf("strategy: evolution with tournaments of %d; they must be at least 1, or 0 for 25", settings.Sample)
	case !(settings.Identity >= 0 && settings.Crossover >= 0 && settings.Identity+settings.Crossover <= 1):
		return nil, fmt.Errorf("strategy: evolution with probabilities %g of identity and %g of crossover; they must be at least 0, and at most 1 together", settings.Identity, settings.Crossover)
	}
	e := &AgingEvolution{space: s, seed: randomSeed, settings: settings, turn: turn{who: "evolution"}}
	e.streams = seed.NewStreams(randomSeed, "strategy", "evolution")
	if settings.Distinct {
		e.seen = set{}
	}
	return e, nil
}

// Name says the settings and the seed.
func (e *AgingEvolution) Name() string {
	s, variant := e.settings, ""
	if s.Distinct {
		variant += " distinct"
	}
	if s.Worst {
		variant += " worst dies"
	}
	if s.Identity > 0 {
		variant += fmt.Sprintf(" identity %g", s.Identity)
	}
	if s.Crossover > 0 {
		variant += fmt.Sprintf(" crossover %g", s.Crossover)
	}
	return fmt.Sprintf("evolution(population %d sample %d%s seed %d)", s.Population, s.Sample, variant, e.seed)
}

// Population is who lives now, the oldest first.
func (e *AgingEvolution) Population() []Member { return cloneMembers(e.population) }

// History is who ever joined the population, in order: with their parents, the family
// tree.
func (e *AgingEvolution) History() []Member { return cloneMembers(e.born) }

// Ask proposes n architectures.
func (e *AgingEvolution) Ask(n int) ([]Proposal, error) {
	if err := e.mayAsk(e.space, n); err != nil {
		return nil, err
	}
	missing := e.settings.Population - len(e.population)
	batch, parents := make([]space.Genotype, 0, n), make([][2]int, 0, n)
	fresh := set{} // of this batch
	for i := range n {
		g, parent, err := e.propagate(e.streams.Open(e.proposed+i), i < missing, fresh)
		if err != nil {
			return nil, fmt.Errorf("strategy: evolution: %w", err)
		}
		batch, parents = append(batch, g), append(parents, parent)
		if e.settings.Distinct {
			fresh.add(g)
		}
	}
	for k := range fresh {
		e.seen[k] = true
	}
	e.proposed += n
	e.parents = parents
	return e.propose(full(batch)), nil
}

// propagate makes one proposal, and says whose child it is.
func (e *AgingEvolution) propagate(rng *rand.Rand, random bool, fresh set) (g space.Genotype, parents [2]int, err error) {
	for repeats := 0; ; repeats++ {
		if random || len(e.population) == 0 {
			g, err = space.Random(e.space, rng)
		} else {
			g, parents, err = e.child(rng)
		}
		if err != nil || !e.settings.Distinct || repeats == maxRepeats || !e.seen.has(g) && !fresh.has(g) {
			return g, parents, err
		}
	}
}

// child is made of the winner of a tournament, or of two, and says of which.
func (e *AgingEvolution) child(rng *rand.Rand) (g space.Genotype, parents [2]int, err error) {
	best := e.tournament(rng)
	how := 1.0
	if e.settings.Identity+e.settings.Crossover > 0 {
		how = rng.Float64()
	}
	switch {
	case how < e.settings.Identity:
		return best.Genotype, [2]int{best.Number, 0}, nil
	case how < e.settings.Identity+e.settings.Crossover:
		other := e.tournament(rng)
		g, err = space.Crossover(e.space, best.Genotype, other.Genotype, rng)
		return g, [2]int{best.Number, other.Number}, err
	}
	g, err = space.Mutate(e.space, best.Genotype, rng)
	return g, [2]int{best.Number, 0}, err
}

// tournament is the best of Sample members, drawn with replacement.
func (e *AgingEvolution) tournament(rng *rand.Rand) Member {
	best := e.population[rng.IntN(len(e.population))]
	for range e.settings.Sample - 1 {
		if m := e.population[rng.IntN(len(e.population))]; m.Score > best.Score {
			best = m
		}
	}
	return best
}

// Tell lets those that did not fail join, in the order asked; for each that is
// too many, one dies.
func (e *AgingEvolution) Tell(batch []Observation) error {
	proposals := e.pending
	if err := e.told(batch); err != nil {
		return err
	}
	for i, o := range batch {
		if o.Failed {
			continue
		}
		e.born = append(e.born, Member{
			Genotype: proposals[i].Genotype,
			Score:    o.Score,
			Number:   e.proposed - len(batch) + i + 1,
			Parent:   e.parents[i][0],
			Other:    e.parents[i][1],
		})
		e.population = append(e.population, e.born[len(e.born)-1])
	}
	over := max(len(e.population)-e.settings.Population, 0)
	if !e.settings.Worst {
		e.population = e.population[over:]
		return nil
	}
	for range over {
		worst := slices.MinFunc(e.population, func(a, b Member) int { return cmp.Compare(a.Score, b.Score) })
		e.population = slices.DeleteFunc(e.population, func(m Member) bool { return m.Number == worst.Number })
	}
	return nil
}
