// Package zmtp gives a kernel the ZeroMQ sockets it needs, on zmq4's
// connections but with sockets of its own. They keep promises that a kernel
// depends on and zmq4's sockets don't make:
//
//   - what was sent is delivered before Close returns, if the peer takes it;
//   - a peer that reads slowly, or not at all, delays no other peer;
//   - whatever a peer sends, be it no ZeroMQ at all, ends at most its own connection;
//   - memory is bounded, whatever peers send or don't take;
//   - subscriptions are seen.
package zmtp

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"
	"github.com/go-zeromq/zmq4/security/null"
)

const (
	handshakeTime = 5 * time.Second
	messageTime   = 30 * time.Second // a message that has begun must go on within it
	readBuffer    = 8 << 10
	writeBuffer   = 64 << 10
	writeChunk    = 256 << 10 // progress is noted after so many bytes
)

// Limits of what a peer may send in one message.
type Limits struct {
	Size   int64 // bytes of all frames
	Frames int
}

// stream lies between a network connection and zmq4.Conn. It buffers both ways,
// ends the connection before zmq4 sees a frame over the limits (zmq4 would
// allocate whatever length a peer claims), and notes when bytes were taken.
type stream struct {
	net.Conn
	guard     *guard
	mu        sync.Mutex // guards out: zmq4 answers a PING while another goroutine writes
	out       *bufio.Writer
	direct    bool         // while shaking hands: every write is flushed
	lastTaken atomic.Int64 // when the peer last took bytes, in Unix nanoseconds
}

func newStream(c net.Conn) *stream {
	s := &stream{Conn: c, direct: true}
	s.guard = &guard{from: bufio.NewReaderSize(c, readBuffer), limits: Limits{Size: 16 << 10, Frames: 4}, skip: greetingSize}
	s.out = bufio.NewWriterSize(chunked{s}, writeBuffer)
	s.touch()
	return s
}

// begin ends the handshake: from now on messages come, within limits and memory.
func (s *stream) begin(limits Limits, m *memory) {
	s.direct = false
	s.guard.limits, s.guard.memory = limits, m
	s.guard.reading = func(begun bool) {
		var deadline time.Time // none between messages
		if begun {
			deadline = time.Now().Add(messageTime)
		}
		// A connection that has ended says so when it is read.
		_ = s.SetReadDeadline(deadline)
	}
}

// Read reads what the guard lets pass.
func (s *stream) Read(p []byte) (int, error) { return s.guard.Read(p) }

// Write buffers; Flush sends.
func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.out.Write(p)
	if err == nil && s.direct {
		err = s.out.Flush()
	}
	return n, err
}

// Flush sends what was buffered.
func (s *stream) Flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Flush()
}

// touch notes that the peer does not keep anyone waiting now.
func (s *stream) touch() { s.lastTaken.Store(time.Now().UnixNano()) }

// stalled says whether the peer has taken nothing for so long.
func (s *stream) stalled(d time.Duration) bool {
	return time.Since(time.Unix(0, s.lastTaken.Load())) > d
}

// chunked writes to the network in pieces and notes each that was taken.
type chunked struct{ s *stream }

func (c chunked) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n, err := c.s.Conn.Write(p[done:min(len(p), done+writeChunk)])
		done += n
		if err != nil {
			return done, err
		}
		c.s.touch()
	}
	return done, nil
}

// handshake makes a ZMTP connection of a network connection. kind is what this
// end is; listening says whether the peer connected to us. What comes afterwards is
// received within limits and memory (nil: not counted).
func handshake(c net.Conn, kind zmq4.SocketType, id string, listening bool, limits Limits, m *memory) (conn *zmq4.Conn, s *stream, err error) {
	defer func() {
		if p := recover(); p != nil { // zmq4 panics on a socket type that it doesn't know
			err = fmt.Errorf("shaking hands: %v", p)
		}
		if err != nil {
			c.Close()
		}
	}()
	s = newStream(c)
	if err := c.SetDeadline(time.Now().Add(handshakeTime)); err != nil {
		return nil, nil, fmt.Errorf("shaking hands: %w", err)
	}
	conn, err = zmq4.Open(s, null.Security(), kind, zmq4.SocketIdentity(id), listening, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("shaking hands: %w", err)
	}
	if err := c.SetDeadline(time.Time{}); err != nil {
		return nil, nil, fmt.Errorf("shaking hands: %w", err)
	}
	s.begin(limits, m)
	return conn, s, nil
}

// receive reads the next message that is no command.
func receive(conn *zmq4.Conn) (frames [][]byte, err error) {
	defer func() {
		if p := recover(); p != nil { // zmq4 indexes frames that a peer may have left out
			err = fmt.Errorf("receiving: %v", p)
		}
	}()
	for {
		msg, err := conn.RecvMsg()
		if err != nil {
			return nil, err
		}
		if msg.Type != zmq4.CmdMsg {
			return msg.Frames, nil
		}
	}
}

// Why a connection ends.
var (
	errOverLimit  = errors.New("the peer sends a message over the limits")
	errManyTopics = fmt.Errorf("the peer subscribes to more than %d topics", maxTopics)
	errClosed     = errors.New("the socket has been closed")
)
