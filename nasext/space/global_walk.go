package space

import (
	"fmt"
	"math/big"
	"slices"
)

// placed is one decided layer.
type placed struct {
	Layer
	skips []int // further layers taken, from 1
}

// chain is what a genotype has decided.
type chain struct {
	layers  []placed
	dropout float64
}

// reader answers decisions from a genotype until its choices end.
type reader struct {
	space   *GlobalSpace
	choices Genotype
	at      int
	pending *Decision // the first decision without an answer
	place   place     // where that is
	err     error
}

// place is where in a network a decision stands.
type place struct {
	layer, left int // layer and how many are left with it, from 1; 0 for what is no part of a layer
	situation   int // before it
	chosen      int // where the choices about the layer begin
	from        int // which earlier layer it may also take; 0 before these decisions
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
func (s *GlobalSpace) read(choices Genotype) (chain, *reader) {
	r := &reader{space: s, choices: choices}
	c := s.readChain(r)
	if r.err == nil && r.pending == nil && r.at < len(choices) {
		r.err = fmt.Errorf("space %s: %d choices, but the architecture is complete after %d", s.name, len(choices), r.at)
	}
	return c, r
}

func (s *GlobalSpace) readChain(r *reader) (c chain) {
	o, ok := r.ask(s.counted, "layers")
	if !ok {
		return c
	}
	q := 0
	for n, left := 1, s.layerCounts[o]; left > 0; n, left = n+1, left-1 {
		l, ok := s.readLayer(r, &q, n, left)
		if !ok {
			return c
		}
		c.layers = append(c.layers, l)
	}
	if len(s.rates) > 0 {
		r.place = place{}
		if o, ok := r.ask(s.rates, "dropout"); ok {
			c.dropout = s.config.Dropout[o]
		}
	}
	return c
}

// readLayer decides layer n of those that are left in situation q, and goes on to
// the next situation.
func (s *GlobalSpace) readLayer(r *reader, q *int, n, left int) (p placed, ok bool) {
	r.place = place{layer: n, left: left, situation: *q, chosen: r.at}
	layer := -1
	for m := s.menus[left][*q]; layer < 0; {
		o, ok := r.ask(m.options, m.name, n)
		if !ok {
			return p, false
		}
		if m.next[o] == nil {
			layer = m.layers[o]
		}
		m = m.next[o]
	}
	x := s.situations[*q]
	*q = x.next[layer]
	p.Layer = s.offers[layer]
	skippable := s.skippable(x, layer)
	for from := n - 1 - skippable; from < n-1; from++ {
		r.place.situation, r.place.from = *q, from
		o, ok := r.ask(noYes(), "layer %d from layer %d", n, from)
		if !ok {
			return p, false
		}
		if o == 1 {
			p.skips = append(p.skips, from)
		}
	}
	return p, true
}

func noYes() []string { return []string{"no", "yes"} }

// Next asks for the number of layers; then for each layer what it is, how many
// channels or units it has, which activation if there are several, and with Skips
// which earlier layers it also takes; then, if rates are offered, for the dropout.
// The options belong to the space and must not be changed.
func (s *GlobalSpace) Next(chosen Genotype) (Decision, bool, error) {
	_, r := s.read(chosen)
	if r.err != nil || r.pending == nil {
		return Decision{}, false, r.err
	}
	return *r.pending, true, nil
}

// State is where in which layer a beginning stands, how many are left, and what the
// rules know of those before.
func (s *GlobalSpace) State(chosen Genotype) string {
	_, r := s.read(chosen)
	p := r.place
	switch {
	case r.pending == nil:
		return ""
	case p.layer == 0:
		return r.pending.Name
	case p.from > 0:
		return fmt.Sprintf("%d %d %d from %d", p.layer, p.left, p.situation, p.from)
	}
	return fmt.Sprintf("%d %d %d %s", p.layer, p.left, p.situation, dashed(chosen[p.chosen:]))
}

// Size is the exact number of genotypes.
func (s *GlobalSpace) Size() *big.Int {
	sum := new(big.Int)
	for _, n := range s.layerCounts {
		sum.Add(sum, s.ways[n][0])
	}
	return sum.Mul(sum, big.NewInt(int64(max(1, len(s.rates)))))
}

// complete is what a complete genotype has decided.
func (s *GlobalSpace) complete(g Genotype) (chain, error) {
	c, r := s.read(g)
	if r.err == nil && r.pending != nil {
		return c, fmt.Errorf("space %s: the genotype %v is not complete: %q is undecided", s.name, g, r.pending.Name)
	}
	return c, r.err
}

// Layers are the layers of a complete genotype, without what they skip from.
func (s *GlobalSpace) Layers(g Genotype) ([]Layer, error) {
	c, err := s.complete(g)
	if err != nil {
		return nil, err
	}
	layers := make([]Layer, len(c.layers))
	for i, p := range c.layers {
		layers[i] = p.Layer
	}
	return layers, nil
}

// Frame has the layers as operations on the nodes of one cell, the whole network.
func (s *GlobalSpace) Frame() Frame {
	ops := make([]string, len(s.offers))
	for i, l := range s.offers {
		ops[i] = l.String()
	}
	return Frame{Cells: []string{"network"}, Inputs: 1, Ops: ops, Nodes: s.layerCounts[len(s.layerCounts)-1], Shortest: 1}
}

// Wirings is the chain of the layers of a genotype, with what they skip from. It says
// nothing of dropout.
func (s *GlobalSpace) Wirings(g Genotype) ([]Wiring, error) {
	c, err := s.complete(g)
	if err != nil {
		return nil, err
	}
	w := chainOf(len(c.layers))
	for i, l := range c.layers {
		w.Ops[i] = slices.Index(s.offers, l.Layer)
		for _, from := range l.skips {
			w.Edges = append(w.Edges, [2]int{from, i + 1})
		}
	}
	return []Wiring{w}, nil
}

var _ interface {
	Sizer
	Stater
	Wired
} = (*GlobalSpace)(nil)
