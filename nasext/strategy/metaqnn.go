package strategy

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// Exploration is a stage of an ε-greedy search.
type Exploration struct {
	Epsilon float64 // probability that a choice is random, 0 to 1
	Models  int     // how many architectures are proposed with it, at least 1
}

// MetaQNNSchedule is the schedule of Baker et al. 2017 (table 2), 2 700 models in all,
// shrunk or stretched to a number of models; 0 means the 2 700. A stage that is left
// without models is left out.
func MetaQNNSchedule(models int) []Exploration {
	article := []Exploration{{1, 1500}, {0.9, 100}, {0.8, 100}, {0.7, 100}, {0.6, 150}, {0.5, 150}, {0.4, 150}, {0.3, 150}, {0.2, 150}, {0.1, 150}}
	const all = 2700
	if models == 0 {
		models = all
	}
	var schedule []Exploration
	before, used := 0, 0
	for _, stage := range article {
		before += stage.Models
		if stage.Models = models*before/all - used; stage.Models > 0 {
			schedule = append(schedule, stage)
			used += stage.Models
		}
	}
	return schedule
}

// QLearning are the settings of MetaQNN.
type QLearning struct {
	Schedule []Exploration // after its end the last ε stays; none means MetaQNNSchedule(0)
	Rate     float64       // α, above 0 and at most 1; 0 means 0.01
	Discount float64       // γ, above 0 and at most 1; 0 means 1
	Initial  float64       // Q-value of what was never tried; 0 means 0.5
	Replay   int           // architectures that are learned from after each trial; 0 means 100
	// Shaped rewards every choice but the last with the score divided by the number of
	// choices (Zhong et al. 2018, "Practical Block-wise Neural Network Architecture
	// Generation", section 3.3). Without it, only the last choice is rewarded.
	Shaped bool
}

// QAgent is what MetaQNN makes.
type QAgent struct {
	space    space.Stater
	seed     uint64
	settings QLearning
	draws    *seed.Streams // by the number of the proposal
	replays  *seed.Streams // by the number of the trial

	q       table // by states
	memory  []experience
	known   set // what memory holds
	rewards rewards
	asked   int
	turn
}

// experience is an architecture with its reward, and the Q-values that lead to it.
type experience struct {
	steps  []qStep
	reward float64
}

// qStep is a choice: the places of the options' Q-values, and which was taken.
type qStep struct {
	places []int
	choice int
}

// MetaQNN searches by Q-learning (Baker et al. 2017, "Designing Neural Network
// Architectures using Reinforcement Learning", algorithms 1 to 3). Each choice of an
// architecture is random with probability ε, and otherwise that of the highest Q-value
// (of equals, either). After each trial, Replay architectures are drawn from all that
// were tried, with replacement, and each updates the Q-values of its choices, the last
// first: Q(s, u) becomes (1−α)·Q(s, u) + α·(r + γ·max Q(s′, ·)).
//
// The space has to be a space.Stater: Q-values belong to states. Where a space says
// what the agent of the article sees (the method AgentState of space.MetaQNN), these
// are the states. An architecture that comes again is proposed again, and remembered
// once. The reward is the score, that of a failed proposal the lowest score seen so far.
//
// Batches are drawn with the Q-values as told so far; the ε of a proposal depends on
// its number only.
func MetaQNN(s space.Space, randomSeed uint64, settings QLearning) (*QAgent, error) {
	if s == nil {
		return nil, errors.New("strategy: MetaQNN needs a space, not nil")
	}
	stated, ok := s.(space.Stater)
	if !ok {
		return nil, fmt.Errorf("strategy: MetaQNN needs a space that tells its states (space.Stater), and %s does not; "+
			"MetaQNN2017, Global, Cells, NASBench101, NASBench201, ENASMacro and NATSBenchSize do, and a space of New that calls Choices.State", s.Name())
	}
	c := &settings
	c.Schedule = slices.Clone(c.Schedule)
	if len(c.Schedule) == 0 {
		c.Schedule = MetaQNNSchedule(0)
	}
	for _, d := range []struct {
		setting *float64
		normal  float64
	}{{&c.Rate, 0.01}, {&c.Discount, 1}, {&c.Initial, 0.5}} {
		if *d.setting == 0 {
			*d.setting = d.normal
		}
	}
	if c.Replay == 0 {
		c.Replay = 100
	}
	switch {
	case !(c.Rate > 0 && c.Rate <= 1):
		return nil, fmt.Errorf("strategy: MetaQNN with a rate of %g; it must be above 0 and at most 1, or 0 for 0.01", c.Rate)
	case !(c.Discount > 0 && c.Discount <= 1):
		return nil, fmt.Errorf("strategy: MetaQNN with a discount of %g; it must be above 0 and at most 1, or 0 for 1", c.Discount)
	case math.IsNaN(c.Initial) || math.IsInf(c.Initial, 0):
		return nil, fmt.Errorf("strategy: MetaQNN with Q-values that begin as %g; they must be finite, or 0 for 0.5", c.Initial)
	case c.Replay < 0:
		return nil, fmt.Errorf("strategy: MetaQNN with %d replays; there must be at least 1, or 0 for 100", c.Replay)
	}
	for i, e := range c.Schedule {
		if !(e.Epsilon >= 0 && e.Epsilon <= 1) || e.Models < 1 {
			return nil, fmt.Errorf("strategy: MetaQNN with %+v as stage %d of its schedule; ε is 0 to 1, for at least 1 model", e, i)
		}
	}
	return &QAgent{
		space: stated, seed: randomSeed, settings: settings, q: table{initial: c.Initial}, known: set{},
		draws:   seed.NewStreams(randomSeed, "strategy", "metaqnn", "draw"),
		replays: seed.NewStreams(randomSeed, "strategy", "metaqnn", "replay"),
		turn:    turn{who: "MetaQNN"},
	}, nil
}

// Name says the settings and the seed.
func (a *QAgent) Name() string {
	s, shaped, schedule := a.settings, "", ""
	for _, e := range s.Schedule {
		schedule += fmt.Sprintf(" %g×%d", e.Epsilon, e.Models)
	}
	if s.Shaped {
		shaped = " shaped"
	}
	return fmt.Sprintf("metaqnn(ε%s, rate %g discount %g initial %g replay %d%s seed %d)", schedule, s.Rate, s.Discount, s.Initial, s.Replay, shaped, a.seed)
}

// Epsilon is the ε of a proposal, which are numbered from 0.
func (a *QAgent) Epsilon(proposal int) float64 {
	for _, e := range a.settings.Schedule {
		if proposal -= e.Models; proposal < 0 {
			return e.Epsilon
		}
	}
	return a.settings.Schedule[len(a.settings.Schedule)-1].Epsilon
}

// Ask draws n architectures.
func (a *QAgent) Ask(n int) ([]Proposal, error) {
	if err := a.mayAsk(a.space, n); err != nil {
		return nil, err
	}
	batch := make([]space.Genotype, n)
	for i := range batch {
		var err error
		if batch[i], err = a.draw(a.draws.Open(a.asked+i), a.Epsilon(a.asked+i)); err != nil {
			return nil, fmt.Errorf("strategy: MetaQNN: %w", err)
		}
	}
	a.asked += n
	return a.propose(full(batch)), nil
}

// Greedy is an architecture of choices that have the highest Q-values (of equals, the first).
func (a *QAgent) Greedy() (space.Genotype, error) { return a.draw(nil, 0) }

// draw makes the choices of an architecture; rng nil means without chance.
func (a *QAgent) draw(rng *rand.Rand, epsilon float64) (space.Genotype, error) {
	var g space.Genotype
	for {
		d, values, err := a.Values(g)
		if err != nil || len(d.Options) == 0 {
			return g, err
		}
		if rng != nil && rng.Float64() < epsilon {
			g = append(g, rng.IntN(len(values)))
			continue
		}
		var best []int
		for o, v := range values {
			switch {
			case len(best) == 0 || v > values[best[0]]:
				best = append(best[:0], o)
			case v == values[best[0]]:
				best = append(best, o)
			}
		}
		choice := best[0]
		if rng != nil {
			choice = best[rng.IntN(len(best))]
		}
		g = append(g, choice)
	}
}

// Values is the decision after some choices, and the Q-values of its options; both are
// empty when the choices are complete.
func (a *QAgent) Values(chosen space.Genotype) (space.Decision, []float64, error) {
	d, more, err := a.space.Next(chosen)
	if err != nil || !more {
		return space.Decision{}, nil, err
	}
	if len(d.Options) == 0 {
		return d, nil, fmt.Errorf("in the space %s, after the choices %v, the decision %q has no options; it holds no architecture there", a.space.Name(), chosen, d.Name)
	}
	places, err := a.places(chosen, d)
	values := make([]float64, len(places))
	for o, i := range places {
		values[o] = a.q.values[i]
	}
	return d, values, err
}

// places says where the Q-values of a decision stand.
func (a *QAgent) places(chosen space.Genotype, d space.Decision) ([]int, error) {
	state := a.space.State(chosen)
	if s, ok := a.space.(interface {
		AgentState(chosen space.Genotype) (string, error)
	}); ok {
		var err error
		if state, err = s.AgentState(chosen); err != nil {
			return nil, err
		}
	}
	if state == "" { // nothing is known of it: it is a state of its own
		state = fmt.Sprint(chosen)
	}
	return a.q.places(state, d.Options), nil
}

// Tell remembers the batch, and learns from replays after each of its trials.
func (a *QAgent) Tell(batch []Observation) error {
	if err := a.told(batch); err != nil {
		return err
	}
	rewards, ok := a.rewards.of(batch)
	if !ok {
		return nil
	}
	for i, o := range batch {
		if !a.known.has(o.Genotype) {
			e, err := a.experience(o.Genotype, rewards[i])
			if err != nil {
				return fmt.Errorf("strategy: MetaQNN: %w", err)
			}
			a.known.add(o.Genotype)
			a.memory = append(a.memory, e)
		}
		rng := a.replays.Open(a.asked - len(batch) + i)
		for range a.settings.Replay {
			a.update(a.memory[rng.IntN(len(a.memory))])
		}
	}
	return nil
}

// experience is what there is to learn from an architecture.
func (a *QAgent) experience(g space.Genotype, reward float64) (experience, error) {
	e := experience{reward: reward, steps: make([]qStep, len(g))}
	for i, choice := range g {
		d, _, err := a.space.Next(g[:i])
		if err != nil {
			return e, err
		}
		places, err := a.places(g[:i], d)
		if err != nil {
			return e, err
		}
		e.steps[i] = qStep{slices.Clone(places), choice}
	}
	return e, nil
}

// update is UPDATE_Q_VALUES of the article.
func (a *QAgent) update(e experience) {
	q, alpha := a.q.values, a.settings.Rate
	target := e.reward
	for i := len(e.steps) - 1; i >= 0; i-- {
		s := e.steps[i]
		at := s.places[s.choice]
		q[at] = (1-alpha)*q[at] + alpha*target
		best := math.Inf(-1)
		for _, k := range s.places {
			best = max(best, q[k])
		}
		target = a.settings.Discount * best
		if a.settings.Shaped {
			target += e.reward / float64(len(e.steps))
		}
	}
}

var _ Strategy = (*QAgent)(nil)
