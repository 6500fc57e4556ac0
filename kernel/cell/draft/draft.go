// Package draft reads Go that is being written: it finds what the place at the end of
// a text is, and mends what is not finished or wrong, so that a parser understands
// the rest. It looks at tokens only.
package draft

import (
	"go/scanner"
	"go/token"
	"strings"
	"unicode/utf8"
)

// Token is a token of a text.
type Token struct {
	Kind       token.Token
	Start, End int  // byte offsets
	Auto       bool // a semicolon that the end of a line stands for
	Open       bool // a string, a rune or a comment that does not end
	FirstOn    bool // nothing but blanks is before it on its line
}

// Text is a text with its tokens.
type Text struct {
	Src    string
	Tokens []Token // comments included
}

// Scan reads a text.
func Scan(src string) Text {
	t := Text{Src: src}
	file := token.NewFileSet().AddFile("", -1, len(src))
	open := map[int]bool{}
	var s scanner.Scanner
	s.Init(file, []byte(src), func(at token.Position, msg string) {
		if strings.Contains(msg, "not terminated") && !strings.Contains(msg, "escape") {
			open[at.Offset] = true
		}
	}, scanner.ScanComments)
	last := 0
	for {
		pos, kind, lit := s.Scan()
		if kind == token.EOF {
			return t
		}
		at := file.Offset(pos)
		tok := Token{Kind: kind, Start: at, End: at + len(lit), Open: open[at]}
		switch {
		case kind == token.SEMICOLON && lit == "\n":
			tok.Auto, tok.End = true, at
		case kind == token.STRING || kind == token.COMMENT: // the literal is without its carriage returns
			tok.End = textEnd(src, at, tok.Open)
		case kind.IsOperator():
			tok.End = at + len(kind.String())
		case kind == token.ILLEGAL:
			_, n := utf8.DecodeRuneInString(src[at:])
			tok.End = at + n
		}
		between := src[min(last, at):at] // a semicolon that Go inserts can lie in a comment that does not end
		tok.FirstOn = strings.TrimSpace(between) == "" && (last == 0 || strings.Contains(between, "\n"))
		if !tok.Auto {
			last = tok.End
		}
		t.Tokens = append(t.Tokens, tok)
	}
}

// textEnd is where a string or a comment that begins at an offset ends.
func textEnd(src string, at int, open bool) int {
	rest := src[at:]
	end := len(rest)
	switch {
	case strings.HasPrefix(rest, "//"), open && rest[0] == '"':
		if i := strings.IndexByte(rest, '\n'); i >= 0 {
			end = i
		}
	case open:
	case strings.HasPrefix(rest, "/*"):
		end = strings.Index(rest[2:], "*/") + 4
	case rest[0] == '`':
		end = strings.IndexByte(rest[1:], '`') + 2
	default:
		for end = 1; rest[end] != '"'; end++ {
			if rest[end] == '\\' {
				end++
			}
		}
		end++
	}
	return at + end
}

// code are the tokens without comments.
func (t Text) code() []Token {
	var out []Token
	for _, tok := range t.Tokens {
		if tok.Kind != token.COMMENT {
			out = append(out, tok)
		}
	}
	return out
}

func (t Text) text(tok Token) string { return t.Src[tok.Start:tok.End] }
