package zoo

import (
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
)

// cellular lists the networks of cells: a genotype in a skeleton of package cell.
// What is published of them comes from the articles. Two of its figures are not what
// the authors' code builds, and with it this package: the 574M MACs of DARTS for
// ImageNet, which the article counts in another way, and the 4.6M parameters of
// ENAS, of which the code makes fewer; why is not known.
func cellular() []entry {
	nasnet := func(n cell.NASNet) func(arch.Shape, int) cell.Skeleton {
		return func(input arch.Shape, classes int) cell.Skeleton {
			n.Input, n.Classes = input, classes
			return n
		}
	}
	darts := func(imagenet bool) func(arch.Shape, int) cell.Skeleton {
		return func(input arch.Shape, classes int) cell.Skeleton {
			return cell.DARTSNet{ImageNet: imagenet, Input: input, Classes: classes}
		}
	}
	enas := func(input arch.Shape, classes int) cell.Skeleton {
		return cell.ENASNet{Dropout: 0.2, Input: input, Classes: classes}
	}
	large := arch.Shape{C: 3, H: 331, W: 331}
	cifar := arch.Shape{C: 3, H: 32, W: 32}
	const (
		zoph    = "Zoph et al. 2018"
		pnas    = "Liu et al. 2018"
		evolved = "Real et al. 2019"
		liu     = "Liu et al. 2019"
		xu      = "Xu et al. 2020"
		pham    = "Pham et al. 2018"
		tables  = "the article"
		inDARTS = "Liu et al. 2019, table 1"
	)
	var list []entry
	for _, n := range []struct {
		name, paper  string
		genotype     cell.Genotype
		skeleton     func(input arch.Shape, classes int) cell.Skeleton
		input        arch.Shape
		classes      int
		params, macs int64 // published; 0 for none
		source       string
	}{
		{"NASNet-A mobile", zoph, cell.NASNetA(), nasnet(cell.NASNetMobile()), imagenet, 1000, 5_300_000, 564_000_000, tables},
		{"NASNet-A large", zoph, cell.NASNetA(), nasnet(cell.NASNetLarge()), large, 1000, 88_900_000, 23_800_000_000, tables},
		{"NASNet-A CIFAR", zoph, cell.NASNetA(), nasnet(cell.NASNetCIFAR()), cifar, 10, 3_300_000, 0, tables},
		{"PNASNet-5 mobile", pnas, cell.PNASNet5(), nasnet(cell.PNASNetMobile()), imagenet, 1000, 5_100_000, 588_000_000, tables},
		{"PNASNet-5 large", pnas, cell.PNASNet5(), nasnet(cell.PNASNetLarge()), large, 1000, 86_100_000, 25_000_000_000, tables},
		{"AmoebaNet-A mobile", evolved, cell.AmoebaNetA(), nasnet(cell.AmoebaNetMobile()), imagenet, 1000, 5_100_000, 555_000_000, tables},
		{"AmoebaNet-A large", evolved, cell.AmoebaNetA(), nasnet(cell.AmoebaNetLarge()), large, 1000, 86_700_000, 23_100_000_000, tables},
		{"NASNet-A in the DARTS net CIFAR", zoph, cell.NASNetADARTS(), darts(false), cifar, 10, 0, 0, ""},
		{"NASNet-A in the DARTS net ImageNet", zoph, cell.NASNetADARTS(), darts(true), imagenet, 1000, 0, 0, ""},
		{"AmoebaNet-A in the DARTS net CIFAR", evolved, cell.AmoebaNetADARTS(), darts(false), cifar, 10, 3_200_000, 0, inDARTS},
		{"AmoebaNet-A in the DARTS net ImageNet", evolved, cell.AmoebaNetADARTS(), darts(true), imagenet, 1000, 0, 0, ""},
		{"DARTS V1 CIFAR", liu, cell.DARTSV1(), darts(false), cifar, 10, 3_300_000, 0, tables},
		{"DARTS V1 ImageNet", liu, cell.DARTSV1(), darts(true), imagenet, 1000, 0, 0, ""},
		{"DARTS V2 CIFAR", liu, cell.DARTSV2(), darts(false), cifar, 10, 3_300_000, 0, tables},
		{"DARTS V2 ImageNet", liu, cell.DARTSV2(), darts(true), imagenet, 1000, 4_700_000, 574_000_000, tables},
		{"PC-DARTS CIFAR", xu, cell.PCDARTSCIFAR(), darts(false), cifar, 10, 3_600_000, 0, tables},
		{"PC-DARTS ImageNet", xu, cell.PCDARTSImageNet(), darts(true), imagenet, 1000, 5_300_000, 597_000_000, tables},
		{"ENAS micro", pham, cell.ENASMicro(), enas, cifar, 10, 4_600_000, 0, tables},
	} {
		build := func(input arch.Shape, classes int) (*arch.Arch, error) {
			a, err := n.skeleton(input, classes).Build(n.genotype)
			if err != nil {
				return nil, err
			}
			a.Name = n.name
			return a, nil
		}
		list = append(list, entry{
			name: n.name, paper: n.paper, input: n.input, classes: n.classes, build: build,
			params: n.params, macs: n.macs, source: n.source,
		})
	}
	return list
}
