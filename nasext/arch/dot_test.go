package arch_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
)

func TestDOT(t *testing.T) {
	a := small()
	a.Name, a.Nodes[2].Name, a.Nodes[2].Block = `say "hi"`, `back\slash "b" }`, `cell "1\"`
	a.Nodes = append(a.Nodes, arch.Node{Name: "main", Op: arch.Op{Kind: arch.Linear, Out: 10}, In: []int{5}})
	a.Aux = []int{6}
	got, err := a.DOT()
	if err != nil {
		t.Fatal(err)
	}
	const want = `digraph "say \"hi\"" {
	node [shape=box];
	n0 [label="input\ninput\n1×8×8"];
	n4 [label="pool\nmaxpool 2×2 /2\n16×4×4"];
	n5 [label="flat\nflatten\n256×1×1"];
	n6 [label="out\nlinear →10 +bias\n10×1×1", style=dashed];
	n7 [label="main\nlinear →10\n10×1×1"];
	subgraph cluster_1 {
		label="cell 1";
		n1 [label="a\nconv 3×3 →16 pad 1\n16×8×8"];
		n3 [label="sum\nadd\n16×8×8"];
	}
	subgraph cluster_2 {
		label="cell \"1\\\"";
		n2 [label="back\\slash \"b\" }\nconv 1×1 →16\n16×8×8"];
	}
	n0 -> n1;
	n0 -> n2;
	n1 -> n3;
	n2 -> n3;
	n3 -> n4;
	n4 -> n5;
	n5 -> n6;
	n5 -> n7;
}
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	a.Nodes[3].In = nil
	if _, err := a.DOT(); err == nil {
		t.Error("a wrong architecture has a graph")
	}
}

// Whatever the names, what is outside of quotes is braces, nodes and arrows only, and
// each node is there once with its name.
func TestDOTQuotes(t *testing.T) {
	d := rand.New(rand.NewPCG(9, 10))
	for range 200 {
		a := random(d, d.IntN(12))
		text, err := a.DOT()
		if err != nil {
			t.Fatal(err)
		}
		labels := map[string]string{}
		edges, depth := 0, 0
		for _, line := range strings.Split(text, "\n") {
			line = strings.TrimSpace(line)
			depth += map[bool]int{true: 1}[strings.HasSuffix(line, "{")] - map[bool]int{true: 1}[line == "}"]
			if strings.Contains(line, "->") && line[0] == 'n' && !strings.Contains(line, `"`) {
				edges++
			}
			id, rest, ok := strings.Cut(line, " [label=")
			if !ok || id[0] != 'n' {
				continue
			}
			quoted, err := strconv.QuotedPrefix(rest)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			label, err := strconv.Unquote(quoted)
			if after := rest[len(quoted):]; err != nil || after != "];" && after != ", style=dashed];" {
				t.Fatalf("%s: %v", line, err)
			}
			labels[id] = label
		}
		want := 0
		for i, n := range a.Nodes {
			want += len(n.In)
			if label := labels[fmt.Sprintf("n%d", i)]; !strings.HasPrefix(label, n.Name+"\n") {
				t.Errorf("node %d %q is labelled %q", i, n.Name, label)
			}
		}
		if edges != want || depth != 0 || len(labels) != len(a.Nodes) {
			t.Errorf("%d arrows for %d inputs, %d nodes of %d, %d braces too many in\n%s", edges, want, len(labels), len(a.Nodes), depth, text)
		}
	}
}
