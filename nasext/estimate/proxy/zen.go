package proxy

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/exact"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// ZenConfig is how the Zen-score is estimated. Zero fields are as in the authors' code.
type ZenConfig struct {
	Batch   int     // images of noise; 0: 16
	Repeats int     // with other weights and images; 0: 32
	Alpha   float64 // how much other noise is added to them; 0: 0.01
	Seed    uint64  // of all draws
}

func (c *ZenConfig) setDefaults() {
	if c.Batch == 0 {
		c.Batch = 16
	}
	if c.Repeats == 0 {
		c.Repeats = 32
	}
	if c.Alpha == 0 {
		c.Alpha = 0.01
	}
}

// Check says what is wrong with the configuration.
func (c ZenConfig) Check() error {
	c.setDefaults()
	switch {
	case c.Batch < 1:
		return fmt.Errorf("%d images; Batch has to be at least 1, or 0 for 16", c.Batch)
	case c.Repeats < 1:
		return fmt.Errorf("%d repetitions; Repeats has to be at least 1, or 0 for 32", c.Repeats)
	case !(c.Alpha > 0) || math.IsInf(c.Alpha, 1):
		return fmt.Errorf("%g times the noise is added; Alpha has to be a finite number above 0, such as 0.01", c.Alpha)
	}
	return nil
}

// Zen is the Zen-score, log E‖f(x)−f(x+αε)‖₁ + Σ log √(mean σ²), where x and ε are normal
// noise, f is the network before its global pooling with normal weights, and σ² are the
// variances of the channels that come into each batch norm, which undo what it scales (Lin
// et al. 2021, "Zen-NAS", algorithm 1, with the norm of the authors' code). A batch norm that
// sees zeros only, behind what is cut off, scales nothing and is left out. The score is the mean
// over repetitions with other draws; the weights and the data do not matter.
func Zen(ctx context.Context, m *exact.Model, c ZenConfig) (float64, error) {
	if err := c.Check(); err != nil {
		return 0, err
	}
	c.setDefaults()
	in := m.Arch().Input
	var sum float64
	for r := range c.Repeats {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		draw := func(what string, deviation float64, shape ...int) *grad.Tensor {
			return grad.Normal(c.Seed, "zen "+strconv.Itoa(r)+" "+what, deviation, shape...)
		}
		x := draw("images", 1, c.Batch, in.C, in.H, in.W)
		noise := draw("noise", c.Alpha, c.Batch, in.C, in.H, in.W)
		s, err := zen(gaussian(m, draw), x, x.Add(noise))
		if err != nil {
			return 0, err
		}
		sum += s
	}
	return sum / float64(c.Repeats), nil
}

// gaussian is the model with normal weights of convolutions and linear layers; batch norm
// scales by 1, and nothing is shifted.
func gaussian(m *exact.Model, draw func(what string, deviation float64, shape ...int) *grad.Tensor) *exact.Model {
	drawn := map[string]*grad.Tensor{}
	for _, n := range m.Arch().Nodes {
		name := n.Name + ".weight"
		switch w := m.Param(name); {
		case w == nil:
		case n.Op.Kind == arch.BatchNorm:
			drawn[name] = grad.Ones(w.Shape()...)
		default:
			drawn[name] = draw(name, 1, w.Shape()...)
		}
	}
	return m.Substitute(func(name string, w *grad.Tensor) *grad.Tensor {
		if d := drawn[name]; d != nil {
			return d
		}
		return grad.Zeros(w.Shape()...)
	})
}

// zen is one repetition, for images x and others close to them.
func zen(m *exact.Model, x, near *grad.Tensor) (float64, error) {
	a := m.Arch()
	nodes, err := m.Nodes(x, true)
	if err != nil {
		return 0, err
	}
	others, err := m.Nodes(near, true)
	if err != nil {
		return 0, err
	}
	at := features(a)
	distance := nodes[at].Sub(others[at]).Abs().Sum().Times(1 / float64(x.Shape()[0]))
	score := distance.Log()
	use := useful(a)
	for i, n := range a.Nodes {
		if !use[i] || n.Op.Kind != arch.BatchNorm {
			continue
		}
		_, variances := nodes[n.In[0]].Moments()
		v, err := variances.Mean().Value()
		if err != nil {
			return 0, err
		}
		if v > 0 {
			score = score.Add(grad.Scalar(math.Log(v) / 2))
		}
	}
	s, err := score.Value()
	if err == nil && (math.IsInf(s, 0) || math.IsNaN(s)) {
		err = errors.New("the features do not change with the image, so there is no logarithm")
	}
	return s, err
}

// features is the node before the network's head: before global pooling, flattening and the
// linear layers behind them.
func features(a *arch.Arch) int {
	i := len(a.Nodes) - 1
	for {
		n := a.Nodes[i]
		switch n.Op.Kind {
		case arch.GlobalPool, arch.Flatten, arch.Linear, arch.Dropout, arch.Identity:
			i = n.In[0]
		default:
			return i
		}
	}
}
