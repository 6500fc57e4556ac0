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
// recovered is dropped.
func (r *Runtime) AddTrace(sites []Site, begun bool) {
	g := r.state()
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
