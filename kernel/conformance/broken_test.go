package conformance_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/nascent-go/nascent/kernel/conformance"
	"github.com/nascent-go/nascent/kernel/wire"
)

// broken is a kernel with one thing wrong, and a scenario that finds it.
type broken struct {
	name  string
	found string
	fault func() fault // a new one for every kernel: some remember what came
}

// in breaks how requests of a type are understood.
func in(msgType string, change func(m *wire.Message, c map[string]any)) func() fault {
	return func() fault {
		return fault{in: func(m *wire.Message) {
			if m.Header.MsgType == msgType {
				edit(m, change)
			}
		}}
	}
}

// out breaks messages of a type that are sent; with the type "" all of them.
func out(msgType string, change func(m *wire.Message, c map[string]any)) func() fault {
	return instead(msgType, func(m *wire.Message) []*wire.Message {
		edit(m, change)
		return []*wire.Message{m}
	})
}

// instead sends other messages instead of those of a type.
func instead(msgType string, others func(m *wire.Message) []*wire.Message) func() fault {
	return func() fault {
		return fault{out: func(m *wire.Message) []*wire.Message {
			if msgType != "" && m.Header.MsgType != msgType {
				return []*wire.Message{m}
			}
			return others(m)
		}}
	}
}

// edit changes a message and its content.
func edit(m *wire.Message, change func(*wire.Message, map[string]any)) {
	var c map[string]any
	if err := json.Unmarshal(m.Content, &c); err != nil {
		panic(err) // the session or a client has made it
	}
	change(m, c)
	text, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	m.Content = text
}

func set(field string, v any) func(*wire.Message, map[string]any) {
	return func(_ *wire.Message, c map[string]any) { c[field] = v }
}

func without(field string) func(*wire.Message, map[string]any) {
	return func(_ *wire.Message, c map[string]any) { delete(c, field) }
}

func dropped(*wire.Message) []*wire.Message { return nil }

// again is a message a second time, as a message of its own.
func again(m *wire.Message) *wire.Message {
	twin := *m
	twin.RawHeader, twin.Header.MsgID = nil, wire.NewID()
	return &twin
}

func twice(m *wire.Message) []*wire.Message { return []*wire.Message{m, again(m)} }

func isState(m *wire.Message, state wire.ExecutionState) bool {
	var s wire.Status
	return m.Header.MsgType == wire.TypeStatus && m.DecodeContent(&s) == nil && s.ExecutionState == state
}

// onState sends other messages instead of a status.
func onState(state wire.ExecutionState, others func(*wire.Message) []*wire.Message) func() fault {
	return instead(wire.TypeStatus, func(m *wire.Message) []*wire.Message {
		if isState(m, state) {
			return others(m)
		}
		return []*wire.Message{m}
	})
}

// replyFirst sends the reply to a cell before its outputs.
func replyFirst() fault {
	held := map[string][]*wire.Message{}
	return fault{out: func(m *wire.Message) []*wire.Message {
		id := m.ParentID()
		switch m.Header.MsgType {
		case wire.TypeStream, wire.TypeExecuteResult:
			held[id] = append(held[id], m)
			return nil
		case wire.TypeExecuteReply:
			return append([]*wire.Message{m}, held[id]...)
		}
		return []*wire.Message{m}
	}}
}

// startsTwice tells twice that the kernel starts.
func startsTwice() fault {
	left := 2
	return fault{out: func(m *wire.Message) []*wire.Message {
		if left == 0 || m.Channel != wire.IOPub {
			return []*wire.Message{m}
		}
		left--
		starting := again(m)
		starting.Header.MsgType, starting.Parent = wire.TypeStatus, json.RawMessage("{}")
		starting.Identities, starting.Content = [][]byte{[]byte(wire.TypeStatus)}, json.RawMessage(`{"execution_state":"starting"}`)
		return []*wire.Message{starting, m}
	}}
}

// latest gives text to the cell that was begun last.
func latest() fault {
	var parent json.RawMessage
	return fault{out: func(m *wire.Message) []*wire.Message {
		switch m.Header.MsgType {
		case wire.TypeExecuteInput:
			parent = m.Parent
		case wire.TypeStream:
			m.Parent = parent
		}
		return []*wire.Message{m}
	}}
}

// everyOther drops every other message with text.
func everyOther() fault {
	n := 0
	return fault{out: func(m *wire.Message) []*wire.Message {
		if m.Header.MsgType != wire.TypeStream {
			return []*wire.Message{m}
		}
		if n++; n%2 == 0 {
			return nil
		}
		return []*wire.Message{m}
	}}
}

// utf16Cursor takes code points for UTF-16.
func utf16Cursor(_ *wire.Message, c map[string]any) {
	code, _ := c["code"].(string)
	cursor, _ := c["cursor_pos"].(float64)
	units := utf16.Encode([]rune(code))
	c["cursor_pos"] = len(utf16.Decode(units[:min(int(cursor), len(units))]))
}

func list(c map[string]any, field string) []any {
	l, _ := c[field].([]any)
	return l
}

// soon is how long a broken kernel may keep a scenario waiting that waits for what
// does not come.
const soon = time.Second

// Each broken kernel is found out, by a scenario that a kernel passes that is not broken.
func TestBrokenKernelsAreFound(t *testing.T) {
	scenarios := map[string]conformance.Scenario{}
	for _, s := range conformance.Scenarios() {
		scenarios[s.Name] = s
	}
	check := func(t *testing.T, scenario string, f fault, timeout time.Duration) *conformance.Result {
		t.Helper()
		s, ok := scenarios[scenario]
		if !ok {
			t.Fatalf("there is no scenario %s", scenario)
		}
		l, err := newLocal(t.TempDir(), f)
		if err != nil {
			t.Fatal(err)
		}
		defer l.close()
		return conformance.Check(t.Context(), l, s, conformance.Options{Language: conformance.Go(), Ours: true, Dir: t.TempDir(), Timeout: timeout})
	}
	whole := map[string]bool{}
	for _, b := range kernels() {
		t.Run(b.name, func(t *testing.T) {
			if r := check(t, b.found, b.fault(), soon); len(r.Failures) == 0 {
				t.Errorf("%s passes it; skipped: %q", b.found, r.Skipped)
			} else {
				t.Log(r.Failures[0])
			}
			if whole[b.found] {
				return
			}
			whole[b.found] = true
			if r := check(t, b.found, fault{}, 0); len(r.Failures) > 0 || r.Skipped != "" {
				t.Errorf("a kernel that is not broken fails %s: %v%s", b.found, r.Failures, r.Skipped)
			}
		})
	}
	if n := len(kernels()); n < 25 {
		t.Error(fmt.Sprint(n, " kernels are broken, want at least 25"))
	}
}
