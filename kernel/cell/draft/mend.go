package draft

import (
	"cmp"
	"go/token"
	"slices"
	"strings"
)

// Mended is a text that was changed, without moving its lines, so that a parser gets further.
type Mended struct {
	Src     string
	inserts []insert
}

type insert struct {
	at   int // in the text as it was
	text string
}

// At is where an offset of the text as it was is now.
func (m Mended) At(offset int) int {
	now := offset
	for _, in := range m.inserts {
		if in.at < offset {
			now += len(in.text)
		}
	}
	return now
}

// Mend ends what is begun and not ended in a text: brackets, strings, the headers of
// statements, expressions. Where something is missing in the middle, the lines and
// their indents tell where. Brackets that close nothing are taken out. The text is one that doesn't parse:
// rare ways to break lines of Go are taken for mistakes.
func Mend(src string) Mended {
	text := Scan(src)
	m := mender{reader: newReader(text.code()), text: text}
	m.uneven = !m.even()
	for i := range m.toks {
		m.token(i)
	}
	m.finish(len(m.toks))
	for len(m.stack) > 1 {
		m.close(len(m.toks))
	}
	for _, t := range text.Tokens {
		if t.Kind == token.COMMENT && t.Open {
			m.insert(t.End, "*/")
		}
	}
	return m.done()
}

// mender collects changes.
type mender struct {
	*reader
	text    Text
	uneven  bool // brackets do not match
	inserts []insert
	blanks  []Token
}

// even says whether all brackets match.
func (m *mender) even() bool {
	var open []token.Token
	for _, t := range m.toks {
		switch t.Kind {
		case token.LPAREN:
			open = append(open, token.RPAREN)
		case token.LBRACK:
			open = append(open, token.RBRACK)
		case token.LBRACE:
			open = append(open, token.RBRACE)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) == 0 || open[len(open)-1] != t.Kind {
				return false
			}
			open = open[:len(open)-1]
		}
	}
	return len(open) == 0
}

// insert puts text behind the token before the offset.
func (m *mender) insert(at int, text string) { m.inserts = append(m.inserts, insert{at, text}) }

// behind is the end of the last token before token i.
func (m *mender) behind(i int) int {
	for i--; i >= 0; i-- {
		if !m.toks[i].Auto {
			return m.toks[i].End
		}
	}
	return 0
}

// close ends the innermost level before token i.
func (m *mender) close(i int) {
	m.operand(i)
	if !m.top().list() {
		m.finish(i)
	}
	m.insert(m.behind(i), m.closer(m.top()).String())
	m.stack = m.stack[:len(m.stack)-1]
}

// operand gives the operator before token i something to work on.
func (m *mender) operand(i int) {
	for i > 0 && m.toks[i-1].Auto {
		i--
	}
	if wantsOperand(m.kind(i - 1)) {
		m.insert(m.behind(i), " _")
	}
}

// wantsOperand: a token is an operator that has one at its right.
func wantsOperand(kind token.Token) bool {
	switch kind {
	case token.PERIOD, token.ASSIGN, token.DEFINE, token.NOT, token.TILDE:
		return true
	case token.INC, token.DEC, token.ELLIPSIS:
		return false
	}
	return token.ADD <= kind && kind <= token.GEQ
}

// finish ends the statement before token i.
func (m *mender) finish(i int) {
	l := m.top()
	if l.first < 0 {
		return
	}
	m.operand(i)
	at := m.behind(i)
	switch first := m.kind(l.first); {
	case l.header != token.ILLEGAL:
		m.header(l, at)
		m.insert(at, " {}")
	case l.kind == Cases && (first == token.CASE || first == token.DEFAULT):
		m.insert(at, ":")
	case (first == token.GO || first == token.DEFER) && m.kind(m.last(i)) != token.RPAREN && m.last(i) != l.first:
		m.insert(at, "()")
	case l.kind <= Cases && l.listed && !l.set:
		m.insert(at, " = _")
	}
	l.end()
}

// last is the token before token i that is in the text.
func (m *mender) last(i int) int {
	for i--; i >= 0 && m.toks[i].Auto; i-- {
	}
	return i
}

// header gives a header that only assigns what else it needs.
func (m *mender) header(l *level, at int) {
	if !l.assign || l.ranges || l.semis > 0 {
		return
	}
	switch l.header {
	case token.IF:
		m.insert(at, "; true")
	case token.SWITCH:
		m.insert(at, ";")
	case token.FOR:
		m.insert(at, ";;")
	}
}

// token goes over a token, mending what is before it.
func (m *mender) token(i int) {
	t := m.toks[i]
	if t.Open && t.Kind != token.COMMENT {
		m.insert(t.End, m.text.Src[t.Start:t.Start+1])
	}
	if t.FirstOn {
		m.anchor(i)
	}
	switch t.Kind {
	case token.RPAREN, token.RBRACK, token.RBRACE:
		if !m.closing(i) {
			return
		}
	case token.SEMICOLON:
		if t.Auto {
			m.lineEnd(i)
		}
	case token.LBRACE:
		if l := m.top(); l.header != token.ILLEGAL && !m.ofElements(i-1) {
			m.header(l, m.behind(i))
		}
	}
	m.step(i)
}

// anchor: a token that begins a line may only stand where a statement begins, which
// ends what is open before it.
func (m *mender) anchor(i int) {
	decl := m.declares(i)
	switch {
	case decl && len(m.stack) > 1:
		for len(m.stack) > 1 {
			m.close(i)
		}
	case decl || beginsStatement(m.kind(i)) || m.assigns(i):
		for m.top().list() && len(m.stack) > 1 {
			m.close(i)
		}
		if !wantsOperand(m.kind(m.last(i))) {
			return
		}
	default:
		return
	}
	if l := m.top(); l.first >= 0 && l.kind <= Cases {
		m.finish(i)
	}
}

// declares: token i begins the declaration of a function or of a method.
func (m *mender) declares(i int) bool {
	if m.kind(i) != token.FUNC {
		return false
	}
	if m.kind(i+1) == token.IDENT {
		return m.kind(i+2) == token.LPAREN || m.kind(i+2) == token.LBRACK
	}
	if m.kind(i+1) != token.LPAREN {
		return false
	}
	depth := 0
	for j := i + 1; j < len(m.toks); j++ {
		switch m.kind(j) {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			if depth--; depth == 0 {
				return m.kind(j+1) == token.IDENT && m.kind(j+2) == token.LPAREN
			}
		case token.SEMICOLON, token.LBRACE:
			return false
		}
	}
	return false
}

// beginsStatement: a keyword that nothing but a statement begins with.
func beginsStatement(kind token.Token) bool {
	switch kind {
	case token.BREAK, token.CASE, token.CONST, token.CONTINUE, token.DEFAULT, token.DEFER, token.FALLTHROUGH, token.FOR, token.GO,
		token.GOTO, token.IF, token.IMPORT, token.RETURN, token.SELECT, token.SWITCH, token.TYPE, token.VAR:
		return true
	}
	return false
}

// assigns: token i begins names that are assigned to.
func (m *mender) assigns(i int) bool {
	for m.kind(i) == token.IDENT && m.kind(i+1) == token.COMMA {
		i += 2
	}
	if m.kind(i) != token.IDENT {
		return false
	}
	next := m.kind(i + 1)
	return next == token.DEFINE || next == token.ASSIGN || token.ADD_ASSIGN <= next && next <= token.AND_NOT_ASSIGN
}

// closing mends what is before a closing bracket. It is false for one that closes nothing.
func (m *mender) closing(i int) bool {
	level := m.closed(i)
	if level <= 0 {
		m.blanks = append(m.blanks, m.toks[i])
		return false
	}
	for len(m.stack)-1 > level {
		m.close(i)
	}
	if m.last(i) != m.top().open {
		m.operand(i)
		if !m.top().list() {
			m.finish(i)
		}
	}
	return true
}

// closed is the level that a closing bracket closes, 0 if there is none.
func (m *mender) closed(i int) int {
	t := m.toks[i]
	for n := len(m.stack) - 1; n > 0; n-- {
		l := &m.stack[n]
		open := m.toks[l.open]
		switch {
		case m.closer(l) == t.Kind:
			if t.Kind == token.RBRACE && m.uneven && t.FirstOn {
				return m.indented(n, m.text.indent(t.Start))
			}
			return n
		case open.Kind == token.LBRACE && !m.text.sameLine(open.Start, t.Start):
			return 0
		}
	}
	return 0
}

// indented is the brace at level n or below it that began on a line with the indent
// of the one that closes it; it is n if there is none.
func (m *mender) indented(n, indent int) int {
	for k := n; k > 0; k-- {
		open := m.toks[m.stack[k].open]
		if open.Kind != token.LBRACE {
			continue
		}
		switch in := m.text.indent(open.Start); {
		case in == indent:
			return k
		case in < indent:
			return n
		}
	}
	return n
}

// lineEnd mends what ends with a line: lists, of which the next line is no part, and statements.
func (m *mender) lineEnd(i int) {
	l := m.top()
	if !l.list() {
		if l.kind <= Cases {
			m.finish(i)
		}
		return
	}
	if open := m.toks[l.open]; m.closer(l) == m.kind(i+1) || m.toks[min(l.open+1, i)].FirstOn && !m.text.sameLine(open.Start, m.toks[i].Start) {
		m.insert(m.behind(i), ",")
		return
	}
	for m.top().list() && len(m.stack) > 1 {
		m.close(i)
	}
	m.lineEnd(i)
}

func (t Text) sameLine(a, b int) bool { return !strings.Contains(t.Src[a:b], "\n") }

// indent is the width of the blanks at the beginning of the line of an offset.
func (t Text) indent(offset int) int {
	line := t.Src[strings.LastIndexByte(t.Src[:offset], '\n')+1 : offset]
	width := 0
	for _, c := range line {
		switch c {
		case '\t':
			width += 4
		case ' ':
			width++
		default:
			return width
		}
	}
	return width
}

// done makes the changes.
func (m *mender) done() Mended {
	src := []byte(m.text.Src)
	for _, t := range m.blanks {
		blank(src[t.Start:t.End])
	}
	slices.SortStableFunc(m.inserts, func(a, b insert) int { return cmp.Compare(a.at, b.at) })
	var b strings.Builder
	last := 0
	for _, in := range m.inserts {
		b.Write(src[last:in.at])
		b.WriteString(in.text)
		last = in.at
	}
	b.Write(src[last:])
	return Mended{b.String(), m.inserts}
}

func blank(text []byte) {
	for i, c := range text {
		if c != '\n' {
			text[i] = ' '
		}
	}
}

// Without blanks the line of an offset from there on, but for brackets that it opens or
// closes for other lines.
func Without(src string, offset int) string {
	end := len(src)
	if i := strings.IndexByte(src[offset:], '\n'); i >= 0 {
		end = offset + i
	}
	var open []Token
	keep := map[int]bool{}
	out := []byte(src)
	for _, t := range Scan(src).code() {
		if t.Auto || t.Start < offset || t.Start >= end {
			continue
		}
		switch t.Kind {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			open = append(open, t)
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if n := len(open); n > 0 {
				open = open[:n-1]
			} else {
				keep[t.Start] = true
			}
		}
		blank(out[t.Start:t.End])
	}
	for _, t := range open {
		keep[t.Start] = true
	}
	for at := range keep {
		out[at] = src[at]
	}
	return string(out)
}
