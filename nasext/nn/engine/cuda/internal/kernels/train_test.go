//go:build cuda && cgo && linux && amd64

package kernels

import (
	"math"
	"slices"
	"testing"

	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
)

func TestCrossEntropy(t *testing.T) {
	on(t, func(r *rig) {
		for _, s := range []struct {
			n, classes int
			smoothing  float32
			mixed      bool
		}{{1, 1, 0, false}, {5, 10, 0, false}, {6, 100, .1, false}, {7, 33, .2, true}} {
			e := CrossEntropy{s.n, s.classes, s.classes + 3, s.classes + 1, s.smoothing, .4}
			x := r.normal(s.n * e.LD)
			for i := range x {
				x[i] = x[i]*5 + 200 // far above what exp can take
			}
			labels, others, own := make([]int32, s.n), make([]int32, s.n), make([]float32, s.n)
			for i := range labels {
				labels[i], others[i], own[i] = int32(r.rng.IntN(s.classes)), int32(r.rng.IntN(s.classes)), r.rng.Float32()
			}
			mothers, mown := none, none
			if s.mixed {
				mothers, mown = put(r, others), put(r, own)
			} else {
				others = labels
			}
			losses, grads, correct, mean := make([]value, s.n), make([]value, s.n*s.classes), int32(0), 0.
			for i := range labels {
				row := x[i*e.LD:][:s.classes]
				share := map[bool]float64{true: float64(own[i]), false: 1}[s.mixed]
				top, sum := float64(slices.Max(row)), 0.
				for _, v := range row {
					sum += math.Exp(float64(v) - top)
				}
				for c, v := range row {
					target := float64(s.smoothing) / float64(s.classes)
					if int32(c) == labels[i] {
						target += (1 - float64(s.smoothing)) * share
					}
					if int32(c) == others[i] {
						target += (1 - float64(s.smoothing)) * (1 - share)
					}
					losses[i].add(-target * (float64(v) - top - math.Log(sum)))
					p := math.Exp(float64(v)-top) / sum
					grads[i*s.classes+c] = value{float64(e.Weight) * (p - target) / float64(s.n), (p + target) / float64(s.n)}
				}
				losses[i].size += math.Log(sum) + 1
				mean += losses[i].x / float64(s.n)
				counts := labels[i]
				if share < .5 {
					counts = others[i]
				}
				if int32(slices.Index(row, slices.Max(row))) == counts {
					correct++
				}
			}
			loss, right, grad := r.alloc(int64(4*s.n)), r.alloc(int64(4*s.n)), r.alloc(int64(4*s.n*e.LDGrad))
			score := r.alloc(4)
			count := r.alloc(4)
			r.run(e.Run(put(r, x), put(r, labels), mothers, mown, grad, loss, right), Score(loss, right, s.n, score, count))
			r.near("loss", get[float32](r, loss, s.n), losses, 1e-6)
			var got []float32
			for i := range s.n {
				got = append(got, get[float32](r, grad, s.n*e.LDGrad-1)[i*e.LDGrad:][:s.classes]...)
			}
			r.near("gradient", got, grads, 2e-6)
			r.near("mean", get[float32](r, score, 1), []value{{mean, math.Abs(mean) + 1}}, 1e-6)
			if got := get[int32](r, count, 1)[0]; got != correct {
				t.Errorf("%d right answers, want %d", got, correct)
			}
		}
	})
}

// Of equal outputs the first is the answer.
func TestCrossEntropyOfEquals(t *testing.T) {
	on(t, func(r *rig) {
		x := slices.Repeat([]float32{3}, 2*70)
		loss, right := r.alloc(8), r.alloc(8)
		r.run(CrossEntropy{N: 2, Classes: 70, LD: 70}.Run(put(r, x), put(r, []int32{0, 64}), none, none, none, loss, right))
		if got := get[int32](r, right, 2); !slices.Equal(got, []int32{1, 0}) {
			t.Errorf("right: %v", got)
		}
	})
}

// Updates give the bits of package cpu.
func TestUpdates(t *testing.T) {
	on(t, func(r *rig) {
		const n, decayed, limit = 1003, 600, 5
		w, g, v, s := r.normal(n), r.normal(n), r.normal(n), r.normal(n)
		for i := range s {
			s[i] *= s[i]
		}
		var norm float64
		for _, x := range g {
			norm += float64(x) * float64(x)
		}
		norm = math.Sqrt(norm)
		step := Step{Rate: .1, Size: .03, Root: 1.7, Keep: .99, Limit: limit, Clip: 1}
		clipped := slices.Clone(g)
		for i := range clipped {
			clipped[i] *= float32(limit / norm)
		}
		for name, f := range map[string]struct {
			on func(w, v, s, g []float32, decay bool)
		}{
			"momentum": {on: func(w, v, s, g []float32, decay bool) {
				cpu.Momentum(w, v, g, step.Rate, .9, map[bool]float32{true: 5e-4}[decay], false)
			}}, "nesterov": {on: func(w, v, s, g []float32, decay bool) {
				cpu.Momentum(w, v, g, step.Rate, .9, map[bool]float32{true: 5e-4}[decay], true)
			}}, "adam": {on: func(w, v, s, g []float32, decay bool) {
				a := cpu.AdamStep[float32]{Rest1: .1, Rest2: .001, Eps: 1e-8, Root: step.Root, Size: step.Size, Keep: 1}
				if decay {
					a.Added, a.Keep = .01, step.Keep
				}
				cpu.Adam(w, v, s, g, a)
			}}, "rmsprop": {on: func(w, v, s, g []float32, decay bool) {
				cpu.RMSprop(w, v, s, g, cpu.RMSpropStep[float32]{Added: map[bool]float32{true: .02}[decay], Momentum: .9, Rest: .01, Eps: 1e-8, Rate: step.Rate})
			}},
		} {
			a := Arena{W: put(r, w), G: put(r, g), Step: put(r, step.Words()), N: n, Decayed: decayed}
			mv, ms := put(r, v), put(r, s)
			launch := map[string]Launch{
				"momentum": a.Momentum(mv, .9, 5e-4, false), "nesterov": a.Momentum(mv, .9, 5e-4, true),
				"adam": a.Adam(mv, ms, .01, .1, .001, 1e-8), "rmsprop": a.RMSprop(mv, ms, .9, .02, .01, 1e-8),
			}[name]
			mn := r.alloc(8)
			r.run(append(a.Clip(mn, r.alloc(a.Work())), launch)...)
			if got := get[float64](r, mn, 1)[0]; math.Abs(got-norm) > 1e-12*norm {
				r.fail("norm %v, want %v", got, norm)
			}
			w, v, s := slices.Clone(w), slices.Clone(v), slices.Clone(s)
			f.on(w[:decayed], v[:decayed], s[:decayed], clipped[:decayed], true)
			f.on(w[decayed:], v[decayed:], s[decayed:], clipped[decayed:], false)
			if !slices.Equal(get[float32](r, a.W, n), w) || !slices.Equal(get[float32](r, mv, n), v) || !slices.Equal(get[float32](r, ms, n), s) {
				t.Errorf("%s gives other bits than package cpu", name)
			}
		}
	})
}

func TestClipNot(t *testing.T) {
	on(t, func(r *rig) {
		for _, c := range []struct {
			g     []float32
			limit float32
		}{{[]float32{3, 4}, 6}, {[]float32{3, 4}, 0}, {[]float32{float32(math.Inf(1)), 4}, 1}, {[]float32{float32(math.NaN()), 4}, 1}} {
			a := Arena{G: put(r, c.g), Step: put(r, Step{Limit: c.limit, Clip: 7}.Words()), N: 2}
			r.run(a.Clip(r.alloc(8), r.alloc(a.Work()))...)
			if got := get[float32](r, a.Step, StepWords)[5]; got != 1 {
				t.Errorf("gradients %v with limit %v are multiplied by %v, want 1", c.g, c.limit, got)
			}
		}
	})
}

// A loss that is no finite number leaves weights and averages as they are.
func TestGuard(t *testing.T) {
	on(t, func(r *rig) {
		for _, c := range []struct {
			loss float64
			stay bool
		}{{2, false}, {math.NaN(), true}, {math.Inf(1), true}} {
			losses := slices.Repeat([]float32{1}, 40)
			losses[37] = float32(c.loss)
			w := r.normal(9)
			a := Arena{W: put(r, w), G: put(r, r.normal(9)), Step: put(r, Step{Rate: 1, Size: 1, Root: 1, Keep: 1, Clip: 1}.Words()), N: 9}
			r.run(a.Guard(put(r, losses), len(losses)))
			for name, update := range map[string]func(m, s driver.Memory) Launch{
				"momentum": func(m, _ driver.Memory) Launch { return a.Momentum(m, .9, 0, false) },
				"adam":     func(m, s driver.Memory) Launch { return a.Adam(m, s, 0, .1, .1, 1e-8) },
				"rmsprop":  func(m, s driver.Memory) Launch { return a.RMSprop(m, s, .9, 0, .1, 1e-8) },
			} {
				before, ones := get[float32](r, a.W, 9), slices.Repeat([]float32{1}, 9)
				m, s := put(r, ones), put(r, ones)
				r.run(update(m, s))
				stay := slices.Equal(get[float32](r, a.W, 9), before) && slices.Equal(get[float32](r, m, 9), ones) && slices.Equal(get[float32](r, s, 9), ones)
				if stay != c.stay {
					t.Errorf("%s with a loss of %v: all stays is %v, want %v", name, c.loss, stay, c.stay)
				}
			}
		}
	})
}

func TestAugment(t *testing.T) {
	on(t, func(r *rig) {
		const images, n = 4, 5
		for _, mixed := range []bool{false, true} {
			a := Augment{N: n, H: 6, W: 5, C: 3, Cutout: 3 * (1 - number(mixed))}
			set := r.normal(images * a.H * a.W * a.C)
			scale, shift, own := r.normal(a.C), r.normal(a.C), r.normal(n)
			views := func() (vs []View, words []int32) {
				for range n {
					v := View{Image: int32(r.rng.IntN(images)), Down: int32(r.rng.IntN(5) - 2), Right: int32(r.rng.IntN(5) - 2), Mirrored: r.rng.IntN(2) == 1,
						Top: int32(r.rng.IntN(a.H) - a.Cutout/2), Left: int32(r.rng.IntN(a.W) - a.Cutout/2)}
					vs, words = append(vs, v), append(words, v.Words()...)
				}
				return vs, words
			}
			first, firstWords := views()
			second, secondWords := views()
			look := func(v View) []float32 { // channels first, as package data does it, one change after the other
				out := make([]float32, a.C*a.H*a.W)
				at := func(c, y, x int) *float32 { return &out[(c*a.H+y)*a.W+x] }
				for c := range a.C {
					for y := range a.H {
						for x := range a.W {
							if sy, sx := y+int(v.Down), x+int(v.Right); sy >= 0 && sy < a.H && sx >= 0 && sx < a.W {
								*at(c, y, x) = set[((int(v.Image)*a.C+c)*a.H+sy)*a.W+sx]
							}
						}
						if row := out[(c*a.H+y)*a.W:][:a.W]; v.Mirrored {
							slices.Reverse(row)
						}
						for x := range a.W {
							*at(c, y, x) = float32(*at(c, y, x)*scale[c]) + shift[c]
							if y >= int(v.Top) && y < int(v.Top)+a.Cutout && x >= int(v.Left) && x < int(v.Left)+a.Cutout {
								*at(c, y, x) = 0
							}
						}
					}
				}
				return out
			}
			want := make([]float32, n*a.H*a.W*a.C)
			for i := range n {
				one, other := look(first[i]), look(second[i])
				for c := range a.C {
					for p := range a.H * a.W {
						v := one[c*a.H*a.W+p]
						if mixed {
							v = float32(own[i]*v) + float32((1-own[i])*other[c*a.H*a.W+p])
						}
						want[(i*a.H*a.W+p)*a.C+c] = v
					}
				}
			}
			others, shares := none, none
			if mixed {
				others, shares = put(r, secondWords), put(r, own)
			}
			y := r.alloc(int64(4 * len(want)))
			r.run(a.Run(put(r, set), put(r, firstWords), others, shares, put(r, scale), put(r, shift), y))
			if !slices.Equal(get[float32](r, y, len(want)), want) {
				t.Errorf("augmented images differ, mixed %v", mixed)
			}
			r.run(a.Run(put(r, set), put(r, firstWords), none, none, none, none, y))
			for i, v := range get[float32](r, y, len(want)) {
				if v != 0 && !slices.Contains(set, v) {
					r.fail("number %d, %v, is not of the set", i, v)
				}
			}
		}
	})
}
