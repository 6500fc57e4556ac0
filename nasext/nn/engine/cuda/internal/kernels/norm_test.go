//go:build cuda && cgo && linux && amd64

package kernels

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
)

// none is no memory: something that is left out.
var none driver.Memory

// shapes are rows and channels: one of each, few, no multiples of 4, and such as are cut up.
var shapes = [][2]int{{1, 1}, {2, 3}, {5, 4}, {70, 12}, {33, 37}, {9, 64}, {1000, 2}, {300, 20}, {260, 33}}

// moments are mean and biased variance of each channel.
func moments(x []float32, rows, c int) (mean, variance []float64) {
	mean, variance = make([]float64, c), make([]float64, c)
	for i, v := range x {
		mean[i%c] += float64(v) / float64(rows)
	}
	for i, v := range x {
		d := float64(v) - mean[i%c]
		variance[i%c] += d * d / float64(rows)
	}
	return mean, variance
}

func TestNorm(t *testing.T) {
	on(t, func(r *rig) {
		for _, s := range shapes {
			for _, offset := range []float32{0, 300} { // far from 0 compared with the deviations
				testNorm(r, Norm{s[0], s[1]}, offset)
			}
		}
	})
}

func testNorm(r *rig, n Norm, offset float32) {
	size, c, m := n.Rows*n.C, n.C, float64(n.Rows)
	x, z, gamma, beta, dy, oldX, oldZ := r.normal(size), r.normal(size), r.normal(c), r.normal(c), r.normal(size), r.normal(size), r.normal(size)
	runMean, runVar := r.normal(c), r.normal(c)
	for i := range x {
		x[i] = x[i]*float32(1+i%c%3) + offset
	}
	for i := range runVar {
		runVar[i] = runVar[i] * runVar[i]
	}
	mean, variance := moments(x, n.Rows, c)
	what := fmt.Sprintf("%+v around %v", n, offset)
	mx, mz, mg, mb, mdy, mrm, mrv := put(r, x), put(r, z), put(r, gamma), put(r, beta), put(r, dy), put(r, runMean), put(r, runVar)
	norm, back, work := r.alloc(n.NormBytes()), r.alloc(n.BackBytes()), r.alloc(n.Work())
	r.run(n.Train(mx, mg, mb, norm, mrm, mrv, work)...)
	got := get[float32](r, norm, 4*c)
	newMean, newVar := get[float32](r, mrm, c), get[float32](r, mrv, c)
	tolerance := sumOf(n.Rows)
	var means, vars, invs []value
	for k := range c {
		means = append(means, value{mean[k], math.Abs(mean[k]) + math.Sqrt(variance[k])})
		vars = append(vars, value{variance[k], variance[k]})
		inv := 1 / math.Sqrt(variance[k]+engine.BatchNormEps)
		invs = append(invs, value{inv, inv})
	}
	r.near("mean of "+what, got[:c], means, tolerance)
	r.near("inv of "+what, got[c:2*c], invs, tolerance)
	for k := range c {
		unbiased := variance[k]
		if m > 1 {
			unbiased *= m / (m - 1)
		}
		means[k].x = (1-engine.BatchNormMomentum)*float64(runMean[k]) + engine.BatchNormMomentum*mean[k]
		means[k].size += math.Abs(float64(runMean[k]))
		vars[k] = value{(1-engine.BatchNormMomentum)*float64(runVar[k]) + engine.BatchNormMomentum*unbiased, float64(runVar[k]) + unbiased}
	}
	r.near("running mean of "+what, newMean, means, tolerance)
	r.near("running variance of "+what, newVar, vars, tolerance)

	for _, rectify := range []bool{false, true} {
		my, mdx, mdz := r.alloc(int64(4*size)), put(r, oldX), put(r, oldZ)
		r.run(n.Apply(mx, norm, mz, my, rectify))
		// What follows takes the moments as they are, so that the reference sees the same deviations.
		y := make([]value, size)
		xhat := func(i int) float64 { return (float64(x[i]) - float64(got[i%c])) * float64(got[c+i%c]) }
		for i := range y {
			k := i % c
			f := float64(gamma[k]) * float64(got[c+k])
			y[i].add(f * float64(x[i]))
			y[i].add(-f * float64(got[k]))
			y[i].add(float64(beta[k]))
			y[i].add(float64(z[i]))
			if rectify {
				y[i].x = max(y[i].x, 0)
			}
		}
		out := get[float32](r, my, size)
		r.near("y of "+what, out, y, sumOf(1))

		passed := none
		if rectify {
			passed = my
		}
		mdg, mdb := r.alloc(int64(4*c)), r.alloc(int64(4*c))
		learn := n.Learn(mdy, passed, mx, norm, mdg, mdb, back, work)
		r.run(learn...)
		r.same("dγ of "+what, mdg, c, learn...)
		r.run(n.Back(mdy, passed, mx, norm, back, mdx, true, mdz, true))
		dg, db, d := make([]value, c), make([]value, c), make([]float64, size)
		for i := range d {
			if d[i] = float64(dy[i]); rectify && out[i] <= 0 {
				d[i] = 0
			}
			dg[i%c].add(d[i] * xhat(i))
			db[i%c].add(d[i])
		}
		r.near("dγ of "+what, get[float32](r, mdg, c), dg, tolerance)
		r.near("dβ of "+what, get[float32](r, mdb, c), db, tolerance)
		dx, dz := make([]value, size), make([]value, size)
		for i := range dx {
			f := float64(gamma[i%c]) * float64(got[c+i%c])
			dx[i].add(float64(oldX[i]))
			dx[i].add(f * d[i])
			dx[i].add(-f * db[i%c].x / m)
			dx[i].add(-f * xhat(i) * dg[i%c].x / m)
			dx[i].size += math.Abs(f) * (db[i%c].size + math.Abs(xhat(i))*dg[i%c].size) / m
			dz[i].add(float64(oldZ[i]))
			dz[i].add(d[i])
		}
		r.near("dx of "+what, get[float32](r, mdx, size), dx, tolerance)
		r.near("dz of "+what, get[float32](r, mdz, size), dz, sumOf(1))
	}

	r.run(n.Running(mg, mb, norm, mrm, mrv))
	running := get[float32](r, norm, 4*c)
	for k := range c {
		inv := 1 / math.Sqrt(float64(newVar[k])+engine.BatchNormEps)
		f := float64(gamma[k]) * inv
		r.near("running norm of "+what, []float32{running[k], running[c+k], running[2*c+k], running[3*c+k]},
			[]value{{float64(newMean[k]), 0}, {inv, inv}, {f, math.Abs(f)}, {float64(beta[k]) - float64(newMean[k])*f, math.Abs(float64(beta[k])) + math.Abs(float64(newMean[k])*f)}}, sumOf(1))
	}
}

func TestSums(t *testing.T) {
	on(t, func(r *rig) {
		for _, s := range shapes {
			rows, c := s[0], s[1]
			x := r.normal(rows * c)
			want := make([]value, c)
			for i, v := range x {
				want[i%c].add(float64(v))
			}
			sums := ChannelSums{rows, c}
			y, work := r.alloc(int64(4*c)), r.alloc(sums.Work())
			launches := sums.Run(put(r, x), y, work)
			r.run(launches...)
			r.near(fmt.Sprintf("%+v", sums), get[float32](r, y, c), want, sumOf(rows))
			r.same("sums of channels", y, c, launches...)
		}
	})
}

func TestSamples(t *testing.T) {
	on(t, func(r *rig) {
		for _, s := range []Samples{{1, 1, 1}, {3, 4, 5}, {2, 9, 8}, {5, 49, 3}, {3, 16, 36}, {2, 300, 4}} {
			x, gate, by := r.normal(s.size()), r.normal(s.N*s.C), r.normal(s.N)
			what := fmt.Sprintf("%+v", s)
			mx, mg := put(r, x), put(r, gate)
			per := func(i int) int { return i/(s.Pixels*s.C)*s.C + i%s.C }
			mean, sum, spread, gated, scaled := make([]value, s.N*s.C), make([]value, s.N*s.C), make([]value, s.size()), make([]value, s.size()), make([]value, s.size())
			for i := range sum {
				sum[i].add(float64(gate[i]))
			}
			for i, v := range x {
				mean[per(i)].add(float64(v) / float64(s.Pixels))
				sum[per(i)].add(float64(v) * float64(v))
				for _, w := range [][]value{spread, gated, scaled} {
					w[i].add(float64(v))
				}
				spread[i].add(float64(gate[per(i)]) / float64(s.Pixels))
				gated[i].add(float64(v) * float64(gate[per(i)]))
				scaled[i].add(float64(v) * float64(by[i/(s.Pixels*s.C)]))
			}
			y := r.alloc(int64(4 * s.N * s.C))
			r.run(s.Mean(mx, y))
			r.near("mean of "+what, get[float32](r, y, s.N*s.C), mean, sumOf(s.Pixels))
			y = put(r, gate)
			r.run(s.GateBack(mx, mx, y, true))
			r.near("gradient of the gate of "+what, get[float32](r, y, s.N*s.C), sum, sumOf(s.Pixels))
			for name, f := range map[string]struct {
				run  func(y driver.Memory) Launch
				want []value
			}{
				"spread": {func(y driver.Memory) Launch { return s.MeanBack(mg, y, true) }, spread},
				"gate":   {func(y driver.Memory) Launch { return s.Gate(mx, mg, y, true) }, gated},
				"scale":  {func(y driver.Memory) Launch { return s.Scale(mx, put(r, by), y, true) }, scaled},
			} {
				y := put(r, x)
				r.run(f.run(y))
				r.near(name+" of "+what, get[float32](r, y, s.size()), f.want, sumOf(2))
			}
		}
	})
}

func TestTwiceTheSameNorm(t *testing.T) {
	on(t, func(r *rig) {
		n := Norm{500, 6}
		x, ones := put(r, r.normal(3000)), put(r, slices.Repeat([]float32{1}, 6))
		norm, work := r.alloc(n.NormBytes()), r.alloc(n.Work())
		launches := n.Train(x, ones, ones, norm, put(r, r.normal(6)), put(r, r.normal(6)), work)
		r.run(launches...)
		r.same("norm", norm, 24, launches...)
	})
}
