package display

import (
	"fmt"
	"math"
	"sort"
	"unicode/utf8"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	xfont "golang.org/x/image/font"
)

// pen draws on a canvas in CSS pixels, with the origin at the bottom left.
type pen struct{ draw.Canvas }

// box is a rectangle in CSS pixels, y upwards.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) w() float64 { return b.x1 - b.x0 }
func (b box) h() float64 { return b.y1 - b.y0 }

func boxOf(c draw.Canvas) box {
	return box{float64(c.Min.X), float64(c.Min.Y), float64(c.Max.X), float64(c.Max.Y)}
}

func pt(x, y float64) vg.Point { return vg.Point{X: vg.Length(x), Y: vg.Length(y)} }

// script says how text is set.
type script struct {
	size   float64
	bold   bool
	ink    ink
	x      draw.XAlignment // where x is in the text: draw.XLeft unless set
	y      draw.YAlignment // where y is: draw.YBottom (the base line) unless set
	rotate float64         // radians, counterclockwise
}

// face looks the font up; gonum's cache is safe for concurrent use and holds
// the Liberation fonts, whose widths are those of Arial and Helvetica.
func (s script) face() font.Face {
	f := font.Font{Typeface: "Liberation", Variant: "Sans"}
	if s.bold {
		f.Weight = xfont.WeightBold
	}
	return font.DefaultCache.Lookup(f, vg.Length(s.size))
}

// width is how wide a line of text will be.
func (s script) width(t string) float64 {
	if t == "" {
		return 0
	}
	f := s.face()
	return float64(f.Width(t))
}

// fit shortens a text to a width. Of a text longer than any line it measures
// the beginning only.
func (s script) fit(t string, width float64) string {
	const longest = 400 // characters
	r := []rune(cut(t, 4*longest))
	if len(r) <= longest && len(r) == utf8.RuneCountInString(t) && s.width(t) <= width {
		return t
	}
	r = r[:min(len(r), longest)]
	n := sort.Search(len(r), func(n int) bool { return s.width(string(r[:n+1])+"…") > width })
	if n == 0 {
		return ""
	}
	return string(r[:n]) + "…"
}

// text writes one line at (x, y). It is aligned by the height of capitals and
// digits, so that a label stands exactly beside its mark.
func (p pen) text(s script, x, y float64, t string) {
	if t == "" {
		return
	}
	const capital = 0.72 // of the size
	p.Push()
	defer p.Pop()
	p.Translate(pt(x, y))
	if s.rotate != 0 {
		p.Rotate(s.rotate)
	}
	p.SetColor(s.ink)
	p.FillString(s.face(), pt(s.width(t)*float64(s.x), s.size*capital*float64(s.y)), t)
}

// group draws something that is a group of a class in an SVG.
func (p pen) group(class string, draw func()) {
	svg, ok := p.Canvas.Canvas.(*svgCanvas)
	if !ok {
		draw()
		return
	}
	svg.grouped = true
	fmt.Fprintf(&svg.body, "<g class=\"%s\" tabindex=\"-1\">\n", class)
	draw()
	svg.body.WriteString("</g>\n")
}

// tip draws something over which an inline SVG shows a text.
func (p pen) tip(text string, draw func()) {
	svg, ok := p.Canvas.Canvas.(*svgCanvas)
	if text == "" || !ok {
		draw()
		return
	}
	fmt.Fprintf(&svg.body, "<g><title>%s</title>\n", escapeXML(text))
	draw()
	svg.body.WriteString("</g>\n")
}

// The time that gonum's rasteriser takes grows with the square of how often a path
// crosses a row of pixels: a line of more than longPath points is stroked in pieces.
const (
	longPath = 400
	piece    = 16
)

// line strokes through points.
func (p pen) line(k ink, width float64, dash []float64, points ...vg.Point) {
	if _, svg := p.Canvas.Canvas.(*svgCanvas); !svg && dash == nil && len(points) > longPath {
		for ; len(points) > piece; points = points[piece-1:] {
			p.line(k, width, dash, points[:piece]...)
		}
	}
	if len(points) < 2 {
		return
	}
	var path vg.Path
	path.Move(points[0])
	for _, q := range points[1:] {
		path.Line(q)
	}
	p.stroke(k, width, dash, path)
}

func (p pen) stroke(k ink, width float64, dash []float64, path vg.Path) {
	d := make([]vg.Length, len(dash))
	for i, v := range dash {
		d[i] = vg.Length(v)
	}
	p.SetLineStyle(draw.LineStyle{Color: k, Width: vg.Length(width), Dashes: d})
	p.Stroke(path)
}

func (p pen) fill(k ink, path vg.Path) {
	p.SetColor(k)
	p.Fill(path)
}

// rect returns the path of a rectangle with corners of radius r.
func rect(b box, r float64) vg.Path {
	r = min(r, b.w()/2, b.h()/2)
	var p vg.Path
	if r <= 0 {
		p.Move(pt(b.x0, b.y0))
		p.Line(pt(b.x1, b.y0))
		p.Line(pt(b.x1, b.y1))
		p.Line(pt(b.x0, b.y1))
		p.Close()
		return p
	}
	const k = 0.5522847498 // a quarter circle as a cubic curve
	q := r * (1 - k)
	p.Move(pt(b.x0+r, b.y0))
	p.Line(pt(b.x1-r, b.y0))
	p.CubeTo(pt(b.x1-q, b.y0), pt(b.x1, b.y0+q), pt(b.x1, b.y0+r))
	p.Line(pt(b.x1, b.y1-r))
	p.CubeTo(pt(b.x1, b.y1-q), pt(b.x1-q, b.y1), pt(b.x1-r, b.y1))
	p.Line(pt(b.x0+r, b.y1))
	p.CubeTo(pt(b.x0+q, b.y1), pt(b.x0, b.y1-q), pt(b.x0, b.y1-r))
	p.Line(pt(b.x0, b.y0+r))
	p.CubeTo(pt(b.x0, b.y0+q), pt(b.x0+q, b.y0), pt(b.x0+r, b.y0))
	p.Close()
	return p
}

// marker draws the glyph of the i-th series of points: shapes differ as well
// as colours do.
func (p pen) marker(i int, k ink, x, y, r float64) {
	var path vg.Path
	polygon := func(scale float64, angles ...float64) {
		for j, a := range angles {
			sin, cos := math.Sincos(a * math.Pi / 180)
			q := pt(x+r*scale*cos, y+r*scale*sin)
			if j == 0 {
				path.Move(q)
			} else {
				path.Line(q)
			}
		}
		path.Close()
	}
	switch i % 5 {
	case 0:
		path.Move(pt(x+r, y))
		path.Arc(pt(x, y), vg.Length(r), 0, 2*math.Pi)
		path.Close()
	case 1:
		polygon(1.2, 45, 135, 225, 315)
	case 2:
		polygon(1.3, 90, 210, 330)
	case 3:
		polygon(1.3, 0, 90, 180, 270)
	case 4:
		polygon(1.3, 270, 30, 150)
	}
	p.fill(k, path)
}
