package session

import (
	"sync"
	"time"

	"github.com/nascent-go/nascent/kernel/wire"
)

// request is a message that waits for its turn.
type request struct {
	*wire.Message
	came, made time.Time // made is zero if it is not known
	aborted    bool      // a cell before it has failed
	interrupts int       // how many interrupts had met an idle session when it came
}

// queue holds requests without bound: the sender never waits.
type queue struct {
	mu     sync.Mutex
	filled sync.Cond
	items  []request
	closed bool
	failed time.Time // when a cell has failed last that others must not follow
}

func (q *queue) init() { q.filled.L = &q.mu }

func (q *queue) push(r request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		late := r.came.Before(q.failed.Add(lateTime)) && !r.made.IsZero() && r.made.Before(q.failed)
		r.aborted = late && r.Header.MsgType == wire.TypeExecuteRequest
		q.items = append(q.items, r)
		q.filled.Signal()
	}
}

// pop waits for a request; ok is false when the queue has been closed.
func (q *queue) pop() (r request, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && !q.closed {
		q.filled.Wait()
	}
	if q.closed {
		return request{}, false
	}
	r = q.items[0]
	q.items[0] = request{}
	q.items = q.items[1:]
	return r, true
}

// abortCells marks the cells that wait now, so that they are not run, and those
// that come later but were made before now.
func (q *queue) abortCells() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.failed = time.Now()
	for i := range q.items {
		if q.items[i].Header.MsgType == wire.TypeExecuteRequest {
			q.items[i].aborted = true
		}
	}
}

// close drops what waits.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.items = true, nil
	q.filled.Broadcast()
}
