package estimate

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/estimate/proxy"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
	"github.com/nascent-go/nascent/nasext/nn/exact"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

var _ Estimator = (*Proxy)(nil)

func zeroCost(t testing.TB, c ZeroCostConfig) *Proxy {
	t.Helper()
	p, err := ZeroCost(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestZeroCost(t *testing.T) {
	train, a := parts(t).Train, convNet(t, digit, 4, 10)
	ctx := t.Context()
	for _, m := range proxy.Measures() {
		p := zeroCost(t, ZeroCostConfig{Measure: m.Name, Data: train, Samples: 8})
		one, err := p.Estimate(ctx, a, 1)
		if err != nil {
			t.Fatal(err)
		}
		again, err := p.Estimate(ctx, a, 1)
		if err != nil || again.Score != one.Score {
			t.Errorf("%s: %v, then %v, %v", m.Name, one.Score, again.Score, err)
		}
		counts := m.Name == "params" || m.Name == "macs"
		if other, err := p.Estimate(ctx, a, 2); err != nil || (other.Score == one.Score) != counts {
			t.Errorf("%s: %v with one seed, %v, %v with another", m.Name, one.Score, other.Score, err)
		}
		if want, err := a.Params(); err != nil || one.Params != want || one.MACs <= 0 || one.Seconds <= 0 {
			t.Errorf("%s: %+v", m.Name, one)
		}
		if name := p.Name(); !strings.Contains(name, m.Name) || strings.Contains(name, "8 samples") != m.Data {
			t.Error(name)
		}
	}
	snip := ZeroCostConfig{Measure: "snip", Data: train, Samples: 8}
	wide, err := zeroCost(t, snip).Estimate(ctx, a, 1)
	if err != nil {
		t.Fatal(err)
	}
	snip.Engine = cpu.New(1)
	fast := zeroCost(t, snip)
	single, err := fast.Estimate(ctx, a, 1)
	if err != nil || single.Score == wide.Score || math.Abs(single.Score-wide.Score) > 1e-5*wide.Score || !strings.Contains(fast.Name(), "single precision") {
		t.Errorf("%s: %v, %v, in double precision %v", fast.Name(), single.Score, err, wide.Score)
	}
	if p := zeroCost(t, ZeroCostConfig{Measure: "snip", Data: train}); !strings.Contains(p.Name(), "64 samples") {
		t.Error(p.Name())
	}
}

// TestFuncs scores and times a network with a function of one's own.
func TestFuncs(t *testing.T) {
	b := arch.NewBuilder("own", digit)
	b.Linear(b.GlobalPool(b.Custom(b.Conv(b.In(), 4, 3), "squares", arch.Shape{C: 4, H: 8, W: 8}, 0)), 10)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	funcs := nn.Funcs{"squares": func(x, _ *grad.Tensor) *grad.Tensor { return x.Mul(x) }}
	snip := ZeroCostConfig{Measure: "snip", Data: parts(t).Train, Samples: 8}
	for _, f := range []nn.Funcs{nil, funcs} {
		snip.Funcs = f
		watch, err := Latency(LatencyConfig{Passes: 1, Funcs: f})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []Estimator{zeroCost(t, snip), watch} {
			if _, err := e.Estimate(t.Context(), a, 1); (err == nil) != (f != nil) || f == nil && !strings.Contains(err.Error(), `needs the function "squares"`) {
				t.Errorf("%s, with %d functions: %v", e.Name(), len(f), err)
			}
		}
	}
}

func TestZeroCostErrors(t *testing.T) {
	train := parts(t).Train
	broken := *train
	broken.Y = broken.Y[:5]
	for want, c := range map[string]ZeroCostConfig{
		`no measure ""; there are grad_norm`: {},
		"snip looks at data; set Data":       {Measure: "snip"},
		"-1 samples of":                      {Measure: "snip", Data: train, Samples: -1},
		"Samples is 1 to":                    {Measure: "snip", Data: train, Samples: train.Len() + 1},
		"zero-cost: data":                    {Measure: "snip", Data: &broken},
		"Memory is at least 0":               {Measure: "snip", Data: train, Memory: -1},
		"leave Engine nil":                   {Measure: "fisher", Data: train, Engine: cpu.New(1)},
		"Samples is 1 to 0":                  {Measure: "snip", Data: &data.Set{}, Samples: 1},
	} {
		if _, err := ZeroCost(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	a := convNet(t, digit, 4, 10)
	p := zeroCost(t, ZeroCostConfig{Measure: "synflow"})
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := p.Estimate(ended, a, 1); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	var none context.Context
	if _, err := p.Estimate(none, a, 1); err == nil {
		t.Error("no error without a context")
	}
	if _, err := p.Estimate(t.Context(), nil, 1); err == nil {
		t.Error("no error without an architecture")
	}
	large := zeroCost(t, ZeroCostConfig{Measure: "snip", Data: train, Samples: 32, Memory: 1e6})
	if _, err := large.Estimate(t.Context(), a, 1); err == nil || !strings.Contains(err.Error(), "32 samples would take about") || !strings.Contains(err.Error(), "or set Engine") {
		t.Error(err)
	}
	for _, s := range []float64{math.NaN(), math.Inf(-1)} {
		p.measure.Score = func(context.Context, *exact.Model, proxy.Batch, uint64) (float64, error) { return s, nil }
		if _, err := p.Estimate(t.Context(), a, 1); err == nil || !strings.Contains(err.Error(), `synflow of architecture "conv net 4": the score is`) {
			t.Error(err)
		}
	}
}
