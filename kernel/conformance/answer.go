package conformance

import (
	"encoding/json"
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
)

// Answer is all that a kernel sent about one request.
type Answer struct {
	Request   *wire.Message
	Reply     *wire.Message   // nil if it was not waited for
	Published []*wire.Message // on IOPub, from busy to idle
}

// state is what a status message tells, "" for other messages.
func state(m *wire.Message) wire.ExecutionState {
	var s wire.Status
	if m.Header.MsgType != wire.TypeStatus || m.DecodeContent(&s) != nil {
		return ""
	}
	return s.ExecutionState
}

// Types lists the types of what was published, and the states of status.
func (a *Answer) Types() []string {
	var types []string
	for _, m := range a.Published {
		t := m.Header.MsgType
		if s := state(m); s != "" {
			t = string(s)
		}
		types = append(types, t)
	}
	return types
}

// Of lists what was published of a type.
func (a *Answer) Of(msgType string) []*wire.Message {
	var list []*wire.Message
	for _, m := range a.Published {
		if m.Header.MsgType == msgType {
			list = append(list, m)
		}
	}
	return list
}

// Text joins what was published on stdout or stderr.
func (a *Answer) Text(name string) string {
	var text strings.Builder
	for _, m := range a.Of(wire.TypeStream) {
		var s wire.Stream
		if m.DecodeContent(&s) == nil && s.Name == name {
			text.WriteString(s.Text)
		}
	}
	return text.String()
}

// Errors lists the errors that were published.
func (a *Answer) Errors() []wire.ErrorContent {
	var list []wire.ErrorContent
	for _, m := range a.Of(wire.TypeError) {
		var e wire.ErrorContent
		if m.DecodeContent(&e) == nil {
			list = append(list, e)
		}
	}
	return list
}

// Result is the value that a cell has shown; the zero one if it has shown none.
func (a *Answer) Result() wire.ExecuteResult {
	var r wire.ExecuteResult
	for _, m := range a.Of(wire.TypeExecuteResult) {
		if m.DecodeContent(&r) != nil {
			return wire.ExecuteResult{}
		}
	}
	return r
}

// ExecuteReply reads the reply to a cell.
func (a *Answer) ExecuteReply() (wire.ExecuteReply, error) {
	var r wire.ExecuteReply
	if a.Reply == nil {
		return r, errNoReply
	}
	return r, a.Reply.DecodeContent(&r)
}

// Status is the reply's status; "" without one.
func (a *Answer) Status() string {
	var s struct {
		Status string `json:"status"`
	}
	if a.Reply == nil || json.Unmarshal(a.Reply.Content, &s) != nil {
		return ""
	}
	return s.Status
}
