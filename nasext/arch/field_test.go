package arch_test

import (
	"math/rand/v2"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/zoo"
)

// mobileNet is MobileNet v1 (Howard et al. 2017) at one channel, as TF-Slim pads it.
func mobileNet(input arch.Shape, classes int) (*arch.Arch, error) {
	b := arch.NewBuilder("MobileNet", input)
	x := b.In()
	for _, stride := range []int{2, 1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1} {
		x = b.Conv(x, 1, 3, arch.Stride(stride), arch.Same())
	}
	b.Classifier(x, classes)
	return b.Build()
}

// caffeResNet50 is ResNet-50 as it was published first, with the strides in the 1×1
// convolutions, at one channel.
func caffeResNet50(input arch.Shape, classes int) (*arch.Arch, error) {
	b := arch.NewBuilder("ResNet-50", input)
	x := b.MaxPool(b.Conv(b.In(), 1, 7, arch.Stride(2)), 3, arch.Stride(2), arch.Pad(1))
	for stage, units := range []int{3, 4, 6, 3} {
		for unit := range units {
			stride := 1
			if unit == 0 && stage > 0 {
				stride = 2
			}
			y := b.Conv(b.Conv(b.Conv(x, 1, 1, arch.Stride(stride)), 1, 3), 1, 1)
			x = b.Add(y, b.Conv(x, 1, 1, arch.Stride(stride)))
		}
	}
	b.Classifier(x, classes)
	return b.Build()
}

// The published figures: Araujo et al. 2019, table 1, and for single layers of VGG-16
// the sums that the literature gives. ResNet-18's and torchvision's ResNet-50, which
// strides in its 3×3 filters, are sums by hand: 11, +4·8, +8+3·16, +16+3·32, +32+3·64
// and 11, +3·8, +8+3·16, +16+5·32, +32+2·64.
func TestFieldsOfPublishedNetworks(t *testing.T) {
	for _, c := range []struct {
		name         string
		build        build
		layer        string // the node, or "" for the last before the image becomes a vector
		size, stride int
	}{
		{"AlexNet", zoo.AlexNet, "", 195, 32},
		{"VGG-16", zoo.VGG16, "", 212, 32},
		{"VGG-16", zoo.VGG16, "stage 5/conv 3", 196, 16},
		{"VGG-16", zoo.VGG16, "stage 4/conv 3", 92, 8},
		{"VGG-16", zoo.VGG16, "stage 3/conv 3", 40, 4},
		{"MobileNet", mobileNet, "", 315, 32},
		{"ResNet-50 of Caffe", caffeResNet50, "", 483, 32},
		{"ResNet-18", zoo.ResNet18, "", 435, 32},
		{"ResNet-50", zoo.ResNet50, "", 427, 32},
	} {
		a := imagenet(t, c.build)
		fields, err := a.Fields()
		if err != nil {
			t.Fatal(err)
		}
		at := -1
		for i, n := range a.Nodes {
			if at < 0 && (n.Name == c.layer || c.layer == "" && (n.Op.Kind == arch.GlobalPool || n.Op.Kind == arch.Flatten)) {
				at = i
			}
		}
		if at < 0 {
			t.Fatalf("%s has no %s", c.name, c.layer)
		}
		if c.layer == "" {
			at = a.Nodes[at].In[0]
		}
		f := fields[at]
		if f.H != c.size || f.W != c.size || f.StrideH != c.stride || f.StrideW != c.stride {
			t.Errorf("%s %s: %+v, want size %d and stride %d", c.name, a.Nodes[at].Name, f, c.size, c.stride)
		}
	}
}

// What VGG-16 and MobileNet pad in all before the image, by the same table: 90 and 126.
func TestFieldsBeginInThePadding(t *testing.T) {
	for _, c := range []struct {
		build build
		want  int
	}{{zoo.VGG16, -90}, {mobileNet, -126}} {
		a := imagenet(t, c.build)
		fields, err := a.Fields()
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range a.Nodes {
			if n.Op.Kind == arch.Flatten || n.Op.Kind == arch.GlobalPool {
				if f := fields[n.In[0]]; f.Top != c.want || f.Left != c.want {
					t.Errorf("%s begins at %d, %d; want %d", a.Name, f.Top, f.Left, c.want)
				}
			}
		}
	}
}

// Random networks on a strip of pixels: which pixels of the input each pixel depends on
// is followed one by one, and where that lies inside the strip, the field is the
// smallest rectangle that holds it.
func TestFieldsByFollowingPixels(t *testing.T) {
	d := rand.New(rand.NewPCG(3, 4))
	compared := 0
	for range 300 {
		a := &arch.Arch{Input: arch.Shape{C: 2, H: 1, W: 60}, Nodes: []arch.Node{{Name: "input", Op: arch.Op{Kind: arch.Input}}}}
		for len(a.Nodes) < 9 {
			n := arch.Node{Name: string(rune('a' + len(a.Nodes))), Op: flat(randomOp(d))}
			n.In = []int{max(0, len(a.Nodes)-1-d.IntN(3))}
			if n.Op.Kind == arch.Add || n.Op.Kind == arch.Mix || n.Op.Kind == arch.Mul || n.Op.Kind == arch.Concat {
				n.In = append(n.In, max(0, len(a.Nodes)-1-d.IntN(3)))
			}
			grow(a, n)
		}
		infos := inferred(t, a)
		fields, err := a.Fields()
		if err != nil {
			t.Fatal(err)
		}
		for i, seen := range follow(a, infos) {
			f := fields[i]
			for x, pixels := range seen {
				first := f.Left + x*f.StrideW
				if f.W == 0 {
					if len(pixels) > 0 {
						t.Fatalf("node %s depends on nothing, but pixel %d on %v:\n%v", a.Nodes[i].Name, x, pixels, a)
					}
					continue
				}
				if first < 0 || first+f.W > 60 {
					continue
				}
				compared++
				lo, hi := 60, -1
				for p := range pixels {
					lo, hi = min(lo, p), max(hi, p)
				}
				if lo != first || hi != first+f.W-1 {
					t.Fatalf("node %s, pixel %d depends on pixels %d to %d; the field is %d to %d of\n%v", a.Nodes[i].Name, x, lo, hi, first, first+f.W-1, a)
				}
			}
		}
	}
	if compared < 10000 {
		t.Errorf("only %d pixels were compared", compared)
	}
}

// flat is an operation for images one pixel high, without what gives all pixels one
// field and without shifts, crops and functions, which end an image inside of the input.
func flat(o arch.Op) arch.Op {
	if o.KH > 0 {
		o.KH, o.PadH = 1, 0
	}
	switch o.Kind {
	case arch.ZeroPad:
		o.PadH = 0
	case arch.Shift, arch.Crop, arch.GlobalPool, arch.Custom:
		return arch.Op{Kind: arch.Identity}
	}
	return o
}

// follow says for each node and each of its pixels which pixels of the input it depends on.
func follow(a *arch.Arch, infos []arch.Info) [][]map[int]bool {
	seen := make([][]map[int]bool, len(a.Nodes))
	for i, n := range a.Nodes {
		o := n.Op.WithDefaults()
		for x := range infos[i].Out.W {
			pixels := map[int]bool{}
			take := func(from, at int) {
				if at >= 0 && at < len(seen[from]) {
					for p := range seen[from][at] {
						pixels[p] = true
					}
				}
			}
			switch o.Kind {
			case arch.Input:
				pixels[x] = true
			case arch.Zero:
			case arch.Conv, arch.MaxPool, arch.AvgPool:
				_, left := o.Leading(infos[n.In[0]].Out)
				across := o.Stride
				if o.Kind == arch.Conv {
					across = o.StrideW
				}
				for tap := range o.KW {
					take(n.In[0], x*across-left+tap*max(o.Dilation, 1))
				}
			case arch.ZeroPad:
				take(n.In[0], x-o.PadW/2)
			default:
				for _, from := range n.In {
					take(from, x)
				}
			}
			seen[i] = append(seen[i], pixels)
		}
	}
	return seen
}

// Behind squeeze and excitation every pixel depends on the whole image, and what
// shifts and means do stands here.
func TestFieldsOfGatesAndMeans(t *testing.T) {
	b := arch.NewBuilder("", arch.Shape{C: 4, H: 9, W: 8})
	x := b.Shift(b.Conv(b.In(), 4, 3, arch.Stride(2)))
	se := b.SqueezeExcite(x, 2, arch.ReLU, arch.Sigmoid)
	after := b.Conv(se, 4, 3)
	zero := b.Zero(x)
	sum := b.Add(zero, x)
	b.Classifier(after, 10)
	a := built(t, b)
	fields, err := a.Fields()
	if err != nil {
		t.Fatal(err)
	}
	// The convolution's 5×4 pixels see rows -1…1, 1…3, … 7…9; shifted by a pixel 1…3, … 9…11.
	moved := arch.Field{H: 3, W: 3, Top: 1, Left: 1, StrideH: 2, StrideW: 2}
	whole := arch.Field{H: 11, W: 9, Top: 1, Left: 1}
	for _, c := range []struct {
		node int
		want arch.Field
	}{{x, moved}, {se, whole}, {after, whole}, {zero, arch.Field{StrideH: 2, StrideW: 2}}, {sum, moved}, {len(fields) - 1, whole}} {
		if fields[c.node] != c.want {
			t.Errorf("%s: %+v, want %+v", a.Nodes[c.node].Name, fields[c.node], c.want)
		}
	}
}

// A crop moves the fields by what it cuts off; strides down and across count apart.
func TestFieldsOfCropsAndStrides(t *testing.T) {
	b := arch.NewBuilder("", arch.Shape{C: 1, H: 12, W: 12})
	x := b.Conv(b.In(), 2, 3, arch.StrideHW(1, 3))
	x = b.Crop(x, 2, 4, 2)
	b.Linear(b.Flatten(x), 2)
	a := built(t, b)
	fields, err := a.Fields()
	if err != nil {
		t.Fatal(err)
	}
	if want := (arch.Field{H: 3, W: 3, Top: 1, Left: 5, StrideH: 1, StrideW: 3}); fields[x] != want {
		t.Errorf("the field is %+v, want %+v", fields[x], want)
	}
}
