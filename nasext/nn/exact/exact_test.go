package exact

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/engine"
	"github.com/nascent-go/nascent/nasext/nn/grad"
	"github.com/nascent-go/nascent/nasext/seed"
)

// networks have between them every kind of operation but dropout, with both conventions
// of padding, an auxiliary head and a branch that is not used.
func networks(t *testing.T) []*arch.Arch {
	t.Helper()
	in := arch.Shape{C: 4, H: 7, W: 6}
	all := []func(b *arch.Builder, x int) int{
		func(b *arch.Builder, x int) int {
			x = b.ConvBNReLU(x, 6, 3, arch.Stride(2))
			return b.MaxPool(b.Conv(x, 4, 3, arch.Dilate(2), arch.Pad(2), arch.Groups(2), arch.Bias(true)), 2)
		},
		func(b *arch.Builder, x int) int {
			y := b.Conv(x, 4, 3, arch.Same(), arch.StrideHW(2, 1))
			return b.Concat(b.AvgPool(y, 3, arch.Stride(2), arch.Pad(1)), b.MaxPool(y, 3, arch.Stride(2), arch.Pad(1)), b.AvgPool(y, 3, arch.Same(), arch.Stride(2)))
		},
		func(b *arch.Builder, x int) int {
			return b.MaxPool(b.BatchNorm(x, arch.Fixed()), 3, arch.Ceil(), arch.Stride(2))
		},
	}
	for _, k := range []arch.Kind{arch.ReLU6, arch.Tanh, arch.Sigmoid, arch.HardSigmoid, arch.SiLU, arch.HardSwish} {
		all = append(all, func(b *arch.Builder, x int) int { return b.Activation(x, k) })
	}
	all = append(all,
		func(b *arch.Builder, x int) int { return b.Shift(b.Identity(x)) },
		func(b *arch.Builder, x int) int { return b.Shuffle(x, 2) },
		func(b *arch.Builder, x int) int { return b.Slice(x, 1, 2) },
		func(b *arch.Builder, x int) int { return b.Crop(x, 1, 3, 2) },
		func(b *arch.Builder, x int) int { return b.ZeroPad(x, 3, 1) },
		func(b *arch.Builder, x int) int { return b.Zero(x, arch.Stride(2)) },
	)
	for _, g := range arch.Gates() {
		all = append(all, func(b *arch.Builder, x int) int { // the first two mixes share their numbers
			conv := b.BatchNorm(b.Conv(x, 4, 3, arch.Pad(1)))
			one := b.Mix("a", g, []int{b.Zero(x), conv, x})
			two := b.Mix("a", g, []int{b.BatchNorm(x, arch.Fixed()), one, b.ReLU(conv)})
			return b.Mix("b", g, []int{one, b.BatchNorm(two)})
		})
	}
	var archs []*arch.Arch
	for _, f := range all {
		b := arch.NewBuilder("test", in)
		x := b.Conv(b.In(), 4, 1, arch.Bias(true))
		gate := b.Sigmoid(b.GlobalPool(x))
		x = f(b, b.Add(b.In(), b.Mul(x, gate)))
		b.Aux(b.Linear(b.GlobalPool(x), 3))
		b.Linear(b.Flatten(x), 3)
		a, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		archs = append(archs, a)
	}
	return archs
}

// TestEngine compares outputs and gradients with those of engine cpu.
func TestEngine(t *testing.T) {
	for i, a := range networks(t) {
		n, err := nn.New(a, uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		testEngine(t, n, New(n), 2e-5)
		wide, err := nn.New64(a, uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		testEngine(t, wide, New64(wide), 1e-11)
	}
}

func testEngine[T engine.Float](t *testing.T, n *nn.NetworkOf[T], m *Model, tolerance float64) {
	t.Helper()
	const batch = 5
	labels := []int{0, 2, 1, 1, 0}
	a := n.Arch()
	d := seed.Stream(1, "inputs", a.Hash())
	x, wide := make([]T, batch*a.Input.Elems()), make([]float64, batch*a.Input.Elems())
	for j := range x {
		x[j] = T(d.NormFloat64())
		wide[j] = float64(x[j])
	}
	compare := func(what string, got []T, want *grad.Tensor) {
		t.Helper()
		numbers, err := want.Data()
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range numbers {
			if math.Abs(float64(got[i])-w) > tolerance*max(1, math.Abs(w)) {
				t.Fatalf("%v: %s at %d: the engine says %v, exactly it is %v", a.Nodes[5].Op, what, i, got[i], w)
			}
		}
	}
	in := grad.Const(wide, batch, a.Input.C, a.Input.H, a.Input.W)
	for _, train := range []bool{false, true} {
		got, err := n.Forward(x, train)
		if err != nil {
			t.Fatal(err)
		}
		compare("outputs", got, m.Forward(in, train))
	}
	if _, err := n.Gradients(x, labels); err != nil {
		t.Fatal(err)
	}
	for j, g := range grad.Grad(m.Loss(in, labels), m.Params()...) {
		compare(n.Params()[j].Name, n.Params()[j].G, g)
	}
	for j, g := range grad.Grad(m.Loss(in, labels), m.Alphas()...) {
		compare(n.Alphas()[j].Name, n.Alphas()[j].G, g)
	}
}

// TestSubstitute differentiates through what stands in a weight's place, and takes batch
// norm away.
func TestSubstitute(t *testing.T) {
	b := arch.NewBuilder("small", arch.Shape{C: 2, H: 3, W: 3})
	b.Linear(b.GlobalPool(b.BatchNorm(b.Conv(b.In(), 4, 3, arch.Bias(true)))), 2)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	n, err := nn.New64(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	m := New64(n)
	twice := m.WithoutNorm().Substitute(func(name string, w *grad.Tensor) *grad.Tensor {
		if name == "conv 1.weight" {
			return w.Times(2)
		}
		return w
	})
	x := grad.Normal(1, "x", 1, 3, 2, 3, 3)
	weight := m.Param("conv 1.weight")
	plain := m.WithoutNorm().Forward(x, true).Sum()
	doubled := twice.Forward(x, true).Sum()
	// The output is linear in the weight: its derivative doubles.
	once, err1 := grad.Grad(plain, weight)[0].Data()
	got, err2 := grad.Grad(doubled, weight)[0].Data()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	for i, g := range got {
		if math.Abs(g-2*once[i]) > 1e-12 {
			t.Fatalf("derivative %d: %v, want %v", i, g, 2*once[i])
		}
	}
	nodes, err := m.WithoutNorm().Nodes(x, true)
	if err != nil || len(nodes) != len(a.Nodes) || nodes[1] == nodes[2] {
		t.Fatal(err)
	}
	conv, err1 := nodes[1].Data()
	norm, err2 := nodes[2].Data()
	if err1 != nil || err2 != nil || !slices.Equal(conv, norm) || m.Param("conv 1") != nil || m.Arch() != a {
		t.Error(err1, err2, conv, norm)
	}
}

// TestCustom compares a network with functions of one's own with the engine, and with the
// mistakes of one.
func TestCustom(t *testing.T) {
	b := arch.NewBuilder("own", arch.Shape{C: 2, H: 3, W: 3})
	x := b.Custom(b.Conv(b.In(), 4, 1), "scaled", arch.Shape{C: 4, H: 3, W: 3}, 4)
	b.Linear(b.GlobalPool(x), 3)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	healthy := true
	n, err := nn.New64(a, 1, nn.Funcs{"scaled": func(x, w *grad.Tensor) *grad.Tensor {
		if !healthy {
			panic("out of luck")
		}
		return x.Sin().Mul(w.Reshape(4, 1, 1))
	}})
	if err != nil {
		t.Fatal(err)
	}
	m := New64(n)
	testEngine(t, n, m, 1e-11)
	if n.Custom(0) != nil || n.Custom(-1) != nil || n.Custom(2) == nil {
		t.Error("node 2 is the custom one")
	}
	healthy = false
	if err := m.Forward(grad.Ones(1, 2, 3, 3), false).Err(); err == nil || !strings.Contains(err.Error(), "panics: out of luck") {
		t.Error(err)
	}
}
