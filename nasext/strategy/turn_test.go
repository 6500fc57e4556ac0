package strategy_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

// bits is the space of strings of n bits.
type bits struct{ n int }

func (s bits) Name() string { return fmt.Sprintf("%d bits", s.n) }

func (s bits) Next(chosen space.Genotype) (space.Decision, bool, error) {
	if len(chosen) == s.n {
		return space.Decision{}, false, nil
	}
	return space.Decision{Name: bitNames[len(chosen)], Options: bitOptions}, true, nil
}

// State says that what follows depends on how many bits there are.
func (s bits) State(chosen space.Genotype) string { return fmt.Sprint(len(chosen)) }

func (bits) Build(space.Genotype) (*arch.Arch, error) { return nil, fmt.Errorf("bits build nothing") }

var (
	bitNames = func() (names [100]string) {
		for i := range names {
			names[i] = fmt.Sprint("bit ", i)
		}
		return names
	}()
	bitOptions = []string{"0", "1"}
)

// ones is the share of ones.
func ones(g space.Genotype) float64 {
	sum := 0
	for _, o := range g {
		sum += o
	}
	return float64(sum) / float64(len(g))
}

// made makes a strategy of a kind, such as strategy.TPE.
func made[C, S any](t testing.TB, kind func(space.Space, uint64, C) (S, error), s space.Space, seed uint64, settings C) S {
	t.Helper()
	made, err := kind(s, seed, settings)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// refused is what a kind of strategy does not take, and what its error holds.
type refused[C any] struct {
	s        space.Space
	settings C
	want     string
}

// refuses checks that each case is an error.
func refuses[C, S any](t *testing.T, kind func(space.Space, uint64, C) (S, error), cases []refused[C]) {
	t.Helper()
	for _, c := range cases {
		_, err := kind(c.s, 1, c.settings)
		wantError(t, err, c.want)
	}
}

// wantError checks that there is an error that holds want.
func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error is %v, want it to hold %q", err, want)
	}
}

// everyKind is one of each strategy of this file's package that needs no controller.
func everyKind(t testing.TB, s space.Space, seed uint64) map[string]strategy.Strategy {
	t.Helper()
	every := map[string]strategy.Strategy{
		"nsga-ii":      made(t, strategy.NSGAII, s, seed, strategy.NSGA2{Objectives: []strategy.Objective{strategy.HighScore}, Population: 6}),
		"tpe":          made(t, strategy.TPE, s, seed, strategy.ParzenTree{Startup: 4}),
		"tabular":      tabular(t, s, seed),
		"local search": made(t, strategy.Local, s, seed, strategy.LocalSearch{}), "steepest local search": made(t, strategy.Local, s, seed, strategy.LocalSearch{Steepest: true}),
		"random": strategy.Random(s, seed), "random without repeats": strategy.RandomDistinct(s, seed),
		"grid":               strategy.Grid(s),
		"evolution":          made(t, strategy.RegularizedEvolution, s, seed, strategy.Evolution{Population: 4, Sample: 2}),
		"distinct evolution": made(t, strategy.RegularizedEvolution, s, seed, strategy.Evolution{Population: 4, Sample: 2, Distinct: true}),
		"BANANAS":            bananas(t, s, seed),
		"successive halving": made(t, strategy.SuccessiveHalving, s, seed, strategy.Halving{Most: 9}),
		"Hyperband":          made(t, strategy.Hyperband, s, seed, strategy.Halving{Most: 9}),
		"ASHA":               made(t, strategy.ASHA, s, seed, strategy.Halving{Most: 9}),
		"BOHB":               made(t, bohb(strategy.Model{}), s, seed, strategy.Halving{Most: 9}),
	}
	if _, ok := s.(space.Stater); ok {
		every["metaqnn"] = made(t, strategy.MetaQNN, s, seed, strategy.QLearning{Schedule: strategy.MetaQNNSchedule(10)})
	}
	return every
}

// observe scores a batch by score.
func observe(batch []strategy.Proposal, score func(space.Genotype) float64) []strategy.Observation {
	out := make([]strategy.Observation, len(batch))
	for i, p := range batch {
		out[i] = strategy.Observation{Proposal: p, Score: score(p.Genotype)}
	}
	return out
}

// genotypes are what is proposed.
func genotypes(batch []strategy.Proposal) []space.Genotype {
	out := make([]space.Genotype, len(batch))
	for i, p := range batch {
		out[i] = p.Genotype
	}
	return out
}

// turns asks for batches of the given sizes and tells how they did; it returns all that
// was proposed. Where a strategy proposes fewer, it is asked for the rest of the batch.
func turns(t *testing.T, s strategy.Strategy, score func(space.Genotype) float64, sizes ...int) []space.Genotype {
	t.Helper()
	var all []space.Genotype
	for _, n := range sizes {
		for n > 0 {
			batch, err := s.Ask(n)
			if err != nil {
				t.Fatal(err)
			}
			if len(batch) == 0 || len(batch) > n {
				t.Fatalf("asked for %d, got %d", n, len(batch))
			}
			n -= len(batch)
			all = append(all, genotypes(batch)...)
			if err := s.Tell(observe(batch, score)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return all
}

func TestAskAndTellInStep(t *testing.T) {
	for name, s := range everyKind(t, bits{8}, 1) {
		t.Run(name, func(t *testing.T) {
			fails := func(what string, err error, want string) {
				t.Helper()
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%s: error is %v, want it to hold %q", what, err, want)
				}
			}
			fails("told before asked", s.Tell([]strategy.Observation{{}}), "was told 1 observations, but no proposal of it waits for any; ask first")
			fails("told nothing before asked", s.Tell(nil), "ask first")
			_, err := s.Ask(0)
			fails("asked for none", err, "was asked for 0 architectures; ask for at least 1")
			_, err = s.Ask(-2)
			fails("asked for less", err, "was asked for -2 architectures")

			batch, err := s.Ask(3)
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Ask(1)
			fails("asked twice", err, "was asked again before it was told how its last 3 proposals did")
			right := observe(batch, ones)
			fails("told too few", s.Tell(right[:2]), "was told 2 observations about its last 3 proposals; tell one about each")
			fails("told too many", s.Tell(append(right[:3:3], right[0])), "was told 4 observations about its last 3 proposals")
			other := observe(batch, ones)
			other[1].Genotype = space.Genotype{9}
			fails("told about another", s.Tell(other), "was told about [9] where its proposal 1 of the batch was ["+strings.Trim(fmt.Sprint(batch[1].Genotype), "[]")+"]; tell in the order asked")
			poor := observe(batch, ones)
			poor[1].Budget = 5
			fails("told about another budget", s.Tell(poor), fmt.Sprintf("with a budget of 5 where it proposed it with %d; tell what was asked", batch[1].Budget))
			for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				unfit := observe(batch, ones)
				unfit[2].Score = bad
				fails("told no number", s.Tell(unfit), "a score is a finite number, or the trial failed")
			}
			// A failed trial has no score that could be wrong; and after all these
			// refusals the strategy still waits for the right observations.
			right[2].Score, right[2].Failed = math.NaN(), true
			if err := s.Tell(right); err != nil {
				t.Errorf("told right: %v", err)
			}
			fails("told twice", s.Tell(right), "ask first")
		})
	}
}

// A strategy that is told what was stored goes on as the first one did.
func TestSameSeedAndObservationsSameProposals(t *testing.T) {
	sizes := []int{3, 1, 5, 2, 2, 7, 1}
	first := everyKind(t, bits{8}, 7)
	again := everyKind(t, bits{8}, 7)
	other := everyKind(t, bits{8}, 8)
	for name := range first {
		a, b, c := turns(t, first[name], ones, sizes...), turns(t, again[name], ones, sizes...), turns(t, other[name], ones, sizes...)
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s: two runs of one seed differ:\n%v\n%v", name, a, b)
		}
		if name != "grid" && reflect.DeepEqual(a, c) {
			t.Errorf("%s: two seeds propose the same", name)
		}
	}
}

// What the caller does with a proposal does not reach the strategy.
func TestProposalsBelongToTheCaller(t *testing.T) {
	for name, s := range everyKind(t, bits{8}, 1) {
		batch, err := s.Ask(2)
		if err != nil {
			t.Fatal(err)
		}
		right := observe(batch, ones)
		for i := range right {
			right[i].Genotype = append(space.Genotype(nil), right[i].Genotype...)
		}
		batch[0].Genotype[0], batch[1].Genotype[0] = 99, 99
		if err := s.Tell(right); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.Ask(6); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A space that holds nothing makes Ask fail, and the strategy can be asked again.
func TestSpacesThatHoldNothing(t *testing.T) {
	for name, s := range everyKind(t, broken{}, 1) {
		for range 2 {
			if batch, err := s.Ask(2); err == nil || !strings.Contains(err.Error(), "it holds no architecture") {
				t.Errorf("%s: asked and got %v, %v", name, batch, err)
			}
		}
	}
	for _, s := range []strategy.Strategy{strategy.Random(nil, 1), strategy.RandomDistinct(nil, 1), strategy.Grid(nil)} {
		if _, err := s.Ask(1); err == nil || !strings.Contains(err.Error(), "has no space (nil)") {
			t.Errorf("%s without a space: error is %v", s.Name(), err)
		}
	}
}

type broken struct{}

func (broken) Name() string { return "broken" }
func (broken) Next(space.Genotype) (space.Decision, bool, error) {
	return space.Decision{Name: "nothing"}, true, nil
}
func (broken) Build(space.Genotype) (*arch.Arch, error) { return nil, fmt.Errorf("nothing") }

func TestNames(t *testing.T) {
	want := map[string]string{
		"random": "random(seed 5)", "random without repeats": "random without repeats(seed 5)", "grid": "grid",
		"metaqnn":      "metaqnn(ε 1×5 0.8×1 0.6×1 0.4×1 0.2×1 0.1×1, rate 0.01 discount 1 initial 0.5 replay 100 seed 5)",
		"tpe":          "tpe(startup 4 γ 0.25 candidates 24 seed 5)",
		"nsga-ii":      "nsga-ii(score population 6 crossover 0.9 seed 5)",
		"tabular":      "tabular reinforce(rate 0.01 decay 0.9 seed 5)",
		"local search": "local search(first improvement seed 5)", "steepest local search": "local search(steepest ascent seed 5)",
		"evolution":          "evolution(population 4 sample 2 seed 5)",
		"distinct evolution": "evolution(population 4 sample 2 distinct seed 5)",
		"BANANAS":            "BANANAS(first 4 round 3 candidates 12 predictor ensemble(2 networks of 2 layers of 8 units, 5 epochs batch 32 rate 0.01) seed 5)",
		"successive halving": "successive halving(9 architectures budgets 1 to 9 eta 3 seed 5)",
		"Hyperband":          "Hyperband(budgets 1 to 9 eta 3 seed 5)",
		"ASHA":               "ASHA(budgets 1 to 9 eta 3 seed 5)",
		"BOHB":               "BOHB(budgets 1 to 9 eta 3 share 0.6667 samples 64 top 0.15 widen 3 bandwidth 0.001 seed 5)",
	}
	for name, s := range everyKind(t, bits{8}, 5) {
		if s.Name() != want[name] {
			t.Errorf("%s is called %q, want %q", name, s.Name(), want[name])
		}
	}
}
