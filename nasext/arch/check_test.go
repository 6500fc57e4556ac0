package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
)

// small is a correct architecture for the mutilations of the tests below.
func small() *arch.Arch {
	return &arch.Arch{Name: "small", Input: arch.Shape{C: 1, H: 8, W: 8}, Nodes: []arch.Node{
		{Name: "input", Op: arch.Op{Kind: arch.Input}},
		{Name: "a", Block: "cell 1", Op: arch.Op{Kind: arch.Conv, Out: 16, KH: 3, KW: 3, PadH: 1, PadW: 1}, In: []int{0}},
		{Name: "b", Block: "cell 1", Op: arch.Op{Kind: arch.Conv, Out: 16, KH: 1, KW: 1}, In: []int{0}},
		{Name: "sum", Block: "cell 1", Op: arch.Op{Kind: arch.Add}, In: []int{1, 2}},
		{Name: "pool", Op: arch.Op{Kind: arch.MaxPool, KH: 2, KW: 2, Stride: 2}, In: []int{3}},
		{Name: "flat", Op: arch.Op{Kind: arch.Flatten}, In: []int{4}},
		{Name: "out", Op: arch.Op{Kind: arch.Linear, Out: 10, Bias: true}, In: []int{5}},
	}}
}

func TestCheckNamesNodeAndCure(t *testing.T) {
	if err := small().Check(); err != nil {
		t.Fatalf("the correct architecture: %v", err)
	}
	for _, c := range []struct {
		name  string
		spoil func(a *arch.Arch)
		want  string
	}{
		{"no nodes", func(a *arch.Arch) { a.Nodes = nil }, "arch: there are no nodes; node 0 must be the input"},
		{"input shape", func(a *arch.Arch) { a.Input.H = 0 }, "arch: input: the shape is 1×0×8; channels, height and width must be at least 1"},
		{"huge input", func(a *arch.Arch) { a.Input = arch.Shape{C: 1 << 40, H: 1 << 40, W: 8} }, "more than the 2147483648 activations"},
		{"unknown kind", func(a *arch.Arch) { a.Nodes[1].Op.Kind = "convolution" }, `arch: node 1 (convolution “a”): there is no operation "convolution"; the operations are input, conv,`},
		{"no kind", func(a *arch.Arch) { a.Nodes[1].Op = arch.Op{} }, `there is no operation ""`},
		{"no name", func(a *arch.Arch) { a.Nodes[2].Name = "" }, "arch: node 2 (conv “”): has no name; every node needs one of its own"},
		{"double name", func(a *arch.Arch) { a.Nodes[2].Name = "a" }, "arch: node 2 (conv “a”): has the name of node 1; every node needs one of its own"},
		{"second input", func(a *arch.Arch) { a.Nodes[2] = arch.Node{Name: "b", Op: arch.Op{Kind: arch.Input}} }, "arch: node 2 (input “b”): is out of place; node 0, and no other, is of kind input"},
		{"input missing", func(a *arch.Arch) { a.Nodes = a.Nodes[1:] }, "arch: node 0 (conv “a”): is out of place"},
		{"order", func(a *arch.Arch) { a.Nodes[1].In = []int{3} }, "arch: node 1 (conv “a”): takes node 3; a node takes nodes that stand before it, here 0 to 0"},
		{"itself", func(a *arch.Arch) { a.Nodes[3].In = []int{1, 3} }, "arch: node 3 (add “sum”): takes node 3; a node takes nodes that stand before it, here 0 to 2"},
		{"negative", func(a *arch.Arch) { a.Nodes[3].In = []int{1, -1} }, "takes node -1"},
		{"arity of add", func(a *arch.Arch) { a.Nodes[3].In = []int{1} }, "arch: node 3 (add “sum”): has 1 inputs; an add needs two or more inputs"},
		{"arity of conv", func(a *arch.Arch) { a.Nodes[2].In = nil }, "arch: node 2 (conv “b”): has 0 inputs; a conv needs exactly one input"},
		{"add of shapes", func(a *arch.Arch) { a.Nodes[2].Op.Out = 32 }, "arch: node 3 (add “sum”): inputs have shapes 16×8×8 and 32×8×8; an add needs equal shapes"},
		{"concat of shapes", func(a *arch.Arch) { a.Nodes[3].Op.Kind = arch.Concat; a.Nodes[2].Op.Stride = 2 }, "arch: node 3 (concat “sum”): inputs have shapes 16×8×8 and 16×4×4; a concat needs equal height and width"},
		{"stray setting", func(a *arch.Arch) { a.Nodes[3].Op.Stride = 2 }, "arch: node 3 (add “sum”): has the setting stride, which means nothing for add; leave it out"},
		{"stray rate", func(a *arch.Arch) { a.Nodes[1].Op.Rate = .5 }, "has the setting rate, which means nothing for conv"},
		{"no channels", func(a *arch.Arch) { a.Nodes[1].Op.Out = 0 }, "arch: node 1 (conv “a”): out is 0; it must be 1 to 1048576"},
		{"no filter", func(a *arch.Arch) { a.Nodes[1].Op.KW = 0 }, "kw is 0; it must be 1 to 1048576"},
		{"negative stride", func(a *arch.Arch) { a.Nodes[1].Op.Stride = -1 }, "stride is -1; it must be 0 to 1048576"},
		{"groups", func(a *arch.Arch) { a.Nodes[1].Op.Groups = 3 }, "arch: node 1 (conv “a”): has 3 groups, but 1 channels come in and 16 go out; the groups must divide both"},
		{"pool padding", func(a *arch.Arch) { a.Nodes[4].Op.PadH = 2 }, "is padded by 2×0, more than half of its 2 window, so a window could lie outside the image; pad at most 1"},
		{"filter too large", func(a *arch.Arch) { a.Nodes[1].Op = arch.Op{Kind: arch.Conv, Out: 16, KH: 5, KW: 5, Dilation: 2} }, "arch: node 1 (conv “a”): a filter that reaches over 9×9 pixels does not fit on 1×8×8 padded by 0; make it smaller"},
		{"linear on image", func(a *arch.Arch) { a.Nodes[6].In = []int{4} }, "arch: node 6 (linear “out”): takes a vector, but its input has the shape 16×4×4; put flatten or globalpool before it"},
		{"output no vector", func(a *arch.Arch) { a.Nodes = a.Nodes[:5] }, "arch: node 4 (maxpool “pool”): is the output and has the shape 16×4×4; the last node must be a vector"},
		{"rate", func(a *arch.Arch) { a.Nodes[5].Op = arch.Op{Kind: arch.Dropout, Rate: 1} }, "rate is 1; it must be at least 0 and below 1"},
		{"same and padding", func(a *arch.Arch) { a.Nodes[1].Op.Same = true }, "arch: node 1 (conv “a”): has same together with pad_h 1, pad_w 1, ceil false; SAME padding follows"},
		{"same of linear", func(a *arch.Arch) { a.Nodes[6].Op.Same = true }, "has the setting same, which means nothing for linear"},
		{"gate", func(a *arch.Arch) { a.Nodes[3].Op.Kind = arch.Mul; a.Nodes[2].Op.Stride = 2 }, "arch: node 3 (mul “sum”): inputs have shapes 16×8×8 and 16×4×4; the gate must have the image's shape or be 16×1×1"},
		{"arity of mul", func(a *arch.Arch) {
			a.Nodes[3] = arch.Node{Name: "sum", Op: arch.Op{Kind: arch.Mul}, In: []int{1, 2, 2}}
		}, "has 3 inputs; a mul needs two inputs, an image and its gate"},
		{"slice", func(a *arch.Arch) { a.Nodes[4].Op = arch.Op{Kind: arch.Slice, From: 10, Out: 7} }, "arch: node 4 (slice “pool”): takes channels 10 to 16 of 16×8×8; there are channels 0 to 15"},
		{"empty slice", func(a *arch.Arch) { a.Nodes[4].Op = arch.Op{Kind: arch.Slice, From: 10} }, "out is 0; it must be 1 to 1048576"},
		{"shuffle", func(a *arch.Arch) { a.Nodes[4].Op = arch.Op{Kind: arch.Shuffle, Groups: 3} }, "arch: node 4 (shuffle “pool”): has 3 groups, but 16 channels come in; the groups must divide them"},
		{"auxiliary output beyond", func(a *arch.Arch) { a.Aux = []int{6} }, "arch: auxiliary outputs are the nodes [6]; they must be in order, each once, from 1 to 5, before the output"},
		{"auxiliary outputs out of order", func(a *arch.Arch) { a.Aux = []int{3, 2} }, "arch: auxiliary outputs are the nodes [3 2]; they must be in order"},
		{"auxiliary image", func(a *arch.Arch) { a.Aux = []int{3} }, "arch: node 3 (add “sum”): is an auxiliary output and has the shape 16×8×8; it must be that of the output, 10×1×1"},
		{"too much to count", func(a *arch.Arch) {
			a.Input = arch.Shape{C: 1 << 11, H: 1 << 10, W: 1 << 10}
			a.Nodes[1].Op = arch.Op{Kind: arch.Conv, Out: 1 << 11, KH: 1 << 20, KW: 1 << 20, PadH: 1 << 19, PadW: 1 << 19}
		}, "needs more multiply-accumulates than can be counted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := small()
			c.spoil(a)
			err := a.Check()
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is\n%v\nwant it to hold\n%v", err, c.want)
			}
		})
	}
	var none *arch.Arch
	if err := none.Check(); err == nil {
		t.Error("nil architecture: no error")
	}
}

// Sizes after pooling and convolution, by PyTorch's rules for floor and ceil mode.
func TestOutputSizes(t *testing.T) {
	conv := func(k, s, p, d int) arch.Op {
		return arch.Op{Kind: arch.Conv, Out: 1, KH: k, KW: k, Stride: s, PadH: p, PadW: p, Dilation: d}
	}
	pool := func(k, s, p int, ceil bool) arch.Op {
		return arch.Op{Kind: arch.MaxPool, KH: k, KW: k, Stride: s, PadH: p, PadW: p, Ceil: ceil}
	}
	same := func(kind arch.Kind, k, s, d int) arch.Op {
		o := arch.Op{Kind: kind, KH: k, KW: k, Stride: s, Dilation: d, Same: true}
		if kind == arch.Conv {
			o.Out = 1
		}
		return o
	}
	for _, c := range []struct {
		op       arch.Op
		in, want int
	}{
		{same(arch.Conv, 3, 2, 1), 7, 4}, {same(arch.Conv, 3, 2, 1), 8, 4}, {same(arch.Conv, 5, 1, 3), 4, 4}, {same(arch.Conv, 1, 3, 1), 7, 3},
		{same(arch.MaxPool, 2, 2, 0), 7, 4}, {same(arch.AvgPool, 3, 3, 0), 10, 4}, {same(arch.AvgPool, 9, 1, 0), 2, 2},
		{arch.Op{Kind: arch.ZeroPad, PadH: 3}, 8, 11}, {arch.Op{Kind: arch.Shift}, 8, 8}, {arch.Op{Kind: arch.Crop, From: 1, KH: 7, KW: 5}, 8, 7},
		{arch.Op{Kind: arch.Conv, Out: 1, KH: 3, KW: 3, Stride: 1, StrideW: 2, PadH: 1}, 8, 8}, {arch.Op{Kind: arch.Conv, Out: 1, KH: 3, KW: 3, Stride: 2, StrideW: 1, Same: true}, 7, 4},
		{conv(3, 1, 1, 1), 8, 8}, {conv(3, 2, 1, 1), 7, 4}, {conv(3, 0, 0, 0), 8, 6}, {conv(3, 1, 2, 2), 8, 8},
		{conv(7, 2, 3, 1), 224, 112}, {conv(8, 1, 0, 1), 8, 1},
		{pool(2, 2, 0, false), 7, 3}, {pool(2, 2, 0, true), 7, 4}, {pool(3, 2, 0, true), 112, 56}, {pool(3, 2, 0, false), 112, 55},
		{pool(2, 2, 0, true), 1, 1}, {pool(2, 2, 1, true), 3, 2}, {pool(3, 0, 1, false), 5, 5},
		{arch.Op{Kind: arch.Zero, Stride: 2}, 7, 4}, {arch.Op{Kind: arch.Zero}, 7, 7},
	} {
		a := &arch.Arch{Input: arch.Shape{C: 1, H: c.in, W: 64}, Nodes: []arch.Node{
			{Name: "input", Op: arch.Op{Kind: arch.Input}}, {Name: "x", Op: c.op, In: []int{0}},
		}}
		out, err := a.Output()
		if err != nil || out.H != c.want {
			t.Errorf("%v on height %d gives %v, %v; want height %d", c.op, c.in, out, err, c.want)
		}
	}
}

// TensorFlow pads ⌊total/2⌋ before the image, total = max((⌈n/stride⌉-1)·stride + reach - n, 0).
func TestLeading(t *testing.T) {
	for _, c := range []struct {
		op        arch.Op
		in        arch.Shape
		top, left int
	}{
		{arch.Op{Kind: arch.Conv, Out: 1, KH: 3, KW: 3, Stride: 2, Same: true}, arch.Shape{C: 1, H: 224, W: 225}, 0, 1},
		{arch.Op{Kind: arch.Conv, Out: 1, KH: 7, KW: 5, Stride: 2, Same: true}, arch.Shape{C: 1, H: 224, W: 224}, 2, 1},
		{arch.Op{Kind: arch.Conv, Out: 1, KH: 3, KW: 3, Dilation: 2, Same: true}, arch.Shape{C: 1, H: 9, W: 9}, 2, 2},
		{arch.Op{Kind: arch.AvgPool, KH: 1, KW: 1, Stride: 2, Same: true}, arch.Shape{C: 1, H: 9, W: 8}, 0, 0},
		{arch.Op{Kind: arch.Conv, Out: 1, KH: 7, KW: 7, Stride: 1, StrideW: 2, Same: true}, arch.Shape{C: 1, H: 8, W: 8}, 3, 2},
		{arch.Op{Kind: arch.MaxPool, KH: 3, KW: 3, PadH: 1}, arch.Shape{C: 1, H: 9, W: 9}, 1, 0},
		{arch.Op{Kind: arch.ZeroPad, PadH: 1, PadW: 5}, arch.Shape{C: 1, H: 9, W: 9}, 0, 2},
	} {
		if h, w := c.op.Leading(c.in); h != c.top || w != c.left {
			t.Errorf("%v on %v is padded by %d and %d before the image, want %d and %d", c.op, c.in, h, w, c.top, c.left)
		}
	}
}

func TestInferCounts(t *testing.T) {
	infos, err := small().Infer()
	if err != nil {
		t.Fatal(err)
	}
	want := []arch.Info{
		{Out: arch.Shape{C: 1, H: 8, W: 8}},
		{Out: arch.Shape{C: 16, H: 8, W: 8}, Params: 144, MACs: 144 * 64},
		{Out: arch.Shape{C: 16, H: 8, W: 8}, Params: 16, MACs: 16 * 64},
		{Out: arch.Shape{C: 16, H: 8, W: 8}},
		{Out: arch.Shape{C: 16, H: 4, W: 4}},
		{Out: arch.Shape{C: 256, H: 1, W: 1}},
		{Out: arch.Shape{C: 10, H: 1, W: 1}, Params: 2570, MACs: 2560},
	}
	for i := range want {
		if infos[i] != want[i] {
			t.Errorf("node %d: %+v, want %+v", i, infos[i], want[i])
		}
	}
}

// Kinds lists what the source declares, each once.
func TestKindsAreAll(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "arch.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []arch.Kind
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == "Kind" {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Error(err)
			}
			declared = append(declared, arch.Kind(value))
		}
		return true
	})
	listed := arch.Kinds()
	if len(listed) == 0 || listed[0] != arch.Input {
		t.Fatalf("kinds are %v; the input comes first", listed)
	}
	slices.Sort(listed)
	slices.Sort(declared)
	if !slices.Equal(listed, declared) {
		t.Errorf("listed are\n%v\ndeclared are\n%v", listed, declared)
	}
}
