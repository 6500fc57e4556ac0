// Package history records the cells of a session and finds them again, as
// "History" of the Jupyter messaging protocol 5.5 and IPython have it: sessions
// are numbered, and in a session cells have their execution count as line. The
// package keeps a history in memory; its folder store keeps it in a file.
package history

import (
	"context"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nascent-go/nascent/kernel/wire"
)

// Book is the history that one shell of a session writes and reads. Its methods
// are safe for concurrent use.
type Book interface {
	// Begin records a cell, which can be found from then on. What it returns waits
	// until no end of the process can lose the cell, and has to be called before
	// the cell does anything. The error is a warning: it says, once, why the history
	// is no longer kept as it should be. The cell is not concerned, and what is in
	// memory can still be found.
	Begin(line int, input string) (kept func() error)
	// Output records the text of the result of a cell that was begun.
	Output(line int, text string)
	// Find chooses cells as a request asks, the oldest first, those of this session
	// at the end. The error is that of ctx or says what is wrong with the request.
	Find(ctx context.Context, req wire.HistoryRequest) ([]wire.HistoryEntry, error)
	// Session is the number of this session, or 0 if it has none yet: it gets one
	// with its first cell.
	Session() int
	// Subshell is the history of another shell, which is a session of its own.
	Subshell(id string) Book
}

// DefaultTail is how many cells a request for the tail gets that does not say how
// many it wants.
const DefaultTail = 10

const (
	maxReply  = 32 << 20 // bytes of text that a request can get
	maxOutput = 64 << 10 // bytes of a result that are kept
)

// Choose answers a request for the tail or a search. newest yields all that there
// is, the newest first. If the text of all would be too much for a message, the
// oldest are left out.
func Choose(newest iter.Seq[wire.HistoryEntry], req wire.HistoryRequest) []wire.HistoryEntry {
	limit := -1 // none
	if req.Access != wire.HistorySearch {
		limit = DefaultTail
	}
	if req.N != nil {
		limit = *req.N
	}
	if limit == 0 {
		return nil
	}
	wanted := func(string) bool { return true }
	if req.Access == wire.HistorySearch {
		wanted = searcher(req)
	}
	var found []wire.HistoryEntry
	size := 0
	for e := range newest {
		if !wanted(e.Input) {
			continue
		}
		if size += sizeOf(e, req.Output); size > maxReply {
			break
		}
		if found = append(found, asked(e, req.Output)); len(found) == limit {
			break
		}
	}
	slices.Reverse(found)
	return found
}

// Range answers a request for a range, of a session whose cells lines yields, the
// oldest first, from Start to before Stop. If the text of all would be too much
// for a message, the last are left out.
func Range(lines iter.Seq[wire.HistoryEntry], req wire.HistoryRequest) []wire.HistoryEntry {
	var found []wire.HistoryEntry
	size := 0
	for e := range lines {
		if size += sizeOf(e, req.Output); size > maxReply {
			break
		}
		found = append(found, asked(e, req.Output))
	}
	return found
}

// Bounds are the lines of a request for a range: from start to before stop, or to
// the end if stop is 0. Numbers below 0 count back from the line after last, the
// last line of the session.
func Bounds(req wire.HistoryRequest, last int) (start, stop int) {
	start = req.Start
	if req.Stop != nil {
		stop = *req.Stop
	}
	if start < 0 {
		start += last + 1
	}
	if stop < 0 {
		stop = max(stop+last+1, 1) // 1: before the first line
	}
	return start, stop
}

// Shorten is the text of a result as it is kept: what is too long is cut.
func Shorten(output string) string {
	if len(output) <= maxOutput {
		return output
	}
	cut := maxOutput
	for cut > maxOutput-utf8.UTFMax && !utf8.RuneStart(output[cut]) {
		cut--
	}
	return strings.Clone(output[:cut]) + "…" // without the rest in memory
}

// searcher says of one input after the other, the newest first, whether a request
// wants it.
func searcher(req wire.HistoryRequest) func(input string) bool {
	pattern := req.Pattern
	if pattern == "" {
		pattern = "*"
	}
	matcher, seen := Compile(pattern), map[string]bool{}
	return func(input string) bool {
		if !matcher.Match(input) || req.Unique && seen[input] {
			return false
		}
		if req.Unique {
			seen[input] = true
		}
		return true
	}
}

func sizeOf(e wire.HistoryEntry, output bool) int {
	size := len(e.Input)
	if output && e.Output != nil {
		size += len(*e.Output)
	}
	return size
}

// asked is an entry with its output or without.
func asked(e wire.HistoryEntry, output bool) wire.HistoryEntry {
	if e.WithOutput = output; !output {
		e.Output = nil
	}
	return e
}
