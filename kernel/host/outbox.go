package host

import (
	"sync"

	"github.com/nascent-go/nascent/kernel/wire"
	"github.com/nascent-go/nascent/kernel/worker"
)

// maxStdin is how many bytes of input may wait for a worker.
const maxStdin = 16 << 20

// outbox holds messages for a worker that doesn't take them yet, so that the host
// never waits for it. What is urgent overtakes the rest. How much may come is
// bounded by flight and, for input, by full.
type outbox struct {
	mu     sync.Mutex
	filled *sync.Cond
	urgent []*wire.Message
	queue  []*wire.Message
	stdin  int // bytes of input that wait
	closed bool
	room   chan struct{} // full may have become false
}

func newOutbox() *outbox {
	o := &outbox{room: make(chan struct{}, 1)}
	o.filled = sync.NewCond(&o.mu)
	return o
}

func (o *outbox) put(m *wire.Message, urgent bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return
	}
	if m.Channel == wire.Stdin {
		o.stdin += entrySize + size(m)
	}
	if urgent {
		o.urgent = append(o.urgent, m)
	} else {
		o.queue = append(o.queue, m)
	}
	o.filled.Signal()
}

// full says whether no more input should be received for now.
func (o *outbox) full() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.stdin >= maxStdin
}

func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed, o.urgent, o.queue, o.stdin = true, nil, nil, 0
	o.filled.Broadcast()
	o.makeRoom()
}

// makeRoom wakes who waits for room. The caller holds mu.
func (o *outbox) makeRoom() {
	select {
	case o.room <- struct{}{}:
	default:
	}
}

// next waits for a message; it returns nil when the outbox is closed.
func (o *outbox) next() *wire.Message {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.urgent) == 0 && len(o.queue) == 0 && !o.closed {
		o.filled.Wait()
	}
	if o.closed {
		return nil
	}
	from := &o.urgent
	if len(o.urgent) == 0 {
		from = &o.queue
	}
	m := (*from)[0]
	(*from)[0] = nil
	if *from = (*from)[1:]; m.Channel == wire.Stdin {
		o.stdin -= entrySize + size(m)
		o.makeRoom()
	}
	return m
}

// drain writes messages until the outbox is closed or the pipe breaks, which it
// does when the worker ends; then it closes the pipe.
func (o *outbox) drain(to *worker.Process) {
	// After the worker's end there is nothing left that could fail.
	defer func() { _ = to.CloseInput() }()
	for m := o.next(); m != nil; m = o.next() {
		if err := to.Send(m); err != nil {
			return
		}
	}
}
