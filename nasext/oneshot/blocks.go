package oneshot

import (
	"math"
	"strings"

	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/space"
)

// room is memory for as many numbers as the parameters have.
func room[T engine.Float](params []*engine.ParamOf[T]) [][]T {
	r := make([][]T, len(params))
	for i, p := range params {
		r[i] = make([]T, len(p.W))
	}
	return r
}

func save[T engine.Float](to [][]T, params []*engine.ParamOf[T]) {
	for i, p := range params {
		copy(to[i], p.W)
	}
}

func saveG[T engine.Float](to [][]T, params []*engine.ParamOf[T]) {
	for i, p := range params {
		copy(to[i], p.G)
	}
}

func restore[T engine.Float](params []*engine.ParamOf[T], from [][]T) {
	for i, p := range params {
		copy(p.W, from[i])
	}
}

// norm is the Euclidean norm of all numbers taken as one vector.
func norm[T engine.Float](blocks [][]T) float64 {
	var sum float64
	for _, b := range blocks {
		for _, v := range b {
			sum += float64(float64(v) * float64(v))
		}
	}
	return math.Sqrt(sum)
}

// softmax puts exp(vₖ/τ)/Σⱼ exp(vⱼ/τ) into p.
func softmax(p, values []float64, temperature float64) {
	top, sum := values[largest(values)], 0.0
	for k, v := range values {
		p[k] = math.Exp((v - top) / temperature)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
}

// softmaxBack turns the gradient d by p, a softmax of values at a temperature, into that by
// the values: pₖ(dₖ − Σⱼ pⱼdⱼ)/τ.
func softmaxBack[T engine.Float](to []T, p []float64, d []T, temperature float64) {
	mean := 0.0
	for k, share := range p {
		mean += share * float64(d[k])
	}
	for k, share := range p {
		to[k] = T(share * (float64(d[k]) - mean) / temperature)
	}
}

// largest is the index of the largest value, the first one of equals.
func largest(values []float64) int {
	best := 0
	for k, v := range values {
		if v > values[best] {
			best = k
		}
	}
	return best
}

// edgeOf is the edge that mixing numbers belong to.
func edgeOf(p *nn.Param) string { return strings.TrimSuffix(p.Name, ".alpha") }

// byName are the values of mixing numbers by the names of their mixes.
func byName(alphas []*nn.Param) map[string][]float64 {
	m := make(map[string][]float64, len(alphas))
	for _, p := range alphas {
		v := make([]float64, len(p.W))
		for k, a := range p.W {
			v[k] = float64(a)
		}
		m[edgeOf(p)] = v
	}
	return m
}

// softmaxes are the weights of operations, edge by edge.
func softmaxes(edges []space.MixedEdge, alphas []*nn.Param) [][]float64 {
	values := byName(alphas)
	s := make([][]float64, len(edges))
	for i, e := range edges {
		s[i] = make([]float64, len(e.Ops))
		softmax(s[i], values[e.Name], 1)
	}
	return s
}
