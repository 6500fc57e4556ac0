package space

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// Mutate changes one decision of g and repairs the rest. The decision is drawn
// among those with two or more options, and so is its new option among the
// others; the earlier choices stay. A later decision keeps its choice if the
// changed architecture still asks for it, by its name, and still offers that
// option, by its words; otherwise it is drawn anew. The result always differs from g.
//
// It is an error if no decision of g has a second option.
func Mutate(s Space, g Genotype, rng *rand.Rand) (Genotype, error) {
	list, err := named(s, g)
	if err != nil {
		return nil, err
	}
	var open []int
	for i, d := range list {
		if len(d.Options) > 1 {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return nil, fmt.Errorf("space %s: nothing can be mutated: it holds a single architecture", s.Name())
	}
	if rng == nil {
		return nil, errNoStream
	}
	i := open[rng.IntN(len(open))]
	o := rng.IntN(len(list[i].Options) - 1)
	if o >= g[i] {
		o++
	}
	return change(s, g, list, i, o, func(_ int, d Decision) int { return rng.IntN(len(d.Options)) })
}

// Neighbourer is a space with a notion of its own of what is one edit away.
type Neighbourer interface {
	Space
	// Neighbours lists the genotypes that are one edit away from g.
	Neighbours(g Genotype) ([]Genotype, error)
}

// Neighbours lists the genotypes that differ from g in one decision, in the order
// of the decisions and options. Later decisions are repaired as by Mutate, but
// where Mutate draws, the first option is taken. A Neighbourer is asked instead.
func Neighbours(s Space, g Genotype) ([]Genotype, error) {
	if missing(s) {
		return nil, errMissing
	}
	if n, ok := s.(Neighbourer); ok {
		return n.Neighbours(g)
	}
	list, err := named(s, g)
	if err != nil {
		return nil, err
	}
	var all []Genotype
	for i, d := range list {
		for o := range d.Options {
			if o == g[i] {
				continue
			}
			h, err := change(s, g, list, i, o, first)
			if err != nil {
				return nil, err
			}
			all = append(all, h)
		}
	}
	return all, nil
}

// change sets decision i of g, whose decisions are listed, to option o and completes
// the rest with the old choices where they fit and with pick where they don't.
func change(s Space, g Genotype, list []Decision, i, o int, pick func(int, Decision) int) (Genotype, error) {
	h := make(Genotype, i+1, len(g))
	copy(h, g[:i])
	h[i] = o
	return complete(s, h, func(at int, d Decision) int {
		if k := find(list, at, d.Name); k >= 0 {
			if n := slices.Index(d.Options, list[k].Options[g[k]]); n >= 0 {
				return n
			}
		}
		return pick(at, d)
	})
}

// find is the index of the decision called name, which is most likely at i; -1 if there is none.
func find(list []Decision, i int, name string) int {
	if i < len(list) && list[i].Name == name {
		return i
	}
	return slices.IndexFunc(list, func(d Decision) bool { return d.Name == name })
}
