package vec

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func random(d *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = d.NormFloat64()
	}
	return x
}

// same wants equal bits.
func same(t *testing.T, what string, got, want []float64) {
	t.Helper()
	for i := range want {
		if math.Float64bits(got[i]) != math.Float64bits(want[i]) {
			t.Fatalf("%s: %v at %d, in Go %v", what, got[i], i, want[i])
		}
	}
}

// The loops give the bits that the Go ones beside them give, which say what is promised;
// and those the sums that there are.
func TestProducts(t *testing.T) {
	d := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		rows, n, step := Width*(1+d.IntN(40)), 1+d.IntN(40), 1+d.IntN(3)
		stride := rows + d.IntN(9)
		a, x, y := random(d, (n-1)*stride+rows), random(d, (n-1)*step+1), random(d, rows)
		got, want := slices.Clone(y), slices.Clone(y)
		AddMul(got, a, stride, x, step, n)
		addMul(want, a, stride, x, step, n)
		same(t, "AddMul", got, want)
		for i := range y {
			sum, size := y[i], math.Abs(y[i])
			for k := range n {
				sum += x[k*step] * a[k*stride+i]
				size += math.Abs(x[k*step] * a[k*stride+i])
			}
			if math.Abs(sum-got[i]) > 1e-14*size {
				t.Fatalf("AddMul: %v at %d, want %v", got[i], i, sum)
			}
		}

		cols := Width * (1 + d.IntN(9))
		a, x, y = random(d, (cols-1)*stride+rows), random(d, rows), random(d, cols)
		got, want = slices.Clone(y), slices.Clone(y)
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

func TestActivations(t *testing.T) {
	d := rand.New(rand.NewPCG(2, 2))
	x := []float64{0, math.Copysign(0, -1), 1e-300, -1e-300, 1e-9, -1e-9, 0.3, -0.3, 1, -1, 20, -20, 800, -800, math.Inf(1), math.Inf(-1), math.NaN(), 5e-324, 36.7, -36.7}
	for range 4000 {
		x = append(x, d.NormFloat64()*math.Pow(10, 6*d.Float64()-4))
	}
	for _, f := range []struct {
		name       string
		fast, slow func([]float64)
		want       func(float64) float64
		limit      float64
	}{
		{"sigmoid", Sigmoid, sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, 1e-15},
		{"tanh", Tanh, tanh, math.Tanh, 1e-15},
	} {
		got, slow := slices.Clone(x), slices.Clone(x)
		f.fast(got)
		f.slow(slow)
		for i, v := range x {
			want := f.want(v)
			if math.IsNaN(want) != math.IsNaN(got[i]) || math.IsNaN(want) != math.IsNaN(slow[i]) {
				t.Fatalf("%s of %v is %v, in Go %v, want %v", f.name, v, got[i], slow[i], want)
			}
			if math.IsNaN(want) {
				continue
			}
			same(t, f.name, got[i:i+1], slow[i:i+1])
			if math.Abs(got[i]-want) > f.limit*math.Abs(want)+1e-300 {
				t.Errorf("%s of %v is %v, want %v", f.name, v, got[i], want)
			}
		}
	}
}

func TestAdam(t *testing.T) {
	d := rand.New(rand.NewPCG(3, 3))
	for range 50 {
		n := Width * (1 + d.IntN(20))
		w, g, m, v := random(d, n), random(d, n), random(d, n), random(d, n)
		for i := range v {
			v[i] *= v[i]
		}
		w2, m2, v2 := slices.Clone(w), slices.Clone(m), slices.Clone(v)
		before := slices.Clone(w)
		b1, b2, size, root, eps := d.Float64(), d.Float64(), d.Float64(), d.Float64(), 1e-8
		wantM, wantV := b1*m[0]+(1-b1)*g[0], b2*v[0]+(1-b2)*g[0]*g[0]
		Adam(w, g, m, v, b1, b2, size, root, eps)
		adam(w2, g, m2, v2, b1, b2, size, root, eps)
		same(t, "Adam, weights", w, w2)
		same(t, "Adam, means", m, m2)
		same(t, "Adam, squares", v, v2)
		want := before[0] - size*wantM/(math.Sqrt(wantV)/root+eps)
		if math.Abs(w[0]-want) > 1e-12*math.Max(1, math.Abs(want)) {
			t.Errorf("a weight is %v, want %v", w[0], want)
		}
	}
}
