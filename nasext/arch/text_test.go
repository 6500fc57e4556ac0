package arch_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/zoo"
)

// written is an architecture by hand, with what people may do in other ways than Text.
const written = `# a comment
network small one   # and another

image = input( 1 x 8×8 )

[cell 1]
a = conv(image, out=16, filter=3, pad=1, bias)
"b, c" = conv(image, filter=1x1,out=16)
sum = add(a, "b, c")
[]
pool = maxpool(cell 1/sum, filter=2×2, stride=2)
side = linear(flatten, out=10)
`

func TestParseWhatPeopleWrite(t *testing.T) {
	text := strings.Replace(written, "side =", "flatten = flatten(pool)\nside =", 1) + "out = dropout(linear, rate=0.25)\n"
	text = strings.Replace(text, "out = ", "linear = linear(flatten, out=10, bias)\nout = ", 1) + "aux(side)\n"
	a, err := arch.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	conv := func(k, pad int, bias bool) arch.Op {
		return arch.Op{Kind: arch.Conv, Out: 16, KH: k, KW: k, PadH: pad, PadW: pad, Bias: bias}
	}
	want := &arch.Arch{Name: "small one", Input: arch.Shape{C: 1, H: 8, W: 8}, Aux: []int{6}, Nodes: []arch.Node{
		{Name: "image", Op: arch.Op{Kind: arch.Input}},
		{Name: "cell 1/a", Block: "cell 1", Op: conv(3, 1, true), In: []int{0}},
		{Name: "cell 1/b, c", Block: "cell 1", Op: conv(1, 0, false), In: []int{0}},
		{Name: "cell 1/sum", Block: "cell 1", Op: arch.Op{Kind: arch.Add}, In: []int{1, 2}},
		{Name: "pool", Op: arch.Op{Kind: arch.MaxPool, KH: 2, KW: 2, Stride: 2}, In: []int{3}},
		{Name: "flatten", Op: arch.Op{Kind: arch.Flatten}, In: []int{4}},
		{Name: "side", Op: arch.Op{Kind: arch.Linear, Out: 10}, In: []int{5}},
		{Name: "linear", Op: arch.Op{Kind: arch.Linear, Out: 10, Bias: true}, In: []int{5}},
		{Name: "out", Op: arch.Op{Kind: arch.Dropout, Rate: .25}, In: []int{7}},
	}}
	if !reflect.DeepEqual(a, want) {
		t.Errorf("got\n%+v\nwant\n%+v", a, want)
	}
}

// A network's name may be in quotes, and node 0 may be called network.
func TestParseNetwork(t *testing.T) {
	for text, want := range map[string]string{
		"network \"a = b\"\nin = input(3x1x1)": "a = b",
		"network = input(3x1x1)":               "",
		"network n = input(3x1x1)":             "",
	} {
		a, err := arch.Parse(text)
		if err != nil || a.Name != want {
			t.Errorf("%q: %v, %v; want the name %q", text, a, err, want)
		}
	}
}

func TestTextIsReadable(t *testing.T) {
	a := small()
	a.Nodes[3].Name = "cell 1/sum"
	got, err := a.Text()
	if err != nil {
		t.Fatal(err)
	}
	const want = `network small
input = input(1x8x8)

[cell 1]
/a = conv(input, out=16, filter=3x3, pad=1)
/b = conv(input, out=16, filter=1x1)
sum = add(a, b)

[]
pool = maxpool(cell 1/sum, filter=2x2, stride=2)
flat = flatten(pool)
out = linear(flat, out=10, bias)
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	a.Nodes[3].In = nil
	if _, err := a.Text(); err == nil {
		t.Error("a wrong architecture has a text")
	}
}

func roundTrip(t *testing.T, a *arch.Arch) {
	t.Helper()
	text, err := a.Text()
	if err != nil {
		t.Fatal(err)
	}
	back, err := arch.Parse(text)
	if err != nil {
		t.Fatalf("%v\nin\n%s", err, text)
	}
	if !reflect.DeepEqual(a, back) {
		t.Fatalf("came back as\n%+v\nwas\n%+v\nby\n%s", back, a, text)
	}
}

func TestTextRoundTrip(t *testing.T) {
	for _, f := range []build{zoo.GoogLeNet, zoo.ResNet18, zoo.AlexNet, zoo.DenseNet121} {
		roundTrip(t, imagenet(t, f))
	}
	d := rand.New(rand.NewPCG(5, 6))
	for range 1000 {
		roundTrip(t, random(d, d.IntN(20)))
	}
	// Names that look like what they are not: absolute ones, ones of another block, empty ones.
	a := &arch.Arch{Name: "network", Input: arch.Shape{C: 1, H: 1, W: 1}}
	names := []string{"network x", "/x", "//", "b/", "b//y", "b/b/z", "b", "aux", " x ", "x\ny", "\xff", "b/c", "c", "nett ]"}
	for i, name := range names {
		n := arch.Node{Name: name, Block: []string{"", "b", "b/b", "\"", " "}[i%5], Op: arch.Op{Kind: arch.Identity}, In: []int{max(0, i-1)}}
		if i == 0 {
			n = arch.Node{Name: name, Op: arch.Op{Kind: arch.Input}}
		}
		a.Nodes = append(a.Nodes, n)
	}
	a.Aux = []int{2, 5, 11}
	roundTrip(t, a)
	a.Nodes = append(a.Nodes, arch.Node{Name: "all", Block: "b", Op: arch.Op{Kind: arch.Add}, In: []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13}})
	roundTrip(t, a)
}

func TestParseErrors(t *testing.T) {
	const head = "input = input(1x8x8)\n"
	for _, c := range []struct{ text, want string }{
		{"", "line 1, column 1): expected a first node such as input = input(3x32x32), found the end of the line"},
		{"network n\n", "line 2, column 1): expected a first node"},
		{"a = relu(b)", "line 1, column 10): there is no node “b” above this line"},
		{"input\n", "line 1, column 6): expected “=” and what input is, found the end of the line"},
		{"input = input(3x32)", "line 1, column 19): expected a shape such as 3x32x32: channels, height and width, found “)”"},
		{"input = input(3x32xx)", "line 1, column 20): expected a shape such as 3x32x32"},
		{"input = input(99999999999999999999x1x1)", "line 1, column 15): the number 99999999999999999999 is too large"},
		{"input = input(0x1x1)", "line 1): node 0 (input “input”): the shape is 0×1×1; channels, height and width must be at least 1"},
		{head + "input = relu(input)", "line 2, column 1): the name input is that of node 0; every node needs one of its own"},
		{head + "x = input(1x1x1)", "line 2): node 1 (input “x”): is out of place; the first node, and no other, is of kind input"},
		{head + "x = con(input)", `line 2, column 5): there is no operation "con"; the operations are input, conv,`},
		{head + "x = relu input", `line 2, column 5): there is no operation "relu input"`},
		{head + "x = relu", "line 2, column 9): expected “(”, found the end of the line"},
		{head + "x = relu(input", "line 2, column 15): expected “,” or “)”, found the end of the line"},
		{head + "x = relu(input) y", "line 2, column 17): expected the end of the line, found “y”"},
		{head + "x = relu(input,)", "line 2, column 16): expected a node or a setting, found “)”"},
		{head + "x = relu(input, bias)", "line 2, column 17): relu takes exactly one input and no settings, not bias"},
		{head + "ünï = conv(input, 64)", "line 2, column 19): conv takes exactly one input and the settings out, filter, stride, stride_w, pad, same, dilation, groups, bias, not 64"},
		{head + "x = conv(input, out=4, out=4)", "line 2, column 24): out is given twice"},
		{head + "x = conv(input, out, filter=3)", "line 2, column 20): expected “=” and a value for out, found “,”"},
		{head + "x = conv(input, out=many)", "line 2, column 21): expected a whole number, found “many”"},
		{head + "x = conv(input, out=4, filter=3xx)", "line 2, column 33): expected a number, or height x width such as 3x3, found “x”"},
		{head + "x = conv(input, out=4, filter=3, bias=1)", "bias is there or not; it has no value"},
		{head + "x = conv(input, out=-4, filter=3)", "line 2, column 21): expected a whole number, found “-4”"},
		{head + "x = dropout(input, rate=half)", "line 2, column 25): expected a number such as 0.5, found “half”"},
		{head + "x = conv(out=4, filter=3)", "line 2): node 1 (conv “x”): has 0 inputs; a conv needs exactly one input"},
		{head + "x = add(input, y)", "line 2, column 16): there is no node “y” above this line"},
		{head + "[a\nx = relu(input)", "line 2, column 3): expected “]”, found the end of the line"},
		{head + "[a] x", "line 2, column 5): expected the end of the line, found “x”"},
		{head + `"x = relu(input)`, "line 2, column 1): expected a name in quotes that end on this line"},
		{head + "= relu(input)", "line 2, column 1): expected a name, a block in brackets or the end of the text, found “=”"},
		{head + "aux(input", "line 2, column 10): expected “,” or “)”, found the end of the line"},
		{`network "n`, "line 1, column 9): expected a name in quotes that end on this line"},
		{`network "n" m`, "line 1, column 13): expected the end of the line, found “m”"},
		{head + "[(]", "line 2, column 2): expected the label of a block, or “]” for none, found “(”"},
		{head + "x = (input)", "line 2, column 5): expected an operation, found “(”"},
		{"input = input(1x8x8, 3)", "line 1, column 20): expected “)”, found “,”"},
		{head + "x = avgpool(input, filter=2x, stride=2)", "line 2, column 29): expected a number, or height x width such as 3x3, found “,”"},
		{head + "aux()", "line 2, column 5): expected a node that is an auxiliary output, found “)”"},
		{head + "aux(x)", "line 2, column 5): there is no node “x” above this line"},
		{head + "x = globalpool(input)\naux(x)", "arch: auxiliary outputs are the nodes [1]; they must be in order, each once, from 1 to 0, before the output"},
		{head + "x = relu(input)", "arch: node 1 (relu “x”): is the output and has the shape 1×8×8"},
		{head + "x = relu(input)\nnetwork n", "line 3, column 10): expected “=” and what network n is, found the end of the line"},
	} {
		_, err := arch.Parse(c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q gives\n%v\nwant it to hold\n%v", c.text, err, c.want)
		}
	}
}

// Whatever the text, Parse gives an architecture that is right and comes back, or an error.
func FuzzParse(f *testing.F) {
	f.Add(written)
	f.Add("input = input(3x8x8)\n[\"a\"]\n/x = flatten(input)\ny = linear(/x, out=1)\naux(x)\nz = identity(y)")
	d := rand.New(rand.NewPCG(7, 8))
	for range 5 {
		text, err := random(d, 10).Text()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := arch.Parse(text)
		if err != nil {
			return
		}
		roundTrip(t, a)
	})
}

// readBack is the architecture after it was text, and after it was JSON.
func readBack(t *testing.T, a *arch.Arch) []*arch.Arch {
	t.Helper()
	text, err := a.Text()
	if err != nil {
		t.Fatal(err)
	}
	data, err := a.Encode()
	if err != nil {
		t.Fatal(err)
	}
	fromText, err := arch.Parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	fromJSON, err := arch.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return []*arch.Arch{fromText, fromJSON}
}

// fingerprints are that of the structure as it is and that of its canonical form.
func fingerprints(t *testing.T, a *arch.Arch) [2]string {
	t.Helper()
	canonical, err := a.CanonicalHash()
	if err != nil {
		t.Fatal(err)
	}
	return [2]string{a.Hash(), canonical}
}
