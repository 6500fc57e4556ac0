package arch

import "slices"

// ConvBN adds a convolution and batch norm. Options are those of Conv, and Fixed.
func (b *Builder) ConvBN(x, out, k int, opts ...Option) int {
	part := parts(opts)
	x = b.Conv(x, out, k, part("conv").conv()...)
	return b.BatchNorm(x, part("bn").norm()...)
}

// ConvBNReLU adds a convolution, batch norm and a rectifier. Options are those of ConvBN.
func (b *Builder) ConvBNReLU(x, out, k int, opts ...Option) int {
	x = b.ConvBN(x, out, k, opts...)
	return b.ReLU(x, parts(opts)("relu").name()...)
}

// ReLUConvBN adds a rectifier, a convolution and batch norm: the order in which
// the cells of NASNet, DARTS and NAS-Bench-201 apply them. Options are those of ConvBN.
func (b *Builder) ReLUConvBN(x, out, k int, opts ...Option) int {
	x = b.ReLU(x, parts(opts)("relu").name()...)
	return b.ConvBN(x, out, k, opts...)
}

// DilConv adds a rectifier, a depthwise k×k convolution whose filter is spread by
// dilation, a 1×1 convolution to out channels, and batch norm (Liu et al. 2019, DARTS).
// Options are Named, Same and Fixed.
func (b *Builder) DilConv(x, out, k, stride, dilation int, opts ...Option) int {
	if !b.onlyOuter("a dilated convolution", opts) {
		return lost
	}
	return b.depthwise(x, out, k, stride, dilation, parts(opts), "")
}

// SepConv adds a separable convolution as NASNet and DARTS use it: twice a
// rectifier, a depthwise k×k convolution, a 1×1 convolution and batch norm. The
// first half has the stride and keeps the channels, the second goes to out
// channels. Options are Named, Same and Fixed.
func (b *Builder) SepConv(x, out, k, stride int, opts ...Option) int {
	if !b.onlyOuter("a separable convolution", opts) {
		return lost
	}
	part := parts(opts)
	x = b.depthwise(x, b.Shape(x).C, k, stride, 1, part, "1")
	return b.depthwise(x, out, k, 1, 1, part, "2")
}

// onlyOuter records a mistake if options hold more than what a composite with settings of its own leaves open.
func (b *Builder) onlyOuter(what string, opts []Option) bool {
	s := apply(Op{}, opts)
	if s.op != (Op{Same: s.op.Same, Fixed: s.op.Fixed}) || s.padded != s.op.Same {
		b.fail(Op{Kind: Conv}, s.name, "%s takes no options but Named, Same and Fixed; its settings are arguments", what)
		return false
	}
	return true
}

func (b *Builder) depthwise(x, out, k, stride, dilation int, part func(string) options, which string) int {
	channels := b.Shape(x).C
	x = b.ReLU(x, part("relu"+which).name()...)
	dw := append(part("dw"+which).conv(), Stride(stride), Dilate(dilation), Groups(channels))
	x = b.Conv(x, channels, k, dw...)
	x = b.Conv(x, out, 1, part("pw"+which).name()...)
	return b.BatchNorm(x, part("bn"+which).norm()...)
}

// FactorizedReduce halves height and width and loses no pixel: a rectifier, then
// Halve (Zoph et al. 2018, NASNet; Liu et al. 2019, DARTS). Options are Named and Fixed.
func (b *Builder) FactorizedReduce(x, out int, opts ...Option) int {
	if !b.onlyOuter("a factorized reduction", opts) {
		return lost
	}
	return b.Halve(b.ReLU(x, parts(opts)("relu").name()...), out, opts...)
}

// Halve halves height and width and loses no pixel: side by side a 1×1 convolution of
// stride 2 and one of the image shifted by a pixel, each to half of the out channels,
// their concatenation, and batch norm. If out is odd, the shifted half has one more.
// Options are Named and Fixed.
func (b *Builder) Halve(x, out int, opts ...Option) int {
	if !b.onlyOuter("a factorized reduction", opts) {
		return lost
	}
	part := parts(opts)
	even := b.Conv(x, out/2, 1, append(part("conv1").name(), Stride(2))...)
	odd := b.Conv(b.Shift(x, part("shift").name()...), out-out/2, 1, append(part("conv2").name(), Stride(2))...)
	joined := b.add(apply(Op{Kind: Concat}, part("concat").name()), []int{even, odd})
	return b.BatchNorm(joined, part("bn").norm()...)
}

// SqueezeExcite weighs the channels of x by what the whole image says (Hu et al. 2018):
// its mean, a 1×1 convolution to squeeze channels, act, one back, gate, and the product
// with x. Both convolutions have biases; act and gate are activations, such as ReLU and
// Sigmoid. The one option is Named.
func (b *Builder) SqueezeExcite(x, squeeze int, act, gate Kind, opts ...Option) int {
	if s := apply(Op{}, opts); s.op != (Op{}) || s.padded {
		return b.fail(Op{Kind: Mul}, s.name, "a squeeze and excitation takes no option but Named; its settings are arguments")
	}
	part := parts(opts)
	g := b.GlobalPool(x, part("mean")...)
	g = b.Conv(g, squeeze, 1, append(part("squeeze"), Bias(true))...)
	g = b.Activation(g, act, part("act")...)
	g = b.Conv(g, b.Shape(x).C, 1, append(part("excite"), Bias(true))...)
	g = b.Activation(g, gate, part("gate")...)
	return b.Mul(x, g, part("mul")...)
}

// Classifier adds the mean over height and width and a linear layer to the classes.
func (b *Builder) Classifier(x, classes int) int {
	return b.Linear(b.GlobalPool(x), classes)
}

// options are the options of one part of a composite. If the composite is named,
// the last of them names the part.
type options []Option

// parts gives the options of each part of a composite: all of them, with the
// composite's name, if it has one, followed by the part's.
func parts(opts []Option) func(part string) options {
	name := apply(Op{}, opts).name
	return func(part string) options {
		if name == "" {
			return opts[:len(opts):len(opts)]
		}
		return append(opts[:len(opts):len(opts)], Named(name+"/"+part))
	}
}

// conv is the options without those for batch norms.
func (o options) conv() []Option {
	return slices.DeleteFunc(slices.Clone([]Option(o)), func(p Option) bool { return p.norm })
}

// norm is what names the part and the options for batch norms.
func (o options) norm() []Option {
	return append(o.name(), slices.DeleteFunc(slices.Clone([]Option(o)), func(p Option) bool { return !p.norm })...)
}

// name is what names the part, without the other options.
func (o options) name() []Option {
	s := apply(Op{}, o)
	if s.name == "" {
		return nil
	}
	return []Option{Named(s.name)}
}
