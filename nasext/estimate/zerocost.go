package estimate

import (
	"context"
	"fmt"
	"math"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/estimate/proxy"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/exact"
	"github.com/nascent-go/nascent/nasext/seed"
)

// ZeroCostConfig is what is measured of networks that are not trained.
type ZeroCostConfig struct {
	Measure string    // "snip", "synflow", "naswot", …: a name of proxy.Measures
	Data    *data.Set // what networks are shown; nil for measures that look at no data
	Samples int       // of Data, from the first; 0: 64, or all if there are fewer

	// Engine, if not nil, computes in single precision, such as cpu.New(0), in a small part of the
	// time and of the memory: all but grasp and fisher, which need what engines don't give, and
	// synflow and the counts, which are fast.
	Engine engine.Engine
	// Memory is how many bytes a network may take without an Engine; one that could need more is
	// an error. 0: 4 GiB.
	Memory int64
	// Funcs are what computes custom nodes, by the names that architectures have for them.
	Funcs nn.Funcs
}

// Proxy is the estimator that scores architectures by a zero-cost measure of the network
// with its first weights: in a second or so, without training. Package proxy says what the
// measures are and which paper each is from. A score that is NaN or infinite is an error.
//
// Without an Engine it computes in double precision, by differentiating expressions. That
// takes 0.1 s and 50 MB for 64 digits and two layers of 16 channels; for 16 images of 32×32
// and the largest network of NAS-Bench-201 it takes some 5 s and 5 GB.
type Proxy struct {
	c       ZeroCostConfig
	measure proxy.Measure
	batch   proxy.Batch
}

// ZeroCost is an estimator that measures what the configuration says.
func ZeroCost(c ZeroCostConfig) (*Proxy, error) {
	m, err := proxy.Named(c.Measure)
	if err != nil {
		return nil, fmt.Errorf("zero-cost: %w", err)
	}
	p := &Proxy{c: c, measure: m}
	switch {
	case c.Memory < 0:
		return nil, fmt.Errorf("zero-cost: a limit of %d bytes; Memory is at least 0", c.Memory)
	case c.Memory == 0:
		p.c.Memory = 4 << 30
	}
	if c.Engine != nil && m.Fast == nil {
		return nil, fmt.Errorf("zero-cost: an engine does nothing for %s; leave Engine nil", c.Measure)
	}
	if !m.Data {
		return p, nil
	}
	switch {
	case c.Data == nil:
		return nil, fmt.Errorf("zero-cost: %s looks at data; set Data, such as to a part of data.Digits().Parts(1)", c.Measure)
	case c.Samples < 0 || c.Samples > c.Data.Len():
		return nil, fmt.Errorf("zero-cost: %d samples of %q, which holds %d; Samples is 1 to %d, or 0 for 64", c.Samples, c.Data.Name, c.Data.Len(), c.Data.Len())
	case c.Samples == 0:
		p.c.Samples = min(64, c.Data.Len())
	}
	if err := c.Data.Check(); err != nil {
		return nil, fmt.Errorf("zero-cost: %w", err)
	}
	first, err := c.Data.First(p.c.Samples)
	if err != nil {
		return nil, fmt.Errorf("zero-cost: %w", err)
	}
	p.batch = proxy.NewBatch(first)
	return p, nil
}

// Name implements Estimator.
func (p *Proxy) Name() string {
	options := named(p.c.Funcs)
	if p.c.Engine != nil {
		options = ", single precision" + options
	}
	if !p.measure.Data {
		return fmt.Sprintf("zero-cost(%s%s)", p.measure.Name, options)
	}
	return fmt.Sprintf("zero-cost(%s, %s, %d samples%s)", p.measure.Name, p.c.Data.Name, p.c.Samples, options)
}

// Estimate implements Estimator. The seed draws the weights.
func (p *Proxy) Estimate(ctx context.Context, a *arch.Arch, sd uint64) (Estimate, error) {
	return timed(ctx, "zero-cost", func() (Estimate, error) { return p.estimate(ctx, a, sd) })
}

func (p *Proxy) estimate(ctx context.Context, a *arch.Arch, sd uint64) (Estimate, error) {
	if err := ctx.Err(); err != nil {
		return Estimate{}, err
	}
	infos, err := a.Infer()
	if err != nil {
		return Estimate{}, err
	}
	var e Estimate
	e.Params, e.MACs = arch.Totals(infos)
	e.Score, err = p.score(ctx, a, sd)
	if err == nil && (math.IsNaN(e.Score) || math.IsInf(e.Score, 0)) {
		err = fmt.Errorf("the score is %v; the network may be cut off from its input, or have numbers that overflow", e.Score)
	}
	if err != nil {
		return Estimate{}, fmt.Errorf("%s of architecture %q: %w", p.measure.Name, a.Name, err)
	}
	return e, ctx.Err()
}

func (p *Proxy) score(ctx context.Context, a *arch.Arch, sd uint64) (float64, error) {
	draws := seed.Derive(sd, "network")
	if p.c.Engine != nil {
		n, err := nn.NewOn(p.c.Engine, a, draws, p.c.Funcs)
		if err != nil {
			return 0, err
		}
		return p.measure.Fast(ctx, n, p.batch, seed.Derive(sd, "measure"))
	}
	n, err := nn.New64(a, draws, p.c.Funcs)
	if err != nil {
		return 0, err
	}
	m, samples := exact.New64(n), p.measure.Images
	if p.measure.Data {
		samples = p.c.Samples
	}
	if needs := m.Memory(samples, p.measure.Order); needs > p.c.Memory {
		advice := "use fewer Samples or allow more Memory"
		if p.measure.Fast != nil {
			advice += ", or set Engine"
		}
		return 0, fmt.Errorf("%d samples would take about %.2g GB, more than the %.2g that are allowed; %s", samples, float64(needs)/1e9, float64(p.c.Memory)/1e9, advice)
	}
	return p.measure.Score(ctx, m, p.batch, seed.Derive(sd, "measure"))
}
