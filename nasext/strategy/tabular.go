package strategy

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"

	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/vec"
)

// PolicyTable is a policy without memory: it has a number θ for each option of each
// decision, known by their words, and takes an option with the probability that the
// softmax over the options offered gives. All θ are 0 at first.
type PolicyTable struct {
	space space.Space
	theta table // by the names of decisions
}

// NewPolicyTable makes the uniform policy of a space.
func NewPolicyTable(s space.Space) (*PolicyTable, error) {
	if s == nil {
		return nil, errors.New("strategy: a policy needs a space, not nil")
	}
	return &PolicyTable{space: s}, nil
}

// probabilities is the softmax over the numbers at some places.
func (p *PolicyTable) probabilities(places []int) []float64 {
	q := make([]float64, len(places))
	top := math.Inf(-1)
	for _, i := range places {
		top = max(top, p.theta.values[i])
	}
	sum := 0.0
	for o, i := range places {
		q[o] = math.Exp(p.theta.values[i] - top)
		sum += q[o]
	}
	for o := range q {
		q[o] /= sum
	}
	return q
}

// Parameters says what each θ is for, in the order in which decisions were met.
func (p *PolicyTable) Parameters() []space.Choice { return slices.Clone(p.theta.names) }

// Theta are the parameters.
func (p *PolicyTable) Theta() []float64 { return slices.Clone(p.theta.values[:len(p.theta.names)]) }

// Sample draws an architecture from the policy.
func (p *PolicyTable) Sample(rng *rand.Rand) (space.Genotype, error) {
	var g space.Genotype
	for {
		d, more, err := p.space.Next(g)
		if err != nil || !more {
			return g, err
		}
		if len(d.Options) == 0 {
			return nil, fmt.Errorf("strategy: in the space %s, after the choices %v, the decision %q has no options; it holds no architecture there", p.space.Name(), g, d.Name)
		}
		g = append(g, draw(rng, p.probabilities(p.theta.places(d.Name, d.Options))))
	}
}

// draw is an index, drawn with the probabilities given.
func draw(rng *rand.Rand, probabilities []float64) int {
	left := rng.Float64()
	for i, q := range probabilities {
		if left -= q; left < 0 {
			return i
		}
	}
	return len(probabilities) - 1 // rounding
}

// Probability is how likely the policy draws an architecture.
func (p *PolicyTable) Probability(g space.Genotype) (float64, error) {
	product := 1.0
	err := p.follow(g, func(_ []int, q []float64, choice int) { product *= q[choice] })
	return product, err
}

// Gradient is advantage·∇log P(g) by the parameters: what REINFORCE learns from one
// architecture whose reward is so much above the baseline.
func (p *PolicyTable) Gradient(g space.Genotype, advantage float64) ([]float64, error) {
	var gradient []float64
	err := p.follow(g, func(places []int, q []float64, choice int) {
		gradient = append(gradient, make([]float64, len(p.theta.values)-len(gradient))...)
		for o, i := range places {
			gradient[i] -= advantage * q[o]
		}
		gradient[places[choice]] += advantage
	})
	return slices.Grow(gradient, len(p.theta.values))[:len(p.theta.names)], err
}

// follow calls step with each decision on the way to g: the places of its options,
// their probabilities and the option taken.
func (p *PolicyTable) follow(g space.Genotype, step func(places []int, q []float64, choice int)) error {
	for i, choice := range g {
		d, more, err := p.space.Next(g[:i])
		if err != nil {
			return err
		}
		if !more || choice < 0 || choice >= len(d.Options) {
			return space.Check(p.space, g)
		}
		places := p.theta.places(d.Name, d.Options)
		step(places, p.probabilities(places), choice)
	}
	if _, more, err := p.space.Next(g); more || err != nil {
		return errors.Join(err, space.Check(p.space, g))
	}
	return nil
}

// maxEnumerated is how many architectures Expected goes through.
const maxEnumerated = 1_000_000

// Expected goes through the whole space, of a million architectures at most: reward
// is the expectation J = Σ P(g)·r(g) of the reward under the policy, and gradient that
// of Gradient(g, r(g) − baseline), which is the policy gradient ∇J whatever the baseline.
func (p *PolicyTable) Expected(r func(space.Genotype) float64, baseline float64) (reward float64, gradient []float64, err error) {
	if size, err := space.Size(p.space); err != nil {
		return 0, nil, fmt.Errorf("strategy: an exact expectation: %w", err)
	} else if size.Cmp(big.NewInt(maxEnumerated)) > 0 {
		return 0, nil, fmt.Errorf("strategy: an exact expectation goes through at most %d architectures; %s has %v", maxEnumerated, p.space.Name(), size)
	}
	walk := space.Walk(p.space, func(g space.Genotype) bool {
		var likely float64
		var part []float64
		if likely, err = p.Probability(g); err != nil {
			return false
		}
		score := r(g)
		if part, err = p.Gradient(g, likely*(score-baseline)); err != nil {
			return false
		}
		reward += likely * score
		gradient = append(gradient, make([]float64, len(p.theta.names)-len(gradient))...)
		for i, v := range part {
			gradient[i] += v
		}
		return true
	})
	return reward, gradient, errors.Join(walk, err)
}

// Ascend adds rate·gradient to the parameters.
func (p *PolicyTable) Ascend(gradient []float64, rate float64) error {
	if len(gradient) != len(p.theta.names) {
		return fmt.Errorf("strategy: a gradient of %d numbers for a policy of %d parameters", len(gradient), len(p.theta.names))
	}
	for i, v := range gradient {
		p.theta.values[i] += rate * v
	}
	return nil
}

// Tabular are the settings of REINFORCE with a table.
type Tabular struct {
	Rate  float64 // of Adam; 0 means 0.01
	Decay float64 // of the baseline, 0 to below 1; 0 means 0.9
}

// TabularPolicyGradient is what ReinforceTabular makes.
type TabularPolicyGradient struct {
	settings Tabular
	policy   *PolicyTable
	seed     uint64
	streams  *seed.Streams
	asked    int
	rewards  rewards
	average  float64 // Σ of the baseline's weighted rewards
	weight   float64 // and of their weights
	m, v     []float64
	updates  int
	turn
}

// ReinforceTabular is REINFORCE (Williams 1992) as NATS-Bench has it (Dong et al. 2021,
// section 4, and the authors' code): a softmax for each decision by itself, the
// PolicyTable, and one step of Adam (Kingma and Ba 2015, β = 0.9 and 0.999) for each
// batch, along the mean of (r − b)·∇log P. The baseline b is the moving average of the
// mean rewards of all batches, the present one included, without the bias of a start
// at 0. The published search is in batches of one.
//
// The reward is the score, that of a failed proposal the lowest score seen so far.
func ReinforceTabular(s space.Space, randomSeed uint64, settings Tabular) (*TabularPolicyGradient, error) {
	if settings.Rate == 0 {
		settings.Rate = 0.01
	}
	if settings.Decay == 0 {
		settings.Decay = 0.9
	}
	policy, err := NewPolicyTable(s)
	switch {
	case err != nil:
		return nil, errors.New("strategy: tabular reinforce needs a space, not nil")
	case !(settings.Rate > 0) || math.IsInf(settings.Rate, 1):
		return nil, fmt.Errorf("strategy: tabular reinforce with a rate of %g; it must be a finite number above 0, or 0 for 0.01", settings.Rate)
	case !(settings.Decay > 0 && settings.Decay < 1):
		return nil, fmt.Errorf("strategy: tabular reinforce with a decay of %g; it must be above 0 and below 1, or 0 for 0.9", settings.Decay)
	}
	return &TabularPolicyGradient{
		settings: settings, policy: policy, seed: randomSeed,
		streams: seed.NewStreams(randomSeed, "strategy", "tabular reinforce"),
		turn:    turn{who: "tabular reinforce"},
	}, nil
}

// Name says the settings and the seed.
func (t *TabularPolicyGradient) Name() string {
	return fmt.Sprintf("tabular reinforce(rate %g decay %g seed %d)", t.settings.Rate, t.settings.Decay, t.seed)
}

// Policy is the policy in its present state.
func (t *TabularPolicyGradient) Policy() *PolicyTable { return t.policy }

// Ask samples n architectures from the policy.
func (t *TabularPolicyGradient) Ask(n int) ([]Proposal, error) {
	if err := t.mayAsk(t.policy.space, n); err != nil {
		return nil, err
	}
	batch := make([]space.Genotype, n)
	for i := range batch {
		g, err := t.policy.Sample(t.streams.Open(t.asked + i))
		if err != nil {
			return nil, fmt.Errorf("strategy: tabular reinforce: %w", err)
		}
		batch[i] = g
	}
	t.asked += n
	return t.propose(full(batch)), nil
}

// Tell takes one step of the policy gradient.
func (t *TabularPolicyGradient) Tell(batch []Observation) error {
	if err := t.told(batch); err != nil {
		return err
	}
	rewards, ok := t.rewards.of(batch)
	if !ok {
		return nil
	}
	share := 1 / float64(len(batch))
	t.average, t.weight = t.settings.Decay*t.average, t.settings.Decay*t.weight+1-t.settings.Decay
	for _, r := range rewards {
		t.average += (1 - t.settings.Decay) * r * share
	}
	baseline := t.average / t.weight
	p := t.policy
	loss := make([]float64, len(p.theta.values)) // its gradient, which Adam descends
	for i, r := range rewards {
		part, err := p.Gradient(batch[i].Genotype, (r-baseline)*share)
		if err != nil {
			return fmt.Errorf("strategy: tabular reinforce: %w", err)
		}
		for k, v := range part {
			loss[k] -= v
		}
	}
	t.m = append(t.m, make([]float64, len(loss)-len(t.m))...)
	t.v = append(t.v, make([]float64, len(loss)-len(t.v))...)
	const beta1, beta2, eps = 0.9, 0.999, 1e-8
	t.updates++
	vec.Adam(p.theta.values, loss, t.m, t.v, vec.NewAdamStep(t.settings.Rate, beta1, beta2, eps, t.updates))
	return nil
}

// rewards makes rewards of scores: a failed proposal gets the lowest score seen so far,
// its own batch included, as it is worth no more than the worst that succeeded,
// whatever the scale of the scores.
type rewards struct {
	worst float64 // meaningless until known
	known bool
}

// of is the rewards of a batch; false if no score was ever seen, so that failures teach nothing.
func (r *rewards) of(batch []Observation) ([]float64, bool) {
	out := make([]float64, len(batch))
	for _, o := range batch {
		if !o.Failed && (!r.known || o.Score < r.worst) {
			r.worst, r.known = o.Score, true
		}
	}
	for i, o := range batch {
		out[i] = o.Score
		if o.Failed {
			out[i] = r.worst
		}
	}
	return out, r.known
}

var _ Strategy = (*TabularPolicyGradient)(nil)
