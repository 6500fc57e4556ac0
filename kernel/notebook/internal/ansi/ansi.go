// Package ansi shows terminal text elsewhere: it applies carriage returns and
// backspaces, and turns colour sequences into HTML.
package ansi

import (
	"fmt"
	"html"
	"strconv"
	"strings"
)

// names of the eight basic colours, as Jupyter's style sheets call them.
var names = [8]string{"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"}

// style is what the text that follows looks like.
type style struct {
	bold, faint, italic, underline, inverse, strike bool
	fg, bg                                          colour
}

// colour is the default one (zero), one of 16 named ones, or an RGB value.
type colour struct {
	kind    kind
	index   int // named: 0 to 15
	r, g, b int // rgb: 0 to 255
}

type kind int

const (
	unset kind = iota
	named
	rgb
)

// HTML is the text as HTML: escaped, with spans where it is coloured. Colours
// are classes (ansi-red-fg, ansi-bright-blue-bg, ansi-bold, …) for a style sheet
// to choose, except those of the 256 and true-colour palettes. Sequences that
// move the cursor or do other things than colour are dropped.
func HTML(text string) string {
	var b strings.Builder
	var now style
	for text != "" {
		esc := strings.IndexByte(text, '\x1b')
		if esc < 0 {
			esc = len(text)
		}
		now.write(&b, text[:esc])
		if text = text[esc:]; text == "" {
			break
		}
		n, codes, isColour := sequence(text)
		if isColour {
			now.apply(codes)
		}
		text = text[n:]
	}
	return b.String()
}

// Strip is the text without its escape sequences.
func Strip(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "\x1b")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		n, _, _ := sequence("\x1b" + rest)
		text = rest[n-1:]
	}
}

// sequence reads the escape sequence that text begins with: its length, and its
// parameters if it is one that sets colours.
func sequence(text string) (n int, codes string, isColour bool) {
	if len(text) < 2 {
		return len(text), "", false
	}
	switch text[1] {
	case '[': // CSI: parameters 0x30–0x3f, intermediates 0x20–0x2f, a final byte 0x40–0x7e
		end := 2
		for end < len(text) && text[end] >= 0x20 && text[end] <= 0x3f {
			end++
		}
		if end == len(text) || text[end] < 0x40 || text[end] > 0x7e {
			return end, "", false
		}
		return end + 1, text[2:end], text[end] == 'm'
	case ']': // OSC: up to BEL or ESC \
		for i := 2; i < len(text); i++ {
			if text[i] == '\a' {
				return i + 1, "", false
			}
			if strings.HasPrefix(text[i:], "\x1b\\") {
				return i + 2, "", false
			}
		}
		return len(text), "", false
	case '(', ')': // choice of a character set
		return min(3, len(text)), "", false
	}
	if text[1] < 0x80 {
		return 2, "", false
	}
	return 1, "", false
}

// apply changes the style as the parameters of an SGR sequence say.
func (s *style) apply(codes string) {
	params := strings.FieldsFunc(codes, func(r rune) bool { return r == ';' || r == ':' })
	if len(params) == 0 {
		*s = style{}
	}
	for len(params) > 0 {
		code, err := strconv.Atoi(params[0])
		params = params[1:]
		if err != nil {
			continue
		}
		switch {
		case code == 0:
			*s = style{}
		case code == 1:
			s.bold = true
		case code == 2:
			s.faint = true
		case code == 3:
			s.italic = true
		case code == 4:
			s.underline = true
		case code == 7:
			s.inverse = true
		case code == 9:
			s.strike = true
		case code == 22:
			s.bold, s.faint = false, false
		case code == 23:
			s.italic = false
		case code == 24:
			s.underline = false
		case code == 27:
			s.inverse = false
		case code == 29:
			s.strike = false
		case 30 <= code && code <= 37:
			s.fg = colour{kind: named, index: code - 30}
		case 90 <= code && code <= 97:
			s.fg = colour{kind: named, index: code - 90 + 8}
		case code == 38:
			s.fg, params = extended(params)
		case code == 39:
			s.fg = colour{}
		case 40 <= code && code <= 47:
			s.bg = colour{kind: named, index: code - 40}
		case 100 <= code && code <= 107:
			s.bg = colour{kind: named, index: code - 100 + 8}
		case code == 48:
			s.bg, params = extended(params)
		case code == 49:
			s.bg = colour{}
		}
	}
}

// extended reads the rest of a 256-colour (5;n) or true-colour (2;r;g;b) parameter.
func extended(params []string) (colour, []string) {
	value := func(i int) int {
		v, err := strconv.Atoi(params[i])
		if err != nil {
			return 0
		}
		return min(max(v, 0), 255)
	}
	switch {
	case len(params) >= 2 && params[0] == "5":
		return palette(value(1)), params[2:]
	case len(params) >= 4 && params[0] == "2":
		return colour{kind: rgb, r: value(1), g: value(2), b: value(3)}, params[4:]
	}
	return colour{}, nil
}

// palette is colour n of xterm's 256.
func palette(n int) colour {
	switch {
	case n < 16:
		return colour{kind: named, index: n}
	case n < 232: // a cube of six steps each
		step := func(v int) int {
			if v == 0 {
				return 0
			}
			return 55 + 40*v
		}
		n -= 16
		return colour{kind: rgb, r: step(n / 36), g: step(n / 6 % 6), b: step(n % 6)}
	}
	grey := 8 + 10*(n-232)
	return colour{kind: rgb, r: grey, g: grey, b: grey}
}

// write writes text in the style.
func (s style) write(b *strings.Builder, text string) {
	if text == "" {
		return
	}
	if s == (style{}) {
		b.WriteString(html.EscapeString(text))
		return
	}
	var classes, css []string
	fg, bg := s.fg, s.bg
	if s.inverse {
		fg, bg = bg, fg
		if fg.kind == unset {
			classes = append(classes, "ansi-default-inverse-fg")
		}
		if bg.kind == unset {
			classes = append(classes, "ansi-default-inverse-bg")
		}
	}
	for _, c := range []struct {
		colour
		suffix, property string
	}{{fg, "fg", "color"}, {bg, "bg", "background-color"}} {
		switch c.kind {
		case named:
			name := names[c.index%8]
			if c.index >= 8 {
				name = "bright-" + name
			}
			classes = append(classes, "ansi-"+name+"-"+c.suffix)
		case rgb:
			css = append(css, fmt.Sprintf("%s:rgb(%d,%d,%d)", c.property, c.r, c.g, c.b))
		}
	}
	for _, f := range []struct {
		on   bool
		name string
	}{{s.bold, "bold"}, {s.faint, "faint"}, {s.italic, "italic"}, {s.underline, "underline"}, {s.strike, "strike"}} {
		if f.on {
			classes = append(classes, "ansi-"+f.name)
		}
	}
	b.WriteString("<span")
	if len(classes) > 0 {
		fmt.Fprintf(b, ` class="%s"`, strings.Join(classes, " "))
	}
	if len(css) > 0 {
		fmt.Fprintf(b, ` style="%s"`, strings.Join(css, ";"))
	}
	fmt.Fprintf(b, ">%s</span>", html.EscapeString(text))
}
