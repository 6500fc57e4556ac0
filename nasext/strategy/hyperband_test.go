package strategy_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

// bohb is strategy.BOHB with a model.
func bohb(model strategy.Model) func(space.Space, uint64, strategy.Halving) (*strategy.HalvingSearch, error) {
	return func(s space.Space, seed uint64, settings strategy.Halving) (*strategy.HalvingSearch, error) {
		return strategy.BOHB(s, seed, settings, model)
	}
}

// The brackets of R = 81 and η = 3 by the formula of Li et al. 2018, and as they stand
// in their table 1, which is what HpBandSter makes; and those of NATS-Bench's BOHB.
func TestBrackets(t *testing.T) {
	first := []strategy.Rung{{81, 1}, {27, 3}, {9, 9}, {3, 27}, {1, 81}}
	for _, c := range []struct {
		kind     func(space.Space, uint64, strategy.Halving) (*strategy.HalvingSearch, error)
		settings strategy.Halving
		want     [][]strategy.Rung
	}{
		{strategy.SuccessiveHalving, strategy.Halving{}, [][]strategy.Rung{first}},
		{strategy.SuccessiveHalving, strategy.Halving{First: 20, Most: 9}, [][]strategy.Rung{{{20, 1}, {6, 3}, {2, 9}}}},
		{strategy.SuccessiveHalving, strategy.Halving{First: 2, Most: 9, Least: 2}, [][]strategy.Rung{{{2, 3}, {1, 9}}}},
		{strategy.SuccessiveHalving, strategy.Halving{Most: 7, Least: 7}, [][]strategy.Rung{{{1, 7}}}},
		{strategy.SuccessiveHalving, strategy.Halving{Most: 10, Eta: 2, Least: 1}, [][]strategy.Rung{{{8, 1}, {4, 3}, {2, 5}, {1, 10}}}},
		{strategy.Hyperband, strategy.Halving{}, [][]strategy.Rung{
			first, {{34, 3}, {11, 9}, {3, 27}, {1, 81}}, {{15, 9}, {5, 27}, {1, 81}}, {{8, 27}, {2, 81}}, {{5, 81}},
		}},
		{strategy.Hyperband, strategy.Halving{Whole: true}, [][]strategy.Rung{
			first, {{27, 3}, {9, 9}, {3, 27}, {1, 81}}, {{9, 9}, {3, 27}, {1, 81}}, {{6, 27}, {2, 81}}, {{5, 81}},
		}},
		{strategy.Hyperband, strategy.Halving{Most: 12, Whole: true}, [][]strategy.Rung{{{9, 1}, {3, 4}, {1, 12}}, {{3, 4}, {1, 12}}, {{3, 12}}}},
	} {
		h := made(t, c.kind, bits{8}, 1, c.settings)
		if got := h.Schedule(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: the brackets are %v, want %v", h.Name(), got, c.want)
		}
		// And this is what is asked for, whatever the batches, twice over.
		var got, want []int
		for range 2 {
			for _, b := range c.want {
				for _, r := range b {
					want = append(want, slices.Repeat([]int{r.Budget}, r.Architectures)...)
				}
			}
		}
		for i := 0; len(got) < len(want); i++ {
			batch, err := h.Ask(min(1+i%7, len(want)-len(got)))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range batch {
				got = append(got, p.Budget)
			}
			if err := h.Tell(observe(batch, ones)); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the budgets are %v, want %v", h.Name(), got, want)
		}
	}
}

// rungOf asks for all of a rung in batches, and tells how they did; some fail.
func rungOf(t *testing.T, s strategy.Strategy, n int, score func(space.Genotype) float64, fails func(space.Genotype) bool) (batch []strategy.Proposal) {
	t.Helper()
	for len(batch) < n {
		some, err := s.Ask(4)
		if err != nil {
			t.Fatal(err)
		}
		if len(some) != min(4, n-len(batch)) {
			t.Fatalf("asked for 4 of the %d left of the rung, got %d", n-len(batch), len(some))
		}
		seen := observe(some, score)
		for i := range seen {
			seen[i].Failed = fails(seen[i].Genotype)
		}
		batch = append(batch, some...)
		if err := s.Tell(seen); err != nil {
			t.Fatal(err)
		}
	}
	return batch
}

// Those who are promoted are the best of those who did not fail.
func TestHalvingPromotesTheBest(t *testing.T) {
	never := func(space.Genotype) bool { return false }
	odd := func(g space.Genotype) bool { return g[0] == 1 }
	all := func(g space.Genotype) bool { return true }
	for _, fails := range []func(space.Genotype) bool{never, odd} {
		h := made(t, strategy.SuccessiveHalving, bits{12}, 2, strategy.Halving{First: 30, Most: 27})
		before := rungOf(t, h, 30, ones, fails)
		for _, n := range []int{10, 3, 1} {
			var scores []float64
			for _, p := range before {
				if !fails(p.Genotype) {
					scores = append(scores, ones(p.Genotype))
				}
			}
			slices.Sort(scores)
			slices.Reverse(scores)
			after := rungOf(t, h, n, ones, fails)
			for i, p := range after {
				if fails(p.Genotype) || ones(p.Genotype) != scores[i] {
					t.Errorf("place %d of the rung of %d goes to %v, which scored %v; the scores were %v", i, n, p.Genotype, ones(p.Genotype), scores)
				}
			}
			before = after
		}
	}
	// With too few that did not fail, the next rung is smaller; with none, it is another bracket.
	h := made(t, strategy.SuccessiveHalving, bits{12}, 2, strategy.Halving{First: 9, Most: 9})
	count := 0
	rungOf(t, h, 9, ones, func(space.Genotype) bool { count++; return count > 2 })
	if next := rungOf(t, h, 2, ones, all); next[0].Budget != 3 {
		t.Errorf("after two of nine survived, %v comes next", next)
	}
	if next := rungOf(t, h, 9, ones, never); next[0].Budget != 1 {
		t.Errorf("after all failed, %v comes next", next)
	}
}

// ASHA by hand: with η = 2, of every second that a rung has seen one can be promoted.
func TestASHAByHand(t *testing.T) {
	a := made(t, strategy.ASHA, bits{30}, 1, strategy.Halving{Most: 4, Eta: 2})
	scores := map[int]float64{}
	names := map[string]int{}
	next := 0
	ask := func(n int, want ...string) {
		t.Helper()
		batch, err := a.Ask(n)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		seen := make([]strategy.Observation, len(batch))
		for i, p := range batch {
			k := fmt.Sprint(p.Genotype)
			if _, known := names[k]; !known {
				next++
				names[k] = next
			}
			got = append(got, fmt.Sprintf("%d@%d", names[k], p.Budget))
			seen[i] = strategy.Observation{Proposal: p, Score: scores[names[k]], Failed: scores[names[k]] < 0}
		}
		if !slices.Equal(got, want) {
			t.Errorf("it proposes %v, want %v", got, want)
		}
		if err := a.Tell(seen); err != nil {
			t.Fatal(err)
		}
	}
	scores = map[int]float64{1: 5, 2: 3, 3: 7, 4: 1, 5: -1, 6: -1, 7: 9, 8: 2}
	ask(1, "1@1")
	ask(1, "2@1")
	ask(1, "1@2")        // the best of two
	ask(2, "3@1", "4@1") // 1 is still the best of its rung, and promoted
	ask(2, "3@2", "5@1") // two of four, 3 and 1; 3 was not promoted
	ask(3, "3@4", "6@1", "7@1")
	ask(3, "7@2", "8@1", "9@1") // 7, 3, 1 of seven; 5 and 6 failed
	ask(1, "7@4")               // 7 of three
	ask(1, "2@2")               // 7, 3, 1, 2 of nine
}

// A toy whose best is known: the share of ones, under noise that a larger budget makes
// smaller. With the same sum of budgets, random search at the
// largest budget tries 15.
func TestHalvingOnANoisyToy(t *testing.T) {
	const seeds, sum = 200, 1215
	run := func(make func(seed uint64) strategy.Strategy) (x sample) {
		for i := range uint64(seeds) {
			noise := seed.Stream(i, "noise")
			s, spent := make(i), 0
			best, truth := math.Inf(-1), 0.0
			for spent < sum {
				batch, err := s.Ask(9)
				if err != nil {
					t.Fatal(err)
				}
				seen := observe(batch, ones)
				for k := range seen {
					budget := max(seen[k].Budget, 1)
					if seen[k].Budget == 0 {
						budget = 81
					}
					spent += budget
					seen[k].Score += .3 * noise.NormFloat64() / math.Sqrt(float64(budget))
					if budget == 81 && seen[k].Score > best && spent <= sum {
						best, truth = seen[k].Score, ones(seen[k].Genotype)
					}
				}
				if err := s.Tell(seen); err != nil {
					t.Fatal(err)
				}
			}
			x = append(x, truth)
		}
		return x
	}
	random := run(func(i uint64) strategy.Strategy { return strategy.Random(bits{30}, i) })
	t.Logf("random: %.4f", random.mean())
	for name, make := range map[string]func(uint64) strategy.Strategy{
		"successive halving": func(i uint64) strategy.Strategy {
			return made(t, strategy.SuccessiveHalving, bits{30}, i, strategy.Halving{})
		},
		"Hyperband": func(i uint64) strategy.Strategy {
			return made(t, strategy.Hyperband, bits{30}, i, strategy.Halving{Whole: true})
		},
		"ASHA": func(i uint64) strategy.Strategy { return made(t, strategy.ASHA, bits{30}, i, strategy.Halving{}) },
	} {
		x := run(make)
		if difference, allowed := x.mean()-random.mean(), 3*math.Hypot(x.deviation(), random.deviation())/math.Sqrt(seeds); difference < allowed {
			t.Errorf("%s finds %.4f, random search %.4f; it should be more by at least %.4f", name, x.mean(), random.mean(), allowed)
		} else {
			t.Logf("%s: %.4f", name, x.mean())
		}
	}
}

// Given the same budgets, the model of BOHB finds more than Hyperband, which draws at random.
func TestBOHBLearns(t *testing.T) {
	const seeds = 40
	run := func(make func(seed uint64) strategy.Strategy) (x sample) {
		for i := range uint64(seeds) {
			curve := best(t, make(i), 300, ones)
			x = append(x, curve[len(curve)-1])
		}
		return x
	}
	hyperband := run(func(i uint64) strategy.Strategy {
		return made(t, strategy.Hyperband, bits{16}, i, strategy.Halving{Most: 9, Whole: true})
	})
	x := run(func(i uint64) strategy.Strategy {
		return made(t, bohb(strategy.Model{}), bits{16}, i, strategy.Halving{Most: 9})
	})
	if difference, allowed := x.mean()-hyperband.mean(), 3*math.Hypot(x.deviation(), hyperband.deviation())/math.Sqrt(seeds); difference < allowed {
		t.Errorf("BOHB finds %.4f, Hyperband %.4f; it should be more by at least %.4f", x.mean(), hyperband.mean(), allowed)
	} else {
		t.Logf("BOHB finds %.4f, Hyperband %.4f", x.mean(), hyperband.mean())
	}
}

func TestHalvingSettings(t *testing.T) {
	refuses(t, strategy.SuccessiveHalving, []refused[strategy.Halving]{
		{nil, strategy.Halving{}, "successive halving needs a space"},
		{bits{2}, strategy.Halving{Least: -1}, "with budgets from -1; the least is at least 1 unit, or 0 for 1"},
		{bits{2}, strategy.Halving{Least: 5, Most: 4}, "with budgets from 5 to 4; the most is at least the least"},
		{bits{2}, strategy.Halving{Most: math.MaxInt}, "at most 1073741824"},
		{bits{2}, strategy.Halving{Eta: 1}, "with eta 1; it must be at least 2, or 0 for 3"},
		{bits{2}, strategy.Halving{First: -1}, "with First = -1; it must be at least 1, or 0 for the default"},
	})
	refuses(t, strategy.Hyperband, []refused[strategy.Halving]{{bits{2}, strategy.Halving{First: 3}, "Hyperband with First = 3; it works out itself"}})
	refuses(t, strategy.ASHA, []refused[strategy.Halving]{{bits{2}, strategy.Halving{Whole: true}, "ASHA with First = 0 and Whole = true"}})
	refuses(t, bohb(strategy.Model{}), []refused[strategy.Halving]{{bits{2}, strategy.Halving{First: 3}, "BOHB with First = 3"}})
	for want, model := range map[string]strategy.Model{
		"a share of 1.5 from the model": {Share: 1.5}, "-1 samples": {Samples: -1},
		"the top 1 as good": {Top: 1}, "widens bandwidths by -1": {Widen: -1},
		"bandwidths of at least NaN": {MinBandwidth: math.NaN()},
	} {
		refuses(t, bohb(model), []refused[strategy.Halving]{{bits{2}, strategy.Halving{}, want}})
	}
}
