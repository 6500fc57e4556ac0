package oneshot

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/space"
)

// Judgement is how an architecture did with shared weights.
type Judgement struct {
	Genotype space.Genotype `json:"genotype"`
	Text     string         `json:"text"`     // the same in the notation of the space
	Samples  int            `json:"samples"`  // of Valid that it was judged by
	Accuracy float64        `json:"accuracy"` // share of them that was right
	Loss     float64        `json:"loss"`     // mean over them, in nats
	Round    int            `json:"round"`    // of the method, such as a generation, from 0
}

// better says whether an architecture did better than another.
func (j Judgement) better(than Judgement) bool {
	return j.Accuracy > than.Accuracy || j.Accuracy == than.Accuracy && j.Loss < than.Loss
}

// ranked are judgements, the best first, equal ones in their order.
func ranked(all []Judgement) []Judgement {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Judgement) int {
		switch {
		case a.better(b):
			return -1
		case b.better(a):
			return 1
		}
		return 0
	})
	return all
}

// paths trains and judges a supernet one architecture at a time. Its mixes are sparse, so
// only the operations of that architecture are computed.
type paths struct {
	*search
	chosen space.Genotype // in the end
}

// take makes the supernet an architecture.
func (s *search) take(g space.Genotype) error {
	path, err := s.c.Space.Path(g)
	if err != nil {
		return err
	}
	for i, e := range s.edges {
		w := s.mix[e.Name].W
		clear(w)
		w[path[i]] = 1
	}
	return nil
}

// learn takes a step of the weights of one architecture.
func (p *paths) learn(g space.Genotype, b batch) (nn.Score, error) {
	if err := p.take(g); err != nil {
		return nn.Score{}, err
	}
	return p.learnWeights(b)
}

// judge notes how an architecture does on so many batches of Valid.
func (p *paths) judge(ctx context.Context, g space.Genotype, batches, round int) (Judgement, error) {
	m, err := p.score(ctx, g, batches)
	if err != nil {
		return Judgement{}, err
	}
	text, err := space.Format(p.c.Space, g)
	if err != nil {
		return Judgement{}, err
	}
	j := Judgement{g, text, m.samples, m.accuracy(), m.loss(), round}
	p.judged = append(p.judged, j)
	return j, nil
}

// score is that of an architecture on so many batches of Valid, always the same ones; 0
// means all.
func (p *paths) score(ctx context.Context, g space.Genotype, batches int) (m mean, err error) {
	if err := p.take(g); err != nil {
		return m, err
	}
	if batches == 0 {
		batches = p.valid.Count()
	}
	p.valid.Start(1)
	for range min(batches, p.valid.Count()) {
		if err := ctx.Err(); err != nil {
			return m, fmt.Errorf("stopped while architectures were judged: %w", err)
		}
		s, err := p.look(p.nextValid())
		if err != nil {
			return m, err
		}
		m.add(s)
	}
	return m, nil
}

// look scores a batch by its own moments.
func (p *paths) look(b batch) (nn.Score, error) {
	outputs, err := p.net.Forward(b.x, true)
	if err != nil {
		return nn.Score{}, err
	}
	s := nn.CrossEntropy(outputs, b.y, p.net.Classes(), nil)
	if !s.Finite() {
		return s, fmt.Errorf("the validation loss of an architecture is %v; a smaller rate may help", s.Loss)
	}
	return s, nil
}

// choose takes the best of those judged, and returns its score.
func (p *paths) choose(all []Judgement) nn.Score {
	best := ranked(all)[0]
	p.chosen = best.Genotype
	return nn.Score{Loss: best.Loss, Correct: int(math.Round(best.Accuracy * float64(best.Samples))), Samples: best.Samples}
}

func (p *paths) shares() [][]float64 { return nil }

func (p *paths) choice() (space.Genotype, error) { return p.chosen, nil }

// uniform trains paths that are drawn at random, as both methods do that rank
// architectures only when the supernet is trained.
type uniform struct {
	*paths
	rng *rand.Rand
}

func (u *uniform) step(b batch) (train, valid nn.Score, err error) {
	g, err := space.Random(u.c.Space, u.rng)
	if err != nil {
		return train, valid, err
	}
	train, err = u.learn(g, b)
	return train, valid, err
}
