package nn

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/seed"
)

// FitConfigOf is how a network is trained. Only Train has to be given.
type FitConfigOf[T engine.Float] struct {
	Train *data.Set // what weights are learned from
	Valid *data.Set // what is scored after every epoch; nil: nothing

	Epochs int    // passes over Train; 0: 20
	Batch  int    // samples a step; 0: 64, or all if there are fewer
	Seed   uint64 // of the order of samples, a new one each epoch, and of Augment

	Loss      LossOf[T]      // of training and validation; nil: CrossEntropy
	Optimizer OptimizerOf[T] // nil: SGD with momentum 0.9 and weight decay 5e-4
	Rate      float64        // at the start of a cosine to 0; 0: 0.05, but with an Optimizer a rate or a schedule has to be given
	Schedule  Schedule       // in place of that cosine
	Clip      float64        // largest norm of all gradients together; 0: no limit
	DropPath  Schedule       // share of the rates of drop path that holds at each step; nil: grows from 0 to 1 (Zoph et al. 2018, ScheduledDropPath)
	Average   float64        // decay of a moving average of weights and running moments, which is what is validated and what the network has at the end; 0: none

	// Augment is how training images are changed each time they are shown; the zero value
	// leaves them as they are. Normalise is for the sets, not for it: see Set.Standardise.
	Augment data.Augment

	// Patience is the number of epochs that may pass without a smaller validation loss than
	// ever before. Then training stops. Whether it did or not, the network has the weights
	// of the best epoch at the end. 0: all epochs are trained, and the last weights stay.
	Patience int
	// Stop, if not nil, is asked after every epoch but the last. Training ends there if the
	// answer, the reason, is not "".
	Stop func(ProgressOf[T]) string

	// Checkpoint is a file that is written after every epoch and when the context ends. If
	// it is there, training goes on from it: to the same bits as if it had never stopped.
	// "": none.
	Checkpoint string

	// Memory is how many bytes the activations of a batch and their gradients may take. A
	// network that could need more is an error, before any of it is allocated. 0: no limit.
	Memory int64

	OnStep  func(ProgressOf[T]) // called after every step; nil: nothing
	OnBatch func(ProgressOf[T]) // OnStep of one who doesn't look at the network, which need not be brought from a device for it then
	OnEpoch func(ProgressOf[T]) // called after every epoch and its validation; nil: nothing
}

// FitConfig is for a network in single precision, FitConfig64 for one in double.
type (
	FitConfig   = FitConfigOf[float32]
	FitConfig64 = FitConfigOf[float64]
)

// ProgressOf is what a callback is told. Its slices and the network are those of the
// training, to be looked at, not changed.
type ProgressOf[T engine.Float] struct {
	Epoch, Epochs int     // the present one, from 1, and how many there can be
	Step, Steps   int     // the same of steps, over all epochs
	Rate          float64 // learning rate of the step
	Batch         Score   // of the step, before its update
	Train         Score   // of all steps of the epoch so far
	Valid         Score   // of the epoch; without samples in OnStep or if there is no Valid
	History       []Epoch // epochs that are over
	Network       *NetworkOf[T]
}

// Progress is that of a network in single precision, Progress64 of one in double.
type (
	Progress   = ProgressOf[float32]
	Progress64 = ProgressOf[float64]
)

// Epoch is one point of a learning curve.
type Epoch struct {
	Epoch     int     `json:"epoch"` // from 1
	Rate      float64 `json:"rate"`  // learning rate of its last step
	TrainLoss float64 `json:"train_loss"`
	TrainAcc  float64 `json:"train_acc"`  // accuracies are shares, 0 to 1
	ValidLoss float64 `json:"valid_loss"` // these two are 0 if nothing is validated
	ValidAcc  float64 `json:"valid_acc"`
}

// History is the course of a training.
type History struct {
	Epochs  []Epoch // that are over
	Steps   int     // taken
	Best    int     // epoch with the smallest validation loss, from 1; 0 if nothing is validated
	Stopped string  // why not all epochs were trained; "" if they were
}

// Diverged is the error of a training whose loss is no finite number any more.
type Diverged struct {
	Epoch, Step int     // where, from 1
	Rate        float64 // learning rate of the step
	Loss        string  // "training loss", "validation loss" or "loss after the last step" of an epoch
	Where       string  // the first number that is not finite, such as `the output of "conv 2"`
}

// Error implements error.
func (d *Diverged) Error() string {
	return fmt.Sprintf("the %s is no finite number any more in epoch %d, step %d, at learning rate %.3g: %s; a smaller rate, a warm-up, a limit to gradients (Clip) or batch norm may help",
		d.Loss, d.Epoch, d.Step, d.Rate, d.Where)
}

// Fit trains a network:
//
//	net, err := nn.New(a, 1)
//	history, err := nn.Fit(ctx, net, nn.FitConfig{Train: parts.Train, Valid: parts.Valid})
//	score, err := net.Evaluate(parts.Test.X, parts.Test.Y)
//
// Equal networks, configurations and data give equal weights, to the last bit, on any
// number of threads. A context that ends stops it between two steps with the context's
// error, a loss that is no finite number with a *Diverged; the history is what there was
// until then.
//
// An engine that can take whole steps (engine.Trainer) keeps the weights while it does:
// with cross-entropy as the loss and an optimiser of this package. They are brought to the
// network before a callback or the validation looks at it.
func Fit(ctx context.Context, n *Network, c FitConfig) (*History, error) { return train(ctx, n, c) }

// Fit64 is Fit in double precision.
func Fit64(ctx context.Context, n *Network64, c FitConfig64) (*History, error) {
	return train(ctx, n, c)
}

func train[T engine.Float](ctx context.Context, n *NetworkOf[T], c FitConfigOf[T]) (*History, error) {
	t, err := prepare(n, c)
	if err != nil {
		return nil, err
	}
	return t.Run(ctx)
}

// TrainingOf is a Fit under way, which can stop, be saved and go on.
type TrainingOf[T engine.Float] struct {
	net      *NetworkOf[T]
	blocks   []*engine.ParamOf[T] // its parameters and running moments
	c        FitConfigOf[T]
	batches  *data.Batches
	steps    int // of all epochs
	average  *AverageOf[T]
	best     []*engine.ParamOf[T] // copies of the network's blocks in the best epoch; nil before
	at       position
	over     bool         // the network has its final weights
	ownLoss  bool         // the loss is the user's
	resident *resident[T] // nil: steps are taken here
	settings []string     // see recipe; nil before it is asked for

	// numbers are those of data, good until it is called again.
	numbers func([]float32) []T
}

// Training is that of a network in single precision, Training64 of one in double.
type (
	Training   = TrainingOf[float32]
	Training64 = TrainingOf[float64]
)

// position is where a training is.
type position struct {
	Epoch    int     `json:"epoch"`  // being trained, from 1
	Batch    int     `json:"batch"`  // batches of it that are done
	Train    Score   `json:"train"`  // of them
	Step     int     `json:"step"`   // steps of all epochs that are done
	Rate     float64 `json:"rate"`   // of the last step
	Passes   uint64  `json:"passes"` // of the network in training, which number the draws of dropout and drop path
	Draws    uint64  `json:"draws"`  // seed of those
	Epochs   []Epoch `json:"epochs"` // that are over
	Best     int     `json:"best"`   // of them, from 1
	BestLoss float64 `json:"best_loss"`
	Stopped  string  `json:"stopped"`
}

// NewTraining prepares what Fit does; Run does it. A checkpoint that is there is read.
func NewTraining(n *Network, c FitConfig) (*Training, error) { return prepare(n, c) }

// NewTraining64 is NewTraining in double precision.
func NewTraining64(n *Network64, c FitConfig64) (*Training64, error) { return prepare(n, c) }

func prepare[T engine.Float](n *NetworkOf[T], c FitConfigOf[T]) (*TrainingOf[T], error) {
	if n == nil {
		return nil, errors.New("fit: there is no network (nil); make one with nn.New")
	}
	ownLoss := c.Loss != nil
	c.setDefaults()
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("fit: %w", err)
	}
	if err := n.fits(c.Train); err != nil {
		return nil, fmt.Errorf("fit: %w", err)
	}
	if err := n.affordable(c.Batch, c.Memory); err != nil {
		return nil, fmt.Errorf("fit: %w", err)
	}
	batches, err := data.NewBatches(c.Train, c.Batch, seed.Derive(c.Seed, "batches"))
	if err != nil {
		return nil, fmt.Errorf("fit: %w", err)
	}
	if err := batches.Augment(c.Augment); err != nil {
		return nil, fmt.Errorf("fit: %w", err)
	}
	t := &TrainingOf[T]{net: n, numbers: numbersOf[T](), blocks: n.blocks(), c: c, batches: batches, steps: batches.Count() * c.Epochs, at: position{Epoch: 1}, ownLoss: ownLoss}
	if c.Average > 0 {
		if t.average, err = newAverage[T](c.Average); err != nil {
			return nil, fmt.Errorf("fit: %w", err)
		}
	}
	return t, t.resume()
}

// numbersOf gives data another precision; for that which they have, it is no work.
func numbersOf[T engine.Float]() func([]float32) []T {
	if same, ok := any(func(x []float32) []float32 { return x }).(func([]float32) []T); ok {
		return same
	}
	var y []T
	return func(x []float32) []T {
		y = slices.Grow(y[:0], len(x))[:len(x)]
		for i, v := range x {
			y[i] = T(v)
		}
		return y
	}
}

// setDefaults fills in what is not given.
func (c *FitConfigOf[T]) setDefaults() {
	if c.Epochs == 0 {
		c.Epochs = 20
	}
	if c.Batch == 0 && c.Train != nil {
		c.Batch = min(64, c.Train.Len())
	}
	if c.Loss == nil {
		c.Loss = hardCrossEntropy[T]
	}
	if c.Rate == 0 && c.Optimizer == nil {
		c.Rate = 0.05
	}
	if c.Optimizer == nil {
		c.Optimizer = &SGDOf[T]{Momentum: 0.9, WeightDecay: 5e-4}
	}
	if c.Schedule == nil {
		c.Schedule = Cosine{Base: c.Rate}
	}
	if c.DropPath == nil {
		c.DropPath = Linear{From: 0, To: 1}
	}
}

// Check says what is wrong with the configuration.
func (c FitConfigOf[T]) Check() error {
	c.setDefaults()
	if c.Train == nil {
		return errors.New("there are no training data; set Train, such as to a part of data.Digits().Parts(1)")
	}
	if err := c.Train.Check(); err != nil {
		return err
	}
	if c.Valid != nil {
		if err := c.Valid.Check(); err != nil {
			return err
		}
		if c.Train.Shape != c.Valid.Shape || c.Train.Classes != c.Valid.Classes {
			return fmt.Errorf("training data are %v in %d classes, validation data %v in %d; they have to agree",
				c.Train.Shape, c.Train.Classes, c.Valid.Shape, c.Valid.Classes)
		}
	}
	if err := c.Augment.Check(c.Train); err != nil {
		return err
	}
	if err := c.Schedule.Check(); err != nil {
		return err
	}
	if err := c.DropPath.Check(); err != nil {
		return fmt.Errorf("DropPath: %w", err)
	}
	if err := c.Optimizer.Check(); err != nil {
		return err
	}
	switch {
	case len(c.Augment.Normalise.Mean) > 0:
		return errors.New("Augment.Normalise would change the training images alone; give sets that are standardised alike, such as those of Parts")
	case c.Epochs < 1:
		return fmt.Errorf("%d epochs; Epochs has to be at least 1", c.Epochs)
	case c.Batch < 1 || c.Batch > c.Train.Len():
		return fmt.Errorf("batches of %d samples from %d; choose a Batch of 1 to %d or use more data", c.Batch, c.Train.Len(), c.Train.Len())
	case !(c.Clip >= 0):
		return fmt.Errorf("gradients clipped at %v; Clip has to be above 0, or 0 for no limit", c.Clip)
	case !(c.Average >= 0 && c.Average < 1):
		return fmt.Errorf("weights averaged with a decay of %v; Average is above 0 and below 1, such as 0.99, or 0 for none", c.Average)
	case c.Memory < 0:
		return fmt.Errorf("a memory limit of %d bytes; Memory has to be above 0, or 0 for none", c.Memory)
	case c.Patience < 0:
		return fmt.Errorf("patience of %d epochs; Patience has to be at least 1, or 0 for all epochs", c.Patience)
	case c.Patience > 0 && c.Valid == nil:
		return fmt.Errorf("patience of %d epochs without validation data to judge by; set Valid", c.Patience)
	}
	return nil
}

// fits says if the network is for other data.
func (n *NetworkOf[T]) fits(s *data.Set) error {
	name := n.arch.Name
	if n.in != s.Shape {
		return fmt.Errorf("architecture %q takes images of %v, but those of %q are %v; build it for %v", name, n.in, s.Name, s.Shape, s.Shape)
	}
	if n.classes != s.Classes {
		return fmt.Errorf("architecture %q has %d outputs, but %q has %d classes; its last layer needs %d outputs", name, n.classes, s.Name, s.Classes, s.Classes)
	}
	return nil
}

// affordable says if a batch needs more memory than the limit, 0 for none, allows.
func (n *NetworkOf[T]) affordable(batch int, limit int64) error {
	need := n.Memory(batch)
	if limit == 0 || need <= limit {
		return nil
	}
	advice := "choose a smaller network"
	if most := sort.Search(batch, func(b int) bool { return n.Memory(b+1) > limit }); most > 0 {
		advice = fmt.Sprintf("choose a Batch of at most %d", most)
	}
	return fmt.Errorf("training %q in batches of %d samples takes up to %d bytes, but Memory allows %d; %s", n.arch.Name, batch, need, limit, advice)
}

// Run trains all epochs that are left. It can be called again after its context ended.
func (t *TrainingOf[T]) Run(ctx context.Context) (*History, error) {
	if ctx == nil {
		return t.history(), errors.New("fit: the context is nil; give context.Background(), or one that can be cancelled")
	}
	if err := t.run(ctx); err != nil {
		return t.history(), fmt.Errorf("fit: %w", err)
	}
	return t.history(), nil
}

func (t *TrainingOf[T]) run(ctx context.Context) (err error) {
	if t.left() {
		if err := t.settle(); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, t.leave()) }()
	}
	for t.left() {
		if err := t.epoch(ctx); err != nil {
			return err
		}
	}
	return t.finish()
}

// left says whether there are epochs to train.
func (t *TrainingOf[T]) left() bool { return t.at.Epoch <= t.c.Epochs && t.at.Stopped == "" }

func (t *TrainingOf[T]) history() *History {
	return &History{Epochs: t.at.Epochs, Steps: t.at.Step, Best: t.at.Best, Stopped: t.at.Stopped}
}

// epoch trains what is left of the present epoch and ends it.
func (t *TrainingOf[T]) epoch(ctx context.Context) error {
	t.batches.Start(t.at.Epoch)
	t.batches.Skip(t.at.Batch)
	walk := t.walk
	if t.resident != nil {
		walk = t.walkThere
	}
	if err := walk(ctx); err != nil {
		return err
	}
	if where := t.net.spoilt(); where != "" {
		return &Diverged{t.at.Epoch, t.at.Step, t.at.Rate, "loss after the last step", where}
	}
	var valid Score
	if t.c.Valid != nil {
		var err error
		if valid, err = t.validate(ctx); err != nil {
			if ctx.Err() != nil {
				return t.stopped(err)
			}
			return err
		}
	}
	t.record(valid)
	if t.c.Checkpoint != "" {
		if err := t.SaveFile(t.c.Checkpoint); err != nil {
			return err
		}
	}
	return nil
}

// walk trains the batches that are left of an epoch.
func (t *TrainingOf[T]) walk(ctx context.Context) error {
	for x, y, ok := t.batches.Next(); ok; x, y, ok = t.batches.Next() {
		if err := ctx.Err(); err != nil {
			return t.stopped(err)
		}
		if err := t.step(t.numbers(x), y); err != nil {
			return err
		}
	}
	return nil
}

// stopped is the error of a context that ended. The checkpoint takes what there is.
func (t *TrainingOf[T]) stopped(cause error) error {
	err := fmt.Errorf("stopped in epoch %d: %w", t.at.Epoch, cause)
	if failed := t.catchUp(); failed != nil {
		return fmt.Errorf("%w; and %w", err, failed)
	}
	if t.c.Checkpoint != "" {
		if failed := t.SaveFile(t.c.Checkpoint); failed != nil {
			return fmt.Errorf("%w; and %w", err, failed)
		}
	}
	return err
}

// step trains one batch.
func (t *TrainingOf[T]) step(x []T, y []int) error {
	loss := t.c.Loss
	if partner, own := t.batches.Mix(); own != nil {
		loss = mixing(loss, partner, own)
	}
	rate := t.rate()
	s, err := t.net.GradientsOf(loss, x, y)
	if err != nil {
		return err
	}
	if !s.Finite() {
		return t.diverged(x)
	}
	if t.c.Clip > 0 {
		clipNorm(t.net.params, t.c.Clip)
	}
	if err := t.c.Optimizer.Step(t.net.params, rate); err != nil {
		return err
	}
	return t.stepped(s)
}

// rate is the learning rate of the present step; the network takes its share of drop path.
func (t *TrainingOf[T]) rate() float64 {
	t.net.DropPath = t.c.DropPath.Rate(t.at.Step, t.steps)
	return t.c.Schedule.Rate(t.at.Step, t.steps)
}

// diverged is the error of a step with samples x whose loss is no finite number.
func (t *TrainingOf[T]) diverged(x []T) error {
	return &Diverged{t.at.Epoch, t.at.Step + 1, t.rate(), "training loss", t.net.notFinite(x, true)}
}

// stepped counts a step whose update is done.
func (t *TrainingOf[T]) stepped(s Score) error {
	if t.average != nil {
		if err := t.average.Update(t.blocks); err != nil {
			return err
		}
	}
	t.at.Rate = t.rate()
	t.at.Train.add(s)
	t.at.Step++
	t.at.Batch++
	for _, call := range []func(ProgressOf[T]){t.c.OnBatch, t.c.OnStep} {
		if call != nil {
			call(t.progress(s, Score{}))
		}
	}
	return nil
}

func (t *TrainingOf[T]) progress(batch, valid Score) ProgressOf[T] {
	return ProgressOf[T]{
		Epoch: t.at.Epoch, Epochs: t.c.Epochs, Step: t.at.Step, Steps: t.steps, Rate: t.at.Rate,
		Batch: batch, Train: t.at.Train, Valid: valid, History: t.at.Epochs, Network: t.net,
	}
}

// validate scores the validation data, with averaged weights if there are.
func (t *TrainingOf[T]) validate(ctx context.Context) (Score, error) {
	if t.average != nil {
		if err := t.average.Swap(t.blocks); err != nil {
			return Score{}, err
		}
		defer func() { _ = t.average.Swap(t.blocks) }() // as it could be swapped, it can be swapped back
	}
	valid, part, err := score(ctx, t.net, t.c.Loss, t.c.Valid, t.numbers)
	if err != nil {
		return valid, err
	}
	if !valid.Finite() {
		return valid, &Diverged{t.at.Epoch, t.at.Step, t.at.Rate, "validation loss", t.net.notFinite(part, false)}
	}
	return valid, nil
}

// record ends the present epoch.
func (t *TrainingOf[T]) record(valid Score) {
	at := &t.at
	at.Epochs = append(at.Epochs, Epoch{at.Epoch, at.Rate, at.Train.Loss, at.Train.Accuracy(), valid.Loss, valid.Accuracy()})
	if t.c.Valid != nil && (at.Best == 0 || valid.Loss < at.BestLoss) {
		at.Best, at.BestLoss = at.Epoch, valid.Loss
		if t.c.Patience > 0 {
			t.keep()
		}
	}
	if p := t.c.Patience; p > 0 && at.Epoch-at.Best >= p && at.Epoch < t.c.Epochs {
		at.Stopped = fmt.Sprintf("the validation loss was smallest in epoch %d, %d epochs before", at.Best, p)
	}
	if t.c.Stop != nil && at.Stopped == "" && at.Epoch < t.c.Epochs {
		at.Stopped = t.c.Stop(t.progress(Score{}, valid))
	}
	if t.c.OnEpoch != nil {
		t.c.OnEpoch(t.progress(Score{}, valid))
	}
	at.Epoch, at.Batch, at.Train = at.Epoch+1, 0, Score{}
}

// keep copies what was just validated.
func (t *TrainingOf[T]) keep() {
	blocks := t.blocks
	if t.average != nil {
		blocks = t.average.state.Slots[0]
	}
	if t.best == nil {
		t.best = t.newBest()
	}
	for i, p := range blocks {
		copy(t.best[i].W, p.W)
	}
}

// newBest is room for the weights of the best epoch.
func (t *TrainingOf[T]) newBest() (best []*engine.ParamOf[T]) {
	for _, p := range t.blocks {
		best = append(best, &engine.ParamOf[T]{Name: "best/" + p.Name, Shape: p.Shape, W: make([]T, len(p.W))})
	}
	return best
}

// finish gives the network its final weights.
func (t *TrainingOf[T]) finish() error {
	if t.over {
		return nil
	}
	t.over = true
	if t.best != nil {
		for i, p := range t.blocks {
			copy(p.W, t.best[i].W)
		}
		return nil
	}
	if t.average != nil {
		return t.average.Swap(t.blocks)
	}
	return nil
}

// notFinite says where the first number is that is NaN or infinite when the network
// computes x: in x, in the weights, or in the output of a layer.
func (n *NetworkOf[T]) notFinite(x []T, train bool) string {
	if i := firstNotFinite(x); i >= 0 {
		e := n.in.Elems()
		return fmt.Sprintf("sample %d of the batch holds %v at position %d", i/e, x[i], i%e)
	}
	if where := n.spoilt(); where != "" {
		return where
	}
	defer n.keepMoments()()
	count := len(x) / n.in.Elems()
	for i, s := range n.plan.Steps {
		if len(s.In) == 0 {
			continue
		}
		r, err := n.engine.Build(&engine.PlanOf[T]{Steps: n.plan.Steps[:i+1], Seed: n.plan.Seed}, count)
		if err != nil {
			return fmt.Sprintf("where, can't be said: %v", err)
		}
		out := make([]T, count*s.Out.Elems())
		if err := errors.Join(r.Forward(x, count, n.pass(train), out), release(r)); err != nil {
			return fmt.Sprintf("where, can't be said: %v", err)
		}
		if j := firstNotFinite(out); j >= 0 {
			return fmt.Sprintf("%v is in the output of %q, sample %d of the batch", out[j], s.Name, j/s.Out.Elems())
		}
	}
	return "all outputs of layers are finite, but their loss is not"
}

// spoilt says which weights are NaN or infinite, "" if none are.
func (n *NetworkOf[T]) spoilt() string {
	for _, p := range n.blocks() {
		if i := firstNotFinite(p.W); i >= 0 {
			return fmt.Sprintf("the last update left %v in %q", p.W[i], p.Name)
		}
	}
	return ""
}

// firstNotFinite is the index of the first NaN or infinity, -1 if there is none.
func firstNotFinite[T engine.Float](x []T) int {
	for i, v := range x {
		if d := float64(v); math.IsNaN(d) || math.IsInf(d, 0) {
			return i
		}
	}
	return -1
}
