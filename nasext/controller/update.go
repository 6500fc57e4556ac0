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
	for i := range batch {
		e := &batch[i]
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
func (e *Episode) check() error {
	if math.IsNaN(e.Reward) || math.IsInf(e.Reward, 0) {
		return fmt.Errorf("reward is %g; it must be a finite number", e.Reward)
	}
	for t := range e.Steps {
		s := &e.Steps[t]
		if s.Choice < 0 || s.Choice >= len(s.Options) {
			return fmt.Errorf("step %d (%q) takes option %d; it must be 0 to %d", t, s.Decision, s.Choice, len(s.Options)-1)
		}
	}
	return nil
}

// gradient replaces the parameters' gradients by that of the loss on the batch.
func (c *Controller) gradient(batch []Episode, baseline float64) Stats {
	if !c.run.took(batch) {
		c.replay(batch)
	}
	r := &c.run
	share := 1 / float64(len(batch))
	bonus := c.cfg.Entropy * share
	stats := Stats{Baseline: baseline}
	for i := range batch {
		stats.Reward += batch[i].Reward * share
	}
	r.grads = sized(r.grads, len(r.probs))
	for i := range r.rows {
		w := &r.rows[i]
		e := &batch[w.episode]
		weight := (e.Reward - baseline) * share
		logProb := w.of(r.logs)[w.choice]
		stats.Loss -= weight*logProb + bonus*w.entropy
		stats.LogProb += logProb * share
		stats.Entropy += w.entropy * share / float64(len(e.Steps))
		r.back(w, weight, bonus)
	}
	stats.GradNorm = c.net.backward(r)
	r.whole = false
	return stats
}

// back gives the gradient of −weight·log P(choice) − bonus·entropy with respect to the
// logits of a row.
func (r *run) back(w *row, weight, bonus float64) {
	logs, grads := w.of(r.logs), w.of(r.grads)
	for i, q := range w.of(r.probs) {
		grads[i] = weight * q
		if q > 0 {
			grads[i] += bonus * q * (logs[i] + w.entropy)
		}
	}
	grads[w.choice] -= weight
}

// step moves every parameter that had a part in the gradient.
func (c *Controller) step(norm float64) {
	scale := 1.0
	if c.cfg.Clip > 0 && norm > c.cfg.Clip {
		scale = c.cfg.Clip / norm
	}
	c.net.update(&c.cfg, scale)
	c.run.whole = false // the parameters are others now
}
