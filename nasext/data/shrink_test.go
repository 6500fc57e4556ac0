package data

import (
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
)

func TestShrink(t *testing.T) {
	s := &Set{
		Name: "two", Shape: arch.Shape{C: 2, H: 2, W: 5}, Classes: 2, Y: []int{1},
		X: []float32{
			1, 2, 3, 4, 100,
			5, 6, 7, 8, 100,

			0, 0, 1, 0, 100,
			0, 8, 0, 0, 100,
		},
	}
	got, err := s.Shrink(2)
	if err != nil {
		t.Fatal(err)
	}
	if want := []float32{3.5, 5.5, 2, .25}; !slices.Equal(got.X, want) || got.Shape != (arch.Shape{C: 2, H: 1, W: 2}) || got.Name != "two/2" {
		t.Errorf("%v of shape %v, called %q; want %v", got.X, got.Shape, got.Name, want)
	}
	if same, err := s.Shrink(1); err != nil || !slices.Equal(same.X, s.X) {
		t.Errorf("by one: %v, %v", same, err)
	}
	for _, k := range []int{0, -1, 3} {
		if _, err := s.Shrink(k); err == nil || !strings.Contains(err.Error(), "its images are 2×2×5; shrink them by 1 to 2") {
			t.Errorf("by %d: error is %v", k, err)
		}
	}
}
