package grad

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/nascent-go/nascent/nasext/seed"
)

// expression is a function of tensors and shapes that it takes.
type expression struct {
	name   string
	shapes [][]int
	f      func(x []*Tensor) *Tensor
	draw   func(d *rand.Rand) float64 // of an input; normal if nil
}

// positive draws numbers from 0.5 to 2, which logarithms and their like take.
func positive(d *rand.Rand) float64 { return 0.5 + 1.5*d.Float64() }

// expressions are all operations on random shapes.
func expressions(d *rand.Rand) []expression {
	m, n, k := 1+d.IntN(4), 1+d.IntN(4), 1+d.IntN(6)
	one := func(f func(x *Tensor) *Tensor) func(x []*Tensor) *Tensor {
		return func(x []*Tensor) *Tensor { return f(x[0]) }
	}
	two := func(f func(x, y *Tensor) *Tensor) func(x []*Tensor) *Tensor {
		return func(x []*Tensor) *Tensor { return f(x[0], x[1]) }
	}
	cube := [][]int{{m, n, k}}
	pair := [][]int{{m, 1, k}, {n, 1}} // broadcast to m×n×k
	groups := 1 + d.IntN(2)
	filter := Window{Stride: 1 + d.IntN(2), StrideW: d.IntN(3), PadH: d.IntN(2), PadW: d.IntN(3), Dilation: 1 + d.IntN(2), Groups: groups}
	pool := Window{KH: 2, KW: 1 + d.IntN(3), Stride: 1 + d.IntN(2), PadH: d.IntN(2)}
	images := []int{n, 2 * groups, 3 + d.IntN(4), 3 + d.IntN(4)}
	labels, rows := make([]int, m), make([]int, k)
	for i := range labels {
		labels[i] = d.IntN(n)
	}
	for i := range rows {
		rows[i] = d.IntN(m)
	}
	from := d.IntN(k)
	return []expression{
		{name: "times", shapes: cube, f: one(func(x *Tensor) *Tensor { return x.Times(3).Plus(2).Neg() })},
		{name: "exp", shapes: cube, f: one((*Tensor).Exp)},
		{name: "log", shapes: cube, f: one((*Tensor).Log), draw: positive},
		{name: "sqrt", shapes: cube, f: one((*Tensor).Sqrt), draw: positive},
		{name: "sin", shapes: cube, f: one((*Tensor).Sin)},
		{name: "cos", shapes: cube, f: one((*Tensor).Cos)},
		{name: "tanh", shapes: cube, f: one((*Tensor).Tanh)},
		{name: "sigmoid", shapes: cube, f: one((*Tensor).Sigmoid)},
		{name: "relu", shapes: cube, f: one((*Tensor).ReLU)},
		{name: "abs", shapes: cube, f: one((*Tensor).Abs)},
		{name: "add", shapes: pair, f: two((*Tensor).Add)},
		{name: "sub", shapes: pair, f: two((*Tensor).Sub)},
		{name: "mul", shapes: pair, f: two((*Tensor).Mul)},
		{name: "div", shapes: pair, f: two((*Tensor).Div), draw: positive},
		{name: "pow", shapes: pair, f: two((*Tensor).Pow), draw: positive},
		{name: "square", shapes: cube, f: one(func(x *Tensor) *Tensor { return x.Pow(Scalar(2)) })},
		{name: "where", shapes: pair, f: two(func(x, y *Tensor) *Tensor { return Where(x.Greater(Scalar(0)), x, y) })},
		{name: "maximum", shapes: pair, f: two((*Tensor).Maximum)},
		{name: "minimum", shapes: pair, f: two((*Tensor).Minimum)},
		{name: "sum", shapes: cube, f: one(func(x *Tensor) *Tensor { return x.Sum(d.IntN(3)) })},
		{name: "mean", shapes: cube, f: one(func(x *Tensor) *Tensor { return x.Mean(0, -1) })},
		{name: "max", shapes: cube, f: one(func(x *Tensor) *Tensor { return x.Max(1) })},
		{name: "min", shapes: cube, f: one(func(x *Tensor) *Tensor { return x.Min(0, 2) })},
		{name: "reshape", shapes: cube, f: one(func(x *Tensor) *Tensor { return x.Reshape(-1, m) })},
		{name: "expand", shapes: cube, f: one(func(x *Tensor) *Tensor { return x.ExpandDims(-1).ExpandDims(1) })},
		{name: "transpose", shapes: cube, f: one(func(x *Tensor) *Tensor { return x.Transpose(2, 0, -2).Transpose() })},
		{name: "broadcast", shapes: [][]int{{m, 1, k}}, f: one(func(x *Tensor) *Tensor { return x.BroadcastTo(2, m, n, k) })},
		{name: "slice", shapes: cube, f: one(func(x *Tensor) *Tensor { return x.Slice(-1, from, k) })},
		{name: "pad", shapes: cube, f: one(func(x *Tensor) *Tensor { return x.Pad(1, 2, 1).PadWith(3, 0, 0, 2) })},
		{name: "concat", shapes: [][]int{{m, n, k}, {m, 3, k}}, f: two(func(x, y *Tensor) *Tensor { return Concat(1, x, y, x) })},
		{name: "stack", shapes: [][]int{{m, n}, {m, n}}, f: two(func(x, y *Tensor) *Tensor { return Stack(x, y) })},
		{name: "gather", shapes: cube, f: one(func(x *Tensor) *Tensor { return x.Gather(rows) })},
		{name: "matmul", shapes: [][]int{{m, k}, {k, n}}, f: two((*Tensor).MatMul)},
		{name: "matmul of many", shapes: [][]int{{2, 1, m, k}, {3, k, n}}, f: two((*Tensor).MatMul)},
		{name: "matmul by one", shapes: [][]int{{2, m, k}, {k, n}}, f: two((*Tensor).MatMul)},
		{name: "matmul of vectors", shapes: [][]int{{k}, {m, k, n}}, f: two((*Tensor).MatMul)},
		{name: "dot", shapes: [][]int{{k}, {k}}, f: two((*Tensor).MatMul)},
		{name: "dense", shapes: [][]int{{m, k}, {n, k}, {n}}, f: func(x []*Tensor) *Tensor { return Dense(x[0], x[1], x[2]) }},
		{name: "conv2d", shapes: [][]int{images, {groups * m, 2, 2, 1 + d.IntN(2)}}, f: two(func(x, w *Tensor) *Tensor { return x.Conv2D(w, filter) })},
		{name: "maxpool2d", shapes: [][]int{images}, f: one(func(x *Tensor) *Tensor { return x.MaxPool2D(pool) })},
		{name: "avgpool2d", shapes: [][]int{images}, f: one(func(x *Tensor) *Tensor { return x.AvgPool2D(pool) })},
		{name: "softmax", shapes: cube, f: one(func(x *Tensor) *Tensor { return x.Softmax(1) })},
		{name: "logsoftmax", shapes: cube, f: one(func(x *Tensor) *Tensor { return x.LogSoftmax(-1) })},
		{name: "cross-entropy", shapes: [][]int{{m, n}}, f: one(func(x *Tensor) *Tensor { return x.CrossEntropy(labels) })},
		{name: "mse", shapes: [][]int{{m, n}, {m, n}}, f: two((*Tensor).MSE)},
		{name: "batch norm", shapes: [][]int{{m + 2, n, 2, 2}, {n}, {n}}, f: func(x []*Tensor) *Tensor { return x[0].BatchNorm(x[1], x[2], 0.1) }},
		{name: "lstm cell", shapes: [][]int{{m, k}, {m, n}, {m, n}, {4 * n, k}, {4 * n, n}, {4 * n}}, f: func(x []*Tensor) *Tensor {
			h, c := LSTMCell(x[0], x[1], x[2], x[3], x[4], x[5])
			return Concat(1, h, c)
		}},
		{name: "attention", shapes: [][]int{{2, m, k}, {2, n, k}, {2, n, 3}}, f: func(x []*Tensor) *Tensor { return Attention(x[0], x[1], x[2]) }},
	}
}

// inputs are such for which no kink, of relu, abs or a maximum, lies within a step: all
// numbers are at least 1e-3 apart and away from 0.
func (e expression) inputs(d *rand.Rand) [][]float64 {
	var total int
	for _, s := range e.shapes {
		n, _ := elems(s)
		total += n
	}
	apart := d.Perm(total)
	xs := make([][]float64, len(e.shapes))
	for i, s := range e.shapes {
		n, _ := elems(s)
		xs[i] = make([]float64, n)
		for j := range xs[i] {
			v := d.NormFloat64()
			if e.draw != nil {
				v = e.draw(d)
			}
			// Rounded to hundredths and moved by a part of one that is all its own.
			xs[i][j] = math.Round(v*100)/100 + (float64(apart[0])+1)*0.008/float64(total+1)
			apart = apart[1:]
		}
	}
	return xs
}

func (e expression) vars(xs [][]float64) []*Tensor {
	vars := make([]*Tensor, len(xs))
	for i, x := range xs {
		vars[i] = Var(x, e.shapes[i]...)
	}
	return vars
}

// normals are constant tensors of the shapes of others.
func normals(d *rand.Rand, like []*Tensor) []*Tensor {
	out := make([]*Tensor, len(like))
	for i, t := range like {
		out[i] = Normal(d.Uint64(), "v", 1, t.shape...)
	}
	return out
}

// dot is Σ of the products of all numbers.
func dot(a, b []*Tensor) *Tensor {
	s := Scalar(0)
	for i, x := range a {
		s = s.Add(x.Mul(b[i]).Sum())
	}
	return s
}

func value(t *testing.T, x *Tensor) float64 {
	t.Helper()
	v, err := x.Value()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestDerivatives compares the first and the second derivatives of every operation, in
// random directions, with central differences of the value and of the gradient.
func TestDerivatives(t *testing.T) {
	const eps = 1e-6
	for trial := range 20 {
		shapes := seed.Stream(uint64(trial), "shapes")
		for _, e := range expressions(shapes) {
			t.Run(e.name+" "+strconv.Itoa(trial), func(t *testing.T) {
				d := seed.Stream(uint64(trial), "derivatives", e.name)
				xs := e.inputs(d)
				choice := d.Uint64()
				// A fixed random function of the result, not linear, so that second
				// derivatives of linear operations are not all 0.
				scalar := func(vars []*Tensor) *Tensor {
					*shapes = *rand.New(rand.NewPCG(choice, 1)) // axes that are drawn are the same again
					y := e.f(vars)
					if y.err != nil {
						t.Fatal(y.err)
					}
					return y.Mul(Normal(choice, "weights", 1, y.shape...)).Plus(0.3).Sin().Sum()
				}
				vars := e.vars(xs)
				v, u := normals(d, vars), normals(d, vars)
				moved := func(by float64) []*Tensor {
					out := make([]*Tensor, len(vars))
					for i, x := range vars {
						out[i] = x.Add(v[i].Times(by)).AsVar()
					}
					return out
				}
				got := value(t, dot(Grad(scalar(vars), vars...), v))
				want := (value(t, scalar(moved(eps))) - value(t, scalar(moved(-eps)))) / (2 * eps)
				if !near(got, want) {
					t.Errorf("on %v: the gradient says %v, differences %v", e.shapes, got, want)
				}
				hv := HessianVector(scalar(vars), vars, v)
				gradient := func(by float64) float64 {
					at := moved(by)
					return value(t, dot(Grad(scalar(at), at...), u))
				}
				got, want = value(t, dot(hv, u)), (gradient(eps)-gradient(-eps))/(2*eps)
				if !near(got, want) {
					t.Errorf("on %v: the second derivative is %v, differences say %v", e.shapes, got, want)
				}
				if other := value(t, dot(HessianVector(scalar(vars), vars, u), v)); math.Abs(other-got) > 1e-11*max(1, math.Abs(got)) {
					t.Errorf("on %v: uᵀHv = %v, vᵀHu = %v", e.shapes, got, other)
				}
			})
		}
	}
}

// near says whether a derivative is that of differences, to 1e-6 and what the
// differences lose to rounding.
func near(got, want float64) bool { return math.Abs(got-want) <= 1e-6*max(1, math.Abs(want)) }

// TestThird takes a third derivative: of x⁴ at 2 it is 48, of sin it is -cos.
func TestThird(t *testing.T) {
	x := Var([]float64{2})
	derivative := func(y *Tensor, times int) float64 {
		for range times {
			y = Grad(y.Sum(), x)[0]
		}
		return value(t, y)
	}
	if got := derivative(x.Pow(Scalar(4)), 3); got != 48 {
		t.Errorf("the third derivative of x⁴ at 2 is %v, want 48", got)
	}
	if got, want := derivative(x.Sin(), 3), -math.Cos(2); got != want {
		t.Errorf("the third derivative of sin at 2 is %v, want %v", got, want)
	}
	zero := Var([]float64{0})
	g := Grad(zero.Pow(Scalar(2)).Sum(), zero)[0]
	for _, want := range []float64{2, 0, 0} {
		g = Grad(g.Sum(), zero)[0]
		if got := value(t, g); got != want {
			t.Errorf("a derivative of x² at 0 is %v, want %v", got, want)
		}
	}
}

func TestGradOfWhatIsBetween(t *testing.T) {
	x, unused := Var([]float64{1, 2}), Var([]float64{5})
	h := x.Times(3)
	y := h.Mul(h).Sum()
	g := Grad(y, h, x, unused, h)
	for i, want := range [][]float64{{6, 12}, {18, 36}, {0}, {6, 12}} {
		if got, err := g[i].Data(); err != nil || !slices.Equal(got, want) {
			t.Errorf("gradient %d is %v, %v, want %v", i, got, err, want)
		}
	}
}

// TestDeep: a chain as long as a program's loop makes it has a gradient.
func TestDeep(t *testing.T) {
	x := Var([]float64{1})
	y := x
	for range 200_000 {
		y = y.Plus(1)
	}
	if got := value(t, Grad(y, x)[0]); got != 1 {
		t.Errorf("the gradient is %v, want 1", got)
	}
}
