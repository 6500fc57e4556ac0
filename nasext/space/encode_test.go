package space_test

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/space"
)

// listed is a space of given cells: its one decision is which.
type listed struct {
	tree
	frame space.Frame
	cells [][]space.Wiring
}

func newListed(f space.Frame, cells ...[]space.Wiring) listed {
	var names []string
	for i := range cells {
		names = append(names, strconv.Itoa(i))
	}
	return listed{frame: f, cells: cells, tree: func(g space.Genotype) (string, []string) {
		if len(g) == 1 {
			return "", nil
		}
		return "cell", names
	}}
}

func (l listed) Frame() space.Frame                               { return l.frame }
func (l listed) Wirings(g space.Genotype) ([]space.Wiring, error) { return l.cells[g[0]], nil }

// one is a single cell; "01 16" are its edges 0→1 and 1→6.
func one(ops []int, edges string) []space.Wiring {
	return []space.Wiring{wiring(ops, edges)}
}

func wiring(ops []int, edges string) space.Wiring {
	w := space.Wiring{Ops: ops}
	for _, e := range strings.Fields(edges) {
		w.Edges = append(w.Edges, [2]int{int(e[0] - '0'), int(e[1] - '0')})
	}
	return w
}

func frame101() space.Frame {
	return space.Frame{Cells: []string{"cell"}, Inputs: 1, Ops: []string{"conv3x3", "conv1x1", "maxpool3x3"}, Nodes: 5}
}

// set is which numbers of a vector are not zero.
func set(t *testing.T, e *space.Encoding, g space.Genotype) []int {
	t.Helper()
	v, err := e.Encode(g)
	if err != nil {
		t.Fatal(err)
	}
	if len(v) != e.Len() || len(v) != len(e.Features()) {
		t.Errorf("%s has %d numbers and %d features, want %d", e.Name(), len(v), len(e.Features()), e.Len())
	}
	at := []int{}
	for i, x := range v {
		switch x {
		case 0:
		case 1:
			at = append(at, i)
		default:
			t.Errorf("number %d is %v, want 0 or 1", i, x)
		}
	}
	return at
}

// The paths of cells of NAS-Bench-101, the first that of its README, as
// get_path_indices of naszilla numbers them. The full encoding has 1 + 3 + 9 + 27 +
// 81 + 243 = 364 paths, of which BANANAS keeps 40.
func TestPathsAreThoseOfBANANAS(t *testing.T) {
	s := newListed(frame101(),
		one([]int{1, 0, 0, 0, 2}, "01 02 03 05 16 26 34 46 56"),
		one([]int{0, 0, 2, 0, 1}, "01 03 06 12 14 15 23 25 34"),
		one([]int{2, 1, 2, 2, 1}, "03 06 13 23 24 25 26 34 46"),
		one([]int{0, 1, 0, 0, 1}, "13 25 35 36 56"),
		one([]int{0, 0, 2, 2, 1}, "01 03 06 14 24 25 26 34 45 46"),
		one([]int{0, 2, 1, 0, 1}, "01 02 04 13 15 23 34 36 45 56"),
		one([]int{2, 2, 2, 2, 2}, "01 12 23 34 45 56"), // the last path of all
	)
	full, err := space.Paths(s, 0)
	if err != nil {
		t.Fatal(err)
	}
	short, err := space.Paths(s, 40)
	if err != nil {
		t.Fatal(err)
	}
	if full.Len() != 364 || short.Len() != 40 {
		t.Errorf("%d paths and %d truncated, want 364 and 40", full.Len(), short.Len())
	}
	for i, want := range [][]int{{1, 2, 3, 4}, {0}, {0, 12}, {}, {0, 10, 12}, {7, 9, 70, 72}, {363}} {
		if got := set(t, full, space.Genotype{i}); !slices.Equal(got, want) {
			t.Errorf("cell %d has the paths %v, want %v", i, got, want)
		}
		want = slices.DeleteFunc(want, func(p int) bool { return p >= 40 })
		if got := set(t, short, space.Genotype{i}); !slices.Equal(got, want) {
			t.Errorf("cell %d has the truncated paths %v, want %v", i, got, want)
		}
	}
	names := full.Features()
	for i, want := range map[int]string{0: "direct", 1: "conv3x3", 3: "maxpool3x3", 4: "conv3x3 → conv3x3", 10: "conv3x3 → maxpool3x3", 363: "maxpool3x3 → maxpool3x3 → maxpool3x3 → maxpool3x3 → maxpool3x3"} {
		if names[i] != want {
			t.Errorf("path %d is %q, want %q", i, names[i], want)
		}
	}
}

// The paths of a cell of NAS-Bench-201, as naszilla numbers them when the
// operations are in the order of ours.
func TestPathsOfNASBench201(t *testing.T) {
	s := made(t, space.NASBench201, space.NASBench201Config{})
	e, err := space.Paths(s, 0)
	if err != nil {
		t.Fatal(err)
	}
	if e.Len() != 155 {
		t.Errorf("%d paths, want 5 + 25 + 125", e.Len())
	}
	if got, want := e.String(), "paths of "+s.Name()+": 155 numbers"; got != want {
		t.Errorf("it reads %q, want %q", got, want)
	}
	for text, want := range map[string][]int{
		"|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|nor_conv_1x1~0|skip_connect~1|skip_connect~2|": {2, 12, 14, 64},
		"|nor_conv_3x3~0|+|none~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_1x1~1|nor_conv_3x3~2|":         {1, 18, 20, 128},
	} {
		g := parsed(t, s, text)
		if got := set(t, e, g); !slices.Equal(got, want) {
			t.Errorf("%s has the paths %v, want %v", text, got, want)
		}
	}
}

// Two cells of two inputs each: four blocks of 1 + 2 + 4 paths, each truncated.
func TestPathsOfSeveralCells(t *testing.T) {
	f := space.Frame{Cells: []string{"normal", "reduction"}, Inputs: 2, Ops: []string{"a", "b"}, Nodes: 4, Longest: 2}
	// Nodes 0 and 1 are the inputs, 2 to 5 the operations, 6 the output.
	s := newListed(f, []space.Wiring{wiring([]int{0, 1, 1, 0}, "02 14 24 26 46 06"), wiring([]int{1, 1}, "02 13 23 34")})
	e, err := space.Paths(s, 0)
	if err != nil {
		t.Fatal(err)
	}
	// Normal: from input 0 directly, a, and a → b; from input 1 b. Reduction, whose
	// output is node 4: from input 0 b → b, from input 1 b.
	if got, want := set(t, e, space.Genotype{0}), []int{0, 1, 5, 7 + 2, 14 + 6, 21 + 2}; !slices.Equal(got, want) {
		t.Errorf("paths %v, want %v", got, want)
	}
	if got, want := e.Features()[27], "reduction: input 1: b → b"; e.Len() != 28 || got != want {
		t.Errorf("%d paths, the last is %q; want 28 and %q", e.Len(), got, want)
	}
	if e, err = space.Paths(s, 3); err != nil {
		t.Fatal(err)
	}
	if got, want := set(t, e, space.Genotype{0}), []int{0, 1, 3 + 2, 9 + 2}; e.Len() != 12 || !slices.Equal(got, want) {
		t.Errorf("truncated paths %v of %d, want %v of 12", got, e.Len(), want)
	}
}

func TestAdjacency(t *testing.T) {
	s := newListed(frame101(), one([]int{1, 0, 0, 0, 2}, "01 02 03 05 16 26 34 46 56"), one([]int{2, 1}, "01 02 23"))
	e, err := space.Adjacency(s)
	if err != nil {
		t.Fatal(err)
	}
	if e.Len() != 36 {
		t.Errorf("%d numbers, want 7·6/2 + 5·3", e.Len())
	}
	names := func(g space.Genotype) []string {
		var words []string
		for _, i := range set(t, e, g) {
			words = append(words, e.Features()[i])
		}
		return words
	}
	for i, want := range []string{
		"0→1, 0→2, 0→3, 0→5, 1→6, 2→6, 3→4, 4→6, 5→6, node 1 = conv1x1, node 2 = conv3x3, node 3 = conv3x3, node 4 = conv3x3, node 5 = maxpool3x3",
		"0→1, 0→2, 2→6, node 1 = maxpool3x3, node 2 = conv1x1",
	} {
		if got := strings.Join(names(space.Genotype{i}), ", "); got != want {
			t.Errorf("cell %d is encoded as %s, want %s", i, got, want)
		}
	}
}

func TestOneHot(t *testing.T) {
	e, err := space.OneHot(tree(fork))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"shape = point", "shape = circle", "shape = square", "colour = green", "colour = blue", "colour = red", "side = 1", "side = 2", "side = 3"}
	if got := e.Features(); !reflect.DeepEqual(got, want) {
		t.Errorf("features are %q, want %q", got, want)
	}
	for _, c := range []struct {
		g    space.Genotype
		want []int
	}{
		{space.Genotype{0}, []int{0}},
		{space.Genotype{1, 1}, []int{1, 4}},
		{space.Genotype{2, 2, 0}, []int{2, 5, 8}},
		{space.Genotype{2, 0, 2}, []int{2, 4, 6}},
	} {
		if got := set(t, e, c.g); !slices.Equal(got, c.want) {
			t.Errorf("%v is encoded as %v, want %v", c.g, got, c.want)
		}
	}
	cells, err := space.OneHot(made(t, space.NASBench201, space.NASBench201Config{}))
	if err != nil || cells.Len() != 30 {
		t.Fatalf("NAS-Bench-201 has %d numbers, %v; want 30", cells.Len(), err)
	}
	if got, want := set(t, cells, space.Genotype{4, 0, 1, 2, 3, 4}), []int{4, 5, 11, 17, 23, 29}; !slices.Equal(got, want) {
		t.Errorf("a cell is encoded as %v, want %v", got, want)
	}
}

// Genotypes of one encoding differ if and only if their vectors do.
func TestOneHotIsInjective(t *testing.T) {
	e, err := space.OneHot(tree(fork))
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]space.Genotype)
	err = space.Walk(tree(fork), func(g space.Genotype) bool {
		key := fmt.Sprint(set(t, e, g))
		if other, taken := seen[key]; taken {
			t.Errorf("%v and %v have one vector", g, other)
		}
		seen[key] = g
		return true
	})
	if err != nil || len(seen) != 12 {
		t.Errorf("%d vectors, %v; want 12", len(seen), err)
	}
}

func TestEncodingErrors(t *testing.T) {
	frame := func(change func(*space.Frame)) space.Frame {
		f := frame101()
		change(&f)
		return f
	}
	cell := one([]int{0}, "01 12")
	for _, c := range []struct {
		name     string
		s        space.Space
		truncate int
		want     string
	}{
		{"nil", nil, 0, "there is no space (nil)"},
		{"no cells", tree(fork), 0, "its architectures are no cells with a wiring (space.Wired); OneHot encodes any space"},
		{"negative", newListed(frame101(), cell), -1, "-1 paths were asked for; there are 364, and 0 means all"},
		{"too many", newListed(frame101(), cell), 365, "365 paths were asked for; there are 364"},
		{"far too many", newListed(frame(func(f *space.Frame) { f.Nodes = 30 }), cell), 0, "more than 4194304 numbers; truncate it"},
		{"an empty frame", newListed(space.Frame{}, cell), 0, "too few cells, inputs, operations or nodes"},
	} {
		if _, err := space.Paths(c.s, c.truncate); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error is %v, want it to hold %q", c.name, err, c.want)
		}
	}
	for _, c := range []struct {
		name string
		cell []space.Wiring
		want string
	}{
		{"no cell", nil, "[0] has the wirings of 0 cells; the frame names 1"},
		{"too large", one([]int{0, 0, 0, 0, 0, 0}, ""), "cell cell of [0] has 6 operations; the frame allows 5"},
		{"unknown operation", one([]int{3}, ""), "has operation 3; there are 0 to 2"},
		{"a cycle", one([]int{0, 0}, "21"), "has an edge 2→1; edges lead from a lower to a higher number, to nodes 1 to 3"},
		{"beyond the output", one([]int{0}, "03"), "has an edge 0→3"},
	} {
		s := newListed(frame101(), c.cell)
		paths, err := space.Paths(s, 0)
		if err != nil {
			t.Fatal(err)
		}
		adjacency, err := space.Adjacency(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []*space.Encoding{paths, adjacency} {
			if v, err := e.Encode(space.Genotype{0}); v != nil || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %s gives %v, %v; want an error that holds %q", c.name, e.Name(), v, err, c.want)
			}
		}
	}
	e, err := space.OneHot(tree(fork))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Encode(space.Genotype{2}); err == nil || !strings.Contains(err.Error(), `"side" is undecided`) {
		t.Errorf("error is %v", err)
	}
	if _, err := space.OneHot(bits(24)); err == nil || !strings.Contains(err.Error(), "too many architectures to go through one by one") {
		t.Errorf("error is %v", err)
	}
}

// The layers of a network are the operations of its wiring.
func TestWiringsOfNetworks(t *testing.T) {
	config := space.DefaultGlobal(digits(), 10)
	config.Skips = true
	sizes, err := space.NATSBenchSize(space.NATSSizeConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		s    space.Space
		text string
		len  int
		want string
	}{
		{made(t, space.ZophLe2017, space.ZophLeConfig{Layers: 4}), "1, 1, 24, 3, 5, 36, no, 7, 7, 64, yes, yes, 3, 3, 48, no, yes, no", 6*5/2 + 4*64,
			"0→1, 0→2, 1→3, 2→3, 2→4, 3→5, 4→5, node 1 = conv 1×1 24, node 2 = conv 3×5 36, node 3 = conv 7×7 64, node 4 = conv 3×3 48"},
		{made(t, space.ZophLe2017, space.ZophLeConfig{Layers: 2, Strides: []int{1, 2, 3}}), "1, 1, 2, 24, 3, 5, 3, 36, yes", 4*3/2 + 2*192,
			"0→1, 1→2, 2→3, node 1 = conv 1×1 /2 24, node 2 = conv 3×5 /3 36"},
		{made(t, space.MetaQNN2017, space.MetaQNNConfig{Layers: 3}), "[C(64,3,1), P(2,2), SM(10)]", 6*5/2 + 4*20,
			"0→1, 1→2, 2→3, 3→5, node 1 = C(64,3,1), node 2 = P(2,2), node 3 = SM(10)"},
		{sizes, "8:64:24:8:16", 7*6/2 + 5*8, "0→1, 1→2, 2→3, 3→4, 4→5, 5→6, node 1 = 8, node 2 = 64, node 3 = 24, node 4 = 8, node 5 = 16"},
		{made(t, space.Global, config), "4, conv 3×3, 8, conv 1×1, 8, conv 5×5, 32, yes, dense, 64", 8*7/2 + 6*13,
			"0→1, 1→2, 1→3, 2→3, 3→4, 4→7, node 1 = conv 3×3 8 relu, node 2 = conv 1×1 8 relu, node 3 = conv 5×5 32 relu, node 4 = dense 64 relu"},
	} {
		g, err := space.Parse(c.s, c.text)
		if err != nil {
			t.Fatal(err)
		}
		e, err := space.Adjacency(c.s)
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, i := range set(t, e, g) {
			words = append(words, e.Features()[i])
		}
		if got := strings.Join(words, ", "); got != c.want {
			t.Errorf("%s is encoded as %s, want %s", c.text, got, c.want)
		}
		if e.Len() != c.len {
			t.Errorf("%s has %d numbers, want %d", e.Name(), e.Len(), c.len)
		}
		paths, err := space.Paths(c.s, 40)
		if err != nil {
			t.Fatal(err)
		}
		set(t, paths, g)
		if _, err := e.Encode(nil); err == nil || !strings.Contains(err.Error(), "is undecided") {
			t.Errorf("error is %v", err)
		}
	}
}
