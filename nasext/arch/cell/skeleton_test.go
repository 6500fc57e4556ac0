package cell_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
)

func counts(t *testing.T, a *arch.Arch) (params, macs int64) {
	t.Helper()
	params, err := a.Params()
	if err != nil {
		t.Fatal(err)
	}
	if macs, err = a.MACs(); err != nil {
		t.Fatal(err)
	}
	return params, macs
}

// The published networks are in the tests of package zoo; these are the same with
// other settings. Figures with an auxiliary head and with explicit padding were
// counted by zoo/testdata/count_cells.py in the authors' code and its PyTorch port.
func TestCounts(t *testing.T) {
	explicit := func(n cell.NASNet) cell.NASNet {
		n.Padding = cell.Explicit
		return n
	}
	large := cell.NASNetLarge()
	large.Classes = 1001
	for _, c := range []struct {
		name         string
		skeleton     cell.Skeleton
		genotype     cell.Genotype
		params, macs int64
	}{
		{"NASNet-A mobile", explicit(cell.NASNetMobile()), cell.NASNetA(), 5_289_978, 568_234_858},
		{"NASNet-A large", explicit(cell.NASNetLarge()), cell.NASNetA(), 88_753_150, 23_809_955_634},
		{"PNASNet-5 large", explicit(cell.PNASNetLarge()), cell.PNASNet5(), 86_057_668, 24_979_693_344},
		{"NASNet-A large, 1001 classes", large, cell.NASNetA(), 88_757_183, 23_783_414_658 + 4032},
		{"NASNet-A CIFAR-100", cell.NASNet{Classes: 100}, cell.NASNetA(), 3_415_748, 544_333_312 + 768*90},
		{"DARTS V1", cell.DARTSNet{Aux: true}, cell.DARTSV1(), 3_645_840, 500_987_520},
		{"DARTS V2", cell.DARTSNet{Aux: true}, cell.DARTSV2(), 3_825_768, 528_359_040},
		{"DARTS V1 ImageNet", cell.DARTSNet{ImageNet: true, Aux: true}, cell.DARTSV1(), 5_771_208, 505_864_704},
		{"DARTS V2 ImageNet", cell.DARTSNet{ImageNet: true, Aux: true}, cell.DARTSV2(), 5_979_528, 529_911_552},
		{"NASNet-A in the DARTS net", cell.DARTSNet{Aux: true}, cell.NASNetADARTS(), 4_288_944, 603_452_448},
		{"AmoebaNet-A in the DARTS net", cell.DARTSNet{ImageNet: true, Aux: true}, cell.AmoebaNetADARTS(), 5_863_560, 526_746_624},
		{"PC-DARTS", cell.DARTSNet{Aux: true}, cell.PCDARTSCIFAR(), 4_111_104, 556_670_592},
		{"PC-DARTS ImageNet", cell.DARTSNet{ImageNet: true, Aux: true}, cell.PCDARTSImageNet(), 6_603_240, 581_627_328},
		{"PC-DARTS, ImageNet's cell", cell.DARTSNet{}, cell.PCDARTSImageNet(), 3_721_510, 570_466_944},
	} {
		a, err := c.skeleton.Build(c.genotype)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if p, m := counts(t, a); p != c.params || m != c.macs {
			t.Errorf("%s in %s: %d parameters and %d MACs; want %d and %d", c.name, c.skeleton.Name(), p, m, c.params, c.macs)
		}
	}
}

// The figures are those of quark0/darts and of NASLib's test.
func TestDARTSSupernet(t *testing.T) {
	a, err := cell.DARTSSupernet{}.Build()
	if err != nil {
		t.Fatal(err)
	}
	if p, m := counts(t, a); p != 1_930_618 || m != 300_255_744 {
		t.Errorf("%d parameters and %d MACs; want 1930618 and 300255744", p, m)
	}
	if n, err := a.Alphas(); n != 2*14*8 || err != nil {
		t.Errorf("%d mixing numbers, %v; want 224", n, err)
	}
	// The authors' code with C=4 and 4 layers on 16×16 pixels, which count the mixing numbers among 118 966.
	w5, err := cell.DARTSSupernet{Net: cell.DARTSNet{C: 4, Layers: 4, Input: arch.Shape{C: 3, H: 16, W: 16}}}.Build()
	if err != nil {
		t.Fatal(err)
	}
	if p, _ := counts(t, w5); p+2*14*8 != 118_966 {
		t.Errorf("%d parameters with the mixing numbers; want 118966", p+2*14*8)
	}
	for _, c := range []struct {
		net  cell.DARTSSupernet
		want string
	}{
		{cell.DARTSSupernet{Net: cell.DARTSNet{DropPath: 0.2}}, "cell: DARTS supernet: DropPath is 0.2; a supernet has no drop path"},
		{cell.DARTSSupernet{Nodes: -1}, "cell: DARTS supernet: there are -1 nodes; a cell has 1 to 100"},
		{cell.DARTSSupernet{Ops: []cell.Op{"pool"}}, `there is no operation "pool"; the operations are none, `},
		{cell.DARTSSupernet{Ops: []cell.Op{}}, "a supernet has at least one operation"},
		{cell.DARTSSupernet{Nodes: 100, Net: cell.DARTSNet{Layers: 1000}}, "1000 cells with 5150 edges of 8 operations are more than 65536 operations"},
		{cell.DARTSSupernet{Net: cell.DARTSNet{C: -1}}, "C is -1; it must be 1 to 16384, or 0 for the published number"},
	} {
		if _, err := c.net.Build(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error is %v, want it to hold %q", c.net, err, c.want)
		}
	}
	small := cell.DARTSSupernet{Net: cell.DARTSNet{C: 2, Layers: 3, Input: arch.Shape{C: 1, H: 8, W: 8}}, Nodes: 1, Ops: []cell.Op{cell.Skip}}
	if _, err := small.Build(); err != nil {
		t.Error(err)
	}
}

// The nodes of a cell are called after its states, as the pictures of papers have them.
func TestNamesInACell(t *testing.T) {
	g := parse(t, "cell: sep_conv_3x3~0 + avg_pool_3x3~0 | skip_connect~2 & conv_7x1_1x7~1 | max_pool_3x3~3 + none~1 -> 0, 2, 4")
	a, err := cell.DARTSNet{C: 2, Layers: 3, Input: arch.Shape{C: 1, H: 8, W: 8}}.Build(g)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, n := range a.Nodes {
		got[n.Block] = append(got[n.Block], strings.TrimPrefix(n.Name, n.Block+"/"))
	}
	want := map[string]string{
		"cell 1": "input 0/relu, input 0/conv, input 0/bn, input 1/relu, input 1/conv, input 1/bn, " +
			"0→2/1/relu, 0→2/1/dw, 0→2/1/pw, 0→2/1/bn, 0→2/2/relu, 0→2/2/dw, 0→2/2/pw, 0→2/2/bn, 0→2′, node 2, " +
			"2→3, 1→3/relu, 1→3/across, 1→3/down, 1→3/bn, node 3, 3→4, 3→4/fit/conv, 3→4/fit/bn, 1→4, node 4, out",
		"reduction 1": "input 0/relu, input 0/conv, input 0/bn, input 1/relu, input 1/conv, input 1/bn, " +
			"0→2/1/relu, 0→2/1/dw, 0→2/1/pw, 0→2/1/bn, 0→2/2/relu, 0→2/2/dw, 0→2/2/pw, 0→2/2/bn, 0→2′, node 2, " +
			"2→3, 1→3/relu, 1→3/across, 1→3/down, 1→3/bn, node 3, 3→4, 3→4/fit/conv, 3→4/fit/bn, 1→4, node 4, " +
			"out 0/conv1, out 0/shift, out 0/conv2, out 0/concat, out 0/bn, out",
	}
	for block, names := range want {
		if s := strings.Join(got[block], ", "); s != names {
			t.Errorf("%s is\n%s\nwant\n%s", block, s, names)
		}
	}
}

// Edges that compute something drop their paths; skip connections with stride 2 do so in
// the code of DARTS alone. There the rate is the same everywhere, in that of NASNet and
// ENAS it grows with the cell's number. Nothing else of the network changes.
func TestDropPath(t *testing.T) {
	g := parse(t, "cell: sep_conv_3x3~0 + skip_connect~1 | avg_pool_3x3~2 + skip_connect~2 | none~0 + dil_conv_3x3~3 -> 3, 4")
	input := arch.Shape{C: 3, H: 8, W: 8}
	for _, c := range []struct {
		with, without cell.Skeleton
		want          string // edges and rates by block
	}{
		{
			cell.DARTSNet{C: 4, Layers: 3, Input: input, DropPath: .2}, cell.DARTSNet{C: 4, Layers: 3, Input: input},
			"cell 1: 0→2 .2, 2→3 .2, 3→4 .2; reduction 1: 0→2 .2, 1→2 .2, 2→3 .2, 3→4 .2; reduction 2: 0→2 .2, 1→2 .2, 2→3 .2, 3→4 .2",
		},
		{
			cell.NASNet{F: 4, N: 1, Input: input, DropPath: .5}, cell.NASNet{F: 4, N: 1, Input: input},
			"cell 1: 0→2 .1, 2→3 .1, 3→4 .1; reduction 1: 0→2 .2, 2→3 .2, 3→4 .2; cell 2: 0→2 .3, 2→3 .3, 3→4 .3; reduction 2: 0→2 .4, 2→3 .4, 3→4 .4; cell 3: 0→2 .5, 2→3 .5, 3→4 .5",
		},
		{
			cell.NASNet{F: 4, N: 1, InPlace: true, Input: input, DropPath: .3}, cell.NASNet{F: 4, N: 1, InPlace: true, Input: input},
			"cell 1: 0→2 .1, 2→3 .1, 3→4 .1; reduction 1: 0→2 .2, 2→3 .2, 3→4 .2; reduction 2: 0→2 .3, 2→3 .3, 3→4 .3",
		},
		{
			cell.NASNet{F: 4, N: 1, ImageNet: true, InPlace: true, Input: arch.Shape{C: 3, H: 32, W: 32}, DropPath: .5}, cell.NASNet{F: 4, N: 1, ImageNet: true, InPlace: true, Input: arch.Shape{C: 3, H: 32, W: 32}},
			"stem cell 1: 0→2 .1, 2→3 .1, 3→4 .1; stem cell 2: 0→2 .2, 2→3 .2, 3→4 .2; cell 1: 0→2 .3, 2→3 .3, 3→4 .3; reduction 1: 0→2 .4, 2→3 .4, 3→4 .4; reduction 2: 0→2 .5, 2→3 .5, 3→4 .5",
		},
		{
			cell.ENASNet{C: 4, Layers: 2, Input: input, DropPath: .4}, cell.ENASNet{C: 4, Layers: 2, Input: input},
			"reduction 1: 0→2 .1, 2→3 .1, 3→4 .1; reduction 2: 0→2 .2, 2→3 .2, 3→4 .2; cell 1: 0→2 .3, 2→3 .3, 3→4 .3; cell 2: 0→2 .4, 2→3 .4, 3→4 .4",
		},
	} {
		with, err := c.with.Build(g)
		if err != nil {
			t.Fatal(err)
		}
		without, err := c.without.Build(g)
		if err != nil {
			t.Fatal(err)
		}
		if got := dropped(with); got != c.want {
			t.Errorf("%s: paths are\n%s\nwant\n%s", c.with.Name(), got, c.want)
		}
		p, m := counts(t, with)
		if p0, m0 := counts(t, without); p != p0 || m != m0 || with.Hash() == without.Hash() {
			t.Errorf("%s: %d parameters, %d MACs, hash %s; without %d, %d, %s", c.with.Name(), p, m, with.Hash(), p0, m0, without.Hash())
		}
	}
}

// dropped is each edge with drop path and its rate.
func dropped(a *arch.Arch) string {
	var text, block string
	for _, n := range a.Nodes {
		if n.Op.Kind != arch.DropPath {
			continue
		}
		switch {
		case n.Block != block && block != "":
			text += "; " + n.Block + ": "
		case n.Block != block:
			text += n.Block + ": "
		default:
			text += ", "
		}
		block = n.Block
		edge := strings.TrimSuffix(strings.TrimPrefix(n.Name, block+"/"), "/drop path")
		text += edge + " " + strings.TrimPrefix(fmt.Sprintf("%.4g", n.Op.Rate), "0")
	}
	return text
}

// every is each operation on an input and on a node, joined in both ways, and every
// state given out.
func every() (all []cell.Genotype) {
	for _, o := range cell.Ops() {
		c := cell.Cell{Nodes: []cell.Node{
			{Edges: [2]cell.Edge{{Op: o, From: 0}, {Op: o, From: 1}}, Concat: true},
			{Edges: [2]cell.Edge{{Op: o, From: 2}, {Op: cell.Skip, From: 1}}},
		}, Out: []int{0, 1, 2, 3}}
		all = append(all, cell.Genotype{Normal: c, Reduction: c})
	}
	return all
}

// Every operation fits into every skeleton, also on images of odd and of unequal
// sides, down to a single pixel.
func TestEveryOperationInEverySkeleton(t *testing.T) {
	for _, input := range []arch.Shape{{C: 1, H: 8, W: 8}, {C: 3, H: 7, W: 10}, {C: 2, H: 1, W: 1}} {
		for _, s := range []cell.Skeleton{
			cell.DARTSNet{C: 3, Layers: 4, Input: input, Classes: 5},
			cell.DARTSNet{C: 4, Layers: 2, ImageNet: true, Input: input, Classes: 5},
			cell.NASNet{F: 4, N: 1, Input: input, Classes: 5},
			cell.NASNet{F: 4, N: 2, Padding: cell.Explicit, Input: input, Classes: 5},
			cell.NASNet{F: 4, N: 1, InPlace: true, Padding: cell.Explicit, Input: input, Classes: 5},
			cell.NASNet{F: 8, N: 1, Bottleneck: true, Input: input, Classes: 5},
			cell.NASNet{F: 5, N: 2, LongSkip: true, Dropout: 0.5, Input: input, Classes: 5},
			cell.ENASNet{C: 3, Layers: 3, Dropout: 0.2, Input: input, Classes: 5},
		} {
			for _, g := range every() {
				a, err := s.Build(g)
				if err != nil {
					t.Errorf("%v: %v", g, err)
					continue
				}
				if out, err := a.Output(); err != nil || out != (arch.Shape{C: 5, H: 1, W: 1}) {
					t.Errorf("%v in %s gives %v, %v", g, s.Name(), out, err)
				}
				if a.Name != g.String() {
					t.Errorf("%v is called %q", g, a.Name)
				}
			}
		}
	}
}

func TestSkeletonNames(t *testing.T) {
	for _, c := range []struct {
		s    cell.Skeleton
		want string
	}{
		{cell.DARTSNet{}, "DARTS net(C=36 layers=20 input=3×32×32 classes=10)"},
		{cell.DARTSNet{ImageNet: true, Aux: true}, "DARTS net(C=48 layers=14 input=3×224×224 classes=1000 imagenet aux)"},
		{cell.NASNetCIFAR(), "NASNet(F=32 N=6 stem=96 input=3×32×32 classes=10)"},
		{cell.NASNetLarge(), "NASNet(F=168 N=6 stem=96 input=3×331×331 classes=1000 imagenet long skip dropout=0.5)"},
		{cell.NASNet{InPlace: true, Padding: cell.Explicit, Aux: true}, "NASNet(F=32 N=6 stem=96 input=3×32×32 classes=10 in place explicit aux)"},
		{cell.AmoebaNetMobile(), "NASNet(F=50 N=4 stem=32 input=3×224×224 classes=1000 imagenet bottleneck dropout=0.5)"},
		{cell.DARTSNet{Aux: true, DropPath: 0.2}, "DARTS net(C=36 layers=20 input=3×32×32 classes=10 aux drop path=0.2)"},
		{cell.NASNet{DropPath: 0.4}, "NASNet(F=32 N=6 stem=96 input=3×32×32 classes=10 drop path=0.4)"},
		{cell.ENASNet{Dropout: 0.2, DropPath: 0.2}, "ENAS net(C=36 layers=15 input=3×32×32 classes=10 dropout=0.2 drop path=0.2)"},
		{cell.ENASNet{Aux: true, Dropout: 0.2}, "ENAS net(C=36 layers=15 input=3×32×32 classes=10 aux dropout=0.2)"},
	} {
		if got := c.s.Name(); got != c.want {
			t.Errorf("the name is %q, want %q", got, c.want)
		}
	}
}

// The head is where the articles have it: on the smallest feature map but one of NASNet
// and on the smallest of DARTS and ENAS.
func TestAuxiliaryHeads(t *testing.T) {
	for _, c := range []struct {
		s     cell.Skeleton
		after string
	}{
		{cell.NASNet{F: 4, N: 2, Aux: true}, "cell 4"},
		{cell.DARTSNet{C: 4, Layers: 6, Aux: true}, "reduction 2"},
		{cell.ENASNet{C: 4, Layers: 6, Aux: true}, "cell 5"},
	} {
		a, err := c.s.Build(cell.ENASMicro())
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Aux) != 1 || a.Nodes[a.Aux[0]].Block != "auxiliary head" {
			t.Errorf("%s: auxiliary outputs are %v", c.s.Name(), a.Aux)
		}
		for _, n := range a.Nodes {
			if from := n.In; n.Block == "auxiliary head" && n.Op.Kind == arch.ReLU && a.Nodes[from[0]].Block != n.Block {
				if b := a.Nodes[from[0]].Block; b != c.after {
					t.Errorf("%s: the head stands on %s, want %s", c.s.Name(), b, c.after)
				}
			}
		}
	}
}

func TestSkeletonErrors(t *testing.T) {
	bad := cell.DARTSV2()
	bad.Normal.Out = nil
	for _, c := range []struct {
		s    cell.Skeleton
		g    cell.Genotype
		want string
	}{
		{cell.DARTSNet{}, bad, "cell: normal cell: no state is given out"},
		{cell.DARTSNet{Layers: 2000}, cell.DARTSV2(), "cell: DARTS net(C=36 layers=2000 input=3×32×32 classes=10): Layers is 2000; it must be 1 to 1000, or 0 for the published number"},
		{cell.DARTSNet{DropPath: 1}, cell.DARTSV2(), "DropPath is 1; it must be at least 0 and below 1"},
		{cell.NASNet{DropPath: -0.1}, cell.NASNetA(), "DropPath is -0.1; it must be at least 0 and below 1"},
		{cell.ENASNet{DropPath: math.NaN()}, cell.ENASMicro(), "DropPath is NaN; it must be at least 0 and below 1"},
		{cell.DARTSNet{Classes: -1}, cell.DARTSV2(), "Classes is -1; it must be 1 to 1048576, or 0 for the published number"},
		{cell.DARTSNet{Input: arch.Shape{C: 3, H: -1, W: 2}}, cell.DARTSV2(), "the shape is 3×-1×2; channels, height and width must be at least 1"},
		{cell.DARTSNet{Aux: true, Input: arch.Shape{C: 1, H: 8, W: 8}}, cell.DARTSV2(), "auxiliary head/avgpool 1”): a window of 5×5 does not fit on 576×2×2"},
		{cell.NASNet{N: -2}, cell.NASNetA(), "N is -2; it must be 1 to 1000"},
		{cell.NASNet{F: 2, ImageNet: true}, cell.NASNetA(), "the stem's cells would have 0 and 1 filters; F must be at least 4"},
		{cell.NASNet{Padding: "valid"}, cell.NASNetA(), `there is no padding "valid"; there are "same" and "explicit"`},
		{cell.NASNet{Dropout: 1}, cell.NASNetA(), "rate is 1; it must be at least 0 and below 1"},
		{cell.ENASNet{C: 1 << 20}, cell.ENASMicro(), "C is 1048576; it must be 1 to 16384"},
	} {
		if _, err := c.s.Build(c.g); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want it to hold %q", c.s.Name(), err, c.want)
		}
	}
}

func ExampleParse() {
	g, err := cell.Parse("cell: sep_conv_3x3~0 + skip_connect~1 | max_pool_3x3~2 + max_pool_3x3~0 -> 3")
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := cell.DARTSNet{C: 8, Layers: 3, Input: arch.Shape{C: 1, H: 8, W: 8}, Classes: 10}.Build(g)
	if err != nil {
		fmt.Println(err)
		return
	}
	params, _ := a.Params() // stem 264, cells 720, 1728 and 4736, head 330
	fmt.Println(params)
	_, err = cell.Parse("cell: sep_conv_3x3~0 + skip_connect~2 -> 2")
	fmt.Println(err)
	// Output:
	// 7778
	// cell: column 37: node 2 takes state 2; it can take 0 to 1: the inputs 0 and 1 and the nodes before it
}

func BenchmarkNASNetALarge(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		a, err := cell.NASNetLarge().Build(cell.NASNetA())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := a.Params(); err != nil {
			b.Fatal(err)
		}
		if _, err := a.MACs(); err != nil {
			b.Fatal(err)
		}
	}
}
