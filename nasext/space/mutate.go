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
	return change(s, g, list, i, other(g[i], len(list[i].Options), rng), func(_ int, d Decision) int { return rng.IntN(len(d.Options)) })
}

// Crossover makes a child of two genotypes: each decision gets the choice of one of
// them, and either is equally likely (uniform crossover, Syswerda 1989). A parent's
// choice is found by the decision's name and the option's words. Where only one of the
// parents took the decision, or has an option that is offered, the child has that one's
// choice; where neither, the option is drawn. So a child of equal parents is equal to them.
func Crossover(s Space, a, b Genotype, rng *rand.Rand) (Genotype, error) {
	if rng == nil {
		return nil, errNoStream
	}
	parents := [2]parent{{genotype: a}, {genotype: b}}
	for i := range parents {
		var err error
		if parents[i].decisions, err = named(s, parents[i].genotype); err != nil {
			return nil, err
		}
	}
	return complete(s, make(Genotype, 0, len(a)), func(at int, d Decision) int {
		first := rng.IntN(2)
		for _, p := range [2]parent{parents[first], parents[1-first]} {
			if o := p.choice(at, d); o >= 0 {
				return o
			}
		}
		return rng.IntN(len(d.Options))
	})
}

// MutateEach changes each decision of g with a probability, from 0 to 1, to another of
// its options, and repairs the rest as Mutate does. The result may be g.
func MutateEach(s Space, g Genotype, probability float64, rng *rand.Rand) (Genotype, error) {
	list, err := named(s, g)
	switch {
	case err != nil:
		return nil, err
	case !(probability >= 0 && probability <= 1):
		return nil, fmt.Errorf("space %s: a decision cannot change with a probability of %g; it is 0 to 1", s.Name(), probability)
	case rng == nil:
		return nil, errNoStream
	}
	old := parent{g, list}
	return complete(s, make(Genotype, 0, len(g)), func(at int, d Decision) int {
		o := old.choice(at, d)
		switch {
		case o < 0:
			return rng.IntN(len(d.Options))
		case len(d.Options) > 1 && rng.Float64() < probability:
			return other(o, len(d.Options), rng)
		}
		return o
	})
}

// other draws one of so many options, but not this.
func other(option, options int, rng *rand.Rand) int {
	o := rng.IntN(options - 1)
	if o >= option {
		o++
	}
	return o
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
	old := parent{g, list}
	return complete(s, h, func(at int, d Decision) int {
		if n := old.choice(at, d); n >= 0 {
			return n
		}
		return pick(at, d)
	})
}

// parent is a genotype with its decisions, whose choices another takes over.
type parent struct {
	genotype  Genotype
	decisions []Decision
}

// choice is the option of d that the parent took, by its words; -1 if it took none of
// them. The decision, known by its name, is most likely the parent's number at.
func (p parent) choice(at int, d Decision) int {
	k := at
	if k >= len(p.decisions) || p.decisions[k].Name != d.Name {
		k = slices.IndexFunc(p.decisions, func(own Decision) bool { return own.Name == d.Name })
	}
	if k < 0 {
		return -1
	}
	return slices.Index(d.Options, p.decisions[k].Options[p.genotype[k]])
}
