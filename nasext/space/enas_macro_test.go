package space_test

import (
	"math/big"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
)

func TestENASMacroSize(t *testing.T) {
	s := made(t, space.ENASMacro, space.ENASMacroConfig{C: 2})
	want, _ := new(big.Int).SetString("160618186625454535808756219904", 10)
	if s.Size().Cmp(want) != 0 || want.Cmp(new(big.Int).Mul(pow(6, 12), pow(2, 66))) != 0 {
		t.Errorf("size = %v, want %v", s.Size(), want)
	}
	e, err := space.Enumerate(s)
	if err != nil || e.Size().Cmp(want) != 0 {
		t.Errorf("counted %v, %v", e, err)
	}
	checkEnumeration(t, made(t, space.ENASMacro, space.ENASMacroConfig{Layers: 3, C: 2, Input: digits()}), 6*6*6*8)
}

// The network that the authors' script cifar10_macro_final.sh trains.
const enasFinal = `0
3 0
0 1 0
2 0 0 1
2 0 0 0 0
3 1 1 0 1 0
2 0 0 0 0 0 1
2 0 1 1 0 1 1 1
1 0 1 1 1 0 1 0 1
0 0 0 0 0 0 0 0 0 0
2 0 0 0 0 0 1 0 0 0 0
0 1 0 0 1 1 0 0 0 0 1 1
2 0 1 0 0 0 0 0 1 0 1 1 0
1 0 0 1 0 0 0 1 1 1 0 1 0 1
0 1 1 0 1 0 1 0 0 0 0 0 1 0 0
2 0 0 1 0 0 0 0 0 0 0 1 0 1 0 1
2 0 1 0 0 0 1 0 0 1 1 1 1 0 0 1 0
2 0 0 0 0 1 0 1 0 1 0 0 1 0 1 0 0 1
3 0 1 1 0 1 0 0 0 0 0 1 0 1 0 1 0 0 0
3 0 1 1 0 0 0 0 0 0 0 0 0 1 1 0 0 0 0 1
0 1 0 0 1 0 1 1 0 0 0 1 0 0 0 0 0 1 1 0 0
3 0 1 0 1 1 0 0 1 0 1 1 0 1 1 0 1 0 0 1 0 0
0 1 0 1 0 1 0 0 0 0 0 0 0 0 1 0 1 0 0 1 0 0 0
0 1 1 0 0 0 1 1 1 0 1 0 0 0 1 0 1 0 0 1 1 0 0 0`

// Parameters follow from the operations and the number of connections, layer by layer.
func TestENASMacroCounts(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	final := made(t, space.ENASMacro, space.ENASMacroConfig{Layers: 24, C: 96})
	published := parsed(t, final, enasFinal)
	cases := []struct {
		s *space.ENASMacroSpace
		g space.Genotype
	}{{final, published}}
	for _, c := range []space.ENASMacroConfig{{C: 4}, {Layers: 7, C: 6, Input: digits(), Classes: 3}, {Layers: 2, C: 5, Dropout: 0.5}} {
		s := made(t, space.ENASMacro, c)
		for range 5 {
			g, err := space.Random(s, rng)
			if err != nil {
				t.Fatal(err)
			}
			cases = append(cases, struct {
				s *space.ENASMacroSpace
				g space.Genotype
			}{s, g})
		}
	}
	for _, k := range cases {
		c := k.s.Config()
		wide, area := int64(c.C), int64(c.Input.H*c.Input.W)
		params, macs := int64(c.Input.C)*9*wide+2*wide, int64(c.Input.C)*9*wide*area
		g := k.g
		for n := range c.Layers {
			weights := wide * wide // of the 1×1 convolution
			norms := int64(1)
			switch g[0] {
			case 0, 2:
				side := int64(3 + g[0])
				weights += side * side * wide * wide
				norms++
			case 1, 3:
				side := int64(2 + g[0])
				weights += side*side*wide + wide*wide
				norms++
			}
			if n > 0 {
				joined := int64(1)
				for _, yes := range g[1 : n+1] {
					joined += int64(yes)
				}
				weights += joined * wide * wide
				norms++
			}
			g = g[n+1:]
			params += weights + norms*2*wide
			macs += weights * area
			if third := c.Layers / 3; n == third-1 || n == 2*third-1 {
				outs := int64(n + 2) // of the stem and all layers so far
				area /= 4
				params += outs * (2*wide*wide + 4*wide)
				macs += outs * 2 * wide * wide * area
				wide *= 2
			}
		}
		params += wide * int64(c.Classes)
		macs += wide * int64(c.Classes)
		a := built(t, k.s, k.g)
		p, m := counted(t, a)
		if p != params || m != macs {
			t.Errorf("%v in %s: %d parameters and %d MACs, want %d and %d", k.g, k.s.Name(), p, m, params, macs)
		}
	}
}

func TestENASMacroText(t *testing.T) {
	s := made(t, space.ENASMacro, space.ENASMacroConfig{Layers: 24, C: 2})
	g := parsed(t, s, enasFinal)
	text, err := space.Format(s, g)
	if want := strings.Join(strings.Fields(enasFinal), " "); text != want || err != nil {
		t.Errorf("it reads %s, %v\nwant %s", text, err, want)
	}
	s = made(t, space.ENASMacro, space.ENASMacroConfig{Layers: 2, C: 2, Input: digits()})
	for _, c := range []struct{ text, want string }{
		{"", "column 1: expected 0 to 5 (layer 1), found the end"},
		{"0 6 1", "column 3: expected 0 to 5 (layer 2), found “6”"},
		{"0  5 2", "column 6: expected 0 to 1 (layer 2 from stem), found “2”"},
		{"0 5 –1", "column 5: expected 0 to 1 (layer 2 from stem), found “–1”"},
		{"0 5 1 0", "column 7: expected the end, found “0”"},
	} {
		if g, err := space.Parse(s, c.text); err == nil || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%q was read as %v, error %v; want it to end with %q", c.text, g, err, c.want)
		}
	}
}

func FuzzENASMacroParse(f *testing.F) {
	s := made(f, space.ENASMacro, space.ENASMacroConfig{Layers: 3, C: 2, Input: digits()})
	f.Add("0 1 0 5 1 1")
	f.Add(" 2\t3 1\n4 0 0 ")
	f.Add("0 1 0 5 1 1 0")
	f.Add("0 ½")
	f.Fuzz(func(t *testing.T, text string) {
		g, err := s.Parse(text)
		if err != nil {
			return
		}
		back, err := s.Format(g)
		if err != nil {
			t.Fatalf("%q was read as %v: %v", text, g, err)
		}
		if h, err := s.Parse(back); err != nil || !reflect.DeepEqual(g, h) {
			t.Fatalf("%q was read as %v, and %q as %v, %v", text, g, back, h, err)
		}
	})
}

// Who takes whom, in a network of four layers.
func TestENASMacroConnections(t *testing.T) {
	s := made(t, space.ENASMacro, space.ENASMacroConfig{Layers: 4, C: 2, Input: digits()})
	g := parsed(t, s, "4 5 1 0 0 1 2 1 0 0")
	a := built(t, s, g)
	got := make(map[string]string)
	for _, n := range a.Nodes {
		if n.Op.Kind == arch.Concat && strings.HasPrefix(n.Block, "layer") {
			var from []string
			for _, i := range n.In {
				from = append(from, a.Nodes[i].Name)
			}
			got[n.Block] = strings.Join(from, ", ")
		}
	}
	// The reductions come after layers 1 and 2. Layer 2 also takes the stem, layer 3
	// layer 1, and layer 4 the stem.
	want := map[string]string{
		"layer 2": "reduction 1/stem/bn, layer 2/op",
		"layer 3": "reduction 2/layer 1/bn, layer 3/op/bn",
		"layer 4": "reduction 2/stem/bn, layer 4/op/bn",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the layers take %v, want %v", got, want)
	}
}

func TestENASMacroWiring(t *testing.T) {
	s := made(t, space.ENASMacro, space.ENASMacroConfig{Layers: 3, C: 2, Input: digits()})
	g := parsed(t, s, "4 5 1 0 0 1")
	w, err := s.Wirings(g)
	if err != nil {
		t.Fatal(err)
	}
	// Layer 2 also takes the stem, layer 3 also layer 1.
	if want := []space.Wiring{{Ops: []int{4, 5, 0}, Edges: [][2]int{{0, 1}, {0, 2}, {1, 2}, {1, 3}, {2, 3}, {3, 4}}}}; !reflect.DeepEqual(w, want) {
		t.Errorf("the wiring is %v, want %v", w, want)
	}
	e, err := space.Adjacency(s)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := e.Encode(g); err != nil || len(v) != 5*4/2+3*6 {
		t.Errorf("%d numbers, %v", len(v), err)
	}
	if _, err := s.Wirings(g[:4]); err == nil {
		t.Error("half a genotype has a wiring")
	}
}

func TestENASMacroErrors(t *testing.T) {
	refuses(t, space.ENASMacro, []refused[space.ENASMacroConfig]{
		{space.ENASMacroConfig{Layers: 101}, "space: ENAS macro: Layers is 101; it must be 1 to 100, or 0 for the published 12"},
		{space.ENASMacroConfig{C: -3}, "C is -3; it must be 1 to 16384, or 0 for the published 36"},
		{space.ENASMacroConfig{Classes: -1}, "Classes is -1"},
		{space.ENASMacroConfig{Dropout: 2}, "rate is 2; it must be at least 0 and below 1"},
		{space.ENASMacroConfig{Input: arch.Shape{C: 1}}, "the shape is 1×0×0"},
	})
	s := made(t, space.ENASMacro, space.ENASMacroConfig{Layers: 2, C: 2, Input: digits()})
	if _, err := s.Build(space.Genotype{0, 1}); err == nil || !strings.Contains(err.Error(), `"layer 2 from stem" is undecided`) {
		t.Errorf("error is %v", err)
	}
}
