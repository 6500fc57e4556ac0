package cpu

import (
	"math"

	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// AdamStep is what an update of Adam multiplies by.
type AdamStep[T engine.Float] struct {
	Added T // weight decay that is added to gradients
	Rest1 T // 1 - β₁
	Rest2 T // 1 - β₂
	Root  T // √ of 1/(1 - β₂ᵗ) in step t
	Eps   T
	Size  T // rate/(1 - β₁ᵗ)
	Keep  T // 1, or less by the weight decay that is taken off the weights
}

// Adam is one update of Adam, of numbers w with running means m, running means of squares
// s and gradients g, which all have the same length: g' = g + Added·w,
// m += Rest1·(g' - m), s += Rest2·(g'² - s), w = Keep·w - Size·m/(Root·√s + Eps).
// It gives the same bits on every processor.
func Adam[T engine.Float](w, m, s, g []T, a AdamStep[T]) {
	n := 0
	if w32, ok := any(w).([]float32); ok {
		n = adamBlocks(w32, any(m).([]float32), any(s).([]float32), any(g).([]float32), any(a).(AdamStep[float32]))
	}
	w, m, s, g = w[n:], m[n:], s[n:], g[n:]
	for i, d := range g {
		d += T(a.Added * w[i])
		m[i] += T(a.Rest1 * (d - m[i]))
		s[i] += T(a.Rest2 * (T(d*d) - s[i]))
		w[i] = T(a.Keep*w[i]) - T(a.Size*m[i])/(T(a.Root*sqrt(s[i]))+a.Eps)
	}
}

// RMSpropStep is what an update of RMSprop multiplies by.
type RMSpropStep[T engine.Float] struct {
	Added    T // weight decay that is added to gradients
	Momentum T
	Rest     T // 1 - the decay of the running mean of squares
	Eps      T
	Rate     T
}

// RMSprop is one update of RMSprop, of numbers w with velocities v, running means of
// squares s and gradients g, which all have the same length: g' = g + Added·w,
// s += Rest·(g'² - s), v = Momentum·v + g'/(√s + Eps), w -= Rate·v. It gives the same
// bits on every processor.
func RMSprop[T engine.Float](w, v, s, g []T, a RMSpropStep[T]) {
	n := 0
	if w32, ok := any(w).([]float32); ok {
		n = rmspropBlocks(w32, any(v).([]float32), any(s).([]float32), any(g).([]float32), any(a).(RMSpropStep[float32]))
	}
	w, v, s, g = w[n:], v[n:], s[n:], g[n:]
	for i, d := range g {
		d += T(a.Added * w[i])
		s[i] += T(a.Rest * (T(d*d) - s[i]))
		v[i] = T(a.Momentum*v[i]) + d/(sqrt(s[i])+a.Eps)
		w[i] -= T(a.Rate * v[i])
	}
}

func sqrt[T engine.Float](x T) T { return T(math.Sqrt(float64(x))) }
