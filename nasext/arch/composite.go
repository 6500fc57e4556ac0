package arch

// ConvBN adds a convolution and batch norm. Options are those of Conv.
func (b *Builder) ConvBN(x, out, k int, opts ...Option) int {
	part := parts(opts)
	x = b.Conv(x, out, k, part("conv")...)
	return b.BatchNorm(x, part("bn").name()...)
}

// ConvBNReLU adds a convolution, batch norm and a rectifier. Options are those of Conv.
func (b *Builder) ConvBNReLU(x, out, k int, opts ...Option) int {
	x = b.ConvBN(x, out, k, opts...)
	return b.ReLU(x, parts(opts)("relu").name()...)
}

// ReLUConvBN adds a rectifier, a convolution and batch norm: the order in which
// the cells of NASNet, DARTS and NAS-Bench-201 apply them. Options are those of Conv.
func (b *Builder) ReLUConvBN(x, out, k int, opts ...Option) int {
	x = b.ReLU(x, parts(opts)("relu").name()...)
	return b.ConvBN(x, out, k, opts...)
}

// DilConv adds a rectifier, a depthwise k×k convolution whose filter is spread by
// dilation, a 1×1 convolution to out channels, and batch norm (Liu et al. 2019, DARTS).
// The one option is Named.
func (b *Builder) DilConv(x, out, k, stride, dilation int, opts ...Option) int {
	if !b.onlyNamed("a dilated convolution", opts) {
		return lost
	}
	return b.depthwise(x, out, k, stride, dilation, parts(opts), "")
}

// SepConv adds a separable convolution as NASNet and DARTS use it: twice a
// rectifier, a depthwise k×k convolution, a 1×1 convolution and batch norm. The
// first half has the stride and keeps the channels, the second goes to out
// channels. The one option is Named.
func (b *Builder) SepConv(x, out, k, stride int, opts ...Option) int {
	if !b.onlyNamed("a separable convolution", opts) {
		return lost
	}
	part := parts(opts)
	x = b.depthwise(x, b.Shape(x).C, k, stride, 1, part, "1")
	return b.depthwise(x, out, k, 1, 1, part, "2")
}

// onlyNamed records a mistake if options hold more than a name.
func (b *Builder) onlyNamed(what string, opts []Option) bool {
	s := apply(Op{}, opts)
	if s.op != (Op{}) || s.padded {
		b.fail(Op{Kind: Conv}, s.name, "%s takes no option but Named; its settings are arguments", what)
		return false
	}
	return true
}

func (b *Builder) depthwise(x, out, k, stride, dilation int, part func(string) options, which string) int {
	channels := b.Shape(x).C
	x = b.ReLU(x, part("relu"+which).name()...)
	dw := append(part("dw"+which).name(), Stride(stride), Dilate(dilation), Groups(channels))
	x = b.Conv(x, channels, k, dw...)
	x = b.Conv(x, out, 1, part("pw"+which).name()...)
	return b.BatchNorm(x, part("bn"+which).name()...)
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

// name is what names the part, without the other options.
func (o options) name() []Option {
	s := apply(Op{}, o)
	if s.name == "" {
		return nil
	}
	return []Option{Named(s.name)}
}
