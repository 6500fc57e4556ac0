package proxy

import (
	"github.com/nascent-go/nascent/nasext/nn/exact"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// GraSP is −Σ W⊙(H·g), with g the gradient and H the Hessian of the loss by the weights of
// all layers: how the flow of gradients changes if a weight is removed (Wang, Zhang and
// Grosse 2020, section 4). The sign is that of Abdelfattah et al. 2021, who found that it orders
// networks the right way.
func GraSP(m *exact.Model, b Batch) (Layers, error) {
	nodes, ws, err := weighted(m)
	if err != nil {
		return nil, err
	}
	loss := m.Forward(b.X, true).CrossEntropy(b.Y)
	scores := grad.HessianVector(loss, ws, grad.Grad(loss, ws...))
	for k, h := range scores {
		scores[k] = ws[k].Mul(h).Sum().Neg()
	}
	return layers(m, nodes, scores)
}

// SynFlow is Σ|W⊙∂R/∂W|, where R is the sum of the outputs for an image of ones of a network
// that has the sizes of all weights without their signs, and no batch norm (Tanaka et al.
// 2020, section 6). It looks at no data. In a chain of layers without biases each has the
// share R.
func SynFlow(m *exact.Model) (Layers, error) {
	nodes, ws, err := weighted(m)
	if err != nil {
		return nil, err
	}
	in := m.Arch().Input
	positive := m.WithoutNorm().Substitute(func(_ string, w *grad.Tensor) *grad.Tensor { return w.Abs() })
	scores := grad.Grad(positive.Forward(grad.Ones(1, in.C, in.H, in.W), false).Sum(), ws...)
	for k, g := range scores {
		scores[k] = ws[k].Mul(g).Abs().Sum()
	}
	return layers(m, nodes, scores)
}

// Fisher is the Fisher information of the channels that layers give: ½·meanₙ(Σ a⊙∂L/∂a)²,
// with the sum over the pixels of one sample (Theis et al. 2018; Turner et al. 2020),
// counted once for each weight of the channel.
func Fisher(m *exact.Model, b Batch) (Layers, error) {
	nodes, ws, err := weighted(m)
	if err != nil {
		return nil, err
	}
	all, err := m.Nodes(b.X, true)
	if err != nil {
		return nil, err
	}
	acts := make([]*grad.Tensor, len(nodes))
	for k, i := range nodes {
		acts[k] = all[i]
	}
	scores := grad.Grad(all[len(all)-1].CrossEntropy(b.Y), acts...)
	for k, g := range scores {
		a := acts[k].Detach()
		sums := a.Mul(g.Detach()).Reshape(a.Shape()[0], a.Shape()[1], -1).Sum(2)
		weights := 1
		for _, side := range ws[k].Shape()[1:] {
			weights *= side
		}
		scores[k] = sums.Mul(sums).Mean(0).Sum().Times(0.5 * float64(weights))
	}
	return layers(m, nodes, scores)
}
