package viz

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/zoo"
)

func network(t *testing.T, name string) *arch.Arch {
	t.Helper()
	a, err := zoo.Build(name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Equal blocks in a row are drawn once; the first of a ResNet's stages differs by
// its shortcut. The parameters are those of torchvision's layer1 to layer4.
func TestFoldResNet(t *testing.T) {
	a := network(t, "ResNet-50")
	for _, level := range []Level{Auto, Blocks} {
		g := Folded(a, level)
		const want = `|data|input|3×224×224
|conv|stem|conv 7×7 /2, max pool 3×3 /2|64×56×56 · 9.54k params
stage 1|conv|unit 1|conv 1×1 ×3, conv 3×3, add|256×56×56 · 75k params
stage 1|conv|unit 2–3 ×2|conv 1×1 ×2, conv 3×3, add|256×56×56 · 141k params in all
stage 2|conv|unit 1|conv 1×1 ×2, conv 3×3 /2, conv 1×1 /2, add|512×28×28 · 379k params
stage 2|conv|unit 2–4 ×3|conv 1×1 ×2, conv 3×3, add|512×28×28 · 840k params in all
stage 3|conv|unit 1|conv 1×1 ×2, conv 3×3 /2, conv 1×1 /2, add|1024×14×14 · 1.51M params
stage 3|conv|unit 2–6 ×5|conv 1×1 ×2, conv 3×3, add|1024×14×14 · 5.59M params in all
stage 4|conv|unit 1|conv 1×1 ×2, conv 3×3 /2, conv 1×1 /2, add|2048×7×7 · 6.04M params
stage 4|conv|unit 2–3 ×2|conv 1×1 ×2, conv 3×3, add|2048×7×7 · 8.93M params in all
|linear|head|mean over the image, linear|1000 · 2.05M params`
		if got := boxesOf(g); got != want {
			t.Errorf("level %d: boxes are\n%s\nwant\n%s", level, got, want)
		}
		if got, want := edgesOf(g), "0→1 1→2 2→3 3→4 4→5 5→6 6→7 7→8 8→9 9→10"; got != want {
			t.Errorf("level %d: edges are %s, want %s", level, got, want)
		}
	}
	if got := len(Folded(a, Stages).Nodes); got != 7 {
		t.Errorf("on the level of stages there are %d boxes, want the input, the stem, four stages and the head", got)
	}
}

// Layers that take what all before them gave are one after the other equal, but not
// in their size.
func TestFoldDenseNet(t *testing.T) {
	got := boxesOf(Architecture(network(t, "DenseNet-121")))
	for _, want := range []string{
		"dense block 3|conv|layer 1–24 ×24|conv 1×1, conv 3×3, concat|1024×14×14 · 2.84M params in all",
		"|conv|transition 3|conv 1×1, avg pool 2×2|512×7×7 · 526k params",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("boxes are\n%s\nwant among them\n%s", got, want)
		}
	}
}

// Blocks are equal only if operations and wiring are.
func TestFoldKeepsDifferences(t *testing.T) {
	build := func(change func(b *arch.Builder, block, x, before int) int) *arch.Arch {
		b := arch.NewBuilder("chain", arch.Shape{C: 4, H: 8, W: 8})
		b.Block("stem")
		x := b.ConvBNReLU(b.In(), 4, 3)
		before := x
		for i := range 6 {
			b.Block(fmt.Sprintf("cell %d", i+1))
			before, x = x, change(b, i, x, before)
		}
		b.Block("head")
		b.Classifier(x, 10)
		a, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, test := range []struct {
		name   string
		change func(b *arch.Builder, block, x, before int) int
		want   string // the boxes between stem and head
	}{
		{"all equal", func(b *arch.Builder, _, x, _ int) int { return b.Add(b.Conv(x, 4, 3), x) }, "cell 1–6 ×6"},
		{"the two cells before", func(b *arch.Builder, _, x, before int) int { return b.Add(b.Conv(x, 4, 3), before) }, "cell 1, cell 2–6 ×5"},
		{"another filter", func(b *arch.Builder, i, x, _ int) int {
			return b.Add(b.Conv(x, 4, 1+2*(i/3)), x)
		}, "cell 1–3 ×3, cell 4–6 ×3"},
		{"another order", func(b *arch.Builder, i, x, _ int) int {
			if y := b.Conv(x, 4, 3); i%2 == 0 {
				return b.Add(x, y)
			} else {
				return b.Add(y, x)
			}
		}, "cell 1, cell 2, cell 3, cell 4, cell 5, cell 6"},
	} {
		a := build(test.change)
		var names []string
		for _, n := range Folded(a, Blocks).Nodes {
			if strings.HasPrefix(n.Label, "cell") {
				names = append(names, n.Label)
			}
		}
		if got := strings.Join(names, ", "); got != test.want {
			t.Errorf("%s: the blocks are %s, want %s", test.name, got, test.want)
		}
	}
}

// An architecture without blocks is folded by position when it has more boxes than
// can be read.
func TestFoldWithoutBlocks(t *testing.T) {
	b := arch.NewBuilder("deep", arch.Shape{C: 4, H: 1, W: 1})
	x := b.In()
	for range 5000 {
		x = b.Linear(b.Add(x, b.ReLU(x)), 4)
	}
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	g := Architecture(a)
	if len(g.Nodes) > fewBlocks || len(g.Nodes) < 2 {
		t.Errorf("%d boxes: %s", len(g.Nodes), boxesOf(g))
	}
	if last := g.Nodes[len(g.Nodes)-1].Label; !strings.Contains(last, "nodes") || !strings.Contains(last, "15000") {
		t.Errorf("the last box is %q; want the nodes up to 15000", last)
	}
	if err := g.Err(); err != nil {
		t.Error(err)
	}
}

func TestBlock(t *testing.T) {
	a := network(t, "GoogLeNet")
	g := Block(a, "inception 3a")
	const want = `|data|stem|192×28×28
|conv|conv 1×1|+ batch norm + ReLU|64×28×28 · 12.4k params
|conv|conv 1×1|+ batch norm + ReLU|96×28×28 · 18.6k params
|conv|conv 3×3|+ batch norm + ReLU|128×28×28 · 111k params
|conv|conv 1×1|+ batch norm + ReLU|16×28×28 · 3.1k params
|conv|conv 3×3|+ batch norm + ReLU|32×28×28 · 4.67k params
|pool|max pool 3×3|192×28×28
|conv|conv 1×1|+ batch norm + ReLU|32×28×28 · 6.21k params
|join|concat|256×28×28
|data|inception 3b`
	if got := boxesOf(g); got != want {
		t.Errorf("boxes are\n%s\nwant\n%s", got, want)
	}
	if want := "GoogLeNet, inception 3a: 156k parameters, 122M MACs"; g.Name != want {
		t.Errorf("the title is %q, want %q", g.Name, want)
	}
	if got := len(g.Edges); got != 12 {
		t.Errorf("%d edges, want 12: four in, three inside, four into the concatenation, one out", got)
	}
	for _, test := range []struct {
		a    *arch.Arch
		name string
		want string
	}{
		{a, "inception 9", `GoogLeNet has no block "inception 9"; it has stem, inception 3a,`},
		{a, "", `GoogLeNet has no block ""`},
		{&arch.Arch{}, "x", "there are no nodes"},
	} {
		text := strings.Join(Block(test.a, test.name).Nodes[0].Lines, " ")
		if !strings.Contains(text, test.want) {
			t.Errorf("block %q: %q, want %q in it", test.name, text, test.want)
		}
	}
	if g := Block(nil, "x"); g.Name != "no architecture yet" {
		t.Errorf("of nothing: %q", g.Name)
	}
	if text := strings.Join(Folded(a, 9).Nodes[0].Lines, " "); !strings.Contains(text, "the level is 9; use viz.Auto") {
		t.Errorf("level 9: %q", text)
	}
}

func BenchmarkArchitecture(b *testing.B) {
	a, err := zoo.Build("DenseNet-121")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if g := Architecture(a); len(g.Nodes) < 2 {
			b.Fatal(g.Name)
		}
	}
}

// On every level each node is in one box, boxes come after those they take from, and
// all parameters are in the boxes.
func TestFoldIsAPartition(t *testing.T) {
	table, err := zoo.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range table {
		a := network(t, n.Name)
		for _, level := range []Level{Auto, Operations, Blocks, Stages, parts} {
			boxes, of := folded(a, level)
			in := make([]int, len(a.Nodes)) // how many boxes have each node
			for k, b := range boxes {
				for _, i := range b.nodes {
					in[i]++
					if of[i] != k {
						t.Errorf("%s, level %d: node %d is in box %d and said to be in %d", n.Name, level, i, k, of[i])
					}
				}
			}
			for i, times := range in {
				if times != 1 {
					t.Errorf("%s, level %d: node %d is in %d boxes", n.Name, level, i, times)
				}
			}
			for _, e := range edges(a, of) {
				if e.from > e.to {
					t.Errorf("%s, level %d: box %d takes from box %d, which comes later", n.Name, level, e.to, e.from)
				}
			}
			if level == Auto && len(boxes) > fewBlocks {
				t.Errorf("%s is drawn as %d boxes", n.Name, len(boxes))
			}
		}
	}
}

// Many skip connections are arcs beside a column; a few are not, and neither are
// branches side by side.
func TestTangled(t *testing.T) {
	chain := func(n int) (links []edge) {
		for k := 1; k < n; k++ {
			links = append(links, edge{k - 1, k})
		}
		return links
	}
	skips := func(links []edge, n int) []edge {
		for k := range n {
			links = append(links, edge{k, k + n + 1})
		}
		return links
	}
	var branches []edge
	for k := 1; k < 10; k++ {
		branches = append(branches, edge{0, k}, edge{k, 10})
	}
	for _, test := range []struct {
		name  string
		n     int
		links []edge
		want  bool
	}{
		{"nothing", 0, nil, false},
		{"one box", 1, nil, false},
		{"a chain", 20, chain(20), false},
		{"a chain with a few", 20, skips(chain(20), 5), false},
		{"a chain with many", 20, skips(chain(20), 6), true},
		{"branches", 11, branches, false},
	} {
		if got := tangled(test.n, test.links); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
	if g := zophLe(t, 10, everyOther(10)...); g.Direction != display.Column || g.Err() != nil {
		t.Errorf("%d boxes with %d edges are drawn in direction %d, %v; want one column", len(g.Nodes), len(g.Edges), g.Direction, g.Err())
	}
	if g := Folded(network(t, "GoogLeNet"), Operations); g.Direction == display.Column {
		t.Error("GoogLeNet's modules are drawn in one column")
	}
}
