package display

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"

	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
)

// svgCanvas is a vg.Canvas that writes SVG for light and dark pages: colours
// become classes whose rules a style element gives for both schemes. The light
// form also stands in the attributes, for readers that know no style sheets.
// One vg point is one CSS pixel.
type svgCanvas struct {
	w, h  float64
	body  strings.Builder
	inks  []ink // those used, in order of use
	index map[ink]int
	used  map[string]bool // "f0", "s3": what needs a rule
	state svgState
	stack []svgState

	grouped bool // there are groups that show where they come from
}

type svgState struct {
	ink    ink
	width  float64
	dash   []vg.Length
	offset vg.Length
	m      matrix
}

// matrix is the affine map (x, y) → (a·x + c·y + e, b·x + d·y + f).
type matrix struct{ a, b, c, d, e, f float64 }

func (m matrix) mul(n matrix) matrix {
	return matrix{
		m.a*n.a + m.c*n.b, m.b*n.a + m.d*n.b,
		m.a*n.c + m.c*n.d, m.b*n.c + m.d*n.d,
		m.a*n.e + m.c*n.f + m.e, m.b*n.e + m.d*n.f + m.f,
	}
}

func (m matrix) apply(p vg.Point) (x, y float64) {
	px, py := float64(p.X), float64(p.Y)
	return m.a*px + m.c*py + m.e, m.b*px + m.d*py + m.f
}

// scale is how much the map enlarges lengths.
func (m matrix) scale() float64 { return math.Sqrt(math.Abs(m.a*m.d - m.b*m.c)) }

func newSVGCanvas(w, h float64) *svgCanvas {
	return &svgCanvas{
		w: w, h: h,
		index: map[ink]int{}, used: map[string]bool{},
		state: svgState{ink: inkText, width: 1, m: matrix{1, 0, 0, -1, 0, h}},
	}
}

func (c *svgCanvas) Size() (x, y vg.Length)   { return vg.Length(c.w), vg.Length(c.h) }
func (c *svgCanvas) SetLineWidth(w vg.Length) { c.state.width = float64(w) }
func (c *svgCanvas) SetColor(clr color.Color) { c.state.ink = themed(clr) }
func (c *svgCanvas) Push()                    { c.stack = append(c.stack, c.state) }
func (c *svgCanvas) Rotate(rad float64)       { c.transform(rotation(rad)) }
func (c *svgCanvas) Translate(p vg.Point) {
	c.transform(matrix{1, 0, 0, 1, float64(p.X), float64(p.Y)})
}
func (c *svgCanvas) Scale(x, y float64)                     { c.transform(matrix{x, 0, 0, y, 0, 0}) }
func (c *svgCanvas) transform(m matrix)                     { c.state.m = c.state.m.mul(m) }
func (c *svgCanvas) SetLineDash(d []vg.Length, o vg.Length) { c.state.dash, c.state.offset = d, o }

func (c *svgCanvas) Pop() {
	if n := len(c.stack); n > 0 {
		c.state, c.stack = c.stack[n-1], c.stack[:n-1]
	}
}

func rotation(rad float64) matrix {
	sin, cos := math.Sincos(rad)
	return matrix{cos, sin, -sin, cos, 0, 0}
}

// paint returns the attributes that fill or stroke ('f', 's') with the current ink.
func (c *svgCanvas) paint(kind byte) string {
	k := c.state.ink
	property := "fill"
	if kind == 's' {
		property = "stroke"
	}
	var b strings.Builder
	if k.light != k.dark {
		i, ok := c.index[k]
		if !ok {
			i = len(c.inks)
			c.index[k] = i
			c.inks = append(c.inks, k)
		}
		class := string(kind) + strconv.Itoa(i)
		c.used[class] = true
		fmt.Fprintf(&b, ` class="%s"`, class)
	}
	fmt.Fprintf(&b, ` %s="%s"`, property, cssColor(k.light))
	if k.light.A < 255 {
		fmt.Fprintf(&b, ` %s-opacity="%s"`, property, num(float64(k.light.A)/255))
	}
	return b.String()
}

func cssColor(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// num writes a coordinate with at most two decimals.
func num(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		v = 0
	}
	s := strconv.FormatFloat(v, 'f', 2, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" || s == "" {
		return "0"
	}
	return s
}

func (c *svgCanvas) Stroke(p vg.Path) {
	if c.state.width <= 0 || c.state.ink.light.A == 0 {
		return
	}
	scale := c.state.m.scale()
	var dash string
	if len(c.state.dash) > 0 {
		parts := make([]string, len(c.state.dash))
		for i, d := range c.state.dash {
			parts[i] = num(float64(d) * scale)
		}
		dash = fmt.Sprintf(` stroke-dasharray="%s"`, strings.Join(parts, " "))
		if c.state.offset != 0 {
			dash += fmt.Sprintf(` stroke-dashoffset="%s"`, num(float64(c.state.offset)*scale))
		}
	}
	c.shape(p, fmt.Sprintf(`%s stroke-width="%s"%s fill="none"`, c.paint('s'), num(c.state.width*scale), dash))
}

func (c *svgCanvas) Fill(p vg.Path) {
	if c.state.ink.light.A == 0 {
		return
	}
	c.shape(p, c.paint('f'))
}

// shape writes a path, or a circle where the path is one.
func (c *svgCanvas) shape(p vg.Path, attributes string) {
	if center, r, ok := circle(p); ok {
		x, y := c.state.m.apply(center)
		fmt.Fprintf(&c.body, "<circle cx=\"%s\" cy=\"%s\" r=\"%s\"%s/>\n", num(x), num(y), num(r*c.state.m.scale()), attributes)
		return
	}
	if d := c.path(p); d != "" {
		fmt.Fprintf(&c.body, "<path d=\"%s\"%s/>\n", d, attributes)
	}
}

// circle recognises move, full arc, close: what gonum draws for round glyphs.
func circle(p vg.Path) (center vg.Point, r float64, ok bool) {
	for _, s := range p {
		switch s.Type {
		case vg.ArcComp:
			if ok || math.Abs(math.Abs(s.Angle)-2*math.Pi) > 1e-6 {
				return center, 0, false
			}
			center, r, ok = s.Pos, float64(s.Radius), true
		case vg.MoveComp, vg.CloseComp:
		default:
			return center, 0, false
		}
	}
	return center, r, ok
}

func (c *svgCanvas) path(p vg.Path) string {
	var b strings.Builder
	at := func(pt vg.Point) string {
		x, y := c.state.m.apply(pt)
		return num(x) + " " + num(y)
	}
	for _, s := range p {
		switch s.Type {
		case vg.MoveComp:
			b.WriteString("M" + at(s.Pos))
		case vg.LineComp:
			b.WriteString("L" + at(s.Pos))
		case vg.CurveComp:
			switch len(s.Control) {
			case 1:
				b.WriteString("Q" + at(s.Control[0]) + " " + at(s.Pos))
			case 2:
				b.WriteString("C" + at(s.Control[0]) + " " + at(s.Control[1]) + " " + at(s.Pos))
			}
		case vg.ArcComp:
			c.arc(&b, s, at)
		case vg.CloseComp:
			b.WriteString("Z")
		}
	}
	return b.String()
}

// arc writes an arc in pieces of at most a third of a turn.
func (c *svgCanvas) arc(b *strings.Builder, s vg.PathComp, at func(vg.Point) string) {
	point := func(a float64) vg.Point {
		return vg.Point{X: s.Pos.X + s.Radius*vg.Length(math.Cos(a)), Y: s.Pos.Y + s.Radius*vg.Length(math.Sin(a))}
	}
	if b.Len() == 0 {
		b.WriteString("M" + at(point(s.Start)))
	} else {
		b.WriteString("L" + at(point(s.Start)))
	}
	n := max(1, int(math.Ceil(math.Abs(s.Angle)/(2*math.Pi/3))))
	// In a y-down picture a positive angle turns the other way.
	sweep := 1
	if (s.Angle > 0) == (c.state.m.a*c.state.m.d-c.state.m.b*c.state.m.c < 0) {
		sweep = 0
	}
	r := num(float64(s.Radius) * c.state.m.scale())
	for i := 1; i <= n; i++ {
		fmt.Fprintf(b, "A%s %s 0 0 %d %s", r, r, sweep, at(point(s.Start+s.Angle*float64(i)/float64(n))))
	}
}

func (c *svgCanvas) FillString(f font.Face, pt vg.Point, text string) {
	if f.Font.Size == 0 || strings.TrimSpace(text) == "" {
		return
	}
	x, y := c.state.m.apply(pt)
	scale := c.state.m.scale()
	var more strings.Builder
	if angle := math.Atan2(c.state.m.b, c.state.m.a) * 180 / math.Pi; math.Abs(angle) > 0.01 {
		fmt.Fprintf(&more, ` transform="rotate(%s %s %s)"`, num(angle), num(x), num(y))
	}
	if family := genericFamily(f.Font); family != sansFamily {
		fmt.Fprintf(&more, ` font-family="%s"`, family)
	}
	if f.Font.Weight >= xfont.WeightSemiBold {
		more.WriteString(` font-weight="bold"`)
	}
	if f.Font.Style != xfont.StyleNormal {
		more.WriteString(` font-style="italic"`)
	}
	if covers(f, text) {
		// Keeps the layout where the page has other fonts than ours.
		fmt.Fprintf(&more, ` textLength="%s" lengthAdjust="spacingAndGlyphs"`, num(float64(f.Width(text))*scale))
	}
	fmt.Fprintf(&c.body, "<text x=\"%s\" y=\"%s\" font-size=\"%s\"%s%s>%s</text>\n",
		num(x), num(y), num(float64(f.Font.Size)*scale), c.paint('f'), more.String(), escapeXML(text))
}

// covers reports whether the font has every character, so that its widths mean something.
func covers(f font.Face, text string) bool {
	var buf sfnt.Buffer
	for _, r := range text {
		if i, err := f.Face.GlyphIndex(&buf, r); err != nil || i == 0 {
			return false
		}
	}
	return true
}

const sansFamily = "Helvetica, Arial, sans-serif"

// genericFamily names families that every system has: a picture in an img
// element sees neither the page's fonts nor ours.
func genericFamily(f font.Font) string {
	switch {
	case strings.Contains(string(f.Variant), "Serif") || f.Variant == "" && strings.Contains(string(f.Typeface), "Serif"):
		return "Times, serif"
	case strings.Contains(string(f.Variant), "Mono"):
		return "Courier, monospace"
	}
	return sansFamily
}

func (c *svgCanvas) DrawImage(rect vg.Rectangle, img image.Image) {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return // an image that can't be encoded (0 pixels) has nothing to show
	}
	x, y := c.state.m.apply(vg.Point{X: rect.Min.X, Y: rect.Max.Y})
	scale := c.state.m.scale()
	fmt.Fprintf(&c.body, "<image x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" preserveAspectRatio=\"none\" href=\"data:image/png;base64,%s\"/>\n",
		num(x), num(y), num(float64(rect.Size().X)*scale), num(float64(rect.Size().Y)*scale), base64.StdEncoding.EncodeToString(b.Bytes()))
}

// document returns the finished SVG, at most maxWidth pixels wide. Rules are
// bound to an id made from the content, so that several pictures can stand in
// one page without sharing classes.
func (c *svgCanvas) document(title string, maxWidth float64) string {
	w, h := c.w, c.h
	if w > maxWidth {
		w, h = maxWidth, h*maxWidth/w
	}
	page := fmt.Sprintf(`<rect class="page" width="%s" height="%s" rx="4" fill="%s"/>`, num(c.w), num(c.h), cssColor(inkPage.light))
	sum := fnv.New64a()
	fmt.Fprint(sum, title, c.w, c.h, c.body.String(), c.inks)
	id := fmt.Sprintf("d%016x", sum.Sum64())

	var light, dark strings.Builder
	rule := func(class, property string, k ink) {
		for _, s := range []struct {
			b *strings.Builder
			c color.NRGBA
		}{{&light, k.light}, {&dark, k.dark}} {
			fmt.Fprintf(s.b, "#%s .%s{%s:%s}", id, class, property, cssColor(s.c))
		}
	}
	rule("page", "fill", inkPage)
	for i, k := range c.inks {
		for _, kind := range []struct{ letter, property string }{{"f", "fill"}, {"s", "stroke"}} {
			if class := kind.letter + strconv.Itoa(i); c.used[class] {
				rule(class, kind.property, k)
			}
		}
	}
	if c.grouped {
		fmt.Fprintf(&light, "#%[1]s .kin:hover>path,#%[1]s .kin:focus-within>path{stroke-opacity:1;stroke-width:2.5}#%[1]s .kin{outline:none}", id)
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" id="%s" role="img" width="%s" height="%s" viewBox="0 0 %s %s" font-family="%s">
<title>%s</title>
<style>%s
@media (prefers-color-scheme: dark){%s}</style>
%s
%s</svg>
`, id, num(w), num(h), num(c.w), num(c.h), sansFamily, escapeXML(title), light.String(), dark.String(), page, c.body.String())
}

// escapeXML escapes text; characters that XML can't hold become U+FFFD.
func escapeXML(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return ""
	}
	return b.String()
}
