package rt

import (
	"runtime"
	"strconv"
	"time"
)

// leave is the panic that takes a goroutine of a stopped cell off its stack. Its text
// is the one for which the interpreter doesn't write a trace.
type leave struct{}

func (leave) Error() string { return "net/http: abort Handler" }

// goexit is the panic that runtime.Goexit is in lowered code.
type goexit struct{ leave }

// Exit is the error of a cell that called os.Exit, or log.Fatal.
type Exit struct{ Code int }

func (e *Exit) Error() string { return "exit status " + strconv.Itoa(e.Code) }

// exit stops the cell for os.Exit.
func (c *Cell) exit(e *Exit) {
	if c.halt(e) && c.OnLateExit != nil {
		c.OnLateExit(e)
	}
}

// uncatchable: recover in a cell doesn't see it.
func uncatchable(p any) bool {
	switch p.(type) {
	case leave, goexit, *Exit:
		return true
	}
	return false
}

// SetStop gives the function that makes all lowered code call Poll, in each loop and at
// the start of each function, or no more.
func (r *Runtime) SetStop(set func(stop bool)) {
	r.stop.Lock()
	defer r.stop.Unlock()
	r.stop.set = set
}

// SetPlace gives the function that says where in a cell a panic began.
func (r *Runtime) SetPlace(place func(p *Panic) string) { r.place = place }

// pollers adds n to the number of goroutines that have to leave.
func (r *Runtime) pollers(n int) {
	r.stop.Lock()
	defer r.stop.Unlock()
	was := r.stop.count.Load() > 0
	if left := r.stop.count.Add(int64(n)) > 0; left != was && r.stop.set != nil {
		r.stop.set(left)
	}
}

// Poll ends the goroutine if its cell has been stopped, or if its stack is full.
func (r *Runtime) Poll() {
	c := r.Current()
	if c == nil {
		return
	}
	if r.depths.past(r.depths.deep) {
		r.depths.seen.Store(true)
	}
	switch {
	case c.stopped.Load():
		r.depart(c)
	case r.depths.past(r.depths.most):
		r.overflow(c, nil)
	}
}

// afterCall ends the goroutine if its cell has been stopped while it was in compiled
// code, which may have caught the panic that was to end it. A panic that compiled code
// has caught leaves no trace.
func (r *Runtime) afterCall() {
	if r.stop.count.Load() > 0 {
		r.Poll()
	}
	if r.traced.Load() {
		if g := r.peek(); g != nil {
			g.trim()
		}
	}
}

// depart ends the calling goroutine, whose cell has been stopped, or returns how long
// it may go on: deferred functions that clean up have half of the grace period.
func (r *Runtime) depart(c *Cell) time.Duration {
	if left := r.stay(c); left > 0 {
		return left
	}
	if r.depths.past(r.depths.deep) { // as in overflow
		runtime.Goexit()
	}
	panic(leave{})
}

// stay is how long the calling goroutine, whose cell has been stopped, may go on.
func (r *Runtime) stay(c *Cell) time.Duration {
	if !r.departing() || r.depths.past(r.depths.last) {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return r.grace/2 - time.Since(c.at)
}

// Leaving says whether Poll would end the goroutine since its cell has been stopped.
func (r *Runtime) Leaving() bool {
	c := r.Current()
	return c != nil && c.stopped.Load() && r.stay(c) <= 0
}

// departing: this goroutine is in the deferred functions of an uncatchable panic, or
// of a goroutine that exits since its stack is full.
func (r *Runtime) departing() bool {
	if g := r.peek(); g != nil && g.leaving {
		return true
	}
	if r.active.Load() == 0 {
		return false
	}
	if g := r.peek(); g != nil {
		for _, x := range g.recs {
			if x != nil && uncatchable(x.val) {
				return true
			}
		}
	}
	return false
}
