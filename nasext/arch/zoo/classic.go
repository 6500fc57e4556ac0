package zoo

import (
	"strconv"

	"github.com/nascent-go/nascent/nasext/arch"
)

// classic lists the chains of convolutions that came first.
func classic() []entry {
	return []entry{
		{
			name: "AlexNet", paper: "Krizhevsky 2014", input: imagenet, classes: 1000, build: AlexNet,
			params: 61_100_840, macs: 714_000_000, source: torchvision,
		},
		{
			name: "VGG-16", paper: "Simonyan and Zisserman 2015", input: imagenet, classes: 1000, build: VGG16,
			params: 138_357_544, macs: 15_470_000_000, source: torchvision,
		},
	}
}

// AlexNet is the one-column network of Krizhevsky 2014.
// 61 100 840 parameters and 714 188 480 MACs at 3×224×224 with 1000 classes.
func AlexNet(input arch.Shape, classes int) (*arch.Arch, error) {
	b := arch.NewBuilder("AlexNet", input)
	b.Block("features")
	x := b.ReLU(b.Conv(b.In(), 64, 11, arch.Stride(4), arch.Pad(2), arch.Bias(true)))
	x = b.MaxPool(x, 3, arch.Stride(2))
	x = b.ReLU(b.Conv(x, 192, 5, arch.Bias(true)))
	x = b.MaxPool(x, 3, arch.Stride(2))
	for _, channels := range []int{384, 256, 256} {
		x = b.ReLU(b.Conv(x, channels, 3, arch.Bias(true)))
	}
	x = b.MaxPool(x, 3, arch.Stride(2))
	b.Block("head")
	x = b.Flatten(x)
	for range 2 {
		x = b.ReLU(b.Linear(b.Dropout(x, 0.5), 4096))
	}
	b.Linear(x, classes)
	return b.Build()
}

// VGG16 is configuration D of Simonyan and Zisserman 2015, without batch norm.
// 138 357 544 parameters and 15 470 264 320 MACs at 3×224×224 with 1000 classes.
func VGG16(input arch.Shape, classes int) (*arch.Arch, error) {
	b := arch.NewBuilder("VGG-16", input)
	x := b.In()
	for i, stage := range [][]int{{64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}} {
		b.Block("stage " + strconv.Itoa(i+1))
		for _, channels := range stage {
			x = b.ReLU(b.Conv(x, channels, 3, arch.Bias(true)))
		}
		x = b.MaxPool(x, 2)
	}
	b.Block("head")
	x = b.Flatten(x)
	for range 2 {
		x = b.Dropout(b.ReLU(b.Linear(x, 4096)), 0.5)
	}
	b.Linear(x, classes)
	return b.Build()
}
