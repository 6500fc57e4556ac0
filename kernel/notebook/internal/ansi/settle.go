package ansi

import (
	"strings"
	"unicode/utf8"
)

// Settle is what a terminal shows in the end of a text that goes back on its
// lines: after a carriage return the line is written over from its start, a
// backspace takes a character back. Texts without either come back as they are.
func Settle(text string) string {
	if !strings.ContainsAny(text, "\r\b") {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		body, ended := strings.CutSuffix(line, "\n")
		b.WriteString(settleLine(strings.TrimSuffix(body, "\r")))
		if ended {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// settleLine keeps, for each column, the last thing that was written there. An
// escape sequence belongs to the character after it.
func settleLine(line string) string {
	if !strings.ContainsAny(line, "\r\b") {
		return line
	}
	var columns []string
	at := 0
	pending := ""
	put := func(s string) {
		for len(columns) < at { // the line was erased to the left of the cursor
			columns = append(columns, " ")
		}
		if at < len(columns) {
			columns[at] = s
		} else {
			columns = append(columns, s)
		}
		at++
	}
	for line != "" {
		if line[0] == '\x1b' {
			n, _, _ := sequence(line)
			switch seq := line[:n]; seq {
			case "\x1b[K", "\x1b[0K": // erase to the end of the line
				columns = columns[:min(at, len(columns))]
			case "\x1b[2K": // erase the line
				columns = columns[:0]
			default:
				pending += seq
			}
			line = line[n:]
			continue
		}
		r, n := utf8.DecodeRuneInString(line)
		switch r {
		case '\r':
			at = 0
		case '\b':
			at = max(0, at-1)
		default:
			put(pending + line[:n])
			pending = ""
		}
		line = line[n:]
	}
	return strings.Join(columns, "") + pending
}
