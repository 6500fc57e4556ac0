package cpu

// Momentum is one update of gradient descent with momentum, of numbers w with their
// gradients g and velocities v, which all have the same length:
// g' = g + decay·w, v = momentum·v + g', w -= rate·v, or with Nesterov
// w -= rate·(g' + momentum·v). It gives the same bits on every processor.
func Momentum(w, v, g []float32, rate, momentum, decay float32, nesterov bool) {
	n := momentumBlocks(w, v, g, rate, momentum, decay, nesterov)
	w, v, g = w[n:], v[n:], g[n:]
	for i, d := range g {
		d += float32(decay * w[i])
		v[i] = float32(momentum*v[i]) + d
		step := v[i]
		if nesterov {
			step = d + float32(momentum*v[i])
		}
		w[i] -= float32(rate * step)
	}
}
