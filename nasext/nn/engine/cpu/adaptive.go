package cpu

import "math"

// AdamStep is what an update of Adam multiplies by.
type AdamStep struct {
	Added float32 // weight decay that is added to gradients
	Rest1 float32 // 1 - β₁
	Rest2 float32 // 1 - β₂
	Root  float32 // √ of 1/(1 - β₂ᵗ) in step t
	Eps   float32
	Size  float32 // rate/(1 - β₁ᵗ)
	Keep  float32 // 1, or less by the weight decay that is taken off the weights
}

// Adam is one update of Adam, of numbers w with running means m, running means of squares
// s and gradients g, which all have the same length: g' = g + Added·w,
// m += Rest1·(g' - m), s += Rest2·(g'² - s), w = Keep·w - Size·m/(Root·√s + Eps).
// It gives the same bits on every processor.
func Adam(w, m, s, g []float32, a AdamStep) {
	n := adamBlocks(w, m, s, g, a)
	w, m, s, g = w[n:], m[n:], s[n:], g[n:]
	for i, d := range g {
		d += float32(a.Added * w[i])
		m[i] += float32(a.Rest1 * (d - m[i]))
		s[i] += float32(a.Rest2 * (float32(d*d) - s[i]))
		w[i] = float32(a.Keep*w[i]) - float32(a.Size*m[i])/(float32(a.Root*sqrt(s[i]))+a.Eps)
	}
}

// RMSpropStep is what an update of RMSprop multiplies by.
type RMSpropStep struct {
	Added    float32 // weight decay that is added to gradients
	Momentum float32
	Rest     float32 // 1 - the decay of the running mean of squares
	Eps      float32
	Rate     float32
}

// RMSprop is one update of RMSprop, of numbers w with velocities v, running means of
// squares s and gradients g, which all have the same length: g' = g + Added·w,
// s += Rest·(g'² - s), v = Momentum·v + g'/(√s + Eps), w -= Rate·v. It gives the same
// bits on every processor.
func RMSprop(w, v, s, g []float32, a RMSpropStep) {
	n := rmspropBlocks(w, v, s, g, a)
	w, v, s, g = w[n:], v[n:], s[n:], g[n:]
	for i, d := range g {
		d += float32(a.Added * w[i])
		s[i] += float32(a.Rest * (float32(d*d) - s[i]))
		v[i] = float32(a.Momentum*v[i]) + d/(sqrt(s[i])+a.Eps)
		w[i] -= float32(a.Rate * v[i])
	}
}

func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }
