package rt

// Overridden says whether rt has a func of its own in place of a compiled package's,
// so that the lowering has to go through [Runtime.Call].
func (r *Runtime) Overridden(pkg, name string) bool {
	_, ok := r.calls.overrides[symbol{pkg, name}]
	return ok
}

// GetG is the variable name of a compiled package.
func (r *Runtime) GetG(pkg, name string) any { return r.FromBin(r.lib.Values(pkg)[name]) }

// Text is what a value says as an error: its Error method's text, or what Go prints of it after "panic: ".
func (r *Runtime) Text(x any) string { return r.panicText(x) }

// AddTrace notes frames that a panic takes off the stack of this goroutine, innermost
// first. If the panic has just begun, what is left of one that compiled code has
// recovered is dropped. fault is what Go says of the run-time error that it is, if the
// interpreter says less.
func (r *Runtime) AddTrace(sites []Site, begun bool, fault string) {
	g := r.state()
	g.fault = fault
	if begun {
		from := 0
		for i := len(g.recs) - 1; i >= 0 && from == 0; i-- {
			if x := g.recs[i]; x != nil {
				from = x.mark
			}
		}
		g.trace = g.trace[:min(from, len(g.trace))]
	}
	g.trace = append(g.trace, sites...)
}

// exact is panic p, which has just been caught on this goroutine, in Go's words.
func (r *Runtime) exact(p any) any {
	e, ok := p.(RTError)
	if !ok || e.msg != indexFault && e.msg != sliceFault {
		return p
	}
	if g := r.peek(); g != nil && g.fault != "" {
		e.msg = "runtime error: " + g.fault
		g.fault = ""
	}
	return e
}

// what fix makes of the interpreter's words
const (
	indexFault = "runtime error: index out of range"
	sliceFault = "runtime error: slice bounds out of range"
)
