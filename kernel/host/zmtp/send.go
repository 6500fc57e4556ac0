package zmtp

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Send queues a message and returns at once. A router's message to a peer that
// is gone is dropped, as is a publisher's that nobody subscribed to.
func (s *Socket) Send(frames [][]byte) {
	if len(frames) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kind == Router {
		if p := s.peers[string(frames[0])]; p != nil {
			s.queue(p, frames[1:])
		}
		return
	}
	for _, p := range s.peers {
		if p.wants(string(frames[0])) {
			s.queue(p, frames)
		}
	}
}

// queue queues a message for a peer, unless too much waits already: then whoever
// is to blame is cut off. The caller holds mu.
func (s *Socket) queue(p *peer, frames [][]byte) {
	backlog, most := p.backlog(), int64(hoard*s.opts.Backlog)
	switch {
	case backlog > s.opts.Backlog && p.stream.stalled(s.opts.Patience):
		s.cut(p, "reads nothing")
	case s.kind == Publisher: // the same messages wait for all peers
		if int64(backlog) > most {
			s.cut(p, "reads too slowly")
		}
	default:
		for s.queued.Load() > most && len(s.peers) > 0 {
			slowest := slices.MaxFunc(slices.Collect(maps.Values(s.peers)), func(a, b *peer) int { return cmp.Compare(a.backlog(), b.backlog()) })
			if slowest.backlog() == 0 {
				break // what is left is on its way out
			}
			s.cut(slowest, "reads too slowly")
		}
	}
	p.send(frames)
}

// cut ends a peer that doesn't take what waits for it. The caller holds mu.
func (s *Socket) cut(p *peer, why string) {
	s.opts.Log("%s socket: %v %s while %d bytes wait; its connection was cut", s.kind, p.stream.RemoteAddr(), why, p.backlog())
	delete(s.peers, p.id)
	p.drop()
}

// WaitForRoom returns when no peer has more than Options.Backlog bytes waiting.
// It cuts peers off that have taken nothing for Options.Patience.
func (s *Socket) WaitForRoom() {
	s.mu.Lock()
	defer s.mu.Unlock()
	var alarm *time.Timer
	for !s.done {
		full := false
		for _, p := range s.peers {
			switch {
			case p.backlog() <= s.opts.Backlog:
			case p.stream.stalled(s.opts.Patience):
				s.cut(p, "reads nothing")
			default:
				full = true
			}
		}
		if !full {
			break
		}
		if alarm == nil {
			alarm = time.AfterFunc(s.opts.Patience, s.relief)
			defer func() { alarm.Stop() }()
		} else {
			alarm.Reset(s.opts.Patience)
		}
		s.room.Wait()
	}
}
