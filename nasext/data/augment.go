package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/nascent-go/nascent/nasext/seed"
)

// Augment says how images are changed each time they are trained on; the zero value
// changes nothing. What is done is done in the order of the fields.
//
// The draws for an image are from streams of package seed that the seed, the change,
// the epoch and the number of the image name. So what an image looks like in an epoch
// does not depend on the batches, on their order, on how many goroutines work, or on the
// other changes that are asked for.
type Augment struct {
	// Crop surrounds an image by so many black pixels (numbers 0) on each side and cuts one
	// of the old size out of it, anywhere: He et al., "Deep Residual Learning for Image
	// Recognition", 2016, section 4.2, with 4 for CIFAR-10. 0 to below height and width.
	Crop int
	// Flip mirrors left and right with probability 1/2. Not for digits or letters.
	Flip bool
	// Normalise makes (x-mean)/std of each channel; none if it is empty. For sets that are
	// not standardised yet: Set.Moments computes them, and others can be given.
	Normalise Moments
	// Cutout sets a square of so many pixels a side to 0, around a centre that is anywhere
	// in the image: DeVries and Taylor, "Improved Regularization of Convolutional Neural
	// Networks with Cutout", arXiv:1708.04552, with 16 for CIFAR-10. 0 to height and width.
	Cutout int
	// Mixup takes λ·x + (1-λ)·x' for x, with another image x' of the set as it looks in this
	// epoch, and λ from Beta(Mixup, Mixup): Zhang et al., "mixup: Beyond Empirical Risk
	// Minimization", 2018. λ and the other image are drawn for each image, not for each
	// batch. 0 to 10; 0.1 to 0.4 is usual for images, 1 for CIFAR-10. The loss has to know
	// of it: see Batches.Mix.
	Mixup float64
}

// None says if nothing is changed.
func (a Augment) None() bool {
	return a.Crop == 0 && !a.Flip && len(a.Normalise.Mean) == 0 && len(a.Normalise.Std) == 0 && a.Cutout == 0 && a.Mixup == 0
}

// Check says what is wrong with the changes for images of the set.
func (a Augment) Check(s *Set) error {
	if s == nil {
		return errNoSet
	}
	least := min(s.Shape.H, s.Shape.W)
	switch n := a.Normalise; {
	case a.Crop < 0 || a.Crop >= least:
		return fmt.Errorf("augment %q: a crop from %d pixels around images of %v; there can be 0 to %d", s.Name, a.Crop, s.Shape, least-1)
	case a.Cutout < 0 || a.Cutout > least:
		return fmt.Errorf("augment %q: %d pixels a side cut out of images of %v; there can be 0 to %d", s.Name, a.Cutout, s.Shape, least)
	case !(a.Mixup >= 0 && a.Mixup <= 10):
		return fmt.Errorf("augment %q: mixup %v; it is 0 (none) to 10, such as 0.2", s.Name, a.Mixup)
	case len(n.Mean) > 0 || len(n.Std) > 0:
		if err := n.check(s.Shape.C); err != nil {
			return fmt.Errorf("augment %q: %w", s.Name, err)
		}
	}
	return nil
}

// augmenter makes the images of a set as they look in one epoch. It is for one goroutine.
type augmenter struct {
	set          *Set
	a            Augment
	seed         uint64
	scale, shift []float32 // of each channel: Normalise as x·scale + shift
	crop, flip   *seed.Streams
	cutout, mix  *seed.Streams
	other        []float32 // the image that is mixed in
}

func newAugmenter(s *Set, a Augment, sd uint64) (*augmenter, error) {
	if err := a.Check(s); err != nil {
		return nil, err
	}
	g := &augmenter{set: s, a: a, seed: sd, other: make([]float32, s.Shape.Elems())}
	for c := range a.Normalise.Mean {
		std := a.Normalise.Std[c]
		if std == 0 {
			std = 1 // as Standardise has it
		}
		g.scale = append(g.scale, float32(1/std))
		g.shift = append(g.shift, float32(-a.Normalise.Mean[c]/std))
	}
	g.start(1)
	return g, nil
}

// start begins an epoch.
func (g *augmenter) start(epoch int) {
	open := func(change string) *seed.Streams {
		return seed.NewStreams(g.seed, "augment", change, strconv.Itoa(epoch))
	}
	g.crop, g.flip, g.cutout, g.mix = open("crop"), open("flip"), open("cutout"), open("mixup")
}

// image writes image i to dst, with what is mixed into it. It says with which label that
// is, and which share the image itself has.
func (g *augmenter) image(dst []float32, i int) (partner int, own float32) {
	g.view(dst, i)
	if g.a.Mixup == 0 {
		return g.set.Y[i], 1
	}
	draw := g.mix.Open(i)
	j := draw.IntN(g.set.Len())
	own = float32(symmetricBeta(draw, g.a.Mixup))
	g.view(g.other, j)
	for k, x := range g.other {
		dst[k] = own*dst[k] + (1-own)*x
	}
	return g.set.Y[j], own
}

// view writes image i to dst, but for mixup.
func (g *augmenter) view(dst []float32, i int) {
	h, w := g.set.Shape.H, g.set.Shape.W
	var down, right int // where the cut begins
	if n := g.a.Crop; n > 0 {
		draw := g.crop.Open(i)
		down, right = draw.IntN(2*n+1)-n, draw.IntN(2*n+1)-n
	}
	mirrored := g.a.Flip && g.flip.Open(i).IntN(2) == 1
	src := g.set.Image(i)
	for row := range g.set.Shape.C * h { // of all channels
		out := dst[row*w : (row+1)*w]
		if from := row%h + down; from < 0 || from >= h {
			clear(out)
		} else {
			shifted(out, src[(row+down)*w:(row+down+1)*w], right)
		}
		if mirrored {
			slices.Reverse(out)
		}
	}
	for c, scale := range g.scale {
		plane, shift := dst[c*h*w:(c+1)*h*w], g.shift[c]
		for k, x := range plane {
			plane[k] = x*scale + shift
		}
	}
	if n := g.a.Cutout; n > 0 {
		draw := g.cutout.Open(i)
		top, left := draw.IntN(h)-n/2, draw.IntN(w)-n/2
		from, to := max(left, 0), min(left+n, w)
		for c := range g.set.Shape.C {
			for row := max(top, 0); row < min(top+n, h); row++ {
				clear(dst[(c*h+row)*w+from : (c*h+row)*w+to])
			}
		}
	}
}

// shifted writes src[by:] to dst, with zeros for what src does not have.
func shifted(dst, src []float32, by int) {
	from, to := max(-by, 0), min(len(src)-by, len(dst))
	clear(dst[:from])
	copy(dst[from:to], src[from+by:])
	clear(dst[to:])
}

// symmetricBeta draws from Beta(a, a): G/(G+G') for two of Gamma(a).
func symmetricBeta(r *rand.Rand, a float64) float64 {
	x, y := gamma(r, a), gamma(r, a)
	if x+y == 0 { // both are too small for a number
		return float64(r.IntN(2))
	}
	return x / (x + y)
}

// gamma draws from Gamma(a), a above 0, by the method of Marsaglia and Tsang, "A Simple
// Method for Generating Gamma Variables", 2000: section 2, and section 6 for a below 1.
func gamma(r *rand.Rand, a float64) float64 {
	if a < 1 {
		return gamma(r, a+1) * math.Pow(r.Float64(), 1/a)
	}
	d := a - 1./3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}
