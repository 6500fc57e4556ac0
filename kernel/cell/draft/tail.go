package draft

import (
	"go/token"
	"strings"
)

// Ending is how a text ends, and how it would go on.
type Ending struct {
	InText   bool   // in a raw string or a comment
	Half     bool   // a string or a rune that the end of its line cuts
	Mismatch bool   // a bracket closes what is not open
	Closers  string // the brackets that close what is open
	Header   bool   // a function without its body comes last
	Indent   int    // of the next line, in tabs, as gofmt would have it
	LastLine int    // where the last line with a token begins
	Last     int    // where the last token ends
}

// Tail reads the end of a text.
func Tail(src string) Ending {
	text := Scan(src)
	var e Ending
	for _, t := range text.Tokens {
		switch {
		case !t.Open:
		case t.Kind == token.COMMENT, src[t.Start] == '`':
			e.InText = true
		default:
			e.Half = true
		}
	}
	toks := text.code()
	r := newReader(toks)
	var before level
	for i := range toks {
		switch kind := r.kind(i); kind {
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(r.stack) == 1 || r.closer(r.top()) != kind {
				e.Mismatch = true
				return e
			}
		case token.SEMICOLON:
			before = *r.top()
		}
		r.step(i)
	}
	last := len(toks)
	for last > 0 && toks[last-1].Auto {
		last--
	}
	if last == 0 {
		return e
	}
	e.Last = toks[last-1].End
	e.LastLine = strings.LastIndexByte(src[:e.Last], '\n') + 1
	if last == len(toks) {
		before = *r.top()
	}
	e.Header = before.fn && before.header == token.ILLEGAL && len(r.stack) == 1 && r.kind(before.first) == token.FUNC
	if e.InText {
		return e
	}
	e.close(text, r, last)
	return e
}

// close finds the brackets that are open behind token last and the indent there.
func (e *Ending) close(text Text, r *reader, last int) {
	line := -1 // of the last bracket that was counted
	for _, l := range r.stack[1:] {
		open := r.toks[l.open]
		at := strings.Count(text.Src[:open.Start], "\n")
		if at != line && !(l.kind == Cases && !l.clause) {
			e.Indent++
		}
		line = at
	}
	for i := len(r.stack) - 1; i > 0; i-- {
		e.Closers += r.closer(&r.stack[i]).String()
		if out := r.kind(r.stack[i-1].first); r.stack[i].owner == token.FUNC && (out == token.GO || out == token.DEFER) {
			e.Closers += "()"
		}
	}
	end := r.toks[last-1]
	goesOn := wantsOperand(end.Kind) || end.Kind == token.COMMA && !r.top().list()
	if goesOn && strings.Count(text.Src[:end.Start], "\n") != line {
		e.Indent++
	}
}
