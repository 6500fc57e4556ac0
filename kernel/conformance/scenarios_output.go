package conformance

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
)

func outputScenarios() []Scenario {
	return []Scenario{
		{"output/streams", secIOPub, false, outputStreams},
		{"output/lines", secIOPub, false, outputLines},
		{"output/characters", secIOPub, false, outputCharacters},
		{"output/before reply", secIOPub, false, outputBeforeReply},
		{"output/late", secIOPub, false, outputLate},
		{"output/child process", secIOPub, false, outputChild},
		{"output/flood", secIOPub, false, outputFlood},
	}
}

func jsonObject(raw json.RawMessage, into any) error { return json.Unmarshal(raw, into) }

// Text on both streams comes in the order of the program.
func outputStreams(t *T) {
	a, _ := t.OK(strings.Join([]string{
		fmt.Sprintf(t.Lang.Print, "one "), fmt.Sprintf(t.Lang.PrintErr, "two "), fmt.Sprintf(t.Lang.Print, "three"),
	}, "\n"))
	var got []wire.Stream
	for _, m := range a.Of(wire.TypeStream) {
		var s wire.Stream
		t.Read(m, &s)
		got = append(got, s)
	}
	if t.Ours {
		Equal(t, "streams", got, []wire.Stream{{Name: "stdout", Text: "one "}, {Name: "stderr", Text: "two "}, {Name: "stdout", Text: "three"}})
	}
	Equal(t, "stdout", a.Text(wire.Stdout), "one three")
	Equal(t, "stderr", a.Text(wire.Stderr), "two ")
}

// Nothing is lost and nothing is out of order.
func outputLines(t *T) {
	const n = 10_000
	a, _ := t.OK(fmt.Sprintf(t.Lang.Lines, n))
	var want strings.Builder
	for i := range n {
		fmt.Fprintln(&want, "line", i)
	}
	if got := a.Text(wire.Stdout); got != want.String() {
		t.Errorf("%d bytes of text, want %d", len(got), want.Len())
	}
	if messages := len(a.Of(wire.TypeStream)); messages > n/10 {
		t.Errorf("%d lines came in %d messages: text is to be gathered", n, messages)
	}
}

// Text comes in whole characters, of all kinds.
func outputCharacters(t *T) {
	want := "a\tb é \u2028 \U0001F600 \x1b[1mbold\x1b[0m \r\n" + strings.Repeat("€", 30_000)
	a, _ := t.OK(fmt.Sprintf(t.Lang.Print, want))
	got := a.Text(wire.Stdout)
	if got != want {
		t.Errorf("%d bytes of text, want %d; it begins with %.60q", len(got), len(want), got)
	}
}

// All outputs of a cell are sent before its reply. Only where messages come in the
// order in which they were sent this can be seen.
func outputBeforeReply(t *T) {
	cell := t.Cell(fmt.Sprintf(t.Lang.Print, "text") + "\n" + t.Lang.Value)
	a, _ := t.Reply(cell, wire.StatusOK)
	Equal(t, "stdout", a.Text(wire.Stdout), "text")
	if t.ordered {
		t.mu.Lock()
		after := t.judge.requests[cell.Header.MsgID].afterReply
		t.mu.Unlock()
		if len(after) > 0 {
			t.Errorf("after the reply came %v", after)
		}
	}
}

// What a cell has left behind writes to that cell, also when it has ended.
func outputLate(t *T) {
	t.Need(t.Lang.Late)
	file, open := t.gate()
	cell := t.Cell(fmt.Sprintf(t.Lang.Late, file))
	t.Reply(cell, wire.StatusOK)
	other, hold := t.busy()
	open()
	m := t.Published(cell, wire.TypeStream)
	var s wire.Stream
	t.Read(m, &s)
	Equal(t, "late text", s, wire.Stream{Name: wire.Stdout, Text: "late\n"})
	hold()
	Equal(t, "text of the other cell", t.rest(other, wire.StatusOK).Text(wire.Stdout), "")
}

func outputChild(t *T) {
	t.Need(t.Lang.ChildPrint)
	a, _ := t.OK(fmt.Sprintf(t.Lang.ChildPrint, "from a child"))
	Equal(t, "stdout", a.Text(wire.Stdout), "from a child")
}

// Output without end is bounded, and the user is told so.
func outputFlood(t *T) {
	t.Need(t.Lang.Flood)
	if !t.Ours {
		t.Skip("the protocol knows no bound of outputs")
	}
	const million = 100
	a, _ := t.OK(fmt.Sprintf(t.Lang.Flood, million))
	got := len(a.Text(wire.Stdout))
	if got < 1e6 || got > 32e6 {
		t.Errorf("%d bytes of %d million were sent", got, million)
	}
	if note := a.Text(wire.Stderr); !strings.Contains(note, "limit") || !strings.Contains(note, "not shown") {
		t.Errorf("the user is told %q", note)
	}
	Equal(t, "the next cell", t.Value(t.Lang.Value), "42")
}
