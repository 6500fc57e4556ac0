package space

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
)

// maxDecisions ends a walk through a space that never says that an architecture is complete.
const maxDecisions = 10_000

// next is s.Next with the promises of the interface checked: a space that breaks
// them gets an error instead of a walk without end.
func next(s Space, chosen Genotype) (Decision, bool, error) {
	if missing(s) {
		return Decision{}, false, errMissing
	}
	d, more, err := s.Next(chosen)
	switch {
	case err != nil:
		return d, false, err
	case !more:
		return d, false, nil
	case len(d.Options) == 0:
		if len(chosen) == 0 {
			return d, false, fmt.Errorf("space %s: it holds no architecture: its first decision, %q, has no options; a decision needs at least one", s.Name(), d.Name)
		}
		return d, false, fmt.Errorf("space %s: after the choices %v the decision %q has no options; a decision needs at least one", s.Name(), chosen, d.Name)
	case len(chosen) >= maxDecisions:
		return d, false, fmt.Errorf("space %s: it holds no architecture: after %d choices it still asks (for %q); a space must end every sequence of choices", s.Name(), len(chosen), d.Name)
	}
	return d, true, nil
}

var errMissing = errors.New("space: there is no space (nil)")

var errNoStream = errors.New("space: there is no stream of random numbers (nil); give one, such as seed.Stream(1, \"architectures\")")

// missing says whether there is no space: nil, or a nil pointer, which is what is
// left of a space whose error was not looked at.
func missing(s Space) bool {
	v := reflect.ValueOf(s)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}

// Complete extends a beginning, decision by decision, until the architecture is
// complete. pick chooses an option of each further decision, of which it is told the
// index among the decisions.
func Complete(s Space, beginning Genotype, pick func(i int, d Decision) int) (Genotype, error) {
	if pick == nil {
		return nil, errors.New("space: nothing picks the options (nil); give a function that returns an option of a decision")
	}
	wrong := error(nil)
	g, err := complete(s, slices.Clone(beginning), func(i int, d Decision) int {
		o := pick(i, d)
		if o < 0 || o >= len(d.Options) {
			if wrong == nil {
				wrong = outOfRange(s.Name(), i, o, d)
			}
			return 0
		}
		return o
	})
	if err == nil {
		err = wrong
	}
	if err != nil {
		return nil, err
	}
	return g, nil
}

// complete extends the choices in g until the architecture is complete. pick
// chooses an option of each further decision, of which it is told the index.
func complete(s Space, g Genotype, pick func(i int, d Decision) int) (Genotype, error) {
	for {
		d, more, err := next(s, g)
		if err != nil {
			return nil, err
		}
		if !more {
			return g, nil
		}
		g = append(g, pick(len(g), d))
	}
}

// decisions lists the decisions that a complete genotype answers, in order.
func decisions(s Space, g Genotype) ([]Decision, error) {
	list := make([]Decision, 0, len(g))
	for i := 0; ; i++ {
		d, more, err := next(s, g[:i])
		if err != nil {
			return nil, err
		}
		if !more {
			if i < len(g) {
				return nil, fmt.Errorf("space %s: the genotype %v has %d choices, but is complete after %d", s.Name(), g, len(g), i)
			}
			return list, nil
		}
		if i == len(g) {
			return nil, fmt.Errorf("space %s: the genotype %v is not complete: %q is undecided", s.Name(), g, d.Name)
		}
		if g[i] < 0 || g[i] >= len(d.Options) {
			return nil, outOfRange(s.Name(), i, g[i], d)
		}
		list = append(list, d)
	}
}

// named is decisions with the promises checked that the repair of mutations and
// the texts of genotypes rest on: names differ, and so do the options of a decision.
func named(s Space, g Genotype) ([]Decision, error) {
	list, err := decisions(s, g)
	if err != nil {
		return nil, err
	}
	if j, i := sameName(list); i >= 0 {
		return nil, fmt.Errorf("space %s: decisions %d and %d of %v are both called %q; the names of a genotype's decisions must differ", s.Name(), j, i, g, list[i].Name)
	}
	for i, d := range list {
		if o := repeated(d.Options); o >= 0 {
			return nil, fmt.Errorf("space %s: decision %d (%s) of %v offers %q twice; an option stands in a list once", s.Name(), i, d.Name, g, d.Options[o])
		}
	}
	return list, nil
}

// sameName is the first two decisions of one name; -1 and -1 if all differ.
func sameName(list []Decision) (int, int) {
	if len(list) <= 16 {
		for i, d := range list {
			for j := range i {
				if list[j].Name == d.Name {
					return j, i
				}
			}
		}
		return -1, -1
	}
	at := make(map[string]int, len(list))
	for i, d := range list {
		if j, taken := at[d.Name]; taken {
			return j, i
		}
		at[d.Name] = i
	}
	return -1, -1
}

// repeated is the index of the first word that stood before; -1 if there is none.
func repeated(words []string) int {
	if len(words) <= 32 {
		for i, w := range words {
			if slices.Contains(words[:i], w) {
				return i
			}
		}
		return -1
	}
	seen := make(map[string]bool, len(words))
	for i, w := range words {
		if seen[w] {
			return i
		}
		seen[w] = true
	}
	return -1
}

func outOfRange(space string, i, choice int, d Decision) error {
	return fmt.Errorf("space %s: choice %d (%s) is option %d; there are options 0 to %d", space, i, d.Name, choice, len(d.Options)-1)
}

// Check says what is wrong with g as a complete genotype of s, or nil: a choice
// out of range, choices missing, choices too many; or how the decisions that led
// to it break the promises of a space: a name or an option that stands there twice.
func Check(s Space, g Genotype) error {
	_, err := named(s, g)
	return err
}

// Random draws a genotype: at each decision, every option is equally likely. So
// architectures are equally likely only in a space whose branches have the same
// number of them; Enumeration.Uniform makes them so in every space.
func Random(s Space, rng *rand.Rand) (Genotype, error) {
	if rng == nil {
		return nil, errNoStream
	}
	return complete(s, nil, func(_ int, d Decision) int { return rng.IntN(len(d.Options)) })
}

// First is the lexicographically first genotype: option 0 everywhere.
func First(s Space) (Genotype, error) {
	return complete(s, nil, first)
}

func first(int, Decision) int { return 0 }

// After is the genotype that follows g in lexicographic order; false if g is the last.
func After(s Space, g Genotype) (Genotype, bool, error) {
	list, err := decisions(s, g)
	if err != nil {
		return nil, false, err
	}
	for i := len(g) - 1; i >= 0; i-- {
		if g[i]+1 == len(list[i].Options) {
			continue
		}
		h := append(slices.Clone(g[:i]), g[i]+1)
		h, err := complete(s, h, first)
		return h, err == nil, err
	}
	return nil, false, nil
}

// Walk calls visit with each genotype in lexicographic order, until it returns false.
// The genotype is the caller's to keep.
func Walk(s Space, visit func(Genotype) bool) error {
	g, err := First(s)
	if err != nil {
		return err
	}
	for visit(slices.Clone(g)) {
		var more bool
		if g, more, err = After(s, g); err != nil || !more {
			return err
		}
	}
	return nil
}
