package zmtp

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

var testLimits = Limits{Size: 1 << 20, Frames: 16}

// logbook collects what a socket says, and lets a test wait for it.
type logbook struct {
	mu    sync.Mutex
	said  strings.Builder
	wrote chan struct{}
}

func newLogbook() *logbook { return &logbook{wrote: make(chan struct{}, 100)} }

func (l *logbook) logf(format string, args ...any) {
	l.mu.Lock()
	fmt.Fprintf(&l.said, format+"\n", args...)
	l.mu.Unlock()
	l.wrote <- struct{}{}
}

func (l *logbook) waitFor(t *testing.T, ctx context.Context, want string) {
	t.Helper()
	for {
		l.mu.Lock()
		said := l.said.String()
		l.mu.Unlock()
		if strings.Contains(said, want) {
			return
		}
		select {
		case <-l.wrote:
		case <-ctx.Done():
			t.Fatalf("the log says %q, not %q", said, want)
		}
	}
}

func testContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func listen(t *testing.T, kind Kind, opts Options) *Socket {
	t.Helper()
	if opts.Limits == (Limits{}) {
		opts.Limits = testLimits
	}
	if opts.Log == nil {
		opts.Log = t.Logf
	}
	s, err := Listen(t.Context(), kind, "tcp", "127.0.0.1:0", opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(time.Second) })
	return s
}

func dial(t *testing.T, s *Socket, kind ClientKind, id string, topics ...string) *Client {
	t.Helper()
	c, err := Dial(testContext(t), kind, "tcp", s.Addr().String(), id, testLimits, topics...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func text(frames ...string) (out [][]byte) {
	for _, f := range frames {
		out = append(out, []byte(f))
	}
	return out
}

func expect(t *testing.T, ctx context.Context, c *Client, want ...string) {
	t.Helper()
	got, err := c.Receive(ctx)
	if err != nil || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Fatalf("received %q (%v), want %q", got, err, want)
	}
}

func TestRouterAnswersWhoAsked(t *testing.T) {
	ctx := testContext(t)
	s := listen(t, Router, Options{})
	go func() {
		for {
			select {
			case m := <-s.Received():
				s.Send(append(m, []byte("answered")))
			case <-ctx.Done():
				return
			}
		}
	}()
	a, b, anonymous := dial(t, s, Dealer, "a"), dial(t, s, Dealer, "b"), dial(t, s, Dealer, "")
	for i := range 100 {
		for _, c := range []*Client{a, b, anonymous} {
			c.Send(text(fmt.Sprint(i), "", strings.Repeat("x", 300)))
		}
	}
	for i := range 100 {
		for _, c := range []*Client{b, anonymous, a} {
			expect(t, ctx, c, fmt.Sprint(i), "", strings.Repeat("x", 300), "answered")
		}
	}
	s.Send(text("nobody", "lost"))
}

func TestRouterGivesIdentityToTheNewest(t *testing.T) {
	ctx := testContext(t)
	s := listen(t, Router, Options{})
	old := dial(t, s, Dealer, "same")
	old.Send(text("1"))
	<-s.Received()
	fresh := dial(t, s, Dealer, "same")
	fresh.Send(text("2"))
	<-s.Received()
	s.Send(text("same", "hello"))
	expect(t, ctx, fresh, "hello")
	if _, err := old.Receive(ctx); err != io.EOF {
		t.Errorf("the old connection: %v, want io.EOF", err)
	}
}

func TestEcho(t *testing.T) {
	ctx := testContext(t)
	s := listen(t, Echo, Options{})
	c := dial(t, s, Request, "")
	for range 3 {
		c.Send(text("ping"))
		expect(t, ctx, c, "ping")
	}
}

func TestPublisherSendsWhatWasSubscribed(t *testing.T) {
	ctx := testContext(t)
	s := listen(t, Publisher, Options{Subscribed: func(topic string) [][]byte { return text("welcome", topic) }})
	all, some := dial(t, s, Subscriber, "", ""), dial(t, s, Subscriber, "", "st", "x")
	expect(t, ctx, all, "welcome", "")
	expect(t, ctx, some, "welcome", "st")
	expect(t, ctx, some, "welcome", "x")
	s.Send(text("display", "1"))
	s.Send(text("status", "2"))
	expect(t, ctx, all, "display", "1")
	expect(t, ctx, all, "status", "2")
	expect(t, ctx, some, "status", "2")
}

// However much is published meanwhile, a subscription begins with its welcome,
// also if another peer has the same one or the peer itself has it already.
func TestWelcomeComesFirst(t *testing.T) {
	ctx := testContext(t)
	s := listen(t, Publisher, Options{
		Backlog: 1 << 20, Patience: time.Minute,
		Subscribed: func(topic string) [][]byte { return text("welcome", topic) },
	})
	stop := make(chan struct{})
	var publishing sync.WaitGroup
	publishing.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				s.WaitForRoom()
				s.Send(text("m", "x"))
			}
		}
	})
	defer publishing.Wait()
	defer close(stop)
	for range 50 {
		c := dial(t, s, Subscriber, "", "")
		expect(t, ctx, c, "welcome", "")
		c.Close()
	}
	again := dial(t, s, Subscriber, "", "quiet", "quiet")
	expect(t, ctx, again, "welcome", "quiet")
	expect(t, ctx, again, "welcome", "quiet")
}

func TestCloseDeliversEverything(t *testing.T) {
	ctx := testContext(t)
	s := listen(t, Publisher, Options{Subscribed: func(string) [][]byte { return text("welcome") }})
	c := dial(t, s, Subscriber, "", "")
	expect(t, ctx, c, "welcome")
	const n = 5000
	for i := range n {
		s.Send(text("m", fmt.Sprint(i), strings.Repeat("y", 2000)))
	}
	closed := make(chan error, 1)
	go func() { closed <- s.Close(10 * time.Second) }()
	for i := range n {
		got, err := c.Receive(ctx)
		if err != nil || string(got[1]) != fmt.Sprint(i) {
			t.Fatalf("message %d: %q, %v", i, got, err)
		}
	}
	if _, err := c.Receive(ctx); err != io.EOF {
		t.Errorf("after the last message: %v, want io.EOF", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

func TestDeafSubscriberIsCutOffAndDelaysNobody(t *testing.T) {
	ctx := testContext(t)
	log := newLogbook()
	s := listen(t, Publisher, Options{
		Log: log.logf, Backlog: 1 << 20, Patience: 200 * time.Millisecond,
		Subscribed: func(string) [][]byte { return text("welcome") },
	})
	deaf, good := dial(t, s, Subscriber, "", ""), dial(t, s, Subscriber, "", "")
	expect(t, ctx, deaf, "welcome") // and from now on nobody reads from it
	expect(t, ctx, good, "welcome")
	const n = 400
	go func() {
		for i := range n {
			s.WaitForRoom()
			s.Send(text("m", fmt.Sprint(i), strings.Repeat("z", 100_000)))
		}
	}()
	for i := range n {
		got, err := good.Receive(ctx)
		if err != nil || string(got[1]) != fmt.Sprint(i) {
			t.Fatalf("message %d: %v", i, err)
		}
	}
	log.waitFor(t, ctx, "reads nothing")
}

// A peer that sends garbage ends its own connection, whatever the garbage.
func TestGarbageEndsOnlyItsOwnConnection(t *testing.T) {
	ctx := testContext(t)
	s := listen(t, Router, Options{})
	greeting := append([]byte{0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0}, "NULL"...)
	greeting = append(greeting, make([]byte, 64-len(greeting))...)
	ready := func(kind string) []byte {
		body := append([]byte("\x05READY\x0bSocket-Type\x00\x00\x00"), byte(len(kind)))
		body = append(body, kind...)
		return append(append([]byte{4, byte(len(body))}, body...), nil...)
	}
	huge := binary.BigEndian.AppendUint64([]byte{2}, 1<<62)
	tests := map[string][]byte{
		"http":              []byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" + strings.Repeat(" ", 64)),
		"zeros":             make([]byte, 1000),
		"unknown kind":      append(bytes.Clone(greeting), ready("TEAPOT")...),
		"wrong kind":        append(bytes.Clone(greeting), ready("SUB")...),
		"huge frame":        append(append(bytes.Clone(greeting), ready("DEALER")...), huge...),
		"huge handshake":    append(bytes.Clone(greeting), binary.BigEndian.AppendUint64([]byte{6}, 1<<62)...),
		"empty command":     append(append(bytes.Clone(greeting), ready("DEALER")...), 4, 0),
		"many small frames": append(append(bytes.Clone(greeting), ready("DEALER")...), bytes.Repeat([]byte{1, 0}, 1000)...),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", s.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Write(data); err != nil {
				t.Fatal(err)
			}
			if _, err = io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("the connection was not ended: %v", err)
			}
		})
	}
	good := dial(t, s, Dealer, "good")
	good.Send(text("still there"))
	select {
	case m := <-s.Received():
		if string(m[1]) != "still there" {
			t.Errorf("received %q", m)
		}
	case <-ctx.Done():
		t.Error("the socket is deaf")
	}
}

func TestPortInUse(t *testing.T) {
	s := listen(t, Echo, Options{})
	_, err := Listen(t.Context(), Echo, "tcp", s.Addr().String(), Options{Limits: testLimits})
	if err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("error %v", err)
	}
}
