package oneshot

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// Temperature is that of a Gumbel softmax, which goes from one value to the other along a
// line, epoch by epoch. A zero field means the value of the method's paper.
type Temperature struct {
	From, To float64 // above 0
}

func (t Temperature) or(d Temperature) Temperature {
	return Temperature{or(t.From, d.From), or(t.To, d.To)}
}

func (t Temperature) check() error {
	for _, v := range []float64{t.From, t.To} {
		if !(v > 0) || math.IsInf(v, 1) {
			return fmt.Errorf("Temperature: from %g to %g; both have to be finite numbers above 0", t.From, t.To)
		}
	}
	return nil
}

// at is the temperature after a share of the search, 0 to 1.
func (t Temperature) at(done float64) float64 { return t.From + (t.To-t.From)*done }

// gumbel is a categorical distribution for each edge, given by logits α, from which the
// weights of operations are drawn in a way that gradients go through (Jang et al. 2017;
// Maddison et al. 2017):
//
//	p̃ₖ = exp((αₖ + gₖ)/τ)/Σⱼ exp((αⱼ + gⱼ)/τ), g drawn from a Gumbel distribution
//
// A hard sample has the weight 1 for the largest p̃ₖ and 0 for all others, but the
// gradient of p̃ (straight through).
type gumbel struct {
	*search
	logits      []*nn.Param // one for each of the network's alphas, with its name
	soft        [][]float64 // p̃ of the last draw
	hard        bool
	tau         Temperature
	temperature float64 // present
	rng         *rand.Rand
	optimiser   *nn.Adam
	rate        float64
}

func newGumbel(s *search, hard bool, tau Temperature, a Alphas) *gumbel {
	g := &gumbel{
		search: s, soft: make([][]float64, len(s.net.Alphas())), hard: hard, tau: tau, temperature: tau.From,
		rng: seed.Stream(s.c.Seed, "oneshot", "gumbel"), optimiser: a.adam(), rate: a.Rate,
	}
	for i, p := range s.net.Alphas() {
		l := nn.NewParam(p.Name, len(p.W))
		copy(l.W, p.W)
		g.logits, g.soft[i] = append(g.logits, l), make([]float64, len(p.W))
	}
	return g
}

// draw gives the operations weights.
func (g *gumbel) draw() {
	noisy := make([]float64, 0, 16)
	for i, p := range g.net.Alphas() {
		noisy = noisy[:0]
		for _, a := range g.logits[i].W {
			noisy = append(noisy, float64(a)-math.Log(g.rng.ExpFloat64()))
		}
		softmax(g.soft[i], noisy, g.temperature)
		best := largest(noisy)
		for k, s := range g.soft[i] {
			switch {
			case !g.hard:
				p.W[k] = float32(s)
			case k == best:
				p.W[k] = 1
			default:
				p.W[k] = 0
			}
		}
	}
}

// back turns the gradient by the weights of operations, as the network has it, into that
// by the logits.
func (g *gumbel) back() {
	for i, p := range g.net.Alphas() {
		softmaxBack(g.logits[i].G, g.soft[i], p.G, g.temperature)
	}
}

// learn takes a step of the logits.
func (g *gumbel) learn() error {
	g.back()
	return g.optimiser.Step(g.logits, g.rate)
}

// epoch sets the temperature of the next one.
func (g *gumbel) epoch(context.Context, bool) (nn.Score, error) {
	g.temperature = g.tau.at(float64(g.at) / float64(max(g.steps-g.train.Count(), 1)))
	return nn.Score{}, nil
}

func (g *gumbel) shares() [][]float64 { return softmaxes(g.edges, g.logits) }

func (g *gumbel) choice() (space.Genotype, error) { return g.c.Space.Strongest(byName(g.logits)) }
