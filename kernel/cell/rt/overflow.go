package rt

import (
	"errors"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// A recursion without end would fill the stack, and Go's run time would end the
// process. So cells stop before that. What it costs has to be nothing for code that
// does not recurse: only when the stacks of the process have just grown by much does
// the code of cells look at the depth of its stack, by Poll.

// ErrOverflow is the value of the panic that a full stack is.
var ErrOverflow = errors.New("stack overflow")

// depths are limits of a goroutine's stack, in bytes.
type depths struct {
	deep uintptr // from here on the goroutine is watched
	most uintptr // here the cell fails; 0 if the depth of stacks is not known
	last uintptr // here deferred functions that run then have to leave
	seen atomic.Bool
}

// init finds the limits: Go's run time doubles a stack as long as it is within the maximum.
func (d *depths) init() {
	const unknown = 1 << 20 // a stack that is deep before a cell runs
	if used := stackUsed(); used == 0 || used > unknown {
		return
	}
	limit := debug.SetMaxStack(1 << 30)
	debug.SetMaxStack(limit)
	whole := uintptr(1)
	for 2*whole <= uintptr(limit) {
		whole *= 2
	}
	d.deep, d.most, d.last = whole/16, whole/8*7, whole/16*15
}

// past says whether this goroutine's stack is deeper than one of the limits.
func (d *depths) past(limit uintptr) bool { return d.most > 0 && stackUsed() > limit }

// overflow fails the cell, whose goroutine has filled its stack, and ends the goroutine.
// A panic would go through the frames one by one, and take more stack for each.
func (r *Runtime) overflow(c *Cell, inner []Site) {
	p := &Panic{Value: ErrOverflow, Text: ErrOverflow.Error(), Trace: inner}
	if r.stack != nil {
		p.Trace = append(p.Trace, r.stack.Sites()...)
	}
	r.state().leaving = true
	if c.halt(p) && c.OnLatePanic != nil {
		c.OnLatePanic(p)
	}
	runtime.Goexit()
}

// Overflow is overflow of the calling goroutine's cell, for the stack of machine code, of
// which inner are the frames.
func (r *Runtime) Overflow(inner []Site) {
	if c := r.Current(); c != nil {
		r.overflow(c, inner)
	}
	panic(ErrOverflow)
}

// watch makes lowered code look at the depth of its stack while there may be a deep
// one, until done is closed.
func (r *Runtime) watch(done <-chan struct{}) {
	const (
		jump = 8 << 20 // bytes of all stacks, by which a deep one shows
		hold = time.Second
	)
	t := time.NewTicker(10 * time.Millisecond)
	defer t.Stop()
	stacks := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(stacks)
	last := stacks[0].Value.Uint64()
	var until time.Time
	looks := 0 // 1 while code looks
	defer func() { r.pollers(-looks) }()
	for {
		select {
		case <-done:
			return
		case <-t.C:
		}
		metrics.Read(stacks)
		now := stacks[0].Value.Uint64()
		// Where there is much to copy when a stack grows, that takes its time.
		if r.depths.seen.Swap(false) || now > last+jump || now > uint64(r.depths.most/4) {
			until = time.Now().Add(hold)
		}
		last = now
		switch on := time.Now().Before(until); {
		case on && looks == 0:
			looks = 1
			r.pollers(1)
		case !on && looks == 1:
			looks = 0
			r.pollers(-1)
		}
	}
}
