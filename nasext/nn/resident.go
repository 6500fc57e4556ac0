package nn

import (
	"context"
	"errors"
	"slices"

	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// resident is a training whose numbers an engine keeps: those of the network on the host are
// older until they are pulled.
type resident[T engine.Float] struct {
	engine.TrainingOf[T]
	now, next []T  // samples of the step under way and of the one that is staged, for the report if it fails
	stale     bool // the engine is ahead of the host
}

// ruled is an optimiser whose update an engine can do.
type ruled[T engine.Float] interface {
	rule() (r engine.Rule, decay float64, decays func(*engine.ParamOf[T]) bool)
}

func (o *SGDOf[T]) rule() (engine.Rule, float64, func(*engine.ParamOf[T]) bool) {
	return engine.Rule{SGD: &engine.SGD{Momentum: o.Momentum, Nesterov: o.Nesterov}}, o.WeightDecay, o.Decays
}

func (o *AdamOf[T]) rule() (engine.Rule, float64, func(*engine.ParamOf[T]) bool) {
	return engine.Rule{Adam: &engine.Adam{Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps, Decoupled: o.Decoupled}}, o.WeightDecay, o.Decays
}

func (o *RMSpropOf[T]) rule() (engine.Rule, float64, func(*engine.ParamOf[T]) bool) {
	return engine.Rule{RMSprop: &engine.RMSprop{Decay: o.Decay, Momentum: o.Momentum, Eps: o.Eps}}, o.WeightDecay, o.Decays
}

// settle hands the training to the engine, if it is one that can do it: with cross-entropy as
// the loss and an optimiser of this package.
func (t *TrainingOf[T]) settle() error {
	e, ok := t.net.engine.(engine.TrainerOf[T])
	if !ok || t.ownLoss {
		return nil
	}
	o, ok := t.c.Optimizer.(ruled[T])
	if !ok {
		return nil
	}
	n := t.net
	r := engine.RecipeOf[T]{Heads: []float64{1}, Clip: t.c.Clip, Params: n.params}
	rule, decay, decays := o.rule()
	r.Rule, r.Decay = rule, decay
	for range n.full.heads - 1 {
		r.Heads = append(r.Heads, n.AuxWeight)
	}
	for _, p := range n.params {
		r.Decays = append(r.Decays, decayOf(decay, decays, p) > 0)
	}
	state := t.optimizer()
	if err := state.same(n.params); err != nil {
		return err
	}
	r.Slots = state.Slots
	training, err := e.Trainer(n.full.plan, t.c.Batch, r)
	if err != nil {
		return err
	}
	t.resident = &resident[T]{TrainingOf: training}
	return training.Push()
}

// leave takes the training back to the host.
func (t *TrainingOf[T]) leave() error {
	r := t.resident
	if r == nil {
		return nil
	}
	t.resident = nil
	return r.Close()
}

// catchUp brings what the engine has to the host.
func (t *TrainingOf[T]) catchUp() error {
	if t.resident == nil || !t.resident.stale {
		return nil
	}
	t.resident.stale = false
	return t.resident.Pull()
}

// stage hands the next batch over.
func (t *TrainingOf[T]) stage(x []T, y []int) error {
	if err := t.net.checkLabels(x, y); err != nil {
		return err
	}
	if _, err := t.net.checkPass(x, true); err != nil {
		return err
	}
	r := t.resident
	r.next = append(r.next[:0], x...)
	partner, own := t.batches.Mix()
	return r.Stage(engine.BatchOf[T]{X: x, Y: y, Partner: partner, Own: own})
}

// begin starts a step of the batch that is staged.
func (t *TrainingOf[T]) begin() error {
	n, r := t.net, t.resident
	rate, state := t.rate(), t.optimizer()
	if err := state.check(n.params, rate); err != nil {
		return err
	}
	n.passes++
	n.trained = 0
	r.now, r.next = r.next, r.now
	return r.Begin(engine.StepArgs{Pass: n.pass(true), Rate: rate, Step: state.Steps + 1})
}

// end waits for the engine.
func (t *TrainingOf[T]) end() error {
	r := t.resident
	out, err := r.Finish()
	if err != nil {
		return err
	}
	r.stale = true
	s := Score{Loss: out.Losses[0], Correct: out.Correct, Samples: len(r.now) / t.net.in.Elems()}
	if i := slices.IndexFunc(out.Losses, func(v float64) bool { return !(Score{Loss: v}).Finite() }); i >= 0 {
		s.Loss = out.Losses[i]
		if err := t.catchUp(); err != nil {
			return err
		}
		return t.diverged(r.now)
	}
	t.optimizer().Steps++
	if t.average != nil || t.c.OnStep != nil {
		if err := t.catchUp(); err != nil {
			return err
		}
	}
	return t.stepped(s)
}

// walkThere trains what is left of an epoch where the engine has its numbers.
func (t *TrainingOf[T]) walkThere(ctx context.Context) error {
	x, y, ok := t.batches.Next()
	if ok {
		if err := t.stage(t.numbers(x), y); err != nil {
			return err
		}
	}
	for ok {
		if err := ctx.Err(); err != nil {
			return t.stopped(err)
		}
		if err := t.begin(); err != nil {
			return err
		}
		// The next batch is made and copied while the engine computes.
		var staged error
		if x, y, ok = t.batches.Next(); ok {
			staged = t.stage(t.numbers(x), y)
		}
		if err := errors.Join(t.end(), staged); err != nil {
			return err
		}
	}
	return t.catchUp()
}
