package oneshot

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/controller"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/seed"
)

// ENAS is Efficient Neural Architecture Search via parameter sharing (Pham et al. 2018,
// section 2.2). Two phases take turns. In a pass over Train each step trains the weights
// of an architecture that the controller sampled. Then the controller learns by policy
// gradients, with the accuracy on a batch of Valid as the reward of what it samples.
type ENAS struct {
	Controller controller.Config // zero: controller.ENASMicro2018()
	Updates    int               // of the controller after each epoch; 0: 30
	Samples    int               // architectures of an update; 0: 10
	Candidates int               // sampled in the end, of which the best on a batch of Valid is chosen; 0: 10
}

func (m ENAS) withDefaults() ENAS {
	if m.Controller == (controller.Config{}) {
		m.Controller = controller.ENASMicro2018()
	}
	m.Controller = m.Controller.WithDefaults()
	m.Updates, m.Samples, m.Candidates = orCount(m.Updates, 30), orCount(m.Samples, 10), orCount(m.Candidates, 10)
	return m
}

// Name implements Method.
func (m ENAS) Name() string {
	m = m.withDefaults()
	return fmt.Sprintf("ENAS(updates %d, samples %d, candidates %d, %v)", m.Updates, m.Samples, m.Candidates, m.Controller)
}

// Check implements Method.
func (m ENAS) Check() error {
	m = m.withDefaults()
	if err := m.Controller.Validate(); err != nil {
		return fmt.Errorf("ENAS: %w", err)
	}
	return checkCounts("ENAS", count{"Updates", m.Updates}, count{"Samples", m.Samples}, count{"Candidates", m.Candidates})
}

func (m ENAS) usual() (int, Weights) { return 64, dartsWeights() }

func (m ENAS) mixing() cell.Mixing { return cell.Mixing{Gate: arch.Sparse} }

func (m ENAS) start(s *search) (learner, error) {
	m = m.withDefaults()
	c, err := controller.New(m.Controller, seed.Derive(s.c.Seed, "oneshot", "controller"))
	if err != nil {
		return nil, err
	}
	l := &enasLearner{paths: &paths{search: s}, m: m, controller: c, rng: seed.Stream(s.c.Seed, "oneshot", "enas")}
	return l, l.survey(0)
}

type enasLearner struct {
	*paths
	m          ENAS
	controller *controller.Controller
	rng        *rand.Rand
	liked      [][]float64 // how often samples have each operation on each edge
}

func (l *enasLearner) step(b batch) (train, valid nn.Score, err error) {
	e, err := l.controller.Sample(l.rng, l.c.Space)
	if err != nil {
		return train, valid, err
	}
	train, err = l.learn(e.Genotype, b)
	return train, valid, err
}

func (l *enasLearner) epoch(ctx context.Context, last bool) (nn.Score, error) {
	var valid mean
	for range l.m.Updates {
		if err := l.update(ctx, &valid); err != nil {
			return nn.Score{}, err
		}
	}
	if err := l.survey(l.at); err != nil {
		return nn.Score{}, err
	}
	if last {
		return l.derive(ctx)
	}
	e, err := l.controller.Greedy(l.c.Space)
	l.chosen = e.Genotype
	return valid.score(), err
}

// update takes a step of the controller. Each architecture is rewarded for another batch.
func (l *enasLearner) update(ctx context.Context, valid *mean) error {
	episodes, err := l.controller.SampleBatch(l.rng, l.c.Space, l.m.Samples)
	if err != nil {
		return err
	}
	for i := range episodes {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("stopped while the controller learned: %w", err)
		}
		if err := l.take(episodes[i].Genotype); err != nil {
			return err
		}
		s, err := l.look(l.nextValid())
		if err != nil {
			return err
		}
		episodes[i].Reward = s.Accuracy()
		valid.add(s)
	}
	stats, err := l.controller.Update(episodes)
	l.updates = append(l.updates, stats)
	return err
}

// derive samples some architectures and takes the best (section 2.2, "Deriving
// Architectures").
func (l *enasLearner) derive(ctx context.Context) (nn.Score, error) {
	episodes, err := l.controller.SampleBatch(l.rng, l.c.Space, l.m.Candidates)
	if err != nil {
		return nn.Score{}, err
	}
	var all []Judgement
	for _, e := range episodes {
		j, err := l.judge(ctx, e.Genotype, 1, 0)
		if err != nil {
			return nn.Score{}, err
		}
		all = append(all, j)
	}
	return l.choose(all), nil
}

// survey samples the controller to see what it likes, from a stream of its own.
func (l *enasLearner) survey(at int) error {
	const samples = 200
	episodes, err := l.controller.SampleBatch(seed.Stream(l.c.Seed, "oneshot", "survey", strconv.Itoa(at)), l.c.Space, samples)
	if err != nil {
		return err
	}
	l.liked = make([][]float64, len(l.edges))
	for i, e := range l.edges {
		l.liked[i] = make([]float64, len(e.Ops))
	}
	for _, e := range episodes {
		path, err := l.c.Space.Path(e.Genotype)
		if err != nil {
			return err
		}
		for i, o := range path {
			l.liked[i][o]++
		}
	}
	for _, counts := range l.liked {
		for o := range counts {
			counts[o] /= samples
		}
	}
	return nil
}

func (l *enasLearner) shares() [][]float64 { return l.liked }
