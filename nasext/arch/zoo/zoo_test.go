package zoo_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/zoo"
)

// counted is a network as testdata/count.py counts it in torchvision.
type counted struct {
	Name         string
	Params, MACs int64
	Layers       map[string]int // those of inference, each with how often it is there
}

func torchvision(t *testing.T) []counted {
	t.Helper()
	data, err := os.ReadFile("testdata/torchvision.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Networks []counted }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file.Networks
}

// What is counted from the graph is what torchvision's modules count, in total and
// layer by layer.
func TestTorchvision(t *testing.T) {
	for _, want := range torchvision(t) {
		t.Run(want.Name, func(t *testing.T) {
			a, err := zoo.Build(want.Name)
			if err != nil {
				t.Fatal(err)
			}
			if a.Name != want.Name {
				t.Errorf("the name is %q", a.Name)
			}
			if n, err := a.Params(); n != want.Params || err != nil {
				t.Errorf("params = %d, %v; want %d", n, err, want.Params)
			}
			if n, err := a.MACs(); n != want.MACs || err != nil {
				t.Errorf("MACs = %d, %v; want %d", n, err, want.MACs)
			}
			infos, err := a.Infer()
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int{}
			for i, n := range a.Nodes {
				if line := layer(n, infos, i); line != "" && !infos[i].Aux {
					got[line]++
				}
			}
			for _, line := range slices.Sorted(maps.Keys(got)) {
				if got[line] != want.Layers[line] {
					t.Errorf("there are %d of “%s”, want %d", got[line], line, want.Layers[line])
				}
			}
			for _, line := range slices.Sorted(maps.Keys(want.Layers)) {
				if got[line] == 0 {
					t.Errorf("there is no “%s”, want %d", line, want.Layers[line])
				}
			}
		})
	}
}

// layer describes a node as testdata/count.py describes a module.
func layer(n arch.Node, infos []arch.Info, i int) string {
	o, out := n.Op.WithDefaults(), infos[i].Out
	bias := 0
	if o.Bias {
		bias = 1
	}
	switch o.Kind {
	case arch.Conv:
		return fmt.Sprintf("conv %dx%d %d>%d stride %d pad %dx%d dilation %d groups %d bias %d to %dx%d",
			o.KH, o.KW, infos[n.In[0]].Out.C, o.Out, o.Stride, o.PadH, o.PadW, o.Dilation, o.Groups, bias, out.H, out.W)
	case arch.Linear:
		return fmt.Sprintf("linear %d>%d bias %d", infos[n.In[0]].Out.C, o.Out, bias)
	case arch.BatchNorm:
		return fmt.Sprintf("batchnorm %d on %dx%d", out.C, out.H, out.W)
	case arch.MaxPool:
		return fmt.Sprintf("maxpool %d stride %d to %dx%dx%d", o.KH, o.Stride, out.C, out.H, out.W)
	case arch.ReLU6, arch.SiLU, arch.HardSwish, arch.HardSigmoid, arch.Sigmoid:
		return fmt.Sprintf("%s on %dx%dx%d", o.Kind, out.C, out.H, out.W)
	}
	return ""
}

// The numbers of the literature for torchvision's networks: the rule of counting is
// that of arch.Arch.Infer, auxiliary heads included in the parameters.
func TestKnownCounts(t *testing.T) {
	for _, want := range []struct {
		name         string
		params, macs int64
	}{
		{"GoogLeNet", 6_624_904, 1_498_376_192},
		{"GoogLeNet with auxiliary heads", 13_004_888, 1_498_376_192},
		{"MobileNetV2", 3_504_872, 300_774_272},
		{"ResNet-18", 11_689_512, 1_814_073_344},
		{"ResNet-50", 25_557_032, 4_089_184_256},
		{"AlexNet", 61_100_840, 714_188_480},
		{"VGG-16", 138_357_544, 15_470_264_320},
		{"EfficientNet-B0", 5_288_548, 385_814_752},
		{"MobileNetV3 large", 5_483_032, 216_589_760},
		{"SqueezeNet 1.1", 1_235_496, 349_151_936},
	} {
		a, err := zoo.Build(want.name)
		if err != nil {
			t.Error(err)
			continue
		}
		params, err := a.Params()
		if err != nil {
			t.Error(err)
		}
		macs, err := a.MACs()
		if err != nil {
			t.Error(err)
		}
		if params != want.params || macs != want.macs {
			t.Errorf("%s has %d parameters and %d MACs, want %d and %d", want.name, params, macs, want.params, want.macs)
		}
	}
}

// Every network of the table is what is published of it, to the digits that are
// published, and gives one number a class.
func TestList(t *testing.T) {
	table, err := zoo.List()
	if err != nil {
		t.Fatal(err)
	}
	if len(table) < 14 {
		t.Errorf("the table has %d networks", len(table))
	}
	seen := map[string]bool{}
	for _, n := range table {
		if seen[n.Name] {
			t.Errorf("%s stands there twice", n.Name)
		}
		seen[n.Name] = true
		a, err := zoo.Build(n.Name)
		if err != nil {
			t.Error(err)
			continue
		}
		if s, err := a.Output(); s != (arch.Shape{C: n.Classes, H: 1, W: 1}) || err != nil {
			t.Errorf("the output of %s is %v, %v; want %d classes", n.Name, s, err, n.Classes)
		}
		if a.Name != n.Name || a.Input != n.Input {
			t.Errorf("%s on %v is built as %s on %v", n.Name, n.Input, a.Name, a.Input)
		}
		if (n.PublishedParams != 0 || n.PublishedMACs != 0) == (n.Source == "") {
			t.Errorf("%s: published figures and their source go together; the source is %q", n.Name, n.Source)
		}
		if n.Source != "torchvision 0.29" {
			continue
		}
		if n.Params != n.PublishedParams {
			t.Errorf("%s has %d parameters, published are %d", n.Name, n.Params, n.PublishedParams)
		}
		const million = 1_000_000
		if (n.MACs+million/2)/million*million != n.PublishedMACs {
			t.Errorf("%s has %d MACs, published are %d", n.Name, n.MACs, n.PublishedMACs)
		}
	}
	text := table.String()
	if got := strings.Count(text, "\n"); got != len(table)+1 {
		t.Errorf("the table has %d lines, want a header and %d:\n%s", got, len(table), text)
	}
	for _, want := range []string{"6 624 904 6 624 904 1 498 376 192 1.498G torchvision 0.29 Szegedy et al. 2015", "13 004 888 – 1 498"} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("the table does not hold %q:\n%s", want, text)
		}
	}
}

func TestBuildByName(t *testing.T) {
	for _, name := range []string{"resnet50", "ResNet-50", "RESNET_50"} {
		if a, err := zoo.Build(name); err != nil || a.Name != "ResNet-50" {
			t.Errorf("%s is %v, %v", name, a, err)
		}
	}
	const want = `zoo: there is no network "LeNet"; there are AlexNet, VGG-16, GoogLeNet,`
	if _, err := zoo.Build("LeNet"); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error is\n%v\nwant it to begin with\n%v", err, want)
	}
}

// A network that is too deep for its input says where it broke, once.
func TestTooSmallInput(t *testing.T) {
	_, err := zoo.VGG16(arch.Shape{C: 3, H: 16, W: 16}, 10)
	if err == nil {
		t.Fatal("VGG-16 on 16×16 was built; its fifth pooling has nothing left to pool")
	}
	const want = `arch: node 31 (maxpool “stage 5/maxpool 1”): a window of 2×2 does not fit on 512×1×1 padded by 0; make it smaller, pad more or pool less before it`
	if err.Error() != want {
		t.Errorf("error is\n%v\nwant\n%v", err, want)
	}
}

// Every network is one for other images and classes, too, or says why not.
func TestOtherInputs(t *testing.T) {
	for name, build := range map[string]func(arch.Shape, int) (*arch.Arch, error){
		"GoogLeNet": zoo.GoogLeNet, "ResNet-18": zoo.ResNet18, "ResNet-50": zoo.ResNet50, "DenseNet-121": zoo.DenseNet121,
		"SqueezeNet 1.1": zoo.SqueezeNet11, "MobileNetV2": zoo.MobileNetV2, "MobileNetV3 small": zoo.MobileNetV3Small,
		"MobileNetV3 large": zoo.MobileNetV3Large, "MNASNet 1.0": zoo.MNASNet, "EfficientNet-B0": zoo.EfficientNetB0,
		"ShuffleNetV2 ×1.0": zoo.ShuffleNetV2,
	} {
		a, err := build(arch.Shape{C: 1, H: 64, W: 96}, 7)
		if err != nil {
			t.Errorf("%s on 1×64×96: %v", name, err)
			continue
		}
		if s, err := a.Output(); s != (arch.Shape{C: 7, H: 1, W: 1}) || err != nil {
			t.Errorf("the output of %s is %v, %v; want 7 numbers", name, s, err)
		}
		for _, classes := range []int{0, -1} {
			if _, err := build(arch.Shape{C: 3, H: 64, W: 64}, classes); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("out is %d; it must be 1 to", classes)) {
				t.Errorf("%s with %d classes: %v", name, classes, err)
			}
		}
		if _, err := build(arch.Shape{C: 3}, 10); err == nil || strings.Count(err.Error(), "\n") > 0 {
			t.Errorf("%s on 3×0×0: %v; want one error", name, err)
		}
	}
}

func BenchmarkList(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := zoo.List(); err != nil {
			b.Fatal(err)
		}
	}
}
