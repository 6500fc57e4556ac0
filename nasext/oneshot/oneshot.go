// Package oneshot searches a space in one training: all of its architectures share the
// weights of one network, the supernet, in which every operation is on every edge.
// What the methods differ in is how they mix the operations while they train it, and
// how they choose one in the end. Each has a file of its own, named after it.
//
//	halves, err := data.Digits().Split(1, 0.5, 0.5)
//	s, err := space.NASBench201(space.NASBench201Config{C: 4, N: 1, Input: halves[0].Shape})
//	result, err := oneshot.Search(ctx, oneshot.Config{
//		Space: s, Method: oneshot.DARTS{}, Train: halves[0], Valid: halves[1], Epochs: 10,
//	})
//
// Supernets score batches by the moments of these batches, as in training, also where
// architectures are compared: the running moments of a batch norm are of all
// architectures that were trained, and say nothing of one.
package oneshot

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/controller"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// Config is a search. Space, Train and Valid have to be given.
type Config struct {
	Space  space.Relaxed
	Method Method    // nil: DARTS{}
	Train  *data.Set // what the weights learn from
	Valid  *data.Set // what architectures are judged by, of the shape and classes of Train

	Epochs  int     // passes over Train; 0: 50
	Batch   int     // samples a step; 0: that of the method's paper, or all if there are fewer
	Weights Weights // how the weights learn
	Seed    uint64  // of weights, orders of samples and all that is drawn

	Engine engine.Engine // nil: the processor's cores
	// OnEpoch is told of every epoch when it is over, and of the state before the first;
	// nil: nobody is.
	OnEpoch func(Snapshot)
}

// Weights says how the weights of a supernet learn: by gradient descent with momentum
// at a rate that falls along half a cosine. A zero field means the value beside it, unless
// the paper of the method has another; below 0 means 0.
type Weights struct {
	Rate     float64 // at the start: 0.025
	Final    float64 // rate at the end: 0.001
	Momentum float64 // 0.9
	Decay    float64 // weight decay: 3e-4
	Clip     float64 // largest norm of the gradient: 5; none with 0
}

// or fills in what is not given.
func (w Weights) or(d Weights) Weights {
	return Weights{
		or(w.Rate, d.Rate), or(w.Final, d.Final), or(w.Momentum, d.Momentum), or(w.Decay, d.Decay), or(w.Clip, d.Clip),
	}
}

// or is v, or its default if it is 0, or 0 if it is below.
func or(v, otherwise float64) float64 {
	if v == 0 {
		v = otherwise
	}
	return max(v, 0)
}

// dartsWeights are those of Liu et al. 2019, appendix A.1, which later papers took over.
func dartsWeights() Weights {
	return Weights{Rate: .025, Final: .001, Momentum: .9, Decay: 3e-4, Clip: 5}
}

// Method is how a supernet is trained and what is chosen by it: DARTS and the others of
// this package.
type Method interface {
	// Name says what it is, with its settings.
	Name() string
	// Check says what is wrong with the settings.
	Check() error

	// usual are the batch size and the weights' settings of the paper.
	usual() (batch int, w Weights)
	// mixing is how its supernet mixes.
	mixing() cell.Mixing
	// start prepares a search.
	start(s *search) (learner, error)
}

// learner is a method at work in a search.
type learner interface {
	// step learns from a batch of Train. It returns how the supernet did on it, and on what
	// it looked at of Valid, if it did.
	step(b batch) (train, valid nn.Score, err error)
	// epoch does what follows on the steps of an epoch, and returns how architectures did
	// on Valid if it looked.
	epoch(ctx context.Context, last bool) (valid nn.Score, err error)
	// shares are, edge by edge, how much there is of each operation, with sums of 1; nil if
	// the method has no such preference.
	shares() [][]float64
	// choice is the architecture that it would choose now; nil if it cannot say yet.
	choice() (space.Genotype, error)
}

// batch is some samples and their labels.
type batch struct {
	x []float32
	y []int
}

// search is a search under way.
type search struct {
	c            Config // with defaults
	edges        []space.MixedEdge
	net          *nn.Network
	weights      *nn.SGD
	train, valid *data.Batches
	mix          map[string]*nn.Param // α by the names of the mixes
	round        int                  // passes over Valid that were begun
	judged       []Judgement
	updates      []controller.Stats
	at, steps    int // steps that are done, and how many there are
}

// withDefaults fills in what is not given. It is for what a user wrote: in its result, 0
// means 0.
func (c Config) withDefaults() Config {
	if c.Method == nil {
		c.Method = DARTS{}
	}
	size, w := c.Method.usual()
	if c.Epochs == 0 {
		c.Epochs = 50
	}
	if c.Batch == 0 && c.Train != nil && c.Valid != nil {
		c.Batch = min(size, c.Train.Len(), c.Valid.Len())
	}
	c.Weights = c.Weights.or(w)
	if c.Engine == nil {
		c.Engine = cpu.New(0)
	}
	return c
}

// String says everything that the outcome depends on but the data.
func (c Config) String() string {
	c = c.withDefaults()
	name := "no space"
	if c.Space != nil {
		name = c.Space.Name()
	}
	w := c.Weights
	return fmt.Sprintf("%s in %s, epochs %d, batch %d, weights(rate %g to %g, momentum %g, decay %g, clip %g), seed %d",
		c.Method.Name(), name, c.Epochs, c.Batch, w.Rate, w.Final, w.Momentum, w.Decay, w.Clip, c.Seed)
}

// Check says what is wrong with the configuration.
func (c Config) Check() error {
	c = c.withDefaults()
	if c.Space == nil {
		return errors.New("there is no space; give one with a supernet, such as that of space.NASBench201 or space.DARTS")
	}
	if err := c.Method.Check(); err != nil {
		return err
	}
	if c.Train == nil || c.Valid == nil {
		return errors.New("there are no Train or no Valid data; give both, such as the halves that data.Digits().Split(1, 0.5, 0.5) makes")
	}
	for _, s := range []*data.Set{c.Train, c.Valid} {
		if err := s.Check(); err != nil {
			return err
		}
	}
	if c.Train.Shape != c.Valid.Shape || c.Train.Classes != c.Valid.Classes {
		return fmt.Errorf("training data are %v in %d classes, validation data %v in %d; they have to agree",
			c.Train.Shape, c.Train.Classes, c.Valid.Shape, c.Valid.Classes)
	}
	w := c.Weights
	switch most := min(c.Train.Len(), c.Valid.Len()); {
	case c.Epochs < 1:
		return fmt.Errorf("%d epochs; Epochs has to be at least 1, or 0 for 50", c.Epochs)
	case c.Batch < 2 || c.Batch > most:
		return fmt.Errorf("batches of %d samples; Batch has to be 2 to %d, the samples of the smaller set", c.Batch, most)
	case math.IsNaN(w.Rate + w.Final + w.Momentum + w.Decay + w.Clip):
		return fmt.Errorf("a setting of Weights is not a number: %+v", w)
	case !(w.Momentum < 1):
		return fmt.Errorf("momentum %g; Weights.Momentum has to be below 1", w.Momentum)
	}
	if err := (nn.Cosine{Base: w.Rate, Final: w.Final}).Check(); err != nil {
		return fmt.Errorf("Weights: %w", err)
	}
	return nil
}

// Search runs a search. Equal configurations and data give equal results, to the last
// bit, on any number of threads. A context that ends stops it between two steps with the
// context's error; the result then holds the history until then, and no architecture.
func Search(ctx context.Context, c Config) (*Result, error) {
	if ctx == nil {
		return nil, errors.New("oneshot: the context is nil; give context.Background(), or one that can be cancelled")
	}
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("oneshot: %w", err)
	}
	s, err := newSearch(c)
	if err != nil {
		return nil, fmt.Errorf("oneshot: %w", err)
	}
	r := &Result{History: History{Settings: c.String(), Edges: s.edges}, Supernet: s.net, search: s}
	if err := s.run(ctx, r); err != nil {
		return r, fmt.Errorf("oneshot: %s: %w", s.c.Method.Name(), err)
	}
	return r, nil
}

// newSearch makes the supernet and what trains it.
func newSearch(c Config) (*search, error) {
	s := &search{c: c.withDefaults()}
	c = s.c
	a, err := c.Space.Supernet(c.Method.mixing())
	if err != nil {
		return nil, err
	}
	if err := fits(a, c.Train); err != nil {
		return nil, err
	}
	s.edges = c.Space.Edges()
	if s.net, err = nn.NewOn(c.Engine, a, seed.Derive(c.Seed, "oneshot", "weights")); err != nil {
		return nil, err
	}
	s.mix = map[string]*nn.Param{}
	for _, p := range s.net.Alphas() {
		s.mix[edgeOf(p)] = p
	}
	s.weights = nn.NewSGD(c.Weights.Momentum, c.Weights.Decay)
	if s.train, err = data.NewBatches(c.Train, c.Batch, seed.Derive(c.Seed, "oneshot", "train")); err != nil {
		return nil, err
	}
	if s.valid, err = data.NewBatches(c.Valid, c.Batch, seed.Derive(c.Seed, "oneshot", "valid")); err != nil {
		return nil, err
	}
	s.round, s.steps = 1, c.Epochs*s.train.Count()
	return s, nil
}

// fits says if the supernet is for other data.
func fits(a *arch.Arch, set *data.Set) error {
	infos, err := a.Infer()
	if err != nil {
		return err
	}
	if a.Input != set.Shape {
		return fmt.Errorf("the supernet takes images of %v, but those of %q are %v; make the space for them", a.Input, set.Name, set.Shape)
	}
	if n := infos[len(infos)-1].Out.C; n != set.Classes {
		return fmt.Errorf("the supernet has %d outputs, but %q has %d classes; make the space for them", n, set.Name, set.Classes)
	}
	return nil
}

// run trains all epochs and chooses.
func (s *search) run(ctx context.Context, r *Result) error {
	l, err := s.c.Method.start(s)
	if err != nil {
		return err
	}
	if err := s.record(r, l, Snapshot{}); err != nil {
		return err
	}
	for epoch := 1; epoch <= s.c.Epochs; epoch++ {
		if err := s.epoch(ctx, l, epoch, r); err != nil {
			return err
		}
	}
	r.Judged, r.Updates = s.judged, s.updates
	last := r.Epochs[len(r.Epochs)-1]
	r.Genotype, r.Text, r.Skips = last.Genotype, last.Text, last.Skips
	if s.c.Method.mixing().Gate == arch.Sparse {
		if err := s.take(r.Genotype); err != nil {
			return err
		}
	}
	if r.Arch, err = s.c.Space.Build(r.Genotype); err != nil {
		return err
	}
	r.Collapse, err = s.collapse(r.Genotype, r.Arch)
	return err
}

// epoch is a pass over Train.
func (s *search) epoch(ctx context.Context, l learner, epoch int, r *Result) error {
	var train, valid mean
	s.train.Start(epoch)
	for x, y, ok := s.train.Next(); ok; x, y, ok = s.train.Next() {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("stopped in epoch %d: %w", epoch, err)
		}
		t, v, err := l.step(batch{x, y})
		if err != nil {
			return fmt.Errorf("epoch %d, step %d: %w", epoch, s.at+1, err)
		}
		train.add(t)
		valid.add(v)
		s.at++
	}
	v, err := l.epoch(ctx, epoch == s.c.Epochs)
	if err != nil {
		return fmt.Errorf("epoch %d: %w", epoch, err)
	}
	valid.add(v)
	return s.record(r, l, Snapshot{Epoch: epoch, Loss: train.loss(), Accuracy: train.accuracy(), ValidLoss: valid.loss(), ValidAccuracy: valid.accuracy()})
}

// record adds a snapshot with what the learner prefers.
func (s *search) record(r *Result, l learner, at Snapshot) error {
	g, err := l.choice()
	if err != nil {
		return err
	}
	at.Alphas = l.shares()
	if g != nil {
		at.Genotype = g
		if at.Skips, err = s.skips(g); err != nil {
			return err
		}
		if at.Text, err = space.Format(s.c.Space, g); err != nil {
			return err
		}
	}
	r.Epochs = append(r.Epochs, at)
	if s.c.OnEpoch != nil {
		s.c.OnEpoch(at)
	}
	return nil
}

// rate is the learning rate of the weights in the present step.
func (s *search) rate() float64 {
	return nn.Cosine{Base: s.c.Weights.Rate, Final: s.c.Weights.Final}.Rate(s.at, s.steps)
}

// nextValid is the next batch of Valid, over which passes follow on one another.
func (s *search) nextValid() batch {
	x, y, ok := s.valid.Next()
	if !ok {
		s.round++
		s.valid.Start(s.round)
		x, y, _ = s.valid.Next()
	}
	return batch{x, y}
}

// learnWeights takes a step of the weights.
func (s *search) learnWeights(b batch) (nn.Score, error) {
	score, err := gradients(s.net, "training", b.x, b.y)
	if err != nil {
		return score, err
	}
	if clip := s.c.Weights.Clip; clip > 0 {
		nn.ClipNorm(s.net.Params(), clip)
	}
	return score, s.weights.Step(s.net.Params(), s.rate())
}

// gradients are those of a loss that is a number.
func gradients[T engine.Float](n *nn.NetworkOf[T], which string, x []T, y []int) (nn.Score, error) {
	score, err := n.Gradients(x, y)
	if err == nil && !score.Finite() {
		err = fmt.Errorf("the %s loss is %v; a smaller rate or a smaller Clip may help", which, score.Loss)
	}
	return score, err
}

// mean adds scores up.
type mean struct {
	sum              float64
	correct, samples int
}

func (m *mean) add(s nn.Score) {
	m.sum += s.Loss * float64(s.Samples)
	m.correct += s.Correct
	m.samples += s.Samples
}

func (m *mean) score() nn.Score {
	return nn.Score{Loss: m.loss(), Correct: m.correct, Samples: m.samples}
}

func (m *mean) loss() float64     { return m.sum / float64(max(m.samples, 1)) }
func (m *mean) accuracy() float64 { return float64(m.correct) / float64(max(m.samples, 1)) }
