package native

import (
	_ "embed"
	"math"
	"math/rand"
	"testing"
)

//go:embed draws_test.go
var drawsSource string

// TestDraws: numbers are drawn from the streams of math/rand, in order.
func TestDraws(t *testing.T) {
	t.Setenv("GODEBUG", "randseednop=0")
	w := newWorld(t, drawsSource)
	const n = 3000
	rand.Seed(7) //lint:ignore SA1019 nothing else fixes the stream of the functions
	want := draws(n)
	rand.Seed(7) //lint:ignore SA1019 the same
	got, err := w.call("draws", draws, n)
	if err != nil || got[0] != want {
		t.Errorf("numbers drawn by machine code give %v, %v, want %v", got, err, want)
	}

	got, err = w.call("draws2", draws2, n)
	if err != nil {
		t.Fatal(err)
	}
	d := got[0].(drawn)
	for i, mean := range []float64{0.5, 0, 1} {
		if math.Abs(d.f[i]/n-mean) > 0.15 { // eight standard errors and more
			t.Errorf("the mean of float %d is %g, want %g", i, d.f[i]/n, mean)
		}
	}
	if math.Abs(float64(d.f32)/n-0.5) > 0.05 {
		t.Errorf("the mean of float32s is %g", d.f32/n)
	}
	bits := drawn{f: d.f, f32: d.f32, i: [3]int64{math.MaxInt64, math.MaxInt64, 1<<62 - 1}, u: [2]uint64{math.MaxUint64, math.MaxUint32}, i32: [2]int32{math.MaxInt32, 1<<30 - 1}, n: d.n}
	if d != bits {
		t.Errorf("%d draws set the bits %x, want %x", n, d, bits)
	}
	for i, k := range d.n {
		if k < n/3-200 || k > n/3+200 {
			t.Errorf("%d is drawn %d times of %d", i, k, n)
		}
	}
}

// TestDrawsRefused: bounds that are not positive panic as in Go.
func TestDrawsRefused(t *testing.T) {
	w := newWorld(t, drawsSource)
	for _, c := range []struct {
		name string
		f    any
		args []any
	}{
		{"intn", intn, []any{0, -1, math.MinInt, 1}}, {"int63n", int63n, []any{int64(0), int64(-1), int64(1)}}, {"int31n", int31n, []any{int32(0), int32(-1), int32(1)}},
		{"intN", intN, []any{0, -1, 1}}, {"int64N", int64N, []any{int64(0), int64(-1), int64(1)}}, {"int32N", int32N, []any{int32(0), int32(-1), int32(1)}},
		{"uintN", uintN, []any{uint(0), uint(1)}}, {"uint64N", uint64N, []any{uint64(0), uint64(1)}}, {"uint32N", uint32N, []any{uint32(0), uint32(1)}},
	} {
		for _, n := range c.args {
			w.compare(c.name, c.f, n)
		}
	}
}
