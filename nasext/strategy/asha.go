package strategy

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// AsynchronousHalving is what ASHA makes.
type AsynchronousHalving struct {
	name     string
	space    space.Space
	settings Halving
	draws    randomDraws
	drawn    int         // how many new architectures so far
	rungs    []ashaRung  // from the smallest budget
	asked    []placement // of the pending batch
	turn
}

// ashaRung is what was tried with one budget.
type ashaRung struct {
	budget   int
	told     int      // how many, failures included
	scored   []Member // those that did not fail; Number is that of the new architecture
	promoted map[int]bool
}

// placement says on which rung an architecture was proposed.
type placement struct{ rung, number int }

// ASHA is asynchronous successive halving (Li et al. 2020, "A System for Massively
// Parallel Hyperparameter Tuning", algorithm 2): whenever there is something to do, it
// promotes an architecture that is among the best ⌊tried/η⌋ of its rung and was not
// promoted yet, from the highest rung where there is one; otherwise it tries a new,
// random architecture with the least budget. It never waits for a rung to fill.
//
// Batches: all that was told before is known, and of the batch itself only who was
// promoted. So what is proposed depends on the batches, but not on the workers.
//
// A proposal that failed counts as tried, and is never promoted. Budgets are those of
// SuccessiveHalving; First and Whole mean nothing here.
func ASHA(s space.Space, randomSeed uint64, settings Halving) (*AsynchronousHalving, error) {
	h, err := settings.check("ASHA", s)
	if err != nil {
		return nil, err
	}
	if h.First != 0 || h.Whole {
		return nil, fmt.Errorf("strategy: ASHA with First = %d and Whole = %t; it has no brackets, so leave them 0 and false", h.First, h.Whole)
	}
	a := &AsynchronousHalving{
		name: fmt.Sprintf("ASHA(budgets %s seed %d)", h, randomSeed), space: s, settings: h,
		draws: randomDraws{s, seed.NewStreams(randomSeed, "strategy", "ASHA")},
		turn:  turn{who: "ASHA"},
	}
	for k := h.rungs() - 1; k >= 0; k-- {
		a.rungs = append(a.rungs, ashaRung{budget: h.budget(k), promoted: map[int]bool{}})
	}
	return a, nil
}

// Name says the settings and the seed.
func (a *AsynchronousHalving) Name() string { return a.name }

// Ask promotes as many as can be, and makes up the rest of n with new architectures.
func (a *AsynchronousHalving) Ask(n int) ([]Proposal, error) {
	if err := a.mayAsk(a.space, n); err != nil {
		return nil, err
	}
	batch, asked := a.promotions(n)
	promoted := len(asked)
	for number := a.drawn; len(asked) < n; number++ {
		g, err := a.draws.sample(number)
		if err != nil {
			return nil, fmt.Errorf("strategy: ASHA: %w", err)
		}
		batch = append(batch, Proposal{Genotype: g, Budget: a.rungs[0].budget})
		asked = append(asked, placement{rung: 0, number: number})
	}
	for _, p := range asked[:promoted] {
		a.rungs[p.rung-1].promoted[p.number] = true
	}
	a.drawn += n - promoted
	a.asked = asked
	return a.propose(batch), nil
}

// promotions are up to n proposals for those that can be promoted, from the highest
// rung down, the best first.
func (a *AsynchronousHalving) promotions(n int) (batch []Proposal, asked []placement) {
	for k := len(a.rungs) - 2; k >= 0; k-- {
		r := a.rungs[k]
		best := bestFirst(r.scored)
		for _, m := range best[:min(len(best), r.told/a.settings.Eta)] {
			if len(asked) == n {
				return batch, asked
			}
			if !r.promoted[m.Number] {
				batch = append(batch, Proposal{Genotype: m.Genotype, Budget: a.rungs[k+1].budget})
				asked = append(asked, placement{rung: k + 1, number: m.Number})
			}
		}
	}
	return batch, asked
}

// Tell takes note of what was tried on each rung.
func (a *AsynchronousHalving) Tell(batch []Observation) error {
	proposals := a.pending
	if err := a.told(batch); err != nil {
		return err
	}
	for i, o := range batch {
		r := &a.rungs[a.asked[i].rung]
		r.told++
		if !o.Failed {
			r.scored = append(r.scored, Member{Genotype: proposals[i].Genotype, Score: o.Score, Number: a.asked[i].number})
		}
	}
	return nil
}

var _ Strategy = (*AsynchronousHalving)(nil)
