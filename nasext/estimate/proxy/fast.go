package proxy

import (
	"context"
	"fmt"
	"slices"

	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// FastGradients are the gradients on the engine of a network: in single precision, in a
// small part of the time and of the memory. Dropout acts as in training.
func FastGradients(n *nn.Network, b Batch) (Gradients, error) { return fastGradients(n, b) }

func fastGradients[T engine.Float](n *nn.NetworkOf[T], b Batch) (gs Gradients, err error) {
	x, err := pixels[T](b)
	if err != nil {
		return nil, err
	}
	defer func(w float64) { n.AuxWeight = w }(n.AuxWeight)
	n.AuxWeight = 0
	s, err := n.Gradients(x, b.Y)
	if err != nil {
		return nil, err
	}
	if !s.Finite() {
		return nil, fmt.Errorf("the loss is %v, which has no gradient", s.Loss)
	}
	params := map[string]*engine.ParamOf[T]{}
	for _, p := range n.Params() {
		params[p.Name] = p
	}
	for _, node := range n.Arch().Nodes {
		if hasWeight(node) {
			p := params[node.Name+".weight"]
			gs = append(gs, Weight{node.Name, wide(p.W), wide(p.G)})
		}
	}
	if len(gs) == 0 {
		return nil, errNoWeights
	}
	return gs, nil
}

// FastJacobCov is JacobCov on the engine of a network; see FastGradients.
func FastJacobCov(n *nn.Network, b Batch) (float64, error) { return fastJacobCov(n, b) }

func fastJacobCov[T engine.Float](n *nn.NetworkOf[T], b Batch) (float64, error) {
	if err := several(b); err != nil {
		return 0, err
	}
	x, err := pixels[T](b)
	if err != nil {
		return 0, err
	}
	out, err := n.Forward(x, true)
	if err != nil {
		return 0, err
	}
	dx := make([]T, len(x))
	if err := n.Backward(slices.Repeat([]T{1}, len(out)), dx); err != nil {
		return 0, err
	}
	return jacobCov(b.X.Shape()[0], wide(dx))
}

// FastNTKCondition is NTKCondition on the engine of a network; see FastGradients.
func FastNTKCondition(ctx context.Context, n *nn.Network, b Batch) (float64, error) {
	return fastNTKCondition(ctx, n, b)
}

func fastNTKCondition[T engine.Float](ctx context.Context, n *nn.NetworkOf[T], b Batch) (float64, error) {
	if err := several(b); err != nil {
		return 0, err
	}
	x, err := pixels[T](b)
	if err != nil {
		return 0, err
	}
	return ntkCondition(ctx, b.X.Shape()[0], func(i int) (row []float64, err error) {
		out, err := n.Forward(x, true)
		if err != nil {
			return nil, err
		}
		dout := make([]T, len(out))
		for c := range n.Classes() {
			dout[i*n.Classes()+c] = 1
		}
		if err := n.Backward(dout, nil); err != nil {
			return nil, err
		}
		for _, p := range n.Params() {
			row = append(row, wide(p.G)...)
		}
		return row, nil
	})
}

// FastNASWOT is NASWOT on the engine of a network; see FastGradients.
func FastNASWOT(n *nn.Network, b Batch) (float64, error) { return fastNASWOT(n, b) }

func fastNASWOT[T engine.Float](n *nn.NetworkOf[T], b Batch) (float64, error) {
	if err := several(b); err != nil {
		return 0, err
	}
	return naswot(n.Arch(), b, fastObserver(n))
}

// FastZen is Zen on the engine of a network, whose weights stay as they are.
func FastZen(ctx context.Context, n *nn.Network, c ZenConfig) (float64, error) {
	return fastZen(ctx, n, c)
}

func fastZen[T engine.Float](ctx context.Context, n *nn.NetworkOf[T], c ZenConfig) (float64, error) {
	for _, p := range n.Params() {
		defer copy(p.W, slices.Clone(p.W))
	}
	return zen(ctx, n.Arch(), c, func(weight func(name string, shape []int) *grad.Tensor) (observer, error) {
		for _, p := range n.Params() {
			data, err := weight(p.Name, p.Shape).Data()
			if err != nil {
				return nil, err
			}
			for i, v := range data {
				p.W[i] = T(v)
			}
		}
		return fastObserver(n), nil
	})
}

// fastObserver is that of a network.
func fastObserver[T engine.Float](n *nn.NetworkOf[T]) observer {
	return func(x *grad.Tensor, nodes []int) ([][]float64, error) {
		images, err := pixels[T](Batch{X: x})
		if err != nil {
			return nil, err
		}
		all, err := n.Activations(images, nodes, true)
		if err != nil {
			return nil, err
		}
		out := make([][]float64, len(all))
		for k, a := range all {
			out[k] = wide(a)
		}
		return out, nil
	}
}

// pixels are the numbers of the images.
func pixels[T engine.Float](b Batch) ([]T, error) {
	data, err := b.X.Data()
	if err != nil {
		return nil, err
	}
	x := make([]T, len(data))
	for i, v := range data {
		x[i] = T(v)
	}
	return x, nil
}

func wide[T engine.Float](x []T) []float64 {
	w := make([]float64, len(x))
	for i, v := range x {
		w[i] = float64(v)
	}
	return w
}
