// Package data holds sets of labelled images: where they come from, how they are
// split, how they are cut into batches, and how they are changed while they are shown.
//
// Digits and Gratings need no files. MNIST, FashionMNIST, CIFAR10, CIFAR100, IDX, Images
// and CSV read the user's; only Download goes to the network. What files say of their
// sizes is held against their length before memory is asked for, and an error names the
// file, what was expected there and what was found.
//
// Every draw is from a named stream of package seed, so a split or an order of
// batches is the same on every run and on every machine.
package data

import (
	"errors"
	"fmt"
	"math"

	"github.com/nascent-go/nascent/nasext/arch"
)

var errNoSet = errors.New("there is no data set (nil); data.Digits() is one")

// Set is a set of labelled images.
type Set struct {
	Name    string     // what it is, such as "digits" or "digits/train"
	Shape   arch.Shape // of one image: channels, height, width
	Classes int        // labels are 0 to Classes-1
	Names   []string   // of the classes; empty or one each
	X       []float32  // the images one after the other, each C×H×W row major
	Y       []int      // their labels
}

// Len is the number of images.
func (s *Set) Len() int { return len(s.Y) }

// Image is the i-th image, as a part of X, not a copy. It panics if there is none,
// as an index does.
func (s *Set) Image(i int) []float32 {
	if i < 0 || i >= s.Len() {
		panic(fmt.Sprintf("data: image %d of %q, which holds images 0 to %d", i, s.Name, s.Len()-1))
	}
	e := s.Shape.Elems()
	return s.X[i*e : (i+1)*e : (i+1)*e]
}

// Check says what is wrong with the set: sizes that don't agree, labels that are
// no class, pixels that are no numbers.
func (s *Set) Check() error {
	if err := s.checkSizes(); err != nil {
		return err
	}
	for i, x := range s.X {
		if x-x != 0 { // true of NaN and of ±Inf, and of nothing else
			return fmt.Errorf("data set %q: image %d holds %v at position %d; pixels have to be finite numbers",
				s.Name, i/s.Shape.Elems(), x, i%s.Shape.Elems())
		}
	}
	return nil
}

// checkSizes is Check without the pixels.
func (s *Set) checkSizes() error {
	if s == nil {
		return errNoSet
	}
	switch {
	case s.Shape.C < 1 || s.Shape.H < 1 || s.Shape.W < 1:
		return fmt.Errorf("data set %q: shape %v; every dimension has to be at least 1", s.Name, s.Shape)
	case s.Classes < 2:
		return fmt.Errorf("data set %q: %d classes; at least 2 are needed", s.Name, s.Classes)
	case len(s.Y) == 0:
		return fmt.Errorf("data set %q: no images", s.Name)
	case len(s.X) != len(s.Y)*s.Shape.Elems():
		return fmt.Errorf("data set %q: %d numbers in X, but %d labels of images of shape %v make %d",
			s.Name, len(s.X), len(s.Y), s.Shape, len(s.Y)*s.Shape.Elems())
	case len(s.Names) != 0 && len(s.Names) != s.Classes:
		return fmt.Errorf("data set %q: %d class names for %d classes; give one each or none", s.Name, len(s.Names), s.Classes)
	}
	for i, y := range s.Y {
		if y < 0 || y >= s.Classes {
			return fmt.Errorf("data set %q: image %d has label %d; labels are 0 to %d", s.Name, i, y, s.Classes-1)
		}
	}
	return nil
}

// ClassName is the name of class c: that in Names, or its number.
func (s *Set) ClassName(c int) string {
	if c >= 0 && c < len(s.Names) {
		return s.Names[c]
	}
	return fmt.Sprint(c)
}

// Count is the number of images of each class.
func (s *Set) Count() []int {
	n := make([]int, s.Classes)
	for _, y := range s.Y {
		n[y]++
	}
	return n
}

// Subset is a set of copies of the images with the given indices, in that order.
func (s *Set) Subset(name string, index []int) (*Set, error) {
	t := *s
	t.Name = name
	t.X = make([]float32, 0, len(index)*s.Shape.Elems())
	t.Y = make([]int, 0, len(index))
	for _, i := range index {
		if i < 0 || i >= s.Len() {
			return nil, fmt.Errorf("subset %q of %q: index %d; it has images 0 to %d", name, s.Name, i, s.Len()-1)
		}
		t.X = append(t.X, s.Image(i)...)
		t.Y = append(t.Y, s.Y[i])
	}
	return &t, nil
}

// First is the set of the first n images; it shares their memory.
func (s *Set) First(n int) (*Set, error) {
	if n < 1 || n > s.Len() {
		return nil, fmt.Errorf("first %d images of %q: it holds %d; ask for 1 to %d", n, s.Name, s.Len(), s.Len())
	}
	t := *s
	t.X, t.Y = s.X[:n*s.Shape.Elems():n*s.Shape.Elems()], s.Y[:n:n]
	return &t, nil
}

// Moments are the mean and the standard deviation of each channel.
type Moments struct {
	Mean, Std []float64
}

// Moments computes the mean and the (biased) standard deviation of each channel
// over all images. Take them from the training part alone.
func (s *Set) Moments() Moments {
	m := Moments{make([]float64, s.Shape.C), make([]float64, s.Shape.C)}
	n := float64(s.Len() * s.Shape.H * s.Shape.W)
	s.planes(func(c, from, to int) {
		mean := m.Mean[c]
		for _, x := range s.X[from:to] {
			mean += float64(x) / n
		}
		m.Mean[c] = mean
	})
	s.planes(func(c, from, to int) {
		mean, variance := m.Mean[c], m.Std[c]
		for _, x := range s.X[from:to] {
			d := float64(x) - mean
			variance += d * d / n
		}
		m.Std[c] = variance
	})
	for c, v := range m.Std {
		m.Std[c] = math.Sqrt(v)
	}
	return m
}

// check says what is wrong with moments for images of so many channels.
func (m Moments) check(channels int) error {
	if len(m.Mean) != channels || len(m.Std) != channels {
		return fmt.Errorf("%d means and %d deviations for images of %d channels", len(m.Mean), len(m.Std), channels)
	}
	for c, mean := range m.Mean {
		if std := m.Std[c]; !(std >= 0) || math.IsInf(std, 1) || math.IsNaN(mean) || math.IsInf(mean, 0) {
			return fmt.Errorf("mean %v and deviation %v of channel %d; they have to be finite, and the deviation at least 0", mean, std, c)
		}
	}
	return nil
}

// Standardise is a copy of the set with (x-mean)/std in place of x. A channel that
// never changes (standard deviation 0) is only moved to 0.
func (s *Set) Standardise(m Moments) (*Set, error) {
	if err := m.check(s.Shape.C); err != nil {
		return nil, fmt.Errorf("standardise %q: %w", s.Name, err)
	}
	t := *s
	t.X = make([]float32, len(s.X))
	s.standardise(t.X, m)
	return &t, nil
}

// standardise writes the standardised pixels to dst, which may be X.
func (s *Set) standardise(dst []float32, m Moments) {
	s.planes(func(c, from, to int) {
		mean, d := m.Mean[c], m.Std[c]
		if d == 0 {
			d = 1
		}
		for i, x := range s.X[from:to] {
			dst[from+i] = float32((float64(x) - mean) / d)
		}
	})
}

// planes calls f for every channel of every image, with the places in X where it begins
// and ends.
func (s *Set) planes(f func(c, from, to int)) {
	plane := s.Shape.H * s.Shape.W
	for i := range s.Len() * s.Shape.C {
		f(i%s.Shape.C, i*plane, (i+1)*plane)
	}
}
