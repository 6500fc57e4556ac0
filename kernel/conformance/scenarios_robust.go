package conformance

import (
	"fmt"
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
)

func robustScenarios() []Scenario {
	return []Scenario{
		{"robust/unknown type", secWire, false, robustUnknown},
		{"robust/extra fields", secWire, false, robustExtra},
		{"robust/null fields", secWire, false, robustNull},
		{"robust/wrong types", secWire, false, robustWrong},
		{"robust/missing fields", secWire, false, robustMissing},
		{"robust/headers", secWire, false, robustHeaders},
		{"robust/long cell", secWire, false, robustLong},
	}
}

// well runs a cell: the kernel is well if it does.
func (t *T) well() { Equal(t, "a cell after it", t.Value(t.Lang.Value), "42") }

// Messages of types that the kernel doesn't know are not answered. The judge blames
// an answer.
func robustUnknown(t *T) {
	for _, c := range []wire.Channel{wire.Shell, wire.Control} {
		t.Request(c, "no_such_request", wire.Empty{})
		t.Request(c, wire.TypeExecuteReply, wire.Empty{})
	}
	t.Request(wire.Stdin, wire.TypeKernelInfoRequest, map[string]any{})
	t.forgive(wire.TypeKernelInfoRequest)
	t.well()
}

// forgive expects no answer to requests of a type that were sent so far.
func (t *T) forgive(msgType string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.judge.requests {
		p.hopeless = p.hopeless || p.msgType == msgType && p.replies == 0
	}
}

// Fields that are not known are ignored.
func robustExtra(t *T) {
	a, r := t.Reply(t.Request(wire.Shell, wire.TypeExecuteRequest, map[string]any{
		"code": t.Lang.Value, "store_history": true, "future": map[string]any{"a": []any{nil}}, "Code2": 1,
	}), wire.StatusOK)
	Equal(t, "result", a.Result().Data["text/plain"], any("42"))
	Equal(t, "payload", len(r.Payload), 0)
	t.Answer(wire.TypeIsCompleteRequest, map[string]any{"code": t.Lang.Whole[0], "more": 1})
	t.Ask(wire.Control, wire.TypeKernelInfoRequest, map[string]any{"more": "x"}, &wire.ErrorReply{})
}

// null stands for a field that is not there.
func robustNull(t *T) {
	if !t.Ours {
		t.Skip("the protocol does not say what null means")
	}
	a, _ := t.Reply(t.Request(wire.Shell, wire.TypeExecuteRequest, map[string]any{
		"code": t.Lang.Value, "silent": nil, "store_history": nil, "user_expressions": nil, "allow_stdin": nil, "stop_on_error": nil,
	}), wire.StatusOK)
	Equal(t, "result", a.Result().Data["text/plain"], any("42"))
	t.Answer(wire.TypeHistoryRequest, map[string]any{"hist_access_type": "tail", "n": 1, "session": nil, "start": nil, "stop": nil, "pattern": nil, "unique": nil, "output": nil, "raw": nil})
	t.Answer(wire.TypeCommInfoRequest, map[string]any{"target_name": nil})
	t.Answer(wire.TypeCompleteRequest, map[string]any{"code": t.Lang.Complete.Code, "cursor_pos": nil})
}

// robustAsks are the requests that have contents.
var robustAsks = []string{
	wire.TypeExecuteRequest, wire.TypeCompleteRequest, wire.TypeInspectRequest, wire.TypeIsCompleteRequest, wire.TypeHistoryRequest, wire.TypeCommInfoRequest,
}

// Fields of wrong types make a request fail. It is answered all the same.
func robustWrong(t *T) {
	if !t.Ours {
		t.Skip("the protocol does not say what a kernel makes of it")
	}
	for _, msgType := range robustAsks {
		a := t.Answer(msgType, map[string]any{"code": 7, "cursor_pos": "x", "hist_access_type": []any{}, "target_name": 3, "n": "all"})
		Equal(t, "status of the answer to "+msgType, a.Status(), wire.StatusError)
		var e wire.ErrorReply
		t.Read(a.Reply, &e)
		if e.Name == "" || !strings.Contains(e.Value, msgType) {
			t.Errorf("%s is answered with %s", msgType, a.Reply.Content)
		}
	}
	a := t.Answer(wire.TypeExecuteRequest, map[string]any{"code": t.Lang.Value, "user_expressions": "x"})
	Equal(t, "status with user_expressions that are none", a.Status(), wire.StatusError)
	for _, msgType := range []string{wire.TypeCommOpen, wire.TypeCommMsg, wire.TypeCommClose} {
		m := t.Request(wire.Shell, msgType, map[string]any{"comm_id": 5, "target_name": []any{}, "data": 1})
		_, err := t.CollectPublished(t.Ctx, m)
		t.Must(err)
	}
	t.well()
}

// What must be there and isn't makes a request fail.
func robustMissing(t *T) {
	if !t.Ours {
		t.Skip("the protocol does not say what a kernel makes of it")
	}
	for _, msgType := range robustAsks[:4] {
		Equal(t, "status of the answer to "+msgType, t.Answer(msgType, wire.Empty{}).Status(), wire.StatusError)
	}
	for _, msgType := range robustAsks[4:] {
		Equal(t, "status of the answer to "+msgType, t.Answer(msgType, wire.Empty{}).Status(), wire.StatusOK)
	}
	t.well()
}

// Headers are given back as they came, whatever else they say.
func robustHeaders(t *T) {
	for _, header := range []string{
		`{"msg_type":"kernel_info_request",  "msg_id":"%s","session":"s","username":"ü \u00e9","date":"2001-02-03T04:05:06.000001Z","version":"5.0","more":{"a":[1]}}`,
		`{"version":"9.9.9","date":"yesterday","username":"","session":"","msg_id":"%s","msg_type":"kernel_info_request"}`,
		`{"msg_id":"%s","msg_type":"kernel_info_request"}`,
		`{"msg_id":"%s \" \\ \n","msg_type":"kernel_info_request","date":null,"session":null,"username":null,"version":null}`,
	} {
		m, err := t.Make(wire.Shell, wire.TypeKernelInfoRequest, wire.Empty{})
		t.Must(err)
		if !t.Ours && !strings.Contains(header, "2001") {
			continue // the protocol wants the fields that are left out
		}
		id := wire.NewID()
		m.RawHeader = []byte(strings.ReplaceAll(header, "%s", id))
		m.Header = wire.Header{MsgType: wire.TypeKernelInfoRequest}
		var h struct {
			MsgID string `json:"msg_id"`
		}
		t.Must(jsonObject(m.RawHeader, &h))
		m.Header.MsgID = h.MsgID
		t.Must(t.Post(m))
		t.Done(m)
	}
}

// A cell of several megabytes runs.
func robustLong(t *T) {
	want := strings.Repeat("x", 4<<20)
	a, _ := t.OK(fmt.Sprintf(t.Lang.Assign, "long", 1) + "\n" + fmt.Sprintf(t.Lang.Print, want[:100]) + "\n" + t.comment() + want)
	Equal(t, "stdout", a.Text(wire.Stdout), want[:100])
	var in wire.ExecuteInput
	t.Read(a.Of(wire.TypeExecuteInput)[0], &in)
	if !strings.HasSuffix(in.Code, want) {
		t.Errorf("execute_input holds %d bytes of code", len(in.Code))
	}
}

// comment begins a line that is not run.
func (t *T) comment() string {
	if t.Lang.Name == "python" {
		return "# "
	}
	return "// "
}
