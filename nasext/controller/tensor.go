package controller

import (
	"math"

	"github.com/nascent-go/nascent/nasext/vec"
)

// tensor is a matrix of parameters with its gradient and Adam's moments. A matrix that
// multiplies vectors lies column after column, a table row after row. What a loop goes
// along is padded with zeros to whole vectors; the padding stays zero.
type tensor struct {
	rows, cols int
	unit       int // rows that are padded together; 0 in a table
	stride     int // from one column, in a table from one row, to the next
	val, grad  []float64
	m, v       []float64
	updates    int  // Adam steps taken
	used       bool // has a part in the gradient that is being summed
}

// newMatrix has rows in groups of unit, each of which is padded.
func newMatrix(rows, cols, unit int) *tensor {
	t := &tensor{rows: rows, cols: cols, unit: unit, stride: rows / unit * vec.Pad(unit)}
	n := cols
	if n > 1 {
		n = vec.Pad(n) // a product with the transposed matrix is a vector, too
	}
	return t.alloc(n * t.stride)
}

// newTable has rows that are vectors themselves.
func newTable(rows, cols int) *tensor {
	t := &tensor{rows: rows, cols: cols, stride: vec.Pad(cols)}
	return t.alloc(rows * t.stride)
}

func (t *tensor) alloc(n int) *tensor {
	buf := make([]float64, 4*n)
	t.val, t.grad, t.m, t.v = buf[0*n:1*n:1*n], buf[1*n:2*n:2*n], buf[2*n:3*n:3*n], buf[3*n:]
	return t
}

// index is where the number in row r and column c lies.
func (t *tensor) index(r, c int) int {
	if t.unit == 0 {
		return r*t.stride + c
	}
	return c*t.stride + r/t.unit*vec.Pad(t.unit) + r%t.unit
}

// places are the indices of all numbers, row after row: the padding is left out.
func (t *tensor) places() []int {
	all := make([]int, 0, t.rows*t.cols)
	for r := range t.rows {
		for c := range t.cols {
			all = append(all, t.index(r, c))
		}
	}
	return all
}

// row is row i of a table.
func (t *tensor) row(i int) []float64 { return t.val[i*t.stride : (i+1)*t.stride] }

// addMul adds the matrix times x to y.
func (t *tensor) addMul(y, x []float64) { vec.AddMul(y, t.val, t.stride, x, 1, t.cols) }

// addMulT adds the transposed matrix times y to x.
func (t *tensor) addMulT(x, y []float64) { vec.AddDots(x, t.val, t.stride, y) }

// addOuters adds the sum of y xᵀ to the gradient, for rows of ys and xs that lie ny and nx
// apart: what addMul(y, x) sends back to the matrix, n times.
func (t *tensor) addOuters(ys []float64, ny int, xs []float64, nx, n int) {
	t.used = true
	for c := range t.cols {
		vec.AddMul(t.grad[c*t.stride:(c+1)*t.stride], ys, ny, xs[c:], nx, n)
	}
}

// addRows adds the sum of n rows of ys to the gradient of a matrix of one column.
func (t *tensor) addRows(ys []float64, ny, n int) {
	t.used = true
	vec.AddMul(t.grad, ys, ny, []float64{1}, 0, n)
}

// addRow adds g to row i of the gradient of a table.
func (t *tensor) addRow(i int, g []float64) {
	t.used = true
	row := t.grad[i*t.stride:][:len(g)]
	for j, v := range g {
		row[j] += v
	}
}

// adam takes one step against the gradient (Kingma and Ba 2015, algorithm 1).
func (t *tensor) adam(rate, beta1, beta2 float64) {
	t.updates++
	size := rate / (1 - math.Pow(beta1, float64(t.updates)))
	root := math.Sqrt(1 - math.Pow(beta2, float64(t.updates)))
	vec.Adam(t.val, t.grad, t.m, t.v, beta1, beta2, size, root, adamEps)
}
