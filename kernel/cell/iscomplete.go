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
	more := Completeness{Status: "incomplete", Indent: strings.Repeat("\t", end.Indent)}
	if end.InText {
		return more
	}
	ok, at := grammatical(src)
	if ok && !end.Header {
		return Completeness{Status: "complete"}
	}
	if ok || !end.Mismatch && !end.Half && at >= end.LastLine && continues(src, end.Closers) {
		return more
	}
	return Completeness{Status: "invalid"}
}

// grammatical says whether a text is a cell of Go's grammar, or where it is not.
func grammatical(src string) (ok bool, at int) {
	_, err := parse(token.NewFileSet(), "cell", src, false)
	var list scanner.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return err == nil, 0
	}
	if at, ok = lineStarts(src).offset(list[0].Pos, len(src)); !ok {
		at = len(src) // behind the text
	}
	return false, at
}

// What may be missing behind an unfinished text: before the brackets that are open are
// closed, and before the first of them that is a brace.
var (
	tails   = []string{"", " _", " {}", ":", " _ {}", " _:", "()", "() {}", " _() {}", ` "_"`, ";;{}", ";{}", " _;{}", " = _", " _ = _", "[_]_", "]_", " _ T"}
	closing = []string{"", " {}", " _", " _() {}", ":"}
)

// continues says whether anything behind a text makes it Go.
func continues(src, closers string) bool {
	round := len(closers) - len(strings.TrimLeft(closers, ")]"))
	for _, then := range closing {
		if then != "" && round == 0 {
			break
		}
		for _, tail := range tails {
			if ok, _ := grammatical(src + tail + closers[:round] + then + closers[round:]); ok {
				return true
			}
		}
	}
	return false
}
