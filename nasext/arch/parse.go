package arch

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parse reads an architecture from the form that Text writes, and checks it. Errors
// name line and column and what was expected there, or the line and what is wrong with
// its node.
func Parse(text string) (*Arch, error) {
	p := &parser{names: map[string]int{}}
	for number, line := range strings.Split(text, "\n") {
		p.line, p.rest, p.number = line, line, number+1
		if err := p.statement(); err != nil {
			return nil, err
		}
	}
	if len(p.a.Nodes) == 0 {
		return nil, p.expected("a first node such as input = input(3x32x32)")
	}
	if err := p.a.Check(); err != nil {
		return nil, err
	}
	return &p.a, nil
}

// parser reads line after line.
type parser struct {
	a      Arch
	infos  []Info
	alphas alphas
	names  map[string]int
	block  string
	begun  bool // there was a statement
	number int  // of the line, from 1
	line   string
	rest   string // of the line
}

// statement reads one line.
func (p *parser) statement() error {
	if p.end() {
		return nil
	}
	first := !p.begun
	p.begun = true
	if p.take("[") {
		return p.header()
	}
	at := p.rest
	name, bare, err := p.name("a name, a block in brackets or the end of the text")
	if err != nil {
		return err
	}
	if first && bare {
		if word, rest, _ := strings.Cut(name, " "); word == "network" && (rest != "" || strings.HasPrefix(p.rest, `"`)) && !strings.HasPrefix(p.rest, "=") {
			return p.network(strings.TrimSpace(rest))
		}
	}
	if bare && name == "aux" && p.take("(") {
		return p.auxiliary()
	}
	if !p.take("=") {
		return p.expected(fmt.Sprintf("“=” and what %.100s is", name))
	}
	return p.node(p.whole(name), at)
}

// header reads the rest of a block's line.
func (p *parser) header() (err error) {
	p.block = ""
	if !p.take("]") {
		if p.block, _, err = p.name("the label of a block, or “]” for none"); err != nil {
			return err
		}
		if !p.take("]") {
			return p.expected("“]”")
		}
	}
	return p.over()
}

// network reads the rest of the line with the architecture's name, of which a part may have been read.
func (p *parser) network(name string) (err error) {
	if name == "" {
		if name, _, err = p.name("the network's name"); err != nil {
			return err
		}
	}
	p.a.Name = name
	return p.over()
}

// auxiliary reads the rest of a list of auxiliary outputs.
func (p *parser) auxiliary() error {
	for {
		i, err := p.reference("a node that is an auxiliary output")
		if err != nil {
			return err
		}
		at, there := slices.BinarySearch(p.a.Aux, i)
		if !there {
			p.a.Aux = slices.Insert(p.a.Aux, at, i)
		}
		if p.take(")") {
			return p.over()
		}
		if !p.take(",") {
			return p.expected("“,” or “)”")
		}
	}
}

// node reads what a node is; at is the line from the node's name on.
func (p *parser) node(name, at string) error {
	if j, taken := p.names[name]; taken {
		p.rest = at
		return p.fault("the name %s is that of node %d; every node needs one of its own", name, j)
	}
	start := p.rest
	kind, _, err := p.name("an operation")
	if err != nil {
		return err
	}
	n := Node{Name: name, Block: p.block, Op: Op{Kind: Kind(kind)}}
	r, ok := ruleOf(n.Op.Kind)
	if !ok {
		p.rest = strings.TrimLeft(start, " \t")
		return p.fault("there is no operation %q; the operations are %s", kind, kinds())
	}
	if !p.take("(") {
		return p.expected("“(”")
	}
	if n.Op.Kind == Input {
		err = p.input()
	} else {
		err = p.arguments(&n, r)
	}
	if err == nil {
		err = p.over()
	}
	if err != nil {
		return err
	}
	return p.add(n)
}

// input reads the shape of the input and the parenthesis.
func (p *parser) input() error {
	const want = "a shape such as 3x32x32: channels, height and width"
	s := &p.a.Input
	for i, side := range []*int{&s.C, &s.H, &s.W} {
		if i > 0 && !p.take("x") && !p.take("×") {
			return p.expected(want)
		}
		if err := p.integer(side, want); err != nil {
			return err
		}
	}
	if !p.take(")") {
		return p.expected("“)”")
	}
	return nil
}

// arguments reads inputs, then settings, and the parenthesis.
func (p *parser) arguments(n *Node, r rule) error {
	settings := n.Op.parameters()
	given := map[string]bool{}
	for !p.take(")") {
		if len(n.In)+len(given) > 0 && !p.take(",") {
			return p.expected("“,” or “)”")
		}
		at := p.rest
		word, bare, err := p.name("a node or a setting")
		if err != nil {
			return err
		}
		value := p.take("=")
		isInput := len(given) == 0 && !value && len(n.In) < r.maxIn
		if isInput {
			i, err := p.lookUp(word, at)
			if err != nil {
				return err
			}
			n.In = append(n.In, i)
			continue
		}
		k := slices.IndexFunc(settings, func(s parameter) bool { return bare && s.name == word && r.settings&s.counts != 0 })
		if k < 0 || given[word] {
			p.rest = strings.TrimLeft(at, " \t")
			if k >= 0 {
				return p.fault("%s is given twice", word)
			}
			return p.fault("%s takes %s%s, not %s", n.Op.Kind, r.inputs(), settingsInPhrase(settings, r), word)
		}
		if err := p.setting(settings[k], value); err != nil {
			return err
		}
		given[word] = true
	}
	return nil
}

// settingsInPhrase lists what an operation can be set: " and the settings out, bias".
func settingsInPhrase(settings []parameter, r rule) string {
	var names []string
	for _, s := range settings {
		if r.settings&s.counts != 0 {
			names = append(names, s.name)
		}
	}
	if len(names) == 0 {
		return " and no settings"
	}
	return " and the settings " + strings.Join(names, ", ")
}

// setting reads the value of a setting, whose “=” has been read or is not there.
func (p *parser) setting(s parameter, value bool) error {
	switch {
	case s.flag != nil:
		if value {
			return p.fault("%s is there or not; it has no value", s.name)
		}
		*s.flag = true
		return nil
	case !value:
		return p.expected(fmt.Sprintf("“=” and a value for %s", s.name))
	case s.share != nil:
		return p.fraction(s.share)
	case s.word != nil:
		word, _, err := p.name("a name")
		*s.word = word
		return err
	case s.w == nil:
		return p.integer(s.h, "a whole number")
	}
	const want = "a number, or height x width such as 3x3"
	if err := p.integer(s.h, want); err != nil {
		return err
	}
	*s.w = *s.h
	if p.take("x") || p.take("×") {
		return p.integer(s.w, want)
	}
	return nil
}

// add appends a node and infers its shape.
func (p *parser) add(n Node) error {
	wrong := func(err error) error {
		return fmt.Errorf("arch: reading text (line %d): node %d (%s “%s”): %w", p.number, len(p.a.Nodes), n.Op.Kind, n.Name, err)
	}
	if (len(p.a.Nodes) == 0) != (n.Op.Kind == Input) {
		return wrong(errors.New("is out of place; the first node, and no other, is of kind input"))
	}
	ins := make([]Shape, len(n.In))
	for k, i := range n.In {
		ins[k] = p.infos[i].Out
	}
	info, err := p.a.infer(&n.Op, ins, &p.alphas)
	if err != nil {
		return wrong(err)
	}
	p.names[n.Name] = len(p.a.Nodes)
	p.a.Nodes = append(p.a.Nodes, n)
	p.infos = append(p.infos, info)
	return nil
}

// whole is the whole name of a node that is defined in the present block.
func (p *parser) whole(name string) string {
	if rest, ok := strings.CutPrefix(name, "/"); ok {
		return rest
	}
	return qualify(p.block, name)
}

// reference reads the name of a node.
func (p *parser) reference(want string) (int, error) {
	at := p.rest
	name, _, err := p.name(want)
	if err != nil {
		return 0, err
	}
	return p.lookUp(name, at)
}

// lookUp finds a node by what it is called in the present block; at is the line from the name on.
func (p *parser) lookUp(name, at string) (int, error) {
	if i, ok := p.names[p.whole(name)]; ok {
		return i, nil
	}
	if i, ok := p.names[name]; ok && !strings.HasPrefix(name, "/") {
		return i, nil
	}
	p.rest = strings.TrimLeft(at, " \t")
	return 0, p.fault("there is no node “%s” above this line", name)
}

// end says whether the line is over, but for spaces and a comment.
func (p *parser) end() bool {
	p.space()
	return p.rest == "" || p.rest[0] == '#'
}

func (p *parser) over() error {
	if !p.end() {
		return p.expected("the end of the line")
	}
	return nil
}

func (p *parser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r") }

// take reads a given token if it comes next.
func (p *parser) take(token string) bool {
	p.space()
	rest, ok := strings.CutPrefix(p.rest, token)
	if ok {
		p.rest = rest
	}
	return ok
}

// name reads a name, and says whether it stood without quotes.
func (p *parser) name(want string) (name string, bare bool, err error) {
	p.space()
	if strings.HasPrefix(p.rest, `"`) {
		quoted, err := strconv.QuotedPrefix(p.rest)
		if err != nil {
			return "", false, p.expected("a name in quotes that end on this line, written as in Go")
		}
		p.rest = p.rest[len(quoted):]
		name, err = strconv.Unquote(quoted)
		return name, false, err
	}
	stop := strings.IndexFunc(p.rest, special)
	if stop < 0 {
		stop = len(p.rest)
	}
	name = strings.TrimRightFunc(p.rest[:stop], unicode.IsSpace)
	if name == "" {
		return "", false, p.expected(want)
	}
	p.rest = p.rest[stop:]
	return name, true, nil
}

// integer reads a whole number.
func (p *parser) integer(n *int, want string) error {
	p.space()
	digits := p.rest[:len(p.rest)-len(strings.TrimLeft(p.rest, "0123456789"))]
	if digits == "" {
		return p.expected(want)
	}
	v, err := strconv.Atoi(digits)
	if err != nil {
		return p.fault("the number %s is too large; settings are at most %d", digits, maxSetting)
	}
	*n = v
	p.rest = p.rest[len(digits):]
	return nil
}

// fraction reads a share.
func (p *parser) fraction(x *float64) error {
	p.space()
	digits := p.rest[:len(p.rest)-len(strings.TrimLeft(p.rest, "0123456789.e+-"))]
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return p.expected("a number such as 0.5")
	}
	*x = v
	p.rest = p.rest[len(digits):]
	return nil
}

// expected is the error of a text that goes on otherwise than it must.
func (p *parser) expected(want string) error {
	found := "the end of the line"
	if !p.end() {
		r, _ := utf8.DecodeRuneInString(p.rest)
		found = "“" + string(r) + "”"
		if i := strings.IndexFunc(p.rest, func(r rune) bool { return special(r) || unicode.IsSpace(r) }); i > 0 {
			found = fmt.Sprintf("“%.100s”", p.rest[:i])
		} else if i < 0 {
			found = fmt.Sprintf("“%.100s”", p.rest)
		}
	}
	return p.fault("expected %s, found %s", want, found)
}

// fault is an error at the place up to which the line was read.
func (p *parser) fault(format string, args ...any) error {
	column := utf8.RuneCountInString(p.line[:len(p.line)-len(p.rest)]) + 1
	return fmt.Errorf("arch: reading text (line %d, column %d): "+format, append([]any{p.number, column}, args...)...)
}
