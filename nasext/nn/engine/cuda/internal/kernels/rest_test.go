//go:build cuda && cgo && linux && amd64

package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
)

func TestMoves(t *testing.T) {
	on(t, func(r *rig) {
		for _, s := range [][3]int{{1, 1, 1}, {2, 3, 70}, {3, 33, 32}, {1, 40, 5}} {
			batch, rows, cols := s[0], s[1], s[2]
			x, old := r.normal(batch*rows*cols), r.normal(batch*rows*cols)
			want := make([]float32, len(x))
			for b := range batch {
				for i := range rows {
					for j := range cols {
						to := (b*cols+j)*rows + i
						want[to] = x[(b*rows+i)*cols+j] + old[to]
					}
				}
			}
			y := put(r, old)
			r.run(Transpose(put(r, x), y, true, batch, rows, cols))
			if !slices.Equal(get[float32](r, y, len(x)), want) {
				r.fail("transposed %v", s)
			}
		}

		x, old, from := r.normal(3*7), r.normal(3*5), []int32{6, -1, 0, 3, 3}
		want := slices.Clone(old)
		for i := range want {
			if f := from[i%5]; f >= 0 {
				want[i] += x[i/5*7+int(f)]
			}
		}
		y := put(r, old)
		r.run(Gather(put(r, x), put(r, from), y, true, 3, 7, 5))
		if !slices.Equal(get[float32](r, y, len(want)), want) {
			r.fail("gathered")
		}

		for _, s := range [][5]int{{8, 4, 12, 0, 4}, {5, 1, 7, 3, 3}, {8, 2, 8, 4, 4}} { // ldx, from, ldy, to, c
			const pixels = 9
			x, old := r.normal(pixels*s[0]), r.normal(pixels*s[2])
			want := slices.Clone(old)
			for p := range pixels {
				for k := range s[4] {
					want[p*s[2]+s[3]+k] += x[p*s[0]+s[1]+k]
				}
			}
			y := put(r, old)
			l, err := Channels(put(r, x), s[0], s[1], y, s[2], s[3], true, pixels, s[4])
			r.check(err)
			r.run(l)
			if !slices.Equal(get[float32](r, y, len(want)), want) {
				r.fail("channels %v", s)
			}
		}
		if _, err := Channels(y, 4, 400, y, 4, 0, false, 1, 4); err == nil {
			t.Error("channels outside of the memory are taken")
		}
	})
}

func TestElementwise(t *testing.T) {
	on(t, func(r *rig) {
		for _, n := range []int{1, 7, 1028} {
			x, z := r.normal(n), r.normal(n)
			mx, mz := put(r, x), put(r, z)
			for name, f := range map[string]struct {
				run  func(y driver.Memory) Launch
				want func(x, z float64) []float64
			}{
				"plus":     {func(y driver.Memory) Launch { return Plus(mx, y, y, true, n) }, func(x, z float64) []float64 { return []float64{max(x+z, 0)} }},
				"scale":    {func(y driver.Memory) Launch { return Scale(mx, y, true, .3, n) }, func(x, z float64) []float64 { return []float64{z, float64(float32(.3)) * x} }},
				"multiply": {func(y driver.Memory) Launch { return Multiply(mx, mz, y, true, n) }, func(x, z float64) []float64 { return []float64{z, x * z} }},
			} {
				want := make([]value, n)
				for i := range want {
					for _, v := range f.want(float64(x[i]), float64(z[i])) {
						want[i].add(v)
					}
					want[i].size += math.Abs(float64(x[i]))
				}
				y := put(r, z)
				r.run(f.run(y))
				r.near(fmt.Sprintf("%s of %d", name, n), get[float32](r, y, n), want, sumOf(1))
			}
		}
	})
}

// The activations and their slopes as they are defined.
func TestActivations(t *testing.T) {
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	ramp := func(x float64) float64 { return min(max(x+3, 0), 6) / 6 }
	for kind, f := range map[arch.Kind]func(x float64) float64{
		arch.ReLU: func(x float64) float64 { return max(x, 0) }, arch.ReLU6: func(x float64) float64 { return min(max(x, 0), 6) },
		arch.Tanh: math.Tanh, arch.Sigmoid: sigmoid, arch.HardSigmoid: ramp,
		arch.SiLU: func(x float64) float64 { return x * sigmoid(x) }, arch.HardSwish: func(x float64) float64 { return x * ramp(x) },
	} {
		on(t, func(r *rig) {
			x, dy, old := r.normal(203), r.normal(203), r.normal(203)
			for i := range x {
				x[i] *= 4
			}
			x[0], x[1] = 90, -90
			y, dx := make([]value, len(x)), make([]value, len(x))
			for i, v := range x {
				y[i].add(f(float64(v)))
				y[i].size++
				const h = 1e-5 // central difference: off by h² and 1e-16/h
				dx[i].add(float64(old[i]))
				dx[i].add(float64(dy[i]) * (f(float64(v)+h) - f(float64(v)-h)) / (2 * h))
				dx[i].size += math.Abs(float64(dy[i])) * (1 + math.Abs(float64(v)))
			}
			mx, my, mdx := put(r, x), r.alloc(4*203), put(r, old)
			l, err := Activation(kind, mx, my, len(x))
			r.check(err)
			r.run(l)
			r.near(string(kind), get[float32](r, my, len(x)), y, 3e-7)
			l, err = ActivationBack(kind, put(r, dy), mx, my, mdx, true, len(x))
			r.check(err)
			r.run(l)
			r.near("gradient of "+string(kind), get[float32](r, mdx, len(x)), dx, 5e-7)

			nan := float32(math.NaN())
			my = r.alloc(8)
			l, err = Activation(kind, put(r, []float32{nan}), my, 1)
			r.check(err)
			r.run(l)
			if v := get[float32](r, my, 1)[0]; v == v {
				t.Errorf("%s of NaN is %v", kind, v)
			}
		})
	}
	if _, err := Activation(arch.Conv, none, none, 1); err == nil {
		t.Error("a convolution passes for an activation")
	}
}

func TestPool(t *testing.T) {
	on(t, func(r *rig) {
		for i := range 14 {
			p := Pool{N: 1 + r.rng.IntN(3), H: 1 + r.rng.IntN(9), W: 1 + r.rng.IntN(9), C: 1 + r.rng.IntN(6), KH: 1 + r.rng.IntN(4), KW: 1 + r.rng.IntN(4), Stride: 1 + r.rng.IntN(3)}
			p.PadH, p.PadW = r.rng.IntN(p.KH/2+1), r.rng.IntN(p.KW/2+1)
			side := func(n, k, pad int) int { // with ceil now and then: windows may begin in the image and end outside
				m := max(n+2*pad-k, 0)/p.Stride + 1
				if i%2 == 0 && m*p.Stride < n+pad {
					m++
				}
				return m
			}
			p.OutH, p.OutW = side(p.H, p.KH, p.PadH), side(p.W, p.KW, p.PadW)
			testPool(r, p)
		}
		// One window over everything, as large as images are.
		testPool(r, Pool{N: 2, H: 20, W: 20, C: 4, OutH: 1, OutW: 1, KH: 20, KW: 20, Stride: 1})
	})
}

func testPool(r *rig, p Pool) {
	what := fmt.Sprintf("%+v", p)
	x, dy, old := r.normal(p.in()), r.normal(p.out()), r.normal(p.in())
	for i := range x {
		x[i] = float32(math.Round(float64(x[i]*2)) / 2) // equal numbers: the first counts
	}
	top, at := make([]float32, p.out()), make([]int, p.out())
	avg, dmax, dmaxed, davg := make([]value, p.out()), make([]value, p.in()), make([]value, p.in()), make([]value, p.in())
	for i, v := range old {
		dmax[i].add(float64(v))
		dmaxed[i].add(float64(v))
		davg[i].add(float64(v))
	}
	for o := range top {
		ch, ox, oy, n := o%p.C, o/p.C%p.OutW, o/p.C/p.OutW%p.OutH, o/p.C/p.OutW/p.OutH
		var under []int
		for v := oy*p.Stride - p.PadH; v < oy*p.Stride-p.PadH+p.KH; v++ {
			for u := ox*p.Stride - p.PadW; u < ox*p.Stride-p.PadW+p.KW; u++ {
				if v >= 0 && v < p.H && u >= 0 && u < p.W {
					under = append(under, ((n*p.H+v)*p.W+u)*p.C+ch)
				}
			}
		}
		top[o], at[o] = x[under[0]], under[0]
		for _, i := range under {
			if x[i] > top[o] {
				top[o], at[o] = x[i], i
			}
			avg[o].add(float64(x[i]) / float64(len(under)))
			davg[i].add(float64(dy[o]) / float64(len(under)))
		}
		dmax[at[o]].add(float64(dy[o]))
		if top[o] > 0 {
			dmaxed[at[o]].add(float64(dy[o]))
		}
	}
	mx, mdy, y, which := put(r, x), put(r, dy), r.alloc(int64(4*p.out())), r.alloc(int64(4*p.out()))
	r.run(p.Max(mx, y, which))
	if !slices.Equal(get[float32](r, y, p.out()), top) {
		r.fail("largest numbers of %s", what)
	}
	dx := put(r, old)
	r.run(p.MaxBack(mdy, none, which, dx, true))
	r.near("gradient of max of "+what, get[float32](r, dx, p.in()), dmax, sumOf(p.KH*p.KW))
	dx = put(r, old)
	r.run(p.MaxBack(mdy, y, which, dx, true))
	r.near("gradient of max of rectified "+what, get[float32](r, dx, p.in()), dmaxed, sumOf(p.KH*p.KW))
	r.run(p.Avg(mx, y))
	r.near("mean of "+what, get[float32](r, y, p.out()), avg, sumOf(p.KH*p.KW))
	dx = put(r, old)
	r.run(p.AvgBack(mdy, dx, true))
	r.near("gradient of mean of "+what, get[float32](r, dx, p.in()), davg, sumOf(p.KH*p.KW))
}

func TestMaxPoolOfNaN(t *testing.T) {
	on(t, func(r *rig) {
		nan := float32(math.NaN())
		p := Pool{N: 1, H: 1, W: 4, C: 1, OutH: 1, OutW: 1, KH: 1, KW: 4, Stride: 1}
		y, which := r.alloc(4), r.alloc(4)
		r.run(p.Max(put(r, []float32{1, nan, nan, 3}), y, which))
		if v, at := get[float32](r, y, 1)[0], get[int32](r, which, 1)[0]; v == v || at != 2 {
			t.Errorf("the largest is %v, number %d; want the last NaN, number 2", v, at)
		}
	})
}

// TestDropout compares with math/rand/v2, whose draws package cpu takes.
func TestDropout(t *testing.T) {
	on(t, func(r *rig) {
		s, rate := Samples{3, 20, 5}, .3
		x, old := r.normal(s.size()), r.normal(s.size())
		var states []uint64
		want := make([]float32, len(x))
		for n := range s.N {
			hi, lo := r.rng.Uint64(), r.rng.Uint64()
			states = append(states, hi, lo)
			draw := rand.New(rand.NewPCG(hi, lo))
			for c := range s.C {
				for p := range s.Pixels {
					i := (n*s.Pixels+p)*s.C + c
					if want[i] = old[i]; draw.Float64() >= rate {
						want[i] += x[i] * float32(1/(1-rate))
					}
				}
			}
		}
		y := put(r, old)
		r.run(s.Dropout(put(r, x), put(r, states), rate, y, true))
		got := get[float32](r, y, len(x))
		for i := range got {
			if math.Abs(float64(got[i]-want[i])) > 1e-5 { // a device may fuse the addition
				r.fail("number %d is %v, want %v", i, got[i], want[i])
			}
		}
	})
}

func TestMix(t *testing.T) {
	on(t, func(r *rig) {
		for i, gate := range arch.Gates() {
			testMix(r, gate, 11, 30, 4*(i%2)+3)
			testMix(r, gate, 3, 70, 8)
		}
	})
}

// testMix mixes inputs, every other of which is normalised, and the last two of which are one; a second mixture stands before the one that is used.
func testMix(r *rig, gate arch.Gate, count, rows, c int) {
	what := fmt.Sprintf("mix of %d with gate %s", count, gate)
	const before = 2
	alpha := r.normal(before + count)
	if gate == arch.Sparse {
		for k := range alpha {
			alpha[k] *= float32(k % 3)
		}
	}
	number, err := GateNumber(gate)
	r.check(err)
	m := Mixtures{put(r, alpha), put(r, []int32{0, before, int32(before + count)}), put(r, []int32{0, number}), 2, r.alloc(int64(8 * len(alpha))), r.alloc(int64(8 * len(alpha)))}
	r.run(m.Weigh())
	w := make([]float64, count)
	var sum float64
	for k, a := range alpha[before:] {
		switch gate {
		case arch.Softmax:
			w[k] = math.Exp(float64(a))
		case arch.Logistic:
			w[k] = 1 / (1 + math.Exp(-float64(a)))
		default:
			w[k] = float64(a)
		}
		sum += w[k]
	}
	for k := range w {
		if gate == arch.Softmax {
			w[k] /= sum
		}
	}
	for k, v := range get[float64](r, m.W, before+count)[before:] {
		if math.Abs(v-w[k]) > 1e-14*(1+math.Abs(w[k])) {
			r.fail("%s: weight %d is %v, want %v", what, k, v, w[k])
		}
	}

	size := rows * c
	dy, y := r.normal(size), make([]value, size)
	xs, norms := make([][]float32, count), make([][]float32, count)
	table := make([]Part, count)
	olds := make([][]float32, count)
	for k := range table {
		xs[k], olds[k] = r.normal(size), r.normal(size)
		p := Part{X: put(r, xs[k]), DX: put(r, olds[k]), Add: k%3 != 0, Place: before + k}
		if k == count-1 {
			xs[k], p.X, p.DX, p.Add = xs[k-1], table[k-1].X, table[k-1].DX, true
		}
		norms[k] = slices.Concat(make([]float32, c), slices.Repeat([]float32{1}, 2*c), make([]float32, c)) // changes nothing
		if k%2 == 1 {
			norms[k] = r.normal(4 * c)
			gamma := r.normal(c)
			for ch := range c { // f = γ·inv, t = β - mean·f
				norms[k][2*c+ch] = gamma[ch] * norms[k][c+ch]
			}
			p.Norm, p.DGamma, p.DBeta, p.Back = put(r, norms[k]), r.alloc(int64(4*c)), r.alloc(int64(4*c)), r.alloc(int64(12*c))
		}
		if k == 2 && count > 4 {
			p.DX = none
		}
		table[k] = p
		for i, x := range xs[k] {
			y[i].add(w[k] * float64(norms[k][2*c+i%c]) * float64(x))
			y[i].add(w[k] * float64(norms[k][3*c+i%c]))
		}
	}
	for i := range y {
		y[i].x = max(y[i].x, 0)
	}
	mix := Mix{put(r, Table(table)), count, rows, c, gate == arch.Sparse, m.W}
	my, mdy, work := r.alloc(int64(4*size)), put(r, dy), r.alloc(mix.Work())
	r.run(mix.Forward(my, true))
	out := get[float32](r, my, size)
	r.near(what, out, y, sumOf(count))
	r.run(mix.Back(mdy, my, m.DW, work)...)
	dalpha := r.alloc(int64(4 * len(alpha)))
	r.run(m.Learn(dalpha))

	dw, dwSize := make([]float64, count), 0.
	var grad []value // of the input that is under work
	for k, p := range table {
		off := gate == arch.Sparse && w[k] == 0
		s, q := make([]value, c), make([]value, c)
		n := norms[k]
		for i := range xs[k] {
			d := float64(dy[i])
			if out[i] <= 0 || off {
				d = 0
			}
			s[i%c].add(d)
			q[i%c].add(d * (float64(xs[k][i]) - float64(n[i%c])))
			dw[k] += d * (float64(n[2*c+i%c])*float64(xs[k][i]) + float64(n[3*c+i%c]))
			dwSize += math.Abs(d) * (math.Abs(float64(n[2*c+i%c])*float64(xs[k][i])) + math.Abs(float64(n[3*c+i%c])))
		}
		dg, db := make([]value, c), make([]value, c)
		for ch := range c {
			inv := float64(n[c+ch])
			dg[ch], db[ch] = value{w[k] * q[ch].x * inv, math.Abs(w[k]*inv) * q[ch].size}, value{w[k] * s[ch].x, math.Abs(w[k]) * s[ch].size}
		}
		if p.Norm != none {
			r.near(what+": dγ", get[float32](r, p.DGamma, c), dg, sumOf(rows))
			r.near(what+": dβ", get[float32](r, p.DBeta, c), db, sumOf(rows))
		}
		if p.DX == none {
			continue
		}
		if k < count-1 || k == 0 {
			grad = make([]value, size)
		}
		for i := range grad {
			ch, d := i%c, float64(dy[i])
			if p.Add && k < count-1 {
				grad[i].add(float64(olds[k][i]))
			}
			if off {
				continue
			}
			if out[i] <= 0 {
				d = 0
			}
			f, inv := float64(n[2*c+ch]), float64(n[c+ch])
			if p.Norm == none {
				grad[i].add(w[k] * d)
				continue
			}
			xh := (float64(xs[k][i]) - float64(n[ch])) * inv
			grad[i].add(w[k] * f * d)
			grad[i].add(-f * db[ch].x / float64(rows))
			grad[i].add(-f * xh * dg[ch].x / float64(rows))
			grad[i].size += math.Abs(f) * (db[ch].size + math.Abs(xh)*dg[ch].size) / float64(rows)
		}
		if k < count-2 || k == count-1 {
			r.near(fmt.Sprintf("%s: dx of %d", what, k), get[float32](r, p.DX, size), grad, sumOf(rows))
		}
	}
	want := make([]value, count)
	var mean float64
	for k := range dw {
		mean += w[k] * dw[k]
	}
	for k := range want {
		want[k] = value{dw[k], dwSize}
		switch gate {
		case arch.Softmax:
			want[k].x = w[k] * (dw[k] - mean)
		case arch.Logistic:
			want[k].x *= w[k] * (1 - w[k])
		}
	}
	r.near(what+": dα", get[float32](r, dalpha, before+count)[before:], want, sumOf(rows))
}
