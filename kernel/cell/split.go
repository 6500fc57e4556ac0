package cell

import (
	"go/scanner"
	"go/token"

	"github.com/nascent-go/nascent/kernel/cell/lower"
)

// names of what the front end adds to a cell
const (
	runName   = lower.StatementsName // the function that holds a cell's statements
	zeroName  = "zero__"             // see zeroOf
	oldSuffix = "_old__"             // a variable of an earlier cell, in a cell that declares it again
	showName  = "Show__"             // func(values ...any): shows the value of the last expression
	tryName   = "ShowTry__"          // the same for a call whose last result is an error, which is raised
	checkName = "Check__"            // func(values ...any): raises the last value, an error, if there is one
)

// segment is a stretch of a cell between two semicolons at the top level.
type segment struct {
	start, end int
	first      token.Token
	list       bool // expressions with commas between them
}

// split divides a cell at its top level. A cell that is cut short ends in a
// segment that is cut short; a closing bracket too many is an error.
func split(name, text string) ([]segment, bool, error) {
	fset := token.NewFileSet()
	file := fset.AddFile(name, -1, len(text))
	var errs scanner.ErrorList
	var s scanner.Scanner
	s.Init(file, []byte(text), errs.Add, 0)
	var segs []segment
	var toks []token.Token // of the segment so far, as far as needed to tell what it is
	start, end, depth := -1, 0, 0
	quiet := false
	for {
		pos, tok, lit := s.Scan()
		offset := file.Offset(pos)
		if tok == token.EOF {
			break
		}
		switch tok {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			depth++
		case token.RPAREN, token.RBRACE, token.RBRACK:
			depth--
			if depth < 0 {
				errs.Add(fset.Position(pos), "unexpected "+tok.String()+": there is nothing open that it closes")
				return segs, false, errs
			}
		}
		if tok == token.SEMICOLON && depth == 0 && !(lit == ";" && inHeader(toks)) {
			if start >= 0 {
				segs = append(segs, segment{start, offset, kindOf(toks), isList(toks)})
				quiet = lit == ";"
				end = offset
				if quiet {
					end++
				}
			}
			start, toks = -1, toks[:0]
			continue
		}
		if start < 0 {
			start = offset
			if tok == token.FUNC || tok == token.TYPE || tok == token.CONST {
				start = end // with the comments before it
			}
		}
		toks = append(toks, tok)
	}
	if start >= 0 {
		segs = append(segs, segment{start, len(text), kindOf(toks), isList(toks)})
		quiet = false
	}
	return segs, quiet, errs.Err()
}

// inHeader: the tokens begin a for, an if or a switch, and its body does not begin yet.
func inHeader(toks []token.Token) bool {
	for len(toks) > 1 && toks[0] == token.IDENT && toks[1] == token.COLON { // labels
		toks = toks[2:]
		for len(toks) > 0 && toks[0] == token.SEMICOLON {
			toks = toks[1:]
		}
	}
	if len(toks) == 0 || toks[0] != token.FOR && toks[0] != token.IF && toks[0] != token.SWITCH {
		return false
	}
	depth := 0
	for _, t := range toks {
		switch t {
		case token.LPAREN, token.LBRACK:
			depth++
		case token.RPAREN, token.RBRACK:
			depth--
		case token.LBRACE:
			if depth == 0 {
				return false
			}
		}
	}
	return true
}

// isList says whether the tokens may be a list of at least two expressions.
func isList(toks []token.Token) bool {
	switch toks[0] {
	case token.VAR, token.FOR, token.IF, token.SWITCH, token.SELECT, token.GO, token.DEFER, token.RETURN, token.GOTO, token.BREAK, token.CONTINUE:
		return false
	}
	commas, depth := 0, 0
	for _, t := range toks {
		switch t {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		}
		switch {
		case depth > 0:
		case t == token.COMMA:
			commas++
		case token.ADD_ASSIGN <= t && t <= token.AND_NOT_ASSIGN, t == token.ASSIGN, t == token.DEFINE, t == token.COLON:
			return false
		}
	}
	return commas > 0 && toks[len(toks)-1] != token.COMMA
}

// afterBrackets is what follows the square brackets that the tokens begin with, if they do.
func afterBrackets(toks []token.Token) []token.Token {
	depth := 0
	for i, t := range toks {
		switch t {
		case token.LBRACK:
			depth++
		case token.RBRACK:
			depth--
		}
		if depth == 0 {
			if t == token.RBRACK {
				i++
			}
			return toks[i:]
		}
	}
	return nil
}

// kindOf tells a function or method declaration from a function literal; other
// segments are told by their first token.
func kindOf(toks []token.Token) token.Token {
	if toks[0] != token.FUNC || len(toks) == 1 {
		return toks[0]
	}
	if toks[1] == token.IDENT {
		return token.FUNC
	}
	depth := 0
	for i, t := range toks[1:] {
		switch t {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			depth--
		}
		if depth == 0 { // behind the receiver, or the parameters of a literal
			rest := toks[i+2:]
			if len(rest) >= 2 && rest[0] == token.IDENT {
				rest = afterBrackets(rest[1:]) // of type parameters, which a method has not
				if len(rest) > 0 && rest[0] == token.LPAREN {
					return token.FUNC
				}
			}
			return token.LPAREN
		}
	}
	return token.FUNC
}
