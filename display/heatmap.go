package display

import (
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/plot/vg/draw"
)

// heat is what a heat map has beside its axes.
type heat struct {
	values    [][]float64 // of the cells
	block     block       // of the matrix, of which each is the mean
	rows      int         // of the matrix
	columns   int
	texts     [][]string // in the cells, instead of the values
	format    string     // of the values in the cells; "" is automatic
	bare      bool       // no texts
	diverging bool
	ranged    bool
	lo, hi    float64
}

// Heatmap returns a map of a matrix: one coloured cell per value, the first row
// at the top. Rows may differ in length; NaN and what a shorter row lacks stay
// blank. XTicks and YTicks name columns and rows. Where there is room, cells
// show their values. Of a matrix with more than 200 rows or columns, which is finer than
// the picture, a cell is the mean of a block, and the picture says so.
func Heatmap(title string, values [][]float64) *Plot {
	p := newPlot("heat map", title, MarkAuto, nil)
	p.heat = &heat{values: values}
	p.heat.rows, p.heat.columns = p.heat.dims()
	p.heat.values, p.heat.block = blocks(values, 200)
	return p
}

// CellFormat sets how a heat map writes the values in its cells, as fmt.Sprintf
// does: "%.2f". An empty format leaves the cells without text. It has no effect
// on other plots.
func (p *Plot) CellFormat(format string) *Plot {
	if p.heat != nil {
		p.heat.format, p.heat.bare = format, format == ""
	}
	return p
}

// CellTexts sets the texts in the cells of a heat map. It has no effect on
// other plots.
func (p *Plot) CellTexts(texts [][]string) *Plot {
	if p.heat != nil {
		p.heat.texts, p.heat.bare = texts, false
	}
	return p
}

// Diverging gives a heat map a scale with a pale middle at 0 and two colours
// for what is below and above. It has no effect on other plots.
func (p *Plot) Diverging() *Plot {
	if p.heat != nil {
		p.heat.diverging = true
	}
	return p
}

// ColorRange sets the values that the ends of a heat map's colour scale stand
// for; without it they are the smallest and the largest value. It has no
// effect on other plots.
func (p *Plot) ColorRange(lo, hi float64) *Plot {
	if p.heat != nil {
		p.heat.ranged, p.heat.lo, p.heat.hi = true, lo, hi
	}
	return p
}

func (h *heat) remark() string { return h.block.remark() }

// dims is how many cells there are.
func (h *heat) dims() (rows, columns int) {
	for _, r := range h.values {
		columns = max(columns, len(r))
	}
	return len(h.values), columns
}

func (h *heat) limits() (lo, hi float64) {
	if h.ranged && h.lo < h.hi && finite(h.lo) && finite(h.hi) {
		return h.lo, h.hi
	}
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, r := range h.values {
		l, g, _ := extent(r)
		lo, hi = min(lo, l), max(hi, g)
	}
	if lo > hi {
		return 0, 1
	}
	if h.diverging {
		m := max(math.Abs(lo), math.Abs(hi))
		lo, hi = -m, m
	} else if lo >= 0 && lo < hi/2 {
		lo = 0 // counts and probabilities begin at nothing
	}
	if lo == hi {
		hi = lo + 1
	}
	return lo, hi
}

func (h *heat) describe() string {
	all := math.Inf(1)
	top, n := math.Inf(-1), 0
	for _, r := range h.values {
		lo, hi, k := extent(r)
		all, top, n = min(all, lo), max(top, hi), n+k
	}
	s := fmt.Sprintf("%d × %d", h.rows, h.columns)
	if n > 0 {
		s += fmt.Sprintf(", %s to %s", short(all), short(top))
	}
	if r := h.remark(); r != "" {
		s += ", " + r
	}
	return s
}

// text returns what stands in a cell.
func (h *heat) text(r, c int) string {
	if h.bare {
		return ""
	}
	if h.texts != nil {
		if r < len(h.texts) && c < len(h.texts[r]) {
			return oneLine(h.texts[r][c])
		}
		return ""
	}
	v := h.values[r][c]
	if !finite(v) {
		return ""
	}
	if h.format != "" {
		return oneLine(fmt.Sprintf(h.format, v))
	}
	if v != math.Trunc(v) && math.Abs(v) < 10 {
		return minus(fmt.Sprintf("%.2f", v))
	}
	return integerText(v)
}

var scriptCell = script{size: 11, x: draw.XCenter, y: draw.YCenter}

// Sizes of a heat map, in CSS pixels.
const (
	heatBar     = 62.0 // colour scale with its texts, at the right
	heatLargest = 64.0 // cell
)

// widestText is the width of the widest text of a cell.
func (h *heat) widestText() float64 {
	w := 0.0
	rows, columns := h.dims()
	if rows*columns > 2500 {
		return 0
	}
	for r := range h.values {
		for c := range h.values[r] {
			w = max(w, scriptCell.width(h.text(r, c)))
		}
	}
	return w
}

// heatSize is the size at which cells hold their texts, within what can be shown.
func (p *Plot) heatSize() (w, h float64) {
	rows, columns := p.heat.dims()
	left, bottom := p.heatMargins()
	text := p.heat.widestText()
	cw := 22.0
	if text > 0 {
		cw = max(28, text+10)
	}
	if columns > 0 && columns < 8 {
		cw = max(cw, min(heatLargest, 320/float64(columns)))
	}
	room := maxWidth - 2*margin - left - heatBar
	cw = min(cw, room/float64(max(columns, 1)))
	ch := cw
	if rows != columns || text > 40 {
		ch = min(max(cw*0.7, 22), cw)
	}
	ch = min(ch, 900/float64(max(rows, 1)))
	w = 2*margin + left + heatBar + cw*float64(max(columns, 1))
	h = 2*margin + bottom + ch*float64(max(rows, 1))
	if p.title != "" {
		h += sizeTitle + 10
		w = max(w, min(maxWidth, scriptTitle.width(oneLine(p.title))+2*margin))
	}
	return math.Ceil(max(w, 160)), math.Ceil(max(h, 120))
}

// heatMargins is the room that ticks and labels need at the left and below.
func (p *Plot) heatMargins() (left, bottom float64) {
	rows, columns := p.heat.dims()
	for _, t := range heatTicks(p.y, rows, p.heat.block.rows) {
		left = max(left, min(scriptTick.width(oneLine(t.text)), 180))
	}
	left += 8
	if p.y.label != "" {
		left += sizeLabel + 10
	}
	bottom = sizeTick + 12
	widest := 0.0
	for _, t := range heatTicks(p.x, columns, p.heat.block.columns) {
		widest = max(widest, min(scriptTick.width(oneLine(t.text)), 140))
	}
	if columns > 0 && widest > 28 {
		bottom += widest * 0.7
	}
	if p.x.label != "" {
		bottom += sizeLabel + 8
	}
	return left, bottom
}

// heatTicks names n blocks of cells, or numbers them from 0 as Go does.
func heatTicks(a axis, n, block int) []tick {
	var out []tick
	stride := max(1, int(math.Ceil(float64(n)/40)))
	for i := range n {
		switch {
		case a.anything && i*block < len(a.names) && a.names[i*block] != "":
			out = append(out, tick{float64(i), a.names[i*block]})
		case !a.anything && i%stride == 0:
			out = append(out, tick{float64(i), fmt.Sprint(i * block)})
		}
	}
	return out
}

func (p *Plot) drawHeat(c pen, b box) {
	h := p.heat
	rows, columns := h.dims()
	if p.empty() {
		drawNothing(c, b)
		return
	}
	f := &framed{box: b, xLabel: oneLine(p.x.label), yLabel: oneLine(p.y.label), labelX: b.x0, labelY: b.y0}
	if f.xLabel != "" {
		f.y0 += sizeLabel + 8
	}
	f.y0 += sizeTick + 8
	f.xTicks, f.yTicks = heatTicks(p.x, columns, h.block.columns), heatTicks(p.y, rows, h.block.rows)
	left, _ := p.heatMargins()
	f.x0 += left
	f.yWidth = left
	f.x1 -= heatBar
	f.fitHeatTicks(b, columns)
	f.yStride = strideOf(len(f.yTicks), f.h())
	f.x = span{lo: -0.5, hi: float64(columns) - 0.5, named: true, p0: f.x0, p1: f.x1}
	f.y = span{lo: -0.5, hi: float64(rows) - 0.5, named: true, p0: f.y1, p1: f.y0}

	cw, ch := f.w()/float64(columns), f.h()/float64(rows)
	gap := 0.0
	if min(cw, ch) >= 8 {
		gap = 1
	}
	lo, hi := h.limits()
	scale := rampSequential
	if h.diverging {
		scale = rampDiverging
	}
	texts := !h.bare && h.widestText() > 0 && h.widestText()+4 <= cw && ch >= 13
	for r, row := range h.values {
		for k, next := 0, 0; k < len(row); k = next {
			v := row[k]
			next = k + 1
			if !finite(v) {
				continue
			}
			fill := scale.at(fraction(v, lo, hi))
			for gap == 0 && next < len(row) && finite(row[next]) && scale.at(fraction(row[next], lo, hi)) == fill {
				next++ // cells that nothing parts are drawn as one
			}
			cell := box{f.x0 + cw*float64(k) + gap/2, f.y1 - ch*float64(r+1) + gap/2, f.x0 + cw*float64(next) - gap/2, f.y1 - ch*float64(r) - gap/2}
			c.fill(fill, rect(cell, min(2, gap*2)))
			if texts {
				s := scriptCell
				s.ink = on(fill)
				if v == 0 && lo == 0 { // the many empty cells of a confusion matrix
					s.ink = mixInk(fill, inkMuted, 0.7)
				}
				c.text(s, (cell.x0+cell.x1)/2, (cell.y0+cell.y1)/2, h.text(r, k))
			}
		}
	}
	f.drawTicks(c, false)
	drawScale(c, box{f.x1 + 16, f.y0, f.x1 + 28, f.y1}, scale, lo, hi)
}

// fitHeatTicks is fitXTicks for cells, whose slots are known.
func (f *framed) fitHeatTicks(b box, columns int) {
	f.xStride = 1
	widest := 0.0
	for i := range f.xTicks {
		f.xTicks[i].text = scriptTick.fit(oneLine(f.xTicks[i].text), 140)
		widest = max(widest, scriptTick.width(f.xTicks[i].text))
	}
	slot := f.w() / float64(columns)
	if n := len(f.xTicks); n > 1 {
		slot = f.w() / float64(n)
	}
	if widest+4 <= slot {
		return
	}
	f.slant = math.Pi / 4
	if slot < sizeTick*1.5 {
		f.slant = math.Pi / 2
	}
	f.y0 += min(widest*math.Sin(f.slant), b.h()/2) - 2
	f.xStride = max(1, int(math.Ceil((sizeTick+1)/(slot*math.Sin(f.slant)))))
}

// drawScale draws the colour scale with its ends and middle.
func drawScale(c pen, b box, scale ramp, lo, hi float64) {
	b.y0 = max(b.y0, b.y1-180)
	const n = 33
	step := b.h() / n
	for i := range n {
		top := min(b.y0+step*float64(i+1)+0.4, b.y1)
		c.fill(scale.at(float64(i)/(n-1)), rect(box{b.x0, b.y0 + step*float64(i), b.x1, top}, 0))
	}
	c.stroke(inkGrid, 1, nil, rect(b, 0))
	s := scriptTick
	s.y = draw.YCenter
	for _, t := range []float64{0, 0.5, 1} {
		y := b.y0 + t*b.h() + (0.5-t)*sizeTick*0.8
		c.text(s, b.x1+5, y, s.fit(scaleText(lo+(hi-lo)*t), heatBar-22)) // into the margin
	}
}

// scaleText writes a value of a colour scale with three significant digits.
func scaleText(v float64) string {
	if v == math.Trunc(v) || !plainRange(v) {
		return integerText(v)
	}
	return minus(strconv.FormatFloat(v, 'g', 3, 64))
}
