package cpu

import (
	"math"
	"slices"
	"testing"

	"github.com/nascent-go/nascent/nasext/seed"
)

// sameBits compares two results to the bit.
func sameBits(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Fatalf("%s: %v at %d of %d, want %v", what, got[i], i, len(want), want[i])
		}
	}
}

// squares are random numbers of at least 0.
func squares(x []float32) []float32 {
	for i, v := range x {
		x[i] = v * v
	}
	return x
}

// TestAdaptiveUpdates compares blocks of numbers with one number at a time, which is what
// the formulas say (package nn compares those with PyTorch).
func TestAdaptiveUpdates(t *testing.T) {
	draw := seed.Stream(1, "adaptive")
	number := func() float32 { return float32(draw.Float64()) }
	for n := range 70 {
		w, m, s, g := random(draw, n), random(draw, n), squares(random(draw, n)), random(draw, n)
		a := AdamStep[float32]{number(), number(), number(), number(), number(), number(), number()}
		oneW, oneM, oneS := slices.Clone(w), slices.Clone(m), slices.Clone(s)
		for i := range n {
			Adam(oneW[i:i+1], oneM[i:i+1], oneS[i:i+1], g[i:i+1], a)
		}
		Adam(w, m, s, g, a)
		sameBits(t, "Adam, weights", w, oneW)
		sameBits(t, "Adam, means", m, oneM)
		sameBits(t, "Adam, squares", s, oneS)

		r := RMSpropStep[float32]{number(), number(), number(), number(), number()}
		for i := range n {
			RMSprop(oneW[i:i+1], oneM[i:i+1], oneS[i:i+1], g[i:i+1], r)
		}
		RMSprop(w, m, s, g, r)
		sameBits(t, "RMSprop, weights", w, oneW)
		sameBits(t, "RMSprop, velocities", m, oneM)
		sameBits(t, "RMSprop, squares", s, oneS)
	}
}
