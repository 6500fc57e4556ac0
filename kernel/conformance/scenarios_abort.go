package conformance

import (
	"github.com/nascent-go/nascent/kernel/wire"
)

func abortScenarios() []Scenario {
	return []Scenario{
		{"abort/queued cells", secShell, false, abortQueued},
		{"abort/not asked for", secShell, false, abortNot},
		{"abort/other requests", secShell, false, abortSpares},
		{"abort/ends", secShell, false, abortEnds},
	}
}

// queue runs a cell, and while it runs sends others, which begin when all are sent.
func (t *T) queue(send func()) {
	cell, open := t.busy()
	send()
	// control is answered at once, and what was sent before on shell has mostly come then
	t.Done(t.Request(wire.Control, wire.TypeKernelInfoRequest, wire.Empty{}))
	open()
	t.rest(cell, wire.StatusOK)
}

// Cells that wait when one fails are aborted.
func abortQueued(t *T) {
	_, before := t.OK(t.Lang.Quiet)
	var failing, one, two *wire.Message
	t.queue(func() { failing, one, two = t.Cell(t.Lang.Fails), t.Cell(t.Lang.Value), t.Cell(t.Lang.Value) })
	_, r := t.Reply(failing, wire.StatusError)
	Equal(t, "count of the cell that fails", r.ExecutionCount, before.ExecutionCount+2)
	for _, m := range []*wire.Message{one, two} {
		a, _ := t.Reply(m, wire.StatusAborted)
		Equal(t, "published about an aborted cell", a.Types(), []string{"busy", "idle"})
	}
	_, after := t.OK(t.Lang.Value)
	Equal(t, "count after aborted cells", after.ExecutionCount, r.ExecutionCount+1)
}

// With stop_on_error false the others run.
func abortNot(t *T) {
	var failing, next *wire.Message
	t.queue(func() {
		failing = t.Request(wire.Shell, wire.TypeExecuteRequest, wire.ExecuteRequest{Code: t.Lang.Fails, StoreHistory: true})
		next = t.Cell(t.Lang.Value)
	})
	t.Reply(failing, wire.StatusError)
	a, _ := t.Reply(next, wire.StatusOK)
	Equal(t, "result of the next cell", a.Result().Data["text/plain"], any("42"))
}

// Only cells are aborted.
func abortSpares(t *T) {
	var failing, asked, cell *wire.Message
	t.queue(func() {
		failing = t.Cell(t.Lang.Fails)
		asked = t.Request(wire.Shell, wire.TypeIsCompleteRequest, wire.IsCompleteRequest{Code: t.Lang.Whole[0]})
		cell = t.Cell(t.Lang.Value)
	})
	t.Reply(failing, wire.StatusError)
	Equal(t, "status of is_complete_reply", t.Done(asked).Status(), "complete")
	t.Reply(cell, wire.StatusAborted)
}

// A cell that is sent when the failure is known runs.
func abortEnds(t *T) {
	t.Reply(t.Cell(t.Lang.Fails), wire.StatusError)
	t.OK(t.Lang.Value)
	t.Reply(t.Cell(t.Lang.Invalid), wire.StatusError)
	t.OK(t.Lang.Value)
}
