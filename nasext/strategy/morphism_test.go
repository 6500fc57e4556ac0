package strategy_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

// chains is the space of chains of convolutions that grow out of one of four filters:
// each step makes a layer twice as wide or adds one like the last; option 0 stops.
type chains struct{ steps int }

func (s chains) Name() string { return fmt.Sprintf("growing in %d steps", s.steps) }

func (s chains) widths(g space.Genotype) []int {
	w := []int{4}
	for _, o := range g {
		switch {
		case o == 1:
			w = append(w, w[len(w)-1])
		case o > 1:
			w[o-2] *= 2
		}
	}
	return w
}

func (s chains) Next(g space.Genotype) (space.Decision, bool, error) {
	if len(g) == s.steps || len(g) > 0 && g[len(g)-1] == 0 {
		return space.Decision{}, false, nil
	}
	d := space.Decision{Name: fmt.Sprint("step ", len(g)), Options: []string{"stop", "deepen"}}
	for i := range s.widths(g) {
		d.Options = append(d.Options, fmt.Sprint("widen ", i))
	}
	return d, true, nil
}

func (s chains) Morphs(g space.Genotype) (all []space.Genotype, err error) {
	if n := len(g); n > 0 && g[n-1] == 0 {
		g = g[:n-1]
	}
	d, more, err := s.Next(g)
	if err != nil || !more {
		return nil, err
	}
	for o := 1; o < len(d.Options); o++ {
		h := append(g[:len(g):len(g)], o)
		if len(h) < s.steps {
			h = append(h, 0)
		}
		all = append(all, h)
	}
	return all, nil
}

func (s chains) Build(g space.Genotype) (*arch.Arch, error) { return convolutions(s.widths(g)) }

func convolutions(widths []int) (*arch.Arch, error) {
	b := arch.NewBuilder("growing", arch.Shape{C: 1, H: 4, W: 4})
	x := b.In()
	for _, w := range widths {
		x = b.ReLU(b.Conv(x, w, 3))
	}
	b.Classifier(x, 2)
	return b.Build()
}

// near scores a chain by how close it is to one of the widths 8, 16, 16, 4.
func near(t testing.TB, s space.Space) func(space.Genotype) float64 {
	t.Helper()
	target, err := convolutions([]int{8, 16, 16, 4})
	if err != nil {
		t.Fatal(err)
	}
	return func(g space.Genotype) float64 {
		a, err := s.Build(g)
		if err != nil {
			t.Fatal(err)
		}
		d, err := strategy.EditDistance(a, target)
		if err != nil {
			t.Fatal(err)
		}
		return -d
	}
}

// It starts at the seed of the space, grows step by step, and finds what random search
// does not.
func TestNetworkMorphismFindsTheTarget(t *testing.T) {
	s := chains{9}
	score := near(t, s)
	var random, grown sample
	for i := range uint64(4) {
		random = append(random, best(t, strategy.Random(s, i), 30, score)[29])
		m := made(t, strategy.NetworkMorphism, s, i, strategy.MorphismTree{})
		curve := best(t, m, 30, score)
		grown = append(grown, curve[29])
		tree := m.Tree()
		if fmt.Sprint(tree[0].Genotype) != "[0]" || tree[0].Parent != 0 || len(tree) != 30 {
			t.Errorf("the tree begins with %v and has %d members", tree[0], len(tree))
		}
		for n, member := range tree[1:] {
			parent := tree[member.Parent-1].Genotype
			begin := member.Genotype[:len(parent)-1]
			if member.Number != n+2 || member.Parent > n+1 || fmt.Sprint(begin) != fmt.Sprint(parent[:len(parent)-1]) {
				t.Errorf("%v does not grow out of %v", member, parent)
			}
		}
	}
	if grown.mean() < random.mean()+.3 {
		t.Errorf("the best scores are %.3f on average, those of random search %.3f", grown.mean(), random.mean())
	}
}

// Batches are as large as they can be, nothing is proposed twice, and a small space is
// exhausted.
func TestNetworkMorphismExhausts(t *testing.T) {
	s := chains{3}
	total := 0
	if err := space.Walk(s, func(space.Genotype) bool { total++; return true }); err != nil {
		t.Fatal(err)
	}
	m := made(t, strategy.NetworkMorphism, s, 1, strategy.MorphismTree{Coldest: .5})
	var all []space.Genotype
	for {
		batch, err := m.Ask(5)
		if errors.Is(err, strategy.ErrExhausted) {
			break
		}
		if err != nil || len(all) == 0 && len(batch) != 1 {
			t.Fatalf("a batch of %d after %d, %v", len(batch), len(all), err)
		}
		all = append(all, genotypes(batch)...)
		if err := m.Tell(observe(batch, near(t, s))); err != nil {
			t.Fatal(err)
		}
	}
	if unique(all) != len(all) || len(all) != total {
		t.Errorf("of %d architectures %d were proposed, %d different", total, len(all), unique(all))
	}
}

// Failures are not grown from; also if all fail, all is tried.
func TestNetworkMorphismFailures(t *testing.T) {
	for _, fails := range []func(g space.Genotype) bool{
		func(g space.Genotype) bool { return g[0] == 1 },
		func(g space.Genotype) bool { return g[0] == 0 },
		func(space.Genotype) bool { return true },
	} {
		m := made(t, strategy.NetworkMorphism, chains{3}, 1, strategy.MorphismTree{Coldest: .5})
		n := 0
		for {
			batch, err := m.Ask(2)
			if errors.Is(err, strategy.ErrExhausted) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			o := observe(batch, func(space.Genotype) float64 { return 1 })
			for i := range o {
				if o[i].Failed = fails(o[i].Genotype); o[i].Failed {
					o[i].Score = math.NaN()
				}
			}
			if n += len(batch); n > 100 {
				t.Fatal("there are not so many architectures")
			}
			if err := m.Tell(o); err != nil {
				t.Fatal(err)
			}
		}
		for _, member := range m.Tree() {
			if fails(member.Genotype) {
				t.Errorf("%v failed and is in the tree", member)
			}
		}
	}
}

// Told the same, a fresh one goes on the same, also on a space without morphisms.
func TestNetworkMorphismResumes(t *testing.T) {
	cells, score, _ := nb201(t)
	for _, c := range []struct {
		s     space.Space
		score func(space.Genotype) float64
	}{{chains{6}, near(t, chains{6})}, {cells, score}} {
		sizes := []int{1, 3, 2, 4}
		a := turns(t, made(t, strategy.NetworkMorphism, c.s, 2, strategy.MorphismTree{Coldest: .5}), c.score, sizes...)
		b := turns(t, made(t, strategy.NetworkMorphism, c.s, 2, strategy.MorphismTree{Coldest: .5}), c.score, sizes...)
		other := turns(t, made(t, strategy.NetworkMorphism, c.s, 3, strategy.MorphismTree{Coldest: .5}), c.score, sizes...)
		if !reflect.DeepEqual(a, b) || reflect.DeepEqual(a, other) {
			t.Errorf("%s: proposed %v and %v, with another seed %v", c.s.Name(), a, b, other)
		}
		if unique(a) != len(a) {
			t.Errorf("%s: proposed %v", c.s.Name(), a)
		}
	}
}

func TestNetworkMorphismErrors(t *testing.T) {
	refuses(t, strategy.NetworkMorphism, []refused[strategy.MorphismTree]{
		{nil, strategy.MorphismTree{}, "needs a space"},
		{chains{1}, strategy.MorphismTree{Beta: -1}, "β = -1"},
		{chains{1}, strategy.MorphismTree{Cooling: 1}, "a cooling of 1; it must be above 0 and below 1, or 0 for 0.9"},
		{chains{1}, strategy.MorphismTree{Coldest: math.NaN()}, "a temperature of NaN"},
		{chains{1}, strategy.MorphismTree{Neighbours: -1}, "-1 neighbours"},
	})
	m := made(t, strategy.NetworkMorphism, bits{3}, 1, strategy.MorphismTree{})
	batch, err := m.Ask(1)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Tell(observe(batch, ones)); err == nil || !strings.Contains(err.Error(), "which cannot be built") {
		t.Errorf("error is %v", err)
	}
	if got, want := m.Name(), "network morphism(β 2.576 cooling 0.9 coldest 0.0001 neighbours 8 seed 1)"; got != want {
		t.Errorf("it is called %q, want %q", got, want)
	}
}
