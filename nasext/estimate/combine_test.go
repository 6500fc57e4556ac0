package estimate

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
	"github.com/nascent-go/nascent/nasext/space"
)

// fixed is an estimator that says what it is told to.
type fixed struct {
	name string
	e    Estimate
	err  error
}

func (f fixed) Name() string { return f.name }

func (f fixed) Estimate(context.Context, *arch.Arch, uint64) (Estimate, error) { return f.e, f.err }

// lengths scores a genotype by its length.
type lengths struct{ fixed }

func (l lengths) EstimateGenotype(_ context.Context, g space.Genotype, _ *arch.Arch, _ uint64) (Estimate, error) {
	return Estimate{Score: float64(len(g))}, nil
}

// spender scores by its budget.
type spender struct{ fixed }

func (s spender) At(b Budget) Estimator {
	s.e.Score = float64(b.Epochs)
	return s
}

func TestSum(t *testing.T) {
	sum, err := Sum(
		Term{fixed{name: "a", e: Estimate{Score: 0.9, Params: 10, MACs: 20, Seconds: 1, Note: "slow"}}, 1},
		Term{fixed{name: "b", e: Estimate{Score: -3, Params: 99, Latency: 0.5, Seconds: 2, Curve: []Epoch{{Epoch: 1}}, Note: "odd"}}, 0.1},
	)
	if err != nil {
		t.Fatal(err)
	}
	e, err := sum.Estimate(t.Context(), nil, 1)
	if err != nil || math.Abs(e.Score-0.6) > 1e-15 {
		t.Errorf("%+v, %v", e, err)
	}
	if e.Params != 10 || e.MACs != 20 || e.Latency != 0.5 || e.Seconds != 3 || len(e.Curve) != 1 || e.Note != "slow; odd" {
		t.Errorf("%+v", e)
	}
	if want := "sum(1 × a + 0.1 × b)"; sum.Name() != want {
		t.Errorf("%s, want %s", sum.Name(), want)
	}
	failing, err := Sum(Term{fixed{err: errors.New("no disk")}, 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := failing.Estimate(t.Context(), nil, 1); err == nil || err.Error() != "sum: term 1: no disk" {
		t.Error(err)
	}
}

// TestCombinedCapabilities checks that an estimator made of others can do what they can, and
// no more.
func TestCombinedCapabilities(t *testing.T) {
	plain, long, budget := fixed{name: "plain", e: Estimate{Score: 0.5}}, lengths{fixed{name: "long"}}, spender{fixed{name: "budget"}}
	for _, c := range []struct {
		parts             []Estimator
		genotypes, budget bool
		score             float64 // of a genotype of 3, at 4 epochs
	}{
		{[]Estimator{plain}, false, false, 0.5},
		{[]Estimator{plain, long}, true, false, 3.5},
		{[]Estimator{budget, plain}, false, true, 4.5},
		{[]Estimator{budget, long, plain}, true, true, 7.5},
	} {
		var terms []Term
		for _, p := range c.parts {
			terms = append(terms, Term{p, 1})
		}
		e, err := Sum(terms...)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := e.(ByGenotype); ok != c.genotypes {
			t.Errorf("%s: by genotype: %t", e.Name(), ok)
		}
		b, ok := e.(Budgeted)
		if ok != c.budget {
			t.Errorf("%s: with budgets: %t", e.Name(), ok)
		}
		if ok {
			e = b.At(Budget{Epochs: 4})
		}
		var got Estimate
		if g, ok := e.(ByGenotype); ok {
			got, err = g.EstimateGenotype(t.Context(), space.Genotype{1, 2, 3}, nil, 1)
		} else {
			got, err = e.Estimate(t.Context(), nil, 1)
		}
		if err != nil || got.Score != c.score {
			t.Errorf("%s: %v, %v, want %v", e.Name(), got.Score, err, c.score)
		}
	}
}

// TestReward has the numbers of Tan et al. 2019, section 3: with w = −0.07, twice the time
// is worth 5 % of accuracy.
func TestReward(t *testing.T) {
	score := func(e Estimate, c RewardConfig) float64 {
		t.Helper()
		r, err := Reward(fixed{name: "a", e: e}, c)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Estimate(t.Context(), convNet(t, digit, 2, 10), 1)
		if err != nil {
			t.Fatal(err)
		}
		return got.Score
	}
	soft := RewardConfig{Cost: "latency", Target: 0.1, Below: -0.07, Above: -0.07}
	slow := score(Estimate{Score: 0.5 * 1.05, Latency: 0.2}, soft)
	if fast := score(Estimate{Score: 0.5, Latency: 0.1}, soft); fast != 0.5 || math.Abs(slow-fast) > 1e-3 {
		t.Errorf("at the target %v, at twice the time with 5 %% more accuracy %v", fast, slow)
	}
	hard := RewardConfig{Cost: "params", Target: 1000, Above: -1}
	for params, want := range map[int64]float64{0: 0.8, 10: 0.8, 1000: 0.8, 2000: 0.4} {
		if got := score(Estimate{Score: 0.8, Params: params}, hard); math.Abs(got-want) > 1e-15 {
			t.Errorf("%d parameters: %v, want %v", params, got, want)
		}
	}
	if got := score(Estimate{Score: 0.8, MACs: 4000}, RewardConfig{Cost: "macs", Target: 1000, Above: -0.5}); got != 0.4 {
		t.Errorf("4000 MACs: %v", got)
	}
	// A time that the estimator does not say is measured.
	r, err := Reward(fixed{name: "a", e: Estimate{Score: 1}}, RewardConfig{Cost: "latency", Target: 1, Below: -1, Above: -1})
	if err != nil {
		t.Fatal(err)
	}
	e, err := r.Estimate(t.Context(), convNet(t, digit, 2, 10), 1)
	if err != nil || e.Latency <= 0 || math.Abs(e.Score*e.Latency-1) > 1e-12 {
		t.Errorf("%+v, %v", e, err)
	}
	if want := "reward(a, latency target 1, exponents -1 below and -1 above)"; r.Name() != want {
		t.Error(r.Name())
	}
	negative, err := Reward(fixed{name: "a", e: Estimate{Score: -1}}, hard)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := negative.Estimate(t.Context(), nil, 1); err == nil || !strings.Contains(err.Error(), "the score is -1") {
		t.Error(err)
	}
}

func TestScreen(t *testing.T) {
	dear := fixed{name: "dear", e: Estimate{Score: 0.9, Params: 5}}
	for _, c := range []struct {
		cheap, want float64
		note        string
	}{{1, 0.9, ""}, {2, 0.9, ""}, {0.5, 0.1, "screened out: 0.5 is below 1"}, {math.NaN(), 0.1, "screened out: NaN is below 1"}} {
		s, err := Screen(ScreenConfig{Cheap: fixed{name: "cheap", e: Estimate{Score: c.cheap, Latency: 3}}, AtLeast: 1, Then: dear, Else: 0.1})
		if err != nil {
			t.Fatal(err)
		}
		e, err := s.Estimate(t.Context(), nil, 1)
		if err != nil || e.Score != c.want || e.Note != c.note || e.Latency != 3 {
			t.Errorf("cheap score %v: %+v, %v", c.cheap, e, err)
		}
		if want := "screen(cheap at least 1, then dear, else 0.1)"; s.Name() != want {
			t.Error(s.Name())
		}
	}
}

// TestCombinedProvenance checks that data and engines of all parts are told, each once.
func TestCombinedProvenance(t *testing.T) {
	tr := trainer(t, quick(t))
	count, err := Count(CountConfig{})
	if err != nil {
		t.Fatal(err)
	}
	snip := zeroCost(t, ZeroCostConfig{Measure: "snip", Data: parts(t).Train, Engine: cpu.New(0)})
	sum, err := Sum(Term{tr, 1}, Term{count, 1}, Term{tr, 2}, Term{snip, 1})
	if err != nil {
		t.Fatal(err)
	}
	got := ProvenanceOf(sum)
	if want := tr.Provenance().Data + "; " + snip.Provenance().Data; got.Data != want || got.Engine != cpu.New(0).Name() {
		t.Errorf("%+v, want data %s", got, want)
	}
}

func TestCombineErrors(t *testing.T) {
	ok := fixed{name: "a"}
	var none *Trainer
	must := func(_ Estimator, err error) error { return err }
	for want, err := range map[string]error{
		"sum: there are no terms":                       must(Sum()),
		"sum: weight 2 is NaN":                          must(Sum(Term{ok, 1}, Term{ok, math.NaN()})),
		"sum: there is no estimator (nil) as part 1":    must(Sum(Term{nil, 1})),
		"sum: there is no estimator (nil) as part 2":    must(Sum(Term{ok, 1}, Term{none, 1})),
		"reward: there is no estimator (nil)":           must(Reward(nil, RewardConfig{Cost: "macs", Target: 1, Above: -1})),
		`there is no cost "time"`:                       must(Reward(ok, RewardConfig{Cost: "time", Target: 1, Above: -1})),
		"target 0":                                      must(Reward(ok, RewardConfig{Cost: "macs", Above: -1})),
		"both exponents are 0":                          must(Reward(ok, RewardConfig{Cost: "macs", Target: 1})),
		"exponents -Inf and 0":                          must(Reward(ok, RewardConfig{Cost: "macs", Target: 1, Below: math.Inf(-1)})),
		"screen: there is no estimator (nil) as part 1": must(Screen(ScreenConfig{Then: ok})),
		"screen: at least NaN":                          must(Screen(ScreenConfig{Cheap: ok, Then: ok, AtLeast: math.NaN()})),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestVote(t *testing.T) {
	// Two of three measures put 0 above 1 above 2; the scales don't matter.
	got, err := Vote([]float64{3, 2, 1}, []float64{1e9, 1e8, -1e9}, []float64{-3, -2, -1})
	if err != nil || !slices.Equal(got, []float64{1, 0.5, 0}) {
		t.Error(got, err)
	}
	// Two measures that disagree on everything leave nothing decided.
	if got, err := Vote([]float64{3, 2, 1}, []float64{1, 2, 3}); err != nil || !slices.Equal(got, []float64{0.5, 0.5, 0.5}) {
		t.Error(got, err)
	}
	// One measure votes for its own order.
	if got, err := Vote([]float64{5, 1, 9, 1}); err != nil || !slices.Equal(got, []float64{2. / 3, 0.5 / 3, 1, 0.5 / 3}) {
		t.Error(got, err)
	}
	for want, lists := range map[string][][]float64{
		"at least one list": nil,
		"two architectures": {{1}},
		"list 2 has 1":      {{1, 2}, {1}},
		"score 1 of list 1": {{1, math.NaN()}},
	} {
		if _, err := Vote(lists...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
