package cell

import (
	"fmt"
	"strconv"

	"github.com/nascent-go/nascent/nasext/arch"
)

// ENASNet is the skeleton of the micro search space of Pham et al. 2018, "Efficient
// Neural Architecture Search via Parameter Sharing", as in the authors' code for the
// final training: Layers normal cells and two reductions, a rectifier, the mean over
// the image and a linear layer without bias. Zero fields mean the published network
// for CIFAR-10.
//
// Convolutions and poolings are padded as TensorFlow's SAME. A skip connection with
// stride 2 is a factorized reduction without its rectifier.
type ENASNet struct {
	C       int     // channels of an operation in the first stage, doubled by each reduction; 0 means 36
	Layers  int     // normal cells, at most 1000; 0 means 15
	Aux     bool    // an auxiliary head after the first cell of the last stage
	Dropout float64 // before the last layer; 0 means none; the article has 0.2
	// DropPath is the rate of drop path on the edges of the last cell, but skip connections;
	// those before have less, in proportion to their number. 0 means none; the code has 0.2.
	DropPath float64
	Input    arch.Shape // one sample; zero means 3×32×32
	Classes  int        // 0 means 10
}

func (n ENASNet) defaults() ENASNet {
	n.C, n.Layers, n.Input, n.Classes = or(n.C, 36), or(n.Layers, 15), image(n.Input, 32), or(n.Classes, 10)
	return n
}

// Name is the skeleton with its settings.
func (n ENASNet) Name() string {
	n = n.defaults()
	name := fmt.Sprintf("ENAS net(C=%d layers=%d input=%v classes=%d%s", n.C, n.Layers, n.Input, n.Classes, flag(n.Aux, "aux"))
	if n.Dropout != 0 {
		name += fmt.Sprintf(" dropout=%g", n.Dropout)
	}
	return name + dropPathName(n.DropPath) + ")"
}

// Build makes the network of a genotype. Its blocks are the stem, "cell 1" and so
// on, "reduction 1" and "reduction 2" among them, the auxiliary head and the head.
func (n ENASNet) Build(g Genotype) (*arch.Arch, error) {
	n = n.defaults()
	settings := settings{numbers: []setting{channels("C", n.C), cells("Layers", n.Layers), classes(n.Classes)}, dropPath: n.DropPath}
	return build(n, g, n.Input, enasStyle(), settings, func(s *stack) { n.stack(s, g) })
}

func enasStyle() style {
	return style{
		same: true,
		before: func(s *stack, before, last, channels int) int {
			if s.sameSize(before, last) && s.Shape(before).C == channels {
				return before
			}
			return s.match(before, last, channels)
		},
		last: func(s *stack, last, channels int) int {
			if s.Shape(last).C != channels {
				last = s.ReLUConvBN(last, channels, 1, s.options("calibrate")...)
			}
			return s.project(last, channels)
		},
		skip: (*stack).halve,
	}
}

func (n ENASNet) stack(s *stack, g Genotype) {
	s.paths = paths{rate: n.DropPath, cells: n.Layers + 2}
	s.Block("stem")
	before := s.ConvBN(s.In(), 3*n.C, 3, arch.Same())
	last := before
	first, second := n.Layers/3, 2*(n.Layers/3)+1 // where the reductions are
	c, normals, reductions := n.C, 0, 0
	for i := range n.Layers + 2 {
		var x int
		if i == first || i == second {
			c *= 2
			reductions++
			x = s.cell(g.Reduction, "reduction "+strconv.Itoa(reductions), before, last, c, 2)
		} else {
			normals++
			x = s.cell(g.Normal, "cell "+strconv.Itoa(normals), before, last, c, 1)
		}
		before, last = last, x
		if n.Aux && i == second+1 {
			auxiliary{stride: 3, norm: true}.add(s, last, n.Classes)
		}
	}
	s.Block("head")
	x := s.GlobalPool(s.ReLU(last))
	if n.Dropout != 0 {
		x = s.Dropout(x, n.Dropout)
	}
	s.Linear(x, n.Classes, arch.Bias(false))
}
