package cell

import (
	"fmt"
	"strconv"

	"github.com/nascent-go/nascent/nasext/arch"
)

// NASNet is the skeleton of Zoph et al. 2018, "Learning Transferable Architectures
// for Scalable Image Recognition", as in the code of TF-slim: a stem; N normal
// cells; a reduction cell and N normal cells, twice; a rectifier, the mean over the
// image and a linear layer. PNASNet (Liu et al. 2018) is the same with InPlace. Zero
// fields mean the published network for CIFAR-10.
//
// A skip connection with stride 2 is a rectifier, a 1×1 convolution with that stride
// and batch norm.
type NASNet struct {
	F        int     // filters of an operation in the first stage, doubled by each reduction; 0 means 32
	N        int     // normal cells of a stage, at most 1000; 0 means 6
	ImageNet bool    // the stem is a 3×3 convolution with stride 2 and two reduction cells, with F/4 and F/2 filters
	StemF    int     // filters of the stem's convolution; 0 means 3F, with ImageNet 32
	InPlace  bool    // a reduction cell takes the place of the first normal cell of its stage
	LongSkip bool    // the cell after a reduction takes, besides it, the cell two before it, not one
	Padding  Padding // empty means Same
	// Bottleneck says that convolutions but separable and 1×1 ones have a quarter of the
	// channels, conv_3x1_1x3 three eighths, between two 1×1 convolutions, as in the code
	// of AmoebaNet; a dilated one is not separable there.
	Bottleneck bool
	Aux        bool    // an auxiliary head at the end of the second stage
	Dropout    float64 // before the last layer; 0 means none
	// DropPath is the rate of drop path on the edges of the last cell, but skip connections;
	// those before have less, in proportion to their number, as in TF-slim. 0 means none; the
	// code has 0.4 for CIFAR-10, 0.3 for the large network.
	DropPath float64
	Input    arch.Shape // one sample; zero means 3×32×32, with ImageNet 3×224×224
	Classes  int        // 0 means 10, with ImageNet 1000
}

// Padding names one of the two ways in which published programs pad a NASNet. They
// compute the same function, but MACs of the literature are counted by both.
type Padding string

const (
	// Same is TensorFlow's SAME, as in TF-slim.
	Same Padding = "same"
	// Explicit is that of the PyTorch port in Cadene's pretrained models, which other
	// ports copy. In reduction cells on an image of even height and width, the first
	// half of a separable convolution takes one more row and column of zeros above and
	// left, and what it gives there is cut off. PNASNet's port (InPlace) does so where
	// there is a stride, that of NASNet in all of the cell.
	Explicit Padding = "explicit"
)

// NASNetMobile is the skeleton of NASNet-A (4 @ 1056) for ImageNet at 224×224.
func NASNetMobile() NASNet { return NASNet{F: 44, N: 4, ImageNet: true, Dropout: 0.5} }

// NASNetLarge is the skeleton of NASNet-A (6 @ 4032) for ImageNet at 331×331.
func NASNetLarge() NASNet {
	return NASNet{F: 168, N: 6, ImageNet: true, StemF: 96, LongSkip: true, Dropout: 0.5, Input: arch.Shape{C: 3, H: 331, W: 331}}
}

// NASNetCIFAR is the skeleton of NASNet-A (6 @ 768) for CIFAR-10.
func NASNetCIFAR() NASNet { return NASNet{} }

// PNASNetMobile is the skeleton of PNASNet-5 (N = 3, F = 54) for ImageNet at 224×224.
func PNASNetMobile() NASNet {
	return NASNet{F: 54, N: 3, ImageNet: true, InPlace: true, Dropout: 0.5}
}

// PNASNetLarge is the skeleton of PNASNet-5 (N = 4, F = 216) for ImageNet at 331×331.
func PNASNetLarge() NASNet {
	return NASNet{F: 216, N: 4, ImageNet: true, StemF: 96, InPlace: true, Dropout: 0.5, Input: arch.Shape{C: 3, H: 331, W: 331}}
}

// AmoebaNetMobile is the skeleton of AmoebaNet-A (N = 4, F = 50) for ImageNet at 224×224.
func AmoebaNetMobile() NASNet {
	return NASNet{F: 50, N: 4, ImageNet: true, Bottleneck: true, Dropout: 0.5}
}

// AmoebaNetLarge is the skeleton of AmoebaNet-A (N = 6, F = 190) for ImageNet at 331×331.
func AmoebaNetLarge() NASNet {
	return NASNet{F: 190, N: 6, ImageNet: true, Bottleneck: true, Dropout: 0.5, Input: arch.Shape{C: 3, H: 331, W: 331}}
}

func (n NASNet) defaults() NASNet {
	n.F, n.N = or(n.F, 32), or(n.N, 6)
	if n.Padding == "" {
		n.Padding = Same
	}
	stem, side, classes := 3*n.F, 32, 10
	if n.ImageNet {
		stem, side, classes = 32, 224, 1000
	}
	n.StemF, n.Input, n.Classes = or(n.StemF, stem), image(n.Input, side), or(n.Classes, classes)
	return n
}

// Name is the skeleton with its settings.
func (n NASNet) Name() string {
	n = n.defaults()
	name := fmt.Sprintf("NASNet(F=%d N=%d stem=%d input=%v classes=%d", n.F, n.N, n.StemF, n.Input, n.Classes)
	name += flag(n.ImageNet, "imagenet") + flag(n.InPlace, "in place") + flag(n.LongSkip, "long skip") + flag(n.Padding != Same, string(n.Padding)) + flag(n.Bottleneck, "bottleneck") + flag(n.Aux, "aux")
	if n.Dropout != 0 {
		name += fmt.Sprintf(" dropout=%g", n.Dropout)
	}
	return name + dropPathName(n.DropPath) + ")"
}

// Build makes the network of a genotype. Its blocks are the stem, with ImageNet
// "stem cell 1" and "stem cell 2", "cell 1" and so on, "reduction 1" and "reduction 2"
// among them, the auxiliary head and the head.
func (n NASNet) Build(g Genotype) (*arch.Arch, error) {
	n = n.defaults()
	settings := settings{numbers: []setting{channels("F", n.F), cells("N", n.N), channels("StemF", n.StemF), classes(n.Classes)}, dropPath: n.DropPath}
	if n.ImageNet && n.F >= 1 && n.F < 4 {
		return nil, fmt.Errorf("cell: %s: the stem's cells would have %d and %d filters; F must be at least 4", n.Name(), n.F/4, n.F/2)
	}
	if n.Padding != Same && n.Padding != Explicit {
		return nil, fmt.Errorf("cell: %s: there is no padding %q; there are %q and %q", n.Name(), string(n.Padding), string(Same), string(Explicit))
	}
	return build(n, g, n.Input, n.style(), settings, func(s *stack) { n.stack(s, g) })
}

func (n NASNet) style() style {
	cut := cutNone
	switch {
	case n.Padding == Explicit && n.InPlace:
		cut = cutStrided
	case n.Padding == Explicit:
		cut = cutAll
	}
	return style{
		same: true,
		cut:  cut,

		bottlenecks: n.Bottleneck,
		before: func(s *stack, before, last, channels int) int {
			if before == last || s.sameSize(before, last) && s.Shape(before).C == channels {
				return before // also of the first cell, before which there is nothing
			}
			return s.match(before, last, channels)
		},
		last: (*stack).project,
		skip: func(s *stack, x, channels int, name string) int {
			return s.ReLUConvBN(x, channels, 1, append(s.options(name), arch.Stride(2))...)
		},
	}
}

func (n NASNet) stack(s *stack, g Genotype) {
	s.paths = paths{rate: n.DropPath, cells: n.cells()}
	outs := n.stem(s, g) // of the stem and all cells, in order
	last := func() int { return outs[len(outs)-1] }
	before := func() int { return outs[max(len(outs)-2, 0)] }
	add := func(c Cell, block string, before, channels, stride int) {
		outs = append(outs, s.cell(c, block, before, last(), channels, stride))
	}
	f, normals := n.F, 0
	for stage := range 3 {
		first := before() // what the first normal cell of the stage takes besides the last one
		left := n.N
		if stage > 0 {
			f *= 2
			add(g.Reduction, "reduction "+strconv.Itoa(stage), first, f, 2)
			if n.InPlace {
				left--
			}
			if n.InPlace || !n.LongSkip {
				first = before()
			}
		}
		for i := range left {
			normals++
			if i > 0 {
				first = before()
			}
			add(g.Normal, "cell "+strconv.Itoa(normals), first, f, 1)
		}
		if n.Aux && stage == 1 {
			auxiliary{stride: 3, norm: true, bias: true}.add(s, last(), n.Classes)
		}
	}
	s.Block("head")
	x := s.GlobalPool(s.ReLU(last()))
	if n.Dropout != 0 {
		x = s.Dropout(x, n.Dropout)
	}
	s.Linear(x, n.Classes)
}

// cells is how many cells there are, also in the stem.
func (n NASNet) cells() int {
	count := 3 * n.N
	if !n.InPlace {
		count += 2
	}
	if n.ImageNet {
		count += 2
	}
	return count
}

// stem returns the outputs of the stem: of its convolution and its cells.
func (n NASNet) stem(s *stack, g Genotype) []int {
	s.Block("stem")
	if !n.ImageNet {
		return []int{s.ConvBN(s.In(), n.StemF, 3, arch.Same())}
	}
	x := s.ConvBN(s.In(), n.StemF, 3, arch.Stride(2), arch.Pad(0))
	y := s.cell(g.Reduction, "stem cell 1", x, x, n.F/4, 2)
	z := s.cell(g.Reduction, "stem cell 2", x, y, n.F/2, 2)
	return []int{x, y, z}
}
