package display

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg/draw"
)

// Plot is a plot of series or a heat map. The methods change it and return it,
// so that they can be chained:
//
//	display.Line("loss", display.Values("train", train), display.Values("test", test)).
//		XLabel("epoch").LogY()
//
// It shows as SVG that follows light and dark pages, as PNG, and as a line of
// text. A mistake (series of unequal length) is shown in its place; Err tells
// it beforehand.
type Plot struct {
	title  string
	kind   string // "plot", "bars", "histogram", "heat map"
	mark   Mark   // of series with MarkAuto
	series []Series
	heat   *heat
	shapes []shape
	x, y   axis
	notes  []note
	rules  []ruleLine
	legend *bool
	bins   int
	w, h   float64
}

// axis is what was asked of an axis.
type axis struct {
	label    string
	log      bool
	ranged   bool
	lo, hi   float64
	names    []string // of the positions 1, 2, 3, …
	anything bool     // names were set, even to none
}

// note is a text at a point.
type note struct {
	x, y float64
	text string
}

// ruleLine is a line across the plot.
type ruleLine struct {
	at       float64
	vertical bool
	text     string
}

func newPlot(kind, title string, mark Mark, series []Series) *Plot {
	return &Plot{kind: kind, title: title, mark: mark, series: append([]Series(nil), series...)}
}

// Line returns a plot of lines.
func Line(title string, series ...Series) *Plot { return newPlot("plot", title, MarkLine, series) }

// Scatter returns a plot of points.
func Scatter(title string, series ...Series) *Plot { return newPlot("plot", title, MarkPoints, series) }

// Steps returns a plot of step lines.
func Steps(title string, series ...Series) *Plot { return newPlot("plot", title, MarkStep, series) }

// Spans returns a plot of bars along x, in lanes that are numbered from 1 at the
// bottom and have names: what each worker did when. Make the series with FromTo.
func Spans(title string, lanes []string, series ...Series) *Plot {
	n := float64(max(len(lanes), 1))
	return newPlot("spans", title, MarkSpan, series).YTicks(lanes...).YRange(0.5, n+0.5).Size(640, min(120+32*n, 640))
}

// Bars returns a bar chart: the i-th value of every series stands at the i-th
// label, so there are as many of both; nil labels number the values from 1. The bars of
// several series stand side by side.
func Bars(title string, labels []string, series ...Series) *Plot {
	return newPlot("bars", title, MarkBars, series).XTicks(labels...)
}

// Histogram returns how often the values of each series fall into equal
// intervals. Where the values lie (X) is of no importance.
func Histogram(title string, series ...Series) *Plot {
	return newPlot("histogram", title, markHistogram, series).YLabel("count")
}

// Add adds series and returns the plot.
func (p *Plot) Add(series ...Series) *Plot { p.series = append(p.series, series...); return p }

// XLabel says what the x axis counts.
func (p *Plot) XLabel(label string) *Plot { p.x.label = label; return p }

// YLabel says what the y axis counts.
func (p *Plot) YLabel(label string) *Plot { p.y.label = label; return p }

// LogX makes the x axis logarithmic; positions of 0 and below are left out, and the
// axis says how many.
func (p *Plot) LogX() *Plot { p.x.log = true; return p }

// LogY makes the y axis logarithmic; values of 0 and below are left out, and the axis
// says how many.
func (p *Plot) LogY() *Plot { p.y.log = true; return p }

// XRange shows x from lo to hi; what lies outside is cut off.
func (p *Plot) XRange(lo, hi float64) *Plot { p.x.ranged, p.x.lo, p.x.hi = true, lo, hi; return p }

// YRange shows y from lo to hi; what lies outside is cut off.
func (p *Plot) YRange(lo, hi float64) *Plot { p.y.ranged, p.y.lo, p.y.hi = true, lo, hi; return p }

// XTicks names the positions 1, 2, 3, … of the x axis: the columns of a heat map.
func (p *Plot) XTicks(names ...string) *Plot { p.x.names, p.x.anything = names, true; return p }

// YTicks names the positions 1, 2, 3, … of the y axis: the rows of a heat map,
// from the top.
func (p *Plot) YTicks(names ...string) *Plot { p.y.names, p.y.anything = names, true; return p }

// Legend says whether there is a legend. Without this call there is one if
// several series have names.
func (p *Plot) Legend(on bool) *Plot { p.legend = &on; return p }

// Size sets width and height in CSS pixels. What is wider than 800 is shown
// smaller. Without this call a plot has 640 × 400, and a heat map what its cells need.
func (p *Plot) Size(width, height float64) *Plot { p.w, p.h = width, height; return p }

// Note writes a text at a point of the data, with a ring around the point.
func (p *Plot) Note(x, y float64, text string) *Plot {
	p.notes = append(p.notes, note{x, y, text})
	return p
}

// HLine draws a dashed line across the plot at y, with a text at its end.
func (p *Plot) HLine(y float64, text string) *Plot {
	p.rules = append(p.rules, ruleLine{at: y, text: text})
	return p
}

// VLine draws a dashed line from bottom to top at x, with a text at its end.
func (p *Plot) VLine(x float64, text string) *Plot {
	p.rules = append(p.rules, ruleLine{at: x, vertical: true, text: text})
	return p
}

// Bins sets the number of intervals of a histogram (1 to 1000).
func (p *Plot) Bins(n int) *Plot { p.bins = n; return p }

// Err returns what is wrong with the plot, or nil.
func (p *Plot) Err() error {
	var errs []error
	for _, s := range p.series {
		if s.Mark == MarkAuto {
			s.Mark = p.mark
		}
		errs = append(errs, s.check())
		if p.heat != nil && len(s.Y) > 0 {
			errs = append(errs, fmt.Errorf("series %q can't be drawn on a heat map; put both side by side with Grid", s.Name))
		}
		if p.kind == "spans" && p.y.anything {
			errs = append(errs, s.lanes(max(len(p.y.names), 1)))
		}
		if n := len(p.x.names); p.kind == "bars" && s.Mark == MarkBars && n > 0 && s.X == nil && len(s.Y) > 0 && len(s.Y) != n {
			errs = append(errs, fmt.Errorf("series %q has %s for %s; they must be equally many (or the labels nil, or a missing value NaN)", brief(s.Name), plural(len(s.Y), "value"), plural(n, "label")))
		}
		if (s.Mark == markHistogram) != (p.kind == "histogram") {
			errs = append(errs, fmt.Errorf("series %q has a mark that doesn't fit a histogram; make another plot of it", s.Name))
		}
	}
	for _, a := range []struct {
		name string
		axis axis
	}{{"XRange", p.x}, {"YRange", p.y}} {
		if a.axis.ranged && !(finite(a.axis.lo) && finite(a.axis.hi) && a.axis.lo < a.axis.hi) {
			errs = append(errs, fmt.Errorf("%s(%g, %g): the first must be less than the second", a.name, a.axis.lo, a.axis.hi))
		}
		if a.axis.ranged && a.axis.log && a.axis.lo <= 0 {
			errs = append(errs, fmt.Errorf("%s(%g, %g): a logarithmic axis must begin above 0", a.name, a.axis.lo, a.axis.hi))
		}
	}
	for _, s := range p.shapes {
		errs = append(errs, s.check())
	}
	if p.bins < 0 || p.bins > 1000 {
		errs = append(errs, fmt.Errorf("Bins(%d): a histogram has 1 to 1000 intervals", p.bins))
	}
	if w, h := p.size(); w < 120 || h < 90 || w > 4000 || h > 4000 {
		errs = append(errs, fmt.Errorf("Size(%g, %g): a plot needs 120 × 90 to 4000 × 4000 pixels", w, h))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("%s %q: %w", p.kind, brief(p.title), err)
	}
	return nil
}

// Display returns the plot as SVG, PNG and a line of text.
func (p *Plot) Display() Bundle {
	if p == nil {
		return Text("(*display.Plot)(nil)")
	}
	return pictureBundle(p)
}

// SVG returns the plot as an SVG document for light and dark pages.
func (p *Plot) SVG() (string, error) { return pictureSVG(p) }

// PNG returns the plot as a PNG image, two pixels per CSS pixel, on white.
func (p *Plot) PNG() ([]byte, error) { return picturePNG(p) }

func (p *Plot) size() (w, h float64) {
	switch {
	case p.w != 0 || p.h != 0:
		return p.w, p.h
	case p.heat != nil:
		return p.heatSize()
	}
	return 640, 400
}

// leftOut counts the values that are in no plot because an axis is logarithmic.
func (p *Plot) leftOut() (x, y int) {
	for _, s := range p.series {
		if s.X != nil && len(s.X) != len(s.Y) {
			continue // see check
		}
		for i := range s.Y {
			if finite(s.Y[i]) && finite(s.x(i)) {
				if p.x.log && s.x(i) <= 0 {
					x++
				}
				if p.y.log && s.Y[i] <= 0 {
					y++
				}
			}
		}
	}
	return x, y
}

// axes are the axes, with what they leave out added to their labels.
func (p *Plot) axes() (x, y axis) {
	x, y = p.x, p.y
	noX, noY := p.leftOut()
	for _, a := range []struct {
		*axis
		n int
	}{{&x, noX}, {&y, noY}} {
		if a.n > 0 {
			a.label = strings.TrimSpace(a.label + " (without " + plural(a.n, "value") + " of 0 or less)")
		}
	}
	return x, y
}

func (p *Plot) draw(c draw.Canvas) error {
	if err := p.Err(); err != nil {
		return err
	}
	p.drawIn(pen{c}, boxOf(c))
	return nil
}

// summary is the text form: "plot: loss, 2 series: train (30 values, …), …".
func (p *Plot) summary() string {
	title := brief(p.title)
	if title == "" {
		title = "untitled"
	}
	head := p.kind + ": " + title
	if p.heat != nil {
		return head + ", " + p.heat.describe()
	}
	for _, s := range p.shapes {
		head += ", " + s.describe()
	}
	if len(p.series) == 0 {
		if p.shapes != nil {
			return head
		}
		return head + ", no series"
	}
	// Lines and points without a name go with those that have one.
	named := slices.DeleteFunc(slices.Clone(p.series), func(s Series) bool { return s.Name == "" })
	if len(named) == 0 {
		named = p.series
	}
	var parts []string
	for i, s := range named {
		if i == 6 {
			parts = append(parts, fmt.Sprintf("… %d more", len(named)-i))
			break
		}
		parts = append(parts, s.describe(p.x.names, p.kind != "histogram"))
	}
	text := fmt.Sprintf("%s, %d series: %s", head, len(named), strings.Join(parts, ", "))
	if x, y := p.leftOut(); x+y > 0 {
		text += fmt.Sprintf("; %s of 0 or less left out", plural(x+y, "value"))
	}
	return text
}
