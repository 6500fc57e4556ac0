// Package tex turns the formulas that notebooks are written with into MathML,
// which browsers show without scripts. It knows the part of LaTeX's mathematics
// that lessons use; a formula with anything else is refused and can be shown as
// it was written.
package tex

import (
	"errors"
	"fmt"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MathML is a formula as a math element; display is for one that stands on a line
// of its own. The error names what of the formula is not known.
func MathML(tex string, display bool) (string, error) {
	if !utf8.ValidString(tex) || strings.ContainsFunc(tex, noText) {
		return "", fmt.Errorf("formula %q: it holds what is no text", tex)
	}
	p := parser{rest: tex, display: display}
	body, err := p.rows("")
	if err != nil {
		return "", fmt.Errorf("formula %q: %w", tex, err)
	}
	mode := ""
	if display {
		mode = ` display="block"`
	}
	return fmt.Sprintf(`<math%s alttext="%s">%s</math>`, mode, html.EscapeString(tex), body), nil
}

// noText reports whether a character cannot stand in XML.
func noText(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\ufffe' || r == '\uffff'
}

// maxDepth is how deep groups may stand in each other.
const maxDepth = 100

// parser reads a formula from its front.
type parser struct {
	rest    string
	display bool
	depth   int
}

// atom is a piece of a formula that an index can be put to.
type atom struct {
	xml    string
	limits bool // in a display, indices stand below and above it
}

// rows reads rows of cells, as aligned has them, up to \end of the environment,
// or to the end of the formula if end is empty. Without a second row or cell
// they are a simple row.
func (p *parser) rows(end string) (string, error) {
	table := [][]string{{}}
	for {
		cell, stop, err := p.row()
		if err != nil {
			return "", err
		}
		last := len(table) - 1
		table[last] = append(table[last], cell)
		switch {
		case stop == "&":
		case stop == `\\`:
			table = append(table, []string{})
		case stop == "" && end == "":
			return layout(table, end), nil
		case stop == `\end` && end != "":
			if name, err := p.name(); err != nil || name != end {
				return "", fmt.Errorf(`\begin{%s} is not ended`, end)
			}
			return layout(table, end), nil
		default:
			return "", fmt.Errorf("there is a %q too much, or one is missing before it", stop)
		}
	}
}

// layout writes the rows of an environment. Its class says how the columns are
// aligned, which is a matter of the page's style sheet.
func layout(table [][]string, environment string) string {
	if last := table[len(table)-1]; len(table) > 1 && len(last) == 1 && last[0] == "<mrow></mrow>" {
		table = table[:len(table)-1] // \\ behind the last row
	}
	if len(table) == 1 && len(table[0]) == 1 {
		return table[0][0]
	}
	var b strings.Builder
	switch class := environments[environment].class; class {
	case "":
		b.WriteString("<mtable>")
	default:
		b.WriteString(`<mtable displaystyle="true" class="` + class + `">`)
	}
	for _, row := range table {
		b.WriteString("<mtr>")
		for _, cell := range row {
			b.WriteString("<mtd>" + cell + "</mtd>")
		}
		b.WriteString("</mtr>")
	}
	b.WriteString("</mtable>")
	return b.String()
}

// row reads atoms up to something that ends them, which is read too: "}", "&",
// "\\", "\end", "\right", or "" for the end of the formula.
func (p *parser) row() (xml, stop string, err error) {
	if p.depth++; p.depth > maxDepth {
		return "", "", errors.New("it is nested too deeply")
	}
	defer func() { p.depth-- }()
	var b strings.Builder
	b.WriteString("<mrow>")
	for {
		token := p.next()
		switch token {
		case "", "}", "&", `\\`, `\end`, `\right`:
			b.WriteString("</mrow>")
			return b.String(), token, nil
		case "^", "_", "'":
			return "", "", fmt.Errorf("nothing stands before %q", token)
		}
		a, err := p.atom(token)
		if err != nil {
			return "", "", err
		}
		xml, err := p.indexed(a)
		if err != nil {
			return "", "", err
		}
		b.WriteString(xml)
	}
}

// indexed reads the indices of an atom.
func (p *parser) indexed(a atom) (string, error) {
	indices := map[string]string{}
	primes := ""
	for {
		switch token := p.peek(); token {
		case "_", "^":
			p.next()
			index, err := p.argument()
			if err != nil {
				return "", err
			}
			if indices[token] != "" {
				return "", errors.New("it has two indices in one place")
			}
			indices[token] = orEmpty(index)
		case "'":
			p.next()
			primes += "<mo>′</mo>"
		default:
			sup := indices["^"]
			if primes != "" {
				sup = "<mrow>" + primes + sup + "</mrow>"
			}
			return attach(a, indices["_"], sup, p.display), nil
		}
	}
}

// orEmpty is something in the place of nothing, where MathML counts.
func orEmpty(xml string) string {
	if xml == "" {
		return "<mrow></mrow>"
	}
	return xml
}

func attach(a atom, sub, sup string, display bool) string {
	if sub != "" || sup != "" {
		a.xml = orEmpty(a.xml)
	}
	under, over, both := "msub", "msup", "msubsup"
	if a.limits && display {
		under, over, both = "munder", "mover", "munderover"
	}
	switch {
	case sub != "" && sup != "":
		return "<" + both + ">" + a.xml + sub + sup + "</" + both + ">"
	case sub != "":
		return "<" + under + ">" + a.xml + sub + "</" + under + ">"
	case sup != "":
		return "<" + over + ">" + a.xml + sup + "</" + over + ">"
	}
	return a.xml
}

// argument reads a group, or one atom.
func (p *parser) argument() (string, error) {
	token := p.next()
	switch token {
	case "", "}", "&", `\\`, `\end`, `\right`, "^", "_", "'":
		return "", fmt.Errorf("something is missing before %q", token)
	}
	if token != "{" && token[0] != '\\' {
		r, size := utf8.DecodeRuneInString(token) // x^12 is x¹2
		p.rest = token[size:] + p.rest
		token = string(r)
	}
	a, err := p.atom(token)
	return orEmpty(a.xml), err
}

// group reads up to the brace that closes a group whose opening one was read.
func (p *parser) group() (string, error) {
	xml, stop, err := p.row()
	if err == nil && stop != "}" {
		err = errors.New("a { is not closed")
	}
	return xml, err
}

// name reads a text in braces, which is no formula.
func (p *parser) name() (string, error) {
	rest := strings.TrimLeft(p.rest, " ")
	body, ok := strings.CutPrefix(rest, "{")
	name, after, closed := strings.Cut(body, "}")
	if !ok || !closed {
		return "", errors.New("a name in braces is missing")
	}
	p.rest = after
	return name, nil
}

// atom is what a token stands for.
func (p *parser) atom(token string) (atom, error) {
	r, _ := utf8.DecodeRuneInString(token)
	switch {
	case token == "{":
		xml, err := p.group()
		return atom{xml: xml}, err
	case token == "~":
		return atom{xml: space("0.28em")}, nil
	case token[0] == '\\':
		return p.command(token)
	case unicode.IsDigit(r):
		return atom{xml: "<mn>" + token + "</mn>"}, nil
	case unicode.IsLetter(r):
		return atom{xml: "<mi>" + token + "</mi>"}, nil
	case r == '-':
		return atom{xml: "<mo>−</mo>"}, nil
	case r == '*':
		return atom{xml: "<mo>∗</mo>"}, nil
	case strings.ContainsRune("()[]|/", r): // as high as a letter, unless \left says more
		return atom{xml: `<mo stretchy="false">` + token + "</mo>"}, nil
	case r == '#' || r == '$' || r == '%' || unicode.IsControl(r) || r == utf8.RuneError:
		return atom{}, fmt.Errorf("%q is not understood", token)
	}
	return atom{xml: "<mo>" + html.EscapeString(token) + "</mo>"}, nil
}

// peek is the next token, which stays.
func (p *parser) peek() string {
	rest := p.rest
	token := p.next()
	p.rest = rest
	return token
}

// next reads a token: a command, a number or a character. Spaces mean nothing.
func (p *parser) next() string {
	p.rest = strings.TrimLeftFunc(p.rest, unicode.IsSpace)
	if p.rest == "" {
		return ""
	}
	n := 0
	switch r, size := utf8.DecodeRuneInString(p.rest); {
	case r == '\\':
		for n = 1; n < len(p.rest) && isLatin(p.rest[n]); n++ {
		}
		if n == 1 { // \, and the like
			_, size := utf8.DecodeRuneInString(p.rest[1:])
			n += size
		}
	case unicode.IsDigit(r):
		for n < len(p.rest) && (p.rest[n] >= '0' && p.rest[n] <= '9' || p.rest[n] == '.' && n+1 < len(p.rest) && p.rest[n+1] >= '0' && p.rest[n+1] <= '9') {
			n++
		}
		n = max(n, size)
	default:
		n = size
	}
	token := p.rest[:n]
	p.rest = p.rest[n:]
	return token
}

func isLatin(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func space(width string) string { return `<mspace width="` + width + `"></mspace>` }
