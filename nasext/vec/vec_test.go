package vec

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

func random[T Float](d *rand.Rand, n int) []T {
	x := make([]T, n)
	for i := range x {
		x[i] = T(d.NormFloat64())
	}
	return x
}

// same wants equal bits; NaN is NaN.
func same[T Float](t *testing.T, what string, got, want []T) {
	t.Helper()
	for i := range want {
		g, w := float64(got[i]), float64(want[i])
		if math.Float64bits(g) != math.Float64bits(w) && !(math.IsNaN(g) && math.IsNaN(w)) {
			t.Fatalf("%s: %v at %d, in Go %v", what, got[i], i, want[i])
		}
	}
}

// both runs a test for both types, with the rounding of a number near 1.
func both(t *testing.T, single func(*testing.T), double func(*testing.T)) {
	t.Run("float32", single)
	t.Run("float64", double)
}

func eps[T Float]() float64 {
	if isDouble[T]() {
		return 0x1p-52
	}
	return 0x1p-23
}

// The loops give the bits that the Go ones beside them give, which say what is promised;
// and those the sums that there are.
func TestMultiply(t *testing.T) { both(t, testMultiply[float32], testMultiply[float64]) }

func testMultiply[T Float](t *testing.T) {
	d := rand.New(rand.NewPCG(1, 1))
	unit := Lanes
	if isDouble[T]() {
		unit = Width
	}
	for range 400 {
		m, n, k := 1+d.IntN(9), unit*(1+d.IntN(24)), 1+d.IntN(40)
		ldc, ldb := n+d.IntN(9), n+d.IntN(9)
		row, column := k+d.IntN(3), 1
		if d.IntN(2) == 0 {
			row, column = 1+d.IntN(2), 2*m+d.IntN(3)
		}
		a, b, c := random[T](d, (m-1)*row+(k-1)*column+1), random[T](d, (k-1)*ldb+n), random[T](d, (m-1)*ldc+n)
		got, want, single := slices.Clone(c), slices.Clone(c), slices.Clone(c)
		Multiply(got, ldc, a, row, column, b, ldb, m, n, k)
		multiply(want, ldc, a, row, column, b, ldb, m, n, k)
		what := fmt.Sprintf("%d×%d×%d", m, n, k)
		same(t, what, got, want)
		for i := range m {
			Multiply(single[i*ldc:], ldc, a[i*row:], row, column, b, ldb, 1, n, k)
			for j := range n {
				sum, size := float64(c[i*ldc+j]), math.Abs(float64(c[i*ldc+j]))
				for l := range k {
					p := float64(a[i*row+l*column]) * float64(b[l*ldb+j])
					sum += p
					size += math.Abs(p)
				}
				if math.Abs(sum-float64(got[i*ldc+j])) > 40*eps[T]()*size {
					t.Fatalf("%s: %v at %d, %d, want %v", what, got[i*ldc+j], i, j, sum)
				}
			}
		}
		same(t, what+" row by row", single, got)
	}
}

func TestAddDots(t *testing.T) {
	d := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		rows, cols := Width*(1+d.IntN(40)), Width*(1+d.IntN(9))
		stride := rows + d.IntN(9)
		a, x, y := random[float64](d, (cols-1)*stride+rows), random[float64](d, rows), random[float64](d, cols)
		got, want := slices.Clone(y), slices.Clone(y)
		AddDots(got, a, stride, x)
		addDots(want, a, stride, x)
		same(t, "AddDots", got, want)
		for k := range y {
			sum, size := y[k], math.Abs(y[k])
			for i, v := range x {
				sum += v * a[k*stride+i]
				size += math.Abs(v * a[k*stride+i])
			}
			if math.Abs(sum-got[k]) > 1e-14*size {
				t.Fatalf("AddDots: %v at %d, want %v", got[k], k, sum)
			}
		}
	}
}

func TestTranspose(t *testing.T) { both(t, testTranspose[float32], testTranspose[float64]) }

func testTranspose[T Float](t *testing.T) {
	d := rand.New(rand.NewPCG(4, 4))
	for range 50 {
		rows, cols := Lanes*(1+d.IntN(5)), Lanes*(1+d.IntN(5))
		ldd, lds := rows+d.IntN(3), cols+d.IntN(3)
		src, dst := random[T](d, rows*lds), random[T](d, cols*ldd)
		before := slices.Clone(dst)
		Transpose(dst, ldd, src, lds, rows, cols)
		for j := range cols {
			for i := range ldd {
				want := before[j*ldd+i]
				if i < rows {
					want = src[i*lds+j]
				}
				if dst[j*ldd+i] != want {
					t.Fatalf("%d×%d: %v at row %d, column %d, want %v", rows, cols, dst[j*ldd+i], j, i, want)
				}
			}
		}
	}
}

func TestSquareSum(t *testing.T) { both(t, testSquareSum[float32], testSquareSum[float64]) }

func testSquareSum[T Float](t *testing.T) {
	d := rand.New(rand.NewPCG(5, 5))
	for range 50 {
		x := random[T](d, Lanes*d.IntN(20))
		want := 0.0
		for _, v := range x {
			want += float64(v) * float64(v)
		}
		if got := SquareSum(x); math.Abs(got-want) > 1e-14*want {
			t.Fatalf("%d numbers: %v, want %v", len(x), got, want)
		}
		if len(x) == 0 {
			continue
		}
		var fast, slow [Lanes]float64
		fast[3], slow[3] = 1, 1
		squares(x, &slow)
		if !squaresFast(&x[0], len(x), &fast) {
			squares(x, &fast)
		}
		same(t, "sums of squares", fast[:], slow[:])
	}
}

func TestLSTM(t *testing.T) { both(t, testLSTM[float32], testLSTM[float64]) }

func testLSTM[T Float](t *testing.T) {
	d := rand.New(rand.NewPCG(2, 2))
	sums := []T{0, T(math.Copysign(0, -1)), 1e-30, -1e-30, 1e-9, -1e-9, 0.3, -0.3, 1, -1, 20, -20, 800, -800,
		T(math.Inf(1)), T(math.Inf(-1)), T(math.NaN()), 1e-44, 36.7, -36.7, 86.9, -88, 44, -44}
	for len(sums) < 4000 {
		sums = append(sums, T(d.NormFloat64()*math.Pow(10, 6*d.Float64()-4)))
	}
	for range 1000 {
		n := Lanes * (1 + d.IntN(4))
		z := make([]T, 4*n)
		for i := range z {
			z[i] = sums[d.IntN(len(sums))]
		}
		c0 := random[T](d, n)
		got, want := make([][]T, 4), make([][]T, 4)
		for _, all := range [][][]T{got, want} {
			all[0] = slices.Clone(z)
			for i := 1; i < 4; i++ {
				all[i] = make([]T, n)
			}
		}
		LSTM(got[0], c0, got[1], got[2], got[3])
		lstm(want[0], c0, want[1], want[2], want[3])
		for i, what := range []string{"gates", "c", "tanh c", "h"} {
			same(t, what, got[i], want[i])
		}
		fast, slow := slices.Clone(z), slices.Clone(z)
		Tanh(fast)
		tanh(slow)
		same(t, "tanh", fast, slow)
		sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
		for j := range n {
			for i, f := range []func(float64) float64{sigmoid, sigmoid, math.Tanh, sigmoid} {
				closeTo[T](t, fmt.Sprintf("gate %d of %v", i, z[i*n+j]), got[0][i*n+j], f(float64(z[i*n+j])))
			}
			g := func(i int) float64 { return float64(got[0][i*n+j]) }
			if c := g(1)*float64(c0[j]) + g(0)*g(2); math.Abs(c) > 1e-3 { // where nothing is cancelled
				closeTo[T](t, "c", got[1][j], c)
			}
			closeTo[T](t, "tanh c", got[2][j], math.Tanh(float64(got[1][j])))
			closeTo[T](t, "h", got[3][j], g(3)*float64(got[2][j]))
		}
	}
}

// closeTo wants a number within some roundings.
func closeTo[T Float](t *testing.T, what string, got T, want float64) {
	t.Helper()
	if math.IsNaN(want) && got != got {
		return
	}
	if least := 1e-37; !(math.Abs(float64(got)-want) <= 1000*eps[T]()*math.Abs(want)+least) {
		t.Fatalf("%s is %v, want %v", what, got, want)
	}
}

func TestLSTMBack(t *testing.T) { both(t, testLSTMBack[float32], testLSTMBack[float64]) }

func testLSTMBack[T Float](t *testing.T) {
	d := rand.New(rand.NewPCG(6, 6))
	for range 100 {
		n := Lanes * (1 + d.IntN(4))
		z, c0 := random[T](d, 4*n), random[T](d, n)
		dh, dc := random[T](d, n), random[T](d, n)
		back := make([]T, n)
		h := func(z, c0 []T) (sum float64) { // what dh and dc are gradients of
			z, c, tc, h := slices.Clone(z), make([]T, n), make([]T, n), make([]T, n)
			lstm(z, c0, c, tc, h)
			for j := range h {
				sum += float64(h[j])*float64(dh[j]) + float64(c[j])*float64(dc[j])
			}
			return sum
		}
		gates, c, tc := slices.Clone(z), make([]T, n), make([]T, n)
		LSTM(gates, c0, c, tc, make([]T, n))
		got, want, wantBack := slices.Clone(gates), slices.Clone(gates), make([]T, n)
		LSTMBack(got, c0, tc, dh, dc, back)
		lstmBack(want, c0, tc, dh, dc, wantBack)
		same(t, "gradient of z", got, want)
		same(t, "gradient of c0", back, wantBack)
		if !isDouble[T]() {
			continue
		}
		difference := func(x []T, i int) float64 {
			const step = 1e-5
			was := x[i]
			x[i] = was + step
			up := h(z, c0)
			x[i] = was - step
			down := h(z, c0)
			x[i] = was
			return (up - down) / (2 * step)
		}
		for i := range z {
			if want := difference(z, i); math.Abs(float64(got[i])-want) > 1e-8 {
				t.Fatalf("gradient %d of z is %v, differences say %v", i, got[i], want)
			}
		}
		for i := range c0 {
			if want := difference(c0, i); math.Abs(float64(back[i])-want) > 1e-8 {
				t.Fatalf("gradient %d of c0 is %v, differences say %v", i, back[i], want)
			}
		}
	}
}

func TestAdam(t *testing.T) { both(t, testAdam[float32], testAdam[float64]) }

func testAdam[T Float](t *testing.T) {
	d := rand.New(rand.NewPCG(3, 3))
	for range 50 {
		n := Lanes * (1 + d.IntN(20))
		w, g, m, v := random[T](d, n), random[T](d, n), random[T](d, n), random[T](d, n)
		for i := range v {
			v[i] *= v[i]
		}
		w2, m2, v2 := slices.Clone(w), slices.Clone(m), slices.Clone(v)
		before := slices.Clone(w)
		// As algorithm 1 has it.
		const rate, beta1, beta2, eps = 0.1, 0.9, 0.999, 1e-8
		step := 1 + d.IntN(100)
		wantM, wantV := beta1*float64(m[0])+(1-beta1)*float64(g[0]), beta2*float64(v[0])+(1-beta2)*float64(g[0])*float64(g[0])
		mean, square := wantM/(1-math.Pow(beta1, float64(step))), wantV/(1-math.Pow(beta2, float64(step)))
		s := NewAdamStep(rate, beta1, beta2, eps, step)
		Adam(w, g, m, v, s)
		adam(w2, g, m2, v2, s)
		same(t, "Adam, weights", w, w2)
		same(t, "Adam, means", m, m2)
		same(t, "Adam, squares", v, v2)
		want := float64(before[0]) - rate*mean/(math.Sqrt(square)+eps)
		if math.Abs(float64(w[0])-want) > 1e4*0x1p-52*math.Max(1, math.Abs(want)) && isDouble[T]() || math.Abs(float64(w[0])-want) > 1e-4 {
			t.Errorf("a weight is %v, want %v", w[0], want)
		}
	}
}

// fma in float32 is what exact arithmetic gives, rounded once: also where the sum is in
// the middle of two numbers but for a little.
func TestFusedFloat32(t *testing.T) {
	d := rand.New(rand.NewPCG(7, 7))
	number := func() float32 {
		bits := d.Uint32() & (1<<31 | 0x7fffff)
		if d.IntN(2) == 0 {
			bits &^= 0x7ffff8 // few digits, so that ties come about
		}
		return math.Float32frombits(bits | uint32(100+d.IntN(50))<<23)
	}
	check := func(a, b, c float32) {
		t.Helper()
		exact := func(x float32) *big.Float { return new(big.Float).SetPrec(500).SetFloat64(float64(x)) }
		sum := exact(a)
		want, _ := sum.Mul(sum, exact(b)).Add(sum, exact(c)).Float32()
		if got := fma(a, b, c); got != want {
			t.Fatalf("fma(%x, %x, %x) is %x, want %x", a, b, c, got, want)
		}
	}
	for range 300000 {
		check(number(), number(), number())
	}
	check(0x1.000002p0, 0x1p-24, 1)  // above the middle by 2^-47
	check(-0x1.000002p0, 0x1p-24, 1) // and below
	check(0x1p-24, 1, 1)
	check(0x1.000002p-70, 0x1p-70, 0x1p-140)
	check(0, 3, 0)
	if got := fma(float32(math.Inf(1)), 1, 1); !math.IsInf(float64(got), 1) {
		t.Errorf("∞·1 + 1 is %v", got)
	}
	if got := fma(float32(math.NaN()), 1, 1); got == got {
		t.Errorf("NaN·1 + 1 is %v", got)
	}
}
