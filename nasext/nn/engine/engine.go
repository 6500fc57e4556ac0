// Package engine says what an engine has to do: compute a network's outputs and
// the gradients of its parameters. Package nn turns an architecture into a Plan;
// an engine turns the plan into a Runner, with memory laid out as suits its
// hardware. Engine cpu is the one that is always there.
package engine

import (
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/grad"
)

// Float is what an engine computes in: float32 for speed, float64 for the truth that it is
// compared with.
type Float interface{ float32 | float64 }

// ParamOf is a named block of numbers that training changes, with their gradient.
// Running moments of batch normalisation are Params without a gradient.
type ParamOf[T Float] struct {
	Name  string
	Shape []int // such as (out, in/groups, height, width) for a convolution
	W     []T   // the values, row major in Shape
	G     []T   // gradient of the loss, as Backward left it; nil if there is none
}

// StepOf is one operation of a plan with everything it needs resolved.
type StepOf[T Float] struct {
	Name string
	Op   arch.Op    // with defaults written out: strides (StrideW of convolutions), dilation and groups are at least 1, PadH and PadW come before the image, Same is false
	In   []int      // earlier steps
	Out  arch.Shape // of one sample

	Weight *ParamOf[T] // conv (out, in/groups, kh, kw), linear (out, in), batchnorm scale (c), ones that stay if fixed, custom (size); else nil
	Bias   *ParamOf[T] // conv and linear with a bias, batchnorm shift, zeros that stay if fixed; else nil
	Mean   *ParamOf[T] // batchnorm: running mean
	Var    *ParamOf[T] // batchnorm: running variance
	Alpha  *ParamOf[T] // mix: mixing numbers (inputs), which steps share that name the same

	Func func(x, w *grad.Tensor) *grad.Tensor // custom: what computes it; see Call
	Held int                                  // custom: numbers in double precision that are held for a sample of a training step
}

// PlanOf is a network as an engine sees it. Step 0 is the input; the last step is the
// output, a vector. Params are shared with the network: an engine reads W when it
// computes and writes G.
type PlanOf[T Float] struct {
	Steps []StepOf[T]
	Seed  uint64 // of the draws of dropout and drop path
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
	// Draw numbers the pass: dropout and drop path draw from a stream of the plan's seed,
	// the step's name and this number.
	Draw uint64
	// DropPath is the share of the rates of drop path that holds, 0 to 1.
	DropPath float64
}

// EngineOf builds runners. It is safe for concurrent use.
type EngineOf[T Float] interface {
	// Name says what it is and what hardware it uses.
	Name() string
	// Build plans memory for up to batch samples at a time. It says so if the plan
	// holds an operation that the engine doesn't know.
	Build(p *PlanOf[T], batch int) (RunnerOf[T], error)
	// Inference is Build of a runner for passes that are not for training: it computes the
	// same but for rounding, and uses the memory of what is not needed any more again.
	Inference(p *PlanOf[T], batch int) (RunnerOf[T], error)
	// Memory is how many bytes the activations and their gradients take at most in a
	// runner for up to batch samples that trains. Nothing is allocated to say so.
	Memory(p *PlanOf[T], batch int) int64
}

// RunnerOf runs one network. It is for one goroutine at a time. Equal inputs give
// equal bits, however many threads it uses and however large its batch may be. One that
// is an io.Closer is closed when another takes its place.
type RunnerOf[T Float] interface {
	// Batch is the largest number of samples of a pass.
	Batch() int
	// Forward computes n samples (NCHW, n×Elems numbers in x) and leaves the last
	// step's outputs in out, n×Elems too. Only functions of custom steps fail.
	Forward(x []T, n int, p Pass, out []T) error
	// Backward takes the gradient of the loss by the outputs of the last Forward,
	// which was one for training, and writes the gradients of all parameters to
	// their G. If dx is not nil, the gradient by the inputs goes there.
	Backward(dout, dx []T) error
}

// What most things are made of: single precision.
type (
	Param  = ParamOf[float32]
	Step   = StepOf[float32]
	Plan   = PlanOf[float32]
	Engine = EngineOf[float32]
	Runner = RunnerOf[float32]
)

// Param64 is a parameter in double precision.
type Param64 = ParamOf[float64]
