package space_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/nascent-go/nascent/nasext/arch"
	"github.com/nascent-go/nascent/nasext/space"
)

// nb101Record is a line of testdata/nb101.txt.
type nb101Record struct {
	index                  int
	cell                   space.NB101Cell
	hash                   string
	params, macs           int64
	smallParams, smallMACs int64
}

func nb101Records(t testing.TB) []nb101Record {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "nb101.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []nb101Record
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		var r nb101Record
		var n, matrix int
		var labels string
		if _, err := fmt.Sscan(lines.Text(), &r.index, &n, &matrix, &labels, &r.hash, &r.params, &r.macs, &r.smallParams, &r.smallMACs); err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
		r.cell = nb101FromBits(n, matrix, labels)
		all = append(all, r)
	}
	if len(all) != 194 {
		t.Fatalf("there are %d records, want 194", len(all))
	}
	return all
}

func nb101FromBits(n, matrix int, labels string) space.NB101Cell {
	c := space.NB101Cell{Matrix: make([][]int, n), Ops: make([]string, n)}
	for a := range n {
		c.Matrix[a] = make([]int, n)
		c.Ops[a] = "input"
	}
	c.Ops[n-1] = "output"
	for b := range n {
		for a := range b {
			c.Matrix[a][b] = matrix & 1
			matrix >>= 1
		}
	}
	ops := []string{"conv3x3-bn-relu", "conv1x1-bn-relu", "maxpool3x3"}
	for v := 1; v < n-1; v++ {
		c.Ops[v] = ops[labels[v-1]-'0']
	}
	return c
}

// inception is the cell of the benchmark's README.
func inception() space.NB101Cell {
	return space.NB101Cell{
		Matrix: [][]int{
			{0, 1, 1, 1, 0, 1, 0},
			{0, 0, 0, 0, 0, 0, 1},
			{0, 0, 0, 0, 0, 0, 1},
			{0, 0, 0, 0, 1, 0, 0},
			{0, 0, 0, 0, 0, 0, 1},
			{0, 0, 0, 0, 0, 0, 1},
			{0, 0, 0, 0, 0, 0, 0},
		},
		Ops: []string{"input", "conv1x1-bn-relu", "conv3x3-bn-relu", "conv3x3-bn-relu", "conv3x3-bn-relu", "maxpool3x3", "output"},
	}
}

// The published cells: hashes, parameters of the dataset's notebook, MACs.
func TestNB101Published(t *testing.T) {
	s := made(t, space.NASBench101, space.NASBench101Config{})
	readme, err := s.Genotype(inception())
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.Format(readme)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		cell, hash   string
		params, macs int64
	}{
		{text, "28cfc7874f6d200472e1a9dcd8650aa0", 2_694_282, 402_002_944},
		{"conv1x1(0) conv3x3(0) conv3x3(0) conv3x3(3) maxpool(0) output(1,2,4,5)", "28cfc7874f6d200472e1a9dcd8650aa0", 2_694_282, 402_002_944},
		{"output(0)", "043721b9c7fe8c5fad811d47d83132ec", 882_570, 137_761_792},
		{"conv3x3(0) output(1)", "b49ac8c578b4561d79ac7087988f1c61", 10_177_674, 1_496_716_288},
		{"conv3x3(0) conv1x1(0) maxpool(2) output(1)", "b49ac8c578b4561d79ac7087988f1c61", 10_177_674, 1_496_716_288},
	} {
		g := parsed(t, s, c.cell)
		if h, err := s.Hash(g); err != nil || h != c.hash {
			t.Errorf("%s: hash %s, %v; want %s", c.cell, h, err, c.hash)
		}
		if p, m := counts(t, s, c.cell); p != c.params || m != c.macs {
			t.Errorf("%s: %d parameters and %d MACs; want %d and %d", c.cell, p, m, c.params, c.macs)
		}
	}
}

func TestNB101AgreesWithTheBenchmarksCode(t *testing.T) {
	s := made(t, space.NASBench101, space.NASBench101Config{})
	small := made(t, space.NASBench101, space.NASBench101Config{C: 7, Stacks: 2, Modules: 1, Input: arch.Shape{C: 1, H: 9, W: 9}, Classes: 4})
	for _, r := range nb101Records(t) {
		g, err := s.UniqueAt(r.index)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := s.Cell(g); err != nil || !reflect.DeepEqual(c, r.cell) {
			t.Fatalf("cell %d is %v, %v; want %v", r.index, c, err, r.cell)
		}
		if h, err := r.cell.Hash(); err != nil || h != r.hash {
			t.Fatalf("cell %d has the hash %s, %v; want %s", r.index, h, err, r.hash)
		}
		text, err := s.Format(g)
		if err != nil {
			t.Fatal(err)
		}
		if p, m := counts(t, s, text); p != r.params || m != r.macs {
			t.Errorf("cell %d, %s: %d parameters and %d MACs; want %d and %d", r.index, text, p, m, r.params, r.macs)
		}
		if p, m := counts(t, small, text); p != r.smallParams || m != r.smallMACs {
			t.Errorf("cell %d, %s, small: %d parameters and %d MACs; want %d and %d", r.index, text, p, m, r.smallParams, r.smallMACs)
		}
	}
}

// Every hash of the benchmark's files: those that its own program generate_graphs gives,
// one a line in the order in which it finds them, have this SHA-256 sum.
func TestNB101AllHashes(t *testing.T) {
	const want = "bc515b899b965f16f857bfaf5bb808dd1d5760f67467930b8a4ef1c1f1b12bb6"
	s := made(t, space.NASBench101, space.NASBench101Config{})
	sum := sha256.New()
	n := 0
	line := make([]byte, 0, 33)
	err := s.Hashes(func(i int, hash string) bool {
		if i != n {
			t.Errorf("cell %d comes after %d", i, n-1)
		}
		n++
		line = append(append(line[:0], hash...), '\n')
		sum.Write(line)
		return !t.Failed()
	})
	if err != nil || n != 423_624 || s.UniqueSize() != n {
		t.Errorf("%d cells, error %v, size %d; want 423 624", n, err, s.UniqueSize())
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("the hashes have the sum %s, want %s", got, want)
	}
}

// The numbers of different cells with exactly so many vertices are 1, 6, 84, 2 441,
// 62 010 and 359 082.
func TestNB101UniqueSize(t *testing.T) {
	for vertices, want := range map[int]int{2: 1, 3: 1 + 6, 4: 7 + 84, 5: 91 + 2_441, 6: 2_532 + 62_010, 7: 64_542 + 359_082} {
		if n := made(t, space.NASBench101, space.NASBench101Config{Vertices: vertices}).UniqueSize(); n != want {
			t.Errorf("up to %d vertices there are %d cells, want %d", vertices, n, want)
		}
	}
}

// The sizes were counted one by one over all matrices by a program with numpy.
func TestNB101Size(t *testing.T) {
	for _, c := range []struct {
		vertices, edges int
		want            int64
	}{
		{2, 9, 1}, {3, 1, 3}, {3, 9, 15}, {4, 2, 72}, {4, 9, 423}, {5, 9, 22_680}, {6, 5, 233_442}, {6, 9, 1_948_860},
		{7, 1, 243}, {7, 6, 11_247_498}, {7, 9, 139_359_042},
	} {
		s := made(t, space.NASBench101, space.NASBench101Config{Vertices: c.vertices, Edges: c.edges})
		if n, err := space.Size(s); err != nil || n.Int64() != c.want {
			t.Errorf("%s: size %v, %v; want %d", s.Name(), n, err, c.want)
		}
	}
}

// A walk visits every genotype; each is valid and read as it was written, and together
// they are the unique cells.
func TestNB101WholeSpace(t *testing.T) {
	for _, c := range []space.NASBench101Config{{Vertices: 2}, {Vertices: 3}, {Vertices: 4}, {Vertices: 5, Edges: 4}, {Vertices: 5}, {Vertices: 6, Edges: 3}} {
		s := made(t, space.NASBench101, c)
		n, hashes := int64(0), make(map[string]int)
		err := space.Walk(s, func(g space.Genotype) bool {
			n++
			cell, err := s.Cell(g)
			if err != nil {
				t.Fatal(err)
			}
			hash, err := cell.Hash()
			if err != nil {
				t.Fatalf("%v: %v", g, err)
			}
			index, err := s.UniqueIndex(g)
			if err != nil {
				t.Fatal(err)
			}
			if known, ok := hashes[hash]; ok && known != index {
				t.Fatalf("%v is cell %d and has the hash of cell %d", g, index, known)
			}
			hashes[hash] = index
			if n%7 > 0 { // texts are slower
				return true
			}
			text, err := s.Format(g)
			if err != nil {
				t.Fatal(err)
			}
			if h, err := s.Parse(text); err != nil || !slices.Equal(g, h) {
				t.Fatalf("%s was read as %v, %v; want %v", text, h, err, g)
			}
			return true
		})
		if size, e := space.Size(s); err != nil || e != nil || n != size.Int64() {
			t.Errorf("%s: a walk visits %d genotypes, %v; the size is %v, %v", s.Name(), n, err, size, e)
		}
		if len(hashes) != s.UniqueSize() {
			t.Errorf("%s: a walk meets %d cells, the unique size is %d", s.Name(), len(hashes), s.UniqueSize())
		}
		for i := range s.UniqueSize() {
			g, err := s.UniqueAt(i)
			if err != nil {
				t.Fatal(err)
			}
			if k, err := s.UniqueIndex(g); k != i || err != nil {
				t.Fatalf("%s: cell %d has the number %d, %v", s.Name(), i, k, err)
			}
		}
	}
}

// Isomorphic cells are one cell: the order of the vertices in between does not count.
func TestNB101IsomorphicCellsAreOne(t *testing.T) {
	s := made(t, space.NASBench101, space.NASBench101Config{})
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		g, err := s.RandomUnique(rng)
		if err != nil {
			t.Fatal(err)
		}
		index, err := s.UniqueIndex(g)
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.Cell(g)
		if err != nil {
			t.Fatal(err)
		}
		n := len(c.Ops)
		place := make([]int, n) // of each vertex
		for i := range place {
			place[i] = i
		}
		if n > 2 {
			inner := place[1 : n-1]
			rng.Shuffle(len(inner), func(i, k int) { inner[i], inner[k] = inner[k], inner[i] })
		}
		p := space.NB101Cell{Matrix: make([][]int, n), Ops: make([]string, n)}
		for a := range n {
			p.Matrix[a] = make([]int, n)
		}
		sorted := true
		for a := range n {
			p.Ops[place[a]] = c.Ops[a]
			for b := range n {
				p.Matrix[place[a]][place[b]] = c.Matrix[a][b]
				sorted = sorted && (c.Matrix[a][b] == 0 || place[a] < place[b])
			}
		}
		if !sorted {
			continue
		}
		h, err := s.Genotype(p)
		if err != nil {
			t.Fatal(err)
		}
		if k, err := s.UniqueIndex(h); k != index || err != nil {
			t.Fatalf("%v is cell %d, %v; the isomorphic %v is cell %d", p, k, err, c, index)
		}
	}
}

// The encodings are those of the cell of the README, of which only four paths matter.
func TestNB101Encodings(t *testing.T) {
	s := made(t, space.NASBench101, space.NASBench101Config{})
	g, err := s.Genotype(inception())
	if err != nil {
		t.Fatal(err)
	}
	paths, err := space.Paths(s, 40)
	if err != nil {
		t.Fatal(err)
	}
	if got := set(t, paths, g); paths.Len() != 40 || !slices.Equal(got, []int{1, 2, 3, 4}) {
		t.Errorf("paths %v of %d, want 1 to 4 of 40", got, paths.Len())
	}
	adjacency, err := space.Adjacency(s)
	if err != nil {
		t.Fatal(err)
	}
	if got := set(t, adjacency, g); adjacency.Len() != 36 || len(got) != 9+5 {
		t.Errorf("%d of %d numbers of the adjacency are 1, want 9 edges and 5 operations of 36", len(got), adjacency.Len())
	}
}

func TestNB101RandomUniqueIsUniform(t *testing.T) {
	s := made(t, space.NASBench101, space.NASBench101Config{Vertices: 4})
	rng := rand.New(rand.NewPCG(3, 4))
	const draws = 91 * 200
	count := make([]int, s.UniqueSize())
	for range draws {
		g, err := s.RandomUnique(rng)
		if err != nil {
			t.Fatal(err)
		}
		i, err := s.UniqueIndex(g)
		if err != nil {
			t.Fatal(err)
		}
		count[i]++
	}
	chi2 := 0.0
	for _, n := range count {
		chi2 += float64((n-200)*(n-200)) / 200
	}
	if chi2 > 150 { // 90 degrees of freedom; more has a probability below 0.0001
		t.Errorf("χ² of the draws is %.1f", chi2)
	}
}

func TestNB101Prune(t *testing.T) {
	// Vertex 1 is not taken by any vertex that leads to the output, vertex 3 takes none.
	c := space.NB101Cell{
		Matrix: [][]int{
			{0, 1, 1, 0, 0, 0},
			{0, 0, 0, 0, 0, 0},
			{0, 0, 0, 0, 1, 0},
			{0, 0, 0, 0, 1, 1},
			{0, 0, 0, 0, 0, 1},
			{0, 0, 0, 0, 0, 0},
		},
		Ops: []string{"input", "conv1x1-bn-relu", "maxpool3x3", "conv1x1-bn-relu", "conv3x3-bn-relu", "output"},
	}
	want := space.NB101Cell{
		Matrix: [][]int{{0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}, {0, 0, 0, 0}},
		Ops:    []string{"input", "maxpool3x3", "conv3x3-bn-relu", "output"},
	}
	if got, err := c.Prune(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("pruned to %v, %v; want %v", got, err, want)
	}
	a, err := c.Hash()
	if err != nil {
		t.Error(err)
	}
	if b, err := want.Hash(); err != nil || a != b {
		t.Errorf("the hash is %s, that of what is left %s, %v", a, b, err)
	}
}

// A cell with too many edges is allowed if those that count are few enough.
func TestNB101GenotypeKeepsWhatFits(t *testing.T) {
	small := made(t, space.NASBench101, space.NASBench101Config{Vertices: 4, Edges: 3})
	g, err := small.Parse("conv3x3(0) conv1x1(1) maxpool(0,1) maxpool(0) output(2)")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := small.Format(g); err != nil || text != "conv3x3-bn-relu(0) conv1x1-bn-relu(1) output(2)" {
		t.Errorf("got %s, %v", text, err)
	}
	if g, err = small.Parse("maxpool(0) conv1x1() output(1)"); err != nil {
		t.Fatal(err)
	}
	if text, err := small.Format(g); err != nil || text != "maxpool3x3(0) conv1x1-bn-relu() output(1)" {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestNB101Neighbours(t *testing.T) {
	s := made(t, space.NASBench101, space.NASBench101Config{})
	for _, c := range []struct {
		cell string
		want int
	}{
		// Ten other operations; nine edges that can go, and none that can be added, as there are nine.
		{"conv3x3(0) conv3x3(0,1) conv3x3(1) conv3x3(2) conv3x3(4) output(0,3,5)", 10 + 9},
		// Ten operations, of vertices that dangle too; 20 edges can be added, the only one cannot go.
		{"output(0)", 10 + 20},
		// Ten operations; 21 edges, of which the two of the only way must stay.
		{"conv3x3(0) output(1)", 10 + 19},
	} {
		g, err := s.Parse(c.cell)
		if err != nil {
			t.Fatal(err)
		}
		all, err := space.Neighbours(s, g)
		if err != nil {
			t.Fatal(err)
		}
		seen := make(map[string]bool)
		for _, h := range all {
			if err := space.Check(s, h); err != nil {
				t.Errorf("%s has the neighbour %v: %v", c.cell, h, err)
			}
			text, err := s.Format(h)
			if err != nil {
				t.Fatal(err)
			}
			seen[text] = true
			back, err := s.Neighbours(h)
			if err != nil || !slices.ContainsFunc(back, func(b space.Genotype) bool { return slices.Equal(b, g) }) {
				t.Errorf("%s is a neighbour of %s, but not the other way round (%v)", text, c.cell, err)
			}
		}
		if len(all) != c.want || len(seen) != c.want {
			t.Errorf("%s has %d neighbours, %d of them different; want %d", c.cell, len(all), len(seen), c.want)
		}
	}
}

func TestNB101RandomAndMutateStayInside(t *testing.T) {
	s := made(t, space.NASBench101, space.NASBench101Config{})
	rng := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		g, err := space.Random(s, rng)
		if err != nil {
			t.Fatal(err)
		}
		h, err := space.Mutate(s, g, rng)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Equal(g, h) {
			t.Errorf("the mutation of %v changes nothing", g)
		}
		for _, x := range []space.Genotype{g, h} {
			if err := space.Check(s, x); err != nil {
				t.Error(err)
			}
			if _, err := s.Build(x); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestNB101Errors(t *testing.T) {
	refuses(t, space.NASBench101, []refused[space.NASBench101Config]{
		{space.NASBench101Config{Vertices: 1}, "Vertices is 1; it must be 2 to 7, or 0 for the published 7"},
		{space.NASBench101Config{Vertices: 8}, "Vertices is 8"},
		{space.NASBench101Config{Edges: -2}, "Edges is -2; it must be 1 to 9"},
		{space.NASBench101Config{C: 4}, "C is 4; it must be 5 to 16384"},
		{space.NASBench101Config{Stacks: 20}, "Stacks is 20"},
		{space.NASBench101Config{Input: arch.Shape{C: 3, H: 0, W: 3}}, "the shape is 3×0×3"},
	})
	s := made(t, space.NASBench101, space.NASBench101Config{})
	for _, c := range []struct{ text, want string }{
		{"", `column 1: found the end; expected an operation (conv3x3-bn-relu, conv1x1-bn-relu, maxpool3x3) or output`},
		{"conv3x3", `column 8: found the end; expected "(" and the vertices that are taken`},
		{"conv3x3(0) conv5x5(1) output(2)", `column 12: found "conv5x5"; expected an operation`},
		{"conv3x3(0) conv3x3(2) output(2)", `column 20: found "2"; expected a vertex before this one, which is vertex 2: 0 to 1`},
		{"conv3x3(0,0) output(1)", `column 11: found "0"; expected a vertex that is not listed yet; vertex 0 is`},
		{"conv3x3(0 1) output(1)", `column 11: found "1"; expected "," or ")"`},
		{"conv3x3(0) output(1) conv3x3(0)", `column 22: found "conv3x3"; expected the end, as output is the last vertex`},
		{"conv3x3(0) π output(1)", `column 12: found "π"; expected an operation`},
		{"conv3x3(0) output()", "the cell has no way from its input to its output"},
		{"conv3x3() output(1)", "the cell has no way from its input to its output"},
		{"conv3x3(0) conv3x3(1) conv3x3(2) conv3x3(3) conv3x3(4) conv3x3(5) output(6)", `column 56: found "conv3x3"; expected output, as a cell has at most 7 vertices`},
		{"conv3x3(0) conv3x3(0,1) conv3x3(0,1,2) conv3x3(0,1,2,3) output(3,4)", "the cell has 6 vertices and 12 edges between input and output; at most 7 and 9 are allowed"},
	} {
		if g, err := space.Parse(s, c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q was read as %v, error %v; want the error to hold %q", c.text, g, err, c.want)
		}
	}
	one := [][]int{{0, 1}, {0, 0}}
	for _, c := range []struct {
		cell space.NB101Cell
		want string
	}{
		{space.NB101Cell{}, "the cell has 0 vertices; it must have 2 to 7"},
		{space.NB101Cell{Matrix: one, Ops: []string{"input"}}, "the cell has 2 vertices, but 1 operations"},
		{space.NB101Cell{Matrix: [][]int{{0, 1}, {0}}, Ops: make([]string, 2)}, "row 1 of the matrix has 1 entries"},
		{space.NB101Cell{Matrix: [][]int{{0, 2}, {0, 0}}, Ops: make([]string, 2)}, "entry 0,1 of the matrix is 2; it must be 0 or 1"},
		{space.NB101Cell{Matrix: [][]int{{0, 1}, {1, 0}}, Ops: make([]string, 2)}, "entry 1,0 of the matrix is 1, so vertex 0 takes vertex 1"},
		{space.NB101Cell{Matrix: [][]int{{0, 1, 0}, {0, 0, 1}, {0, 0, 0}}, Ops: []string{"input", "conv", "output"}}, `vertex 1 has the operation "conv"; the operations are conv3x3-bn-relu`},
		{space.NB101Cell{Matrix: [][]int{{0, 0}, {0, 0}}, Ops: make([]string, 2)}, "no way from its input to its output"},
	} {
		if _, err := c.cell.Hash(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error is %v, want it to hold %q", c.cell, err, c.want)
		}
		if _, err := c.cell.Prune(); err == nil {
			t.Errorf("%v was pruned", c.cell)
		}
		if _, err := s.Genotype(c.cell); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error is %v, want it to hold %q", c.cell, err, c.want)
		}
	}
	if h, err := (space.NB101Cell{Matrix: one, Ops: make([]string, 2)}).Hash(); err != nil || h != "043721b9c7fe8c5fad811d47d83132ec" {
		t.Errorf("input and output need no names, but the hash is %s, %v", h, err)
	}
	for _, i := range []int{-1, 423_624} {
		if _, err := s.UniqueAt(i); err == nil || !strings.Contains(err.Error(), "they are numbered 0 to 423623") {
			t.Errorf("cell %d: error %v", i, err)
		}
	}
	if _, err := s.RandomUnique(nil); err == nil {
		t.Error("a cell was drawn without random numbers")
	}
	if err := s.Hashes(nil); err == nil {
		t.Error("hashes were given to no function")
	}
	for _, g := range []space.Genotype{nil, {3}, {0, 2}, make(space.Genotype, 27)} {
		if _, err := s.Build(g); err == nil {
			t.Errorf("%v was built", g)
		}
		if _, err := s.Neighbours(g); err == nil {
			t.Errorf("%v has neighbours", g)
		}
		if _, err := s.UniqueIndex(g); err == nil {
			t.Errorf("%v has a number", g)
		}
	}
}

func FuzzNB101Parse(f *testing.F) {
	for _, seed := range []string{"output(0)", "conv3x3(0) maxpool3x3(0,1) output(1,2)", "conv1x1-bn-relu ( 0 ) output(0, 1)", "conv3x3(0", "\xff(", "output(0)(0)"} {
		f.Add(seed)
	}
	s, err := space.NASBench101(space.NASBench101Config{C: 8, Modules: 1})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g, err := s.Parse(text)
		if err != nil {
			return
		}
		if err := space.Check(s, g); err != nil {
			t.Fatalf("%q was read as %v: %v", text, g, err)
		}
		again, err := s.Format(g)
		if err != nil {
			t.Fatal(err)
		}
		if h, err := s.Parse(again); err != nil || !slices.Equal(g, h) {
			t.Fatalf("%q was read as %v, written as %q, and read as %v, %v", text, g, again, h, err)
		}
	})
}

// The whole space with every hash: at most 6 s on two processors.
func BenchmarkNB101AllHashes(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		s := made(b, space.NASBench101, space.NASBench101Config{})
		n := 0
		if err := s.Hashes(func(int, string) bool { n++; return true }); err != nil || n != 423_624 {
			b.Fatal(n, err)
		}
	}
}

// The whole space by number, without hashes.
func BenchmarkNB101Catalogue(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if n := made(b, space.NASBench101, space.NASBench101Config{}).UniqueSize(); n != 423_624 {
			b.Fatal(n)
		}
	}
}

func BenchmarkNB101UniqueAt(b *testing.B) {
	s := made(b, space.NASBench101, space.NASBench101Config{})
	s.UniqueSize()
	b.ReportAllocs()
	for i := 0; b.Loop(); i = (i + 7919) % 423_624 {
		if _, err := s.UniqueAt(i); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNB101Hash(b *testing.B) {
	c := inception()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Hash(); err != nil {
			b.Fatal(err)
		}
	}
}

// The cell of the benchmark's README, its key in the benchmark's files and its number
// among the 423 624.
func ExampleNASBench101() {
	s, err := space.NASBench101(space.NASBench101Config{})
	if err != nil {
		panic(err)
	}
	g, err := s.Parse("conv1x1(0) conv3x3(0) conv3x3(0) conv3x3(3) maxpool(0) output(1,2,4,5)")
	if err != nil {
		panic(err)
	}
	a, err := s.Build(g)
	if err != nil {
		panic(err)
	}
	params, err := a.Params()
	if err != nil {
		panic(err)
	}
	hash, err := s.Hash(g)
	if err != nil {
		panic(err)
	}
	fmt.Println(hash, params, s.UniqueSize())
	// Output: 28cfc7874f6d200472e1a9dcd8650aa0 2694282 423624
}
