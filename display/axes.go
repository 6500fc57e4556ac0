package display

import (
	"math"

	"gonum.org/v1/plot/vg/draw"
)

// How a plot is set, in CSS pixels.
const (
	margin     = 14.0
	sizeTitle  = 15.0
	sizeLabel  = 12.0
	sizeTick   = 11.0
	sizeLegend = 12.0
)

var (
	scriptTitle  = script{size: sizeTitle, bold: true, ink: inkText}
	scriptLabel  = script{size: sizeLabel, ink: inkText}
	scriptTick   = script{size: sizeTick, ink: inkMuted}
	scriptLegend = script{size: sizeLegend, ink: inkText, y: draw.YCenter}
)

// drawIn draws the plot into a part of a canvas.
func (p *Plot) drawIn(c pen, b box) {
	area := box{b.x0 + margin, b.y0 + margin, b.x1 - margin, b.y1 - margin}
	if p.title != "" || p.remark() != "" {
		area.y1 -= sizeTitle
		drawTitle(c, area, p.title, p.remark())
		area.y1 -= 10
	}
	if p.heat != nil {
		p.drawHeat(c, area)
		return
	}
	layers := p.layers()
	area.y1 = p.drawLegend(c, layers, area)
	area.x1 -= p.scaleWidth()

	x, y, whole := p.spans(layers)
	ax, ay := p.axes()
	f := frame(c, area, &x, &y, ax, ay, whole)
	f.flat = p.scaleWidth() > 0
	if p.empty() {
		if p.x.invented() {
			f.xTicks = nil
		}
		if p.y.invented() {
			f.yTicks = nil
		}
		drawNothing(c, f.box)
	}
	f.drawGrid(c)
	for _, l := range layers {
		l.drawBand(c, f)
	}
	p.drawBars(c, f, layers)
	p.drawShapes(c, f)
	f.drawAxes(c)
	p.drawRules(c, f)
	for _, l := range layers {
		l.drawSpans(c, f)
	}
	for _, ground := range []bool{true, false} { // what is pale lies below
		for _, l := range layers {
			if l.Faint == ground {
				l.drawLine(c, f)
			}
		}
		for _, l := range layers {
			if l.Faint == ground {
				l.drawPoints(c, f)
			}
		}
	}
	p.drawNotes(c, f, layers)
}

// framed is the area of the data with its scales and ticks.
type framed struct {
	box
	x, y           span
	xTicks, yTicks []tick
	xLabel, yLabel string
	slant          float64 // of the x ticks' texts, radians
	xStride        int     // every how many x ticks have a text
	yStride        int
	flat           bool    // no line at 0, which would cross a map
	labelX         float64 // where the axis labels go
	labelY         float64
	yWidth         float64
}

// frame finds how much room ticks and labels need and settles where data go.
func frame(c pen, b box, x, y *span, ax, ay axis, whole bool) *framed {
	f := &framed{box: b, xLabel: oneLine(ax.label), yLabel: oneLine(ay.label)}
	f.labelX = b.x0
	if f.yLabel != "" {
		f.x0 += sizeLabel + 10
	}
	f.labelY = b.y0
	if f.xLabel != "" {
		f.y0 += sizeLabel + 8
	}
	f.y0 += sizeTick + 8
	f.y1 -= 4
	f.yTicks = y.ticks(int(f.h()/46), false)
	for _, t := range f.yTicks {
		f.yWidth = max(f.yWidth, scriptTick.width(scriptTick.fit(oneLine(t.text), b.w()/3)))
	}
	f.x0 += f.yWidth + 8
	f.x1 -= 6
	f.xTicks = x.ticks(int(f.w()/64), whole)
	f.fitXTicks(b)
	f.yStride = strideOf(len(f.yTicks), f.h())
	x.p0, x.p1 = f.x0, f.x1
	y.p0, y.p1 = f.y0, f.y1
	f.x, f.y = *x, *y
	return f
}

// invented says whether the numbers of an axis without data mean nothing.
func (a axis) invented() bool { return !a.ranged && !a.anything }

// strideOf is every how manieth of n texts has room on a height.
func strideOf(n int, height float64) int {
	return max(1, int(math.Ceil(float64(n)*(sizeTick+1)/max(height, 1))))
}

// fitXTicks slants the texts of the x axis if they don't fit side by side, and
// thins them out if that is not enough.
func (f *framed) fitXTicks(b box) {
	f.xStride = 1
	if len(f.xTicks) == 0 {
		return
	}
	widest := 0.0
	for i := range f.xTicks {
		f.xTicks[i].text = scriptTick.fit(oneLine(f.xTicks[i].text), 140)
		widest = max(widest, scriptTick.width(f.xTicks[i].text))
	}
	slot := f.w() / float64(len(f.xTicks))
	if widest+6 > slot {
		f.slant = math.Pi / 4
		if slot < sizeTick*1.5 {
			f.slant = math.Pi / 2
		}
		f.y0 += min(widest*math.Sin(f.slant), b.h()/2) - 2
		f.xStride = max(1, int(math.Ceil((sizeTick+1)/(slot*math.Sin(f.slant)))))
		if f.slant < 1 {
			// The first text reaches to the left.
			f.x0 = max(f.x0, b.x0+scriptTick.width(f.xTicks[0].text)*math.Cos(f.slant)-slot/2)
		}
		return
	}
	// Half of the last text may reach beyond the area.
	f.x1 -= max(0, scriptTick.width(f.xTicks[len(f.xTicks)-1].text)/2-6-slot/4)
}

func (f *framed) drawGrid(c pen) {
	for _, t := range f.yTicks {
		if y, ok := f.y.position(t.at); ok && !f.y.named {
			c.line(inkGrid, 1, nil, pt(f.x0, y), pt(f.x1, y))
		}
	}
}

func (f *framed) drawAxes(c pen) {
	base := f.y0
	if y, ok := f.y.position(0); ok && f.y.inside(0) && !f.y.log {
		base = y
	}
	c.line(inkAxis, 1, nil, pt(f.x0, f.y0), pt(f.x1, f.y0))
	if base > f.y0+1 && !f.flat {
		c.line(inkAxis, 1, nil, pt(f.x0, base), pt(f.x1, base))
	}
	f.drawTicks(c, true)
}

// drawTicks writes ticks and axis labels.
func (f *framed) drawTicks(c pen, marks bool) {
	for i, t := range f.xTicks {
		x, ok := f.x.position(t.at)
		if !ok {
			continue
		}
		if marks && !f.x.named {
			c.line(inkAxis, 1, nil, pt(x, f.y0), pt(x, f.y0-4))
		}
		if i%f.xStride != 0 {
			continue
		}
		s := scriptTick
		if f.slant == 0 {
			s.x, s.y = draw.XCenter, draw.YTop
			c.text(s, x, f.y0-6, t.text)
			continue
		}
		s.rotate, s.x, s.y = f.slant, draw.XRight, draw.YCenter
		c.text(s, x+2, f.y0-8, t.text)
	}
	for i, t := range f.yTicks {
		if y, ok := f.y.position(t.at); ok && i%f.yStride == 0 {
			s := scriptTick
			s.x, s.y = draw.XRight, draw.YCenter
			c.text(s, f.x0-7, y, s.fit(oneLine(t.text), f.yWidth+1))
		}
	}
	if f.xLabel != "" {
		s := scriptLabel
		s.x = draw.XCenter
		c.text(s, (f.x0+f.x1)/2, f.labelY+1, s.fit(f.xLabel, f.w()))
	}
	if f.yLabel != "" {
		s := scriptLabel
		s.x, s.rotate = draw.XCenter, math.Pi/2
		c.text(s, f.labelX+sizeLabel-1, (f.y0+f.y1)/2, s.fit(f.yLabel, f.h()))
	}
}

// drawLegend writes the names of the series in lines above the data and
// returns where these begin.
func (p *Plot) drawLegend(c pen, layers []layer, area box) float64 {
	var named []layer
	for _, l := range layers {
		if l.Name != "" {
			named = append(named, l)
		}
	}
	on := len(named) > 1
	if p.legend != nil {
		on = *p.legend
	}
	if !on || len(named) == 0 {
		return area.y1
	}
	const icon, gap, row = 22.0, 18.0, 19.0
	x, y := area.x0, area.y1-row/2+3
	for _, l := range named {
		name := scriptLegend.fit(oneLine(l.Name), min(area.w()-icon, 260))
		w := icon + scriptLegend.width(name)
		if x > area.x0 && x+w > area.x1 {
			x, y = area.x0, y-row
		}
		l.drawIcon(c, x, y)
		c.text(scriptLegend, x+icon, y, name)
		x += w + gap
	}
	return y - row/2 - 4
}
