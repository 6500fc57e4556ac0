// Package conformance tests a kernel from the outside, through its sockets: as
// Jupyter sees it. Client speaks the protocol for tests in Go; the folder python
// holds the tests that use Jupyter's own.
package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/nascent-go/nascent/kernel/host"
	"github.com/nascent-go/nascent/kernel/host/zmtp"
	"github.com/nascent-go/nascent/kernel/wire"
)

// WriteConnection writes a connection file with five free ports of this machine
// and a fresh key into a folder, and returns the path of the file.
func WriteConnection(dir string) (path string, c host.Connection, err error) {
	c = host.Connection{Transport: "tcp", IP: "127.0.0.1", Scheme: wire.Scheme, Key: wire.NewID()}
	for _, port := range []*int{&c.ShellPort, &c.ControlPort, &c.StdinPort, &c.IOPubPort, &c.HBPort} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", c, fmt.Errorf("looking for a free port: %w", err)
		}
		defer l.Close() // all are held until five are found: they must differ
		*port = l.Addr().(*net.TCPAddr).Port
	}
	text, err := json.Marshal(c)
	if err != nil {
		return "", c, fmt.Errorf("writing a connection file: %w", err)
	}
	path = filepath.Join(dir, "kernel-"+strconv.Itoa(c.ShellPort)+".json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return "", c, fmt.Errorf("writing a connection file: %w", err)
	}
	return path, c, nil
}

// Client is a front end of a kernel. It is for one goroutine.
type Client struct {
	Shell, Control, Stdin, IOPub, Heartbeat *zmtp.Client

	Signer *wire.Signer
	Sender wire.Sender // session and user in the headers of requests
}

// Connect connects to the kernel of a connection file, waits until it listens,
// and until what it publishes arrives.
func Connect(ctx context.Context, c host.Connection) (*Client, error) {
	signer, err := wire.NewSigner(c.Scheme, c.Key)
	if err != nil {
		return nil, err
	}
	k := &Client{Signer: signer, Sender: wire.Sender{Session: wire.NewID(), User: "test"}}
	for _, s := range []struct {
		client **zmtp.Client
		kind   zmtp.ClientKind
		port   int
		topics []string
	}{
		{&k.Shell, zmtp.Dealer, c.ShellPort, nil},
		{&k.Control, zmtp.Dealer, c.ControlPort, nil},
		{&k.Stdin, zmtp.Dealer, c.StdinPort, nil},
		{&k.IOPub, zmtp.Subscriber, c.IOPubPort, []string{""}},
		{&k.Heartbeat, zmtp.Request, c.HBPort, nil},
	} {
		if *s.client, err = dial(ctx, c, s.kind, s.port, k.Sender.Session, s.topics); err != nil {
			k.Close()
			return nil, fmt.Errorf("connecting to the kernel: %w", err)
		}
	}
	if err := k.waitForIOPub(ctx); err != nil {
		k.Close()
		return nil, err
	}
	return k, nil
}

// dial tries until somebody listens: the kernel may be starting.
func dial(ctx context.Context, c host.Connection, kind zmtp.ClientKind, port int, id string, topics []string) (*zmtp.Client, error) {
	network, address := c.Address(port)
	for {
		client, err := zmtp.Dial(ctx, kind, network, address, id, zmtp.Limits{Size: wire.MaxMessageSize, Frames: wire.MaxFrames}, topics...)
		if err == nil || !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(err, fs.ErrNotExist) {
			return client, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// waitForIOPub asks until an answer comes on IOPub too: subscriptions take
// effect some time after the connection.
func (k *Client) waitForIOPub(ctx context.Context) error {
	for {
		short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
		_, err := k.Ask(short, wire.Shell, wire.TypeKernelInfoRequest, wire.Empty{})
		cancel()
		if err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
}

// Close closes all connections.
func (k *Client) Close() {
	for _, c := range []*zmtp.Client{k.Shell, k.Control, k.Stdin, k.IOPub, k.Heartbeat} {
		if c != nil {
			c.Close()
		}
	}
}

func (k *Client) channel(c wire.Channel) *zmtp.Client {
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

// Send sends a request and returns it.
func (k *Client) Send(c wire.Channel, msgType string, content any) (*wire.Message, error) {
	m, err := k.Sender.Publish(nil, msgType, content)
	if err != nil {
		return nil, err
	}
	m.Channel, m.Identities = c, nil
	frames, err := m.Encode(k.Signer)
	if err != nil {
		return nil, err
	}
	k.channel(c).Send(frames)
	return m, nil
}

// Receive waits for the next message on a channel.
func (k *Client) Receive(ctx context.Context, c wire.Channel) (*wire.Message, error) {
	frames, err := k.channel(c).Receive(ctx)
	if err != nil {
		return nil, fmt.Errorf("waiting on %s: %w", c, err)
	}
	m, err := wire.Decode(frames, k.Signer)
	if err != nil {
		return nil, fmt.Errorf("received on %s: %w", c, err)
	}
	m.Channel = c
	return m, nil
}

// Answer is all that a kernel sent about one request.
type Answer struct {
	Request   *wire.Message
	Reply     *wire.Message   // nil if it was not waited for
	Published []*wire.Message // on IOPub, from busy to idle
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
// it. What belongs to other requests is dropped.
func (k *Client) Collect(ctx context.Context, request *wire.Message) (*Answer, error) {
	a := &Answer{Request: request}
	for a.Reply == nil {
		m, err := k.Receive(ctx, request.Channel)
		if err != nil {
			return a, fmt.Errorf("reply to %s: %w", request.Header.MsgType, err)
		}
		if m.ParentID() == request.Header.MsgID {
			a.Reply = m
		}
	}
	return a, k.collectPublished(ctx, a)
}

// CollectPublished waits for all that is published about a request until its
// idle, without a reply.
func (k *Client) CollectPublished(ctx context.Context, request *wire.Message) (*Answer, error) {
	a := &Answer{Request: request}
	return a, k.collectPublished(ctx, a)
}

func (k *Client) collectPublished(ctx context.Context, a *Answer) error {
	for {
		m, err := k.Receive(ctx, wire.IOPub)
		if err != nil {
			return fmt.Errorf("what is published about %s: %w", a.Request.Header.MsgType, err)
		}
		if m.ParentID() != a.Request.Header.MsgID {
			continue
		}
		a.Published = append(a.Published, m)
		var s wire.Status
		if m.Header.MsgType == wire.TypeStatus && m.DecodeContent(&s) == nil && s.ExecutionState == wire.Idle {
			return nil
		}
	}
}

// Types lists the types of what was published, and the states of status.
func (a *Answer) Types() []string {
	var types []string
	for _, m := range a.Published {
		t := m.Header.MsgType
		var s wire.Status
		if t == wire.TypeStatus && m.DecodeContent(&s) == nil {
			t = string(s.ExecutionState)
		}
		types = append(types, t)
	}
	return types
}

// Text joins what was published on stdout or stderr.
func (a *Answer) Text(name string) string {
	var text string
	for _, m := range a.Published {
		var s wire.Stream
		if m.Header.MsgType == wire.TypeStream && m.DecodeContent(&s) == nil && s.Name == name {
			text += s.Text
		}
	}
	return text
}

// Errors lists the errors that were published.
func (a *Answer) Errors() []wire.ErrorContent {
	var list []wire.ErrorContent
	for _, m := range a.Published {
		var e wire.ErrorContent
		if m.Header.MsgType == wire.TypeError && m.DecodeContent(&e) == nil {
			list = append(list, e)
		}
	}
	return list
}

// ExecuteReply reads the reply to a cell.
func (a *Answer) ExecuteReply() (wire.ExecuteReply, error) {
	var r wire.ExecuteReply
	if a.Reply == nil {
		return r, errors.New("there is no reply")
	}
	return r, a.Reply.DecodeContent(&r)
}
