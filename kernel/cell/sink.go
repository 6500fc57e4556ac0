package cell

import "github.com/nascent-go/nascent/display"

// Sink is where compiled code shows things: on the cell that it runs for. Make it
// the default of package display in a process that runs cells.
func (e *Env) Sink() display.Router { return router{e, display.Default()} }

type router struct {
	env       *Env
	otherwise display.Sink // for code that no cell has started
}

// Route implements display.Router: the sink of the cell whose goroutine this is.
func (r router) Route() display.Sink {
	if c := r.env.rt.Current(); c != nil && c.Sink != nil {
		return c.Sink
	}
	return r.otherwise
}

// Emit implements display.Sink.
func (r router) Emit(ev display.Event) error { return r.Route().Emit(ev) }
