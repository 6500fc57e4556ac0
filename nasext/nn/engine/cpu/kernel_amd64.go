package cpu

//go:generate go run ./gen

import "golang.org/x/sys/cpu"

// vectors is the best set in assembly that this processor can run; nil if there is none.
func vectors() *kernels[float32] {
	if all := everyVectors(); len(all) > 0 {
		return all[0]
	}
	return nil
}

// everyVectors are the sets in assembly that this processor can run, the best first.
func everyVectors() (all []*kernels[float32]) {
	x := cpu.X86
	if x.HasAVX2 && x.HasFMA {
		if x.HasAVX512F && x.HasAVX512VL {
			all = append(all, avx512())
		}
		all = append(all, avx2())
	}
	return all
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

type tileFunc func(taps *int32, n, depth int, a *float32, as, ad int, b *float32, bs int, c *float32, ldc int, from *float32, ldf, step, blocks int)

type dotFunc func(runs *int32, n int, dy *float32, ds int, x *float32, xs int, out *float32)

func avx512() *kernels[float32] {
	k := simple("avx512")
	wide := [panel]tileFunc{tileZ1x32, tileZ2x32, tileZ3x32, tileZ4x32, tileZ5x32, tileZ6x32, tileZ7x32, tileZ8x32}
	narrow := [panel]tileFunc{tileZ1x16, tileZ2x16, tileZ3x16, tileZ4x16, tileZ5x16, tileZ6x16, tileZ7x16, tileZ8x16}
	k.tile = func(rows, cols int, taps []tap, depth int, a []float32, as, ad int, b []float32, bs int, c []float32, ldc int, from start[float32]) {
		first, j := firstTap(taps), 0
		blocks := func(tile tileFunc, width int) {
			if n := (cols - j) / width; n > 0 {
				column := min(j, len(b)-1) // b may be shorter where no tap refers to it
				tile(first, len(taps), depth, &a[0], as, ad, &b[column], bs, &c[j], ldc, from.at(j*from.step), from.ld, from.step, n)
				j += n * width
			}
		}
		if rows == 1 {
			blocks(tileZ1x128, 128)
		}
		blocks(wide[rows-1], 32)
		blocks(narrow[rows-1], 16)
	}
	k.channel = channelOf(channelZ)
	dots := [4][4]dotFunc{
		{dotZ1x1, dotZ1x2, dotZ1x3, dotZ1x4}, {dotZ2x1, dotZ2x2, dotZ2x3, dotZ2x4},
		{dotZ3x1, dotZ3x2, dotZ3x3, dotZ3x4}, {dotZ4x1, dotZ4x2, dotZ4x3, dotZ4x4},
	}
	k.dot = func(rows, cols int, runs []run, dy []float32, ds int, x []float32, xs int, out *[16]float32) {
		dots[rows-1][cols-1](firstRun(runs), len(runs), &dy[0], ds, &x[0], xs, &out[0])
	}
	return k
}

func avx2() *kernels[float32] {
	k := simple("avx2")
	tiles := [4]tileFunc{tileY1x16, tileY2x16, tileY3x16, tileY4x16}
	k.tile = func(rows, cols int, taps []tap, depth int, a []float32, as, ad int, b []float32, bs int, c []float32, ldc int, from start[float32]) {
		first := firstTap(taps)
		for r := 0; r < rows; r += 4 {
			tiles[min(4, rows-r)-1](first, len(taps), depth, &a[r*as], as, ad, &b[0], bs, &c[r*ldc], ldc, from.at(r*from.ld), from.ld, from.step, cols/16)
		}
	}
	k.channel = channelOf(channelY)
	dots := [2][2]dotFunc{{dotY1x1, dotY1x2}, {dotY2x1, dotY2x2}}
	k.dot = func(rows, cols int, runs []run, dy []float32, ds int, x []float32, xs int, out *[16]float32) {
		for i := 0; i < rows; i += 2 {
			for j := 0; j < cols; j += 2 {
				dots[min(2, rows-i)-1][min(2, cols-j)-1](firstRun(runs), len(runs), &dy[i*ds], ds, &x[j*xs], xs, &out[4*i+j])
			}
		}
	}
	return k
}

func channelOf(f func(program *int32, strips int, w, src, dst *float32, add int, first float32)) func(p program, w, src, dst []float32, add bool, first float32) {
	return func(p program, w, src, dst []float32, add bool, first float32) {
		keep := 0
		if add {
			keep = 1
		}
		f(&p.code[0], p.strips, &w[0], &src[0], &dst[0], keep, first)
	}
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
