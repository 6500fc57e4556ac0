package controller

import (
	"fmt"
	"math/rand/v2"

	"github.com/nascent-go/nascent/nasext/space"
)

// Step is one decision as the controller took it.
type Step struct {
	Decision string    `json:"decision"`
	Options  []string  `json:"options"`
	Anchors  []int     `json:"anchors,omitempty"` // of a decision that has them: see space.Decision
	Probs    []float64 `json:"probs"`             // probability of each option, given the choices before
	Choice   int       `json:"choice"`            // index of the option taken
	LogProb  float64   `json:"log_prob"`          // log of the probability of the choice
	Entropy  float64   `json:"entropy"`           // of Probs, in nats: at most log(len(Options))
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

// Sample draws one genotype of the space from the policy. It takes two numbers of rng,
// the seed of the episode's own.
func (c *Controller) Sample(rng *rand.Rand, s space.Space) (Episode, error) {
	return c.one(func(batch []Episode) error { return c.SampleInto(batch, rng, s) })
}

// SampleBatch draws n genotypes, the same as n calls of Sample, in less time.
func (c *Controller) SampleBatch(rng *rand.Rand, s space.Space, n int) ([]Episode, error) {
	if n < 0 {
		return nil, fmt.Errorf("controller: a batch of %d samples; it needs 0 or more", n)
	}
	batch := make([]Episode, n)
	if err := c.SampleInto(batch, rng, s); err != nil {
		return nil, err
	}
	return batch, nil
}

// SampleInto is SampleBatch that fills a batch, whose memory it uses again: what was taken
// from it before becomes something else. Rewards are 0 after it. On an error the batch is
// of no use.
func (c *Controller) SampleInto(batch []Episode, rng *rand.Rand, s space.Space) error {
	c.room.draws = sized(c.room.draws, len(batch))
	for i := range batch {
		c.room.draws[i].Seed(rng.Uint64(), rng.Uint64())
	}
	return c.walk(batch, s, func(i, _ int, probs []float64) (int, error) {
		u := float64(c.room.draws[i].Uint64()>>11) / (1 << 53)
		for j, p := range probs {
			if u -= p; u < 0 {
				return j, nil
			}
		}
		// Rounding can leave a sliver of u above the last probability.
		return len(probs) - 1, nil
	})
}

// Greedy takes the likeliest option at each decision; the first of equals.
func (c *Controller) Greedy(s space.Space) (Episode, error) {
	return c.one(func(batch []Episode) error {
		return c.walk(batch, s, func(_, _ int, probs []float64) (int, error) {
			best := 0
			for i, p := range probs {
				if p > probs[best] {
					best = i
				}
			}
			return best, nil
		})
	})
}

// Score gives the probabilities that the policy has along a complete genotype.
func (c *Controller) Score(s space.Space, g space.Genotype) (Episode, error) {
	e, err := c.one(func(batch []Episode) error {
		return c.walk(batch, s, func(_, t int, probs []float64) (int, error) {
			if t >= len(g) {
				return 0, fmt.Errorf("controller: genotype %v ends where the space asks for one more choice of %d options", g, len(probs))
			}
			if g[t] < 0 || g[t] >= len(probs) {
				return 0, fmt.Errorf("controller: choice %d of genotype %v is %d; it must be 0 to %d", t, g, g[t], len(probs)-1)
			}
			return g[t], nil
		})
	})
	if err == nil && len(e.Steps) < len(g) {
		err = fmt.Errorf("controller: genotype %v has %d choices; the space is complete after %d", g, len(g), len(e.Steps))
	}
	return e, err
}

// one is the episode of a batch of one.
func (c *Controller) one(fill func([]Episode) error) (Episode, error) {
	batch := make([]Episode, 1)
	if err := fill(batch); err != nil {
		return Episode{}, err
	}
	return batch[0], nil
}

// room is memory of walks.
type room struct {
	draws []rand.PCG // of each episode
	live  []int      // episodes that go on
	probs []float64  // not handed out yet
}

// walk goes through the space's decisions, all episodes side by side, and lets choose take
// the option of step t of episode i.
func (c *Controller) walk(batch []Episode, s space.Space, choose func(i, t int, probs []float64) (int, error)) error {
	r, live := &c.run, c.room.live[:0]
	r.begin(len(batch))
	for i := range batch {
		batch[i].Genotype, batch[i].Steps, batch[i].Reward = batch[i].Genotype[:0], batch[i].Steps[:0], 0
		live = append(live, i)
	}
	c.room.live = live
	for t := 0; len(live) > 0; t++ {
		r.step()
		going := live[:0]
		for _, i := range live {
			d, more, err := s.Next(batch[i].Genotype)
			if err != nil {
				return fmt.Errorf("controller: walking space %s: %w", s.Name(), err)
			}
			if !more {
				continue
			}
			if len(d.Options) == 0 {
				return fmt.Errorf("controller: space %s has no options for %q after choices %v; every decision needs at least one",
					s.Name(), d.Name, batch[i].Genotype)
			}
			anchors := d.Anchors
			if c.cfg.NoAnchors {
				anchors = nil
			} else if err := checkAnchors(t, d.Options, anchors); err != nil {
				return fmt.Errorf("controller: space %s, decision %d (%q): %w", s.Name(), t, d.Name, err)
			}
			c.add(i, t, d.Name, d.Options, anchors)
			going = append(going, i)
		}
		live = going
		c.forward()
		for j := r.steps[t]; j < len(r.rows); j++ {
			w := &r.rows[j]
			choice, err := choose(w.episode, t, w.of(r.probs))
			if err != nil {
				return err
			}
			w.choice = choice
			c.record(&batch[w.episode], w)
		}
	}
	r.whole = true
	return nil
}

// add adds the t-th decision of an episode to the run.
func (c *Controller) add(episode, t int, decision string, options []string, anchors []int) {
	r, input := &c.run, 0
	if b := r.last[episode]; b >= 0 {
		input = c.first[r.rows[b].head] + r.rows[b].choice
	}
	head := c.head(t, decision, options, anchors)
	r.add(row{episode: episode, decision: decision, options: options, anchors: anchors, head: head, input: input})
}

// forward computes the step that the run is at.
func (c *Controller) forward() {
	r := &c.run
	first := r.steps[len(r.steps)-1]
	if first == len(r.rows) {
		return
	}
	c.net.forward(r, first)
	for j := first; j < len(r.rows); j++ {
		w := &r.rows[j]
		r.shape(w, &c.cfg)
		r.softmax(w)
	}
}

// record adds a row to an episode, in memory that is there.
func (c *Controller) record(e *Episode, w *row) {
	if n := len(e.Steps); n < cap(e.Steps) {
		e.Steps = e.Steps[:n+1]
	} else {
		e.Steps = append(e.Steps, Step{})
	}
	e.Genotype = append(e.Genotype, w.choice)
	s := &e.Steps[len(e.Steps)-1]
	probs := s.Probs[:0]
	if n := len(w.options); cap(probs) < n {
		if len(c.room.probs) < n {
			c.room.probs = make([]float64, max(256, n))
		}
		probs, c.room.probs = c.room.probs[:0:n], c.room.probs[n:]
	}
	*s = Step{
		Decision: w.decision, Options: w.options, Anchors: w.anchors, Probs: append(probs, w.of(c.run.probs)...),
		Choice: w.choice, LogProb: w.of(c.run.logs)[w.choice], Entropy: w.entropy,
	}
}

// replay runs along the steps of episodes.
func (c *Controller) replay(batch []Episode) {
	r := &c.run
	r.begin(len(batch))
	for t, more := 0, true; more; t++ {
		r.step()
		for i := range batch {
			if t < len(batch[i].Steps) {
				s := &batch[i].Steps[t]
				c.add(i, t, s.Decision, s.Options, s.Anchors)
			}
		}
		c.forward()
		for j := r.steps[t]; j < len(r.rows); j++ {
			r.rows[j].choice = batch[r.rows[j].episode].Steps[t].Choice
		}
		more = r.steps[t] < len(r.rows)
	}
	r.whole = true
}
