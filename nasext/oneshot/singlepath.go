package oneshot

import (
	"context"
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// SinglePath is Single Path One-Shot search with uniform sampling (Guo et al. 2020). Each
// step trains the weights of a path that is drawn uniformly (section 3.2). Then an
// evolution searches the trained supernet (algorithm 1): each generation is made by
// crossover and by mutation of the best architectures so far, and is judged by all of
// Valid. Architectures that are too large are never tried.
type SinglePath struct {
	Population  int     // architectures of a generation; 0: 50
	Generations int     // after the first; 0: 20
	Parents     int     // best architectures so far, which have children; 0: 10
	Mutation    float64 // probability of a decision to change in a mutation; 0: 0.1

	MACs   int64 // the most that an architecture may have; 0: any number
	Params int64 // the same of parameters
}

func (m SinglePath) withDefaults() SinglePath {
	m.Population, m.Generations, m.Parents = orCount(m.Population, 50), orCount(m.Generations, 20), orCount(m.Parents, 10)
	m.Mutation = or(m.Mutation, 0.1)
	return m
}

// Name implements Method.
func (m SinglePath) Name() string {
	m = m.withDefaults()
	return fmt.Sprintf("single path one-shot(population %d, generations %d, parents %d, mutation %g, MACs %d, parameters %d)",
		m.Population, m.Generations, m.Parents, m.Mutation, m.MACs, m.Params)
}

// Check implements Method.
func (m SinglePath) Check() error {
	m = m.withDefaults()
	if err := checkCounts("SinglePath", count{"Population", m.Population}, count{"Generations", m.Generations}, count{"Parents", m.Parents}); err != nil {
		return err
	}
	switch {
	case !(m.Mutation > 0 && m.Mutation <= 1):
		return fmt.Errorf("SinglePath: Mutation is %g; it is a probability above 0, or 0 for 0.1", m.Mutation)
	case m.MACs < 0 || m.Params < 0:
		return fmt.Errorf("SinglePath: at most %d MACs and %d parameters; both have to be above 0, or 0 for any number", m.MACs, m.Params)
	}
	return nil
}

func (m SinglePath) usual() (int, Weights) { return 64, dartsWeights() }

func (m SinglePath) mixing() cell.Mixing { return cell.Mixing{Gate: arch.Sparse} }

func (m SinglePath) start(s *search) (learner, error) {
	return &singlePathLearner{uniform{&paths{search: s}, seed.Stream(s.c.Seed, "oneshot", "single path")}, m.withDefaults()}, nil
}

type singlePathLearner struct {
	uniform
	m SinglePath
}

// epoch is algorithm 1 when the supernet is trained.
func (l *singlePathLearner) epoch(ctx context.Context, last bool) (nn.Score, error) {
	if !last {
		return nn.Score{}, nil
	}
	var best []Judgement
	seen := map[string]bool{}
	for round := range l.m.Generations + 1 {
		generation, err := l.generation(ctx, round, best, seen)
		if err != nil {
			return nn.Score{}, err
		}
		best = append(best, generation...)
		best = ranked(best)[:min(l.m.Parents, len(best))]
	}
	return l.choose(best), nil
}

// generation judges architectures that weren't seen before: half of them made by
// crossover, half by mutation, and at random what these don't find or if there are no
// parents.
func (l *singlePathLearner) generation(ctx context.Context, round int, parents []Judgement, seen map[string]bool) ([]Judgement, error) {
	s := l.c.Space
	parent := func() space.Genotype { return parents[l.rng.IntN(len(parents))].Genotype }
	makers := []func() (space.Genotype, error){
		func() (space.Genotype, error) { return space.Crossover(s, parent(), parent(), l.rng) },
		func() (space.Genotype, error) { return space.MutateEach(s, parent(), l.m.Mutation, l.rng) },
		func() (space.Genotype, error) { return space.Random(s, l.rng) },
	}
	upTo := []int{l.m.Population / 2, l.m.Population / 2 * 2, l.m.Population}
	if len(parents) == 0 {
		makers, upTo = makers[2:], upTo[2:]
	}
	var judged []Judgement
	for i, propose := range makers {
		const patience = 20 // draws for one architecture that is new and small enough
		for tries := 0; len(judged) < upTo[i] && tries < patience*l.m.Population; tries++ {
			g, err := propose()
			if err != nil {
				return nil, err
			}
			ok, err := l.fits(g, seen)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			j, err := l.judge(ctx, g, 0, round)
			if err != nil {
				return nil, err
			}
			judged = append(judged, j)
		}
	}
	if len(judged) == 0 && len(parents) == 0 {
		return nil, fmt.Errorf("no architecture was found with at most %d MACs and %d parameters (0: any); allow more", l.m.MACs, l.m.Params)
	}
	return judged, nil
}

// fits says whether an architecture wasn't seen before and is small enough.
func (l *singlePathLearner) fits(g space.Genotype, seen map[string]bool) (bool, error) {
	key := fmt.Sprint(g)
	if seen[key] {
		return false, nil
	}
	seen[key] = true
	if l.m.MACs == 0 && l.m.Params == 0 {
		return true, nil
	}
	a, err := l.c.Space.Build(g)
	if err != nil {
		return false, err
	}
	macs, err := a.MACs()
	if err != nil {
		return false, err
	}
	params, err := a.Params()
	return (l.m.MACs == 0 || macs <= l.m.MACs) && (l.m.Params == 0 || params <= l.m.Params), err
}
