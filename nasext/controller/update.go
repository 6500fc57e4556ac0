package controller

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/nascent-go/nascent/nasext/space"
)

// Stats says what one update did. Means are over the episodes of the batch.
type Stats struct {
	Loss     float64 `json:"loss"`      // −mean of (reward − baseline)·log P(genotype), less the entropy bonus
	Reward   float64 `json:"reward"`    // mean reward
	Baseline float64 `json:"baseline"`  // the baseline that was subtracted
	Entropy  float64 `json:"entropy"`   // mean of the episodes' mean entropy a decision, in nats
	LogProb  float64 `json:"log_prob"`  // mean log of the probability of the whole genotype
	GradNorm float64 `json:"grad_norm"` // length of the gradient, before it is clipped

	// Clipped is the share of decisions that had changed too much to count at the last step
	// of proximal policy optimisation.
	Clipped float64 `json:"clipped,omitempty"`
}

// Update learns from a batch of episodes that have their rewards: by one step of REINFORCE
// with Adam, or, with a Ratio, by some steps of proximal policy optimisation (Schulman et
// al. 2017), in which
//
//	Σ_k Σ_t min(r A, clip(r, 1−ε, 1+ε) A) / m,  A = R_k − b,  r = P(a_t) / P_before(a_t)
//
// takes the place of Σ_k Σ_t A log P(a_t) / m. Only Decision, Options, Anchors and Choice
// of their steps count: what the present parameters make of them is known if they were
// sampled with these, and is computed again otherwise.
//
// The baseline is the exponential moving average of the mean rewards of earlier
// batches. The first batch has none before it and takes its own mean.
//
// The stats are those of the first step. On an error nothing has changed, unless later
// steps have a gradient that is too long.
func (c *Controller) Update(batch []Episode) (Stats, error) {
	if len(batch) == 0 {
		return Stats{}, errors.New("controller: update with an empty batch; it needs at least one episode")
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
	var stats Stats
	var old []float64
	for epoch := range c.cfg.Epochs {
		now := c.gradient(batch, baseline, old)
		if most := c.cfg.Precision.longest(); !(now.GradNorm <= most) {
			return Stats{}, fmt.Errorf("controller: the gradient is %g long, in %s at most %g can be learned from; rewards are %g in the mean, which should be about 1",
				now.GradNorm, c.cfg.Precision, most, now.Reward)
		}
		if epoch == 0 {
			stats = now
			old = c.noteOld()
		}
		stats.Clipped = now.Clipped
		c.step(now.GradNorm)
	}
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
		if err := checkAnchors(t, s.Options, s.Anchors); err != nil {
			return fmt.Errorf("step %d (%q): %w", t, s.Decision, err)
		}
	}
	return nil
}

// noteOld keeps the log probabilities of the choices of the run.
func (c *Controller) noteOld() []float64 {
	c.old = c.old[:0]
	for i := range c.run.rows {
		c.old = append(c.old, c.run.logProb(i))
	}
	return c.old
}

// gradient replaces the parameters' gradients by that of the loss on the batch. old are
// the log probabilities that the choices had before; nil: the present ones.
func (c *Controller) gradient(batch []Episode, baseline float64, old []float64) Stats {
	if !c.run.took(batch) {
		c.replay(batch)
	}
	r := &c.run
	share := 1 / float64(len(batch))
	stats := Stats{Baseline: baseline}
	for i := range batch {
		stats.Reward += batch[i].Reward * share
	}
	r.grads = sized(r.grads, len(r.probs))
	clear(r.grads)
	for i := range r.rows {
		w := &r.rows[i]
		e := &batch[w.episode]
		logProb := r.logProb(i)
		before := logProb
		if old != nil {
			before = old[i]
		}
		stats.LogProb += logProb * share
		stats.Entropy += w.entropy * share / float64(len(e.Steps))
		gain, weight := c.surrogate(logProb, before, (e.Reward-baseline)*share)
		if c.cfg.Ratio > 0 && weight == 0 {
			stats.Clipped += 1 / float64(len(r.rows))
		}
		stats.Loss -= gain
		r.backLogProb(w, weight)
		if bonus := c.cfg.Entropy * share; bonus > 0 {
			stats.Loss -= bonus * w.entropy
			r.backEntropy(w, bonus)
		}
		if penalty := c.cfg.SkipWeight * share; penalty > 0 && slices.Contains(w.anchors, space.NoAnchor) {
			stats.Loss += penalty * r.backSkips(w, penalty, c.cfg.SkipRate)
		}
		grads, slopes := w.of(r.grads), w.of(r.slopes)
		for j := range grads {
			grads[j] *= slopes[j]
		}
	}
	stats.GradNorm = c.net.backward(r)
	r.whole = false
	return stats
}

// surrogate is what an advantage is worth for a decision whose log probability was old,
// and the derivative of that by its present log probability.
func (c *Controller) surrogate(logProb, old, advantage float64) (gain, weight float64) {
	if c.cfg.Ratio == 0 {
		return advantage * logProb, advantage
	}
	ratio := math.Exp(logProb - old)
	if limit := 1 + math.Copysign(c.cfg.Ratio, advantage); (ratio-limit)*advantage > 0 {
		return limit * advantage, 0
	}
	return ratio * advantage, ratio * advantage
}

// logProb is that of the choice of a row.
func (r *run) logProb(i int) float64 { return r.rows[i].of(r.logs)[r.rows[i].choice] }

// backLogProb adds the gradient of −weight·log P(choice) with respect to the shaped
// logits of a row.
func (r *run) backLogProb(w *row, weight float64) {
	grads := w.of(r.grads)
	for i, q := range w.of(r.probs) {
		grads[i] += weight * q
	}
	grads[w.choice] -= weight
}

// backEntropy adds the gradient of −weight·entropy.
func (r *run) backEntropy(w *row, weight float64) {
	logs, grads := w.of(r.logs), w.of(r.grads)
	for i, q := range w.of(r.probs) {
		if q > 0 {
			grads[i] += weight * q * (logs[i] + w.entropy)
		}
	}
}

// backSkips adds the gradient of weight·divergence, and gives the divergence of a row from
// the odds at which something is taken at the rate, by each option that takes something
// alike.
func (r *run) backSkips(w *row, weight, rate float64) float64 {
	logs, grads, probs := w.of(r.logs), w.of(r.grads), w.of(r.probs)
	none := 0.0
	for _, a := range w.anchors {
		if a == space.NoAnchor {
			none++
		}
	}
	excess := func(i int) float64 { // the log of how much likelier an option is
		if w.anchors[i] == space.NoAnchor {
			return logs[i] - math.Log((1-rate)/none)
		}
		return logs[i] - math.Log(rate/(float64(len(probs))-none))
	}
	divergence := 0.0
	for i, q := range probs {
		if q > 0 {
			divergence += q * excess(i)
		}
	}
	for i, q := range probs {
		if q > 0 {
			grads[i] += weight * q * (excess(i) - divergence)
		}
	}
	return divergence
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
