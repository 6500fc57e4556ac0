package strategy

import (
	"fmt"
	"math/rand/v2"

	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// RandomSearch is what Random and RandomDistinct make.
type RandomSearch struct {
	space    space.Space
	seed     uint64
	streams  *seed.Streams // by the number of the proposal
	distinct bool
	proposed int // so far
	seen     set // only if distinct
	turn
}

// Random proposes architectures drawn independently of each other: at each
// decision, every option is equally likely (space.Random). It learns nothing, and it is what every
// other strategy must beat (Li and Talwalkar 2019). Architectures may repeat.
//
// Proposal number i depends on the seed and i only, so batches of any size give
// the same sequence.
func Random(s space.Space, randomSeed uint64) *RandomSearch {
	return &RandomSearch{space: s, seed: randomSeed, streams: seed.NewStreams(randomSeed, "strategy", "random"), turn: turn{who: "random"}}
}

// RandomDistinct is Random without repeats: a draw that was proposed before is
// drawn again. When a hundred draws in a row were known, the next unknown
// architecture in lexicographic order is taken, so that a space can be exhausted.
func RandomDistinct(s space.Space, randomSeed uint64) *RandomSearch {
	r := Random(s, randomSeed)
	r.distinct, r.seen, r.who = true, set{}, "random without repeats"
	return r
}

// Name says whether repeats are allowed, and the seed.
func (r *RandomSearch) Name() string {
	return fmt.Sprintf("%s(seed %d)", r.who, r.seed)
}

// Ask draws n architectures. Without repeats it returns fewer, and ErrExhausted,
// when there are no more.
func (r *RandomSearch) Ask(n int) ([]Proposal, error) {
	if err := r.mayAsk(r.space, n); err != nil {
		return nil, err
	}
	var batch []space.Genotype
	var err error
	for i := range n {
		var g space.Genotype
		if g, err = r.draw(r.proposed + i); err != nil {
			break
		}
		batch = append(batch, g)
		if r.distinct {
			r.seen.add(g)
		}
	}
	if err != nil && err != ErrExhausted {
		r.seen.remove(batch) // nothing has been proposed
		return nil, fmt.Errorf("strategy: %s: %w", r.who, err)
	}
	r.proposed += len(batch)
	return r.propose(full(batch)), err
}

// draw is proposal number i.
func (r *RandomSearch) draw(i int) (space.Genotype, error) {
	rng := r.streams.Open(i)
	if r.distinct {
		return unseen(r.space, r.seen, rng)
	}
	return space.Random(r.space, rng)
}

// maxRepeats is how many known architectures are drawn before the search for a new one takes another way.
const maxRepeats = 100

// unseen draws an architecture that is not in seen. When a hundred draws in a row are,
// it is the next in lexicographic order that isn't; ErrExhausted if all are.
func unseen(s space.Space, seen set, rng *rand.Rand) (space.Genotype, error) {
	for repeats := 0; ; repeats++ {
		g, err := space.Random(s, rng)
		if err != nil || !seen.has(g) {
			return g, err
		}
		if repeats == maxRepeats {
			return unseenAfter(s, seen, g)
		}
	}
}

// unseenAfter is the first architecture after g, in lexicographic order and from
// the start again after the end, that is not in seen.
func unseenAfter(s space.Space, seen set, g space.Genotype) (space.Genotype, error) {
	for range len(seen) + 1 { // each step meets another one
		next, more, err := space.After(s, g)
		if err == nil && !more {
			next, err = space.First(s)
		}
		if err != nil {
			return nil, err
		}
		if !seen.has(next) {
			return next, nil
		}
		g = next
	}
	return nil, ErrExhausted
}

// Tell ends the batch.
func (r *RandomSearch) Tell(batch []Observation) error { return r.told(batch) }
