package magic

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/nascent-go/nascent/kernel/session"
	"github.com/nascent-go/nascent/kernel/wire"
)

// The payloads of commands arrive in the reply, and a page is exactly one.
func TestSessionSendsPayloads(t *testing.T) {
	replies := make(chan *wire.Message, 1)
	s := session.New(session.Options{Env: newNotebook(t, Config{}).env, Logf: t.Logf, Emit: func(m *wire.Message) {
		if m.Header.MsgType == wire.TypeExecuteReply {
			replies <- m
		}
	}})
	defer s.Close()
	for _, c := range []struct{ code, source, text string }{
		{"%help", "page", "A cell is Go."},
		{"strings.Cut?", "page", "func Cut("},
		{"%page 6 * 7", "page", "42"},
		{"%%fmt\nx:=1", "set_next_input", "x := 1"},
		{"%quit", "ask_exit", ""},
		{"1", "", ""},
	} {
		content, err := json.Marshal(wire.ExecuteRequest{Code: c.code, StoreHistory: true})
		if err != nil {
			t.Fatal(err)
		}
		s.Handle(&wire.Message{
			Channel: wire.Shell, Header: wire.Header{MsgID: "m", MsgType: wire.TypeExecuteRequest, Session: "front"}, RawHeader: json.RawMessage(`{"msg_id": "m"}`),
			Parent: json.RawMessage("{}"), Metadata: json.RawMessage("{}"), Content: content,
		})
		var reply wire.ExecuteReply
		select {
		case m := <-replies:
			if err := m.DecodeContent(&reply); err != nil {
				t.Fatal(err)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s is not answered", c.code)
		}
		if c.source == "" {
			if reply.Status != wire.StatusOK || len(reply.Payload) > 0 {
				t.Errorf("%s: %s with payload %v", c.code, reply.Status, reply.Payload)
			}
			continue
		}
		if reply.Status != wire.StatusOK || len(reply.Payload) != 1 || reply.Payload[0].Source != c.source {
			t.Fatalf("%s: %s with payload %v; want one from %s", c.code, reply.Status, reply.Payload, c.source)
		}
		p := reply.Payload[0]
		text := p.Text
		if c.source == "page" {
			text, _ = p.Data["text/plain"].(string)
		}
		if !strings.HasPrefix(text, c.text) {
			t.Errorf("%s: the payload says %q; want %q", c.code, text, c.text)
		}
	}
}
