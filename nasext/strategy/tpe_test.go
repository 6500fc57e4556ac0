package strategy_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

// bySide scores the squares of a fork by their side and all else by nothing.
func bySide(g space.Genotype) float64 {
	if g[0] == 2 {
		return float64(1 + g[1])
	}
	return 0
}

// With one candidate, proposals are drawn from ℓ: of each decision an option with the
// probability of 1 + how often the good observations have it.
func TestTPEDrawsFromTheGood(t *testing.T) {
	p := made(t, strategy.TPE, fork{}, 2, strategy.ParzenTree{Startup: 24, Candidates: 1})
	told, err := p.Ask(24)
	if err != nil {
		t.Fatal(err)
	}
	observed := observe(told, bySide)
	// Six of 24 are good: those of the highest score, the first of equals.
	count := map[string]map[string]float64{"shape": {}, "colour": {}, "side": {}}
	for n, score := 0, 3.0; n < 6; score-- {
		for _, o := range observed {
			if o.Score != score || n == 6 {
				continue
			}
			n++
			choices, err := space.Describe(fork{}, o.Genotype)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range choices {
				count[c.Decision][c.Option]++
			}
		}
	}
	if err := p.Tell(observed); err != nil {
		t.Fatal(err)
	}
	const n = 20000
	batch, err := p.Ask(n)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]float64{}
	for _, q := range batch {
		seen[fmt.Sprint(q.Genotype)] += 1. / n
	}
	err = space.Walk(fork{}, func(g space.Genotype) bool {
		want := 1.0
		for i, o := range g {
			d, _, err := fork{}.Next(g[:i])
			if err != nil {
				t.Fatal(err)
			}
			sum := 0.0
			for _, word := range d.Options {
				sum += 1 + count[d.Name][word]
			}
			want *= (1 + count[d.Name][d.Options[o]]) / sum
		}
		if got := seen[fmt.Sprint(g)]; math.Abs(got-want) > 4*math.Sqrt(want/n) {
			t.Errorf("%v came with frequency %.4f, want %.4f", g, got, want)
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
}

// With many candidates the proposal has the largest ℓ/g: in each decision the option
// that is more frequent among the good.
func TestTPEProposesTheLargestRatio(t *testing.T) {
	p := made(t, strategy.TPE, bits{4}, 1, strategy.ParzenTree{Startup: 16, Candidates: 300})
	score := func(g space.Genotype) float64 { return float64(8*g[0] + 4*g[1] + 2*g[2] + g[3]) }
	all := turns(t, p, score, 16)
	slices.SortStableFunc(all, func(a, b space.Genotype) int { return cmp.Compare(score(b), score(a)) })
	var ratio [4][2]float64
	for i := range 4 {
		good, bad := 0., 0. // of the 4 good and the 12 bad, how many have a 1
		for n, g := range all {
			if n < 4 {
				good += float64(g[i])
			} else {
				bad += float64(g[i])
			}
		}
		ratio[i] = [2]float64{(5 - good) / (13 - bad), (1 + good) / (1 + bad)}
	}
	for _, g := range turns(t, p, score, 3) {
		for i, o := range g {
			if ratio[i][o] < ratio[i][1-o]*(1-1e-12) {
				t.Errorf("proposed %v, where ℓ/g of the options of bit %d is in the proportion %v", g, i, ratio[i])
			}
		}
	}
}

// It is far better than random search where decisions count each by itself.
func TestTPEOnBits(t *testing.T) {
	score := func(g space.Genotype) float64 { return ones(g) }
	var random, parzen sample
	for i := range uint64(20) {
		random = append(random, best(t, strategy.Random(bits{30}, i), 150, score)[149])
		parzen = append(parzen, best(t, made(t, strategy.TPE, bits{30}, i, strategy.ParzenTree{}), 150, score)[149])
	}
	if d := parzen.mean() - random.mean(); d < .1 {
		t.Errorf("the best of TPE are %.3f on average, those of random search %.3f", parzen.mean(), random.mean())
	}
}

func TestTPEDistinct(t *testing.T) {
	p := made(t, strategy.TPE, bits{10}, 1, strategy.ParzenTree{Distinct: true})
	sizes := make([]int, 180)
	for i := range sizes {
		sizes[i] = 1
	}
	all := turns(t, p, ones, sizes...)
	free := turns(t, made(t, strategy.TPE, bits{10}, 1, strategy.ParzenTree{}), ones, sizes...)
	if n, m := unique(all), unique(free); n < 150 || m > 120 {
		t.Errorf("of 180 proposals %d were different, and %d without Distinct", n, m)
	}
}

// Failures are bad, however few observations there are.
func TestTPEFailures(t *testing.T) {
	p := made(t, strategy.TPE, bits{6}, 1, strategy.ParzenTree{Startup: 10, Candidates: 100})
	fail := func(batch []strategy.Proposal) []strategy.Observation {
		o := observe(batch, ones)
		for i := range o {
			o[i].Score, o[i].Failed = math.NaN(), o[i].Genotype[0] == 0
			if !o[i].Failed {
				o[i].Score = 1
			}
		}
		return o
	}
	for _, n := range []int{10, 5, 5} {
		batch, err := p.Ask(n)
		if err != nil {
			t.Fatal(err)
		}
		if n == 5 {
			for _, q := range batch {
				if q.Genotype[0] == 0 {
					t.Errorf("proposed %v, whose first choice always fails", q.Genotype)
				}
			}
		}
		if err := p.Tell(fail(batch)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTPEErrors(t *testing.T) {
	refuses(t, strategy.TPE, []refused[strategy.ParzenTree]{
		{nil, strategy.ParzenTree{}, "needs a space"},
		{bits{2}, strategy.ParzenTree{Startup: -1}, "-1 random proposals; there must be at least 1, or 0 for 20"},
		{bits{2}, strategy.ParzenTree{Gamma: 1}, "γ = 1; it must be above 0 and below 1, or 0 for 0.25"},
		{bits{2}, strategy.ParzenTree{Gamma: math.NaN()}, "γ = NaN"},
		{bits{2}, strategy.ParzenTree{Candidates: -1}, "-1 candidates"},
	})
}
