package strategy

import (
	"cmp"
	"errors"
	"fmt"

	"math/rand/v2"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// Objective is something that is wanted of an architecture.
type Objective string

// The objectives.
const (
	HighScore  Objective = "score"
	FewParams  Objective = "params"
	FewMACs    Objective = "macs"
	LowLatency Objective = "latency" // needs an estimator that measures it
)

// Value is the objective's value of an architecture, to be as small as possible: the
// score is negated. The error says what the estimator doesn't tell.
func (o Objective) Value(of Observation) (float64, error) {
	switch {
	case o == HighScore:
		return -of.Score, nil
	case o == LowLatency && of.Latency <= 0:
		return 0, fmt.Errorf("the latency of %v is not known; take an estimator that measures it", of.Genotype)
	case o == LowLatency:
		return of.Latency, nil
	case of.Params == 0 && of.MACs == 0:
		return 0, fmt.Errorf("the parameters and MACs of %v are not known; take an estimator that counts them", of.Genotype)
	case o == FewParams:
		return float64(of.Params), nil
	case o == FewMACs:
		return float64(of.MACs), nil
	}
	return 0, fmt.Errorf("there is no objective %q", o)
}

// NSGA2 are the settings of NSGA-II.
type NSGA2 struct {
	Objectives []Objective // two or more, as a rule; none means HighScore and FewParams
	Population int         // N; 0 means 100
	Crossover  float64     // probability that a child has two parents; 0 means 0.9
	Mutation   float64     // probability that a decision of a child changes; 0 means 1 by their number
	Distinct   bool        // avoid what was proposed before
}

// Solution is an architecture of a population that has several objectives.
type Solution struct {
	Member
	Values   []float64 // of the objectives, each to be as small as possible
	Rank     int       // of its front, from 1
	Crowding float64   // distance in its front
}

// MultiObjective is what NSGAII makes.
type MultiObjective struct {
	space    space.Space
	seed     uint64
	settings NSGA2
	streams  *seed.Streams

	parents  []Solution // P
	children []Solution // Q, as far as told
	made     int        // proposals of this generation
	proposed int
	origins  [][2]int // parents of the pending batch
	front    []Solution
	seen     set
	turn
}

// NSGAII searches for architectures that are good at several things at once (Deb et
// al. 2002, "A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II"). The first
// Population architectures are random. Each further generation is as many children.
// Their parents win binary tournaments: the one of the better front, in one front that
// in the less crowded place (section III-B). A child is a crossover (space.Crossover) of
// two parents or a copy of one, and each of its decisions then mutates with a
// probability (space.MutateEach). Of parents and children together the best survive,
// front after front, the last front by its crowding (section III-C).
//
// Batches: as much of a generation as was asked for or is left, so that Ask may return
// fewer; the size of the batches changes nothing.
//
// A proposal that failed joins nothing. With Distinct, one that was made before is
// replaced by another child, up to a hundred times; the article allows repeats.
func NSGAII(s space.Space, randomSeed uint64, settings NSGA2) (*MultiObjective, error) {
	if len(settings.Objectives) == 0 {
		settings.Objectives = []Objective{HighScore, FewParams}
	}
	settings.Objectives = slices.Clone(settings.Objectives)
	if settings.Population == 0 {
		settings.Population = 100
	}
	if settings.Crossover == 0 {
		settings.Crossover = 0.9
	}
	switch {
	case s == nil:
		return nil, errors.New("strategy: NSGA-II needs a space, not nil")
	case settings.Population < 2:
		return nil, fmt.Errorf("strategy: NSGA-II with a population of %d; it must be at least 2, or 0 for 100", settings.Population)
	case !(settings.Crossover > 0 && settings.Crossover <= 1):
		return nil, fmt.Errorf("strategy: NSGA-II with a probability %g of crossover; it is above 0 and at most 1, or 0 for 0.9", settings.Crossover)
	case !(settings.Mutation >= 0 && settings.Mutation <= 1):
		return nil, fmt.Errorf("strategy: NSGA-II with a probability %g of mutation; it is above 0 and at most 1, or 0 for 1 by the number of decisions", settings.Mutation)
	}
	for i, o := range settings.Objectives {
		if !slices.Contains([]Objective{HighScore, FewParams, FewMACs, LowLatency}, o) {
			return nil, fmt.Errorf("strategy: NSGA-II with an objective %q; there are %s, %s, %s and %s", o, HighScore, FewParams, FewMACs, LowLatency)
		}
		if slices.Contains(settings.Objectives[:i], o) {
			return nil, fmt.Errorf("strategy: NSGA-II with the objective %s twice", o)
		}
	}
	return &MultiObjective{
		space: s, seed: randomSeed, settings: settings, seen: set{},
		streams: seed.NewStreams(randomSeed, "strategy", "nsga-ii"), turn: turn{who: "NSGA-II"},
	}, nil
}

// Name says the settings and the seed.
func (m *MultiObjective) Name() string {
	s := m.settings
	words := make([]string, len(s.Objectives))
	for i, o := range s.Objectives {
		words[i] = string(o)
	}
	variant := ""
	if s.Mutation > 0 {
		variant = fmt.Sprintf(" mutation %g", s.Mutation)
	}
	if s.Distinct {
		variant += " distinct"
	}
	return fmt.Sprintf("nsga-ii(%s population %d crossover %g%s seed %d)", strings.Join(words, ","), s.Population, s.Crossover, variant, m.seed)
}

// Objectives are the objectives, in the order of the values of a Solution.
func (m *MultiObjective) Objectives() []Objective { return slices.Clone(m.settings.Objectives) }

// Population is the parents of the present generation, the best first; it is empty
// until the first generation was told.
func (m *MultiObjective) Population() []Solution { return cloneSolutions(m.parents) }

// Front is the Pareto front of all that was told: each solution that no other
// dominates, once, in the order of the first objective. Their ranks are 1.
func (m *MultiObjective) Front() []Solution {
	front := cloneSolutions(m.front)
	slices.SortStableFunc(front, func(a, b Solution) int { return slices.Compare(a.Values, b.Values) })
	return front
}

func cloneSolutions(all []Solution) []Solution {
	out := slices.Clone(all)
	for i := range out {
		out[i].Genotype, out[i].Values = slices.Clone(out[i].Genotype), slices.Clone(out[i].Values)
	}
	return out
}

// Ask proposes up to n architectures of the generation.
func (m *MultiObjective) Ask(n int) ([]Proposal, error) {
	if err := m.mayAsk(m.space, n); err != nil {
		return nil, err
	}
	n = min(n, m.settings.Population-m.made)
	batch, origins := make([]space.Genotype, n), make([][2]int, n)
	for i := range n {
		rng := m.streams.Open(m.proposed + i)
		for repeats := 0; ; repeats++ {
			g, from, err := m.child(rng)
			if err != nil {
				m.seen.remove(batch[:i])
				return nil, fmt.Errorf("strategy: NSGA-II: %w", err)
			}
			if batch[i], origins[i] = g, from; !m.settings.Distinct || !m.seen.has(g) || repeats == maxRepeats {
				break
			}
		}
		if m.settings.Distinct {
			m.seen.add(batch[i])
		}
	}
	m.made, m.proposed, m.origins = m.made+n, m.proposed+n, origins
	return m.propose(full(batch)), nil
}

// child makes one proposal, and says of whom.
func (m *MultiObjective) child(rng *rand.Rand) (g space.Genotype, from [2]int, err error) {
	if len(m.parents) == 0 {
		g, err = space.Random(m.space, rng)
		return g, from, err
	}
	a := m.tournament(rng)
	g, from[0] = a.Genotype, a.Number
	if rng.Float64() < m.settings.Crossover {
		b := m.tournament(rng)
		from[1] = b.Number
		if g, err = space.Crossover(m.space, a.Genotype, b.Genotype, rng); err != nil {
			return nil, from, err
		}
	}
	p := m.settings.Mutation
	if p == 0 {
		p = 1 / float64(max(len(g), 1))
	}
	g, err = space.MutateEach(m.space, g, p, rng)
	return g, from, err
}

// tournament is the better of two parents, which may be one.
func (m *MultiObjective) tournament(rng *rand.Rand) Solution {
	a, b := m.parents[rng.IntN(len(m.parents))], m.parents[rng.IntN(len(m.parents))]
	if crowded(b, a) < 0 {
		return b
	}
	return a
}

// crowded is negative if a comes before b: the crowded-comparison operator.
func crowded(a, b Solution) int {
	return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(b.Crowding, a.Crowding))
}

// Tell takes note of the children; after the last of a generation, the best survive.
func (m *MultiObjective) Tell(batch []Observation) error {
	values := make([][]float64, len(batch))
	for i, o := range batch {
		for _, objective := range m.settings.Objectives {
			if o.Failed {
				break
			}
			v, err := objective.Value(o)
			if err != nil {
				return fmt.Errorf("strategy: NSGA-II: %w", err)
			}
			values[i] = append(values[i], v)
		}
	}
	proposals := m.pending
	if err := m.told(batch); err != nil {
		return err
	}
	for i, o := range batch {
		if o.Failed {
			continue
		}
		s := Solution{Values: values[i], Rank: 1, Member: Member{
			Genotype: proposals[i].Genotype, Score: o.Score,
			Number: m.proposed - len(batch) + i + 1, Parent: m.origins[i][0], Other: m.origins[i][1],
		}}
		m.children = append(m.children, s)
		m.extend(s)
	}
	if m.made < m.settings.Population {
		return nil
	}
	parents, err := survivors(append(m.parents, m.children...), m.settings.Population)
	m.parents, m.children, m.made = parents, nil, 0
	return err
}

// extend adds a solution to the front, if it belongs there, and removes what it dominates.
func (m *MultiObjective) extend(s Solution) {
	for _, f := range m.front {
		if Dominates(f.Values, s.Values) || slices.Equal(f.Genotype, s.Genotype) {
			return
		}
	}
	m.front = append(slices.DeleteFunc(m.front, func(f Solution) bool { return Dominates(s.Values, f.Values) }), s)
}

// survivors are the best n, the best first, with their ranks and crowding.
func survivors(all []Solution, n int) ([]Solution, error) {
	points := make([][]float64, len(all))
	for i, s := range all {
		points[i] = s.Values
	}
	fronts, err := NondominatedSort(points)
	if err != nil {
		return nil, err
	}
	var best []Solution
	for rank, indices := range fronts {
		front := make([]Solution, len(indices))
		at := make([][]float64, len(indices))
		for i, k := range indices {
			front[i], at[i] = all[k], points[k]
		}
		distance, err := CrowdingDistance(at)
		if err != nil {
			return nil, err
		}
		for i := range front {
			front[i].Rank, front[i].Crowding = rank+1, distance[i]
		}
		slices.SortStableFunc(front, crowded)
		if best = append(best, front...); len(best) >= n {
			return best[:n], nil
		}
	}
	return best, nil
}

var _ Strategy = (*MultiObjective)(nil)
