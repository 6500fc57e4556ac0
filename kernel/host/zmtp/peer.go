package zmtp

import (
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zeromq/zmq4"
)

const (
	halfCloseTime = 300 * time.Millisecond // for a peer to close its side after ours has ended
	maxTopics     = 1 << 10                // of one peer
)

// peer is one connection of a socket, with a queue of what it is still to get.
type peer struct {
	id     string // routing id
	conn   *zmq4.Conn
	stream *stream

	mu      sync.Mutex
	wake    *sync.Cond    // the queue or closing changed
	queue   [][][]byte    // messages, the oldest first
	queued  int           // bytes in queue and in the messages being written
	total   *atomic.Int64 // the same, of all peers of the socket
	closing bool          // nothing more is queued; end when the queue is empty
	topics  map[string]int
	relief  func()        // called without locks when the queue has been written
	written chan struct{} // closed when the writer has ended
	gone    chan struct{} // closed when the reader has ended
}

func newPeer(id string, conn *zmq4.Conn, s *stream, total *atomic.Int64, relief func()) *peer {
	p := &peer{id: id, conn: conn, stream: s, total: total, topics: map[string]int{}, relief: relief,
		written: make(chan struct{}), gone: make(chan struct{})}
	p.wake = sync.NewCond(&p.mu)
	return p
}

// send queues a message. It never blocks.
func (p *peer) send(frames [][]byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.push(frames)
}

// push queues a message. The caller holds mu.
func (p *peer) push(frames [][]byte) {
	if p.closing {
		return
	}
	if p.queued == 0 { // a peer that had nothing to take has not been idle
		p.stream.touch()
	}
	p.queue = append(p.queue, frames)
	p.count(sizeOf(frames))
	p.wake.Broadcast()
}

// count notes that more bytes are queued, or fewer. The caller holds mu.
func (p *peer) count(n int) {
	p.queued += n
	p.total.Add(int64(n))
}

// sizeOf is how many bytes a message takes.
func sizeOf(frames [][]byte) int {
	n := len(frames) * frameCost
	for _, f := range frames {
		n += len(f)
	}
	return n
}

// waitForRoom returns when no more than limit bytes wait to be written.
func (p *peer) waitForRoom(limit int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.queued > limit && !p.closing {
		p.wake.Wait()
	}
}

// backlog is how many bytes wait to be written.
func (p *peer) backlog() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.queued
}

// write sends what is queued until the peer closes or finish was called. It
// flushes when nothing more waits, so a burst of messages costs few system calls.
func (p *peer) write() {
	defer close(p.written)
	for {
		p.mu.Lock()
		for len(p.queue) == 0 && !p.closing {
			p.wake.Wait()
		}
		batch := p.queue
		p.queue = nil
		p.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		bytes := 0
		var err error
		for _, frames := range batch {
			if err = p.conn.SendMsg(zmq4.NewMsgFrom(frames...)); err != nil {
				break
			}
			bytes += sizeOf(frames)
		}
		if err == nil {
			err = p.stream.Flush()
		}
		p.mu.Lock()
		if p.count(-bytes); err != nil {
			p.count(-p.queued)
			p.queue, p.closing = nil, true
		}
		p.wake.Broadcast()
		p.mu.Unlock()
		p.relief()
		if err != nil {
			p.stream.Close()
			return
		}
	}
}

// drop ends the connection and forgets what is queued.
func (p *peer) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, frames := range p.queue {
		p.count(-sizeOf(frames))
	}
	p.queue, p.closing = nil, true
	p.wake.Broadcast()
	p.stream.Close()
}

// finish writes what is queued, then closes; at the deadline it closes anyway.
func (p *peer) finish(deadline time.Time) {
	p.mu.Lock()
	p.closing = true
	p.wake.Broadcast()
	p.mu.Unlock()
	timeout := time.NewTimer(time.Until(deadline))
	defer timeout.Stop()
	select {
	case <-p.written:
		// Closing while bytes from the peer are unread would reset the
		// connection and could take back what was just written. So the end is
		// announced, and the peer gets the time to close its side.
		if half, ok := p.stream.Conn.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
			select {
			case <-p.gone:
			case <-time.After(halfCloseTime):
			case <-timeout.C:
			}
		}
	case <-timeout.C:
	}
	p.stream.Close()
}

// subscribe notes a subscription or its end, as a SUB socket sends it. A new one
// is greeted with what welcome makes of its topic, before anything else that the
// peer gets because of it.
func (p *peer) subscribe(frames [][]byte, welcome func(topic string) [][]byte) error {
	if len(frames) != 1 || len(frames[0]) == 0 || frames[0][0] > 1 {
		return fmt.Errorf("a publisher only takes subscriptions, not a message of %d frames", len(frames))
	}
	topic := string(frames[0][1:])
	if frames[0][0] == 0 {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.topics[topic]--; p.topics[topic] <= 0 {
			delete(p.topics, topic)
		}
		return nil
	}
	var greeting [][]byte
	if welcome != nil {
		greeting = welcome(topic)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.topics[topic] == 0 && len(p.topics) == maxTopics {
		return errManyTopics
	}
	p.topics[topic]++
	if greeting != nil {
		p.push(greeting)
	}
	return nil
}

// wants says whether the peer subscribed to a prefix of topic.
func (p *peer) wants(topic string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for prefix := range p.topics {
		if strings.HasPrefix(topic, prefix) {
			return true
		}
	}
	return false
}

var _ interface{ CloseWrite() error } = (*net.TCPConn)(nil)
