package zoo

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch"
)

// residual lists the residual networks.
func residual() []entry {
	return []entry{
		{
			name: "ResNet-18", paper: "He et al. 2016", input: imagenet, classes: 1000, build: ResNet18,
			params: 11_689_512, macs: 1_814_000_000, source: torchvision,
		},
		{
			name: "ResNet-50", paper: "He et al. 2016", input: imagenet, classes: 1000, build: ResNet50,
			params: 25_557_032, macs: 4_089_000_000, source: torchvision,
		},
	}
}

// ResNet18 is the 18-layer residual network (He et al. 2016).
// 11 689 512 parameters and 1 814 073 344 MACs at 3×224×224 with 1000 classes.
func ResNet18(input arch.Shape, classes int) (*arch.Arch, error) {
	return resNet("ResNet-18", input, classes, [4]int{2, 2, 2, 2}, basicUnit, 1)
}

// ResNet50 is the 50-layer residual network (He et al. 2016). A unit that halves
// the image does so in its 3×3 convolution, as in torchvision; in the paper its
// first 1×1 convolution does, which takes 3.8G MACs.
// 25 557 032 parameters and 4 089 184 256 MACs at 3×224×224 with 1000 classes.
func ResNet50(input arch.Shape, classes int) (*arch.Arch, error) {
	return resNet("ResNet-50", input, classes, [4]int{3, 4, 6, 3}, bottleneckUnit, 4)
}

// resNet is a residual network of four stages with so many units each: row by row
// the paper's table 1. A unit adds its residual branch and gives it channels·widen
// channels.
func resNet(name string, input arch.Shape, classes int, units [4]int,
	unit func(b *arch.Builder, x, channels, stride int) int, widen int) (*arch.Arch, error) {
	b := arch.NewBuilder(name, input)
	b.Block("stem")
	x := b.ConvBNReLU(b.In(), 64, 7, arch.Stride(2))
	x = b.MaxPool(x, 3, arch.Stride(2), arch.Pad(1))
	for stage, n := range units {
		channels := 64 << stage
		for i := range n {
			b.Block(fmt.Sprintf("stage %d/unit %d", stage+1, i+1))
			stride := 1
			if stage > 0 && i == 0 {
				stride = 2
			}
			y := unit(b, x, channels, stride)
			short := x
			if stride != 1 || b.Shape(x).C != channels*widen {
				short = b.ConvBN(x, channels*widen, 1, arch.Stride(stride), arch.Named("shortcut"))
			}
			x = b.ReLU(b.Name(b.Add(y, short), "sum"))
		}
	}
	b.Block("head")
	b.Classifier(x, classes)
	return b.Build()
}

// basicUnit is the residual branch of two 3×3 convolutions.
func basicUnit(b *arch.Builder, x, channels, stride int) int {
	x = b.ConvBNReLU(x, channels, 3, arch.Stride(stride))
	return b.ConvBN(x, channels, 3)
}

// bottleneckUnit is the residual branch of a 3×3 convolution between two 1×1
// convolutions, the last of which gives four times the channels.
func bottleneckUnit(b *arch.Builder, x, channels, stride int) int {
	x = b.ConvBNReLU(x, channels, 1)
	x = b.ConvBNReLU(x, channels, 3, arch.Stride(stride))
	return b.ConvBN(x, 4*channels, 1)
}
