package arch

import "strconv"

// The architectures of this file are published ones, as torchvision builds them,
// without auxiliary heads. With 1000 classes and an input of 3×224×224 their
// counts are those that are published; other inputs and class counts are allowed
// wherever the operations fit. torchvision's adaptive pooling to a fixed size is
// the identity at 224×224 and is left out.

// GoogLeNet is Inception v1 (Szegedy et al. 2015, "Going deeper with
// convolutions") with batch norm. Its 5×5 branches have 3×3 filters, as in
// torchvision, which keeps them for the sake of its trained weights.
// 6 624 904 parameters and 1 498 376 192 MACs at 3×224×224 with 1000 classes.
func GoogLeNet(input Shape, classes int) (*Arch, error) {
	b := NewBuilder("GoogLeNet", input)
	b.Block("stem")
	x := b.ConvBNReLU(b.In(), 64, 7, Stride(2))
	x = b.MaxPool(x, 3, Stride(2), Ceil())
	x = b.ConvBNReLU(x, 64, 1)
	x = b.ConvBNReLU(x, 192, 3)
	x = b.MaxPool(x, 3, Stride(2), Ceil())
	x = b.inception(x, "3a", 64, 96, 128, 16, 32, 32)
	x = b.inception(x, "3b", 128, 128, 192, 32, 96, 64)
	x = b.MaxPool(x, 3, Stride(2), Ceil())
	x = b.inception(x, "4a", 192, 96, 208, 16, 48, 64)
	x = b.inception(x, "4b", 160, 112, 224, 24, 64, 64)
	x = b.inception(x, "4c", 128, 128, 256, 24, 64, 64)
	x = b.inception(x, "4d", 112, 144, 288, 32, 64, 64)
	x = b.inception(x, "4e", 256, 160, 320, 32, 128, 128)
	x = b.MaxPool(x, 2, Stride(2), Ceil())
	x = b.inception(x, "5a", 256, 160, 320, 32, 128, 128)
	x = b.inception(x, "5b", 384, 192, 384, 48, 128, 128)
	b.Block("head")
	x = b.GlobalPool(x)
	x = b.Dropout(x, 0.2)
	b.Linear(x, classes)
	return b.Build()
}

// inception adds one inception module: four branches side by side, whose channels
// are concatenated. reduce3 and reduce5 are the channels of the 1×1 convolutions
// before the larger filters.
func (b *Builder) inception(x int, label string, out1, reduce3, out3, reduce5, out5, pool int) int {
	b.Block("inception " + label)
	one := b.ConvBNReLU(x, out1, 1, Named("1×1"))
	three := b.ConvBNReLU(x, reduce3, 1, Named("3×3 reduce"))
	three = b.ConvBNReLU(three, out3, 3, Named("3×3"))
	five := b.ConvBNReLU(x, reduce5, 1, Named("5×5 reduce"))
	five = b.ConvBNReLU(five, out5, 3, Named("5×5"))
	pooled := b.MaxPool(x, 3, Stride(1), Pad(1), Ceil(), Named("pool"))
	pooled = b.ConvBNReLU(pooled, pool, 1, Named("pool projection"))
	return b.Name(b.Concat(one, three, five, pooled), "concat")
}

// ResNet18 is the 18-layer residual network (He et al. 2016).
// 11 689 512 parameters and 1 814 073 344 MACs at 3×224×224 with 1000 classes.
func ResNet18(input Shape, classes int) (*Arch, error) {
	b := NewBuilder("ResNet-18", input)
	b.Block("stem")
	x := b.ConvBNReLU(b.In(), 64, 7, Stride(2))
	x = b.MaxPool(x, 3, Stride(2), Pad(1))
	for stage, channels := range []int{64, 128, 256, 512} {
		for unit := range 2 {
			b.Block("block " + strconv.Itoa(stage+1) + "." + strconv.Itoa(unit+1))
			stride := 1
			if stage > 0 && unit == 0 {
				stride = 2
			}
			short := x
			if stride != 1 {
				short = b.ConvBN(x, channels, 1, Stride(stride), Named("shortcut"))
			}
			y := b.ConvBNReLU(x, channels, 3, Stride(stride))
			y = b.ConvBN(y, channels, 3)
			x = b.ReLU(b.Name(b.Add(y, short), "sum"))
		}
	}
	b.Block("head")
	b.Classifier(x, classes)
	return b.Build()
}

// VGG16 is configuration D of Simonyan and Zisserman 2015, without batch norm.
// 138 357 544 parameters and 15 470 264 320 MACs at 3×224×224 with 1000 classes.
func VGG16(input Shape, classes int) (*Arch, error) {
	b := NewBuilder("VGG-16", input)
	x := b.In()
	for i, stage := range [][]int{{64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}} {
		b.Block("stage " + strconv.Itoa(i+1))
		for _, channels := range stage {
			x = b.ReLU(b.Conv(x, channels, 3, Bias(true)))
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

// AlexNet is the one-column network of Krizhevsky 2014.
// 61 100 840 parameters and 714 188 480 MACs at 3×224×224 with 1000 classes.
func AlexNet(input Shape, classes int) (*Arch, error) {
	b := NewBuilder("AlexNet", input)
	b.Block("features")
	x := b.ReLU(b.Conv(b.In(), 64, 11, Stride(4), Pad(2), Bias(true)))
	x = b.MaxPool(x, 3, Stride(2))
	x = b.ReLU(b.Conv(x, 192, 5, Bias(true)))
	x = b.MaxPool(x, 3, Stride(2))
	for _, channels := range []int{384, 256, 256} {
		x = b.ReLU(b.Conv(x, channels, 3, Bias(true)))
	}
	x = b.MaxPool(x, 3, Stride(2))
	b.Block("head")
	x = b.Flatten(x)
	for range 2 {
		x = b.ReLU(b.Linear(b.Dropout(x, 0.5), 4096))
	}
	b.Linear(x, classes)
	return b.Build()
}
