package ansi

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Settle is what a terminal shows in the end of a text that goes back on its
// lines: after a carriage return the line is written over from its start, a
// backspace goes back by a character. Colours stay with the characters that they
// were written with. Texts that don't go back come back as they are.
func Settle(text string) string {
	if !strings.ContainsAny(text, "\r\b") {
		return text
	}
	var b strings.Builder
	var now style // in force at the start of the line
	for line := range strings.Lines(text) {
		body, ended := strings.CutSuffix(line, "\n")
		body = strings.TrimSuffix(body, "\r")
		if strings.ContainsAny(body, "\r\b") {
			body, now = settleLine(body, now)
		} else {
			now = now.after(body)
		}
		b.WriteString(body)
		if ended {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// after is the style in force after a text.
func (s style) after(text string) style {
	for {
		i := strings.IndexByte(text, '\x1b')
		if i < 0 {
			return s
		}
		n, codes, isColour := sequence(text[i:])
		if isColour {
			s.apply(codes)
		}
		text = text[i+n:]
	}
}

// column is what stands in one place of a line.
type column struct {
	text string
	style
}

// settleLine keeps, for each column, the last thing that was written there.
func settleLine(line string, now style) (string, style) {
	var columns []column
	before, at := now, 0
	for line != "" {
		if line[0] == '\x1b' {
			n, codes, isColour := sequence(line)
			switch seq := line[:n]; {
			case isColour:
				now.apply(codes)
			case seq == "\x1b[K", seq == "\x1b[0K": // erase to the end of the line
				columns = columns[:min(at, len(columns))]
			case seq == "\x1b[2K": // erase the line
				columns = nil
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
			for len(columns) <= at { // to the left of the cursor the line may have been erased
				columns = append(columns, column{text: " "})
			}
			columns[at] = column{line[:n], now}
			at++
		}
		line = line[n:]
	}
	var b strings.Builder
	shown := before
	for _, c := range columns {
		if c.style != shown {
			shown = c.style
			b.WriteString(shown.sequence())
		}
		b.WriteString(c.text)
	}
	if now != shown { // for the lines that follow
		b.WriteString(now.sequence())
	}
	return b.String(), now
}

// sequence is the escape sequence that sets the style, whatever was before.
func (s style) sequence() string {
	var b strings.Builder
	b.WriteString("\x1b[0")
	for _, f := range []struct {
		on   bool
		code int
	}{{s.bold, 1}, {s.faint, 2}, {s.italic, 3}, {s.underline, 4}, {s.inverse, 7}, {s.strike, 9}} {
		if f.on {
			fmt.Fprintf(&b, ";%d", f.code)
		}
	}
	for _, c := range []struct {
		colour
		base int
	}{{s.fg, 30}, {s.bg, 40}} {
		switch {
		case c.kind == rgb:
			fmt.Fprintf(&b, ";%d;2;%d;%d;%d", c.base+8, c.r, c.g, c.b)
		case c.kind == named && c.index >= 8:
			fmt.Fprintf(&b, ";%d", c.base+60+c.index-8)
		case c.kind == named:
			fmt.Fprintf(&b, ";%d", c.base+c.index)
		}
	}
	b.WriteByte('m')
	return b.String()
}
