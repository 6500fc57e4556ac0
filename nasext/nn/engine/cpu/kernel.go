package cpu

import "github.com/nascent-go/nascent/nasext/nn/engine"

// width is the number of lanes (samples) that belong together: activations are
// padded to a multiple of it, and sums over lanes are kept in width partial sums, on
// every kind of hardware. A vector register of AVX-512 holds them all.
const width = 16

// panel is the largest number of output channels of a tile.
const panel = 8

// tap is one position of a filter: where its weights begin, and where the pixels that
// they meet do, both counted in numbers.
type tap struct{ a, b int32 }

// run is a stretch of n×width numbers of a gradient (at a) and of an activation (at b)
// that are multiplied with each other.
type run struct{ a, b, n, _ int32 }

// start is what a tile's sums begin with: rows ld apart of numbers side by side (step 1),
// or of one for all columns (step 0); zeros if x is nil.
type start[T engine.Float] struct {
	x        []T
	ld, step int
}

// kernels are the inner loops. The tables below say what each has to compute; amd64
// has them in assembly too. They differ between sets only in that assembly multiplies
// and adds with one rounding in tile and dot.
type kernels[T engine.Float] struct {
	name string
	// tile: c[r·ldc+j] = from[r·ldf+j·step] + Σ_taps Σ_d a[tap.a+r·as+d·ad] · b[tap.b+d·bs+j]
	// for r < rows ≤ panel and j < cols, a multiple of width. Taps and depth in that order.
	tile func(rows, cols int, taps []tap, depth int, a []T, as, ad int, b []T, bs int, c []T, ldc int, from start[T])
	// dot: out[4i+j] = Σ_runs Σ dy[run.a+i·ds+…]·x[run.b+j·xs+…] for i < rows ≤ 4 and j < cols ≤ 4.
	dot func(rows, cols int, runs []run, dy []T, ds int, x []T, xs int, out *[16]T)
	// channel: the same for one row and one column of weights, along all strips of a
	// program: dst[strip+j] = (add ? dst[strip+j] : first) + Σ_taps w[tap.a] · src[tap.b+j].
	channel func(p program, w, src, dst []T, add bool, first T)
	// transpose: dst[j·ds+i] = src[i·ss+j] for i < rows and j < cols.
	transpose func(dst []T, ds int, src []T, ss, rows, cols int)
	// maxPool: for each lane the largest of the numbers x[at[i]+lane], i = 0, 1, …, or the
	// last that is NaN; which tells the offset of the first that is.
	maxPool func(y []T, which []int32, x []T, at []int32)
	// maxPoolGrad: dx[at[i]+lane] = (add ? dx : 0) + dy[lane], where which[lane] is at[i],
	// and + 0 elsewhere.
	maxPoolGrad func(dx, dy []T, which, at []int32, add bool)

	// What follows works on slices of equal length, a multiple of width.
	add      func(dst, src []T)                    // dst += src
	plus     func(dst, x, y []T)                   // dst = x + y
	addMul   func(dst, src []T, f T)               // dst += f·src
	affine   func(dst, src []T, f, t T)            // dst = f·src + t
	relu     func(dst, src []T)                    // dst = max(src, 0), NaN stays
	reluGrad func(dst, dy, y []T)                  // dst = y > 0 ? dy : 0
	sum      func(x, mask []T, out *[width]T)      // out[l] = Σ x·mask, lane by lane; mask repeats
	sqdev    func(x, mask []T, t T, out *[width]T) // out[l] = Σ ((x-t)·mask)²
	// normSums: s[l] = Σ dy, p[l] = Σ dy·(x-t)
	normSums func(dy, x []T, t T, s, p *[width]T)
	// normGrad: dst = (f·dy + g + h·(x-t))·mask; mask repeats
	normGrad func(dst, dy, x, mask []T, f, g, h, t T)
}

// portable is the set in plain Go.
func portable[T engine.Float]() *kernels[T] {
	return &kernels[T]{
		name: "portable", tile: tileGo[T], channel: channelGo[T], dot: dotGo[T], transpose: transposeGo[T], maxPool: maxPoolGo[T], maxPoolGrad: maxPoolGradGo[T], add: addGo[T], plus: plusGo[T], addMul: addMulGo[T], affine: affineGo[T], relu: reluGo[T],
		reluGrad: reluGradGo[T], sum: sumGo[T], sqdev: sqdevGo[T], normSums: normSumsGo[T], normGrad: normGradGo[T],
	}
}

func tileGo[T engine.Float](rows, cols int, taps []tap, depth int, a []T, as, ad int, b []T, bs int, c []T, ldc int, from start[T]) {
	for r := 0; r < rows; r++ {
		for j := 0; j < cols; j += 8 {
			o := (*[8]T)(c[r*ldc+j:])
			var c0, c1, c2, c3, c4, c5, c6, c7 T
			switch {
			case from.x == nil:
			case from.step == 0:
				f := from.x[r*from.ld]
				c0, c1, c2, c3, c4, c5, c6, c7 = f, f, f, f, f, f, f, f
			default:
				f := (*[8]T)(from.x[r*from.ld+j:])
				c0, c1, c2, c3, c4, c5, c6, c7 = f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]
			}
			for _, t := range taps {
				ia, ib := int(t.a)+r*as, int(t.b)+j
				for range depth {
					w, v := a[ia], (*[8]T)(b[ib:])
					c0 += w * v[0]
					c1 += w * v[1]
					c2 += w * v[2]
					c3 += w * v[3]
					c4 += w * v[4]
					c5 += w * v[5]
					c6 += w * v[6]
					c7 += w * v[7]
					ia += ad
					ib += bs
				}
			}
			o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7] = c0, c1, c2, c3, c4, c5, c6, c7
		}
	}
}

// program is a list of strips: for each where it begins, how many times width numbers it
// has, how many taps reach it, and these, the a and the b of each.
type program struct {
	strips int
	code   []int32
}

func newProgram(s strips, lanes int) program {
	p := program{strips: len(s)}
	for _, t := range s {
		p.code = append(p.code, int32(t.pixel*lanes), int32(t.n*lanes/width), int32(len(t.taps)))
		for _, u := range t.taps {
			p.code = append(p.code, u.a, u.b)
		}
	}
	return p
}

func channelGo[T engine.Float](p program, w, src, dst []T, add bool, first T) {
	code := p.code
	for range p.strips {
		out := dst[code[0]:][:int(code[1])*width]
		taps := code[3:][:2*code[2]]
		code = code[3+len(taps):]
		if !add {
			for j := range out {
				out[j] = first
			}
		}
		for ; len(taps) > 0; taps = taps[2:] {
			f := w[taps[0]]
			for j, v := range src[taps[1]:][:len(out)] {
				out[j] += T(f * v)
			}
		}
	}
}

func dotGo[T engine.Float](rows, cols int, runs []run, dy []T, ds int, x []T, xs int, out *[16]T) {
	for i := 0; i < rows; i++ {
		for j := 0; j < cols; j++ {
			var l [width]T
			for _, r := range runs {
				p, q := dy[i*ds+int(r.a):], x[j*xs+int(r.b):]
				for n := int(r.n); n > 0; n-- {
					u, v := (*[width]T)(p), (*[width]T)(q)
					for k := range l {
						l[k] += u[k] * v[k]
					}
					p, q = p[width:], q[width:]
				}
			}
			out[4*i+j] = fold(&l)
		}
	}
}

func transposeGo[T engine.Float](dst []T, ds int, src []T, ss, rows, cols int) {
	const block = 16 // of rows, so that dst is written in stretches
	for i0 := 0; i0 < rows; i0 += block {
		n := min(block, rows-i0)
		for j := range cols {
			out := dst[j*ds+i0:][:n]
			for i := range out {
				out[i] = src[(i0+i)*ss+j]
			}
		}
	}
}

func maxPoolGo[T engine.Float](y []T, which []int32, x []T, at []int32) {
	copy(y, x[at[0]:int(at[0])+len(y)])
	for l := range which {
		which[l] = at[0]
	}
	for _, off := range at[1:] {
		for l, v := range x[off : int(off)+len(y)] {
			if v > y[l] || v != v {
				y[l], which[l] = v, off
			}
		}
	}
}

func maxPoolGradGo[T engine.Float](dx, dy []T, which, at []int32, add bool) {
	for _, off := range at {
		row := dx[off : int(off)+len(dy)]
		for l, d := range dy {
			if which[l] != off {
				d = 0
			}
			if add {
				d += row[l]
			}
			row[l] = d
		}
	}
}

// fold adds up partial sums, halves first.
func fold[T engine.Float](l *[width]T) T {
	a := *l
	for h := width / 2; h > 0; h /= 2 {
		for k := range h {
			a[k] += a[k+h]
		}
	}
	return a[0]
}

func addGo[T engine.Float](dst, src []T) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] += v
	}
}

func plusGo[T engine.Float](dst, x, y []T) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i, v := range x {
		dst[i] = v + y[i]
	}
}

func addMulGo[T engine.Float](dst, src []T, f T) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] += T(f * v)
	}
}

func affineGo[T engine.Float](dst, src []T, f, t T) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = T(f*v) + t
	}
}

func reluGo[T engine.Float](dst, src []T) {
	src = src[:len(dst)]
	for i, v := range src {
		if 0 > v {
			v = 0
		}
		dst[i] = v
	}
}

func reluGradGo[T engine.Float](dst, dy, y []T) {
	dy, y = dy[:len(dst)], y[:len(dst)]
	for i, v := range y {
		if v > 0 {
			dst[i] = dy[i]
		} else {
			dst[i] = 0
		}
	}
}

func sumGo[T engine.Float](x, mask []T, out *[width]T) {
	*out = [width]T{}
	for len(x) > 0 {
		for m := mask; len(m) > 0; m, x = m[width:], x[width:] {
			u, v := (*[width]T)(x), (*[width]T)(m)
			for k := range out {
				out[k] += T(u[k] * v[k])
			}
		}
	}
}

func sqdevGo[T engine.Float](x, mask []T, t T, out *[width]T) {
	*out = [width]T{}
	for len(x) > 0 {
		for m := mask; len(m) > 0; m, x = m[width:], x[width:] {
			u, v := (*[width]T)(x), (*[width]T)(m)
			for k := range out {
				d := (u[k] - t) * v[k]
				out[k] += T(d * d)
			}
		}
	}
}

func normSumsGo[T engine.Float](dy, x []T, t T, s, p *[width]T) {
	*s, *p = [width]T{}, [width]T{}
	for ; len(x) > 0; x, dy = x[width:], dy[width:] {
		u, v := (*[width]T)(dy), (*[width]T)(x)
		for k := range s {
			s[k] += u[k]
			p[k] += T(u[k] * (v[k] - t))
		}
	}
}

func normGradGo[T engine.Float](dst, dy, x, mask []T, f, g, h, t T) {
	for i := 0; i < len(dst); {
		for m := mask; len(m) > 0; m, i = m[width:], i+width {
			o, u, v, w := (*[width]T)(dst[i:]), (*[width]T)(dy[i:]), (*[width]T)(x[i:]), (*[width]T)(m)
			for k := range o {
				o[k] = (T(f*u[k]) + g + T(h*(v[k]-t))) * w[k]
			}
		}
	}
}
