package notebook

import (
	"context"
	"sync"

	"github.com/nascent-go/nascent/kernel/wire"
)

// Kernel is what the cells of a notebook run on, such as a session at the other end
// of a pipe.
type Kernel interface {
	// Send hands a request over.
	Send(m *wire.Message) error
	// Receive waits for the next message. If the kernel has ended, the error says
	// how; if ctx is done, it is ctx's.
	Receive(ctx context.Context) (*wire.Message, error)
	// Close ends the kernel.
	Close() error
}

// inbox holds messages until they are received, without bound: a kernel is never
// kept waiting by who runs the notebook.
type inbox struct {
	mu       sync.Mutex
	messages []*wire.Message
	err      error         // how the kernel ended
	told     bool          // err was returned
	changed  chan struct{} // has room for one: something is there to be looked at
}

func newInbox() *inbox { return &inbox{changed: make(chan struct{}, 1)} }

func (in *inbox) put(m *wire.Message) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.messages = append(in.messages, m)
	in.wake()
}

func (in *inbox) end(err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.err = err
	in.wake()
}

func (in *inbox) wake() {
	select {
	case in.changed <- struct{}{}:
	default:
	}
}

// Receive implements Kernel.
func (in *inbox) Receive(ctx context.Context) (*wire.Message, error) {
	for {
		m, err := in.take()
		if m != nil || err != nil {
			return m, err
		}
		select {
		case <-in.changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// take is the next message, or how the kernel ended if there is none; both are
// nil while nothing has come.
func (in *inbox) take() (*wire.Message, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.messages) == 0 {
		in.told = in.err != nil
		return nil, in.err
	}
	m := in.messages[0]
	in.messages[0] = nil
	in.messages = in.messages[1:]
	return m, nil
}

func (in *inbox) isTold() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.told
}
