//go:build cuda && cgo && linux && amd64

package cuda

import (
	"fmt"
	"math"
	"slices"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/arena"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/driver"
	"github.com/nascent-go/nascent/nasext/nn/engine/cuda/internal/kernels"
)

// operation is what computes a step.
func (b *build) operation(s *engine.Step, in []value, out value) (op, error) {
	switch s.Op.Kind {
	case arch.Conv, arch.Linear:
		return b.conv(s, in[0], out), nil
	case arch.BatchNorm:
		return b.batchNorm(s, in[0], out), nil
	case arch.ReLU, arch.ReLU6, arch.Tanh, arch.Sigmoid, arch.HardSigmoid, arch.SiLU, arch.HardSwish:
		return &activation{kind: s.Op.Kind, in: in[0], out: out}, nil
	case arch.Dropout, arch.DropPath:
		return b.drop(s, in[0], out), nil
	case arch.MaxPool, arch.AvgPool:
		return b.pool(s, in[0], out), nil
	case arch.GlobalPool:
		return &globalPool{in: in[0], out: out}, nil
	case arch.Flatten:
		return &flatten{in: in[0], out: out}, nil
	case arch.Add:
		if o := b.absorb(s, in, out); o != nil {
			return o, nil
		}
		return &add{in: in, out: out}, nil
	case arch.Mul:
		return &mul{x: in[0], gate: in[1], out: out}, nil
	case arch.Mix:
		return b.mix(s, in, out)
	case arch.Concat:
		return &concat{in: in, out: out}, nil
	case arch.Shuffle, arch.Slice, arch.Shift, arch.Crop, arch.ZeroPad:
		return b.move(s, in[0], out), nil
	case arch.Custom:
		return nil, fmt.Errorf("engine cuda: step %q: the function %q is Go, which a device can't run; train this architecture on the processor", s.Name, s.Op.Func)
	}
	return nil, fmt.Errorf("engine cuda: step %q: unknown operation %q", s.Name, s.Op.Kind)
}

// mask sets the gradient by what was rectified to 0 where it was.
func mask(q *queue, v value) {
	dy := q.mem(v.grad)
	q.try(kernels.ActivationBack(arch.ReLU, dy, driver.Memory{}, q.mem(v.data), dy, false, q.size(v)))
}

// conv is a convolution, or a linear layer, which is one of 1×1.
type conv struct {
	step        *engine.Step
	in, out     value
	tensor      bool
	relu        bool
	dIn         gradient
	work, turns *arena.Piece // scratch of both directions
}

func (b *build) conv(s *engine.Step, in, out value) *conv {
	o := &conv{step: s, in: in, out: out, tensor: b.tensor}
	o.work = b.scratch(func(n int) int64 { return o.of(n).Work() })
	return o
}

func (o *conv) rectify() { o.relu = true }

// of is the convolution of n samples.
func (o *conv) of(n int) kernels.Conv {
	s, in, out := o.step.Op, o.in.shape, o.out.shape
	if s.Kind == arch.Linear {
		return kernels.Conv{N: n, H: 1, W: 1, C: in.C, OutH: 1, OutW: 1, Out: out.C, KH: 1, KW: 1, StrideH: 1, StrideW: 1, Dilation: 1, Groups: 1, Tensor: o.tensor}
	}
	return kernels.Conv{
		N: n, H: in.H, W: in.W, C: in.C, OutH: out.H, OutW: out.W, Out: out.C,
		KH: s.KH, KW: s.KW, StrideH: s.Stride, StrideW: s.StrideW, Dilation: s.Dilation, PadH: s.PadH, PadW: s.PadW, Groups: s.Groups, Tensor: o.tensor,
	}
}

func (o *conv) ahead(q *queue) {
	q.run(o.of(q.n).Forward(q.mem(o.in.data), q.value(o.step.Weight), q.value(o.step.Bias), q.mem(o.out.data), o.relu, q.mem(o.work))...)
}

func (o *conv) looks() []value {
	if o.relu {
		return []value{o.in, o.out}
	}
	return []value{o.in}
}

func (o *conv) sums(n int) kernels.ChannelSums {
	return kernels.ChannelSums{Rows: n * o.out.pixels(), C: o.out.shape.C}
}

func (o *conv) turn(b *build) {
	o.dIn = b.take(o.in)
	o.turns = b.scratch(func(n int) int64 {
		if o.step.Bias == nil {
			return o.of(n).Work()
		}
		return max(o.of(n).Work(), o.sums(n).Work())
	})
}

func (o *conv) back(q *queue) {
	if o.relu {
		mask(q, o.out)
	}
	c, dy, work := o.of(q.n), q.mem(o.out.grad), q.mem(o.turns)
	if o.step.Bias != nil {
		q.run(o.sums(q.n).Run(dy, q.grad(o.step.Bias), work)...)
	}
	q.run(c.Gradient(q.mem(o.in.data), dy, q.grad(o.step.Weight), work)...)
	if q.wanted(o.dIn) {
		q.run(c.Backward(dy, q.value(o.step.Weight), q.mem(o.dIn.to), q.more(o.dIn), work)...)
	}
}

// batchNorm is engine.BatchNormEps and what stands beside it.
type batchNorm struct {
	step        *engine.Step
	in, out     value
	z           value // what is added; without a store nothing is
	relu        bool
	dIn, dZ     gradient
	left        bool         // the gradient of z has the output's memory
	norm        *arena.Piece // of the batch
	line        *arena.Piece // what Learn leaves to Back
	work, turns *arena.Piece
}

func (b *build) batchNorm(s *engine.Step, in, out value) *batchNorm {
	o := &batchNorm{step: s, in: in, out: out}
	o.norm = b.piece(o.of(1).NormBytes())
	o.work = b.scratch(func(n int) int64 { return o.of(n).Work() })
	return o
}

func (o *batchNorm) rectify() { o.relu = true }

func (o *batchNorm) of(n int) kernels.Norm {
	return kernels.Norm{Rows: n * o.in.pixels(), C: o.in.shape.C}
}

// moments makes the norm.
func (o *batchNorm) moments(q *queue) {
	n, s := o.of(q.n), o.step
	scale, shift, mean, variance := q.value(s.Weight), q.value(s.Bias), q.value(s.Mean), q.value(s.Var)
	if q.train {
		q.run(n.Train(q.mem(o.in.data), scale, shift, q.mem(o.norm), mean, variance, q.mem(o.work))...)
	} else {
		q.run(n.Running(scale, shift, q.mem(o.norm), mean, variance))
	}
}

func (o *batchNorm) ahead(q *queue) {
	o.moments(q)
	var z driver.Memory
	if o.z.store != nil {
		z = q.mem(o.z.data)
	}
	q.run(o.of(q.n).Apply(q.mem(o.in.data), q.mem(o.norm), z, q.mem(o.out.data), o.relu))
}

func (o *batchNorm) looks() []value {
	if o.relu {
		return []value{o.in, o.out}
	}
	return []value{o.in}
}

func (o *batchNorm) turn(b *build) {
	o.dIn = b.take(o.in)
	if z := o.z; z.store != nil {
		if o.left = z.need && z.grad == nil && z.store != b.in.store; o.left {
			z.grad = o.out.grad // nothing looks at it any more: its memory can stay what it is
		} else {
			o.dZ = b.take(z)
		}
	}
	b.until(o.norm, b.now)
	o.line = b.piece(o.of(1).BackBytes())
	o.turns = b.scratch(func(n int) int64 { return o.of(n).Work() })
}

func (o *batchNorm) back(q *queue) {
	n, x, dy, norm, line := o.of(q.n), q.mem(o.in.data), q.mem(o.out.grad), q.mem(o.norm), q.mem(o.line)
	var y driver.Memory
	if o.relu {
		y = q.mem(o.out.data)
	}
	q.run(n.Learn(dy, y, x, norm, q.grad(o.step.Weight), q.grad(o.step.Bias), line, q.mem(o.turns))...)
	var dx, dz driver.Memory
	var moreX, moreZ bool
	if q.wanted(o.dIn) {
		dx, moreX = q.mem(o.dIn.to), q.more(o.dIn)
	}
	switch {
	case q.wanted(o.dZ):
		dz, moreZ = q.mem(o.dZ.to), q.more(o.dZ)
	case o.left && o.relu:
		dz = dy // without what was rectified
	}
	if o.left && q.has != nil {
		q.has[o.z.store] = true
	}
	if dx.Bytes() > 0 || dz.Bytes() > 0 {
		q.run(n.Back(dy, y, x, norm, line, dx, moreX, dz, moreZ))
	}
}

// absorb makes the sum of a batch norm's output, which nothing else takes, and another value a part
// of the batch norm, if one of two inputs is such an output.
func (b *build) absorb(s *engine.Step, in []value, out value) op {
	if len(in) != 2 || in[0].store == in[1].store {
		return nil
	}
	for k := 1; k >= 0; k-- {
		if o := b.postpone(s.In[k]); o != nil {
			o.out, o.z = out, in[1-k]
			return o
		}
	}
	return nil
}

// postpone takes back the batch norm that computes a step, for an operation that normalises as
// it reads; nil if there is none, or something else takes its output.
func (b *build) postpone(step int) *batchNorm {
	o, ok := b.made[step].(*batchNorm)
	if !ok || b.takers[step] != 1 || o.z.store != nil {
		return nil
	}
	at := slices.Index(b.ops, op(o))
	b.ops, b.outs, b.needs = slices.Delete(b.ops, at, at+1), slices.Delete(b.outs, at, at+1), slices.Delete(b.needs, at, at+1)
	b.made[step] = nil
	o.out.data.Size = 0 // it is never written
	for _, p := range []*arena.Piece{o.norm, o.work} {
		p.From, p.To = b.now, b.now
	}
	b.until(o.in.data, b.now)
	return o
}

// activation is a function of each number on its own.
type activation struct {
	kind    arch.Kind
	in, out value
	dIn     gradient
}

func (o *activation) ahead(q *queue) {
	q.try(kernels.Activation(o.kind, q.mem(o.in.data), q.mem(o.out.data), q.size(o.out)))
}

func (o *activation) looks() []value {
	if o.kind == arch.ReLU {
		return []value{o.out}
	}
	return []value{o.in, o.out}
}

func (o *activation) turn(b *build) { o.dIn = b.take(o.in) }

func (o *activation) back(q *queue) {
	if q.wanted(o.dIn) {
		q.try(kernels.ActivationBack(o.kind, q.mem(o.out.grad), q.mem(o.in.data), q.mem(o.out.data), q.mem(o.dIn.to), q.more(o.dIn), q.size(o.out)))
	}
}

// pool is max or average pooling.
type pool struct {
	step    *engine.Step
	in, out value
	dIn     gradient
	which   *arena.Piece // of max pooling: the pixels that were largest
}

func (b *build) pool(s *engine.Step, in, out value) *pool {
	o := &pool{step: s, in: in, out: out}
	if s.Op.Kind == arch.MaxPool {
		o.which = b.piece(out.data.Size)
	}
	return o
}

func (o *pool) of(n int) kernels.Pool {
	s, in, out := o.step.Op, o.in.shape, o.out.shape
	return kernels.Pool{N: n, H: in.H, W: in.W, C: in.C, OutH: out.H, OutW: out.W, KH: s.KH, KW: s.KW, Stride: s.Stride, PadH: s.PadH, PadW: s.PadW}
}

func (o *pool) ahead(q *queue) {
	if p, x, y := o.of(q.n), q.mem(o.in.data), q.mem(o.out.data); o.which != nil {
		q.run(p.Max(x, y, q.mem(o.which)))
	} else {
		q.run(p.Avg(x, y))
	}
}

func (o *pool) looks() []value { return nil }

func (o *pool) turn(b *build) {
	o.dIn = b.take(o.in)
	if o.which != nil {
		b.until(o.which, b.now)
	}
}

func (o *pool) back(q *queue) {
	if !q.wanted(o.dIn) {
		return
	}
	if p, dy, dx := o.of(q.n), q.mem(o.out.grad), q.mem(o.dIn.to); o.which != nil {
		q.run(p.MaxBack(dy, driver.Memory{}, q.mem(o.which), dx, q.more(o.dIn)))
	} else {
		q.run(p.AvgBack(dy, dx, q.more(o.dIn)))
	}
}

// globalPool is the mean over all pixels of a channel.
type globalPool struct {
	in, out value
	dIn     gradient
}

func (o *globalPool) of(n int) kernels.Samples {
	return kernels.Samples{N: n, Pixels: o.in.pixels(), C: o.in.shape.C}
}

func (o *globalPool) ahead(q *queue) { q.run(o.of(q.n).Mean(q.mem(o.in.data), q.mem(o.out.data))) }

func (o *globalPool) looks() []value { return nil }

func (o *globalPool) turn(b *build) { o.dIn = b.take(o.in) }

func (o *globalPool) back(q *queue) {
	if q.wanted(o.dIn) {
		q.run(o.of(q.n).MeanBack(q.mem(o.out.grad), q.mem(o.dIn.to), q.more(o.dIn)))
	}
}

// flatten puts the channels first, as vectors have them.
type flatten struct {
	in, out value
	dIn     gradient
}

func (o *flatten) ahead(q *queue) {
	q.run(kernels.Transpose(q.mem(o.in.data), q.mem(o.out.data), false, q.n, o.in.pixels(), o.in.shape.C))
}

func (o *flatten) looks() []value { return nil }

func (o *flatten) turn(b *build) { o.dIn = b.take(o.in) }

func (o *flatten) back(q *queue) {
	if q.wanted(o.dIn) {
		q.run(kernels.Transpose(q.mem(o.out.grad), q.mem(o.dIn.to), q.more(o.dIn), q.n, o.in.shape.C, o.in.pixels()))
	}
}

// pass hands a gradient on as it is.
func pass(q *queue, v value, to gradient) {
	if q.wanted(to) {
		q.run(kernels.Scale(q.mem(v.grad), q.mem(to.to), q.more(to), 1, q.size(v)))
	}
}

// add is the sum of values of one shape, from the first to the last.
type add struct {
	in   []value
	out  value
	relu bool
	dIn  []gradient
	left int // input whose gradient has the output's memory; -1: none
}

func (o *add) rectify() { o.relu = true }

func (o *add) ahead(q *queue) {
	y, sum := q.mem(o.out.data), q.mem(o.in[0].data)
	for i, v := range o.in[1:] {
		q.run(kernels.Plus(sum, q.mem(v.data), y, o.relu && i == len(o.in)-2, q.size(o.out)))
		sum = y
	}
}

func (o *add) looks() []value {
	if o.relu {
		return []value{o.out}
	}
	return nil
}

func (o *add) turn(b *build) {
	o.left = -1
	for i, v := range o.in {
		if o.left < 0 && v.need && v.grad == nil && v.store != b.in.store && unique(o.in, v.store) {
			o.left, v.grad = i, o.out.grad // nothing looks at it any more: its memory can stay what it is
			o.dIn = append(o.dIn, gradient{})
			continue
		}
		o.dIn = append(o.dIn, b.take(v))
	}
}

func (o *add) back(q *queue) {
	if o.relu {
		mask(q, o.out)
	}
	for i, v := range o.in {
		if i != o.left {
			pass(q, o.out, o.dIn[i])
		} else if q.has != nil {
			q.has[v.store] = true
		}
	}
}

// mul is the product of an image and its gate, which has the image's shape or one number a
// channel.
type mul struct {
	x, gate, out value
	dX, dGate    gradient
}

func (o *mul) of(n int) kernels.Samples {
	return kernels.Samples{N: n, Pixels: o.x.pixels(), C: o.x.shape.C}
}

func (o *mul) even() bool { return o.x.shape == o.gate.shape }

// times computes y = x·gate, or adds it.
func (o *mul) times(q *queue, x, gate, y driver.Memory, more bool) {
	if o.even() {
		q.run(kernels.Multiply(x, gate, y, more, q.size(o.out)))
	} else {
		q.run(o.of(q.n).Gate(x, gate, y, more))
	}
}

func (o *mul) ahead(q *queue) {
	o.times(q, q.mem(o.x.data), q.mem(o.gate.data), q.mem(o.out.data), false)
}

func (o *mul) looks() []value { return []value{o.x, o.gate} }

func (o *mul) turn(b *build) { o.dX, o.dGate = b.take(o.x), b.take(o.gate) }

func (o *mul) back(q *queue) {
	dy := q.mem(o.out.grad)
	if q.wanted(o.dX) {
		o.times(q, dy, q.mem(o.gate.data), q.mem(o.dX.to), q.more(o.dX))
	}
	switch {
	case !q.wanted(o.dGate):
	case o.even():
		q.run(kernels.Multiply(dy, q.mem(o.x.data), q.mem(o.dGate.to), q.more(o.dGate), q.size(o.out)))
	default:
		q.run(o.of(q.n).GateBack(dy, q.mem(o.x.data), q.mem(o.dGate.to), q.more(o.dGate)))
	}
}

// concat joins values along the channels.
type concat struct {
	in  []value
	out value
	dIn []gradient
}

func (o *concat) ahead(q *queue) {
	at := 0
	for _, v := range o.in {
		q.try(kernels.Channels(q.mem(v.data), v.shape.C, 0, q.mem(o.out.data), o.out.shape.C, at, false, q.rows(o.out), v.shape.C))
		at += v.shape.C
	}
}

func (o *concat) looks() []value { return nil }

func (o *concat) turn(b *build) {
	for _, v := range o.in {
		o.dIn = append(o.dIn, b.take(v))
	}
}

func (o *concat) back(q *queue) {
	at := 0
	for i, v := range o.in {
		if g := o.dIn[i]; q.wanted(g) {
			q.try(kernels.Channels(q.mem(o.out.grad), o.out.shape.C, at, q.mem(g.to), v.shape.C, 0, q.more(g), q.rows(o.out), v.shape.C))
		}
		at += v.shape.C
	}
}

// move puts numbers elsewhere and computes nothing.
type move struct {
	in, out   value
	dIn       gradient
	from, too *table // where the output's numbers come from, and where the input's go
}

func (b *build) move(s *engine.Step, in, out value) *move {
	first := engine.Moves(s.Op, in.shape, out.shape) // channels first
	last := func(i int, s arch.Shape) int { return i%(s.H*s.W)*s.C + i/(s.H*s.W) }
	from, too := make([]int32, out.shape.Elems()), make([]int32, in.shape.Elems())
	for i := range too {
		too[i] = -1
	}
	for i, j := range first {
		to := last(i, out.shape)
		if from[to] = -1; j >= 0 {
			from[to] = int32(last(int(j), in.shape))
			too[from[to]] = int32(to)
		}
	}
	return &move{in: in, out: out, from: b.numbers(from), too: b.numbers(too)}
}

func (o *move) ahead(q *queue) {
	q.run(kernels.Gather(q.mem(o.in.data), q.mem(o.from.Piece), q.mem(o.out.data), false, q.n, o.in.shape.Elems(), o.out.shape.Elems()))
}

func (o *move) looks() []value { return nil }

func (o *move) turn(b *build) { o.dIn = b.take(o.in) }

func (o *move) back(q *queue) {
	if q.wanted(o.dIn) {
		q.run(kernels.Gather(q.mem(o.out.grad), q.mem(o.too.Piece), q.mem(o.dIn.to), q.more(o.dIn), q.n, o.out.shape.Elems(), o.in.shape.Elems()))
	}
}

// drop is dropout or drop path. What they draw comes from the host, in front of each pass.
type drop struct {
	step    *engine.Step
	in, out value
	dIn     gradient
	first   int // of its words among all that are drawn: of drop path a factor for each sample, of dropout a generator
}

// words is how many words of 32 bits it takes for a sample.
func (o *drop) words() int {
	if o.step.Op.Kind == arch.Dropout {
		return 4
	}
	return 1
}

func (b *build) drop(s *engine.Step, in, out value) *drop {
	o := &drop{step: s, in: in, out: out, first: b.drawn}
	b.drawn += o.words() * b.room()
	b.drops = append(b.drops, o)
	return o
}

// draw writes what it draws in a pass of n samples.
func (o *drop) draw(words []uint32, p *engine.Plan, n int, pass engine.Pass, keep []float32) {
	words = words[o.first:]
	if o.step.Op.Kind == arch.DropPath {
		p.Keep(keep[:n], o.step, pass)
		for i, k := range keep[:n] {
			words[i] = math.Float32bits(k)
		}
		return
	}
	streams := p.Draws(o.step, pass.Draw)
	for i := range n {
		hi, lo := streams.State(i)
		words[4*i], words[4*i+1], words[4*i+2], words[4*i+3] = uint32(hi), uint32(hi>>32), uint32(lo), uint32(lo>>32)
	}
}

// through drops some of x, or of its gradient.
func (o *drop) through(q *queue, x, y driver.Memory, more bool) {
	s := kernels.Samples{N: q.n, Pixels: o.in.pixels(), C: o.in.shape.C}
	draws := q.part(q.mem(q.draws), 4*int64(o.first), 4*int64(o.words()*q.room()))
	switch {
	case o.step.Op.Kind == arch.DropPath:
		q.run(s.Scale(x, draws, y, more))
	case q.train:
		q.run(s.Dropout(x, draws, o.step.Op.Rate, y, more))
	default:
		q.run(kernels.Scale(x, y, more, 1, q.size(o.in)))
	}
}

func (o *drop) ahead(q *queue) { o.through(q, q.mem(o.in.data), q.mem(o.out.data), false) }

func (o *drop) looks() []value { return nil }

func (o *drop) turn(b *build) { o.dIn = b.take(o.in) }

func (o *drop) back(q *queue) {
	if q.wanted(o.dIn) {
		o.through(q, q.mem(o.out.grad), q.mem(o.dIn.to), q.more(o.dIn))
	}
}
