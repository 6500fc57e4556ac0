package strategy_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/predict"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

// bananas is a search with a small and hasty predictor.
func bananas(t testing.TB, s space.Space, seed uint64) *strategy.PredictorSearch {
	t.Helper()
	return made(t, strategy.BANANAS, s, seed, strategy.Bananas{First: 4, Round: 3, Candidates: 12, Predictor: &predict.Ensemble{Members: 2, Layers: 2, Units: 8, Epochs: 5}})
}

// With the one-hot encoding, and networks of three layers that keep the test short,
// BANANAS finds more than random search and evolution are known to find (the settings of
// NATS-Bench: a population of 10, tournaments of 3).
func TestBananasOnNB201(t *testing.T) {
	const seeds, trials = 30, 150
	s, score, table := nb201(t)
	hot, err := space.OneHot(s)
	if err != nil {
		t.Fatal(err)
	}
	var x sample
	for i := range uint64(seeds) {
		b := made(t, strategy.BANANAS, s, i, strategy.Bananas{Encoding: hot, Predictor: &predict.Ensemble{Layers: 3, Epochs: 50}})
		x = append(x, best(t, b, trials, score)[trials-1])
	}
	x.exceeds(t, "BANANAS", "random search", expectedBest(table, trials))
	x.exceeds(t, "BANANAS", "evolution", 94.24)
}

// With the settings of the article it finds more than random search does in as many trials.
func TestBananasAsPublished(t *testing.T) {
	const seeds, trials = 6, 100
	s, score, table := nb201(t)
	var x sample
	for i := range uint64(seeds) {
		x = append(x, best(t, made(t, strategy.BANANAS, s, i, strategy.Bananas{}), trials, score)[trials-1])
	}
	x.exceeds(t, "BANANAS", "random search", expectedBest(table, trials))
}

// exceeds says that the mean is more than what is known of another search, by three
// standard errors.
func (x sample) exceeds(t *testing.T, what, other string, known float64) {
	t.Helper()
	se := x.deviation() / math.Sqrt(float64(len(x)))
	if x.mean()-3*se < known {
		t.Errorf("%s finds %.3f ± %.3f, %s %.3f", what, x.mean(), se, other, known)
	} else {
		t.Logf("%s finds %.3f ± %.3f, %s %.3f", what, x.mean(), se, other, known)
	}
}

// With any predictor, and by any encoding.
func TestBananasWithOtherPredictors(t *testing.T) {
	const seeds = 25
	s, score, table := nb201(t)
	hot, err := space.OneHot(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []func() predict.Predictor{
		func() predict.Predictor { return &predict.Ridge{} },
		func() predict.Predictor { return &predict.GaussianProcess{Distance: predict.Hamming()} },
		func() predict.Predictor { return &predict.Forest{Trees: 20} },
	} {
		var x sample
		for i := range uint64(seeds) {
			b := made(t, strategy.BANANAS, s, i, strategy.Bananas{Predictor: p(), Encoding: hot})
			if !strings.Contains(b.Name(), p().Name()+" of one-hot of ") {
				t.Errorf("the name does not say the predictor and the encoding: %s", b.Name())
			}
			x = append(x, best(t, b, 60, score)[59])
		}
		x.exceeds(t, "BANANAS with "+p().Name(), "random search", expectedBest(table, 60))
	}
}

// Rounds are handed out in any batches, nothing comes twice, and the space ends.
func TestBananasRounds(t *testing.T) {
	one, many := bananas(t, bits{5}, 3), bananas(t, bits{5}, 3)
	a := turns(t, one, ones, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
	b := turns(t, many, ones, 17)
	if !reflect.DeepEqual(a, b) {
		t.Errorf("in batches of one it proposes %v, in a large one %v", a, b)
	}
	b = append(b, turns(t, many, ones, 15)...)
	seen := map[string]bool{}
	for _, g := range b {
		seen[fmt.Sprint(g)] = true
	}
	if len(seen) != 32 {
		t.Errorf("of 32 proposals %d differ", len(seen))
	}
	if batch, err := many.Ask(1); err != strategy.ErrExhausted || len(batch) > 0 {
		t.Errorf("after the whole space it proposes %v, %v", batch, err)
	}
}

// Scores that are all equal, or none because all fail, leave random draws.
func TestBananasWithNothingToLearnFrom(t *testing.T) {
	for _, failed := range []bool{false, true} {
		b := bananas(t, bits{8}, 1)
		for range 10 {
			batch, err := b.Ask(5)
			if err != nil {
				t.Fatal(err)
			}
			seen := observe(batch, func(space.Genotype) float64 { return 7 })
			for i := range seen {
				seen[i].Failed = failed
			}
			if err := b.Tell(seen); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestBananasSettings(t *testing.T) {
	refuses(t, strategy.BANANAS, []refused[strategy.Bananas]{
		{nil, strategy.Bananas{}, "BANANAS needs a space"},
		{bits{2}, strategy.Bananas{First: -1}, "-1 first draws; there must be at least 1, or 0 for 10"},
		{bits{2}, strategy.Bananas{Round: -1}, "rounds of -1; they must be at least 1, or 0 for 10"},
		{bits{2}, strategy.Bananas{Candidates: 5}, "5 candidates for rounds of 10; there must be at least as many"},
	})
	other, err := space.NASBench201(space.NASBench201Config{})
	if err != nil {
		t.Fatal(err)
	}
	hot, err := space.OneHot(other)
	if err != nil {
		t.Fatal(err)
	}
	b := made(t, strategy.BANANAS, bits{8}, 1, strategy.Bananas{Encoding: hot})
	if _, err := b.Ask(2); err == nil || !strings.Contains(err.Error(), "strategy: BANANAS: ") {
		t.Errorf("with the encoding of another space the error is %v", err)
	}
}

func BenchmarkBANANAS(b *testing.B) {
	s, score, _ := nb201(b)
	b.ReportAllocs()
	for b.Loop() {
		best(b, made(b, strategy.BANANAS, s, 1, strategy.Bananas{}), 150, score)
	}
}
