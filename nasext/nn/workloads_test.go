package nn

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/controller"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

// workload is one of the fixed tasks that frameworks are compared by.
type workload interface {
	samples() int // of a batch
	params() int
	train() error
	infer() error
}

func newWorkload(name string, threads int) (workload, error) {
	if shape, ok := strings.CutPrefix(name, "gemm:"); ok {
		return newProduct(shape, threads)
	}
	switch name {
	case "W1":
		return newTraining(w1(), 64, threads)
	case "W2":
		return newTraining(w2(), 64, threads)
	case "W3":
		return newTraining(w3(), 64, threads)
	case "W4":
		a, err := nasnet()
		if err != nil {
			return nil, err
		}
		return newTraining(a, 32, threads)
	case "W5":
		a, err := searched()
		if err != nil {
			return nil, err
		}
		return newTraining(a, 32, threads)
	case "W6":
		return newWriting(1)
	case "W6b8":
		return newWriting(8)
	case "W7":
		return newTraining(w7(), 128, threads)
	}
	return nil, errors.New("there is no such workload; there are W1, W2, W3, W4, W5, W6, W6b8, W7 and gemm:M,N,K")
}

// nasnet is the cell of NASNet-A in a network of five cells.
func nasnet() (*arch.Arch, error) {
	return cell.DARTSNet{Input: arch.Shape{C: 3, H: 16, W: 16}, C: 8, Layers: 5}.Build(cell.NASNetADARTS())
}

// searched is the supernet of DARTS with 4 channels and 4 cells.
func searched() (*arch.Arch, error) {
	return cell.DARTSSupernet{Net: cell.DARTSNet{Input: arch.Shape{C: 3, H: 16, W: 16}, C: 4, Layers: 4}}.Build()
}

func w4(t testing.TB) *arch.Arch {
	a, err := nasnet()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// training is SGD on one batch, of a supernet by turns with Adam for its mixing numbers on
// another batch.
type training struct {
	*Network
	x, x2  []float32
	y, y2  []int
	opt    *SGD
	alphas *Adam
}

// newTraining gives the network the weights of the golden files, and mixing numbers that
// go on where the weights end.
func newTraining(a *arch.Arch, batch, threads int) (*training, error) {
	n, err := NewOn(cpu.New(threads), a, 1)
	if err != nil {
		return nil, err
	}
	i := 0
	fill := func(p *Param, scale float64) {
		for j := range p.W {
			p.W[j] = float32(number(i) * scale)
			i++
		}
	}
	for _, s := range n.plan.Steps {
		if s.Op.Kind != arch.Conv && s.Op.Kind != arch.Linear {
			continue
		}
		fill(s.Weight, 3/math.Sqrt(float64(len(s.Weight.W)/s.Op.Out)))
		if s.Bias != nil {
			fill(s.Bias, .2)
		}
	}
	for _, p := range n.Alphas() {
		fill(p, 1)
	}
	alphas, weights := optimisers[float32]()
	x, y, size := images(2*batch*a.Input.Elems()), labels(2*batch), batch*a.Input.Elems()
	return &training{n, x[:size], x[size:], y[:batch], y[batch:], weights, alphas}, nil
}

func (t *training) samples() int { return len(t.y) }

func (t *training) params() int {
	n := 0
	for _, p := range slices.Concat(t.Params(), t.Alphas()) {
		n += len(p.W)
	}
	return n
}

func (t *training) train() error {
	_, err := t.step(1)
	return err
}

// step takes a step, times as far as usual, and gives the losses that come up in it.
func (t *training) step(times float64) (losses []float64, err error) {
	learn := func(x []float32, y []int, o Optimizer, params []*Param, rate float64) error {
		s, err := t.Gradients(x, y)
		if err != nil {
			return err
		}
		losses = append(losses, s.Loss)
		return o.Step(params, times*rate)
	}
	if len(t.Alphas()) > 0 {
		if err := learn(t.x2, t.y2, t.alphas, t.Alphas(), 3e-4); err != nil {
			return nil, err
		}
	}
	return losses, learn(t.x, t.y, t.opt, t.Params(), .001)
}

func (t *training) infer() error {
	_, err := t.Forward(t.x, false)
	return err
}

// check is the loss before and after a long step, of a supernet both losses.
func (t *training) check() (losses []float64, err error) {
	for range 2 {
		found, err := t.step(50)
		if err != nil {
			return nil, err
		}
		losses = append(losses, found...)
	}
	return losses, nil
}

// product is a matrix product c = a·b, which takes so little time that it is done many times.
type product struct {
	*cpu.Engine
	a, b, c cpu.Matrix
	times   int
}

// newProduct makes the factors from "M,N,K": a has M×K numbers, b K×N.
func newProduct(shape string, threads int) (*product, error) {
	var size []int
	for _, s := range strings.Split(shape, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 1<<14 {
			break
		}
		size = append(size, n)
	}
	if len(size) != 3 || strings.Count(shape, ",") != 2 {
		return nil, errors.New("it must be gemm:M,N,K, each from 1 to 16384")
	}
	m, n, k := size[0], size[1], size[2]
	i := 0
	matrix := func(rows, cols int, scale float64) cpu.Matrix {
		x := make([]float32, rows*cols)
		for j := range x {
			x[j] = float32(number(i) * scale)
			i++
		}
		return cpu.Matrix{Rows: rows, Cols: cols, Stride: cols, X: x}
	}
	p := &product{Engine: cpu.New(threads), times: min(max(1, 1<<27/(m*n*k)), 1<<12)}
	p.a = matrix(m, k, 3/math.Sqrt(float64(k)))
	p.b = matrix(k, n, 1)
	p.c = matrix(m, n, 0)
	return p, nil
}

func (p *product) samples() int { return p.times }

func (p *product) params() int { return 0 }

func (p *product) train() error { return errors.New("a product has no training") }

func (p *product) infer() error {
	for range p.times {
		if err := p.Multiply(1, p.a, p.b, 0, p.c); err != nil {
			return err
		}
	}
	return nil
}

// check is two corners of c: the last number of its first row and the first of its last.
func (p *product) check() ([]float64, error) {
	if err := p.Multiply(1, p.a, p.b, 0, p.c); err != nil {
		return nil, err
	}
	n, last := p.c.Cols, (p.c.Rows-1)*p.c.Cols
	return []float64{float64(p.c.X[n-1]), float64(p.c.X[last])}, nil
}

// writing is a controller that writes architectures and learns from each batch of them.
type writing struct {
	*controller.Controller
	space choices
	batch []controller.Episode
	rng   *rand.Rand
}

func newWriting(batch int) (*writing, error) {
	c, err := controller.New(controller.Config{Heads: controller.PerOptions}, 1)
	if err != nil {
		return nil, err
	}
	w := &writing{c, nil, make([]controller.Episode, batch), seed.Stream(1)}
	for i := range 30 {
		w.space = append(w.space, space.Decision{Name: fmt.Sprint(i), Options: []string{"a", "b", "c", "d", "e", "f"}})
	}
	return w, w.infer() // which makes the head
}

func (w *writing) samples() int { return len(w.batch) }

func (w *writing) params() int { return w.Params() }

func (w *writing) train() error {
	if err := w.infer(); err != nil {
		return err
	}
	_, err := w.Update(w.batch)
	return err
}

func (w *writing) infer() error {
	if err := w.SampleInto(w.batch, w.rng, w.space); err != nil {
		return err
	}
	for i, e := range w.batch {
		w.batch[i].Reward = float64(e.Genotype[0])
	}
	return nil
}

// choices is a space of decisions that do not depend on each other.
type choices []space.Decision

func (c choices) Name() string { return "choices" }

func (c choices) Next(g space.Genotype) (space.Decision, bool, error) {
	if len(g) == len(c) {
		return space.Decision{}, false, nil
	}
	return c[len(g)], true, nil
}

func (c choices) Build(space.Genotype) (*arch.Arch, error) {
	return nil, errors.New("choices are no architecture")
}
