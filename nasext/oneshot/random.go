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

// RandomSearch is random search with weight sharing (Li and Talwalkar 2019, section 3.3).
// Each step trains the weights of an architecture that is drawn at random. Then many are
// drawn and judged by some batches of Valid, and the best of them by all.
type RandomSearch struct {
	Samples   int // architectures that are judged; 0: 1000
	Batches   int // of Valid, by which they are; 0: 10
	Finalists int // that are judged by all; 0: 10
}

func (m RandomSearch) withDefaults() RandomSearch {
	return RandomSearch{orCount(m.Samples, 1000), orCount(m.Batches, 10), orCount(m.Finalists, 10)}
}

// Name implements Method.
func (m RandomSearch) Name() string {
	m = m.withDefaults()
	return fmt.Sprintf("random search with weight sharing(samples %d, batches %d, finalists %d)", m.Samples, m.Batches, m.Finalists)
}

// Check implements Method.
func (m RandomSearch) Check() error {
	m = m.withDefaults()
	return checkCounts("RandomSearch", count{"Samples", m.Samples}, count{"Batches", m.Batches}, count{"Finalists", m.Finalists})
}

func (m RandomSearch) usual() (int, Weights) { return 64, dartsWeights() }

func (m RandomSearch) mixing() cell.Mixing { return cell.Mixing{Gate: arch.Sparse} }

func (m RandomSearch) start(s *search) (learner, error) {
	return &randomLearner{uniform{&paths{search: s}, seed.Stream(s.c.Seed, "oneshot", "random")}, m.withDefaults()}, nil
}

type randomLearner struct {
	uniform
	m RandomSearch
}

func (l *randomLearner) epoch(ctx context.Context, last bool) (nn.Score, error) {
	if !last {
		return nn.Score{}, nil
	}
	var all, final []Judgement
	for range l.m.Samples {
		g, err := space.Random(l.c.Space, l.rng)
		if err != nil {
			return nn.Score{}, err
		}
		j, err := l.judge(ctx, g, l.m.Batches, 0)
		if err != nil {
			return nn.Score{}, err
		}
		all = append(all, j)
	}
	for _, j := range ranked(all)[:min(l.m.Finalists, len(all))] {
		j, err := l.judge(ctx, j.Genotype, 0, 1)
		if err != nil {
			return nn.Score{}, err
		}
		final = append(final, j)
	}
	return l.choose(final), nil
}

// orCount is n, or its default if it is 0.
func orCount(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// count is a setting that has to be at least 1.
type count struct {
	name  string
	value int
}

// checkCounts says which setting of a method is wrong first.
func checkCounts(method string, all ...count) error {
	for _, c := range all {
		if c.value < 1 {
			return fmt.Errorf("%s: %s is %d; it has to be at least 1, or 0 for the paper's", method, c.name, c.value)
		}
	}
	return nil
}
