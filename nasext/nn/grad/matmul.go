package grad

import (
	"math"
	"slices"

	"github.com/nascent-go/nascent/nasext/vec"
)

// MatMul is the matrix product of the last two axes: …×m×k times …×k×n is …×m×n, where
// the axes before broadcast. A vector on the left is a row, one on the right a column,
// and that axis is not in the result.
func (t *Tensor) MatMul(u *Tensor) *Tensor { return matMul("matmul", t, u, false) }

// matMul is MatMul, with across of t and the transpose of u's last two axes.
func matMul(op string, t, u *Tensor, across bool) *Tensor {
	if b := broken(op, t, u); b != nil {
		return b
	}
	if len(t.shape) == 0 || len(u.shape) == 0 {
		return fail(op, "of shapes %s and %s; each needs an axis", sides(t.shape), sides(u.shape))
	}
	a, b := t, u
	if len(a.shape) == 1 {
		a = a.ExpandDims(0)
	}
	if len(b.shape) == 1 {
		b = b.ExpandDims(-1)
		if across {
			b = b.Transpose()
		}
	}
	inner := len(b.shape) - 2
	if across {
		inner++
	}
	if k := a.shape[len(a.shape)-1]; k != b.shape[inner] {
		return fail(op, "of shapes %s and %s: %d columns meet %d rows; they have to be equal", sides(t.shape), sides(u.shape), k, b.shape[inner])
	}
	outerA, outerB := a.shape[:len(a.shape)-2], b.shape[:len(b.shape)-2]
	outer, err := common(outerA, outerB)
	if err != nil {
		return fail(op, "of shapes %s and %s, whose axes before the last two do not broadcast; aligned at the last, each side has to be equal or 1", sides(t.shape), sides(u.shape))
	}
	m, n := a.shape[len(a.shape)-2], b.shape[len(b.shape)-1]
	if across {
		n = b.shape[len(b.shape)-2]
	}
	shape := append(slices.Clone(outer), m, n)
	if _, err := elems(shape); err != nil {
		return fail(op, "%w", err)
	}
	if len(outerB) == 0 { // the rows of all matrices are those of one
		a = a.Reshape(-1, a.shape[len(a.shape)-1])
	} else {
		a = a.BroadcastTo(append(slices.Clone(outer), a.shape[len(a.shape)-2:]...)...)
		b = b.BroadcastTo(append(slices.Clone(outer), b.shape[len(b.shape)-2:]...)...)
	}
	a = a.Reshape(append([]int{-1}, a.shape[len(a.shape)-2:]...)...)
	b = b.Reshape(append([]int{-1}, b.shape[len(b.shape)-2:]...)...)
	y := product(a, b, false, across)
	switch {
	case len(t.shape) == 1 && len(u.shape) == 1:
		shape = nil
	case len(t.shape) == 1:
		shape = slices.Delete(shape, len(shape)-2, len(shape)-1)
	case len(u.shape) == 1:
		shape = shape[:len(shape)-1]
	}
	return y.Reshape(shape...)
}

// product multiplies matrices one by one: a and b have shapes batch×rows×columns and are
// transposed first if ta and tb say so. Their shapes fit.
func product(a, b *Tensor, ta, tb bool) *Tensor {
	if ta && tb {
		return product(a.Transpose(), b, false, true)
	}
	batch, m, k, n := a.shape[0], a.shape[1], a.shape[2], b.shape[2]
	if ta {
		m, k = k, m
	}
	if tb {
		n = b.shape[1]
	}
	data := make([]float64, batch*m*n)
	for i := range batch {
		x, w, y := a.data[i*m*k:][:m*k], b.data[i*k*n:][:k*n], data[i*m*n:][:m*n]
		if tb {
			multiplyAcross(y, x, w, m, k, n)
			continue
		}
		row, column := k, 1
		if ta {
			row, column = 1, m
		}
		multiply(y, x, row, column, w, m, k, n)
	}
	return result([]int{batch, m, n}, data, func(i int, g *Tensor) *Tensor {
		switch {
		case i == 0 && ta:
			return product(b, g, tb, true)
		case i == 0:
			return product(g, b, false, !tb)
		case tb:
			return product(g, a, true, ta)
		}
		return product(a, g, !ta, false)
	}, a, b)
}

// cached is how many numbers of the right matrix are used for all rows of the left one
// before others are: about half of a small second-level cache.
const cached = 1 << 14

// multiply adds to y (m×n) the product of x (m×k, with the steps between rows and columns)
// and w (k×n).
func multiply(y, x []float64, row, column int, w []float64, m, k, n int) {
	wide := n / vec.Width * vec.Width
	block := max(cached/k/vec.Width*vec.Width, 16*vec.Width)
	for from := 0; from < wide; from += block {
		to := min(from+block, wide)
		vec.Multiply(y[from:], n, x, row, column, w[from:], n, m, to-from, k)
	}
	for i := range m {
		for j := wide; j < n; j++ {
			s := y[i*n+j]
			for l := range k {
				s = math.FMA(x[i*row+l*column], w[l*n+j], s)
			}
			y[i*n+j] = s
		}
	}
}

// multiplyAcross adds to y (m×n) the product of x (m×k) and the transpose of w (n×k).
func multiplyAcross(y, x, w []float64, m, k, n int) {
	long, wide := k/vec.Width*vec.Width, n/vec.Width*vec.Width
	block := max(cached/k/vec.Width*vec.Width, vec.Width)
	for from := 0; from < wide && long > 0; from += block {
		to := min(from+block, wide)
		for i := range m {
			vec.AddDots(y[i*n+from:i*n+to], w[from*k:], k, x[i*k:i*k+long])
		}
	}
	for i := range m {
		for j := range n {
			first := long
			if j >= wide {
				first = 0
			}
			s := y[i*n+j]
			for l := first; l < k; l++ {
				s = math.FMA(x[i*k+l], w[j*k+l], s)
			}
			y[i*n+j] = s
		}
	}
}
