package nn

import (
	"fmt"
	"math"

	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
)

// Optimizer changes parameters by their gradients. It keeps state for the parameters
// of its first Step, which every later Step has to be given again, in the same order.
type Optimizer interface {
	// Step updates the W of all parameters by their G at the given learning rate.
	Step(params []*Param, rate float64) error
}

// SGD is stochastic gradient descent with momentum (Sutskever et al. 2013, in the form
// where the velocity holds gradients, not steps): g = G + WeightDecay·W,
// v = Momentum·v + g, W -= rate·v, or with Nesterov W -= rate·(g + Momentum·v).
type SGD struct {
	Momentum    float64
	WeightDecay float64
	Nesterov    bool
	velocity    [][]float32
}

// NewSGD is gradient descent with the given momentum (0 ≤ momentum < 1; 0.9 is usual)
// and weight decay (L2, ≥ 0; 5e-4 is usual).
func NewSGD(momentum, weightDecay float64) *SGD {
	return &SGD{Momentum: momentum, WeightDecay: weightDecay}
}

// Step implements Optimizer.
func (o *SGD) Step(params []*Param, rate float64) error {
	if err := checkStep(params, len(o.velocity), func(i int) int { return len(o.velocity[i]) }, rate); err != nil {
		return fmt.Errorf("SGD: %w", err)
	}
	if o.velocity == nil {
		for _, p := range params {
			o.velocity = append(o.velocity, make([]float32, len(p.W)))
		}
	}
	lr, mom, decay := float32(rate), float32(o.Momentum), float32(o.WeightDecay)
	for i, p := range params {
		cpu.Momentum(p.W, o.velocity[i], p.G, lr, mom, decay, o.Nesterov)
	}
	return nil
}

// Adam is Adam with bias correction (Kingma & Ba 2015, algorithm 1). Weight decay is
// added to the gradient.
type Adam struct {
	Beta1, Beta2 float64
	Eps          float64
	WeightDecay  float64
	steps        int
	m, v         [][]float64
}

// NewAdam is Adam with the paper's settings: β₁ 0.9, β₂ 0.999, ε 1e-8.
func NewAdam() *Adam { return &Adam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8} }

// Step implements Optimizer.
func (o *Adam) Step(params []*Param, rate float64) error {
	if err := checkStep(params, len(o.m), func(i int) int { return len(o.m[i]) }, rate); err != nil {
		return fmt.Errorf("Adam: %w", err)
	}
	if o.m == nil {
		for _, p := range params {
			o.m = append(o.m, make([]float64, len(p.W)))
			o.v = append(o.v, make([]float64, len(p.W)))
		}
	}
	o.steps++
	c1, c2 := 1-math.Pow(o.Beta1, float64(o.steps)), 1-math.Pow(o.Beta2, float64(o.steps))
	for i, p := range params {
		m, v := o.m[i], o.v[i]
		for j := range p.W {
			g := float64(p.G[j]) + o.WeightDecay*float64(p.W[j])
			m[j] = o.Beta1*m[j] + (1-o.Beta1)*g
			v[j] = o.Beta2*v[j] + (1-o.Beta2)*g*g
			p.W[j] -= float32(rate * (m[j] / c1) / (math.Sqrt(v[j]/c2) + o.Eps))
		}
	}
	return nil
}

// checkStep compares parameters with the state of known blocks, none before the first step.
func checkStep(params []*Param, known int, size func(int) int, rate float64) error {
	if !(rate >= 0) || math.IsInf(rate, 1) {
		return fmt.Errorf("learning rate %v; it has to be a finite number of at least 0", rate)
	}
	if known > 0 && known != len(params) {
		return fmt.Errorf("%d parameters, but the first step had %d; give the same ones every step", len(params), known)
	}
	for i, p := range params {
		if len(p.G) != len(p.W) {
			return fmt.Errorf("parameter %q has %d numbers and %d gradients; both have to be there", p.Name, len(p.W), len(p.G))
		}
		if known > 0 && size(i) != len(p.W) {
			return fmt.Errorf("parameter %q has %d numbers, but %d at the first step; give the same ones every step", p.Name, len(p.W), size(i))
		}
	}
	return nil
}

// ClipNorm scales all gradients so that their common Euclidean norm is at most limit
// (Pascanu et al. 2013, algorithm 1) and returns the norm they had. Gradients whose
// norm is no finite number are left as they are.
func ClipNorm(params []*Param, limit float64) float64 {
	norm := GradNorm(params)
	if norm > limit && !math.IsInf(norm, 1) {
		f := float32(limit / norm)
		for _, p := range params {
			for j := range p.G {
				p.G[j] *= f
			}
		}
	}
	return norm
}

// GradNorm is the Euclidean norm of all gradients taken as one vector.
func GradNorm(params []*Param) float64 {
	var sum float64
	for _, p := range params {
		for _, g := range p.G {
			sum += float64(g) * float64(g)
		}
	}
	return math.Sqrt(sum)
}
