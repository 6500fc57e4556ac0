package display

import (
	"fmt"
	"math"
	"math/big"
	"reflect"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Limits of what a table shows of a value.
const (
	tableRows    = 60  // rows of a list, a map
	numberLines  = 20  // rows of ten numbers
	tableColumns = 24  // columns of a list of structs
	cellHTML     = 200 // bytes of a cell
	cellPlain    = 48
	captionHTML  = 100 // bytes: a longer one would make the table wider than its columns
)

// Table is a table of values. Numbers stand on the right, with the same number
// of digits after the point down a column. The zero table is empty and ready
// to use; [Table.Add] adds rows.
type Table struct {
	Caption  string
	Columns  []string // headers; may be fewer than the cells of a row, or none
	RowNames []string // headers of the rows; none if empty
	Rows     [][]any  // a nil cell is blank
	Total    int      // rows of the whole, if Rows holds only the first of them

	matrix bool // all columns are of one kind: all have the same number of decimals
}

// NewTable returns a table with these column headers.
func NewTable(columns ...string) *Table { return &Table{Columns: columns} }

// Add adds a row and returns the table.
func (t *Table) Add(cells ...any) *Table {
	t.Rows = append(t.Rows, cells)
	return t
}

// Named adds a row with a header of its own and returns the table.
func (t *Table) Named(name string, cells ...any) *Table {
	for len(t.RowNames) < len(t.Rows) {
		t.RowNames = append(t.RowNames, "")
	}
	t.RowNames = append(t.RowNames, name)
	return t.Add(cells...)
}

// Captioned sets the caption and returns the table.
func (t *Table) Captioned(caption string) *Table {
	t.Caption = caption
	return t
}

// Display returns the table as HTML and as aligned text. The HTML has neither
// scripts nor a style element nor colours, so it survives everywhere and
// follows the page.
func (t *Table) Display() Bundle {
	if t == nil {
		return Text("(*display.Table)(nil)")
	}
	g := t.grid()
	return Bundle{Data: map[string]any{MIMEHTML: g.html(), MIMEPlain: g.plain()}}
}

// grid is a table whose cells are text.
type grid struct {
	caption, footer string
	header          []string // as many as columns; nil if there is none
	names           []string // as many as rows; nil if there are none
	rows            [][]string
	right           []bool // columns of numbers
}

func (t *Table) grid() grid {
	columns := len(t.Columns)
	for _, r := range t.Rows {
		columns = max(columns, len(r))
	}
	g := grid{caption: t.Caption, right: make([]bool, columns), rows: make([][]string, len(t.Rows))}
	if len(t.Columns) > 0 {
		g.header = make([]string, columns)
		copy(g.header, t.Columns)
	}
	if len(t.RowNames) > 0 {
		g.names = make([]string, len(t.Rows))
		copy(g.names, t.RowNames)
	}
	for i := range g.rows {
		g.rows[i] = make([]string, columns)
	}
	places := -1
	if t.matrix {
		places = matrixPlaces(t.floats())
	}
	for c := range columns {
		column := make([]any, len(t.Rows))
		for r, row := range t.Rows {
			if c < len(row) {
				column[r] = row[c]
			}
		}
		texts, right := columnText(column, places)
		g.right[c] = right
		for r, s := range texts {
			g.rows[r][c] = s
		}
	}
	if t.Total > len(t.Rows) {
		g.footer = fmt.Sprintf("%s of %s rows", grouped(len(t.Rows)), grouped(t.Total))
	}
	return g
}

// floats are the cells that are floating-point numbers.
func (t *Table) floats() []float64 {
	var out []float64
	for _, row := range t.Rows {
		for _, c := range row {
			if v := reflect.ValueOf(c); v.IsValid() && v.CanFloat() {
				out = append(out, v.Float())
			}
		}
	}
	return out
}

// elision marks cells that stand for those left out.
type elision string

// bigInt is a number that has a text of its own.
var bigInt = reflect.TypeFor[*big.Int]()

// columnPlaces is how many decimals show each of the numbers to four significant digits;
// at most 6.
func columnPlaces(values []float64) int {
	places := 0
	for _, v := range values {
		if plainRange(v) {
			places = max(places, decimals(v))
		}
	}
	return min(places, 6)
}

// matrixPlaces is how many decimals show the largest of the numbers to four significant
// digits and each other to two, if it has them.
func matrixPlaces(values []float64) int {
	places, largest := 0, 0.0
	for _, v := range values {
		if plainRange(v) && v != 0 {
			largest = max(largest, math.Abs(v))
			places = max(places, 1-exponentOf(v))
		}
	}
	if largest > 0 {
		places = max(places, 3-exponentOf(largest))
	}
	return min(places, columnPlaces(values))
}

// exponentOf is the power of ten of the first digit of a number.
func exponentOf(v float64) int { return int(math.Floor(math.Log10(math.Abs(v)))) }

// columnText writes a column: floats with the same number of decimals, unless
// some need an exponent, and with that of places if it is not negative. It reports
// whether all cells are numbers.
func columnText(cells []any, places int) (texts []string, numeric bool) {
	values := make([]reflect.Value, len(cells))
	var floats []float64
	some := false
	numeric = true
	for i, c := range cells {
		v := reflect.ValueOf(c)
		for v.IsValid() && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && !v.IsNil() {
			if _, ok := ownText(v); ok {
				break
			}
			v = v.Elem()
		}
		values[i] = v
		if _, ok := c.(elision); ok || !v.IsValid() {
			continue
		}
		some = true
		_, own := ownText(v)
		if v.Type() == bigInt {
			continue
		}
		if own || !(v.CanInt() || v.CanUint() || v.CanFloat()) {
			numeric = false
			continue
		}
		if v.CanFloat() {
			floats = append(floats, v.Float())
		}
	}
	if places < 0 {
		places = columnPlaces(floats)
	}
	texts = make([]string, len(cells))
	for i, v := range values {
		texts[i] = cellText(cells[i], v, places)
	}
	return texts, numeric && some
}

func cellText(c any, v reflect.Value, places int) string {
	if e, ok := c.(elision); ok {
		return string(e)
	}
	if !v.IsValid() {
		return ""
	}
	if s, ok := ownText(v); ok {
		if v.Type() == bigInt {
			return s // whose narrow spaces stay
		}
		return oneLine(s)
	}
	switch {
	case v.CanFloat():
		return fixed(v.Float(), places)
	case v.Kind() == reflect.String:
		return oneLine(cut(v.String(), cellHTML+1))
	}
	return goLine(v, cellHTML)
}

func (g grid) html() string {
	var b strings.Builder
	cell := func(tag, text string, right bool) {
		side := "left"
		if right {
			side = "right"
		}
		fmt.Fprintf(&b, `<%s style="text-align:%s">%s</%s>`, tag, side, escapeXML(clip(text, cellHTML)), tag)
	}
	b.WriteString("<table>\n")
	if g.caption != "" {
		fmt.Fprintf(&b, "<caption style=\"text-align:left;caption-side:top;white-space:nowrap;padding-left:0.5em\">%s</caption>\n", escapeXML(clip(g.caption, captionHTML)))
	}
	if g.header != nil {
		b.WriteString("<thead><tr>")
		if g.names != nil {
			b.WriteString("<th></th>")
		}
		for i, h := range g.header {
			cell("th", h, g.right[i])
		}
		b.WriteString("</tr></thead>\n")
	}
	b.WriteString("<tbody>\n")
	for r, row := range g.rows {
		b.WriteString("<tr>")
		if g.names != nil {
			cell("th", g.names[r], false)
		}
		for i, s := range row {
			cell("td", s, g.right[i])
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>")
	if g.footer != "" {
		fmt.Fprintf(&b, "\n<p>%s</p>", escapeXML(g.footer))
	}
	return b.String()
}

func (g grid) plain() string {
	rows, right := g.rows, g.right
	header := g.header
	if g.names != nil {
		right = append([]bool{false}, right...)
		rows = make([][]string, len(g.rows))
		for i, r := range g.rows {
			rows[i] = append([]string{g.names[i]}, r...)
		}
		if header != nil {
			header = append([]string{""}, header...)
		}
	}
	widths := make([]int, len(right))
	measure := func(cells []string) {
		for i, s := range cells {
			widths[i] = max(widths[i], columnsOf(clipColumns(s, cellPlain)))
		}
	}
	measure(header)
	for _, r := range rows {
		measure(r)
	}
	var b strings.Builder
	line := func(cells []string) {
		var l strings.Builder
		for i, s := range cells {
			s = clipColumns(s, cellPlain)
			pad := strings.Repeat(" ", widths[i]-columnsOf(s))
			if i > 0 {
				l.WriteString("  ")
			}
			if right[i] {
				l.WriteString(pad + s)
			} else {
				l.WriteString(s + pad)
			}
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	if g.caption != "" {
		b.WriteString(g.caption + "\n")
	}
	if header != nil {
		line(header)
		rule := make([]string, len(widths))
		for i, w := range widths {
			rule[i] = strings.Repeat("─", w)
		}
		b.WriteString(strings.Join(rule, "  ") + "\n")
	}
	for _, r := range rows {
		line(r)
	}
	if g.footer != "" {
		b.WriteString(g.footer + "\n")
	}
	if b.Len() == 0 {
		return "empty table"
	}
	return strings.TrimRight(b.String(), "\n")
}

// columnsOf is the width of a text on a terminal: East Asian wide characters
// take two columns, combining marks none.
func columnsOf(s string) int {
	n := 0
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// clipColumns shortens a text to n columns.
func clipColumns(s string, n int) string {
	if columnsOf(s) <= n {
		return s
	}
	used := 0
	for i, r := range s {
		if used += runeColumns(r); used > n-1 {
			return s[:i] + "…"
		}
	}
	return s
}
