package cpu

import (
	"math"
	"slices"
	"testing"

	"github.com/nascent-go/nascent/nasext/seed"
)

// TestMomentum compares with the formulas, number by number, to the bit.
func TestMomentum(t *testing.T) {
	draw := seed.Stream(1, "momentum")
	for n := range 70 {
		for _, nesterov := range []bool{false, true} {
			w, v, g := random(draw, n), random(draw, n), random(draw, n)
			rate, momentum, decay := float32(draw.Float64()), float32(draw.Float64()), float32(draw.Float64())
			wantW, wantV := slices.Clone(w), slices.Clone(v)
			for i := range w {
				d := g[i] + float32(decay*w[i])
				wantV[i] = float32(momentum*v[i]) + d
				step := wantV[i]
				if nesterov {
					step = d + float32(momentum*step)
				}
				wantW[i] = w[i] - float32(rate*step)
			}
			Momentum(w, v, g, rate, momentum, decay, nesterov)
			for i := range w {
				if math.Float32bits(w[i]) != math.Float32bits(wantW[i]) || math.Float32bits(v[i]) != math.Float32bits(wantV[i]) {
					t.Fatalf("%d numbers, Nesterov %t: %v and %v at %d, want %v and %v", n, nesterov, w[i], v[i], i, wantW[i], wantV[i])
				}
			}
		}
	}
}
