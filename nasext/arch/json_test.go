package arch_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/zoo"
)

func TestJSONRoundTrip(t *testing.T) {
	google, err := zoo.GoogLeNet(arch.Shape{C: 3, H: 64, W: 64}, 10)
	if err != nil {
		t.Fatal(err)
	}
	aux := small()
	aux.Nodes = append(aux.Nodes, arch.Node{Name: "main", Op: arch.Op{Kind: arch.Linear, Out: 10}, In: []int{5}})
	aux.Nodes[1].Op = arch.Op{Kind: arch.Conv, Out: 16, KH: 3, KW: 3, Same: true}
	aux.Aux = []int{6}
	for _, a := range []*arch.Arch{small(), google, aux} {
		data, err := a.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := arch.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(a, back) {
			t.Errorf("%s came back as\n%v", a.Name, back)
		}
	}
}

func TestEncodeNeedsUTF8(t *testing.T) {
	for want, spoil := range map[string]func(a *arch.Arch){
		`arch: the name "a\xff" is no UTF-8`:                                      func(a *arch.Arch) { a.Name = "a\xff" },
		`has a name or a block, "b\xff", "cell 1", that is no UTF-8`:              func(a *arch.Arch) { a.Nodes[2].Name = "b\xff" },
		`has a name or a block, "b", "c\xff", that is no UTF-8, which JSON needs`: func(a *arch.Arch) { a.Nodes[2].Block = "c\xff" },
	} {
		a := small()
		spoil(a)
		if _, err := a.Encode(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %s", err, want)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	good, err := small().Encode()
	if err != nil {
		t.Fatal(err)
	}
	text := string(good)
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "it ends before the architecture does"},
		{"cut", text[:len(text)/2], "it ends before the architecture does"},
		{"syntax", "{\n  \"input\": oops}", "(line 2, column 12): invalid character 'o'"},
		{"null", "null", "it holds null"},
		{"unknown field", strings.Replace(text, `"stride"`, `"strides"`, 1), `unknown field "strides"`},
		{"wrong type", strings.Replace(text, `"out": 16`, `"out": "16"`, 1), "cannot be a string; it must be a whole number"},
		{"more", text + "{}", "there is more after the architecture"},
		{"bad architecture", strings.Replace(text, `"kind": "flatten"`, `"kind": "relu"`, 1), "arch: node 6 (linear “out”): takes a vector"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := arch.Decode([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is\n%v\nwant it to hold\n%v", err, c.want)
			}
		})
	}
}

func TestHashIsOfStructure(t *testing.T) {
	base := small().Hash()
	same := map[string]func(a *arch.Arch){
		"names":         func(a *arch.Arch) { a.Name = "x"; a.Nodes[1].Name = "other"; a.Nodes[1].Block = "b" },
		"default given": func(a *arch.Arch) { a.Nodes[1].Op.Stride, a.Nodes[1].Op.Groups, a.Nodes[1].Op.Dilation = 1, 1, 1 },
	}
	for name, change := range same {
		a := small()
		change(a)
		if a.Hash() != base {
			t.Errorf("%s: the fingerprint changed", name)
		}
	}
	other := map[string]func(a *arch.Arch){
		"input":    func(a *arch.Arch) { a.Input.W = 9 },
		"filter":   func(a *arch.Arch) { a.Nodes[1].Op.KH = 1 },
		"channels": func(a *arch.Arch) { a.Nodes[1].Op.Out = 8 },
		"bias":     func(a *arch.Arch) { a.Nodes[1].Op.Bias = true },
		"ceil":     func(a *arch.Arch) { a.Nodes[4].Op.Ceil = true },
		"wiring":   func(a *arch.Arch) { a.Nodes[3].In = []int{1, 1} },
		"kind":     func(a *arch.Arch) { a.Nodes[4].Op.Kind = arch.AvgPool },
		"same":     func(a *arch.Arch) { a.Nodes[4].Op.Same = true },
		"fixed":    func(a *arch.Arch) { a.Nodes[4].Op.Fixed = true },
		"from":     func(a *arch.Arch) { a.Nodes[4].Op.From = 1 },
		"aux":      func(a *arch.Arch) { a.Aux = []int{2} },
	}
	for name, change := range other {
		a := small()
		change(a)
		if a.Hash() == base {
			t.Errorf("%s: the fingerprint did not change", name)
		}
	}
	// Stored studies hold fingerprints: this one may never change.
	const golden = "33d8d6bdadb0b26bf0be15800f5de01f"
	if base != golden {
		t.Errorf("the fingerprint is %s, want %s", base, golden)
	}
}

func TestStringIsATable(t *testing.T) {
	got := small().String()
	lines := strings.Split(strings.TrimSpace(got), "\n")
	if len(lines) != 9 {
		t.Fatalf("%d lines, want a header, 7 nodes and the totals:\n%s", len(lines), got)
	}
	for i, words := range map[int]string{
		0: "node operation output params MACs",
		2: "a conv 3×3 →16 pad 1 16×8×8 144 9216",
		4: "sum add 16×8×8 – –",
		8: "total small 7 nodes 10×1×1 2730 12800",
	} {
		if got := strings.Join(strings.Fields(lines[i]), " "); got != words {
			t.Errorf("line %d is %q, want %q", i, got, words)
		}
	}
	bad := small()
	bad.Nodes[3].In = nil
	if s := bad.String(); !strings.HasPrefix(s, "arch: node 3 (add “sum”)") {
		t.Errorf("of a wrong architecture: %q", s)
	}
}

// Whatever the bytes, Decode gives an architecture that is right and comes back, or an error.
func FuzzDecode(f *testing.F) {
	for _, a := range []*arch.Arch{small(), random(rand.New(rand.NewPCG(17, 18)), 8)} {
		data, err := a.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"input": {"C": 1, "H": 1, "W": 1}, "nodes": [{"name": "x", "op": {"kind": "input"}}, {"in": [0]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := arch.Decode(data)
		if err != nil {
			return
		}
		again, err := a.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := arch.Decode(again)
		if err != nil {
			t.Fatal(err)
		}
		if back.Hash() != a.Hash() || back.String() != a.String() {
			t.Errorf("came back as\n%v\nwas\n%v", back, a)
		}
	})
}

// A long name, such as that of a cell, does not widen the summary.
func TestStringOfALongName(t *testing.T) {
	b := arch.NewBuilder(strings.Repeat("λ", 200), arch.Shape{C: 1, H: 1, W: 1})
	b.Linear(b.In(), 2)
	a := built(t, b)
	lines := strings.Split(strings.TrimSpace(a.String()), "\n")
	if got, want := lines[len(lines)-1], "total "+strings.Repeat("λ", 39)+"…  2 nodes"; !strings.HasPrefix(got, want) {
		t.Errorf("the last line is %q, want it to begin with %q", got, want)
	}
}
