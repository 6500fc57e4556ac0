package arch_test

import (
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
)

// The counts are those of torchvision's models, by the rule of Infer.
func TestZooCounts(t *testing.T) {
	for _, want := range []struct {
		name         string
		build        func(arch.Shape, int) (*arch.Arch, error)
		params, macs int64
	}{
		{"GoogLeNet", arch.GoogLeNet, 6_624_904, 1_498_376_192},
		{"ResNet-18", arch.ResNet18, 11_689_512, 1_814_073_344},
		{"VGG-16", arch.VGG16, 138_357_544, 15_470_264_320},
		{"AlexNet", arch.AlexNet, 61_100_840, 714_188_480},
	} {
		t.Run(want.name, func(t *testing.T) {
			a, err := want.build(arch.Shape{C: 3, H: 224, W: 224}, 1000)
			if err != nil {
				t.Fatal(err)
			}
			if a.Name != want.name {
				t.Errorf("name is %q, want %q", a.Name, want.name)
			}
			if n, err := a.Params(); n != want.params || err != nil {
				t.Errorf("params = %d, %v; want %d", n, err, want.params)
			}
			if n, err := a.MACs(); n != want.macs || err != nil {
				t.Errorf("MACs = %d, %v; want %d", n, err, want.macs)
			}
			if s, err := a.Output(); s != (arch.Shape{C: 1000, H: 1, W: 1}) || err != nil {
				t.Errorf("output = %v, %v; want 1000×1×1", s, err)
			}
		})
	}
}

// A network that is too deep for its input says where it broke, once.
func TestZooTooSmallInput(t *testing.T) {
	_, err := arch.VGG16(arch.Shape{C: 3, H: 16, W: 16}, 10)
	if err == nil {
		t.Fatal("VGG-16 on 16×16 was built; its fifth pooling has nothing left to pool")
	}
	const want = `arch: node 31 (maxpool “stage 5/maxpool 1”): a window of 2×2 does not fit on 512×1×1 padded by 0; make it smaller, pad more or pool less before it`
	if err.Error() != want {
		t.Errorf("error is\n%v\nwant\n%v", err, want)
	}
}
