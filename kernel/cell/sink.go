package cell

import "github.com/nascent-go/nascent/display"

// Sink is where compiled code shows things: on the cell that it runs for. Make it
// the default of package display in a process that runs cells.
func (e *Env) Sink() display.Sink { return router{e, display.Default()} }

type router struct {
	env       *Env
	otherwise display.Sink // for code that no cell has started
}

func (r router) Emit(ev display.Event) error {
	if c := r.env.rt.Current(); c != nil && c.Sink != nil {
		return c.Sink.Emit(ev)
	}
	return r.otherwise.Emit(ev)
}
