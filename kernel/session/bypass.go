package session

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Bypass is what the process writes to its standard output and error past the
// session: processes that cells have started, C code, Go's own runtime. It becomes
// output of the cell that runs. Its methods are safe for concurrent use.
type Bypass interface {
	// Waiting reports whether there is text to take. It is called before every
	// piece of output, so that the order is the program's, and has to be quick.
	Waiting() bool
	// Take reads what there is of a stream, wire.Stdout or wire.Stderr, without
	// waiting for more.
	Take(name string, p []byte) (n int)
	// Wait returns when there is text to take; false means that none can come any more.
	Wait() bool
	// Mend is called at the end of each cell: it puts right what the cell has done to
	// the streams, and says so in words for the user.
	Mend() (said string)
}

const (
	gatherTime = 5 * time.Millisecond // more text of those that write it in pieces comes within it
	takeSize   = 64 << 10             // bytes
	takeRounds = 16                   // then others may go on
)

// bypass sends what comes past the session to the cells it belongs to.
type bypass struct {
	from Bypass
	logf func(string, ...any)

	taking  atomic.Bool // what has been taken may not be output yet
	mu      sync.Mutex
	running []*output // in the order in which they have begun
	last    *output   // that has begun
	buf     []byte
}

// begin notes that a cell runs from now on.
func (b *bypass) begin(o *output) {
	if b.from == nil {
		return
	}
	b.take(nil) // what others have written before
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running = append(b.running, o)
	b.last = o
}

// mend puts the streams right at the end of a cell, and tells it what was wrong.
func (b *bypass) mend(o *output) error {
	if b.from == nil {
		return nil
	}
	b.take(o)
	said := b.from.Mend()
	if said == "" {
		return nil
	}
	_, err := o.append(stderr, []byte("["+said+"]\n"))
	return err
}

// end notes that a cell runs no longer.
func (b *bypass) end(o *output) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running = slices.DeleteFunc(b.running, func(x *output) bool { return x == o })
}

// take moves text that is there to the cell that wants to go on with its own
// output, or else to the one that has begun last.
func (b *bypass) take(o *output) {
	// In this order: where nothing is waiting any more, whoever took it says so still.
	if b.from == nil || !b.from.Waiting() && !b.taking.Load() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.taking.Store(true)
	defer b.taking.Store(false)
	if b.buf == nil {
		b.buf = make([]byte, takeSize)
	}
	to := b.owner(o)
	for name, stream := range streamNames {
		for range takeRounds {
			n := b.from.Take(stream, b.buf)
			if n == 0 {
				break
			}
			if to == nil {
				b.logf("%s: %s", stream, strings.TrimRight(string(b.buf[:n]), "\n"))
			} else if _, err := to.append(name, b.buf[:n]); err != nil {
				return // the session has ended
			}
			if n < len(b.buf) {
				break
			}
		}
	}
}

// owner is the cell to which text belongs; nil if there has been none.
func (b *bypass) owner(o *output) *output {
	switch {
	case o != nil && slices.Contains(b.running, o):
		return o
	case len(b.running) > 0:
		return b.running[len(b.running)-1]
	}
	return b.last
}

// follow takes text when it comes, until the session ends.
func (b *bypass) follow(done <-chan struct{}) {
	tick := time.NewTimer(gatherTime)
	defer tick.Stop()
	for b.from.Wait() {
		tick.Reset(gatherTime)
		select {
		case <-tick.C:
		case <-done:
			return
		}
		b.take(nil)
	}
}
