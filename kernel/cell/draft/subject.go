package draft

import "go/token"

// SubjectKind says what a reader may want to know about.
type SubjectKind int

// What can be asked about.
const (
	Name    SubjectKind = iota // an identifier
	Call                       // the call whose bracket opens there
	Keyword                    // a keyword
	Package                    // the path of an import, without its quotes
)

// Subject is a part of a text that a reader at a cursor may want to know about.
type Subject struct {
	Kind       SubjectKind
	Start, End int
	Argument   int // of a call: the number of the one that the cursor is in, from 0
}

// Subjects are what a cursor is about, the nearest first: the name or keyword that it is in or
// just behind, and the calls whose arguments it is in.
func Subjects(src string, pos int) []Subject {
	toks := Scan(src).Tokens
	var subjects, calls []Subject
	stack := []Subject{{}}
	importing := false
	for i, t := range toks {
		if t.Start > pos {
			break
		}
		within := t.Start <= pos && pos <= t.End && !t.Auto
		if t.Kind == token.COMMENT {
			if within && (pos < t.End || t.Open || src[t.Start+1] == '/') && pos > t.Start {
				return nil
			}
			continue
		}
		switch {
		case within && t.Kind == token.IDENT:
			subjects = append(subjects, Subject{Kind: Name, Start: t.Start, End: t.End})
		case within && t.Kind.IsKeyword():
			subjects = append(subjects, Subject{Kind: Keyword, Start: t.Start, End: t.End})
		case within && t.Kind == token.STRING && importing && !t.Open && t.End-t.Start > 2:
			subjects = append(subjects, Subject{Kind: Package, Start: t.Start + 1, End: t.End - 1})
		}
		switch t.Kind {
		case token.IMPORT:
			importing = true
		case token.SEMICOLON:
			importing = importing && len(stack) > 1
		case token.LPAREN, token.LBRACK, token.LBRACE:
			if t.Start < pos {
				open := Subject{Start: -1}
				if t.Kind == token.LPAREN && endsOperand(toks, i-1) {
					open = Subject{Kind: Call, Start: t.Start, End: t.End}
				}
				stack = append(stack, open)
			}
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if t.Start < pos && len(stack) > 1 {
				stack = stack[:len(stack)-1]
			}
		case token.COMMA:
			if t.Start < pos {
				stack[len(stack)-1].Argument++
			}
		}
	}
	for i := len(stack) - 1; i > 0; i-- {
		if stack[i].Kind == Call {
			calls = append(calls, stack[i])
		}
	}
	return append(subjects, calls...)
}

// endsOperand: token i may be the end of something that is called.
func endsOperand(toks []Token, i int) bool {
	if i < 0 {
		return false
	}
	switch toks[i].Kind {
	case token.IDENT, token.RPAREN, token.RBRACK, token.RBRACE:
		return true
	}
	return false
}
