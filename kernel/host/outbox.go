package host

import (
	"errors"
	"io"
	"os"
	"sync"

	"github.com/nascent-go/nascent/kernel/wire"
)

// outbox holds messages for a worker that doesn't take them yet, so that the
// host never waits for it.
type outbox struct {
	mu     sync.Mutex
	filled *sync.Cond
	queue  []*wire.Message
	closed bool
}

func newOutbox() *outbox {
	o := &outbox{}
	o.filled = sync.NewCond(&o.mu)
	return o
}

func (o *outbox) put(m *wire.Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.closed {
		o.queue = append(o.queue, m)
		o.filled.Signal()
	}
}

func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed, o.queue = true, nil
	o.filled.Broadcast()
}

// drain writes messages until the outbox is closed or the pipe breaks, which it
// does when the worker ends; then it closes the pipe.
func (o *outbox) drain(conn *wire.Conn, pipe io.Closer) {
	defer pipe.Close()
	for {
		o.mu.Lock()
		for len(o.queue) == 0 && !o.closed {
			o.filled.Wait()
		}
		batch := o.queue
		o.queue = nil
		closed := o.closed
		o.mu.Unlock()
		if closed {
			return
		}
		for _, m := range batch {
			if err := conn.WriteMessage(m); err != nil {
				return
			}
		}
	}
}

// endOfPipe turns the end of a worker's pipe into nil and keeps other errors.
func endOfPipe(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrClosed) {
		return nil // a worker that dies may leave half a message
	}
	return err
}
