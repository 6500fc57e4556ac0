// Package morph grows networks without changing what they compute: a layer more that
// does nothing yet, twice the channels, a connection past some layers, larger filters.
// A network that has grown starts from what the smaller one has learned.
//
// The transformations are those of Net2Net (Chen, Goodfellow and Shlens 2016), network
// morphism (Wei et al. 2016) and Auto-Keras (Jin, Song and Hu 2019). A Model is an
// architecture with its weights; Apply makes the grown one. Space is the search space
// of all that can grow out of a network, and Inherit the estimator that trains each of
// its networks from the weights of the one that it grew out of.
package morph

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// Kind is what a morphism does.
type Kind string

// The morphisms.
const (
	// Deepen inserts a layer after an activation: a convolution whose filters pass every
	// channel on, batch norm if the network has any, and the activation once more. In place
	// of a convolution it is a linear layer where the image is one pixel. The activation
	// has to be one that changes nothing the second time: ReLU or ReLU6.
	Deepen Kind = "deepen"
	// Widen doubles the output of a convolution or linear layer: each channel is there
	// twice, and what takes it divides its weights among the two (Net2WiderNet). Layers
	// whose outputs are added to its output are widened with it.
	Widen Kind = "widen"
	// Skip adds to what an activation sees a 1×1 convolution, of zeros, of what an earlier
	// activation said.
	Skip Kind = "skip"
	// Enlarge puts a ring of zeros around the filters of a convolution.
	Enlarge Kind = "enlarge"
)

// Morphism is one way to grow a network.
type Morphism struct {
	Kind Kind
	At   string // name of the node: the activation, or the layer
	From string // of Skip: the activation that the connection begins at
}

// String says what is done and where.
func (m Morphism) String() string {
	if m.Kind == Skip {
		return fmt.Sprintf("%s from %s to %s", m.Kind, m.From, m.At)
	}
	return fmt.Sprintf("%s %s", m.Kind, m.At)
}

// ModelOf is an architecture with its weights, in single or in double precision. What
// Apply makes shares the weights that stay the same with what it was made of, so the
// slices are not to be written to.
type ModelOf[T engine.Float] struct {
	Arch *arch.Arch
	// Weights has the parameters and running moments by name; nil for an architecture
	// without weights.
	Weights map[string][]T
}

// Model is a network in single precision, Model64 one in double.
type (
	Model   = ModelOf[float32]
	Model64 = ModelOf[float64]
)

// Of copies the architecture and the weights of a network.
func Of(n *nn.Network) *Model { return of(n) }

// Of64 is Of in double precision.
func Of64(n *nn.Network64) *Model64 { return of(n) }

func of[T engine.Float](n *nn.NetworkOf[T]) *ModelOf[T] {
	m := &ModelOf[T]{Arch: n.Arch(), Weights: map[string][]T{}}
	for _, p := range slices.Concat(n.Params(), n.Moments()) {
		m.Weights[p.Name] = slices.Clone(p.W)
	}
	return m
}

// Give copies the weights into a network of the architecture.
func (m *ModelOf[T]) Give(n *nn.NetworkOf[T]) error {
	if m.Weights == nil {
		return errors.New("morph: there are no weights to give")
	}
	for _, p := range slices.Concat(n.Params(), n.Moments()) {
		w, ok := m.Weights[p.Name]
		if !ok || len(w) != len(p.W) {
			return fmt.Errorf("morph: the network has %d numbers called %s, the model %d; make the network of the model's architecture", len(p.W), p.Name, len(w))
		}
	}
	for _, p := range slices.Concat(n.Params(), n.Moments()) {
		copy(p.W, m.Weights[p.Name])
	}
	return nil
}

// Apply is the model grown by a morphism. In inference it computes what m computes, up
// to rounding. In training a batch norm that was inserted normalises by its batch.
//
// The seed is that of Widen, which gives the two copies of a channel shares of the
// weights between 1/4 and 3/4, by chance, so that they learn different things.
func (m *ModelOf[T]) Apply(what Morphism, seed uint64) (*ModelOf[T], error) {
	e, err := edited(m)
	if err != nil {
		return nil, fmt.Errorf("morph: %w", err)
	}
	if err := e.do(what, seed); err != nil {
		return nil, fmt.Errorf("morph: %s: %w", what, err)
	}
	if err := e.arch.Check(); err != nil {
		return nil, fmt.Errorf("morph: %s: %w", what, err)
	}
	return &ModelOf[T]{Arch: e.arch, Weights: e.weights}, nil
}

// Apply is the architecture grown by a morphism.
func Apply(a *arch.Arch, what Morphism) (*arch.Arch, error) {
	m, err := (&Model{Arch: a}).Apply(what, 0)
	if err != nil {
		return nil, err
	}
	return m.Arch, nil
}

// Limits end the growth of networks.
type Limits struct {
	Params int64 // parameters of a network; 0: no limit
	Width  int   // channels of a layer; 0 means 512
	Filter int   // height and width of filters; 0 means 7
	Layers int   // convolutions and linear layers; 0 means 32
}

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		limit  *int
		normal int
	}{{&l.Width, 512}, {&l.Filter, 7}, {&l.Layers, 32}} {
		if *d.limit == 0 {
			*d.limit = d.normal
		}
	}
	return l
}

// Offers lists the morphisms that can be applied within the limits, in the order of
// the nodes.
func Offers(a *arch.Arch, limits Limits) ([]Morphism, error) {
	l := limits.withDefaults()
	plain := &Model{Arch: a}
	e, err := edited(plain)
	if err != nil {
		return nil, fmt.Errorf("morph: %w", err)
	}
	params, _ := arch.Totals(e.infos)
	small := func(params int64) bool { return l.Params == 0 || params <= l.Params }
	layers := 0
	for _, n := range a.Nodes {
		if weighted(n.Op.Kind) {
			layers++
		}
	}
	var list []Morphism
	offer := func(kind Kind, at string) {
		what := Morphism{Kind: kind, At: at}
		if grown, err := plain.Apply(what, 0); err == nil {
			if params, err := grown.Arch.Params(); err == nil && small(params) {
				list = append(list, what)
			}
		}
	}
	for i, n := range a.Nodes {
		op := n.Op.WithDefaults()
		if weighted(op.Kind) && 2*op.Out <= l.Width {
			offer(Widen, n.Name)
		}
		if op.Kind == arch.Conv && max(op.KH, op.KW)+2 <= l.Filter {
			offer(Enlarge, n.Name)
		}
		if !op.Kind.Activation() {
			continue
		}
		if layers < l.Layers {
			offer(Deepen, n.Name)
		}
		for k := range i { // there are many, so they are not tried, but looked at
			if at, err := e.skippable(k, i); err == nil && small(params+int64(e.infos[k].Out.C*e.infos[at].Out.C)) {
				list = append(list, Morphism{Kind: Skip, At: n.Name, From: a.Nodes[k].Name})
			}
		}
	}
	return list, nil
}

// weighted says whether a layer mixes channels by weights.
func weighted(k arch.Kind) bool { return k == arch.Conv || k == arch.Linear }

// edit is a model under change.
type edit[T engine.Float] struct {
	arch    *arch.Arch
	infos   []arch.Info
	weights map[string][]T // nil if there are none
}

// edited begins to change a copy of the model.
func edited[T engine.Float](m *ModelOf[T]) (*edit[T], error) {
	if m == nil || m.Arch == nil {
		return nil, errors.New("there is no architecture (nil)")
	}
	infos, err := m.Arch.Infer()
	if err != nil {
		return nil, err
	}
	a := *m.Arch
	a.Nodes, a.Aux = slices.Clone(a.Nodes), slices.Clone(a.Aux)
	for i := range a.Nodes {
		a.Nodes[i].In = slices.Clone(a.Nodes[i].In)
	}
	return &edit[T]{arch: &a, infos: infos, weights: maps.Clone(m.Weights)}, nil
}

func (e *edit[T]) do(what Morphism, seed uint64) error {
	i, err := e.find(what.At)
	if err != nil {
		return err
	}
	switch what.Kind {
	case Deepen:
		return e.deepen(i)
	case Widen:
		return e.widen(i, seed)
	case Skip:
		from, err := e.find(what.From)
		if err != nil {
			return err
		}
		return e.skip(from, i)
	case Enlarge:
		return e.enlarge(i)
	}
	return fmt.Errorf("there is no such morphism; there are %s, %s, %s and %s", Deepen, Widen, Skip, Enlarge)
}

// find is the node of a name.
func (e *edit[T]) find(name string) (int, error) {
	i := slices.IndexFunc(e.arch.Nodes, func(n arch.Node) bool { return n.Name == name })
	if i < 0 {
		return 0, fmt.Errorf("the architecture has no node %q", name)
	}
	return i, nil
}

// insert puts nodes after node at, whose block they get. Their inputs are numbers of
// nodes up to at, or of each other as they will stand.
func (e *edit[T]) insert(at int, nodes ...arch.Node) {
	moved := func(list []int) {
		for k, i := range list {
			if i > at {
				list[k] = i + len(nodes)
			}
		}
	}
	for i := at + 1; i < len(e.arch.Nodes); i++ {
		moved(e.arch.Nodes[i].In)
	}
	moved(e.arch.Aux)
	for i := range nodes {
		nodes[i].Block = e.arch.Nodes[at].Block
	}
	e.arch.Nodes = slices.Insert(e.arch.Nodes, at+1, nodes...)
}

// fresh is a name that no node has: the words, or with a number behind.
func (e *edit[T]) fresh(words string) string {
	name := words
	for k := 2; slices.ContainsFunc(e.arch.Nodes, func(n arch.Node) bool { return n.Name == name }); k++ {
		name = fmt.Sprintf("%s %d", words, k)
	}
	return name
}

// set gives a node's parameter its numbers, if there are weights.
func (e *edit[T]) set(node, word string, make func() []T) {
	if e.weights != nil {
		e.weights[node+"."+word] = make()
	}
}
