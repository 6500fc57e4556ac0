package space

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// NB101Cell is a cell of NAS-Bench-101 as the benchmark's own code writes it.
type NB101Cell struct {
	// Matrix is square: Matrix[a][b] is 1 if vertex b takes what vertex a gives, with a
	// before b, and 0 otherwise. Vertex 0 is the input of the cell, the last one its output.
	Matrix [][]int `json:"module_adjacency"`
	// Ops are the operations of the vertices: "conv3x3-bn-relu", "conv1x1-bn-relu" or
	// "maxpool3x3". What stands for the input and the output does not matter; the
	// benchmark writes "input" and "output".
	Ops []string `json:"module_operations"`
}

var errNB101Disconnected = errors.New("the cell has no way from its input to its output")

// Prune is the cell without the vertices that are not on a way from input to output.
// A cell that has no such way is an error.
func (c NB101Cell) Prune() (NB101Cell, error) {
	g, err := c.pruned()
	if err != nil {
		return NB101Cell{}, err
	}
	return g.cell(), nil
}

// Hash is the fingerprint by which the benchmark's files are indexed: 32 hexadecimal
// digits, equal for isomorphic cells, and different for all others of at most seven
// vertices and nine edges. It is that of the cell without what dangles, computed as in
// Ying et al. 2019: each vertex begins with the MD5 sum of its degrees and operation,
// which is then hashed with those of its neighbours, once for every vertex.
func (c NB101Cell) Hash() (string, error) {
	g, err := c.pruned()
	if err != nil {
		return "", err
	}
	return g.hash(), nil
}

func (c NB101Cell) pruned() (nb101Graph, error) {
	g, err := c.graph()
	if err != nil {
		return g, fmt.Errorf("space: NAS-Bench-101: %w", err)
	}
	g, ok := g.prune()
	if !ok {
		return g, fmt.Errorf("space: NAS-Bench-101: %w", errNB101Disconnected)
	}
	return g, nil
}

// graph reads the cell. The error says which entry is wrong.
func (c NB101Cell) graph() (nb101Graph, error) {
	n := len(c.Matrix)
	g := nb101Graph{n: n}
	switch {
	case n < 2 || n > nb101MaxVertices:
		return g, fmt.Errorf("the cell has %d vertices; it must have 2 to %d", n, nb101MaxVertices)
	case len(c.Ops) != n:
		return g, fmt.Errorf("the cell has %d vertices, but %d operations; it must have one for each, input and output included", n, len(c.Ops))
	}
	for a, row := range c.Matrix {
		if len(row) != n {
			return g, fmt.Errorf("row %d of the matrix has %d entries; it must have one for each of the %d vertices", a, len(row), n)
		}
		for b, entry := range row {
			switch {
			case entry != 0 && entry != 1:
				return g, fmt.Errorf("entry %d,%d of the matrix is %d; it must be 0 or 1", a, b, entry)
			case entry == 1 && a >= b:
				return g, fmt.Errorf("entry %d,%d of the matrix is 1, so vertex %d takes vertex %d; a vertex takes only those before it, or there would be a cycle", a, b, b, a)
			}
			g.in[b] |= uint8(entry) << a
		}
	}
	for v := 1; v < n-1; v++ {
		o := slices.Index(nb101Ops(), c.Ops[v])
		if o < 0 {
			return g, fmt.Errorf("vertex %d has the operation %q; the operations are %s", v, c.Ops[v], strings.Join(nb101Ops(), ", "))
		}
		g.op[v] = uint8(o)
	}
	return g, nil
}

// nb101Graph is a cell as bits.
type nb101Graph struct {
	n  int                     // vertices, input and output included
	in [nb101MaxVertices]uint8 // what each vertex takes: bit a for vertex a
	op [nb101MaxVertices]uint8 // of the vertices in between
}

func (g *nb101Graph) edges() int {
	sum := 0
	for _, m := range g.in {
		sum += bits.OnesCount8(m)
	}
	return sum
}

// outs are the masks of who takes each vertex.
func (g *nb101Graph) outs() (out [nb101MaxVertices]uint8) {
	for v := range g.n {
		for m := g.in[v]; m != 0; m &= m - 1 {
			out[bits.TrailingZeros8(m)] |= 1 << v
		}
	}
	return out
}

// prune is the graph without what dangles; false if its output is not reached.
func (g nb101Graph) prune() (nb101Graph, bool) {
	reached, needed := uint8(1), uint8(1)<<(g.n-1)
	for v := 1; v < g.n; v++ {
		if g.in[v]&reached != 0 {
			reached |= 1 << v
		}
	}
	for v := g.n - 1; v > 0; v-- {
		if needed>>v&1 == 1 {
			needed |= g.in[v]
		}
	}
	keep := reached & needed
	if keep>>(g.n-1) == 0 {
		return g, false
	}
	var p nb101Graph
	for m := keep; m != 0; m &= m - 1 {
		v := bits.TrailingZeros8(m)
		p.op[p.n] = g.op[v]
		for k, from := 0, keep; from != 0; k, from = k+1, from&(from-1) {
			p.in[p.n] |= g.in[v] >> bits.TrailingZeros8(from) & 1 << k
		}
		p.n++
	}
	return p, true
}

// spread is the graph with n vertices, those added before the output and dangling.
func (g nb101Graph) spread(n int) nb101Graph {
	if last := g.n - 1; g.n < n {
		g.in[n-1], g.in[last] = g.in[last], 0
		g.n = n
	}
	return g
}

func (g *nb101Graph) cell() NB101Cell {
	c := NB101Cell{Matrix: make([][]int, g.n), Ops: make([]string, g.n)}
	for a := range c.Matrix {
		c.Matrix[a] = make([]int, g.n)
		for b := range g.n {
			c.Matrix[a][b] = int(g.in[b] >> a & 1)
		}
		c.Ops[a] = nb101Ops()[g.op[a]]
	}
	c.Ops[0], c.Ops[g.n-1] = "input", "output"
	return c
}

// nb101Digest is an MD5 sum, also as the hexadecimal digits that are hashed on.
type nb101Digest struct {
	sum  [md5.Size]byte
	text [2 * md5.Size]byte
}

func (d *nb101Digest) of(data []byte) {
	d.sum = md5.Sum(data)
	hex.Encode(d.text[:], d.sum[:])
}

// hash is the function hash_module of the benchmark's code, which hashes what Python prints.
func (g *nb101Graph) hash() string {
	var buf [512]byte
	var now, next [nb101MaxVertices]nb101Digest
	out := g.outs()
	for v := range g.n {
		op := int64(g.op[v])
		switch v {
		case 0:
			op = -1
		case g.n - 1:
			op = -2
		}
		b := append(buf[:0], '(')
		b = strconv.AppendInt(b, int64(bits.OnesCount8(out[v])), 10)
		b = append(b, ", "...)
		b = strconv.AppendInt(b, int64(bits.OnesCount8(g.in[v])), 10)
		b = append(b, ", "...)
		b = strconv.AppendInt(b, op, 10)
		now[v].of(append(b, ')'))
	}
	for range g.n {
		sorted := nb101Sorted(now[:g.n])
		for v := range g.n {
			b := buf[:0]
			for _, w := range sorted[:g.n] {
				if g.in[v]>>w&1 == 1 {
					b = append(b, now[w].text[:]...)
				}
			}
			b = append(b, '|')
			for _, w := range sorted[:g.n] {
				if out[v]>>w&1 == 1 {
					b = append(b, now[w].text[:]...)
				}
			}
			b = append(b, '|')
			next[v].of(append(b, now[v].text[:]...))
		}
		now = next
	}
	b := append(buf[:0], '[')
	for i, v := range nb101Sorted(now[:g.n]) {
		if i == g.n {
			break
		}
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(b, '\'')
		b = append(b, now[v].text[:]...)
		b = append(b, '\'')
	}
	now[0].of(append(b, ']'))
	return string(now[0].text[:])
}

// nb101Sorted are the vertices in the order of their sums.
func nb101Sorted(d []nb101Digest) (order [nb101MaxVertices]uint8) {
	for i := range d {
		k := i
		for ; k > 0 && less(&d[i].sum, &d[order[k-1]].sum); k-- {
			order[k] = order[k-1]
		}
		order[k] = uint8(i)
	}
	return order
}

func less(a, b *[md5.Size]byte) bool {
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}
