// Package grad differentiates expressions over tensors, for layers and losses that a
// user writes from a few dozen operations. An operation on tensors computes its value
// at once and remembers how it came about; Grad runs the chain rule backwards over what
// is remembered, and its results are again expressions, so that derivatives of any order
// are taken in the same way:
//
//	x := grad.Var([]float64{1, 2, 3})
//	y := x.Mul(x).Mul(x).Sum()     // Σx³
//	g := grad.Grad(y, x)[0]        // 3x²
//	h := grad.Grad(g.Sum(), x)[0]  // 6x
//	fmt.Println(h.Data())
//
// Numbers are float64: the package is for exactness and for what changes while it is
// tried out; the layers of package nn are for speed.
//
// A mistake, such as shapes that don't fit, gives a tensor that carries the error, and so
// does everything computed from it: Err, Value and Data say what was wrong first.
//
// Operations of two tensors broadcast as NumPy's do: shapes are aligned at their last
// axes, and a side of 1 is repeated. Axes count from 0, or from the end as -1, -2, ….
package grad

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/nasext/seed"
)

// Tensor is an array of numbers of any rank, row major, and the expression that it is the
// value of. It doesn't change once it is made, and may be used from several goroutines.
type Tensor struct {
	shape   []int
	data    []float64
	depends bool // on a variable; only then is it remembered how it was computed
	in      []*Tensor
	// pull turns the gradient of a result by the tensor into that by input i, which depends
	// on a variable.
	pull func(i int, g *Tensor) *Tensor
	err  error
}

// maxElems bounds the numbers of a tensor: 2 GiB.
const maxElems = 1 << 28

// elems is the number of numbers of a shape whose sides have to be at least 1.
func elems(shape []int) (int, error) {
	n := 1
	for _, d := range shape {
		if d < 1 {
			return 0, fmt.Errorf("the shape is %s; every side has to be at least 1", sides(shape))
		}
		if d > maxElems/n {
			return 0, fmt.Errorf("the shape is %s; that is more than the %d numbers that a tensor may have", sides(shape), maxElems)
		}
		n *= d
	}
	return n, nil
}

// sides writes a shape: "2×3".
func sides(shape []int) string {
	if len(shape) == 0 {
		return "scalar"
	}
	words := make([]string, len(shape))
	for i, d := range shape {
		words[i] = strconv.Itoa(d)
	}
	return strings.Join(words, "×")
}

// fail is a tensor that carries an error of the named operation.
func fail(op, format string, args ...any) *Tensor {
	return &Tensor{err: fmt.Errorf("grad: "+op+": "+format, args...)}
}

// broken is the first of the operands that carries an error or is nil, as a tensor with an
// error; nil if all are sound.
func broken(op string, operands ...*Tensor) *Tensor {
	for i, t := range operands {
		if t == nil {
			return fail(op, "operand %d is nil; give a tensor, such as grad.Var([]float64{1, 2})", i)
		}
		if t.err != nil {
			return &Tensor{err: t.err}
		}
	}
	return nil
}

// result is the value of an operation on inputs. The data are the tensor's from now on.
func result(shape []int, data []float64, pull func(i int, g *Tensor) *Tensor, in ...*Tensor) *Tensor {
	y := &Tensor{shape: shape, data: data}
	for _, x := range in {
		y.depends = y.depends || x.depends
	}
	if y.depends {
		y.in, y.pull = in, pull
	}
	return y
}

// leaf copies numbers into a tensor.
func leaf(op string, data []float64, shape []int) *Tensor {
	if len(shape) == 0 {
		shape = []int{len(data)}
	}
	n, err := elems(shape)
	if err != nil {
		return fail(op, "%w", err)
	}
	if n != len(data) {
		return fail(op, "%d numbers for a shape of %s; it takes %d", len(data), sides(shape), n)
	}
	return &Tensor{shape: slices.Clone(shape), data: slices.Clone(data)}
}

// Var is a variable: what expressions are differentiated by. Without a shape it is a
// vector. The numbers are copied.
func Var(data []float64, shape ...int) *Tensor {
	t := leaf("var", data, shape)
	t.depends = t.err == nil
	return t
}

// Const is a tensor that has no gradient. Without a shape it is a vector. The numbers are
// copied.
func Const(data []float64, shape ...int) *Tensor { return leaf("const", data, shape) }

// Scalar is a constant of rank 0.
func Scalar(v float64) *Tensor { return &Tensor{shape: []int{}, data: []float64{v}} }

// Full is a constant tensor of one number.
func Full(v float64, shape ...int) *Tensor {
	n, err := elems(shape)
	if err != nil {
		return fail("full", "%w", err)
	}
	t := &Tensor{shape: slices.Clone(shape), data: make([]float64, n)}
	if v != 0 {
		fill(t.data, v)
	}
	return t
}

// fill sets all numbers to v.
func fill(x []float64, v float64) {
	for i := range x {
		x[i] = v
	}
}

// Zeros is a constant tensor of zeros.
func Zeros(shape ...int) *Tensor { return Full(0, shape...) }

// Ones is a constant tensor of ones.
func Ones(shape ...int) *Tensor { return Full(1, shape...) }

// Normal is a constant tensor of draws from a normal distribution with mean 0 and the
// given deviation, from the seed's stream of the given name: other names draw other
// numbers. AsVar makes it a variable.
func Normal(sd uint64, name string, deviation float64, shape ...int) *Tensor {
	t := Zeros(shape...)
	draw := seed.Stream(sd, "grad", name)
	for i := range t.data {
		t.data[i] = deviation * draw.NormFloat64()
	}
	return t
}

// AsVar is a variable with the tensor's numbers.
func (t *Tensor) AsVar() *Tensor {
	if b := broken("variable", t); b != nil {
		return b
	}
	return &Tensor{shape: t.shape, data: t.data, depends: true}
}

// Detach is a constant with the tensor's numbers: no gradient flows through it.
func (t *Tensor) Detach() *Tensor {
	if b := broken("detach", t); b != nil {
		return b
	}
	return &Tensor{shape: t.shape, data: t.data}
}

// Err is the first error that was made on the way to the tensor, nil if there is none.
func (t *Tensor) Err() error {
	if b := broken("tensor", t); b != nil {
		return b.err
	}
	return nil
}

// Shape is a copy of the lengths of the sides, nil if the tensor carries an error.
func (t *Tensor) Shape() []int {
	if t == nil {
		return nil
	}
	return slices.Clone(t.shape)
}

// Data is a copy of the numbers, row major.
func (t *Tensor) Data() ([]float64, error) {
	if err := t.Err(); err != nil {
		return nil, err
	}
	return slices.Clone(t.data), nil
}

// Value is the number of a tensor that has one.
func (t *Tensor) Value() (float64, error) {
	if err := t.Err(); err != nil {
		return math.NaN(), err
	}
	if len(t.data) != 1 {
		return math.NaN(), fmt.Errorf("grad: value of a tensor of shape %s; it has %d numbers, which Data gives", sides(t.shape), len(t.data))
	}
	return t.data[0], nil
}

// shown is how many numbers String writes.
const shown = 12

// String is the shape and the first numbers, or the error.
func (t *Tensor) String() string {
	if err := t.Err(); err != nil {
		return err.Error()
	}
	var b strings.Builder
	b.WriteString(sides(t.shape) + " [")
	for i, v := range t.data {
		if i == shown {
			fmt.Fprintf(&b, " … %d more", len(t.data)-shown)
			break
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.FormatFloat(v, 'g', 6, 64))
	}
	b.WriteByte(']')
	return b.String()
}

// axis turns an axis that may count from the end into one that counts from 0.
func (t *Tensor) axis(a int) (int, error) {
	rank := len(t.shape)
	if a < -rank || a >= rank {
		if rank == 0 {
			return 0, errors.New("a scalar has no axes")
		}
		return 0, fmt.Errorf("there is no axis %d of shape %s; the axes are 0 to %d, or -1 to %d from the end", a, sides(t.shape), rank-1, -rank)
	}
	if a < 0 {
		a += rank
	}
	return a, nil
}

// axisSet is which axes are named; all of them if none is.
func (t *Tensor) axisSet(axes []int) ([]bool, error) {
	set := make([]bool, len(t.shape))
	for _, a := range axes {
		i, err := t.axis(a)
		if err != nil {
			return nil, err
		}
		if set[i] {
			return nil, fmt.Errorf("axis %d of shape %s is named twice", a, sides(t.shape))
		}
		set[i] = true
	}
	if len(axes) == 0 {
		for i := range set {
			set[i] = true
		}
	}
	return set, nil
}

// Fail is a tensor that carries an error, for functions of tensors that find one.
func Fail(err error) *Tensor { return &Tensor{err: err} }
