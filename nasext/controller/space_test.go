package controller

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
)

// chain is a space of independent decisions: decision i has sizes[i] options.
type chain struct{ sizes []int }

func (c chain) Name() string { return fmt.Sprintf("chain %v", c.sizes) }

func (c chain) Next(g space.Genotype) (space.Decision, bool, error) {
	if len(g) == len(c.sizes) {
		return space.Decision{}, false, nil
	}
	return decision(len(g), c.sizes[len(g)]), true, nil
}

func (c chain) Build(space.Genotype) (*arch.Arch, error) { return &arch.Arch{}, nil }

func decision(i, options int) space.Decision {
	d := space.Decision{Name: fmt.Sprintf("decision %d", i)}
	for o := range options {
		d.Options = append(d.Options, fmt.Sprint(o))
	}
	return d
}

// tree is a space whose genotypes differ in length: the first choice says how
// many more decisions follow, and the options of each depend on the choice before.
type tree struct{}

func (tree) Name() string { return "tree" }

func (tree) Next(g space.Genotype) (space.Decision, bool, error) {
	if len(g) == 0 {
		return space.Decision{Name: "depth", Options: []string{"0", "1", "2", "3"}}, true, nil
	}
	if len(g) > g[0] {
		return space.Decision{}, false, nil
	}
	return decision(len(g), 2+g[len(g)-1]%2), true, nil
}

func (tree) Build(space.Genotype) (*arch.Arch, error) { return &arch.Arch{}, nil }

// leaves lists every complete genotype of a space.
func leaves(s space.Space) []space.Genotype {
	var all []space.Genotype
	var walk func(space.Genotype)
	walk = func(g space.Genotype) {
		d, more, err := s.Next(g)
		if err != nil {
			panic(err)
		}
		if !more {
			all = append(all, g)
			return
		}
		for i := range d.Options {
			walk(append(g[:len(g):len(g)], i))
		}
	}
	walk(space.Genotype{})
	return all
}

// independent has n decisions of so many options each.
func independent(n, options int) (s fixed) {
	for i := range n {
		s = append(s, decision(i, options))
	}
	return s
}

// fixed is a space of decisions that do not depend on each other, made beforehand.
type fixed []space.Decision

func (fixed) Name() string { return "fixed" }

func (f fixed) Next(g space.Genotype) (space.Decision, bool, error) {
	if len(g) == len(f) {
		return space.Decision{}, false, nil
	}
	return f[len(g)], true, nil
}

func (fixed) Build(space.Genotype) (*arch.Arch, error) { return &arch.Arch{}, nil }
