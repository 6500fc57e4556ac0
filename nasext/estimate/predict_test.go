package estimate

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/predict"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

var (
	_ ByGenotype = (*Predicted)(nil)
	_ Traced     = combined{}
)

// widths is a space of three layers with a width each.
func widths(t testing.TB) space.Space {
	t.Helper()
	s, err := space.New("widths", func(c *space.Choices) (*arch.Arch, error) {
		b := arch.NewBuilder("widths", digit)
		x := b.In()
		for i := range 3 {
			x = b.ReLU(b.Conv(x, c.Int("width "+strconv.Itoa(i), 1, 2, 4, 8), 1))
		}
		b.Linear(b.GlobalPool(x), 10)
		return b.Build()
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// trials score architectures of widths by a sum over their decisions, which a ridge
// regression of their one-hot encoding can learn.
func trials(t testing.TB, s space.Space, n int) (all []Scored) {
	t.Helper()
	draw := seed.Stream(1, "trials")
	for range n {
		g, err := space.Random(s, draw)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, Scored{g, truth(g)})
	}
	return all
}

func truth(g space.Genotype) float64 {
	return 0.1*float64(g[0]*g[0]) - 0.2*float64(g[1]) + 0.05*float64(g[2])
}

func TestPredict(t *testing.T) {
	s := widths(t)
	one, err := space.OneHot(s)
	if err != nil {
		t.Fatal(err)
	}
	c := PredictConfig{Predictor: &predict.Ridge{Penalty: 1e-6}, Encoding: one, Trials: trials(t, s, 40), Seed: 3}
	p, err := Predict(c)
	if err != nil {
		t.Fatal(err)
	}
	if v := p.Validation(); v.Spearman < 0.99 || v.Kendall < 0.95 || len(v.Mean) != 40 {
		t.Errorf("%s", p)
	}
	for _, x := range trials(t, s, 80)[40:] {
		a, err := s.Build(x.Genotype)
		if err != nil {
			t.Fatal(err)
		}
		e, err := p.EstimateGenotype(t.Context(), x.Genotype, a, 1)
		if err != nil || math.Abs(e.Score-x.Score) > 1e-3 || !strings.HasPrefix(e.Note, "predicted, ± ") {
			t.Errorf("%v: %+v, %v, want %v", x.Genotype, e, err, x.Score)
		}
		if want, err := a.Params(); err != nil || e.Params != want || e.MACs <= 0 {
			t.Errorf("%+v", e)
		}
	}
	if !strings.Contains(p.String(), "40 trials") || !strings.Contains(p.String(), "Spearman 0.99") || !strings.Contains(p.String(), "5 folds") {
		t.Error(p)
	}
	name := p.Name()
	c.Predictor, c.Trials = &predict.Ridge{Penalty: 1e-6}, append(c.Trials[1:], c.Trials[0])
	if other, err := Predict(c); err != nil || other.Name() == name {
		t.Errorf("other trials have the same name, %s, %v", name, err)
	}
}

func TestPredictErrors(t *testing.T) {
	s := widths(t)
	one, err := space.OneHot(s)
	if err != nil {
		t.Fatal(err)
	}
	all := trials(t, s, 6)
	flat := []Scored{{all[0].Genotype, 1}, {all[1].Genotype, 1}, {all[2].Genotype, 1}, {all[3].Genotype, 1}}
	short := append([]Scored{{space.Genotype{1}, 1}}, all...)
	for want, c := range map[string]PredictConfig{
		"no predictor":         {Encoding: one, Trials: all},
		"no encoding":          {Predictor: &predict.Forest{}, Trials: all},
		"3 trials; at least 4": {Predictor: &predict.Forest{}, Encoding: one, Trials: all[:3]},
		"7 folds of 6 rows":    {Predictor: &predict.Forest{}, Encoding: one, Trials: all, Folds: 7},
		"all scores are equal": {Predictor: &predict.Forest{}, Encoding: one, Trials: flat},
		"predict: trial 0: ":   {Predictor: &predict.Forest{}, Encoding: one, Trials: short},
	} {
		if _, err := Predict(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	p, err := Predict(PredictConfig{Predictor: &predict.Forest{}, Encoding: one, Trials: all})
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Build(all[0].Genotype)
	if err != nil {
		t.Fatal(err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := p.EstimateGenotype(ended, all[0].Genotype, a, 1); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	var none context.Context
	if _, err := p.EstimateGenotype(none, all[0].Genotype, a, 1); !errors.Is(err, errNoContext) {
		t.Error(err)
	}
	if _, err := p.EstimateGenotype(t.Context(), space.Genotype{1}, a, 1); err == nil {
		t.Error("no error for half a genotype")
	}
	if _, err := p.EstimateGenotype(t.Context(), all[0].Genotype, nil, 1); err == nil {
		t.Error("no error without an architecture")
	}
	if _, err := p.Estimate(t.Context(), a, 1); err == nil || !strings.Contains(err.Error(), "call EstimateGenotype") {
		t.Error(err)
	}
}
