package viz

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
)

// boxesOf writes a graph as text, a box a line.
func boxesOf(g *display.Graph) string {
	var lines []string
	for _, n := range g.Nodes {
		lines = append(lines, strings.Join(append([]string{n.Group, n.Kind, n.Label}, n.Lines...), "|"))
	}
	return strings.Join(lines, "\n")
}

func edgesOf(g *display.Graph) string {
	var all []string
	for _, e := range g.Edges {
		all = append(all, e.From+"→"+e.To)
	}
	return strings.Join(all, " ")
}

func TestArchitecture(t *testing.T) {
	b := arch.NewBuilder("small", arch.Shape{C: 1, H: 8, W: 8})
	b.Block("body")
	x := b.ConvBNReLU(b.In(), 4, 3)
	y := b.ReLUConvBN(x, 4, 3, arch.Groups(4))
	y = b.ReLUConvBN(y, 4, 1)
	x = b.Add(x, y)
	x = b.MaxPool(x, 2)
	b.Block("head")
	b.Linear(b.Dropout(b.ReLU(b.Linear(b.Flatten(x), 16)), 0.5), 10)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	g := Architecture(a)
	const want = `|data|input|1×8×8
body|conv|conv 3×3|+ batch norm + ReLU|4×8×8 · 44 params
body|conv|depthwise 3×3|after ReLU|+ batch norm|4×8×8 · 44 params
body|conv|conv 1×1|after ReLU|+ batch norm|4×8×8 · 24 params
body|join|add|4×8×8
body|pool|max pool 2×2|4×4×4
head|skip|flatten|64
head|linear|linear|+ ReLU + dropout 0.5|16 · 1.04k params
head|linear|linear|10 · 170 params`
	if got := boxesOf(g); got != want {
		t.Errorf("boxes are\n%s\nwant\n%s", got, want)
	}
	if got, want := edgesOf(g), "0→1 1→2 2→3 1→4 3→4 4→5 5→6 6→7 7→8"; got != want {
		t.Errorf("edges are %s, want %s", got, want)
	}
	if want := "small: 1.32k parameters, 6.82k MACs"; g.Name != want {
		t.Errorf("the title is %q, want %q", g.Name, want)
	}
	if len(g.Groups) != 2 || g.Groups[0].Label != "body" {
		t.Errorf("groups are %v", g.Groups)
	}
}

// Every graph is one that can be laid out, whatever is drawn.
func TestGraphsCanBeDrawn(t *testing.T) {
	global, err := space.Global(space.DefaultGlobal(arch.Shape{C: 1, H: 8, W: 8}, 10))
	if err != nil {
		t.Fatal(err)
	}
	cells, err := space.NASBench201(space.NASBench201Config{})
	if err != nil {
		t.Fatal(err)
	}
	own, err := space.New("own", func(c *space.Choices) (*arch.Arch, error) {
		c.Yes("deep")
		return &arch.Arch{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	first, err := space.First(global)
	if err != nil {
		t.Fatal(err)
	}
	small, err := global.Build(first)
	if err != nil {
		t.Fatal(err)
	}
	cell := space.Genotype{3, 1, 2, 4, 0, 3}
	large, err := cells.Build(cell)
	if err != nil {
		t.Fatal(err)
	}
	broken := &arch.Arch{Input: arch.Shape{C: 1, H: 1, W: 1}, Nodes: []arch.Node{{Name: "x", Op: arch.Op{Kind: arch.Conv}}}}
	for _, test := range []struct {
		g     *display.Graph
		nodes int
		says  string
	}{
		{Architecture(nil), 0, "no architecture yet"},
		{Architecture(broken), 1, "cannot be drawn"},
		{Architecture(&arch.Arch{}), 1, "cannot be drawn"},
		{Architecture(small), 4, "parameters"},
		{Architecture(large), 8, "parameters"},   // the input, the stem, three times five equal cells, two reductions and the head
		{Folded(large, Stages), 8, "parameters"}, // its blocks are no paths
		{Cell(cells, cell), 4 + 5, "cell: conv 3×3, skip, conv 1×1, avg pool 3×3, none, conv 3×3"},
		{Cell(cells, space.Genotype{0, 0, 0, 0, 0, 0}), 4, "cell: none, none,"},
		{Cell(cells, nil), 0, "no cell yet"},
		{Cell(cells, space.Genotype{9}), 1, "cannot be drawn"},
		{Cell(global, first), 3, "network: conv 1×1 8 relu"},
		{Cell(own, space.Genotype{1}), 1, "cannot be drawn"},
	} {
		if err := test.g.Err(); err != nil {
			t.Errorf("%s: %v", test.g.Name, err)
		}
		if len(test.g.Nodes) != test.nodes || !strings.Contains(test.g.Name, test.says) {
			t.Errorf("%d nodes in %q, want %d and %q", len(test.g.Nodes), test.g.Name, test.nodes, test.says)
		}
		if _, ok := test.g.Display().Data[display.MIMESVG].(string); !ok {
			t.Errorf("%q shows as %v", test.g.Name, test.g.Display().Data[display.MIMEPlain])
		}
	}
}

// A whole network is drawn by its layers and what they skip from.
func TestCellOfANetwork(t *testing.T) {
	config := space.DefaultGlobal(arch.Shape{C: 1, H: 8, W: 8}, 10)
	config.Skips = true
	s, err := space.Global(config)
	if err != nil {
		t.Fatal(err)
	}
	g, err := space.Parse(s, "4, conv 3×3, 16, conv 1×1, 8, maxpool, yes, dense, 32")
	if err != nil {
		t.Fatal(err)
	}
	drawn := Cell(s, g)
	var boxes []string
	for _, n := range drawn.Nodes {
		boxes = append(boxes, n.Label+" "+n.Kind)
	}
	if got, want := strings.Join(boxes, ", "), "input data, conv 3×3 16 relu conv, conv 1×1 8 relu conv, max pool pool, dense 32 relu linear, output data"; got != want {
		t.Errorf("boxes are %s, want %s", got, want)
	}
	if len(drawn.Edges) != 6 || drawn.Name != "network: conv 3×3 16 relu, conv 1×1 8 relu, max pool, dense 32 relu" {
		t.Errorf("%q has %d edges, want 6", drawn.Name, len(drawn.Edges))
	}
}

func TestCell(t *testing.T) {
	s, err := space.NASBench201(space.NASBench201Config{})
	if err != nil {
		t.Fatal(err)
	}
	g := Cell(s, space.Genotype{3, 1, 2, 4, 0, 3})
	const want = `|data||input
|data|
|data|
|data||output
|conv|conv 3×3
|skip|skip
|conv|conv 1×1
|pool|avg pool 3×3
|conv|conv 3×3`
	if got := boxesOf(g); got != want {
		t.Errorf("boxes are\n%s\nwant\n%s", got, want)
	}
	if got, want := edgesOf(g), "0→0→1 0→1→1 0→0→2 0→2→2 1→1→2 1→2→2 0→0→3 0→3→3 2→2→3 2→3→3"; got != want {
		t.Errorf("edges are %s, want %s", got, want)
	}
}

// Without blocks there is nothing to draw as one box, however many nodes there are.
func TestLongChainWithoutBlocks(t *testing.T) {
	b := arch.NewBuilder("", arch.Shape{C: 4, H: 1, W: 1})
	x := b.In()
	for range 70 {
		x = b.Linear(x, 4)
	}
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	g := Architecture(a)
	if len(g.Nodes) != 71 || fmt.Sprint(g.Nodes[70].Lines) != "[4 · 20 params]" {
		t.Errorf("it is drawn as %s", boxesOf(g))
	}
}
