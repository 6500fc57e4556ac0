package predict_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/nascent-go/nascent/nasext/predict"
)

// golden was computed by testdata/golden.py.
type golden struct {
	Ridge []struct {
		Penalty         float64
		X, Asked        [][]float64
		Y               []float64
		Weights         []float64
		Intercept       float64
		Mean, Deviation []float64
	}
	Process []struct {
		Kernel, Distance string
		Length, Noise    float64
		X, Asked         [][]float64
		Y                []float64
		Signal           float64
		LogLikelihood    float64 `json:"log_likelihood"`
		Likeliest        float64
		Mean, Deviation  []float64
	}
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if err == nil {
		err = json.Unmarshal(data, &g)
	}
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// near compares numbers to 1e-9 of their size.
func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range got {
		if d := math.Abs(got[i] - want[i]); !(d <= 1e-9*max(1, math.Abs(want[i]))) {
			t.Errorf("%s: number %d is %.15g, want %.15g", what, i, got[i], want[i])
		}
	}
}

// fitted fits a predictor and predicts.
func fitted(t testing.TB, p predict.Predictor, x [][]float64, y []float64, asked [][]float64) (mean, deviation []float64) {
	t.Helper()
	if err := p.Fit(x, y, 1); err != nil {
		t.Fatal(err)
	}
	mean, deviation, err := p.Predict(asked)
	if err != nil {
		t.Fatal(err)
	}
	return mean, deviation
}

func TestRidgeGolden(t *testing.T) {
	for _, c := range readGolden(t).Ridge {
		r := &predict.Ridge{Penalty: c.Penalty}
		mean, deviation := fitted(t, r, c.X, c.Y, c.Asked)
		near(t, r.Name()+" mean", mean, c.Mean)
		near(t, r.Name()+" deviation", deviation, c.Deviation)
		intercept, weights := r.Weights()
		near(t, r.Name()+" weights", weights, c.Weights)
		near(t, r.Name()+" intercept", []float64{intercept}, []float64{c.Intercept})
	}
}

func TestGaussianProcessGolden(t *testing.T) {
	for _, c := range readGolden(t).Process {
		g := &predict.GaussianProcess{Kernel: predict.Kernel(c.Kernel), Length: c.Length, Noise: c.Noise}
		if c.Distance == "hamming" {
			g.Distance = predict.Hamming()
		}
		mean, deviation := fitted(t, g, c.X, c.Y, c.Asked)
		near(t, g.Name()+" mean", mean, c.Mean)
		near(t, g.Name()+" deviation", deviation, c.Deviation)
		h := g.Hyperparameters()
		near(t, g.Name()+" hyperparameters", []float64{h.Length, h.Noise, h.Signal, h.LogLikelihood}, []float64{c.Length, c.Noise, c.Signal, c.LogLikelihood})

		g.Length, g.Noise = 0, 0
		fitted(t, g, c.X, c.Y, c.Asked)
		if h := g.Hyperparameters(); h.LogLikelihood < c.Likeliest-.01 {
			t.Errorf("%s: the log likelihood with %+v; one of %.4f is possible", g.Name(), h, c.Likeliest)
		}
	}
}
