package grad

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

// TestPyTorch compares values, gradients and Hessian-vector products with PyTorch's, as
// testdata/derivatives.py wrote them.
func TestPyTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/derivatives.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name           string
		Shapes         [][]int
		X, V, Grad, Hv [][]float64
		Shape          []int
		Y              []float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	functions := map[string]func(x []*Tensor) *Tensor{
		"conv2d": func(x []*Tensor) *Tensor {
			return x[0].Conv2D(x[1], Window{Stride: 2, StrideW: 1, PadH: 1, PadW: 2, Dilation: 2, Groups: 2})
		},
		"maxpool2d":    func(x []*Tensor) *Tensor { return x[0].MaxPool2D(Window{KH: 3, KW: 2, Stride: 2, PadH: 1, PadW: 1}) },
		"avgpool2d":    func(x []*Tensor) *Tensor { return x[0].AvgPool2D(Window{KH: 3, KW: 2, Stride: 2, PadH: 1, PadW: 1}) },
		"batchnorm":    func(x []*Tensor) *Tensor { return x[0].BatchNorm(x[1], x[2], 1e-5) },
		"attention":    func(x []*Tensor) *Tensor { return Attention(x[0], x[1], x[2]) },
		"crossentropy": func(x []*Tensor) *Tensor { return x[0].CrossEntropy([]int{3, 0, 2}) },
		"lstm": func(x []*Tensor) *Tensor {
			h, c := LSTMCell(x[0], x[1], x[2], x[3], x[4], x[5])
			return Concat(1, h, c)
		},
	}
	if len(cases) != len(functions) {
		t.Fatalf("%d cases for %d functions", len(cases), len(functions))
	}
	for _, c := range cases {
		vars, v := make([]*Tensor, len(c.X)), make([]*Tensor, len(c.X))
		for i, shape := range c.Shapes {
			vars[i], v[i] = Var(c.X[i], shape...), Const(c.V[i], shape...)
		}
		y := functions[c.Name](vars)
		loss := y.Plus(0.3).Sin().Sum()
		same := func(what string, got *Tensor, want []float64) {
			t.Helper()
			numbers, err := got.Data()
			if err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(numbers, want, func(a, b float64) bool { return math.Abs(a-b) <= 1e-11*max(1, math.Abs(b)) }) {
				t.Errorf("%s: the %s is %v, PyTorch's is %v", c.Name, what, numbers, want)
			}
		}
		if !slices.Equal(y.Shape(), c.Shape) {
			t.Errorf("%s has shape %v, want %v", c.Name, y.Shape(), c.Shape)
		}
		same("value", y, c.Y)
		for i, g := range Grad(loss, vars...) {
			same("gradient", g, c.Grad[i])
		}
		for i, h := range HessianVector(loss, vars, v) {
			same("product with the Hessian", h, c.Hv[i])
		}
	}
}
