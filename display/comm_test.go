package display

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// commRecorder is a sink whose front end takes comms.
type commRecorder struct {
	recorder
	said     []string
	handler  CommHandler
	accept   func(string) CommHandler
	commsErr error
}

func (r *commRecorder) note(format string, args ...any) error {
	r.said = append(r.said, fmt.Sprintf(format, args...))
	return r.commsErr
}

func (r *commRecorder) OpenComm(_, target string, m CommMessage, h CommHandler) error {
	r.handler = h
	return r.note("open %s %s %s %q", target, m.Data, m.Metadata, m.Buffers)
}

func (r *commRecorder) SendComm(_ string, m CommMessage) error {
	return r.note("send %s %s %q", m.Data, m.Metadata, m.Buffers)
}

func (r *commRecorder) CloseComm(_ string, m CommMessage) error { return r.note("close %s", m.Data) }

func (r *commRecorder) RegisterTarget(name string, accept func(string) CommHandler) error {
	r.accept = accept
	return r.note("target %s %v", name, accept != nil)
}

func (r *commRecorder) expect(t *testing.T, want ...string) {
	t.Helper()
	if strings.Join(r.said, "\n") != strings.Join(want, "\n") {
		t.Errorf("sent %q, want %q", r.said, want)
	}
	r.said = nil
}

// before stands before a sink, as a filter does.
type before struct{ Sink }

func (b before) Unwrap() Sink { return b.Sink }

func TestComm(t *testing.T) {
	r := &commRecorder{}
	p := To(before{r})
	c := p.NewComm("chart")
	var got []string
	c.OnMessage(func(m CommMessage) {
		var v struct{ X int }
		err := m.Decode(&v)
		got = append(got, fmt.Sprint(v.X, err))
	})
	if err := c.Open(map[string]int{"n": 1}, map[string]string{"version": "2"}, []byte("a"), []byte("b")); err != nil {
		t.Fatal(err)
	}
	err := errors.Join(c.Send(nil), c.Send([]int{1}, []byte("c")), c.Close("bye"))
	if err != nil {
		t.Fatal(err)
	}
	r.expect(t, `open chart {"n":1} {"version":"2"} ["a" "b"]`, `send {} {} []`, `send [1] {} ["c"]`, `close "bye"`)
	r.handler.Message(CommMessage{Data: json.RawMessage(`{"X":3}`)})
	r.handler.Close(CommMessage{}) // nobody asked to be told
	c.OnMessage(nil)
	r.handler.Message(CommMessage{Data: json.RawMessage(`{"X":4}`)})
	c.OnClose(func(m CommMessage) { got = append(got, "closed "+string(m.Data)) })
	r.handler.Close(CommMessage{Data: json.RawMessage(`{}`)})
	if want := []string{"3 <nil>", "closed {}"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("handlers were told %q, want %q", got, want)
	}
	if other := p.NewComm("chart"); c.ID() == other.ID() || c.Target() != "chart" {
		t.Errorf("two comms have one id, or the target is %q", c.Target())
	}
}

func TestRestoreComm(t *testing.T) {
	r := &commRecorder{}
	c := To(r).NewComm("chart")
	n := 1
	c.OnRestore(func() (any, [][]byte) { return map[string]int{"n": n}, [][]byte{[]byte("a")} })
	if err := c.Open(nil, nil); err != nil {
		t.Fatal(err)
	}
	n = 2
	if m, err := r.handler.Restore(); err != nil || string(m.Data) != `{"n":2}` || len(m.Buffers) != 1 {
		t.Errorf("restored with %s and %d buffers, error %v", m.Data, len(m.Buffers), err)
	}
	plain := To(r).NewComm("chart")
	if err := plain.Open(nil, nil); err != nil || r.handler.Restore != nil {
		t.Errorf("a comm that nobody can restore: error %v, Restore %t", err, r.handler.Restore != nil)
	}
}

func TestCommTarget(t *testing.T) {
	r := &commRecorder{}
	p := To(r)
	var comm *Comm
	var first string
	if err := p.RegisterTarget("echo", func(c *Comm, m CommMessage) { comm, first = c, string(m.Data) }); err != nil {
		t.Fatal(err)
	}
	r.accept("id").Open(CommMessage{Data: json.RawMessage("1")})
	if comm.ID() != "id" || comm.Target() != "echo" || first != "1" {
		t.Errorf("the target was given comm %q of %q with %s", comm.ID(), comm.Target(), first)
	}
	if err := errors.Join(comm.Send(2), p.UnregisterTarget("echo")); err != nil {
		t.Error(err)
	}
	r.expect(t, "target echo true", "send 2 {} []", "target echo false")
}

func TestCommErrors(t *testing.T) {
	r := &commRecorder{commsErr: errors.New("gone")}
	plain := To(&recorder{})
	open := func(*Comm, CommMessage) {}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{plain.NewComm("x").Open(nil, nil), `open the comm to "x": nobody is here who takes comms`},
		{plain.NewComm("x").Send(nil), `send on the comm to "x": nobody is here`},
		{plain.RegisterTarget("x", open), `register the comm target "x": nobody is here`},
		{plain.UnregisterTarget("x"), `unregister the comm target "x": nobody is here`},
		{To(r).RegisterTarget("x", nil), `register the comm target "x": the function that takes its comms is nil`},
		{To(r).RegisterTarget("x", open), `register the comm target "x": gone`},
		{To(r).NewComm("x").Close(nil), `close the comm to "x": gone`},
		{To(r).NewComm("x").Send(func() {}), `send on the comm to "x": writing its data: json: unsupported type`},
		{To(r).NewComm("x").Open(nil, 7), `open the comm to "x": writing its metadata: int is no JSON object`},
		{restoreError(r), "writing its data: json: unsupported type"},
		{CommMessage{Data: json.RawMessage("{}")}.Decode(new(int)), "reading the data of a comm message: json: cannot unmarshal"},
	} {
		if tt.err == nil || !strings.HasPrefix(tt.err.Error(), tt.want) {
			t.Errorf("error %v, want %s…", tt.err, tt.want)
		}
	}
}

func restoreError(r *commRecorder) error {
	c := To(r).NewComm("x")
	c.OnRestore(func() (any, [][]byte) { return func() {}, nil })
	_ = c.Open(nil, nil) // the recorder says that it is gone
	_, err := r.handler.Restore()
	return err
}
