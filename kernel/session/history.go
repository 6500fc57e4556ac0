package session

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
)

// thisSession is the number of the running session, the only one there is: the
// history is not stored.
const thisSession = 1

// history holds the cells that ran, the oldest first.
type history struct {
	entries []wire.HistoryEntry
}

// add records a cell as it begins.
func (h *history) add(line int, input string) {
	h.entries = append(h.entries, wire.HistoryEntry{Session: thisSession, Line: line, Input: input})
}

// setOutput records the result of the cell that was added last.
func (h *history) setOutput(text string) {
	h.entries[len(h.entries)-1].Output = &text
}

// find chooses cells as a request asks.
func (h *history) find(req wire.HistoryRequest) []wire.HistoryEntry {
	var found []wire.HistoryEntry
	switch req.Access {
	case wire.HistoryRange:
		found = h.inRange(req)
	case wire.HistorySearch:
		found = last(h.search(req), req.N)
	default: // tail; it is also what old consoles mean that leave the type out
		found = last(h.entries, req.N)
	}
	found = slices.Clone(found)
	for i := range found {
		found[i].WithOutput = req.Output
		if !req.Output {
			found[i].Output = nil
		}
	}
	return found
}

// inRange is the cells from line Start to before line Stop. Session 0 is the
// running one; those before it are gone.
func (h *history) inRange(req wire.HistoryRequest) []wire.HistoryEntry {
	if req.Session != 0 && req.Session != thisSession {
		return nil
	}
	var found []wire.HistoryEntry
	for _, e := range h.entries {
		if e.Line >= req.Start && (req.Stop == nil || e.Line < *req.Stop) {
			found = append(found, e)
		}
	}
	return found
}

// search is the cells whose whole input matches the glob pattern; if each input
// is wanted only once, the latest of them.
func (h *history) search(req wire.HistoryRequest) []wire.HistoryEntry {
	pattern := req.Pattern
	if pattern == "" {
		pattern = "*"
	}
	matcher := glob(pattern)
	seen := map[string]bool{}
	var found []wire.HistoryEntry
	for _, e := range slices.Backward(h.entries) {
		if !matcher.MatchString(e.Input) || req.Unique && seen[e.Input] {
			continue
		}
		seen[e.Input] = true
		found = append(found, e)
	}
	slices.Reverse(found)
	return found
}

// glob is a pattern in which * stands for any text, also over several lines, and
// ? for one character, as a regular expression.
func glob(pattern string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for _, r := range pattern {
		switch r {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	b.WriteString(`\z`)
	return regexp.MustCompile(b.String())
}

// last is the last n entries, all of them if n is 0.
func last(entries []wire.HistoryEntry, n int) []wire.HistoryEntry {
	if n <= 0 || n >= len(entries) {
		return entries
	}
	return entries[len(entries)-n:]
}
