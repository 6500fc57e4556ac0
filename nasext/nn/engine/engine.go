// Package engine says what an engine has to do: compute a network's outputs and
// the gradients of its parameters. Package nn turns an architecture into a Plan;
// an engine turns the plan into a Runner, with memory laid out as suits its
// hardware. Engine cpu is the one that is always there.
package engine

import "github.com/nascent-go/nascent/nasext/arch"

// Param is a named block of numbers that training changes, with their gradient.
// Running moments of batch normalisation are Params without a gradient.
type Param struct {
	Name  string
	Shape []int     // such as (out, in/groups, height, width) for a convolution
	W     []float32 // the values, row major in Shape
	G     []float32 // gradient of the loss, as Backward left it; nil if there is none
}

// Step is one operation of a plan with everything it needs resolved.
type Step struct {
	Name string
	Op   arch.Op    // with defaults written out: strides (StrideW of convolutions), dilation and groups are at least 1, PadH and PadW come before the image, Same is false
	In   []int      // earlier steps
	Out  arch.Shape // of one sample

	Weight *Param // conv (out, in/groups, kh, kw), linear (out, in), batchnorm scale (c), ones that stay if fixed; else nil
	Bias   *Param // conv and linear with a bias, batchnorm shift, zeros that stay if fixed; else nil
	Mean   *Param // batchnorm: running mean
	Var    *Param // batchnorm: running variance
}

// Plan is a network as an engine sees it. Step 0 is the input; the last step is the
// output, a vector. Params are shared with the network: an engine reads W when it
// computes and writes G.
type Plan struct {
	Steps []Step
	Seed  uint64 // of the draws of dropout
}

// Batch normalisation of every engine: y = (x-mean)/sqrt(var+BatchNormEps)·scale + shift,
// with the batch's biased variance in training and the running moments otherwise;
// running = (1-BatchNormMomentum)·running + BatchNormMomentum·batch, where the running
// variance takes the unbiased one.
const (
	BatchNormEps      = 1e-5
	BatchNormMomentum = 0.1
)

// Pass says how a forward pass is meant.
type Pass struct {
	// Train normalises by the batch's own moments, moves the running moments, drops
	// out, and keeps what Backward needs.
	Train bool
	// Draw numbers the pass: dropout draws from a stream of the plan's seed, the
	// step's name and this number.
	Draw uint64
}

// Engine builds runners. It is safe for concurrent use.
type Engine interface {
	// Name says what it is and what hardware it uses.
	Name() string
	// Build plans memory for up to batch samples at a time. It says so if the plan
	// holds an operation that the engine doesn't know.
	Build(p *Plan, batch int) (Runner, error)
	// Memory is how many bytes the activations and their gradients take at most in a
	// runner for up to batch samples that trains. Nothing is allocated to say so.
	Memory(p *Plan, batch int) int64
}

// Runner runs one network. It is for one goroutine at a time. Equal inputs give
// equal bits, however many threads it uses and however large its batch may be.
type Runner interface {
	// Batch is the largest number of samples of a pass.
	Batch() int
	// Forward computes n samples (NCHW, n×Elems numbers in x) and leaves the last
	// step's outputs in out, n×Elems too.
	Forward(x []float32, n int, p Pass, out []float32)
	// Backward takes the gradient of the loss by the outputs of the last Forward,
	// which was one for training, and writes the gradients of all parameters to
	// their G. If dx is not nil, the gradient by the inputs goes there.
	Backward(dout, dx []float32)
}
