package tex

import (
	"errors"
	"fmt"
	"html"
	"strings"
)

// command is what a command stands for, with its arguments.
func (p *parser) command(token string) (atom, error) {
	name := token[1:]
	if text, ok := identifiers[name]; ok {
		return atom{xml: "<mi>" + text + "</mi>"}, nil
	}
	if text, ok := operators[name]; ok {
		return atom{xml: "<mo>" + html.EscapeString(text) + "</mo>"}, nil
	}
	if text, ok := large[name]; ok {
		return atom{xml: "<mo>" + text + "</mo>", limits: name != "int"}, nil
	}
	if width, ok := spaces[name]; ok {
		return atom{xml: space(width)}, nil
	}
	if accent, ok := accents[name]; ok {
		arg, err := p.argument()
		return atom{xml: `<mover accent="true">` + arg + "<mo>" + accent + "</mo></mover>"}, err
	}
	if text, ok := functions[name]; ok {
		return atom{xml: "<mi>" + text + "</mi>", limits: limited[name]}, nil
	}
	switch name {
	case "frac", "dfrac", "tfrac":
		top, err := p.argument()
		if err != nil {
			return atom{}, err
		}
		bottom, err := p.argument()
		return atom{xml: "<mfrac>" + top + bottom + "</mfrac>"}, err
	case "sqrt":
		return p.root()
	case "text", "textrm", "mbox", "textbf", "textit", "texttt":
		text, err := p.name()
		return atom{xml: "<mtext>" + html.EscapeString(strings.ReplaceAll(text, " ", "\u00a0")) + "</mtext>"}, err
	case "mathrm", "operatorname", "mathsf", "mathtt":
		text, err := p.name()
		if err == nil && strings.ContainsAny(text, `\{^_`) {
			err = fmt.Errorf("%s of more than a word is not understood", token)
		}
		return atom{xml: `<mi mathvariant="normal">` + html.EscapeString(text) + "</mi>"}, err
	case "mathbb", "mathcal", "mathbf", "boldsymbol", "mathscr":
		return p.alphabet(name)
	case "left":
		return p.fenced()
	case "begin":
		return p.environment()
	case "displaystyle", "textstyle", "nonumber", "limits", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr":
		return atom{}, nil // how large a formula is set is left to the browser
	}
	return atom{}, fmt.Errorf("the command %s is not known", token)
}

func (p *parser) root() (atom, error) {
	if p.peek() != "[" {
		arg, err := p.argument()
		return atom{xml: "<msqrt>" + arg + "</msqrt>"}, err
	}
	p.next()
	degree, after, ok := strings.Cut(p.rest, "]")
	if !ok {
		return atom{}, errors.New(`the [ of \sqrt is not closed`)
	}
	inner := parser{rest: degree, depth: p.depth}
	index, stop, err := inner.row()
	if err != nil || stop != "" {
		return atom{}, errors.Join(err, errors.New(`the degree of \sqrt is not understood`))
	}
	p.rest = after
	arg, err := p.argument()
	return atom{xml: "<mroot>" + arg + index + "</mroot>"}, err
}

// alphabet writes letters in another form, such as the double-struck E of an expectation.
func (p *parser) alphabet(name string) (atom, error) {
	rest := p.rest
	text, err := p.name()
	if err != nil { // \mathbb E
		p.rest = rest
		text, err = p.next(), nil
	}
	var b strings.Builder
	for _, r := range text {
		c, ok := letter(name, r)
		if !ok {
			if name != "boldsymbol" && name != "mathbf" {
				return atom{}, fmt.Errorf(`\%s of %q is not known`, name, text)
			}
			// Bold Greek: the letter as it is.
			p.rest = rest
			arg, err := p.argument()
			return atom{xml: arg}, err
		}
		b.WriteRune(c)
	}
	return atom{xml: "<mi>" + b.String() + "</mi>"}, err
}

// letter is a Latin letter of one of Unicode's mathematical alphabets.
func letter(alphabet string, r rune) (rune, bool) {
	if alphabet == "mathscr" {
		alphabet = "mathcal"
	}
	if c, ok := irregular[alphabet][r]; ok {
		return c, true
	}
	var upper rune
	switch alphabet {
	case "mathbb":
		upper = '𝔸'
	case "mathcal":
		upper = '𝒜'
	default:
		upper = '𝐀'
	}
	switch {
	case r >= 'A' && r <= 'Z':
		return upper + r - 'A', true
	case r >= 'a' && r <= 'z':
		return upper + 26 + r - 'a', true
	}
	return 0, false
}

// fenced reads what stands between \left and \right.
func (p *parser) fenced() (atom, error) {
	open, err := p.delimiter()
	if err != nil {
		return atom{}, err
	}
	body, stop, err := p.row()
	if err != nil {
		return atom{}, err
	}
	if stop != `\right` {
		return atom{}, errors.New(`a \left has no \right`)
	}
	closing, err := p.delimiter()
	return atom{xml: "<mrow>" + open + body + closing + "</mrow>"}, err
}

// delimiter reads a bracket that grows with what it holds; a dot is none.
func (p *parser) delimiter() (string, error) {
	switch token := p.next(); token {
	case ".":
		return "", nil
	case "(", ")", "[", "]", "|", "/":
		return "<mo>" + token + "</mo>", nil
	case "<", ">":
		return map[string]string{"<": "<mo>⟨</mo>", ">": "<mo>⟩</mo>"}[token], nil
	default:
		if text, ok := operators[strings.TrimPrefix(token, `\`)]; ok && strings.HasPrefix(token, `\`) {
			return "<mo>" + html.EscapeString(text) + "</mo>", nil
		}
		return "", fmt.Errorf("%q is no bracket", token)
	}
}

// environment reads what stands between \begin and \end.
func (p *parser) environment() (atom, error) {
	name, err := p.name()
	if err != nil {
		return atom{}, err
	}
	around, ok := environments[name]
	if !ok {
		return atom{}, fmt.Errorf("the environment %s is not known", name)
	}
	body, err := p.rows(name)
	return atom{xml: "<mrow>" + around.open + body + around.close + "</mrow>"}, err
}
