package strategy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/nascent-go/nascent/nasext/space"
)

// ListSearch is what List makes.
type ListSearch struct {
	space space.Space
	all   []space.Genotype
	next  int
	turn
}

// List proposes given architectures of a space, in their order, and is then exhausted: those
// that a cheap search found best, for one, to train them.
func List(s space.Space, all []space.Genotype) *ListSearch {
	l := &ListSearch{space: s, turn: turn{who: "list"}}
	for _, g := range all {
		l.all = append(l.all, slices.Clone(g))
	}
	return l
}

// Name says how many there are, and tells lists apart by a sum.
func (l *ListSearch) Name() string {
	h := sha256.New()
	for _, g := range l.all {
		fmt.Fprintln(h, g)
	}
	return fmt.Sprintf("list(%d architectures with sum %s)", len(l.all), hex.EncodeToString(h.Sum(nil)[:4]))
}

// Ask proposes the next n architectures, or those that are left, with ErrExhausted. One that
// is not of the space is an error.
func (l *ListSearch) Ask(n int) ([]Proposal, error) {
	if err := l.mayAsk(l.space, n); err != nil {
		return nil, err
	}
	end := min(l.next+n, len(l.all))
	batch := l.all[l.next:end]
	for i, g := range batch {
		if err := space.Check(l.space, g); err != nil {
			return nil, fmt.Errorf("strategy: list: architecture %d: %w", l.next+i, err)
		}
	}
	l.next = end
	out := l.propose(full(batch))
	if len(out) < n {
		return out, ErrExhausted
	}
	return out, nil
}

// Tell ends the batch.
func (l *ListSearch) Tell(batch []Observation) error { return l.told(batch) }
