package data

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
)

func TestGratings(t *testing.T) {
	c := GratingsConfig{Images: 400, Seed: 3}
	s, err := Gratings(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	if s.Shape != (arch.Shape{C: 1, H: 16, W: 16}) || !slices.Equal(s.Count(), []int{100, 100, 100, 100}) {
		t.Errorf("shape %v, classes %v", s.Shape, s.Count())
	}
	again, _ := Gratings(c)
	c.Seed++
	other, _ := Gratings(c)
	if !slices.Equal(s.X, again.X) || slices.Equal(s.X, other.X) {
		t.Error("the images have to depend on the seed and on nothing else")
	}
	// More images of the same seed begin with the same ones.
	more, _ := Gratings(GratingsConfig{Images: 500, Seed: 3})
	if !slices.Equal(more.X[:len(s.X)], s.X) {
		t.Error("more images begin with others")
	}
}

// Of h·w frequencies those that are their own opposite are no waves, and the others
// come in pairs.
func TestGratingWaves(t *testing.T) {
	for _, c := range []struct{ h, w, want int }{{8, 8, 30}, {9, 8, 35}, {8, 9, 35}, {9, 9, 40}, {16, 12, 94}} {
		waves := gratingWaves(c.h, c.w)
		if len(waves) != c.want {
			t.Errorf("%d×%d: %d waves, want %d", c.h, c.w, len(waves), c.want)
		}
		seen := map[wave]bool{}
		for _, w := range waves {
			a, b := wave{w.u, (w.v + c.w) % c.w}, wave{(c.h - w.u) % c.h, (c.w - w.v) % c.w}
			if seen[a] || seen[b] || a == b {
				t.Errorf("%d×%d: wave %v came before or is its own opposite", c.h, c.w, w)
			}
			seen[a], seen[b] = true, true
		}
	}
}

// amplitudes are those of the first waves in an image's Fourier transform.
func amplitudes(x []float32, h, w, classes int) []float64 {
	var out []float64
	for _, k := range gratingWaves(h, w)[:classes] {
		var re, im float64
		for i := range h {
			for j := range w {
				sin, cos := math.Sincos(2 * math.Pi * (float64(k.u*i)/float64(h) + float64(k.v*j)/float64(w)))
				re, im = re+float64(x[i*w+j])*cos, im+float64(x[i*w+j])*sin
			}
		}
		out = append(out, math.Hypot(re, im))
	}
	return out
}

// The best rule errs as often as the set promises, to four standard errors.
func TestBayesErrorMonteCarlo(t *testing.T) {
	const n = 8000
	for _, c := range []GratingsConfig{
		{Images: n, Height: 8, Width: 8, Classes: 2, Error: .2, Seed: 1},
		{Images: n, Height: 8, Width: 9, Classes: 4, Error: .05, Seed: 2},
		{Images: n, Height: 9, Width: 8, Classes: 10, Error: .3, Seed: 3},
		{Images: n, Height: 8, Width: 8, Classes: 16, Error: .1, Seed: 4},
	} {
		s, err := Gratings(c)
		if err != nil {
			t.Fatal(err)
		}
		wrong := 0
		for i := range s.Len() {
			a := amplitudes(s.Image(i), c.Height, c.Width, c.Classes)
			if slices.Index(a, slices.Max(a)) != s.Y[i] {
				wrong++
			}
		}
		got, sigma := float64(wrong)/n, math.Sqrt(c.Error*(1-c.Error)/n)
		if math.Abs(got-c.Error) > 4*sigma {
			t.Errorf("%d classes, error %v: the best rule errs at %v ± %.4f", c.Classes, c.Error, got, sigma)
		}
	}
}

// The rule is the best: the mean of what the largest posterior leaves, with the phase
// integrated out numerically and nothing else known of the theory, is the Bayes error.
func TestBayesErrorPosterior(t *testing.T) {
	const n, phases, size, classes, want = 3000, 48, 8, 3, .15
	s, err := Gratings(GratingsConfig{Images: n, Height: size, Width: size, Classes: classes, Error: want, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	a := math.Sqrt(2 * gratingEnergy(classes, want) / (size * size))
	templates := make([][]float64, 0, classes*phases)
	for _, k := range gratingWaves(size, size)[:classes] {
		for p := range phases {
			wave := make([]float64, size*size)
			for at := range wave {
				wave[at] = a * math.Cos(2*math.Pi*(float64(k.u*(at/size)+k.v*(at%size))/size+float64(p)/phases))
			}
			templates = append(templates, wave)
		}
	}
	var sum, squares float64
	for i := range n {
		posterior := make([]float64, classes)
		var all float64
		for m, wave := range templates {
			var log float64
			for at, x := range s.Image(i) {
				d := float64(x) - wave[at]
				log -= (d*d - float64(x)*float64(x)) / 2
			}
			posterior[m/phases] += math.Exp(log)
			all += math.Exp(log)
		}
		left := 1 - slices.Max(posterior)/all
		sum, squares = sum+left, squares+left*left
	}
	mean := sum / n
	if sigma := math.Sqrt((squares/n - mean*mean) / n); math.Abs(mean-want) > 4*sigma {
		t.Errorf("the posteriors leave %v ± %.4f, want %v", mean, sigma, want)
	}
}

func TestGratingError(t *testing.T) {
	for _, e := range []float64{0, 1, 10, 50} {
		if got, want := gratingError(2, e), math.Exp(-e/4)/2; math.Abs(got-want) > 1e-15 {
			t.Errorf("two classes at energy %v: %v, want %v", e, got, want)
		}
	}
	for m := 2; m <= maxGratings; m++ {
		if got, want := gratingError(m, 0), float64(m-1)/float64(m); math.Abs(got-want) > 1e-12 {
			t.Errorf("%d classes without a signal: %v, want %v, that of guessing", m, got, want)
		}
		for _, p := range []float64{1e-9, .01, .3, .49} {
			if got := gratingError(m, gratingEnergy(m, p)); math.Abs(got/p-1) > 1e-6 {
				t.Errorf("%d classes: error %v, want %v", m, got, p)
			}
		}
	}
}

func TestBadGratings(t *testing.T) {
	for _, c := range []struct {
		config GratingsConfig
		want   string
	}{
		{GratingsConfig{}, "0 images"},
		{GratingsConfig{Images: 1, Height: 7}, "7×16"},
		{GratingsConfig{Images: 1, Width: 65}, "16×65"},
		{GratingsConfig{Images: 1, Classes: 1}, "1 classes; there can be 2 to 16"},
		{GratingsConfig{Images: 1, Classes: 17}, "17 classes"},
		{GratingsConfig{Images: 1, Error: .75}, "above 0 and below 0.75"},
		{GratingsConfig{Images: 1, Error: -1}, "Bayes error of -1"},
		{GratingsConfig{Images: 1, Error: math.NaN()}, "Bayes error of NaN"},
	} {
		if _, err := Gratings(c.config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error with %q", err, c.want)
		}
	}
}
