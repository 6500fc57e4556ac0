package data

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/seed"
)

// GratingsConfig is a synthetic set whose smallest possible error is known.
type GratingsConfig struct {
	Images        int     // at least 1
	Height, Width int     // of an image, 8 to 64; 0: 16
	Classes       int     // 2 to 16; 0: 4
	Error         float64 // the Bayes error, above 0 and below (Classes-1)/Classes; 0: 0.05
	Seed          uint64
}

// Gratings makes images of one channel that no classifier, however large, tells apart
// with fewer errors than Error says: what a network's test error lies above it, the
// search for architectures can still gain.
//
// A class is a direction and a number of waves, and each image shows them from a phase
// of its own, in noise:
//
//	x[i,j] = a·cos(2π(u·i/Height + v·j/Width) + φ) + n[i,j]
//
// with (u, v) of the class, φ uniform in [0, 2π) and n normal with deviation 1. As the
// phase is unknown, the mean image of every class is 0: no linear classifier is better
// than a guess, while a convolution, a nonlinearity and a mean over the image are enough.
// Image i is of class i mod Classes.
//
// The waves of two classes are orthogonal and of equal energy E = a²·Height·Width/2, so
// this is noncoherent detection of orthogonal signals. The best classifier takes the
// class whose wave has the largest amplitude in the image's Fourier transform, and errs
// with the probability (J. Proakis, M. Salehi, Digital Communications, 5th edition,
// section 4.5-3)
//
//	P = Σ (-1)ⁿ⁺¹ · C(M-1, n) / (n+1) · exp(-n/(n+1) · E/2),  n = 1 … M-1
//
// for M classes; for two it is exp(-E/4)/2. The amplitude a is what makes P the Error.
func Gratings(c GratingsConfig) (*Set, error) {
	if c.Height == 0 {
		c.Height = 16
	}
	if c.Width == 0 {
		c.Width = 16
	}
	if c.Classes == 0 {
		c.Classes = 4
	}
	if c.Error == 0 {
		c.Error = 0.05
	}
	guess := float64(c.Classes-1) / float64(c.Classes)
	switch {
	case c.Images < 1:
		return nil, fmt.Errorf("gratings: %d images; at least 1 is needed", c.Images)
	case min(c.Height, c.Width) < 8 || max(c.Height, c.Width) > 64:
		return nil, fmt.Errorf("gratings: images of %d×%d pixels (height × width); each can be 8 to 64, or 0 for 16", c.Height, c.Width)
	case c.Classes < 2 || c.Classes > maxGratings:
		return nil, fmt.Errorf("gratings: %d classes; there can be 2 to %d, or 0 for 4", c.Classes, maxGratings)
	case !(c.Error > 0 && c.Error < guess):
		return nil, fmt.Errorf("gratings: a Bayes error of %v; with %d classes it is above 0 and below %.4g, that of guessing", c.Error, c.Classes, guess)
	}
	pixels := c.Height * c.Width
	a := math.Sqrt(2 * gratingEnergy(c.Classes, c.Error) / float64(pixels))
	waves := gratingWaves(c.Height, c.Width)
	s := &Set{Name: fmt.Sprintf("gratings(error %g)", c.Error), Shape: arch.Shape{C: 1, H: c.Height, W: c.Width}, Classes: c.Classes}
	for _, w := range waves[:c.Classes] {
		s.Names = append(s.Names, fmt.Sprintf("%d down, %d across", w.u, w.v))
	}
	s.X = make([]float32, 0, c.Images*pixels)
	draw := seed.Stream(c.Seed, "gratings")
	for image := range c.Images {
		y := image % c.Classes
		phase := 2 * math.Pi * draw.Float64()
		for i := range c.Height {
			for j := range c.Width {
				angle := 2*math.Pi*(float64(waves[y].u*i)/float64(c.Height)+float64(waves[y].v*j)/float64(c.Width)) + phase
				s.X = append(s.X, float32(a*math.Cos(angle)+draw.NormFloat64()))
			}
		}
		s.Y = append(s.Y, y)
	}
	return s, nil
}

// wave is so many waves down and across an image.
type wave struct{ u, v int }

// maxGratings is how many classes there can be; an image of 8×8 has 30 waves.
const maxGratings = 16

// gratingWaves are the waves an image can show in every phase, the longest first.
func gratingWaves(h, w int) []wave {
	var all []wave
	for u := 0; u <= h/2; u++ {
		for v := -(w - 1) / 2; v <= w/2; v++ {
			// A wave and its opposite are the same one; of one that is its own opposite only
			// two phases can be told apart.
			first := u > 0 && 2*u < h || v > 0
			if own := 2*u%h == 0 && 2*v%w == 0; first && !own {
				all = append(all, wave{u, v})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b wave) int {
		return cmp.Or(cmp.Compare(a.length(h, w), b.length(h, w)), cmp.Compare(a.u, b.u))
	})
	return all
}

// length is the square of the number of waves to a pixel.
func (a wave) length(h, w int) float64 {
	u, v := float64(a.u)/float64(h), float64(a.v)/float64(w)
	return u*u + v*v
}

// gratingError is the Bayes error of m classes at energy e, as Gratings says.
func gratingError(m int, e float64) float64 {
	var p float64
	sign, choose := 1.0, 1.0
	for n := 1; n < m; n++ {
		choose *= float64(m-n) / float64(n)
		p += sign * choose / float64(n+1) * math.Exp(-float64(n)/float64(n+1)*e/2)
		sign = -sign
	}
	return p
}

// gratingEnergy is the energy at which m classes have the Bayes error p, by bisection:
// the error falls with the energy.
func gratingEnergy(m int, p float64) float64 {
	low, high := 0.0, 1.0
	for gratingError(m, high) > p {
		high *= 2
	}
	for range 100 {
		if mid := (low + high) / 2; gratingError(m, mid) > p {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}
