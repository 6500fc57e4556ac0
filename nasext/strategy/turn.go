package strategy

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/nascent-go/nascent/nasext/space"
)

// turn keeps asking and telling in step: every Ask that proposed something is
// followed by one Tell about just that.
type turn struct {
	who     string // the strategy, for errors
	used    bool
	pending []Proposal
}

// Used says whether the strategy has proposed anything: a search wants a fresh one.
func (t *turn) Used() bool { return t.used }

// mayAsk says what is wrong with asking for n architectures now.
func (t *turn) mayAsk(s space.Space, n int) error {
	switch {
	case s == nil:
		return fmt.Errorf("strategy: %s has no space (nil)", t.who)
	case n < 1:
		return fmt.Errorf("strategy: %s was asked for %d architectures; ask for at least 1", t.who, n)
	case len(t.pending) > 0:
		return fmt.Errorf("strategy: %s was asked again before it was told how its last %d proposals did", t.who, len(t.pending))
	}
	return nil
}

// propose remembers a batch and returns a copy for the caller to keep.
func (t *turn) propose(batch []Proposal) []Proposal {
	t.pending, t.used = batch, true
	out := slices.Clone(batch)
	for i := range out {
		out[i].Genotype = slices.Clone(out[i].Genotype)
	}
	return out
}

// full are proposals without a budget of their own.
func full(batch []space.Genotype) []Proposal {
	out := make([]Proposal, len(batch))
	for i, g := range batch {
		out[i].Genotype = g
	}
	return out
}

// told ends the turn, or says how the observations differ from what was proposed;
// then the right ones are still awaited.
func (t *turn) told(batch []Observation) error {
	if len(t.pending) == 0 {
		return fmt.Errorf("strategy: %s was told %d observations, but no proposal of it waits for any; ask first", t.who, len(batch))
	}
	if len(batch) != len(t.pending) {
		return fmt.Errorf("strategy: %s was told %d observations about its last %d proposals; tell one about each", t.who, len(batch), len(t.pending))
	}
	for i, o := range batch {
		if p := t.pending[i]; !slices.Equal(o.Genotype, p.Genotype) {
			return fmt.Errorf("strategy: %s was told about %v where its proposal %d of the batch was %v; tell in the order asked", t.who, o.Genotype, i, p.Genotype)
		} else if o.Budget != p.Budget {
			return fmt.Errorf("strategy: %s was told about %v with a budget of %d where it proposed it with %d; tell what was asked", t.who, o.Genotype, o.Budget, p.Budget)
		}
		if !o.Failed && (math.IsNaN(o.Score) || math.IsInf(o.Score, 0)) {
			return fmt.Errorf("strategy: %s was told that %v scored %g; a score is a finite number, or the trial failed", t.who, o.Genotype, o.Score)
		}
	}
	t.pending = nil
	return nil
}

// set is a set of genotypes.
type set map[string]bool

func (s set) has(g space.Genotype) bool { return s[key(g)] }
func (s set) add(g space.Genotype)      { s[key(g)] = true }

func (s set) remove(batch []space.Genotype) {
	for _, g := range batch {
		delete(s, key(g))
	}
}

// key is equal for equal genotypes only.
func key(g space.Genotype) string {
	b := make([]byte, 0, 2*len(g))
	for _, o := range g {
		b = binary.AppendVarint(b, int64(o))
	}
	return string(b)
}
