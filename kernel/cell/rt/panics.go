package rt

import "runtime"

// rec is one panic in progress; a nil *rec is a call that shields what it calls
// from the panics before.
type rec struct {
	val       any
	mark      int  // length of the goroutine's trace when its deferred calls began
	earlier   int  // number of panics before it that it replaced
	armed     bool // a deferred function has been called and has not asked yet
	doubtful  bool // that function may be one that does not ask, but calls others that do
	recovered bool
}

// replaced is a panic that another one took the place of.
type replaced struct {
	val       any
	recovered bool
}

// push notes that a panic (or, if x is nil, a shield) begins on this goroutine.
func (r *Runtime) push(x *rec) *gstate {
	r.active.Add(1)
	g := r.state()
	if x != nil {
		x.mark, x.earlier = len(g.trace), len(g.earlier)
	}
	g.recs = append(g.recs, x)
	return g
}

func (r *Runtime) pop(g *gstate) {
	r.active.Add(-1)
	g.recs = g.recs[:len(g.recs)-1]
	r.release(g)
}

// top is the panic that a recover on this goroutine would find, if any.
func (r *Runtime) top() *rec {
	if r.active.Load() == 0 {
		return nil
	}
	g := r.peek()
	if g == nil || len(g.recs) == 0 {
		return nil
	}
	return g.recs[len(g.recs)-1]
}

// Enter tells a function that calls recover whether a panic called it, as a deferred function.
func (r *Runtime) Enter() bool {
	t := r.top()
	if t == nil || !t.armed {
		return false
	}
	t.armed = false
	return !t.doubtful || r.stack == nil || r.stack.Between() == 0
}

// Recover is recover(); direct is what Enter said to the function that calls it.
func (r *Runtime) Recover(direct bool) any {
	if !direct {
		return nil
	}
	t := r.top()
	if t == nil || t.recovered || uncatchable(t.val) {
		return nil
	}
	t.recovered = true
	return t.val
}

// RecoverD is recover in a go statement: there is no panic that it could stop.
func (r *Runtime) RecoverD() any { return nil }

// Panic is panic(x).
func (r *Runtime) Panic(x any) {
	if x == nil {
		panic(new(runtime.PanicNilError))
	}
	panic(x)
}

// outcome is how a call ended.
type outcome int

const (
	returned outcome = iota
	panicked
)

// try calls f and catches its panic. If the goroutine exits in f, so it does in try.
func try(f func()) (val any, how outcome) {
	how = panicked
	defer func() {
		if how == returned {
			return
		}
		if p := recover(); p != nil {
			val = fix(p)
		}
	}()
	f()
	how = returned
	return
}

// Run runs the body of a function that defers, with the calls that it defers in d.
// It returns true if it recovered from a panic: the results are then what the
// result variables hold.
func (r *Runtime) Run(d *DS, body func()) bool {
	u := unwinding{r: r, d: d}
	done := false
	defer func() {
		if !done { // runtime.Goexit in compiled code: it can't be stopped, only followed
			u.abandon()
		}
	}()
	p, how := try(body)
	recovered := false
	if how == panicked {
		p, recovered = u.run(r.exact(p))
	}
	done = true
	if how == panicked && !recovered {
		panic(p)
	}
	return recovered
}

// unwinding is a panic on its way through one function call.
type unwinding struct {
	r *Runtime
	d *DS
	g *gstate // while a rec of this call is pushed
}

// run makes the deferred calls in the course of panic p. It returns the panic that
// goes on, or true if there is none any more.
func (u *unwinding) run(p any) (any, bool) {
	if _, ok := p.(*Exit); ok { // os.Exit runs no deferred function
		return p, false
	}
	var leave any // an uncatchable panic: it goes on, whatever happens on top of it
	for {
		if uncatchable(p) {
			leave = p
		}
		x := &rec{val: p}
		u.g = u.r.push(x)
		q, how := u.calls(x)
		g := u.g
		switch {
		case how == panicked:
			g.replace(x)
		case x.recovered:
			g.drop(x)
		}
		u.g = nil
		u.r.pop(g)
		if _, ok := q.(*Exit); ok {
			return q, false
		}
		switch {
		case how == panicked:
			p = q
		case x.recovered && leave == nil:
			// What is still deferred runs as at a normal return.
			if q, how = try(u.d.Run); how == returned {
				return nil, true
			}
			p = u.r.exact(q)
		case leave != nil && (x.recovered || len(u.d.l) > 0):
			p = leave
		case leave != nil:
			return leave, false
		default:
			return p, false
		}
	}
}

// calls makes the deferred calls until one of them panics or recovers.
func (u *unwinding) calls(x *rec) (any, outcome) {
	for len(u.d.l) > 0 && !x.recovered {
		x.armed = true
		if p, how := try(u.d.pull()); how == panicked {
			return u.r.exact(p), panicked
		}
		x.armed = false
	}
	return nil, returned
}

// abandon makes the deferred calls of a function whose goroutine exits.
func (u *unwinding) abandon() {
	if u.g != nil {
		u.r.pop(u.g)
	}
	if len(u.d.l) > 0 {
		u.d.Run()
	}
}
