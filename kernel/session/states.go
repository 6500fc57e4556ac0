package session

import (
	"slices"
	"sync"

	"github.com/nascent-go/nascent/kernel/wire"
)

// states says when the kernel is busy and when it is idle. Front ends take the
// newest state, whatever it is about, as that of the kernel: so when something has
// ended while a cell runs, that cell's busy is said once more.
type states struct {
	mu      sync.Mutex      // held while states are sent: they come in order
	running []*wire.Message // requests of cells, the oldest first
}

// busy says that a request is being answered.
func (s *Session) busy(m *wire.Message) {
	s.states.mu.Lock()
	defer s.states.mu.Unlock()
	if m.Header.MsgType == wire.TypeExecuteRequest {
		s.states.running = append(s.states.running, m)
	}
	s.status(m, wire.Busy)
}

// idle says that all about a request has been sent.
func (s *Session) idle(m *wire.Message) {
	s.states.mu.Lock()
	defer s.states.mu.Unlock()
	running := slices.DeleteFunc(s.states.running, func(x *wire.Message) bool { return x == m })
	s.states.running = running
	s.status(m, wire.Idle)
	if len(running) > 0 {
		s.status(running[0], wire.Busy)
	}
}

func (s *Session) status(m *wire.Message, state wire.ExecutionState) {
	s.tell(m, wire.TypeStatus, wire.Status{ExecutionState: state})
}
