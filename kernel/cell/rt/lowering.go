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
