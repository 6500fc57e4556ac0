package rt

import (
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

// SetStop gives the address of the variable that lowered loops look at: they call
// Poll when it is true.
func (r *Runtime) SetStop(p *bool) {
	r.stop.Lock()
	defer r.stop.Unlock()
	r.stop.flag = p
	setFlag(p, r.stop.count.Load() > 0)
}

// pollers adds n to the number of goroutines that have to leave.
func (r *Runtime) pollers(n int) {
	r.stop.Lock()
	defer r.stop.Unlock()
	left := r.stop.count.Add(int64(n)) > 0
	if r.stop.flag != nil {
		setFlag(r.stop.flag, left)
	}
}

// setFlag writes what interpreted loops read without synchronisation, on purpose: a
// loop that sees the new value late leaves late, that is all.
//
//go:norace
//go:noinline
func setFlag(p *bool, v bool) { *p = v }

// Poll ends the goroutine if its cell has been stopped.
func (r *Runtime) Poll() {
	if c := r.Current(); c != nil && c.stopped.Load() {
		r.depart(c)
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
	if r.departing() {
		c.mu.Lock()
		left := r.grace/2 - time.Since(c.at)
		c.mu.Unlock()
		if left > 0 {
			return left
		}
	}
	panic(leave{})
}

// departing: this goroutine is in the deferred functions of an uncatchable panic.
func (r *Runtime) departing() bool {
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
