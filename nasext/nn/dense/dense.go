// Package dense is the border to gorgonia.org/tensor: what data sets and networks hold as
// tensors that share their memory, and an engine that multiplies matrices with the inner
// loops that networks run on. No network computes through it.
package dense

import (
	"errors"
	"fmt"

	"gorgonia.org/tensor"

	"github.com/nascent-go/nascent/nasext/data"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
)

// Engine computes as tensor.StdEng does, but products of float32 matrices faster. Tensors
// that are made with it, and what is computed from these, multiply with it:
//
//	e := dense.New(0)
//	a := tensor.New(tensor.WithEngine(e), tensor.WithShape(2, 3), tensor.Of(tensor.Float32))
type Engine struct {
	tensor.StdEng
	cpu *cpu.Engine
}

// New is an engine on the given number of threads; 0 stands for as many as
// runtime.GOMAXPROCS says. Results are the same on any number.
func New(threads int) Engine { return Engine{cpu: cpu.New(threads)} }

// MatMul implements tensor.MatMuler: c = a·b. Transposed and sliced matrices are read where they lie.
// What is not float32, or has no row or column of adjacent numbers, is left to tensor.StdEng.
func (e Engine) MatMul(a, b, c tensor.Tensor) error {
	x, okx := matrix(a)
	y, oky := matrix(b)
	z, okz := matrix(c)
	if e.cpu == nil || !okx || !oky || !okz || z.Transposed {
		return e.StdEng.MatMul(a, b, c)
	}
	return e.cpu.Multiply(1, x, y, 0, z)
}

// matrix is the memory of a tensor of two dimensions, if Multiply can read it.
func matrix(t tensor.Tensor) (cpu.Matrix, bool) {
	d, ok := t.(*tensor.Dense)
	if !ok || d.Dtype() != tensor.Float32 || d.Dims() != 2 || len(d.Strides()) != 2 || !d.IsNativelyAccessible() {
		return cpu.Matrix{}, false
	}
	rows, cols, down, right := d.Shape()[0], d.Shape()[1], d.Strides()[0], d.Strides()[1]
	switch {
	case right == 1 && down >= cols:
		return cpu.Matrix{Rows: rows, Cols: cols, Stride: down, X: d.Float32s()}, true
	case down == 1 && right >= rows:
		return cpu.Matrix{Rows: cols, Cols: rows, Stride: right, X: d.Float32s(), Transposed: true}, true
	}
	return cpu.Matrix{}, false
}

// View is a tensor of the given shape on numbers, which it shares.
func (e Engine) View(x []float32, shape ...int) (*tensor.Dense, error) {
	n := 1
	for _, s := range shape {
		if s < 1 || n > len(x)/s {
			return nil, fmt.Errorf("view of %d numbers as a tensor of shape %v: dimensions must be at least 1, and their product that number", len(x), shape)
		}
		n *= s
	}
	if n != len(x) || len(shape) == 0 {
		return nil, fmt.Errorf("view of %d numbers as a tensor of shape %v, which has %d", len(x), shape, n)
	}
	return tensor.New(tensor.WithEngine(e), tensor.WithShape(shape...), tensor.WithBacking(x)), nil
}

// Images are those of a data set: images × channels × height × width, in the set's memory.
func (e Engine) Images(s *data.Set) (*tensor.Dense, error) {
	if s == nil {
		return nil, errors.New("images: there is no data set (nil)")
	}
	t, err := e.View(s.X, s.Len(), s.Shape.C, s.Shape.H, s.Shape.W)
	if err != nil {
		return nil, fmt.Errorf("data set %q: %w", s.Name, err)
	}
	return t, nil
}

// Weights are the values of a parameter, in its memory: who writes to them changes the network.
func (e Engine) Weights(p *engine.Param) (*tensor.Dense, error) { return e.param(p, "weights", false) }

// Gradient is that of a parameter, in its memory.
func (e Engine) Gradient(p *engine.Param) (*tensor.Dense, error) { return e.param(p, "gradient", true) }

func (e Engine) param(p *engine.Param, what string, gradient bool) (*tensor.Dense, error) {
	if p == nil {
		return nil, fmt.Errorf("%s: there is no parameter (nil)", what)
	}
	x := p.W
	if gradient {
		x = p.G
	}
	t, err := e.View(x, p.Shape...)
	if err != nil {
		return nil, fmt.Errorf("%s of parameter %q: %w", what, p.Name, err)
	}
	return t, nil
}
