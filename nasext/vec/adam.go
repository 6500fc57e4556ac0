package vec

import "math"

// AdamStep is one update of Adam.
type AdamStep struct {
	Beta1, Beta2 float64 // decays of the moments
	Size, Eps    float64
}

// NewAdamStep is update number t, from 1, of Adam (Kingma and Ba 2015, the form before
// section 2.1, in which eps is that of algorithm 1): both corrections of the bias are in
// the size of the step.
func NewAdamStep(rate, beta1, beta2, eps float64, t int) AdamStep {
	root := math.Sqrt(1 - math.Pow(beta2, float64(t)))
	return AdamStep{beta1, beta2, rate * root / (1 - math.Pow(beta1, float64(t))), eps * root}
}

// Adam takes the step with gradients g and moments m and v:
//
//	m = β₁m + (1-β₁)g,  v = β₂v + (1-β₂)g²,  w -= size·m/(√v + eps)
//
// The length, which all have, is a multiple of Lanes, or in float64 of Width. The decayed
// moments are added with one rounding.
func Adam[T Float](w, g, m, v []T, s AdamStep) {
	if len(w) == 0 {
		return
	}
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	if !adamFast(&w[0], &g[0], &m[0], &v[0], len(w), s) {
		adam(w, g, m, v, s)
	}
}

func adam[T Float](w, g, m, v []T, s AdamStep) {
	beta1, rest1, beta2, rest2 := T(s.Beta1), T(1-s.Beta1), T(s.Beta2), T(1-s.Beta2)
	size, eps := T(s.Size), T(s.Eps)
	for i, d := range g {
		m[i] = fma(beta1, m[i], T(rest1*d))
		v[i] = fma(beta2, v[i], T(T(rest2*d)*d))
		w[i] -= T(size*m[i]) / (T(math.Sqrt(float64(v[i]))) + eps)
	}
}
