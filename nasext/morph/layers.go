package morph

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// deepen inserts a layer after the activation i.
func (e *edit[T]) deepen(i int) error {
	n := e.arch.Nodes[i]
	if n.Op.Kind != arch.ReLU && n.Op.Kind != arch.ReLU6 {
		return fmt.Errorf("%s is a %s; only after a %s or %s does one more change nothing", n.Name, n.Op.Kind, arch.ReLU, arch.ReLU6)
	}
	out := e.infos[i].Out
	var normed bool
	for _, other := range e.arch.Nodes {
		normed = normed || other.Op.Kind == arch.BatchNorm
	}
	if out.H*out.W == 1 {
		normed = false // nor is it in the head of any network that is known
	}
	layer := arch.Node{Name: e.fresh(n.Name + " deeper"), Op: arch.Op{Kind: arch.Conv, Out: out.C, KH: 3, KW: 3, PadH: 1, PadW: 1, Bias: !normed}}
	filter := 9
	if out.H*out.W == 1 {
		layer.Op, filter = arch.Op{Kind: arch.Linear, Out: out.C, Bias: true}, 1
	}
	e.set(layer.Name, "weight", func() []T {
		w := make([]T, out.C*out.C*filter)
		for c := range out.C {
			w[(c*out.C+c)*filter+filter/2] = 1
		}
		return w
	})
	nodes := []arch.Node{layer}
	if normed {
		norm := arch.Node{Name: e.fresh(n.Name + " deeper bn"), Op: arch.Op{Kind: arch.BatchNorm}}
		nodes = append(nodes, norm)
		// Scaled by what it divides by, it changes nothing.
		e.set(norm.Name, "weight", func() []T { return fill(make([]T, out.C), T(math.Sqrt(1+engine.BatchNormEps))) })
		e.set(norm.Name, "bias", func() []T { return make([]T, out.C) })
		e.set(norm.Name, "running_mean", func() []T { return make([]T, out.C) })
		e.set(norm.Name, "running_var", func() []T { return fill(make([]T, out.C), 1) })
	} else {
		e.set(layer.Name, "bias", func() []T { return make([]T, out.C) })
	}
	nodes = append(nodes, arch.Node{Name: e.fresh(n.Name + " deeper act"), Op: n.Op})
	for k := range nodes {
		nodes[k].In = []int{i + k}
	}
	last := i + len(nodes)
	e.insert(i, nodes...)
	for k := last + 1; k < len(e.arch.Nodes); k++ {
		e.arch.Nodes[k].In = replaced(e.arch.Nodes[k].In, i, last)
	}
	return nil
}

func fill[T any](list []T, v T) []T {
	for i := range list {
		list[i] = v
	}
	return list
}

func replaced(list []int, old, new int) []int {
	for k, i := range list {
		if i == old {
			list[k] = new
		}
	}
	return list
}

// enlarge puts a ring of zeros around the filters of convolution i.
func (e *edit[T]) enlarge(i int) error {
	n := &e.arch.Nodes[i]
	op := n.Op.WithDefaults()
	switch {
	case op.Kind != arch.Conv:
		return fmt.Errorf("%s is a %s; a %s has filters", n.Name, op.Kind, arch.Conv)
	case op.Same && (op.Stride > 1 || op.StrideW > 1):
		return fmt.Errorf("%s has SAME padding and a stride: larger filters would not be centred where they are", n.Name)
	case op.KH%2 == 0 || op.KW%2 == 0:
		return fmt.Errorf("%s has filters of %d×%d; they need a pixel in their middle", n.Name, op.KH, op.KW)
	}
	n.Op.KH, n.Op.KW = op.KH+2, op.KW+2
	if !op.Same {
		n.Op.PadH, n.Op.PadW = op.PadH+op.Dilation, op.PadW+op.Dilation
	}
	e.set(n.Name, "weight", func() []T {
		old := e.weights[n.Name+".weight"]
		filters := len(old) / (op.KH * op.KW)
		w := make([]T, filters*(op.KH+2)*(op.KW+2))
		for row := range filters * op.KH {
			filter, y := row/op.KH, row%op.KH
			to := (filter*(op.KH+2)+y+1)*(op.KW+2) + 1
			copy(w[to:], old[row*op.KW:][:op.KW])
		}
		return w
	})
	return nil
}

// skippable is the node that activation to sees, to which a skip from activation from
// can be added, or says why it can't.
func (e *edit[T]) skippable(from, to int) (at int, err error) {
	source, target := e.arch.Nodes[from], e.arch.Nodes[to]
	if !source.Op.Kind.Activation() || !target.Op.Kind.Activation() {
		return 0, errors.New("a skip leads from an activation to another")
	}
	at = target.In[0]
	in, out := e.infos[from].Out, e.infos[at].Out
	switch {
	case from >= at:
		return 0, fmt.Errorf("%s comes not before what %s sees", source.Name, target.Name)
	case in.H != out.H || in.W != out.W:
		return 0, fmt.Errorf("%s is %v and what %s sees %v; they need the same height and width", source.Name, in, target.Name, out)
	}
	if seen := e.arch.Nodes[at]; seen.Op.Kind == arch.Add {
		for _, k := range seen.In {
			if other := e.arch.Nodes[k]; slices.Equal(other.In, []int{from}) && weighted(other.Op.Kind) && other.Op.KH <= 1 {
				return 0, fmt.Errorf("there is one already, %s", other.Name)
			}
		}
	}
	return at, nil
}

// skip adds what activation from said, through a layer of zeros, to what activation to sees.
func (e *edit[T]) skip(from, to int) error {
	at, err := e.skippable(from, to)
	if err != nil {
		return err
	}
	in, out := e.infos[from].Out, e.infos[at].Out
	name := e.arch.Nodes[from].Name + " to " + e.arch.Nodes[to].Name
	layer := arch.Node{Name: e.fresh(name), Op: arch.Op{Kind: arch.Conv, Out: out.C, KH: 1, KW: 1}, In: []int{from}}
	if out.H*out.W == 1 {
		layer.Op = arch.Op{Kind: arch.Linear, Out: out.C}
	}
	sum := arch.Node{Name: e.fresh(name + " sum"), Op: arch.Op{Kind: arch.Add}, In: []int{at, at + 1}}
	e.set(layer.Name, "weight", func() []T { return make([]T, in.C*out.C) })
	e.insert(at, layer, sum)
	e.arch.Nodes[to+2].In = []int{at + 2}
	return nil
}
