package zmtp

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"
)

// Kind is what a listening socket does with messages.
type Kind string

const (
	// Router receives with the sender's identity as first frame and sends to the
	// identity that the first frame names.
	Router Kind = "ROUTER"
	// Publisher sends to every peer that subscribed to a prefix of the first frame.
	Publisher Kind = "XPUB"
	// Echo sends every message back at once: a heartbeat.
	Echo Kind = "REP"
)

// Options of a listening socket.
type Options struct {
	Limits Limits
	Memory int64                            // bytes of messages that nobody has received yet, beside one; default: DefaultMemory
	Log    func(format string, args ...any) // peers that were cut off, and why

	// A peer with more than Backlog bytes waiting is not read any further. If it
	// is a publisher's it holds up WaitForRoom, and if it has taken nothing for
	// Patience it is cut off.
	Backlog  int           // default: DefaultBacklog
	Patience time.Duration // default: DefaultPatience

	// Subscribed, if set, is called for each subscription that comes to a
	// publisher; what it returns, if anything, is sent to that peer before
	// anything that it is sent because of the subscription.
	Subscribed func(topic string) [][]byte
}

// What Options are if they are not set.
const (
	DefaultMemory   = 64 << 20
	DefaultBacklog  = 64 << 20
	DefaultPatience = 3 * time.Second
)

const (
	maxPeers     = 256 // connections of one socket
	maxGreetings = 64  // connections of one socket that still shake hands
	hoard        = 4   // times Backlog is the most that may wait, not counting the last message
)

// Socket is a listening ZeroMQ socket. Its methods are safe for concurrent use.
type Socket struct {
	kind     Kind
	listener net.Listener
	opts     Options
	memory   *memory
	received chan [][]byte
	closed   chan struct{}
	queued   atomic.Int64 // bytes that wait for peers to take them

	mu       sync.Mutex
	room     *sync.Cond // a backlog shrank, a peer left, or the socket closed
	peers    map[string]*peer
	greeting []net.Conn // connections that still shake hands, the oldest first
	done     bool
	wg       sync.WaitGroup // goroutines of connections; added to under mu while not done
}

// Listen opens a socket at an address of a network of package net ("tcp" or "unix").
func Listen(ctx context.Context, kind Kind, network, address string, opts Options) (*Socket, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, network, address)
	if err != nil {
		return nil, err
	}
	opts.Memory = cmp.Or(opts.Memory, DefaultMemory)
	opts.Backlog = cmp.Or(opts.Backlog, DefaultBacklog)
	opts.Patience = cmp.Or(opts.Patience, DefaultPatience)
	s := &Socket{
		kind: kind, listener: l, opts: opts, memory: newMemory(opts.Memory),
		received: make(chan [][]byte), closed: make(chan struct{}), peers: map[string]*peer{},
	}
	s.room = sync.NewCond(&s.mu)
	go s.accept()
	return s, nil
}

// Addr is where the socket listens.
func (s *Socket) Addr() net.Addr { return s.listener.Addr() }

// Received delivers messages of a Router. Its messages wait while nobody reads.
// The channel is not closed; see Closed.
func (s *Socket) Received() <-chan [][]byte { return s.received }

func (s *Socket) accept() {
	for {
		c, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // such as too many open files: others may close some
			s.opts.Log("%s socket: accepting a connection: %v", s.kind, err)
			select {
			case <-s.closed:
				return
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		s.mu.Lock()
		if s.done {
			s.mu.Unlock()
			c.Close()
			return
		}
		if len(s.greeting) == maxGreetings { // who is in earnest needs a moment only
			s.opts.Log("%s socket: %d connections shake hands; that from %v, the oldest, was cut", s.kind, maxGreetings, s.greeting[0].RemoteAddr())
			s.greeting[0].Close()
			s.greeting = s.greeting[1:]
		}
		s.greeting = append(s.greeting, c)
		s.wg.Go(func() { s.serve(c) })
		s.mu.Unlock()
	}
}

func (s *Socket) serve(c net.Conn) {
	conn, stream, err := handshake(c, zmq4.SocketType(s.kind), "", true, s.opts.Limits, s.memory)
	s.mu.Lock()
	s.greeting = slices.DeleteFunc(s.greeting, func(o net.Conn) bool { return o == c })
	closing := s.done
	s.mu.Unlock()
	if err != nil {
		if closing {
			return
		}
		s.opts.Log("%s socket: a connection from %v was refused: %v", s.kind, c.RemoteAddr(), err)
		return
	}
	id := conn.Peer.Meta["Identity"]
	if id == "" {
		id = "\x00" + rand.Text() // as ZeroMQ does: no peer can choose an id that begins with 0
	}
	p := newPeer(id, conn, stream, &s.queued, s.relief)
	if !s.add(p) {
		stream.Close()
		return
	}
	err = s.read(p)
	stream.Close()
	stream.guard.release()
	close(p.gone)
	s.remove(p)
	if errors.Is(err, errOverLimit) || errors.Is(err, errManyTopics) || errors.Is(err, os.ErrDeadlineExceeded) {
		s.opts.Log("%s socket: the connection from %v was cut: %v", s.kind, c.RemoteAddr(), err)
	}
}

// add takes a peer in. A peer with the same identity has been left by a client
// that reconnects, so the new one takes its place.
func (s *Socket) add(p *peer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done {
		return false
	}
	if s.kind != Router { // only routers route by identity: others must not replace each other
		p.id = "\x00" + rand.Text()
	}
	old := s.peers[p.id]
	if old == nil && len(s.peers) >= maxPeers {
		s.opts.Log("%s socket: a connection from %v was refused: there are %d already", s.kind, p.stream.RemoteAddr(), maxPeers)
		return false
	}
	if old != nil {
		old.stream.Close()
	}
	s.peers[p.id] = p
	s.wg.Go(p.write)
	return true
}

func (s *Socket) remove(p *peer) {
	p.mu.Lock()
	p.closing = true
	p.wake.Broadcast()
	p.mu.Unlock()
	s.mu.Lock()
	if s.peers[p.id] == p {
		delete(s.peers, p.id)
	}
	s.room.Broadcast()
	s.mu.Unlock()
}

func (s *Socket) relief() {
	s.mu.Lock()
	s.room.Broadcast()
	s.mu.Unlock()
}

func (s *Socket) read(p *peer) error {
	for {
		frames, err := receive(p.conn)
		if err != nil {
			return err
		}
		switch s.kind {
		case Router:
			select {
			case s.received <- append([][]byte{[]byte(p.id)}, frames...):
			case <-s.closed:
				return nil
			}
		case Echo:
			p.send(frames)
		case Publisher:
			err := p.subscribe(frames, s.opts.Subscribed)
			if errors.Is(err, errManyTopics) {
				return err
			}
			if err != nil {
				s.opts.Log("%s socket: dropped what came from %v: %v", s.kind, p.stream.RemoteAddr(), err)
			}
		}
		p.stream.guard.release()
		p.waitForRoom(s.opts.Backlog) // who doesn't take answers asks nothing more
	}
}

// Close stops listening, delivers what was sent to all peers that take it within
// the time given, and closes. Nothing can be sent or received afterwards.
func (s *Socket) Close(within time.Duration) error {
	s.mu.Lock()
	if s.done {
		s.mu.Unlock()
		return nil
	}
	s.done = true
	s.room.Broadcast()
	peers := make([]*peer, 0, len(s.peers))
	for _, p := range s.peers {
		peers = append(peers, p)
	}
	for _, c := range s.greeting {
		c.Close()
	}
	s.mu.Unlock()
	err := s.listener.Close()
	close(s.closed)
	s.memory.close()
	deadline := time.Now().Add(within)
	var finishing sync.WaitGroup
	for _, p := range peers {
		finishing.Go(func() { p.finish(deadline) })
	}
	finishing.Wait()
	s.wg.Wait()
	if err != nil {
		return fmt.Errorf("closing a %s socket: %w", s.kind, err)
	}
	return nil
}
