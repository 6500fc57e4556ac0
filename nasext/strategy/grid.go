package strategy

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/space"
)

// GridSearch is what Grid makes.
type GridSearch struct {
	space space.Space
	last  space.Genotype // proposed last; nil before the first
	done  bool
	turn
}

// Grid proposes every architecture of a space once, in lexicographic order: the
// last decision changes fastest. Then it is exhausted.
func Grid(s space.Space) *GridSearch {
	return &GridSearch{space: s, turn: turn{who: "grid"}}
}

// Name is "grid".
func (g *GridSearch) Name() string { return g.who }

// Ask proposes the next n architectures, or those that are left, with ErrExhausted.
func (g *GridSearch) Ask(n int) ([]Proposal, error) {
	if err := g.mayAsk(g.space, n); err != nil {
		return nil, err
	}
	var batch []space.Genotype
	last, done := g.last, g.done
	for len(batch) < n && !done {
		next, more, err := g.after(last)
		if err != nil {
			return nil, fmt.Errorf("strategy: grid: %w", err)
		}
		if done = !more; more {
			batch = append(batch, next)
			last = next
		}
	}
	g.last, g.done = last, done
	out := g.propose(full(batch))
	if len(out) < n {
		return out, ErrExhausted
	}
	return out, nil
}

// after is the architecture that follows last; false if that was the end.
func (g *GridSearch) after(last space.Genotype) (space.Genotype, bool, error) {
	if last == nil {
		first, err := space.First(g.space)
		if first == nil {
			first = space.Genotype{} // a space without decisions holds one architecture
		}
		return first, err == nil, err
	}
	return space.After(g.space, last)
}

// Tell ends the batch.
func (g *GridSearch) Tell(batch []Observation) error { return g.told(batch) }
