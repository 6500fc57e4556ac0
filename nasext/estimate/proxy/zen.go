package proxy

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

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
	return zen(ctx, m.Arch(), c, func(weight func(name string, shape []int) *grad.Tensor) (observer, error) {
		random := m.Substitute(func(name string, w *grad.Tensor) *grad.Tensor { return weight(name, w.Shape()) })
		return func(x *grad.Tensor, nodes []int) ([][]float64, error) { return observe(random, x, nodes) }, nil
	})
}

// observer gives the outputs of nodes for images, in a pass for training.
type observer func(x *grad.Tensor, nodes []int) ([][]float64, error)

// observe is that of a model.
func observe(m *exact.Model, x *grad.Tensor, nodes []int) ([][]float64, error) {
	all, err := m.Nodes(x, true)
	if err != nil {
		return nil, err
	}
	out := make([][]float64, len(nodes))
	for k, i := range nodes {
		if out[k], err = all[i].Data(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// zen is the mean over repetitions. The function given makes a network whose weights are what
// its argument says of each.
func zen(ctx context.Context, a *arch.Arch, c ZenConfig, network func(weight func(name string, shape []int) *grad.Tensor) (observer, error)) (float64, error) {
	if err := c.Check(); err != nil {
		return 0, err
	}
	c.setDefaults()
	kinds := map[string]arch.Kind{}
	for _, n := range a.Nodes {
		kinds[n.Name+".weight"] = n.Op.Kind
	}
	var sum float64
	for r := range c.Repeats {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		draw := func(what string, deviation float64, shape ...int) *grad.Tensor {
			return grad.Normal(c.Seed, "zen "+strconv.Itoa(r)+" "+what, deviation, shape...)
		}
		look, err := network(func(name string, shape []int) *grad.Tensor {
			switch kinds[name] {
			case "": // a bias or a shift
				return grad.Zeros(shape...)
			case arch.BatchNorm:
				return grad.Ones(shape...)
			}
			return draw(name, 1, shape...)
		})
		if err != nil {
			return 0, err
		}
		x := draw("images", 1, c.Batch, a.Input.C, a.Input.H, a.Input.W)
		noise := draw("noise", c.Alpha, c.Batch, a.Input.C, a.Input.H, a.Input.W)
		s, err := stretch(a, look, x, x.Add(noise))
		if err != nil {
			return 0, err
		}
		sum += s
	}
	return sum / float64(c.Repeats), nil
}

// stretch is one repetition, for images x and others close to them.
func stretch(a *arch.Arch, look observer, x, near *grad.Tensor) (float64, error) {
	infos, err := a.Infer()
	if err != nil {
		return 0, err
	}
	nodes, use := []int{features(a)}, useful(a)
	for i, n := range a.Nodes {
		if use[i] && n.Op.Kind == arch.BatchNorm {
			nodes = append(nodes, n.In[0])
		}
	}
	one, err := look(x, nodes)
	if err != nil {
		return 0, err
	}
	two, err := look(near, nodes[:1])
	if err != nil {
		return 0, err
	}
	samples := x.Shape()[0]
	distance := floats.Distance(one[0], two[0], 1) / float64(samples)
	if !(distance > 0) || math.IsInf(distance, 1) {
		return 0, fmt.Errorf("the features change by %v with the image, so there is no logarithm", distance)
	}
	score := math.Log(distance)
	for k, i := range nodes[1:] {
		if v := meanVariance(one[k+1], infos[i].Out, samples); v > 0 {
			score += math.Log(v) / 2
		}
	}
	return score, nil
}

// meanVariance is the mean over the channels of images of their variances.
func meanVariance(x []float64, s arch.Shape, samples int) (mean float64) {
	pixels := s.H * s.W
	channel := make([]float64, samples*pixels)
	for c := range s.C {
		for i := range samples {
			copy(channel[i*pixels:], x[(i*s.C+c)*pixels:][:pixels])
		}
		mean += stat.PopVariance(channel, nil) / float64(s.C)
	}
	return mean
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
