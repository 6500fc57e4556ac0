package arch_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
)

// built is what a builder has built.
func built(t testing.TB, b *arch.Builder) *arch.Arch {
	t.Helper()
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// inferred are the shapes and the counts of an architecture's nodes.
func inferred(t testing.TB, a *arch.Arch) []arch.Info {
	t.Helper()
	infos, err := a.Infer()
	if err != nil {
		t.Fatal(err)
	}
	return infos
}

func TestBuilderNamesAndShapes(t *testing.T) {
	b := arch.NewBuilder("net", arch.Shape{C: 3, H: 8, W: 8})
	b.Block("stem")
	x := b.ConvBN(b.In(), 16, 3)
	b.Block("cell 1")
	y := b.ReLUConvBN(x, 16, 3, arch.Named("0→1"))
	z := b.SepConv(x, 16, 5, 1)
	x = b.Name(b.Add(y, z), "sum")
	if got, want := b.Shape(x), (arch.Shape{C: 16, H: 8, W: 8}); got != want {
		t.Errorf("shape of the sum is %v, want %v", got, want)
	}
	if b.Add(x) != x || b.Concat(x) != x {
		t.Error("the sum of one node is not that node")
	}
	x = b.DilConv(x, 24, 3, 2, 2, arch.Named("dil"))
	b.Block("head")
	b.Classifier(x, 10)
	a := built(t, b)
	var names []string
	for _, n := range a.Nodes {
		names = append(names, n.Name)
	}
	want := "input, stem/conv 1, stem/batchnorm 1, cell 1/0→1/relu, cell 1/0→1/conv, cell 1/0→1/bn, " +
		"cell 1/relu 1, cell 1/conv 1, cell 1/conv 2, cell 1/batchnorm 1, cell 1/relu 2, cell 1/conv 3, cell 1/conv 4, cell 1/batchnorm 2, " +
		"cell 1/sum, cell 1/dil/relu, cell 1/dil/dw, cell 1/dil/pw, cell 1/dil/bn, head/globalpool 1, head/linear 1"
	if got := strings.Join(names, ", "); got != want {
		t.Errorf("names are\n%s\nwant\n%s", got, want)
	}
	// stem 3·16·9+32; 3×3 16·16·9+32; separable 2·(16·25+16·16+32); dilated 16·9+16·24+48; linear 24·10+10
	if n, err := a.Params(); n != 464+2336+1376+576+250 || err != nil {
		t.Errorf("params = %d, %v", n, err)
	}
	if out := b.Shape(x); out != (arch.Shape{C: 24, H: 4, W: 4}) {
		t.Errorf("a dilated 3×3 with stride 2 on 8×8 gives %v, want 24×4×4", out)
	}
}

func TestBuilderOptions(t *testing.T) {
	b := arch.NewBuilder("", arch.Shape{C: 4, H: 9, W: 9})
	x := b.Conv(b.In(), 8, 3, arch.Window(1, 7), arch.Groups(2), arch.Bias(true))
	x = b.Conv(x, 8, 3, arch.Pad(0), arch.Stride(2), arch.Dilate(2))
	x = b.AvgPool(x, 3, arch.Stride(1), arch.PadHW(1, 0))
	x = b.MaxPool(x, 2, arch.Ceil())
	x = b.Tanh(b.Dropout(b.Identity(x), .25))
	b.Linear(b.Flatten(x), 2, arch.Bias(false))
	a := built(t, b)
	var got []string
	infos := inferred(t, a)
	for i, n := range a.Nodes {
		got = append(got, n.Op.String()+" = "+infos[i].Out.String())
	}
	want := []string{
		"input = 4×9×9",
		"conv 1×7 →8 pad 0×3 groups 2 +bias = 8×9×9",
		"conv 3×3 →8 /2 dilation 2 = 8×3×3",
		"avgpool 3×3 pad 1×0 = 8×3×1",
		"maxpool 2×2 /2 ceil = 8×2×1",
		"identity = 8×2×1", "dropout 0.25 = 8×2×1", "tanh = 8×2×1",
		"flatten = 16×1×1", "linear →2 = 2×1×1",
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

// Composites with the settings that only some of their parts have.
func TestBuilderComposites(t *testing.T) {
	b := arch.NewBuilder("", arch.Shape{C: 6, H: 7, W: 7})
	x := b.ConvBN(b.In(), 8, 3, arch.Same(), arch.Stride(2), arch.Fixed(), arch.Named("first"))
	x = b.SepConv(x, 8, 5, 1, arch.Same(), arch.Fixed())
	x = b.FactorizedReduce(x, 9, arch.Named("half"))
	x = b.SqueezeExcite(x, 3, arch.SiLU, arch.HardSigmoid, arch.Named("se"))
	aux := b.Aux(b.Classifier(x, 5))
	x = b.Slice(b.Shuffle(b.ZeroPad(b.Activation(x, arch.ReLU6), 1, 2), 3), 1, 4)
	b.Classifier(x, 5)
	a := built(t, b)
	infos := inferred(t, a)
	var got []string
	for i, n := range a.Nodes[1:] {
		got = append(got, n.Name+": "+n.Op.String()+" = "+infos[i+1].Out.String())
	}
	want := []string{
		"first/conv: conv 3×3 →8 /2 same = 8×4×4", "first/bn: batchnorm fixed = 8×4×4",
		"relu 1: relu = 8×4×4", "conv 1: conv 5×5 →8 same groups 8 = 8×4×4", "conv 2: conv 1×1 →8 = 8×4×4", "batchnorm 1: batchnorm fixed = 8×4×4",
		"relu 2: relu = 8×4×4", "conv 3: conv 5×5 →8 same groups 8 = 8×4×4", "conv 4: conv 1×1 →8 = 8×4×4", "batchnorm 2: batchnorm fixed = 8×4×4",
		"half/relu: relu = 8×4×4", "half/conv1: conv 1×1 →4 /2 = 4×2×2", "half/shift: shift = 8×4×4", "half/conv2: conv 1×1 →5 /2 = 5×2×2",
		"half/concat: concat = 9×2×2", "half/bn: batchnorm = 9×2×2",
		"se/mean: globalpool = 9×1×1", "se/squeeze: conv 1×1 →3 +bias = 3×1×1", "se/act: silu = 3×1×1",
		"se/excite: conv 1×1 →9 +bias = 9×1×1", "se/gate: hardsigmoid = 9×1×1", "se/mul: mul = 9×2×2",
		"globalpool 1: globalpool = 9×1×1", "linear 1: linear →5 +bias = 5×1×1",
		"relu6 1: relu6 = 9×2×2", "zeropad 1: zeropad pad 1×2 = 9×3×4", "shuffle 1: shuffle groups 3 = 9×3×4", "slice 1: slice from 1 →4 = 4×3×4",
		"globalpool 2: globalpool = 4×1×1", "linear 2: linear →5 +bias = 5×1×1",
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
	// 6·8·9; twice 8·25+8·8; 8·4+8·5 and 2·9; 9·3+3 and 3·9+9; auxiliary 9·5+5; 4·5+5
	if p, err := a.Params(); p != 432+2*264+72+18+66+50+25 || err != nil {
		t.Errorf("%d parameters, %v", p, err)
	}
	// At inference without the auxiliary head.
	if m, err := a.MACs(); m != (432+2*264)*16+72*4+27+27+20 || err != nil {
		t.Errorf("%d MACs, %v", m, err)
	}
	for i, info := range infos {
		if want := i == aux || i == aux-1; info.Aux != want {
			t.Errorf("node %s is needed by auxiliary outputs only: %t, want %t", a.Nodes[i].Name, info.Aux, want)
		}
	}
}

// Each activation has a method of its own.
func TestBuilderActivations(t *testing.T) {
	b := arch.NewBuilder("", arch.Shape{C: 3, H: 1, W: 1})
	for kind, add := range map[arch.Kind]func(int, ...arch.Option) int{
		arch.ReLU: b.ReLU, arch.ReLU6: b.ReLU6, arch.Tanh: b.Tanh, arch.Sigmoid: b.Sigmoid,
		arch.HardSigmoid: b.HardSigmoid, arch.SiLU: b.SiLU, arch.HardSwish: b.HardSwish,
	} {
		i := add(b.In(), arch.Named(string(kind)+" of the test"))
		a := built(t, b)
		if n := a.Nodes[i]; n.Op.Kind != kind || n.Name != string(kind)+" of the test" || !kind.Activation() {
			t.Errorf("%s: the node is %+v", kind, n)
		}
	}
}

// Every mistake is told once, and nothing is told of what stands on one.
func TestBuilderCollectsErrors(t *testing.T) {
	b := arch.NewBuilder("bad", arch.Shape{C: 1, H: 8, W: 8})
	x := b.ConvBNReLU(b.In(), 0, 3)     // no channels
	y := b.Conv(b.In(), 4, 3)           //
	y = b.Add(b.ReLU(x), y)             // stands on the first mistake
	z := b.MaxPool(b.In(), 9)           // too large
	b.Linear(b.Flatten(b.Add(y, z)), 3) //
	b.ReLU(77)                          // no such node
	b.ReLU(b.In(), arch.Named("input")) // name taken
	b.ReLU(b.In(), arch.Stride(2))      // means nothing
	b.SepConv(b.In(), 4, 3, 1, arch.Named("sep"), arch.Stride(2))
	b.DilConv(b.In(), 4, 3, 1, 2, arch.Stride(2))
	b.FactorizedReduce(b.In(), 4, arch.Pad(1))
	b.SqueezeExcite(b.In(), 4, arch.ReLU, arch.Sigmoid, arch.Fixed())
	b.Activation(b.In(), arch.Flatten)
	b.Conv(b.In(), 4, 3, arch.Fixed())
	b.Aux(9)
	b.Aux(x)
	_, err := b.Build()
	if err == nil {
		t.Fatal("no error")
	}
	want := []string{
		"arch: node 1 (conv “conv 1”): out is 0; it must be 1 to 1048576",
		"arch: node 2 (maxpool “maxpool 1”): a window of 9×9 does not fit on 1×8×8 padded by 0; make it smaller, pad more or pool less before it",
		"arch: node 2 (relu “relu 3”): takes node 77; there are nodes 0 to 1",
		"arch: node 2 (relu “input”): has the name of node 0; every node needs one of its own",
		"arch: node 2 (relu “relu 4”): has the setting stride, which means nothing for relu; leave it out",
		"arch: node 2 (conv “sep”): a separable convolution takes no options but Named, Same and Fixed; its settings are arguments",
		"arch: node 2 (conv “”): a dilated convolution takes no options but Named, Same and Fixed; its settings are arguments",
		"arch: node 2 (conv “”): a factorized reduction takes no options but Named, Same and Fixed; its settings are arguments",
		"arch: node 2 (mul “”): a squeeze and excitation takes no option but Named; its settings are arguments",
		"arch: node 2 (flatten “”): is no activation; those are relu, relu6, tanh, sigmoid, hardsigmoid, silu and hardswish",
		"arch: node 2 (conv “conv 3”): has the setting fixed, which means nothing for conv; leave it out",
		"arch: node 9 cannot be an auxiliary output; there are nodes 0 to 1",
	}
	if got := err.Error(); got != strings.Join(want, "\n") {
		t.Errorf("error is\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestBuilderBadInput(t *testing.T) {
	b := arch.NewBuilder("bad", arch.Shape{})
	b.Linear(b.Flatten(b.In()), 10)
	_, err := b.Build()
	const want = "arch: node 0 (input “input”): the shape is 0×0×0; channels, height and width must be at least 1"
	if err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
}

// What Build gave does not change when the builder goes on.
func TestBuildIsACopy(t *testing.T) {
	b := arch.NewBuilder("net", arch.Shape{C: 1, H: 1, W: 1})
	b.Linear(b.In(), 10)
	a := built(t, b)
	b.Name(1, "renamed")
	b.ReLU(1)
	if len(a.Nodes) != 2 || a.Nodes[1].Name != "linear 1" {
		t.Errorf("the built architecture became %v", a)
	}
}

// A 1×7 and a 7×1 convolution that halve the width and then the height, and a crop.
func TestBuilderStridesAndCrop(t *testing.T) {
	b := arch.NewBuilder("", arch.Shape{C: 2, H: 8, W: 9})
	x := b.Conv(b.In(), 2, 7, arch.Window(1, 7), arch.StrideHW(1, 2))
	x = b.Conv(x, 2, 7, arch.Window(7, 1), arch.StrideHW(2, 1))
	b.Flatten(b.Crop(x, 1, 3, 4))
	a := built(t, b)
	var got []string
	infos := inferred(t, a)
	for i, n := range a.Nodes[1:] {
		got = append(got, n.Op.String()+" = "+infos[i+1].Out.String())
	}
	want := "conv 1×7 →2 /1×2 pad 0×3 = 2×8×5; conv 7×1 →2 /2×1 pad 3×0 = 2×4×5; crop 3×4 from 1 = 2×3×4; flatten = 24×1×1"
	if g := strings.Join(got, "; "); g != want {
		t.Errorf("got %s\nwant %s", g, want)
	}
	if n, err := a.MACs(); n != 2*2*7*(8*5+4*5) || err != nil {
		t.Errorf("%d MACs, %v", n, err)
	}
	// A stride across counts in the fingerprint where it differs.
	hash := func(stride, across int) string {
		c := *a
		c.Nodes = append([]arch.Node(nil), a.Nodes[:2]...)
		c.Nodes[1].Op.Stride, c.Nodes[1].Op.StrideW = stride, across
		return c.Hash()
	}
	if hash(2, 0) != hash(2, 2) || hash(2, 1) == hash(2, 2) || hash(1, 2) == hash(2, 2) {
		t.Error("the fingerprint does not tell strides apart")
	}

	for _, c := range []struct {
		add  func(b *arch.Builder)
		want string
	}{
		{func(b *arch.Builder) { b.Crop(b.In(), 1, 8, 4) }, "takes rows 1 to 8 and columns 1 to 4 of 2×8×9; there are rows 0 to 7 and columns 0 to 8"},
		{func(b *arch.Builder) { b.Crop(b.In(), -1, 8, 4) }, "from is -1; it must be 0 to 1048576"},
		{func(b *arch.Builder) { b.Conv(b.In(), 1, 3, arch.StrideHW(1, -1)) }, "stride_w is -1; it must be 0 to 1048576"},
		{func(b *arch.Builder) { b.MaxPool(b.In(), 3, arch.StrideHW(1, 2)) }, "has the setting stride_w, which means nothing for maxpool; leave it out"},
	} {
		b := arch.NewBuilder("", arch.Shape{C: 2, H: 8, W: 9})
		c.add(b)
		if _, err := b.Build(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error is %v, want it to hold %q", err, c.want)
		}
	}
}

// Nodes added, named and renamed at random keep the names that they were given last.
func TestBuilderManyNames(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		b := arch.NewBuilder("", arch.Shape{C: 1, H: 1, W: 1})
		if rng.IntN(2) == 0 {
			b.Grow(rng.IntN(300))
		}
		list := []string{"input"}
		for i := 1; i < 200; i++ {
			name := fmt.Sprintf("n%d", rng.IntN(1<<40))
			b.Identity(i-1, arch.Named(name))
			list = append(list, name)
			for range rng.IntN(4) {
				x, other := 1+rng.IntN(i), fmt.Sprintf("r%d", rng.IntN(1<<40))
				if rng.IntN(8) == 0 {
					other = list[x] // its own name
				}
				list[b.Name(x, other)] = other
			}
		}
		a := built(t, b)
		for i, n := range a.Nodes {
			if n.Name != list[i] || len(n.In) != min(i, 1) || i > 0 && n.In[0] != i-1 {
				t.Fatalf("node %d is %+v, want the name %s and the input %d", i, n, list[i], i-1)
			}
		}
		taken := list[1+rng.IntN(199)]
		if b.Identity(199, arch.Named(taken)); b.Name(0, taken) != 0 {
			t.Error("a node that cannot be renamed has another number")
		}
		b.Name(5, "")
		for _, want := range []string{"has the name of node", "cannot be called so", "cannot be called “”; every node needs a name"} {
			if _, err := b.Build(); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error is %v, want it to hold %q", err, want)
			}
		}
	}
}
