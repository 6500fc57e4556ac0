// Package conformance judges a Jupyter kernel from the outside. Client speaks the
// protocol and its judge looks at every message that arrives; Scenarios are what a
// kernel is put through, and Coverage says which of them checks which field of
// the protocol. The same table is run against a session in process, against the
// installed kernel over its sockets, and against any other kernel that has a
// kernelspec. The folder python holds the tests that use Jupyter's own clients.
package conformance

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/nascent-go/nascent/kernel/host/zmtp"
	"github.com/nascent-go/nascent/kernel/wire"
)

// Socket is where a client sends the frames of messages to.
type Socket interface {
	Send(frames [][]byte)
	Close()
}

// Client is a front end of a kernel. What arrives is judged and kept until it is
// collected. It is safe for concurrent use.
type Client struct {
	Shell, Control, Stdin, IOPub Socket
	Heartbeat                    *zmtp.Client // nil: the kernel has none

	Signer *wire.Signer
	Sender wire.Sender // session and user in the headers of requests

	mu      sync.Mutex
	closed  bool
	changed chan struct{} // closed when something has arrived
	inboxes map[wire.Channel]*inbox
	judge   *judge
}

// NewClient makes a client whose sockets the caller sets. What the kernel sends
// is given to Deliver. [Connect] makes one that is connected.
func NewClient(signer *wire.Signer) *Client {
	k := &Client{
		Signer: signer, Sender: wire.Sender{Session: wire.NewID(), User: "test"},
		changed: make(chan struct{}), inboxes: map[wire.Channel]*inbox{},
	}
	k.judge = newJudge(k.Sender.Session)
	for _, c := range []wire.Channel{wire.Shell, wire.Control, wire.Stdin, wire.IOPub} {
		k.inboxes[c] = newInbox()
	}
	return k
}

// Close closes all connections.
func (k *Client) Close() {
	k.mu.Lock()
	k.closed = true
	k.mu.Unlock()
	for _, s := range []Socket{k.Shell, k.Control, k.Stdin, k.IOPub} {
		if s != nil {
			s.Close()
		}
	}
	if k.Heartbeat != nil {
		k.Heartbeat.Close()
	}
}

func (k *Client) isClosed() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.closed
}

func (k *Client) socket(c wire.Channel) Socket {
	switch c {
	case wire.Shell:
		return k.Shell
	case wire.Control:
		return k.Control
	case wire.Stdin:
		return k.Stdin
	}
	return k.IOPub
}

// Deliver takes the frames of a message that has arrived on a channel.
func (k *Client) Deliver(c wire.Channel, frames [][]byte) {
	m, err := wire.Decode(frames, k.Signer)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		k.judge.blame("", "on %s: %v", c, err)
		return
	}
	m.Channel = c
	k.judge.receive(m, frames)
	k.inboxes[c].put(m)
	k.wake()
}

// fail ends a channel: nothing will arrive on it any more.
func (k *Client) fail(c wire.Channel, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.inboxes[c].err = fmt.Errorf("waiting on %s: %w", c, err)
	k.wake()
}

func (k *Client) wake() {
	close(k.changed)
	k.changed = make(chan struct{})
}

// until waits until done says so. done runs with k.mu held; an error of it ends
// the waiting too.
func (k *Client) until(ctx context.Context, done func() (bool, error)) error {
	for {
		k.mu.Lock()
		ok, err := done()
		changed := k.changed
		k.mu.Unlock()
		if ok || err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Make makes a request, which may be changed before it is posted.
func (k *Client) Make(c wire.Channel, msgType string, content any) (*wire.Message, error) {
	m, err := k.Sender.Publish(nil, msgType, content)
	if err != nil {
		return nil, err
	}
	m.Channel, m.Identities = c, nil
	return m, nil
}

// Post sends a message that Make has made.
func (k *Client) Post(m *wire.Message) error { return k.post(m, false) }

func (k *Client) post(m *wire.Message, probe bool) error {
	frames, err := m.Encode(k.Signer)
	if err != nil {
		return err
	}
	k.mu.Lock()
	k.judge.send(m, frames, probe)
	k.mu.Unlock()
	k.socket(m.Channel).Send(frames)
	return nil
}

// Send sends a request and returns it.
func (k *Client) Send(c wire.Channel, msgType string, content any) (*wire.Message, error) {
	m, err := k.Make(c, msgType, content)
	if err != nil {
		return nil, err
	}
	return m, k.Post(m)
}

// Receive waits for the next message on a channel that was not collected.
func (k *Client) Receive(ctx context.Context, c wire.Channel) (m *wire.Message, err error) {
	err = k.until(ctx, func() (bool, error) {
		if m = k.inboxes[c].next(); m != nil {
			return true, nil
		}
		return false, k.inboxes[c].err
	})
	if err != nil {
		return nil, fmt.Errorf("waiting on %s: %w", c, err)
	}
	return m, nil
}

// Await waits for a message about a request on a channel, and takes it and what
// came about the request before it.
func (k *Client) Await(ctx context.Context, c wire.Channel, request *wire.Message, is func(*wire.Message) bool) (*wire.Message, error) {
	var found *wire.Message
	err := k.until(ctx, func() (bool, error) {
		for m := k.inboxes[c].nextAbout(request.Header.MsgID); m != nil; m = k.inboxes[c].nextAbout(request.Header.MsgID) {
			if is(m) {
				found = m
				return true, nil
			}
		}
		return false, k.inboxes[c].err
	})
	if err != nil {
		return nil, fmt.Errorf("waiting on %s for a message about %s: %w", c, request.Header.MsgType, err)
	}
	return found, nil
}

// Ask sends a request and collects its answer.
func (k *Client) Ask(ctx context.Context, c wire.Channel, msgType string, content any) (*Answer, error) {
	m, err := k.Send(c, msgType, content)
	if err != nil {
		return nil, err
	}
	return k.Collect(ctx, m)
}

// Execute runs a cell, with the usual flags of a notebook.
func (k *Client) Execute(ctx context.Context, code string) (*Answer, error) {
	return k.Ask(ctx, wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: code, StoreHistory: true, StopOnError: true})
}

// Collect waits for the reply to a request and for all that is published about
// it. After an error the answer holds what came.
func (k *Client) Collect(ctx context.Context, request *wire.Message) (*Answer, error) {
	return k.collect(ctx, request, true)
}

// CollectPublished waits for all that is published about a request until its
// idle, without a reply.
func (k *Client) CollectPublished(ctx context.Context, request *wire.Message) (*Answer, error) {
	return k.collect(ctx, request, false)
}

func (k *Client) collect(ctx context.Context, request *wire.Message, withReply bool) (*Answer, error) {
	a := &Answer{Request: request}
	id, idle := request.Header.MsgID, false
	err := k.until(ctx, func() (bool, error) {
		if withReply && a.Reply == nil {
			a.Reply = k.inboxes[request.Channel].nextAbout(id)
		}
		for !idle {
			m := k.inboxes[wire.IOPub].nextAbout(id)
			if m == nil {
				break
			}
			a.Published = append(a.Published, m)
			idle = state(m) == wire.Idle
		}
		switch {
		case withReply && a.Reply == nil:
			return false, k.inboxes[request.Channel].err
		case !idle:
			return false, k.inboxes[wire.IOPub].err
		}
		return true, nil
	})
	switch {
	case err == nil:
		return a, nil
	case withReply && a.Reply == nil:
		return a, fmt.Errorf("reply to %s: %w", request.Header.MsgType, err)
	}
	return a, fmt.Errorf("what is published about %s: %w", request.Header.MsgType, err)
}

// Drop forgets what has arrived and was not collected.
func (k *Client) Drop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, b := range k.inboxes {
		b.clear()
	}
}

// Blames lists what was wrong with the messages that have arrived so far, by the
// protocol. With ours, what this kernel promises beyond it counts too.
func (k *Client) Blames(ours bool) []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.judge.found(ours)
}

// unfinished lists the requests that still lack a reply or their idle.
func (k *Client) unfinished() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.judge.unfinished()
}

// saw says whether a field of a message type was in a message that this client
// has sent or received.
func (k *Client) saw(msgType, field string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.judge.seen[msgType+"."+field]
}

var errNoReply = errors.New("there is no reply")
