package conformance_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/kernel/wire"
)

const commCell = `var value atomic.Int64
if err := display.RegisterTarget("echo", func(c *display.Comm, m display.CommMessage) {
	c.OnMessage(func(m display.CommMessage) {
		var v int64
		m.Decode(&v)
		value.Store(v)
		fmt.Print("got ", v)
		c.Send(m.Data, m.Buffers...)
	})
	c.OnClose(func(m display.CommMessage) { fmt.Print("closed") })
}); err != nil {
	panic(err)
}
c := display.NewComm("chart")
if err := c.Open(map[string]int{"n": 1}, map[string]string{"version": "2.1.0"}, []byte{1, 0, 2}); err != nil {
	panic(err)
}`

// sendComm sends a message of a comm with metadata and buffers.
func (k *kernel) sendComm(msgType string, content any, buffers ...[]byte) *wire.Message {
	k.Helper()
	m, err := k.Sender.Publish(nil, msgType, content)
	if err != nil {
		k.Fatal(err)
	}
	m.Channel, m.Identities, m.Metadata, m.Buffers = wire.Shell, nil, []byte(`{"version":"2.1.0"}`), buffers
	frames, err := m.Encode(k.Signer)
	if err != nil {
		k.Fatal(err)
	}
	k.Shell.Send(frames)
	return m
}

// about waits for all that is published about a message.
func (k *kernel) about(m *wire.Message, types ...string) (published []*wire.Message, text string) {
	k.Helper()
	a, err := k.CollectPublished(k.ctx, m)
	if err != nil {
		k.Fatal(err)
	}
	if !reflect.DeepEqual(a.Types(), types) {
		k.Errorf("about %s, published were %v, want %v; errors %v", m.Header.MsgType, a.Types(), types, a.Errors())
	}
	return a.Published, a.Text(wire.Stdout)
}

// awaitStream waits until a cell has written something.
func (k *kernel) awaitStream(cell *wire.Message) {
	k.Helper()
	for {
		m, err := k.Receive(k.ctx, wire.IOPub)
		if err != nil {
			k.Fatal(err)
		}
		if m.ParentID() == cell.Header.MsgID && m.Header.MsgType == wire.TypeStream {
			return
		}
	}
}

func TestComms(t *testing.T) {
	k := start(t)
	a, err := k.Execute(k.ctx, commCell)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"busy", "execute_input", "comm_open", "idle"}; !reflect.DeepEqual(a.Types(), want) {
		t.Fatalf("published %v, want %v; errors %v", a.Types(), want, a.Errors())
	}
	m := a.Published[2]
	var chart wire.CommOpen
	if err := m.DecodeContent(&chart); err != nil {
		t.Fatal(err)
	}
	if chart.TargetName != "chart" || string(chart.Data) != `{"n":1}` || string(m.Metadata) != `{"version":"2.1.0"}` || !reflect.DeepEqual(m.Buffers, [][]byte{{1, 0, 2}}) {
		t.Errorf("comm_open %s with metadata %s and buffers %v", m.Content, m.Metadata, m.Buffers)
	}
	k.about(k.sendComm(wire.TypeCommOpen, wire.CommOpen{CommID: "e", TargetName: "echo", Data: []byte("{}")}), "busy", "idle")

	// While a cell runs, messages come, are answered, and change what it sees.
	run, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "fmt.Println(\"begun\")\nfor value.Load() != 3 {}\nvalue.Load()"})
	if err != nil {
		t.Fatal(err)
	}
	k.awaitStream(run)
	for _, value := range []string{"1", "2", "3"} {
		published, text := k.about(k.sendComm(wire.TypeCommMsg, wire.CommMsg{CommID: "e", Data: []byte(value)}, []byte("b"), nil), "busy", "stream", "comm_msg", "idle")
		if m := published[2]; text != "got "+value || string(m.Content) != `{"comm_id":"e","data":`+value+`}` || len(m.Buffers) != 2 || string(m.Buffers[0]) != "b" {
			t.Errorf("about %s: text %q, message %s with buffers %q", value, text, m.Content, m.Buffers)
		}
	}
	if a, err = k.Collect(k.ctx, run); err != nil {
		t.Fatal(err)
	}
	if r, err := a.ExecuteReply(); err != nil || r.Status != wire.StatusOK {
		t.Errorf("the cell that waited: %+v, %v", r, err)
	}

	for target, want := range map[string]string{
		"":      fmt.Sprintf(`{%q:{"target_name":"chart"},"e":{"target_name":"echo"}}`, chart.CommID),
		"echo":  `{"e":{"target_name":"echo"}}`,
		"other": `{}`,
	} {
		a, err := k.Ask(k.ctx, wire.Shell, wire.TypeCommInfoRequest, wire.CommInfoRequest{TargetName: target})
		if err != nil {
			t.Fatal(err)
		}
		if got := string(a.Reply.Content); got != `{"status":"ok","comms":`+want+`}` {
			t.Errorf("comms of target %q: %s", target, got)
		}
	}
	if _, text := k.about(k.sendComm(wire.TypeCommClose, wire.CommClose{CommID: "e", Data: []byte("{}")}), "busy", "stream", "idle"); text != "closed" {
		t.Errorf("closing prints %q", text)
	}
	k.about(k.sendComm(wire.TypeCommMsg, wire.CommMsg{CommID: "e", Data: []byte("4")}), "busy", "idle")
	if got := k.result("value.Load()"); got != "3" {
		t.Errorf("value is %s after a message on a closed comm, want 3", got)
	}
}

// A worker that dies takes its comms with it; front ends are told.
func TestCommsOfADeadSession(t *testing.T) {
	k := start(t)
	if _, err := k.Execute(k.ctx, commCell); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Send(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: "syscall.Kill(os.Getpid(), syscall.SIGKILL)"}); err != nil {
		t.Fatal(err)
	}
	for {
		m, err := k.Receive(k.ctx, wire.IOPub)
		if err != nil {
			t.Fatal("no comm_close: ", err)
		}
		if m.Header.MsgType == wire.TypeCommClose {
			break
		}
	}
	a, err := k.Ask(k.ctx, wire.Shell, wire.TypeCommInfoRequest, wire.CommInfoRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if got := string(a.Reply.Content); !strings.Contains(got, `"comms":{}`) {
		t.Errorf("comms of the fresh session: %s", got)
	}
}
