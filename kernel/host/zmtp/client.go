package zmtp

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"
)

// ClientKind is the side that a connecting socket takes.
type ClientKind string

// Connecting sockets: Dealer talks to a Router, Subscriber to a Publisher, Request to an Echo.
const (
	Dealer     ClientKind = "DEALER"
	Subscriber ClientKind = "SUB"
	Request    ClientKind = "REQ"
)

// Client is a socket connected to one listening Socket, or to any other ZeroMQ
// socket that fits. It does not reconnect.
type Client struct {
	kind     ClientKind
	p        *peer
	received chan [][]byte
	closed   chan struct{}
	once     sync.Once
}

// Dial connects. identity is what a Router knows the client by, "" for any; a
// Subscriber gets what begins with one of topics.
func Dial(ctx context.Context, kind ClientKind, network, address, identity string, limits Limits, topics ...string) (*Client, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	conn, stream, err := handshake(c, zmq4.SocketType(kind), identity, false, limits, nil)
	if err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", address, err)
	}
	k := &Client{kind: kind, p: newPeer("", conn, stream, new(atomic.Int64), func() {}), received: make(chan [][]byte), closed: make(chan struct{})}
	for _, t := range topics {
		k.p.send([][]byte{append([]byte{1}, t...)})
	}
	go k.p.write()
	go k.read()
	return k, nil
}

func (k *Client) read() {
	defer close(k.received)
	defer close(k.p.gone)
	defer k.p.stream.Close()
	for {
		frames, err := receive(k.p.conn)
		if err != nil {
			return
		}
		if k.kind == Request && len(frames) > 0 && len(frames[0]) == 0 {
			frames = frames[1:]
		}
		select {
		case k.received <- frames:
		case <-k.closed:
			return
		}
	}
}

// LocalAddr is this end's address.
func (k *Client) LocalAddr() net.Addr { return k.p.stream.LocalAddr() }

// Receive waits for the next message. At the end of the connection it returns io.EOF.
func (k *Client) Receive(ctx context.Context) ([][]byte, error) {
	select {
	case frames, ok := <-k.received:
		if !ok {
			return nil, io.EOF
		}
		return frames, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Send queues a message and returns at once.
func (k *Client) Send(frames [][]byte) {
	if k.kind == Request {
		frames = append([][]byte{{}}, frames...)
	}
	k.p.send(frames)
}

// Close delivers what was sent within a second and closes the connection.
func (k *Client) Close() {
	k.once.Do(func() {
		close(k.closed)
		k.p.finish(time.Now().Add(time.Second))
	})
}
