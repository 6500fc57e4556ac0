package cell

// Each function of this file gives a published genotype.

// NASNetA is the best cell of Zoph et al. 2018, "Learning Transferable
// Architectures for Scalable Image Recognition", as in the article's figure 4 and
// the code of TF-slim: every loose state is given out, in the normal cell also the
// earlier input.
func NASNetA() Genotype {
	return Genotype{
		Normal: Cell{
			Nodes: []Node{
				add(SepConv5, 1, SepConv3, 0),
				add(SepConv5, 0, SepConv3, 0),
				add(AvgPool3, 1, Skip, 0),
				add(AvgPool3, 0, AvgPool3, 0),
				add(SepConv3, 1, Skip, 1),
			},
			Out: []int{0, 2, 3, 4, 5, 6},
		},
		Reduction: Cell{
			Nodes: []Node{
				add(SepConv5, 1, SepConv7, 0),
				add(MaxPool3, 1, SepConv7, 0),
				add(AvgPool3, 1, SepConv5, 0),
				add(Skip, 3, AvgPool3, 2),
				add(SepConv3, 2, MaxPool3, 1),
			},
			Out: []int{3, 4, 5, 6},
		},
	}
}

// NASNetADARTS is NASNetA as the code of DARTS has it for comparison: neither the
// earlier input of the normal cell nor node 3 of the reduction cell is given out.
func NASNetADARTS() Genotype {
	g := NASNetA()
	g.Normal.Out = []int{2, 3, 4, 5, 6}
	g.Reduction.Out = []int{4, 5, 6}
	return g
}

// AmoebaNetA is the cell that evolution found in Real et al. 2019, "Regularized
// Evolution for Image Classifier Architecture Search", as in the authors' code. It
// goes with the skeletons AmoebaNetLarge and AmoebaNetMobile.
func AmoebaNetA() Genotype {
	return Genotype{
		Normal: Cell{
			Nodes: []Node{
				add(AvgPool3, 1, MaxPool3, 1),
				add(SepConv3, 0, Skip, 0),
				add(Skip, 1, AvgPool3, 0),
				add(SepConv3, 1, SepConv5, 2),
				add(AvgPool3, 5, SepConv3, 1),
			},
			Out: []int{0, 3, 4, 6},
		},
		Reduction: Cell{
			Nodes: []Node{
				add(SepConv3, 0, AvgPool3, 1),
				add(MaxPool3, 1, SepConv7, 2),
				add(MaxPool3, 0, MaxPool3, 1),
				add(SepConv3, 4, Conv1x7, 1),
				add(AvgPool3, 0, SepConv7, 1),
			},
			Out: []int{2, 3, 4, 5, 6},
		},
	}
}

// AmoebaNetADARTS is AmoebaNetA as the code of DARTS has it for comparison, which is
// not the same cell.
func AmoebaNetADARTS() Genotype {
	return Genotype{
		Normal: Cell{
			Nodes: []Node{
				add(AvgPool3, 0, MaxPool3, 1),
				add(SepConv3, 0, SepConv5, 2),
				add(SepConv3, 0, AvgPool3, 3),
				add(SepConv3, 1, Skip, 1),
				add(Skip, 0, AvgPool3, 1),
			},
			Out: []int{4, 5, 6},
		},
		Reduction: Cell{
			Nodes: []Node{
				add(AvgPool3, 0, SepConv3, 1),
				add(MaxPool3, 0, SepConv7, 2),
				add(SepConv7, 0, AvgPool3, 1),
				add(MaxPool3, 0, MaxPool3, 1),
				add(Conv1x7, 0, SepConv3, 5),
			},
			Out: []int{3, 4, 6},
		},
	}
}

// PNASNet5 is the cell of Liu et al. 2018, "Progressive Neural Architecture
// Search". It is the normal and the reduction cell at once.
func PNASNet5() Genotype {
	c := Cell{
		Nodes: []Node{
			add(SepConv5, 0, MaxPool3, 0),
			add(SepConv7, 1, MaxPool3, 1),
			add(SepConv5, 1, SepConv3, 1),
			add(SepConv3, 4, MaxPool3, 1),
			add(SepConv3, 0, Skip, 1),
		},
		Out: []int{2, 3, 4, 5, 6},
	}
	return Genotype{Normal: c, Reduction: c.clone()}
}

// DARTSV1 is the cell of Liu et al. 2019, "DARTS: Differentiable Architecture
// Search", found with the first-order gradient.
func DARTSV1() Genotype {
	return Genotype{
		Normal: Cell{
			Nodes: []Node{
				add(SepConv3, 1, SepConv3, 0),
				add(Skip, 0, SepConv3, 1),
				add(Skip, 0, SepConv3, 1),
				add(SepConv3, 0, Skip, 2),
			},
			Out: []int{2, 3, 4, 5},
		},
		Reduction: Cell{
			Nodes: []Node{
				add(MaxPool3, 0, MaxPool3, 1),
				add(Skip, 2, MaxPool3, 0),
				add(MaxPool3, 0, Skip, 2),
				add(Skip, 2, AvgPool3, 0),
			},
			Out: []int{2, 3, 4, 5},
		},
	}
}

// DARTSV2 is the cell of Liu et al. 2019 found with the second-order gradient.
func DARTSV2() Genotype {
	return Genotype{
		Normal: Cell{
			Nodes: []Node{
				add(SepConv3, 0, SepConv3, 1),
				add(SepConv3, 0, SepConv3, 1),
				add(SepConv3, 1, Skip, 0),
				add(Skip, 0, DilConv3, 2),
			},
			Out: []int{2, 3, 4, 5},
		},
		Reduction: Cell{
			Nodes: []Node{
				add(MaxPool3, 0, MaxPool3, 1),
				add(Skip, 2, MaxPool3, 1),
				add(MaxPool3, 0, Skip, 2),
				add(Skip, 2, MaxPool3, 1),
			},
			Out: []int{2, 3, 4, 5},
		},
	}
}

// PCDARTSCIFAR is the cell that Xu et al. 2020, "PC-DARTS: Partial Channel
// Connections for Memory-Efficient Architecture Search", found on CIFAR-10.
func PCDARTSCIFAR() Genotype {
	return Genotype{
		Normal: Cell{
			Nodes: []Node{
				add(SepConv3, 1, Skip, 0),
				add(SepConv3, 0, DilConv3, 1),
				add(SepConv5, 0, SepConv3, 1),
				add(AvgPool3, 0, DilConv3, 1),
			},
			Out: []int{2, 3, 4, 5},
		},
		Reduction: Cell{
			Nodes: []Node{
				add(SepConv5, 1, MaxPool3, 0),
				add(SepConv5, 1, SepConv5, 2),
				add(SepConv3, 0, SepConv3, 3),
				add(SepConv3, 1, SepConv3, 2),
			},
			Out: []int{2, 3, 4, 5},
		},
	}
}

// PCDARTSImageNet is the cell that Xu et al. 2020 found on ImageNet.
func PCDARTSImageNet() Genotype {
	return Genotype{
		Normal: Cell{
			Nodes: []Node{
				add(Skip, 1, SepConv3, 0),
				add(SepConv3, 0, Skip, 1),
				add(SepConv3, 1, SepConv3, 3),
				add(SepConv3, 1, DilConv5, 4),
			},
			Out: []int{2, 3, 4, 5},
		},
		Reduction: Cell{
			Nodes: []Node{
				add(SepConv3, 0, Skip, 1),
				add(DilConv5, 2, MaxPool3, 1),
				add(SepConv3, 2, SepConv3, 1),
				add(SepConv5, 0, SepConv3, 3),
			},
			Out: []int{2, 3, 4, 5},
		},
	}
}

// ENASMicro is the cell of Pham et al. 2018, "Efficient Neural Architecture Search
// via Parameter Sharing", in the micro search space, as the authors' script for
// the final training on CIFAR-10 has it.
func ENASMicro() Genotype {
	g := Genotype{
		Normal: Cell{Nodes: []Node{
			add(AvgPool3, 0, SepConv3, 0),
			add(Skip, 0, SepConv5, 0),
			add(Skip, 0, SepConv5, 1),
			add(SepConv3, 1, SepConv5, 0),
			add(AvgPool3, 0, SepConv5, 1),
		}},
		Reduction: Cell{Nodes: []Node{
			add(SepConv3, 1, SepConv3, 1),
			add(MaxPool3, 0, AvgPool3, 0),
			add(SepConv5, 1, SepConv5, 3),
			add(SepConv3, 1, Skip, 0),
			add(MaxPool3, 0, SepConv5, 1),
		}},
	}
	g.Normal.Out, g.Reduction.Out = g.Normal.Loose(), g.Reduction.Loose()
	return g
}

// add is a node that is the sum of two edges.
func add(a Op, from int, b Op, with int) Node {
	return Node{Edges: [2]Edge{{a, from}, {b, with}}}
}
