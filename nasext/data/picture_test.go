package data

import (
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
)

func TestPicture(t *testing.T) {
	grey := &Set{Name: "grey", Shape: arch.Shape{C: 1, H: 1, W: 2}}
	p, err := grey.Picture([]float32{-1, 1, 0, 1, 1, -1}, 2)
	if err != nil {
		t.Fatal(err)
	}
	none := color.NRGBA{}
	shade := func(v uint8) color.NRGBA { return color.NRGBA{v, v, v, 255} }
	want := [][]color.NRGBA{
		{shade(0), shade(255), none, shade(128), shade(255)},
		{none, none, none, none, none},
		{shade(255), shade(0), none, none, none},
	}
	if p.Bounds() != image.Rect(0, 0, 5, 3) {
		t.Fatalf("bounds %v", p.Bounds())
	}
	for y, row := range want {
		for x, c := range row {
			if p.At(x, y) != c {
				t.Errorf("pixel %d of row %d is %v, want %v", x, y, p.At(x, y), c)
			}
		}
	}
	colour := &Set{Name: "colour", Shape: arch.Shape{C: 3, H: 2, W: 1}}
	if p, err = colour.Picture([]float32{0, 1, .2, .4, .6, .8}, 9); err != nil {
		t.Fatal(err)
	}
	if p.Bounds() != image.Rect(0, 0, 1, 2) || p.At(0, 0) != (color.NRGBA{0, 51, 153, 255}) || p.At(0, 1) != (color.NRGBA{255, 102, 204, 255}) {
		t.Errorf("%v: %v over %v", p.Bounds(), p.At(0, 0), p.At(0, 1))
	}
	if p, err = grey.Picture([]float32{3, 3}, 1); err != nil || p.At(1, 0) != shade(0) {
		t.Errorf("a plain image: %v, %v", p.At(1, 0), err)
	}
}

func TestBadPicture(t *testing.T) {
	grey := &Set{Name: "grey", Shape: arch.Shape{C: 1, H: 1, W: 2}}
	for _, c := range []struct {
		set     *Set
		x       []float32
		columns int
		want    string
	}{
		{nil, nil, 1, "no data set"},
		{&Set{Name: "two", Shape: arch.Shape{C: 2, H: 1, W: 1}}, make([]float32, 2), 1, "images of 2×1×1; those of 1 or 3 channels"},
		{grey, make([]float32, 3), 1, "3 numbers are no whole images of 1×1×2, which have 2"},
		{grey, nil, 1, "0 numbers"},
		{grey, make([]float32, 2), 0, "rows of 0 images"},
		{grey, []float32{1, float32(math.NaN())}, 1, "numbers from NaN to NaN"},
		{grey, []float32{1, float32(math.Inf(1))}, 1, "numbers from 1 to +Inf"},
	} {
		if _, err := c.set.Picture(c.x, c.columns); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error with %q", err, c.want)
		}
	}
}
