package magic

import (
	"cmp"
	"go/scanner"
	"go/token"
	"strings"
	"unicode"
	"unicode/utf8"
)

// scanned is what is found of one or more statements.
type scanned struct {
	first token.Token
	end   int // the end of the line on which the last of them ends
}

// scan reads Go from an offset up to the first end of a line at which a statement of
// the top level ends.
func scan(text string, at, end int) scanned {
	src := text[at:end]
	file := token.NewFileSet().AddFile("", -1, len(src))
	var sc scanner.Scanner
	sc.Init(file, []byte(src), func(token.Position, string) {}, 0)
	out := scanned{first: token.ILLEGAL, end: end}
	depth, begun, header := 0, false, false
	after := -1 // the offset behind an explicit semicolon
	last := 0   // the offset behind the last token
	for {
		pos, tok, lit := sc.Scan()
		offset := file.Offset(pos)
		if tok == token.EOF {
			return out
		}
		if after >= 0 {
			if i := strings.IndexByte(src[after:offset], '\n'); i >= 0 {
				out.end = at + after + i + 1
				return out
			}
			after = -1
		}
		if !begun {
			begun = true
			if out.first == token.ILLEGAL {
				out.first = tok
			}
			header = tok == token.FOR || tok == token.IF || tok == token.SWITCH
		}
		switch tok {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			if tok == token.LBRACE && depth == 0 {
				header = false
			}
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth = max(depth-1, 0)
		case token.SEMICOLON:
			switch {
			case depth > 0 || header && lit == ";":
			case lit == ";":
				after, begun = offset+1, false
			default:
				out.end = lineEndAt(text, at+offset, end)
				return scanned{out.first, max(out.end, skipRest(text, at+last, end))} // there may be a comment that goes on
			}
		}
		last = min(offset+len(cmp.Or(lit, tok.String())), len(src))
	}
}

// skipRest is the end of the comments that begin at an offset on the line of a
// statement that has ended, and of the line on which the last of them ends.
func skipRest(text string, at, end int) int {
	at = skipBlank(text, at, end)
	for strings.HasPrefix(text[at:end], "/*") {
		i := strings.Index(text[at+2:end], "*/")
		if i < 0 {
			return end
		}
		at = skipBlank(text, at+2+i+2, end)
	}
	return lineEndAt(text, at, end)
}

// skipComments is the end of the lines of comments that begin at an offset, or the
// offset if Go or a command follows on the same line.
func skipComments(text string, at, end int) int {
	if !strings.HasPrefix(text[at:end], "//") && !strings.HasPrefix(text[at:end], "/*") {
		return at
	}
	over := at
	for strings.HasPrefix(text[over:end], "/*") {
		i := strings.Index(text[over+2:end], "*/")
		if i < 0 {
			return end
		}
		over = skipBlank(text, over+2+i+2, end)
	}
	if over == end || text[over] == '\n' || strings.HasPrefix(text[over:end], "//") {
		return lineEndAt(text, over, end)
	}
	return at
}

// lineEnd is the offset behind the line that an offset is on, with the lines that
// continue it: those before end in a backslash.
func lineEnd(text string, at, end int) int {
	for {
		stop := lineEndAt(text, at, end)
		if stop == end || !strings.HasSuffix(strings.TrimRight(text[at:stop], "\r\n"), `\`) {
			return stop
		}
		at = stop
	}
}

func lineEndAt(text string, at, end int) int {
	if i := strings.IndexByte(text[at:end], '\n'); i >= 0 {
		return at + i + 1
	}
	return end
}

// skipBlank skips blanks, but no ends of lines.
func skipBlank(text string, at, end int) int {
	for at < end {
		r, n := utf8.DecodeRuneInString(text[at:end])
		if r == '\n' || !unicode.IsSpace(r) {
			break
		}
		at += n
	}
	return at
}

func isName(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// commandName is the name behind the % or %% of a command; "" if there is none.
func commandName(text string) string {
	text = strings.TrimPrefix(strings.TrimPrefix(text, "%"), "%")
	if i := strings.IndexFunc(text, func(r rune) bool { return !isName(r) && r != '-' }); i >= 0 {
		return text[:i]
	}
	return text
}

// blank is a text in which all but what lies between two offsets is blank, so that
// what is left keeps its lines and columns.
func blank(text string, start, end int) string {
	b := []byte(text[:end])
	for i := range b[:start] {
		if b[i] != '\n' {
			b[i] = ' '
		}
	}
	return string(b)
}
