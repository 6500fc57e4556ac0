// Package enginetest is what every engine has to pass: operations of all kinds with random
// settings, networks in which engines join operations, and trainings. The judge is the
// processor's engine in double precision.
//
// The cases are plain functions, so that a test can run them as well as a program on a machine
// that has no Go:
//
//	for _, c := range enginetest.Cases() {
//		if err := c.Check(e); err != nil { … }
//	}
package enginetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/internal/opcase"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine"
)

// Case is one thing that an engine has to do.
type Case struct {
	Name  string                      // such as "operation conv" or "training W3, SGD"
	Check func(e engine.Engine) error // says what the engine does wrong; nil if nothing
}

// Cases are all of them.
func Cases() []Case { return slices.Concat(Operations(), Networks(), Trainings()) }

// tolerance is how far a number may be from the judge's, as a share of the largest of its
// block, or of 1 if all are smaller: a few hundred roundings.
const tolerance = 2e-5

// differ says which number is the first that is too far from the judge's.
func differ(what string, got []float32, want []float64) error {
	if len(got) != len(want) {
		return fmt.Errorf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	scale := 1.0
	for _, w := range want {
		scale = max(scale, math.Abs(w))
	}
	for i, w := range want {
		if !(math.Abs(float64(got[i])-w) <= tolerance*scale) { // NaN is no number below
			return fmt.Errorf("%s: number %d of %d is %v, want %v", what, i, len(want), got[i], w)
		}
	}
	return nil
}

// pair is a network on the engine and the same on the judge.
type pair struct {
	*nn.Network
	judge *nn.Network64
}

// newPair makes both with random weights and moments.
func newPair(e engine.Engine, a *arch.Arch, d *rand.Rand) (*pair, error) {
	n, err := nn.NewOn(e, a, 1, opcase.Funcs())
	if err != nil {
		return nil, err
	}
	judge, err := nn.New64(a, 1, opcase.Funcs())
	if err != nil {
		return nil, err
	}
	p := &pair{n, judge}
	for i, b := range p.blocks() {
		for j := range b.W {
			b.W[j] = float32(.3 + d.Float64())
			if b.G != nil && d.IntN(2) == 0 {
				b.W[j] = -b.W[j]
			}
			p.judges()[i].W[j] = float64(b.W[j])
		}
	}
	return p, nil
}

func (p *pair) blocks() []*nn.Param { return slices.Concat(p.Params(), p.Alphas(), p.Moments()) }

func (p *pair) judges() []*nn.Param64 {
	return slices.Concat(p.judge.Params(), p.judge.Alphas(), p.judge.Moments())
}

// compare holds both to each other after the same: weights, gradients and moments.
func (p *pair) compare() error {
	judges := p.judges()
	for i, b := range p.blocks() {
		if err := differ(b.Name, b.W, judges[i].W); err != nil {
			return err
		}
		if b.G == nil {
			continue
		}
		if err := differ("gradient of "+b.Name, b.G, judges[i].G); err != nil {
			return err
		}
	}
	return nil
}

// pass is a pass for training in both directions, and one that is not for training.
func (p *pair) pass(x []float64, d *rand.Rand) error {
	x32 := singles(x)
	out, err := p.Forward(x32, true)
	if err != nil {
		return err
	}
	want, err := p.judge.Forward(x, true)
	if err != nil {
		return fmt.Errorf("the judge: %w", err)
	}
	if err := differ("output in training", out, want); err != nil {
		return err
	}
	dout := make([]float64, len(out))
	for i := range dout {
		dout[i] = float64(float32(d.NormFloat64()))
	}
	dx, dwant := make([]float32, len(x)), make([]float64, len(x))
	if err := p.Backward(singles(dout), dx); err != nil {
		return err
	}
	if err := p.judge.Backward(dout, dwant); err != nil {
		return fmt.Errorf("the judge: %w", err)
	}
	if err := differ("gradient of the input", dx, dwant); err != nil {
		return err
	}
	if err := p.compare(); err != nil {
		return err
	}
	if out, err = p.Forward(x32, false); err != nil {
		return err
	}
	if want, err = p.judge.Forward(x, false); err != nil {
		return fmt.Errorf("the judge: %w", err)
	}
	return differ("output", out, want)
}

func singles(x []float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

// exact are numbers that both precisions have.
func exact(x []float64) []float64 {
	for i, v := range x {
		x[i] = float64(float32(v))
	}
	return x
}
