package session

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/kernel/cell"
	"github.com/nascent-go/nascent/kernel/wire"
)

// script is an environment whose cells are functions of the test.
type script struct {
	cells    map[string]func(ctx context.Context, in cell.Input) (cell.Outcome, error)
	complete func(src string, pos int) cell.Completion
	inspect  func(src string, pos, detail int) cell.Inspection
}

func (e *script) Run(ctx context.Context, in cell.Input) (cell.Outcome, error) {
	run, ok := e.cells[in.Source]
	if !ok {
		return cell.Outcome{}, fault{"compile error", "no such cell: " + in.Source}
	}
	return run(ctx, in)
}

func (e *script) Call(_ context.Context, _ cell.Input, f func()) error {
	f()
	return nil
}

func (e *script) Complete(_ context.Context, src string, pos int) cell.Completion {
	return e.complete(src, pos)
}

func (e *script) Inspect(_ context.Context, src string, pos, detail int) cell.Inspection {
	return e.inspect(src, pos, detail)
}

func (e *script) IsComplete(src string) cell.Completeness {
	switch {
	case strings.HasSuffix(src, "{"):
		return cell.Completeness{Status: "incomplete", Indent: "    "}
	case src == "?":
		return cell.Completeness{}
	}
	return cell.Completeness{Status: "complete"}
}

// fault is a failure of a scripted cell.
type fault struct{ name, text string }

func (f fault) Error() string { return f.text }
func (f fault) Name() string  { return f.name }
func (f fault) Traceback(color bool) []string {
	return []string{f.name, fmt.Sprintf("%s (colour: %v)", f.text, color)}
}

// value is a cell that has values.
func value(values ...any) func(context.Context, cell.Input) (cell.Outcome, error) {
	return func(context.Context, cell.Input) (cell.Outcome, error) {
		return cell.Outcome{Values: plain(values...)}, nil
	}
}

// plain makes values whose text form is known: what display makes of a string is not the matter here.
func plain(values ...any) []any {
	for i, v := range values {
		if text, ok := v.(string); ok {
			values[i] = textBundle(text)
		}
	}
	return values
}

func textBundle(text string) display.Bundle {
	return display.Bundle{Data: map[string]any{display.MIMEPlain: text}}
}

// waiting is a cell that runs until it is interrupted, and says when it has begun.
func waiting(begun chan<- struct{}) func(context.Context, cell.Input) (cell.Outcome, error) {
	return func(ctx context.Context, _ cell.Input) (cell.Outcome, error) {
		begun <- struct{}{}
		<-ctx.Done()
		return cell.Outcome{}, fmt.Errorf("run: %w", context.Canceled)
	}
}

// bench is a session with a front end that keeps every message.
type bench struct {
	t *testing.T
	*Session
	logged *lines

	mu       sync.Mutex
	got      []*wire.Message
	gotAbout map[string][]*wire.Message // by the request that they are about
	changed  chan struct{}              // closed at the next message
	sent     int
	date     string // of the messages that the front end sends
	subshell string // that they are for
}

type lines struct {
	mu   sync.Mutex
	text []string
}

func (l *lines) logf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, fmt.Sprintf(format, args...))
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.text, "\n")
}

func newBench(t *testing.T, env Environment, change ...func(*Options)) *bench {
	t.Helper()
	b := &bench{t: t, logged: &lines{}, changed: make(chan struct{}), gotAbout: map[string][]*wire.Message{}}
	opts := Options{Env: env, Emit: b.emit, SessionID: "kernel-session", User: "nascent", Logf: b.logged.logf}
	for _, c := range change {
		c(&opts)
	}
	b.Session = New(opts)
	t.Cleanup(b.Session.Close)
	return b
}

func (b *bench) emit(m *wire.Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, m)
	b.gotAbout[m.ParentID()] = append(b.gotAbout[m.ParentID()], m)
	close(b.changed)
	b.changed = make(chan struct{})
}

// send sends a request and returns its id.
func (b *bench) send(channel wire.Channel, msgType, content string) string {
	return b.sendAll(channel, msgType, content, "{}")
}

// sendAll sends a request with metadata and buffers, and returns its id.
func (b *bench) sendAll(channel wire.Channel, msgType, content, metadata string, buffers ...[]byte) string {
	b.sent++
	id := fmt.Sprintf("request-%d", b.sent)
	header := fmt.Sprintf(`{"msg_id": %q,  "msg_type": %q, "session": "front", "extra": [1, 2], "subshell_id": %q}`, id, msgType, b.subshell) // two spaces: kept
	b.Handle(&wire.Message{
		Channel:    channel,
		Identities: [][]byte{[]byte("client"), []byte(id)},
		Header:     wire.Header{MsgID: id, MsgType: msgType, Session: "front", Date: b.date, SubshellID: b.subshell},
		RawHeader:  json.RawMessage(header),
		Parent:     json.RawMessage("{}"), Metadata: json.RawMessage(metadata), Content: json.RawMessage(content), Buffers: buffers,
	})
	return id
}

// run sends a cell with further fields of its request and waits until it is done.
func (b *bench) run(code, fields string) []string {
	return b.idle(b.send(wire.Shell, wire.TypeExecuteRequest, executeContent(code, fields)))
}

func executeContent(code, fields string) string {
	if fields != "" {
		fields = ", " + fields
	}
	return fmt.Sprintf(`{"code": %q%s}`, code, fields)
}

const busy = "iopub status busy"

// idle waits until a request is done and describes what was sent about it.
func (b *bench) idle(id string) []string {
	b.t.Helper()
	return b.await(id, "iopub status idle")
}

// await waits until a description of a message about the request has a prefix,
// and describes all messages about it so far.
func (b *bench) await(id, prefix string) []string {
	b.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		b.mu.Lock()
		changed := b.changed
		var said []string
		for _, m := range b.gotAbout[id] {
			if text := describe(m); text != busy || len(said) == 0 || said[0] != busy { // TestStates has what is said again
				said = append(said, text)
			}
		}
		b.mu.Unlock()
		if slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, prefix) }) {
			return said
		}
		select {
		case <-changed:
		case <-deadline:
			b.t.Fatalf("no message %q about %s; got:\n%s\nlog:\n%s", prefix, id, strings.Join(said, "\n"), b.logged)
		}
	}
}

// about is the messages of a type about a request.
func (b *bench) about(id, msgType string) []*wire.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []*wire.Message
	for _, m := range b.gotAbout[id] {
		if m.Header.MsgType == msgType {
			found = append(found, m)
		}
	}
	return found
}

// describe writes what matters of a message on one line.
func describe(m *wire.Message) string {
	head := string(m.Channel) + " " + m.Header.MsgType
	switch m.Header.MsgType {
	case wire.TypeStatus:
		var c wire.Status
		must(m.DecodeContent(&c))
		return head + " " + string(c.ExecutionState)
	case wire.TypeStream:
		var c wire.Stream
		must(m.DecodeContent(&c))
		return fmt.Sprintf("%s %s %q", head, c.Name, c.Text)
	case wire.TypeExecuteReply:
		var c wire.ExecuteReply
		must(m.DecodeContent(&c))
		line := fmt.Sprintf("%s %s %d", head, c.Status, c.ExecutionCount)
		if c.Status == wire.StatusError {
			line += " " + c.Error.Name
		}
		return line
	}
	return head + " " + string(m.Content)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("messages:\n\t%s\nwant:\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}
