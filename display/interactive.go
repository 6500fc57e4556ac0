package display

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"

	"github.com/nascent-go/nascent/display/internal/vegalite"
)

// MIMEVegaLite is the type of the charts that [Interactive] makes.
const MIMEVegaLite = vegalite.MIME

// mostMarks is how many points, bars and cells a chart that a page draws has at most.
const mostMarks = 5000

// Interactive shows plots as a chart that the reader's page draws, in Vega-Lite 5, which
// JupyterLab and VS Code know: the wheel zooms, dragging moves, a double click goes back,
// and what is under the pointer says its values. The chart has at most 5000 values of a
// plot, the extremes among them, or the means of blocks, and says so. Pages that draw no
// charts, such as the export to HTML, show the PNG. JupyterLab draws a chart in the colours
// of its theme at that time: after a change of theme, reload the page or run the cell anew.
// What is neither a plot nor panels of plots is shown as it is.
func Interactive(v Displayer) Bundle {
	if v == nil {
		return Text("nil")
	}
	p, ok := v.(charted)
	if !ok || reflect.ValueOf(v).IsNil() {
		return v.Display()
	}
	if err := p.Err(); err != nil {
		return Text(err.Error())
	}
	b, err := pictureImage(p)
	if err != nil {
		return Text(err.Error())
	}
	c := &charter{}
	chart := p.chart(c)
	chart.Schema = vegalite.Schema
	chart.Usermeta = &vegalite.Usermeta{EmbedOptions: vegalite.EmbedOptions{Actions: vegalite.Actions{Export: true}}}
	data, err := json.Marshal(chart)
	if err != nil {
		return Text(fmt.Sprintf("%s: can't be written as a chart: %v", p.summary(), err))
	}
	b.Data[MIMEVegaLite] = json.RawMessage(data)
	if c.remark != "" {
		b.Data[MIMEPlain] = fmt.Sprintf("%s; chart: %s", b.Data[MIMEPlain], c.remark)
	}
	return b
}

// charted is a picture that can be a chart: a pointer to a plot or to panels.
type charted interface {
	picture
	Err() error
	chart(c *charter) vegalite.Chart
}

// charter makes charts of plots. Selections have names that are unique among panels.
type charter struct {
	plots  int
	remark string // what the chart leaves out of its plot

	x, y   vegalite.Position
	color  *vegalite.Color // of the series, by the column s
	layers []vegalite.Layer
}

// chart is the plot in its size, with its frame.
func (p *Plot) chart(c *charter) vegalite.Chart {
	out := p.chartIn(c)
	out.Width, out.Height = shownSize(p)
	out.Autosize = &vegalite.Autosize{Type: "fit", Contains: "padding"}
	return out
}

func (g *Panels) chart(c *charter) vegalite.Chart {
	const left, around = 75, 95 // what axes, titles and legends need of a panel, about
	out := vegalite.Chart{Columns: g.columns}
	if g.title != "" {
		out.Title = &vegalite.Title{Text: oneLine(g.title), Anchor: "start"}
	}
	w, h := g.cell()
	all, _ := shownSize(g)
	scale := all / (w * float64(g.columns))
	for _, p := range g.plots {
		panel := &charter{plots: c.plots}
		q := p.chartIn(panel)
		c.plots = panel.plots
		c.remark = cmp.Or(c.remark, panel.remark)
		q.Width, q.Height = max(w*scale-left, 60), max(h*scale-around, 60)
		out.Concat = append(out.Concat, q)
	}
	return out
}

// chartIn is the plot without a size.
func (p *Plot) chartIn(c *charter) vegalite.Chart {
	out := vegalite.Chart{Description: p.summary()}
	if p.heat != nil {
		c.heat(p)
	} else {
		out.Data, out.Transform = c.plot(p)
	}
	if len(c.layers) == 0 { // a chart needs one
		c.add(vegalite.NewData("x", "y"), "point", "", vegalite.Encoding{X: &c.x, Y: &c.y})
	}
	out.Layer = c.layers
	c.selectable(&out)
	remark := cmp.Or(c.remark, p.remark())
	if p.empty() {
		remark = noData
	}
	if p.title != "" || remark != "" {
		out.Title = &vegalite.Title{Text: oneLine(p.title), Subtitle: remark, Anchor: "start"}
	}
	return out
}

// selectable lets the reader zoom, and brings out the point that is nearest to the
// pointer, where the chart has points.
func (c *charter) selectable(chart *vegalite.Chart) {
	c.plots++
	for i := range c.layers {
		if l := &c.layers[i]; l.Encoding.X != nil && l.Encoding.Y != nil {
			l.Params = append(l.Params, vegalite.Param{Name: fmt.Sprintf("zoom%d", c.plots), Select: vegalite.Select{Type: "interval"}, Bind: "scales"})
			break
		}
	}
	if chart.Data == nil {
		return
	}
	hover := fmt.Sprintf("hover%d", c.plots)
	l := &c.layers[len(c.layers)-1]
	l.Params = append(l.Params, vegalite.Param{Name: hover, Select: vegalite.Select{Type: "point", On: "mouseover", Clear: "mouseout", Nearest: true}})
	l.Encoding.Opacity = &vegalite.Opacity{Condition: vegalite.Condition{Param: hover, Value: 1}}
}

// add adds a layer with data of its own and returns it.
func (c *charter) add(data *vegalite.Data, mark, color string, e vegalite.Encoding) *vegalite.Layer {
	c.layers = append(c.layers, vegalite.Layer{Data: data, Mark: vegalite.Mark{Type: mark, Clip: true, Color: color}, Encoding: e})
	return &c.layers[len(c.layers)-1]
}

// plot adds the layers of series, shapes, rules and notes, in the order in which the
// plot is drawn, and returns the values that lines and points share, nil if there are
// none, and what they are called.
func (c *charter) plot(p *Plot) (*vegalite.Data, []vegalite.Calculate) {
	layers := p.layers()
	x, y, whole := p.spans(layers)
	ax, ay := p.axes()
	c.x, c.y = position("x", ax.label, x, whole), position("y", ay.label, y, false)
	if p.empty() {
		if p.x.invented() {
			c.x.Axis = bareAxis()
		}
		if p.y.invented() {
			c.y.Axis = bareAxis()
		}
	}
	layers = c.thinned(layers)
	c.color = seriesColor(layers, p.legend)
	for _, l := range layers {
		c.band(l)
	}
	c.bars(p, layers, y)
	for _, s := range p.shapes {
		s.chart(c)
	}
	c.rules(p, x, y)
	for i, l := range layers {
		c.spans(p, i, l)
	}
	c.lines(layers)
	c.notes(p)
	return c.points(p, layers)
}

// position is an axis with its range and its names.
func position(field, label string, s span, whole bool) vegalite.Position {
	off := false
	out := vegalite.Position{
		Field: field, Type: vegalite.Quantitative, Title: vegalite.Text(oneLine(label)),
		Scale: vegalite.Scale{Domain: vegalite.Numbers{s.lo, s.hi}, Nice: &off},
		Axis:  &vegalite.Axis{TickCount: 9, GridOpacity: 0.4},
	}
	switch {
	case s.log:
		out.Scale.Type, out.Axis.TickCount = "log", 5
	case s.named:
		out.Axis = namedAxis(s.ticks(0, false), 640)
	default:
		out.Scale.Zero = &off
		if whole {
			one := 1.0
			out.Axis.TickMinStep = &one
		}
	}
	return out
}

// namedAxis has texts at its ticks, slanted if they have no room on a width.
func namedAxis(ticks []tick, width float64) *vegalite.Axis {
	off, on := false, true
	out := &vegalite.Axis{Grid: &off, LabelOverlap: &on, Values: vegalite.Numbers{}}
	var texts []string
	sum := 0.0
	for _, t := range ticks {
		out.Values, texts = append(out.Values, t.at), append(texts, oneLine(t.text))
		sum += scriptTick.width(oneLine(t.text)) + 8
	}
	out.LabelExpr = vegalite.Lookup("datum.value", out.Values, texts)
	if sum > width {
		out.LabelAngle = -45
	}
	return out
}

// bareAxis is an axis of which nothing is seen.
func bareAxis() *vegalite.Axis {
	off := false
	return &vegalite.Axis{Grid: &off, Labels: &off, Ticks: &off, Domain: &off}
}

// middle is a colour for pages of which the chart doesn't know whether they are light.
func middle(k ink) string { return cssColor(mix(k.light, k.dark, 0.5)) }

// Where the colour of rules and notes is seen on either page.
const chartGrey = "#888888"

// thinned leaves of each series as many values as a chart has room for.
func (c *charter) thinned(layers []layer) []layer {
	most := max(mostMarks/max(len(layers), 1), 2)
	all, kept := 0, 0
	out := slices.Clone(layers)
	for i, l := range layers {
		if l.edges != nil {
			continue // the counts of a histogram are few
		}
		out[i].Series = l.fewer(most)
		all, kept = all+len(l.Y), kept+len(out[i].Y)
	}
	if kept < all {
		c.remark = fmt.Sprintf("%s of %s", grouped(kept), plural(all, "value"))
	}
	return out
}

// fewer is the series with at most n values, n ≥ 2: of each stretch of values that
// follow each other the lowest and the highest.
func (s Series) fewer(n int) Series {
	if len(s.Y) <= n {
		return s
	}
	var keep []int
	for i, k := 0, n/2; i < k; i++ {
		from, to := i*len(s.Y)/k, (i+1)*len(s.Y)/k
		lo, hi := from, from
		for j := from; j < to; j++ {
			if !finite(s.Y[lo]) || s.Y[j] < s.Y[lo] {
				lo = j
			}
			if !finite(s.Y[hi]) || s.Y[j] > s.Y[hi] {
				hi = j
			}
		}
		keep = append(keep, min(lo, hi))
		if lo != hi {
			keep = append(keep, max(lo, hi))
		}
	}
	out := s
	out.X, out.Y = make([]float64, len(keep)), pick(s.Y, keep)
	for i, k := range keep {
		out.X[i] = s.x(k)
	}
	out.Low, out.High, out.Tips, out.Parents = pick(s.Low, keep), pick(s.High, keep), pick(s.Tips, keep), nil
	return out
}

// pick are the values at some places; nil of nil.
func pick[T any](values []T, at []int) []T {
	if values == nil {
		return nil
	}
	out := make([]T, len(at))
	for i, k := range at {
		out[i] = values[k]
	}
	return out
}

// tipTitle is what stands before a value under the pointer. Pages make a heading of a
// value that is called title, and load one that is called image: an invisible character
// keeps them from it.
func tipTitle(label, otherwise string) string {
	switch s := oneLine(label); s {
	case "":
		return otherwise
	case "title", "image":
		return s + "\u200b"
	default:
		return s
	}
}

func tip(field string, kind vegalite.Type, title string) vegalite.Tip {
	return vegalite.Tip{Field: field, Type: kind, Title: title}
}

// placeTip tells a position of the x axis that is in a column, or its name if it has one.
func placeTip(p *Plot, column string) vegalite.Tip {
	if p.x.anything {
		return tip("name", vegalite.Nominal, tipTitle(p.x.label, "x"))
	}
	return tip(column, vegalite.Quantitative, tipTitle(p.x.label, "x"))
}

// nameAt is the name of the position v of an axis; empty if it has none.
func (a axis) nameAt(v float64) string {
	if i := int(v); a.anything && float64(i) == v && i >= 1 && i <= len(a.names) {
		return oneLine(a.names[i-1])
	}
	return ""
}

// band adds the area between Low and High of lines, and the error bars of points.
func (c *charter) band(l layer) {
	if l.Low == nil || l.Mark == MarkSpan || l.Mark == MarkBars {
		return
	}
	data := vegalite.NewData("x", "y", "high")
	for i := range l.Y {
		data.Add(l.x(i), c.shown(l.Low[i]), c.shown(l.High[i]))
	}
	mark := "area"
	if l.Mark == MarkPoints {
		mark = "rule"
	}
	added := c.add(data, mark, middle(l.ink), vegalite.Encoding{X: &c.x, Y: &c.y, Y2: &vegalite.Column{Field: "high"}})
	added.Mark.Opacity = 0.35
	if mark == "area" {
		added.Mark.Opacity = 0.22
		added.Mark.Interpolate = l.interpolate()
	}
}

// shown is a value of the y axis; one that a logarithmic axis can't show is none.
func (c *charter) shown(v float64) float64 {
	if c.y.Scale.Type == "log" && v <= 0 {
		return math.NaN()
	}
	return v
}

// shownX is shown for the x axis.
func (c *charter) shownX(v float64) float64 {
	if c.x.Scale.Type == "log" && v <= 0 {
		return math.NaN()
	}
	return v
}

func (l layer) interpolate() string {
	if l.Mark == MarkStep {
		return "step-after"
	}
	return ""
}

// rectangles adds a layer of rectangles from (x, y) to (x2, y2).
func (c *charter) rectangles(data *vegalite.Data, color string, tips ...vegalite.Tip) *vegalite.Layer {
	return c.add(data, "rect", color, vegalite.Encoding{
		X: &c.x, X2: &vegalite.Column{Field: "x2"}, Y: &c.y, Y2: &vegalite.Column{Field: "y2"}, Tooltip: tips,
	})
}

// bars adds bars side by side, and histograms.
func (c *charter) bars(p *Plot, layers []layer, y span) {
	n := 0
	for _, l := range layers {
		if l.Mark == MarkBars {
			n++
		}
	}
	base := 0.0
	if y.log {
		base = y.lo
	}
	group := 0.76 / float64(max(n, 1))
	value := tip("v", vegalite.Quantitative, tipTitle(p.y.label, "y"))
	j := 0
	for i, l := range layers {
		switch {
		case l.edges != nil:
			data := vegalite.NewData("x", "x2", "y", "y2", "v")
			for k, v := range l.Y {
				data.Add(c.shownX(l.edges[k]), c.shownX(l.edges[k+1]), base, c.shown(v), v)
			}
			label := tipTitle(p.x.label, "value")
			added := c.rectangles(data, "", tip("x", vegalite.Quantitative, label+" from"), tip("x2", vegalite.Quantitative, label+" to"), value)
			if len(layers) > 1 {
				added.Mark.Opacity = 0.6
			}
			c.named(added, i, l)
		case l.Mark == MarkBars:
			data := vegalite.NewData("x", "x2", "y", "y2", "v", "at", "name")
			for k, v := range l.Y {
				left := l.x(k) - 0.38 + group*float64(j)
				data.Add(c.shownX(left), c.shownX(left+group), base, c.shown(v), v, l.x(k), p.x.nameAt(l.x(k)))
			}
			c.named(c.rectangles(data, "", placeTip(p, "at"), value), i, l)
			j++
		}
	}
}

// named gives a layer the colour of the i-th series, and puts its name before what is
// said under the pointer.
func (c *charter) named(to *vegalite.Layer, i int, l layer) {
	to.Encoding.Color = c.color
	to.Transform = append(to.Transform, vegalite.Calculate{Calculate: fmt.Sprint(i), As: "s"})
	if name := oneLine(l.Name); name != "" {
		to.Transform = append(to.Transform, vegalite.Calculate{Calculate: vegalite.Literal(name), As: "series"})
		to.Encoding.Tooltip = slices.Insert(to.Encoding.Tooltip, 0, tip("series", vegalite.Nominal, "series"))
	}
}

// spans adds bars along x.
func (c *charter) spans(p *Plot, i int, l layer) {
	if l.Mark != MarkSpan {
		return
	}
	data := vegalite.NewData("x", "x2", "y", "y2", "lane", "tip")
	for k, v := range l.Y {
		lane := p.y.nameAt(v)
		if lane == "" {
			lane = short(v)
		}
		data.Add(c.shownX(l.Low[k]), c.shownX(l.High[k]), v-0.36, v+0.36, lane, l.tip(k))
	}
	label := tipTitle(p.x.label, "x")
	tips := []vegalite.Tip{
		tip("lane", vegalite.Nominal, tipTitle(p.y.label, "lane")),
		tip("x", vegalite.Quantitative, label+" from"), tip("x2", vegalite.Quantitative, label+" to"),
	}
	if l.Tips != nil {
		tips = append(tips, tip("tip", vegalite.Nominal, " "))
	}
	c.named(c.rectangles(data, "", tips...), i, l)
}

// rules adds the lines across the plot and their texts.
func (c *charter) rules(p *Plot, x, y span) {
	for _, r := range p.rules {
		data := vegalite.NewData("x", "y", "text")
		rule, text := vegalite.Encoding{Y: &c.y}, vegalite.Encoding{X: &c.x, Y: &c.y, Text: &vegalite.Column{Field: "text"}}
		at := [2]float64{x.hi, r.at}
		if r.vertical {
			rule = vegalite.Encoding{X: &c.x}
			at = [2]float64{r.at, y.hi}
		}
		data.Add(c.shownX(at[0]), c.shown(at[1]), oneLine(r.text))
		c.add(data, "rule", chartGrey, rule).Mark.StrokeDash = []float64{5, 4}
		m := &c.add(data, "text", chartGrey, text).Mark
		if m.Align, m.Baseline, m.DY = "right", "bottom", -3; r.vertical {
			m.Align, m.Baseline, m.DX, m.DY = "left", "top", 5, 2
		}
	}
}

// notes adds the texts at points.
func (c *charter) notes(p *Plot) {
	if len(p.notes) == 0 {
		return
	}
	data := vegalite.NewData("x", "y", "text")
	for _, n := range p.notes {
		data.Add(c.shownX(n.x), c.shown(n.y), oneLine(n.text))
	}
	ring := &c.add(data, "point", chartGrey, vegalite.Encoding{X: &c.x, Y: &c.y}).Mark
	ring.Size, ring.StrokeWidth = 110, 1.6
	text := &c.add(data, "text", chartGrey, vegalite.Encoding{X: &c.x, Y: &c.y, Text: &vegalite.Column{Field: "text"}}).Mark
	text.Baseline, text.DY = "bottom", -9
}

// lines adds the lines, steps and points of series, whose values are shared.
func (c *charter) lines(layers []layer) {
	order := vegalite.Column{Field: "i", Type: vegalite.Quantitative}
	for _, ground := range []bool{true, false} { // what is pale lies below
		for i, l := range layers {
			if l.Faint != ground || !l.pointed() {
				continue
			}
			e := vegalite.Encoding{X: &c.x, Y: &c.y, Color: c.color}
			mark := vegalite.Mark{Type: "line", Clip: true, Interpolate: l.interpolate(), StrokeDash: l.dash}
			if l.Mark == MarkPoints {
				c.descent(l)
				mark = vegalite.Mark{Type: "point", Clip: true, Filled: true, Size: 40, Shape: glyph(l.shape)}
				if len(l.Y) > 300 {
					mark.Size = 18
				}
			} else {
				e.Order = &order
				c.lone(l)
			}
			if l.Faint {
				mark.Opacity = 0.4
			}
			c.layers = append(c.layers, vegalite.Layer{
				Transform: []vegalite.Calculate{{Filter: fmt.Sprintf("datum.s === %d", i)}}, Mark: mark, Encoding: e,
			})
		}
	}
}

// pointed says whether the values of a series are points of the plot.
func (l layer) pointed() bool {
	return l.Mark == MarkLine || l.Mark == MarkStep || l.Mark == MarkPoints
}

// lone adds a point for each value of a line that stands between two gaps.
func (c *charter) lone(l layer) {
	data := vegalite.NewData("x", "y")
	drawn := func(i int) bool {
		return i >= 0 && i < len(l.Y) && finite(c.shownX(l.x(i))) && finite(c.shown(l.Y[i]))
	}
	for i, v := range l.Y {
		if drawn(i) && !drawn(i-1) && !drawn(i+1) {
			data.Add(l.x(i), v)
		}
	}
	if data.Len() > 0 {
		m := &c.add(data, "point", middle(l.ink), vegalite.Encoding{X: &c.x, Y: &c.y}).Mark
		m.Filled, m.Size = true, 24
	}
}

// descent adds the lines from points to their parents.
func (c *charter) descent(l layer) {
	if l.Parents == nil {
		return
	}
	data := vegalite.NewData("x", "y", "x2", "y2")
	for i, p := range l.Parents {
		if p >= 0 {
			data.Add(c.shownX(l.x(i)), c.shown(l.Y[i]), c.shownX(l.x(p)), c.shown(l.Y[p]))
		}
	}
	c.add(data, "rule", middle(l.ink), vegalite.Encoding{
		X: &c.x, Y: &c.y, X2: &vegalite.Column{Field: "x2"}, Y2: &vegalite.Column{Field: "y2"},
	}).Mark.Opacity = 0.25
}

// glyph is the shape of the i-th series of points, as pen.marker draws them.
func glyph(i int) string {
	return []string{"circle", "square", "triangle-up", "diamond", "triangle-down"}[i%5]
}

// seriesColor gives the i-th series its colour, with a legend if several have names.
func seriesColor(layers []layer, legend *bool) *vegalite.Color {
	out := &vegalite.Color{Field: "s", Type: vegalite.Nominal, Scale: &vegalite.Scale{}, Legend: &vegalite.Legend{}}
	var names []string
	for i, l := range layers {
		out.Scale.Domain = append(out.Scale.Domain, float64(i))
		out.Scale.Range = append(out.Scale.Range, middle(l.ink))
		if name := oneLine(l.Name); name != "" {
			out.Legend.Values, names = append(out.Legend.Values, float64(i)), append(names, name)
		}
	}
	out.Legend.On = len(names) > 1
	if legend != nil {
		out.Legend.On = *legend && len(names) > 0
	}
	out.Legend.Orient = "top"
	out.Legend.LabelExpr = vegalite.Lookup("datum.value", out.Legend.Values, names)
	return out
}

// points returns the values of the lines and points, and adds the points that show
// under the pointer.
func (c *charter) points(p *Plot, layers []layer) (*vegalite.Data, []vegalite.Calculate) {
	var bands, tips bool
	var keys []float64
	var names []string
	for i, l := range layers {
		if !l.pointed() {
			continue
		}
		if name := oneLine(l.Name); name != "" {
			keys, names = append(keys, float64(i)), append(names, name)
		}
		bands, tips = bands || l.Low != nil, tips || l.Tips != nil
	}
	columns := []string{"s", "i", "x", "y"}
	for _, more := range []struct {
		on      bool
		columns []string
	}{{p.x.anything, []string{"name"}}, {bands, []string{"low", "high"}}, {tips, []string{"tip"}}} {
		if more.on {
			columns = append(columns, more.columns...)
		}
	}
	data := vegalite.NewData(columns...)
	for i, l := range layers {
		if !l.pointed() {
			continue
		}
		for k, v := range l.Y {
			row := []any{i, k, c.shownX(l.x(k)), c.shown(v)}
			if p.x.anything {
				row = append(row, p.x.nameAt(l.x(k)))
			}
			if bands {
				low, high := math.NaN(), math.NaN()
				if l.Low != nil {
					low, high = l.Low[k], l.High[k]
				}
				row = append(row, low, high)
			}
			if tips {
				row = append(row, l.tip(k))
			}
			data.Add(row...)
		}
	}
	if data.Len() == 0 {
		return nil, nil
	}
	var called []vegalite.Calculate
	var lines []vegalite.Tip
	if len(names) > 0 {
		called = []vegalite.Calculate{{Calculate: vegalite.Lookup("datum.s", keys, names), As: "series"}}
		lines = append(lines, tip("series", vegalite.Nominal, "series"))
	}
	lines = append(lines, placeTip(p, "x"), tip("y", vegalite.Quantitative, tipTitle(p.y.label, "y")))
	if bands {
		lines = append(lines, tip("low", vegalite.Quantitative, "from"), tip("high", vegalite.Quantitative, "to"))
	}
	if tips {
		lines = append(lines, tip("tip", vegalite.Nominal, " "))
	}
	c.layers = append(c.layers, vegalite.Layer{
		Mark:     vegalite.Mark{Type: "point", Clip: true, Filled: true, Size: 70},
		Encoding: vegalite.Encoding{X: &c.x, Y: &c.y, Color: c.color, Tooltip: lines},
	})
	return data, called
}
