package dense

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/seed"
)

func must(t testing.TB, d *tensor.Dense, err error) *tensor.Dense {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A write is seen on both sides.
func TestViewsShareMemory(t *testing.T) {
	e := New(1)
	set, err := data.Digits().First(3)
	if err != nil {
		t.Fatal(err)
	}
	set.X = slices.Clone(set.X)
	p := &engine.Param{Name: "w", Shape: []int{2, 3}, W: make([]float32, 6), G: make([]float32, 6)}
	images, err := e.Images(set)
	images = must(t, images, err)
	weights, err := e.Weights(p)
	weights = must(t, weights, err)
	gradient, err := e.Gradient(p)
	gradient = must(t, gradient, err)
	if !images.Shape().Eq(tensor.Shape{3, set.Shape.C, set.Shape.H, set.Shape.W}) || !weights.Shape().Eq(tensor.Shape{2, 3}) {
		t.Errorf("shapes %v and %v", images.Shape(), weights.Shape())
	}
	for i, v := range []struct {
		t *tensor.Dense
		x []float32
	}{{images, set.X}, {weights, p.W}, {gradient, p.G}} {
		v.x[4] = 7
		v.t.Float32s()[5] = 8
		if v.t.Float32s()[4] != 7 || v.x[5] != 8 {
			t.Errorf("view %d has memory of its own", i)
		}
	}
}

func TestErrors(t *testing.T) {
	e := New(1)
	for want, f := range map[string]func() (*tensor.Dense, error){
		"view of 5 numbers as a tensor of shape [2 3]":             func() (*tensor.Dense, error) { return e.View(make([]float32, 5), 2, 3) },
		"shape [2 3], which has 6":                                 func() (*tensor.Dense, error) { return e.View(make([]float32, 7), 2, 3) },
		"dimensions must be at least 1":                            func() (*tensor.Dense, error) { return e.View(nil, 0, 3) },
		"images: there is no data set":                             func() (*tensor.Dense, error) { return e.Images(nil) },
		`data set "empty": view of 0`:                              func() (*tensor.Dense, error) { return e.Images(&data.Set{Name: "empty"}) },
		"weights: there is no parameter":                           func() (*tensor.Dense, error) { return e.Weights(nil) },
		`gradient of parameter "w": view of 0 numbers as a tensor`: func() (*tensor.Dense, error) { return e.Gradient(&engine.Param{Name: "w", Shape: []int{1}}) },
	} {
		if _, err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

// TestMatMul compares with sums in double precision: plain, transposed and sliced factors,
// through each function of tensor that multiplies matrices.
func TestMatMul(t *testing.T) {
	draw := seed.Stream(1, "matmul")
	e := New(1)
	for turn := range 60 {
		m, k, n := 2+draw.IntN(40), 2+draw.IntN(40), 2+draw.IntN(40)
		factor := func(rows, cols, kind int) *tensor.Dense {
			r, c := rows, cols
			switch kind {
			case 1:
				r, c = c, r
			case 2:
				r, c = r+2, c+3
			}
			x := make([]float32, r*c)
			for i := range x {
				x[i] = float32(draw.NormFloat64())
			}
			d, err := e.View(x, r, c)
			d = must(t, d, err)
			switch kind {
			case 1:
				if err := d.T(); err != nil {
					t.Fatal(err)
				}
			case 2:
				s, err := d.Slice(tensor.S(1, rows+1), tensor.S(2, cols+2))
				if err != nil {
					t.Fatal(err)
				}
				return s.(*tensor.Dense)
			}
			return d
		}
		a, b := factor(m, k, turn%3), factor(k, n, turn/3%3)
		if _, ok := matrix(a); !ok {
			t.Fatalf("a factor of kind %d is left to the default engine", turn%3)
		}
		var c tensor.Tensor
		var err error
		if turn%2 == 0 {
			c, err = tensor.MatMul(a, b)
		} else {
			c, err = tensor.Dot(a, b)
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range m {
			for j := range n {
				var want, size float64
				for d := range k {
					v := number(t, a, i, d) * number(t, b, d, j)
					want, size = want+v, size+math.Abs(v)
				}
				if got := number(t, c, i, j); math.Abs(got-want) > 1e-5*size {
					t.Fatalf("%d×%d×%d, kinds %d and %d: %v at %d, %d, want %v", m, k, n, turn%3, turn/3%3, got, i, j, want)
				}
			}
		}
	}
}

func number(t *testing.T, x tensor.Tensor, i, j int) float64 {
	t.Helper()
	v, err := x.At(i, j)
	if err != nil {
		t.Fatal(err)
	}
	return float64(v.(float32))
}

// What the engine has no loops for is still multiplied.
func TestMatMulOfFloat64(t *testing.T) {
	a := tensor.New(tensor.WithEngine(New(1)), tensor.WithShape(2, 2), tensor.WithBacking([]float64{1, 2, 3, 4}))
	c, err := tensor.MatMul(a, a)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Data().([]float64); !slices.Equal(got, []float64{7, 10, 15, 22}) {
		t.Errorf("%v", got)
	}
}

func BenchmarkMatMul(b *testing.B) {
	for _, e := range []tensor.Engine{New(1), tensor.StdEng{}} {
		name := "ours"
		if _, ok := e.(tensor.StdEng); ok {
			name = "default"
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			draw, numbers := seed.Stream(1, "matmul bench"), make([]float32, 256*256)
			for i := range numbers { // no zeros, which the default engine leaves out
				numbers[i] = 1 + draw.Float32()
			}
			x := tensor.New(tensor.WithEngine(e), tensor.WithShape(256, 256), tensor.WithBacking(numbers))
			for b.Loop() {
				if _, err := tensor.MatMul(x, x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
