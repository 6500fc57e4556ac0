// Package vec has the loops over vectors that small recurrent networks spend their time
// in, for float32 and float64. They are assembly on amd64 with AVX2 and FMA and Go
// elsewhere, and give the same bits everywhere: what is summed, in which order, and where
// a product is added without rounding it first is part of what each function promises.
// With the build tag purego all of it is Go.
package vec

import "math"

// Float is what the loops compute with.
type Float interface{ float32 | float64 }

// Width is the number of lanes of float64: lengths are multiples of it. Whoever has fewer
// numbers pads them with zeros.
const Width = 4

// Pad is n, or the next multiple of Width.
func Pad(n int) int { return (n + Width - 1) / Width * Width }

// Lanes is the number of lanes of float32. Functions of both types want lengths that are
// multiples of it.
const Lanes = 8

// AddMul adds to each y[i] the products x[k·step]·a[k·stride+i], k = 0 … n-1, each
// with one rounding: y += Σ x·(row of a). The length of y is a multiple of Width.
func AddMul(y, a []float64, stride int, x []float64, step, n int) {
	Multiply(y, len(y), x, 0, step, a, stride, 1, len(y), n)
}

// Multiply adds the product of two matrices to a third: to each c[i·ldc+j] the products
// a[i·row+l·column]·b[l·ldb+j], l = 0 … k-1 one after the other, each with one rounding.
// So a row of the result does not depend on how many there are. c has m rows and n
// columns, n a multiple of Lanes, or in float64 of Width.
func Multiply[T Float](c []T, ldc int, a []T, row, column int, b []T, ldb int, m, n, k int) {
	if m == 0 || n == 0 || k == 0 {
		return
	}
	_, _, _ = c[(m-1)*ldc+n-1], a[(m-1)*row+(k-1)*column], b[(k-1)*ldb+n-1]
	if !multiplyFast(&c[0], ldc, &a[0], row, column, &b[0], ldb, m, n, k) {
		multiply(c, ldc, a, row, column, b, ldb, m, n, k)
	}
}

func multiply[T Float](c []T, ldc int, a []T, row, column int, b []T, ldb int, m, n, k int) {
	for i := range m {
		y := c[i*ldc:][:n]
		for l := range k {
			f := a[i*row+l*column]
			for j, v := range b[l*ldb:][:n] {
				y[j] = fma(f, v, y[j])
			}
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

// Transpose writes the rows of src into the columns of dst. The numbers of both are
// multiples of Lanes.
func Transpose[T Float](dst []T, ldd int, src []T, lds, rows, cols int) {
	if rows == 0 || cols == 0 {
		return
	}
	_, _ = dst[(cols-1)*ldd+rows-1], src[(rows-1)*lds+cols-1]
	for i := 0; i < rows; i += Lanes {
		if !transposeFast(&dst[i], ldd, &src[i*lds], lds, cols) {
			transpose(dst[i:], ldd, src[i*lds:], lds, cols)
		}
	}
}

// transpose takes Lanes rows.
func transpose[T Float](dst []T, ldd int, src []T, lds, cols int) {
	for j := range cols {
		for i := range Lanes {
			dst[j*ldd+i] = src[i*lds+j]
		}
	}
}

// SquareSum is the sum of the squares of x, in float64: every eighth to a sum of its own,
// with one rounding each; then ((s₀+s₄)+(s₂+s₆))+((s₁+s₅)+(s₃+s₇)). The length is a
// multiple of Lanes.
func SquareSum[T Float](x []T) float64 {
	var s [Lanes]float64
	if len(x) > 0 && !squaresFast(&x[0], len(x), &s) {
		squares(x, &s)
	}
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

func squares[T Float](x []T, s *[Lanes]float64) {
	for i, v := range x {
		s[i%Lanes] = math.FMA(float64(v), float64(v), s[i%Lanes])
	}
}

// isDouble says whether T is float64.
func isDouble[T Float]() bool {
	var t T
	_, ok := any(t).(float64)
	return ok
}

// fma is a·b + c with one rounding.
func fma[T Float](a, b, c T) T {
	if isDouble[T]() {
		return T(math.FMA(float64(a), float64(b), float64(c)))
	}
	// The product is exact. What the sum loses is left in its last bit, which keeps the
	// second rounding from taking a number for one in the middle of two.
	p, d := float64(a)*float64(b), float64(c)
	sum := p + d
	q := sum - p
	rest := (p - (sum - q)) + (d - q)
	if bits := math.Float64bits(sum); bits&1 == 0 && (rest < 0 || rest > 0) {
		if rest > 0 == (sum > 0) {
			bits++
		} else {
			bits--
		}
		sum = math.Float64frombits(bits)
	}
	return T(sum)
}
