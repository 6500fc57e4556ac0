package cell

import "context"

// Call calls f, which compiled code got from a cell, as a small cell of its own,
// also while another runs: what it prints and shows goes where in says, and an
// interrupt of the cell that f comes from doesn't concern it. Of in, the source is
// not used. The error is as that of [Env.Run].
func (e *Env) Call(ctx context.Context, in Input, f func()) error {
	c := e.newCell(ctx, in, in.Name)
	if err := e.rt.DoAside(c, f); err != nil {
		return e.failure(ctx, err)
	}
	return nil
}
