package arch

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// Builder writes an architecture node by node:
//
//	b := arch.NewBuilder("small", arch.Shape{C: 1, H: 8, W: 8})
//	x := b.ConvBNReLU(b.In(), 16, 3)
//	x = b.MaxPool(x, 2)
//	x = b.Linear(b.Flatten(x), 10)
//	a, err := b.Build()
//
// Methods that add a node return its index. A mistake is kept until Build; what
// is built on a node that could not be added is skipped, so that each mistake is
// reported once.
type Builder struct {
	a      Arch
	infos  []Info
	block  string
	names  map[string]int // node of a name
	counts map[string]int // last number given to an automatic name
	errs   []error
}

// lost stands for a node that could not be added.
const lost = -1

// Option is a setting of one node beyond those that the method asks for.
type Option struct {
	set  func(*settings)
	norm bool // it is for the batch norms of a composite, not for its convolutions
}

type settings struct {
	op     Op
	name   string
	padded bool // the padding was given
}

// Stride moves the filter or window by n pixels at a time, in both directions.
func Stride(n int) Option { return option(func(s *settings) { s.op.Stride = n }) }

// StrideHW moves a convolution's filter by h pixels down and w pixels across.
func StrideHW(h, w int) Option {
	return option(func(s *settings) { s.op.Stride, s.op.StrideW = h, w })
}

// Pad adds n pixels on every side.
func Pad(n int) Option { return PadHW(n, n) }

// PadHW adds h pixels above and below, w pixels left and right.
func PadHW(h, w int) Option {
	return option(func(s *settings) { s.op.PadH, s.op.PadW, s.padded = h, w, true })
}

// Same pads as TensorFlow's SAME does: see Op.
func Same() Option {
	return option(func(s *settings) { s.op.Same, s.padded = true, true })
}

// Window makes the filter or window kh pixels high and kw wide, in place of a square.
func Window(kh, kw int) Option { return option(func(s *settings) { s.op.KH, s.op.KW = kh, kw }) }

// Dilate spreads a convolution's filter: its pixels lie n apart.
func Dilate(n int) Option { return option(func(s *settings) { s.op.Dilation = n }) }

// Groups splits a convolution's channels into n groups that do not mix.
func Groups(n int) Option { return option(func(s *settings) { s.op.Groups = n }) }

// Bias says whether a convolution (default: no) or a linear layer (default: yes) has a bias.
func Bias(on bool) Option { return option(func(s *settings) { s.op.Bias = on }) }

// Ceil lets a pooling's last window reach over the edge.
func Ceil() Option { return option(func(s *settings) { s.op.Ceil = true }) }

// Fixed leaves a batch norm, or those of a composite, without learned scale and shift,
// as the networks have in which DARTS searches.
func Fixed() Option { return Option{set: func(s *settings) { s.op.Fixed = true }, norm: true} }

// Named gives the node a name of its own within its block. The nodes of a
// composite such as ConvBN are then called name/conv, name/bn.
func Named(name string) Option { return option(func(s *settings) { s.name = name }) }

func option(set func(*settings)) Option { return Option{set: set} }

// NewBuilder begins an architecture with its input, one sample's shape.
func NewBuilder(name string, input Shape) *Builder {
	b := &Builder{
		a:      Arch{Name: name, Input: input},
		names:  make(map[string]int),
		counts: make(map[string]int),
	}
	b.Block("")
	b.add(settings{op: Op{Kind: Input}, name: "input"}, nil)
	return b
}

// Block labels the nodes that follow as belonging together, for names and drawings: "stem", "cell 1".
func (b *Builder) Block(label string) { b.block = label }

// In is the input, node 0.
func (b *Builder) In() int { return 0 }

// Shape is the shape of what node x gives; the zero shape if x could not be added.
func (b *Builder) Shape(x int) Shape {
	if x < 0 || x >= len(b.infos) {
		return Shape{}
	}
	return b.infos[x].Out
}

// Aux makes node x an auxiliary output and returns it: see Arch.Aux.
func (b *Builder) Aux(x int) int {
	if x < 0 || x >= len(b.a.Nodes) {
		if x != lost || len(b.errs) == 0 {
			b.errs = append(b.errs, fmt.Errorf("arch: node %d cannot be an auxiliary output; there are nodes 0 to %d", x, len(b.a.Nodes)-1))
		}
		return lost
	}
	if at, there := slices.BinarySearch(b.a.Aux, x); !there {
		b.a.Aux = slices.Insert(b.a.Aux, at, x)
	}
	return x
}

// Build ends the architecture; the node added last is its output. The error joins
// every mistake made.
func (b *Builder) Build() (*Arch, error) {
	if len(b.errs) > 0 {
		return nil, errors.Join(b.errs...)
	}
	a := b.a
	a.Nodes = append([]Node(nil), b.a.Nodes...)
	a.Aux = append([]int(nil), b.a.Aux...)
	if err := a.Check(); err != nil {
		return nil, err
	}
	return &a, nil
}

// Conv adds a convolution with k×k filters that gives out channels. It is padded
// by half the filter, so that an odd k with stride 1 keeps height and width, unless
// Pad or Same says otherwise, and has no bias unless Bias(true) is given.
func (b *Builder) Conv(x, out, k int, opts ...Option) int {
	s := apply(Op{Kind: Conv, Out: out, KH: k, KW: k}, opts)
	if !s.padded {
		d := max(s.op.Dilation, 1)
		s.op.PadH, s.op.PadW = d*(s.op.KH-1)/2, d*(s.op.KW-1)/2
	}
	return b.add(s, []int{x})
}

// MaxPool adds the maximum over k×k windows that lie side by side (stride k), unpadded, unless options say otherwise.
func (b *Builder) MaxPool(x, k int, opts ...Option) int {
	return b.add(apply(Op{Kind: MaxPool, KH: k, KW: k, Stride: k}, opts), []int{x})
}

// AvgPool adds the mean over k×k windows that lie side by side (stride k), unpadded, unless options say otherwise.
func (b *Builder) AvgPool(x, k int, opts ...Option) int {
	return b.add(apply(Op{Kind: AvgPool, KH: k, KW: k, Stride: k}, opts), []int{x})
}

// Linear adds a linear layer from a vector to out features, with a bias unless Bias(false) is given.
func (b *Builder) Linear(x, out int, opts ...Option) int {
	return b.add(apply(Op{Kind: Linear, Out: out, Bias: true}, opts), []int{x})
}

// Dropout adds dropout of a share 0 ≤ rate < 1 of the activations.
func (b *Builder) Dropout(x int, rate float64, opts ...Option) int {
	return b.add(apply(Op{Kind: Dropout, Rate: rate}, opts), []int{x})
}

// BatchNorm adds batch normalization over channels.
func (b *Builder) BatchNorm(x int, opts ...Option) int { return b.simple(BatchNorm, x, opts) }

// ReLU adds a rectifier.
func (b *Builder) ReLU(x int, opts ...Option) int { return b.simple(ReLU, x, opts) }

// ReLU6 adds a rectifier that ends at 6.
func (b *Builder) ReLU6(x int, opts ...Option) int { return b.simple(ReLU6, x, opts) }

// Tanh adds a hyperbolic tangent.
func (b *Builder) Tanh(x int, opts ...Option) int { return b.simple(Tanh, x, opts) }

// Sigmoid adds the logistic function.
func (b *Builder) Sigmoid(x int, opts ...Option) int { return b.simple(Sigmoid, x, opts) }

// HardSigmoid adds a sigmoid of straight lines.
func (b *Builder) HardSigmoid(x int, opts ...Option) int { return b.simple(HardSigmoid, x, opts) }

// SiLU adds x·sigmoid(x).
func (b *Builder) SiLU(x int, opts ...Option) int { return b.simple(SiLU, x, opts) }

// HardSwish adds x·hardsigmoid(x).
func (b *Builder) HardSwish(x int, opts ...Option) int { return b.simple(HardSwish, x, opts) }

// Activation adds the activation of the given kind, such as ReLU or SiLU.
func (b *Builder) Activation(x int, k Kind, opts ...Option) int {
	if !k.Activation() {
		return b.fail(Op{Kind: k}, "", "is no activation; those are relu, relu6, tanh, sigmoid, hardsigmoid, silu and hardswish")
	}
	return b.simple(k, x, opts)
}

// Shuffle interleaves the channels of groups, so that convolutions in groups mix (Zhang et al. 2018, ShuffleNet).
func (b *Builder) Shuffle(x, groups int, opts ...Option) int {
	return b.add(apply(Op{Kind: Shuffle, Groups: groups}, opts), []int{x})
}

// Slice adds the channels from … from+out-1 of x.
func (b *Builder) Slice(x, from, out int, opts ...Option) int {
	return b.add(apply(Op{Kind: Slice, From: from, Out: out}, opts), []int{x})
}

// Shift moves the image one pixel up and left; zeros enter below and at the right.
func (b *Builder) Shift(x int, opts ...Option) int { return b.simple(Shift, x, opts) }

// Crop adds the h rows and w columns of the image from row and column from on.
func (b *Builder) Crop(x, from, h, w int, opts ...Option) int {
	return b.add(apply(Op{Kind: Crop, From: from, KH: h, KW: w}, opts), []int{x})
}

// ZeroPad adds h rows and w columns of zeros in all, half on each side, an odd one below or at the right.
func (b *Builder) ZeroPad(x, h, w int, opts ...Option) int {
	return b.add(apply(Op{Kind: ZeroPad, PadH: h, PadW: w}, opts), []int{x})
}

// GlobalPool adds the mean over height and width.
func (b *Builder) GlobalPool(x int, opts ...Option) int { return b.simple(GlobalPool, x, opts) }

// Flatten adds the step from an image to a vector.
func (b *Builder) Flatten(x int, opts ...Option) int { return b.simple(Flatten, x, opts) }

// Identity adds a node that passes x on.
func (b *Builder) Identity(x int, opts ...Option) int { return b.simple(Identity, x, opts) }

// Zero adds zeros of x's shape, or of a strided one.
func (b *Builder) Zero(x int, opts ...Option) int { return b.simple(Zero, x, opts) }

// Add adds the sum of nodes of equal shapes. The sum of one node is that node itself.
func (b *Builder) Add(xs ...int) int { return b.join(Add, xs) }

// Mul adds the product of an image and its gate: an image of the same shape, or one number a channel.
func (b *Builder) Mul(x, gate int, opts ...Option) int {
	return b.add(apply(Op{Kind: Mul}, opts), []int{x, gate})
}

// Concat adds the channels of all nodes, one after the other. The concatenation of one node is that node itself.
func (b *Builder) Concat(xs ...int) int { return b.join(Concat, xs) }

// Name renames node x within its block and returns it: b.Name(b.Add(x, y), "sum").
func (b *Builder) Name(x int, name string) int {
	if x < 0 || x >= len(b.a.Nodes) {
		return x
	}
	n := &b.a.Nodes[x]
	full := qualify(n.Block, name)
	if j, taken := b.names[full]; taken && j != x {
		b.fail(n.Op, full, "cannot be called so, as node %d has that name; every node needs one of its own", j)
		return x
	}
	delete(b.names, n.Name)
	n.Name = full
	b.names[full] = x
	return x
}

func (b *Builder) simple(k Kind, x int, opts []Option) int {
	return b.add(apply(Op{Kind: k}, opts), []int{x})
}

func (b *Builder) join(k Kind, xs []int) int {
	if len(xs) == 1 {
		return xs[0]
	}
	return b.add(settings{op: Op{Kind: k}}, append([]int(nil), xs...))
}

func apply(op Op, opts []Option) settings {
	s := settings{op: op}
	for _, o := range opts {
		if o.set != nil {
			o.set(&s)
		}
	}
	return s
}

// add appends a node, or records why it cannot be.
func (b *Builder) add(s settings, in []int) int {
	name := qualify(b.block, s.name)
	if s.name == "" {
		name = b.autoName(s.op.Kind)
	}
	ins := make([]Shape, len(in))
	for i, x := range in {
		if len(b.infos) == 0 || x == lost && len(b.errs) > 0 {
			return lost // what it stands on is missing, and that has been reported
		}
		if x < 0 || x >= len(b.infos) {
			return b.fail(s.op, name, "takes node %d; there are nodes 0 to %d", x, len(b.infos)-1)
		}
		ins[i] = b.infos[x].Out
	}
	if j, taken := b.names[name]; taken {
		return b.fail(s.op, name, "has the name of node %d; every node needs one of its own", j)
	}
	info, err := b.a.infer(s.op, ins)
	if err != nil {
		return b.fail(s.op, name, "%w", err)
	}
	i := len(b.a.Nodes)
	b.names[name] = i
	b.a.Nodes = append(b.a.Nodes, Node{Name: name, Block: b.block, Op: s.op, In: in})
	b.infos = append(b.infos, info)
	return i
}

func (b *Builder) fail(op Op, name, format string, args ...any) int {
	b.errs = append(b.errs, fmt.Errorf("arch: node %d (%s “%s”): "+format, append([]any{len(b.a.Nodes), op.Kind, name}, args...)...))
	return lost
}

// autoName is the first free name of a kind in the block: "cell 1/conv 2".
func (b *Builder) autoName(k Kind) string {
	stem := qualify(b.block, string(k))
	for {
		b.counts[stem]++
		name := stem + " " + strconv.Itoa(b.counts[stem])
		if _, taken := b.names[name]; !taken {
			return name
		}
	}
}

func qualify(block, name string) string {
	if block == "" {
		return name
	}
	return block + "/" + name
}
