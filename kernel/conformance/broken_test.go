package conformance_test

import (
	"encoding/json"
	"fmt"
	"slices"
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

func kernels() []broken {
	return []broken{
		{"idle is not sent", "execute/order", onState(wire.Idle, dropped)},
		{"idle comes twice", "execute/order", onState(wire.Idle, twice)},
		{"busy is not sent", "info/shell", onState(wire.Busy, dropped)},
		{"busy comes twice", "info/control", onState(wire.Busy, twice)},
		{"a reply is lost", "execute/order", instead(wire.TypeExecuteReply, dropped)},
		{"a reply comes twice", "complete/one", instead(wire.TypeCompleteReply, twice)},
		{"the reply comes before the outputs", "output/before reply", func() fault { return replyFirst() }},
		{"a reply of another type", "is_complete/all", out(wire.TypeIsCompleteReply, func(m *wire.Message, _ map[string]any) { m.Header.MsgType = wire.TypeInspectReply })},
		{"a reply on another channel", "info/control", out(wire.TypeKernelInfoReply, func(m *wire.Message, _ map[string]any) { m.Channel = wire.Shell })},
		{"replies to everybody", "execute/two clients", instead(wire.TypeExecuteReply, func(m *wire.Message) []*wire.Message {
			public := again(m)
			public.Channel, public.Identities = wire.IOPub, [][]byte{[]byte(wire.TypeExecuteReply)}
			return []*wire.Message{m, public}
		})},

		{"a parent that nobody knows", "execute/order", out(wire.TypeStream, func(m *wire.Message, _ map[string]any) {
			m.Parent = json.RawMessage(`{"msg_id":"x","msg_type":"execute_request"}`)
		})},
		{"no parent", "execute/order", out(wire.TypeStream, func(m *wire.Message, _ map[string]any) { m.Parent = json.RawMessage(`{}`) })},
		{"a parent that is null", "info/shell", out(wire.TypeStatus, func(m *wire.Message, _ map[string]any) { m.Parent = json.RawMessage(`null`) })},
		{"a parent of empty texts", "info/shell", out(wire.TypeStatus, func(m *wire.Message, _ map[string]any) { m.Parent = json.RawMessage(`{"msg_id":"","session":""}`) })},
		{"a parent without what is not known", "robust/headers", out(wire.TypeKernelInfoReply, func(m *wire.Message, _ map[string]any) {
			var h wire.Header
			if json.Unmarshal(m.Parent, &h) == nil {
				m.Parent, _ = json.Marshal(h)
			}
		})},
		{"late text goes to the cell that runs", "output/late", latest},

		{"another topic", "execute/order", out(wire.TypeStream, func(m *wire.Message, _ map[string]any) { m.Identities = [][]byte{[]byte("text")} })},
		{"two topics", "execute/order", out(wire.TypeStream, func(m *wire.Message, _ map[string]any) { m.Identities = append(m.Identities, []byte("x")) })},
		{"no topic", "info/shell", out(wire.TypeStatus, func(m *wire.Message, _ map[string]any) { m.Identities = nil })},
		{"the client's session", "info/shell", out("", func(m *wire.Message, _ map[string]any) {
			var h wire.Header
			if json.Unmarshal(m.Parent, &h) == nil {
				m.Header.Session = h.Session
			}
		})},
		{"a session for every message", "info/shell", out("", func(m *wire.Message, _ map[string]any) { m.Header.Session = wire.NewID() })},
		{"one msg_id for all", "info/shell", out("", func(m *wire.Message, _ map[string]any) { m.Header.MsgID = "same" })},
		{"a date without a zone", "info/shell", out("", func(m *wire.Message, _ map[string]any) { m.Header.Date = "2026-01-02T03:04:05" })},
		{"a version that is none", "info/shell", out("", func(m *wire.Message, _ map[string]any) { m.Header.Version = "v5" })},
		{"metadata that is null", "execute/order", out("", func(m *wire.Message, _ map[string]any) { m.Metadata = json.RawMessage("null") })},
		{"buffers where none belong", "execute/order", out(wire.TypeStream, func(m *wire.Message, _ map[string]any) { m.Buffers = [][]byte{{1}} })},
		{"it starts twice", "info/shell", startsTwice},

		{"cells are not counted", "execute/count", in(wire.TypeExecuteRequest, set("store_history", false))},
		{"all cells are counted", "execute/count", in(wire.TypeExecuteRequest, set("store_history", true))},
		{"silent cells are broadcast", "execute/silent", in(wire.TypeExecuteRequest, set("silent", false))},
		{"another count for the input", "execute/order", out(wire.TypeExecuteInput, set("execution_count", 99))},
		{"nothing is aborted", "abort/queued cells", in(wire.TypeExecuteRequest, set("stop_on_error", false))},
		{"all is aborted", "abort/not asked for", in(wire.TypeExecuteRequest, set("stop_on_error", true))},
		{"aborted cells are told as errors", "abort/queued cells", out(wire.TypeExecuteReply, func(_ *wire.Message, c map[string]any) {
			if c["status"] == wire.StatusAborted {
				c["status"] = wire.StatusError
			}
		})},
		{"user expressions are ignored", "execute/expressions", in(wire.TypeExecuteRequest, without("user_expressions"))},
		{"no payload", "execute/order", out(wire.TypeExecuteReply, without("payload"))},
		{"the pager is not asked for", "payload/page", out(wire.TypeExecuteReply, set("payload", []any{}))},
		{"no start time", "execute/started", out(wire.TypeExecuteReply, func(m *wire.Message, _ map[string]any) { m.Metadata = json.RawMessage("{}") })},
		{"no traceback", "execute/error", out(wire.TypeError, without("traceback"))},
		{"a traceback in one text", "execute/error", out(wire.TypeExecuteReply, func(_ *wire.Message, c map[string]any) {
			if c["traceback"] != nil {
				c["traceback"] = "panic"
			}
		})},
		{"errors are not published", "execute/error", instead(wire.TypeError, dropped)},
		{"errors are told twice", "execute/error", instead(wire.TypeError, twice)},
		{"the input is not published", "execute/order", instead(wire.TypeExecuteInput, dropped)},

		{"stderr as stdout", "output/streams", out(wire.TypeStream, set("name", "stdout"))},
		{"text is lost", "output/lines", everyOther},
		{"a result as a display", "execute/result", out(wire.TypeExecuteResult, func(m *wire.Message, c map[string]any) {
			m.Header.MsgType, m.Identities = wire.TypeDisplayData, [][]byte{[]byte(wire.TypeDisplayData)}
			delete(c, "execution_count")
		})},
		{"nothing is updated", "display/update", instead(wire.TypeUpdateDisplayData, dropped)},
		{"another display is updated", "display/update later", out(wire.TypeUpdateDisplayData, set("transient", map[string]any{"display_id": "x"}))},
		{"JSON as text", "display/json", out(wire.TypeDisplayData, set("data", map[string]any{"application/json": `{"a": [1, 2]}`}))},
		{"no MIME type", "display/show", out(wire.TypeDisplayData, set("data", map[string]any{"html": "<b>bold</b>"}))},
		{"metadata as a list", "display/show", out(wire.TypeDisplayData, set("metadata", []any{}))},
		{"clear_output never waits", "display/clear", out(wire.TypeClearOutput, set("wait", false))},

		{"questions to who can't answer", "stdin/not allowed", in(wire.TypeExecuteRequest, set("allow_stdin", true))},
		{"questions without a prompt", "stdin/input", out(wire.TypeInputRequest, without("prompt"))},
		{"answers are cut", "stdin/two questions", in(wire.TypeInputReply, set("value", "o"))},

		{"cursors in UTF-16", "complete/emoji", in(wire.TypeCompleteRequest, utf16Cursor)},
		{"inspection in UTF-16", "inspect/emoji", in(wire.TypeInspectRequest, utf16Cursor)},
		{"cursors in bytes", "complete/emoji", out(wire.TypeCompleteReply, func(_ *wire.Message, c map[string]any) {
			start, _ := c["cursor_start"].(float64)
			c["cursor_start"] = start + 1
		})},
		{"types that fit no match", "complete/many", out(wire.TypeCompleteReply, func(_ *wire.Message, c map[string]any) { slices.Reverse(list(c, "matches")) })},
		{"nothing is found, and yet", "inspect/none", out(wire.TypeInspectReply, set("found", true))},
		{"indent for complete code", "is_complete/all", out(wire.TypeIsCompleteReply, set("indent", ""))},

		{"history the other way round", "history/tail", out(wire.TypeHistoryReply, func(_ *wire.Message, c map[string]any) { slices.Reverse(list(c, "history")) })},
		{"history without outputs", "history/output", in(wire.TypeHistoryRequest, set("output", false))},
		{"each input again", "history/search", in(wire.TypeHistoryRequest, set("unique", false))},
		{"ranges with their end", "history/range", in(wire.TypeHistoryRequest, func(_ *wire.Message, c map[string]any) {
			if stop, has := c["stop"].(float64); has {
				c["stop"] = stop + 1
			}
		})},
		{"history of all sessions as one", "history/restart", in(wire.TypeHistoryRequest, set("session", 0))},

		{"comm_close is not sent", "comm/unknown target", instead(wire.TypeCommClose, dropped)},
		{"comm_info of all targets", "comm/info", in(wire.TypeCommInfoRequest, set("target_name", ""))},
		{"no comms in comm_info", "comm/from the kernel", out(wire.TypeCommInfoReply, set("comms", map[string]any{}))},
		{"buffers are lost", "comm/from the front end", in(wire.TypeCommMsg, func(m *wire.Message, _ map[string]any) { m.Buffers = nil })},

		{"interrupts do nothing", "interrupt/message", in(wire.TypeInterruptRequest, func(m *wire.Message, _ map[string]any) { m.Header.MsgType = "no_such_request" })},
		{"nobody is told of the end", "shutdown/for good", func() fault {
			return fault{out: func(m *wire.Message) []*wire.Message {
				if m.Header.MsgType == wire.TypeShutdownReply && m.Channel == wire.IOPub {
					return nil
				}
				return []*wire.Message{m}
			}}
		}},
		{"never a restart", "shutdown/restart", out(wire.TypeShutdownReply, set("restart", false))},
		{"no language_info", "info/shell", out(wire.TypeKernelInfoReply, without("language_info"))},
		{"another language", "info/shell", out(wire.TypeKernelInfoReply, func(_ *wire.Message, c map[string]any) {
			c["language_info"].(map[string]any)["name"] = "python"
		})},
		{"features that are null", "info/shell", out(wire.TypeKernelInfoReply, set("supported_features", nil))},
		{"answers to what is not known", "robust/unknown type", func() fault {
			return fault{in: func(m *wire.Message) {
				if m.Header.MsgType == "no_such_request" {
					m.Header.MsgType = wire.TypeKernelInfoRequest
				}
			}}
		}},
		{"a field that nobody knows", "execute/order", out(wire.TypeStream, set("more", 1))},
	}
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
