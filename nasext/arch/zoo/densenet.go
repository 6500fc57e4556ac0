package zoo

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch"
)

// dense lists the densely connected networks.
func dense() []entry {
	return []entry{{
		name: "DenseNet-121", paper: "Huang et al. 2017", input: imagenet, classes: 1000, build: DenseNet121,
		params: 7_978_856, macs: 2_834_000_000, source: torchvision,
	}}
}

// DenseNet121 is the densely connected network of 121 layers and growth rate 32
// (Huang et al. 2017): each layer takes the outputs of all layers of its block
// before it.
// 7 978 856 parameters and 2 834 161 664 MACs at 3×224×224 with 1000 classes.
func DenseNet121(input arch.Shape, classes int) (*arch.Arch, error) {
	const growth = 32
	b := arch.NewBuilder("DenseNet-121", input)
	b.Block("stem")
	x := b.ConvBNReLU(b.In(), 2*growth, 7, arch.Stride(2))
	x = b.MaxPool(x, 3, arch.Stride(2), arch.Pad(1))
	for i, layers := range []int{6, 12, 24, 16} {
		if i > 0 {
			b.Block(fmt.Sprintf("transition %d", i))
			x = b.Conv(bnReLU(b, x), b.Shape(x).C/2, 1)
			x = b.AvgPool(x, 2)
		}
		for l := range layers {
			b.Block(fmt.Sprintf("dense block %d/layer %d", i+1, l+1))
			y := b.Conv(bnReLU(b, x), 4*growth, 1)
			y = b.Conv(bnReLU(b, y), growth, 3)
			x = b.Concat(x, y)
		}
	}
	b.Block("head")
	b.Classifier(bnReLU(b, x), classes)
	return b.Build()
}

// bnReLU is what stands before each convolution of a DenseNet.
func bnReLU(b *arch.Builder, x int) int { return b.ReLU(b.BatchNorm(x)) }
