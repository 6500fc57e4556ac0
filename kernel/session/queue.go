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
	dropped    bool      // a comm message for which there is no room
	interrupts int       // how many interrupts had met an idle session when it came
	comms      int       // how many comm messages had come before it
}

// size is about what a request takes of memory.
func (r request) size() int {
	n := len(r.RawHeader) + len(r.Parent) + len(r.Metadata) + len(r.Content) + 1<<10
	for _, b := range r.Buffers {
		n += len(b)
	}
	return n
}

// queue holds requests until they are answered: the sender never waits.
type queue struct {
	mu     sync.Mutex
	filled sync.Cond // signalled also when a request is answered
	items  []request
	closed bool
	bytes  int       // that the items take
	pushed int       // requests that have come so far
	done   int       // requests that have been answered
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
		q.bytes += r.size()
		q.pushed++
		q.filled.Broadcast()
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
	q.bytes -= r.size()
	return r, true
}

// answered counts a request that was popped and is answered now.
func (q *queue) answered() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.done++
	q.filled.Broadcast()
}

// wait waits until the first n requests are answered, or the queue has been closed.
func (q *queue) wait(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.done < n && !q.closed {
		q.filled.Wait()
	}
}

// state is how many requests have come, and how many bytes those take that wait.
func (q *queue) state() (pushed, bytes int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.pushed, q.bytes
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
