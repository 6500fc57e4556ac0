package strategy_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

func TestRandomDoesNotDependOnBatches(t *testing.T) {
	for _, make := range []func(space.Space, uint64) *strategy.RandomSearch{strategy.Random, strategy.RandomDistinct} {
		a := turns(t, make(bits{5}, 3), ones, 12, 1, 7)
		b := turns(t, make(bits{5}, 3), ones, 1, 1, 1, 1, 1, 5, 10)
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s: batches of other sizes give another sequence:\n%v\n%v", make(bits{5}, 3).Name(), a, b)
		}
	}
}

// unique counts the different genotypes.
func unique(all []space.Genotype) int {
	seen := make(map[string]bool)
	for _, g := range all {
		seen[fmt.Sprint(g)] = true
	}
	return len(seen)
}

// A space can be exhausted by draws, even where most of it is unlikely.
func TestRandomDistinctExhausts(t *testing.T) {
	for _, s := range []space.Space{bits{6}, lopsided{}} {
		r := strategy.RandomDistinct(s, 1)
		all := turns(t, r, ones, 20, 20)
		rest, err := r.Ask(30)
		if !errors.Is(err, strategy.ErrExhausted) || len(rest) != 24 {
			t.Fatalf("%s: the last batch has %d, %v; want 24 and ErrExhausted", s.Name(), len(rest), err)
		}
		if n := unique(append(all, genotypes(rest)...)); n != 64 {
			t.Errorf("%s: %d different architectures, want 64", s.Name(), n)
		}
		if err := r.Tell(observe(rest, ones)); err != nil {
			t.Error(err)
		}
		for range 2 { // and it stays so, with nothing to tell
			if more, err := r.Ask(1); len(more) != 0 || !errors.Is(err, strategy.ErrExhausted) {
				t.Errorf("%s: after the end came %v, %v", s.Name(), more, err)
			}
		}
	}
	if n := unique(turns(t, strategy.Random(bits{6}, 1), ones, 64)); n > 60 {
		t.Errorf("64 independent draws of 64 gave %d different ones", n)
	}
}

// lopsided holds 64 architectures, the last of which come once in 2⁶³ draws.
type lopsided struct{ bits }

func (lopsided) Name() string { return "lopsided" }

func (lopsided) State(space.Genotype) string { return "" }

func (lopsided) Next(chosen space.Genotype) (space.Decision, bool, error) {
	if n := len(chosen); n == 63 || n > 0 && chosen[n-1] == 0 {
		return space.Decision{}, false, nil
	}
	return space.Decision{Name: fmt.Sprint("deeper than ", len(chosen)), Options: []string{"no", "yes"}}, true, nil
}

func TestGridProposesAllInOrder(t *testing.T) {
	for _, sizes := range [][]int{{1, 2, 1}, {4}, {3, 1}} {
		g := strategy.Grid(bits{3})
		all := turns(t, g, ones, sizes...)
		rest, err := g.Ask(5)
		if !errors.Is(err, strategy.ErrExhausted) {
			t.Errorf("the last batch came with %v, want ErrExhausted", err)
		}
		if got, want := fmt.Sprint(append(all, genotypes(rest)...)), "[[0 0 0] [0 0 1] [0 1 0] [0 1 1] [1 0 0] [1 0 1] [1 1 0] [1 1 1]]"; got != want {
			t.Errorf("batches of %v gave %s, want %s", sizes, got, want)
		}
		if err := g.Tell(observe(rest, ones)); err != nil {
			t.Error(err)
		}
		if more, err := g.Ask(1); len(more) != 0 || !errors.Is(err, strategy.ErrExhausted) {
			t.Errorf("after the end came %v, %v", more, err)
		}
	}
	// A full last batch is no end yet.
	g := strategy.Grid(bits{2})
	turns(t, g, ones, 4)
	if more, err := g.Ask(4); len(more) != 0 || !errors.Is(err, strategy.ErrExhausted) {
		t.Errorf("after a full last batch came %v, %v", more, err)
	}
}
