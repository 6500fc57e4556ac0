package viz

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/display"
	"github.com/nascent-go/nascent/nasext/arch"
)

// chain is a network of 3×3 convolutions with so many channels each, and a skip
// connection around the second one.
func chain(t *testing.T, skip bool, channels ...int) *arch.Arch {
	t.Helper()
	b := arch.NewBuilder("chain", arch.Shape{C: 3, H: 8, W: 8})
	x := b.In()
	for i, c := range channels {
		y := b.Conv(x, c, 3)
		if i == 1 {
			other := y
			if skip {
				other = x
			}
			y = b.Add(y, other)
		}
		x = y
	}
	b.Classifier(x, 10)
	a, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// marked are the boxes and edges of a graph that are not like those on the other side.
func marked(g *display.Graph) string {
	var all []string
	for _, n := range g.Nodes {
		if n.Kind != "" {
			all = append(all, n.ID+" "+n.Lines[len(n.Lines)-1])
		}
	}
	for _, e := range g.Edges {
		if e.Dashed {
			all = append(all, e.From+"→"+e.To)
		}
	}
	return strings.Join(all, ", ")
}

func TestCompare(t *testing.T) {
	for _, test := range []struct {
		name         string
		a, b         *arch.Arch
		title, marks string
	}{
		{"equal", chain(t, true, 8, 8, 8), chain(t, true, 8, 8, 8), "no difference", ""},
		{"one changed", chain(t, true, 8, 8, 8), chain(t, true, 8, 8, 16),
			"3 changes", "a4 change 1, a5 change 2, a6 change 3, b4 change 1, b5 change 2, b6 change 3"}, // the mean and the classifier are of more channels
		{"one more", chain(t, true, 8, 8, 8), chain(t, true, 8, 8, 8, 8),
			"1 connection only on the left, 1 operation only on the right", "b5 only here, a4→a5"},
		{"other wiring", chain(t, true, 8, 8, 8), chain(t, false, 8, 8, 8),
			"1 connection only on the left", "a1→a3"},
	} {
		g := Compare(test.a, test.b)
		if g.Name != test.title {
			t.Errorf("%s: the title is %q, want %q", test.name, g.Name, test.title)
		}
		if got := marked(g); got != test.marks {
			t.Errorf("%s: marked are %s, want %s", test.name, got, test.marks)
		}
		if err := g.Err(); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	a := chain(t, true, 8, 8)
	for _, test := range []struct {
		a, b *arch.Arch
		want string
	}{
		{nil, a, "no two architectures yet"}, {a, nil, "no two architectures yet"},
		{a, &arch.Arch{}, "the second is no architecture"}, {&arch.Arch{}, a, "the first is no architecture"},
	} {
		if g := Compare(test.a, test.b); !strings.Contains(g.Name+boxesOf(g), test.want) {
			t.Errorf("%q in %s, want %q", g.Name, boxesOf(g), test.want)
		}
	}
}

// Blocks are compared stage by stage.
func TestCompareBlocks(t *testing.T) {
	g := Compare(network(t, "ResNet-18"), network(t, "ResNet-50"))
	if want := "8 changes, 1 connection only on the left, 1 block only on the right"; g.Name != want {
		t.Errorf("the title is %q, want %q", g.Name, want)
	}
	for _, n := range g.Nodes {
		if n.Label == "stage 1/unit 2–3 ×2" && n.Kind != onlyHere {
			t.Errorf("the second box of the first stage of ResNet-50 is %q; it has no counterpart", n.Kind)
		}
	}
}

// A common subsequence is one of both, and as long as trying all of them says.
func TestCommon(t *testing.T) {
	words := func(n int) []string {
		var all []string
		for range 6 {
			all = append(all, fmt.Sprint(n%3))
			n /= 3
		}
		return all
	}
	longest := func(a, b []string) (best int) {
		for mask := range 1 << len(a) {
			var part []string
			for i, w := range a {
				if mask>>i&1 == 1 {
					part = append(part, w)
				}
			}
			at := 0
			for _, w := range b {
				if at < len(part) && part[at] == w {
					at++
				}
			}
			if at == len(part) {
				best = max(best, at)
			}
		}
		return best
	}
	for n := 0; n < 729; n += 13 {
		for m := 0; m < 729; m += 17 {
			a, b := words(n), words(m)
			pairs := common(a, b)
			if len(pairs) != longest(a, b) {
				t.Fatalf("of %v and %v it is %v; %d are common", a, b, pairs, longest(a, b))
			}
			for i, p := range pairs {
				if a[p[0]] != b[p[1]] || i > 0 && (p[0] <= pairs[i-1][0] || p[1] <= pairs[i-1][1]) {
					t.Fatalf("of %v and %v it is %v", a, b, pairs)
				}
			}
		}
	}
	if got := common(nil, []string{"x"}); !slices.Equal(got, nil) {
		t.Errorf("of nothing it is %v", got)
	}
}
