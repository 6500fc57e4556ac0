package data

import (
	"math"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
)

// The checksum is that of Python's hashlib over the same bytes:
//
//	h = hashlib.sha256(b"1 2 2 3 8 2\n" + struct.pack("<8f", 0.5, -1.25, 3, 0.1, 1e-45, 2, 7, -0.0) + struct.pack("<2I", 2, 0))
//	h.hexdigest()[:16]
func TestSum(t *testing.T) {
	make := func() *Set {
		return &Set{
			Name: "eight", Shape: arch.Shape{C: 1, H: 2, W: 2}, Classes: 3,
			X: []float32{0.5, -1.25, 3, 0.1, 1e-45, 2, 7, float32(math.Copysign(0, -1))}, Y: []int{2, 0},
		}
	}
	const want = "aa7c13c6f3b39969"
	if got := make().Sum(); got != want {
		t.Errorf("the sum is %s, want %s", got, want)
	}
	for what, change := range map[string]func(*Set){
		"a pixel":     func(s *Set) { s.X[3] = math.Nextafter32(s.X[3], 1) },
		"a sign":      func(s *Set) { s.X[7] = 0 },
		"a label":     func(s *Set) { s.Y[1] = 1 },
		"the shape":   func(s *Set) { s.Shape = arch.Shape{C: 4, H: 1, W: 1} },
		"the classes": func(s *Set) { s.Classes = 4 },
	} {
		s := make()
		change(s)
		if s.Sum() == want {
			t.Errorf("%s has changed, and the sum has not", what)
		}
	}
	named := make()
	named.Name, named.Names = "other", []string{"a", "b", "c"}
	if named.Sum() != want {
		t.Error("names change the sum")
	}
}

// Sets of more than one block of bytes.
func TestSumOfMany(t *testing.T) {
	s := &Set{Shape: arch.Shape{C: 1, H: 100, W: 400}, Classes: 2, X: make([]float32, 40000), Y: []int{0}}
	before := s.Sum()
	for _, i := range []int{0, 16383, 16384, 39999} {
		s.X[i] = 1
		if after := s.Sum(); after == before {
			t.Errorf("pixel %d does not change the sum", i)
		}
		s.X[i] = 0
	}
}
