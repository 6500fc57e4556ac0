package zoo

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch"
)

// shuffled lists the networks that shuffle channels.
func shuffled() []entry {
	return []entry{{
		name: "ShuffleNetV2 ×1.0", paper: "Ma et al. 2018", input: imagenet, classes: 1000, build: ShuffleNetV2,
		params: 2_278_604, macs: 145_000_000, source: torchvision,
	}}
}

// ShuffleNetV2 is the network of table 5 of Ma et al. 2018 at width 1.
// 2 278 604 parameters and 144 907 992 MACs at 3×224×224 with 1000 classes.
func ShuffleNetV2(input arch.Shape, classes int) (*arch.Arch, error) {
	b := arch.NewBuilder("ShuffleNetV2 ×1.0", input)
	b.Block("stem")
	x := b.ConvBNReLU(b.In(), 24, 3, arch.Stride(2))
	x = b.MaxPool(x, 3, arch.Stride(2), arch.Pad(1))
	for i, s := range []struct{ out, repeats int }{{116, 4}, {232, 8}, {464, 4}} {
		for j := range s.repeats {
			b.Block(fmt.Sprintf("stage %d/unit %d", i+2, j+1))
			if j == 0 {
				x = shuffleDown(b, x, s.out)
			} else {
				x = shuffleUnit(b, x)
			}
		}
	}
	b.Block("head")
	x = b.ConvBNReLU(x, 1024, 1)
	b.Classifier(x, classes)
	return b.Build()
}

// shuffleUnit leaves half of the channels as they are and convolves the others.
func shuffleUnit(b *arch.Builder, x int) int {
	half := b.Shape(x).C / 2
	left := b.Slice(x, 0, half)
	right := shuffleBranch(b, b.Slice(x, half, half), half, 1)
	return b.Shuffle(b.Concat(left, right), 2)
}

// shuffleDown halves the image in two branches that both take all channels.
func shuffleDown(b *arch.Builder, x, out int) int {
	in := b.Shape(x).C
	left := b.ConvBN(x, in, 3, arch.Stride(2), arch.Groups(in))
	left = b.ConvBNReLU(left, out/2, 1)
	right := shuffleBranch(b, x, out/2, 2)
	return b.Shuffle(b.Concat(left, right), 2)
}

// shuffleBranch is a depthwise convolution between two 1×1 convolutions.
func shuffleBranch(b *arch.Builder, x, out, stride int) int {
	x = b.ConvBNReLU(x, out, 1)
	x = b.ConvBN(x, out, 3, arch.Stride(stride), arch.Groups(out))
	return b.ConvBNReLU(x, out, 1)
}
