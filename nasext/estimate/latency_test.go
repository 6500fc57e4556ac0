package estimate

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
)

var _ Estimator = (*Stopwatch)(nil)

func TestLatency(t *testing.T) {
	s, err := Latency(LatencyConfig{Batch: 4, Passes: 5})
	if err != nil {
		t.Fatal(err)
	}
	if want := "latency(batch 4, median of 5 after 3)"; s.Name() != want {
		t.Errorf("%s, want %s", s.Name(), want)
	}
	estimates := make([]Estimate, 3)
	var all sync.WaitGroup
	for i, width := range []int{1, 64, 64} { // the second has about 4000 times the MACs of the first
		a := convNet(t, arch.Shape{C: 1, H: 16, W: 16}, width, 10)
		all.Go(func() {
			e, err := s.Estimate(t.Context(), a, 1)
			if err != nil {
				t.Error(err)
			}
			estimates[i] = e
		})
	}
	all.Wait()
	small, large := estimates[0], estimates[1]
	if !(small.Latency > 0) || large.Latency < 2*small.Latency || small.Score <= large.Score {
		t.Errorf("small network %+v, large one %+v", small, large)
	}
	if want := -math.Log10(small.Latency); small.Score != want || small.Params <= 0 || small.MACs <= 0 || small.Seconds < 20*small.Latency {
		t.Errorf("%+v; the score should be %v", small, want)
	}
	aimed, err := Latency(LatencyConfig{Target: 1e-3})
	if err != nil {
		t.Fatal(err)
	}
	e, err := aimed.Estimate(t.Context(), convNet(t, digit, 2, 10), 1)
	if err != nil || e.Score != -math.Abs(math.Log10(e.Latency/1e-3)) || !strings.Contains(aimed.Name(), "batch 1, median of 21 after 3, target 0.001 s") {
		t.Errorf("%s: %+v, %v", aimed.Name(), e, err)
	}
}

// The engine that is measured is told, as times of one say nothing of another.
func TestLatencyOnAnEngine(t *testing.T) {
	e := cpu.New(2)
	s, err := Latency(LatencyConfig{Passes: 1, Engine: e})
	if err != nil {
		t.Fatal(err)
	}
	if want := "latency(batch 1, median of 1 after 3, on " + e.Name() + ")"; s.Name() != want || s.Provenance().Engine != e.Name() {
		t.Errorf("%s with engine %s, want %s", s.Name(), s.Provenance().Engine, want)
	}
	if e, err := s.Estimate(t.Context(), convNet(t, digit, 2, 10), 1); err != nil || !(e.Latency > 0) {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestLatencyErrors(t *testing.T) {
	for want, c := range map[string]LatencyConfig{
		"Batch is -1":  {Batch: -1},
		"Warmup is -1": {Warmup: -1},
		"Passes is -1": {Passes: -1},
		"target -1":    {Target: -1},
		"target NaN":   {Target: math.NaN()},
	} {
		if _, err := Latency(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	s, err := Latency(LatencyConfig{})
	if err != nil {
		t.Fatal(err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := s.Estimate(ended, convNet(t, digit, 2, 10), 1); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	var none context.Context
	if _, err := s.Estimate(none, convNet(t, digit, 2, 10), 1); !errors.Is(err, errNoContext) {
		t.Error(err)
	}
	if _, err := s.Estimate(t.Context(), nil, 1); err == nil {
		t.Error("no error without an architecture")
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		x    []float64
		want float64
	}{{[]float64{3}, 3}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 3, 2}, 2}} {
		if got := median(c.x); got != c.want {
			t.Errorf("median of %v is %v, want %v", c.x, got, c.want)
		}
	}
}
