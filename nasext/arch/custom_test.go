package arch_test

import (
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
)

// own is a network with a function of the given name and number of parameters.
func own(t *testing.T, f string, size int) *arch.Arch {
	t.Helper()
	b := arch.NewBuilder("own", arch.Shape{C: 4, H: 6, W: 6})
	b.Classifier(b.Custom(b.In(), f, arch.Shape{C: 2, H: 3, W: 5}, size), 3)
	return built(t, b)
}

func TestCustomIsInferred(t *testing.T) {
	a := own(t, "f", 7)
	infos := inferred(t, a)
	if want := (arch.Info{Out: arch.Shape{C: 2, H: 3, W: 5}, Params: 7}); infos[1] != want {
		t.Errorf("it is %+v, want %+v", infos[1], want)
	}
	fields, err := a.Fields()
	if err != nil {
		t.Fatal(err)
	}
	if f := fields[1]; f.H != 6 || f.W != 6 {
		t.Errorf("it looks at %d×%d pixels, want 6×6", f.H, f.W)
	}
	if got, want := a.Nodes[1].Op.String(), "custom f 3×5 →2 size 7"; got != want {
		t.Errorf("it reads %q, want %q", got, want)
	}
}

func TestCustomRoundTrips(t *testing.T) {
	for _, f := range []string{"swish", "with (odd), signs=1"} {
		a := own(t, f, 3)
		for _, back := range readBack(t, a) {
			if back.Nodes[1].Op != a.Nodes[1].Op || back.Hash() != a.Hash() {
				t.Errorf("%v came back as %v", a.Nodes[1].Op, back.Nodes[1].Op)
			}
		}
	}
}

// Which function it is counts for both fingerprints, and so does how many parameters it has.
func TestCustomFingerprint(t *testing.T) {
	f := fingerprints(t, own(t, "f", 3))
	for _, other := range []*arch.Arch{own(t, "g", 3), own(t, "f", 4)} {
		if h := fingerprints(t, other); h[0] == f[0] || h[1] == f[1] {
			t.Errorf("%v has the fingerprints of another function", other.Nodes[1].Op)
		}
	}
}

func TestCustomErrors(t *testing.T) {
	in := arch.Shape{C: 2, H: 4, W: 4}
	for _, c := range []struct {
		op   arch.Op
		want string
	}{
		{arch.Op{Kind: arch.Custom, Out: 1, KH: 1, KW: 1}, "node 1 (custom “f”): has no func; name the function"},
		{arch.Op{Kind: arch.Custom, Func: "f", Out: 1, KH: 1}, "kw is 0; it must be 1 to"},
		{arch.Op{Kind: arch.Custom, Func: "f", Out: 1, KH: 1, KW: 1, Size: -1}, "size is -1; it must be 0 to"},
		{arch.Op{Kind: arch.ReLU, Func: "f"}, "has the setting func, which means nothing for relu"},
	} {
		a := &arch.Arch{Input: in, Nodes: []arch.Node{{Name: "in", Op: arch.Op{Kind: arch.Input}}, {Name: "f", Op: c.op, In: []int{0}}}}
		if err := a.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %v, want it to hold %q", err, c.want)
		}
	}
}
