package data

import (
	"fmt"
	"image"
	"image/color"
	"slices"
)

// Picture shows images of the set's shape, of 1 channel (grey) or 3 (red, green, blue):
// s.X or a part of it, or a batch that Batches gave. They stand in rows of so many
// columns, a transparent pixel apart. The smallest number is black, the largest white.
func (s *Set) Picture(x []float32, columns int) (image.Image, error) {
	if s == nil {
		return nil, fmt.Errorf("picture: %w", errNoSet)
	}
	c, h, w := s.Shape.C, s.Shape.H, s.Shape.W
	switch e := s.Shape.Elems(); {
	case c != 1 && c != 3:
		return nil, fmt.Errorf("picture of %q: images of %v; those of 1 or 3 channels can be shown", s.Name, s.Shape)
	case e < 1 || len(x) == 0 || len(x)%e != 0:
		return nil, fmt.Errorf("picture of %q: %d numbers are no whole images of %v, which have %d", s.Name, len(x), s.Shape, e)
	case columns < 1:
		return nil, fmt.Errorf("picture of %q: rows of %d images; at least 1 is needed", s.Name, columns)
	}
	low, high := slices.Min(x), slices.Max(x)
	if d := high - low; d-d != 0 {
		return nil, fmt.Errorf("picture of %q: numbers from %v to %v have no shades", s.Name, low, high)
	}
	n := len(x) / s.Shape.Elems()
	columns = min(columns, n)
	rows := (n + columns - 1) / columns
	p := image.NewNRGBA(image.Rect(0, 0, columns*(w+1)-1, rows*(h+1)-1))
	shade := func(v float32) uint8 {
		if high == low {
			return 0
		}
		return uint8(255*(v-low)/(high-low) + .5)
	}
	for i := range n {
		left, top := i%columns*(w+1), i/columns*(h+1)
		for at := range h * w {
			pixel := x[i*c*h*w+at:]
			r := shade(pixel[0])
			g, b := r, r
			if c == 3 {
				g, b = shade(pixel[h*w]), shade(pixel[2*h*w])
			}
			p.SetNRGBA(left+at%w, top+at/w, color.NRGBA{r, g, b, 255})
		}
	}
	return p, nil
}
