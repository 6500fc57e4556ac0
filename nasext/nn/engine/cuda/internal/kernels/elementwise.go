//go:build cuda && cgo && linux && amd64

package kernels

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
)

// Transpose computes y[b][j][i] = x[b][i][j] for batch matrices of rows × cols, or adds it to y. From channels first to channels last, rows are the channels
// and cols the pixels; and back the other way round.
func Transpose(x, y driver.Memory, add bool, batch, rows, cols int) Launch {
	return Launch{"transpose", driver.Dim{X: ceil(cols, 32), Y: ceil(rows, 32), Z: batch}, driver.Dim{X: 32, Y: 8}, []any{x, y, number(add), rows, cols}}
}

// Gather computes y[i] = x[from[i]] for n samples of in numbers in x and out numbers in y, or adds it to y. From is a table of out int32, of which -1 stands for a
// zero.
func Gather(x, from, y driver.Memory, add bool, n, in, out int) Launch {
	return flat("gather", n*out, 1, join([]any{x, from, y, number(add), n * out, in, out}, divisors(out))...)
}

// Channels copies c numbers from each of so many pixels, of ldx numbers in x, where they begin at number fromX, to those of ldy numbers in y, where they begin at
// fromY, or adds them: concatenations, slices, and their gradients.
func Channels(x driver.Memory, ldx, fromX int, y driver.Memory, ldy, fromY int, add bool, pixels, c int) (Launch, error) {
	four := c%4 == 0 && ldx%4 == 0 && ldy%4 == 0 && fromX%4 == 0 && fromY%4 == 0
	multiple, by := 1, c
	if four {
		multiple, by = 4, c/4
	}
	x, err := x.Slice(4*int64(fromX), x.Bytes()-4*int64(fromX))
	if err != nil {
		return Launch{}, fmt.Errorf("channels from %d of pixels of %d: %w", fromX, ldx, err)
	}
	y, err = y.Slice(4*int64(fromY), y.Bytes()-4*int64(fromY))
	if err != nil {
		return Launch{}, fmt.Errorf("channels to %d of pixels of %d: %w", fromY, ldy, err)
	}
	return flat("channels", pixels*c, multiple, join([]any{x, ldx, y, ldy, number(add), pixels * c, number(four), c}, divisors(by))...), nil
}

// Plus computes y = x + z, rectified if asked for.
func Plus(x, z, y driver.Memory, rectify bool, size int) Launch {
	return flat("plus", size, size, x, z, y, number(rectify), size)
}

// Scale computes y = factor·x, or adds it to y.
func Scale(x, y driver.Memory, add bool, factor float32, size int) Launch {
	return flat("scale", size, size, x, y, number(add), factor, size)
}

// Multiply computes y = x·z, or adds it to y.
func Multiply(x, z, y driver.Memory, add bool, size int) Launch {
	return flat("multiply", size, size, x, z, y, number(add), size)
}

// activations are those of elementwise.cuh, by number.
var activations = [...]arch.Kind{arch.ReLU, arch.ReLU6, arch.Tanh, arch.Sigmoid, arch.HardSigmoid, arch.SiLU, arch.HardSwish}

func activation(k arch.Kind) (int, error) {
	for i, a := range activations {
		if a == k {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%q is no activation of the CUDA engine", k)
}

// Activation computes y = f(x) for the activation of kind k.
func Activation(k arch.Kind, x, y driver.Memory, size int) (Launch, error) {
	n, err := activation(k)
	return flat("activation", size, size, n, x, y, size), err
}

// ActivationBack computes dx = dy·f'(x), or adds it to dx, where y = f(x). ReLU doesn't look at x.
func ActivationBack(k arch.Kind, dy, x, y, dx driver.Memory, add bool, size int) (Launch, error) {
	n, err := activation(k)
	return flat("activation_back", size, size, n, dy, x, y, dx, number(add), size), err
}

// Pool is a pooling of N images.
type Pool struct {
	N, H, W, C, OutH, OutW     int
	KH, KW, Stride, PadH, PadW int // padding before the image
}

func (p Pool) args(divs ...int) []any {
	return join([]any{p.H, p.W, p.C, p.OutH, p.OutW, p.KH, p.KW, p.Stride, p.PadH, p.PadW}, divisors(divs...))
}

func (p Pool) in() int  { return p.N * p.H * p.W * p.C }
func (p Pool) out() int { return p.N * p.OutH * p.OutW * p.C }

// Max computes the largest number under each window, and which pixel of the image that is, an int32.
func (p Pool) Max(x, y, which driver.Memory) Launch {
	return flat("max_pool", p.out(), 1, join([]any{x, y, which, p.out()}, p.args(p.C, p.OutW, p.OutH))...)
}

// MaxBack computes its gradient, or adds it to dx. If what was pooled had been rectified, y is the output, and the gradient that by
// what was rectified; else y is the zero Memory.
func (p Pool) MaxBack(dy, y, which, dx driver.Memory, add bool) Launch {
	return flat("max_pool_back", p.in(), 1, join([]any{dy, y, which, dx, number(add), p.in()}, p.args(p.C, p.W, p.H))...)
}

// Avg computes the mean of the pixels under each window; padding is not counted.
func (p Pool) Avg(x, y driver.Memory) Launch {
	return flat("avg_pool", p.out(), 1, join([]any{x, y, p.out()}, p.args(p.C, p.OutW, p.OutH))...)
}

// AvgBack computes its gradient, or adds it to dx.
func (p Pool) AvgBack(dy, dx driver.Memory, add bool) Launch {
	return flat("avg_pool_back", p.in(), 1, join([]any{dy, dx, number(add), p.in()}, p.args(p.C, p.W, p.H))...)
}
