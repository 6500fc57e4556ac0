package enginetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/seed"
)

// lossTolerance is how far a loss may be from the judge's, as a share of it.
const lossTolerance = 1e-4

// training is a training that both engines do. Numbers of samples are small, so that an
// emulated device can take part.
type training struct {
	name   string
	build  func() (*arch.Arch, error)
	batch  int
	steps  int // of an epoch
	epochs int
	single func(c *nn.FitConfig)   // what is not as usual; nil: nothing
	double func(c *nn.FitConfig64) // the same for the judge
}

// Trainings are trainings whose losses the engine has to follow step by step, twice to the
// same bits, and once more from a checkpoint in the middle.
func Trainings() (all []Case) {
	for _, t := range trainings() {
		all = append(all, Case{"training " + t.name, t.check})
	}
	return append(all, Case{"training of a supernet, by turns", supernet}, Case{"training that diverges", diverging})
}

func trainings() []training {
	small := func() (*arch.Arch, error) { return smallNet(false) }
	return []training{
		{
			name: "W1, SGD", build: w1, batch: 8, steps: 20, epochs: 1,
			single: func(c *nn.FitConfig) { c.Rate = .001 }, double: func(c *nn.FitConfig64) { c.Rate = .001 },
		},
		{name: "W3, SGD", build: func() (*arch.Arch, error) { return nb201(8, 1, arch.Shape{C: 1, H: 8, W: 8}) }, batch: 6, steps: 20, epochs: 1},
		{
			name: "a NASNet-A cell, drop path", build: nasnet, batch: 5, steps: 20, epochs: 1,
			single: func(c *nn.FitConfig) { c.Clip, c.Rate = 5, .005 }, double: func(c *nn.FitConfig64) { c.Clip, c.Rate = 5, .005 },
		},
		{
			name: "Nesterov, clipped gradients, averaged weights", build: small, batch: 7, steps: 8, epochs: 2,
			single: func(c *nn.FitConfig) {
				c.Optimizer, c.Clip, c.Average = &nn.SGD{Momentum: .9, Nesterov: true, WeightDecay: 1e-3, Decays: nn.Filters}, .5, .9
			},
			double: func(c *nn.FitConfig64) {
				c.Optimizer, c.Clip, c.Average = &nn.SGD64{Momentum: .9, Nesterov: true, WeightDecay: 1e-3, Decays: filters64}, .5, .9
			},
		},
		{
			name: "Adam", build: small, batch: 7, steps: 6, epochs: 2,
			single: func(c *nn.FitConfig) {
				c.Optimizer, c.Rate, c.Schedule = &nn.Adam{Beta1: .9, Beta2: .999, Eps: 1e-4, WeightDecay: .01}, .003, nn.Cosine{Base: .003}
			},
			double: func(c *nn.FitConfig64) {
				c.Optimizer, c.Rate, c.Schedule = &nn.Adam64{Beta1: .9, Beta2: .999, Eps: 1e-4, WeightDecay: .01}, .003, nn.Cosine{Base: .003}
			},
		},
		{
			name: "AdamW, auxiliary head", build: func() (*arch.Arch, error) { return smallNet(true) }, batch: 7, steps: 6, epochs: 2,
			single: func(c *nn.FitConfig) {
				c.Optimizer, c.Schedule = &nn.Adam{Beta1: .9, Beta2: .999, Eps: 1e-4, WeightDecay: .1, Decoupled: true}, nn.Cosine{Base: .003}
			},
			double: func(c *nn.FitConfig64) {
				c.Optimizer, c.Schedule = &nn.Adam64{Beta1: .9, Beta2: .999, Eps: 1e-4, WeightDecay: .1, Decoupled: true}, nn.Cosine{Base: .003}
			},
		},
		{
			name: "RMSprop, mixup", build: small, batch: 7, steps: 6, epochs: 2,
			single: func(c *nn.FitConfig) {
				c.Optimizer, c.Schedule, c.Augment = &nn.RMSprop{Decay: .9, Momentum: .5, Eps: 1e-3, WeightDecay: 1e-3}, nn.Cosine{Base: .001}, data.Augment{Mixup: .4}
			},
			double: func(c *nn.FitConfig64) {
				c.Optimizer, c.Schedule, c.Augment = &nn.RMSprop64{Decay: .9, Momentum: .5, Eps: 1e-3, WeightDecay: 1e-3}, nn.Cosine{Base: .001}, data.Augment{Mixup: .4}
			},
		},
		{
			name: "squared error", build: small, batch: 7, steps: 4, epochs: 1,
			single: func(c *nn.FitConfig) { c.Loss = nn.SquaredError }, double: func(c *nn.FitConfig64) { c.Loss = nn.SquaredError64 },
		},
	}
}

func filters64(p *nn.Param64) bool { return len(p.Shape) > 1 }

// nasnet is a small network of the cells of NASNet-A.
func nasnet() (*arch.Arch, error) {
	return cell.DARTSNet{Input: arch.Shape{C: 3, H: 8, W: 8}, C: 4, Layers: 3, DropPath: .2}.Build(cell.NASNetADARTS())
}

func smallNet(aux bool) (*arch.Arch, error) {
	b := arch.NewBuilder("small", arch.Shape{C: 2, H: 6, W: 6})
	x := b.ReLU(b.BatchNorm(b.Conv(b.In(), 6, 3, arch.Pad(1))))
	if aux {
		b.Aux(b.Linear(b.Flatten(b.AvgPool(x, 3)), 10))
	}
	x = b.ReLU(b.BatchNorm(b.Conv(b.Conv(x, 6, 3, arch.Pad(1), arch.Stride(2), arch.Groups(6)), 8, 1)))
	b.Linear(b.GlobalPool(x), 10)
	return b.Build()
}

// images are noise with a pattern of each class in it, so that there is something to learn.
func images(name string, s arch.Shape, n int) *data.Set {
	d := seed.Stream(1, "engine suite", "images", name)
	patterns := make([]float32, 10*s.Elems())
	for i := range patterns {
		patterns[i] = float32(d.NormFloat64())
	}
	set := &data.Set{Name: name, Shape: s, Classes: 10}
	for range n {
		c := d.IntN(10)
		set.Y = append(set.Y, c)
		for _, p := range patterns[c*s.Elems() : (c+1)*s.Elems()] {
			set.X = append(set.X, p+float32(d.NormFloat64()))
		}
	}
	return set
}

// config is how the engine trains, but for the callbacks.
func (t training) config(a *arch.Arch) nn.FitConfig {
	c := nn.FitConfig{
		Train: images(t.name, a.Input, t.batch*t.steps), Valid: images(t.name+", others", a.Input, 9),
		Epochs: t.epochs, Batch: t.batch, Seed: 3, Rate: .02,
	}
	if t.single != nil {
		t.single(&c)
	}
	return c
}

// check trains on the engine and on the judge.
func (t training) check(e engine.Engine) error {
	a, err := t.build()
	if err != nil {
		return fmt.Errorf("building the network: %w", err)
	}
	judge, err := nn.New64(a, 2)
	if err != nil {
		return err
	}
	c := t.config(a)
	c64 := nn.FitConfig64{Train: c.Train, Valid: c.Valid, Epochs: c.Epochs, Batch: c.Batch, Seed: c.Seed, Rate: c.Rate}
	if t.double != nil {
		t.double(&c64)
	}
	var want []float64
	c64.OnStep = func(p nn.Progress64) { want = append(want, p.Batch.Loss) }
	history64, err := nn.Fit64(context.Background(), judge, c64)
	if err != nil {
		return fmt.Errorf("the judge: %w", err)
	}

	var got []float64
	c.OnStep = func(p nn.Progress) { got = append(got, p.Batch.Loss) }
	first, history, err := t.train(e, a, c)
	if err != nil {
		return err
	}
	for i, w := range want {
		if !(math.Abs(got[i]-w) <= lossTolerance*w) {
			return fmt.Errorf("step %d: the loss is %v, want %v", i+1, got[i], w)
		}
	}
	for i, w := range history64.Epochs {
		if g := history.Epochs[i].ValidLoss; !(math.Abs(g-w.ValidLoss) <= lossTolerance*w.ValidLoss) {
			return fmt.Errorf("epoch %d: the validation loss is %v, want %v", i+1, g, w.ValidLoss)
		}
	}
	c = t.config(a)
	c.OnBatch = func(nn.Progress) {}
	again, _, err := t.train(e, a, c)
	if err != nil {
		return err
	}
	if !bytes.Equal(first, again) {
		return errors.New("a second training, which nobody watches, gives other bits")
	}
	return t.resumed(e, a, first)
}

// train is a training from fresh weights; it gives those at the end as they are saved.
func (t training) train(e engine.Engine, a *arch.Arch, c nn.FitConfig) ([]byte, *nn.History, error) {
	n, err := nn.NewOn(e, a, 2)
	if err != nil {
		return nil, nil, err
	}
	h, err := nn.Fit(context.Background(), n, c)
	if err != nil {
		return nil, nil, err
	}
	bits, err := saved(n)
	return bits, h, err
}

func saved(n *nn.Network) ([]byte, error) {
	var b bytes.Buffer
	err := n.Save(&b)
	return b.Bytes(), err
}

// resumed stops a training in the middle and goes on from its checkpoint in another network.
func (t training) resumed(e engine.Engine, a *arch.Arch, want []byte) (err error) {
	dir, err := os.MkdirTemp("", "enginetest")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	c := t.config(a)
	c.Checkpoint = filepath.Join(dir, "checkpoint.safetensors")
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	c.OnStep = func(p nn.Progress) {
		if p.Step == t.steps*t.epochs/2 {
			stop()
		}
	}
	n, err := nn.NewOn(e, a, 2)
	if err != nil {
		return err
	}
	if _, err := nn.Fit(ctx, n, c); !errors.Is(err, context.Canceled) {
		return fmt.Errorf("a training that is stopped ends with %v", err)
	}
	checkpoint := c.Checkpoint
	c = t.config(a)
	c.Checkpoint = checkpoint
	got, _, err := t.train(e, a, c)
	if err != nil {
		return fmt.Errorf("going on from a checkpoint: %w", err)
	}
	if !bytes.Equal(got, want) {
		return errors.New("a training that goes on from a checkpoint gives other bits")
	}
	return nil
}

// supernet is a gradient-based search as it was made for: steps of the mixing numbers by Adam on
// one batch, and of the weights by SGD on another.
func supernet(e engine.Engine) error {
	a, err := cell.DARTSSupernet{Net: cell.DARTSNet{Input: arch.Shape{C: 3, H: 8, W: 8}, C: 2, Layers: 3}, Nodes: 2}.Build()
	if err != nil {
		return fmt.Errorf("building the network: %w", err)
	}
	const batch, steps = 6, 3
	set := images("supernet", a.Input, 2*batch*steps)
	size := batch * a.Input.Elems()
	var got [2][]float64
	var bits [2][]byte
	for i := range got {
		n, err := nn.NewOn(e, a, 2)
		if err != nil {
			return err
		}
		weights, alphas := nn.NewSGD(.9, 3e-4), &nn.Adam{Beta1: .5, Beta2: .999, Eps: 1e-8, WeightDecay: 1e-3}
		for k := range 2 * steps {
			s, err := n.Gradients(set.X[k*size:(k+1)*size], set.Y[k*batch:(k+1)*batch])
			if err != nil {
				return err
			}
			got[i] = append(got[i], s.Loss)
			if k%2 == 0 {
				err = alphas.Step(n.Alphas(), .05)
			} else {
				nn.ClipNorm(n.Params(), 5)
				err = weights.Step(n.Params(), .02)
			}
			if err != nil {
				return err
			}
		}
		if bits[i], err = saved(n); err != nil {
			return err
		}
	}
	if !slices.Equal(got[0], got[1]) || !bytes.Equal(bits[0], bits[1]) {
		return errors.New("a second training gives other bits")
	}
	n, err := nn.New64(a, 2)
	if err != nil {
		return err
	}
	x := make([]float64, len(set.X))
	for i, v := range set.X {
		x[i] = float64(v)
	}
	weights, alphas := &nn.SGD64{Momentum: .9, WeightDecay: 3e-4}, &nn.Adam64{Beta1: .5, Beta2: .999, Eps: 1e-8, WeightDecay: 1e-3}
	for k := range 2 * steps {
		s, err := n.Gradients(x[k*size:(k+1)*size], set.Y[k*batch:(k+1)*batch])
		if err != nil {
			return fmt.Errorf("the judge: %w", err)
		}
		if !(math.Abs(got[0][k]-s.Loss) <= lossTolerance*s.Loss) {
			return fmt.Errorf("step %d: the loss is %v, want %v", k+1, got[0][k], s.Loss)
		}
		if k%2 == 0 {
			err = alphas.Step(n.Alphas(), .05)
		} else {
			nn.ClipNorm64(n.Params(), 5)
			err = weights.Step(n.Params(), .02)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// diverging is a training whose loss becomes infinite: it ends there, with the weights of the step
// before.
func diverging(e engine.Engine) error {
	b := arch.NewBuilder("linear", arch.Shape{C: 2, H: 3, W: 3})
	b.Linear(b.Flatten(b.In()), 10)
	a, err := b.Build()
	if err != nil {
		return err
	}
	set := images("diverging", a.Input, 40)
	fit := func(last int) (*nn.Network, error) {
		n, err := nn.NewOn(e, a, 1)
		if err != nil {
			return nil, err
		}
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		_, err = nn.Fit(ctx, n, nn.FitConfig{
			Train: set, Batch: 4, Optimizer: &nn.SGD{}, Schedule: nn.Constant{Base: 5e37},
			OnStep: func(p nn.Progress) {
				if p.Step == last {
					stop()
				}
			},
		})
		return n, err
	}
	n, err := fit(-1)
	var diverged *nn.Diverged
	if !errors.As(err, &diverged) || diverged.Step < 2 || diverged.Loss != "training loss" {
		return fmt.Errorf("it ends with %v, want a training loss that is no finite number, after the first step", err)
	}
	before, err := fit(diverged.Step - 1)
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("stopped in front of it, it ends with %v", err)
	}
	for i, p := range n.Params() {
		if !slices.Equal(p.W, before.Params()[i].W) {
			return fmt.Errorf("%q is not what it was before step %d, whose loss is no finite number", p.Name, diverged.Step)
		}
	}
	return nil
}
