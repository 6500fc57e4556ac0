package rt

// RuntimeError is the runtime.Error with a text, which Go's run time has raised in another process.
func RuntimeError(text string) RTError { return rtError(text) }

// AsError is a lowered value of type error as compiled code has it.
func (r *Runtime) AsError(x any) error { return r.error(x) }
