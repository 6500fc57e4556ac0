package cell

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Genotype is the cells that mixing numbers choose, given by their names, in the order
// of Ops (Liu et al. 2019, section 2.4, and the authors' code): each node keeps the two
// states whose strongest operation other than none has the largest weight, the stronger
// one first, and of each that operation. If there are numbers for a node by which it
// mixes its edges, called "normal node 2" and so on, their softmax multiplies the weights
// (Xu et al. 2020, section 3.3). Equal weights are taken in their order. All nodes are
// given out. It is an error if numbers are missing, too few, too many or not finite.
func (n DARTSSupernet) Genotype(alphas map[string][]float64) (Genotype, error) {
	n = n.defaults()
	if err := n.check(); err != nil {
		return Genotype{}, fmt.Errorf("cell: DARTS supernet: %w", err)
	}
	normal, err := n.strongest(normalCell, alphas)
	if err != nil {
		return Genotype{}, fmt.Errorf("cell: genotype of a DARTS supernet: %w", err)
	}
	reduction, err := n.strongest(reductionCell, alphas)
	if err != nil {
		return Genotype{}, fmt.Errorf("cell: genotype of a DARTS supernet: %w", err)
	}
	return Genotype{normal, reduction}, nil
}

// choice is the strongest operation on an edge with its weight.
type choice struct {
	Edge
	weight float64
}

// strongest is the cell that the numbers of a kind of cell choose.
func (n DARTSSupernet) strongest(kind string, alphas map[string][]float64) (Cell, error) {
	var c Cell
	for j := 2; j < n.Nodes+2; j++ {
		var choices []choice
		for i := range j {
			best, err := n.choose(mixName(kind, i, j), i, alphas)
			if err != nil {
				return Cell{}, err
			}
			choices = append(choices, best)
		}
		if err := weighEdges(choices, joinName(kind, j), alphas); err != nil {
			return Cell{}, err
		}
		slices.SortStableFunc(choices, func(a, b choice) int { return cmp.Compare(b.weight, a.weight) })
		c.Nodes = append(c.Nodes, Node{Edges: [2]Edge{choices[0].Edge, choices[1].Edge}})
		c.Out = append(c.Out, j)
	}
	return c, nil
}

// choose is the strongest operation but none on the edge from a state.
func (n DARTSSupernet) choose(name string, from int, alphas map[string][]float64) (choice, error) {
	a, ok := alphas[name]
	if !ok {
		return choice{}, fmt.Errorf("there are no mixing numbers %q; give those of every edge", name)
	}
	if len(a) != len(n.Ops) {
		return choice{}, fmt.Errorf("there are %d mixing numbers %q; give one for each of the %d operations", len(a), name, len(n.Ops))
	}
	weights, err := softmax(name, a)
	if err != nil {
		return choice{}, err
	}
	best := choice{weight: -1}
	for k, w := range weights {
		if n.Ops[k] != None && w > best.weight {
			best = choice{Edge{n.Ops[k], from}, w}
		}
	}
	if best.Op == "" {
		return choice{}, errors.New("the operations are none alone; there is nothing to choose")
	}
	return best, nil
}

// weighEdges multiplies the weights of a node's edges by those of the edges themselves, if
// there are any.
func weighEdges(choices []choice, name string, alphas map[string][]float64) error {
	a, ok := alphas[name]
	if !ok {
		return nil
	}
	if len(a) != len(choices) {
		return fmt.Errorf("there are %d mixing numbers %q; give one for each of the %d edges", len(a), name, len(choices))
	}
	weights, err := softmax(name, a)
	for i, w := range weights {
		choices[i].weight *= w
	}
	return err
}

// softmax is that of finite numbers.
func softmax(name string, a []float64) ([]float64, error) {
	weights, sum := make([]float64, len(a)), 0.0
	for k, v := range a {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("mixing number %d of %q is %v; it must be finite", k, name, v)
		}
		weights[k] = math.Exp(v - slices.Max(a))
		sum += weights[k]
	}
	for k := range weights {
		weights[k] /= sum
	}
	return weights, nil
}
