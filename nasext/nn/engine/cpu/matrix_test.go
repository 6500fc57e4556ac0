package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/seed"
)

// randomMatrix is one whose rows are further apart than they are long, as a factor of rows × cols.
func randomMatrix(d *rand.Rand, rows, cols int, transposed bool) Matrix {
	if transposed {
		rows, cols = cols, rows
	}
	stride := cols + d.IntN(4)
	return Matrix{rows, cols, stride, random(d, max(0, (rows-1)*stride+cols)), transposed}
}

func (m MatrixOf[T]) at(i, j int) float64 {
	if m.Transposed {
		i, j = j, i
	}
	return float64(m.X[i*m.Stride+j])
}

// TestMultiply compares with sums in double precision: all sets of loops, numbers of
// threads and shapes, also those whose factors are packed.
func TestMultiply(t *testing.T) {
	draw := seed.Stream(1, "multiply")
	size := func() int {
		return []int{draw.IntN(3), 1 + draw.IntN(20), 1 + draw.IntN(70), 16 * draw.IntN(5)}[draw.IntN(4)]
	}
	for turn := range 300 {
		m, n, k := size(), size(), size()
		if turn%50 == 0 { // more than one block each way
			m, n, k = 520+draw.IntN(40), 260+draw.IntN(40), 500+draw.IntN(600)
		}
		a, b := randomMatrix(draw, m, k, draw.IntN(2) == 0), randomMatrix(draw, k, n, draw.IntN(2) == 0)
		before := randomMatrix(draw, m, n, false)
		alpha, beta := []float32{1, 0, -1.5}[draw.IntN(3)], []float32{0, 1, .5}[draw.IntN(3)]
		if beta == 0 {
			for i := range before.X {
				before.X[i] = float32(math.NaN()) // nobody reads it
			}
		}
		var first []float32
		for _, l := range sets[float32]() {
			c := before
			var one []float32
			for _, threads := range []int{1, 3} {
				c.X = slices.Clone(before.X)
				if err := (&Engine{threads, l}).Multiply(alpha, a, b, beta, c); err != nil {
					t.Fatal(err)
				}
				if one == nil {
					one = c.X
				}
				if !equalBits(one, c.X) {
					t.Fatalf("%s: %d×%d×%d: other bits on %d threads", l.name, m, k, n, threads)
				}
			}
			for i := range m {
				if i+1 < m && !equalBits(c.X[i*c.Stride+n:(i+1)*c.Stride], before.X[i*c.Stride+n:(i+1)*c.Stride]) {
					t.Fatalf("%s: wrote between rows", l.name)
				}
				for j := range n {
					if turn%50 == 0 && (i*n+j)%97 != 0 {
						continue
					}
					var want, size float64
					if beta != 0 {
						want = float64(beta) * before.at(i, j)
						size = math.Abs(want)
					}
					for d := range k {
						v := float64(alpha) * a.at(i, d) * b.at(d, j)
						want, size = want+v, size+math.Abs(v)
					}
					if got := float32(c.at(i, j)); !near(got, want, size) {
						t.Fatalf("%s: %d×%d×%d, alpha %v, beta %v, transposed %v %v: %v at %d, %d, want %v",
							l.name, m, k, n, alpha, beta, a.Transposed, b.Transposed, got, i, j, want)
					}
				}
			}
			if l.name == "portable" {
				continue
			}
			if first == nil {
				first = c.X
			}
			if !equalBits(first, c.X) {
				t.Fatalf("%s: %d×%d×%d has other bits than with the set before", l.name, m, k, n)
			}
		}
	}
}

func equalBits(x, y []float32) bool {
	return slices.EqualFunc(x, y, func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) })
}

// What is no number goes where the definition says, and nowhere else.
func TestMultiplyKeepsNaN(t *testing.T) {
	const m, k, n = 9, 5, 19
	draw := seed.Stream(1, "multiply NaN")
	for _, l := range sets[float32]() {
		for _, bad := range []float64{math.NaN(), math.Inf(1)} {
			a, b, c := randomMatrix(draw, m, k, false), randomMatrix(draw, k, n, true), randomMatrix(draw, m, n, false)
			a.X[3*a.Stride+2] = float32(bad)
			b.X[17*b.Stride+4] = float32(bad)
			if err := (&Engine{1, l}).Multiply(1, a, b, 0, c); err != nil {
				t.Fatal(err)
			}
			for i := range m {
				for j := range n {
					if got, want := c.at(i, j)-c.at(i, j) != 0, i == 3 || j == 17; got != want {
						t.Fatalf("%s: %v at %d, %d", l.name, c.at(i, j), i, j)
					}
				}
			}
		}
	}
}

func TestMultiplyErrors(t *testing.T) {
	x := func(rows, cols int) Matrix {
		return Matrix{Rows: rows, Cols: cols, Stride: cols, X: make([]float32, rows*cols)}
	}
	square, short, narrow, turned := x(4, 4), x(4, 4), x(4, 4), x(4, 4)
	short.X = short.X[:15]
	narrow.Stride = 3
	turned.Transposed = true
	half := Matrix{Rows: 2, Cols: 4, Stride: 4, X: square.X[8:]}
	for _, c := range []struct {
		a, b, c Matrix
		want    string
	}{
		{x(2, 3), x(4, 5), x(2, 5), "a is 2×3 and b is 4×5"},
		{x(2, 3), x(3, 5), x(5, 2), "the product of 2×3 and 3×5 is 2×5, but c is 5×2"},
		{short, x(4, 4), x(4, 4), "a of 4×4 numbers, rows 4 apart, has only 15"},
		{x(4, 4), narrow, x(4, 4), "rows of b begin 3 numbers apart"},
		{x(4, 4), x(4, 4), Matrix{Rows: -1}, "c has -1×0"},
		{x(4, 4), x(4, 4), turned, "c is transposed"},
		{x(2, 4), square, half, "shares memory"},
		{Matrix{Rows: math.MaxInt, Cols: 2, Stride: 2, X: make([]float32, 2)}, x(2, 2), x(2, 2), "has only 2"},
	} {
		err := New(1).Multiply(1, c.a, c.b, 0, c.c)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}

func BenchmarkMultiply(b *testing.B) {
	for _, n := range []int{64, 128, 256, 512, 1024} {
		for _, turned := range []bool{false, true} {
			draw := seed.Stream(1, "multiply bench")
			x, y := Matrix{n, n, n, random(draw, n*n), false}, Matrix{n, n, n, random(draw, n*n), turned}
			z := Matrix{n, n, n, make([]float32, n*n), false}
			e := New(1)
			b.Run(fmt.Sprintf("%d/transposed=%v", n, turned), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := e.Multiply(1, x, y, 0, z); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(2*float64(n*n*n)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOPS")
			})
		}
	}
}
