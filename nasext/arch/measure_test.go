package arch_test

import (
	"math/rand/v2"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/zoo"
)

type build func(input arch.Shape, classes int) (*arch.Arch, error)

func imagenet(t testing.TB, f build) *arch.Arch {
	t.Helper()
	a, err := f(arch.Shape{C: 3, H: 224, W: 224}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// The networks are named after their layers with weights.
func TestDepthIsWhatNetworksAreNamedAfter(t *testing.T) {
	for _, c := range []struct {
		name   string
		build  build
		layers int
	}{
		{"AlexNet (8 layers, §3.5)", zoo.AlexNet, 8}, {"VGG-16", zoo.VGG16, 16}, {"ResNet-18", zoo.ResNet18, 18},
		{"ResNet-50", zoo.ResNet50, 50}, {"DenseNet-121", zoo.DenseNet121, 121}, {"GoogLeNet (22 layers, §5)", zoo.GoogLeNet, 22},
	} {
		_, layers, err := imagenet(t, c.build).Depth()
		if err != nil || layers != c.layers {
			t.Errorf("%s: %d layers with weights, %v", c.name, layers, err)
		}
	}
	// small: a or b, sum, pool, flat, out.
	if nodes, layers, err := small().Depth(); nodes != 5 || layers != 2 || err != nil {
		t.Errorf("small: %d nodes, %d layers, %v; want 5 and 2", nodes, layers, err)
	}
}

func TestPeak(t *testing.T) {
	// VGG-16: two images of 64 channels at full size, when its first rectifier is computed.
	if p, err := imagenet(t, zoo.VGG16).Peak(); err != nil || p.Elems != 2*64*224*224 || p.Node != 2 || p.Bytes() != 4*p.Elems {
		t.Errorf("VGG-16: %+v, %v", p, err)
	}
	// small: at the sum, a, b and the sum; the input is not needed any more.
	if p, err := small().Peak(); err != nil || p != (arch.Peak{Elems: 3 * 16 * 64, Node: 3}) {
		t.Errorf("small: %+v, %v", p, err)
	}
	// With the image taken once more at the end, it is held all the time.
	a := small()
	a.Nodes = append(a.Nodes[:5:5],
		arch.Node{Name: "vector", Op: arch.Op{Kind: arch.GlobalPool}, In: []int{4}},
		arch.Node{Name: "image", Op: arch.Op{Kind: arch.GlobalPool}, In: []int{0}},
		arch.Node{Name: "both", Op: arch.Op{Kind: arch.Concat}, In: []int{5, 6}})
	if p, err := a.Peak(); err != nil || p != (arch.Peak{Elems: 64 + 3*16*64, Node: 3}) {
		t.Errorf("with the image held: %+v, %v", p, err)
	}
}

// For every moment, all values are asked whether they are still needed.
func TestPeakByAsking(t *testing.T) {
	d := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		a := random(d, 3+d.IntN(25))
		infos := inferred(t, a)
		var want arch.Peak
		for now := range a.Nodes {
			var live int64
			for v := 0; v <= now; v++ {
				needed := v == now
				for later := now; later < len(a.Nodes); later++ {
					for _, from := range a.Nodes[later].In {
						needed = needed || from == v && !infos[later].Aux
					}
				}
				if needed && !infos[v].Aux {
					live += int64(infos[v].Out.C * infos[v].Out.H * infos[v].Out.W)
				}
			}
			if live > want.Elems {
				want = arch.Peak{Elems: live, Node: now}
			}
		}
		if got, err := a.Peak(); got != want || err != nil {
			t.Fatalf("peak is %+v, %v; want %+v of\n%v", got, err, want, a)
		}
	}
}

func TestMeasuresOfAMistake(t *testing.T) {
	bad := small()
	bad.Nodes[3].In = nil
	const want = "arch: node 3 (add “sum”): has 0 inputs; an add needs two or more inputs"
	_, errPeak := bad.Peak()
	_, _, errDepth := bad.Depth()
	_, errFields := bad.Fields()
	for _, err := range []error{errPeak, errDepth, errFields} {
		if err == nil || err.Error() != want {
			t.Errorf("error is %v, want %s", err, want)
		}
	}
}
