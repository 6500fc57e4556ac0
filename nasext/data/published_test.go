package data

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestPublishedParts(t *testing.T) {
	halves, err := Digits().Split(3, .5, .5)
	if err != nil {
		t.Fatal(err)
	}
	p := Published{halves[0], halves[1]}
	before := slices.Clone(p.Test.X)
	parts, err := p.Parts(4, .25)
	if err != nil {
		t.Fatal(err)
	}
	if m := parts.Train.Moments(); math.Abs(m.Mean[0]) > 1e-6 || math.Abs(m.Std[0]-1) > 1e-6 {
		t.Errorf("training part has mean %v and deviation %v", m.Mean[0], m.Std[0])
	}
	if n := parts.Valid.Len(); parts.Train.Len()+n != p.Train.Len() || math.Abs(float64(n)-float64(p.Train.Len())/4) > 5 {
		t.Errorf("%d to train on, %d to choose by, of %d", parts.Train.Len(), n, p.Train.Len())
	}
	// The test images are standardised as the training images are, and stay whole.
	sets, err := p.Train.Split(4, .75, .25)
	if err != nil {
		t.Fatal(err)
	}
	want, err := p.Test.Standardise(sets[0].Moments())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(parts.Test.X, want.X) || !slices.Equal(parts.Test.Y, p.Test.Y) || !slices.Equal(before, p.Test.X) {
		t.Error("the test images changed, or are not standardised by the training images")
	}
}

func TestBadPublished(t *testing.T) {
	d := Digits()
	for _, f := range []float64{0, 1, -1, math.NaN()} {
		if _, err := (Published{d, d}).Parts(1, f); err == nil || !strings.Contains(err.Error(), "above 0 and below 1") {
			t.Errorf("fraction %v: %v", f, err)
		}
	}
	if _, err := (Published{}).Parts(1, .1); err == nil || !strings.Contains(err.Error(), "no data set") {
		t.Errorf("nothing: %v", err)
	}
}
