package cell

import (
	"errors"
	"go/scanner"
	"go/token"
	"strings"

	"github.com/nascent-go/nascent/kernel/cell/draft"
)

// IsComplete says whether a front end should run a text or wait for more lines. A text
// is incomplete if it is the beginning of one that Go's grammar has.
func (e *Env) IsComplete(src string) Completeness {
	end := draft.Tail(src)
	g := parseGrammar(src)
	switch {
	case end.InText,
		g.ok && end.Header && g.bodiless <= 1,
		!g.ok && !end.Mismatch && !end.Half && g.at >= end.LastLine && continues(src[:end.Last], end.Closers):
		return Completeness{Status: "incomplete", Indent: strings.Repeat("\t", end.Indent)}
	case g.ok && g.bodiless == 0:
		return Completeness{Status: "complete"}
	}
	return Completeness{Status: "invalid"}
}

// grammar is what Go's grammar says of a text.
type grammar struct {
	ok       bool // it is a cell
	at       int  // where it is none
	bodiless int  // functions that have no body
}

func parseGrammar(text string) grammar {
	src, err := parse(token.NewFileSet(), "cell", text, false)
	if err == nil {
		g := grammar{ok: true}
		src.bodies(func(token.Pos, string, string) { g.bodiless++ })
		return g
	}
	var list scanner.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return grammar{}
	}
	at, ok := lineStarts(text).offset(list[0].Pos, len(text))
	if !ok {
		at = len(text) // behind it
	}
	return grammar{at: at}
}

// What may be missing behind an unfinished text: before the brackets that are open are
// closed, and before the first of them that is a brace.
var (
	tails   = []string{"", " _", " {}", ":", " _ {}", " _:", "()", " _()", "() {}", " _() {}", ` "_"`, ";;{}", ";{}", " _;{}", " = _", " _ = _", "[_]_", "]_", " _ T"}
	closing = []string{"", " {}", " _", "() {}", " _() {}", ":"}
)

// continues says whether anything behind a text makes it Go.
func continues(src, closers string) bool {
	round := len(closers) - len(strings.TrimLeft(closers, ")]"))
	for _, then := range closing {
		if then != "" && round == 0 {
			break
		}
		for _, tail := range tails {
			if parseGrammar(src + tail + closers[:round] + then + closers[round:]).ok {
				return true
			}
		}
	}
	return false
}
