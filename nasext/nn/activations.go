package nn

import (
	"errors"
	"fmt"
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// Activations are the outputs of the nodes of the architecture with these indices, for the
// samples in x: of each node the samples one after the other, channels×height×width. With
// train batch norm takes the batch's own moments, and dropout draws. Nothing that training
// depends on changes.
func (n *NetworkOf[T]) Activations(x []T, nodes []int, train bool) ([][]T, error) {
	out, err := n.activations(x, nodes, train)
	if err != nil {
		return nil, fmt.Errorf("activations: %w", err)
	}
	return out, nil
}

func (n *NetworkOf[T]) activations(x []T, nodes []int, train bool) ([][]T, error) {
	elems := n.in.Elems()
	if len(x) == 0 || len(x)%elems != 0 {
		return nil, fmt.Errorf("%d numbers are no whole number of samples of shape %v; give a multiple of %d", len(x), n.in, elems)
	}
	plan, err := n.upTo(nodes)
	if err != nil {
		return nil, err
	}
	count, width := len(x)/elems, plan.Steps[len(plan.Steps)-1].Out.C
	r, err := n.engine.Build(plan, count)
	if err != nil {
		return nil, err
	}
	defer n.keepMoments()()
	all := make([]T, count*width)
	if err := errors.Join(r.Forward(x, count, n.pass(train), all), release(r)); err != nil {
		return nil, err
	}
	out, from := make([][]T, len(nodes)), 0
	for k, i := range nodes {
		to := from + n.plan.Steps[i].Out.Elems()
		for s := range count {
			out[k] = append(out[k], all[s*width+from:s*width+to]...)
		}
		from = to
	}
	return out, nil
}

// upTo is a plan whose output are those of nodes, one behind the other.
func (n *NetworkOf[T]) upTo(nodes []int) (*engine.PlanOf[T], error) {
	if len(nodes) == 0 {
		return nil, errors.New("there are no nodes; name at least one by its index")
	}
	for _, i := range nodes {
		if i < 0 || i >= len(n.plan.Steps) {
			return nil, fmt.Errorf("there is no node %d; the nodes are 0 to %d", i, len(n.plan.Steps)-1)
		}
	}
	steps := slices.Clone(n.plan.Steps[:slices.Max(nodes)+1])
	vectors, width := make([]int, len(nodes)), 0
	for k, i := range nodes {
		flat := arch.Shape{C: steps[i].Out.Elems(), H: 1, W: 1}
		width += flat.C
		vectors[k] = len(steps)
		steps = append(steps, engine.StepOf[T]{Name: "flat " + steps[i].Name, Op: arch.Op{Kind: arch.Flatten}, In: []int{i}, Out: flat})
	}
	steps = append(steps, engine.StepOf[T]{Name: "all", Op: arch.Op{Kind: arch.Concat}, In: vectors, Out: arch.Shape{C: width, H: 1, W: 1}})
	return &engine.PlanOf[T]{Steps: steps, Seed: n.plan.Seed}, nil
}

// keepMoments remembers the running moments, which move with every pass for training, and
// puts them back when what it gives is called.
func (n *NetworkOf[T]) keepMoments() func() {
	var moments [][]T
	for _, p := range n.moments {
		moments = append(moments, slices.Clone(p.W))
	}
	return func() { assign(n.moments, moments) }
}
