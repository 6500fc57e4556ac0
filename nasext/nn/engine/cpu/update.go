package cpu

import "github.com/nascent-go/nascent/nasext/nn/engine"

// Momentum is one update of gradient descent with momentum, of numbers w with their
// gradients g and velocities v, which all have the same length:
// g' = g + decay·w, v = momentum·v + g', w -= rate·v, or with Nesterov
// w -= rate·(g' + momentum·v). It gives the same bits on every processor.
func Momentum[T engine.Float](w, v, g []T, rate, momentum, decay T, nesterov bool) {
	n := 0
	if w32, ok := any(w).([]float32); ok {
		n = momentumBlocks(w32, any(v).([]float32), any(g).([]float32), float32(rate), float32(momentum), float32(decay), nesterov)
	}
	w, v, g = w[n:], v[n:], g[n:]
	for i, d := range g {
		d += T(decay * w[i])
		v[i] = T(momentum*v[i]) + d
		step := v[i]
		if nesterov {
			step = d + T(momentum*v[i])
		}
		w[i] -= T(rate * step)
	}
}
