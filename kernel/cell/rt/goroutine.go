package rt

import (
	"context"
	"reflect"
	"runtime"
	"runtime/pprof"
	"strings"
)

// Go is the go statement: f, a lowered func, is called on a new goroutine of the
// current cell. A panic there fails the cell, and nothing else.
func (r *Runtime) Go(f any, args ...any) {
	v := reflect.ValueOf(f)
	if !v.IsValid() || v.IsNil() {
		panic(rtError("go of nil func value"))
	}
	call := func() { callLowered(v, args) }
	if g, ok := f.(func()); ok && len(args) == 0 {
		call = g
	}
	c := r.Current()
	if c == nil {
		c = r.last.Load()
	}
	if c == nil {
		panic("rt: a goroutine outside of any cell")
	}
	if !c.enter(false) {
		panic(leave{})
	}
	go func() {
		defer c.leave()
		pprof.SetGoroutineLabels(c.labels)
		r.state().spawned = true
		r.guard(c, call)
	}()
}

// guard runs f on a goroutine of its own and makes its panic the cell's failure. It
// reports whether f called runtime.Goexit.
func (r *Runtime) guard(c *Cell, f func()) (exited bool) {
	g := r.state()
	g.depth = 1
	defer r.forget(g) // also if the goroutine exits
	p, how := try(f)
	if how == panicked {
		r.fail(c, g, r.exact(p))
	}
	_, exited = p.(goexit)
	return exited
}

// forget ends the state of a goroutine.
func (r *Runtime) forget(g *gstate) {
	r.active.Add(-int64(len(g.recs)))
	g.recs, g.depth = nil, 0
	r.release(g)
}

// fail stops the cell for panic p of goroutine g.
func (r *Runtime) fail(c *Cell, g *gstate, p any) {
	switch e := p.(type) {
	case leave, goexit:
	case *Exit:
		c.exit(e)
	default:
		e2 := r.newPanic(p, g)
		if c.halt(e2) && c.OnLatePanic != nil {
			c.OnLatePanic(e2)
		}
	}
}

// inside calls lowered code from compiled code. On a goroutine that compiled code has
// started there is nothing above that would catch a panic: then it fails the cell.
// home is the cell to which the code belongs if the goroutine doesn't say.
func (r *Runtime) inside(home *Cell, call func()) {
	if g := r.peek(); g != nil && g.depth > 0 {
		call()
		return
	}
	c := r.Current()
	if c == nil {
		if c = home; c == nil {
			call()
			return
		}
		pprof.SetGoroutineLabels(c.labels)
		defer pprof.SetGoroutineLabels(context.Background())
	}
	if !c.enter(false) {
		runtime.Goexit()
	}
	defer c.leave()
	g := r.state()
	g.depth, g.spawned = 1, true
	defer r.forget(g)
	p, how := try(call)
	if how == returned {
		return
	}
	p = r.exact(p)
	if !uncatchable(p) {
		switch compiledCatches() {
		case catchesValue:
			panic(p)
		case catchesPlaced:
			told := r.newPanic(p, g)
			if r.place != nil {
				told.place = r.place(told)
			}
			panic(told)
		}
	}
	r.fail(c, g, p)
	runtime.Goexit()
}

// What the compiled callers of lowered code do with its panics.
type catches int

const (
	catchesNone   catches = iota
	catchesValue          // they recover from it and want the value
	catchesPlaced         // they recover from it and want a *Panic, which has the place too
)

// compiledCatches says whether the caller of lowered code is known to recover from its panics.
func compiledCatches() catches {
	var pcs [64]uintptr
	fs := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := fs.Next()
		switch {
		case f.Function == "net/http.(*conn).serve", strings.HasPrefix(f.Function, "golang.org/x/sync/errgroup."),
			strings.HasPrefix(f.Function, "testing.tRunner"),
			f.Function == "github.com/nascent-go/nascent/display.render", // after the cell, too
			f.Function == "github.com/nascent-go/nascent/nasext/space.(*Custom).run":
			return catchesValue
		case f.Function == "github.com/nascent-go/nascent/nasext.guard":
			return catchesPlaced
		case !more:
			return catchesNone
		}
	}
}
