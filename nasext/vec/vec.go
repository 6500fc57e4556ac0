// Package vec has the loops over vectors of float64 that small recurrent networks spend
// their time in. They are assembly on amd64 with AVX2 and FMA and Go elsewhere, and give
// the same bits everywhere: what is summed, in which order, and where a product is added
// without rounding it first is part of what each function promises.
package vec

import "math"

// Width is the number of lanes: lengths are multiples of it. Whoever has fewer numbers
// pads them with zeros.
const Width = 4

// Pad is n, or the next multiple of Width.
func Pad(n int) int { return (n + Width - 1) / Width * Width }

// AddMul adds to each y[i] the products x[k·step]·a[k·stride+i], k = 0 … n-1, each
// with one rounding: y += Σ x·(row of a). The length of y is a multiple of Width.
func AddMul(y, a []float64, stride int, x []float64, step, n int) {
	if n == 0 || len(y) == 0 {
		return
	}
	_, _ = a[(n-1)*stride+len(y)-1], x[(n-1)*step]
	if !addMulFast(y, a, stride, x, step, n) {
		addMul(y, a, stride, x, step, n)
	}
}

func addMul(y, a []float64, stride int, x []float64, step, n int) {
	for k := range n {
		f := x[k*step]
		for i, v := range a[k*stride:][:len(y)] {
			y[i] = math.FMA(f, v, y[i])
		}
	}
}

// AddDots adds to each y[k] the dot product of x with a[k·stride:]: every Width-th
// product to a sum of its own, with one rounding each; then (s₀+s₂)+(s₁+s₃). The lengths
// of x and y are multiples of Width.
func AddDots(y, a []float64, stride int, x []float64) {
	if len(y) == 0 || len(x) == 0 {
		return
	}
	_ = a[(len(y)-1)*stride+len(x)-1]
	if !addDotsFast(y, a, stride, x) {
		addDots(y, a, stride, x)
	}
}

func addDots(y, a []float64, stride int, x []float64) {
	for k := range y {
		var s [Width]float64
		for i, v := range a[k*stride:][:len(x)] {
			s[i%Width] = math.FMA(v, x[i], s[i%Width])
		}
		y[k] += (s[0] + s[2]) + (s[1] + s[3])
	}
}

// Sigmoid replaces each x by 1/(1+exp(-x)). The length is a multiple of Width.
func Sigmoid(x []float64) {
	if len(x) > 0 && !sigmoidFast(x) {
		sigmoid(x)
	}
}

func sigmoid(x []float64) {
	for i, v := range x {
		q, s := expm1(-v)
		x[i] = 1 / (1 + math.FMA(s, q, s))
	}
}

// Tanh replaces each x by its hyperbolic tangent. The length is a multiple of Width.
func Tanh(x []float64) {
	if len(x) > 0 && !tanhFast(x) {
		tanh(x)
	}
}

func tanh(x []float64) {
	for i, v := range x {
		q, s := expm1(2 * v)
		e := math.FMA(s, q, s-1) // exp(2v) - 1, which has its digits near 0 too
		x[i] = e / (e + 2)
	}
}

// The exponential: exp(x) = 2ⁿ·exp(r) with |r| ≤ ln 2/2, and exp(r) - 1 by its series.
const (
	limit = 700
	log2e = 1 / math.Ln2
	magic = 0x1.8p52 // what is added to it is rounded to a whole number, in the lowest bits
	ln2Hi = 6.93147180369123816490e-01
	ln2Lo = 1.90821492927058770002e-10
)

// series are the coefficients 1/13!, 1/12!, … 1/1!.
func series() [13]float64 {
	return [13]float64{
		1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040,
		1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2, 1,
	}
}

// expm1 gives q and s, with s a power of two and exp(x) = s·(1+q).
func expm1(x float64) (q, s float64) {
	if x > limit {
		x = limit
	}
	if x < -limit {
		x = -limit
	}
	t := math.FMA(x, log2e, magic)
	n := t - magic
	r := math.FMA(n, -ln2Lo, math.FMA(n, -ln2Hi, x))
	c := series()
	p := c[0]
	for _, v := range c[1:] {
		p = math.FMA(p, r, v)
	}
	return p * r, math.Float64frombits(math.Float64bits(t)<<52 + math.Float64bits(1))
}

// Adam is one update of Adam (Kingma and Ba 2015, algorithm 1) with gradients g and
// moments m and v: m = β₁m + (1-β₁)g, v = β₂v + (1-β₂)g², w -= size·m/(√v/root + eps). The
// length, which all have, is a multiple of Width.
func Adam(w, g, m, v []float64, beta1, beta2, size, root, eps float64) {
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	if len(w) > 0 && !adamFast(w, g, m, v, beta1, beta2, size, root, eps) {
		adam(w, g, m, v, beta1, beta2, size, root, eps)
	}
}

func adam(w, g, m, v []float64, beta1, beta2, size, root, eps float64) {
	rest1, rest2 := 1-beta1, 1-beta2
	for i, d := range g {
		part1, part2 := float64(rest1*d), float64(float64(rest2*d)*d)
		m[i] = math.FMA(beta1, m[i], part1)
		v[i] = math.FMA(beta2, v[i], part2)
		w[i] -= float64(size*m[i]) / (math.Sqrt(v[i])/root + eps)
	}
}
