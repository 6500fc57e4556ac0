package estimate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
)

// LatencyConfig is how the time of a forward pass is measured. Its zero value prefers fast
// networks.
type LatencyConfig struct {
	Batch  int // samples a pass; 0: 1
	Warmup int // passes that are not timed; 0: 3
	Passes int // passes whose median counts; 0: 21
	// Target is how many seconds a sample may take, above 0; 0 prefers few.
	Target float64
	// Funcs are what computes custom nodes, by the names that architectures have for them.
	Funcs nn.Funcs
	// Engine is what is measured; nil: one thread of the processor. Of a device the times are
	// those of whole passes, with samples, weights and outputs copied there and back.
	Engine engine.Engine
}

// Stopwatch is the estimator that measures how long an untrained network takes to classify a
// sample on this machine, with one thread or on an engine of one's choice, in single precision.
// Its measurements wait for each other, but not for what else the machine does.
//
// Without a target the score is -log10(seconds): 3 for a millisecond, and a tenth of the time
// is worth 1. With a target it is -|log10(seconds/target)|, at most 0.
//
// A time is never the same twice, so studies whose score, or whose strategy, looks at it
// can't be repeated to the last bit. They resume: what was measured is stored.
type Stopwatch struct {
	c  LatencyConfig
	mu sync.Mutex
}

// Latency is an estimator that measures times as the configuration says.
func Latency(c LatencyConfig) (*Stopwatch, error) {
	for _, n := range []struct {
		name      string
		value     *int
		otherwise int
	}{{"Batch", &c.Batch, 1}, {"Warmup", &c.Warmup, 3}, {"Passes", &c.Passes, 21}} {
		if *n.value < 0 {
			return nil, fmt.Errorf("latency: %s is %d; it is at least 1, or 0 for %d", n.name, *n.value, n.otherwise)
		}
		if *n.value == 0 {
			*n.value = n.otherwise
		}
	}
	if !(c.Target >= 0) || math.IsInf(c.Target, 1) {
		return nil, fmt.Errorf("latency: target %v; it is a number of seconds above 0, or 0 to prefer few", c.Target)
	}
	return &Stopwatch{c: c}, nil
}

// Name implements Estimator.
func (s *Stopwatch) Name() string {
	options := named(s.c.Funcs)
	if s.c.Engine != nil { // times of one say nothing of another
		options = ", on " + s.c.Engine.Name() + options
	}
	if s.c.Target > 0 {
		options = fmt.Sprintf(", target %g s", s.c.Target) + options
	}
	return fmt.Sprintf("latency(batch %d, median of %d after %d%s)", s.c.Batch, s.c.Passes, s.c.Warmup, options)
}

// engine is what is measured.
func (s *Stopwatch) engine() engine.Engine {
	if s.c.Engine == nil {
		return cpu.New(1)
	}
	return s.c.Engine
}

// Estimate implements Estimator. The estimate's Latency is what was measured.
func (s *Stopwatch) Estimate(ctx context.Context, a *arch.Arch, sd uint64) (Estimate, error) {
	return timed(ctx, "latency", func() (Estimate, error) {
		seconds, err := s.measure(ctx, a, sd)
		if err != nil {
			return Estimate{}, err
		}
		infos, err := a.Infer()
		if err != nil {
			return Estimate{}, err
		}
		e := Estimate{Latency: seconds, Score: aim(seconds, s.c.Target)}
		e.Params, e.MACs = arch.Totals(infos)
		return e, nil
	})
}

// measure is the seconds that a sample takes.
func (s *Stopwatch) measure(ctx context.Context, a *arch.Arch, sd uint64) (float64, error) {
	n, err := nn.NewOn(s.engine(), a, sd, s.c.Funcs)
	if err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x := make([]float32, s.c.Batch*a.Input.Elems())
	times := make([]float64, s.c.Passes)
	for i := -s.c.Warmup; i < len(times); i++ {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		begin := time.Now()
		if _, err := n.Forward(x, false); err != nil {
			return 0, err
		}
		if i >= 0 {
			times[i] = time.Since(begin).Seconds()
		}
	}
	return median(times) / float64(s.c.Batch), nil
}

// median is the middle of the numbers, which it sorts; of an even number of them the lower
// one of two.
func median(x []float64) float64 {
	slices.Sort(x)
	return x[(len(x)-1)/2]
}

// aim scores a cost above 0 by its order of magnitude: how far it is from the target, or, if
// that is 0, how small it is.
func aim(cost, target float64) float64 {
	if target > 0 {
		return -math.Abs(math.Log10(cost / target))
	}
	return -math.Log10(cost)
}
