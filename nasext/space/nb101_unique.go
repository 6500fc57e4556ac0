package space

import (
	"cmp"
	"errors"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
)

// UniqueSize is the number of different cells, none of which is isomorphic to
// another: 423 624 in the published setting.
func (s *NB101) UniqueSize() int { return s.catalogue().size }

// UniqueAt is the cell of a number, 0 to UniqueSize − 1. Cells are numbered as the
// benchmark's own program finds them: by their number of vertices, then by their
// matrix, whose columns are read as a binary number with the last column in front, then
// by their operations. Of isomorphic cells the first stands for all.
func (s *NB101) UniqueAt(index int) (Genotype, error) {
	c := s.catalogue()
	if index < 0 || index >= c.size {
		return nil, fmt.Errorf("space %s: there is no cell %d; they are numbered 0 to %d", s.Name(), index, c.size-1)
	}
	var g nb101Graph
	c.each(index, index+1, func(_ int, cell *nb101Graph) { g = *cell })
	return s.genotype(g), nil
}

// UniqueIndex is the number of a genotype's cell, by UniqueAt: equal for isomorphic
// cells, whatever dangles.
func (s *NB101) UniqueIndex(g Genotype) (int, error) {
	c, err := s.pruned(g)
	if err != nil {
		return 0, err
	}
	return s.catalogue().index(c), nil
}

// RandomUnique draws a cell: every one of UniqueSize is equally likely. Random, on
// the other hand, draws decisions, which makes some cells far more likely than others.
func (s *NB101) RandomUnique(rng *rand.Rand) (Genotype, error) {
	if rng == nil {
		return nil, errNoStream
	}
	return s.UniqueAt(rng.IntN(s.UniqueSize()))
}

// Hashes calls visit with the number and the fingerprint of each cell, in the order
// of UniqueAt, until it returns false. The fingerprints are computed on all processors.
func (s *NB101) Hashes(visit func(index int, hash string) bool) error {
	if visit == nil {
		return errors.New("space: NAS-Bench-101: there is no function to visit the cells (nil)")
	}
	c := s.catalogue()
	const share = 2048 // cells that one processor hashes at a time
	workers := runtime.GOMAXPROCS(0)
	hashes := make([]string, workers*share)
	for from := 0; from < c.size; from += len(hashes) {
		hashes = hashes[:min(len(hashes), c.size-from)]
		var wg sync.WaitGroup
		for begin := 0; begin < len(hashes); begin += share {
			wg.Go(func() {
				end := min(begin+share, len(hashes))
				c.each(from+begin, from+end, func(i int, g *nb101Graph) { hashes[i-from] = g.hash() })
			})
		}
		wg.Wait()
		for i, h := range hashes {
			if !visit(from+i, h) {
				return nil
			}
		}
	}
	return nil
}

// nb101Catalogue numbers the different cells without listing them. It lists graphs
// without operations, which are few; the symmetries of such a graph say which ways to
// give it operations are the same.
type nb101Catalogue struct {
	size   int
	shapes []nb101Shape                      // in the order of their cells
	perms  [nb101MaxVertices + 1][]nb101Perm // of the graphs with that many vertices
}

// nb101Shape is a graph without operations: the first of those isomorphic to it.
type nb101Shape struct {
	first  int    // number of its first cell
	n      int    // vertices
	matrix uint32 // by nb101Perm.of
}

func newNB101Catalogue(vertices, edges int) *nb101Catalogue {
	c := &nb101Catalogue{}
	for n := 2; n <= vertices; n++ {
		c.perms[n] = nb101Perms(n)
		for matrix := range uint32(1) << (n * (n - 1) / 2) {
			if bits.OnesCount32(matrix) > edges {
				continue
			}
			g := nb101Read(n, matrix)
			if !g.full() || !c.isFirst(&g, matrix) {
				continue
			}
			c.shapes = append(c.shapes, nb101Shape{first: c.size, n: n, matrix: matrix})
			c.label(&g, func() bool { c.size++; return true })
		}
	}
	return c
}

// each calls visit with the cells numbered from to end − 1.
func (c *nb101Catalogue) each(from, end int, visit func(i int, g *nb101Graph)) {
	at, exact := slices.BinarySearchFunc(c.shapes, from, func(s nb101Shape, i int) int { return s.first - i })
	if !exact {
		at--
	}
	for _, s := range c.shapes[at:] {
		i := s.first
		if i >= end {
			return
		}
		g := nb101Read(s.n, s.matrix)
		c.label(&g, func() bool {
			if i >= from {
				visit(i, &g)
			}
			i++
			return i < end
		})
	}
}

// index is the number of a pruned cell.
func (c *nb101Catalogue) index(g nb101Graph) int {
	matrix, code := ^uint32(0), 0
	for i := range c.perms[g.n] {
		p := &c.perms[g.n][i]
		m, ok := p.of(&g)
		if !ok || m > matrix {
			continue
		}
		if k := p.code(&g); m < matrix || k < code {
			matrix, code = m, k
		}
	}
	at, _ := slices.BinarySearchFunc(c.shapes, nb101Shape{n: g.n, matrix: matrix}, func(a, b nb101Shape) int {
		return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(a.matrix, b.matrix))
	})
	i := c.shapes[at].first
	first, same := nb101Read(g.n, matrix), &c.perms[g.n][0]
	c.label(&first, func() bool {
		if same.code(&first) == code {
			return false
		}
		i++
		return true
	})
	return i
}

// isFirst says whether no graph isomorphic to g has a matrix before g's own.
func (c *nb101Catalogue) isFirst(g *nb101Graph, matrix uint32) bool {
	for i := range c.perms[g.n] {
		if m, ok := c.perms[g.n][i].of(g); ok && m < matrix {
			return false
		}
	}
	return true
}

// label gives g each of its different labellings with operations, in order, and calls
// visit after each, until it returns false. Of labellings that a symmetry of g turns
// into each other only the first is given.
func (c *nb101Catalogue) label(g *nb101Graph, visit func() bool) {
	perms := c.perms[g.n]
	matrix, _ := perms[0].of(g)
	var symmetries []*nb101Perm
	for i := range perms[1:] {
		if m, ok := perms[1+i].of(g); ok && m == matrix {
			symmetries = append(symmetries, &perms[1+i])
		}
	}
	for code := range pow3(g.n - 2) {
		for v, rest := g.n-2, code; v > 0; v-- {
			g.op[v], rest = uint8(rest%nb101OpCount), rest/nb101OpCount
		}
		if !slices.ContainsFunc(symmetries, func(p *nb101Perm) bool { return p.code(g) < code }) && !visit() {
			return
		}
	}
}

// pow3 is the number of ways to give n vertices operations.
func pow3(n int) int {
	p := 1
	for range n {
		p *= nb101OpCount
	}
	return p
}

// nb101Read is the graph of a matrix as a number, whose lowest bits are the second column.
func nb101Read(n int, matrix uint32) nb101Graph {
	g := nb101Graph{n: n}
	for v := 1; v < n; v++ {
		g.in[v] = uint8(matrix) & (1<<v - 1)
		matrix >>= v
	}
	return g
}

// full says whether nothing dangles: every vertex but the input takes one, and
// every vertex but the output is taken.
func (g *nb101Graph) full() bool {
	taken := uint8(0)
	for v := 1; v < g.n; v++ {
		if g.in[v] == 0 {
			return false
		}
		taken |= g.in[v]
	}
	return taken == 1<<(g.n-1)-1
}

// nb101Perm is an order of the vertices; the input stays the first, the output the last.
type nb101Perm struct {
	to  [nb101MaxVertices]uint8      // where each vertex goes
	set [1 << nb101MaxVertices]uint8 // where each set of vertices goes
}

// nb101Perms are the orders of n vertices; the first of them changes nothing.
func nb101Perms(n int) []nb101Perm {
	var all []nb101Perm
	var place func(p nb101Perm, v int, free uint8)
	place = func(p nb101Perm, v int, free uint8) {
		if v == n-1 {
			p.to[v] = uint8(v)
			for m := 1; m < len(p.set); m++ {
				lowest := bits.TrailingZeros8(uint8(m))
				p.set[m] = p.set[m&(m-1)] | 1<<p.to[lowest]
			}
			all = append(all, p)
			return
		}
		for m := free; m != 0; m &= m - 1 {
			p.to[v] = uint8(bits.TrailingZeros8(m))
			place(p, v+1, free&^(1<<p.to[v]))
		}
	}
	place(nb101Perm{}, 1, 1<<(n-1)-2)
	return all
}

// of is the matrix of g in this order, as a number; false if a vertex would come before
// one that it takes.
func (p *nb101Perm) of(g *nb101Graph) (uint32, bool) {
	matrix := uint32(0)
	for v := 1; v < g.n; v++ {
		to, in := p.to[v], p.set[g.in[v]]
		if in>>to != 0 {
			return 0, false
		}
		matrix |= uint32(in) << (to * (to - 1) / 2)
	}
	return matrix, true
}

// code is the operations of g in this order, as a number whose first digit is vertex 1.
func (p *nb101Perm) code(g *nb101Graph) int {
	var op [nb101MaxVertices]uint8
	for v := 1; v < g.n-1; v++ {
		op[p.to[v]] = g.op[v]
	}
	code := 0
	for v := 1; v < g.n-1; v++ {
		code = code*nb101OpCount + int(op[v])
	}
	return code
}
