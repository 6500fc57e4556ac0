package morph_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/morph"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/seed"
	"github.com/nascent-go/nascent/nasext/space"
)

func built(t testing.TB, name string, draw func(b *arch.Builder)) *arch.Arch {
	t.Helper()
	b := arch.NewBuilder(name, arch.Shape{C: 2, H: 6, W: 6})
	draw(b)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// networks have what can be grown, in every combination that is known from networks.
func networks(t testing.TB) []*arch.Arch {
	t.Helper()
	list := []*arch.Arch{
		built(t, "plain", func(b *arch.Builder) {
			x := b.ReLU(b.Conv(b.In(), 3, 3, arch.Bias(true)))
			x = b.MaxPool(b.ReLU6(b.Conv(x, 4, 3, arch.Stride(2), arch.Bias(true))), 2)
			x = b.ReLU(b.Linear(b.Flatten(x), 5))
			b.Linear(b.Dropout(x, .5), 3)
		}),
		built(t, "residual", func(b *arch.Builder) {
			x := b.ConvBNReLU(b.In(), 4, 3)
			y := b.BatchNorm(b.Conv(b.ConvBNReLU(x, 4, 3), 4, 3))
			x = b.ReLU(b.Add(x, y))
			y = b.BatchNorm(b.Conv(b.ConvBNReLU(x, 6, 3, arch.Stride(2)), 6, 3))
			x = b.ReLU(b.Add(b.ConvBN(x, 6, 1, arch.Stride(2)), y))
			b.Classifier(x, 3)
		}),
		built(t, "inception", func(b *arch.Builder) {
			x := b.ConvBNReLU(b.In(), 3, 3)
			y := b.Concat(b.ConvBNReLU(x, 2, 1), b.ConvBNReLU(x, 3, 5), b.MaxPool(x, 3, arch.Stride(1), arch.Pad(1)))
			b.Linear(b.Flatten(b.AvgPool(b.ConvBNReLU(y, 4, 3), 2)), 3)
		}),
		built(t, "mobile", func(b *arch.Builder) {
			x := b.ConvBNReLU(b.In(), 4, 3)
			x = b.ConvBNReLU(x, 4, 3, arch.Groups(4))
			x = b.SqueezeExcite(x, 2, arch.ReLU, arch.HardSigmoid)
			x = b.SepConv(b.ConvBN(x, 4, 1), 6, 3, 1)
			b.Classifier(b.ReLU(x), 3)
		}),
		built(t, "same padding", func(b *arch.Builder) {
			x := b.ReLU(b.Conv(b.In(), 3, 3, arch.Same(), arch.Stride(2)))
			x = b.ReLU(b.Conv(x, 3, 3, arch.Same(), arch.Dilate(2)))
			b.Classifier(x, 3)
		}),
	}
	s, err := space.NASBench201(space.NASBench201Config{C: 2, N: 1, Input: arch.Shape{C: 3, H: 8, W: 8}, Classes: 3})
	if err != nil {
		t.Fatal(err)
	}
	cell, err := s.Build(space.Genotype{3, 1, 2, 4, 3, 0})
	if err != nil {
		t.Fatal(err)
	}
	return append(list, cell)
}

// disturbed is a network whose every number is random, running moments included.
func disturbed(t testing.TB, a *arch.Arch) *nn.Network64 {
	t.Helper()
	n, err := nn.New64(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	draw := seed.Stream(2, "weights")
	for _, p := range slices.Concat(n.Params(), n.Moments()) {
		for i := range p.W {
			if strings.HasSuffix(p.Name, "running_var") {
				p.W[i] = .5 + draw.Float64()
			} else {
				p.W[i] += .2 * draw.NormFloat64()
			}
		}
	}
	return n
}

func inputs(a *arch.Arch, samples int) []float64 {
	draw := seed.Stream(3, "inputs")
	x := make([]float64, samples*a.Input.Elems())
	for i := range x {
		x[i] = draw.NormFloat64()
	}
	return x
}

// outputs of a model in inference.
func outputs(t testing.TB, m *morph.Model64, x []float64) []float64 {
	t.Helper()
	n, err := nn.New64(m.Arch, 7)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Give(n); err != nil {
		t.Fatal(err)
	}
	out, err := n.Forward(x, false)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(out)
}

// apart is the largest difference as a share of the largest number.
func apart(a, b []float64) float64 {
	d, size := 0.0, 0.0
	for i := range a {
		d, size = max(d, math.Abs(a[i]-b[i])), max(size, math.Abs(a[i]))
	}
	return d / size
}

// Whatever is offered changes nothing of what a network computes, and makes it larger.
func TestMorphismsKeepTheFunction(t *testing.T) {
	for _, a := range networks(t) {
		m := morph.Of64(disturbed(t, a))
		x := inputs(a, 2)
		want := outputs(t, m, x)
		offers, err := morph.Offers(a, morph.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		draw := rand.New(rand.NewPCG(1, 2))
		count := map[morph.Kind]int{}
		for i, what := range offers {
			count[what.Kind]++
			if len(offers) > 100 && draw.IntN(len(offers)) > 40 {
				continue
			}
			grown, err := m.Apply(what, uint64(i))
			if err != nil {
				t.Errorf("%s: %v", a.Name, err)
				continue
			}
			before, _ := a.Params()
			after, err := grown.Arch.Params()
			if err != nil || after <= before {
				t.Errorf("%s: %s: %d parameters become %d, %v", a.Name, what, before, after, err)
			}
			if d := apart(want, outputs(t, grown, x)); !(d < 1e-12) {
				t.Errorf("%s: %s changes the outputs by %g", a.Name, what, d)
			}
			plain, err := morph.Apply(a, what)
			if err != nil || plain.Hash() != grown.Arch.Hash() {
				t.Errorf("%s: %s: the architecture alone becomes another, %v", a.Name, what, err)
			}
		}
		for _, kind := range []morph.Kind{morph.Deepen, morph.Widen, morph.Skip, morph.Enlarge} {
			if count[kind] == 0 && (kind != morph.Skip || a.Name != "same padding" && a.Name != "plain") {
				t.Errorf("%s: there is nothing to %s", a.Name, kind)
			}
		}
		if now := outputs(t, m, x); !slices.Equal(want, now) {
			t.Errorf("%s: the model itself has changed", a.Name)
		}
	}
}

// Many in a row neither.
func TestChainsOfMorphismsKeepTheFunction(t *testing.T) {
	for _, a := range networks(t) {
		for round := range uint64(4) {
			draw := rand.New(rand.NewPCG(round, 5))
			m := morph.Of64(disturbed(t, a))
			x := inputs(a, 2)
			want := outputs(t, m, x)
			var done []string
			for step := range uint64(8) {
				offers, err := morph.Offers(m.Arch, morph.Limits{Width: 64, Params: 60_000})
				if err != nil || len(offers) == 0 {
					t.Fatalf("%s after %q: %d offers, %v", a.Name, done, len(offers), err)
				}
				what := offers[draw.IntN(len(offers))]
				done = append(done, what.String())
				if m, err = m.Apply(what, step); err != nil {
					t.Fatalf("%s after %q: %v", a.Name, done, err)
				}
			}
			if d := apart(want, outputs(t, m, x)); !(d < 1e-11) {
				t.Errorf("%s: %q change the outputs by %g", a.Name, done, d)
			}
		}
	}
}

// The two copies of a channel get different gradients, so that they can part.
func TestWidenedChannelsPart(t *testing.T) {
	a := networks(t)[0]
	m, err := morph.Of64(disturbed(t, a)).Apply(morph.Morphism{Kind: morph.Widen, At: a.Nodes[1].Name}, 1)
	if err != nil {
		t.Fatal(err)
	}
	n, err := nn.New64(m.Arch, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Give(n); err != nil {
		t.Fatal(err)
	}
	if _, err := n.Gradients(inputs(a, 4), []int{0, 1, 2, 0}); err != nil {
		t.Fatal(err)
	}
	g := n.Params()[0].G
	for i := range g[:len(g)/2] {
		if d := math.Abs(g[i] - g[len(g)/2+i]); g[i] != 0 && d < 1e-6*math.Abs(g[i]) {
			t.Errorf("gradient %d is %g for both copies", i, g[i])
		}
	}
}

// In single precision, through a network that trains, to the rounding of single precision.
func TestModelOfTrainedNetwork(t *testing.T) {
	a := networks(t)[1]
	n, err := nn.New(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float32, 4*a.Input.Elems())
	for i, v := range inputs(a, 4) {
		x[i] = float32(v)
	}
	for range 3 {
		if _, err := n.Forward(x, true); err != nil {
			t.Fatal(err)
		}
	}
	out, err := n.Forward(x, false)
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(out)
	offers, err := morph.Offers(a, morph.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range offers {
		grown, err := morph.Of(n).Apply(what, 1)
		if err != nil {
			t.Fatal(err)
		}
		larger, err := nn.New(grown.Arch, 2)
		if err != nil {
			t.Fatal(err)
		}
		if err := grown.Give(larger); err != nil {
			t.Fatal(err)
		}
		got, err := larger.Forward(x, false)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if math.Abs(float64(got[i]-want[i])) > 1e-5 {
				t.Errorf("%s: output %d is %g, was %g", what, i, got[i], want[i])
			}
		}
	}
}

// What one channel twice means for every kind of layer behind it, by hand.
func TestWidenByHand(t *testing.T) {
	a := built(t, "hand", func(b *arch.Builder) {
		b.Linear(b.ReLU(b.Linear(b.Flatten(b.In()), 2, arch.Named("a"))), 2, arch.Named("b"))
	})
	m := morph.Of64(disturbed(t, a))
	grown, err := m.Apply(morph.Morphism{Kind: morph.Widen, At: "a"}, 4)
	if err != nil {
		t.Fatal(err)
	}
	old, wide := m.Weights, grown.Weights
	if want := append(slices.Clone(old["a.weight"]), old["a.weight"]...); !slices.Equal(wide["a.weight"], want) {
		t.Error("the rows of the layer are not there twice")
	}
	if want := append(slices.Clone(old["a.bias"]), old["a.bias"]...); !slices.Equal(wide["a.bias"], want) {
		t.Error("the biases of the layer are not there twice")
	}
	if !slices.Equal(wide["b.bias"], old["b.bias"]) {
		t.Error("the biases of the next layer have changed")
	}
	for o := range 2 {
		for c := range 2 {
			first, second, all := wide["b.weight"][4*o+c], wide["b.weight"][4*o+2+c], old["b.weight"][2*o+c]
			if math.Abs(first+second-all) > 1e-15 || first/all < .25 || first/all > .75 {
				t.Errorf("weight %g becomes %g and %g", all, first, second)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	all := map[string]*arch.Arch{}
	for _, a := range networks(t) {
		all[a.Name] = a
	}
	names := func(a *arch.Arch, kind arch.Kind) (list []string) {
		for _, n := range a.Nodes {
			if n.Op.Kind == kind {
				list = append(list, n.Name)
			}
		}
		return list
	}
	plain, mobile, same := all["plain"], all["mobile"], all["same padding"]
	relu := names(plain, arch.ReLU)
	for _, c := range []struct {
		a    *arch.Arch
		what morph.Morphism
		want string
	}{
		{nil, morph.Morphism{}, "there is no architecture (nil)"},
		{plain, morph.Morphism{Kind: morph.Deepen, At: "nowhere"}, `deepen nowhere: the architecture has no node "nowhere"`},
		{plain, morph.Morphism{Kind: "shrink", At: relu[0]}, "there is no such morphism; there are deepen, widen, skip and enlarge"},
		{plain, morph.Morphism{Kind: morph.Deepen, At: names(plain, arch.Conv)[0]}, "is a conv; only after a relu or relu6"},
		{plain, morph.Morphism{Kind: morph.Widen, At: names(plain, arch.Linear)[1]}, "it would change the number of outputs"},
		{plain, morph.Morphism{Kind: morph.Widen, At: relu[0]}, "is no convolution or linear layer whose channels all mix"},
		{mobile, morph.Morphism{Kind: morph.Widen, At: names(mobile, arch.Conv)[1]}, "is no convolution or linear layer whose channels all mix"},
		{plain, morph.Morphism{Kind: morph.Enlarge, At: relu[0]}, "is a relu; a conv has filters"},
		{same, morph.Morphism{Kind: morph.Enlarge, At: names(same, arch.Conv)[0]}, "SAME padding and a stride"},
		{plain, morph.Morphism{Kind: morph.Skip, At: relu[1], From: relu[0]}, "they need the same height and width"},
		{plain, morph.Morphism{Kind: morph.Skip, At: relu[0], From: relu[1]}, "comes not before"},
		{plain, morph.Morphism{Kind: morph.Skip, At: relu[0], From: "input"}, "a skip leads from an activation to another"},
	} {
		if _, err := morph.Apply(c.a, c.what); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want it to hold %q", c.what, err, c.want)
		}
	}
	residual := all["residual"]
	var skip morph.Morphism
	offers, err := morph.Offers(residual, morph.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range offers {
		if what.Kind == morph.Skip {
			skip = what
		}
	}
	grown, err := morph.Apply(residual, skip)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := morph.Apply(grown, skip); err == nil || !strings.Contains(err.Error(), "there is one already") {
		t.Errorf("twice %s: error is %v", skip, err)
	}
	n, err := nn.New(plain, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := morph.Of(n).Give(disturbedSingle(t, residual)); err == nil || !strings.Contains(err.Error(), "make the network of the model's architecture") {
		t.Errorf("error is %v", err)
	}
	if err := (&morph.Model{Arch: plain}).Give(n); err == nil || !strings.Contains(err.Error(), "no weights to give") {
		t.Errorf("error is %v", err)
	}
}

func disturbedSingle(t testing.TB, a *arch.Arch) *nn.Network {
	t.Helper()
	n, err := nn.New(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestLimits(t *testing.T) {
	a := networks(t)[0]
	params, err := a.Params()
	if err != nil {
		t.Fatal(err)
	}
	count := func(l morph.Limits) string {
		offers, err := morph.Offers(a, l)
		if err != nil {
			t.Fatal(err)
		}
		n := map[morph.Kind]int{}
		for _, what := range offers {
			n[what.Kind]++
		}
		return fmt.Sprint(n)
	}
	for _, c := range []struct {
		limits morph.Limits
		want   string
	}{
		{morph.Limits{}, "map[deepen:3 enlarge:2 widen:3]"},
		{morph.Limits{Params: params}, "map[]"},
		{morph.Limits{Width: 9}, "map[deepen:3 enlarge:2 widen:2]"},
		{morph.Limits{Filter: 3}, "map[deepen:3 widen:3]"},
		{morph.Limits{Layers: 4}, "map[enlarge:2 widen:3]"},
	} {
		if got := count(c.limits); got != c.want {
			t.Errorf("within %+v are offered %s, want %s", c.limits, got, c.want)
		}
	}
}
