package viz

import (
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/space"
)

func TestGenotype(t *testing.T) {
	g, err := cell.Parse("normal: sep_conv_3x3~0 + skip_connect~1 | none~2 & dil_conv_5x5~0 -> 2, 3; reduction: conv_7x1_1x7~0 + max_pool_3x3~1 -> 2")
	if err != nil {
		t.Fatal(err)
	}
	drawn := Genotype(g)
	const want = `r|data|c_{k−2}|state 0
r|data|c_{k−1}|state 1
r|conv|conv 7×1 1×7
r|pool|max pool 3×3
r|join|add|state 2
r|data|output|c_k
n|data|c_{k−2}|state 0
n|data|c_{k−1}|state 1
n|conv|sep conv 3×3
n|skip|skip
n|join|add|state 2
n|conv|dil conv 5×5
n|join|concat|state 3
n|data|concat|c_k`
	if got := boxesOf(drawn); got != want {
		t.Errorf("boxes are\n%s\nwant\n%s", got, want)
	}
	const edges = "r0→r2.0 r2.0→r2 r1→r2.1 r2.1→r2 r2→r3 n0→n2.0 n2.0→n2 n1→n2.1 n2.1→n2 n0→n3.1 n3.1→n3 n2→n4 n3→n4"
	if got := edgesOf(drawn); got != edges {
		t.Errorf("edges are\n%s\nwant\n%s", got, edges)
	}
	g.Reduction = g.Normal
	if one := Genotype(g); len(one.Groups) != 0 || len(one.Nodes) != 8 {
		t.Errorf("of equal cells %d boxes in %d groups are drawn, want those of one, without a group", len(one.Nodes), len(one.Groups))
	}
	g.Normal.Nodes = nil
	if text := strings.Join(Genotype(g).Nodes[0].Lines, " "); !strings.Contains(text, "there are 0 nodes") {
		t.Errorf("of a cell without nodes: %q", text)
	}
}

// Every published genotype is one that can be laid out.
func TestPublishedGenotypes(t *testing.T) {
	for name, g := range map[string]cell.Genotype{
		"NASNet-A": cell.NASNetA(), "NASNet-A in the DARTS code": cell.NASNetADARTS(), "AmoebaNet-A": cell.AmoebaNetADARTS(),
		"PNASNet-5": cell.PNASNet5(), "DARTS V1": cell.DARTSV1(), "DARTS V2": cell.DARTSV2(),
		"PC-DARTS": cell.PCDARTSCIFAR(), "PC-DARTS for ImageNet": cell.PCDARTSImageNet(), "ENAS micro": cell.ENASMicro(),
	} {
		if err := Genotype(g).Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCellOfCellSpace(t *testing.T) {
	s, err := space.DARTS(nil)
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.Choices(cell.DARTSV1())
	if err != nil {
		t.Fatal(err)
	}
	cells, err := s.Genotype(g)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := boxesOf(Cell(s, g)), boxesOf(Genotype(cells)); got != want || !strings.Contains(got, "n|conv|sep conv 3×3") {
		t.Errorf("boxes are\n%s\nwant\n%s", got, want)
	}
	if name := Cell(s, g[:3]).Name; name != "a cell that cannot be drawn" {
		t.Errorf("of three choices: %q", name)
	}
}

func TestCellOfVertices(t *testing.T) {
	s, err := space.NASBench101(space.NASBench101Config{})
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.Genotype(space.NB101Cell{
		Matrix: [][]int{{0, 1, 1, 0}, {0, 0, 0, 1}, {0, 0, 0, 1}, {0, 0, 0, 0}},
		Ops:    []string{"input", "conv3x3-bn-relu", "maxpool3x3", "output"},
	})
	if err != nil {
		t.Fatal(err)
	}
	drawn := Cell(s, g)
	const want = "|data|input\n|conv|conv 3×3\n|pool|max pool 3×3\n|data|output"
	if got := boxesOf(drawn); got != want {
		t.Errorf("boxes are\n%s\nwant\n%s", got, want)
	}
	if got := len(drawn.Edges); got != 4 || drawn.Name != "cell: conv 3×3, max pool 3×3" {
		t.Errorf("%q has %d edges, want 4", drawn.Name, got)
	}
	if name := Cell(s, make(space.Genotype, 2)).Name; name != "a cell that cannot be drawn" {
		t.Errorf("of two choices: %q", name)
	}
}

func TestOperationNames(t *testing.T) {
	for op, want := range map[string]string{
		"none": "", "skip_connect": "skip", "nor_conv_3x3": "conv 3×3", "avg_pool_3x3": "avg pool 3×3", "sep_conv_5x5": "sep conv 5×5",
		"conv_7x1_1x7": "conv 7×1 1×7", "conv3x3-bn-relu": "conv 3×3", "maxpool3x3": "max pool 3×3", "relu": "relu", "": "",
	} {
		if got, _ := operation(op); got != want {
			t.Errorf("%q is written %q, want %q", op, got, want)
		}
	}
}
