package cell

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse reads a genotype in one of three notations: that of Genotype.String, that
// of the DARTS code, "Genotype(normal=[('sep_conv_3x3', 1), …], normal_concat=range(2, 6), …)",
// or a list of integers of the ENAS code (micro search space), whose cells give out
// the states that no node takes. The error names the column, what was expected
// there and what was found.
func Parse(text string) (Genotype, error) {
	p := &parser{text: text}
	p.next()
	g, err := p.genotype()
	if err != nil {
		return Genotype{}, fmt.Errorf("cell: %s: %w", p.where(), err)
	}
	return g, nil
}

// parser reads tokens. It stands on one, which starts at start and ends at end.
type parser struct {
	text       string
	start, end int
	kind       kind
}

type kind int

const (
	ended  kind = iota
	word        // letters, digits and underscores, not beginning with a digit
	number      // digits
	quoted      // anything in single or double quotes
	sign        // one other character, or ->
)

// next goes to the next token.
func (p *parser) next() {
	rest := strings.TrimLeftFunc(p.text[p.end:], unicode.IsSpace)
	p.start = len(p.text) - len(rest)
	if rest == "" {
		p.kind, p.end = ended, p.start
		return
	}
	r, size := utf8.DecodeRuneInString(rest)
	switch {
	case digit(r):
		p.kind, size = number, spanOf(rest, digit)
	case letter(r):
		p.kind, size = word, spanOf(rest, func(r rune) bool { return letter(r) || digit(r) })
	case r == '\'' || r == '"':
		p.kind = sign
		if n := strings.IndexRune(rest[1:], r); n >= 0 {
			p.kind, size = quoted, n+2
		}
	case strings.HasPrefix(rest, "->"):
		p.kind, size = sign, 2
	default:
		p.kind = sign
	}
	p.end = p.start + size
}

func digit(r rune) bool  { return '0' <= r && r <= '9' }
func letter(r rune) bool { return r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// spanOf is the length of the longest beginning of s of which all runes are as asked.
func spanOf(s string, is func(rune) bool) int {
	n := strings.IndexFunc(s, func(r rune) bool { return !is(r) })
	if n < 0 {
		return len(s)
	}
	return n
}

// token is the text of the token.
func (p *parser) token() string { return p.text[p.start:p.end] }

// where is the place of the token; columns count characters.
func (p *parser) where() string {
	before := p.text[:p.start]
	line := 1 + strings.Count(before, "\n")
	column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	if line == 1 {
		return fmt.Sprintf("column %d", column)
	}
	return fmt.Sprintf("line %d, column %d", line, column)
}

// expected is the error of a token that is not what was to come.
func (p *parser) expected(format string, args ...any) error {
	found := "the end"
	if p.kind != ended {
		found = fmt.Sprintf("“%.100s”", p.token())
	}
	return fmt.Errorf("expected %s, found %s", fmt.Sprintf(format, args...), found)
}

// is says whether the token is a given sign or word.
func (p *parser) is(token string) bool {
	return p.token() == token && (p.kind == sign || p.kind == word)
}

// take goes past a given sign or word, which must be there.
func (p *parser) take(token string) error {
	if !p.is(token) {
		return p.expected("“%s”", token)
	}
	p.next()
	return nil
}

// integer reads a number.
func (p *parser) integer(what string) (int, error) {
	if p.kind != number {
		return 0, p.expected("%s", what)
	}
	n, err := strconv.Atoi(p.token())
	if err != nil {
		return 0, p.expected("%s", what)
	}
	return n, nil
}

// genotype reads a genotype in any notation, to the end.
func (p *parser) genotype() (g Genotype, err error) {
	switch {
	case p.kind == number:
		return p.enas()
	case p.is("cell"):
		g.Normal, err = p.labelled("cell")
		g.Reduction = g.Normal.clone()
	case p.is("normal"):
		if g.Normal, err = p.labelled("normal"); err != nil {
			return g, err
		}
		if err = p.take(";"); err != nil {
			return g, err
		}
		g.Reduction, err = p.labelled("reduction")
	case p.is("Genotype"):
		g, err = p.darts()
	default:
		return g, p.expected("“normal:” or “cell:”, or “Genotype(” (DARTS), or integers (ENAS)")
	}
	if err == nil && p.kind != ended {
		err = p.expected("the end")
	}
	return g, err
}

// labelled reads "label: cell".
func (p *parser) labelled(label string) (c Cell, err error) {
	if err := p.take(label); err != nil {
		return c, err
	}
	if err := p.take(":"); err != nil {
		return c, err
	}
	for {
		n, err := p.node(len(c.Nodes))
		if err != nil {
			return c, err
		}
		c.Nodes = append(c.Nodes, n)
		if err := checkNodes(len(c.Nodes)); err != nil {
			return c, err
		}
		if p.is("->") {
			break
		}
		if !p.is("|") {
			return c, p.expected("“|” and a further node, or “->” and the states given out")
		}
		p.next()
	}
	p.next()
	for {
		if err := p.out(&c); err != nil {
			return c, err
		}
		if !p.is(",") {
			return c, nil
		}
		p.next()
	}
}

// node reads "edge + edge" or "edge & edge".
func (p *parser) node(i int) (n Node, err error) {
	if n.Edges[0], err = p.edge(i); err != nil {
		return n, err
	}
	switch {
	case p.is("&"):
		n.Concat = true
	case !p.is("+"):
		return n, p.expected("“+” (sum) or “&” (concatenation)")
	}
	p.next()
	n.Edges[1], err = p.edge(i)
	return n, err
}

// edge reads "op~state".
func (p *parser) edge(i int) (e Edge, err error) {
	if e.Op, err = p.op(word, p.token()); err != nil {
		return e, err
	}
	if err := p.take("~"); err != nil {
		return e, err
	}
	e.From, err = p.from(i)
	return e, err
}

// op reads an operation, a token of kind k that reads name.
func (p *parser) op(k kind, name string) (Op, error) {
	if p.kind == k {
		for _, o := range Ops() {
			if string(o) == name {
				p.next()
				return o, nil
			}
		}
	}
	return "", p.expected("an operation (%s)", opList())
}

// from reads the state that node i, counted from 0, takes.
func (p *parser) from(i int) (int, error) {
	n, err := p.integer(fmt.Sprintf("a state, 0 to %d", i+1))
	if err != nil {
		return 0, err
	}
	if err := checkFrom(i, n); err != nil {
		return 0, err
	}
	p.next()
	return n, nil
}

// out reads a further state given out by a cell.
func (p *parser) out(c *Cell) error {
	n, err := p.integer(fmt.Sprintf("a state, 0 to %d", len(c.Nodes)+1))
	if err != nil {
		return err
	}
	if err := checkOut(len(c.Nodes), c.Out, n); err != nil {
		return err
	}
	c.Out = append(c.Out, n)
	p.next()
	return nil
}

// darts reads "Genotype(normal=…, normal_concat=…, reduce=…, reduce_concat=…)".
func (p *parser) darts() (g Genotype, err error) {
	p.next()
	if err := p.take("("); err != nil {
		return g, err
	}
	for _, part := range []struct {
		name string
		cell *Cell
		last bool
	}{{"normal", &g.Normal, false}, {"reduce", &g.Reduction, true}} {
		if err := p.assign(part.name); err != nil {
			return g, err
		}
		if err := p.pairs(part.cell); err != nil {
			return g, err
		}
		if err := p.take(","); err != nil {
			return g, err
		}
		if err := p.assign(part.name + "_concat"); err != nil {
			return g, err
		}
		if err := p.concat(part.cell); err != nil {
			return g, err
		}
		if !part.last || p.is(",") { // Python allows one after the last
			if err := p.take(","); err != nil {
				return g, err
			}
		}
	}
	return g, p.take(")")
}

// assign reads "name =".
func (p *parser) assign(name string) error {
	if err := p.take(name); err != nil {
		return err
	}
	return p.take("=")
}

// list reads "[ item, item, … ]" with at least one item.
func (p *parser) list(item func() error) error {
	if err := p.take("["); err != nil {
		return err
	}
	for {
		if err := item(); err != nil {
			return err
		}
		if p.is(",") {
			p.next()
			if !p.is("]") {
				continue
			}
		}
		return p.take("]")
	}
}

// pairs reads "[('op', state), …]", two for each node.
func (p *parser) pairs(c *Cell) error {
	var n Node
	read := 0
	err := p.list(func() error {
		e, err := p.pair(len(c.Nodes))
		if err != nil {
			return err
		}
		n.Edges[read%2] = e
		read++
		if read%2 == 1 {
			if !p.is(",") {
				return p.expected("“,” and a second pair for node %d", len(c.Nodes)+2)
			}
			return nil
		}
		c.Nodes = append(c.Nodes, n)
		return checkNodes(len(c.Nodes))
	})
	if err == nil && read%2 == 1 {
		err = fmt.Errorf("the list before here has %d pairs; a node has two", read)
	}
	return err
}

// pair reads "('op', state)" of node i, counted from 0.
func (p *parser) pair(i int) (e Edge, err error) {
	if err := p.take("("); err != nil {
		return e, err
	}
	if e.Op, err = p.op(quoted, strings.Trim(p.token(), `'"`)); err != nil {
		return e, err
	}
	if err := p.take(","); err != nil {
		return e, err
	}
	if e.From, err = p.from(i); err != nil {
		return e, err
	}
	return e, p.take(")")
}

// concat reads "[2, 3, …]" or "range(2, 6)".
func (p *parser) concat(c *Cell) error {
	if !p.is("range") {
		if !p.is("[") {
			return p.expected("“[” or “range(”")
		}
		return p.list(func() error { return p.out(c) })
	}
	p.next()
	if err := p.take("("); err != nil {
		return err
	}
	from, err := p.integer("a state")
	if err != nil {
		return err
	}
	p.next()
	if err := p.take(","); err != nil {
		return err
	}
	end := len(c.Nodes) + 2
	to, err := p.integer(fmt.Sprintf("the end of the range, at most %d", end))
	if err != nil {
		return err
	}
	if to <= from || to > end {
		return fmt.Errorf("the range ends before state %d; it begins at %d and the last state is %d", to, from, end-1)
	}
	for s := from; s < to; s++ {
		c.Out = append(c.Out, s)
	}
	p.next()
	return p.take(")")
}

// enas reads a list of integers, with spaces or commas between.
func (p *parser) enas() (g Genotype, err error) {
	numbers := p.count()
	if numbers%8 != 0 {
		return g, fmt.Errorf("there are %d integers; a list of ENAS has four for each node of two cells of one size, so a multiple of 8", numbers)
	}
	if err := checkNodes(numbers / 8); err != nil {
		return g, err
	}
	ops := enasOps()
	for _, c := range []*Cell{&g.Normal, &g.Reduction} {
		c.Nodes = make([]Node, numbers/8)
		for i := range c.Nodes {
			for j := range c.Nodes[i].Edges {
				e := &c.Nodes[i].Edges[j]
				if e.From, err = p.from(i); err != nil {
					return g, err
				}
				p.comma()
				o, err := p.integer("the number of an operation, 0 to 4")
				if err != nil {
					return g, err
				}
				if o >= len(ops) {
					return g, p.expected("the number of an operation, 0 to 4")
				}
				e.Op = ops[o]
				p.next()
				p.comma()
			}
		}
		c.Out = c.Loose()
	}
	if p.kind != ended {
		return g, p.expected("the end")
	}
	return g, nil
}

// comma goes past a comma if there is one.
func (p *parser) comma() {
	if p.is(",") {
		p.next()
	}
}

// count counts the numbers from here on, without moving.
func (p *parser) count() (n int) {
	for q := *p; q.kind != ended; q.next() {
		if q.kind == number {
			n++
		}
	}
	return n
}
