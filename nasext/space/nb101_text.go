package space

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Format writes a genotype: for each vertex but the input its operation and, in
// brackets, the vertices that it takes, which are numbered from 0, the input.
func (s *NB101) Format(g Genotype) (string, error) {
	c, err := s.graph(g)
	if err != nil {
		return "", err
	}
	return c.String(), nil
}

func (g nb101Graph) String() string {
	ops := nb101Ops()
	var b strings.Builder
	for v := 1; v < g.n; v++ {
		word := "output"
		if v < g.n-1 {
			word = ops[g.op[v]]
		}
		var from []string
		for w := range v {
			if g.in[v]>>w&1 == 1 {
				from = append(from, strconv.Itoa(w))
			}
		}
		if v > 1 {
			b.WriteByte(' ')
		}
		b.WriteString(word + "(" + strings.Join(from, ",") + ")")
	}
	return b.String()
}

// Parse reads what Format wrote. A cell may have fewer vertices than there is room for;
// conv3x3, conv1x1 and maxpool are short for the full names. The error names
// the column and what is expected there.
func (s *NB101) Parse(text string) (Genotype, error) {
	c, err := parseNB101(text)
	if err != nil {
		return nil, fmt.Errorf("space %s: %.100q, %w", s.Name(), text, err)
	}
	return s.Genotype(c.cell())
}

// parseNB101 reads a cell, as long as it has no more than the vertices of the benchmark.
func parseNB101(text string) (nb101Graph, error) {
	var g nb101Graph
	p := &scanner{text: text}
	for v := 1; ; v++ {
		at := p.skip()
		word := p.word()
		g.n = v + 1
		if word != "output" {
			o := slices.Index(nb101Ops(), nb101Word(word))
			if o < 0 {
				return g, p.wrong(at, "an operation ("+strings.Join(nb101Ops(), ", ")+") or output")
			}
			if v == nb101MaxVertices-1 {
				return g, p.wrong(at, fmt.Sprintf("output, as a cell has at most %d vertices", nb101MaxVertices))
			}
			g.op[v] = uint8(o)
		}
		if err := p.vertices(&g, v); err != nil {
			return g, err
		}
		if word == "output" {
			if at := p.skip(); at < len(text) {
				return g, p.wrong(at, "the end, as output is the last vertex")
			}
			return g, nil
		}
	}
}

// vertices reads the bracketed list of what vertex v takes.
func (p *scanner) vertices(g *nb101Graph, v int) error {
	if at := p.skip(); !p.take('(') {
		return p.wrong(at, `"(" and the vertices that are taken`)
	}
	if p.skip(); p.take(')') {
		return nil
	}
	for {
		at := p.skip()
		from, err := strconv.Atoi(p.word())
		if err != nil || from < 0 || from >= v {
			return p.wrong(at, fmt.Sprintf("a vertex before this one, which is vertex %d: 0 to %d", v, v-1))
		}
		if g.in[v]>>from&1 == 1 {
			return p.wrong(at, fmt.Sprintf("a vertex that is not listed yet; vertex %d is", from))
		}
		g.in[v] |= 1 << from
		at = p.skip()
		switch {
		case p.take(')'):
			return nil
		case !p.take(','):
			return p.wrong(at, `"," or ")"`)
		}
	}
}

func nb101Word(word string) string {
	switch word {
	case "conv3x3":
		return "conv3x3-bn-relu"
	case "conv1x1":
		return "conv1x1-bn-relu"
	case "maxpool":
		return "maxpool3x3"
	}
	return word
}
