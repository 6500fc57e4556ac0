// Package proxy scores networks that have not been trained: the zero-cost measures of the
// literature, in double precision, each a small function beside its paper. Estimate.ZeroCost
// makes an estimator of each.
//
// All of them take the network as an expression, of package exact, for whatever derivatives
// they need. Batch norm takes the moments of the batch, as in training, and the loss is the
// mean cross-entropy of the output; auxiliary heads count for nothing. Layers are the weights
// of convolutions and linear layers; biases and batch norm are left out, as by Abdelfattah
// et al. 2021, "Zero-Cost Proxies for Lightweight NAS", with whose code the values agree.
package proxy

import (
	"errors"
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/nn/exact"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// Batch is what a measure looks at.
type Batch struct {
	X *grad.Tensor // images, samples×channels×height×width
	Y []int        // the class of each
}

// NewBatch is a batch of all samples of a set.
func NewBatch(s *data.Set) Batch {
	x := make([]float64, len(s.X))
	for i, v := range s.X {
		x[i] = float64(v)
	}
	return Batch{grad.Const(x, s.Len(), s.Shape.C, s.Shape.H, s.Shape.W), s.Y}
}

// Layer is the share of one layer in a score.
type Layer struct {
	Name  string // the node's
	Score float64
}

// Layers is a score that is a sum over layers.
type Layers []Layer

// Sum is the score.
func (ls Layers) Sum() (sum float64) {
	for _, l := range ls {
		sum += l.Score
	}
	return sum
}

var errNoWeights = errors.New("the network has no convolution and no linear layer, so it has no weights to look at")

// hasWeight says whether a node is a layer with a weight.
func hasWeight(n arch.Node) bool { return n.Op.Kind == arch.Conv || n.Op.Kind == arch.Linear }

// weighted are the layers that have a weight: their nodes and their weights.
func weighted(m *exact.Model) (nodes []int, weights []*grad.Tensor, err error) {
	for i, n := range m.Arch().Nodes {
		if hasWeight(n) {
			nodes, weights = append(nodes, i), append(weights, m.Param(n.Name+".weight"))
		}
	}
	if len(nodes) == 0 {
		return nil, nil, errNoWeights
	}
	return nodes, weights, nil
}

// layers are the scores of nodes.
func layers(m *exact.Model, nodes []int, scores []*grad.Tensor) (Layers, error) {
	ls := make(Layers, len(nodes))
	for k, i := range nodes {
		s, err := scores[k].Value()
		if err != nil {
			return nil, err
		}
		ls[k] = Layer{m.Arch().Nodes[i].Name, s}
	}
	return ls, nil
}

// frozen is the model for passes that nothing is differentiated in, which so remember nothing.
func frozen(m *exact.Model) *exact.Model {
	return m.Substitute(func(_ string, w *grad.Tensor) *grad.Tensor { return w.Detach() })
}

// useful says which nodes the output depends on.
func useful(a *arch.Arch) []bool {
	use := make([]bool, len(a.Nodes))
	use[len(a.Nodes)-1] = true
	for i := len(a.Nodes) - 1; i >= 0; i-- {
		if n := a.Nodes[i]; use[i] && n.Op.Kind != arch.Zero {
			for _, in := range n.In {
				use[in] = true
			}
		}
	}
	return use
}

// several is an error if a batch is too small to compare samples.
func several(b Batch) error {
	if err := b.X.Err(); err != nil {
		return err
	}
	if n := b.X.Shape()[0]; n < 2 {
		return fmt.Errorf("a batch of %d sample; the measure compares samples, so give 2 or more", n)
	}
	return nil
}
