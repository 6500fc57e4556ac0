package display

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gorgonia.org/tensor"
)

// How much of a matrix is shown before the middle is left out.
const (
	matrixRows    = 20
	matrixColumns = 12
)

// elide returns the indices 0 to n-1, or the first and last of them with -1
// for the gap if there are more than limit.
func elide(n, limit int) []int {
	var out []int
	if n <= limit {
		for i := range n {
			out = append(out, i)
		}
		return out
	}
	for i := range limit / 2 {
		out = append(out, i)
	}
	out = append(out, -1)
	for i := n - limit/2; i < n; i++ {
		out = append(out, i)
	}
	return out
}

// elided makes the table of a matrix with its row and column numbers; the
// middle of a large one is left out.
func elided(rows, columns int, at func(r, c int) any, caption string) *Table {
	t := &Table{Caption: caption, matrix: true}
	cs := elide(columns, matrixColumns)
	for _, c := range cs {
		if c < 0 {
			t.Columns = append(t.Columns, "…")
		} else {
			t.Columns = append(t.Columns, strconv.Itoa(c))
		}
	}
	for _, r := range elide(rows, matrixRows) {
		row := make([]any, len(cs))
		for i, c := range cs {
			switch {
			case r < 0 && c < 0:
				row[i] = elision("⋱")
			case r < 0:
				row[i] = elision("⋮")
			case c < 0:
				row[i] = elision("…")
			default:
				row[i] = at(r, c)
			}
		}
		name := "⋮"
		if r >= 0 {
			name = strconv.Itoa(r)
		}
		t.Named(name, row...)
	}
	return t
}

func matrixBundle(m mat.Matrix) Bundle {
	r, c := m.Dims()
	title := fmt.Sprintf("%s, %d × %d", strings.TrimPrefix(fmt.Sprintf("%T", m), "*"), r, c)
	if r == 0 || c == 0 {
		return Text(title)
	}
	return elided(r, c, func(i, j int) any { return m.At(i, j) }, title).Display()
}

// tensorBundle shows a vector or a matrix as one table; of more dimensions the
// first and the last of the matrices that the last two dimensions make.
func tensorBundle(t tensor.Tensor) Bundle {
	shape := t.Shape()
	title := fmt.Sprintf("tensor %v %s", t.Dtype(), shapeText(shape))
	if t.IsScalar() {
		return Text(title + ": " + goLine(reflect.ValueOf(t.ScalarValue()), cellPlain))
	}
	if shape.TotalSize() == 0 {
		return Text(title)
	}
	at := func(index ...int) any {
		v, err := t.At(index...)
		if err != nil {
			return elision("?")
		}
		return v
	}
	switch len(shape) {
	case 1:
		return elided(1, shape[0], func(_, c int) any { return at(c) }, title).Display()
	case 2:
		return elided(shape[0], shape[1], func(r, c int) any { return at(r, c) }, title).Display()
	}
	outer := shape[:len(shape)-2]
	count := outer.TotalSize()
	var htmls, plains []string
	for _, k := range elide(count, 4) {
		if k < 0 {
			htmls, plains = append(htmls, "<p>⋮</p>"), append(plains, "⋮")
			continue
		}
		index := make([]int, len(shape))
		label := make([]string, len(shape))
		for d, rest := len(outer)-1, k; d >= 0; d-- {
			index[d] = rest % outer[d]
			rest /= outer[d]
			label[d] = strconv.Itoa(index[d])
		}
		label[len(outer)], label[len(outer)+1] = ":", ":"
		g := elided(shape[len(outer)], shape[len(outer)+1], func(r, c int) any {
			full := append(append([]int{}, index[:len(outer)]...), r, c)
			return at(full...)
		}, "["+strings.Join(label, ", ")+"]").grid()
		htmls, plains = append(htmls, g.html()), append(plains, g.plain())
	}
	return Bundle{Data: map[string]any{
		MIMEHTML:  "<p>" + title + "</p>\n" + strings.Join(htmls, "\n"),
		MIMEPlain: title + "\n" + strings.Join(plains, "\n"),
	}}
}

func shapeText(s tensor.Shape) string {
	parts := make([]string, len(s))
	for i, n := range s {
		parts[i] = strconv.Itoa(n)
	}
	if len(parts) == 0 {
		return "scalar"
	}
	return strings.Join(parts, " × ")
}
