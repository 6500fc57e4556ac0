package controller

import "github.com/nascent-go/nascent/nasext/vec"

// pad is n, or the next multiple of what vectors are made of.
func pad(n int) int { return (n + vec.Lanes - 1) / vec.Lanes * vec.Lanes }

// tensor is a matrix of parameters with its gradient and Adam's moments. A matrix that
// multiplies vectors lies column after column, a table row after row. What a loop goes
// along is padded with zeros to whole vectors; the padding stays zero.
type tensor[T vec.Float] struct {
	rows, cols int
	unit       int // rows that are padded together; 0 in a table
	stride     int // from one column, in a table from one row, to the next
	val, grad  []T
	m, v       []T
	updates    int  // Adam steps taken
	used       bool // has a part in the gradient that is being summed
}

// newMatrix has rows in groups of unit, each of which is padded.
func newMatrix[T vec.Float](rows, cols, unit int) *tensor[T] {
	t := &tensor[T]{rows: rows, cols: cols, unit: unit, stride: rows / unit * pad(unit)}
	n := cols
	if n > 1 {
		n = pad(n) // a product with the transposed matrix is a vector, too
	}
	return t.alloc(n * t.stride)
}

// newTable has rows that are vectors themselves.
func newTable[T vec.Float](rows, cols int) *tensor[T] {
	t := &tensor[T]{rows: rows, cols: cols, stride: pad(cols)}
	return t.alloc(rows * t.stride)
}

func (t *tensor[T]) alloc(n int) *tensor[T] {
	buf := make([]T, 4*n)
	t.val, t.grad, t.m, t.v = buf[0*n:1*n:1*n], buf[1*n:2*n:2*n], buf[2*n:3*n:3*n], buf[3*n:]
	return t
}

// index is where the number in row r and column c lies.
func (t *tensor[T]) index(r, c int) int {
	if t.unit == 0 {
		return r*t.stride + c
	}
	return c*t.stride + r/t.unit*pad(t.unit) + r%t.unit
}

// places are the indices of all numbers, row after row: the padding is left out.
func (t *tensor[T]) places() []int {
	all := make([]int, 0, t.rows*t.cols)
	for r := range t.rows {
		for c := range t.cols {
			all = append(all, t.index(r, c))
		}
	}
	return all
}

// addMul adds the products of the matrix with n rows of x, which are unpadded in effect,
// to n rows of y.
func (t *tensor[T]) addMul(y, x []T, n int) {
	vec.Multiply(y, t.stride, x, len(x)/n, 1, t.val, t.stride, n, t.stride, t.cols)
}

// learn adds to the gradient what n rows of dy send back that came from as many of x.
func (t *tensor[T]) learn(dy, x []T, n int) {
	t.used = true
	vec.Multiply(t.grad, t.stride, x, 1, len(x)/n, dy, t.stride, t.cols, t.stride, n)
}

// learnRows is learn of a matrix of one column, for x = 1.
func (t *tensor[T]) learnRows(dy, one []T, n int) {
	t.used = true
	vec.Multiply(t.grad, t.stride, one, 0, 0, dy, t.stride, 1, t.stride, n)
}

// across writes the transposed matrix, padded.
func (t *tensor[T]) across(room []T) []T {
	in := pad(t.cols)
	room = sized(room, in*t.stride)
	vec.Transpose(room, in, t.val, t.stride, in, t.stride)
	return room
}

// sized is memory for n numbers, that of x if it is enough. What they are is left open.
func sized[T any](x []T, n int) []T {
	if cap(x) < n {
		return make([]T, n, n+n/2)
	}
	return x[:n]
}
