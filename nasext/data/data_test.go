package data

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
)

func TestDigits(t *testing.T) {
	d := Digits()
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	if d.Len() != 1797 || d.Shape != (arch.Shape{C: 1, H: 8, W: 8}) || d.Classes != 10 {
		t.Fatalf("got %d images of %v in %d classes", d.Len(), d.Shape, d.Classes)
	}
	// Class sizes as published with the set.
	if got, want := d.Count(), []int{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}; !slices.Equal(got, want) {
		t.Errorf("class sizes %v, want %v", got, want)
	}
	if got, want := d.Image(0)[:8], []float32{0, 0, 5. / 16, 13. / 16, 9. / 16, 1. / 16, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("first row of the first image is %v, want %v", got, want)
	}
	if lo, hi := slices.Min(d.X), slices.Max(d.X); lo != 0 || hi != 1 {
		t.Errorf("pixels from %v to %v, want 0 to 1", lo, hi)
	}
	var sum float64
	for _, x := range d.X {
		sum += float64(x) * 16
	}
	if sum != 561718 { // the sum of all pixels of the set
		t.Errorf("sum of all pixels %v", sum)
	}
}

func TestSplit(t *testing.T) {
	d := Digits()
	mark(d)
	sets, err := d.Split(7, .6, .2, .2)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[float32]bool{}
	for p, f := range []float64{.6, .2, .2} {
		for c, n := range sets[p].Count() {
			if want := f * float64(d.Count()[c]); math.Abs(float64(n)-want) > 1 {
				t.Errorf("part %d has %d of class %d, want about %.1f", p, n, c, want)
			}
		}
		for i := range sets[p].Len() {
			id := sets[p].Image(i)[0]
			if seen[id] {
				t.Fatalf("image %v is in two parts", id)
			}
			seen[id] = true
			if sets[p].Y[i] != d.Y[int(id)] {
				t.Fatalf("image %v lost its label", id)
			}
		}
	}
	if len(seen) != d.Len() {
		t.Errorf("%d images in the parts, want all %d", len(seen), d.Len())
	}
	again, err := d.Split(7, .6, .2, .2)
	if err != nil {
		t.Fatal(err)
	}
	other, err := d.Split(8, .6, .2, .2)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(sets[0].X, again[0].X) || slices.Equal(sets[0].X, other[0].X) {
		t.Error("a split has to depend on its seed and on nothing else")
	}
	// The first images are a mixture, not the first class.
	few, err := sets[0].First(100)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Min(few.Count()) == 0 {
		t.Errorf("classes of the first 100 training images: %v", few.Count())
	}
}

// mark writes the number of each image into its first pixel.
func mark(s *Set) {
	for i := range s.Len() {
		s.Image(i)[0] = float32(i)
	}
}

func TestPartsAreStandardised(t *testing.T) {
	p, err := Digits().Parts(1)
	if err != nil {
		t.Fatal(err)
	}
	m := p.Train.Moments()
	if math.Abs(m.Mean[0]) > 1e-6 || math.Abs(m.Std[0]-1) > 1e-6 {
		t.Errorf("training part has mean %v and deviation %v", m.Mean[0], m.Std[0])
	}
	all, err := Join("digits/final", p.Train, p.Valid)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Train.Len() + p.Valid.Len(); all.Len() != got || all.Len()+p.Test.Len() != 1797 {
		t.Errorf("%d + %d images", all.Len(), p.Test.Len())
	}
}

func TestBatches(t *testing.T) {
	d, err := Digits().First(1079)
	if err != nil {
		t.Fatal(err)
	}
	mark(d)
	b, err := NewBatches(d, 64, 5)
	if err != nil {
		t.Fatal(err)
	}
	epoch := func(n int) (order []float32) {
		b.Start(n)
		for {
			x, y, ok := b.Next()
			if !ok {
				return order
			}
			if len(y) != 63 && len(y) != 64 {
				t.Fatalf("a batch of %d images", len(y))
			}
			for i, label := range y {
				id := x[i*64]
				order = append(order, id)
				if label != d.Y[int(id)] {
					t.Fatalf("image %v came with label %d", id, label)
				}
			}
		}
	}
	one, two, again := epoch(1), epoch(2), epoch(1)
	if slices.Equal(one, two) || !slices.Equal(one, again) {
		t.Error("the order has to depend on the epoch, and on seed and epoch only")
	}
	slices.Sort(one)
	for i, id := range one {
		if int(id) != i {
			t.Fatalf("image %d is missing or doubled", i)
		}
	}
	if len(one) != d.Len() || b.Count() != 17 {
		t.Errorf("%d images in %d batches", len(one), b.Count())
	}
}

func TestStandardiseConstantChannel(t *testing.T) {
	s := &Set{Name: "two", Shape: arch.Shape{C: 2, H: 1, W: 2}, Classes: 2, X: []float32{1, 3, 5, 5, 1, 3, 5, 5}, Y: []int{0, 1}}
	got, err := s.Standardise(s.Moments())
	if err != nil {
		t.Fatal(err)
	}
	if want := []float32{-1, 1, 0, 0, -1, 1, 0, 0}; !slices.Equal(got.X, want) {
		t.Errorf("got %v, want %v", got.X, want)
	}
}

func TestBadInput(t *testing.T) {
	d := Digits()
	good := func() *Set {
		return &Set{Name: "s", Shape: arch.Shape{C: 1, H: 1, W: 2}, Classes: 2, X: []float32{1, 2, 3, 4}, Y: []int{0, 1}}
	}
	check := func(change func(*Set)) func() error {
		return func() error { s := good(); change(s); return s.Check() }
	}
	for _, c := range []struct {
		name string
		do   func() error
		want string
	}{
		{"batch larger than the data", func() error { _, err := NewBatches(d, 4096, 1); return err }, "batches of 4096 images from \"digits\", which holds only 1797: choose a batch of at most 1797"},
		{"batch of no set", func() error { _, err := NewBatches(nil, 1, 1); return err }, "no data set (nil)"},
		{"batch of an empty set", func() error { _, err := NewBatches(&Set{Name: "e"}, 1, 1); return err }, "from \"e\", which holds no images"},
		{"check: no set", func() error { return (*Set)(nil).Check() }, "no data set (nil)"},
		{"batch of nothing", func() error { _, err := NewBatches(d, 0, 1); return err }, "at least 1"},
		{"fractions above one", func() error { _, err := d.Split(1, .8, .3); return err }, "add up to 1.1"},
		{"negative fraction", func() error { _, err := d.Split(1, -.1); return err }, "fraction -0.1"},
		{"NaN fraction", func() error { _, err := d.Split(1, math.NaN()); return err }, "fraction NaN"},
		{"no fractions", func() error { _, err := d.Split(1); return err }, "no fractions"},
		{"empty part", func() error { _, err := d.Split(1, .9, 1e-5); return err }, "part 2"},
		{"too many first", func() error { _, err := d.First(1798); return err }, "1 to 1797"},
		{"index", func() error { _, err := d.Subset("x", []int{0, 1797}); return err }, "index 1797"},
		{"join", func() error { _, err := Join("x", d, good()); return err }, "have to agree"},
		{"join nothing", func() error { _, err := Join("x"); return err }, "no sets"},
		{"moments", func() error { _, err := d.Standardise(Moments{}); return err }, "standardise \"digits\": 0 means and 0 deviations for images of 1 channels"},
		{"check: X and Y", check(func(s *Set) { s.X = s.X[:3] }), "3 numbers"},
		{"check: label", check(func(s *Set) { s.Y[1] = 2 }), "label 2"},
		{"check: NaN", check(func(s *Set) { s.X[2] = float32(math.NaN()) }), "image 1"},
		{"check: empty", check(func(s *Set) { s.X, s.Y = nil, nil }), "no images"},
		{"check: classes", check(func(s *Set) { s.Classes = 1 }), "1 classes"},
		{"check: names", check(func(s *Set) { s.Names = []string{"a"} }), "1 class names"},
		{"check: shape", check(func(s *Set) { s.Shape.C = 0 }), "0×1×2"},
		{"damaged file", func() error { _, err := readDigits([]byte("1,2,3\n")); return err }, "no label column \"65\""},
	} {
		if err := c.do(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
	if err := good().Check(); err != nil {
		t.Error(err)
	}
}

func ExampleDigits() {
	d := Digits()
	fmt.Println(d.Len(), d.Shape, d.Classes)
	for y := range 8 {
		for _, x := range d.Image(0)[8*y : 8*y+8] {
			fmt.Print(string(" .:*#"[int(x*4)]))
		}
		fmt.Println("|")
	}
	// Output:
	// 1797 1×8×8 10
	//   .*:   |
	//   **:*. |
	//   *  :: |
	//  .*  :: |
	//  .:  :: |
	//  .:  *. |
	//   *.:*  |
	//   .*:   |
}
