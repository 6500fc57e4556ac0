package cell

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// String writes the genotype in the notation that Parse reads:
//
//	normal: sep_conv_3x3~0 + skip_connect~1 | max_pool_3x3~2 & conv_1x1~0 -> 2, 3; reduction: …
//
// op~state is an edge, + adds, & concatenates, | ends a node, and the states after
// -> are given out. If both cells are the same it reads "cell: …".
func (g Genotype) String() string {
	if g.Normal.Equal(g.Reduction) {
		return "cell: " + g.Normal.String()
	}
	return "normal: " + g.Normal.String() + "; reduction: " + g.Reduction.String()
}

// String writes the cell in the notation of Genotype.String.
func (c Cell) String() string {
	var b strings.Builder
	for i, n := range c.Nodes {
		if i > 0 {
			b.WriteString(" | ")
		}
		join := " + "
		if n.Concat {
			join = " & "
		}
		b.WriteString(n.Edges[0].String() + join + n.Edges[1].String())
	}
	b.WriteString(" -> " + commas(c.Out))
	return b.String()
}

func (e Edge) String() string { return string(e.Op) + "~" + strconv.Itoa(e.From) }

// DARTS writes the genotype in the notation of the DARTS code:
//
//	Genotype(normal=[('sep_conv_3x3', 1), …], normal_concat=[2, 3, 4, 5], reduce=[…], reduce_concat=[…])
//
// It is an error if a node concatenates, which that notation cannot say.
func (g Genotype) DARTS() (string, error) {
	if err := g.Check(); err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("Genotype(")
	for i, c := range []Cell{g.Normal, g.Reduction} {
		name := [2]string{"normal", "reduce"}[i]
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name + "=[")
		for k, n := range c.Nodes {
			if n.Concat {
				return "", fmt.Errorf("cell: node %d of the %s cell concatenates; the notation of DARTS has only sums", k+2, name)
			}
			for j, e := range n.Edges {
				if k+j > 0 {
					b.WriteString(", ")
				}
				fmt.Fprintf(&b, "('%s', %d)", e.Op, e.From)
			}
		}
		fmt.Fprintf(&b, "], %s_concat=[%s]", name, commas(c.Out))
	}
	b.WriteString(")")
	return b.String(), nil
}

// enasOps are the operations of the micro space of ENAS in the order in which its lists number them.
func enasOps() []Op { return []Op{SepConv3, SepConv5, AvgPool3, MaxPool3, Skip} }

// ENAS writes the genotype as the list of integers of the ENAS code: for each node
// state, operation, state, operation, the normal cell first. It is an error if the
// list cannot say it: another operation, a concatenation, cells of different sizes,
// a cell that gives out anything but its loose states in order.
func (g Genotype) ENAS() (string, error) {
	if err := g.Check(); err != nil {
		return "", err
	}
	if a, b := len(g.Normal.Nodes), len(g.Reduction.Nodes); a != b {
		return "", fmt.Errorf("cell: the cells have %d and %d nodes; a list of ENAS has cells of one size", a, b)
	}
	var words []string
	for i, c := range []Cell{g.Normal, g.Reduction} {
		name := [2]string{"normal", "reduction"}[i]
		if loose := c.Loose(); commas(loose) != commas(c.Out) {
			return "", fmt.Errorf("cell: the %s cell gives out %s; a list of ENAS gives out what no node takes, here %s", name, commas(c.Out), commas(loose))
		}
		for k, n := range c.Nodes {
			if n.Concat {
				return "", fmt.Errorf("cell: node %d of the %s cell concatenates; a list of ENAS has only sums", k+2, name)
			}
			for _, e := range n.Edges {
				o := slices.Index(enasOps(), e.Op)
				if o < 0 {
					return "", fmt.Errorf("cell: node %d of the %s cell has the operation %s; a list of ENAS has only sep_conv_3x3, sep_conv_5x5, avg_pool_3x3, max_pool_3x3 and skip_connect", k+2, name, e.Op)
				}
				words = append(words, strconv.Itoa(e.From), strconv.Itoa(o))
			}
		}
	}
	return strings.Join(words, " "), nil
}

func commas(list []int) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ", ")
}
