package predict_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/predict"
)

// The first rows were computed by scipy.stats.
func TestRankCorrelations(t *testing.T) {
	for _, c := range []struct {
		x, y     []float64
		rho, tau float64
	}{
		{[]float64{1, 2, 3, 4, 5}, []float64{5, 6, 7, 8, 7}, 0.82078268, 0.73786479},
		{[]float64{12, 2, 1, 12, 2}, []float64{1, 4, 7, 1, 0}, -0.54073807, -0.47140452},
		{[]float64{1, 2, 3}, []float64{10, 20, 30}, 1, 1},
		{[]float64{1, 2, 3}, []float64{3, 2, 1}, -1, -1},
		{[]float64{math.Inf(-1), 0, math.Inf(1)}, []float64{1, 2, 3}, 1, 1},
	} {
		rho, err := predict.Spearman(c.x, c.y)
		if err != nil || math.Abs(rho-c.rho) > 1e-8 {
			t.Errorf("Spearman of %v and %v is %.9f, %v; want %.9f", c.x, c.y, rho, err, c.rho)
		}
		tau, err := predict.Kendall(c.x, c.y)
		if err != nil || math.Abs(tau-c.tau) > 1e-8 {
			t.Errorf("Kendall of %v and %v is %.9f, %v; want %.9f", c.x, c.y, tau, err, c.tau)
		}
	}
}

// Kendall's τ-b by its definition, over all pairs.
func TestKendallCountsPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	sign := func(v float64) float64 {
		switch {
		case v > 0:
			return 1
		case v < 0:
			return -1
		}
		return 0
	}
	for range 200 {
		n, values := 2+rng.IntN(40), 2+rng.IntN(10)
		x, y := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i], y[i] = float64(rng.IntN(values)), float64(rng.IntN(values))
		}
		var both, xx, yy float64
		for i := range x {
			for k := range i {
				a, b := sign(x[i]-x[k]), sign(y[i]-y[k])
				both += a * b
				xx += a * a
				yy += b * b
			}
		}
		tau, err := predict.Kendall(x, y)
		if xx == 0 || yy == 0 {
			if err == nil {
				t.Errorf("Kendall of %v and %v is %v; one has no order", x, y, tau)
			}
			continue
		}
		if want := both / math.Sqrt(xx*yy); err != nil || math.Abs(tau-want) > 1e-12 {
			t.Errorf("Kendall of %v and %v is %v, %v; want %v", x, y, tau, err, want)
		}
	}
}

func TestRankCorrelationErrors(t *testing.T) {
	for _, c := range []struct {
		x, y []float64
		want string
	}{
		{[]float64{1, 2}, []float64{1, 2, 3}, "of 2 and 3 numbers"},
		{nil, nil, "list 1 does not hold two different numbers"},
		{[]float64{1, 2}, []float64{7, 7}, "list 2 does not hold two different numbers"},
		{[]float64{1, 2}, []float64{1, math.NaN()}, "number 1 of list 2 is not a number"},
	} {
		for name, of := range map[string]func(x, y []float64) (float64, error){"Spearman": predict.Spearman, "Kendall": predict.Kendall} {
			if v, err := of(c.x, c.y); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s of %v and %v is %v, error %v; want it to hold %q", name, c.x, c.y, v, err, c.want)
			}
		}
	}
}
