package estimate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
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

	// Target is the score, above 0 to 1, that a training has to have in reach: one that Extrapolate
	// gives less than 5 % for it, after 4 epochs or later, stops, as in Domhan et al. 2015. Its
	// score is the one that is expected, and the note says so. 0: all epochs are trained.
	Target float64

	// Patience is the number of epochs that may pass without a smaller validation loss than ever
	// before. Then training stops. Whether it did or not, the network has the weights of the epoch
	// with the smallest, and the score is the accuracy of these. 0: the last weights count.
	Patience int

	// Memory is how many bytes the activations of a batch and their gradients may take. To
	// train an architecture that could need more is an error. 0: no limit.
	Memory int64

	// Augment is how training images are changed each time they are shown; the zero value
	// leaves them as they are. Normalise is for the sets, not for it: see Set.Standardise.
	Augment data.Augment

	// OnEpoch, if not nil, is called after every epoch by the goroutine that trains: by
	// several at once if several Estimates run.
	OnEpoch func(a *arch.Arch, e Epoch)
	// Funcs are what computes custom nodes, by the names that architectures have for them.
	Funcs nn.Funcs
	// Engine is what computes; nil: the processor, on all its cores.
	Engine engine.Engine
}

// Trainer is the estimator that trains. The score is the accuracy on the validation
// data after the last epoch, 0 to 1, but for what Target and Patience say.
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
	switch {
	case c.Train == nil || c.Valid == nil:
		return errors.New("train: training and validation data are needed; set Train and Valid, such as the parts of data.Digits().Parts(1)")
	case c.Train.Len() == 0:
		return fmt.Errorf("train: %w", c.Train.Check())
	case c.Schedule == nil && (!(c.Rate > 0) || math.IsInf(c.Rate, 1)):
		return fmt.Errorf("train: learning rate %v; Rate has to be a finite number above 0, such as 0.1", c.Rate)
	case c.Epochs < 1:
		return fmt.Errorf("train: %d epochs; Epochs has to be at least 1", c.Epochs)
	case c.Samples < 0 || c.Samples > c.Train.Len():
		return fmt.Errorf("train: %d samples of %q, which holds %d; Samples is 1 to %d, or 0 for all", c.Samples, c.Train.Name, c.Train.Len(), c.Train.Len())
	case !(c.Target >= 0 && c.Target <= 1):
		return fmt.Errorf("train: target %v; Target is an accuracy above 0 to 1, or 0 to train all epochs", c.Target)
	case c.Batch < 1:
		return fmt.Errorf("train: batches of %d samples from %d; choose a Batch of 1 to %d", c.Batch, t.samples(), t.samples())
	}
	fit, err := t.fit()
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	if err := fit.Check(); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	return nil
}

// fit is how networks are trained, but for what belongs to one of them.
func (t *Trainer) fit() (nn.FitConfig, error) {
	c := &t.c
	set, err := c.Train.First(t.samples())
	return nn.FitConfig{
		Train: set, Valid: c.Valid, Epochs: c.Epochs, Batch: c.Batch, Augment: c.Augment,
		Optimizer: &nn.SGD{Momentum: c.Momentum, WeightDecay: c.WeightDecay, Nesterov: c.Nesterov},
		Schedule:  t.schedule(), Clip: c.Clip, Memory: c.Memory, Patience: c.Patience,
	}, err
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

// Name implements Estimator. It has everything that a result depends on but the engine, and
// of functions the names.
func (t *Trainer) Name() string {
	c := &t.c
	options := ""
	if !c.Augment.None() {
		options += fmt.Sprintf(", augment %+v", c.Augment)
	}
	if c.Patience > 0 {
		options += fmt.Sprintf(", patience %d", c.Patience)
	}
	if c.Target > 0 {
		options += fmt.Sprintf(", target %g", c.Target)
	}
	options += named(c.Funcs)
	return fmt.Sprintf("train(%s, %d samples, valid %s, epochs %d, batch %d, schedule %T%+v, momentum %g, nesterov %t, weight decay %g, clip %g%s)",
		c.Train.Name, t.samples(), c.Valid.Name, c.Epochs, c.Batch, t.schedule(), t.schedule(), c.Momentum, c.Nesterov, c.WeightDecay, c.Clip, options)
}

// named are the functions of custom nodes by name, for names of estimators.
func named(f nn.Funcs) string {
	if len(f) == 0 {
		return ""
	}
	return ", funcs " + strings.Join(slices.Sorted(maps.Keys(f)), " ")
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
	return t.FitFrom(ctx, a, sd, func(*nn.Network) error { return nil })
}

// FitFrom is Fit of a network that start has given weights to, in place of the fresh ones
// that it comes with.
func (t *Trainer) FitFrom(ctx context.Context, a *arch.Arch, sd uint64, start func(*nn.Network) error) (*nn.Network, Estimate, error) {
	if ctx == nil {
		return nil, Estimate{}, fmt.Errorf("train: %w", errNoContext)
	}
	begin := time.Now()
	if err := a.Check(); err != nil {
		return nil, Estimate{}, fmt.Errorf("train: %w", err)
	}
	infos, err := a.Infer()
	if err != nil {
		return nil, Estimate{}, fmt.Errorf("train: %w", err)
	}
	n, err := nn.NewOn(t.c.Engine, a, seed.Derive(sd, "network"), t.c.Funcs)
	if err != nil {
		return nil, Estimate{}, fmt.Errorf("train: %w", err)
	}
	if err := start(n); err != nil {
		return nil, Estimate{}, fmt.Errorf("train: architecture %q: its first weights: %w", a.Name, err)
	}
	e := Estimate{}
	e.Params, e.MACs = arch.Totals(infos)
	if err := t.train(ctx, n, sd, &e); err != nil {
		return nil, Estimate{}, fmt.Errorf("train: architecture %q: %w", a.Name, err)
	}
	e.Seconds = time.Since(begin).Seconds()
	return n, e, nil
}

// train runs all epochs and fills in the estimate.
func (t *Trainer) train(ctx context.Context, n *nn.Network, sd uint64, e *Estimate) error {
	c, err := t.fit()
	if err != nil {
		return err
	}
	c.Seed = sd
	if t.c.OnEpoch != nil {
		c.OnEpoch = func(p nn.Progress) { t.c.OnEpoch(n.Arch(), p.History[len(p.History)-1]) }
	}
	var end *Forecast // of a training that is given up
	if t.c.Target > 0 {
		c.Stop = func(p nn.Progress) string {
			f, reason := t.outlook(p.History)
			if reason != "" {
				end = &f
			}
			return reason
		}
	}
	history, err := nn.Fit(ctx, n, c)
	var diverged *nn.Diverged
	switch {
	case errors.As(err, &diverged):
		e.Note = "diverged: " + diverged.Error()
	case err != nil:
		return err
	case end != nil:
		e.Score, e.Note = min(max(end.Mean, 0), 1), history.Stopped
	case c.Patience > 0:
		e.Score, e.Note = history.Epochs[history.Best-1].ValidAcc, history.Stopped
	default:
		e.Score = history.Epochs[len(history.Epochs)-1].ValidAcc
	}
	e.Curve = history.Epochs
	return nil
}

// What it takes to stop a training: a probability below hopeless that it reaches its target,
// after so many epochs at least.
const (
	hopeless     = 0.05
	fewestEpochs = 4
)

// outlook is what a curve comes to, and why the training should stop; "" if it should not.
func (t *Trainer) outlook(curve []Epoch) (end Forecast, reason string) {
	if len(curve) < fewestEpochs {
		return end, ""
	}
	scores := make([]float64, len(curve))
	for i, e := range curve {
		scores[i] = e.ValidAcc
	}
	end, err := Extrapolate(scores, t.c.Epochs)
	if err != nil {
		return end, "" // as accuracies are shares, and epochs are left, there is none
	}
	if p := end.AtLeast(t.c.Target); p < hopeless {
		reason = fmt.Sprintf("stopped after epoch %d of %d: %.4g ± %.2g is expected, and at least %.4g with a probability of %.2g",
			len(curve), t.c.Epochs, end.Mean, end.Deviation, t.c.Target, p)
	}
	return end, reason
}
