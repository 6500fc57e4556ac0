package cell

import (
	"go/scanner"
	"go/token"
	"strings"
)

// IsComplete says whether a front end should run a text or wait for more lines.
func (e *Env) IsComplete(src string) Completeness {
	open := closers(src)
	fset := token.NewFileSet()
	_, err := parse(fset, "cell", src, false)
	if err == nil {
		return Completeness{Status: "complete"}
	}
	depth := len(open) - strings.Count(open, "\n")
	if !unfinishedText(src) {
		if depth > 0 { // as it would be if it ended well
			_, err = parse(fset, "cell", src+open, false)
		} else if !wantsMore(src) {
			return Completeness{Status: "invalid"}
		}
		if err != nil && !atEnd(err, src) {
			return Completeness{Status: "invalid"}
		}
	}
	return Completeness{Status: "incomplete", Indent: strings.Repeat("\t", depth)}
}

// unfinishedText: the text ends in an open raw string or comment.
func unfinishedText(src string) bool {
	unfinished := false
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(src)), []byte(src), func(_ token.Position, msg string) {
		unfinished = unfinished || strings.Contains(msg, "raw string literal not terminated") || strings.Contains(msg, "comment not terminated")
	}, 0)
	for {
		if _, tok, _ := s.Scan(); tok == token.EOF {
			return unfinished
		}
	}
}

// wantsMore: the last token is one that nothing can end with.
func wantsMore(src string) bool {
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(src)), []byte(src), func(token.Position, string) {}, 0)
	last := token.ILLEGAL
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok != token.SEMICOLON || lit == ";" {
			last = tok
		}
	}
	switch last {
	case token.SEMICOLON, token.RPAREN, token.RBRACE, token.RBRACK, token.INC, token.DEC, token.ILLEGAL, token.ELLIPSIS:
		return false
	}
	return last.IsOperator() || last == token.FUNC || last == token.VAR || last == token.CONST || last == token.TYPE || last == token.IMPORT ||
		last == token.RANGE || last == token.FOR || last == token.IF || last == token.ELSE || last == token.SWITCH || last == token.GO || last == token.DEFER
}

// atEnd: the first error is at the end of the text, where more may follow.
func atEnd(err error, src string) bool {
	list, ok := err.(scanner.ErrorList)
	if !ok || len(list) == 0 {
		return false
	}
	line, col := lineStarts(src).at(len(strings.TrimRight(src, " \t\n")))
	return list[0].Pos.Line > line || list[0].Pos.Line == line && list[0].Pos.Column >= col
}
