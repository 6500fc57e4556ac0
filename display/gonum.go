package display

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// Figure shows a plot made with gonum.org/v1/plot in a chosen size. Its black
// and its greys follow the page, its colours stay where they can be seen.
type Figure struct {
	plot *plot.Plot
	w, h float64
}

// NewFigure returns the figure of p, 640 × 400 pixels. Render does the same
// for a bare *plot.Plot.
func NewFigure(p *plot.Plot) *Figure { return &Figure{plot: p, w: 640, h: 400} }

// Size sets width and height in CSS pixels and returns the figure. What is
// wider than 800 is shown smaller.
func (f *Figure) Size(width, height float64) *Figure {
	f.w, f.h = width, height
	return f
}

// Display returns the figure as SVG, PNG and a line of text.
func (f *Figure) Display() Bundle { return pictureBundle(f) }

// SVG returns the figure as an SVG document for light and dark pages.
func (f *Figure) SVG() (string, error) { return pictureSVG(f) }

// PNG returns the figure as a PNG image, two pixels per CSS pixel, on white.
func (f *Figure) PNG() ([]byte, error) { return picturePNG(f) }

func (f *Figure) size() (w, h float64) { return f.w, f.h }

func (f *Figure) draw(c draw.Canvas) error {
	if f.plot == nil {
		return errors.New("plot: nil; make one with plot.New()")
	}
	const margin = 10
	if f.plot.BackgroundColor != nil {
		c.SetColor(f.plot.BackgroundColor)
		c.Fill(c.Rectangle.Path())
	}
	f.plot.Draw(draw.Crop(c, margin, -margin, margin, -margin))
	return nil
}

func (f *Figure) summary() string {
	if f.plot == nil {
		return "plot: nil"
	}
	parts := []string{brief(f.plot.Title.Text)}
	if parts[0] == "" {
		parts[0] = "untitled"
	}
	axis := func(name string, a plot.Axis) {
		if a.Label.Text != "" {
			name = brief(a.Label.Text)
		}
		if !math.IsInf(a.Min, 0) && !math.IsInf(a.Max, 0) && a.Min <= a.Max {
			parts = append(parts, fmt.Sprintf("%s from %s to %s", name, short(a.Min), short(a.Max)))
		}
	}
	axis("x", f.plot.X)
	axis("y", f.plot.Y)
	return "plot: " + strings.Join(parts, ", ")
}
