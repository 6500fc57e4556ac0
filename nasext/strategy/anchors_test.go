package strategy_test

import (
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
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

// expect compares the mean with one that is known to half a unit of its last
// digit, allowing four standard errors.
func (x sample) expect(t *testing.T, what string, mean, halfDigit float64) {
	t.Helper()
	allowed := 4*x.deviation()/math.Sqrt(float64(len(x))) + halfDigit
	if d := math.Abs(x.mean() - mean); d > allowed {
		t.Errorf("%s: mean %.4f over %d seeds (deviation %.4f), want %.4f ± %.4f", what, x.mean(), len(x), x.deviation(), mean, allowed)
	} else {
		t.Logf("%s: mean %.4f, deviation %.4f (known: %.4f ± %.4f)", what, x.mean(), x.deviation(), mean, allowed)
	}
}

// The toy problem of the notebook that came with Real et al. 2019: the share of
// ones among 100 bits with Gaussian noise of 0.01, clipped to 0…1. The known means
// of the best noisy score are from 500 runs of that notebook's algorithm.
func TestBitStringAnchors(t *testing.T) {
	const seeds, trials = 150, 1000
	run := func(make func(seed uint64) strategy.Strategy) (after map[int]sample) {
		after = map[int]sample{}
		for i := range uint64(seeds) {
			noise := seed.Stream(i, "noise")
			curve := best(t, make(i), trials, func(g space.Genotype) float64 {
				return min(max(ones(g)+0.01*noise.NormFloat64(), 0), 1)
			})
			for _, n := range []int{200, 300, 500, 800, 1000} {
				after[n] = append(after[n], curve[n-1])
			}
		}
		return after
	}
	aging := run(func(i uint64) strategy.Strategy {
		return evolution(t, bits{100}, i, strategy.Evolution{Population: 100, Sample: 10})
	})
	for n, mean := range map[int]float64{200: .684, 300: .729, 500: .800, 800: .876, 1000: .909} {
		aging[n].expect(t, fmt.Sprintf("evolution after %d", n), mean, .0005)
	}
	random := run(func(i uint64) strategy.Strategy { return strategy.Random(bits{100}, i) })
	random[1000].expect(t, "random after 1000", .665, .0005)
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
	after := map[int]sample{}
	for i := range uint64(300) {
		curve := best(t, strategy.Random(s, i), 200, score)
		for _, n := range []int{10, 100, 200} {
			after[n] = append(after[n], curve[n-1])
		}
	}
	for n, x := range after {
		x.expect(t, fmt.Sprintf("random after %d", n), expectedBest(table, n), 0)
	}
}

// The known means are from 2000 runs of an independent implementation.
func TestEvolutionOnNB201(t *testing.T) {
	s, score, _ := nb201(t)
	for _, c := range []struct {
		settings strategy.Evolution
		known    map[int]float64
	}{
		{strategy.Evolution{Population: 10, Sample: 3}, map[int]float64{10: 93.09, 50: 93.88, 100: 94.14, 150: 94.24, 200: 94.29}},
		{strategy.Evolution{Population: 50, Sample: 10}, map[int]float64{10: 93.09, 50: 93.68, 100: 94.16, 150: 94.31, 200: 94.35}},
	} {
		after := map[int]sample{}
		for i := range uint64(300) {
			curve := best(t, evolution(t, s, i, c.settings), 200, score)
			for n := range c.known {
				after[n] = append(after[n], curve[n-1])
			}
		}
		for n, mean := range c.known {
			after[n].expect(t, fmt.Sprintf("%+v after %d", c.settings, n), mean, .005)
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
