package space

import (
	"fmt"
	"math/big"
	"math/rand/v2"
)

// Sizer is a space that knows how many architectures it holds.
type Sizer interface {
	Space
	// Size is the number of complete genotypes.
	Size() *big.Int
}

// Stater is a space that knows what of the past decides the future, so that
// what follows is counted once for each state and not once for each beginning:
// the layer and the size of the image, say, however that size came about.
type Stater interface {
	Space
	// State names what the choices made so far leave to decide. Beginnings of one
	// state are followed by the same decisions, with the same names and options,
	// whatever is chosen from there on. It is asked for beginnings that Next goes
	// on from. An empty name tells nothing: what follows is then counted one by one.
	State(chosen Genotype) string
}

// Size is the exact number of genotypes of a space: what a Sizer says, otherwise
// the size of its Enumerate.
func Size(s Space) (*big.Int, error) {
	if missing(s) {
		return nil, errMissing
	}
	if sized, ok := s.(Sizer); ok {
		return said(sized)
	}
	e, err := Enumerate(s)
	if err != nil {
		return nil, err
	}
	return e.Size(), nil
}

// said is what a Sizer says, if that can be a size.
func said(s Sizer) (*big.Int, error) {
	n := s.Size()
	if n == nil || n.Sign() <= 0 {
		return nil, fmt.Errorf("space %s: its Size is %v; a space holds at least one architecture", s.Name(), n)
	}
	return n, nil
}

const (
	// maxStates is how many states are remembered before a count is given up.
	maxStates = 500_000
	// maxChoices is how many choices are gone through, all architectures together,
	// before a count without states is given up.
	maxChoices = 2_000_000
	// minKept is the least size of a subtree whose size is remembered if it has no
	// state; a smaller one is counted again when it is asked for.
	minKept = 32
)

// Enumeration numbers the architectures of a space from 0 in lexicographic order,
// the order of Walk, and reaches each of them at once, however many there are.
// It is safe for concurrent use.
type Enumeration struct {
	space    Space
	states   map[string]subtree // by the name of a state
	prefixes map[string]subtree // by a beginning without one
	size     *big.Int
}

// subtree is what is known of what follows a beginning.
type subtree struct {
	options int // of the first decision
	size    *big.Int
}

// Enumerate counts what a space holds. A Stater is counted state by state, up to half
// a million of them; any other space architecture by architecture, which is refused
// when all of them together are more than two million choices long. A space whose
// State or Size contradicts its decisions gets an error.
func Enumerate(s Space) (*Enumeration, error) {
	e, err := survey{}.of(s)
	if err != nil {
		return nil, err
	}
	if sized, ok := s.(Sizer); ok {
		n, err := said(sized)
		if err == nil && n.Cmp(e.size) != 0 {
			err = fmt.Errorf("space %s: its Size is %v, but its decisions lead to %v architectures", s.Name(), n, e.size)
		}
		if err != nil {
			return nil, err
		}
	}
	return e, nil
}

// survey is what the first count, the one that sees the whole tree, keeps of it.
type survey struct {
	states  int            // met
	choices int            // of architectures met one by one
	meet    func(Decision) // called with each decision met, in the order of Walk; may be nil
}

// of makes the first count.
func (v survey) of(s Space) (*Enumeration, error) {
	e := &Enumeration{space: s, states: make(map[string]subtree), prefixes: make(map[string]subtree)}
	var err error
	e.size, err = e.count(nil, &v, false)
	return e, err
}

// met takes note of a state, or of an architecture that is met one by one, and says
// when there are too many.
func (v *survey) met(s Space, states, choices int) error {
	v.states += states
	v.choices += choices
	switch {
	case v.states > maxStates:
		return fmt.Errorf("space %s: it has more than %d states, too many to count; State should leave out what does not decide what follows", s.Name(), maxStates)
	case v.choices > maxChoices:
		return fmt.Errorf("space %s: it holds too many architectures to go through one by one, more than %d choices in all; give it a State (space.Stater, or Choices.State for a space of one's own) to count it without that", s.Name(), maxChoices)
	}
	return nil
}

// count is the number of architectures that begin with g. v is nil after the first
// count; known says whether g but for its last choice has a state.
func (e *Enumeration) count(g Genotype, v *survey, known bool) (*big.Int, error) {
	d, more, err := next(e.space, g)
	if err != nil {
		return nil, err
	}
	if !more {
		if v != nil && !known {
			err = v.met(e.space, 0, len(g))
		}
		return big.NewInt(1), err
	}
	state := ""
	if s, ok := e.space.(Stater); ok {
		state = s.State(g)
	}
	if t, ok := e.find(state, g, v); ok {
		if t.options != len(d.Options) {
			return nil, fmt.Errorf("space %s: State(%v) is %q, and %d options follow, but elsewhere %d options follow this state; State must tell apart what is followed by different decisions", e.space.Name(), g, state, len(d.Options), t.options)
		}
		return t.size, nil
	}
	if v == nil && state != "" {
		return nil, e.contradiction(g)
	}
	if v != nil {
		if v.meet != nil {
			v.meet(d)
		}
		if state != "" {
			if err := v.met(e.space, 1, 0); err != nil {
				return nil, err
			}
		}
	}
	size := new(big.Int)
	for o := range d.Options {
		n, err := e.count(append(g, o), v, state != "")
		if err != nil {
			return nil, err
		}
		size.Add(size, n)
	}
	switch {
	case v == nil:
	case state != "":
		e.states[state] = subtree{options: len(d.Options), size: size}
	case size.Cmp(big.NewInt(minKept)) >= 0:
		e.prefixes[dashed(g)] = subtree{options: len(d.Options), size: size}
	}
	return size, nil
}

// find is what is known of what follows g. The first count meets no beginning twice.
func (e *Enumeration) find(state string, g Genotype, v *survey) (t subtree, ok bool) {
	if state != "" {
		t, ok = e.states[state]
	} else if v == nil {
		t, ok = e.prefixes[dashed(g)]
	}
	return t, ok
}

// String says what is numbered.
func (e *Enumeration) String() string {
	return fmt.Sprintf("%v architectures of %s", e.size, e.space.Name())
}

// Size is the number of architectures.
func (e *Enumeration) Size() *big.Int { return new(big.Int).Set(e.size) }

// At is the genotype of a number, from 0 to Size − 1.
func (e *Enumeration) At(index *big.Int) (Genotype, error) {
	if index == nil {
		return nil, fmt.Errorf("space %s: there is no index (nil); give one, such as big.NewInt(0)", e.space.Name())
	}
	if index.Sign() < 0 || index.Cmp(e.size) >= 0 {
		last := new(big.Int).Sub(e.size, big.NewInt(1))
		return nil, fmt.Errorf("space %s: there is no architecture %v; they are numbered 0 to %v", e.space.Name(), index, last)
	}
	left := new(big.Int).Set(index)
	var g Genotype
	for {
		d, more, err := next(e.space, g)
		if err != nil {
			return nil, err
		}
		if !more {
			return g, nil
		}
		o, err := e.branch(g, d, left)
		if err != nil {
			return nil, err
		}
		g = append(g, o)
	}
}

// branch is the option of d, which follows g, below which architecture left of
// those that begin with g lies; left becomes its number there.
func (e *Enumeration) branch(g Genotype, d Decision, left *big.Int) (int, error) {
	for o := range d.Options {
		n, err := e.count(append(g, o), nil, false)
		if err != nil {
			return 0, err
		}
		if left.Cmp(n) < 0 {
			return o, nil
		}
		left.Sub(left, n)
	}
	return 0, e.contradiction(g)
}

// contradiction says that what follows g is not what was counted.
func (e *Enumeration) contradiction(g Genotype) error {
	return fmt.Errorf("space %s: after the choices %v other architectures follow than were counted; Next must depend on the choices alone, and a State must tell apart what is followed by different decisions", e.space.Name(), g)
}

// IndexOf is the number of a genotype; the inverse of At.
func (e *Enumeration) IndexOf(g Genotype) (*big.Int, error) {
	if err := Check(e.space, g); err != nil {
		return nil, err
	}
	index := new(big.Int)
	for i, choice := range g {
		for o := range choice {
			n, err := e.count(append(g[:i:i], o), nil, false)
			if err != nil {
				return nil, err
			}
			index.Add(index, n)
		}
	}
	return index, nil
}

// Uniform draws a genotype: every architecture is equally likely. Random instead
// makes every option of a decision equally likely.
func (e *Enumeration) Uniform(rng *rand.Rand) (Genotype, error) {
	if rng == nil {
		return nil, errNoStream
	}
	return e.At(below(e.size, rng))
}

// below draws a number from 0 to n − 1. So many random bits as n − 1 has are
// drawn, 64 at a time and the highest first, until they make a number below n.
func below(n *big.Int, rng *rand.Rand) *big.Int {
	bits := new(big.Int).Sub(n, big.NewInt(1)).BitLen()
	for {
		x := new(big.Int)
		for left := bits; left > 0; left -= 64 {
			take := uint(min(left, 64))
			word := new(big.Int).SetUint64(rng.Uint64() >> (64 - take))
			x.Lsh(x, take).Or(x, word)
		}
		if x.Cmp(n) < 0 {
			return x
		}
	}
}
