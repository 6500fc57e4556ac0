package onnx_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/nn"
	"github.com/nascent-go/nascent/nasext/nn/grad"
	"github.com/nascent-go/nascent/nasext/nn/onnx"
)

// What onnxruntime makes of the models is tested in testdata, in Python.

// fields are those of a protocol buffer, by number, in order.
type fields map[int][][]byte

// read takes a protocol buffer apart. Numbers become their bytes.
func read(t *testing.T, b []byte) fields {
	t.Helper()
	f := fields{}
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		if n <= 0 {
			t.Fatal("a field has no tag")
		}
		b = b[n:]
		size := 0
		switch tag & 7 {
		case 0:
			_, size = binary.Uvarint(b)
		case 5:
			size = 4
		case 2:
			length, n := binary.Uvarint(b)
			b = b[n:]
			size = int(length)
		default:
			t.Fatalf("field %d is written in the way %d", tag>>3, tag&7)
		}
		if size <= 0 && tag&7 != 2 || size > len(b) {
			t.Fatalf("field %d is cut off", tag>>3)
		}
		f[int(tag>>3)] = append(f[int(tag>>3)], b[:size])
		b = b[size:]
	}
	return f
}

func (f fields) texts(number int) (list []string) {
	for _, v := range f[number] {
		list = append(list, string(v))
	}
	return list
}

func (f fields) number(number int) int {
	if len(f[number]) == 0 {
		return 0
	}
	v, _ := binary.Uvarint(f[number][0])
	return int(v)
}

// export writes a network and reads the graph of its model.
func export(t *testing.T, a *arch.Arch) fields {
	t.Helper()
	n, err := nn.New(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := onnx.Write(&b, n); err != nil {
		t.Fatal(err)
	}
	model := read(t, b.Bytes())
	if ir, opset := model.number(1), read(t, model[8][0]).number(2); ir != 8 || opset != 17 {
		t.Errorf("IR version %d and opset %d, want 8 and 17", ir, opset)
	}
	return read(t, model[7][0])
}

func TestWriteIsAGraph(t *testing.T) {
	b := arch.NewBuilder("odd \xff name", arch.Shape{C: 2, H: 6, W: 6})
	x := b.Conv(b.In(), 4, 3, arch.Named("output"), arch.Bias(true))
	y := b.Conv(x, 4, 1, arch.Named("output.weight"))
	b.Conv(x, 4, 1, arch.Named("nobody takes it"))
	z := b.SiLU(b.Add(x, b.BatchNorm(y, arch.Fixed()), y), arch.Named("\xfe"))
	b.Aux(b.Classifier(x, 3))
	v := b.Flatten(b.Slice(b.Shift(z), 1, 2))
	b.Mul(b.Linear(v, 3), b.GlobalPool(b.Conv(z, 3, 1)))
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	g := export(t, a)
	known := map[string]bool{}
	define := func(name string) {
		if known[name] || !utf8.ValidString(name) || name == "" {
			t.Errorf("the name %q is taken, empty or no UTF-8", name)
		}
		known[name] = true
	}
	for _, in := range g[11] {
		define(read(t, in).texts(1)[0])
	}
	params := 0
	for _, raw := range g[5] {
		w := read(t, raw)
		define(w.texts(8)[0])
		elems := 1
		for _, d := range w[1] {
			n, _ := binary.Uvarint(d)
			elems *= int(n)
		}
		size := map[int]int{1: 4, 7: 8}[w.number(2)]
		if len(w[9][0]) != elems*size || size == 0 {
			t.Errorf("%s has %d bytes for %d numbers of type %d", w.texts(8)[0], len(w[9][0]), elems, w.number(2))
		}
		if w.number(2) == 1 {
			params += elems
		}
	}
	var ops []string
	for _, raw := range g[1] {
		n := read(t, raw)
		ops = append(ops, n.texts(4)[0])
		for _, in := range n.texts(1) {
			if !known[in] {
				t.Errorf("%s takes %q, which nothing before it is called", n.texts(3)[0], in)
			}
		}
		for _, out := range n.texts(2) {
			define(out)
		}
	}
	const want = "Conv Conv BatchNormalization Sum Sigmoid Mul Pad Slice Slice Flatten Gemm Conv GlobalAveragePool Reshape Mul Flatten"
	if got := strings.Join(ops, " "); got != want {
		t.Errorf("operations are\n%s\nwant\n%s", got, want)
	}
	// 2·4·9+4, 4·4; of the fixed norm scale, shift and moments; 72·3+3; 4·3. Not the
	// auxiliary head, nor what nobody takes.
	if want := 76 + 16 + 4*4 + 219 + 12; params != want {
		t.Errorf("%d weights, want %d", params, want)
	}
	if out := read(t, g[12][0]).texts(1)[0]; out != "output" || !known["output"] {
		t.Errorf("the output is called %q", out)
	}
}

// Padding before and behind the image, as TensorFlow and PyTorch put it.
func TestWritePads(t *testing.T) {
	b := arch.NewBuilder("", arch.Shape{C: 1, H: 8, W: 7})
	same := b.Conv(b.In(), 1, 3, arch.Same(), arch.Stride(2))
	explicit := b.Conv(b.In(), 1, 3, arch.Pad(1), arch.StrideHW(2, 3))
	b.Concat(b.GlobalPool(same), b.GlobalPool(explicit), b.GlobalPool(b.MaxPool(b.In(), 3, arch.Stride(2), arch.Ceil())))
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	var got [][]byte
	for _, raw := range export(t, a)[1] {
		for _, attr := range read(t, raw)[5] {
			if f := read(t, attr); f.texts(1)[0] == "pads" {
				got = append(got, bytes.Join(f[8], nil))
			}
		}
	}
	// SAME: of 8 rows 3·2+3-8 = 1 below, of 7 columns 3·2+3-7 = 2, one on each side.
	// Explicit: the last of 4 rows ends with the image, of 3 columns too. Ceil: both.
	want := [][]byte{{0, 1, 1, 1}, {1, 1, 0, 1}, {0, 0, 1, 0}}
	if !slices.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("pads are %v, want %v", got, want)
	}
}

// There is a model of every operation.
func TestWriteKnowsAllOperations(t *testing.T) {
	for _, k := range arch.Kinds()[1:] {
		if k == arch.Mix || k == arch.Custom {
			continue // which belong to a search, and to whoever has the function
		}
		o := arch.Op{Kind: k}
		switch k {
		case arch.Conv:
			o.Out, o.KH, o.KW = 2, 3, 3
		case arch.MaxPool, arch.AvgPool, arch.Crop:
			o.KH, o.KW = 2, 2
		case arch.Linear, arch.Slice:
			o.Out = 2
		}
		in := []int{0}
		if k == arch.Add || k == arch.Mul || k == arch.Concat {
			in = []int{0, 0}
		}
		a := &arch.Arch{Input: arch.Shape{C: 4, H: 4, W: 4}, Nodes: []arch.Node{
			{Name: "input", Op: arch.Op{Kind: arch.Input}}, {Name: "op", Op: o, In: in}, {Name: "vector", Op: arch.Op{Kind: arch.Flatten}, In: []int{1}},
		}}
		if k == arch.Linear {
			a.Input.H, a.Input.W = 1, 1
		}
		if len(export(t, a)[1]) == 0 {
			t.Errorf("%s gives no operation", k)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestWriteErrors(t *testing.T) {
	if err := onnx.Write(failing{}, nil); err == nil || err.Error() != "onnx: there is no network; make one with nn.New" {
		t.Errorf("of no network: %v", err)
	}
	b := arch.NewBuilder("", arch.Shape{C: 1, H: 1, W: 1})
	b.Linear(b.In(), 2)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	n, err := nn.New(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	b = arch.NewBuilder("", arch.Shape{C: 1, H: 1, W: 1})
	b.Mix("a", arch.Softmax, []int{b.In()})
	if a, err = b.Build(); err != nil {
		t.Fatal(err)
	}
	supernet, err := nn.New(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := onnx.Write(failing{}, supernet); err == nil || !strings.HasPrefix(err.Error(), `onnx: node "mix 1" mixes candidates by learned numbers`) {
		t.Errorf("of a supernet: %v", err)
	}
	b = arch.NewBuilder("", arch.Shape{C: 1, H: 1, W: 1})
	b.Custom(b.In(), "same", arch.Shape{C: 1, H: 1, W: 1}, 0)
	if a, err = b.Build(); err != nil {
		t.Fatal(err)
	}
	own, err := nn.New(a, 1, nn.Funcs{"same": func(x, _ *grad.Tensor) *grad.Tensor { return x }})
	if err != nil {
		t.Fatal(err)
	}
	if err := onnx.Write(failing{}, own); err == nil || !strings.HasPrefix(err.Error(), `onnx: node "custom 1" computes the function "same"`) {
		t.Errorf("of a function: %v", err)
	}
	if err := onnx.Write(failing{}, n); err == nil || err.Error() != "onnx: writing the model: the disk is full" {
		t.Errorf("to a full disk: %v", err)
	}
}
