package controller

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/vec"
)

// Step is one decision as the controller took it.
type Step struct {
	Decision string    `json:"decision"`
	Options  []string  `json:"options"`
	Probs    []float64 `json:"probs"`    // probability of each option, given the choices before
	Choice   int       `json:"choice"`   // index of the option taken
	LogProb  float64   `json:"log_prob"` // log of the probability of the choice
	Entropy  float64   `json:"entropy"`  // of Probs, in nats: at most log(len(Options))
}

// Episode is one architecture as the controller wrote it, with the reward that it got.
type Episode struct {
	Genotype space.Genotype
	Steps    []Step
	Reward   float64 // set by the caller before Update; higher is better
}

// LogProb is the log of the probability of the whole genotype.
func (e Episode) LogProb() float64 {
	sum := 0.0
	for _, s := range e.Steps {
		sum += s.LogProb
	}
	return sum
}

// Entropy is the mean entropy of the decisions, in nats; 0 if there are none.
func (e Episode) Entropy() float64 {
	if len(e.Steps) == 0 {
		return 0
	}
	sum := 0.0
	for _, s := range e.Steps {
		sum += s.Entropy
	}
	return sum / float64(len(e.Steps))
}

// Sample draws one genotype of the space from the policy. The random numbers
// used are one for each decision.
func (c *Controller) Sample(rng *rand.Rand, s space.Space) (Episode, error) {
	return c.walk(s, true, func(_ int, probs []float64) (int, error) {
		u := rng.Float64()
		for i, p := range probs {
			if u -= p; u < 0 {
				return i, nil
			}
		}
		// Rounding can leave a sliver of u above the last probability.
		return len(probs) - 1, nil
	})
}

// Greedy takes the likeliest option at each decision; the first of equals.
func (c *Controller) Greedy(s space.Space) (Episode, error) {
	return c.walk(s, false, func(_ int, probs []float64) (int, error) {
		best := 0
		for i, p := range probs {
			if p > probs[best] {
				best = i
			}
		}
		return best, nil
	})
}

// Score gives the probabilities that the policy has along a complete genotype.
func (c *Controller) Score(s space.Space, g space.Genotype) (Episode, error) {
	e, err := c.walk(s, false, func(t int, probs []float64) (int, error) {
		if t >= len(g) {
			return 0, fmt.Errorf("controller: genotype %v ends where the space asks for one more choice of %d options", g, len(probs))
		}
		if g[t] < 0 || g[t] >= len(probs) {
			return 0, fmt.Errorf("controller: choice %d of genotype %v is %d; it must be 0 to %d", t, g, g[t], len(probs)-1)
		}
		return g[t], nil
	})
	if err == nil && len(e.Steps) < len(g) {
		err = fmt.Errorf("controller: genotype %v has %d choices; the space is complete after %d", g, len(g), len(e.Steps))
	}
	return e, err
}

// walk goes through the space's decisions and lets choose take the option of step t. With
// keep, an update may follow on what was chosen.
func (c *Controller) walk(s space.Space, keep bool, choose func(t int, probs []float64) (int, error)) (Episode, error) {
	var e Episode
	run := c.begin()
	defer func() {
		if keep && len(c.sampled) < mostSampled {
			c.sampled = append(c.sampled, run)
		} else {
			c.free = append(c.free, run)
		}
	}()
	for {
		d, more, err := s.Next(e.Genotype)
		if err != nil {
			return Episode{}, fmt.Errorf("controller: walking space %s: %w", s.Name(), err)
		}
		if !more {
			return e, nil
		}
		if len(d.Options) == 0 {
			return Episode{}, fmt.Errorf("controller: space %s has no options for %q after choices %v; every decision needs at least one",
				s.Name(), d.Name, e.Genotype)
		}
		p := run.next(c.head(d.Name, d.Options))
		choice, err := choose(len(e.Steps), p.probs)
		if err != nil {
			return Episode{}, err
		}
		run.take(choice)
		e.Genotype = append(e.Genotype, choice)
		e.Steps = append(e.Steps, Step{
			Decision: d.Name, Options: d.Options, Probs: slices.Clone(p.probs),
			Choice: choice, LogProb: p.logProbs[choice], Entropy: p.entropy,
		})
	}
}

// pass is one run of the network over a sequence of decisions.
type pass struct {
	c     *Controller
	steps []passStep
	zero  []float64
}

// passStep is what one decision computed, kept for the way back.
type passStep struct {
	cells    []cell // one a layer
	head     *head
	probs    []float64
	logProbs []float64
	entropy  float64
	choice   int
}

// mostSampled is how many passes wait for an update: a batch is smaller.
const mostSampled = 64

// begin is a pass without steps.
func (c *Controller) begin() *pass {
	if last := len(c.free) - 1; last >= 0 {
		p := c.free[last]
		c.free = c.free[:last]
		p.steps = p.steps[:0]
		return p
	}
	return &pass{c: c, zero: make([]float64, vec.Pad(c.cfg.Hidden))}
}

// took reports whether the steps of the pass are those of an episode.
func (p *pass) took(e Episode) bool {
	if len(p.steps) != len(e.Steps) {
		return false
	}
	for t, s := range e.Steps {
		if p.steps[t].choice != s.Choice || p.steps[t].head != p.c.head(s.Decision, s.Options) {
			return false
		}
	}
	return true
}

// pass is a pass along the steps of an episode.
func (c *Controller) pass(e Episode) *pass {
	for i, p := range c.sampled {
		if p.took(e) {
			c.sampled = slices.Delete(c.sampled, i, i+1)
			return p
		}
	}
	p := c.begin()
	for _, s := range e.Steps {
		p.next(c.head(s.Decision, s.Options))
		p.take(s.Choice)
	}
	return p
}

// next computes the distribution over the options of the next decision.
func (p *pass) next(h *head) *passStep {
	x := p.c.start.row(0)
	last := len(p.steps) - 1
	if last >= 0 {
		x = p.steps[last].head.embed.row(p.steps[last].choice)
	}
	if last+1 < cap(p.steps) { // with the memory of a pass before
		p.steps = p.steps[:last+2]
	} else {
		p.steps = append(p.steps, passStep{})
	}
	s := &p.steps[last+1]
	s.head = h
	if s.cells == nil {
		s.cells = make([]cell, len(p.c.layers))
	}
	for i, l := range p.c.layers {
		hPrev, cPrev := p.zero, p.zero
		if last >= 0 {
			hPrev, cPrev = p.steps[last].cells[i].h, p.steps[last].cells[i].c
		}
		l.forward(&s.cells[i], x, hPrev, cPrev)
		x = s.cells[i].h
	}
	logits := append([]float64(nil), h.bias.val...)
	h.weight.addMul(logits, x)
	s.probs, s.logProbs, s.entropy = softmax(logits[:h.bias.rows])
	return s
}

// take says which option was taken.
func (p *pass) take(choice int) { p.steps[len(p.steps)-1].choice = choice }

// softmax gives probabilities, their logs and their entropy; it reuses logits for the logs.
func softmax(logits []float64) (probs, logProbs []float64, entropy float64) {
	most := math.Inf(-1)
	for _, z := range logits {
		most = math.Max(most, z)
	}
	sum := 0.0
	for _, z := range logits {
		sum += math.Exp(z - most)
	}
	norm := most + math.Log(sum)
	probs = make([]float64, len(logits))
	for i, z := range logits {
		logits[i] = z - norm
		probs[i] = math.Exp(logits[i])
		if probs[i] > 0 {
			entropy -= probs[i] * logits[i]
		}
	}
	return probs, logits, entropy
}
