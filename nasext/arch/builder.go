package arch

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
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
	outs   []Shape // of the nodes
	block  string
	from   []int   // the nodes that nodes take
	ins    []Shape // room for the shapes that reach a node
	names  nameSet
	alphas alphas
	text   strings.Builder // where names are written
	shared bool            // an architecture that was built has the nodes
	counts map[autoKey]int // last number given to an automatic name
	errs   []error
}

// lost stands for a node that could not be added.
const lost = -1

// Option is a setting of one node beyond those that the method asks for. Its zero
// value sets nothing.
type Option struct {
	kind optionKind
	n, m int
	name string
}

type optionKind int

const (
	_ optionKind = iota
	optStride
	optPad
	optSame
	optWindow
	optDilate
	optGroups
	optBias
	optCeil
	optFixed // for the batch norms of a composite, not for its convolutions
	optNamed
)

// optionSet is a set of kinds, as bits.
type optionSet uint

const (
	nameOnly    optionSet = 1 << optNamed
	normOptions           = nameOnly | 1<<optFixed
	convOptions           = ^optionSet(1 << optFixed) // of those of a composite
	anyOption             = ^optionSet(0)
)

type settings struct {
	op     Op
	name   string
	padded bool // the padding was given
}

// Stride moves the filter or window by n pixels at a time, in both directions.
func Stride(n int) Option { return Option{kind: optStride, n: n} }

// StrideHW moves a convolution's filter by h pixels down and w pixels across.
func StrideHW(h, w int) Option { return Option{kind: optStride, n: h, m: w} }

// Pad adds n pixels on every side.
func Pad(n int) Option { return PadHW(n, n) }

// PadHW adds h pixels above and below, w pixels left and right.
func PadHW(h, w int) Option { return Option{kind: optPad, n: h, m: w} }

// Same pads as TensorFlow's SAME does: see Op.
func Same() Option { return Option{kind: optSame} }

// Window makes the filter or window kh pixels high and kw wide, in place of a square.
func Window(kh, kw int) Option { return Option{kind: optWindow, n: kh, m: kw} }

// Dilate spreads a convolution's filter: its pixels lie n apart.
func Dilate(n int) Option { return Option{kind: optDilate, n: n} }

// Groups splits a convolution's channels into n groups that do not mix.
func Groups(n int) Option { return Option{kind: optGroups, n: n} }

// Bias says whether a convolution (default: no) or a linear layer (default: yes) has a bias.
func Bias(on bool) Option { return Option{kind: optBias, n: bit(on)} }

// Ceil lets a pooling's last window reach over the edge.
func Ceil() Option { return Option{kind: optCeil} }

// Fixed leaves a batch norm, or those of a composite, without learned scale and shift,
// as the networks have in which DARTS searches.
func Fixed() Option { return Option{kind: optFixed} }

// Named gives the node a name of its own within its block. The nodes of a
// composite such as ConvBN are then called name/conv, name/bn.
func Named(name string) Option { return Option{kind: optNamed, name: name} }

func (o *Option) set(s *settings) {
	switch o.kind {
	case optStride:
		s.op.Stride, s.op.StrideW = o.n, o.m
	case optPad:
		s.op.PadH, s.op.PadW, s.padded = o.n, o.m, true
	case optSame:
		s.op.Same, s.padded = true, true
	case optWindow:
		s.op.KH, s.op.KW = o.n, o.m
	case optDilate:
		s.op.Dilation = o.n
	case optGroups:
		s.op.Groups = o.n
	case optBias:
		s.op.Bias = o.n != 0
	case optCeil:
		s.op.Ceil = true
	case optFixed:
		s.op.Fixed = true
	case optNamed:
		s.name = o.name
	}
}

// NewBuilder begins an architecture with its input, one sample's shape.
func NewBuilder(name string, input Shape) *Builder {
	b := &Builder{
		a:      Arch{Name: name, Input: input},
		counts: make(map[autoKey]int),
	}
	b.Block("")
	b.add(&settings{op: Op{Kind: Input}, name: "input"}, "", nil)
	return b
}

// Block labels the nodes that follow as belonging together, for names and drawings: "stem", "cell 1".
func (b *Builder) Block(label string) { b.block = label }

// Grow makes room for n more nodes, which saves time if they are many.
func (b *Builder) Grow(n int) {
	if n <= 0 {
		return
	}
	b.a.Nodes = slices.Grow(b.a.Nodes, n)
	b.outs = slices.Grow(b.outs, n)
	b.from = slices.Grow(b.from, n)
	b.names.room(b.a.Nodes, len(b.a.Nodes)+n)
}

// In is the input, node 0.
func (b *Builder) In() int { return 0 }

// Shape is the shape of what node x gives; the zero shape if x could not be added.
func (b *Builder) Shape(x int) Shape {
	if x < 0 || x >= len(b.outs) {
		return Shape{}
	}
	return b.outs[x]
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
	b.own()
	b.a.Nodes = slices.Clip(b.a.Nodes) // nodes that are added later go elsewhere
	b.shared = true
	a := b.a
	a.Aux = append([]int(nil), b.a.Aux...)
	// The nodes were checked one by one when they were added.
	err := a.checkOutput(b.outs[len(b.outs)-1])
	if len(a.Aux) > 0 {
		err = a.Check()
	}
	if err != nil {
		return nil, err
	}
	return &a, nil
}

// own makes the nodes the builder's own again, if an architecture has them.
func (b *Builder) own() {
	if b.shared {
		b.a.Nodes, b.shared = slices.Clone(b.a.Nodes), false
	}
}

// Conv adds a convolution with k×k filters that gives out channels. It is padded
// by half the filter, so that an odd k with stride 1 keeps height and width, unless
// Pad or Same says otherwise, and has no bias unless Bias(true) is given.
func (b *Builder) Conv(x, out, k int, opts ...Option) int {
	return b.node(Op{Kind: Conv, Out: out, KH: k, KW: k}, opts, x)
}

// MaxPool adds the maximum over k×k windows that lie side by side (stride k), unpadded, unless options say otherwise.
func (b *Builder) MaxPool(x, k int, opts ...Option) int {
	return b.node(Op{Kind: MaxPool, KH: k, KW: k, Stride: k}, opts, x)
}

// AvgPool adds the mean over k×k windows that lie side by side (stride k), unpadded, unless options say otherwise.
func (b *Builder) AvgPool(x, k int, opts ...Option) int {
	return b.node(Op{Kind: AvgPool, KH: k, KW: k, Stride: k}, opts, x)
}

// Linear adds a linear layer from a vector to out features, with a bias unless Bias(false) is given.
func (b *Builder) Linear(x, out int, opts ...Option) int {
	return b.node(Op{Kind: Linear, Out: out, Bias: true}, opts, x)
}

// Dropout adds dropout of a share 0 ≤ rate < 1 of the activations.
func (b *Builder) Dropout(x int, rate float64, opts ...Option) int {
	return b.node(Op{Kind: Dropout, Rate: rate}, opts, x)
}

// DropPath adds drop path of a share 0 ≤ rate < 1 of the samples, of which all activations are
// set to 0 in training (Larsson et al. 2017, "FractalNet", section 3; Zoph et al. 2018).
func (b *Builder) DropPath(x int, rate float64, opts ...Option) int {
	return b.node(Op{Kind: DropPath, Rate: rate}, opts, x)
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
		return b.noActivation(k)
	}
	return b.simple(k, x, opts)
}

func (b *Builder) noActivation(k Kind) int {
	return b.fail(Op{Kind: k}, "", "is no activation; those are relu, relu6, tanh, sigmoid, hardsigmoid, silu and hardswish")
}

// Shuffle interleaves the channels of groups, so that convolutions in groups mix (Zhang et al. 2018, ShuffleNet).
func (b *Builder) Shuffle(x, groups int, opts ...Option) int {
	return b.node(Op{Kind: Shuffle, Groups: groups}, opts, x)
}

// Slice adds the channels from … from+out-1 of x.
func (b *Builder) Slice(x, from, out int, opts ...Option) int {
	return b.node(Op{Kind: Slice, From: from, Out: out}, opts, x)
}

// Shift moves the image one pixel up and left; zeros enter below and at the right.
func (b *Builder) Shift(x int, opts ...Option) int { return b.simple(Shift, x, opts) }

// Crop adds the h rows and w columns of the image from row and column from on.
func (b *Builder) Crop(x, from, h, w int, opts ...Option) int {
	return b.node(Op{Kind: Crop, From: from, KH: h, KW: w}, opts, x)
}

// ZeroPad adds h rows and w columns of zeros in all, half on each side, an odd one below or at the right.
func (b *Builder) ZeroPad(x, h, w int, opts ...Option) int {
	return b.node(Op{Kind: ZeroPad, PadH: h, PadW: w}, opts, x)
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

// Mix adds the sum of nodes of equal shapes, each times a weight: the gate ("" for
// Softmax) of the mixing numbers called alpha, one for each node. All nodes that name
// the same alpha share its numbers.
func (b *Builder) Mix(alpha string, gate Gate, xs []int, opts ...Option) int {
	return b.node(Op{Kind: Mix, Alpha: alpha, Gate: gate}, opts, xs...)
}

// Custom adds a function of one's own, called f, of x and of size parameters, whose output
// has the given shape. The architecture has the function's name alone: package nn takes
// the function itself. A function of several nodes takes their Concat apart again.
func (b *Builder) Custom(x int, f string, out Shape, size int, opts ...Option) int {
	return b.node(Op{Kind: Custom, Func: f, Out: out.C, KH: out.H, KW: out.W, Size: size}, opts, x)
}

// Mul adds the product of an image and its gate: an image of the same shape, or one number a channel.
func (b *Builder) Mul(x, gate int, opts ...Option) int {
	return b.node(Op{Kind: Mul}, opts, x, gate)
}

// Concat adds the channels of all nodes, one after the other. The concatenation of one node is that node itself.
func (b *Builder) Concat(xs ...int) int { return b.join(Concat, xs) }

// Name renames node x within its block and returns it: b.Name(b.Add(x, y), "sum").
func (b *Builder) Name(x int, name string) int {
	if x < 0 || x >= len(b.a.Nodes) {
		return x
	}
	b.own()
	n := &b.a.Nodes[x]
	if name == "" {
		b.fail(n.Op, n.Name, "cannot be called “”; every node needs a name")
		return x
	}
	full := b.path(n.Block, name)
	switch j, _ := b.names.find(b.a.Nodes, full); j {
	case -1, x:
	default:
		b.fail(n.Op, full, "cannot be called so, as node %d has that name; every node needs one of its own", j)
		return x
	}
	_, place := b.names.find(b.a.Nodes, n.Name)
	b.names.drop(place)
	n.Name = full
	b.names.room(b.a.Nodes, len(b.a.Nodes))
	_, place = b.names.find(b.a.Nodes, full)
	b.names.put(place, x)
	return x
}

func (b *Builder) simple(k Kind, x int, opts []Option) int {
	return b.node(Op{Kind: k}, opts, x)
}

func (b *Builder) join(k Kind, xs []int) int {
	if len(xs) == 1 {
		return xs[0]
	}
	return b.node(Op{Kind: k}, nil, xs...)
}

// node adds a node that stands for itself.
func (b *Builder) node(op Op, opts []Option, in ...int) int {
	return b.part(op, "", opts, anyOption, in...)
}

// part adds a node of a composite with those of the composite's options that it takes.
// If the composite is named, so is the part: name/part.
func (b *Builder) part(op Op, part string, opts []Option, take optionSet, in ...int) int {
	s := settings{op: op}
	s.apply(opts, take)
	if s.op.Kind == Conv && !s.padded {
		d := max(s.op.Dilation, 1)
		s.op.PadH, s.op.PadW = d*(s.op.KH-1)/2, d*(s.op.KW-1)/2
	}
	return b.add(&s, part, in)
}

// apply sets what those of the options say that are taken.
func (s *settings) apply(opts []Option, take optionSet) {
	for i := range opts {
		if take>>opts[i].kind&1 == 1 {
			opts[i].set(s)
		}
	}
}

// add appends a node, or records why it cannot be.
func (b *Builder) add(s *settings, part string, in []int) int {
	name := b.path(b.block, s.name, part)
	if s.name == "" {
		name = b.autoName(s.op.Kind)
	}
	b.ins = b.ins[:0]
	for _, x := range in {
		if len(b.outs) == 0 || x == lost && len(b.errs) > 0 {
			return lost // what it stands on is missing, and that has been reported
		}
		if x < 0 || x >= len(b.outs) {
			return b.fail(s.op, name, "takes node %d; there are nodes 0 to %d", x, len(b.outs)-1)
		}
		b.ins = append(b.ins, b.outs[x])
	}
	i := len(b.a.Nodes)
	b.names.room(b.a.Nodes, i+1)
	j, place := b.names.find(b.a.Nodes, name)
	if j >= 0 {
		return b.fail(s.op, name, "has the name of node %d; every node needs one of its own", j)
	}
	info, err := b.a.infer(&s.op, b.ins, &b.alphas)
	if err != nil {
		return b.fail(s.op, name, "%w", err)
	}
	b.names.put(place, i)
	b.a.Nodes = append(b.a.Nodes, Node{Name: name, Block: b.block, Op: s.op, In: b.edges(in)})
	b.outs = append(b.outs, info.Out)
	return i
}

// path is the parts that are not empty with slashes between. Many share an array.
func (b *Builder) path(parts ...string) string {
	size := 0
	for _, p := range parts {
		size += len(p) + 1
	}
	if b.text.Cap()-b.text.Len() < size {
		b.text = strings.Builder{}
		b.text.Grow(max(size, 1024))
	}
	begin := b.text.Len()
	for _, p := range parts {
		if p != "" && b.text.Len() > begin {
			b.text.WriteByte('/')
		}
		b.text.WriteString(p)
	}
	return b.text.String()[begin:]
}

// edges is a copy of the list; many share an array.
func (b *Builder) edges(in []int) []int {
	if len(in) == 0 {
		return nil
	}
	n := len(b.from)
	b.from = append(b.from, in...)
	return b.from[n:len(b.from):len(b.from)]
}

func (b *Builder) fail(op Op, name, format string, args ...any) int {
	b.errs = append(b.errs, fmt.Errorf("arch: node %d (%s “%s”): "+format, append([]any{len(b.a.Nodes), op.Kind, name}, args...)...))
	return lost
}

// autoKey is what automatic names are numbered by.
type autoKey struct {
	block string
	kind  Kind
}

// autoName is the first free name of a kind in the block: "cell 1/conv 2".
func (b *Builder) autoName(k Kind) string {
	key := autoKey{b.block, k}
	for {
		b.counts[key]++
		name := b.path(b.block, string(k)+" "+strconv.Itoa(b.counts[key]))
		b.names.room(b.a.Nodes, len(b.a.Nodes))
		if j, _ := b.names.find(b.a.Nodes, name); j < 0 {
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
