package cpu

//go:generate go run ./gen

import (
	"golang.org/x/sys/cpu"

	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// everyVectors are the sets in assembly that this processor can run, the best first.
func everyVectors() (single []*kernels[float32], double []*kernels[float64]) {
	x := cpu.X86
	if !x.HasAVX2 || !x.HasFMA {
		return nil, nil
	}
	if x.HasAVX512F && x.HasAVX512VL {
		single, double = append(single, avx512()), append(double, avx512double())
	}
	return append(single, avx2()), append(double, avx2double())
}

// simple are the loops that are the same with AVX2 and AVX-512: memory limits them.
func simple(name string) *kernels[float32] {
	return &kernels[float32]{
		name: name,
		transpose: func(dst []float32, ds int, src []float32, ss, rows, cols int) {
			blocks, i := cols/8, 0
			for ; i+8 <= rows && blocks > 0; i += 8 {
				transposeY8(&dst[i], ds, &src[i*ss], ss, blocks)
				transposeGo(dst[min(8*blocks*ds+i, len(dst)):], ds, src[i*ss+8*blocks:], ss, 8, cols%8)
			}
			if i < rows {
				transposeGo(dst[i:], ds, src[i*ss:], ss, rows-i, cols)
			}
		},
		maxPool: func(y []float32, which []int32, x []float32, at []int32) {
			maxPoolY(&y[0], &which[0], &x[0], &at[0], len(at), len(y)/width)
		},
		maxPoolGrad: func(dx, dy []float32, which, at []int32, add bool) {
			grad := maxPoolSpreadY
			if add {
				grad = maxPoolGradY
			}
			grad(&dx[0], &dy[0], &which[0], &at[0], len(at), len(dy)/width)
		},
		add:    func(dst, src []float32) { addY(&dst[0], &src[0], len(dst)/width) },
		plus:   func(dst, x, y []float32) { plusY(&dst[0], &x[0], &y[0], len(dst)/width) },
		addMul: func(dst, src []float32, f float32) { addMulY(&dst[0], &src[0], len(dst)/width, f) },
		affine: func(dst, src []float32, f, t float32) { affineY(&dst[0], &src[0], len(dst)/width, f, t) },
		relu:   func(dst, src []float32) { reluY(&dst[0], &src[0], len(dst)/width) },
		reluGrad: func(dst, dy, y []float32) {
			reluGradY(&dst[0], &dy[0], &y[0], len(dst)/width)
		},
		sum: func(x, mask []float32, out *[width]float32) {
			sumY(&x[0], &mask[0], len(x)/len(mask), len(mask)/width, &out[0])
		},
		sqdev: func(x, mask []float32, t float32, out *[width]float32) {
			sqdevY(&x[0], &mask[0], len(x)/len(mask), len(mask)/width, &out[0], t)
		},
		normSums: func(dy, x []float32, t float32, s, p *[width]float32) {
			normSumsY(&dy[0], &x[0], len(x)/width, t, &s[0], &p[0])
		},
		normGrad: func(dst, dy, x, mask []float32, f, g, h, t float32) {
			normGradY(&dst[0], &dy[0], &x[0], &mask[0], len(x)/len(mask), len(mask)/width, f, g, h, t)
		},
	}
}

type tileFunc[T engine.Float] func(taps *int32, n, depth int, a *T, as, ad int, b *T, bs int, c *T, ldc int, from *T, ldf, step, blocks int)

// tileSet are tiles of so many columns, by the number of rows; nil where there is none.
type tileSet[T engine.Float] struct {
	cols int
	by   [panel]tileFunc[T]
}

// tileOf takes tiles of all rows, of the first set as long as there are columns for them,
// then of the next.
func tileOf[T engine.Float](sets ...tileSet[T]) func(rows, cols int, taps []tap, depth int, a []T, as, ad int, b []T, bs int, c []T, ldc int, from start[T]) {
	return func(rows, cols int, taps []tap, depth int, a []T, as, ad int, b []T, bs int, c []T, ldc int, from start[T]) {
		first, j := firstTap(taps), 0
		for i := range sets {
			s := &sets[i]
			if n := (cols - j) / s.cols; n > 0 && s.by[rows-1] != nil {
				column := min(j, len(b)-1) // b may be shorter where no tap refers to it
				s.by[rows-1](first, len(taps), depth, &a[0], as, ad, &b[column], bs, &c[j], ldc, from.at(j*from.step), from.ld, from.step, n)
				j += n * s.cols
			}
		}
	}
}

// tileOfFew takes tiles of 16 columns and of as many rows as there are tiles for.
func tileOfFew[T engine.Float](tiles ...tileFunc[T]) func(rows, cols int, taps []tap, depth int, a []T, as, ad int, b []T, bs int, c []T, ldc int, from start[T]) {
	most := len(tiles)
	return func(rows, cols int, taps []tap, depth int, a []T, as, ad int, b []T, bs int, c []T, ldc int, from start[T]) {
		first := firstTap(taps)
		for r := 0; r < rows; r += most {
			tiles[min(most, rows-r)-1](first, len(taps), depth, &a[r*as], as, ad, &b[0], bs, &c[r*ldc], ldc, from.at(r*from.ld), from.ld, from.step, cols/16)
		}
	}
}

type dotFunc[T engine.Float] func(runs *int32, n int, dy *T, ds int, x *T, xs int, out *T)

func dotOf[T engine.Float](dots [4][4]dotFunc[T]) func(rows, cols int, runs []run, dy []T, ds int, x []T, xs int, out *[16]T) {
	return func(rows, cols int, runs []run, dy []T, ds int, x []T, xs int, out *[16]T) {
		dots[rows-1][cols-1](firstRun(runs), len(runs), &dy[0], ds, &x[0], xs, &out[0])
	}
}

// dotOfFew does two rows and two columns at a time.
func dotOfFew[T engine.Float](dots [2][2]dotFunc[T]) func(rows, cols int, runs []run, dy []T, ds int, x []T, xs int, out *[16]T) {
	return func(rows, cols int, runs []run, dy []T, ds int, x []T, xs int, out *[16]T) {
		for i := 0; i < rows; i += 2 {
			for j := 0; j < cols; j += 2 {
				dots[min(2, rows-i)-1][min(2, cols-j)-1](firstRun(runs), len(runs), &dy[i*ds], ds, &x[j*xs], xs, &out[4*i+j])
			}
		}
	}
}

func channelOf[T engine.Float](f func(program *int32, strips int, w, src, dst *T, add int, first T)) func(p program, w, src, dst []T, add bool, first T) {
	return func(p program, w, src, dst []T, add bool, first T) {
		keep := 0
		if add {
			keep = 1
		}
		f(&p.code[0], p.strips, &w[0], &src[0], &dst[0], keep, first)
	}
}

func avx512() *kernels[float32] {
	k := simple("avx512")
	k.tile = tileOf(
		tileSet[float32]{128, [panel]tileFunc[float32]{tileZ1x128}},
		tileSet[float32]{32, [panel]tileFunc[float32]{tileZ1x32, tileZ2x32, tileZ3x32, tileZ4x32, tileZ5x32, tileZ6x32, tileZ7x32, tileZ8x32}},
		tileSet[float32]{16, [panel]tileFunc[float32]{tileZ1x16, tileZ2x16, tileZ3x16, tileZ4x16, tileZ5x16, tileZ6x16, tileZ7x16, tileZ8x16}},
	)
	k.channel = channelOf(channelZ)
	k.dot = dotOf([4][4]dotFunc[float32]{
		{dotZ1x1, dotZ1x2, dotZ1x3, dotZ1x4}, {dotZ2x1, dotZ2x2, dotZ2x3, dotZ2x4},
		{dotZ3x1, dotZ3x2, dotZ3x3, dotZ3x4}, {dotZ4x1, dotZ4x2, dotZ4x3, dotZ4x4},
	})
	return k
}

func avx2() *kernels[float32] {
	k := simple("avx2")
	k.tile = tileOfFew(tileY1x16, tileY2x16, tileY3x16, tileY4x16)
	k.channel = channelOf(channelY)
	k.dot = dotOfFew([2][2]dotFunc[float32]{{dotY1x1, dotY1x2}, {dotY2x1, dotY2x2}})
	return k
}

// In double precision, loops that memory limits are in Go.

func avx512double() *kernels[float64] {
	k := portable[float64]()
	k.name = "avx512"
	k.tile = tileOf(
		tileSet[float64]{64, [panel]tileFunc[float64]{tileDZ1x64}},
		tileSet[float64]{16, [panel]tileFunc[float64]{tileDZ1x16, tileDZ2x16, tileDZ3x16, tileDZ4x16, tileDZ5x16, tileDZ6x16, tileDZ7x16, tileDZ8x16}},
	)
	k.channel = channelOf(channelDZ)
	k.dot = dotOf([4][4]dotFunc[float64]{
		{dotDZ1x1, dotDZ1x2, dotDZ1x3, dotDZ1x4}, {dotDZ2x1, dotDZ2x2, dotDZ2x3, dotDZ2x4},
		{dotDZ3x1, dotDZ3x2, dotDZ3x3, dotDZ3x4}, {dotDZ4x1, dotDZ4x2, dotDZ4x3, dotDZ4x4},
	})
	return k
}

func avx2double() *kernels[float64] {
	k := portable[float64]()
	k.name = "avx2"
	k.tile = tileOfFew(tileDY1x16, tileDY2x16)
	k.channel = channelOf(channelDY)
	k.dot = dotOfFew([2][2]dotFunc[float64]{{dotDY1x1, dotDY1x2}, {dotDY2x1, dotDY2x2}})
	return k
}

// firstTap and firstRun are addresses of lists that may be empty.
func firstTap(taps []tap) *int32 {
	if len(taps) == 0 {
		return nil
	}
	return &taps[0].a
}

func firstRun(runs []run) *int32 {
	if len(runs) == 0 {
		return nil
	}
	return &runs[0].a
}

// at is the address of a number, nil if there are none.
func (s start[T]) at(i int) *T {
	if s.x == nil {
		return nil
	}
	return &s.x[i]
}
