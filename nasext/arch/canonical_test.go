package arch_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/arch/cell"
	"github.com/nascent-go/nascent/nasext/arch/zoo"
)

// shuffled is the same architecture written down in another order, with other names,
// the inputs of sums and of products of images exchanged, and identities put in.
func shuffled(t *testing.T, d *rand.Rand, a *arch.Arch) *arch.Arch {
	t.Helper()
	infos := inferred(t, a)
	last := len(a.Nodes) - 1
	b := &arch.Arch{Name: "other", Input: a.Input}
	place := map[int]int{}
	for len(place) < len(a.Nodes) {
		var ready []int
		for i, n := range a.Nodes {
			_, done := place[i]
			if done || i == last && len(place) < last || slices.ContainsFunc(n.In, func(from int) bool { _, ok := place[from]; return !ok }) {
				continue
			}
			ready = append(ready, i)
		}
		i := ready[d.IntN(len(ready))]
		n := a.Nodes[i]
		var in []int
		for _, from := range n.In {
			at := place[from]
			if d.IntN(6) == 0 {
				b.Nodes = append(b.Nodes, arch.Node{Name: fmt.Sprint("extra ", len(b.Nodes)), Op: arch.Op{Kind: arch.Identity}, In: []int{at}})
				at = len(b.Nodes) - 1
			}
			in = append(in, at)
		}
		if n.Op.Kind == arch.Add || n.Op.Kind == arch.Mul && infos[n.In[0]].Out == infos[n.In[1]].Out {
			d.Shuffle(len(in), func(i, j int) { in[i], in[j] = in[j], in[i] })
		}
		op := n.Op
		if d.IntN(2) == 0 {
			op = op.WithDefaults()
		}
		place[i] = len(b.Nodes)
		b.Nodes = append(b.Nodes, arch.Node{Name: fmt.Sprint("node ", len(b.Nodes)), Block: fmt.Sprint(d.IntN(3)), Op: op, In: in})
	}
	for _, i := range a.Aux {
		b.Aux = append(b.Aux, place[i])
	}
	slices.Sort(b.Aux)
	return b
}

func canonical(t *testing.T, a *arch.Arch) *arch.Arch {
	t.Helper()
	form, err := a.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return form
}

func TestCanonicalFormOfRandomOrders(t *testing.T) {
	d := rand.New(rand.NewPCG(11, 12))
	for range 1500 {
		a := random(d, d.IntN(25))
		form := canonical(t, a)
		if err := form.Check(); err != nil {
			t.Fatalf("the canonical form is wrong: %v", err)
		}
		params, _ := a.Params()
		macs, _ := a.MACs()
		if p, _ := form.Params(); p != params {
			t.Fatalf("the canonical form has %d parameters, the architecture %d", p, params)
		}
		if m, _ := form.MACs(); m != macs {
			t.Fatalf("the canonical form has %d MACs, the architecture %d", m, macs)
		}
		if again := canonical(t, form); !reflect.DeepEqual(form, again) {
			t.Fatalf("the canonical form of the canonical form of\n%v\nis another:\n%v\n%v", a, form, again)
		}
		b := shuffled(t, d, a)
		if other := canonical(t, b); !reflect.DeepEqual(form, other) {
			t.Fatalf("\n%v\nis the same as\n%v\nbut their forms are\n%v\nand\n%v", a, b, form, other)
		}
	}
	for _, f := range []build{zoo.GoogLeNet, zoo.ResNet50, zoo.DenseNet121} {
		a := imagenet(t, f)
		if !reflect.DeepEqual(canonical(t, a), canonical(t, shuffled(t, d, a))) {
			t.Errorf("%s in another order has another form", a.Name)
		}
	}
}

// Small changes give other classes.
func TestCanonicalHashTellsApart(t *testing.T) {
	base := func() *arch.Arch {
		b := arch.NewBuilder("", arch.Shape{C: 2, H: 4, W: 4})
		x, y := b.ReLU(b.In()), b.Tanh(b.In())
		z := b.Concat(x, y, b.Mul(x, b.GlobalPool(x)))
		b.Aux(b.Classifier(z, 3))
		b.Classifier(b.Identity(z), 3)
		return built(t, b)
	}
	seen := map[string]string{}
	for name, change := range map[string]func(a *arch.Arch){
		"base":                func(a *arch.Arch) {},
		"order of a concat":   func(a *arch.Arch) { a.Nodes[5].In = []int{2, 1, 4} },
		"setting":             func(a *arch.Arch) { a.Nodes[7].Op.Bias = false },
		"input":               func(a *arch.Arch) { a.Input.H = 5 },
		"no auxiliary output": func(a *arch.Arch) { a.Aux = nil },
		"wiring":              func(a *arch.Arch) { a.Nodes[4].In[0] = 2 },
		"node nobody takes": func(a *arch.Arch) {
			a.Nodes = slices.Insert(a.Nodes, 9, arch.Node{Name: "dead", Op: arch.Op{Kind: arch.ReLU}, In: []int{0}})
			a.Nodes[10].In = []int{8}
			a.Nodes[11].In = []int{10}
		},
		"identity as output": func(a *arch.Arch) {
			a.Nodes = append(a.Nodes, arch.Node{Name: "last", Op: arch.Op{Kind: arch.Identity}, In: []int{len(a.Nodes) - 1}})
		},
	} {
		a := base()
		change(a)
		h, err := a.CanonicalHash()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if other, ok := seen[h]; ok {
			t.Errorf("%s has the hash of %s", name, other)
		}
		seen[h] = name
	}
	a := base()
	a.Nodes[8].Op = arch.Op{Kind: arch.Zero}
	if _, err := (&arch.Arch{}).CanonicalHash(); err == nil {
		t.Error("an empty architecture has a canonical hash")
	}
	b := base()
	b.Nodes[9].In[0] = 5 // around the identity, which stays and which nobody takes
	if h, _ := b.CanonicalHash(); seen[h] != "base" {
		t.Error("an identity counts")
	}
}

// inner is a small architecture by its inner nodes: what each takes of the nodes before
// it, as a set, and for those that take one whether they are a relu or a tanh. Those
// that take more are sums. The last is the output.
type inner struct {
	takes []int // sets, as bits
	tanh  int   // bits
}

func (g inner) arch() *arch.Arch {
	a := &arch.Arch{Input: arch.Shape{C: 1, H: 1, W: 1}, Nodes: []arch.Node{{Name: "in", Op: arch.Op{Kind: arch.Input}}}}
	for i, set := range g.takes {
		n := arch.Node{Name: fmt.Sprint(i), Op: arch.Op{Kind: arch.Add}}
		for from := range i + 1 {
			if set>>from&1 == 1 {
				n.In = append(n.In, from)
			}
		}
		if len(n.In) == 1 {
			n.Op.Kind = arch.ReLU
			if g.tanh>>i&1 == 1 {
				n.Op.Kind = arch.Tanh
			}
		}
		a.Nodes = append(a.Nodes, n)
	}
	return a
}

// least is the smallest description of the graph over all orders of its inner nodes: two
// graphs are isomorphic exactly if it is equal.
func (g inner) least(orders [][]int) string {
	best := ""
	n := len(g.takes)
	for _, order := range orders { // node i goes to place order[i]
		if order[n-1] != n-1 {
			continue
		}
		text := make([]byte, 2*n)
		for i, set := range g.takes {
			moved := byte(set & 1)
			for from := range i {
				if set>>(from+1)&1 == 1 {
					moved |= 2 << order[from]
				}
			}
			text[2*order[i]] = moved
			if set&(set-1) == 0 {
				text[2*order[i]+1] = byte(g.tanh >> i & 1)
			}
		}
		if s := string(text); best == "" || s < best {
			best = s
		}
	}
	return best
}

func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for _, p := range permutations(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(p), at, n-1))
		}
	}
	return all
}

// All graphs with up to four inner nodes of three kinds, and with five of two: the
// classes by hash are those of isomorphism, which all permutations are tried for.
func TestCanonicalHashOfAllSmallGraphs(t *testing.T) {
	for n := 1; n <= 5; n++ {
		orders := permutations(n)
		byHash, byForce := map[string]string{}, map[string]string{}
		graphs := 0
		var grow func(takes []int)
		grow = func(takes []int) {
			if len(takes) < n {
				for set := 1; set < 2<<len(takes); set++ {
					grow(append(slices.Clone(takes), set))
				}
				return
			}
			single := 0
			for i, set := range takes {
				if set&(set-1) == 0 {
					single |= 1 << i
				}
			}
			for tanh := single; ; tanh = (tanh - 1) & single {
				if n < 5 || tanh == 0 {
					g := inner{takes, tanh}
					graphs++
					h, err := g.arch().CanonicalHash()
					if err != nil {
						t.Fatal(err)
					}
					least := g.least(orders)
					if other, ok := byHash[h]; ok && other != least {
						t.Fatalf("%+v has the hash of another class", g)
					}
					if other, ok := byForce[least]; ok && other != h {
						t.Fatalf("%+v has another hash than the rest of its class", g)
					}
					byHash[h], byForce[least] = least, h
				}
				if tanh == 0 {
					break
				}
			}
		}
		grow(nil)
		t.Logf("%d inner nodes: %d graphs, %d classes", n, graphs, len(byHash))
		if n == 5 && graphs != 1*3*7*15*31 {
			t.Errorf("%d graphs of five inner nodes, want %d", graphs, 1*3*7*15*31)
		}
	}
}

// The cells of NAS-Bench-101 (Ying et al. 2019) with up to five vertices, input and
// output included: every vertex lies on a path from one to the other, those between
// have one of three operations. The article's enumeration finds 1, 6, 84 and 2441
// different ones with two, three, four and five vertices, of 1, 2, 10 and 121 matrices.
func TestCanonicalHashCountsCells(t *testing.T) {
	labels := []arch.Kind{arch.ReLU, arch.Tanh, arch.Sigmoid}
	for _, c := range []struct{ vertices, matrices, cells int }{{2, 1, 1}, {3, 2, 6}, {4, 10, 84}, {5, 121, 2441}} {
		between := c.vertices - 2
		matrices, seen := 0, map[string]bool{}
		for bits := range 1 << (c.vertices * (c.vertices - 1) / 2) {
			takes := make([][]int, c.vertices) // of each vertex
			taken := make([]bool, c.vertices)
			edge, edges := 0, 0
			for to := range c.vertices {
				for from := range to {
					if bits>>edge&1 == 1 {
						takes[to] = append(takes[to], from)
						taken[from] = true
						edges++
					}
					edge++
				}
			}
			whole := edges <= 9
			for v := range c.vertices {
				whole = whole && (v == 0 || len(takes[v]) > 0) && (v == c.vertices-1 || taken[v])
			}
			if !whole {
				continue
			}
			matrices++
			for choice := range power(3, between) {
				b := arch.NewBuilder("", arch.Shape{C: 1, H: 1, W: 1})
				vertex := []int{b.In()}
				for v := 1; v < c.vertices; v++ {
					var in []int
					for _, from := range takes[v] {
						in = append(in, vertex[from])
					}
					x := b.Add(in...)
					if v < c.vertices-1 {
						x = b.Activation(x, labels[choice/power(3, v-1)%3])
					} else {
						x = b.BatchNorm(x)
					}
					vertex = append(vertex, x)
				}
				a := built(t, b)
				h, err := a.CanonicalHash()
				if err != nil {
					t.Fatal(err)
				}
				seen[h] = true
			}
		}
		if matrices != c.matrices || len(seen) != c.cells {
			t.Errorf("%d vertices: %d matrices, %d cells; want %d and %d", c.vertices, matrices, len(seen), c.matrices, c.cells)
		}
	}
}

func power(base, exponent int) int {
	p := 1
	for range exponent {
		p *= base
	}
	return p
}

// undirected is an architecture with a rectifier for each vertex and a sum for each
// edge of an undirected graph, all summed up.
func undirected(vertices int, edges [][2]int) *arch.Arch {
	b := arch.NewBuilder("", arch.Shape{C: 1, H: 1, W: 1})
	var vs, sums []int
	for range vertices {
		vs = append(vs, b.ReLU(b.In()))
	}
	for _, e := range edges {
		sums = append(sums, b.Add(vs[e[0]], vs[e[1]]))
	}
	b.Add(sums...)
	a, err := b.Build()
	if err != nil {
		panic(err)
	}
	return a
}

// Regular graphs, whose vertices no refinement of colours tells apart: pairs that have
// the same number of vertices, of edges and of neighbours, and yet are different.
func TestCanonicalHashOfRegularGraphs(t *testing.T) {
	ring := func(from, n int) (edges [][2]int) {
		for i := range n {
			edges = append(edges, [2]int{from + i, from + (i+1)%n})
		}
		return edges
	}
	grid := func(joined func(dx, dy int) bool) (edges [][2]int) {
		for v := range 16 {
			for w := range v {
				if joined((v/4-w/4+4)%4, (v%4-w%4+4)%4) {
					edges = append(edges, [2]int{v, w})
				}
			}
		}
		return edges
	}
	d := rand.New(rand.NewPCG(13, 14))
	for _, c := range []struct {
		name     string
		vertices int
		a, b     [][2]int
	}{
		{"a ring of six and two of three", 6, ring(0, 6), append(ring(0, 3), ring(3, 3)...)},
		{"a ring of twelve and three of four", 12, ring(0, 12), slices.Concat(ring(0, 4), ring(4, 4), ring(8, 4))},
		{"the prism and K3,3", 6, slices.Concat(ring(0, 3), ring(3, 3), [][2]int{{0, 3}, {1, 4}, {2, 5}}),
			[][2]int{{0, 3}, {0, 4}, {0, 5}, {1, 3}, {1, 4}, {1, 5}, {2, 3}, {2, 4}, {2, 5}}},
		{"the rook's graph and Shrikhande's, both strongly regular", 16,
			grid(func(dx, dy int) bool { return dx == 0 || dy == 0 }),
			grid(func(dx, dy int) bool {
				return dx == 0 && dy%2 == 1 || dy == 0 && dx%2 == 1 || dx == dy && dx%2 == 1
			})},
	} {
		if len(c.a) != len(c.b) {
			t.Fatalf("%s: %d and %d edges", c.name, len(c.a), len(c.b))
		}
		one, other := undirected(c.vertices, c.a), undirected(c.vertices, c.b)
		if reflect.DeepEqual(canonical(t, one), canonical(t, other)) {
			t.Errorf("%s have one form", c.name)
		}
		for _, a := range []*arch.Arch{one, other} {
			if !reflect.DeepEqual(canonical(t, a), canonical(t, shuffled(t, d, a))) {
				t.Errorf("%s: in another order the form is another", c.name)
			}
		}
	}
}

// Where a form cannot be found in reasonable time, there is an error and no wait.
func TestCanonicalFormGivesUp(t *testing.T) {
	var edges [][2]int
	const copies = 24
	for k := range copies { // of Shrikhande's graph
		for v := range 16 {
			for w := range v {
				dx, dy := (v/4-w/4+4)%4, (v%4-w%4+4)%4
				if dx == 0 && dy%2 == 1 || dy == 0 && dx%2 == 1 || dx == dy && dx%2 == 1 {
					edges = append(edges, [2]int{16*k + v, 16*k + w})
				}
			}
		}
	}
	_, err := undirected(16*copies, edges).Canonical()
	const want = "arch: canonical form of 1538 nodes: it is too regular to be found in reasonable time"
	if err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
}

// Branches that are alike, in numbers that trying all their orders would not get through.
func TestCanonicalFormOfManyLikeBranches(t *testing.T) {
	b := arch.NewBuilder("", arch.Shape{C: 4, H: 2, W: 2})
	x := b.In()
	for range 8 {
		var branches []int
		for range 16 {
			branches = append(branches, b.ConvBNReLU(b.ConvBNReLU(x, 4, 1), 4, 3))
		}
		x = b.Add(branches...)
		x = b.Add(b.ConvBN(x, 4, 3), b.ConvBN(x, 4, 3))
	}
	b.Classifier(x, 10)
	a := built(t, b)
	d := rand.New(rand.NewPCG(15, 16))
	if !reflect.DeepEqual(canonical(t, a), canonical(t, shuffled(t, d, a))) {
		t.Error("in another order the form is another")
	}
}

// nasnet has many pairs of nodes that are alike.
func nasnet(arch.Shape, int) (*arch.Arch, error) { return cell.NASNetLarge().Build(cell.NASNetA()) }

func BenchmarkCanonical(b *testing.B) {
	for _, c := range []struct {
		name  string
		build build
	}{{"GoogLeNet", zoo.GoogLeNet}, {"DenseNet-121", zoo.DenseNet121}, {"NASNet-A large", nasnet}} {
		a := imagenet(b, c.build)
		b.Run(strings.ReplaceAll(c.name, " ", "-"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := a.CanonicalHash(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
