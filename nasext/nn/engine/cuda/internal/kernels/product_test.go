//go:build cuda && cgo && linux && amd64

package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
)

func TestDivisors(t *testing.T) {
	div := func(n, d int) int {
		mul, shift := divisor(d)
		return int((uint32(uint64(uint32(n))*uint64(mul)>>32) + uint32(n)) >> shift)
	}
	check := func(n, d int) {
		if got := div(n, d); got != n/d {
			t.Fatalf("%d / %d = %d, want %d", n, d, got, n/d)
		}
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for d := 1; d < 3000; d++ {
		for _, n := range []int{0, 1, d - 1, d, d + 1, 7 * d, 7*d - 1, math.MaxInt32, math.MaxInt32 / d * d, math.MaxInt32/d*d - 1} {
			check(max(n, 0), d)
		}
	}
	for range 200000 {
		check(int(rng.Uint32()>>(1+rng.IntN(31))), 1+int(rng.Uint32()>>(1+rng.IntN(31))))
	}
}

// convolution is the reference: loops over what a convolution is defined by. It calls f with the places of an input, a filter's number and
// an output that belong together.
func (c Conv) each(f func(x, w, y int)) {
	ci, co := c.C/c.Groups, c.Out/c.Groups
	for n := range c.N {
		for oy := range c.OutH {
			for ox := range c.OutW {
				for r := range c.KH {
					for s := range c.KW {
						iy, ix := oy*c.StrideH+r*c.Dilation-c.PadH, ox*c.StrideW+s*c.Dilation-c.PadW
						if iy < 0 || iy >= c.H || ix < 0 || ix >= c.W {
							continue
						}
						for o := range c.Out {
							for i := range ci {
								f(((n*c.H+iy)*c.W+ix)*c.C+o/co*ci+i, ((r*c.KW+s)*ci+i)*c.Out+o, ((n*c.OutH+oy)*c.OutW+ox)*c.Out+o)
							}
						}
					}
				}
			}
		}
	}
}

// cutsOf are ways to compute a product, and the one that is chosen.
func cutsOf(tiles ...tile) []cut {
	all := []cut{{}}
	for _, t := range tiles {
		for _, parts := range []int{1, 3} {
			all = append(all, cut{t, parts})
		}
	}
	return all
}

// rounding is how far off a product of two numbers may be besides.
func rounding(tensor bool) float64 {
	if tensor {
		return math.Exp2(-10) // each factor is off by 2⁻¹¹ at most
	}
	return 0
}

func testConv(r *rig, c Conv, cuts []cut) {
	nx, nw, ny := c.N*c.H*c.W*c.C, c.KH*c.KW*c.C/c.Groups*c.Out, c.N*c.OutH*c.OutW*c.Out
	x, w, bias, dy, old := r.normal(nx), r.normal(nw), r.normal(c.Out), r.normal(ny), r.normal(nx)
	y, dx, dw := make([]value, ny), make([]value, nx), make([]value, nw)
	for i := range y {
		y[i].add(float64(bias[i%c.Out]))
	}
	for i := range dx {
		dx[i].add(float64(old[i]))
	}
	c.each(func(i, j, k int) {
		y[k].add(float64(x[i]) * float64(w[j]))
		dx[i].add(float64(dy[k]) * float64(w[j]))
		dw[j].add(float64(x[i]) * float64(dy[k]))
	})
	for i := range y {
		y[i].x = max(y[i].x, 0)
	}
	mx, mw, mb, mdy := put(r, x), put(r, w), put(r, bias), put(r, dy)
	for _, k := range cuts {
		what := fmt.Sprintf("%+v in %s, %d parts", c, k.name, k.parts)
		my, mdx, mdw := r.alloc(int64(4*ny)), put(r, old), r.alloc(int64(4*nw))
		work := r.alloc(max(c.Work(), int64(4*k.parts*max(nx, nw, ny))))
		forward, gradient := c.Forward(mx, mw, mb, my, true, work), c.Gradient(mx, mdy, mdw, work)
		backward := c.Backward(mdy, mw, mdx, true, work)
		if k.parts > 0 {
			forward, gradient = c.forwardBy(k, mx, mw, mb, my, true, work), c.gradientBy(k, mx, mdy, mdw, work)
			backward = c.backwardBy(k, mdy, mw, mdx, true, work)
		}
		extra := rounding(c.Tensor)
		r.run(forward...)
		r.near("forward "+what, get[float32](r, my, ny), y, sumOf(c.forward().places)+extra)
		r.run(backward...)
		r.near("backward "+what, get[float32](r, mdx, nx), dx, sumOf(c.backward().places)+extra)
		r.run(gradient...)
		r.near("gradient "+what, get[float32](r, mdw, nw), dw, sumOf(c.gradient().places)+extra)
		r.same(what, my, ny, forward...)
		r.same(what, mdw, nw, gradient...)
		for _, m := range []driver.Memory{my, mdx, mdw, work} {
			r.check(r.th.Free(m))
		}
	}
	for _, m := range []driver.Memory{mx, mw, mb, mdy} {
		r.check(r.th.Free(m))
	}
}

// randomConv is a convolution of channels that are multiples of so many.
func randomConv(rng *rand.Rand, multiple int) Conv {
	for {
		g := 1 + rng.IntN(3)*rng.IntN(2)
		c := Conv{N: 1 + rng.IntN(3), H: 1 + rng.IntN(9), W: 1 + rng.IntN(9), KH: 1 + rng.IntN(5), KW: 1 + rng.IntN(5), StrideH: 1 + rng.IntN(3), StrideW: 1 + rng.IntN(3),
			Dilation: 1 + rng.IntN(2), Groups: g, C: g * multiple * (1 + rng.IntN(5)), Out: g * multiple * (1 + rng.IntN(5))}
		c.PadH, c.PadW = rng.IntN(c.KH+1), rng.IntN(c.KW+1)
		side := func(n, k, pad, stride int) int { return (n+pad+rng.IntN(pad+1)-c.Dilation*(k-1)-1)/stride + 1 } // less padding behind the image now and then
		c.OutH, c.OutW = side(c.H, c.KH, c.PadH, c.StrideH), side(c.W, c.KW, c.PadW, c.StrideW)
		if c.OutH > 0 && c.OutW > 0 && c.H+2*c.PadH >= c.Dilation*(c.KH-1)+1 && c.W+2*c.PadW >= c.Dilation*(c.KW-1)+1 {
			return c
		}
	}
}

func TestConv(t *testing.T) {
	on(t, func(r *rig) {
		for range 10 {
			testConv(r, randomConv(r.rng, 1), cutsOf(small))
		}
		for i := range 8 {
			c := randomConv(r.rng, 4)
			testConv(r, c, cutsOf(append(tiles, small)...))
			if i < 3 {
				c.Tensor = true
				testConv(r, c, cutsOf(tensorTiles...))
			}
		}
	})
}

// Whole tiles and more than one of each.
func TestConvLarge(t *testing.T) {
	on(t, func(r *rig) {
		c := Conv{N: 1, H: 13, W: 11, C: 36, OutH: 13, OutW: 11, Out: 72, KH: 1, KW: 1, StrideH: 1, StrideW: 1, Dilation: 1, Groups: 1}
		testConv(r, c, cutsOf(tiles...))
		c.Tensor = true
		testConv(r, c, cutsOf(tensorTiles...))
		// A linear layer.
		testConv(r, Conv{N: 33, H: 1, W: 1, C: 70, OutH: 1, OutW: 1, Out: 10, KH: 1, KW: 1, StrideH: 1, StrideW: 1, Dilation: 1, Groups: 1}, []cut{{}})
	})
}

// A convolution of 1×1 as products of matrices.
func TestConvWide(t *testing.T) {
	c := Conv{N: 64, H: 32, W: 32, C: 256, OutH: 32, OutW: 32, Out: 256, KH: 1, KW: 1, StrideH: 1, StrideW: 1, Dilation: 1, Groups: 1}
	narrow, moving := c, c
	narrow.Out = 16
	moving.StrideH, moving.StrideW, moving.OutH, moving.OutW = 2, 2, 16, 16
	if !c.wide(NN) || !c.wide(NT) || narrow.wide(NN) || moving.wide(NN) {
		t.Error("of convolutions of 1×1, wide ones are products of matrices, those of few channels and those with a stride are not")
	}
	on(t, func(r *rig) {
		c := Conv{N: 2, H: 3, W: 5, C: 12, OutH: 3, OutW: 5, Out: 20, KH: 1, KW: 1, StrideH: 1, StrideW: 1, Dilation: 1, Groups: 1}
		nx, ny, nw := 2*15*12, 2*15*20, 12*20
		x, w, dy := put(r, r.normal(nx)), put(r, r.normal(nw)), put(r, r.normal(ny))
		same := func(what string, n int, conv, matrix func(to, work driver.Memory) []Launch) {
			a, b, work := r.alloc(int64(4*n)), r.alloc(int64(4*n)), r.alloc(1<<16)
			r.run(conv(a, work)...)
			r.run(matrix(b, work)...)
			var want []value
			for _, v := range get[float32](r, a, n) {
				want = append(want, value{float64(v), 30})
			}
			r.near(what, get[float32](r, b, n), want, sumOf(30))
		}
		same("forward", ny, func(y, work driver.Memory) []Launch { return c.Forward(x, w, none, y, true, work) },
			func(y, work driver.Memory) []Launch { return c.matrix(NN).Run(x, w, y, none, false, true, work) })
		same("backward", nx, func(dx, work driver.Memory) []Launch { return c.Backward(dy, w, dx, false, work) },
			func(dx, work driver.Memory) []Launch { return c.matrix(NT).Run(dy, w, dx, none, false, false, work) })
		same("gradient", nw, func(dw, work driver.Memory) []Launch { return c.Gradient(x, dy, dw, work) },
			func(dw, work driver.Memory) []Launch { return c.matrix(TN).Run(x, dy, dw, none, false, false, work) })
	})
}

func TestDepthwise(t *testing.T) {
	on(t, func(r *rig) {
		for i := range 12 {
			c := randomConv(r.rng, 1+3*(i%2))
			c.Out, c.Groups = c.C, c.C
			testConv(r, c, []cut{{}})
		}
		c := Conv{N: 2, H: 40, W: 40, C: 8, OutH: 40, OutW: 40, Out: 8, KH: 3, KW: 3, StrideH: 1, StrideW: 1, Dilation: 1, PadH: 1, PadW: 1, Groups: 8}
		if c.pixels().count < 2 {
			t.Error("the gradient is not cut up")
		}
		testConv(r, c, []cut{{}})
	})
}

func TestGemm(t *testing.T) {
	on(t, func(r *rig) {
		for i := range 15 {
			g := Gemm{Form: []Form{NN, NT, TN}[i%3], M: 1 + r.rng.IntN(150), N: 1 + r.rng.IntN(150), K: 1 + r.rng.IntN(60)}
			four := i >= 6
			if four {
				g.M, g.N, g.K = g.M*4/3/4*4+4, g.N/4*4+4, g.K/4*4+4
			}
			g.LDA, g.LDB, g.LDC = g.K+8, g.N+4, g.N+12
			if g.Form == NT {
				g.LDB = g.K + 4
			}
			if g.Form == TN {
				g.LDA = g.M + 4
			}
			testGemm(r, g, map[bool][]cut{false: cutsOf(small), true: cutsOf(append(gemmTiles, small)...)}[four])
			if g.Tensor = four && i > 11; g.Tensor {
				testGemm(r, g, cutsOf(tensorTiles...))
			}
		}
	})
}

func testGemm(r *rig, g Gemm, cuts []cut) {
	ra, rb := g.M, g.K // rows in memory
	switch g.Form {
	case NT:
		rb = g.N
	case TN:
		ra = g.K
	}
	a, b, bias, old := r.normal(ra*g.LDA), r.normal(rb*g.LDB), r.normal(g.N), r.normal(g.M*g.LDC)
	want := make([]value, len(old))
	for i, v := range old {
		if want[i].add(float64(v)); i%g.LDC >= g.N {
			continue
		}
		row, col := i/g.LDC, i%g.LDC
		want[i].add(float64(bias[col]))
		for k := range g.K {
			i, j := row*g.LDA+k, k*g.LDB+col
			if g.Form == NT {
				j = col*g.LDB + k
			}
			if g.Form == TN {
				i = k*g.LDA + row
			}
			want[row*g.LDC+col].add(float64(a[i]) * float64(b[j]))
		}
		want[row*g.LDC+col].x = max(want[row*g.LDC+col].x, 0)
	}
	ma, mb, mbias := put(r, a), put(r, b), put(r, bias)
	for _, k := range cuts {
		c := put(r, old)
		work := r.alloc(max(g.Work(), int64(4*k.parts*g.M*g.N)))
		launches := g.Run(ma, mb, c, mbias, true, true, work)
		if k.parts > 0 {
			launches = g.runBy(k, ma, mb, c, mbias, true, true, work)
		}
		r.run(launches...)
		r.near(fmt.Sprintf("%+v in %s, %d parts", g, k.name, k.parts), get[float32](r, c, len(old)), want, sumOf(g.K)+rounding(g.Tensor))
		for _, m := range []driver.Memory{c, work} {
			r.check(r.th.Free(m))
		}
	}
}
