package session

import (
	"context"

	"github.com/nascent-go/nascent/kernel/history"
	"github.com/nascent-go/nascent/kernel/spill"
)

// Records are what a session keeps of the cells of one shell, and where the cell
// that runs stands among them. The context with which it runs carries them, for
// the commands that ask for them.
type Records struct {
	History history.Book
	Line    int // of the cell in the history; 0: it is not recorded
	// Spilled is what cell number has written beyond what was sent; false if there is nothing.
	Spilled func(number int) (*spill.Rest, bool)
}

type recordsKey struct{}

// With is a context that carries the records.
func (r Records) With(ctx context.Context) context.Context {
	return context.WithValue(ctx, recordsKey{}, r)
}

// RecordsOf are the records of the session that runs a cell with this context;
// false if none does.
func RecordsOf(ctx context.Context) (Records, bool) {
	r, ok := ctx.Value(recordsKey{}).(Records)
	return r, ok
}
