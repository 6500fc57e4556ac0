package session

import (
	"context"
	"sync"
	"time"

	"github.com/nascent-go/nascent/kernel/wire"
)

// request is a message that waits for its turn.
type request struct {
	*wire.Message
	shell      *subshell // the subshell that it is for, or the main shell; nil: there is none with its id
	came, made time.Time // made is zero if it is not known
	aborted    bool      // a cell before it has failed
	interrupts int       // those of its queue when it came
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

// queue holds requests that one goroutine answers, one after the other. The sender
// never waits.
type queue struct {
	aside *queue // takes the requests that wait only until those before them have begun; nil: all wait
	whole bool   // an interrupt stops also what waits

	mu     sync.Mutex
	filled sync.Cond // signalled also when a request is answered
	items  []request
	closed bool
	ending bool      // closed as soon as it is empty
	bytes  int       // that the items take
	pushed int       // requests that have come so far
	done   int       // requests that have been answered
	failed time.Time // when a cell has failed last that others must not follow

	cancel     context.CancelCauseFunc // stops what is being done; nil: nothing is
	interrupts int                     // how many interrupts came that what waited then has to know of
}

func (q *queue) init() { q.filled.L = &q.mu }

func (q *queue) push(r request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed || q.ending:
		return
	case q.aside != nil && r.isAside(len(q.items) > 0):
		q.aside.push(r)
		return
	}
	late := r.came.Before(q.failed.Add(lateTime)) && !r.made.IsZero() && r.made.Before(q.failed)
	r.aborted = late && r.Header.MsgType == wire.TypeExecuteRequest
	r.interrupts = q.interrupts
	q.items = append(q.items, r)
	q.bytes += r.size()
	q.pushed++
	q.filled.Broadcast()
}

// pop waits for a request; ok is false when the queue has been closed.
func (q *queue) pop() (r request, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && !q.closed {
		if q.ending {
			return request{}, false
		}
		q.filled.Wait()
	}
	if q.closed {
		return request{}, false
	}
	r = q.take()
	for q.aside != nil && len(q.items) > 0 && q.items[0].isAside(false) {
		q.aside.push(q.take())
	}
	return r, true
}

// take takes out the first request. q.mu is held.
func (q *queue) take() request {
	r := q.items[0]
	q.items[0] = request{}
	q.items = q.items[1:]
	q.bytes -= r.size()
	return r
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
	q.abortWaiting()
}

// abortWaiting marks the cells that wait. q.mu is held.
func (q *queue) abortWaiting() {
	for i := range q.items {
		if q.items[i].Header.MsgType == wire.TypeExecuteRequest {
			q.items[i].aborted = true
		}
	}
}

// end takes no more requests, and aborts the cells that wait.
func (q *queue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ending = true
	q.abortWaiting()
	q.filled.Broadcast()
}

// close drops what waits.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.items = true, nil
	q.filled.Broadcast()
}

// begin makes the context of what is done for a request, which an interrupt or the
// end of the session cancels until end is called. An interrupt that came after the
// request, but before this, counts. end does not cancel the context: a goroutine
// that a cell has started goes on when the cell is done.
func (q *queue) begin(r request) (ctx context.Context, end func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		cancel(errClosed)
	case q.interrupts > r.interrupts:
		cancel(errInterrupted)
	}
	q.cancel = cancel
	return ctx, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.cancel = nil
	}
}

// interrupt stops what is being done, or, if that is nothing yet or the whole queue
// is concerned, what has been asked for so far.
func (q *queue) interrupt(cause error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.cancel != nil {
		q.cancel(cause)
	}
	if q.cancel == nil || q.whole {
		q.interrupts++
	}
}
