package cell_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch/cell"
)

// published are the genotypes of the package by name.
func published() map[string]cell.Genotype {
	return map[string]cell.Genotype{
		"NASNet-A": cell.NASNetA(), "NASNet-A (DARTS)": cell.NASNetADARTS(), "AmoebaNet-A": cell.AmoebaNetA(), "AmoebaNet-A (DARTS)": cell.AmoebaNetADARTS(),
		"PNASNet-5": cell.PNASNet5(), "DARTS V1": cell.DARTSV1(), "DARTS V2": cell.DARTSV2(),
		"PC-DARTS CIFAR": cell.PCDARTSCIFAR(), "PC-DARTS ImageNet": cell.PCDARTSImageNet(), "ENAS": cell.ENASMicro(),
	}
}

func parse(t *testing.T, text string) cell.Genotype {
	t.Helper()
	g, err := cell.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestPublishedReadBack(t *testing.T) {
	for name, g := range published() {
		if err := g.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if h := parse(t, g.String()); !reflect.DeepEqual(g, h) {
			t.Errorf("%s: %v was read as %v", name, g, h)
		}
		text, err := g.DARTS()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if h := parse(t, text); !reflect.DeepEqual(g, h) {
			t.Errorf("%s: %s was read as %v", name, text, h)
		}
	}
}

// The lines are those of the authors' repositories.
func TestReadPublishedNotations(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       cell.Genotype
	}{
		{"DARTS_V1 of quark0/darts", `Genotype(normal=[('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ('skip_connect', 0), ('sep_conv_3x3', 1), ('skip_connect', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ('skip_connect', 2)], normal_concat=[2, 3, 4, 5], reduce=[('max_pool_3x3', 0), ('max_pool_3x3', 1), ('skip_connect', 2), ('max_pool_3x3', 0), ('max_pool_3x3', 0), ('skip_connect', 2), ('skip_connect', 2), ('avg_pool_3x3', 0)], reduce_concat=[2, 3, 4, 5])`, cell.DARTSV1()},
		{"DARTS_V2 of quark0/darts", `Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 1), ('skip_connect', 0), ('skip_connect', 0), ('dil_conv_3x3', 2)], normal_concat=[2, 3, 4, 5], reduce=[('max_pool_3x3', 0), ('max_pool_3x3', 1), ('skip_connect', 2), ('max_pool_3x3', 1), ('max_pool_3x3', 0), ('skip_connect', 2), ('skip_connect', 2), ('max_pool_3x3', 1)], reduce_concat=[2, 3, 4, 5])`, cell.DARTSV2()},
		{"PC_DARTS_cifar of yuhuixu1993/PC-DARTS", `Genotype(normal=[('sep_conv_3x3', 1), ('skip_connect', 0), ('sep_conv_3x3', 0), ('dil_conv_3x3', 1), ('sep_conv_5x5', 0), ('sep_conv_3x3', 1), ('avg_pool_3x3', 0), ('dil_conv_3x3', 1)], normal_concat=range(2, 6), reduce=[('sep_conv_5x5', 1), ('max_pool_3x3', 0), ('sep_conv_5x5', 1), ('sep_conv_5x5', 2), ('sep_conv_3x3', 0), ('sep_conv_3x3', 3), ('sep_conv_3x3', 1), ('sep_conv_3x3', 2)], reduce_concat=range(2, 6))`, cell.PCDARTSCIFAR()},
		{"PC_DARTS_image of yuhuixu1993/PC-DARTS", `Genotype(normal=[('skip_connect', 1), ('sep_conv_3x3', 0), ('sep_conv_3x3', 0), ('skip_connect', 1), ('sep_conv_3x3', 1), ('sep_conv_3x3', 3), ('sep_conv_3x3', 1), ('dil_conv_5x5', 4)], normal_concat=range(2, 6), reduce=[('sep_conv_3x3', 0), ('skip_connect', 1), ('dil_conv_5x5', 2), ('max_pool_3x3', 1), ('sep_conv_3x3', 2), ('sep_conv_3x3', 1), ('sep_conv_5x5', 0), ('sep_conv_3x3', 3)], reduce_concat=range(2, 6))`, cell.PCDARTSImageNet()},
		{"AmoebaNet of quark0/darts, over several lines", `Genotype(
  normal = [
    ('avg_pool_3x3', 0),
    ('max_pool_3x3', 1),
    ('sep_conv_3x3', 0),
    ('sep_conv_5x5', 2),
    ('sep_conv_3x3', 0),
    ('avg_pool_3x3', 3),
    ('sep_conv_3x3', 1),
    ('skip_connect', 1),
    ('skip_connect', 0),
    ('avg_pool_3x3', 1),
    ],
  normal_concat = [4, 5, 6],
  reduce = [
    ('avg_pool_3x3', 0),
    ('sep_conv_3x3', 1),
    ('max_pool_3x3', 0),
    ('sep_conv_7x7', 2),
    ('sep_conv_7x7', 0),
    ('avg_pool_3x3', 1),
    ('max_pool_3x3', 0),
    ('max_pool_3x3', 1),
    ('conv_7x1_1x7', 0),
    ('sep_conv_3x3', 5),
  ],
  reduce_concat = [3, 4, 6]
)`, cell.AmoebaNetADARTS()},
		{"cifar10_micro_final.sh of melodyguan/enas", "0 2 0 0 0 4 0 1 0 4 1 1 1 0 0 1 0 2 1 1 1 0 1 0 0 3 0 2 1 1 3 1 1 0 0 4 0 3 1 1", cell.ENASMicro()},
	} {
		if g := parse(t, c.text); !reflect.DeepEqual(g, c.want) {
			t.Errorf("%s was read as\n%v\nwant\n%v", c.name, g, c.want)
		}
	}
}

func TestNotation(t *testing.T) {
	const text = "normal: conv_1x1~0 & skip_connect~1 | dil_conv_5x5~2 + none~2 -> 3, 0; reduction: max_pool_7x7~0 + conv_3x1_1x3~1 -> 2"
	want := cell.Genotype{
		Normal: cell.Cell{Nodes: []cell.Node{
			{Edges: [2]cell.Edge{{Op: cell.Conv1, From: 0}, {Op: cell.Skip, From: 1}}, Concat: true},
			{Edges: [2]cell.Edge{{Op: cell.DilConv5, From: 2}, {Op: cell.None, From: 2}}},
		}, Out: []int{3, 0}},
		Reduction: cell.Cell{Nodes: []cell.Node{
			{Edges: [2]cell.Edge{{Op: cell.MaxPool7, From: 0}, {Op: cell.Conv1x3, From: 1}}},
		}, Out: []int{2}},
	}
	if got := want.String(); got != text {
		t.Errorf("it reads\n%s\nwant\n%s", got, text)
	}
	for _, spaced := range []string{text, strings.ReplaceAll(text, " ", ""), strings.ReplaceAll(text, " ", "\n\t")} {
		if g := parse(t, spaced); !reflect.DeepEqual(g, want) {
			t.Errorf("%q was read as %v", spaced, g)
		}
	}
	both := parse(t, "cell: max_pool_3x3~0 + max_pool_3x3~0 -> 2")
	if !both.Normal.Equal(both.Reduction) || both.String() != "cell: max_pool_3x3~0 + max_pool_3x3~0 -> 2" {
		t.Errorf("one cell for both was read as %v", both)
	}
}

func TestENASList(t *testing.T) {
	got, err := cell.ENASMicro().ENAS()
	if want := "0 2 0 0 0 4 0 1 0 4 1 1 1 0 0 1 0 2 1 1 1 0 1 0 0 3 0 2 1 1 3 1 1 0 0 4 0 3 1 1"; got != want || err != nil {
		t.Errorf("list is %s, %v; want %s", got, err, want)
	}
	for name, want := range map[string]string{
		"DARTS V2":            "the normal cell gives out 2, 3, 4, 5; a list of ENAS gives out what no node takes, here 3, 4, 5",
		"AmoebaNet-A (DARTS)": "node 3 of the reduction cell has the operation sep_conv_7x7; a list of ENAS has only",
	} {
		if text, err := published()[name].ENAS(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s as a list is %s, error %v; want the error to hold %q", name, text, err, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "cell: column 1: expected “normal:” or “cell:”, or “Genotype(” (DARTS), or integers (ENAS), found the end"},
		{"normel: x", "cell: column 1: expected “normal:” or “cell:”, or “Genotype(” (DARTS), or integers (ENAS), found “normel”"},
		{"cell skip_connect~0", "cell: column 6: expected “:”, found “skip_connect”"},
		{"cell: skip~0", "cell: column 7: expected an operation (none, skip_connect, avg_pool_3x3, max_pool_3x3, max_pool_5x5, max_pool_7x7, conv_1x1, conv_3x3, conv_3x1_1x3, conv_7x1_1x7, sep_conv_3x3, sep_conv_5x5, sep_conv_7x7, dil_conv_3x3, dil_conv_5x5), found “skip”"},
		{"cell: skip_connect 0", "cell: column 20: expected “~”, found “0”"},
		{"cell: skip_connect~2 + none~0 -> 2", "cell: column 20: node 2 takes state 2; it can take 0 to 1: the inputs 0 and 1 and the nodes before it"},
		{"cell: skip_connect~x + none~0 -> 2", "cell: column 20: expected a state, 0 to 1, found “x”"},
		{"cell: skip_connect~-1 + none~0 -> 2", "cell: column 20: expected a state, 0 to 1, found “-”"},
		{"cell: skip_connect~0 - none~0 -> 2", "cell: column 22: expected “+” (sum) or “&” (concatenation), found “-”"},
		{"cell: skip_connect~0 + none~0", "cell: column 30: expected “|” and a further node, or “->” and the states given out, found the end"},
		{"cell: skip_connect~0 + none~0 -> 3", "cell: column 34: state 3 is given out; the states are 0 to 2"},
		{"cell: skip_connect~0 + none~0 -> 2, 2", "cell: column 37: state 2 is given out twice"},
		{"cell: skip_connect~0 + none~0 -> ", "cell: column 34: expected a state, 0 to 2, found the end"},
		{"cell: skip_connect~0 + none~0 -> 2; reduction", "cell: column 35: expected the end, found “;”"},
		{"normal: skip_connect~0 + none~0 -> 2", "cell: column 37: expected “;”, found the end"},
		{"normal: skip_connect~0 + none~0 -> 2;\nreduction: none~0 +\n  konv~1 -> 2", "cell: line 3, column 3: expected an operation (none, skip_connect, avg_pool_3x3, max_pool_3x3, max_pool_5x5, max_pool_7x7, conv_1x1, conv_3x3, conv_3x1_1x3, conv_7x1_1x7, sep_conv_3x3, sep_conv_5x5, sep_conv_7x7, dil_conv_3x3, dil_conv_5x5), found “konv”"},
		{"cell: „none~0", "cell: column 7: expected an operation (none, skip_connect, avg_pool_3x3, max_pool_3x3, max_pool_5x5, max_pool_7x7, conv_1x1, conv_3x3, conv_3x1_1x3, conv_7x1_1x7, sep_conv_3x3, sep_conv_5x5, sep_conv_7x7, dil_conv_3x3, dil_conv_5x5), found “„”"},
		{"Genotype(reduce=[])", "cell: column 10: expected “normal”, found “reduce”"},
		{"Genotype(normal=[])", "cell: column 18: expected “(”, found “]”"},
		{"Genotype(normal=[('none', 0)], normal_concat=[2])", "cell: column 29: expected “,” and a second pair for node 2, found “]”"},
		{"Genotype(normal=[('none', 0),], normal_concat=[2])", "cell: column 31: the list before here has 1 pairs; a node has two"},
		{"Genotype(normal=[(none, 0)", "cell: column 19: expected an operation (none, skip_connect, avg_pool_3x3, max_pool_3x3, max_pool_5x5, max_pool_7x7, conv_1x1, conv_3x3, conv_3x1_1x3, conv_7x1_1x7, sep_conv_3x3, sep_conv_5x5, sep_conv_7x7, dil_conv_3x3, dil_conv_5x5), found “none”"},
		{"Genotype(normal=[('none', 0), ('none', 4)]", "cell: column 40: node 2 takes state 4; it can take 0 to 1: the inputs 0 and 1 and the nodes before it"},
		{"Genotype(normal=[('none', 0), ('none', 1)], normal_concat=range(2, 9)", "cell: column 68: the range ends before state 9; it begins at 2 and the last state is 2"},
		{"Genotype(normal=[('none', 0), ('none', 1)], normal_concat=(2)", "cell: column 59: expected “[” or “range(”, found “(”"},
		{"0 0 0", "cell: column 1: there are 3 integers; a list of ENAS has four for each node of two cells of one size, so a multiple of 8"},
		{"0 0 0 5 0 0 0 0", "cell: column 7: expected the number of an operation, 0 to 4, found “5”"},
		{"0 0 2 0 0 0 0 0", "cell: column 5: node 2 takes state 2; it can take 0 to 1: the inputs 0 and 1 and the nodes before it"},
		{"0 0 x 0 0 0 0 0 0", "cell: column 5: expected a state, 0 to 1, found “x”"},
		{"99999999999999999999 0 0 0 0 0 0 0", "cell: column 1: expected a state, 0 to 1, found “99999999999999999999”"},
	} {
		g, err := cell.Parse(c.text)
		if err == nil || err.Error() != c.want {
			t.Errorf("%q was read as %v, error\n%v\nwant\n%s", c.text, g, err, c.want)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		change func(g *cell.Genotype)
		want   string
	}{
		{func(g *cell.Genotype) { g.Normal.Nodes = nil }, "cell: normal cell: there are 0 nodes; a cell has 1 to 100"},
		{func(g *cell.Genotype) { g.Reduction.Nodes = make([]cell.Node, 101) }, "cell: reduction cell: there are 101 nodes; a cell has 1 to 100"},
		{func(g *cell.Genotype) { g.Normal.Nodes[1].Edges[0].Op = "pool" }, `cell: normal cell: node 3: there is no operation "pool"; the operations are none, `},
		{func(g *cell.Genotype) { g.Normal.Nodes[1].Edges[1].From = 3 }, "cell: normal cell: node 3 takes state 3; it can take 0 to 2"},
		{func(g *cell.Genotype) { g.Normal.Nodes[1].Edges[1].From = -1 }, "cell: normal cell: node 3 takes state -1; it can take 0 to 2"},
		{func(g *cell.Genotype) { g.Reduction.Out = nil }, "cell: reduction cell: no state is given out; name at least one of 0 to 5"},
		{func(g *cell.Genotype) { g.Reduction.Out = []int{2, 6} }, "cell: reduction cell: state 6 is given out; the states are 0 to 5"},
		{func(g *cell.Genotype) { g.Reduction.Out = []int{2, 3, 2} }, "cell: reduction cell: state 2 is given out twice"},
	} {
		g := cell.DARTSV2()
		c.change(&g)
		if err := g.Check(); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("error is %v, want %s", err, c.want)
		}
	}
	g := cell.DARTSV2()
	g.Normal.Nodes[2].Concat = true
	if text, err := g.DARTS(); err == nil || err.Error() != "cell: node 4 of the normal cell concatenates; the notation of DARTS has only sums" {
		t.Errorf("a concatenation was written as %s, %v", text, err)
	}
}

// Whatever is read is a genotype, and reads the same after it was written.
func FuzzParse(f *testing.F) {
	for _, g := range []cell.Genotype{cell.PNASNet5(), cell.DARTSV2()} {
		f.Add(g.String())
		text, err := g.DARTS()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add("normal: conv_1x1~0 & skip_connect~1 -> 2, 0;\nreduction: none~0 + none~0 -> 2")
	f.Add("Genotype(normal=[(\"none\", 0), ('none', 1),], normal_concat=range(0, 3), reduce=[('none', 0), ('none', 1)], reduce_concat=[2,],)")
	f.Add("0 2 0 0, 1 0 1 0")
	f.Add("cell: 'none~0 \xff")
	f.Fuzz(func(t *testing.T, text string) {
		g, err := cell.Parse(text)
		if err != nil {
			return
		}
		if err := g.Check(); err != nil {
			t.Fatalf("%q was read as what is no genotype: %v", text, err)
		}
		if h, err := cell.Parse(g.String()); err != nil || !reflect.DeepEqual(g, h) {
			t.Fatalf("%q was read as %v, and that as %v, %v", text, g, h, err)
		}
	})
}
