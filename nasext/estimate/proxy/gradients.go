package proxy

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"github.com/nascent-go/nascent/nasext/nn/exact"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// Weight is the weight of one layer and the gradient of the loss by it.
type Weight struct {
	Layer string // the node's name
	W, G  []float64
}

// Gradients are the weights of all layers with their gradients: what the measures of first
// order are computed from.
type Gradients []Weight

// NewGradients computes them in double precision.
func NewGradients(m *exact.Model, b Batch) (Gradients, error) {
	nodes, ws, err := weighted(m)
	if err != nil {
		return nil, err
	}
	gs := make(Gradients, len(nodes))
	for k, g := range grad.Grad(m.Forward(b.X, true).CrossEntropy(b.Y), ws...) {
		gs[k].Layer = m.Arch().Nodes[nodes[k]].Name
		if gs[k].G, err = g.Data(); err != nil {
			return nil, err
		}
		if gs[k].W, err = ws[k].Data(); err != nil {
			return nil, err
		}
	}
	return gs, nil
}

// GradNorm is Σₗ‖∂L/∂Wₗ‖₂ (Abdelfattah et al. 2021, section 3).
func (gs Gradients) GradNorm() Layers {
	return gs.layers(func(_, g []float64) float64 { return floats.Norm(g, 2) })
}

// Plain is Σ W⊙∂L/∂W: by how much the loss falls, to first order, if a weight is removed
// (Mozer and Smolensky 1988; Abdelfattah et al. 2021).
func (gs Gradients) Plain() Layers {
	return gs.layers(floats.Dot)
}

// SNIP is Σ|W⊙∂L/∂W|, the connection sensitivity (Lee, Ajanthan and Torr 2019, section 4,
// before it is normalised).
func (gs Gradients) SNIP() Layers {
	return gs.layers(func(w, g []float64) (score float64) {
		for i := range w {
			score += math.Abs(w[i] * g[i])
		}
		return score
	})
}

// layers scores each layer by its weights and gradients.
func (gs Gradients) layers(score func(w, g []float64) float64) Layers {
	ls := make(Layers, len(gs))
	for k, w := range gs {
		ls[k] = Layer{w.Layer, score(w.W, w.G)}
	}
	return ls
}
