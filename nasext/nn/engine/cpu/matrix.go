package cpu

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// MatrixOf is a matrix of numbers that lie row by row, as Multiply takes it.
type MatrixOf[T engine.Float] struct {
	Rows, Cols int
	Stride     int  // from the beginning of a row to that of the next, at least Cols
	X          []T  //  at least (Rows-1)·Stride + Cols numbers
	Transposed bool // as a factor it stands for its transpose, of Cols × Rows
}

// Matrix is in single precision, Matrix64 in double.
type (
	Matrix   = MatrixOf[float32]
	Matrix64 = MatrixOf[float64]
)

// shape is that of the matrix as a factor.
func (m MatrixOf[T]) shape() (rows, cols int) {
	if m.Transposed {
		return m.Cols, m.Rows
	}
	return m.Rows, m.Cols
}

func (m MatrixOf[T]) check(name string) error {
	switch {
	case m.Rows < 0 || m.Cols < 0:
		return fmt.Errorf("multiply: %s has %d×%d numbers; a matrix has 0 or more rows and columns", name, m.Rows, m.Cols)
	case m.Stride < m.Cols:
		return fmt.Errorf("multiply: rows of %s begin %d numbers apart but have %d columns; the stride must be at least that", name, m.Stride, m.Cols)
	case m.Rows == 0 || m.Cols == 0:
		return nil
	case m.Rows-1 > (len(m.X)-m.Cols)/max(m.Stride, 1) || len(m.X) < m.Cols:
		return fmt.Errorf("multiply: %s of %d×%d numbers, rows %d apart, has only %d numbers", name, m.Rows, m.Cols, m.Stride, len(m.X))
	}
	return nil
}

// overlaps says whether the memory from the first to the last number of one matrix meets
// that of another.
func (m MatrixOf[T]) overlaps(n MatrixOf[T]) bool {
	if m.Rows == 0 || m.Cols == 0 || n.Rows == 0 || n.Cols == 0 {
		return false
	}
	at := func(m MatrixOf[T]) (from, to uintptr) {
		from = uintptr(unsafe.Pointer(&m.X[0]))
		return from, from + uintptr((m.Rows-1)*m.Stride+m.Cols)*unsafe.Sizeof(m.X[0])
	}
	mf, mt := at(m)
	nf, nt := at(n)
	return mf < nt && nf < mt
}

// Blocks of a product: those of packed rows of b stay in the cache of a core.
const (
	blockRows  = 512
	blockCols  = 256
	blockDepth = 256
	gap        = width   // between packed rows, which else would compete for the same lines of a cache
	direct     = 1 << 18 // numbers of a factor that is read where it lies
	tileSpeed  = 8       // products that a tile adds up in the time of one operation of a vector loop
)

// Multiply computes c = alpha·a·b + beta·c. a and b may be transposed, c may not. If beta is
// 0, c need not hold numbers; if alpha is 0, a and b are not looked at. The memory of c must
// not meet that of a or b.
//
// Every number is summed from the first product to the last, whatever the shape and the
// number of threads, with one rounding each where the engine has assembly.
func (e *EngineOf[T]) Multiply(alpha T, a, b MatrixOf[T], beta T, c MatrixOf[T]) error {
	for i, m := range []MatrixOf[T]{a, b, c} {
		if err := m.check([]string{"a", "b", "c"}[i]); err != nil {
			return err
		}
	}
	m, k := a.shape()
	k2, n := b.shape()
	switch {
	case c.Transposed:
		return errors.New("multiply: c is transposed; only factors can be")
	case k != k2:
		return fmt.Errorf("multiply: a is %d×%d and b is %d×%d; a must have as many columns as b has rows", m, k, k2, n)
	case c.Rows != m || c.Cols != n:
		return fmt.Errorf("multiply: the product of %d×%d and %d×%d is %d×%d, but c is %d×%d", m, k, k2, n, m, n, c.Rows, c.Cols)
	case c.overlaps(a) || c.overlaps(b):
		return errors.New("multiply: c shares memory with a factor; it must have its own")
	}
	if m == 0 || n == 0 {
		return nil
	}
	p := &matrixProduct[T]{k: e.k, m: m, n: n, depth: k, alpha: alpha, a: a, b: b, c: c, more: beta != 0, once: []tap{{}}}
	p.scale(beta)
	if k == 0 || alpha == 0 {
		return nil
	}
	p.packA = alpha != 1 || a.Transposed && m*k > direct
	p.packB = b.Transposed || k*n > direct && m > panel
	p.run(e.count())
	return nil
}

// matrixProduct is a product on its way.
type matrixProduct[T engine.Float] struct {
	k            *kernels[T]
	m, n, depth  int
	alpha        T
	a, b, c      MatrixOf[T]
	more         bool // c holds numbers to add to
	packA, packB bool
	once         []tap // of the tile: a matrix product has only one
}

// scale multiplies c, or clears it where nothing else would write it.
func (p *matrixProduct[T]) scale(beta T) {
	for i := range p.m {
		row := p.c.X[i*p.c.Stride:][:p.n]
		switch beta {
		case 0:
			if p.depth == 0 || p.alpha == 0 {
				clear(row)
			}
		case 1:
			return
		default:
			for j := range row {
				row[j] *= beta
			}
		}
	}
}

// run cuts c into blocks, one a turn: of few rows if b is not packed, which each would do.
func (p *matrixProduct[T]) run(threads int) {
	rows, cols := (p.m+blockRows-1)/blockRows, (p.n+blockCols-1)/blockCols
	if !p.packB {
		rows, cols = 1, 1
		if threads > 1 {
			rows = min(pieces(p.m*p.n*p.depth/tileSpeed, (p.m+panel-1)/panel), shares*threads)
		}
	}
	parallel(threads, rows*cols, func(turn int) {
		i, to := cut((p.m+panel-1)/panel, rows, turn%rows)
		j, end := cut((p.n+width-1)/width, cols, turn/rows)
		p.block(i*panel, min(to*panel, p.m), j*width, min(end*width, p.n))
	})
}

// block computes rows i to m and columns j to n of c.
func (p *matrixProduct[T]) block(i, m, j, n int) {
	more := p.more
	step := p.depth
	if p.packA || p.packB {
		step = min(step, blockDepth)
	}
	whole := (n - j) / width * width
	pad := (n - j + width - 1) / width * width
	var left, right, edge, tile []T
	if p.packA {
		left = make([]T, (m-i)*(step+gap))
	}
	if p.packB {
		right = make([]T, step*(pad+gap))
	} else if whole < pad {
		edge = make([]T, step*width)
	}
	if whole < pad {
		tile = make([]T, panel*width)
	}
	for d := 0; d < p.depth; d += step {
		depth := min(step, p.depth-d)
		a, as, ad := p.leftRows(left, i, m, d, depth)
		var b []T
		bs, last := pad+gap, right
		if p.packB {
			p.rightRows(right, bs, j, n, d, depth)
			b = right
			last = right[min(whole, len(right)-1):]
		} else {
			b, bs = p.b.X[d*p.b.Stride+j:], p.b.Stride
			last = edge
			p.rightRows(edge, width, j+whole, n, d, depth)
		}
		for r := i; r < m; r += panel {
			rows, c := min(panel, m-r), p.c.X[r*p.c.Stride+j:]
			x := a[(r-i)*as:]
			if whole > 0 {
				var from start[T]
				if more {
					from = start[T]{c, p.c.Stride, 1}
				}
				p.k.tile(rows, whole, p.once, depth, x, as, ad, b, bs, c, p.c.Stride, from)
			}
			if whole == pad {
				continue
			}
			var from start[T]
			if more {
				from = start[T]{tile, width, 1}
				for r := range rows {
					copy(tile[r*width:], c[r*p.c.Stride+whole:][:n-j-whole])
				}
			}
			ls := bs
			if !p.packB {
				ls = width
			}
			p.k.tile(rows, width, p.once, depth, x, as, ad, last, ls, tile, width, from)
			for r := range rows {
				copy(c[r*p.c.Stride+whole:][:n-j-whole], tile[r*width:])
			}
		}
		more = true
	}
}

// leftRows are rows i to m of alpha·a from column d on, and how far rows and columns are
// apart: in to, or where they lie.
func (p *matrixProduct[T]) leftRows(to []T, i, m, d, depth int) (x []T, as, ad int) {
	s := p.a.Stride
	if !p.packA {
		if p.a.Transposed {
			return p.a.X[d*s+i:], 1, s
		}
		return p.a.X[i*s+d:], s, 1
	}
	as = depth + gap
	if p.a.Transposed {
		p.k.transpose(to, as, p.a.X[d*s+i:], s, depth, m-i)
	} else {
		for r := range m - i {
			copy(to[r*as:][:depth], p.a.X[(i+r)*s+d:])
		}
	}
	if p.alpha != 1 {
		for r := range m - i {
			row := to[r*as:][:depth]
			for q := range row {
				row[q] *= p.alpha
			}
		}
	}
	return to, as, 1
}

// rightRows copies columns j to n of rows d, d+1, … of b into rows stride apart. What is
// right of them stays zero, or whatever numbers were there: nothing of it gets into c.
func (p *matrixProduct[T]) rightRows(to []T, stride, j, n, d, depth int) {
	if j == n {
		return
	}
	s := p.b.Stride
	if p.b.Transposed {
		p.k.transpose(to, stride, p.b.X[j*s+d:], s, n-j, depth)
		return
	}
	for q := range depth {
		copy(to[q*stride:][:n-j], p.b.X[(d+q)*s+j:])
	}
}
