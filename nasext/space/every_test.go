package space_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
)

// everySpace is one of each kind, in its published setting.
func everySpace(t *testing.T) map[string]space.Space {
	t.Helper()
	all := map[string]space.Space{
		"own": custom(t, towers), "Zoph and Le": made(t, space.ZophLe2017, space.ZophLeConfig{Strides: []int{1, 2, 3}}), "MetaQNN": made(t, space.MetaQNN2017, space.MetaQNNConfig{}),
		"NAS-Bench-201": made(t, space.NASBench201, space.NASBench201Config{}),
	}
	config := space.DefaultGlobal(arch.Shape{C: 3, H: 32, W: 32}, 10)
	config.Separable, config.Skips, config.Dropout = true, true, []float64{0, .5}
	all["global"] = made(t, space.Global, config)
	for name, make := range map[string]func() (space.Space, error){
		"NAS-Bench-101": func() (space.Space, error) { return space.NASBench101(space.NASBench101Config{}) },
		"NATS size":     func() (space.Space, error) { return space.NATSBenchSize(space.NATSSizeConfig{}) },
		"ENAS macro":    func() (space.Space, error) { return space.ENASMacro(space.ENASMacroConfig{}) },
	} {
		s, err := make()
		if err != nil {
			t.Fatal(err)
		}
		all[name] = s
	}
	for name, s := range cellSpaces(t) {
		all[name] = s
	}
	all["growing PNAS"] = growing(t, cellSpaces(t)["PNAS"])
	return all
}

// What holds for every space: numbers lead to architectures and back, each has as
// many ones in the one-hot encoding as decisions, is written and read, builds, and
// its neighbours and mutations are others of the space.
func TestEverySpace(t *testing.T) {
	for name, s := range everySpace(t) {
		t.Run(name, func(t *testing.T) {
			e, err := space.Enumerate(s)
			if err != nil {
				t.Fatal(err)
			}
			hot, err := space.OneHot(s)
			if err != nil {
				t.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(1, 2))
			var last space.Genotype
			for range 20 {
				g, err := e.Uniform(rng)
				if err != nil {
					t.Fatal(err)
				}
				index, err := e.IndexOf(g)
				if err != nil {
					t.Fatal(err)
				}
				if back, err := e.At(index); err != nil || !slices.Equal(back, g) {
					t.Errorf("%v has the number %v, which is that of %v, %v", g, index, back, err)
				}
				if ones := set(t, hot, g); len(ones) != len(g) {
					t.Errorf("%v has %d ones in %d decisions", g, len(ones), len(g))
				}
				text, err := space.Format(s, g)
				if err != nil {
					t.Fatal(err)
				}
				if back, err := space.Parse(s, text); err != nil || !slices.Equal(back, g) {
					t.Errorf("%v is written as %s, which is read as %v, %v", g, text, back, err)
				}
				h, err := space.Mutate(s, g, rng)
				if err != nil || slices.Equal(g, h) || space.Check(s, h) != nil {
					t.Errorf("%v mutates to %v, %v", g, h, err)
				}
				last = g
			}
			if _, err := s.Build(last); err != nil {
				t.Error(err)
			}
			all, err := space.Neighbours(s, last)
			if err != nil || len(all) == 0 {
				t.Errorf("%v has %d neighbours, %v", last, len(all), err)
			}
			for _, h := range all {
				if slices.Equal(h, last) || space.Check(s, h) != nil {
					t.Errorf("%v is no neighbour of %v: %v", h, last, space.Check(s, h))
				}
			}
		})
	}
}

// Where a space has anchors, an option has one, which is not after its decision.
func TestAnchors(t *testing.T) {
	for name, s := range everySpace(t) {
		found := false
		for g := (space.Genotype{}); ; g = append(g, 0) {
			d, more, err := s.Next(g)
			if err != nil {
				t.Fatal(err)
			}
			if !more {
				break
			}
			if d.Anchors == nil {
				continue
			}
			found = true
			if len(d.Anchors) != len(d.Options) {
				t.Errorf("%s: %q has %d options and %d anchors", name, d.Name, len(d.Options), len(d.Anchors))
			}
			for i, a := range d.Anchors {
				if a > len(g) || slices.Contains(d.Anchors[:i], a) {
					t.Errorf("%s: anchors of %q, decision %d, are %v", name, d.Name, len(g), d.Anchors)
				}
			}
		}
		if want := slices.Contains([]string{"Zoph and Le", "ENAS macro", "ENAS", "NASNet", "AmoebaNet", "PNAS", "growing PNAS"}, name); found != want {
			t.Errorf("%s has anchors: %v, want %v", name, found, want)
		}
	}
}

// The anchor of a layer is the first decision after what it is.
func TestAnchorsOfLayers(t *testing.T) {
	macro, err := space.ENASMacro(space.ENASMacroConfig{Layers: 4})
	if err != nil {
		t.Fatal(err)
	}
	micro, err := space.ENASMicro(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		space space.Space
		name  string // of a decision
		want  []int
	}{
		{made(t, space.ZophLe2017, space.ZophLeConfig{Layers: 3}), "layer 3 from 1", []int{space.NoAnchor, 3}}, // height, width and filters of layer 1 come before
		{made(t, space.ZophLe2017, space.ZophLeConfig{Layers: 3}), "layer 3 from 2", []int{space.NoAnchor, 6}},
		{macro, "layer 4 from stem", []int{space.NoAnchor, space.InputAnchor(0)}},
		{macro, "layer 4 from layer 2", []int{space.NoAnchor, 2}},
		{micro, "normal 4 second input", []int{space.InputAnchor(0), space.InputAnchor(1), 4, 8}},
	} {
		var g space.Genotype
		for {
			d, more, err := test.space.Next(g)
			if err != nil || !more {
				t.Fatalf("%s has no %q, %v", test.space.Name(), test.name, err)
			}
			if d.Name == test.name {
				if !slices.Equal(d.Anchors, test.want) {
					t.Errorf("anchors of %q are %v, want %v", test.name, d.Anchors, test.want)
				}
				break
			}
			g = append(g, 0)
		}
	}
}

// FuzzParse: what a space reads from a text it writes as a text that is read alike.
func FuzzParse(f *testing.F) {
	spaces := []space.Space{made(f, space.Global, space.FreeGlobal(digits(), 10)), made(f, space.ZophLe2017, space.ZophLeConfig{Layers: 2}), custom(f, towers)}
	for _, text := range []string{
		"2, conv 3×3, 16, tanh, maxpool", "1,dense", "7, 7, 64, 7, 7, 64, yes", "2, 8, 16, yes, 0.5, flat", "", ",", "1", "no\x00",
	} {
		for i := range spaces {
			f.Add(i, text)
		}
	}
	f.Fuzz(func(t *testing.T, i int, text string) {
		if i < 0 || i >= len(spaces) {
			return
		}
		s := spaces[i]
		g, err := space.Parse(s, text)
		if err != nil {
			return
		}
		back, err := space.Format(s, g)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := space.Parse(s, back); err != nil || !slices.Equal(again, g) {
			t.Errorf("%q is read as %v, written as %q and read as %v, %v", text, g, back, again, err)
		}
		if _, err := s.Build(g); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}

// What a predictor asks for again and again: a uniform draw, its number, its vectors.
func BenchmarkEnumeration(b *testing.B) {
	for name, s := range map[string]space.Space{
		"NAS-Bench-201": made(b, space.NASBench201, space.NASBench201Config{}),
		"Zoph and Le":   made(b, space.ZophLe2017, space.ZophLeConfig{}),
		"global":        made(b, space.Global, space.DefaultGlobal(digits(), 10)),
	} {
		e, err := space.Enumerate(s)
		if err != nil {
			b.Fatal(err)
		}
		hot, err := space.OneHot(s)
		if err != nil {
			b.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(1, 2))
		g, err := e.Uniform(rng)
		if err != nil {
			b.Fatal(err)
		}
		for task, run := range map[string]func() error{
			"count":   func() error { _, err := space.Enumerate(s); return err },
			"draw":    func() error { _, err := e.Uniform(rng); return err },
			"number":  func() error { _, err := e.IndexOf(g); return err },
			"one-hot": func() error { _, err := hot.Encode(g); return err },
		} {
			b.Run(name+"/"+task, func(b *testing.B) { repeat(b, run) })
		}
	}
	cells := made(b, space.NASBench201, space.NASBench201Config{})
	paths, err := space.Paths(cells, 0)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("NAS-Bench-201/paths", func(b *testing.B) {
		repeat(b, func() error { _, err := paths.Encode(space.Genotype{3, 3, 1, 0, 3, 4}); return err })
	})
}

func repeat(b *testing.B, run func() error) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		if err := run(); err != nil {
			b.Fatal(err)
		}
	}
}
