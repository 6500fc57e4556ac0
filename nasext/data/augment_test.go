package data

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/seed"
)

// counted is a set of n images of 2×h×w whose pixels are 1, 2, 3 and so on.
func counted(n, h, w int) *Set {
	s := &Set{Name: "counted", Shape: arch.Shape{C: 2, H: h, W: w}, Classes: 3}
	for i := range n {
		for range s.Shape.Elems() {
			s.X = append(s.X, float32(len(s.X)+1))
		}
		s.Y = append(s.Y, i%3)
	}
	return s
}

// seen is an image of set s as batches of a size show it in an epoch.
func seen(t *testing.T, s *Set, a Augment, size, epoch int) [][]float32 {
	b, err := NewBatches(s, size, 11)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Augment(a); err != nil {
		t.Fatal(err)
	}
	b.Start(epoch)
	all := make([][]float32, s.Len())
	order := b.order
	for x, y, ok := b.Next(); ok; x, y, ok = b.Next() {
		for k := range y {
			all[order[k]] = slices.Clone(x[k*s.Shape.Elems() : (k+1)*s.Shape.Elems()])
		}
		order = order[len(y):]
	}
	return all
}

func same(a, b [][]float32) bool { return slices.EqualFunc(a, b, slices.Equal[[]float32]) }

// What an image looks like depends on the seed, the epoch and the image only.
func TestAugmentIsTheImagesOwn(t *testing.T) {
	s := counted(20, 6, 5)
	all := Augment{Crop: 2, Flip: true, Normalise: s.Moments(), Cutout: 3, Mixup: .4}
	one := seen(t, s, all, 20, 3)
	for _, size := range []int{1, 7, 19} {
		if !same(one, seen(t, s, all, size, 3)) {
			t.Errorf("batches of %d show other images", size)
		}
	}
	if same(one, seen(t, s, all, 20, 4)) {
		t.Error("another epoch shows the same images")
	}
	// A part of the set in another order of drawing: the last image first.
	g, err := newAugmenter(s, all, 11)
	if err != nil {
		t.Fatal(err)
	}
	g.start(3)
	x := make([]float32, s.Shape.Elems())
	for i := s.Len() - 1; i >= 0; i -= 3 {
		if g.image(x, i); !slices.Equal(x, one[i]) {
			t.Errorf("image %d depends on what was drawn before", i)
		}
	}
}

// Cropped and mirrored images are those of a set that was only cropped, mirrored.
func TestAugmentChangesAreIndependent(t *testing.T) {
	s := counted(20, 6, 5)
	cropped, both := seen(t, s, Augment{Crop: 2}, 20, 1), seen(t, s, Augment{Crop: 2, Flip: true}, 20, 1)
	mirrored := 0
	for i, x := range both {
		if slices.Equal(x, cropped[i]) {
			continue
		}
		for row := range slices.Chunk(x, 5) {
			slices.Reverse(row)
		}
		if !slices.Equal(x, cropped[i]) {
			t.Errorf("image %d is cropped differently when it is mirrored", i)
		}
		mirrored++
	}
	if mirrored < 3 || mirrored > 17 { // 10 ± 2.2
		t.Errorf("%d of 20 images are mirrored", mirrored)
	}
}

// Every shift of a crop is as likely as any other, and shows what was there.
func TestAugmentCrop(t *testing.T) {
	const n, h, w, crop = 5000, 4, 3, 1
	s := counted(n, h, w)
	counts := map[[2]int]int{}
	for i, x := range seen(t, s, Augment{Crop: crop}, n, 1) {
		found := 0
		for down := -crop; down <= crop; down++ {
			for right := -crop; right <= crop; right++ {
				want := make([]float32, 2*h*w)
				for at := range want {
					c, row, col := at/(h*w), at/w%h+down, at%w+right
					if row >= 0 && row < h && col >= 0 && col < w {
						want[at] = s.Image(i)[(c*h+row)*w+col]
					}
				}
				if slices.Equal(x, want) {
					counts[[2]int{down, right}]++
					found++
				}
			}
		}
		if found != 1 {
			t.Fatalf("image %d is no crop: %v", i, x)
		}
	}
	for shift, k := range counts {
		if mean, sigma := n/9., math.Sqrt(n/9.*8/9); math.Abs(float64(k)-mean) > 4.5*sigma {
			t.Errorf("shift %v comes %d times, want about %.0f", shift, k, mean)
		}
	}
	if len(counts) != 9 {
		t.Errorf("%d shifts, want 9", len(counts))
	}
}

// A pixel is cut out as often as there are centres that reach it.
func TestAugmentCutout(t *testing.T) {
	const n, h, w = 4000, 6, 5
	for _, size := range []int{1, 2, 3, 5} {
		s := counted(n, h, w)
		gone := make([]float64, 2*h*w)
		for i, x := range seen(t, s, Augment{Cutout: size}, n, 1) {
			for at, v := range x {
				switch v {
				case 0:
					gone[at]++
				case s.Image(i)[at]:
				default:
					t.Fatalf("pixel %d of image %d is changed, not cut out", at, i)
				}
			}
		}
		reach := func(at, length int) (p float64) { // share of the centres whose square covers the place
			for centre := range length {
				if d := at - (centre - size/2); d >= 0 && d < size {
					p += 1 / float64(length)
				}
			}
			return p
		}
		for at, k := range gone {
			p := reach(at/w%h, h) * reach(at%w, w)
			if sigma := math.Sqrt(n * p * (1 - p)); math.Abs(k-n*p) > 4.5*sigma+1e-9 {
				t.Errorf("size %d: pixel %d is cut out %.0f times, want about %.0f", size, at, k, n*p)
			}
		}
	}
}

func TestAugmentNormalise(t *testing.T) {
	s := counted(4, 3, 3)
	m := s.Moments()
	want, err := s.Standardise(m)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range seen(t, s, Augment{Normalise: m}, 4, 1) {
		if !near(x, want.Image(i), 1e-5) {
			t.Errorf("image %d: %v, want %v", i, x, want.Image(i))
		}
	}
	// Around a crop there is black, and what is cut out is the mean.
	black := float32(-m.Mean[0] / m.Std[0])
	isBlack := false
	for _, x := range seen(t, s, Augment{Normalise: m, Crop: 2}, 4, 1) {
		isBlack = isBlack || near(x[:1], []float32{black}, 1e-6)
	}
	if !isBlack {
		t.Errorf("no crop begins with a black pixel, %v", black)
	}
	for i, x := range seen(t, s, Augment{Normalise: m, Cutout: 3}, 4, 1) {
		if !slices.Contains(x, 0) {
			t.Errorf("image %d: nothing is cut out of %v", i, x)
		}
	}
	constant := Moments{[]float64{1, 1}, []float64{0, 2}}
	if x := seen(t, s, Augment{Normalise: constant}, 4, 1)[0]; x[1] != 1 || x[9] != 4.5 {
		t.Errorf("a channel of deviation 0 is moved only: %v", x)
	}
}

func TestAugmentMixup(t *testing.T) {
	const n, alpha = 4000, .3
	s := &Set{Name: "numbers", Shape: arch.Shape{C: 1, H: 1, W: 1}, Classes: 7}
	for i := range n {
		s.X, s.Y = append(s.X, float32(i)), append(s.Y, i%7)
	}
	b, err := NewBatches(s, 64, 5)
	if err != nil {
		t.Fatal(err)
	}
	if partner, own := b.Mix(); partner != nil || own != nil {
		t.Error("a share without mixup")
	}
	if err := b.Augment(Augment{Mixup: alpha}); err != nil {
		t.Fatal(err)
	}
	var sum, squares, others float64
	order := b.order
	for x, y, ok := b.Next(); ok; x, y, ok = b.Next() {
		partner, own := b.Mix()
		if len(partner) != len(y) || len(own) != len(y) {
			t.Fatalf("%d partners and %d shares for %d images", len(partner), len(own), len(y))
		}
		for k, share := range own {
			i := order[k]
			if y[k] != i%7 {
				t.Fatalf("image %d has the label %d", i, y[k])
			}
			sum, squares = sum+float64(share), squares+float64(share)*float64(share)
			if share > .9 { // too little of the other to tell which it is
				continue
			}
			j := (float64(x[k]) - float64(share)*float64(i)) / (1 - float64(share))
			if math.Abs(j-math.Round(j)) > .05 || int(math.Round(j))%7 != partner[k] {
				t.Fatalf("%v of image %d and the rest of image %v, labelled %d, make %v", share, i, j, partner[k], x[k])
			}
			others += j / n
		}
		order = order[len(y):]
	}
	mean, variance := sum/n, squares/n-sum/n*sum/n
	if want := 1 / (4 * (2*alpha + 1)); math.Abs(mean-.5) > 4*math.Sqrt(want/n) || math.Abs(variance-want) > .01 {
		t.Errorf("shares of mean %.3f and variance %.4f, want 0.5 and %.4f", mean, variance, want)
	}
}

// Mean and variance of Beta(a, a) are 1/2 and 1/(4(2a+1)); its fourth central moment is
// 3/(16(2a+1)(2a+3)).
func TestSymmetricBeta(t *testing.T) {
	const n = 40000
	for _, a := range []float64{1e-4, .1, .5, 1, 2, 10} {
		r := seed.Stream(1, "beta")
		var first, second, fourth float64
		for range n {
			d := symmetricBeta(r, a) - .5
			if !(d >= -.5 && d <= .5) {
				t.Fatalf("a = %v: %v", a, d+.5)
			}
			first, second, fourth = first+d/n, second+d*d/n, fourth+d*d*d*d/n
		}
		v, f := 1/(4*(2*a+1)), 3/(16*(2*a+1)*(2*a+3))
		if math.Abs(first) > 4.5*math.Sqrt(v/n) || math.Abs(second-v) > 4.5*math.Sqrt((f-v*v)/n)+1e-9 || math.Abs(fourth/f-1) > .1 {
			t.Errorf("a = %v: moments %.4f, %.5f and %.6f, want 0, %.5f and %.6f", a, first, second, fourth, v, f)
		}
	}
}

func TestAugmentAllocatesNothing(t *testing.T) {
	s := counted(300, 8, 8)
	b, err := NewBatches(s, 100, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Augment(Augment{Crop: 2, Flip: true, Normalise: s.Moments(), Cutout: 4, Mixup: .2}); err != nil {
		t.Fatal(err)
	}
	batch := func() {
		b.next = 0
		b.Next()
	}
	if n := testing.AllocsPerRun(20, batch); n != 0 {
		t.Errorf("%v allocations for a batch", n)
	}
}

func TestBadAugment(t *testing.T) {
	b, err := NewBatches(counted(3, 4, 5), 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		a    Augment
		want string
	}{
		{Augment{Crop: -1}, "a crop from -1 pixels around images of 2×4×5; there can be 0 to 3"},
		{Augment{Crop: 4}, "a crop from 4 pixels"},
		{Augment{Cutout: 5}, "5 pixels a side cut out of images of 2×4×5; there can be 0 to 4"},
		{Augment{Cutout: -1}, "-1 pixels a side"},
		{Augment{Mixup: -1}, "mixup -1"},
		{Augment{Mixup: 11}, "mixup 11"},
		{Augment{Mixup: math.NaN()}, "mixup NaN"},
		{Augment{Normalise: Moments{Mean: []float64{1}, Std: []float64{1}}}, "1 means and 1 deviations for images of 2 channels"},
		{Augment{Normalise: Moments{Mean: []float64{1, 2}}}, "2 means and 0 deviations"},
		{Augment{Normalise: Moments{[]float64{1, 2}, []float64{1, -1}}}, "deviation -1 of channel 1"},
		{Augment{Normalise: Moments{[]float64{math.NaN(), 2}, []float64{1, 1}}}, "mean NaN"},
	} {
		if err := b.Augment(c.a); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want an error with %q", c.a, err, c.want)
		}
	}
}

func BenchmarkBatches(b *testing.B) {
	s := &Set{Name: "photographs", Shape: arch.Shape{C: 3, H: 32, W: 32}, Classes: 2, X: make([]float32, 512*3*32*32), Y: make([]int, 512)}
	for _, c := range []struct {
		name string
		a    Augment
	}{
		{"plain", Augment{}},
		{"crop, flip", Augment{Crop: 4, Flip: true}},
		{"crop, flip, normalise, cutout", Augment{Crop: 4, Flip: true, Normalise: s.Moments(), Cutout: 16}},
		{"all", Augment{Crop: 4, Flip: true, Normalise: s.Moments(), Cutout: 16, Mixup: 1}},
	} {
		b.Run(c.name, func(b *testing.B) {
			batches, err := NewBatches(s, 64, 1)
			if err != nil {
				b.Fatal(err)
			}
			if err := batches.Augment(c.a); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.SetBytes(64 * 3 * 32 * 32 * 4)
			for b.Loop() {
				batches.next %= batches.count
				batches.Next()
			}
		})
	}
}
