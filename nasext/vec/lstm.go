package vec

import "math"

// LSTM is what one step of an LSTM layer of n units does for each unit, where n is the
// length of all but z and a multiple of Lanes. z has four parts of n numbers, the sums
// that go into the gates i, f, g, o, and gets what these make of them:
//
//	i, f, o = σ(z),  g = tanh(z)
//	c = f·c0 + i·g,  t = tanh(c),  h = o·t
//
// The second product of c is added with one rounding. h may be t.
func LSTM[T Float](z, c0, c, t, h []T) {
	n := len(c)
	_, _, _, _ = z[4*n-1], c0[n-1], t[n-1], h[n-1]
	if !lstmFast(&z[0], n, &c0[0], &c[0], &t[0], &h[0]) {
		lstm(z, c0, c, t, h)
	}
}

func lstm[T Float](z, c0, c, t, h []T) {
	e := newExponential[T]()
	n := len(c)
	for j := range c {
		in, forget, g, o := e.sigmoid(z[j]), e.sigmoid(z[n+j]), e.tanh(z[2*n+j]), e.sigmoid(z[3*n+j])
		z[j], z[n+j], z[2*n+j], z[3*n+j] = in, forget, g, o
		c[j] = fma(in, g, T(forget*c0[j]))
		t[j] = e.tanh(c[j])
		h[j] = o * t[j]
	}
}

// Tanh replaces each x by its hyperbolic tangent. The length is a multiple of Lanes.
func Tanh[T Float](x []T) {
	if len(x) > 0 && !tanhFast(&x[0], len(x)) {
		tanh(x)
	}
}

func tanh[T Float](x []T) {
	e := newExponential[T]()
	for i, v := range x {
		x[i] = e.tanh(v)
	}
}

// LSTMBack takes the way back through LSTM. z holds the gates, dh and dc the gradients
// with respect to h and c, where dc has only what comes from the step after. z gets the
// gradients with respect to the sums, dc0 that with respect to c0, which may be dc:
//
//	d = dc + dh·o·(1 - t²),  dc0 = d·f
//	dz: d·g·i·(1 - i),  d·c0·f·(1 - f),  d·i·(1 - g²),  dh·t·o·(1 - o)
//
// Products are taken from left to right; the sum and the squares have one rounding.
func LSTMBack[T Float](z, c0, t, dh, dc, dc0 []T) {
	n := len(c0)
	_, _, _, _, _ = z[4*n-1], t[n-1], dh[n-1], dc[n-1], dc0[n-1]
	if !lstmBackFast(&z[0], n, &c0[0], &t[0], &dh[0], &dc[0], &dc0[0]) {
		lstmBack(z, c0, t, dh, dc, dc0)
	}
}

func lstmBack[T Float](z, c0, t, dh, dc, dc0 []T) {
	n := len(c0)
	for j := range c0 {
		in, forget, g, o := z[j], z[n+j], z[2*n+j], z[3*n+j]
		d := fma(T(dh[j]*o), fma(-t[j], t[j], 1), dc[j])
		z[j] = T(T(d*g)*in) * (1 - in)
		z[n+j] = T(T(d*c0[j])*forget) * (1 - forget)
		z[2*n+j] = T(d*in) * fma(-g, g, 1)
		z[3*n+j] = T(T(dh[j]*t[j])*o) * (1 - o)
		dc0[j] = d * forget
	}
}

// exponential is what the exponential function is computed from: exp(x) = 2ⁿ·exp(r) with
// |r| ≤ ln 2/2, and exp(r) - 1 by its series.
type exponential[T Float] struct {
	limit, log2e, ln2Hi, ln2Lo T
	magic                      T // what is added to it is rounded to a whole number, in the lowest bits
	terms                      int
	series                     [13]T // 1/1!, 1/2!, … of which terms are used
}

func newExponential[T Float]() exponential[T] {
	limit, magic, hi, lo, terms := 87.0, 0x1.8p23, 0.693359375, -2.12194440e-4, 7
	if isDouble[T]() {
		limit, magic, hi, lo, terms = 700, 0x1.8p52, 6.93147180369123816490e-01, 1.90821492927058770002e-10, 13
	}
	e := exponential[T]{limit: T(limit), log2e: T(1 / math.Ln2), ln2Hi: T(hi), ln2Lo: T(lo), magic: T(magic), terms: terms}
	factorial := 1.0
	for i := range e.series {
		factorial *= float64(i + 1)
		e.series[i] = T(1 / factorial)
	}
	return e
}

// expm1 gives q and s, with s a power of two and exp(x) = s·(1+q).
func (e *exponential[T]) expm1(x T) (q, s T) {
	if x > e.limit {
		x = e.limit
	}
	if x < -e.limit {
		x = -e.limit
	}
	t := fma(x, e.log2e, e.magic)
	n := t - e.magic
	r := fma(n, -e.ln2Lo, fma(n, -e.ln2Hi, x))
	p := e.series[e.terms-1]
	for i := e.terms - 2; i >= 0; i-- {
		p = fma(p, r, e.series[i])
	}
	return p * r, power(t)
}

// power is 2ⁿ for magic + n.
func power[T Float](t T) T {
	switch t := any(t).(type) {
	case float32:
		return T(math.Float32frombits(math.Float32bits(t)<<23 + math.Float32bits(1)))
	case float64:
		return T(math.Float64frombits(math.Float64bits(t)<<52 + math.Float64bits(1)))
	}
	return t
}

func (e *exponential[T]) sigmoid(x T) T {
	q, s := e.expm1(-x)
	return 1 / (1 + fma(s, q, s))
}

func (e *exponential[T]) tanh(x T) T {
	q, s := e.expm1(2 * x)
	p := fma(s, q, s-1) // exp(2x) - 1, which has its digits near 0 too
	return p / (p + 2)
}
