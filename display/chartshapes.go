package display

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/vg"

	"github.com/nascent-go/nascent/display/internal/vegalite"
)

// scale is the colour scale of a ramp from lo to hi, in the colours of a light page: what
// it colours covers the page.
func (r ramp) scale(lo, hi float64) *vegalite.Scale {
	out := &vegalite.Scale{Interpolate: "rgb"}
	for i, k := range r {
		out.Domain = append(out.Domain, lo+(hi-lo)*float64(i)/float64(len(r)-1))
		out.Range = append(out.Range, cssColor(k.light))
	}
	return out
}

// heat adds the cells of a heat map, with their texts where these are few.
func (c *charter) heat(p *Plot) {
	h := p.heat
	values, rows, columns := h.values, h.block.rows, h.block.columns
	if r, k := h.dims(); r*k > mostMarks {
		var b block
		values, b = blocks(h.values, 70)
		rows, columns = rows*b.rows, columns*b.columns
		c.remark = block{rows, columns}.remark()
	}
	across := 0
	for _, row := range values {
		across = max(across, len(row))
	}
	xTicks, yTicks := heatTicks(p.x, across, columns), heatTicks(p.y, len(values), rows)
	cells := span{lo: -0.5, hi: float64(max(across, 1)) - 0.5, named: true}
	c.x = position("x", p.x.label, cells, false)
	cells.hi = float64(max(len(values), 1)) - 0.5
	c.y = position("y", p.y.label, cells, false)
	c.y.Scale.Reverse = true
	w, _ := shownSize(p)
	c.x.Axis, c.y.Axis = namedAxis(xTicks, w-2*heatBar), namedAxis(yTicks, math.Inf(1))
	xNames, yNames := tickNames(xTicks), tickNames(yTicks)

	lo, hi := h.limits()
	scale := rampSequential
	if h.diverging {
		scale = rampDiverging
	}
	texts := !h.bare && len(values) == len(h.values) && len(values)*across <= 400
	data := vegalite.NewData("x", "x2", "y", "y2", "v", "row", "column", "text", "ink", "cx", "cy")
	for r, row := range values {
		for k, v := range row {
			if !finite(v) {
				continue
			}
			text := ""
			if texts {
				text = h.text(r, k)
			}
			x, y := float64(k), float64(r)
			data.Add(x-0.5, x+0.5, y-0.5, y+0.5, v, nameOf(yNames, r, rows), nameOf(xNames, k, columns), text,
				cssColor(on(scale.at(fraction(v, lo, hi))).light), x, y)
		}
	}
	added := c.rectangles(data, "", tip("row", vegalite.Nominal, tipTitle(p.y.label, "row")), tip("column", vegalite.Nominal, tipTitle(p.x.label, "column")),
		tip("v", vegalite.Quantitative, "value"))
	added.Encoding.Color = &vegalite.Color{Field: "v", Type: vegalite.Quantitative, Scale: scale.scale(lo, hi), Legend: &vegalite.Legend{On: true}}
	if h.texts != nil {
		added.Encoding.Tooltip = append(added.Encoding.Tooltip, tip("text", vegalite.Nominal, "text"))
	}
	if texts {
		x, y := c.x, c.y
		x.Field, y.Field = "cx", "cy"
		c.add(data, "text", "", vegalite.Encoding{
			X: &x, Y: &y, Text: &vegalite.Column{Field: "text"}, Color: &vegalite.Color{Field: "ink", Type: vegalite.Nominal},
		})
	}
}

func tickNames(ticks []tick) map[int]string {
	out := map[int]string{}
	for _, t := range ticks {
		out[int(t.at)] = oneLine(t.text)
	}
	return out
}

// nameOf is the name of the i-th row or column of blocks; its number in the matrix, if
// it has none.
func nameOf(names map[int]string, i, block int) string {
	if name := names[i]; name != "" {
		return name
	}
	return fmt.Sprint(i * block)
}

// chart adds whiskers, boxes, medians and the values beyond.
func (b *boxes) chart(c *charter) {
	data := vegalite.NewData("x", "x1", "x2", "low", "q1", "median", "q3", "top", "n", "label")
	beyond := vegalite.NewData("x", "y", "label")
	for i, g := range b.groups {
		if g.n == 0 {
			continue
		}
		x := float64(i + 1)
		label := oneLine(b.labels[i])
		data.Add(x, x-0.25, x+0.25, c.shown(g.low), c.shown(g.q1), c.shown(g.median), c.shown(g.q3), c.shown(g.top), g.n, label)
		far := Series{Y: g.beyond}.fewer(max(mostMarks/len(b.groups), 2)).Y
		if len(far) < len(g.beyond) {
			c.remark = "not all values beyond the whiskers"
		}
		for _, v := range far {
			beyond.Add(x, c.shown(v), label)
		}
	}
	at := func(p vegalite.Position, field string) *vegalite.Position { p.Field = field; return &p }
	color := middle(swatch(0))
	group := tip("label", vegalite.Nominal, "group")
	for _, half := range [][2]string{{"low", "q1"}, {"q3", "top"}} {
		c.add(data, "rule", color, vegalite.Encoding{X: &c.x, Y: at(c.y, half[0]), Y2: &vegalite.Column{Field: half[1]}})
	}
	box := c.add(data, "rect", color, vegalite.Encoding{
		X: at(c.x, "x1"), X2: &vegalite.Column{Field: "x2"}, Y: at(c.y, "q1"), Y2: &vegalite.Column{Field: "q3"},
		Tooltip: []vegalite.Tip{
			group, tip("n", vegalite.Quantitative, "values"), tip("median", vegalite.Quantitative, "median"),
			tip("q1", vegalite.Quantitative, "lower quartile"), tip("q3", vegalite.Quantitative, "upper quartile"),
			tip("low", vegalite.Quantitative, "whiskers from"), tip("top", vegalite.Quantitative, "to"),
		},
	})
	box.Mark.Opacity = 0.4
	median := c.add(data, "rule", color, vegalite.Encoding{X: at(c.x, "x1"), X2: &vegalite.Column{Field: "x2"}, Y: at(c.y, "median")})
	median.Mark.StrokeWidth = 2.6
	points := c.add(beyond, "point", color, vegalite.Encoding{X: &c.x, Y: &c.y, Tooltip: []vegalite.Tip{group, tip("y", vegalite.Quantitative, "value")}})
	points.Mark.Filled, points.Mark.Size = true, 22
}

// chart adds the heights as cells, of which each reaches half the way to its neighbours,
// and the lines over them.
func (s *surface) chart(c *charter) {
	if s.empty() {
		return
	}
	lo, hi, _ := s.limits()
	cells := *s
	const most = 81 // what ContourFunc makes
	if len(s.x) > most || len(s.y) > most {
		var b block
		cells.z, b = blocks(s.z, most)
		cells.x, cells.y = blockRow([][]float64{s.x}, b.columns), blockRow([][]float64{s.y}, b.rows)
		c.remark = block{b.rows * s.block.rows, b.columns * s.block.columns}.remark()
	}
	data := vegalite.NewData("x", "x2", "y", "y2", "v", "atx", "aty")
	between := func(at []float64, i int) (from, to float64) {
		from, to = at[i], at[i]
		if i > 0 {
			from = at[i]/2 + at[i-1]/2
		}
		if i+1 < len(at) {
			to = at[i]*0.4 + at[i+1]*0.6 // a little more, so that the page isn't seen between two
		}
		return from, to
	}
	for i, row := range cells.z {
		y0, y1 := between(cells.y, i)
		for j, v := range row {
			if x0, x1 := between(cells.x, j); finite(v) {
				data.Add(x0, x1, y0, y1, v, cells.x[j], cells.y[i])
			}
		}
	}
	added := c.rectangles(data, "", tip("atx", vegalite.Quantitative, tipTitle(string(c.x.Title), "x")),
		tip("aty", vegalite.Quantitative, tipTitle(string(c.y.Title), "y")), tip("v", vegalite.Quantitative, "height"))
	added.Encoding.Color = &vegalite.Color{Field: "v", Type: vegalite.Quantitative, Scale: rampSequential.scale(lo, hi), Legend: &vegalite.Legend{On: true}}

	lines := vegalite.NewData("x", "y", "x2", "y2", "v")
	// In a frame whose pixels are the positions themselves.
	f := &framed{x: span{lo: s.x[0], hi: s.x[len(s.x)-1]}, y: span{lo: s.y[0], hi: s.y[len(s.y)-1]}}
	f.x.p0, f.x.p1, f.y.p0, f.y.p1 = f.x.lo, f.x.hi, f.y.lo, f.y.hi
	for _, level := range s.levels() {
		var from vg.Point
		for _, part := range cells.line(f, level) {
			if part.Type == vg.MoveComp {
				from = part.Pos
			} else {
				lines.Add(float64(from.X), float64(from.Y), float64(part.Pos.X), float64(part.Pos.Y), level)
			}
		}
	}
	line := c.add(lines, "rule", chartGrey, vegalite.Encoding{
		X: &c.x, Y: &c.y, X2: &vegalite.Column{Field: "x2"}, Y2: &vegalite.Column{Field: "y2"},
		Tooltip: []vegalite.Tip{tip("v", vegalite.Quantitative, "height")},
	})
	line.Mark.StrokeWidth = 1
}

// chart adds the lines, and the axes over them.
func (l *parallel) chart(c *charter) {
	c.y.Axis = bareAxis()
	n := min(l.drawn(), max(mostMarks/max(len(l.axes), 1), 1))
	if n < len(l.rows) {
		c.remark = fmt.Sprintf("%s of %s", grouped(n), plural(len(l.rows), "line"))
	}
	columns := []string{"x", "y", "row", "i", "axis", "text", "score"}
	data := vegalite.NewData(columns...)
	_, _, coloured := l.limits()
	for k := range n {
		at := len(l.order) - 1 - (n-1-k)*(len(l.order)-1)/max(n-1, 1)
		i := l.order[at]
		score := math.NaN()
		if coloured {
			score = l.scores[i]
		}
		place := (float64(at)+0.5)/float64(len(l.order)) - 0.5
		for j, v := range l.rows[i] {
			data.Add(float64(j+1), l.height(j, v, place), k, j, oneLine(l.axes[j].Name), l.axes[j].text(v), score)
		}
	}
	e := vegalite.Encoding{
		X: &c.x, Y: &c.y, Detail: &vegalite.Column{Field: "row", Type: vegalite.Nominal}, Order: &vegalite.Column{Field: "i", Type: vegalite.Quantitative},
	}
	color := middle(swatch(0))
	var tips []vegalite.Tip
	if lo, hi, ok := l.limits(); ok {
		color = ""
		e.Color = &vegalite.Color{
			Field: "score", Type: vegalite.Quantitative, Title: "score", Legend: &vegalite.Legend{On: true},
			Scale: &vegalite.Scale{Domain: vegalite.Numbers{lo, hi}, Range: []string{"#a9b2bb", middle(swatch(0))}},
		}
		tips = append(tips, tip("score", vegalite.Quantitative, "score"))
	}
	line := c.add(data, "line", color, e)
	line.Mark.StrokeWidth, line.Mark.Opacity = 1.4, 0.7
	e.Detail, e.Order = nil, nil
	e.Tooltip = append([]vegalite.Tip{tip("axis", vegalite.Nominal, "axis"), tip("text", vegalite.Nominal, "value")}, tips...)
	points := c.add(data, "point", color, e)
	points.Mark.Size, points.Mark.StrokeWidth = 10, 2.4 // a scale of fills besides the lines' would have no gradient
	l.chartAxes(c)
}

// height is where a value lies between the bottom and the top of the j-th axis, 0 to 1.
func (l *parallel) height(j int, v, place float64) float64 {
	s := l.spans[j]
	if s.named {
		v += 1 + 0.6*place // the ticks of names begin at 1
	}
	s.p1 = 1
	h, ok := s.position(v)
	if !ok {
		return math.NaN()
	}
	return h
}

// text is a value of the axis as a reader knows it.
func (a Axis) text(v float64) string {
	if i := int(v); a.Ticks != nil && float64(i) == v && i >= 0 && i < len(a.Ticks) {
		return oneLine(a.Ticks[i])
	}
	return short(v)
}

func (l *parallel) chartAxes(c *charter) {
	axes := vegalite.NewData("x", "y", "y2")
	texts := vegalite.NewData("x", "y", "text")
	for j := range l.axes {
		x := float64(j + 1)
		axes.Add(x, 0.0, 1.0)
		s := l.spans[j]
		s.p1 = 1
		for _, t := range s.ticks(8, false) {
			if y, ok := s.position(t.at); ok {
				texts.Add(x, y, oneLine(t.text))
			}
		}
	}
	c.add(axes, "rule", chartGrey, vegalite.Encoding{X: &c.x, Y: &c.y, Y2: &vegalite.Column{Field: "y2"}})
	m := &c.add(texts, "text", chartGrey, vegalite.Encoding{X: &c.x, Y: &c.y, Text: &vegalite.Column{Field: "text"}}).Mark
	m.Align, m.DX = "left", 5
}
