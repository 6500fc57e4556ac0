package cell

import (
	"fmt"
	"strconv"

	"github.com/nascent-go/nascent/nasext/arch"
)

// DARTSNet is the skeleton of Liu et al. 2019, "DARTS: Differentiable Architecture
// Search", as in the authors' code: Layers cells one after the other, of which
// those at a third and at two thirds are reductions. Zero fields mean the
// published network for CIFAR-10 or, with ImageNet, for ImageNet.
//
// A convolution is padded by half its filter on every side. A skip connection with
// stride 2 is a factorized reduction.
type DARTSNet struct {
	C        int        // channels of an operation in the first stage, doubled by each reduction; 0 means 36, with ImageNet 48
	Layers   int        // cells, with the two reductions, at most 1000; 0 means 20, with ImageNet 14
	ImageNet bool       // the stem is three convolutions with stride 2 to C channels, in place of one to 3C
	Aux      bool       // an auxiliary head after the second reduction
	DropPath float64    // rate of drop path on the edges, but identities; 0 means none; the article has 0.2 for CIFAR-10
	Input    arch.Shape // one sample; zero means 3×32×32, with ImageNet 3×224×224
	Classes  int        // 0 means 10, with ImageNet 1000
}

func (n DARTSNet) defaults() DARTSNet {
	c, layers, side, classes := 36, 20, 32, 10
	if n.ImageNet {
		c, layers, side, classes = 48, 14, 224, 1000
	}
	n.C, n.Layers, n.Input, n.Classes = or(n.C, c), or(n.Layers, layers), image(n.Input, side), or(n.Classes, classes)
	return n
}

// Name is the skeleton with its settings.
func (n DARTSNet) Name() string {
	n = n.defaults()
	return fmt.Sprintf("DARTS net(C=%d layers=%d input=%v classes=%d%s%s%s)", n.C, n.Layers, n.Input, n.Classes, flag(n.ImageNet, "imagenet"), flag(n.Aux, "aux"), dropPathName(n.DropPath))
}

// Build makes the network of a genotype. Its blocks are the stem, "cell 1" and so
// on, "reduction 1" and "reduction 2" among them, the auxiliary head and the head.
func (n DARTSNet) Build(g Genotype) (*arch.Arch, error) {
	n = n.defaults()
	return build(n, g, n.Input, dartsStyle(), n.settings(), func(s *stack) {
		s.paths = paths{rate: n.DropPath}
		n.stack(s, func(reduction bool, block string, before, last, channels int) int {
			if reduction {
				return s.cell(g.Reduction, block, before, last, channels, 2)
			}
			return s.cell(g.Normal, block, before, last, channels, 1)
		})
	})
}

func (n DARTSNet) settings() settings {
	return settings{numbers: []setting{channels("C", n.C), cells("Layers", n.Layers), classes(n.Classes)}, dropPath: n.DropPath}
}

func dartsStyle() style {
	return style{
		before: (*stack).match,
		last:   (*stack).project,
		skip:   (*stack).reduce,

		dropsSkips: true,
	}
}

// stack adds stem, cells and heads.
func (n DARTSNet) stack(s *stack, cell func(reduction bool, block string, before, last, channels int) int) {
	before, last := n.stem(s)
	c := n.C
	reductions := 0
	for i := range n.Layers {
		reduction := i == n.Layers/3 || i == 2*n.Layers/3
		block := "cell " + strconv.Itoa(i+1)
		if reduction {
			reductions++
			c *= 2
			block = "reduction " + strconv.Itoa(reductions)
		}
		before, last = last, cell(reduction, block, before, last, c)
		if n.Aux && i == 2*n.Layers/3 {
			head := auxiliary{stride: 3, norm: true, bias: true}
			if n.ImageNet {
				head = auxiliary{stride: 2, bias: true}
			}
			head.add(s, last, n.Classes)
		}
	}
	s.Block("head")
	s.Classifier(last, n.Classes)
}

// stem returns the two inputs of the first cell.
func (n DARTSNet) stem(s *stack) (before, last int) {
	s.Block("stem")
	if !n.ImageNet {
		x := s.ConvBN(s.In(), 3*n.C, 3)
		return x, x
	}
	x := s.ConvBNReLU(s.In(), n.C/2, 3, arch.Stride(2))
	x = s.ConvBN(x, n.C, 3, arch.Stride(2))
	return x, s.ReLUConvBN(x, n.C, 3, arch.Stride(2))
}
