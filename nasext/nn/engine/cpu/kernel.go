package cpu

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
type start struct {
	x        []float32
	ld, step int
}

// kernels are the inner loops. The tables below say what each has to compute; amd64
// has them in assembly too. They differ between sets only in that assembly multiplies
// and adds with one rounding in tile and dot.
type kernels struct {
	name string
	// tile: c[r·ldc+j] = from[r·ldf+j·step] + Σ_taps Σ_d a[tap.a+r·as+d·ad] · b[tap.b+d·bs+j]
	// for r < rows ≤ panel and j < cols, a multiple of width. Taps and depth in that order.
	tile func(rows, cols int, taps []tap, depth int, a []float32, as, ad int, b []float32, bs int, c []float32, ldc int, from start)
	// dot: out[4i+j] = Σ_runs Σ dy[run.a+i·ds+…]·x[run.b+j·xs+…] for i < rows ≤ 4 and j < cols ≤ 4.
	dot func(rows, cols int, runs []run, dy []float32, ds int, x []float32, xs int, out *[16]float32)
	// channel: the same for one row and one column of weights, along all strips of a
	// program: dst[strip+j] = (add ? dst[strip+j] : first) + Σ_taps w[tap.a] · src[tap.b+j].
	channel func(p program, w, src, dst []float32, add bool, first float32)
	// transpose: dst[j·ds+i] = src[i·ss+j] for i < rows and j < cols.
	transpose func(dst []float32, ds int, src []float32, ss, rows, cols int)
	// maxPool: for each lane the largest of the numbers x[at[i]+lane], i = 0, 1, …, or the
	// last that is NaN; which tells the offset of the first that is.
	maxPool func(y []float32, which []int32, x []float32, at []int32)
	// maxPoolGrad: dx[at[i]+lane] = (add ? dx : 0) + dy[lane], where which[lane] is at[i],
	// and + 0 elsewhere.
	maxPoolGrad func(dx, dy []float32, which, at []int32, add bool)

	// What follows works on slices of equal length, a multiple of width.
	add      func(dst, src []float32)                                // dst += src
	plus     func(dst, x, y []float32)                               // dst = x + y
	addMul   func(dst, src []float32, f float32)                     // dst += f·src
	affine   func(dst, src []float32, f, t float32)                  // dst = f·src + t
	relu     func(dst, src []float32)                                // dst = max(src, 0), NaN stays
	reluGrad func(dst, dy, y []float32)                              // dst = y > 0 ? dy : 0
	sum      func(x, mask []float32, out *[width]float32)            // out[l] = Σ x·mask, lane by lane; mask repeats
	sqdev    func(x, mask []float32, t float32, out *[width]float32) // out[l] = Σ ((x-t)·mask)²
	// normSums: s[l] = Σ dy, p[l] = Σ dy·(x-t)
	normSums func(dy, x []float32, t float32, s, p *[width]float32)
	// normGrad: dst = (f·dy + g + h·(x-t))·mask; mask repeats
	normGrad func(dst, dy, x, mask []float32, f, g, h, t float32)
}

// portable is the set in plain Go.
func portable() *kernels {
	return &kernels{
		name: "portable", tile: tileGo, channel: channelGo, dot: dotGo, transpose: transposeGo, maxPool: maxPoolGo, maxPoolGrad: maxPoolGradGo, add: addGo, plus: plusGo, addMul: addMulGo, affine: affineGo, relu: reluGo,
		reluGrad: reluGradGo, sum: sumGo, sqdev: sqdevGo, normSums: normSumsGo, normGrad: normGradGo,
	}
}

func tileGo(rows, cols int, taps []tap, depth int, a []float32, as, ad int, b []float32, bs int, c []float32, ldc int, from start) {
	for r := 0; r < rows; r++ {
		for j := 0; j < cols; j += 8 {
			o := (*[8]float32)(c[r*ldc+j:])
			var c0, c1, c2, c3, c4, c5, c6, c7 float32
			switch {
			case from.x == nil:
			case from.step == 0:
				f := from.x[r*from.ld]
				c0, c1, c2, c3, c4, c5, c6, c7 = f, f, f, f, f, f, f, f
			default:
				f := (*[8]float32)(from.x[r*from.ld+j:])
				c0, c1, c2, c3, c4, c5, c6, c7 = f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]
			}
			for _, t := range taps {
				ia, ib := int(t.a)+r*as, int(t.b)+j
				for range depth {
					w, v := a[ia], (*[8]float32)(b[ib:])
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

func channelGo(p program, w, src, dst []float32, add bool, first float32) {
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
				out[j] += float32(f * v)
			}
		}
	}
}

func dotGo(rows, cols int, runs []run, dy []float32, ds int, x []float32, xs int, out *[16]float32) {
	for i := 0; i < rows; i++ {
		for j := 0; j < cols; j++ {
			var l [width]float32
			for _, r := range runs {
				p, q := dy[i*ds+int(r.a):], x[j*xs+int(r.b):]
				for n := int(r.n); n > 0; n-- {
					u, v := (*[width]float32)(p), (*[width]float32)(q)
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

func transposeGo(dst []float32, ds int, src []float32, ss, rows, cols int) {
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

func maxPoolGo(y []float32, which []int32, x []float32, at []int32) {
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

func maxPoolGradGo(dx, dy []float32, which, at []int32, add bool) {
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
func fold(l *[width]float32) float32 {
	a := *l
	for h := width / 2; h > 0; h /= 2 {
		for k := range h {
			a[k] += a[k+h]
		}
	}
	return a[0]
}

func addGo(dst, src []float32) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] += v
	}
}

func plusGo(dst, x, y []float32) {
	x, y = x[:len(dst)], y[:len(dst)]
	for i, v := range x {
		dst[i] = v + y[i]
	}
}

func addMulGo(dst, src []float32, f float32) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] += float32(f * v)
	}
}

func affineGo(dst, src []float32, f, t float32) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = float32(f*v) + t
	}
}

func reluGo(dst, src []float32) {
	src = src[:len(dst)]
	for i, v := range src {
		if 0 > v {
			v = 0
		}
		dst[i] = v
	}
}

func reluGradGo(dst, dy, y []float32) {
	dy, y = dy[:len(dst)], y[:len(dst)]
	for i, v := range y {
		if v > 0 {
			dst[i] = dy[i]
		} else {
			dst[i] = 0
		}
	}
}

func sumGo(x, mask []float32, out *[width]float32) {
	*out = [width]float32{}
	for len(x) > 0 {
		for m := mask; len(m) > 0; m, x = m[width:], x[width:] {
			u, v := (*[width]float32)(x), (*[width]float32)(m)
			for k := range out {
				out[k] += float32(u[k] * v[k])
			}
		}
	}
}

func sqdevGo(x, mask []float32, t float32, out *[width]float32) {
	*out = [width]float32{}
	for len(x) > 0 {
		for m := mask; len(m) > 0; m, x = m[width:], x[width:] {
			u, v := (*[width]float32)(x), (*[width]float32)(m)
			for k := range out {
				d := (u[k] - t) * v[k]
				out[k] += float32(d * d)
			}
		}
	}
}

func normSumsGo(dy, x []float32, t float32, s, p *[width]float32) {
	*s, *p = [width]float32{}, [width]float32{}
	for ; len(x) > 0; x, dy = x[width:], dy[width:] {
		u, v := (*[width]float32)(dy), (*[width]float32)(x)
		for k := range s {
			s[k] += u[k]
			p[k] += float32(u[k] * (v[k] - t))
		}
	}
}

func normGradGo(dst, dy, x, mask []float32, f, g, h, t float32) {
	for i := 0; i < len(dst); {
		for m := mask; len(m) > 0; m, i = m[width:], i+width {
			o, u, v, w := (*[width]float32)(dst[i:]), (*[width]float32)(dy[i:]), (*[width]float32)(x[i:]), (*[width]float32)(m)
			for k := range o {
				o[k] = (float32(f*u[k]) + g + float32(h*(v[k]-t))) * w[k]
			}
		}
	}
}
