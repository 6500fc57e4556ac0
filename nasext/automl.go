package nasext

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"time"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/estimate"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
	"github.com/nascent-go/nascent/nasext/strategy"
)

// AutoBudget is what AutoML may spend. Time or Trials has to be given.
type AutoBudget struct {
	// Time is for all of it: half for the search, most of the rest for the last training.
	// It is kept roughly: what has begun is finished, and the last training makes at
	// least 5 passes over the data. How far one gets in a time differs from run to run.
	Time time.Duration
	// Trials are how many trainings the search makes. Without Time all is reproducible, to
	// the last bit.
	Trials int

	Seed uint64 // of the split, the search and the trainings
	Path string // file of the study, which is resumed if it is there; empty keeps it in memory
	Live bool   // shows the search and the last training while they run

	// Engine is what all networks are trained on, and what the model computes on; nil: the
	// processor's cores.
	Engine engine.Engine
}

// engines are what computes in the search, where as many networks as there are processors
// are trained at a time, and after it.
func (b AutoBudget) engines() (search, last engine.Engine) {
	if b.Engine == nil {
		return cpu.New(1), cpu.New(0)
	}
	return b.Engine, b.Engine
}

// AutoReport is what AutoML has done and found.
type AutoReport struct {
	Model *Model // the best architecture, trained on all but the test part

	Train, Valid, Test int // samples of the parts
	Searched           int // samples of the training part that the search used

	Search  *Result // the study: space, strategy, estimator, and every trial
	History *nn.History
	Score   nn.Score // on the test part, which nothing else has seen
	Seconds float64  // wall time of all of it
}

// What AutoML does the same for all data.
const (
	autoEta    = 3
	autoMost   = 9    // largest budget of a trial, in units
	autoUnit   = 1000 // samples that a unit of budget shows at least
	autoSearch = 4000 // samples that the search learns from at most
	autoFinal  = 40   // units of the last training without a time
	autoLeast  = 5    // epochs of the last training
	autoLong   = 100  // units of the last training at most

	autoRate   = 0.1
	autoClip   = 5
	autoMemory = 2 << 30 // bytes that the activations of a network may take
)

// AutoML makes a trained model from labelled samples: images, or the rows of a table with
// data.CSV. It splits them 60 : 20 : 20 by class, searches a space that suits their size by
// Hyperband, trains the best architecture longer on the first two parts, and tests it once
// on the third.
//
// The space is global, of convolutions, pooling and dense layers: for tables (1×1) of the
// last alone, for images of more than 16×16 with more filters and a mean over the image
// before the classifier.
// The search trains on at most 4000 samples; its study and all else is in the report.
//
//	report, err := nasext.AutoML(ctx, data.Digits(), nasext.AutoBudget{Time: 30 * time.Second})
//	err = report.Model.Save("digits.safetensors")
func AutoML(ctx context.Context, set *data.Set, b AutoBudget) (*AutoReport, error) {
	begin := time.Now()
	if err := b.check(ctx, set); err != nil {
		return nil, fmt.Errorf("nasext: AutoML: %w", err)
	}
	parts, err := set.Split(seed.Derive(b.Seed, "automl", "split"), 0.6, 0.2, 0.2)
	if err != nil {
		return nil, fmt.Errorf("nasext: AutoML: %w", err)
	}
	for i, part := range []string{"train", "valid", "test"} {
		parts[i].Name = set.Name + "/" + part
	}
	train, valid, test := parts[0], parts[1], parts[2]
	r := &AutoReport{Train: train.Len(), Valid: valid.Len(), Test: test.Len(), Searched: min(train.Len(), autoSearch)}
	if r.Search, err = b.search(ctx, train, valid); err != nil {
		return nil, fmt.Errorf("nasext: AutoML: %w", err)
	}
	all, err := data.Join(set.Name+"/all but test", train, valid)
	if err != nil {
		return nil, fmt.Errorf("nasext: AutoML: %w", err)
	}
	if err := r.train(ctx, all, b, begin); err != nil {
		return nil, fmt.Errorf("nasext: AutoML: training the best architecture: %w", err)
	}
	if r.Score, err = r.Model.Evaluate(test); err != nil {
		return nil, fmt.Errorf("nasext: AutoML: %w", err)
	}
	r.Seconds = time.Since(begin).Seconds()
	return r, nil
}

// autoClass is how many samples a class needs, so that each part has some.
const autoClass = 5

func (b AutoBudget) check(ctx context.Context, set *data.Set) error {
	switch {
	case ctx == nil:
		return errNoContext
	case b.Time < 0 || b.Trials < 0:
		return fmt.Errorf("a budget of %v and %d trials; both are at least 0", b.Time, b.Trials)
	case b.Time == 0 && b.Trials == 0:
		return errors.New("a budget of nothing; give AutoBudget a Time, such as 30*time.Second, or a number of Trials")
	}
	if err := set.Check(); err != nil {
		return err
	}
	for c, n := range set.Count() {
		if n < autoClass {
			return fmt.Errorf("data set %q: class %s has %d samples; at least %d are needed, so that each of three parts has some", set.Name, set.ClassName(c), n, autoClass)
		}
	}
	return nil
}

// autoSpace suits samples of a shape.
func autoSpace(s *data.Set) space.GlobalConfig {
	c := space.DefaultGlobal(s.Shape, s.Classes)
	c.GlobalPool = true
	switch {
	case s.Shape.H == 1 && s.Shape.W == 1:
		c.MaxLayers = 4
		c.FilterSizes, c.Channels = []int{1}, []int{16, 32, 64, 128} // of a single pixel: dense layers
		c.MaxPool, c.AvgPool, c.GlobalPool, c.Units = false, false, false, nil
	case min(s.Shape.H, s.Shape.W) == 1:
		c.MaxPool, c.AvgPool = false, false // they halve both sides
	case max(s.Shape.H, s.Shape.W) > 16:
		c.MinLayers, c.MaxLayers = 2, 8
		c.FilterSizes, c.Channels = []int{3, 5}, []int{16, 32, 64}
		c.Mean = true
	}
	return c
}

// autoTraining is how networks are trained on a set; so many epochs are one unit of budget.
func autoTraining(set *data.Set) (batch, epochs int, augment data.Augment) {
	n := set.Len()
	batch = 64
	for batch > 8 && n < 10*batch {
		batch /= 2
	}
	if side := min(set.Shape.H, set.Shape.W); side >= 8 {
		augment.Crop = side / 8 // what is in a picture may be anywhere
	}
	return min(batch, n), (autoUnit + n - 1) / n, augment
}

// search looks for the architecture.
func (b AutoBudget) search(ctx context.Context, train, valid *data.Set) (*Result, error) {
	some, err := train.First(min(train.Len(), autoSearch))
	if err != nil {
		return nil, err
	}
	m := some.Moments()
	if some, err = some.Standardise(m); err != nil {
		return nil, err
	}
	if valid, err = valid.Standardise(m); err != nil {
		return nil, err
	}
	nets, err := space.Global(autoSpace(train))
	if err != nil {
		return nil, err
	}
	batch, unit, augment := autoTraining(some)
	each, _ := b.engines()
	trainer, err := estimate.Train(estimate.TrainConfig{
		Train: some, Valid: valid, Epochs: unit, Batch: batch, Rate: autoRate, Momentum: 0.9, Nesterov: true, WeightDecay: 5e-4, Clip: autoClip, Augment: augment,
		Memory: autoMemory, Engine: each,
	})
	if err != nil {
		return nil, err
	}
	halving, err := strategy.Hyperband(nets, b.Seed, strategy.Halving{Most: autoMost, Eta: autoEta})
	if err != nil {
		return nil, err
	}
	cfg := Config{
		Name: "AutoML", Space: nets, Strategy: halving, Estimator: trainer, Unit: estimate.Budget{Epochs: unit},
		Trials: b.Trials, Limit: Limit{Time: b.Time / 2}, Seed: b.Seed, Path: b.Path, Live: b.Live,
	}
	if b.Path != "" {
		if info, err := os.Stat(b.Path); err == nil && info.Size() > 0 {
			return Resume(ctx, b.Path, cfg)
		}
	}
	return Search(ctx, cfg)
}

// train trains the best architecture on all samples but those of the test: with a smaller
// rate if the training diverges.
func (r *AutoReport) train(ctx context.Context, all *data.Set, b AutoBudget, begin time.Time) error {
	r.Model = &Model{Moments: all.Moments(), Names: all.Names}
	set, err := all.Standardise(r.Model.Moments)
	if err != nil {
		return err
	}
	batch, unit, augment := autoTraining(set)
	epochs := autoFinal * unit
	if b.Time > 0 {
		best := r.Search.Best.Estimate
		epoch := best.Seconds / float64(max(1, len(best.Curve))) * float64(set.Len()) / float64(r.Searched)
		left := (b.Time - time.Since(begin)).Seconds()
		epochs = int(math.Min(0.8*left/epoch, float64(autoLong*unit)))
	}
	fit := nn.Fit
	if b.Live {
		fit = Fit
	}
	_, last := b.engines()
	for rate := autoRate; ; rate /= 5 {
		if r.Model.Network, err = nn.NewOn(last, r.Search.Arch, seed.Derive(b.Seed, "automl", "network")); err != nil {
			return err
		}
		r.History, err = fit(ctx, r.Model.Network, nn.FitConfig{
			Train: set, Epochs: max(epochs, autoLeast), Batch: batch, Seed: seed.Derive(b.Seed, "automl", "training"),
			Optimizer: &nn.SGD{Momentum: 0.9, WeightDecay: 5e-4, Nesterov: true}, Rate: rate, Clip: autoClip, Augment: augment, Memory: autoMemory,
		})
		if !errors.As(err, new(*nn.Diverged)) || rate < autoRate/10 {
			return err
		}
	}
}

// rows says line by line what was done.
func (r *AutoReport) rows() [][2]string {
	failed := 0
	for _, t := range r.Search.Trials {
		if t.Failed {
			failed++
		}
	}
	best := r.Search.Best
	low, high := r.Score.Interval(0.95)
	return [][2]string{
		{"data", fmt.Sprintf("%d samples to train on, %d to choose by, %d to test", r.Train, r.Valid, r.Test)},
		{"space", r.Search.Spec.Space},
		{"strategy", r.Search.Spec.Strategy},
		{"estimator", r.Search.Spec.Estimator},
		{"search", fmt.Sprintf("%s: %d trainings on %d samples, %d failed", r.Search.Status, len(r.Search.Trials), r.Searched, failed)},
		{"found", fmt.Sprintf("in trial %d, %.2f %% right of those to choose by", best.Number, 100*best.Score)},
		{"size", fmt.Sprintf("%d parameters, %d MACs", best.Estimate.Params, best.Estimate.MACs)},
		{"trained", fmt.Sprintf("%d epochs on %d samples", len(r.History.Epochs), r.Train+r.Valid)},
		{"test", fmt.Sprintf("%.2f %% right, %d of %d", 100*r.Score.Accuracy(), r.Score.Correct, r.Score.Samples)},
		{"sure", fmt.Sprintf("to 95 %% of between %.2f %% and %.2f %%", 100*low, 100*high)},
	}
}

// String says what was done and how good the model is.
func (r *AutoReport) String() string {
	text := ""
	for _, row := range r.rows() {
		text += fmt.Sprintf("%-10s%s\n", row[0], row[1])
	}
	return text[:len(text)-1]
}

// Display shows that as a table. viz.Architecture(report.Search.Arch) draws the network,
// viz.BestSoFar, viz.Top and viz.Rungs the trials in report.Search.Trials, and
// viz.LearningCurve the epochs in report.History.
func (r *AutoReport) Display() display.Bundle {
	t := display.NewTable("step", "what was done").Captioned(fmt.Sprintf("a model that has %.2f %% right of what it has not seen", 100*r.Score.Accuracy()))
	for _, row := range r.rows() {
		t.Add(row[0], row[1])
	}
	return t.Display()
}
