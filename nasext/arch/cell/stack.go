package cell

import (
	"strconv"

	"github.com/nascent-go/nascent/nasext/arch"
)

// style is what the cells of a skeleton do in their own way.
type style struct {
	same bool // convolutions and poolings are padded as TensorFlow's SAME
	cut  cut
	// bottlenecks says that convolutions but separable and 1×1 ones work on fewer channels.
	bottlenecks bool
	// before and last fit the two inputs of a cell to its channels and to the size of the last.
	before func(s *stack, before, last, channels int) int
	last   func(s *stack, last, channels int) int
	// skip is a skip connection with stride 2.
	skip func(s *stack, x, channels int, name string) int
	// dropsSkips says that drop path takes skip connections that compute something, too.
	dropsSkips bool
}

// cut says which separable convolutions of reduction cells, on images of even
// height and width, compute a row and a column that are cut off again.
type cut int

const (
	cutNone    cut = iota
	cutStrided     // those with stride 2
	cutAll
)

// stack is a network being built of cells.
type stack struct {
	*arch.Builder
	style
	fixed   bool // batch norms have no learned scale and shift
	cutting bool // the cell is a reduction, on an image of even height and width
	paths   paths
}

// paths is the drop path of a network's edges.
type paths struct {
	rate float64 // of the last cell
	// cells is how many there are if the rate grows from one to the next, in proportion to
	// their number; 0 if all have the same.
	cells int
	begun int // of them
}

// next is the rate of the next cell.
func (p *paths) next() float64 {
	if p.cells == 0 {
		return p.rate
	}
	p.begun++
	return p.rate * float64(p.begun) / float64(p.cells)
}

// cell adds a cell on the outputs of the cell before the last and of the last one,
// and returns its output. Its operations give so many channels.
func (s *stack) cell(c Cell, block string, before, last, channels, stride int) int {
	s.Block(block)
	states := make([]int, 2, len(c.Nodes)+2)
	states[0] = s.before(s, before, last, channels)
	states[1] = s.last(s, last, channels)
	in := s.Shape(last)
	s.cutting = stride > 1 && in.H%2 == 0 && in.W%2 == 0
	rate := s.paths.next()
	for i, n := range c.Nodes {
		node := strconv.Itoa(i + 2)
		var results [2]int
		for j, e := range n.Edges {
			name := strconv.Itoa(e.From) + "→" + node
			if j == 1 && e.From == n.Edges[0].From {
				name += "′" // both edges come from one state
			}
			results[j] = s.edge(e, states[e.From], channels, stride, name)
			if rate > 0 && s.drops(e, states[e.From], channels, stride) {
				results[j] = s.DropPath(results[j], rate, arch.Named(name+"/drop path"))
			}
		}
		join := s.Add
		if n.Concat {
			join = s.Concat
		}
		states = append(states, s.Builder.Name(join(results[0], results[1]), "node "+node))
	}
	return s.output(c, states, channels, stride)
}

// output adds what a cell gives out. An input among it is fitted to the size and
// channels of the nodes, without a rectifier.
func (s *stack) output(c Cell, states []int, channels, stride int) int {
	var outs []int
	for _, i := range c.Out {
		x := states[i]
		if i < 2 {
			name := "out " + strconv.Itoa(i)
			if stride > 1 {
				x = s.halve(x, channels, name)
			} else if s.Shape(x).C != channels {
				x = s.ConvBN(x, channels, 1, s.options(name)...)
			}
		}
		outs = append(outs, x)
	}
	if len(outs) == 1 {
		return outs[0]
	}
	return s.Builder.Name(s.Concat(outs...), "out")
}

// drops says whether drop path takes the edge from state x.
func (s *stack) drops(e Edge, x, channels, stride int) bool {
	switch f, _ := e.Op.family(); f {
	case zero:
		return false
	case skip:
		return s.dropsSkips && (stride > 1 && e.From < 2 || s.Shape(x).C != channels)
	}
	return true
}

// edge adds an operation on a state.
func (s *stack) edge(e Edge, x, channels, stride int, name string) int {
	if e.From > 1 {
		stride = 1
	}
	f, k := e.Op.family()
	opts := append(s.options(name), arch.Stride(stride))
	if narrow := s.narrow(f, k, channels); narrow > 0 {
		return s.bottleneck(f, x, k, narrow, channels, stride, name)
	}
	switch f {
	case convolution:
		return s.ReLUConvBN(x, channels, k, s.padded(opts)...)
	case pair:
		return s.pair(x, channels, k, stride, name)
	case separable:
		if s.cutting && (s.cut == cutAll || s.cut == cutStrided && stride > 1) {
			x = s.oversized(x, channels, k, stride, name+"/1")
		} else {
			x = s.DilConv(x, channels, k, stride, 1, s.padded(s.options(name+"/1"))...)
		}
		return s.DilConv(x, channels, k, 1, 1, s.padded(s.options(name+"/2"))...)
	case dilated:
		return s.DilConv(x, channels, k, stride, 2, s.padded(s.options(name))...)
	}
	// The others keep the channels; where those must change, a convolution follows.
	switch {
	case f == skip && stride > 1:
		return s.skip(s, x, channels, name)
	case f == skip && s.Shape(x).C != channels:
		return s.ReLUConvBN(x, channels, 1, opts...)
	case f == skip:
		return s.Identity(x, arch.Named(name))
	case f == zero:
		x = s.Zero(x, arch.Named(name), arch.Stride(stride))
	case f == maximum:
		x = s.MaxPool(x, k, s.pooling(name, k, stride)...)
	case f == average:
		x = s.AvgPool(x, k, s.pooling(name, k, stride)...)
	}
	if s.Shape(x).C != channels {
		x = s.ConvBN(x, channels, 1, s.options(name+"/fit")...)
	}
	return x
}

// oversized adds the first half of a separable convolution on an image of even
// height and width, and computes one row and one column more than SAME padding
// would, which are cut off: with a stride the first ones, without one the last.
func (s *stack) oversized(x, channels, k, stride int, name string) int {
	in := s.Shape(x)
	x = s.ReLU(x, arch.Named(name+"/relu"))
	from, pad := 1, k/2+1
	if stride == 1 {
		from, pad = 0, k/2
		x = s.ZeroPad(x, 1, 1, arch.Named(name+"/pad"))
	}
	x = s.Conv(x, in.C, k, arch.Named(name+"/dw"), arch.Stride(stride), arch.Groups(in.C), arch.Pad(pad))
	x = s.Conv(x, channels, 1, arch.Named(name+"/pw"))
	x = s.Crop(x, from, in.H/stride, in.W/stride, arch.Named(name+"/crop"))
	return s.BatchNorm(x, s.options(name+"/bn")...)
}

// narrow is how many channels an operation has inside of a bottleneck; 0 if it has none.
func (s *stack) narrow(f family, k, channels int) int {
	switch {
	case !s.bottlenecks || k == 1:
		return 0
	case f == pair && k == 3:
		return 3 * channels / 8
	case f == pair || f == convolution || f == dilated:
		return channels / 4
	}
	return 0
}

// bottleneck adds a convolution, a pair or a dilated convolution between two 1×1
// convolutions, the first of which narrows the channels; all of them with a rectifier
// before and batch norm behind.
func (s *stack) bottleneck(f family, x, k, narrow, channels, stride int, name string) int {
	conv := func(part string, opts ...arch.Option) {
		x = s.ReLUConvBN(x, narrow, k, s.padded(append(s.options(name+part), opts...))...)
	}
	x = s.ReLUConvBN(x, narrow, 1, s.options(name+"/narrow")...)
	switch f {
	case pair:
		conv("/across", arch.Window(1, k), arch.StrideHW(1, stride))
		conv("/down", arch.Window(k, 1), arch.StrideHW(stride, 1))
	case dilated:
		conv("/dilated", arch.Stride(stride), arch.Dilate(2))
	default:
		conv("/conv", arch.Stride(stride))
	}
	return s.ReLUConvBN(x, channels, 1, s.options(name+"/widen")...)
}

// pair adds a 1×k convolution across, then a k×1 one down, with one rectifier before
// and one batch norm after.
func (s *stack) pair(x, channels, k, stride int, name string) int {
	x = s.ReLU(x, arch.Named(name+"/relu"))
	x = s.Conv(x, channels, k, s.padded([]arch.Option{arch.Named(name + "/across"), arch.Window(1, k), arch.StrideHW(1, stride)})...)
	x = s.Conv(x, channels, k, s.padded([]arch.Option{arch.Named(name + "/down"), arch.Window(k, 1), arch.StrideHW(stride, 1)})...)
	return s.BatchNorm(x, s.options(name+"/bn")...)
}

// halve is the factorized reduction without its rectifier.
func (s *stack) halve(x, channels int, name string) int {
	return s.Halve(x, channels, s.options(name)...)
}

// reduce is the factorized reduction.
func (s *stack) reduce(x, channels int, name string) int {
	return s.FactorizedReduce(x, channels, s.options(name)...)
}

// match fits the output of an earlier cell to the size of the last one and to so many channels.
func (s *stack) match(x, last, channels int) int {
	const name = "input 0"
	if !s.sameSize(x, last) {
		return s.reduce(x, channels, name)
	}
	return s.ReLUConvBN(x, channels, 1, s.options(name)...)
}

// project fits the output of the last cell to so many channels.
func (s *stack) project(x, channels int) int {
	return s.ReLUConvBN(x, channels, 1, s.options("input 1")...)
}

func (s *stack) sameSize(x, y int) bool {
	a, b := s.Shape(x), s.Shape(y)
	return a.H == b.H && a.W == b.W
}

// options are those of every operation with a batch norm.
func (s *stack) options(name string) []arch.Option {
	if s.fixed {
		return []arch.Option{arch.Named(name), arch.Fixed()}
	}
	return []arch.Option{arch.Named(name)}
}

// padded adds the padding of the style. By default a convolution is padded by half its filter.
func (s *stack) padded(opts []arch.Option) []arch.Option {
	if s.same {
		return append(opts, arch.Same())
	}
	return opts
}

// pooling is the options of a pooling.
func (s *stack) pooling(name string, k, stride int) []arch.Option {
	pad := arch.Pad(k / 2)
	if s.same {
		pad = arch.Same()
	}
	return []arch.Option{arch.Named(name), arch.Stride(stride), pad}
}

// auxiliary is the auxiliary head of NASNet as a skeleton has it.
type auxiliary struct {
	stride int  // of the pooling
	norm   bool // batch norm after the last convolution
	bias   bool // of the linear layer
}

// add adds the head on x: a rectifier, the mean over 5×5 windows, a 1×1 convolution
// to 128 channels and one over the whole image to 768 features, a linear layer.
func (h auxiliary) add(s *stack, x, classes int) {
	s.Block("auxiliary head")
	x = s.AvgPool(s.ReLU(x), 5, arch.Stride(h.stride))
	x = s.ConvBNReLU(x, 128, 1)
	in := s.Shape(x)
	x = s.Conv(x, 768, 1, arch.Window(in.H, in.W), arch.Pad(0))
	if h.norm {
		x = s.BatchNorm(x)
	}
	s.Aux(s.Linear(s.ReLU(x), classes, arch.Bias(h.bias)))
}

// family is a kind of operation.
type family int

const (
	zero family = iota
	skip
	average
	maximum
	convolution
	pair
	separable
	dilated
)

// family is the kind of the operation and the size of its filter or window.
func (o Op) family() (family, int) {
	switch o {
	case Skip:
		return skip, 1
	case AvgPool3:
		return average, 3
	case MaxPool3:
		return maximum, 3
	case MaxPool5:
		return maximum, 5
	case MaxPool7:
		return maximum, 7
	case Conv1:
		return convolution, 1
	case Conv3:
		return convolution, 3
	case Conv1x3:
		return pair, 3
	case Conv1x7:
		return pair, 7
	case SepConv3:
		return separable, 3
	case SepConv5:
		return separable, 5
	case SepConv7:
		return separable, 7
	case DilConv3:
		return dilated, 3
	case DilConv5:
		return dilated, 5
	}
	return zero, 1
}
