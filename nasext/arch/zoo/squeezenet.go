package zoo

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch"
)

// squeezed lists the networks of fire modules.
func squeezed() []entry {
	return []entry{{
		name: "SqueezeNet 1.1", paper: "Iandola et al. 2016", input: imagenet, classes: 1000, build: SqueezeNet11,
		params: 1_235_496, macs: 349_000_000, source: torchvision,
	}}
}

// SqueezeNet11 is version 1.1 of SqueezeNet (Iandola et al. 2016), which pools
// earlier than the paper's.
// 1 235 496 parameters and 349 151 936 MACs at 3×224×224 with 1000 classes.
func SqueezeNet11(input arch.Shape, classes int) (*arch.Arch, error) {
	b := arch.NewBuilder("SqueezeNet 1.1", input)
	b.Block("stem")
	x := b.ReLU(b.Conv(b.In(), 64, 3, arch.Stride(2), arch.Pad(0), arch.Bias(true)))
	fires := 2 // the paper counts layers
	for i, stage := range [][]struct{ squeeze, expand int }{
		{{16, 64}, {16, 64}},
		{{32, 128}, {32, 128}},
		{{48, 192}, {48, 192}, {64, 256}, {64, 256}},
	} {
		b.Block(fmt.Sprintf("stage %d/pool", i+1))
		x = b.MaxPool(x, 3, arch.Stride(2), arch.Ceil())
		for _, f := range stage {
			b.Block(fmt.Sprintf("stage %d/fire %d", i+1, fires))
			fires++
			x = fire(b, x, f.squeeze, f.expand)
		}
	}
	b.Block("head")
	x = b.ReLU(b.Conv(b.Dropout(x, 0.5), classes, 1, arch.Bias(true)))
	b.GlobalPool(x)
	return b.Build()
}

// fire is a fire module: few 1×1 filters, then so many of 1×1 and of 3×3 side by side.
func fire(b *arch.Builder, x, squeeze, expand int) int {
	x = b.ReLU(b.Conv(x, squeeze, 1, arch.Bias(true)))
	one := b.ReLU(b.Conv(x, expand, 1, arch.Bias(true)))
	three := b.ReLU(b.Conv(x, expand, 3, arch.Bias(true)))
	return b.Concat(one, three)
}
