package conformance_test

import (
	"encoding/json"
	"slices"

	"github.com/nascent-go/nascent/kernel/wire"
)

// kernels are the broken ones.
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

		{"subshells are the main shell", "subshell/busy", in(wire.TypeExecuteRequest, func(m *wire.Message, _ map[string]any) { m.Header.SubshellID = "" })},
		{"no subshell is listed", "subshell/list", out(wire.TypeListSubshellReply, set("subshell_id", []string{}))},
		{"every subshell can be deleted", "subshell/unknown", out(wire.TypeDeleteSubshellReply, func(_ *wire.Message, c map[string]any) {
			clear(c)
			c["status"] = wire.StatusOK
		})},
		{"questions of no subshell", "subshell/stdin", out(wire.TypeInputRequest, func(m *wire.Message, _ map[string]any) { m.Header.SubshellID = "" })},
		{"passwords are shown", "stdin/password", out(wire.TypeInputRequest, set("password", false))},

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
