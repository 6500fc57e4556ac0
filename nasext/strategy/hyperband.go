package strategy

import (
	"errors"
	"fmt"

	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// Halving are the settings of successive halving and of what is built on it. Budgets
// are in the units of the search, such as epochs.
type Halving struct {
	Least int // r, which no budget is below; 0 means 1
	Most  int // R, the largest budget; 0 means 81
	Eta   int // η: one of so many is promoted, to a budget of as many times as much; 0 means 3
	// First is how many architectures successive halving begins with; 0 means as many as
	// leave one for the largest budget. The others work that out themselves.
	First int
	// Whole makes the brackets of Hyperband begin with ⌊(s_max+1)/(s+1)⌋·η^s
	// architectures, as HpBandSter, the code of BOHB, does, and not with
	// ⌈(s_max+1)/(s+1)·η^s⌉.
	Whole bool
}

// Rung is one step of a bracket: so many architectures are tried with a budget.
type Rung struct{ Architectures, Budget int }

// HalvingSearch is what SuccessiveHalving, Hyperband and BOHB make.
type HalvingSearch struct {
	name     string
	space    space.Space
	brackets [][]Rung
	draws    sampler
	drawn    int              // how many new architectures so far
	bracket  int              // how many are finished
	rung     int              // of the bracket
	waiting  []space.Genotype // promoted to the rung and not proposed yet; nil on the first
	left     int              // proposals that the rung still makes
	scored   []Member         // on the rung so far, but for failures
	turn
}

// sampler makes the architectures that a bracket begins with.
type sampler interface {
	// sample makes the new architecture of that number, from 0.
	sample(number int) (space.Genotype, error)
	// learn is told how a proposal did.
	learn(Observation) error
}

// randomDraws is the sampler that learns nothing.
type randomDraws struct {
	space   space.Space
	streams *seed.Streams
}

func (r randomDraws) sample(number int) (space.Genotype, error) {
	return space.Random(r.space, r.streams.Open(number))
}

func (randomDraws) learn(Observation) error { return nil }

// SuccessiveHalving tries First random architectures with a small budget, the best of
// them, one in Eta, with Eta times as much, and so on up to the largest (Karnin et al.
// 2013; Jamieson and Talwalkar 2016). Then it begins again with others.
//
// Budgets are Most/η^k, rounded, down to Least. Of equal scores the earlier is better.
// A proposal that failed is never promoted: if there are not enough others, the next
// rung is smaller, and if there is none, the search begins again.
//
// Batches: who is promoted is known when all of a rung are told, so Ask returns fewer
// than n at its end.
func SuccessiveHalving(s space.Space, randomSeed uint64, settings Halving) (*HalvingSearch, error) {
	h, err := settings.check("successive halving", s)
	if err != nil {
		return nil, err
	}
	top := h.rungs() - 1
	h.First = orDefault(h.First, power(h.Eta, top))
	name := fmt.Sprintf("successive halving(%d architectures budgets %s seed %d)", h.First, h, randomSeed)
	return newHalving(name, "successive halving", s, [][]Rung{h.bracket(h.First, top)}, randomDraws{s, seed.NewStreams(randomSeed, "strategy", "successive halving")}), nil
}

// Hyperband is successive halving in brackets that begin with fewer and fewer
// architectures and larger and larger budgets (Li et al. 2018, "Hyperband: A Novel
// Bandit-Based Approach to Hyperparameter Optimization", algorithm 1), so it does well
// however much a small budget tells. After the last bracket, in which every
// architecture gets the largest budget, the first comes again.
//
// Everything else is as with SuccessiveHalving.
func Hyperband(s space.Space, randomSeed uint64, settings Halving) (*HalvingSearch, error) {
	h, err := settings.check("Hyperband", s)
	if err != nil {
		return nil, err
	}
	if h.First != 0 {
		return nil, fmt.Errorf("strategy: Hyperband with First = %d; it works out itself how many architectures a bracket begins with, so leave it 0", h.First)
	}
	name := fmt.Sprintf("Hyperband(budgets %s%s seed %d)", h, h.rounding(), randomSeed)
	return newHalving(name, "Hyperband", s, h.hyperband(), randomDraws{s, seed.NewStreams(randomSeed, "strategy", "Hyperband")}), nil
}

func newHalving(name, who string, s space.Space, brackets [][]Rung, draws sampler) *HalvingSearch {
	return &HalvingSearch{
		name: name, space: s, brackets: brackets, draws: draws,
		left: brackets[0][0].Architectures, turn: turn{who: who},
	}
}

// check fills in the defaults, and says what is wrong.
func (h Halving) check(who string, s space.Space) (Halving, error) {
	h.Least, h.Most, h.Eta = orDefault(h.Least, 1), orDefault(h.Most, 81), orDefault(h.Eta, 3)
	switch {
	case s == nil:
		return h, fmt.Errorf("strategy: %s needs a space, not nil", who)
	case h.Least < 1:
		return h, fmt.Errorf("strategy: %s with budgets from %d; the least is at least 1 unit, or 0 for 1", who, h.Least)
	case h.Most < h.Least || h.Most > maxBudget:
		return h, fmt.Errorf("strategy: %s with budgets from %d to %d; the most is at least the least, and at most %d", who, h.Least, h.Most, maxBudget)
	case h.Eta < 2:
		return h, fmt.Errorf("strategy: %s with eta %d; it must be at least 2, or 0 for 3", who, h.Eta)
	case h.First < 0:
		return h, fmt.Errorf("strategy: %s with First = %d; it must be at least 1, or 0 for the default", who, h.First)
	}
	return h, nil
}

// maxBudget keeps the numbers of architectures in bounds.
const maxBudget = 1 << 30

// String is the budgets and η.
func (h Halving) String() string { return fmt.Sprintf("%d to %d eta %d", h.Least, h.Most, h.Eta) }

func (h Halving) rounding() string {
	if h.Whole {
		return " whole"
	}
	return ""
}

// rungs is how many budgets there are: s_max + 1, where s_max is the largest s with
// Least·η^s ≤ Most.
func (h Halving) rungs() (n int) {
	for b := h.Least; b <= h.Most; b *= h.Eta {
		n++
	}
	return n
}

// bracket begins with n architectures and a budget that can be raised s times.
func (h Halving) bracket(n, s int) []Rung {
	rungs := make([]Rung, s+1)
	for i := range rungs {
		rungs[i] = Rung{max(n/power(h.Eta, i), 1), h.budget(s - i)}
	}
	return rungs
}

// budget is Most/η^k, rounded.
func (h Halving) budget(k int) int {
	p := power(h.Eta, k)
	return (2*h.Most + p) / (2 * p)
}

// hyperband are the brackets, from s = s_max to 0.
func (h Halving) hyperband() (list [][]Rung) {
	all := h.rungs()
	for s := all - 1; s >= 0; s-- {
		n := (all*power(h.Eta, s) + s) / (s + 1) // rounded up
		if h.Whole {
			n = all / (s + 1) * power(h.Eta, s)
		}
		list = append(list, h.bracket(n, s))
	}
	return list
}

func power(base, n int) int {
	p := 1
	for range n {
		p *= base
	}
	return p
}

// Name says the settings and the seed.
func (h *HalvingSearch) Name() string { return h.name }

// Schedule is the brackets, in the order in which they come, again and again.
func (h *HalvingSearch) Schedule() [][]Rung {
	out := make([][]Rung, len(h.brackets))
	for i, b := range h.brackets {
		out[i] = append([]Rung(nil), b...)
	}
	return out
}

// Ask proposes up to n architectures of the present rung.
func (h *HalvingSearch) Ask(n int) ([]Proposal, error) {
	if err := h.mayAsk(h.space, n); err != nil {
		return nil, err
	}
	n = min(n, h.left)
	batch := make([]Proposal, n)
	for i := range batch {
		batch[i].Budget = h.present()[h.rung].Budget
		if h.rung > 0 {
			batch[i].Genotype = h.waiting[i]
			continue
		}
		var err error
		if batch[i].Genotype, err = h.draws.sample(h.drawn + i); err != nil {
			return nil, fmt.Errorf("strategy: %s: %w", h.who, err)
		}
	}
	if h.rung > 0 {
		h.waiting = h.waiting[n:]
	} else {
		h.drawn += n
	}
	h.left -= n
	return h.propose(batch), nil
}

// present is the bracket that is under way.
func (h *HalvingSearch) present() []Rung { return h.brackets[h.bracket%len(h.brackets)] }

// Tell promotes the best when the whole rung is known.
func (h *HalvingSearch) Tell(batch []Observation) error {
	proposals := h.pending
	if err := h.told(batch); err != nil {
		return err
	}
	var errs error
	for i, o := range batch {
		o.Genotype = proposals[i].Genotype
		errs = errors.Join(errs, h.draws.learn(o))
		if !o.Failed {
			h.scored = append(h.scored, Member{Genotype: o.Genotype, Score: o.Score})
		}
	}
	if h.left == 0 {
		h.promote()
	}
	return errs
}

// promote goes on to the next rung, or to the next bracket.
func (h *HalvingSearch) promote() {
	best := bestFirst(h.scored)
	h.scored, h.waiting = nil, nil
	h.rung++
	if h.rung == len(h.present()) || len(best) == 0 {
		h.bracket, h.rung = h.bracket+1, 0
		h.left = h.present()[0].Architectures
		return
	}
	for _, m := range best[:min(len(best), h.present()[h.rung].Architectures)] {
		h.waiting = append(h.waiting, m.Genotype)
	}
	h.left = len(h.waiting)
}

var _ Strategy = (*HalvingSearch)(nil)
