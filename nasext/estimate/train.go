package estimate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
	"github.com/nascent-go/nascent/nasext/seed"
)

// TrainConfig is how architectures are trained and scored. Train, Valid, Epochs, Batch
// and Rate have to be given.
type TrainConfig struct {
	Train *data.Set // what weights are learned from
	Valid *data.Set // what the score is measured on

	Epochs      int         // passes over the training data, at least 1
	Batch       int         // samples a step, 1 to those of Train
	Rate        float64     // learning rate at the start, above 0; 0.05 to 0.1 is usual with batch norm
	Schedule    nn.Schedule // nil: a cosine from Rate to 0; else it says the rates, and Rate is not used
	Momentum    float64     // 0 to below 1; 0.9 is usual
	Nesterov    bool        // Nesterov's form of momentum
	WeightDecay float64     // at least 0; 5e-4 is usual
	Clip        float64     // largest norm of all gradients together; 0: no limit
	Samples     int         // training samples used, from the first; 0: all

	// Augment is how training images are changed each time they are shown; the zero value
	// leaves them as they are. Normalise is for the sets, not for it: see Set.Standardise.
	Augment data.Augment

	// OnEpoch, if not nil, is called after every epoch by the goroutine that trains: by
	// several at once if several Estimates run.
	OnEpoch func(a *arch.Arch, e Epoch)
	// Engine is what computes; nil: the processor, on all its cores.
	Engine engine.Engine
}

// Trainer is the estimator that trains. The score is the accuracy on the validation
// data after the last epoch, 0 to 1.
//
// A training whose loss becomes NaN or infinite ends there. That is a result, not an
// error: the score is 0, the curve has the epochs that were completed, and the
// estimate's Note says where it ended.
type Trainer struct{ c TrainConfig }

// Train is an estimator that trains every architecture as the configuration says.
func Train(c TrainConfig) (*Trainer, error) {
	if c.Engine == nil {
		c.Engine = cpu.New(0)
	}
	t := &Trainer{c}
	return t, t.check()
}

// check says what is wrong with the configuration.
func (t *Trainer) check() error {
	c := &t.c
	if c.Train == nil || c.Valid == nil {
		return errors.New("train: training and validation data are needed; set Train and Valid, such as the parts of data.Digits().Parts(1)")
	}
	for _, s := range []*data.Set{c.Train, c.Valid} {
		if err := s.Check(); err != nil {
			return fmt.Errorf("train: %w", err)
		}
	}
	if c.Schedule == nil {
		if !(c.Rate > 0) || math.IsInf(c.Rate, 1) {
			return fmt.Errorf("train: learning rate %v; Rate has to be a finite number above 0, such as 0.1", c.Rate)
		}
	} else if err := c.Schedule.Check(); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	switch {
	case c.Train.Shape != c.Valid.Shape || c.Train.Classes != c.Valid.Classes:
		return fmt.Errorf("train: training data are %v in %d classes, validation data %v in %d; they have to agree",
			c.Train.Shape, c.Train.Classes, c.Valid.Shape, c.Valid.Classes)
	case c.Epochs < 1:
		return fmt.Errorf("train: %d epochs; Epochs has to be at least 1", c.Epochs)
	case c.Samples < 0 || c.Samples > c.Train.Len():
		return fmt.Errorf("train: %d samples of %q, which holds %d; Samples is 1 to %d, or 0 for all", c.Samples, c.Train.Name, c.Train.Len(), c.Train.Len())
	case c.Batch < 1 || c.Batch > t.samples():
		return fmt.Errorf("train: batches of %d samples from %d; choose a Batch of 1 to %d or use more data", c.Batch, t.samples(), t.samples())
	case !(c.Momentum >= 0 && c.Momentum < 1):
		return fmt.Errorf("train: momentum %v; it has to be at least 0 and below 1, such as 0.9", c.Momentum)
	case !(c.WeightDecay >= 0) || math.IsInf(c.WeightDecay, 1):
		return fmt.Errorf("train: weight decay %v; it has to be a finite number of at least 0, such as 5e-4", c.WeightDecay)
	case !(c.Clip >= 0):
		return fmt.Errorf("train: gradients clipped at %v; Clip has to be above 0, or 0 for no limit", c.Clip)
	}
	if err := c.Augment.Check(c.Train); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	if len(c.Augment.Normalise.Mean) > 0 {
		return errors.New("train: Augment.Normalise would change the training images alone; give sets that are standardised alike, such as those of Parts")
	}
	return nil
}

// samples is how many training samples are used.
func (t *Trainer) samples() int {
	if t.c.Samples > 0 {
		return t.c.Samples
	}
	return t.c.Train.Len()
}

func (t *Trainer) schedule() nn.Schedule {
	if t.c.Schedule != nil {
		return t.c.Schedule
	}
	return nn.Cosine{Base: t.c.Rate}
}

// Name implements Estimator. It has everything that a result depends on but the engine.
func (t *Trainer) Name() string {
	c := &t.c
	augment := ""
	if !c.Augment.None() {
		augment = fmt.Sprintf(", augment %+v", c.Augment)
	}
	return fmt.Sprintf("train(%s, %d samples, valid %s, epochs %d, batch %d, schedule %T%+v, momentum %g, nesterov %t, weight decay %g, clip %g%s)",
		c.Train.Name, t.samples(), c.Valid.Name, c.Epochs, c.Batch, t.schedule(), t.schedule(), c.Momentum, c.Nesterov, c.WeightDecay, c.Clip, augment)
}

// At implements Budgeted. More samples than there are means all; fields below 1 mean as
// it is set. If the batch is larger than what is left of the data, Estimate says so.
func (t *Trainer) At(b Budget) Estimator {
	c := t.c
	if b.Epochs > 0 {
		c.Epochs = b.Epochs
	}
	if b.Samples > 0 {
		c.Samples = min(b.Samples, c.Train.Len())
	}
	return &Trainer{c}
}

// Estimate implements Estimator. It looks at the context between batches.
func (t *Trainer) Estimate(ctx context.Context, a *arch.Arch, sd uint64) (Estimate, error) {
	_, e, err := t.Fit(ctx, a, sd)
	return e, err
}

// Fit is Estimate that also hands out the trained network.
func (t *Trainer) Fit(ctx context.Context, a *arch.Arch, sd uint64) (*nn.Network, Estimate, error) {
	if ctx == nil {
		return nil, Estimate{}, fmt.Errorf("train: %w", errNoContext)
	}
	begin := time.Now()
	e, err := t.fits(a)
	if err != nil {
		return nil, Estimate{}, err
	}
	n, err := nn.NewOn(t.c.Engine, a, seed.Derive(sd, "network"))
	if err != nil {
		return nil, Estimate{}, fmt.Errorf("train: %w", err)
	}
	if err := t.train(ctx, n, sd, &e); err != nil {
		return nil, Estimate{}, fmt.Errorf("train %q: %w", a.Name, err)
	}
	e.Seconds = time.Since(begin).Seconds()
	return n, e, nil
}

// fits counts the architecture and says if it doesn't fit the data.
func (t *Trainer) fits(a *arch.Arch) (e Estimate, err error) {
	if err := t.check(); err != nil {
		return e, err
	}
	if err := a.Check(); err != nil {
		return e, fmt.Errorf("train: %w", err)
	}
	infos, err := a.Infer()
	if err != nil {
		return e, fmt.Errorf("train: %w", err)
	}
	s := t.c.Train
	if a.Input != s.Shape {
		return e, fmt.Errorf("train: architecture %q takes images of %v, but those of %q are %v; build it for %v", a.Name, a.Input, s.Name, s.Shape, s.Shape)
	}
	if out := infos[len(infos)-1].Out.C; out != s.Classes {
		return e, fmt.Errorf("train: architecture %q has %d outputs, but %q has %d classes; its last layer needs %d outputs", a.Name, out, s.Name, s.Classes, s.Classes)
	}
	e.Params, e.MACs = arch.Totals(infos)
	return e, nil
}

// train runs all epochs and fills in the estimate.
func (t *Trainer) train(ctx context.Context, n *nn.Network, sd uint64, e *Estimate) error {
	set, err := t.c.Train.First(t.samples())
	if err != nil {
		return err
	}
	batches, err := data.NewBatches(set, t.c.Batch, seed.Derive(sd, "batches"))
	if err != nil {
		return err
	}
	if err := batches.Augment(t.c.Augment); err != nil {
		return err
	}
	opt := &nn.SGD{Momentum: t.c.Momentum, WeightDecay: t.c.WeightDecay, Nesterov: t.c.Nesterov}
	schedule := t.schedule()
	steps, step := batches.Count()*t.c.Epochs, 0
	for epoch := 1; epoch <= t.c.Epochs; epoch++ {
		batches.Start(epoch)
		point := Epoch{Epoch: epoch}
		var sum nn.Score // of the training batches
		for x, y, ok := batches.Next(); ok; x, y, ok = batches.Next() {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("stopped in epoch %d: %w", epoch, err)
			}
			point.Rate = schedule.Rate(step, steps)
			loss := nn.Loss(nn.CrossEntropy)
			if partner, own := batches.Mix(); own != nil {
				loss = nn.Mixed(loss, partner, own)
			}
			s, err := n.GradientsOf(loss, x, y)
			if err != nil {
				return err
			}
			if !s.Finite() {
				diverged(e, epoch, step, point.Rate, "training loss")
				return nil
			}
			if t.c.Clip > 0 {
				nn.ClipNorm(n.Params(), t.c.Clip)
			}
			if err := opt.Step(n.Params(), point.Rate); err != nil {
				return err
			}
			add(&sum, s)
			step++
		}
		valid, err := score(ctx, n, t.c.Valid)
		if err != nil {
			return fmt.Errorf("stopped in epoch %d: %w", epoch, err)
		}
		if !valid.Finite() {
			diverged(e, epoch, step, point.Rate, "validation loss")
			return nil
		}
		point.TrainLoss, point.TrainAcc = sum.Loss, sum.Accuracy()
		point.ValidLoss, point.ValidAcc = valid.Loss, valid.Accuracy()
		e.Curve = append(e.Curve, point)
		e.Score = point.ValidAcc
		if t.c.OnEpoch != nil {
			t.c.OnEpoch(n.Arch(), point)
		}
	}
	return nil
}

// diverged records that there is nothing more to learn.
func diverged(e *Estimate, epoch, step int, rate float64, what string) {
	e.Score = 0
	e.Note = fmt.Sprintf("diverged: the %s is no finite number any more in epoch %d, step %d, at learning rate %.3g; a smaller rate may help", what, epoch, step+1, rate)
}

// add takes more samples into a score.
func add(sum *nn.Score, s nn.Score) {
	all := sum.Samples + s.Samples
	sum.Loss += (s.Loss - sum.Loss) * float64(s.Samples) / float64(all)
	sum.Correct += s.Correct
	sum.Samples = all
}

// scorePart is how many samples are scored between two looks at the context.
const scorePart = 256

// score evaluates the network on a set.
func score(ctx context.Context, n *nn.Network, s *data.Set) (nn.Score, error) {
	var sum nn.Score
	elems := s.Shape.Elems()
	for from := 0; from < s.Len(); from += scorePart {
		if err := ctx.Err(); err != nil {
			return sum, err
		}
		to := min(from+scorePart, s.Len())
		part, err := n.Evaluate(s.X[from*elems:to*elems], s.Y[from:to])
		if err != nil {
			return sum, err
		}
		add(&sum, part)
	}
	return sum, nil
}
