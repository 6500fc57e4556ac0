package space_test

import (
	"math/big"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/space"
)

// cellSpaces are the published spaces, in skeletons that are small.
func cellSpaces(t testing.TB) map[string]*space.CellSpace {
	t.Helper()
	list := make(map[string]*space.CellSpace)
	for name, make := range map[string]func(cell.Skeleton) (*space.CellSpace, error){
		"NASNet": space.NASNet, "AmoebaNet": space.AmoebaNet, "PNAS": space.PNAS, "DARTS": space.DARTS, "ENAS": space.ENASMicro,
	} {
		skeleton := map[string]cell.Skeleton{
			"NASNet":    cell.NASNet{F: 4, N: 1, Input: digits()},
			"AmoebaNet": cell.NASNet{F: 4, N: 1, LongSkip: true, Input: digits()},
			"PNAS":      cell.NASNet{F: 4, N: 1, InPlace: true, Input: digits()},
			"DARTS":     cell.DARTSNet{C: 4, Layers: 3, Input: digits()},
			"ENAS":      cell.ENASNet{C: 4, Layers: 3, Input: digits()},
		}[name]
		s, err := make(skeleton)
		if err != nil {
			t.Fatal(err)
		}
		list[name] = s
	}
	return list
}

func TestCellSpaceSizes(t *testing.T) {
	square := func(n *big.Int) *big.Int { return new(big.Int).Mul(n, n) }
	number := func(text string) *big.Int {
		n, ok := new(big.Int).SetString(text, 10)
		if !ok {
			t.Fatal(text)
		}
		return n
	}
	// (6!)² ways to take inputs, n^10 operations
	blocks := func(ops int64) *big.Int { return new(big.Int).Mul(pow(720, 2), pow(ops, 10)) }
	for name, want := range map[string]*big.Int{
		"NASNet":    square(number("2286906949584691200")),
		"DARTS":     number("1076746950455072400"), // 1 037 664 180 squared
		"AmoebaNet": square(blocks(8)),
		"PNAS":      number("556627761561600"), // the article's 5.6·10¹⁴
		"ENAS":      square(blocks(5)),
	} {
		s := cellSpaces(t)[name]
		e, err := space.Enumerate(s)
		if err != nil {
			t.Fatal(err)
		}
		if s.Size().Cmp(want) != 0 || e.Size().Cmp(want) != 0 {
			t.Errorf("%s: size = %v, counted %v; want %v", name, s.Size(), e.Size(), want)
		}
	}
}

// Small spaces of the same kinds, every cell of which is walked, written and read.
func TestSmallCellSpaces(t *testing.T) {
	two := []cell.Op{cell.Skip, cell.SepConv3}
	for _, c := range []struct {
		config space.CellConfig
		size   int
	}{
		{space.CellConfig{Nodes: 2, Ops: two, Concat: true, OneCell: true}, 2 * 2 * 4 * 2 * 3 * 3 * 4 * 2},
		{space.CellConfig{Nodes: 3, Ops: two, Unlike: true, OneCell: true, AllOut: true}, 1 * 3 * 6 * 64},
		{space.CellConfig{Nodes: 1, Ops: two}, 16 * 16},
	} {
		c.config.Name, c.config.Skeleton = "small", cell.DARTSNet{C: 2, Layers: 2, Input: digits()}
		s, err := space.Cells(c.config)
		if err != nil {
			t.Fatal(err)
		}
		checkEnumeration(t, s, c.size)
		seen := make(map[string]bool)
		if err := space.Walk(s, func(g space.Genotype) bool {
			text, err := space.Format(s, g)
			if err != nil {
				t.Error(err)
			}
			if h, err := space.Parse(s, text); err != nil || !reflect.DeepEqual(g, h) {
				t.Errorf("%v reads %s, and was read as %v, %v", g, text, h, err)
			}
			seen[text] = true
			return !t.Failed()
		}); err != nil {
			t.Fatal(err)
		}
		if len(seen) != c.size {
			t.Errorf("%s: %d different texts of %d cells", s.Name(), len(seen), c.size)
		}
	}
}

// What was found in a space is in it, and builds what its skeleton builds.
func TestPublishedCellsAreInTheirSpaces(t *testing.T) {
	for _, c := range []struct {
		space  string
		cells  cell.Genotype
		sorted bool // the space does not keep the order of the edges of a node
	}{
		{"NASNet", cell.NASNetADARTS(), false}, {"AmoebaNet", cell.AmoebaNetADARTS(), false}, {"PNAS", cell.PNASNet5(), false},
		{"ENAS", cell.ENASMicro(), false}, {"DARTS", cell.DARTSV1(), true}, {"DARTS", cell.DARTSV2(), true},
		{"DARTS", cell.PCDARTSCIFAR(), true}, {"DARTS", cell.PCDARTSImageNet(), true},
	} {
		s := cellSpaces(t)[c.space]
		g, err := s.Choices(c.cells)
		if err != nil {
			t.Error(err)
			continue
		}
		back, err := s.Genotype(g)
		if err != nil {
			t.Fatal(err)
		}
		if !c.sorted && !reflect.DeepEqual(back, c.cells) {
			t.Errorf("%v became %v", c.cells, back)
		}
		a := built(t, s, g)
		b, err := s.Config().Skeleton.Build(c.cells)
		if err != nil {
			t.Fatal(err)
		}
		p, err := a.Params()
		if err != nil {
			t.Fatal(err)
		}
		if q, err := b.Params(); p != q || err != nil {
			t.Errorf("%v: %d parameters, but %d, %v, in the skeleton", c.cells, p, q, err)
		}
	}
	s := cellSpaces(t)["DARTS"]
	g := parsed(t, s, "Genotype(normal=[('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ('skip_connect', 0), ('sep_conv_3x3', 1), ('skip_connect', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ('skip_connect', 2)], normal_concat=[2, 3, 4, 5], reduce=[('max_pool_3x3', 0), ('max_pool_3x3', 1), ('skip_connect', 2), ('max_pool_3x3', 0), ('max_pool_3x3', 0), ('skip_connect', 2), ('skip_connect', 2), ('avg_pool_3x3', 0)], reduce_concat=[2, 3, 4, 5])")
	// Pairs 0 and 1, 0 and 1, 0 and 1, 0 and 2; then 0 and 1, 0 and 2, 0 and 2, 0 and 2.
	if want := (space.Genotype{0, 3, 3, 0, 2, 3, 0, 2, 3, 1, 3, 2, 0, 0, 0, 1, 0, 2, 1, 0, 2, 1, 1, 2}); !reflect.DeepEqual(g, want) {
		t.Errorf("DARTS V1 is %v, want %v", g, want)
	}
}

func TestRandomCellsBuild(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	for name, s := range cellSpaces(t) {
		for range 20 {
			g, err := space.Random(s, rng)
			if err != nil {
				t.Fatal(err)
			}
			a, err := s.Build(g)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if out, err := a.Output(); err != nil || out != (arch.Shape{C: 10, H: 1, W: 1}) {
				t.Errorf("%s: %v gives %v, %v", name, g, out, err)
			}
			text, err := space.Format(s, g)
			if err != nil || a.Name != text {
				t.Errorf("%s: %v is called %q and reads %q, %v", name, g, a.Name, text, err)
			}
			if h, err := space.Parse(s, text); err != nil || !reflect.DeepEqual(g, h) {
				t.Errorf("%s: %s was read as %v, %v; want %v", name, text, h, err, g)
			}
			if h, err := space.Mutate(s, g, rng); err != nil || len(h) != len(g) {
				t.Errorf("%s: %v mutated to %v, %v", name, g, h, err)
			}
		}
	}
	// Of DARTS: 0, 2, 5 and 9 other pairs, eight times six other operations, in two cells.
	s := cellSpaces(t)["DARTS"]
	g, err := space.First(s)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := space.Neighbours(s, g); len(all) != 2*(0+2+5+9+8*6) || err != nil {
		t.Errorf("there are %d neighbours, %v", len(all), err)
	}
}

func TestCellEncodings(t *testing.T) {
	two := []cell.Op{cell.Skip, cell.SepConv3}
	s, err := space.Cells(space.CellConfig{Name: "small", Nodes: 2, Ops: two, OneCell: true, Skeleton: cell.DARTSNet{C: 2, Layers: 2, Input: digits()}})
	if err != nil {
		t.Fatal(err)
	}
	g := parsed(t, s, "cell: skip_connect~0 + sep_conv_3x3~0 | sep_conv_3x3~2 + skip_connect~2 -> 1, 3")
	paths, err := space.Paths(s, 0)
	if err != nil {
		t.Fatal(err)
	}
	v, err := paths.Encode(g)
	if err != nil {
		t.Fatal(err)
	}
	var on []string
	for i, x := range v {
		if x == 1 {
			on = append(on, paths.Features()[i])
		}
	}
	const want = "input 0: skip_connect → skip_connect; input 0: sep_conv_3x3 → skip_connect; input 0: skip_connect → sep_conv_3x3; input 0: sep_conv_3x3 → sep_conv_3x3; input 1: direct"
	if got := strings.Join(on, "; "); got != want || len(v) != 2*(1+2+4) {
		t.Errorf("%d paths, of which %s\nwant %s", len(v), got, want)
	}
	for name, s := range cellSpaces(t) {
		for _, encoding := range []func() (*space.Encoding, error){
			func() (*space.Encoding, error) { return space.OneHot(s) },
			func() (*space.Encoding, error) { return space.Adjacency(s) },
			func() (*space.Encoding, error) { return space.Paths(s, 40) },
		} {
			e, err := encoding()
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			g, err := space.Random(s, rand.New(rand.NewPCG(1, 2)))
			if err != nil {
				t.Fatal(err)
			}
			if v, err := e.Encode(g); err != nil || len(v) != e.Len() {
				t.Errorf("%s of %s: %d numbers, %v", e.Name(), name, len(v), err)
			}
		}
	}
}

// With nil each space has the skeleton of its article's search.
func TestCellSpaceDefaults(t *testing.T) {
	for _, c := range []struct {
		make func(cell.Skeleton) (*space.CellSpace, error)
		want string
	}{
		{space.NASNet, "NASNet(nodes=5 ops=skip_connect,conv_3x1_1x3,conv_7x1_1x7,dil_conv_3x3,avg_pool_3x3,max_pool_3x3,max_pool_5x5,max_pool_7x7,conv_1x1,conv_3x3,sep_conv_3x3,sep_conv_5x5,sep_conv_7x7 concat) in NASNet(F=32 N=2 stem=96 input=3×32×32 classes=10)"},
		{space.AmoebaNet, "AmoebaNet(nodes=5 ops=skip_connect,sep_conv_3x3,sep_conv_5x5,sep_conv_7x7,avg_pool_3x3,max_pool_3x3,dil_conv_3x3,conv_7x1_1x7) in NASNet(F=24 N=3 stem=72 input=3×32×32 classes=10)"},
		{space.PNAS, "PNAS(nodes=5 ops=skip_connect,sep_conv_3x3,sep_conv_5x5,sep_conv_7x7,avg_pool_3x3,max_pool_3x3,dil_conv_3x3,conv_7x1_1x7 one cell all out) in NASNet(F=24 N=2 stem=72 input=3×32×32 classes=10 in place)"},
		{space.DARTS, "DARTS(nodes=4 ops=max_pool_3x3,avg_pool_3x3,skip_connect,sep_conv_3x3,sep_conv_5x5,dil_conv_3x3,dil_conv_5x5 unlike all out) in DARTS net(C=16 layers=8 input=3×32×32 classes=10)"},
		{space.ENASMicro, "ENAS micro(nodes=5 ops=sep_conv_3x3,sep_conv_5x5,avg_pool_3x3,max_pool_3x3,skip_connect) in ENAS net(C=20 layers=6 input=3×32×32 classes=10)"},
	} {
		s, err := c.make(nil)
		if err != nil {
			t.Fatal(err)
		}
		if s.Name() != c.want {
			t.Errorf("the name is\n%s\nwant\n%s", s.Name(), c.want)
		}
	}
}

func TestCellSpaceErrors(t *testing.T) {
	net := cell.DARTSNet{C: 2, Layers: 2, Input: digits()}
	ops := []cell.Op{cell.Skip}
	refuses(t, space.Cells, []refused[space.CellConfig]{
		{space.CellConfig{Name: "mine", Nodes: 1, Skeleton: net}, "space: cells of mine: there is no valid architecture: Ops is empty"},
		{space.CellConfig{Ops: ops, Skeleton: net}, "Nodes is 0; it must be 1 to 100"},
		{space.CellConfig{Ops: ops, Nodes: 1}, "there is no skeleton; give one, such as cell.DARTSNet{}"},
		{space.CellConfig{Ops: []cell.Op{"pool"}, Nodes: 1, Skeleton: net}, `Ops offers "pool"; the operations are none, skip_connect, `},
		{space.CellConfig{Ops: []cell.Op{cell.Skip, cell.Skip}, Nodes: 1, Skeleton: net}, "Ops offers skip_connect twice"},
		{space.CellConfig{Ops: ops, Nodes: 1, Skeleton: cell.DARTSNet{Layers: -1}}, "Layers is -1; it must be 1 to 1000"},
	})
	for _, c := range []struct{ space, text, want string }{
		{"DARTS", "cell: skip~0", "cell: column 7: expected an operation (none, "},
		{"DARTS", "cell: skip_connect~0 + skip_connect~1 -> 2", "normal: there are 1 nodes; in this space a cell has 4"},
		{"DARTS", cell.PNASNet5().String(), "normal: there are 5 nodes; in this space a cell has 4"},
		{"DARTS", strings.Replace(cell.DARTSV2().String(), "sep_conv_3x3~0 + sep_conv_3x3~1", "sep_conv_3x3~0 + sep_conv_3x3~0", 1), "normal: node 2 takes state 0 twice; in this space a node takes two different states"},
		{"DARTS", strings.Replace(cell.DARTSV2().String(), "sep_conv_3x3~0", "conv_3x3~0", 1), "normal: node 2 has the operation conv_3x3; in this space there are max_pool_3x3, "},
		{"DARTS", strings.Replace(cell.DARTSV2().String(), "+", "&", 1), "normal: node 2 concatenates; in this space nodes add"},
		{"PNAS", cell.NASNetADARTS().String(), "the normal and the reduction cell differ; in this space they are one"},
		{"NASNet", cell.NASNetA().String(), "normal: it gives out the states [0 2 3 4 5 6]; in this space it would give out [2 3 4 5 6]"},
	} {
		if g, err := space.Parse(cellSpaces(t)[c.space], c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q was read as %v, error %v; want the error to hold %q", c.text, g, err, c.want)
		}
	}
	s := cellSpaces(t)["ENAS"]
	for _, g := range []space.Genotype{nil, {2}, {0, 0, 0, 9}} {
		if _, err := s.Build(g); err == nil {
			t.Errorf("%v was built", g)
		}
		if _, err := s.Wirings(g); err == nil {
			t.Errorf("%v has a wiring", g)
		}
	}
	if _, err := s.Choices(cell.Genotype{}); err == nil || !strings.Contains(err.Error(), "there are 0 nodes; a cell has 1 to 100") {
		t.Errorf("error is %v", err)
	}
}

func BenchmarkDARTSRandomBuild(b *testing.B) {
	s, err := space.DARTS(nil)
	if err != nil {
		b.Fatal(err)
	}
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
