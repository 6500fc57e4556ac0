package space_test

import (
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
)

// made makes a space of a kind, such as space.NASBench201.
func made[C, S any](t testing.TB, kind func(C) (S, error), config C) S {
	t.Helper()
	s, err := kind(config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// refused is what a kind of space does not take, and what its error holds.
type refused[C any] struct {
	config C
	want   string
}

// refuses checks that each case is an error.
func refuses[C, S any](t *testing.T, kind func(C) (S, error), cases []refused[C]) {
	t.Helper()
	for _, c := range cases {
		if _, err := kind(c.config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error is %v, want it to hold %q", c.config, err, c.want)
		}
	}
}

// parsed is the genotype that a text stands for.
func parsed(t testing.TB, s space.Space, text string) space.Genotype {
	t.Helper()
	g, err := space.Parse(s, text)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// built is the network of a genotype.
func built(t testing.TB, s space.Space, g space.Genotype) *arch.Arch {
	t.Helper()
	a, err := s.Build(g)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// inferred are the shapes and the counts of a network's nodes.
func inferred(t testing.TB, a *arch.Arch) []arch.Info {
	t.Helper()
	infos, err := a.Infer()
	if err != nil {
		t.Fatal(err)
	}
	return infos
}

// counted are the parameters and MACs of a network.
func counted(t testing.TB, a *arch.Arch) (params, macs int64) {
	t.Helper()
	var err error
	if params, err = a.Params(); err != nil {
		t.Fatal(err)
	}
	if macs, err = a.MACs(); err != nil {
		t.Fatal(err)
	}
	return params, macs
}

// counts are the parameters and MACs of the network that a text stands for.
func counts(t *testing.T, s space.Space, text string) (params, macs int64) {
	t.Helper()
	return counted(t, built(t, s, parsed(t, s, text)))
}
