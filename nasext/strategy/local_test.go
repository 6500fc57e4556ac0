package strategy_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

func TestLocalSearchSettings(t *testing.T) {
	refuses(t, strategy.Local, []refused[strategy.LocalSearch]{
		{nil, strategy.LocalSearch{}, "needs a space"},
		{bits{2}, strategy.LocalSearch{Start: space.Genotype{0, 2}}, "cannot start at [0 2]: space 2 bits: choice 1 (bit 1) is option 2; there are options 0 to 1"},
	})
	if got, want := made(t, strategy.Local, bits{2}, 1, strategy.LocalSearch{Start: space.Genotype{0, 1}}).Name(), "local search(first improvement from [0 1] seed 1)"; got != want {
		t.Errorf("it is called %q, want %q", got, want)
	}
}

// steps scores strings of three bits by a table whose best ascents are easily followed by hand.
func steps(g space.Genotype) float64 {
	return map[string]float64{
		"[0 0 0]": 0, "[0 0 1]": 2, "[0 1 0]": 3, "[1 0 0]": 1,
		"[0 1 1]": 4, "[1 0 1]": 9, "[1 1 0]": 2, "[1 1 1]": 3,
	}[fmt.Sprint(g)]
}

// From 000 (0), the best of 100 (1), 010 (3), 001 (2) is 010; of its neighbours 110 (2),
// 011 (4) the best is 011; of its only unknown neighbour 111 (3) none is better.
func TestSteepestAscentByHand(t *testing.T) {
	h := made(t, strategy.Local, bits{3}, 1, strategy.LocalSearch{Steepest: true, Start: space.Genotype{0, 0, 0}})
	for _, c := range []struct {
		ask  int
		want string
	}{
		{8, "[[0 0 0]]"}, {2, "[[1 0 0] [0 1 0]]"}, {2, "[[0 0 1]]"}, {8, "[[1 1 0] [0 1 1]]"}, {8, "[[1 1 1]]"}, {8, "[[1 0 1]]"},
	} {
		batch, err := h.Ask(c.ask)
		if err != nil || fmt.Sprint(genotypes(batch)) != c.want {
			t.Fatalf("proposed %v, %v; want %s", genotypes(batch), err, c.want)
		}
		if err := h.Tell(observe(batch, steps)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if _, err := h.Ask(1); !errors.Is(err, strategy.ErrExhausted) {
			t.Errorf("when all is seen, error is %v", err)
		}
	}
	if got, want := fmt.Sprint(h.Optima()), "[{[0 1 1] 4 6 3 0} {[1 0 1] 9 8 0 0}]"; got != want {
		t.Errorf("local optima are %s, want %s", got, want)
	}
}

// Failures are never moved to, and an ascent from a known place costs nothing.
func TestLocalSearchFailures(t *testing.T) {
	h := made(t, strategy.Local, bits{3}, 1, strategy.LocalSearch{Start: space.Genotype{0, 0, 0}})
	for n := 0; ; n++ {
		batch, err := h.Ask(1)
		if errors.Is(err, strategy.ErrExhausted) {
			if n != 8 {
				t.Errorf("exhausted after %d of 8", n)
			}
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		o := observe(batch, steps)
		o[0].Failed = steps(o[0].Genotype) == 9 || n == 0
		if err := h.Tell(o); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range h.Optima() {
		if m.Score == 9 || m.Number == 1 {
			t.Errorf("%v failed, and is called an optimum", m)
		}
	}
	if len(h.Optima()) == 0 {
		t.Error("no optimum was found")
	}
}

// Every optimum is one, and no proposal is repeated, whatever the batch.
func TestLocalSearchFindsOptima(t *testing.T) {
	s, score, _ := nb201(t)
	for _, settings := range []strategy.LocalSearch{{}, {Steepest: true}} {
		for _, batch := range []int{1, 7, 100} {
			h := made(t, strategy.Local, s, 1, settings)
			sizes := make([]int, 1400/batch)
			for i := range sizes {
				sizes[i] = batch
			}
			if all := turns(t, h, score, sizes...); unique(all) != len(all) {
				t.Errorf("%s in batches of %d: of %d proposals %d were different", h.Name(), batch, len(all), unique(all))
			}
			optima := h.Optima()
			if len(optima) == 0 {
				t.Fatalf("%s in batches of %d found no optimum", h.Name(), batch)
			}
			for _, m := range optima {
				if better := betterNeighbours(t, s, score, m.Genotype); better > 0 {
					t.Errorf("%s in batches of %d: %v has %d better neighbours", h.Name(), batch, m, better)
				}
			}
		}
	}
}

func betterNeighbours(t *testing.T, s space.Space, score func(space.Genotype) float64, g space.Genotype) (n int) {
	t.Helper()
	all, err := space.Neighbours(s, g)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range all {
		if score(h) > score(g) {
			n++
		}
	}
	return n
}

// The landscape of NAS-Bench-201 on CIFAR-10: 22 of the cells have no better neighbour,
// and steepest ascent from 10 999 of the 15 625 leads to the best.
func TestLandscapeOfNB201(t *testing.T) {
	s, score, table := nb201(t)
	peaks, reached := 0, 0
	stride := 1
	if testing.Short() {
		stride = 25
	}
	for i := 0; i < len(table); i += stride {
		start, err := s.At(i)
		if err != nil {
			t.Fatal(err)
		}
		h := made(t, strategy.Local, s, 1, strategy.LocalSearch{Steepest: true, Start: start})
		for len(h.Optima()) == 0 {
			turns(t, h, score, 24)
		}
		top := h.Optima()[0]
		if top.Number == 1 {
			peaks++
		}
		if top.Score == 94.37 {
			reached++
		}
	}
	if stride > 1 {
		return
	}
	if peaks != 22 {
		t.Errorf("%d cells have no better neighbour, want 22", peaks)
	}
	if reached != 10999 {
		t.Errorf("steepest ascent reaches the optimum from %d cells, want 10 999", reached)
	}
}
