package strategy_test

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/predict"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

// growing is the space of the article in a small skeleton.
func growing(t testing.TB) *space.GrowingCells {
	t.Helper()
	s, err := space.PNAS(cell.NASNet{F: 4, N: 1, InPlace: true, Input: arch.Shape{C: 1, H: 8, W: 8}})
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.Growing()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// worth is a score whose best cells are known: each operation is worth its number, 1 is
// added for a block with two different operations, and blocks add up. So 5 blocks have at
// most 5·(7+6+1) = 70.
func worth(t testing.TB, s *space.GrowingCells) func(space.Genotype) float64 {
	return func(g space.Genotype) float64 {
		blocks, err := s.Blocks(g)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, b := range blocks {
			sum += float64(b[2] + b[3])
			if b[2] != b[3] {
				sum++
			}
		}
		return sum
	}
}

// With the settings of the article 1160 architectures are tried, those of one block all,
// and then 256 of each size; then it is over.
func TestPNASLevels(t *testing.T) {
	s := growing(t)
	p := made(t, strategy.PNAS, s, 1, strategy.Progressive{Predictor: &predict.Ridge{}})
	score := worth(t, s)
	sizes := make([]int, 5)
	seen := map[string]bool{}
	best := 0.0
	for {
		batch, err := p.Ask(100)
		if err == strategy.ErrExhausted {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range batch {
			sizes[q.Genotype[0]]++
			text, err := s.Format(q.Genotype)
			if err != nil || seen[text] {
				t.Errorf("%s comes twice, or not at all: %v", text, err)
			}
			seen[text] = true
			best = max(best, score(q.Genotype))
		}
		if err := p.Tell(observe(batch, score)); err != nil {
			t.Fatal(err)
		}
	}
	if want := []int{136, 256, 256, 256, 256}; !slices.Equal(sizes, want) {
		t.Errorf("of each size it tries %v, want %v", sizes, want)
	}
	if best != 70 {
		t.Errorf("the best it finds has %v, want 70", best)
	}
	if _, err := p.Ask(1); err != strategy.ErrExhausted {
		t.Errorf("at the end it says %v", err)
	}
}

// Under noise, and with its networks, it finds more than random search in as many trials.
func TestPNASBeatsRandom(t *testing.T) {
	const seeds, trials = 5, 136 + 4*20
	s := growing(t)
	score := worth(t, s)
	run := func(of strategy.Strategy, i uint64) float64 {
		noise, truth := seed.Stream(i, "noise"), 0.0
		for left := trials; left > 0; {
			batch, err := of.Ask(left)
			if err != nil {
				t.Fatal(err)
			}
			left -= len(batch)
			for _, q := range batch {
				truth = max(truth, score(q.Genotype))
			}
			if err := of.Tell(observe(batch, func(g space.Genotype) float64 { return score(g) + 2*noise.NormFloat64() })); err != nil {
				t.Fatal(err)
			}
		}
		return truth
	}
	var x, random sample
	for i := range uint64(seeds) {
		x = append(x, run(made(t, strategy.PNAS, s, i, strategy.Progressive{Beam: 20}), i))
		random = append(random, run(strategy.Random(s, i), i))
	}
	if difference, allowed := x.mean()-random.mean(), 3*math.Hypot(x.deviation(), random.deviation())/math.Sqrt(seeds); difference < allowed || x.mean() < 63 {
		t.Errorf("PNAS finds %.1f, random search %.1f; it should be at least %.1f more, and 63", x.mean(), random.mean(), allowed)
	} else {
		t.Logf("PNAS finds %.1f, random search %.1f", x.mean(), random.mean())
	}
}

// Nothing grows out of what failed; and where scores are equal, or but one is known, the
// beam is random.
func TestPNASWithoutScores(t *testing.T) {
	s := growing(t)
	play := func(fails func(i int) bool) (later []space.Genotype) {
		p := made(t, strategy.PNAS, s, 3, strategy.Progressive{Beam: 4, First: 10})
		for i := 0; ; {
			batch, err := p.Ask(3)
			if err == strategy.ErrExhausted {
				return later
			}
			if err != nil {
				t.Fatal(err)
			}
			o := observe(batch, func(space.Genotype) float64 { return 1 })
			for k := range o {
				o[k].Failed = fails(i)
				i++
				if o[k].Genotype[0] > 0 {
					later = append(later, o[k].Genotype)
				}
			}
			if err := p.Tell(o); err != nil {
				t.Fatal(err)
			}
		}
	}
	if later := play(func(int) bool { return true }); len(later) != 0 {
		t.Errorf("after all failed it proposes %v", later)
	}
	for _, fails := range []func(i int) bool{func(i int) bool { return i != 6 }, func(int) bool { return false }} {
		later := play(fails)
		if len(later) < 4 || slices.Equal(later[0], later[1]) {
			t.Errorf("with equal scores it proposes %v", later)
		}
	}
}

// Seed, settings and what it was told decide what it proposes, the batches don't.
func TestPNASAgain(t *testing.T) {
	s := growing(t)
	quick := func(seed uint64) strategy.Strategy {
		return made(t, strategy.PNAS, s, seed, strategy.Progressive{Beam: 6, First: 9, Predictor: &predict.Ensemble{Members: 2, Layers: 1, Epochs: 5}})
	}
	a := turns(t, quick(1), worth(t, s), 30)
	if b := turns(t, quick(1), worth(t, s), 1, 2, 8, 4, 15); !reflect.DeepEqual(a, b) {
		t.Errorf("in other batches it proposes\n%v\nand not\n%v", b, a)
	}
	if c := turns(t, quick(2), worth(t, s), 30); reflect.DeepEqual(a, c) {
		t.Error("two seeds propose the same")
	}
}

func TestPNASSettings(t *testing.T) {
	refuses(t, strategy.PNAS, []refused[strategy.Progressive]{
		{nil, strategy.Progressive{}, "PNAS needs a space, not nil"},
		{bits{3}, strategy.Progressive{}, "PNAS needs a space whose architectures grow block by block, with the methods of space.Grower; 3 bits has them not. space.CellSpace makes one by its method Growing"},
		{growing(t), strategy.Progressive{Beam: -1}, "a beam of -1; it must be at least 1, or 0 for 256"},
		{growing(t), strategy.Progressive{First: -1}, "-1 architectures of one block; there must be at least 1, or 0 for all"},
	})
	p := made(t, strategy.PNAS, growing(t), 4, strategy.Progressive{})
	if want := "PNAS(beam 256 first all predictor ensemble(5 networks of 2 layers of 32 units, 150 epochs batch 32 rate 0.01) seed 4)"; p.Name() != want {
		t.Errorf("it is called %q, want %q", p.Name(), want)
	}
}

// The search of the article, but for what it takes to train 1160 networks.
func BenchmarkPNAS(b *testing.B) {
	s := growing(b)
	score := worth(b, s)
	b.ReportAllocs()
	for b.Loop() {
		p := made(b, strategy.PNAS, s, 1, strategy.Progressive{})
		for n := 0; n < 1160; {
			batch, err := p.Ask(256)
			if err != nil {
				b.Fatal(err)
			}
			n += len(batch)
			if err := p.Tell(observe(batch, score)); err != nil {
				b.Fatal(err)
			}
		}
	}
}
