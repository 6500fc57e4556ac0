package cell

// SetStrict says whether an error that comes last among the results of a call, and
// that a cell does not take outside of its functions, is left alone, as it is in Go: it
// is not raised, and where Go wants one value a call with two does not compile. It is
// raised from the beginning.
func (e *Env) SetStrict(on bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.strict = on
}

// Strict says what SetStrict has set.
func (e *Env) Strict() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.strict
}
