package strategy

import (
	"errors"
	"fmt"
	"slices"

	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// LocalSearch are the settings of a local search.
type LocalSearch struct {
	// Steepest looks at all neighbours before it moves, to the best of them. Without
	// it the search moves as soon as one is better: "query until lower".
	Steepest bool
	// Start is where the first climb begins; nil: at random.
	Start space.Genotype
}

// HillClimbing is what Local makes.
type HillClimbing struct {
	space    space.Space
	seed     uint64
	settings LocalSearch
	starts   *seed.Streams // by the number of the proposal
	orders   *seed.Streams // by the number of the architecture whose neighbours they order

	at     *Member           // where the search stands; nil if it has to start
	left   []space.Genotype  // neighbours that are still to be looked at; nil before they are listed
	better *Member           // the best of those looked at; nil if none is better
	known  map[string]Member // what was told, but for failures
	seen   set               // what was proposed
	optima []Member
	turn
}

// Local is local search (White, Nolen and Savani 2021, "Exploring the Loss Landscape
// in Neural Architecture Search", algorithm 1). It starts at a random architecture,
// looks at the neighbours (space.Neighbours) and moves to one that scored higher,
// until there is none: a local optimum. Then it starts again at an architecture that
// it has not seen.
//
// Nothing is proposed twice: the score of a neighbour that was seen before is known,
// and to move there costs nothing. When the whole space was seen, it is exhausted.
//
// Batches: as many neighbours as were asked for, or as are left, so that Ask may
// return fewer. The search moves to the best of a batch, and starts at the best of a
// batch of starts; so a batch of one is the published algorithm. Neighbours are looked
// at in random order, but for steepest ascent in the order of the space.
//
// A proposal that failed is no place to move to, or to start at.
func Local(s space.Space, randomSeed uint64, settings LocalSearch) (*HillClimbing, error) {
	if s == nil {
		return nil, errors.New("strategy: local search needs a space, not nil")
	}
	if settings.Start != nil {
		if err := space.Check(s, settings.Start); err != nil {
			return nil, fmt.Errorf("strategy: local search cannot start at %v: %w", settings.Start, err)
		}
		settings.Start = slices.Clone(settings.Start)
	}
	return &HillClimbing{
		space: s, seed: randomSeed, settings: settings,
		starts: seed.NewStreams(randomSeed, "strategy", "local search", "start"),
		orders: seed.NewStreams(randomSeed, "strategy", "local search", "order"),
		known:  map[string]Member{}, seen: set{},
		turn: turn{who: "local search"},
	}, nil
}

// Name says the settings and the seed.
func (h *HillClimbing) Name() string {
	how := "first improvement"
	if h.settings.Steepest {
		how = "steepest ascent"
	}
	if h.settings.Start != nil {
		how += fmt.Sprintf(" from %v", h.settings.Start)
	}
	return fmt.Sprintf("local search(%s seed %d)", how, h.seed)
}

// Optima are the local optima found so far, in the order found. The parent of each is
// the architecture that the search came from, 0 if it started there.
func (h *HillClimbing) Optima() []Member { return cloneMembers(h.optima) }

// Ask proposes up to n neighbours, or n starts.
func (h *HillClimbing) Ask(n int) ([]Proposal, error) {
	if err := h.mayAsk(h.space, n); err != nil {
		return nil, err
	}
	if err := h.climb(); err != nil {
		return nil, fmt.Errorf("strategy: local search: %w", err)
	}
	if h.at == nil {
		return h.start(n)
	}
	n = min(n, len(h.left))
	batch := h.left[:n]
	h.left = h.left[n:]
	for _, g := range batch {
		h.seen.add(g)
	}
	return h.propose(full(batch)), nil
}

// climb moves until there is a neighbour to look at, or a start to make.
func (h *HillClimbing) climb() error {
	for h.at != nil {
		if h.left == nil {
			if err := h.look(); err != nil {
				return err
			}
		}
		switch moved := h.better != nil && (!h.settings.Steepest || len(h.left) == 0); {
		case moved:
			h.at, h.better, h.left = h.better, nil, nil
		case len(h.left) == 0:
			h.optima = append(h.optima, *h.at)
			h.at, h.left = nil, nil
		default:
			return nil
		}
	}
	return nil
}

// look lists the neighbours of where the search stands.
func (h *HillClimbing) look() error {
	all, err := space.Neighbours(h.space, h.at.Genotype)
	if err != nil {
		return err
	}
	h.left = []space.Genotype{}
	listed := set{}
	for _, g := range all {
		if m, ok := h.known[key(g)]; ok {
			h.consider(m)
		} else if !h.seen.has(g) && !listed.has(g) {
			h.left = append(h.left, g)
			listed.add(g)
		}
	}
	if !h.settings.Steepest {
		h.orders.Open(h.at.Number).Shuffle(len(h.left), func(i, j int) { h.left[i], h.left[j] = h.left[j], h.left[i] })
	}
	return nil
}

// consider takes note of a neighbour that is better than where the search stands.
func (h *HillClimbing) consider(m Member) {
	if m.Score > h.at.Score && (h.better == nil || m.Score > h.better.Score) {
		h.better = &m
	}
}

// start proposes n architectures that were not seen; fewer if there are no more.
func (h *HillClimbing) start(n int) ([]Proposal, error) {
	var batch []space.Genotype
	if len(h.seen) == 0 && h.settings.Start != nil {
		h.seen.add(h.settings.Start)
		return h.propose(full([]space.Genotype{h.settings.Start})), nil
	}
	for range n {
		g, err := unseen(h.space, h.seen, h.starts.Open(len(h.seen)))
		if err == ErrExhausted && len(batch) > 0 {
			break
		}
		if err == ErrExhausted {
			return nil, err
		}
		if err != nil {
			h.seen.remove(batch) // nothing has been proposed
			return nil, fmt.Errorf("strategy: local search: %w", err)
		}
		h.seen.add(g)
		batch = append(batch, g)
	}
	return h.propose(full(batch)), nil
}

// Tell takes note of the best start, or of the best neighbour if it is better.
func (h *HillClimbing) Tell(batch []Observation) error {
	proposals := h.pending
	if err := h.told(batch); err != nil {
		return err
	}
	parent := 0
	start := h.at == nil
	if !start {
		parent = h.at.Number
	}
	for i, o := range batch {
		if o.Failed {
			continue
		}
		m := Member{Genotype: proposals[i].Genotype, Score: o.Score, Number: len(h.seen) - len(batch) + i + 1, Parent: parent}
		h.known[key(m.Genotype)] = m
		switch {
		case !start:
			h.consider(m)
		case h.at == nil || m.Score > h.at.Score:
			h.at = &m
		}
	}
	return nil
}

var _ Strategy = (*HillClimbing)(nil)
