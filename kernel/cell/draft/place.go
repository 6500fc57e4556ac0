package draft

import (
	"go/token"
	"strings"
)

// In is what a place lies in.
type In int

// What a place can lie in.
const (
	Code    In = iota
	String     // a string that may be any
	Path       // the path of an import
	Tag        // the tag of a struct's field
	Nowhere    // a comment, a number, a rune: nothing is known there
)

// Place is the end of a text, as far as its tokens tell.
type Place struct {
	In   In
	From int // where the content of the string begins

	Word     token.Token   // the token before it on the line, ILLEGAL if there is none
	Words    []token.Token // keywords that may stand there
	OnlyWord bool          // nothing but these may
}

// End is the place at the end of a text that ends before the word at the cursor.
func End(src string) Place {
	text := Scan(src)
	if n := len(text.Tokens); n > 0 {
		last := text.Tokens[n-1]
		if last.Auto && n > 1 { // of the end of the text
			last = text.Tokens[n-2]
		}
		switch at := last.End == len(src); {
		case last.Kind == token.COMMENT && (last.Open || at && strings.HasPrefix(text.text(last), "//")), last.Kind == token.CHAR && last.Open:
			return Place{In: Nowhere}
		case last.Kind == token.STRING && last.Open:
			return text.inString(last)
		case at && (last.Kind == token.INT || last.Kind == token.FLOAT || last.Kind == token.IMAG):
			return Place{In: Nowhere}
		}
	}
	toks := text.code()
	if n := len(toks); n > 0 && toks[n-1].Auto && toks[n-1].Start == len(src) && !strings.HasSuffix(src, "\n") {
		toks = toks[:n-1] // the line goes on
	}
	r := newReader(toks)
	closed := level{} // by the last token
	for i := range toks {
		closed = level{}
		if r.kind(i) == token.RBRACE {
			closed = *r.top()
		}
		r.step(i)
	}
	p := Place{Word: r.kind(len(toks) - 1)}
	if n := len(toks); n > 0 && toks[n-1].Auto || p.Word != token.ILLEGAL && !text.sameLine(toks[n-1].End, len(src)) {
		p.Word = token.ILLEGAL
	}
	p.words(r, closed)
	return p
}

// inString is the place in a string that doesn't end.
func (t Text) inString(s Token) Place {
	p := Place{In: String, From: s.Start + 1}
	toks := t.code()
	for len(toks) > 0 && toks[len(toks)-1].Start >= s.Start {
		toks = toks[:len(toks)-1]
	}
	r := newReader(toks)
	for i := range toks {
		r.step(i)
	}
	l := r.top()
	switch before := r.kind(len(toks) - 1); {
	case l.kind == Group && l.owner == token.IMPORT, l.first >= 0 && r.kind(l.first) == token.IMPORT:
		p.In = Path
	case l.kind == Members && l.owner == token.STRUCT && before != token.SEMICOLON && before != token.LBRACE:
		p.In = Tag
	}
	return p
}

// words finds the keywords that may stand at a place.
func (p *Place) words(r *reader, closed level) {
	l := r.top()
	statement := l.first < 0 && (l.kind == Block || l.kind == Cases && l.clause)
	add := func(words ...token.Token) { p.Words = append(p.Words, words...) }
	switch {
	case p.Word == token.BREAK || p.Word == token.CONTINUE || p.Word == token.GOTO || p.Word == token.PERIOD:
		return
	case p.Word == token.RBRACE && closed.owner == token.IF:
		add(token.ELSE)
		p.OnlyWord = true
		return
	case l.header == token.ELSE:
		add(token.IF)
		p.OnlyWord = true
		return
	case l.kind == Cases && l.first < 0:
		add(token.CASE)
		if !l.deflt {
			add(token.DEFAULT)
		}
		p.OnlyWord = !l.clause
	case l.header == token.FOR && !l.ranges && (p.Word == token.FOR || p.Word == token.DEFINE || p.Word == token.ASSIGN):
		add(token.RANGE)
	case l.kind == Round && p.Word == token.LPAREN && r.kind(l.open-1) == token.PERIOD:
		add(token.TYPE)
	case l.kind == Group, l.kind == Members && l.first < 0:
		return
	}
	if p.OnlyWord {
		return
	}
	add(token.FUNC, token.MAP, token.CHAN, token.STRUCT, token.INTERFACE)
	if !statement {
		return
	}
	add(token.CONST, token.DEFER, token.FOR, token.GO, token.GOTO, token.IF, token.RETURN, token.SELECT, token.SWITCH, token.TYPE, token.VAR)
	if len(r.stack) == 1 {
		add(token.IMPORT)
		if len(r.toks) == 0 {
			add(token.PACKAGE)
		}
	}
	add(r.leaving()...)
}

// leaving are the keywords that leave the loops and clauses around a place.
func (r *reader) leaving() (words []token.Token) {
	if l := r.top(); l.kind == Cases && l.owner == token.SWITCH {
		words = append(words, token.FALLTHROUGH)
	}
	loop, leave := false, false
	for i := len(r.stack) - 1; i >= 0 && r.stack[i].owner != token.FUNC; i-- {
		switch r.stack[i].owner {
		case token.FOR:
			loop, leave = true, true
		case token.SWITCH, token.SELECT:
			leave = true
		}
	}
	if loop {
		words = append(words, token.CONTINUE)
	}
	if leave {
		words = append(words, token.BREAK)
	}
	return words
}

// GoesOn: the last line of a text ends in an operator, so that the next one goes on in it.
func GoesOn(src string) bool {
	toks := Scan(src).code()
	return len(toks) > 0 && wantsOperand(toks[len(toks)-1].Kind)
}
