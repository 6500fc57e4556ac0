package rt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime/pprof"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nascent-go/nascent/display"
)

// Cell is one run of a notebook's cell: its output and input, the goroutines that
// it has started, and whether it has been stopped. Its exported fields must not
// change after the first Do, but for Values.
type Cell struct {
	Number         int
	Name           string
	Stdout, Stderr io.Writer
	Stdin          io.Reader
	Sink           display.Sink

	// Code is kept as long as the cell: while its goroutines run, where they panic can be told.
	Code func()

	// Values are those of the cell's last expression. Only the goroutine that runs the
	// cell sets them: they can be read when Do has returned no error.
	Values []any

	// OnLatePanic is called, on the goroutine in question, for a panic in a goroutine
	// that the cell has left behind after Do has returned.
	OnLatePanic func(*Panic)
	// OnLateExit is called if such a goroutine calls os.Exit.
	OnLateExit func(*Exit)

	r      *Runtime
	ctx    context.Context
	labels context.Context

	done    chan struct{} // closed when the cell is stopped
	stopped atomic.Bool
	life    context.Context // ends then too: the root of the contexts that the cell makes
	end     context.CancelCauseFunc

	mu    sync.Mutex
	cause error // why it was stopped
	at    time.Time
	mains int           // calls of Do in progress
	live  int           // goroutines, main ones included
	empty chan struct{} // if not nil: to be closed when live gets to zero
}

// NewCell makes a cell. Its context counts while Do runs: what the cell leaves behind
// goes on after that, until [Cell.Stop].
func (r *Runtime) NewCell(ctx context.Context, number int, name string, stdout, stderr io.Writer, stdin io.Reader, sink display.Sink) *Cell {
	c := &Cell{Number: number, Name: name, Stdout: stdout, Stderr: stderr, Stdin: stdin, Sink: sink, r: r, ctx: ctx, done: make(chan struct{})}
	c.labels = r.tags.mark(c)
	c.life, c.end = context.WithCancelCause(context.Background())
	return c
}

// Current is the cell to which the calling goroutine belongs, nil if it belongs to none.
func (r *Runtime) Current() *Cell { return r.tags.read() }

// Done is closed when the cell is stopped: interrupted, failed, left by os.Exit.
func (c *Cell) Done() <-chan struct{} { return c.done }

// Err says why the cell has been stopped, nil if it has not.
func (c *Cell) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cause
}

// Stop ends the cell's goroutines at their next loop, channel operation or call into
// rt; the first cause stays. It doesn't wait for them.
func (c *Cell) Stop(cause error) {
	if cause == nil {
		cause = context.Canceled
	}
	c.halt(cause)
}

// halt stops the cell. It reports whether no Do is there to return the cause: false
// also if another cause came first.
func (c *Cell) halt(cause error) (late bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.haltLocked(cause)
}

func (c *Cell) haltLocked(cause error) (late bool) {
	if c.cause != nil {
		return false
	}
	c.cause, c.at = cause, time.Now()
	c.stopped.Store(true)
	c.r.pollers(c.live)
	close(c.done)
	c.end(cause)
	return c.mains == 0
}

// StopLeft stops what cells have left running after their Do has returned, and
// returns these cells.
func (r *Runtime) StopLeft(cause error) (stopped []*Cell) {
	r.living.Lock()
	cells := slices.Collect(maps.Keys(r.living.cells))
	r.living.Unlock()
	for _, c := range cells {
		c.mu.Lock()
		if c.mains == 0 && c.haltLocked(cause) {
			stopped = append(stopped, c)
		}
		c.mu.Unlock()
	}
	return stopped
}

// Busy says whether a cell has goroutines, also such as it has left behind.
func (r *Runtime) Busy() bool {
	r.living.Lock()
	defer r.living.Unlock()
	return len(r.living.cells) > 0
}

// lives notes whether a cell has goroutines. The caller holds its lock.
func (r *Runtime) lives(c *Cell, alive bool) {
	r.living.Lock()
	defer r.living.Unlock()
	if alive {
		r.living.cells[c] = true
	} else {
		delete(r.living.cells, c)
	}
	switch some := len(r.living.cells) > 0; {
	case some && r.living.done == nil && r.depths.most > 0:
		r.living.done = make(chan struct{})
		go r.watch(r.living.done)
	case !some && r.living.done != nil:
		close(r.living.done)
		r.living.done = nil
	}
}

// enter counts a goroutine that begins, and says whether it may.
func (c *Cell) enter(main bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cause != nil {
		return false
	}
	if c.live++; c.live == 1 {
		c.r.lives(c, true)
	}
	if main {
		c.mains++
	}
	return true
}

// leave counts a goroutine that ends.
func (c *Cell) leave() {
	c.mu.Lock()
	if c.live--; c.live == 0 {
		c.r.lives(c, false)
	}
	if c.cause != nil {
		c.r.pollers(-1)
	}
	if c.live == 0 && c.empty != nil {
		close(c.empty)
		c.empty = nil
	}
	c.mu.Unlock()
}

// finish ends a Do, with the reason why the cell was stopped, if it was.
func (c *Cell) finish() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mains--
	return c.cause
}

// idle is closed when the cell has no goroutine any more.
func (c *Cell) idle() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live == 0 {
		none := make(chan struct{})
		close(none)
		return none
	}
	if c.empty == nil {
		c.empty = make(chan struct{})
	}
	return c.empty
}

// Abandoned is the error of a cell that was stopped in compiled code and has not come
// back: its goroutine is left behind, and ends when the compiled code returns.
type Abandoned struct{ Cause error }

func (e *Abandoned) Error() string {
	return fmt.Sprintf("%v: the cell is inside compiled code, which did not return in time; it ends when that code returns", e.Cause)
}

// Unwrap is why the cell was stopped.
func (e *Abandoned) Unwrap() error { return e.Cause }

// Do runs f as cell c, on a goroutine of its own, and waits until it has ended. It
// returns a *Panic if f or a goroutine of the cell panicked meanwhile, an *Exit if one
// called os.Exit, the context's cause if it was cancelled, and that in an *Abandoned if
// f has not left after half a second.
func (r *Runtime) Do(c *Cell, f func()) error {
	r.last.Store(c)
	return r.DoAside(c, f)
}

// DoAside is Do for what is no cell of the notebook: goroutines that belong to no
// cell go on writing to the one that ran last.
func (r *Runtime) DoAside(c *Cell, f func()) error {
	if !c.enter(true) {
		return c.Err()
	}
	ended := make(chan bool, 1)
	go func() {
		exited := true // by runtime.Goexit
		defer func() {
			r.failInits(c)
			c.leave()
			ended <- exited
		}()
		pprof.SetGoroutineLabels(c.labels)
		exited = r.guard(c, f)
	}()
	select {
	case exited := <-ended:
		if exited {
			return r.afterGoexit(c)
		}
		return c.finish()
	case <-c.ctx.Done():
		select {
		case <-ended:
			return c.finish()
		default:
			c.Stop(context.Cause(c.ctx))
		}
	case <-c.done:
	}
	t := time.NewTimer(r.grace)
	defer t.Stop()
	select {
	case <-ended:
		return c.finish()
	case <-t.C:
		return &Abandoned{c.finish()}
	}
}

// afterGoexit waits for the goroutines of a cell whose main one has called runtime.Goexit.
func (r *Runtime) afterGoexit(c *Cell) error {
	select {
	case <-c.idle():
		c.halt(errDeadlock)
	case <-c.done:
	case <-c.ctx.Done():
		c.Stop(context.Cause(c.ctx))
	}
	return c.finish()
}

//lint:ignore ST1005 Go's own words
var errDeadlock = errors.New("fatal error: no goroutines (main called runtime.Goexit) - deadlock!")
