package rt

import "reflect"

// DS is the stack of the deferred calls of one function call.
type DS struct {
	r *Runtime
	l []func()
}

// NewDS makes an empty stack.
func (r *Runtime) NewDS() *DS { return &DS{r: r} }

// Push defers a call of f, which may call recover.
func (d *DS) Push(f any, args ...any) { d.l = append(d.l, d.r.thunk(f, args)) }

// PushPlain defers a call of f, which doesn't call recover itself: what it calls
// must not recover.
func (d *DS) PushPlain(f any, args ...any) {
	r, t := d.r, d.r.thunk(f, args)
	d.l = append(d.l, func() {
		if r.active.Load() > 0 {
			g := r.push(nil)
			defer r.pop(g)
		}
		t()
	})
}

// PushAny defers a call of a function that is not known, as function values and methods
// of interfaces are.
func (d *DS) PushAny(f any, args ...any) {
	r, t := d.r, d.r.thunk(f, args)
	d.l = append(d.l, func() {
		if x := r.top(); x != nil && x.armed {
			x.doubtful = true
			defer func() { x.doubtful = false }()
		}
		t()
	})
}

// PushRecover defers recover itself. It is not called by a deferred function then, but
// by the one that defers it: it stops a panic if that one was called by it and has
// come to its end. direct is what Enter said to it.
func (d *DS) PushRecover(direct bool) {
	r := d.r
	d.l = append(d.l, func() {
		g := r.peek()
		if !direct || g == nil || len(g.recs) < 2 || g.recs[len(g.recs)-1] != nil {
			return
		}
		if x := g.recs[len(g.recs)-2]; x != nil && !uncatchable(x.val) {
			x.recovered = true
		}
	})
}

// pull takes the call that was deferred last.
func (d *DS) pull() func() {
	n := len(d.l) - 1
	f := d.l[n]
	d.l[n] = nil
	d.l = d.l[:n]
	return f
}

// Run makes the deferred calls at the end of a function that doesn't panic: they
// can't recover a panic in whose course the function was called.
func (d *DS) Run() {
	if len(d.l) == 0 {
		return
	}
	if d.r.active.Load() > 0 {
		g := d.r.push(nil)
		defer d.r.pop(g)
	}
	for len(d.l) > 0 {
		d.pull()()
	}
}

func (r *Runtime) thunk(f any, args []any) func() {
	if g, ok := f.(func()); ok && len(args) == 0 && g != nil {
		return g
	}
	v := reflect.ValueOf(f)
	return func() {
		if !v.IsValid() || v.IsNil() {
			Nil()
		}
		callLowered(v, args)
	}
}

// callLowered calls a lowered func.
func callLowered(f reflect.Value, args []any) []reflect.Value {
	t := f.Type()
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		in[i] = toType(reflect.ValueOf(a), t.In(i))
	}
	if t.IsVariadic() {
		return f.CallSlice(in)
	}
	return f.Call(in)
}
