package estimate

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/seed"
)

// TestExtrapolate compares with the same mixture by whole matrices.
func TestExtrapolate(t *testing.T) {
	text, err := os.ReadFile("testdata/forecast.json")
	if err != nil {
		t.Fatal(err)
	}
	var curves []struct {
		Scores                           []float64
		Epochs                           int
		Target, Mean, Deviation, AtLeast float64
	}
	if err := json.Unmarshal(text, &curves); err != nil {
		t.Fatal(err)
	}
	for i, c := range curves {
		f, err := Extrapolate(c.Scores, c.Epochs)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range [][2]float64{{f.Mean, c.Mean}, {f.Deviation, c.Deviation}, {f.AtLeast(c.Target), c.AtLeast}} {
			if math.Abs(n[0]-n[1]) > 1e-9*max(1e-3, n[1]) {
				t.Errorf("curve %d: %v, by NumPy %v", i, n[0], n[1])
			}
		}
	}
}

// TestExtrapolateLearns draws curves that fall as powers and exponentially, with exponents
// that are not on the grid, and checks that forecasts are better than the last score seen,
// and are as sure of themselves as they may be.
func TestExtrapolateLearns(t *testing.T) {
	const epochs, seen, curves = 40, 10, 300
	var off, last, inside float64
	for i := range uint64(curves) {
		d := seed.Stream(i, "curve")
		end, fall, power, decay := 0.6+0.35*d.Float64(), 0.2+0.3*d.Float64(), 0.4+d.Float64(), 2+6*d.Float64()
		at := func(x int) float64 {
			if i%2 == 0 {
				return end - fall*math.Pow(float64(x), -power)
			}
			return end - fall*math.Exp(float64(1-x)/decay)
		}
		var scores []float64
		for x := 1; x <= seen; x++ {
			scores = append(scores, min(max(at(x)+0.005*d.NormFloat64(), 0), 1))
		}
		f, err := Extrapolate(scores, epochs)
		if err != nil {
			t.Fatal(err)
		}
		off += math.Abs(f.Mean-at(epochs)) / curves
		last += math.Abs(scores[seen-1]-at(epochs)) / curves
		if math.Abs(f.Mean-at(epochs)) < 2*f.Deviation {
			inside += 1. / curves
		}
	}
	if off > last/2 || inside < 0.9 {
		t.Errorf("forecasts are off by %.4f, the last scores by %.4f; %.0f %% lie within two deviations", off, last, 100*inside)
	}
	t.Logf("off by %.4f, the last score by %.4f, %.0f %% within two deviations", off, last, 100*inside)
}

func TestForecast(t *testing.T) {
	f, err := Extrapolate([]float64{0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, 20)
	if err != nil {
		t.Fatal(err)
	}
	if p := f.AtLeast(0.9); p > 1e-3 {
		t.Errorf("a flat curve of 0.1 reaches 0.9 with probability %v", p)
	}
	if p, q := f.AtLeast(-10), f.AtLeast(10); math.Abs(p-1) > 1e-12 || q > 1e-12 {
		t.Error(p, q)
	}
	for want, c := range map[string]struct {
		scores []float64
		epochs int
	}{
		"0 scores": {nil, 3}, "to epoch 1": {[]float64{0.1, 0.2}, 1},
		"score 2 of a learning curve is NaN": {[]float64{0.1, math.NaN()}, 3}, "is 1.5": {[]float64{1.5}, 3}, "is -0.1": {[]float64{-0.1}, 3},
	} {
		if _, err := Extrapolate(c.scores, c.epochs); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// TestTarget trains a network that is too small for its target, which stops early, and one
// that is not, which is trained as without a target.
func TestTarget(t *testing.T) {
	c := quick(t)
	c.Epochs, c.Samples = 12, 0
	plain, err := trainer(t, c).Estimate(t.Context(), convNet(t, digit, 8, 10), 1)
	if err != nil {
		t.Fatal(err)
	}
	c.Target = 0.97
	tr := trainer(t, c)
	good, err := tr.Estimate(t.Context(), convNet(t, digit, 8, 10), 1)
	if err != nil || good.Score != plain.Score || len(good.Curve) != 12 || good.Note != "" {
		t.Errorf("%+v, %v; without a target %+v", good, err, plain)
	}
	b := arch.NewBuilder("linear", digit)
	b.Linear(b.GlobalPool(b.In()), 10)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	bad, err := tr.Estimate(t.Context(), a, 1)
	if err != nil || len(bad.Curve) < 4 || len(bad.Curve) > 8 || bad.Score > 0.9 || !strings.Contains(bad.Note, "stopped after epoch") {
		t.Errorf("%+v, %v", bad, err)
	}
	again, err := tr.Estimate(t.Context(), a, 1)
	if err != nil || again.Score != bad.Score || !strings.Contains(tr.Name(), "target 0.97") {
		t.Errorf("%s: %v, %v, before %v", tr.Name(), again.Score, err, bad.Score)
	}
	t.Log(bad.Note)
	for _, target := range []float64{-1, 1.5, math.NaN()} {
		c.Target = target
		if _, err := Train(c); err == nil || !strings.Contains(err.Error(), "Target is an accuracy") {
			t.Errorf("target %v: %v", target, err)
		}
	}
}

// TestPatience stops a training that learns nothing of the validation data, and scores the
// weights that it hands out.
func TestPatience(t *testing.T) {
	c := quick(t)
	scrambled := *c.Train
	scrambled.Y = slices.Clone(c.Train.Y)
	slices.Reverse(scrambled.Y)
	c.Train, c.Epochs, c.Patience = &scrambled, 30, 2
	tr := trainer(t, c)
	n, e, err := tr.Fit(t.Context(), convNet(t, digit, 8, 10), 1)
	if err != nil {
		t.Fatal(err)
	}
	score, err := n.Evaluate(c.Valid.X, c.Valid.Y)
	if err != nil || score.Accuracy() != e.Score {
		t.Errorf("the score is %v, the network has %v, %v", e.Score, score.Accuracy(), err)
	}
	if best := len(e.Curve) - 2; best < 1 || len(e.Curve) >= 30 || e.Score != e.Curve[best-1].ValidAcc || !strings.Contains(e.Note, "the validation loss was smallest") {
		t.Errorf("%d epochs, score %v, note %q", len(e.Curve), e.Score, e.Note)
	}
	if !strings.Contains(tr.Name(), "patience 2") {
		t.Error(tr.Name())
	}
	c.Patience = -1
	if _, err := Train(c); err == nil || !strings.Contains(err.Error(), "atience") {
		t.Error(err)
	}
}
