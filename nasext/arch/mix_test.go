package arch_test

import (
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
)

// mixture mixes x with other nodes, twice, by the given names.
func mixture(first, second string, gate arch.Gate) *arch.Builder {
	b := arch.NewBuilder("mixture", arch.Shape{C: 4, H: 6, W: 6})
	x := b.In()
	for _, alpha := range []string{first, second} {
		x = b.Mix(alpha, gate, []int{b.Zero(x), b.Identity(x), b.ConvBN(x, 4, 3)})
	}
	b.Classifier(x, 3)
	return b
}

// A convolution of 3×3 on four channels has 144 weights and its batch norm 8, the
// classifier 15. Mixing numbers count once for each name.
func TestMixIsCounted(t *testing.T) {
	for _, c := range []struct {
		second string
		want   int64
	}{{"a", 3}, {"b", 6}} {
		a, err := mixture("a", c.second, "").Build()
		if err != nil {
			t.Fatal(err)
		}
		if n, err := a.Alphas(); n != c.want || err != nil {
			t.Errorf("with alphas a and %s: %d mixing numbers, %v; want %d", c.second, n, err, c.want)
		}
		if n, err := a.Params(); n != 2*(144+8)+15 || err != nil {
			t.Errorf("with alphas a and %s: %d parameters, %v; want 319", c.second, n, err)
		}
	}
}

func TestMixRoundTrips(t *testing.T) {
	for _, gate := range append(arch.Gates(), "") {
		a, err := mixture("normal 0→2, (odd)", "b", gate).Build()
		if err != nil {
			t.Fatal(err)
		}
		text, err := a.Text()
		if err != nil {
			t.Fatal(err)
		}
		for _, back := range readBack(t, a) {
			if again, err := back.Text(); err != nil || again != text {
				t.Errorf("%v, %s instead of %s", err, again, text)
			}
			if back.Hash() != a.Hash() {
				t.Errorf("the fingerprint of %q has changed", gate)
			}
		}
	}
}

// Which nodes share their mixing numbers counts, and what those are called does not.
func TestMixFingerprint(t *testing.T) {
	hashes := func(first, second string, gate arch.Gate) [2]string {
		a, err := mixture(first, second, gate).Build()
		if err != nil {
			t.Fatal(err)
		}
		return fingerprints(t, a)
	}
	own := hashes("a", "b", arch.Softmax)
	for _, same := range [][2]string{hashes("b", "a", ""), hashes("x", "y", arch.Softmax)} {
		if same != own {
			t.Errorf("other names: %v instead of %v", same, own)
		}
	}
	for _, other := range [][2]string{hashes("a", "a", arch.Softmax), hashes("a", "b", arch.Logistic)} {
		if other[0] == own[0] || other[1] == own[1] {
			t.Errorf("another mixture has the fingerprint %v, too", other)
		}
	}
}

func TestMixErrors(t *testing.T) {
	in := arch.Shape{C: 2, H: 4, W: 4}
	for _, c := range []struct {
		build func(b *arch.Builder)
		want  string
	}{
		{func(b *arch.Builder) { b.Mix("", "", []int{0}) }, "node 1 (mix “mix 1”): has no alpha; name the numbers"},
		{func(b *arch.Builder) { b.Mix("a", "tanh", []int{0}) }, `has the gate "tanh"; the gates are softmax, sigmoid, linear and sparse`},
		{func(b *arch.Builder) { b.Mix("a", "", nil) }, "has 0 inputs; a mix needs one or more inputs"},
		{func(b *arch.Builder) { b.Mix("a", "", []int{0, b.MaxPool(0, 2)}) }, "inputs have shapes 2×4×4 and 2×2×2; a mix needs equal shapes"},
		{func(b *arch.Builder) { b.Mix("a", "", []int{b.Mix("a", "", []int{0}), 0}) }, "mixes 2 inputs with the gate softmax by alpha “a”, which an earlier node names for 1 inputs with the gate softmax"},
		{func(b *arch.Builder) { b.Mix("a", arch.AsIs, []int{b.Mix("a", "", []int{0})}) }, "nodes that share an alpha must have as many inputs and one gate"},
	} {
		b := arch.NewBuilder("", in)
		c.build(b)
		if _, err := b.Build(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %v, want it to hold %q", err, c.want)
		}
	}
	a := &arch.Arch{Input: in, Nodes: []arch.Node{{Name: "in", Op: arch.Op{Kind: arch.Input}}, {Name: "r", Op: arch.Op{Kind: arch.ReLU, Alpha: "a"}, In: []int{0}}}}
	if err := a.Check(); err == nil || !strings.Contains(err.Error(), "has the setting alpha, which means nothing for relu") {
		t.Errorf("error is %v", err)
	}
}
