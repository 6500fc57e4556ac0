package nn

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
)

// far is an engine that trains on weights of its own, as a device does: with the processor's
// arithmetic, so that bits can be compared.
type far struct {
	engine.Engine
	open, steps, pulls *int
}

func newFar() far { return far{cpu.New(1), new(int), new(int), new(int)} }

func (f far) Trainer(p *engine.Plan, batch int, r engine.Recipe) (engine.Training, error) {
	t := &farTraining{far: f, recipe: r, there: map[*Param]*Param{}}
	plan := &engine.Plan{Seed: p.Seed, Steps: slices.Clone(p.Steps)}
	for i := range plan.Steps {
		s := &plan.Steps[i]
		for _, b := range []**Param{&s.Weight, &s.Bias, &s.Mean, &s.Var, &s.Alpha} {
			*b = t.mine(*b)
		}
	}
	for _, here := range r.Params {
		t.params = append(t.params, t.mine(here))
	}
	for i, p := range t.params {
		decay := 0.0
		if r.Decays[i] {
			decay = r.Decay
		}
		o := optimizerOf(r.Rule, decay)
		t.optimizers = append(t.optimizers, o)
		for k, b := range o.State([]*Param{p}).Slots {
			t.there[r.Slots[k][i]] = b[0]
		}
	}
	runner, err := f.Build(plan, batch)
	t.Runner = runner
	*f.open++
	return t, err
}

// optimizerOf is one for a parameter with the given decay.
func optimizerOf(r engine.Rule, decay float64) Optimizer {
	switch {
	case r.SGD != nil:
		return &SGD{Momentum: r.SGD.Momentum, Nesterov: r.SGD.Nesterov, WeightDecay: decay}
	case r.Adam != nil:
		return &Adam{Beta1: r.Adam.Beta1, Beta2: r.Adam.Beta2, Eps: r.Adam.Eps, Decoupled: r.Adam.Decoupled, WeightDecay: decay}
	}
	return &RMSprop{Decay: r.RMSprop.Decay, Momentum: r.RMSprop.Momentum, Eps: r.RMSprop.Eps, WeightDecay: decay}
}

type farTraining struct {
	far
	engine.Runner
	recipe     engine.Recipe
	there      map[*Param]*Param // here → there
	params     []*Param
	optimizers []Optimizer
	batch      engine.Batch
	out        engine.Outcome
}

// mine is the block that belongs to one here.
func (t *farTraining) mine(here *Param) *Param {
	if here == nil {
		return nil
	}
	if t.there[here] == nil {
		t.there[here] = &Param{Name: here.Name, Shape: here.Shape, W: make([]float32, len(here.W)), G: make([]float32, len(here.G))}
	}
	return t.there[here]
}

func (t *farTraining) Push() error {
	for here, there := range t.there {
		copy(there.W, here.W)
	}
	return nil
}

func (t *farTraining) Pull() error {
	*t.pulls++
	for here, there := range t.there {
		copy(here.W, there.W)
	}
	return nil
}

func (t *farTraining) Stage(b engine.Batch) error {
	t.batch = engine.Batch{X: slices.Clone(b.X), Y: slices.Clone(b.Y), Partner: slices.Clone(b.Partner), Own: slices.Clone(b.Own)}
	return nil
}

func (t *farTraining) Begin(s engine.StepArgs) error {
	*t.steps++
	x, y, loss := t.batch.X, t.batch.Y, Loss(CrossEntropy)
	if t.batch.Own != nil {
		loss = Mixed(loss, t.batch.Partner, t.batch.Own)
	}
	width := 10 * len(t.recipe.Heads)
	out, grad := make([]float32, len(y)*width), make([]float32, len(y)*width)
	if err := t.Forward(x, len(y), s.Pass, out); err != nil {
		return err
	}
	t.out = engine.Outcome{}
	for h, share := range t.recipe.Heads {
		part, g := make([]float32, 10*len(y)), make([]float32, 10*len(y))
		for i := range y {
			copy(part[10*i:10*i+10], out[width*i+10*h:])
		}
		score := loss(part, y, 10, g)
		t.out.Losses = append(t.out.Losses, score.Loss)
		if h == 0 {
			t.out.Correct = score.Correct
		}
		if !score.Finite() {
			return nil
		}
		for i := range y {
			for c, v := range g[10*i : 10*i+10] {
				grad[width*i+10*h+c] = float32(share) * v
			}
		}
	}
	if err := t.Backward(grad, nil); err != nil {
		return err
	}
	if t.recipe.Clip > 0 {
		ClipNorm(t.params, t.recipe.Clip)
	}
	for i, p := range t.params {
		o := t.optimizers[i]
		o.State([]*Param{p}).Steps = s.Step - 1
		if err := o.Step([]*Param{p}, s.Rate); err != nil {
			return err
		}
	}
	return nil
}

func (t *farTraining) Finish() (engine.Outcome, error) { return t.out, nil }

func (t *farTraining) Close() error {
	*t.open--
	return nil
}

// TestFitWhereTheEngineTrains: a training that an engine keeps gives the bits, the history and
// the checkpoints of one that is taken here, however often its weights are looked at.
func TestFitWhereTheEngineTrains(t *testing.T) {
	all := recipes(t)
	all["mixup"] = func() FitConfig {
		c := all["defaults"]()
		c.Augment.Mixup = .4
		return c
	}
	all["SGD, watched"] = func() FitConfig {
		c := all["defaults"]()
		c.OnStep = func(p Progress) { _ = weightsOf(p.Network.blocks()) }
		return c
	}
	for name, recipe := range all {
		here, f := digitNet(t, 1), newFar()
		want := fit(t, here, recipe())
		for stop := range want.Steps {
			n, err := NewOn(f, here.Arch(), 1)
			if err != nil {
				t.Fatal(err)
			}
			c := recipe()
			c.Checkpoint = filepath.Join(t.TempDir(), "c.safetensors")
			ctx, cancel := context.WithCancel(context.Background())
			watched := c.OnStep
			c.OnStep = func(p Progress) {
				if p.Step == stop {
					cancel()
				}
			}
			got, err := Fit(ctx, n, c)
			cancel()
			if stop > 0 {
				if !errors.Is(err, context.Canceled) {
					t.Fatalf("%s: stopped after step %d: %v", name, stop, err)
				}
				path := c.Checkpoint
				c = recipe()
				c.Checkpoint, c.OnStep = path, watched
				if n, err = NewOn(f, here.Arch(), 1); err != nil {
					t.Fatal(err)
				}
				got = fit(t, n, c)
			} else if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) || !slices.Equal(weightsOf(n.blocks()), weightsOf(here.blocks())) {
				t.Fatalf("%s: stopped after step %d, the training goes another way", name, stop)
			}
		}
		if *f.open != 0 {
			t.Errorf("%s: %d trainings were not closed", name, *f.open)
		}
		if trained := *f.steps > 0; trained != (name != "augmented, without validation") {
			t.Errorf("%s: the engine took %d steps", name, *f.steps)
		}
	}
}

// TestWeightsAreFetchedWhenTheyAreNeeded: once an epoch, if nobody looks at them before.
func TestWeightsAreFetchedWhenTheyAreNeeded(t *testing.T) {
	f := newFar()
	n, err := NewOn(f, digitNet(t, 1).Arch(), 1)
	if err != nil {
		t.Fatal(err)
	}
	train, _ := digits(t, 70, 30)
	losses := 0
	h := fit(t, n, FitConfig{Train: train, Epochs: 3, Batch: 20, OnBatch: func(Progress) { losses++ }})
	if losses != h.Steps {
		t.Errorf("%d calls in %d steps", losses, h.Steps)
	}
	if *f.pulls != 3 || *f.steps != h.Steps {
		t.Errorf("weights were fetched %d times in 3 epochs of %d steps, of which the engine took %d", *f.pulls, h.Steps, *f.steps)
	}
}

// TestDivergedWhereTheEngineTrains: the error is that of a training that is taken here.
func TestDivergedWhereTheEngineTrains(t *testing.T) {
	train, valid := digits(t, 70, 30)
	var text [2]string
	for i, e := range []engine.Engine{cpu.New(1), newFar()} {
		n, err := NewOn(e, digitNet(t, 1).Arch(), 1)
		if err != nil {
			t.Fatal(err)
		}
		n.Params()[3].W[0] = math.MaxFloat32
		_, err = Fit(context.Background(), n, FitConfig{Train: train, Valid: valid, Batch: 20, Schedule: Constant{1e20}})
		var diverged *Diverged
		if !errors.As(err, &diverged) {
			t.Fatal(err)
		}
		text[i] = err.Error()
	}
	if text[0] != text[1] {
		t.Errorf("here:  %s\nthere: %s", text[0], text[1])
	}
}
