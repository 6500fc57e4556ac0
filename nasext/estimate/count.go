package estimate

import (
	"context"
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch"
)

// CountConfig is what to count. Its zero value counts parameters and prefers few.
type CountConfig struct {
	// Of is "params" (trainable parameters) or "macs" (multiply-accumulates of one
	// sample); "" means "params".
	Of string
	// Target is the count to aim at, at least 1; 0 prefers few.
	Target int64
}

// Counter is the estimator that only counts: it takes microseconds, needs no data and
// no seed, and so shows what a strategy does without waiting for training.
//
// Without a target the score is -log10(count): -4 for 10 000 parameters, and every
// tenth of the size is worth 1. With a target it is -|log10(count/target)|: 0 is
// perfect, -1 is ten times too large or too small. An architecture that has none of
// what is counted counts as having 1.
type Counter struct{ c CountConfig }

// Count is an estimator that counts what the configuration says.
func Count(c CountConfig) (*Counter, error) {
	if c.Of == "" {
		c.Of = "params"
	}
	if c.Of != "params" && c.Of != "macs" {
		return nil, fmt.Errorf("count: there is no %q to count; Of is \"params\" or \"macs\"", c.Of)
	}
	if c.Target < 0 {
		return nil, fmt.Errorf("count: target %d; it has to be at least 1, or 0 to prefer few", c.Target)
	}
	return &Counter{c}, nil
}

// Name implements Estimator.
func (t *Counter) Name() string {
	if t.c.Target > 0 {
		return fmt.Sprintf("count(%s, target %d)", t.c.Of, t.c.Target)
	}
	return fmt.Sprintf("count(%s)", t.c.Of)
}

// Estimate implements Estimator. The seed changes nothing.
func (t *Counter) Estimate(ctx context.Context, a *arch.Arch, seed uint64) (Estimate, error) {
	if ctx == nil {
		return Estimate{}, fmt.Errorf("count: %w", errNoContext)
	}
	if err := ctx.Err(); err != nil {
		return Estimate{}, fmt.Errorf("count: %w", err)
	}
	if err := a.Check(); err != nil {
		return Estimate{}, fmt.Errorf("count: %w", err)
	}
	infos, err := a.Infer()
	if err != nil {
		return Estimate{}, fmt.Errorf("count: %w", err)
	}
	var e Estimate
	e.Params, e.MACs = arch.Totals(infos)
	count := e.Params
	if t.c.Of == "macs" {
		count = e.MACs
	}
	e.Score = aim(float64(max(count, 1)), float64(t.c.Target))
	return e, nil
}
