package zoo

import (
	"fmt"

	"github.com/nascent-go/nascent/nasext/arch"
)

// mobile lists the networks of inverted residual blocks.
func mobile() []entry {
	return []entry{
		{
			name: "MobileNetV2", paper: "Sandler et al. 2018", input: imagenet, classes: 1000, build: MobileNetV2,
			params: 3_504_872, macs: 301_000_000, source: torchvision,
		},
		{
			name: "MobileNetV3 small", paper: "Howard et al. 2019", input: imagenet, classes: 1000, build: MobileNetV3Small,
			params: 2_542_856, macs: 57_000_000, source: torchvision,
		},
		{
			name: "MobileNetV3 large", paper: "Howard et al. 2019", input: imagenet, classes: 1000, build: MobileNetV3Large,
			params: 5_483_032, macs: 217_000_000, source: torchvision,
		},
		{
			name: "MNASNet 1.0", paper: "Tan et al. 2019", input: imagenet, classes: 1000, build: MNASNet,
			params: 4_383_312, macs: 314_000_000, source: torchvision,
		},
		{
			name: "EfficientNet-B0", paper: "Tan and Le 2019", input: imagenet, classes: 1000, build: EfficientNetB0,
			params: 5_288_548, macs: 386_000_000, source: torchvision,
		},
	}
}

// MobileNetV2 is the network of table 2 of Sandler et al. 2018 at width 1.
// 3 504 872 parameters and 300 774 272 MACs at 3×224×224 with 1000 classes.
func MobileNetV2(input arch.Shape, classes int) (*arch.Arch, error) {
	return staged("MobileNetV2", input, classes, arch.ReLU6, false, []stage{
		{1, 3, 16, 1, 1},
		{6, 3, 24, 2, 2},
		{6, 3, 32, 3, 2},
		{6, 3, 64, 4, 2},
		{6, 3, 96, 3, 1},
		{6, 3, 160, 3, 2},
		{6, 3, 320, 1, 1},
	})
}

// MNASNet is MnasNet-B1, which was searched for on a phone without squeeze and
// excitation (Tan et al. 2019), at width 1.
// 4 383 312 parameters and 314 415 872 MACs at 3×224×224 with 1000 classes.
func MNASNet(input arch.Shape, classes int) (*arch.Arch, error) {
	return staged("MNASNet 1.0", input, classes, arch.ReLU, false, []stage{
		{1, 3, 16, 1, 1},
		{3, 3, 24, 3, 2},
		{3, 5, 40, 3, 2},
		{6, 5, 80, 3, 2},
		{6, 3, 96, 2, 1},
		{6, 5, 192, 4, 2},
		{6, 3, 320, 1, 1},
	})
}

// EfficientNetB0 is the network of table 1 of Tan and Le 2019, from which the
// larger EfficientNets are scaled.
// 5 288 548 parameters and 385 814 752 MACs at 3×224×224 with 1000 classes.
func EfficientNetB0(input arch.Shape, classes int) (*arch.Arch, error) {
	return staged("EfficientNet-B0", input, classes, arch.SiLU, true, []stage{
		{1, 3, 16, 1, 1},
		{6, 3, 24, 2, 2},
		{6, 5, 40, 2, 2},
		{6, 3, 80, 3, 2},
		{6, 5, 112, 3, 1},
		{6, 5, 192, 4, 2},
		{6, 3, 320, 1, 1},
	})
}

// MobileNetV3Small is the network of table 2 of Howard et al. 2019 at width 1.
// 2 542 856 parameters and 56 510 400 MACs at 3×224×224 with 1000 classes.
func MobileNetV3Small(input arch.Shape, classes int) (*arch.Arch, error) {
	return mobileNetV3("MobileNetV3 small", input, classes, 1024, []bneck{
		{3, 16, 16, se, arch.ReLU, 2},
		{3, 72, 24, no, arch.ReLU, 2},
		{3, 88, 24, no, arch.ReLU, 1},
		{5, 96, 40, se, arch.HardSwish, 2},
		{5, 240, 40, se, arch.HardSwish, 1},
		{5, 240, 40, se, arch.HardSwish, 1},
		{5, 120, 48, se, arch.HardSwish, 1},
		{5, 144, 48, se, arch.HardSwish, 1},
		{5, 288, 96, se, arch.HardSwish, 2},
		{5, 576, 96, se, arch.HardSwish, 1},
		{5, 576, 96, se, arch.HardSwish, 1},
	})
}

// MobileNetV3Large is the network of table 1 of Howard et al. 2019 at width 1.
// 5 483 032 parameters and 216 589 760 MACs at 3×224×224 with 1000 classes.
func MobileNetV3Large(input arch.Shape, classes int) (*arch.Arch, error) {
	return mobileNetV3("MobileNetV3 large", input, classes, 1280, []bneck{
		{3, 16, 16, no, arch.ReLU, 1},
		{3, 64, 24, no, arch.ReLU, 2},
		{3, 72, 24, no, arch.ReLU, 1},
		{5, 72, 40, se, arch.ReLU, 2},
		{5, 120, 40, se, arch.ReLU, 1},
		{5, 120, 40, se, arch.ReLU, 1},
		{3, 240, 80, no, arch.HardSwish, 2},
		{3, 200, 80, no, arch.HardSwish, 1},
		{3, 184, 80, no, arch.HardSwish, 1},
		{3, 184, 80, no, arch.HardSwish, 1},
		{3, 480, 112, se, arch.HardSwish, 1},
		{3, 672, 112, se, arch.HardSwish, 1},
		{5, 672, 160, se, arch.HardSwish, 2},
		{5, 960, 160, se, arch.HardSwish, 1},
		{5, 960, 160, se, arch.HardSwish, 1},
	})
}

// stage is a row of the tables of MobileNetV2, MnasNet and EfficientNet: repeats
// blocks, the first of which has the stride; ratio is of the channels inside a
// block to those that come in.
type stage struct{ ratio, kernel, out, repeats, stride int }

// staged is a network of such stages between a stem of 32 channels and a head of
// 1280; excited ones have squeeze and excitation in each block.
func staged(name string, input arch.Shape, classes int, act arch.Kind, excited bool, stages []stage) (*arch.Arch, error) {
	b := arch.NewBuilder(name, input)
	b.Block("stem")
	x := convBN(b, b.In(), 32, 3, act, arch.Stride(2))
	for i, s := range stages {
		for j := range s.repeats {
			b.Block(fmt.Sprintf("stage %d/block %d", i+1, j+1))
			in := b.Shape(x).C
			block := inverted{kernel: s.kernel, expanded: s.ratio * in, out: s.out, stride: 1, act: act}
			if j == 0 {
				block.stride = s.stride
			}
			if excited {
				block.squeeze, block.squeezeAct, block.gate = max(in/4, 1), act, arch.Sigmoid
			}
			x = block.add(b, x)
		}
	}
	b.Block("head")
	x = convBN(b, x, 1280, 1, act)
	b.Linear(b.Dropout(b.GlobalPool(x), 0.2), classes)
	return b.Build()
}

// bneck is a row of MobileNetV3's tables: one block.
type bneck struct {
	kernel, expanded, out int
	excited               bool
	act                   arch.Kind
	stride                int
}

// Whether a block of MobileNetV3 has squeeze and excitation.
const se, no = true, false

// mobileNetV3 is a MobileNetV3 with so many features before its classifier. A new
// stage begins where the image is halved.
func mobileNetV3(name string, input arch.Shape, classes, features int, rows []bneck) (*arch.Arch, error) {
	b := arch.NewBuilder(name, input)
	b.Block("stem")
	x := convBN(b, b.In(), 16, 3, arch.HardSwish, arch.Stride(2))
	stage, unit := 0, 0
	for i, r := range rows {
		if unit++; i == 0 || r.stride > 1 {
			stage, unit = stage+1, 1
		}
		b.Block(fmt.Sprintf("stage %d/block %d", stage, unit))
		block := inverted{kernel: r.kernel, expanded: r.expanded, out: r.out, stride: r.stride, act: r.act}
		if r.excited {
			block.squeeze, block.squeezeAct, block.gate = nearestMultiple(r.expanded/4, 8), arch.ReLU, arch.HardSigmoid
		}
		x = block.add(b, x)
	}
	b.Block("head")
	x = convBN(b, x, 6*b.Shape(x).C, 1, arch.HardSwish)
	x = b.HardSwish(b.Linear(b.GlobalPool(x), features))
	b.Linear(b.Dropout(x, 0.2), classes)
	return b.Build()
}

// nearestMultiple rounds n to a multiple of d, at least d; and up if rounding down
// would take more than a tenth away.
func nearestMultiple(n, d int) int {
	m := max(d, (n+d/2)/d*d)
	if 10*m < 9*n {
		m += d
	}
	return m
}

// inverted is an inverted residual block: a 1×1 convolution to more channels, unless
// there are as many, a depthwise convolution, squeeze and excitation, if squeeze is
// not 0, and a 1×1 convolution to out channels without activation. Where the shape
// stays, what came in is added.
type inverted struct {
	kernel, expanded, out, stride int
	act                           arch.Kind
	squeeze                       int // channels of squeeze and excitation
	squeezeAct, gate              arch.Kind
}

func (v inverted) add(b *arch.Builder, x int) int {
	y := x
	if v.expanded != b.Shape(x).C {
		y = convBN(b, y, v.expanded, 1, v.act, arch.Named("expand"))
	}
	y = convBN(b, y, v.expanded, v.kernel, v.act, arch.Named("depthwise"), arch.Stride(v.stride), arch.Groups(v.expanded))
	if v.squeeze > 0 {
		y = b.SqueezeExcite(y, v.squeeze, v.squeezeAct, v.gate, arch.Named("excite"))
	}
	y = b.ConvBN(y, v.out, 1, arch.Named("project"))
	if b.Shape(y) != b.Shape(x) {
		return y
	}
	return b.Name(b.Add(y, x), "sum")
}

// convBN adds a convolution, batch norm and an activation.
func convBN(b *arch.Builder, x, out, k int, act arch.Kind, opts ...arch.Option) int {
	return b.Activation(b.ConvBN(x, out, k, opts...), act)
}
