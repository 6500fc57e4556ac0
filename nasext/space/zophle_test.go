package space_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
)

func TestZophLeSize(t *testing.T) {
	for layers := 1; layers <= 40; layers++ {
		for _, strides := range [][]int{nil, {1, 2, 3}} {
			s := made(t, space.ZophLe2017, space.ZophLeConfig{Layers: layers, Strides: strides, Input: arch.Shape{C: 1, H: 8, W: 8}})
			l := int64(layers)
			want := new(big.Int).Mul(pow(4*4*4, l), pow(2, l*(l-1)/2))
			if strides != nil {
				want.Mul(want, pow(3, l))
			}
			e, err := space.Enumerate(s)
			if err != nil {
				t.Fatal(err)
			}
			if e.Size().Cmp(want) != 0 || s.Size().Cmp(want) != 0 {
				t.Errorf("%d layers: size = %v, counted %v; want %v", layers, s.Size(), e.Size(), want)
			}
		}
	}
	checkEnumeration(t, made(t, space.ZophLe2017, space.ZophLeConfig{Layers: 4, FilterSizes: []int{3}, Filters: []int{2, 4}, Input: digits()}), 16*64)
}

// Where the article leaves no choice: the image where nothing is taken, zeros around
// what is smaller, and all that nobody takes at the end.
func TestZophLeBuild(t *testing.T) {
	s := made(t, space.ZophLe2017, space.ZophLeConfig{Layers: 5, Strides: []int{1, 2, 3}, Input: arch.Shape{C: 3, H: 32, W: 20}})
	for _, c := range []struct{ text, want string }{
		{
			// Nothing takes anything: five layers side by side.
			"1, 1, 1, 24, 3, 1, 1, 24, no, 1, 5, 1, 36, no, no, 7, 7, 1, 48, no, no, no, 3, 3, 1, 64, no, no, no, no",
			"conv 1×1 →24 (input) = 24×32×20; conv 3×1 →24 pad 1×0 (input) = 24×32×20; conv 1×5 →36 pad 0×2 (input) = 36×32×20; conv 7×7 →48 pad 3 (input) = 48×32×20; " +
				"conv 3×3 →64 pad 1 (input) = 64×32×20; concat (layer 1/relu 1, layer 2/relu 1, layer 3/relu 1, layer 4/relu 1, layer 5/relu 1) = 196×32×20",
		},
		{
			// A chain with a skip from 1 to 4 over smaller images; 5 takes the image.
			"3, 3, 1, 24, 3, 3, 2, 36, yes, 3, 3, 3, 48, no, yes, 3, 3, 1, 24, yes, no, yes, 1, 1, 2, 24, no, no, no, no",
			"conv 3×3 →24 pad 1 (input) = 24×32×20; conv 3×3 →36 /2 pad 1 (layer 1/relu 1) = 36×16×10; conv 3×3 →48 /3 pad 1 (layer 2/relu 1) = 48×6×4; " +
				"zeropad pad 26×16 (layer 3/relu 1) = 48×32×20; concat (layer 1/relu 1, layer 4/zeropad 1) = 72×32×20; conv 3×3 →24 pad 1 (layer 4/concat 1) = 24×32×20; " +
				"conv 1×1 →24 /2 (input) = 24×16×10; zeropad pad 16×10 (layer 5/relu 1) = 24×32×20; concat (layer 4/relu 1, head/zeropad 1) = 48×32×20",
		},
	} {
		g := parsed(t, s, c.text)
		a := built(t, s, g)
		infos := inferred(t, a)
		var got []string
		for i, n := range a.Nodes {
			switch n.Op.Kind {
			case arch.Conv, arch.Concat, arch.ZeroPad:
				var from []string
				for _, x := range n.In {
					from = append(from, a.Nodes[x].Name)
				}
				got = append(got, fmt.Sprintf("%v (%s) = %v", n.Op, strings.Join(from, ", "), infos[i].Out))
			}
		}
		if got := strings.Join(got, "; "); got != c.want {
			t.Errorf("%s\nbuilt\n%s\nwant\n%s", c.text, strings.ReplaceAll(got, "; ", "\n"), strings.ReplaceAll(c.want, "; ", "\n"))
		}
	}
}

// Whatever is drawn builds, and its parameters are those of its layers.
func TestZophLeEveryDrawBuilds(t *testing.T) {
	sizes, filters := []int{1, 3, 5, 7}, []int{24, 36, 48, 64}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, strides := range [][]int{nil, {1, 2, 3}} {
		s := made(t, space.ZophLe2017, space.ZophLeConfig{Layers: 8, Strides: strides})
		for range 200 {
			g, err := space.Random(s, rng)
			if err != nil {
				t.Fatal(err)
			}
			a := built(t, s, g)
			infos := inferred(t, a)
			var params int64
			for _, i := range infos {
				params += i.Params
			}
			// The same count from the decisions alone.
			var want int64
			var out [8]int
			var used [8]bool
			at := 0
			take := func() int { at++; return g[at-1] }
			for n := range out {
				window := sizes[take()] * sizes[take()]
				if strides != nil {
					take()
				}
				out[n] = filters[take()]
				in := 0
				for from := range n {
					if take() == 1 {
						in += out[from]
						used[from] = true
					}
				}
				if in == 0 {
					in = 3
				}
				want += int64(in*out[n]*window + 2*out[n])
			}
			last := 0
			for n := range out {
				if !used[n] {
					last += out[n]
				}
			}
			want += int64(last*10 + 10)
			if params != want {
				t.Fatalf("%v has %d parameters, want %d", g, params, want)
			}
		}
	}
}

func TestZophLeErrors(t *testing.T) {
	refuses(t, space.ZophLe2017, []refused[space.ZophLeConfig]{
		{space.ZophLeConfig{Layers: -1}, "space: Zoph and Le 2017: Layers is -1; it must be 1 to 100, or 0 for 15"},
		{space.ZophLeConfig{Layers: 101}, "Layers is 101"},
		{space.ZophLeConfig{Classes: -1}, "Classes is -1; it must be at least 1, or 0 for 10"},
		{space.ZophLeConfig{FilterSizes: []int{2}}, "FilterSizes offers 2; filter sizes must be odd"},
		{space.ZophLeConfig{Filters: []int{8, 8}}, "Filters offers 8 twice"},
		{space.ZophLeConfig{Strides: []int{0}}, "Strides offers 0; it must be 1 to 10"},
		{space.ZophLeConfig{Input: arch.Shape{C: 1, H: -1, W: 8}}, "Zoph and Le 2017 on an input of 1×-1×8"},
	})
	s := made(t, space.ZophLe2017, space.ZophLeConfig{Layers: 2})
	if want := "Zoph and Le 2017(input=3×32×32 classes=10 layers=2 filter sizes=1,3,5,7 filters=24,36,48,64)"; s.Name() != want {
		t.Errorf("the name is %s, want %s", s.Name(), want)
	}
	for _, c := range []struct {
		g    space.Genotype
		want string
	}{
		{space.Genotype{0, 0, 0}, `is not complete: "layer 2 filter height" is undecided`},
		{space.Genotype{0, 0, 4}, "choice 2 (layer 1 filters) is option 4; there are options 0 to 3"},
		{space.Genotype{0, 0, 0, 0, 0, 0, 0, 0}, "8 choices, but the architecture is complete after 7"},
	} {
		if _, err := s.Build(c.g); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error is %v, want it to hold %q", c.g, err, c.want)
		}
	}
}
