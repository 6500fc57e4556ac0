package zoo

import "github.com/nascent-go/nascent/nasext/arch"

// inception lists the networks of inception modules.
func inception() []entry {
	return []entry{
		{
			name: "GoogLeNet", paper: "Szegedy et al. 2015", input: imagenet, classes: 1000, build: GoogLeNet,
			params: 6_624_904, macs: 1_498_000_000, source: torchvision,
		},
		{name: "GoogLeNet with auxiliary heads", paper: "Szegedy et al. 2015", input: imagenet, classes: 1000, build: GoogLeNetAux},
	}
}

// GoogLeNet is Inception v1 (Szegedy et al. 2015, "Going deeper with
// convolutions") with batch norm. Its 5×5 branches have 3×3 filters, as in
// torchvision, which keeps them for the sake of its trained weights.
// 6 624 904 parameters and 1 498 376 192 MACs at 3×224×224 with 1000 classes.
func GoogLeNet(input arch.Shape, classes int) (*arch.Arch, error) {
	return googLeNet("GoogLeNet", input, classes, false)
}

// GoogLeNetAux is GoogLeNet with the two auxiliary heads that help it train, after
// the inceptions 4a and 4d. They pool 5×5 windows with stride 3 as in the paper,
// where torchvision pools adaptively to 4×4.
// 13 004 888 parameters at 3×224×224 with 1000 classes.
func GoogLeNetAux(input arch.Shape, classes int) (*arch.Arch, error) {
	return googLeNet("GoogLeNet with auxiliary heads", input, classes, true)
}

// module is one row of the paper's table 1: the channels of the four branches,
// and those of the 1×1 convolutions before the larger filters.
type module struct {
	name                                       string
	one, reduce3, three, reduce5, five, pooled int
}

func googLeNet(name string, input arch.Shape, classes int, heads bool) (*arch.Arch, error) {
	b := arch.NewBuilder(name, input)
	b.Block("stem")
	x := b.ConvBNReLU(b.In(), 64, 7, arch.Stride(2))
	x = b.MaxPool(x, 3, arch.Stride(2), arch.Ceil())
	x = b.ConvBNReLU(x, 64, 1)
	x = b.ConvBNReLU(x, 192, 3)
	x = b.MaxPool(x, 3, arch.Stride(2), arch.Ceil())
	for _, m := range []module{
		{"3a", 64, 96, 128, 16, 32, 32},
		{"3b", 128, 128, 192, 32, 96, 64},
		{"4a", 192, 96, 208, 16, 48, 64},
		{"4b", 160, 112, 224, 24, 64, 64},
		{"4c", 128, 128, 256, 24, 64, 64},
		{"4d", 112, 144, 288, 32, 64, 64},
		{"4e", 256, 160, 320, 32, 128, 128},
		{"5a", 256, 160, 320, 32, 128, 128},
		{"5b", 384, 192, 384, 48, 128, 128},
	} {
		x = m.add(b, x)
		switch m.name {
		case "3b":
			b.Block("")
			x = b.MaxPool(x, 3, arch.Stride(2), arch.Ceil())
		case "4e":
			b.Block("")
			x = b.MaxPool(x, 2, arch.Ceil())
		case "4a", "4d":
			if heads {
				auxHead(b, x, "auxiliary head "+m.name, classes)
			}
		}
	}
	b.Block("head")
	b.Linear(b.Dropout(b.GlobalPool(x), 0.2), classes)
	return b.Build()
}

// add adds the module: four branches side by side, whose channels are concatenated.
func (m module) add(b *arch.Builder, x int) int {
	b.Block("inception " + m.name)
	one := b.ConvBNReLU(x, m.one, 1, arch.Named("1×1"))
	three := b.ConvBNReLU(x, m.reduce3, 1, arch.Named("3×3 reduce"))
	three = b.ConvBNReLU(three, m.three, 3, arch.Named("3×3"))
	five := b.ConvBNReLU(x, m.reduce5, 1, arch.Named("5×5 reduce"))
	five = b.ConvBNReLU(five, m.five, 3, arch.Named("5×5"))
	pooled := b.MaxPool(x, 3, arch.Stride(1), arch.Pad(1), arch.Ceil(), arch.Named("pool"))
	pooled = b.ConvBNReLU(pooled, m.pooled, 1, arch.Named("pool projection"))
	return b.Name(b.Concat(one, three, five, pooled), "concat")
}

// auxHead adds a classifier to the middle of the network.
func auxHead(b *arch.Builder, x int, label string, classes int) {
	b.Block(label)
	x = b.AvgPool(x, 5, arch.Stride(3))
	x = b.ConvBNReLU(x, 128, 1)
	x = b.ReLU(b.Linear(b.Flatten(x), 1024))
	b.Aux(b.Linear(b.Dropout(x, 0.7), classes))
}
