package controller

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// tensor is a matrix of parameters, row major, with its gradient and Adam's moments.
type tensor struct {
	rows, cols int
	val, grad  []float64
	m, v       []float64
	updates    int  // Adam steps taken
	used       bool // has a part in the gradient that is being summed
}

func newTensor(rows, cols int) *tensor {
	n := rows * cols
	buf := make([]float64, 4*n)
	return &tensor{
		rows: rows, cols: cols,
		val: buf[0*n : 1*n : 1*n], grad: buf[1*n : 2*n : 2*n],
		m: buf[2*n : 3*n : 3*n], v: buf[3*n:],
	}
}

// row is row i of the values.
func (t *tensor) row(i int) []float64 { return t.val[i*t.cols : (i+1)*t.cols] }

// addMul adds the matrix times x to y.
func (t *tensor) addMul(y, x []float64) {
	blas64.Gemv(blas.NoTrans, 1, t.general(t.val), vector(x), 1, vector(y))
}

// addMulT adds the transposed matrix times y to x.
func (t *tensor) addMulT(x, y []float64) {
	blas64.Gemv(blas.Trans, 1, t.general(t.val), vector(y), 1, vector(x))
}

// addOuter adds y xᵀ to the gradient: what addMul(y, x) sends back to the matrix.
func (t *tensor) addOuter(y, x []float64) {
	t.used = true
	blas64.Ger(1, vector(y), vector(x), t.general(t.grad))
}

// addRow adds g to row i of the gradient.
func (t *tensor) addRow(i int, g []float64) {
	t.used = true
	row := t.grad[i*t.cols:][:len(g)]
	for j, v := range g {
		row[j] += v
	}
}

// addAll adds g to the gradient.
func (t *tensor) addAll(g []float64) {
	t.used = true
	for i, v := range g {
		t.grad[i] += v
	}
}

// adam takes one step against the gradient (Kingma and Ba 2015, algorithm 1).
func (t *tensor) adam(rate, beta1, beta2 float64) {
	t.updates++
	size := rate / (1 - math.Pow(beta1, float64(t.updates)))
	root := math.Sqrt(1 - math.Pow(beta2, float64(t.updates)))
	for i, g := range t.grad {
		m := beta1*t.m[i] + (1-beta1)*g
		v := beta2*t.v[i] + (1-beta2)*g*g
		t.m[i], t.v[i] = m, v
		t.val[i] -= size * m / (math.Sqrt(v)/root + adamEps)
	}
}

func (t *tensor) general(data []float64) blas64.General {
	return blas64.General{Rows: t.rows, Cols: t.cols, Stride: t.cols, Data: data}
}

func vector(x []float64) blas64.Vector {
	return blas64.Vector{N: len(x), Inc: 1, Data: x}
}
