package grad

import (
	"fmt"
	"strings"
	"testing"
)

// TestErrors: a mistake is told where the value is asked for, with the operation and the
// shapes, however much was computed after it.
func TestErrors(t *testing.T) {
	a, b := Zeros(2, 3).AsVar(), Zeros(4, 5)
	images, filters := Zeros(1, 3, 4, 4), Zeros(2, 3, 3, 3)
	for want, wrong := range map[string]*Tensor{
		"add: shapes 2×3 and 4×5 do not broadcast":             a.Add(b).Exp().Sum(),
		"matmul: of shapes 2×3 and 4×5: 3 columns meet 4 rows": b.MatMul(a.MatMul(b)),
		"dense: of shapes 2×3 and 4×5: 3 columns meet 5 rows":  Dense(a, b, nil),
		"operand 1 is nil": a.Mul(nil),
		"operand 0 is nil": (*Tensor)(nil).Exp(),
		"var: 3 numbers for a shape of 2×2; it takes 4":               Var([]float64{1, 2, 3}, 2, 2),
		"const: the shape is 0; every side has to be at least 1":      Const(nil),
		"more than the 268435456 numbers":                             Zeros(1<<20, 1<<20),
		"sum: there is no axis 2 of shape 2×3; the axes are 0 to 1":   a.Sum(2),
		"axis -1 of shape 2×3 is named twice":                         a.Mean(1, -1),
		"reshape: 2×3 has 6 numbers, which the shape 4×-1":            a.Reshape(4, -1),
		"transpose: 1 axes for the shape 2×3":                         a.Transpose(0),
		"broadcast: 2×3 does not go into 3":                           a.BroadcastTo(3),
		"slice: positions 1 to 3 of axis 1 of shape 2×3":              a.Slice(1, 1, 4),
		"pad: -1 before and 0 after axis 0":                           a.Pad(0, -1, 0),
		"tensor 0 has shape 2×3, tensor 1 4×5":                        Concat(1, a, b),
		"tensor 0 has shape 2×3, tensor 1 scalar":                     Concat(1, a, Scalar(1)),
		"row 2; shape 2×3 has rows 0 to 1":                            a.Gather([]int{0, 2}),
		"sample 1 has label 3; there are 3 outputs":                   a.CrossEntropy([]int{0, 3}),
		"conv2d: of 1×3×4×4 with filters 2×3×3×3 in 2 groups":         images.Conv2D(filters, Window{Groups: 2}),
		"a window of 3×3 pixels, 2 apart, does not fit on 1×3×4×4":    images.Conv2D(filters, Window{Dilation: 2}),
		"conv2d: of a tensor of shape 2×3; it takes images":           a.Conv2D(filters, Window{}),
		"could lie outside of the image; pad by half of it":           images.MaxPool2D(Window{KH: 2, KW: 2, PadH: 2}),
		"avgpool2d: the window is":                                    images.AvgPool2D(Window{KH: 2}),
		"normalize: scale of shape 2 for 2×3":                         a.BatchNorm(Zeros(2), Zeros(3), 1),
		"lstm cell: memory of shape 2×3 with weights wh of 4×5":       first(LSTMCell(a, a, a, b, b, a)),
		"gradient: of a tensor of shape 2×3; it has to be one number": Grad(a, a)[0],
		"gradient: by the constant 0 of those given":                  Grad(a.Sum(), b)[0],
		"weighed by one of shape 4×5":                                 VJP(a, b, a)[0],
		"1 parameters, but the vector has 0 tensors":                  HessianVector(a.Sum(), []*Tensor{a}, nil)[0],
		"parameter 0 has shape 2×3, the vector 4×5":                   HessianVector(a.Sum(), []*Tensor{a}, []*Tensor{b})[0],
	} {
		_, err := wrong.Sum().Data()
		if err == nil || !strings.HasPrefix(err.Error(), "grad: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func first(a, _ *Tensor) *Tensor { return a }

// A variable, an expression and its first two derivatives.
func ExampleGrad() {
	x := Var([]float64{1, 2, 3})
	y := x.Mul(x).Mul(x).Sum()
	g := Grad(y, x)[0]
	h := Grad(g.Sum(), x)[0]
	fmt.Println(y)
	fmt.Println(g)
	fmt.Println(h)
	// Output:
	// scalar [36]
	// 3 [3 12 27]
	// 3 [6 12 18]
}

// A layer of two inputs and three outputs, and the curvature of its loss along one
// direction of its weights.
func ExampleHessianVector() {
	x := Const([]float64{1, 2, 3, 4}, 2, 2)
	w, b := Zeros(3, 2).AsVar(), Zeros(3).AsVar()
	loss := Dense(x, w, b).CrossEntropy([]int{0, 2})
	v := []*Tensor{Ones(3, 2), Const([]float64{1, 0, 0})}
	for _, h := range HessianVector(loss, []*Tensor{w, b}, v) {
		fmt.Println(h)
	}
	// Output:
	// 3×2 [0.444444 0.666667 -0.222222 -0.333333 -0.222222 -0.333333]
	// 3 [0.222222 -0.111111 -0.111111]
}

// A mistake is told by whoever asks for the value.
func ExampleTensor_Err() {
	y := Zeros(2, 3).MatMul(Zeros(4, 5)).Tanh()
	fmt.Println(y.Err())
	// Output:
	// grad: matmul: of shapes 2×3 and 4×5: 3 columns meet 4 rows; they have to be equal
}

func BenchmarkMatMul(b *testing.B) {
	for _, n := range []int{32, 128, 512} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			x, y := Normal(1, "x", 1, n, n), Normal(1, "y", 1, n, n)
			b.ReportAllocs()
			for b.Loop() {
				x.MatMul(y)
			}
			b.ReportMetric(2*float64(n*n*n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}

func BenchmarkConv2D(b *testing.B) {
	x, w := Normal(1, "x", 1, 16, 16, 16, 16).AsVar(), Normal(1, "w", 1, 16, 16, 3, 3).AsVar()
	b.ReportAllocs()
	for b.Loop() {
		Grad(x.Conv2D(w, Window{PadH: 1, PadW: 1}).Sum(), x, w)
	}
}

func BenchmarkLSTMCell(b *testing.B) {
	draw := func(name string, shape ...int) *Tensor { return Normal(1, name, 0.1, shape...).AsVar() }
	x, h, c := draw("x", 1, 64), draw("h", 1, 64), draw("c", 1, 64)
	wx, wh, bias := draw("wx", 256, 64), draw("wh", 256, 64), draw("b", 256)
	b.ReportAllocs()
	for b.Loop() {
		h, _ := LSTMCell(x, h, c, wx, wh, bias)
		Grad(h.Sum(), wx, wh, bias)
	}
}

// TestNumbers counts what is remembered: variables, steps between and results, once each.
func TestNumbers(t *testing.T) {
	x := Var([]float64{1, 2, 3})
	y := x.Mul(x)                         // 3 more
	z := y.Mul(Const([]float64{4, 5, 6})) // and 3 of the constant, 3 of the product
	for _, c := range []struct {
		of   []*Tensor
		want int
	}{{nil, 0}, {[]*Tensor{x}, 3}, {[]*Tensor{y}, 6}, {[]*Tensor{z}, 12}, {[]*Tensor{z, x, y, z}, 12}, {[]*Tensor{Const([]float64{1, 2}).Exp()}, 2}} {
		if got := Numbers(c.of...); got != c.want {
			t.Errorf("%d numbers, want %d", got, c.want)
		}
	}
}
