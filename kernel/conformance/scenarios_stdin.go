package conformance

import (
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
)

func stdinScenarios() []Scenario {
	return []Scenario{
		{"stdin/input", secStdin, false, stdinInput},
		{"stdin/prompt", secStdin, false, stdinPrompt},
		{"stdin/two questions", secStdin, false, stdinTwo},
		{"stdin/password", secStdin, false, stdinPassword},
		{"stdin/not allowed", secStdin, false, stdinNotAllowed},
		{"stdin/end", secStdin, false, stdinEnd},
		{"stdin/stale reply", secStdin, false, stdinStale},
		{"stdin/interrupt", secStdin, false, stdinInterrupt},
		{"stdin/who is asked", secStdin, false, stdinWho},
	}
}

// asking sends a cell that may ask.
func (t *T) asking(code string) *wire.Message {
	t.Need(code)
	return t.Request(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: code, StoreHistory: true, AllowStdin: true, StopOnError: true})
}

// question waits for a question of a cell.
func (t *T) question(cell *wire.Message) wire.InputRequest {
	m, err := t.Await(t.Ctx, wire.Stdin, cell, func(m *wire.Message) bool { return m.Header.MsgType == wire.TypeInputRequest })
	t.Must(err)
	var q wire.InputRequest
	t.Read(m, &q)
	return q
}

func (t *T) say(value string) {
	t.Request(wire.Stdin, wire.TypeInputReply, wire.InputReply{Value: value})
}

// What the cell has printed comes before the question.
func stdinInput(t *T) {
	cell := t.asking(t.Lang.Ask)
	q := t.question(cell)
	if q.Prompt == "" {
		var s wire.Stream
		t.Read(t.Published(cell, wire.TypeStream), &s)
		Equal(t, "text before the question", s.Text, "name? ")
	} else {
		Equal(t, "prompt", q.Prompt, "name? ")
	}
	Equal(t, "password", q.Password, false)
	t.say("Ada")
	a, _ := t.Reply(cell, wire.StatusOK)
	Equal(t, "stdout", a.Text(wire.Stdout), "<Ada>")
}

func stdinPrompt(t *T) {
	cell := t.asking(t.Lang.Prompt)
	Equal(t, "question", t.question(cell), wire.InputRequest{Prompt: "name? "})
	t.say("Ada")
	a, _ := t.Reply(cell, wire.StatusOK)
	Equal(t, "stdout", a.Text(wire.Stdout), "<Ada>")
}

func stdinTwo(t *T) {
	cell := t.asking(t.Lang.AskTwice)
	for _, line := range []string{"one", "zwölf"} {
		t.question(cell)
		t.say(line)
	}
	a, _ := t.Reply(cell, wire.StatusOK)
	Equal(t, "stdout", a.Text(wire.Stdout), "<one><zwölf>")
}

func stdinPassword(t *T) {
	cell := t.asking(t.Lang.Password)
	q := t.question(cell)
	Equal(t, "question", q, wire.InputRequest{Prompt: "secret: ", Password: true})
	t.say("hush")
	a, _ := t.Reply(cell, wire.StatusOK)
	Equal(t, "stdout", a.Text(wire.Stdout), "<hush>")
}

// The judge blames a question that was not allowed.
func stdinNotAllowed(t *T) {
	t.Need(t.Lang.Ask)
	a := t.Done(t.Cell(t.Lang.Ask))
	if text := a.Text(wire.Stdout); t.Ours && !strings.Contains(text, "<>") {
		t.Errorf("stdout is %q", text)
	}
}

func stdinEnd(t *T) {
	cell := t.asking(t.Lang.AskEnd)
	t.question(cell)
	t.say("\x04")
	a, _ := t.Reply(cell, wire.StatusOK)
	Equal(t, "stdout", a.Text(wire.Stdout), "end")
}

// An answer that nobody waits for is not given to the next question.
func stdinStale(t *T) {
	// Channels are not ordered among each other: a reply that comes late, after the
	// question, answers it. That happens once, not every time.
	got := ""
	for range 4 {
		t.say("stale")
		t.OK(t.Lang.Quiet)
		cell := t.asking(t.Lang.AskTwice)
		for _, line := range []string{"one", "two"} {
			t.question(cell)
			t.say(line)
		}
		a, _ := t.Reply(cell, wire.StatusOK)
		if got = a.Text(wire.Stdout); got == "<one><two>" {
			return
		}
	}
	Equal(t, "stdout", got, "<one><two>")
}

func stdinInterrupt(t *T) {
	cell := t.asking(t.Lang.AskOn)
	t.question(cell)
	t.interrupt()
	t.Reply(cell, wire.StatusError)
	cell = t.asking(t.Lang.AskTwice)
	for _, line := range []string{"a", "b"} {
		t.question(cell)
		t.say(line)
	}
	a, _ := t.Reply(cell, wire.StatusOK)
	Equal(t, "stdout of the next cell", a.Text(wire.Stdout), "<a><b>")
}

// Who has sent the cell is asked, and nobody else: the judge of the other client
// blames a question.
func stdinWho(t *T) {
	other := t.Front()
	cell := t.asking(t.Lang.AskTwice)
	for _, line := range []string{"a", "b"} {
		t.question(cell)
		t.say(line)
	}
	t.Reply(cell, wire.StatusOK)
	if _, err := other.CollectPublished(t.Ctx, cell); err != nil {
		t.Errorf("the other client: %v", err)
	}
}
