package space

import (
	"fmt"
	"math/big"
)

// layer is one decided layer.
type layer struct {
	kind  layerKind
	size  int   // of a convolution's filter
	out   int   // channels or units
	skips []int // further layers taken, from 1
}

// chain is what a genotype has decided.
type chain struct {
	layers  []layer
	dropout float64
}

// reader answers decisions from a genotype until its choices end.
type reader struct {
	space   *GlobalSpace
	choices Genotype
	at      int
	pending *Decision // the first decision without an answer
	err     error
}

// ask is the choice at the decision, which is named only if that is needed; false
// if there is none, or if it is out of range.
func (r *reader) ask(options []string, name string, args ...any) (int, bool) {
	if r.pending != nil || r.err != nil {
		return 0, false
	}
	if r.at == len(r.choices) {
		r.pending = &Decision{Name: fmt.Sprintf(name, args...), Options: options}
		return 0, false
	}
	o := r.choices[r.at]
	if o < 0 || o >= len(options) {
		r.err = outOfRange(r.space.name, r.at, o, Decision{Name: fmt.Sprintf(name, args...), Options: options})
		return 0, false
	}
	r.at++
	return o, true
}

// read decides as much as the choices say. The decision is the next one, nil if the
// choices are complete.
func (s *GlobalSpace) read(choices Genotype) (chain, *Decision, error) {
	r := &reader{space: s, choices: choices}
	c := s.readChain(r)
	if r.err == nil && r.pending == nil && r.at < len(choices) {
		r.err = fmt.Errorf("space %s: %d choices, but the architecture is complete after %d", s.name, len(choices), r.at)
	}
	return c, r.pending, r.err
}

func (s *GlobalSpace) readChain(r *reader) (c chain) {
	o, ok := r.ask(s.counts, "layers")
	if !ok {
		return c
	}
	st := state{h: s.config.Input.H, w: s.config.Input.W}
	for n := 1; n <= s.config.MinLayers+o; n++ {
		l, ok := s.readLayer(r, st, n)
		if !ok {
			return c
		}
		c.layers = append(c.layers, l)
		st = st.after(l.kind)
	}
	if len(s.rates) > 0 {
		if o, ok := r.ask(s.rates, "dropout"); ok {
			c.dropout = s.config.Dropout[o]
		}
	}
	return c
}

func (s *GlobalSpace) readLayer(r *reader, st state, n int) (l layer, ok bool) {
	m := s.menu(st)
	o, ok := r.ask(m.options, "layer %d", n)
	if !ok {
		return l, false
	}
	l = layer{kind: m.kinds[o], size: m.sizes[o]}
	switch l.kind {
	case convLayer, sepLayer:
		if o, ok = r.ask(s.channels, "layer %d channels", n); ok {
			l.out = s.config.Channels[o]
		}
	case denseLayer:
		if o, ok = r.ask(s.units, "layer %d units", n); ok {
			l.out = s.config.Units[o]
		}
	}
	if l.kind != denseLayer && s.config.Skips {
		for from := n - st.run; ok && from < n-1; from++ {
			if o, ok = r.ask(noYes(), "layer %d from layer %d", n, from); o == 1 {
				l.skips = append(l.skips, from)
			}
		}
	}
	return l, ok
}

func noYes() []string { return []string{"no", "yes"} }

// state is what decides what the next layer can be.
type state struct {
	h, w  int  // size of the image
	run   int  // layers before it that gave that size
	begun bool // there was a convolution
	dense bool // there was a dense layer
}

func (st state) after(k layerKind) state {
	st.begun = true
	st.run++
	switch k {
	case maxLayer, avgLayer:
		st.h, st.w, st.run = st.h/2, st.w/2, 1
	case denseLayer:
		st.dense, st.run = true, 0
	}
	return st
}

func (s *GlobalSpace) menu(st state) *menu {
	switch {
	case !st.begun:
		return &s.first
	case st.dense:
		return &s.dense
	case st.h >= 2 && st.w >= 2:
		return &s.pooling
	}
	return &s.fixed
}

// Next asks for the number of layers; then for each layer what it is, how many
// channels or units it has and, with Skips, which earlier layers it also takes;
// then, if rates are offered, for the dropout. The options belong to the space and
// must not be changed.
func (s *GlobalSpace) Next(chosen Genotype) (Decision, bool, error) {
	_, d, err := s.read(chosen)
	if err != nil || d == nil {
		return Decision{}, false, err
	}
	return *d, true, nil
}

// Size is the exact number of genotypes.
func (s *GlobalSpace) Size() *big.Int {
	c := &counter{space: s, known: make(map[countKey]*big.Int)}
	sum := new(big.Int)
	start := state{h: s.config.Input.H, w: s.config.Input.W}
	for n := s.config.MinLayers; n <= s.config.MaxLayers; n++ {
		sum.Add(sum, c.count(start, n))
	}
	return sum.Mul(sum, big.NewInt(int64(max(1, len(s.rates)))))
}

// counter counts chains. Few states differ, so each is counted once.
type counter struct {
	space *GlobalSpace
	known map[countKey]*big.Int
}

type countKey struct {
	st   state
	left int
}

// count is the number of ways to decide the layers that are left.
func (c *counter) count(st state, left int) *big.Int {
	if left == 0 {
		return big.NewInt(1)
	}
	if !c.space.config.Skips {
		st.run = 0 // decides nothing
	}
	key := countKey{st, left}
	if n, ok := c.known[key]; ok {
		return n
	}
	sum := new(big.Int)
	for _, k := range c.space.menu(st).kinds {
		ways := 1
		switch k {
		case convLayer, sepLayer:
			ways = len(c.space.channels)
		case denseLayer:
			ways = len(c.space.units)
		}
		n := new(big.Int).Mul(big.NewInt(int64(ways)), c.count(st.after(k), left-1))
		if k != denseLayer && st.run > 1 {
			n.Lsh(n, uint(st.run-1)) // each earlier layer of this size, but the last, may be taken or not
		}
		sum.Add(sum, n)
	}
	c.known[key] = sum
	return sum
}
