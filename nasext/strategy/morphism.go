package strategy

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/nascent-go/nascent/nasext/predict"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// MorphismTree are the settings of NetworkMorphism.
type MorphismTree struct {
	Beta       float64 // β of the upper confidence bound; 0 means 2.576
	Cooling    float64 // r, what the temperature is multiplied by, above 0 and below 1; 0 means 0.9
	Coldest    float64 // T_low, the temperature at which the search for a proposal ends, above 0 and below 1; 0 means 0.0001
	Neighbours int     // steps that are tried from each architecture, drawn of all there are; 0 means 8
}

// MorphismSearch is what NetworkMorphism makes.
type MorphismSearch struct {
	space    space.Space
	seed     uint64
	settings MorphismTree
	streams  *seed.Streams

	tree     []Member   // told, but for failures
	outlines []*outline // of the tree
	seen     set
	parents  []int // of the pending batch
	turn
}

// NetworkMorphism is the search of Auto-Keras (Jin, Song and Hu 2019, "Auto-Keras: An
// Efficient Neural Architecture Search System", section 4): Bayesian optimisation
// over a tree of architectures that grow out of each other. What an architecture may
// score is predicted by a Gaussian process over edit distances (EditDistance), made
// vectors by Bourgain's embedding, whose kernel is valid. The next proposal is one step
// from an architecture that was tried, or several: algorithm 1 looks for the largest
// upper confidence bound μ + β·σ by simulated annealing, from the best so far on.
//
// On a space.Morpher, such as morph.Space, the first proposal is the architecture that all
// grow out of; with morph.Inherit each is trained from the weights of its parent. On any
// other space a step leads to a neighbour (space.Neighbours). Nothing is proposed twice;
// when every step is known, the search is exhausted.
//
// Before scores are known that differ, steps are drawn at random. From a proposal that
// failed nothing is learned, and no step leads on from it. Scores are compared as shares of the range of those seen, so that
// temperatures mean the same for percents. β, r, T_low and the number of neighbours are
// those of the authors' program.
func NetworkMorphism(s space.Space, randomSeed uint64, settings MorphismTree) (*MorphismSearch, error) {
	c := &settings
	for _, d := range []struct {
		setting *float64
		normal  float64
	}{{&c.Beta, 2.576}, {&c.Cooling, 0.9}, {&c.Coldest, 1e-4}} {
		if *d.setting == 0 {
			*d.setting = d.normal
		}
	}
	if c.Neighbours == 0 {
		c.Neighbours = 8
	}
	switch {
	case s == nil:
		return nil, errors.New("strategy: network morphism needs a space, not nil")
	case !(c.Beta > 0) || math.IsInf(c.Beta, 1):
		return nil, fmt.Errorf("strategy: network morphism with β = %g; it must be a finite number above 0, or 0 for 2.576", c.Beta)
	case !(c.Cooling > 0 && c.Cooling < 1):
		return nil, fmt.Errorf("strategy: network morphism with a cooling of %g; it must be above 0 and below 1, or 0 for 0.9", c.Cooling)
	case !(c.Coldest > 0 && c.Coldest < 1):
		return nil, fmt.Errorf("strategy: network morphism down to a temperature of %g; it must be above 0 and below 1, or 0 for 0.0001", c.Coldest)
	case c.Neighbours < 0:
		return nil, fmt.Errorf("strategy: network morphism with %d neighbours; there must be at least 1, or 0 for 8", c.Neighbours)
	}
	return &MorphismSearch{
		space: s, seed: randomSeed, settings: settings, seen: set{},
		streams: seed.NewStreams(randomSeed, "strategy", "network morphism", "proposal"),
		turn:    turn{who: "network morphism"},
	}, nil
}

// Name says the settings and the seed.
func (m *MorphismSearch) Name() string {
	s := m.settings
	return fmt.Sprintf("network morphism(β %g cooling %g coldest %g neighbours %d seed %d)", s.Beta, s.Cooling, s.Coldest, s.Neighbours, m.seed)
}

// Tree is every architecture that was told and did not fail, in the order proposed, with
// the number of the one that it grew out of, which may be several steps before it.
func (m *MorphismSearch) Tree() []Member { return cloneMembers(m.tree) }

// Ask proposes n architectures; fewer if the others depend on how these do.
func (m *MorphismSearch) Ask(n int) ([]Proposal, error) {
	if err := m.mayAsk(m.space, n); err != nil {
		return nil, err
	}
	model, err := m.model()
	if err != nil {
		return nil, fmt.Errorf("strategy: network morphism: %w", err)
	}
	var batch []space.Genotype
	var parents []int
	for len(batch) < n && (len(batch) == 0 || len(m.tree) > 0) {
		next, err := m.next(model, m.streams.Open(len(m.seen)))
		if err != nil {
			m.seen.remove(batch)
			return nil, fmt.Errorf("strategy: network morphism: %w", err)
		}
		if next == nil {
			break
		}
		m.seen.add(next.genotype)
		batch, parents = append(batch, next.genotype), append(parents, next.from)
	}
	if len(batch) == 0 {
		return nil, ErrExhausted
	}
	m.parents = parents
	return m.propose(full(batch)), nil
}

// branch is an architecture in the queue of the search.
type branch struct {
	genotype space.Genotype
	value    float64 // its score, or its upper confidence bound
	from     int     // number of its nearest ancestor that was told
}

// next is the next proposal; nil if there is none.
func (m *MorphismSearch) next(model *editModel, rng *rand.Rand) (*branch, error) {
	if len(m.seen) == 0 {
		first, err := space.First(m.space)
		if _, ok := m.space.(space.Morpher); !ok && err == nil {
			first, err = space.Random(m.space, rng)
		}
		return &branch{genotype: first}, err
	}
	if model != nil {
		if best, err := m.anneal(model, rng); best != nil || err != nil {
			return best, err
		}
	}
	// A step from any that was told, at random.
	for _, i := range rng.Perm(len(m.tree)) {
		steps, err := m.steps(m.tree[i].Genotype, nil, 1, rng)
		if err != nil {
			return nil, err
		}
		if len(steps) > 0 {
			return &branch{genotype: steps[0], from: m.tree[i].Number}, nil
		}
	}
	if len(m.tree) > 0 {
		return nil, nil
	}
	g, err := unseen(m.space, m.seen, rng) // all have failed
	if err == ErrExhausted {
		return nil, nil
	}
	return &branch{genotype: g}, err
}

// steps draws up to n architectures one step from g that were not seen and are not in met.
func (m *MorphismSearch) steps(g space.Genotype, met set, n int, rng *rand.Rand) ([]space.Genotype, error) {
	var all []space.Genotype
	var err error
	if s, ok := m.space.(space.Morpher); ok {
		all, err = s.Morphs(g)
	} else {
		all, err = space.Neighbours(m.space, g)
	}
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(h space.Genotype) bool { return m.seen.has(h) || met.has(h) })
	rng.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	return all[:min(n, len(all))], nil
}

// anneal is algorithm 1: it walks from the best architectures to those that promise
// more, and now and then to others, the colder the rarer; the best that it met is its
// answer, nil if there was nothing to meet.
func (m *MorphismSearch) anneal(model *editModel, rng *rand.Rand) (*branch, error) {
	var queue []branch
	top, bottom := math.Inf(-1), math.Inf(1)
	for _, t := range m.tree {
		queue = append(queue, branch{t.Genotype, t.Score, t.Number})
		top, bottom = max(top, t.Score), min(bottom, t.Score)
	}
	size := top - bottom
	if size <= 0 {
		return nil, nil
	}
	met := set{}
	var best *branch
	for t := 1.0; t > m.settings.Coldest && len(queue) > 0; t *= m.settings.Cooling {
		first := slices.MaxFunc(queue, func(a, b branch) int { return cmp.Compare(a.value, b.value) })
		queue = slices.DeleteFunc(queue, func(b branch) bool { return slices.Equal(b.genotype, first.genotype) })
		steps, err := m.steps(first.genotype, met, m.settings.Neighbours, rng)
		if err != nil {
			return nil, err
		}
		for _, g := range steps {
			met.add(g)
			value, ok, err := model.bound(m.space, g, m.settings.Beta)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			b := branch{g, value, first.from}
			if math.Exp((value-top)/(size*t)) > rng.Float64() {
				queue = append(queue, b)
			}
			top = max(top, value)
			if best == nil || value > best.value {
				best = &b
			}
		}
	}
	return best, nil
}

// Tell takes note of the batch.
func (m *MorphismSearch) Tell(batch []Observation) error {
	if err := m.told(batch); err != nil {
		return err
	}
	for i, o := range batch {
		if o.Failed {
			continue
		}
		a, err := m.space.Build(o.Genotype)
		if err != nil {
			return fmt.Errorf("strategy: network morphism was told a score of %v, which cannot be built: %w", o.Genotype, err)
		}
		line, err := outlineOf(a)
		if err != nil {
			return err
		}
		m.outlines = append(m.outlines, line)
		m.tree = append(m.tree, Member{
			Genotype: slices.Clone(o.Genotype), Score: o.Score,
			Number: len(m.seen) - len(batch) + i + 1, Parent: m.parents[i],
		})
	}
	return nil
}

// editModel predicts scores from edit distances.
type editModel struct {
	outlines []*outline
	sets     [][]int // of outlines: each is a coordinate, the distance from the nearest of the set
	process  predict.GaussianProcess
}

// model is fitted to what was told; nil if that tells no scores apart.
func (m *MorphismSearch) model() (*editModel, error) {
	scores := make([]float64, len(m.tree))
	for i, t := range m.tree {
		scores[i] = t.Score
	}
	e := &editModel{outlines: m.outlines, process: predict.GaussianProcess{Kernel: predict.RBF}}
	n := len(scores)
	if n < 2 {
		return nil, nil
	}
	// Bourgain's embedding: about log n sets each of 1, 2, 4, … up to n/2 of the points.
	rng := seed.Stream(m.seed, "strategy", "network morphism", "embedding", strconv.Itoa(n))
	for size := 1; size == 1 || size <= n/2; size *= 2 {
		for range int(math.Ceil(math.Log(float64(n)))) {
			e.sets = append(e.sets, rng.Perm(n)[:size])
		}
	}
	rows := make([][]float64, n)
	flat := true
	for i, o := range e.outlines {
		rows[i] = e.embed(o)
		flat = flat && slices.Equal(rows[i], rows[0])
	}
	if flat {
		return nil, nil
	}
	if err := e.process.Fit(rows, scores, 0); errors.Is(err, predict.ErrFlat) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return e, nil
}

// embed is the vector of an architecture.
func (e *editModel) embed(o *outline) []float64 {
	apart := make([]float64, len(e.outlines))
	for i, known := range e.outlines {
		apart[i] = o.distance(known)
	}
	v := make([]float64, len(e.sets))
	for k, points := range e.sets {
		v[k] = math.Inf(1)
		for _, i := range points {
			v[k] = min(v[k], apart[i])
		}
	}
	return v
}

// bound is the upper confidence bound of an architecture; false if it cannot be built.
func (e *editModel) bound(s space.Space, g space.Genotype, beta float64) (float64, bool, error) {
	a, err := s.Build(g)
	if err != nil {
		return 0, false, nil
	}
	o, err := outlineOf(a)
	if err != nil {
		return 0, false, nil
	}
	mean, deviation, err := e.process.Predict([][]float64{e.embed(o)})
	if err != nil {
		return 0, false, err
	}
	return mean[0] + beta*deviation[0], true, nil
}

var _ Strategy = (*MorphismSearch)(nil)
