package display

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/vg/draw"
)

// Panels are plots side by side in one picture.
type Panels struct {
	plots   []*Plot
	title   string
	columns int
	w, h    float64 // of one panel
}

// Grid returns plots in a grid: two or three side by side, more in rows of two.
func Grid(plots ...*Plot) *Panels {
	columns := len(plots)
	if columns > 3 {
		columns = 2
	}
	return &Panels{plots: plots, columns: max(columns, 1)}
}

// Columns sets how many panels stand side by side and returns the panels.
func (g *Panels) Columns(n int) *Panels { g.columns = n; return g }

// Title sets a title above all panels and returns them.
func (g *Panels) Title(title string) *Panels { g.title = title; return g }

// Size sets the size of one panel in CSS pixels. What is wider than 800 in all
// is shown smaller. Without this call the panels share 800 pixels of width.
func (g *Panels) Size(width, height float64) *Panels { g.w, g.h = width, height; return g }

// Err returns what is wrong with the panels or one of their plots, or nil.
func (g *Panels) Err() error {
	var errs []error
	if g.columns < 1 || g.columns > 20 {
		errs = append(errs, fmt.Errorf("panels: Columns(%d): there can be 1 to 20 side by side", g.columns))
	}
	if len(g.plots) == 0 {
		errs = append(errs, errors.New("panels: there are no plots; Grid needs at least one"))
	}
	for i, p := range g.plots {
		if p == nil {
			errs = append(errs, fmt.Errorf("panels: plot %d is nil", i+1))
			continue
		}
		if err := p.Err(); err != nil {
			errs = append(errs, fmt.Errorf("panel %d: %w", i+1, err))
		}
	}
	return errors.Join(errs...)
}

// Display returns the panels as one SVG, one PNG and a line of text.
func (g *Panels) Display() Bundle {
	if g == nil {
		return Text("(*display.Panels)(nil)")
	}
	if err := g.Err(); err != nil {
		return Text(err.Error())
	}
	return pictureBundle(g)
}

// SVG returns the panels as an SVG document for light and dark pages.
func (g *Panels) SVG() (string, error) {
	if err := g.Err(); err != nil {
		return "", err
	}
	return pictureSVG(g)
}

// PNG returns the panels as a PNG image, two pixels per CSS pixel, on white.
func (g *Panels) PNG() ([]byte, error) {
	if err := g.Err(); err != nil {
		return nil, err
	}
	return picturePNG(g)
}

// cell is the size of one panel.
func (g *Panels) cell() (w, h float64) {
	if g.w != 0 || g.h != 0 {
		return g.w, g.h
	}
	w = maxWidth / float64(g.columns)
	h = math.Round(w * 0.78)
	if g.columns == 1 {
		h = 300
	}
	for _, p := range g.plots {
		if p.heat != nil && p.h == 0 { // a heat map as high as its cells are wide
			pw, ph := p.heatSize()
			h = max(h, math.Round(ph*min(1, w/pw)))
		}
	}
	return w, h
}

func (g *Panels) rows() int { return (len(g.plots) + g.columns - 1) / g.columns }

func (g *Panels) head() float64 {
	if g.title == "" {
		return 0
	}
	return margin + sizeTitle + 4
}

func (g *Panels) size() (w, h float64) {
	cw, ch := g.cell()
	return cw * float64(g.columns), ch*float64(g.rows()) + g.head()
}

func (g *Panels) draw(c draw.Canvas) error {
	cw, ch := g.cell()
	if cw < 120 || ch < 90 {
		return fmt.Errorf("panels: Size(%g, %g): a panel needs at least 120 × 90 pixels", cw, ch)
	}
	b := boxOf(c)
	if g.title != "" {
		s := scriptTitle
		s.size++
		c := pen{c}
		c.text(s, b.x0+margin, b.y1-margin-s.size+2, s.fit(oneLine(g.title), b.w()-2*margin))
	}
	top := b.y1 - g.head()
	for i, p := range g.plots {
		x, y := b.x0+cw*float64(i%g.columns), top-ch*float64(i/g.columns)
		p.drawIn(pen{c}, box{x, y - ch, x + cw, y})
	}
	return nil
}

func (g *Panels) summary() string {
	var parts []string
	for _, p := range g.plots {
		if p != nil {
			parts = append(parts, p.summary())
		}
	}
	head := fmt.Sprintf("%d panels", len(g.plots))
	if g.title != "" {
		head += ": " + brief(g.title)
	}
	return head + "; " + strings.Join(parts, "; ")
}
