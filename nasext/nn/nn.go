// Package nn trains networks: it turns an architecture into parameters and a plan for
// an engine, and holds what learning needs around it: losses, optimisers, schedules, Fit,
// which is all of them in one loop, evaluation, saved weights and checkpoints.
//
// The gradients come from reverse-mode differentiation: an engine keeps a tape of
// operations, runs it forward, then backward. What an operation does in both
// directions stands side by side in package nn/engine/cpu, one file a family.
package nn

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cpu"
)

// Param is a named block of numbers with its gradient. The optimisers of this package
// work on any slice of them, also on such as belong to no Network.
type Param = engine.Param

// Param64 is Param in double precision.
type Param64 = engine.Param64

// NewParam is a parameter of zeros with a gradient of zeros.
func NewParam(name string, shape ...int) *Param { return newParam[float32](name, shape...) }

func newParam[T engine.Float](name string, shape ...int) *engine.ParamOf[T] {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return &engine.ParamOf[T]{Name: name, Shape: shape, W: make([]T, n), G: make([]T, n)}
}

// NetworkOf is an architecture with weights, in single or in double precision. It is for
// one goroutine at a time.
type NetworkOf[T engine.Float] struct {
	// AuxWeight is how much the loss of each auxiliary head counts in Gradients, beside that
	// of the output; 0.4 at first, as in the NASNet, ENAS and DARTS papers.
	AuxWeight float64

	// DropPath is the share of the rates of drop path that holds in passes for training,
	// 0 to 1; 1 at first. Fit lets it grow.
	DropPath float64

	arch    *arch.Arch
	engine  engine.EngineOf[T]
	plan    *engine.PlanOf[T]
	main    *tape[T] // for inference
	full    *tape[T] // for training: with auxiliary heads behind the output
	params  []*engine.ParamOf[T]
	moments []*engine.ParamOf[T]
	alphas  []*engine.ParamOf[T]
	in      arch.Shape
	classes int
	passes  uint64 // in training, which number the draws of dropout and drop path
	trained int    // samples of the last pass if it was for training, else 0
	single  string // the first batch norm of one pixel, which can't learn from one sample; "" if there is none
}

// Network is what most searches train: in single precision.
type Network = NetworkOf[float32]

// Network64 computes in double precision, which takes two to three times as long: the truth that
// single precision is compared with.
type Network64 = NetworkOf[float64]

// tape is a plan with the runner that was built for its largest batch so far.
type tape[T engine.Float] struct {
	plan   *engine.PlanOf[T]
	build  func(p *engine.PlanOf[T], batch int) (engine.RunnerOf[T], error)
	runner engine.RunnerOf[T]
	heads  int // the output and the auxiliary ones
	out    []T // samples × (heads × classes)
	grads  []T // by out
	// With auxiliary heads, the outputs of one head and their gradients.
	head, headGrads []T
}

// ready builds the runner if there is none for count samples. One that is much larger
// than what it trains with wastes time.
func (t *tape[T]) ready(count int, train bool) error {
	if t.runner != nil && t.runner.Batch() >= count && !(train && t.runner.Batch() > 2*count) {
		return nil
	}
	if err := release(t.runner); err != nil {
		return err
	}
	t.runner = nil
	r, err := t.build(t.plan, count)
	if err != nil {
		return err
	}
	n := count * t.plan.Steps[len(t.plan.Steps)-1].Out.C
	t.runner, t.out = r, make([]T, n)
	if !train {
		return nil
	}
	t.grads = make([]T, n)
	if t.heads > 1 {
		t.head, t.headGrads = make([]T, n/t.heads), make([]T, n/t.heads)
	}
	return nil
}

// release gives back what a runner has, if it has to be given back.
func release[T engine.Float](r engine.RunnerOf[T]) error {
	if c, ok := r.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// split copies numbers of head h, of samples × classes, out of those of all.
func (t *tape[T]) split(dst, all []T, h, classes int) {
	for i := 0; i < len(dst); i += classes {
		copy(dst[i:i+classes], all[i*t.heads+h*classes:])
	}
}

// join puts them back, times a factor.
func (t *tape[T]) join(all, src []T, h, classes int, factor T) {
	for i := 0; i < len(src); i += classes {
		for c, v := range src[i : i+classes] {
			all[i*t.heads+h*classes+c] = factor * v
		}
	}
}

// New is a network of the architecture with fresh weights, drawn from streams of the
// seed, on the processor's cores. Custom nodes take their functions from funcs.
func New(a *arch.Arch, seed uint64, funcs ...Funcs) (*Network, error) {
	return NewOn(cpu.New(0), a, seed, funcs...)
}

// New64 is New in double precision. The weights are those of New before they are rounded.
func New64(a *arch.Arch, seed uint64, funcs ...Funcs) (*Network64, error) {
	return newOn(cpu.New64(0), a, seed, funcs...)
}

// NewOn is New on a given engine.
func NewOn(e engine.Engine, a *arch.Arch, seed uint64, funcs ...Funcs) (*Network, error) {
	return newOn(e, a, seed, funcs...)
}

func newOn[T engine.Float](e engine.EngineOf[T], a *arch.Arch, seed uint64, funcs ...Funcs) (*NetworkOf[T], error) {
	if err := a.Check(); err != nil {
		return nil, fmt.Errorf("build network: %w", err)
	}
	infos, err := a.Infer()
	if err != nil {
		return nil, fmt.Errorf("build network: %w", err)
	}
	n := &NetworkOf[T]{arch: a, engine: e, in: a.Input, classes: infos[len(infos)-1].Out.C, plan: &engine.PlanOf[T]{Seed: seed}, AuxWeight: 0.4, DropPath: 1}
	for i, node := range a.Nodes {
		s := engine.StepOf[T]{Name: node.Name, Op: node.Op.WithDefaults(), In: node.In, Out: infos[i].Out}
		if len(node.In) > 0 {
			in := infos[node.In[0]].Out
			s.Op.PadH, s.Op.PadW = node.Op.Leading(in)
			s.Op.Same = false
			n.addParams(&s, in)
		}
		if out := s.Out; s.Op.Kind == arch.BatchNorm && out.H*out.W == 1 && n.single == "" {
			n.single = s.Name
		}
		n.plan.Steps = append(n.plan.Steps, s)
	}
	if err := n.give(funcs); err != nil {
		return nil, fmt.Errorf("build network: %w", err)
	}
	n.initialise(seed)
	if err := n.try(seed); err != nil {
		return nil, fmt.Errorf("build network: %w", err)
	}
	n.wire()
	return n, nil
}

// wire makes the tapes, anew if the plan's seed is another.
func (n *NetworkOf[T]) wire() {
	n.main = &tape[T]{plan: n.plan, heads: 1, build: n.engine.Inference}
	n.full = &tape[T]{plan: n.plan, heads: 1, build: n.engine.Build}
	n.trained = 0
	aux := n.arch.Aux
	if len(aux) == 0 {
		return
	}
	last := len(n.plan.Steps) - 1
	heads := 1 + len(aux)
	n.full.heads, n.full.plan = heads, &engine.PlanOf[T]{
		Seed: n.plan.Seed,
		Steps: append(n.plan.Steps[:last+1:last+1], engine.StepOf[T]{
			Name: "all outputs", Op: arch.Op{Kind: arch.Concat}, In: append([]int{last}, aux...), Out: arch.Shape{C: heads * n.classes, H: 1, W: 1},
		}),
	}
}

// addParams gives a step its parameters. Their names are the node's with ".weight",
// ".bias", ".running_mean" or ".running_var".
func (n *NetworkOf[T]) addParams(s *engine.StepOf[T], in arch.Shape) {
	param := func(word string, shape ...int) *engine.ParamOf[T] {
		p := newParam[T](s.Name+"."+word, shape...)
		n.params = append(n.params, p)
		return p
	}
	moment := func(word string) *engine.ParamOf[T] {
		p := &engine.ParamOf[T]{Name: s.Name + "." + word, Shape: []int{in.C}, W: make([]T, in.C)}
		n.moments = append(n.moments, p)
		return p
	}
	switch o := s.Op; o.Kind {
	case arch.Conv:
		s.Weight = param("weight", o.Out, in.C/o.Groups, o.KH, o.KW)
		if o.Bias {
			s.Bias = param("bias", o.Out)
		}
	case arch.Linear:
		s.Weight = param("weight", o.Out, in.C)
		if o.Bias {
			s.Bias = param("bias", o.Out)
		}
	case arch.Mix:
		name := o.Alpha + ".alpha"
		i := slices.IndexFunc(n.alphas, func(p *engine.ParamOf[T]) bool { return p.Name == name })
		if i < 0 {
			i, n.alphas = len(n.alphas), append(n.alphas, newParam[T](name, len(s.In)))
		}
		s.Alpha = n.alphas[i]
	case arch.Custom:
		if o.Size > 0 {
			s.Weight = param("weight", o.Size)
		}
	case arch.BatchNorm:
		if o.Fixed {
			s.Weight, s.Bias = newParam[T](s.Name+".weight", in.C), newParam[T](s.Name+".bias", in.C)
		} else {
			s.Weight, s.Bias = param("weight", in.C), param("bias", in.C)
		}
		s.Mean, s.Var = moment("running_mean"), moment("running_var")
	}
}

// Arch is the architecture.
func (n *NetworkOf[T]) Arch() *arch.Arch { return n.arch }

// Classes is the number of outputs.
func (n *NetworkOf[T]) Classes() int { return n.classes }

// Engine says what the network runs on.
func (n *NetworkOf[T]) Engine() string { return n.engine.Name() }

// Memory is how many bytes training in batches of the given size takes at most beside the
// weights. Nothing is allocated to say so.
func (n *NetworkOf[T]) Memory(batch int) int64 { return n.engine.Memory(n.full.plan, batch) }

// Params are the trainable parameters in the order of the nodes, weight before bias.
func (n *NetworkOf[T]) Params() []*engine.ParamOf[T] { return n.params }

// Alphas are the mixing numbers α of a supernet, one parameter for each name that its
// mixes give them, named by it with ".alpha". They begin close to 0: what they mix has nearly
// equal weights (1e-3 times a standard normal, as Liu et al. 2019 have it). Gradients
// computes their gradients, too, but they are no Params: Fit leaves them as they are, and
// a search moves them by an optimiser of their own.
func (n *NetworkOf[T]) Alphas() []*engine.ParamOf[T] { return n.alphas }

// Moments are the running means and variances of batch normalisation; they have no gradient.
func (n *NetworkOf[T]) Moments() []*engine.ParamOf[T] { return n.moments }

// Forward computes the outputs (logits) of the samples in x: len(x)/elements of one
// sample, NCHW. With train it normalises by the batch's moments, moves the running
// ones and drops out, and Backward may follow. The result, samples × classes, is used
// again by the next call.
func (n *NetworkOf[T]) Forward(x []T, train bool) ([]T, error) {
	count, err := n.checkPass(x, train)
	if err != nil {
		return nil, err
	}
	t := n.main
	if train {
		t = n.full
	}
	n.trained = 0
	if err := t.ready(count, train); err != nil {
		return nil, fmt.Errorf("forward: %w", err)
	}
	if train {
		n.passes++
		n.trained = count
	}
	out := t.out[:count*t.heads*n.classes]
	if err := t.runner.Forward(x, count, n.pass(train), out); err != nil {
		n.trained = 0
		return nil, fmt.Errorf("forward: %w", err)
	}
	if t.heads == 1 {
		return out, nil
	}
	t.split(t.head[:count*n.classes], out, 0, n.classes)
	return t.head[:count*n.classes], nil
}

// checkPass says how many samples x holds, if they can be passed.
func (n *NetworkOf[T]) checkPass(x []T, train bool) (count int, err error) {
	elems := n.in.Elems()
	if len(x) == 0 || len(x)%elems != 0 {
		return 0, fmt.Errorf("forward: %d numbers are no whole number of samples of shape %v; give a multiple of %d", len(x), n.in, elems)
	}
	count = len(x) / elems
	if train && count == 1 && n.single != "" {
		return 0, fmt.Errorf("forward: batch norm %q sees one number a channel in a training batch of one sample, whose variance is 0; give 2 samples or more", n.single)
	}
	if !(n.DropPath >= 0 && n.DropPath <= 1) {
		return 0, fmt.Errorf("forward: DropPath is %v; it is a share of the rates of drop path, 0 to 1", n.DropPath)
	}
	return count, nil
}

// pass is a pass like the last one.
func (n *NetworkOf[T]) pass(train bool) engine.Pass {
	return engine.Pass{Train: train, Draw: n.passes, DropPath: n.DropPath}
}

// Backward takes the gradient of a loss by the outputs of the last Forward, which was
// one for training, and leaves the gradients of the parameters in their G, in place of
// what was there. Those of auxiliary heads, which the outputs do not depend on, are 0. If dx is not nil, the gradient by the inputs goes there.
func (n *NetworkOf[T]) Backward(dout, dx []T) error {
	switch {
	case n.trained == 0:
		return errors.New("backward: the last forward pass was not one for training; call Forward(x, true) before")
	case len(dout) != n.trained*n.classes:
		return fmt.Errorf("backward: %d gradients for %d samples of %d outputs; give %d", len(dout), n.trained, n.classes, n.trained*n.classes)
	case dx != nil && len(dx) != n.trained*n.in.Elems():
		return fmt.Errorf("backward: room for %d gradients of inputs; %d samples of shape %v need %d", len(dx), n.trained, n.in, n.trained*n.in.Elems())
	}
	if t := n.full; t.heads > 1 {
		all := t.grads[:t.heads*len(dout)]
		clear(all)
		t.join(all, dout, 0, n.classes, 1)
		dout = all
	}
	return n.backward(dout, dx)
}

// backward takes the gradients by the outputs of all heads.
func (n *NetworkOf[T]) backward(dout, dx []T) error {
	if err := n.full.runner.Backward(dout, dx); err != nil {
		return fmt.Errorf("backward: %w", err)
	}
	return nil
}

// Score is how a network did on labelled samples.
type Score struct {
	Loss    float64 // mean softmax cross-entropy, in nats
	Correct int     // samples whose largest output is that of their class
	Samples int
}

// Accuracy is the share of samples that were right, 0 to 1.
func (s Score) Accuracy() float64 { return float64(s.Correct) / float64(max(s.Samples, 1)) }

// Interval is Wilson's confidence interval of the accuracy (Wilson 1927): where the share
// of right answers among all samples of this kind lies, with a confidence above 0 and
// below 1, such as 0.95; for others it is NaN. Without samples it is from 0 to 1.
func (s Score) Interval(confidence float64) (low, high float64) {
	if s.Samples == 0 {
		return 0, 1
	}
	z := math.Sqrt2 * math.Erfinv(confidence)
	n, p := float64(s.Samples), s.Accuracy()
	middle := p + z*z/(2*n)
	reach := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max((middle-reach)/(1+z*z/n), 0), min((middle+reach)/(1+z*z/n), 1)
}

// add takes more samples into a score.
func (s *Score) add(more Score) {
	all := s.Samples + more.Samples
	s.Loss += (more.Loss - s.Loss) * float64(more.Samples) / float64(all)
	s.Correct += more.Correct
	s.Samples = all
}

// Finite says whether the loss is a number.
func (s Score) Finite() bool { return !math.IsNaN(s.Loss) && !math.IsInf(s.Loss, 0) }

// Gradients does everything of a training step but the update: forward, mean softmax
// cross-entropy with labels y, backward. The gradients are then in the parameters' G.
// If the loss is no finite number, there is nothing to learn from: the gradients are
// left as they were.
func (n *NetworkOf[T]) Gradients(x []T, y []int) (Score, error) {
	return n.GradientsOf(hardCrossEntropy[T], x, y)
}

// GradientsOf is Gradients of another loss. The gradients are of the loss of the output
// and AuxWeight times that of each auxiliary head; the score is of the output alone.
func (n *NetworkOf[T]) GradientsOf(loss LossOf[T], x []T, y []int) (Score, error) {
	if err := n.checkLabels(x, y); err != nil {
		return Score{}, err
	}
	logits, err := n.Forward(x, true)
	if err != nil {
		return Score{}, err
	}
	t := n.full
	if t.heads == 1 {
		dout := t.grads[:len(logits)]
		s := loss(logits, y, n.classes, dout)
		if !s.Finite() {
			return s, nil
		}
		return s, n.Backward(dout, nil)
	}
	all, dout := t.out[:t.heads*len(logits)], t.grads[:t.heads*len(logits)]
	var score Score
	for h := range t.heads {
		part, grads, weight := t.head[:len(logits)], t.headGrads[:len(logits)], n.AuxWeight
		t.split(part, all, h, n.classes)
		s := loss(part, y, n.classes, grads)
		if h == 0 {
			score, weight = s, 1
		}
		if !s.Finite() {
			score.Loss = s.Loss
			return score, nil
		}
		t.join(dout, grads, h, n.classes, T(weight))
	}
	return score, n.backward(dout, nil)
}

func (n *NetworkOf[T]) checkLabels(x []T, y []int) error {
	if e := n.in.Elems(); len(x) != len(y)*e {
		return fmt.Errorf("%d labels, but %d numbers are %.6g samples of shape %v; give one label a sample",
			len(y), len(x), float64(len(x))/float64(e), n.in)
	}
	for i, c := range y {
		if c < 0 || c >= n.classes {
			return fmt.Errorf("sample %d has label %d; the network has %d outputs, so labels are 0 to %d", i, c, n.classes, n.classes-1)
		}
	}
	return nil
}
