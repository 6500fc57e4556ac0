package zmtp

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

func TestMemoryIsShared(t *testing.T) {
	m := newMemory(100)
	var a, b, small share
	if !m.take(&small, smallSize) || m.free != 100 {
		t.Fatalf("a small message was counted: %d are free", m.free)
	}
	if !m.take(&a, smallSize+60) || m.free != 40 {
		t.Fatalf("%d are free, want 40", m.free)
	}
	if !m.take(&a, 50) || m.free != -10 || m.beyond != &a { // nobody else is beyond the bound
		t.Fatalf("%d are free, want -10", m.free)
	}
	took := make(chan bool)
	go func() { took <- m.take(&b, smallSize+1) }()
	if !m.take(&a, 1000) { // who is beyond may go on, or nobody could
		t.Fatal("a message could not go on")
	}
	m.give(&a)
	if !<-took || m.free != 99 || m.beyond != nil {
		t.Errorf("%d are free, want 99", m.free)
	}
	m.give(&b)
	m.give(&small)
	if m.free != 100 {
		t.Errorf("%d are free in the end, want 100", m.free)
	}

	m.take(&a, smallSize+100)
	m.take(&a, 1)
	go func() { took <- m.take(&b, smallSize+1) }()
	m.close()
	if <-took {
		t.Error("closed memory was shared out")
	}
}

// Large messages of many connections come through one after the other.
func TestLargeMessagesTakeTurns(t *testing.T) {
	ctx := testContext(t)
	s := listen(t, Router, Options{Memory: 300_000, Limits: Limits{Size: 1 << 20, Frames: 16}})
	const peers, each = 8, 4
	for i := range peers {
		c := dial(t, s, Dealer, fmt.Sprint(i))
		for range each {
			c.Send(text(strings.Repeat("x", 400_000), strings.Repeat("y", 400_000)))
		}
	}
	for n := range peers * each {
		select {
		case m := <-s.Received():
			if len(m) != 3 || len(m[1]) != 400_000 || len(m[2]) != 400_000 {
				t.Fatalf("message %d has %d frames", n, len(m))
			}
		case <-ctx.Done():
			t.Fatalf("%d messages came", n)
		}
	}
}

// A peer that asks on and on and takes no answer is not read any further; others are.
func TestWhoTakesNoAnswersAsksNothingMore(t *testing.T) {
	ctx := testContext(t)
	s := listen(t, Router, Options{Backlog: 1 << 20, Patience: time.Hour})
	deaf, good := dial(t, s, Dealer, "deaf"), dial(t, s, Dealer, "good")
	const n = 1000
	for range n {
		deaf.Send(text("q")) // and nobody receives from it
	}
	answer := strings.Repeat("a", 100_000)
	asked := make(chan int, 1)
	stop := make(chan struct{})
	go func() {
		byDeaf := 0
		for {
			select {
			case m := <-s.Received():
				if s.Send(text(string(m[0]), answer)); string(m[0]) == "deaf" {
					byDeaf++
				}
			case <-stop:
				asked <- byDeaf
				return
			}
		}
	}()
	for range 200 {
		good.Send(text("q"))
		expect(t, ctx, good, answer)
	}
	close(stop)
	if got := <-asked; got == 0 || got > n/2 {
		t.Errorf("%d questions of who takes no answers were read", got)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if backlog := s.peers["deaf"].backlog(); backlog > 2<<20 {
		t.Errorf("%d bytes wait for who takes nothing", backlog)
	}
}

func TestSlowestIsCutWhenTooMuchWaits(t *testing.T) {
	ctx := testContext(t)
	log := newLogbook()
	s := listen(t, Router, Options{Backlog: 1 << 20, Patience: time.Hour, Log: log.logf})
	deaf, good := dial(t, s, Dealer, "deaf"), dial(t, s, Dealer, "good")
	deaf.Send(text("here"))
	<-s.Received()
	good.Send(text("here"))
	<-s.Received()
	go func() {
		for ctx.Err() == nil { // its receiver holds one message, its kernel some
			s.mu.Lock()
			_, there := s.peers["deaf"]
			s.mu.Unlock()
			if !there {
				return
			}
			s.Send(text("deaf", strings.Repeat("a", 100_000)))
		}
	}()
	log.waitFor(t, ctx, "reads too slowly")
	s.Send(text("good", "hello"))
	expect(t, ctx, good, "hello")
	if n := s.queued.Load(); n > 5<<20 {
		t.Errorf("%d bytes wait", n)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	ctx := testContext(t)
	log := newLogbook()
	log.wrote = make(chan struct{}, 10_000)
	s := listen(t, Router, Options{Log: log.logf})
	var silent []net.Conn
	for range maxGreetings + 10 { // connections that never say a word
		c, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		silent = append(silent, c)
	}
	good := dial(t, s, Dealer, "good") // is served at once, while they shake hands
	good.Send(text("hello"))
	<-s.Received()
	if err := silent[0].SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, silent[0]); err != nil && strings.Contains(err.Error(), "timeout") {
		t.Error("the oldest silent connection is still open")
	}
	for _, c := range silent {
		c.Close()
	}

	for i := range maxPeers + 3 {
		c, err := Dial(ctx, Dealer, "tcp", s.Addr().String(), fmt.Sprint(i), testLimits)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	log.waitFor(t, ctx, fmt.Sprintf("refused: there are %d already", maxPeers))
	s.mu.Lock()
	peers := len(s.peers)
	s.mu.Unlock()
	if peers > maxPeers {
		t.Errorf("%d peers", peers)
	}
}

func TestTopicsAreBounded(t *testing.T) {
	ctx := testContext(t)
	log := newLogbook()
	s := listen(t, Publisher, Options{Log: log.logf, Subscribed: func(string) [][]byte { return text("welcome") }})
	c := dial(t, s, Subscriber, "")
	for i := range maxTopics + 1 {
		c.Send(text(fmt.Sprint("\x01", i)))
	}
	log.waitFor(t, ctx, "subscribes to more than")
	other := dial(t, s, Subscriber, "", "")
	expect(t, ctx, other, "welcome")
	other.Send(text("no", "subscription"))
	log.waitFor(t, ctx, "dropped what came from")
}
