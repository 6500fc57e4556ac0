package zmtp

import "sync"

const (
	frameCost = 64       // bytes that a frame takes beside its body
	smallSize = 64 << 10 // so much of every message is not counted: what is small never waits
)

// memory bounds what the connections of a socket hold of messages that nobody has
// taken yet. It is shared out by message, and one message at a time may go beyond
// the bound, because two that both wait for more would wait for ever.
type memory struct {
	mu     sync.Mutex
	given  *sync.Cond
	free   int64
	beyond *share // that may go on though nothing is free; nil: nobody does
	closed bool
}

// share is what one message has of memory.
type share struct{ size, counted int64 }

func newMemory(bound int64) *memory {
	m := &memory{free: bound}
	m.given = sync.NewCond(&m.mu)
	return m
}

// take adds n bytes to a share as soon as they are free. It returns false if
// memory has been closed.
func (m *memory) take(s *share, n int64) bool {
	s.size += n
	more := max(0, s.size-smallSize) - s.counted
	if more == 0 {
		return true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.free < more && m.beyond != s && !m.closed {
		if m.beyond == nil {
			m.beyond = s
			break
		}
		m.given.Wait()
	}
	m.free -= more
	s.counted += more
	return !m.closed
}

// give gives a share back.
func (m *memory) give(s *share) {
	counted := s.counted
	*s = share{}
	if counted == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.free += counted
	if m.beyond == s {
		m.beyond = nil
	}
	m.given.Broadcast()
}

// close lets all go on that wait.
func (m *memory) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.given.Broadcast()
}
