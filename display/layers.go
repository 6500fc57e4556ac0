package display

import (
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// layer is a series with its looks settled.
type layer struct {
	Series
	ink   ink
	shape int // of its glyphs
	dash  []float64
	edges []float64 // of the intervals of a histogram; Y has the counts
}

// layers gives every series its colour, glyph and dash.
func (p *Plot) layers() []layer {
	out := make([]layer, len(p.series))
	next, glyphs := 0, 0
	for i, s := range p.series {
		l := layer{Series: s}
		if l.Mark == MarkAuto {
			l.Mark = p.mark
		}
		color := s.Color - 1
		if s.Color <= 0 {
			color = next
			next++
		}
		l.ink = swatch(color)
		if l.Mark == MarkPoints {
			l.shape = glyphs
			glyphs++
		}
		switch {
		case s.Dashed:
			l.dash = []float64{6, 4}
		case color >= len(palette): // the colours have gone round
			l.dash = []float64{2, 3}
		}
		out[i] = l
	}
	if p.kind == "histogram" {
		p.count(out)
	}
	return out
}

// count replaces the values of a histogram by how many fall into each interval.
func (p *Plot) count(layers []layer) {
	n := 0
	for _, l := range layers {
		n += len(l.Y)
	}
	all := make([]float64, 0, n)
	for _, l := range layers {
		for _, v := range l.Y {
			if finite(v) && (!p.x.ranged || v >= p.x.lo && v <= p.x.hi) {
				all = append(all, v)
			}
		}
	}
	edges := binEdges(all, p.bins)
	for i := range layers {
		counts := make([]float64, len(edges)-1)
		for _, v := range layers[i].Y {
			if !finite(v) || v < edges[0] || v > edges[len(edges)-1] {
				continue
			}
			k, found := slices.BinarySearch(edges, v)
			if !found {
				k--
			}
			counts[min(k, len(counts)-1)]++
		}
		layers[i].edges, layers[i].Y, layers[i].X = edges, counts, edges[:len(counts)]
		layers[i].Low, layers[i].High = nil, nil
	}
}

// binEdges cuts the range of values into n intervals, or into as many of a
// round width as Freedman and Diaconis (1981) advise.
func binEdges(values []float64, n int) []float64 {
	lo, hi, count := extent(values)
	if count == 0 {
		return []float64{0, 1}
	}
	if lo == hi {
		d := max(math.Abs(lo)*0.05, 0.5)
		lo, hi = lo-d, hi+d
	}
	if n > 0 {
		edges := make([]float64, n+1)
		for i := range edges {
			edges[i] = lo + (hi-lo)*float64(i)/float64(n)
		}
		return edges
	}
	var sorted []float64 // of very many every so manieth: their quartiles are near enough
	for i := 0; i < len(values); i += max(1, len(values)/manyValues) {
		sorted = append(sorted, values[i])
	}
	slices.Sort(sorted)
	quartiles := sorted[len(sorted)*3/4] - sorted[len(sorted)/4]
	width := 2 * quartiles / math.Cbrt(float64(count))
	if !(width > 0) || (hi-lo)/width > 60 {
		width = (hi - lo) / min(60, max(8, math.Sqrt(float64(count))))
	}
	step := niceStep(min(width, (hi-lo)/5), false)
	first, last := math.Floor(lo/step), math.Ceil(hi/step)
	if !(step > 0) || last-first > 1000 || last <= first {
		return []float64{lo, hi}
	}
	var edges []float64
	for k := first; k <= last; k++ {
		edges = append(edges, k*step)
	}
	return edges
}

// spans settles the ranges of both axes, and whether x counts something.
func (p *Plot) spans(layers []layer) (x, y span, whole bool) {
	var xs, ys []float64
	zero, bars := false, false
	whole = true
	for _, l := range layers {
		ys = append(ys, ends(l.Y)...)
		if l.Mark == MarkSpan {
			xs = append(append(xs, ends(l.Low)...), ends(l.High)...)
			whole = false
			continue
		}
		ys = append(append(ys, ends(l.Low)...), ends(l.High)...)
		zero = zero || l.Mark == MarkBars || l.Mark == markHistogram
		bars = bars || l.Mark == MarkBars
		if l.edges != nil {
			xs, whole = append(xs, l.edges...), false
			continue
		}
		if l.X == nil && len(l.Y) > 0 {
			xs = append(xs, 1, float64(len(l.Y)))
			continue
		}
		xs = append(xs, ends(l.X)...)
		whole = whole && !slices.ContainsFunc(l.X, func(v float64) bool { return v != math.Trunc(v) })
	}
	for _, s := range p.shapes {
		x, y := s.reach()
		xs, ys = append(xs, x...), append(ys, y...)
	}
	for _, n := range p.notes {
		xs, ys = append(xs, n.x), append(ys, n.y)
	}
	for _, r := range p.rules {
		if r.vertical {
			xs = append(xs, r.at)
		} else {
			ys = append(ys, r.at)
		}
	}
	x, y = p.x.settle(xs, false), p.y.settle(ys, zero)
	if len(p.notes) > 0 && !p.y.ranged { // room for a text above the highest point
		if y.log {
			y.hi *= math.Pow(y.hi/y.lo, 0.06)
		} else {
			y.hi += (y.hi - y.lo) * 0.06
		}
	}
	if p.x.ranged || p.x.log {
		return x, y, whole
	}
	lo, hi, n := extent(xs)
	switch {
	case p.x.anything:
		x.lo, x.hi = 0.5, max(float64(len(p.x.names)), 1)+0.5
		if n > 0 {
			x.lo, x.hi = min(x.lo, lo-0.5), max(x.hi, hi+0.5)
		}
	case bars && n > 0:
		x.lo, x.hi = lo-0.6, hi+0.6
	case p.kind == "histogram" && n > 0:
		x.lo, x.hi = lo, hi
	}
	return x, y, whole
}

// ends are the values that settle a range: the smallest, the smallest above 0 and the
// largest; none if there are none.
func ends(values []float64) []float64 {
	lo, hi, n := extent(values)
	if n == 0 {
		return nil
	}
	least := hi
	for _, v := range values {
		if v > 0 && v < least {
			least = v
		}
	}
	return []float64{lo, least, hi}
}

// drawBand fills between Low and High.
func (l layer) drawBand(c pen, f *framed) {
	if l.Low == nil || l.Mark != MarkLine && l.Mark != MarkStep {
		return
	}
	k := l.ink.fade(0.18)
	var upper, lower []vg.Point
	flush := func() {
		if len(upper) > 1 {
			upper, lower = thin(upper), thin(lower)
			slices.Reverse(lower)
			sub := draw.Canvas{Canvas: c.Canvas, Rectangle: f.rectangle()}
			c.FillPolygon(k, sub.ClipPolygonXY(append(upper, lower...)))
		}
		upper, lower = nil, nil
	}
	for i := range l.Y {
		x, okX := f.x.position(l.x(i))
		lo, okL := f.y.position(l.Low[i])
		hi, okH := f.y.position(l.High[i])
		if !okX || !okL || !okH {
			flush()
			continue
		}
		if l.Mark == MarkStep && len(upper) > 0 {
			upper = append(upper, pt(x, float64(upper[len(upper)-1].Y)))
			lower = append(lower, pt(x, float64(lower[len(lower)-1].Y)))
		}
		upper, lower = append(upper, pt(x, hi)), append(lower, pt(x, lo))
		if len(upper) >= longestRun {
			upper, lower = halved(thin(upper)), halved(thin(lower))
		}
	}
	flush()
}

func (f *framed) rectangle() vg.Rectangle {
	return vg.Rectangle{Min: pt(f.x0, f.y0), Max: pt(f.x1, f.y1)}
}

// drawLine draws lines and steps, with gaps where values are missing.
func (l layer) drawLine(c pen, f *framed) {
	if l.Mark != MarkLine && l.Mark != MarkStep {
		return
	}
	k, width := l.ink, 2.0
	if l.Faint {
		k, width = k.fade(0.35), 1
	}
	sub := draw.Canvas{Canvas: c.Canvas, Rectangle: f.rectangle()}
	var run []vg.Point
	flush := func() {
		if len(run) == 1 { // a value between two gaps
			if sub.Contains(run[0]) {
				c.marker(0, k, float64(run[0].X), float64(run[0].Y), width+1)
			}
		}
		for _, part := range sub.ClipLinesXY(thin(run)) {
			c.line(k, width, l.dash, part...)
		}
		run = nil
	}
	for i, v := range l.Y {
		x, okX := f.x.position(l.x(i))
		y, okY := f.y.position(v)
		if !okX || !okY {
			flush()
			continue
		}
		if l.Mark == MarkStep && len(run) > 0 {
			run = append(run, pt(x, float64(run[len(run)-1].Y)))
		}
		run = append(run, pt(x, y))
		if len(run) >= longestRun {
			run = halved(thin(run))
		}
	}
	flush()
}

// How many values of a series are many, and how many points of a line are kept at most.
const (
	manyValues = 100_000
	longestRun = 1 << 17
)

// thinned says whether a picture leaves out so many of the values that it has to say so.
func (s Series) thinned() bool { return len(s.Y) > manyValues }

// halved drops every other point of a line that thin could not make shorter, because
// it runs to and fro.
func halved(points []vg.Point) []vg.Point {
	if len(points) <= longestRun/2 {
		return points
	}
	kept := points[:0]
	for i := 0; i < len(points); i += 2 {
		kept = append(kept, points[i])
	}
	return kept
}

// corners drops the points of a line at which it goes straight on, level or upright, as
// it does while a search finds nothing better.
func corners(points []vg.Point) []vg.Point {
	between := func(a, b, c vg.Length) bool { return a <= b && b <= c || c <= b && b <= a }
	var out []vg.Point
	for _, p := range points {
		if n := len(out); n > 1 {
			a, b := out[n-2], out[n-1]
			level := a.Y == b.Y && b.Y == p.Y && between(a.X, b.X, p.X)
			upright := a.X == b.X && b.X == p.X && between(a.Y, b.Y, p.Y)
			if level || upright {
				out[n-1] = p
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

// thin keeps of a long line the first, lowest, highest and last point in each
// half pixel: more can't be seen.
func thin(points []vg.Point) []vg.Point {
	points = corners(points)
	if len(points) < 4000 {
		return points
	}
	column := func(p vg.Point) int { return int(math.Floor(float64(p.X) * 2)) }
	var out []vg.Point
	for i := 0; i < len(points); {
		j, lo, hi := i, i, i
		for ; j < len(points) && column(points[j]) == column(points[i]); j++ {
			if points[j].Y < points[lo].Y {
				lo = j
			}
			if points[j].Y > points[hi].Y {
				hi = j
			}
		}
		keep := []int{i, lo, hi, j - 1}
		slices.Sort(keep)
		for _, k := range slices.Compact(keep) {
			out = append(out, points[k])
		}
		i = j
	}
	return out
}

// drawPoints draws glyphs; of those that fall on the same spot only one.
func (l layer) drawPoints(c pen, f *framed) {
	if l.Mark != MarkPoints {
		return
	}
	r, k := 3.2, l.ink.fade(0.85)
	many := len(l.Y) > 300
	switch {
	case many && l.Faint:
		r, k = 2, l.ink.fade(0.4)
	case many:
		r, k = 2, l.ink.fade(0.7)
	case l.Faint:
		r, k = 2.6, l.ink.fade(0.6)
	}
	size := 0.5
	if l.thinned() {
		size = 3
	}
	taken := spots{}
	l.drawErrorBars(c, f)
	point := func(i int) {
		v := l.Y[i]
		px, okX := f.x.position(l.x(i))
		py, okY := f.y.position(v)
		if okX && okY && f.x.inside(l.x(i)) && f.y.inside(v) && (len(l.Y) <= 1000 || taken.take(px, py, size)) {
			c.tip(l.tip(i), func() { c.marker(l.shape, k, px, py, r) })
		}
	}
	if l.Parents != nil {
		l.drawDescent(c, f, point)
		return
	}
	for i := range l.Y {
		point(i)
	}
}

// spots are where points have been drawn.
type spots map[[2]int]bool

// take takes the spot of a size at (x, y), unless it is taken.
func (s spots) take(x, y, size float64) bool {
	spot := [2]int{int(x / size), int(y / size)}
	if s[spot] {
		return false
	}
	s[spot] = true
	return true
}

// mostTips is how many values of a series have tips.
const mostTips = 2000

// tip is what is shown over the i-th value; empty for nothing.
func (l layer) tip(i int) string {
	if i >= len(l.Tips) || len(l.Tips) > mostTips {
		return ""
	}
	return brief(l.Tips[i])
}

// drawErrorBars draws a line from Low to High through each point.
func (l layer) drawErrorBars(c pen, f *framed) {
	if l.Low == nil {
		return
	}
	taken := spots{}
	for i, v := range l.Y {
		x, okX := f.x.position(l.x(i))
		lo, okL := f.y.position(l.Low[i])
		hi, okH := f.y.position(l.High[i])
		if !finite(v) || !okX || !okL || !okH || !f.x.inside(l.x(i)) || l.thinned() && !taken.take(x, (lo+hi)/2, 3) {
			continue
		}
		lo, hi = min(max(lo, f.y0), f.y1), min(max(hi, f.y0), f.y1)
		c.line(l.ink.fade(0.35), 1.2, nil, pt(x, lo), pt(x, hi))
	}
}

// drawSpans draws bars along x.
func (l layer) drawSpans(c pen, f *framed) {
	if l.Mark != MarkSpan {
		return
	}
	lane := math.Abs(f.y.p1-f.y.p0) / (f.y.hi - f.y.lo)
	half := min(max(lane*0.36, 1), 14)
	taken := map[[3]int]bool{}
	size := 0.5
	if l.thinned() {
		size = 4
	}
	for i, v := range l.Y {
		from, okF := f.x.position(l.Low[i])
		to, okT := f.x.position(l.High[i])
		y, okY := f.y.position(v)
		if !okF || !okT || !okY || to < f.x0 || from > f.x1 || !f.y.inside(v) {
			continue
		}
		from, to = max(from, f.x0), min(max(to, from+2), f.x1) // what takes no time is seen, too
		place := [3]int{int(from / size), int(to / size), int(y / size)}
		if len(l.Y) > 1000 && taken[place] {
			continue
		}
		taken[place] = true
		gap := min(0.5, (to-from)/8)
		c.tip(l.tip(i), func() { c.fill(l.ink, rect(box{from + gap, y - half, to - gap, y + half}, 2)) })
	}
}

const mostValues = 24 // bars that have their values beside them

// drawBars draws the bars of all series side by side, and histograms.
func (p *Plot) drawBars(c pen, f *framed, layers []layer) {
	var bars []layer
	for _, l := range layers {
		if l.Mark == MarkBars {
			bars = append(bars, l)
		}
		if l.edges != nil {
			l.drawHistogram(c, f, len(layers) > 1)
		}
	}
	base := f.y0
	if y, ok := f.y.position(0); ok {
		base = min(max(y, f.y0), f.y1)
	}
	group := 0.76 / float64(max(len(bars), 1))
	places := 0
	for _, l := range bars {
		for _, v := range l.Y[:min(len(l.Y), mostValues)] {
			places = min(4, max(places, decimals(v)))
		}
	}
	for j, l := range bars {
		if float64(len(l.Y)) > 2*f.w() {
			l.drawDenseBars(c, f, base)
			continue
		}
		for i, v := range l.Y {
			at := l.x(i) - 0.38 + group*float64(j)
			left, okL := f.x.position(at)
			right, okR := f.x.position(at + group)
			top, okT := f.y.position(v)
			if !okL || !okR || !okT || left < f.x0-1 || right > f.x1+1 {
				continue
			}
			if len(bars) > 1 {
				right -= min(2, (right-left)/4)
			}
			top = min(max(top, f.y0), f.y1)
			c.fill(l.ink, rect(box{left, min(base, top), right, max(base, top)}, 2))
			if s := fixed(v, places); len(l.Y)*len(bars) <= mostValues && scriptTick.width(s) <= (right-left)*1.25 {
				sc := scriptTick
				sc.x, sc.y = draw.XCenter, draw.YBottom
				y := max(base, top) + 3
				if v < 0 {
					sc.y, y = draw.YTop, min(base, top)-3
				}
				c.text(sc, (left+right)/2, y, minus(s))
			}
		}
	}
}

// drawDenseBars draws bars of which several stand on one pixel: the highest and the
// lowest of each.
func (l layer) drawDenseBars(c pen, f *framed, base float64) {
	lows, tops := slices.Repeat([]float64{base}, int(f.w())+1), slices.Repeat([]float64{base}, int(f.w())+1)
	for i, v := range l.Y {
		x, okX := f.x.position(l.x(i))
		y, okY := f.y.position(v)
		if k := int(x - f.x0); okX && okY && k >= 0 && k < len(tops) {
			lows[k], tops[k] = min(lows[k], max(y, f.y0)), max(tops[k], min(y, f.y1))
		}
	}
	for k := range tops {
		if tops[k] > lows[k] {
			x := f.x0 + float64(k)
			c.fill(l.ink, rect(box{x, lows[k], x + 1, tops[k]}, 0))
		}
	}
}

func (l layer) drawHistogram(c pen, f *framed, several bool) {
	k := l.ink
	if several {
		k = k.fade(0.55)
	}
	base := f.y0
	for i, n := range l.Y {
		left, okL := f.x.position(l.edges[i])
		right, okR := f.x.position(l.edges[i+1])
		top, okT := f.y.position(n)
		if !okL || !okR || !okT || n == 0 {
			continue
		}
		left, right = max(left, f.x0), min(right, f.x1)
		if gap := min(1, (right-left)/4); right-left > 0 {
			c.fill(k, rect(box{left + gap/2, base, right - gap/2, min(top, f.y1)}, 0))
		}
	}
}

// drawIcon draws what stands for the series in the legend.
func (l layer) drawIcon(c pen, x, y float64) {
	const w = 16.0
	if l.Low != nil && l.Mark != MarkSpan {
		c.fill(l.ink.fade(0.18), rect(box{x, y - 5, x + w, y + 5}, 2))
	}
	switch l.Mark {
	case MarkPoints:
		c.marker(l.shape, l.ink, x+w/2, y, 4)
	case MarkBars, MarkSpan, markHistogram:
		c.fill(l.ink, rect(box{x + 2, y - 5, x + 12, y + 5}, 2))
	default:
		c.line(l.ink, 2.4, l.dash, pt(x, y), pt(x+w, y))
	}
}
