package display

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot/vg/draw"
)

// shape is what a plot draws in its frame besides series: boxes, contours, lines
// through parallel axes.
type shape interface {
	check() error
	empty() bool
	reach() (xs, ys []float64) // positions that have to be in the picture
	draw(c pen, f *framed)
	chart(c *charter) // its layers, for Interactive
	describe() string // for the text form
	remark() string   // what the picture leaves out; empty for nothing
}

// empty says whether the plot has nothing to draw yet.
func (p *Plot) empty() bool {
	for _, s := range p.shapes {
		if !s.empty() {
			return false
		}
	}
	for _, s := range p.series {
		if slices.ContainsFunc(s.Y, finite) {
			return false
		}
	}
	if p.heat != nil {
		rows, columns := p.heat.dims()
		return rows == 0 || columns == 0
	}
	return true
}

// noData is what stands in a plot that is empty.
const noData = "no data"

// drawNothing says so in an area.
func drawNothing(c pen, b box) {
	s := scriptLabel
	s.x, s.y, s.ink = draw.XCenter, draw.YCenter, inkMuted
	c.text(s, (b.x0+b.x1)/2, (b.y0+b.y1)/2, noData)
}

// scaled is a shape whose colours stand for values.
type scaled interface {
	shape
	limits() (lo, hi float64, ok bool)
}

// drawShapes draws the shapes, and at the right the scale of their colours.
func (p *Plot) drawShapes(c pen, f *framed) {
	for _, s := range p.shapes {
		s.draw(c, f)
		if lo, hi, ok := limitsOf(s); ok {
			drawScale(c, box{f.x1 + 20, f.y0, f.x1 + 32, f.y1}, rampSequential, lo, hi)
		}
	}
}

// remark says what the picture leaves out; empty for nothing.
func (p *Plot) remark() string {
	for _, s := range p.shapes {
		if r := s.remark(); r != "" {
			return r
		}
	}
	for _, s := range p.series {
		if s.thinned() && p.kind != "histogram" {
			return fmt.Sprintf("%s, drawn thinned", plural(len(s.Y), "value"))
		}
	}
	if p.heat != nil {
		return p.heat.remark()
	}
	return ""
}

// drawTitle writes a title above an area, and at its right a note such as what the
// picture leaves out.
func drawTitle(c pen, area box, title, note string) {
	remark := scriptTick
	remark.x = draw.XRight
	room := area.w()
	if note = remark.fit(note, max(room/2, room-scriptTitle.width(oneLine(title))-10)); note != "" {
		c.text(remark, area.x1, area.y1+2, note)
		room -= remark.width(note) + 10
	}
	c.text(scriptTitle, area.x0, area.y1+2, scriptTitle.fit(oneLine(title), room))
}

// block is how many rows and columns of a matrix are one value of what is drawn.
type block struct{ rows, columns int }

// remark says so, if they are several.
func (b block) remark() string {
	if b.rows*b.columns <= 1 {
		return ""
	}
	return fmt.Sprintf("each value is the mean of %d × %d", b.rows, b.columns)
}

// blocks are the means of the blocks of a matrix that leave at most so many rows and
// columns. What is no number is left out of a mean.
func blocks(values [][]float64, most int) ([][]float64, block) {
	columns := 0
	for _, row := range values {
		columns = max(columns, len(row))
	}
	b := block{max(1, (len(values)+most-1)/most), max(1, (columns+most-1)/most)}
	if b == (block{1, 1}) {
		return values, b
	}
	var means [][]float64
	for i := 0; i < len(values); i += b.rows {
		means = append(means, blockRow(values[i:min(i+b.rows, len(values))], b.columns))
	}
	return means, b
}

// blockRow are the means of the blocks of k columns in a few rows.
func blockRow(rows [][]float64, k int) []float64 {
	var sums, counts []float64
	for _, row := range rows {
		for j, v := range row {
			if j/k == len(sums) {
				sums, counts = append(sums, 0), append(counts, 0)
			}
			if finite(v) {
				sums[j/k], counts[j/k] = sums[j/k]+v, counts[j/k]+1
			}
		}
	}
	for j := range sums {
		sums[j] /= counts[j] // NaN where there is none
	}
	return sums
}

// scaleWidth is the room that the scale of the shapes' colours needs at the right.
func (p *Plot) scaleWidth() float64 {
	for _, s := range p.shapes {
		if _, _, ok := limitsOf(s); ok {
			return heatBar
		}
	}
	return 0
}

func limitsOf(s shape) (lo, hi float64, ok bool) {
	if colours, is := s.(scaled); is {
		return colours.limits()
	}
	return 0, 0, false
}
