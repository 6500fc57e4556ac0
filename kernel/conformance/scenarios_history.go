package conformance

import (
	"fmt"
	"slices"

	"github.com/nascent-go/nascent/kernel/wire"
)

func historyScenarios() []Scenario {
	return []Scenario{
		{"history/tail", secShell, false, historyTail},
		{"history/range", secShell, false, historyRange},
		{"history/search", secShell, false, historySearch},
		{"history/output", secShell, false, historyOutput},
		{"history/what is stored", secShell, false, historyStored},
	}
}

// record runs cells that no other scenario runs, and returns them and their counts.
func (t *T) record(name string, values ...int) (cells []string, first int) {
	for i, v := range values {
		code := fmt.Sprintf(t.Lang.Assign, name, v)
		_, r := t.OK(code)
		cells = append(cells, code)
		if i == 0 {
			first = r.ExecutionCount
		}
	}
	return cells, first
}

func (t *T) history(r wire.HistoryRequest) []wire.HistoryEntry {
	r.Raw = true
	var h wire.HistoryReply
	a := t.Ask(wire.Shell, wire.TypeHistoryRequest, r, &h)
	Equal(t, "published", a.Types(), []string{"busy", "idle"})
	return h.History
}

func inputs(entries []wire.HistoryEntry) []string {
	list := []string{}
	for _, e := range entries {
		list = append(list, e.Input)
	}
	return list
}

// The latest cells, the oldest of them first.
func historyTail(t *T) {
	cells, first := t.record("tail", 1, 2, 3)
	got := t.history(wire.HistoryRequest{Access: wire.HistoryTail, N: new(2)})
	Equal(t, "the last two", inputs(got), cells[1:])
	got = t.history(wire.HistoryRequest{Access: wire.HistoryTail, N: new(1000)})
	if len(got) < 3 {
		t.Fatalf("%d entries, want at least 3", len(got))
	}
	got = got[len(got)-3:]
	Equal(t, "the last three", inputs(got), cells)
	for i, e := range got {
		Equal(t, "line", e.Line, first+i)
		Equal(t, "session", e.Session, got[0].Session)
	}
}

// Lines from start to before stop, of this session.
func historyRange(t *T) {
	cells, first := t.record("range_", 1, 2, 3)
	stop := first + 2
	got := t.history(wire.HistoryRequest{Access: wire.HistoryRange, Start: first, Stop: &stop})
	Equal(t, "the first two", inputs(got), cells[:2])
	session := 0
	for _, e := range t.history(wire.HistoryRequest{Access: wire.HistoryTail, N: new(1)}) {
		session = e.Session
	}
	stop = first + 100
	got = t.history(wire.HistoryRequest{Access: wire.HistoryRange, Session: session, Start: first + 1, Stop: &stop})
	Equal(t, "by the session's number", inputs(got), cells[1:])
	got = t.history(wire.HistoryRequest{Access: wire.HistoryRange, Start: first + 50, Stop: &stop})
	Equal(t, "where nothing is", inputs(got), []string{})
}

// The latest cells that match, the oldest of them first.
func historySearch(t *T) {
	name := fmt.Sprintf("search%d", len(t.Sender.Session))
	cells, _ := t.record(name, 1, 22, 1)
	find := func(pattern string, n int, unique bool) []string {
		return inputs(t.history(wire.HistoryRequest{Access: wire.HistorySearch, Pattern: pattern, N: new(n), Unique: unique}))
	}
	all := find("*"+name+"*", 3, false)
	Equal(t, "with *", all, cells)
	Equal(t, "the last of them", find("*"+name+"*", 1, false), cells[2:])
	Equal(t, "with ?", find(fmt.Sprintf(t.Lang.Assign, name, 2)+"?", 10, true), cells[1:2])
	Equal(t, "nothing", find("*no such cell*", 10, false), []string{})
	unique := find("*"+name+"*", 10, true)
	slices.Sort(unique)
	Equal(t, "each input once", unique, slices.Compact(slices.Clone(unique)))
	Equal(t, "inputs that differ", len(unique), 2)
}

// Outputs are told if they are wanted, and are null where there are none.
func historyOutput(t *T) {
	t.OK(t.Lang.Value)
	t.OK(t.Lang.Quiet)
	got := t.history(wire.HistoryRequest{Access: wire.HistoryTail, N: new(2), Output: true})
	if len(got) != 2 || !got[0].WithOutput || !got[1].WithOutput {
		t.Fatalf("the history is %+v, want two entries with outputs", got)
	}
	if out := got[0].Output; out == nil || *out != "42" {
		t.Errorf("the output of %s is %v, want 42", got[0].Input, short(out))
	}
	if out := got[1].Output; out != nil {
		t.Errorf("the output of %s is %q, want null", got[1].Input, *out)
	}
	for _, e := range t.history(wire.HistoryRequest{Access: wire.HistoryTail, N: new(2)}) {
		Equal(t, "with output", e.WithOutput, false)
	}
}

// Cells are stored if the request says so, also those that fail.
func historyStored(t *T) {
	cells, _ := t.record("stored", 1)
	hidden := fmt.Sprintf(t.Lang.Assign, "stored", 2)
	t.With(wire.ExecuteRequest{Code: hidden}, wire.StatusOK)
	t.With(wire.ExecuteRequest{Code: hidden, Silent: true, StoreHistory: true}, wire.StatusOK)
	t.Reply(t.Cell(t.Lang.Fails), wire.StatusError)
	got := t.history(wire.HistoryRequest{Access: wire.HistoryTail, N: new(2)})
	Equal(t, "the last two", inputs(got), append(cells, t.Lang.Fails))
}
