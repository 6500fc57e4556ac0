package controller

import (
	"fmt"
	"math"
)

// Stats says what one update did. Means are over the episodes of the batch.
type Stats struct {
	Loss     float64 `json:"loss"`      // −mean of (reward − baseline)·log P(genotype), less the entropy bonus
	Reward   float64 `json:"reward"`    // mean reward
	Baseline float64 `json:"baseline"`  // the baseline that was subtracted
	Entropy  float64 `json:"entropy"`   // mean of the episodes' mean entropy a decision, in nats
	LogProb  float64 `json:"log_prob"`  // mean log of the probability of the whole genotype
	GradNorm float64 `json:"grad_norm"` // length of the gradient, before it is clipped
}

// Update takes one step of REINFORCE with Adam on a batch of episodes that have
// their rewards. Only Decision, Options and Choice of their steps count: what the
// present parameters make of them is known if they were sampled with these, and is
// computed again otherwise.
//
// The baseline is the exponential moving average of the mean rewards of earlier
// batches. The first batch has none before it and takes its own mean.
//
// On an error nothing has changed.
func (c *Controller) Update(batch []Episode) (Stats, error) {
	if len(batch) == 0 {
		return Stats{}, fmt.Errorf("controller: update with an empty batch; it needs at least one episode")
	}
	mean := 0.0
	for i, e := range batch {
		if err := e.check(); err != nil {
			return Stats{}, fmt.Errorf("controller: episode %d of the batch: %w", i, err)
		}
		mean += e.Reward / float64(len(batch))
	}
	baseline := c.baseline
	switch {
	case c.cfg.NoBaseline:
		baseline = 0
	case !c.hasBaseline:
		baseline = mean
	}
	stats := c.gradient(batch, baseline)
	c.step(stats.GradNorm)
	c.baseline = mean
	if c.hasBaseline {
		c.baseline = c.cfg.Decay*baseline + (1-c.cfg.Decay)*mean
	}
	c.hasBaseline = true
	return stats, nil
}

// check says what keeps an episode from being learned from.
func (e Episode) check() error {
	if math.IsNaN(e.Reward) || math.IsInf(e.Reward, 0) {
		return fmt.Errorf("reward is %g; it must be a finite number", e.Reward)
	}
	for t, s := range e.Steps {
		if s.Choice < 0 || s.Choice >= len(s.Options) {
			return fmt.Errorf("step %d (%q) takes option %d; it must be 0 to %d", t, s.Decision, s.Choice, len(s.Options)-1)
		}
	}
	return nil
}

// gradient replaces the parameters' gradients by that of the loss on the batch.
func (c *Controller) gradient(batch []Episode, baseline float64) Stats {
	for _, t := range c.all {
		t.used = false
		clear(t.grad)
	}
	share := 1 / float64(len(batch))
	stats := Stats{Baseline: baseline}
	for _, e := range batch {
		run := c.pass(e)
		logProb, entropy := 0.0, 0.0
		for _, s := range run.steps {
			logProb += s.logProbs[s.choice]
			entropy += s.entropy
		}
		weight := (e.Reward - baseline) * share
		bonus := c.cfg.Entropy * share
		run.back(weight, bonus)
		c.free = append(c.free, run)
		stats.Loss -= weight*logProb + bonus*entropy
		stats.Reward += e.Reward * share
		stats.LogProb += logProb * share
		stats.Entropy += entropy * share / math.Max(1, float64(len(e.Steps)))
	}
	square := 0.0
	for _, t := range c.all {
		for _, g := range t.grad {
			square += g * g
		}
	}
	stats.GradNorm = math.Sqrt(square)
	return stats
}

// back adds the gradient of −weight·log P(choices) − bonus·Σ entropy to the
// parameters' gradients: backpropagation through time.
func (p *pass) back(weight, bonus float64) {
	n, depth, steps := len(p.zero), len(p.c.layers), len(p.steps)
	if steps == 0 {
		return
	}
	room := &p.c.scratch
	room.begin()
	dh, dc := room.matrix(depth, n), room.matrix(depth, n) // what each layer's state gets from the step after
	zs, xs, hs := room.matrix(depth, 4*n*steps), room.matrix(depth, n*steps), room.matrix(depth, n*steps)
	dx := room.vector(n)
	for t := steps - 1; t >= 0; t-- {
		s := &p.steps[t]
		dlogits := room.vector(s.head.bias.stride)
		for i, q := range s.probs {
			dlogits[i] = weight * q
			if q > 0 {
				dlogits[i] += bonus * q * (s.logProbs[i] + s.entropy)
			}
		}
		dlogits[s.choice] -= weight

		top := s.cells[depth-1].h
		s.head.weight.addOuters(dlogits, 0, top, 0, 1)
		s.head.bias.addRows(dlogits, 0, 1)
		s.head.weight.addMulT(dh[depth-1], dlogits)
		for i := depth - 1; i >= 0; i-- {
			clear(dx)
			p.c.layers[i].backward(&s.cells[i], dh[i], dc[i], dx, zs[i][4*n*t:][:4*n])
			copy(xs[i][n*t:], s.cells[i].x)
			copy(hs[i][n*t:], s.cells[i].hPrev)
			if i > 0 {
				for j, d := range dx {
					dh[i-1][j] += d
				}
			}
		}
		if t > 0 {
			before := p.steps[t-1]
			before.head.embed.addRow(before.choice, dx)
		} else {
			p.c.start.addRow(0, dx)
		}
	}
	for i, l := range p.c.layers {
		l.learn(zs[i], xs[i], hs[i], steps)
	}
}

// step moves every parameter that had a part in the gradient. Heads that the
// batch did not come to stay as they are, moments and all.
func (c *Controller) step(norm float64) {
	if c.cfg.Clip > 0 && norm > c.cfg.Clip {
		scale := c.cfg.Clip / norm
		for _, t := range c.all {
			for i := range t.grad {
				t.grad[i] *= scale
			}
		}
	}
	for _, t := range c.all {
		if t.used {
			t.adam(c.cfg.Rate, c.cfg.Beta1, c.cfg.Beta2)
		}
	}
	c.free = append(c.free, c.sampled...) // the parameters are others now
	c.sampled = c.sampled[:0]
}

// scratch is memory of one backward pass after the other.
type scratch struct {
	all  []float64
	used int
}

// begin makes all of it free.
func (s *scratch) begin() { s.used = 0 }

// vector is n zeros.
func (s *scratch) vector(n int) []float64 {
	if s.used+n > len(s.all) { // what is handed out stays where it is
		s.all, s.used = make([]float64, 2*(s.used+n)), 0
	}
	v := s.all[s.used : s.used+n : s.used+n]
	s.used += n
	clear(v)
	return v
}

func (s *scratch) matrix(rows, cols int) [][]float64 {
	m := make([][]float64, rows)
	for i := range m {
		m[i] = s.vector(cols)
	}
	return m
}
