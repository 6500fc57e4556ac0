package space_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
)

// The records of the benchmark: its FLOPs count the bias of the last layer once
// per class, our MACs do not.
func TestNB201BenchmarkRecords(t *testing.T) {
	const first = "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|"
	small := arch.Shape{C: 3, H: 16, W: 16}
	for _, c := range []struct {
		name, cell    string
		config        space.NASBench201Config
		params, flops int64
	}{
		{"index 0", first, space.NASBench201Config{}, 129_306, 15_647_370},
		{"index 0, CIFAR-100", first, space.NASBench201Config{Classes: 100}, 135_156, 15_653_220},
		{"index 0, ImageNet16-120", first, space.NASBench201Config{Classes: 120, Input: small}, 136_456, 3_919_480},
		{"index 11 has three 3×3", "3x3,3x3,3x3,skip,none,pool", space.NASBench201Config{}, 802_426, 113_951_370},
		{"largest", "3x3,3x3,3x3,3x3,3x3,3x3", space.NASBench201Config{}, 1_531_546, 220_119_690},
		{"smallest", "none,skip,pool,none,skip,pool", space.NASBench201Config{}, 73_306, 7_783_050},
		{"nothing at all", "none,none,none,none,none,none", space.NASBench201Config{}, 73_306, 7_783_050},
		{"five 3×3 and a skip", "3x3,3x3,3x3,skip,3x3,3x3", space.NASBench201Config{}, 1_288_506, 0},
		{"the same on 1×8×8", "3x3,3x3,3x3,skip,3x3,3x3", space.NASBench201Config{C: 8, N: 1, Input: arch.Shape{C: 1, H: 8, W: 8}}, 79_634, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := made(t, space.NASBench201, c.config)
			params, macs := counts(t, s, c.cell)
			if params != c.params {
				t.Errorf("params = %d, want %d", params, c.params)
			}
			if flops := macs + int64(s.Config().Classes); c.flops != 0 && flops != c.flops {
				t.Errorf("FLOPs = %d, want %d", flops, c.flops)
			}
		})
	}
}

// Parameters and MACs of every cell follow from the number of its 3×3 and 1×1 edges.
func TestNB201ClosedForm(t *testing.T) {
	s := made(t, space.NASBench201, space.NASBench201Config{})
	pairs := make(map[[2]int64]bool)
	for cell := range 15_625 {
		g, err := s.At(cell)
		if err != nil {
			t.Fatal(err)
		}
		var n1, n3 int64
		for _, o := range g {
			switch o {
			case 2:
				n1++
			case 3:
				n3++
			}
		}
		const stem, hw = 3 * 16 * 9, 32 * 32
		params, macs := int64(stem+2*16+2*64+64*10+10), int64(stem*hw+64*10)
		for i, c := range []int64{16, 32, 64} {
			area := int64(hw >> (2 * i))
			params += 5 * (n3*(9*c*c+2*c) + n1*(c*c+2*c))
			macs += 5 * (n3*9*c*c + n1*c*c) * area
			if i > 0 {
				h := c / 2
				params += 9*h*c + 2*c + 9*c*c + 2*c + h*c
				macs += (9*h*c + 9*c*c + h*c) * area
			}
		}
		a := built(t, s, g)
		p, m := counted(t, a)
		if p != params || m != macs {
			t.Fatalf("%s: %d parameters and %d MACs, want %d and %d", a.Name, p, m, params, macs)
		}
		pairs[[2]int64{p, m}] = true
	}
	if len(pairs) != 28 {
		t.Errorf("%d different pairs of parameters and MACs; there are 28", len(pairs))
	}
	// The ranges, without the bias of the last layer.
	least, most := [2]int64{73_306, 7_783_050 - 10}, [2]int64{1_531_546, 220_119_690 - 10}
	for pair := range pairs {
		if pair[0] < least[0] || pair[1] < least[1] || pair[0] > most[0] || pair[1] > most[1] {
			t.Errorf("%v parameters and MACs are not in the range from %v to %v", pair, least, most)
		}
	}
	if !pairs[least] || !pairs[most] {
		t.Errorf("no cell has %v, or none has %v parameters and MACs", least, most)
	}
}

func TestNB201WholeSpace(t *testing.T) {
	s := made(t, space.NASBench201, space.NASBench201Config{C: 4, N: 1, Input: arch.Shape{C: 1, H: 8, W: 8}})
	if n, err := space.Size(s); err != nil || n.Int64() != 15625 {
		t.Errorf("size = %v, %v", n, err)
	}
	reachable, index := 0, 0
	canonical, contracted := make(map[string]bool), make(map[string]bool)
	sums := [2]hash.Hash{sha256.New(), sha256.New()}
	err := space.Walk(s, func(g space.Genotype) bool {
		if i, err := s.Index(g); i != index || err != nil {
			t.Errorf("index of %v = %d, %v; want %d", g, i, err, index)
		}
		if h, err := s.At(index); err != nil || !reflect.DeepEqual(g, h) {
			t.Errorf("cell %d = %v, %v; want %v", index, h, err, g)
		}
		text, err := space.Format(s, g)
		if err != nil {
			t.Error(err)
		}
		if h, err := space.Parse(s, text); err != nil || !reflect.DeepEqual(g, h) {
			t.Errorf("%s was read as %v, %v; want %v", text, h, err, g)
		}
		ok, err := s.Reachable(g)
		if err != nil {
			t.Error(err)
		}
		if ok {
			reachable++
		}
		c, err := s.Canonical(g)
		if err != nil {
			t.Error(err)
		}
		canonical[c] = true
		fmt.Fprintln(sums[0], c)
		if c, err = s.Contracted(g); err != nil {
			t.Error(err)
		}
		contracted[c] = true
		fmt.Fprintln(sums[1], c)
		index++
		return !t.Failed()
	})
	if err != nil {
		t.Fatal(err)
	}
	if index != 15625 || reachable != 15284 || len(canonical) != 6466 || len(contracted) != 12751 {
		t.Errorf("%d cells, %d with a path, %d unique, %d if none is an operation; want 15625, 15284, 6466, 12751", index, reachable, len(canonical), len(contracted))
	}
	// What to_unique_str of NATS-Bench's genotype_utils.py prints for all cells, one a
	// line in this order, has these sums: with consider_zero and without.
	for i, want := range []string{
		"64f5c5cea4626bd1a5ce78a5d3c0a8fab50a6dcfcba32abcdcd3ad02b244c31b",
		"2dd6ada9cf4143bb9506d8a91f027c3df8dd8c4b711d6434bb42ddcc49f121fc",
	} {
		if got := hex.EncodeToString(sums[i].Sum(nil)); got != want {
			t.Errorf("the canonical strings have the sum %s, want %s", got, want)
		}
	}
}

// Every cell can be built, also those with nodes that nothing reaches.
func TestNB201EveryPatternOfNoneBuilds(t *testing.T) {
	s := made(t, space.NASBench201, space.NASBench201Config{C: 2, N: 1, Input: arch.Shape{C: 1, H: 5, W: 7}, Classes: 3})
	for op := 1; op < 5; op++ {
		for mask := range 64 {
			g := make(space.Genotype, 6)
			for i := range g {
				if mask>>i&1 == 1 {
					g[i] = op
				}
			}
			a, err := s.Build(g)
			if err != nil {
				t.Fatalf("%v: %v", g, err)
			}
			if out, err := a.Output(); err != nil || out != (arch.Shape{C: 3, H: 1, W: 1}) {
				t.Errorf("%v: output %v, %v", g, out, err)
			}
		}
	}
}

// The order in which a cell's weights come is the order of its edges.
func TestNB201NodeNames(t *testing.T) {
	s := made(t, space.NASBench201, space.NASBench201Config{C: 2, N: 1, Input: arch.Shape{C: 1, H: 4, W: 4}})
	g := parsed(t, s, "3x3, skip, none, 1x1, pool, skip")
	a := built(t, s, g)
	var cell, reduction []string
	for _, n := range a.Nodes {
		switch n.Block {
		case "cell 1":
			cell = append(cell, strings.TrimPrefix(n.Name, "cell 1/"))
		case "reduction 1":
			reduction = append(reduction, strings.TrimPrefix(n.Name, "reduction 1/"))
		}
	}
	if got, want := strings.Join(cell, ", "), "0→1/relu, 0→1/conv, 0→1/bn, 0→2, 0→3/relu, 0→3/conv, 0→3/bn, 1→3, 2→3, node 3"; got != want {
		t.Errorf("the cell is %s\nwant %s", got, want)
	}
	if got, want := strings.Join(reduction, ", "), "a/relu, a/conv, a/bn, b/relu, b/conv, b/bn, shortcut/pool, shortcut/conv, sum"; got != want {
		t.Errorf("the reduction is %s\nwant %s", got, want)
	}
}

func TestNB201Neighbours(t *testing.T) {
	s := made(t, space.NASBench201, space.NASBench201Config{})
	for _, cell := range []int{0, 4711, 15624} {
		g, err := s.At(cell)
		if err != nil {
			t.Fatal(err)
		}
		all, err := space.Neighbours(s, g)
		if err != nil {
			t.Fatal(err)
		}
		seen := make(map[string]bool)
		for _, h := range all {
			differ := 0
			for i := range h {
				if h[i] != g[i] {
					differ++
				}
			}
			if differ != 1 {
				t.Errorf("%v is no neighbour of %v", h, g)
			}
			seen[fmt.Sprint(h)] = true
		}
		if len(seen) != 24 {
			t.Errorf("cell %d has %d neighbours, want 24", cell, len(seen))
		}
	}
}

func TestNB201Errors(t *testing.T) {
	refuses(t, space.NASBench201, []refused[space.NASBench201Config]{
		{space.NASBench201Config{C: -1}, "C = -1"},
		{space.NASBench201Config{N: 2000}, "it must be at most 1000"},
		{space.NASBench201Config{Input: arch.Shape{C: 1, H: -3, W: 8}}, "the shape is 1×-3×8"},
	})
	s := made(t, space.NASBench201, space.NASBench201Config{})
	for _, c := range []struct{ text, want string }{
		{"|none~0|+|none~0|none~1|", `column 25: found the end; expected "+" and the edges into the next node; a cell reads |op~0|`},
		{"|none~0|+|none~1|none~0|+|none~0|none~1|none~2|", `column 16: found "1"; expected node 0, where edge 1 into node 2 comes from`},
		{"|none~0|+|none~0|none~1|+|none~0|none~1|none~2", `column 47: found the end; expected "|"`},
		{"|none~0|+|none~0|none~1|+|none~0|none~1|conv~2|", `column 41: found "conv"; expected an operation (none, skip_connect`},
		{"|none~0|+|none~0|none~1|+|none~0|none~1|none~2|+", `column 48: found "+"; expected the end`},
		{"|none|", `column 6: found "|"; expected "~"`},
		{"|none~0|none~0|", `column 9: found "none"; expected "+"`},
		{"3x3,3x3, 3×3, skip,none,pool", `column 10 (edge 1→2) of "3x3,3x3, 3×3, skip,none,pool": there is no option "3×3"; the options are none, skip_connect`},
		{"3x3, 3x3", `ends before "edge 1→2" is decided`},
		{"", `ends before "edge 0→1" is decided`},
		{"3x3,3x3,3x3,3x3,3x3,3x3,3x3", "has 7 choices, but the architecture is complete after 6"},
	} {
		if g, err := space.Parse(s, c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q was read as %v, error %v; want the error to hold %q", c.text, g, err, c.want)
		}
	}
	for _, g := range []space.Genotype{nil, {1, 2, 3, 4, 0}, {0, 0, 0, 0, 0, 5}, {-1, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0, 0}} {
		if _, err := s.Build(g); err == nil {
			t.Errorf("%v was built", g)
		}
		if err := space.Check(s, g); err == nil {
			t.Errorf("%v passed the check", g)
		}
		if _, err := s.Index(g); err == nil {
			t.Errorf("%v has an index", g)
		}
	}
	if _, err := s.At(15625); err == nil {
		t.Error("there is a cell 15625")
	}
}

func BenchmarkNB201RandomBuild(b *testing.B) {
	s := made(b, space.NASBench201, space.NASBench201Config{})
	rng := rand.New(rand.NewPCG(1, 2))
	b.ReportAllocs()
	for b.Loop() {
		g, err := space.Random(s, rng)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Build(g); err != nil {
			b.Fatal(err)
		}
	}
}

// Building, shaping and counting one network of NAS-Bench-201: at most 50 µs.
func BenchmarkNB201BuildAndCount(b *testing.B) {
	s := made(b, space.NASBench201, space.NASBench201Config{})
	b.ReportAllocs()
	for i := 0; b.Loop(); i = (i + 7919) % 15_625 {
		g, err := s.At(i)
		if err != nil {
			b.Fatal(err)
		}
		a, err := s.Build(g)
		if err != nil {
			b.Fatal(err)
		}
		infos, err := a.Infer()
		if err != nil {
			b.Fatal(err)
		}
		var params, macs int64
		for _, i := range infos {
			params += i.Params
			macs += i.MACs
		}
		if params < 73_306 || macs < 7_783_040 {
			b.Fatal(params, macs)
		}
	}
}

func FuzzNB201Parse(f *testing.F) {
	for _, seed := range []string{"|none~0|+|none~0|none~1|+|none~0|none~1|none~2|", "3x3,3x3, skip,1x1,none,pool", " | 3x3 ~ 0 |+", "|~|", ",,,,,", "|\xff"} {
		f.Add(seed)
	}
	s, err := space.NASBench201(space.NASBench201Config{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, err := s.Parse(text)
		if err != nil {
			return
		}
		again, err := s.Format(g)
		if err != nil {
			t.Fatalf("%q was read as %v: %v", text, g, err)
		}
		if h, err := s.Parse(again); err != nil || !reflect.DeepEqual(g, h) {
			t.Fatalf("%q was read as %v, written as %q, and read as %v, %v", text, g, again, h, err)
		}
	})
}
