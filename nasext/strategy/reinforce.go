package strategy

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/nascent-go/nascent/nasext/controller"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// PolicyGradient is what Reinforce makes: a search in which a recurrent
// controller proposes architectures and learns from their scores.
type PolicyGradient struct {
	name    string
	space   space.Space
	policy  *controller.Controller
	rng     *rand.Rand
	asked   []controller.Episode // how the batch that waits for its Tell was written
	rewards rewards
	history []controller.Record
	turn
}

// Reinforce is the search of Zoph and Le (ICLR 2017): an LSTM writes the choices
// of an architecture one by one, and REINFORCE makes choices that scored above
// the moving baseline more likely. Each batch is sampled from one policy and
// then gives one update, so the batch of the study is the m of the article.
//
// The reward is the score as it is. A failed proposal gets the lowest score seen
// so far, its own batch included: an architecture that cannot be built is worth
// no more than the worst that can, whatever the scale of the scores. Before any
// score is known, failures teach nothing.
//
// cfg also says how the policy learns, by REINFORCE or by proximal policy optimisation,
// and has the settings of articles by name: controller.ZophLe2017, which are those of an
// empty Config, NASNet2018, ENASMicro2018 and ENASMacro2018.
//
// The article's learning rate suits its 12 800 architectures; a study of a few
// hundred trials wants a Rate of 0.003 to 0.02.
func Reinforce(s space.Space, randomSeed uint64, cfg controller.Config) (*PolicyGradient, error) {
	if s == nil {
		return nil, errors.New("strategy: reinforce needs a space, not nil")
	}
	policy, err := controller.New(cfg, seed.Derive(randomSeed, "strategy", "reinforce", "controller"))
	if err != nil {
		return nil, fmt.Errorf("strategy: reinforce: %w", err)
	}
	return &PolicyGradient{
		name:   fmt.Sprintf("reinforce(%s, seed %d)", policy.Config(), randomSeed),
		space:  s,
		policy: policy,
		turn:   turn{who: "reinforce"},
		rng:    seed.Stream(randomSeed, "strategy", "reinforce", "sample"),
	}, nil
}

// Name says the settings of the controller and the seed.
func (p *PolicyGradient) Name() string { return p.name }

// Controller is the policy in its present state.
func (p *PolicyGradient) Controller() *controller.Controller { return p.policy }

// History is what every update so far did, in order.
func (p *PolicyGradient) History() []controller.Record { return slices.Clone(p.history) }

// Ask samples n architectures from the policy. They may repeat: the surer the
// policy, the more often.
func (p *PolicyGradient) Ask(n int) ([]Proposal, error) {
	if err := p.turn.mayAsk(p.space, n); err != nil {
		return nil, err
	}
	batch, err := p.policy.SampleBatch(p.rng, p.space, n)
	if err != nil {
		return nil, fmt.Errorf("strategy: reinforce: %w", err)
	}
	proposals := make([]space.Genotype, n)
	for i, e := range batch {
		proposals[i] = e.Genotype
	}
	p.asked = batch
	return p.turn.propose(full(proposals)), nil
}

// Tell takes one step of the policy gradient on the batch.
func (p *PolicyGradient) Tell(batch []Observation) error {
	if err := p.turn.told(batch); err != nil {
		return err
	}
	episodes := p.asked
	p.asked = nil
	rewards, ok := p.rewards.of(batch)
	if !ok {
		return nil
	}
	record := controller.Record{Update: len(p.history) + 1, Policy: controller.Policy(episodes), Rewards: rewards}
	for i, r := range rewards {
		episodes[i].Reward = r
	}
	var err error
	if record.Stats, err = p.policy.Update(episodes); err != nil {
		return fmt.Errorf("strategy: reinforce: %w", err)
	}
	for _, r := range record.Rewards {
		record.Advantages = append(record.Advantages, r-record.Stats.Baseline)
	}
	p.history = append(p.history, record)
	return nil
}
