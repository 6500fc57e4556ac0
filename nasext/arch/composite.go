package arch

// ConvBN adds a convolution and batch norm. Options are those of Conv, and Fixed.
func (b *Builder) ConvBN(x, out, k int, opts ...Option) int {
	x = b.part(Op{Kind: Conv, Out: out, KH: k, KW: k}, "conv", opts, convOptions, x)
	return b.part(Op{Kind: BatchNorm}, "bn", opts, normOptions, x)
}

// ConvBNReLU adds a convolution, batch norm and a rectifier. Options are those of ConvBN.
func (b *Builder) ConvBNReLU(x, out, k int, opts ...Option) int {
	x = b.ConvBN(x, out, k, opts...)
	return b.part(Op{Kind: ReLU}, "relu", opts, nameOnly, x)
}

// ReLUConvBN adds a rectifier, a convolution and batch norm: the order in which
// the cells of NASNet, DARTS and NAS-Bench-201 apply them. Options are those of ConvBN.
func (b *Builder) ReLUConvBN(x, out, k int, opts ...Option) int {
	x = b.part(Op{Kind: ReLU}, "relu", opts, nameOnly, x)
	return b.ConvBN(x, out, k, opts...)
}

// DilConv adds a rectifier, a depthwise k×k convolution whose filter is spread by
// dilation, a 1×1 convolution to out channels, and batch norm (Liu et al. 2019, DARTS).
// Options are Named, Same and Fixed.
func (b *Builder) DilConv(x, out, k, stride, dilation int, opts ...Option) int {
	if !b.onlyOuter("a dilated convolution", opts) {
		return lost
	}
	return b.depthwise(x, out, k, stride, dilation, opts, "")
}

// SepConv adds a separable convolution as NASNet and DARTS use it: twice a
// rectifier, a depthwise k×k convolution, a 1×1 convolution and batch norm. The
// first half has the stride and keeps the channels, the second goes to out
// channels. Options are Named, Same and Fixed.
func (b *Builder) SepConv(x, out, k, stride int, opts ...Option) int {
	if !b.onlyOuter("a separable convolution", opts) {
		return lost
	}
	x = b.depthwise(x, b.Shape(x).C, k, stride, 1, opts, "1")
	return b.depthwise(x, out, k, 1, 1, opts, "2")
}

// onlyOuter records a mistake if options hold more than what a composite with settings of its own leaves open.
func (b *Builder) onlyOuter(what string, opts []Option) bool {
	var s settings
	s.apply(opts, anyOption)
	if s.op != (Op{Same: s.op.Same, Fixed: s.op.Fixed}) || s.padded != s.op.Same {
		b.fail(Op{Kind: Conv}, s.name, "%s takes no options but Named, Same and Fixed; its settings are arguments", what)
		return false
	}
	return true
}

// depthwise adds what DilConv says; which ends the names of its parts.
func (b *Builder) depthwise(x, out, k, stride, dilation int, opts []Option, which string) int {
	channels := b.Shape(x).C
	x = b.part(Op{Kind: ReLU}, "relu"+which, opts, nameOnly, x)
	dw := Op{Kind: Conv, Out: channels, KH: k, KW: k, Stride: stride, Dilation: dilation, Groups: channels}
	x = b.part(dw, "dw"+which, opts, convOptions, x)
	x = b.part(Op{Kind: Conv, Out: out, KH: 1, KW: 1}, "pw"+which, opts, nameOnly, x)
	return b.part(Op{Kind: BatchNorm}, "bn"+which, opts, normOptions, x)
}

// FactorizedReduce halves height and width and loses no pixel: a rectifier, then
// Halve (Zoph et al. 2018, NASNet; Liu et al. 2019, DARTS). Options are Named and Fixed.
func (b *Builder) FactorizedReduce(x, out int, opts ...Option) int {
	if !b.onlyOuter("a factorized reduction", opts) {
		return lost
	}
	return b.Halve(b.part(Op{Kind: ReLU}, "relu", opts, nameOnly, x), out, opts...)
}

// Halve halves height and width and loses no pixel: side by side a 1×1 convolution of
// stride 2 and one of the image shifted by a pixel, each to half of the out channels,
// their concatenation, and batch norm. If out is odd, the shifted half has one more.
// Options are Named and Fixed.
func (b *Builder) Halve(x, out int, opts ...Option) int {
	if !b.onlyOuter("a factorized reduction", opts) {
		return lost
	}
	half := func(x, out int, part string) int {
		return b.part(Op{Kind: Conv, Out: out, KH: 1, KW: 1, Stride: 2}, part, opts, nameOnly, x)
	}
	even := half(x, out/2, "conv1")
	odd := half(b.part(Op{Kind: Shift}, "shift", opts, nameOnly, x), out-out/2, "conv2")
	joined := b.part(Op{Kind: Concat}, "concat", opts, nameOnly, even, odd)
	return b.part(Op{Kind: BatchNorm}, "bn", opts, normOptions, joined)
}

// SqueezeExcite weighs the channels of x by what the whole image says (Hu et al. 2018):
// its mean, a 1×1 convolution to squeeze channels, act, one back, gate, and the product
// with x. Both convolutions have biases; act and gate are activations, such as ReLU and
// Sigmoid. The one option is Named.
func (b *Builder) SqueezeExcite(x, squeeze int, act, gate Kind, opts ...Option) int {
	var s settings
	if s.apply(opts, anyOption); s.op != (Op{}) || s.padded {
		return b.fail(Op{Kind: Mul}, s.name, "a squeeze and excitation takes no option but Named; its settings are arguments")
	}
	for _, k := range []Kind{act, gate} {
		if !k.Activation() {
			return b.noActivation(k)
		}
	}
	part := func(op Op, part string, in ...int) int { return b.part(op, part, opts, nameOnly, in...) }
	g := part(Op{Kind: GlobalPool}, "mean", x)
	g = part(Op{Kind: Conv, Out: squeeze, KH: 1, KW: 1, Bias: true}, "squeeze", g)
	g = part(Op{Kind: act}, "act", g)
	g = part(Op{Kind: Conv, Out: b.Shape(x).C, KH: 1, KW: 1, Bias: true}, "excite", g)
	g = part(Op{Kind: gate}, "gate", g)
	return part(Op{Kind: Mul}, "mul", x, g)
}

// Classifier adds the mean over height and width and a linear layer to the classes.
func (b *Builder) Classifier(x, classes int) int {
	return b.Linear(b.GlobalPool(x), classes)
}
