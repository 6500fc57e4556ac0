// Package columns writes tables as text.
package columns

import (
	"strings"
	"unicode/utf8"
)

// Text puts the cells of lines of equal length under each other, two blanks apart. The
// columns from first to last, counted from 0, hold numbers and stand to the right.
func Text(lines [][]string, first, last int) string {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, s := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(s))
		}
	}
	var b strings.Builder
	for _, line := range lines {
		var row strings.Builder
		for i, s := range line {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(s))
			if first <= i && i <= last {
				s, space = space+s, ""
			}
			row.WriteString(s + space + "  ")
		}
		b.WriteString(strings.TrimRight(row.String(), " "))
		b.WriteByte('\n')
	}
	return b.String()
}
