package nn

import (
	"math"
	"slices"
	"testing"
)

// PyTorch 2's cross_entropy with probabilities as targets, in double precision, without
// and with label smoothing.
func TestMixedMatchesPyTorch(t *testing.T) {
	outputs := []float32{.5, -1.25, 2, 0, 3, 1, -2, .25, -.5, 0, .75, 1.5}
	y, partner, own := []int{2, 0, 1}, []int{0, 3, 2}, []float32{.75, .125, 1}
	smoothed, err := SmoothedCrossEntropy(.1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		loss Loss
		want float64
		grad []float64
	}{
		{"cross-entropy", CrossEntropy, 1.802609707, []float64{-.03010215, .00925019, -.01143439, .03228634, .23472888, .03740607,
			.00186234, -.27399729, .02464003, -.29270879, .08600217, .18206659}},
		{"smoothed", smoothed, 1.832818041, []float64{-.03010215, .00091686, .00523228, .02395301, .23056222, .02907274,
			-.00647099, -.25316396, .0163067, -.26770879, .07766883, .17373325}},
	} {
		grad := make([]float32, len(outputs))
		s := Mixed(c.loss, partner, own)(outputs, y, 4, grad)
		if math.Abs(s.Loss-c.want) > 1e-7 {
			t.Errorf("%s: %.9f, want %v", c.name, s.Loss, c.want)
		}
		for i, g := range grad {
			if math.Abs(float64(g)-c.grad[i]) > 1e-7 {
				t.Errorf("%s: gradient %v at %d, want %v", c.name, g, i, c.grad[i])
			}
		}
		// The first sample is taken for class 2, its own; the second for class 0, of which it
		// has an eighth; the third for class 3, of which it has nothing.
		if s.Correct != 1 || s.Samples != 3 {
			t.Errorf("%s: %d of %d correct", c.name, s.Correct, s.Samples)
		}
		if again := Mixed(c.loss, partner, own)(outputs, y, 4, nil); again != s {
			t.Errorf("%s: %+v without a gradient, %+v with one", c.name, again, s)
		}
	}
}

// Samples that are wholly their own have the loss they have without mixup.
func TestMixedWithoutMixture(t *testing.T) {
	outputs := []float32{.5, -1.25, 2, 3, 1, -2}
	got, want := make([]float32, 6), make([]float32, 6)
	s := Mixed(CrossEntropy, []int{0, 0}, []float32{1, 1})(outputs, []int{2, 1}, 3, got)
	plain := CrossEntropy(outputs, []int{2, 1}, 3, want)
	if math.Abs(s.Loss-plain.Loss) > 1e-12 || s.Correct != plain.Correct || !slices.EqualFunc(got, want, func(a, b float32) bool { return math.Abs(float64(a-b)) < 1e-7 }) {
		t.Errorf("%+v, %v, want %+v, %v", s, got, plain, want)
	}
}
