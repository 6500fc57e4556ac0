package cell

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/nascent-go/nascent/display"
)

// commSink is a cell's sink whose front end takes comms. The next one is given to accept.
type commSink struct {
	mu       sync.Mutex
	sent     []string
	handlers map[string]display.CommHandler
	targets  map[string]func(string) display.CommHandler
}

func newCommSink() *commSink {
	return &commSink{handlers: map[string]display.CommHandler{}, targets: map[string]func(string) display.CommHandler{}}
}

func (s *commSink) Emit(display.Event) error { return nil }

func (s *commSink) note(what string, m display.CommMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range m.Buffers {
		what += " [" + string(b) + "]"
	}
	s.sent = append(s.sent, strings.TrimSpace(what+" "+string(m.Data)))
}

func (s *commSink) OpenComm(id, target string, m display.CommMessage, h display.CommHandler) error {
	s.note("open "+target+" "+string(m.Metadata), m)
	s.handlers[target] = h
	return nil
}

func (s *commSink) SendComm(id string, m display.CommMessage) error {
	s.note("send", m)
	return nil
}

func (s *commSink) CloseComm(id string, m display.CommMessage) error {
	s.note("close", m)
	return nil
}

func (s *commSink) RegisterTarget(name string, accept func(string) display.CommHandler) error {
	s.targets[name] = accept
	return nil
}

func (s *commSink) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	said := strings.Join(s.sent, "\n")
	s.sent = nil
	return said
}

// TestComms: cells open comms with data of their own types, and their closures
// take what comes on them, with the output of the call.
func TestComms(t *testing.T) {
	skipRace(t)
	nb := newNotebook(t)
	sink := newCommSink()
	run := func(ctx context.Context, src string) (*buffer, error) {
		nb.n++
		out := &buffer{}
		_, err := nb.env.Run(ctx, Input{Number: nb.n, Source: src, Stdout: out, Stderr: out, Stdin: strings.NewReader(""), Display: sink})
		return out, err
	}
	ctx, interrupt := context.WithCancel(t.Context())
	first, err := run(t.Context(), `
type state struct {
	Value float64 `+"`json:\"value\"`"+`
	Tags  []string `+"`json:\"tags,omitempty\"`"+`
}
var value float64
c := display.NewComm("slider")
c.OnMessage(func(m display.CommMessage) {
	var s state
	if err := m.Decode(&s); err != nil {
		panic(err)
	}
	value = s.Value
	fmt.Println("got", s.Value, s.Tags, string(m.Metadata), len(m.Buffers))
	if s.Value < 0 {
		var none []int
		_ = none[3]
	}
	for s.Value == 99 {
	}
	if err := c.Send(state{Value: s.Value + 1}, m.Buffers...); err != nil {
		panic(err)
	}
})
c.OnClose(func(display.CommMessage) { fmt.Println("closed by the front end") })
if err := c.Open(map[string]any{"state": state{Value: 0.5, Tags: []string{"a"}}}, map[string]string{"version": "2.1.0"}); err != nil {
	panic(err)
}
`)
	if err != nil || first.String() != "" {
		t.Fatal(err, first)
	}
	if got, want := sink.said(), `open slider {"version":"2.1.0"} {"state":{"value":0.5,"tags":["a"]}}`; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	if _, err := run(t.Context(), `
type target struct{ name string }
func (t target) open(c *display.Comm, m display.CommMessage) {
	fmt.Println(t.name, "opened", c.Target(), string(m.Data))
	c.OnMessage(func(m display.CommMessage) { fmt.Println(t.name, string(m.Data)); c.Close(nil) })
}
if err := display.RegisterTarget("echo", target{"echo"}.open); err != nil {
	panic(err)
}`); err != nil {
		t.Fatal(err)
	}
	call := func(ctx context.Context, f func(display.CommMessage), data string) (string, error) {
		out := &buffer{}
		m := display.CommMessage{Data: json.RawMessage(data), Metadata: json.RawMessage("{}"), Buffers: [][]byte{[]byte("pixels")}}
		err := nb.env.Call(ctx, Input{Stdout: out, Stderr: out, Stdin: strings.NewReader(""), Display: sink}, func() { f(m) })
		return out.String(), err
	}
	slider := sink.handlers["slider"]

	// While a cell runs that is interrupted later.
	ended := make(chan error, 1)
	running := make(chan bool)
	go func() {
		nb.n++
		_, err := nb.env.Run(ctx, Input{Number: nb.n, Source: "fmt.Println()\nfor value != 3 {}\nfmt.Print(\"three\")\nfor {}", Stdout: onFirst(func() { close(running) }), Stderr: &buffer{}})
		ended <- err
	}()
	<-running
	if out, err := call(t.Context(), slider.Message, `{"value": 3}`); err != nil || out != "got 3 [] {} 1\n" {
		t.Errorf("the handler prints %q, error %v", out, err)
	}
	if got, want := sink.said(), `send [pixels] {"value":4}`; got != want {
		t.Errorf("sent %q, want %q", got, want)
	}
	interrupt()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}

	echo := sink.targets["echo"]("id")
	if out, err := call(t.Context(), echo.Open, `{"a":1}`); err != nil || out != "echo opened echo {\"a\":1}\n" {
		t.Errorf("the target prints %q, error %v", out, err)
	}
	if out, err := call(t.Context(), echo.Message, `2`); err != nil || out != "echo 2\n" || sink.said() != "close {}" {
		t.Errorf("the comm that the front end has opened prints %q, error %v", out, err)
	}

	// A handler that fails or hangs concerns itself alone.
	_, err = call(t.Context(), slider.Message, `{"value": -1}`)
	var f Failure
	if !errors.As(err, &f) || !strings.Contains(strings.Join(f.Traceback(false), "\n"), "cell 1") || !strings.Contains(f.Error(), "index out of range [3]") {
		t.Errorf("the error of a handler that fails is %v", err)
	}
	hang, stop := context.WithCancel(t.Context())
	sent := make(chan error, 1)
	begun := make(chan bool)
	go func() {
		out := onFirst(func() { close(begun) })
		sent <- nb.env.Call(hang, Input{Stdout: out, Stderr: out, Display: sink}, func() {
			slider.Message(display.CommMessage{Data: json.RawMessage(`{"value":99}`)})
		})
	}()
	<-begun
	stop()
	if err := <-sent; !errors.Is(err, context.Canceled) {
		t.Errorf("the error of a handler that hangs is %v", err)
	}
	if out, err := call(t.Context(), slider.Message, `{"value": 5}`); err != nil || !strings.HasPrefix(out, "got 5") {
		t.Errorf("after that the handler prints %q, error %v", out, err)
	}
	if out, err := call(t.Context(), slider.Close, `{}`); err != nil || out != "closed by the front end\n" {
		t.Errorf("closing prints %q, error %v", out, err)
	}
	if got := nb.run("value"); got != "=> 5\n" {
		t.Errorf("value is %q", got)
	}
	if first.String() != "" {
		t.Errorf("output of handlers went to the cell that made them: %q", first)
	}
}

// onFirst calls f at the first write.
func onFirst(f func()) writerFunc {
	var once sync.Once
	return func() { once.Do(f) }
}
