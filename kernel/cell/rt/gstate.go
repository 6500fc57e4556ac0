package rt

import "slices"

// gstate is what is known of one goroutine that runs lowered code. Only that
// goroutine uses it.
type gstate struct {
	id      uintptr
	depth   int  // >0: rt has called lowered code on it and is there to catch its panics
	spawned bool // it does not run the cell's statements
	leaving bool // its stack was full, and it makes its deferred calls
	recs    []*rec
	trace   []Site // of the panic in progress, innermost first
	inner   []Site // of one that begins in machine code
	earlier []replaced
	fault   Fault // what is known of the run-time error that is being thrown
}

// peek is the state of this goroutine, nil if it has none.
func (r *Runtime) peek() *gstate {
	if g, ok := r.gs.Load(goroutineID()); ok {
		return g.(*gstate)
	}
	return nil
}

// state is the state of this goroutine.
func (r *Runtime) state() *gstate {
	id := goroutineID()
	if g, ok := r.gs.Load(id); ok {
		return g.(*gstate)
	}
	g := &gstate{id: id}
	r.gs.Store(id, g)
	return g
}

// release forgets a state that says nothing any more.
func (r *Runtime) release(g *gstate) {
	if g.depth == 0 && len(g.recs) == 0 {
		r.gs.Delete(g.id)
	}
}

// below is where in the trace, and in the replaced panics, those of panic x begin.
func (g *gstate) below(x *rec) (trace, earlier int) {
	i := len(g.recs) - 1
	for i >= 0 && g.recs[i] != x {
		i--
	}
	for i--; i >= 0; i-- {
		if y := g.recs[i]; y != nil {
			return y.mark, y.earlier
		}
	}
	return 0, 0
}

// drop forgets panic x, which has been recovered.
func (g *gstate) drop(x *rec) {
	t, e := g.below(x)
	g.trace, g.earlier = g.trace[:min(t, len(g.trace))], g.earlier[:min(e, len(g.earlier))]
}

// replace notes that another panic has begun in the deferred calls of x and takes its place.
func (g *gstate) replace(x *rec) {
	t, _ := g.below(x)
	// The frames of x lie further out than those of the deferred calls.
	g.trace = slices.Concat(g.trace[:t], g.trace[x.mark:], g.trace[t:x.mark])
	if !uncatchable(x.val) {
		g.earlier = append(g.earlier, replaced{x.val, x.recovered})
	}
}

// trim forgets the trace of a panic that compiled code has caught.
func (g *gstate) trim() {
	n := 0
	for i := len(g.recs) - 1; i >= 0; i-- {
		if x := g.recs[i]; x != nil {
			n = x.mark
			break
		}
	}
	g.trace = g.trace[:min(n, len(g.trace))]
}
