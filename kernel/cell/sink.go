package cell

import "github.com/nascent-go/nascent/display"

// Sink is where compiled code shows things: on the cell that it runs for. Make it
// the default of package display in a process that runs cells.
func (e *Env) Sink() display.Router { return e.rt.Sink() }
