package magic

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"regexp"
	"strings"
)

// kind is what a stretch of a cell is.
type kind int

const (
	goCode   kind = iota
	line          // %name …
	whole         // %%name …, with the rest of the text as its body
	shell         // !cmd
	question      // NAME?
	foreign       // of other kernels: :name …, $ cmd
)

// piece is a stretch of a cell.
type piece struct {
	kind       kind
	start, end int // byte offsets; a command's piece begins at its first letter and ends at the end of a line
	body       int // where the body of a whole begins
}

// splitter divides the text of a cell.
type splitter struct {
	text string
	// goAt is where, in the first line of a % command, a Go statement begins, which may
	// have several lines; -1 if the command takes none.
	goAt func(command string) int
	// kindOf says what a name means in Go, as [cell.Env.KindOf] does.
	kindOf func(name string) string
}

// mayHaveCommands is a quick test that lets plain Go through.
func mayHaveCommands(text string) bool {
	for l := range strings.Lines(text) {
		l = strings.TrimSpace(l)
		if l != "" && (strings.IndexByte("%!?:$", l[0]) >= 0 || strings.HasSuffix(strings.TrimRight(l, "; \t"), "?")) {
			return true
		}
	}
	return false
}

// split divides the text from start to end, both at statements. Commands only stand
// where a statement begins, at the beginning of a line; start is such a place.
func (s *splitter) split(start, end int) []piece {
	if !mayHaveCommands(s.text[start:end]) {
		return []piece{{kind: goCode, start: start, end: end}}
	}
	var pieces []piece
	add := func(p piece) {
		if n := len(pieces); p.kind == goCode && n > 0 && pieces[n-1].kind == goCode {
			pieces[n-1].end = p.end
			return
		}
		pieces = append(pieces, p)
	}
	first, begun := true, false // nothing but blanks so far; a statement or a command was there
	for at := start; at < end; {
		next := skipBlank(s.text, at, end)
		if next == end || s.text[next] == '\n' {
			next = min(next+1, end)
			add(piece{kind: goCode, start: at, end: next})
			at = next
			continue
		}
		if over := skipComments(s.text, next, end); over > next {
			add(piece{kind: goCode, start: at, end: over})
			at, first = over, false
			continue
		}
		p, ok := s.command(next, end, first)
		if ok {
			if next > at {
				add(piece{kind: goCode, start: at, end: next})
			}
			add(p)
			at = p.end
		} else {
			if !begun && strings.HasPrefix(s.text[next:end], "package") && scan(s.text, next, end).first == token.PACKAGE {
				add(piece{kind: goCode, start: at, end: end})
				return pieces
			}
			stop := scan(s.text, next, end).end
			add(piece{kind: goCode, start: at, end: stop})
			at = stop
		}
		first, begun = false, true
	}
	return pieces
}

// command is the command that begins at an offset, if there is one.
func (s *splitter) command(at, end int, first bool) (piece, bool) {
	text := s.text[at:end]
	stop := lineEndAt(s.text, at, end)
	switch c := text[0]; {
	case isQuestion(strings.TrimSuffix(s.text[at:stop], "\n")):
		return piece{kind: question, start: at, end: stop}, true
	case first && strings.HasPrefix(text, "%%") && commandName(text) != "":
		header := lineEnd(s.text, at, end)
		return piece{kind: whole, start: at, end: end, body: header}, true
	case c == '%':
		return piece{kind: line, start: at, end: s.lineCommand(at, end)}, true
	case c == '!' && s.isShell(at, end):
		return piece{kind: shell, start: at, end: lineEnd(s.text, at, end)}, true
	case c == ':' || c == '$':
		return piece{kind: foreign, start: at, end: lineEnd(s.text, at, end)}, true
	}
	return piece{}, false
}

// asked finds the name, which may be a command's, in a question.
var asked = regexp.MustCompile(`^(\?{0,2})\s*(%{0,2}[\pL_][\pL\pN_.]*|!)\s*(\?{0,2})\s*;?\s*$`)

func isQuestion(text string) bool {
	m := asked.FindStringSubmatch(text)
	return text[0] == '?' || m != nil && m[1]+m[3] != ""
}

// lineCommand is where a % command ends: at the end of its line, or of the Go
// statement that it takes.
func (s *splitter) lineCommand(at, end int) int {
	stop := lineEnd(s.text, at, end)
	n := s.goAt(s.text[at:stop])
	if n < 0 || strings.ContainsRune("%!", rune(s.text[at+n])) {
		return stop
	}
	return max(stop, scan(s.text, at+n, end).end)
}

// isShell says whether what begins with ! is no Go: no expression, or one of a name
// that means nothing.
func (s *splitter) isShell(at, end int) bool {
	stop := scan(s.text, at, end).end
	x, err := parser.ParseExpr(s.text[at:stop])
	if err != nil {
		return true
	}
	id, next := leading(x)
	if id == nil {
		return false
	}
	if defines(s.text[:at], id.Name) {
		return false
	}
	switch s.kindOf(id.Name) {
	case "":
		return true
	case "package":
		_, ok := next.(*ast.SelectorExpr)
		return !ok
	case "function", "builtin", "type", "struct", "interface":
		switch next.(type) {
		case *ast.CallExpr, *ast.IndexExpr, *ast.IndexListExpr, *ast.CompositeLit:
			return false
		}
		return true
	}
	return false
}

// leading is the name that an expression begins with, and the expression directly
// around it.
func leading(x ast.Expr) (id *ast.Ident, around ast.Expr) {
	for {
		in := around
		around = x
		switch n := x.(type) {
		case *ast.Ident:
			return n, in
		case *ast.UnaryExpr:
			x = n.X
		case *ast.StarExpr:
			x = n.X
		case *ast.ParenExpr:
			x = n.X
		case *ast.BinaryExpr:
			x = n.X
		case *ast.SelectorExpr:
			x = n.X
		case *ast.CallExpr:
			x = n.Fun
		case *ast.IndexExpr:
			x = n.X
		case *ast.IndexListExpr:
			x = n.X
		case *ast.SliceExpr:
			x = n.X
		case *ast.TypeAssertExpr:
			x = n.X
		case *ast.CompositeLit:
			x = n.Type
		default:
			return nil, nil
		}
	}
}

// defines says whether a Go text declares a name, as far as its words tell.
func defines(text, name string) bool {
	var sc scanner.Scanner
	sc.Init(token.NewFileSet().AddFile("", -1, len(text)), []byte(text), func(token.Position, string) {}, 0)
	listed := false // the name stands in the list of names that began this statement
	last := token.SEMICOLON
	for {
		_, tok, lit := sc.Scan()
		switch {
		case tok == token.EOF:
			return false
		case tok == token.IDENT && lit == name:
			if last == token.VAR || last == token.FUNC || last == token.CONST || last == token.TYPE {
				return true
			}
			listed = true
		case tok == token.DEFINE && listed:
			return true
		case tok == token.SEMICOLON, tok == token.LBRACE:
			listed = false
		}
		last = tok
	}
}
