package morph_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/morph"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

func newSpace(t testing.TB, c morph.SpaceConfig) *morph.Space {
	t.Helper()
	s, err := morph.NewSpace(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Genotypes are sequences of morphisms, which Build applies one after the other.
func TestSpace(t *testing.T) {
	start := networks(t)[0]
	s := newSpace(t, morph.SpaceConfig{Start: start, Steps: 3, Limits: morph.Limits{Width: 16}})
	rng := seed.Stream(1, "genotypes")
	for range 20 {
		g, err := space.Random(s, rng)
		if err != nil {
			t.Fatal(err)
		}
		if err := space.Check(s, g); err != nil {
			t.Fatal(err)
		}
		list, err := s.Morphisms(g)
		if err != nil {
			t.Fatal(err)
		}
		want := start
		for _, what := range list {
			if want, err = morph.Apply(want, what); err != nil {
				t.Fatal(err)
			}
		}
		if a, err := s.Build(g); err != nil || a.Hash() != want.Hash() {
			t.Errorf("%v builds another network than %v, %v", g, list, err)
		}
		if h, err := space.Mutate(s, g, rng); err != nil || space.Check(s, h) != nil {
			t.Errorf("%v mutates to %v, %v", g, h, err)
		}
		children, err := s.Morphs(g)
		if err != nil || (len(list) < 3) != (len(children) > 0) {
			t.Errorf("of %v grow %v, %v", g, children, err)
		}
		for _, h := range children {
			longer, err := s.Morphisms(h)
			if err != nil || len(longer) != len(list)+1 || !slices.Equal(longer[:len(list)], list) {
				t.Errorf("of %v grows %v, %v", list, longer, err)
			}
		}
	}
	first, err := space.First(s)
	if err != nil {
		t.Fatal(err)
	}
	if a, err := s.Build(first); err != nil || a.Hash() != start.Hash() {
		t.Errorf("the first network is another than the start, %v", err)
	}
}

// With one step, the space holds the start and what is offered.
func TestSpaceOfOneStep(t *testing.T) {
	start := networks(t)[1]
	s := newSpace(t, morph.SpaceConfig{Start: start, Steps: 1})
	offers, err := morph.Offers(start, morph.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	err = space.Walk(s, func(g space.Genotype) bool {
		list, err := s.Morphisms(g)
		if err != nil || n > 0 && !slices.Equal(list, offers[n-1:n]) || n == 0 && len(list) > 0 {
			t.Errorf("%v is %v, %v", g, list, err)
		}
		n++
		return true
	})
	if err != nil || n != 1+len(offers) {
		t.Errorf("%d networks, %v; want %d", n, err, 1+len(offers))
	}
}

func TestSpaceErrors(t *testing.T) {
	start := networks(t)[0]
	for _, c := range []struct {
		config morph.SpaceConfig
		want   string
	}{
		{morph.SpaceConfig{}, "Start is nil"},
		{morph.SpaceConfig{Start: &arch.Arch{Name: "empty"}}, `a space that starts at "empty"`},
		{morph.SpaceConfig{Start: start, Steps: -1}, "a space of -1 steps"},
		{morph.SpaceConfig{Start: start, Limits: morph.Limits{Params: -1}}, "limits positive"},
	} {
		if _, err := morph.NewSpace(c.config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %v, want it to hold %q", err, c.want)
		}
	}
	s := newSpace(t, morph.SpaceConfig{Start: start, Steps: 2})
	for _, c := range []struct {
		g    space.Genotype
		want string
	}{
		{space.Genotype{0, 0}, "2 choices, but the network is complete after 1"},
		{space.Genotype{1, 1, 0}, "3 choices, but the network is complete after 2"},
		{space.Genotype{1}, "is not complete: morphism 2 is undecided"},
		{space.Genotype{99}, "choice 0 (morphism 1) is option 99; there are options 0 to 8"},
		{space.Genotype{-1}, "is option -1"},
	} {
		if _, err := s.Build(c.g); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("building %v: error is %v, want it to hold %q", c.g, err, c.want)
		}
	}
}

// digits is a small network for the digits, and a trainer of a few steps.
func digits(t testing.TB, rate float64, onEpoch func(*arch.Arch, estimate.Epoch)) (*arch.Arch, *estimate.Trainer) {
	t.Helper()
	parts, err := data.Digits().Parts(1)
	if err != nil {
		t.Fatal(err)
	}
	b := arch.NewBuilder("digits", parts.Train.Shape)
	b.Linear(b.Flatten(b.MaxPool(b.ReLU(b.Conv(b.In(), 4, 3, arch.Bias(true))), 2)), 10)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := estimate.Train(estimate.TrainConfig{
		Train: parts.Train, Valid: parts.Valid, Epochs: 1, Batch: 32, Rate: rate, OnEpoch: onEpoch,
	})
	if err != nil {
		t.Fatal(err)
	}
	return a, trainer
}

func inherit(t testing.TB, s *morph.Space, train *estimate.Trainer) *morph.Inheritance {
	t.Helper()
	h, err := morph.Inherit(morph.InheritConfig{Space: s, Train: train, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// A network goes on where the one that it grew out of stopped.
func TestInheritanceGoesOn(t *testing.T) {
	a, train := digits(t, .1, nil)
	ctx := context.Background()
	s := newSpace(t, morph.SpaceConfig{Start: a, Steps: 2})
	model, first, err := inherit(t, s, train).Fit(ctx, space.Genotype{0})
	if err != nil || first.Score < .5 {
		t.Fatalf("the start learns to score %v, %v", first.Score, err)
	}
	if model.Arch.Hash() != a.Hash() || len(model.Weights) != 4 {
		t.Errorf("the start's model has the weights %d of %s", len(model.Weights), model.Arch.Name)
	}
	trained := inherit(t, s, train)
	children, err := s.Morphs(space.Genotype{0})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range children[:3] {
		_, second, err := trained.Fit(ctx, g)
		if err != nil || second.Score < first.Score-.05 {
			t.Errorf("after one epoch more, %v scores %v, %v; the start scored %v", g, second.Score, err, first.Score)
		}
		_, fresh, err := train.Fit(ctx, mustBuild(t, s, g), 1)
		if err != nil || second.Curve[0].TrainLoss >= fresh.Curve[0].TrainLoss {
			t.Errorf("%v begins with a loss of %v, %v; with fresh weights it was %v", g, second.Curve[0].TrainLoss, err, fresh.Curve[0].TrainLoss)
		}
	}
}

func mustBuild(t testing.TB, s space.Space, g space.Genotype) *arch.Arch {
	t.Helper()
	a, err := s.Build(g)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// What a network scores does not depend on what was trained before, or on how many
// train at once, and nothing is trained twice.
func TestInheritanceIsRecomputed(t *testing.T) {
	var mu sync.Mutex
	trainings := 0
	a, train := digits(t, .1, func(*arch.Arch, estimate.Epoch) {
		mu.Lock()
		defer mu.Unlock()
		trainings++
	})
	ctx := context.Background()
	s := newSpace(t, morph.SpaceConfig{Start: a, Steps: 2})
	genotypes := []space.Genotype{{0}, {1, 0}, {1, 2}, {2, 0}, {1, 3}}
	want := map[string]estimate.Estimate{}
	for _, g := range genotypes { // each by itself
		e, err := inherit(t, s, train).EstimateGenotype(ctx, g, mustBuild(t, s, g), 1)
		if err != nil {
			t.Fatal(err)
		}
		e.Seconds = 0
		want[fmt.Sprint(g)] = e
	}
	trainings = 0
	h := inherit(t, s, train)
	var workers sync.WaitGroup
	for i, g := range genotypes {
		workers.Go(func() {
			e, err := h.EstimateGenotype(ctx, g, nil, uint64(100+i))
			e.Seconds = 0
			if err != nil || !reflect.DeepEqual(e, want[fmt.Sprint(g)]) {
				t.Errorf("%v: %+v, %v; alone %+v", g, e, err, want[fmt.Sprint(g)])
			}
		})
	}
	workers.Wait()
	if trainings != len(genotypes) {
		t.Errorf("%d trainings for %d networks", trainings, len(genotypes))
	}
}

func TestInheritanceErrors(t *testing.T) {
	a, train := digits(t, .1, nil)
	s := newSpace(t, morph.SpaceConfig{Start: a})
	if _, err := morph.Inherit(morph.InheritConfig{Space: s}); err == nil || !strings.Contains(err.Error(), "set Space and Train") {
		t.Errorf("error is %v", err)
	}
	h := inherit(t, s, train)
	if _, err := h.Estimate(context.Background(), a, 1); err == nil || !strings.Contains(err.Error(), "call EstimateGenotype") {
		t.Errorf("error is %v", err)
	}
	if _, _, err := h.Fit(context.Background(), space.Genotype{99}); err == nil || !strings.Contains(err.Error(), "is option 99") {
		t.Errorf("error is %v", err)
	}
	// A training that was stopped is no training: it can be made again.
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := h.Fit(stopped, space.Genotype{0}); err == nil {
		t.Error("a training without time gave a result")
	}
	if _, _, err := h.Fit(context.Background(), space.Genotype{0}); err != nil {
		t.Error(err)
	}
}
