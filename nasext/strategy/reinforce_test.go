package strategy

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/controller"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// word is a space of n letters out of k, each decided by itself.
type word struct{ n, k int }

func (w word) Name() string { return fmt.Sprintf("word(%d letters of %d)", w.n, w.k) }

func (w word) Next(g space.Genotype) (space.Decision, bool, error) {
	if len(g) >= w.n {
		return space.Decision{}, false, nil
	}
	d := space.Decision{Name: fmt.Sprintf("letter %d", len(g)+1)}
	for i := range w.k {
		d.Options = append(d.Options, string(rune('a'+i)))
	}
	return d, true, nil
}

func (w word) Build(space.Genotype) (*arch.Arch, error) { return &arch.Arch{}, nil }

// letters is the share of letters that are the last of the alphabet.
func letters(w word, g space.Genotype) float64 {
	right := 0.0
	for _, c := range g {
		if c == w.k-1 {
			right++
		}
	}
	return right / float64(len(g))
}

// bestOf runs a strategy on the word problem and returns the best score.
func bestOf(t *testing.T, s Strategy, w word, trials, batch int) float64 {
	t.Helper()
	best := math.Inf(-1)
	for done := 0; done < trials; done += batch {
		asked, err := s.Ask(batch)
		if err != nil {
			t.Fatal(err)
		}
		var told []Observation
		for _, p := range asked {
			score := letters(w, p.Genotype)
			best = max(best, score)
			told = append(told, Observation{Proposal: p, Score: score})
		}
		if err := s.Tell(told); err != nil {
			t.Fatal(err)
		}
	}
	return best
}

// On 20 letters out of 4, random search gets the best of 400 binomial draws of
// mean 0.25; the controller has to be far above that, over several seeds.
func TestReinforceBeatsRandom(t *testing.T) {
	w := word{20, 4}
	const trials, seeds = 400, 8
	var ours, chance []float64
	for s := range uint64(seeds) {
		r, err := Reinforce(w, s, controller.Config{Rate: 0.01})
		if err != nil {
			t.Fatal(err)
		}
		ours = append(ours, bestOf(t, r, w, trials, 8))
		rng, best := seed.Stream(s, "random"), 0.0
		for range trials {
			g, err := space.Random(w, rng)
			if err != nil {
				t.Fatal(err)
			}
			best = max(best, letters(w, g))
		}
		chance = append(chance, best)
	}
	meanOurs, sdOurs := meanAndDeviation(ours)
	meanChance, sdChance := meanAndDeviation(chance)
	t.Logf("reinforce %.3f ± %.3f, random %.3f ± %.3f", meanOurs, sdOurs, meanChance, sdChance)
	// Welch's t with about 14 degrees of freedom: 4 is beyond one in a thousand.
	if score := (meanOurs - meanChance) / math.Sqrt((sdOurs*sdOurs+sdChance*sdChance)/seeds); score < 4 {
		t.Errorf("reinforce reaches %.3f ± %.3f and random search %.3f ± %.3f in %d trials: t = %.1f, want above 4",
			meanOurs, sdOurs, meanChance, sdChance, trials, score)
	}
}

func meanAndDeviation(x []float64) (mean, sd float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		sd += (v - mean) * (v - mean) / float64(len(x)-1)
	}
	return mean, math.Sqrt(sd)
}

func newReinforce(t *testing.T, w word) *PolicyGradient {
	t.Helper()
	r, err := Reinforce(w, 5, controller.Config{Rate: 0.01})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A strategy that is told the same proposes the same, and its history says what happened.
func TestReinforceHistory(t *testing.T) {
	w := word{3, 2}
	a, b := newReinforce(t, w), newReinforce(t, w)
	for range 3 {
		bestOf(t, a, w, 4, 2)
		bestOf(t, b, w, 4, 2)
	}
	history := a.History()
	if !reflect.DeepEqual(history, b.History()) {
		t.Error("two searches of one seed have different histories")
	}
	if len(history) != 6 {
		t.Fatalf("%d records of 6 batches", len(history))
	}
	for i, r := range history {
		if r.Update != i+1 || len(r.Rewards) != 2 || len(r.Policy) != 3 {
			t.Fatalf("record %d is %+v", i, r)
		}
		for j := range r.Rewards {
			if got, want := r.Advantages[j], r.Rewards[j]-r.Stats.Baseline; got != want {
				t.Errorf("advantage is %g, want %g", got, want)
			}
		}
		for _, o := range r.Policy {
			if sum := o.Probs[0] + o.Probs[1]; math.Abs(sum-1) > 1e-12 || o.Reached != 1 {
				t.Errorf("update %d: %s has probabilities that sum to %g, reached by %g", r.Update, o.Decision, sum, o.Reached)
			}
		}
	}
}

// With attention and proximal policy optimisation too, a strategy that is told the same
// proposes the same.
func TestReinforceSettings(t *testing.T) {
	macro, err := space.ENASMacro(space.ENASMacroConfig{Layers: 3})
	if err != nil {
		t.Fatal(err)
	}
	cfg := controller.ENASMacro2018()
	cfg.Ratio, cfg.Epochs = 0.2, 3
	run := func() []controller.Record {
		r, err := Reinforce(macro, 5, cfg)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			asked, err := r.Ask(4)
			if err != nil {
				t.Fatal(err)
			}
			var told []Observation
			for _, p := range asked {
				told = append(told, Observation{Proposal: p, Score: float64(p.Genotype[1])})
			}
			if err := r.Tell(told); err != nil {
				t.Fatal(err)
			}
		}
		return r.History()
	}
	if a, b := run(), run(); !reflect.DeepEqual(a, b) || len(a) != 3 {
		t.Error("two searches of one seed have different histories")
	}
}

// Failures count as the worst score seen; before any score they teach nothing.
func TestReinforceFailures(t *testing.T) {
	r := newReinforce(t, word{3, 2})
	tell := func(scores ...float64) {
		t.Helper()
		asked, err := r.Ask(len(scores))
		if err != nil {
			t.Fatal(err)
		}
		var told []Observation
		for i, g := range asked {
			told = append(told, Observation{Proposal: g, Score: scores[i], Failed: math.IsNaN(scores[i])})
		}
		if err := r.Tell(told); err != nil {
			t.Fatal(err)
		}
	}
	nan := math.NaN()
	tell(nan, nan)
	if n := len(r.History()); n != 0 {
		t.Fatalf("%d updates after failures only, want none", n)
	}
	tell(nan, -3)
	tell(7, nan)
	tell(nan, nan)
	want := [][]float64{{-3, -3}, {7, -3}, {-3, -3}}
	for i, r := range r.History() {
		if !reflect.DeepEqual(r.Rewards, want[i]) {
			t.Errorf("rewards of update %d are %v, want %v", i+1, r.Rewards, want[i])
		}
	}
}

func TestReinforceErrors(t *testing.T) {
	w := word{2, 2}
	create := func(cfg controller.Config) error { _, err := Reinforce(w, 1, cfg); return err }
	fresh := newReinforce(t, w)
	asked := newReinforce(t, w)
	got, err := asked.Ask(1)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(r *PolicyGradient, n int) error { _, err := r.Ask(n); return err }
	other := space.Genotype{1 - got[0].Genotype[0], got[0].Genotype[1]}
	for _, test := range []struct {
		err  error
		want string
	}{
		{create(controller.Config{Hidden: -1}), "strategy: reinforce: controller: Hidden is -1"},
		{func() error { _, err := Reinforce(nil, 1, controller.Config{}); return err }(), "reinforce needs a space, not nil"},
		{ask(&PolicyGradient{turn: turn{who: "reinforce"}}, 1), "reinforce has no space"},
		{ask(fresh, 0), "asked for 0 architectures"},
		{fresh.Tell(nil), "no proposal of it waits for any"},
		{ask(asked, 1), "asked again before it was told"},
		{asked.Tell([]Observation{{}, {}}), "told 2 observations about its last 1 proposals"},
		{asked.Tell([]Observation{{Proposal: Proposal{Genotype: other}}}), "was told about"},
		{asked.Tell([]Observation{{Proposal: got[0], Score: math.Inf(1)}}), "scored +Inf; a score is a finite number"},
	} {
		if test.err == nil || !strings.Contains(test.err.Error(), test.want) {
			t.Errorf("error is %v, want one that says %q", test.err, test.want)
		}
	}
	if err := asked.Tell([]Observation{{Proposal: got[0], Score: 1}}); err != nil {
		t.Errorf("after refused observations the right one is refused too: %v", err)
	}
}
