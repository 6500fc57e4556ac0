package comm

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/wire"
)

// front is a front end that writes down what it is sent.
type front struct {
	got []string
	err error
}

func (f *front) publish(parent *wire.Message, msgType string, content any, metadata json.RawMessage, buffers [][]byte) error {
	about := "-"
	if parent != nil {
		about = parent.Header.MsgID
	}
	raw, err := json.Marshal(content)
	if err != nil {
		return err
	}
	f.got = append(f.got, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s", about, msgType, raw, metadata, strings.Join(toStrings(buffers), ","))))
	return f.err
}

func toStrings(list [][]byte) (out []string) {
	for _, b := range list {
		out = append(out, string(b))
	}
	return out
}

func (f *front) expect(t *testing.T, want ...string) {
	t.Helper()
	if strings.Join(f.got, "\n") != strings.Join(want, "\n") {
		t.Errorf("sent\n\t%s\nwant\n\t%s", strings.Join(f.got, "\n\t"), strings.Join(want, "\n\t"))
	}
	f.got = nil
}

func request(msgType, content string) *wire.Message {
	return &wire.Message{
		Header: wire.Header{MsgID: "request", MsgType: msgType}, Content: json.RawMessage(content),
		Metadata: json.RawMessage(`{"version":"2.1.0"}`), Buffers: [][]byte{[]byte("pixels")},
	}
}

// telling is a handler that writes down what it is told.
func telling(told *[]string) display.CommHandler {
	tell := func(what string) func(display.CommMessage) {
		return func(m display.CommMessage) {
			*told = append(*told, fmt.Sprintf("%s %s %s %s", what, m.Data, m.Metadata, strings.Join(toStrings(m.Buffers), ",")))
		}
	}
	return display.CommHandler{Open: tell("open"), Message: tell("message"), Close: tell("close")}
}

func message(data string, buffers ...[]byte) display.CommMessage {
	return display.CommMessage{Data: json.RawMessage(data), Metadata: json.RawMessage("{}"), Buffers: buffers}
}

func receive(t *testing.T, m *Manager, msgType, content string) {
	t.Helper()
	call, err := m.Receive(request(msgType, content))
	if err != nil {
		t.Fatal(err)
	}
	call()
}

func TestFromTheKernel(t *testing.T) {
	var f front
	var told []string
	m := New(f.publish)
	cell := request("execute_request", "{}")
	buffer := []byte("abc")
	open := display.CommMessage{Data: json.RawMessage("1"), Metadata: json.RawMessage(`{"v":1}`), Buffers: [][]byte{buffer}}
	if err := m.Open(cell, "a", "chart", open, telling(&told)); err != nil {
		t.Fatal(err)
	}
	if err := m.Send(nil, "a", message("2", buffer, nil)); err != nil {
		t.Fatal(err)
	}
	receive(t, m, "comm_msg", `{"comm_id":"a","data":{"x":1}}`)
	receive(t, m, "comm_msg", `{"comm_id":"a"}`)
	if err := m.Close(cell, "a", message("3")); err != nil {
		t.Fatal(err)
	}
	f.expect(t,
		`request comm_open {"comm_id":"a","target_name":"chart","data":1} {"v":1} abc`,
		`- comm_msg {"comm_id":"a","data":2} {} abc,`,
		`request comm_close {"comm_id":"a","data":3} {}`)
	if want := []string{`message {"x":1} {"version":"2.1.0"} pixels`, `message {} {"version":"2.1.0"} pixels`}; !reflect.DeepEqual(told, want) {
		t.Errorf("the handler was told %q, want %q", told, want)
	}
}

func TestBuffersAreCopied(t *testing.T) {
	var sent [][]byte
	m := New(func(_ *wire.Message, _ string, _ any, _ json.RawMessage, buffers [][]byte) error {
		sent = buffers
		return nil
	})
	buffer := []byte("abc")
	if err := m.Open(nil, "a", "chart", message("1", buffer), display.CommHandler{}); err != nil {
		t.Fatal(err)
	}
	if buffer[0] = 'x'; string(sent[0]) != "abc" {
		t.Errorf("what was sent changes with the caller's buffer: %q", sent)
	}
}

func TestFromTheFrontEnd(t *testing.T) {
	var f front
	var told []string
	m := New(f.publish)
	if err := m.Register("echo", func(id string) display.CommHandler {
		told = append(told, "accept "+id)
		return telling(&told)
	}); err != nil {
		t.Fatal(err)
	}
	receive(t, m, "comm_open", `{"comm_id":"b","target_name":"echo","data":{"x":1}}`)
	if got := m.Info("echo"); len(got) != 1 || got["b"].TargetName != "echo" || len(m.Info("other")) != 0 || len(m.Info("")) != 1 {
		t.Errorf("open are %v", m.Info(""))
	}
	receive(t, m, "comm_msg", `{"comm_id":"b","data":{}}`)
	if err := m.Send(request("x", ""), "b", message("2")); err != nil {
		t.Fatal(err)
	}
	receive(t, m, "comm_close", `{"comm_id":"b","data":{"bye":1}}`)
	f.expect(t, `request comm_msg {"comm_id":"b","data":2} {}`)
	want := []string{"accept b", `open {"x":1} {"version":"2.1.0"} pixels`, `message {} {"version":"2.1.0"} pixels`, `close {"bye":1} {"version":"2.1.0"} pixels`}
	if !reflect.DeepEqual(told, want) {
		t.Errorf("the handler was told %q, want %q", told, want)
	}
	if got := m.Info(""); len(got) != 0 {
		t.Errorf("after closing, open are %v", got)
	}
}

// What front ends do wrong is answered by the protocol's rules.
func TestWrongMessages(t *testing.T) {
	var f front
	m := New(f.publish)
	if err := m.Register("none", func(string) display.CommHandler { return display.CommHandler{} }); err != nil {
		t.Fatal(err)
	}
	if err := m.Open(nil, "a", "none", message("{}"), display.CommHandler{}); err != nil {
		t.Fatal(err)
	}
	f.got = nil
	for _, tt := range []struct{ msgType, content, err, sent string }{
		{"comm_open", `{"comm_id":"b","target_name":"nobody"}`, `comm_open: nobody has registered the target "nobody"`, `request comm_close {"comm_id":"b","data":{}}`},
		{"comm_open", `{"comm_id":"","target_name":"none"}`, `comm_open: its comm_id is empty`, `request comm_close {"comm_id":"","data":{}}`},
		{"comm_open", `{"comm_id":"a","target_name":"none"}`, `comm_open: a comm with the id a is open already`, ""},
		{"comm_open", `{"comm_id":7}`, `comm_open: content of comm_open`, ""},
		{"comm_msg", `{"comm_id":"b"}`, `comm_msg: comm b: it is not open`, ""},
		{"comm_msg", `{"comm_id":7}`, `comm_msg: content of comm_msg`, ""},
		{"comm_close", `{"comm_id":"b"}`, `comm_close: comm b: it is not open`, ""},
		{"comm_close", `[]`, `comm_close: content of comm_close`, ""},
		{"status", `{}`, `status: no message of a comm`, ""},
		{"comm_msg", `{"comm_id":"a"}`, "", ""}, // nobody listens
	} {
		call, err := m.Receive(request(tt.msgType, tt.content))
		if call != nil {
			t.Errorf("%s %s has a handler", tt.msgType, tt.content)
		}
		if (err == nil) != (tt.err == "") || err != nil && !strings.HasPrefix(err.Error(), tt.err) {
			t.Errorf("%s %s: error %v, want %s…", tt.msgType, tt.content, err, tt.err)
		}
		if tt.sent == "" {
			f.expect(t)
		} else {
			f.expect(t, tt.sent)
		}
	}
}

func TestFailed(t *testing.T) {
	var f front
	m := New(f.publish)
	if err := m.Register("t", func(string) display.CommHandler { return display.CommHandler{Open: func(display.CommMessage) {}} }); err != nil {
		t.Fatal(err)
	}
	in := request("comm_open", `{"comm_id":"a","target_name":"t"}`)
	if _, err := m.Receive(in); err != nil {
		t.Fatal(err)
	}
	for _, failed := range []*wire.Message{request("comm_msg", `{"comm_id":"a"}`), in, in} { // at last it is closed already
		if err := m.Failed(failed); err != nil {
			t.Error(err)
		}
	}
	f.expect(t, `request comm_close {"comm_id":"a","data":{}}`)
	if len(m.Info("")) != 0 {
		t.Errorf("open are %v", m.Info(""))
	}
}

func TestBounds(t *testing.T) {
	m := New((&front{}).publish)
	for i := range MaxOpen {
		if err := m.Open(nil, fmt.Sprint(i), "t", message("{}"), display.CommHandler{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Open(nil, "more", "t", message("{}"), display.CommHandler{}); err == nil || !strings.Contains(err.Error(), "10000 comms are open") {
		t.Errorf("one too many: %v", err)
	}
}

func TestErrors(t *testing.T) {
	gone := errors.New("gone")
	f := front{err: gone}
	m := New(f.publish)
	if err := m.Open(nil, "a", "t", message("{}"), display.CommHandler{}); !errors.Is(err, gone) || len(m.Info("")) != 0 {
		t.Errorf("a comm that could not be sent: error %v, open %v", err, m.Info(""))
	}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{m.Send(nil, "a", message("{}")), "it is not open"},
		{m.Close(nil, "a", message("{}")), "it is not open"},
		{m.Register("", func(string) display.CommHandler { return display.CommHandler{} }), "its name is empty"},
		{m.Register("t", nil), "there is no such target"},
	} {
		if tt.err == nil || tt.err.Error() != tt.want {
			t.Errorf("error %v, want %s", tt.err, tt.want)
		}
	}
}

func TestEnd(t *testing.T) {
	var f front
	m := New(f.publish)
	if err := m.Open(nil, "a", "t", message("{}"), display.CommHandler{}); err != nil {
		t.Fatal(err)
	}
	f.got = nil
	if err := errors.Join(m.End(), m.End()); err != nil {
		t.Fatal(err)
	}
	f.expect(t, `- comm_close {"comm_id":"a","data":{}}`)
	for _, err := range []error{m.Send(nil, "a", message("{}")), m.Open(nil, "b", "t", message("{}"), display.CommHandler{})} {
		if !errors.Is(err, errEnded) {
			t.Errorf("error %v, want %v", err, errEnded)
		}
	}
}
