package nn

import (
	"slices"

	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// resident is a training whose numbers an engine keeps: those of the network on the host are
// older until they are pulled.
type resident[T engine.Float] struct {
	engine.TrainingOf[T]
	batch []T  // the samples of the step under way, for the report if it fails
	stale bool // the engine is ahead of the host
}

// ruled is an optimiser whose update an engine can do.
type ruled[T engine.Float] interface {
	rule() engine.Rule
	decay(p *engine.ParamOf[T]) float64
}

func (o *SGDOf[T]) rule() engine.Rule {
	return engine.Rule{SGD: &engine.SGD{Momentum: o.Momentum, Nesterov: o.Nesterov}}
}

func (o *SGDOf[T]) decay(p *engine.ParamOf[T]) float64 { return decayOf(o.WeightDecay, o.Decays, p) }

func (o *AdamOf[T]) rule() engine.Rule {
	return engine.Rule{Adam: &engine.Adam{Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps, Decoupled: o.Decoupled}}
}

func (o *AdamOf[T]) decay(p *engine.ParamOf[T]) float64 { return decayOf(o.WeightDecay, o.Decays, p) }

func (o *RMSpropOf[T]) rule() engine.Rule {
	return engine.Rule{RMSprop: &engine.RMSprop{Decay: o.Decay, Momentum: o.Momentum, Eps: o.Eps}}
}

func (o *RMSpropOf[T]) decay(p *engine.ParamOf[T]) float64 {
	return decayOf(o.WeightDecay, o.Decays, p)
}

// settle hands the training to the engine, if it is one that can do it: with cross-entropy as
// the loss, one label a sample, and an optimiser of this package.
func (t *TrainingOf[T]) settle() error {
	e, ok := t.net.engine.(engine.TrainerOf[T])
	if !ok || t.ownLoss || t.c.Augment.Mixup > 0 {
		return nil
	}
	o, ok := t.c.Optimizer.(ruled[T])
	if !ok {
		return nil
	}
	n := t.net
	r := engine.RecipeOf[T]{Heads: []float64{1}, Clip: t.c.Clip, Params: n.params, Rule: o.rule()}
	for range n.full.heads - 1 {
		r.Heads = append(r.Heads, n.AuxWeight)
	}
	for _, p := range n.params {
		r.Decay = append(r.Decay, o.decay(p))
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

// begin is the part of a step that the engine is left alone with.
func (t *TrainingOf[T]) begin(x []T, y []int) error {
	n, r := t.net, t.resident
	if err := n.checkLabels(x, y); err != nil {
		return err
	}
	if _, err := n.checkPass(x, true); err != nil {
		return err
	}
	rate, state := t.rate(), t.optimizer()
	if err := state.check(n.params, rate); err != nil {
		return err
	}
	n.passes++
	n.trained = 0
	r.batch = append(r.batch[:0], x...)
	return r.Begin(x, y, engine.StepArgs{Pass: n.pass(true), Rate: rate, Step: state.Steps + 1})
}

// end waits for the engine.
func (t *TrainingOf[T]) end() error {
	r := t.resident
	out, err := r.Finish()
	if err != nil {
		return err
	}
	r.stale = true
	s := Score{Loss: out.Losses[0], Correct: out.Correct, Samples: len(r.batch) / t.net.in.Elems()}
	if i := slices.IndexFunc(out.Losses, func(v float64) bool { return !(Score{Loss: v}).Finite() }); i >= 0 {
		s.Loss = out.Losses[i]
		if err := t.catchUp(); err != nil {
			return err
		}
		return t.diverged(r.batch)
	}
	t.optimizer().Steps++
	if t.average != nil || t.c.OnStep != nil {
		if err := t.catchUp(); err != nil {
			return err
		}
	}
	return t.stepped(s)
}
