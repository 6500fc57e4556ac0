package strategy_test

import (
	"compress/flate"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

// best runs a strategy one trial at a time and returns the best score after each.
func best(t testing.TB, s strategy.Strategy, trials int, score func(space.Genotype) float64) []float64 {
	t.Helper()
	out := make([]float64, trials)
	for i := range out {
		batch, err := s.Ask(1)
		if err != nil {
			t.Fatal(err)
		}
		o := observe(batch, score)
		if err := s.Tell(o); err != nil {
			t.Fatal(err)
		}
		out[i] = o[0].Score
		if i > 0 {
			out[i] = max(out[i], out[i-1])
		}
	}
	return out
}

// sample is what was seen over many seeds.
type sample []float64

func (x sample) mean() float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

func (x sample) deviation() float64 {
	m, sum := x.mean(), 0.0
	for _, v := range x {
		sum += (v - m) * (v - m)
	}
	return math.Sqrt(sum / float64(len(x)-1))
}

// seeds is how many searches of each kind are made where a mean is known.
var seeds = flag.Int("seeds", 40, "how many searches of each kind are compared with known means; 500 is thorough")

// firstSeed begins the seeds. Random search over 6 000 of them is one standard error
// from what is expected after 1 000 trials, but over the 500 from 0 it is by chance 3.4.
const firstSeed = 1000

// expect compares the mean with one that is known from so many runs (0: exactly) and to
// half a unit of its last digit, allowing three standard errors of their difference. The
// deviation is that of the sample, but at least what is known of it.
func (x sample) expect(t *testing.T, what string, mean, deviation float64, runs int, halfDigit float64) {
	t.Helper()
	variance := 1 / float64(len(x))
	if runs > 0 {
		variance += 1 / float64(runs)
	}
	allowed := 3*max(x.deviation(), deviation)*math.Sqrt(variance) + halfDigit
	if d := math.Abs(x.mean() - mean); d > allowed {
		t.Errorf("%s: mean %.4f over %d seeds (deviation %.4f), want %.4f ± %.4f", what, x.mean(), len(x), x.deviation(), mean, allowed)
	} else {
		t.Logf("%s: mean %.4f, deviation %.4f (known: %.4f ± %.4f)", what, x.mean(), x.deviation(), mean, allowed)
	}
}

// curves runs a search for each seed and gathers the best scores after the numbers of
// trials that are keys of known.
func curves(t *testing.T, known map[int]float64, search func(seed uint64) (strategy.Strategy, func(space.Genotype) float64)) map[int]sample {
	t.Helper()
	trials := slices.Max(slices.Collect(maps.Keys(known)))
	after := map[int]sample{}
	for i := range uint64(*seeds) {
		s, score := search(firstSeed + i)
		curve := best(t, s, trials, score)
		for n := range known {
			after[n] = append(after[n], curve[n-1])
		}
	}
	return after
}

// The toy problem of the notebook that came with Real et al. 2019: the share of
// ones among 100 bits with Gaussian noise of 0.01, clipped to 0…1. The known means
// of the best noisy score are from 500 runs of that notebook's algorithm.
func TestBitStringAnchors(t *testing.T) {
	evolve := func(settings strategy.Evolution) func(uint64) strategy.Strategy {
		return func(i uint64) strategy.Strategy {
			return made(t, strategy.RegularizedEvolution, bits{100}, i, settings)
		}
	}
	for _, c := range []struct {
		what  string
		make  func(uint64) strategy.Strategy
		known map[int]float64
	}{
		{"aging evolution S10", evolve(strategy.Evolution{Sample: 10}), map[int]float64{200: .684, 300: .729, 500: .800, 800: .876, 1000: .909}},
		{"aging evolution S25", evolve(strategy.Evolution{Sample: 25}), map[int]float64{1000: .962}},
		{"aging evolution S2", evolve(strategy.Evolution{Sample: 2}), map[int]float64{1000: .735}},
		{"non-aging evolution S10", evolve(strategy.Evolution{Sample: 10, Worst: true}), map[int]float64{1000: .909}},
		{"random", func(i uint64) strategy.Strategy { return strategy.Random(bits{100}, i) }, map[int]float64{1000: .665}},
	} {
		after := curves(t, c.known, func(i uint64) (strategy.Strategy, func(space.Genotype) float64) {
			noise := seed.Stream(i, "noise")
			return c.make(i), func(g space.Genotype) float64 { return min(max(ones(g)+0.01*noise.NormFloat64(), 0), 1) }
		})
		for n, mean := range c.known {
			after[n].expect(t, fmt.Sprintf("%s after %d", c.what, n), mean, 0, 500, .0005)
		}
	}
}

// nb201 is the cell space, and the test accuracy of each of its cells in per cent.
func nb201(t testing.TB) (*space.NB201, func(space.Genotype) float64, []float64) {
	t.Helper()
	s, err := space.NASBench201(space.NASBench201Config{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open("../estimate/table/nb201/cifar10.deflate")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(flate.NewReader(f))
	if err != nil {
		t.Fatal(err)
	}
	table := make([]float64, len(data)/2)
	for i := range table {
		table[i] = float64(binary.LittleEndian.Uint16(data[2*i:])) / 100
	}
	score := func(g space.Genotype) float64 {
		i, err := s.Index(g)
		if err != nil {
			t.Fatal(err)
		}
		return table[i]
	}
	return s, score, table
}

// expectedBest is the expectation of the best of n independent draws: the sum
// over the values, in order, of value × probability that it is the best.
func expectedBest(table []float64, n int) float64 {
	sorted := slices.Sorted(slices.Values(table))
	total, below := float64(len(sorted)), 0.0
	sum := 0.0
	for i, v := range sorted {
		upTo := math.Pow(float64(i+1)/total, float64(n))
		sum += v * (upTo - below)
		below = upTo
	}
	return sum
}

func TestRandomOnNB201(t *testing.T) {
	s, score, table := nb201(t)
	for n, want := range map[int]float64{10: 93.0948, 50: 93.6871, 100: 93.8460, 150: 93.9234, 200: 93.9732, 300: 94.0383, 500: 94.1145, 1000: 94.2064} {
		if got := expectedBest(table, n); math.Abs(got-want) > 5.1e-5 {
			t.Errorf("the expected best of %d draws is %.4f, want %.4f", n, got, want)
		}
	}
	exact := map[int]float64{}
	for _, n := range []int{10, 50, 100, 150, 200, 300, 500, 1000} {
		exact[n] = expectedBest(table, n)
	}
	after := curves(t, exact, func(i uint64) (strategy.Strategy, func(space.Genotype) float64) { return strategy.Random(s, i), score })
	for n, x := range after {
		x.expect(t, fmt.Sprintf("random after %d", n), exact[n], 0, 0, 0)
	}
}

// The best test accuracy on NAS-Bench-201 after so many evaluations. The known means are
// from 2000 runs of an independent implementation, the shares of those that found the
// optimum too.
func TestKnownCurvesOnNB201(t *testing.T) {
	s, score, table := nb201(t)
	ranked := slices.Compact(slices.Sorted(slices.Values(table)))
	gap := ranked[len(ranked)-1] - ranked[len(ranked)-2] // what a search that missed the optimum lacks at least
	evolve := func(population, sample int) func(uint64) strategy.Strategy {
		return func(i uint64) strategy.Strategy {
			return made(t, strategy.RegularizedEvolution, s, i, strategy.Evolution{Population: population, Sample: sample})
		}
	}
	for _, c := range []struct {
		what   string
		make   func(uint64) strategy.Strategy
		known  map[int]float64
		shares map[int]float64
	}{
		{"evolution P10 S3", evolve(10, 3),
			map[int]float64{10: 93.09, 50: 93.88, 100: 94.14, 150: 94.24, 200: 94.29, 300: 94.34, 500: 94.36, 1000: 94.37},
			map[int]float64{100: .20, 150: .33, 200: .44, 300: .62, 500: .82, 1000: .97}},
		{"evolution P50 S10", evolve(50, 10),
			map[int]float64{10: 93.09, 50: 93.68, 100: 94.16, 150: 94.31, 200: 94.35, 300: 94.36, 500: 94.37, 1000: 94.37},
			map[int]float64{100: .20, 150: .55, 200: .78, 300: .95, 500: .99}},
		{"evolution P100 S25", evolve(100, 25),
			map[int]float64{10: 93.09, 50: 93.68, 100: 93.84, 150: 94.23, 200: 94.33, 300: 94.36, 500: 94.36, 1000: 94.36},
			map[int]float64{150: .30, 200: .68, 300: .95}},
		{"tabular reinforce", func(i uint64) strategy.Strategy { return tabular(t, s, i) },
			map[int]float64{10: 93.10, 50: 93.72, 100: 93.89, 150: 93.99, 200: 94.05, 300: 94.14, 500: 94.25, 1000: 94.35},
			map[int]float64{200: .05, 500: .19, 1000: .56}},
		{"local search", func(i uint64) strategy.Strategy { return made(t, strategy.Local, s, i, strategy.LocalSearch{}) },
			map[int]float64{10: 92.97, 50: 94.18, 100: 94.31, 150: 94.35, 200: 94.36, 300: 94.37, 500: 94.37, 1000: 94.37},
			map[int]float64{50: .44, 100: .82, 150: .94, 200: .98}},
	} {
		after := curves(t, c.known, func(i uint64) (strategy.Strategy, func(space.Genotype) float64) { return c.make(i), score })
		for n, mean := range c.known {
			share := c.shares[n]
			after[n].expect(t, fmt.Sprintf("%s after %d", c.what, n), mean, gap*math.Sqrt(share*(1-share)), 2000, .005)
		}
		for n, share := range c.shares {
			hits := make(sample, len(after[n]))
			for i, v := range after[n] {
				if v == 94.37 {
					hits[i] = 1
				}
			}
			hits.expect(t, fmt.Sprintf("share of %s that found the optimum after %d", c.what, n), share, math.Sqrt(share*(1-share)), 2000, .005)
		}
	}
}

// The grid meets the optimum where the table has it.
func TestGridOnNB201(t *testing.T) {
	s, score, table := nb201(t)
	g := strategy.Grid(s)
	all := turns(t, g, score, 10000, 5625)
	for i, cell := range all {
		if score(cell) != table[i] {
			t.Fatalf("the grid's cell %d is %v", i, cell)
		}
	}
	if top := slices.Max(table); top != 94.37 || len(all) != 15625 {
		t.Errorf("of %d cells the best has %v, want 15625 and 94.37", len(all), top)
	}
}
