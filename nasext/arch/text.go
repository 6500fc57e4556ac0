package arch

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Text is the architecture in a form that people read and write, one line a node:
//
//	network small
//	input = input(1x8x8)
//
//	[cell 1]
//	a = conv(input, out=16, filter=3x3, pad=1)
//	b = conv(input, out=16, filter=1x1)
//	sum = add(a, b)
//
//	[]
//	pool = maxpool(cell 1/sum, filter=2x2, stride=2)
//	flat = flatten(pool)
//	out = linear(flat, out=10, bias)
//
// A line in brackets begins a block; its label and a slash belong to the names of
// the nodes that are defined in it, so that sum is the node "cell 1/sum", which may be
// called sum inside of the block. A slash before a name says that it is the whole name.
// The settings are those of Op, with filter and pad for height and width at once. A
// line aux(x, y) makes nodes auxiliary outputs. Names with any of =,()[]#" or that
// begin or end with a space are written in quotes, as in Go. From # on, a line is a
// comment. Parse reads the text back.
func (a *Arch) Text() (string, error) {
	if err := a.Check(); err != nil {
		return "", err
	}
	names := make(map[string]int, len(a.Nodes))
	var b strings.Builder
	if a.Name != "" {
		fmt.Fprintf(&b, "network %s\n", quote(a.Name))
	}
	block := ""
	for i, n := range a.Nodes {
		if n.Block != block {
			block = n.Block
			label := ""
			if block != "" {
				label = quote(block)
			}
			fmt.Fprintf(&b, "\n[%s]\n", label)
		}
		names[n.Name] = i
		fmt.Fprintf(&b, "%s = %s(%s)\n", quote(definition(n.Name, block)), n.Op.Kind, strings.Join(a.arguments(i, names), ", "))
	}
	if len(a.Aux) > 0 {
		var list []string
		for _, i := range a.Aux {
			list = append(list, quote(reference(a.Nodes[i].Name, block, names)))
		}
		fmt.Fprintf(&b, "\naux(%s)\n", strings.Join(list, ", "))
	}
	return b.String(), nil
}

// arguments are the inputs and settings of node i, as text.
func (a *Arch) arguments(i int, names map[string]int) []string {
	n := a.Nodes[i]
	if n.Op.Kind == Input {
		return []string{fmt.Sprintf("%dx%dx%d", a.Input.C, a.Input.H, a.Input.W)}
	}
	var list []string
	for _, from := range n.In {
		list = append(list, quote(reference(a.Nodes[from].Name, n.Block, names)))
	}
	for _, p := range n.Op.parameters() {
		if s := p.text(); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// parameter is a setting of an operation in text.
type parameter struct {
	name   string
	counts setting
	h, w   *int     // a number, or height and width
	flag   *bool    // or a setting that is there or not
	share  *float64 // or a share
	word   *string  // or a name
}

// parameters are the settings of an operation, in the order in which text has them.
func (o *Op) parameters() []parameter {
	return []parameter{
		{name: "func", counts: setFunc, word: &o.Func},
		{name: "size", counts: setSize, h: &o.Size},
		{name: "from", counts: setFrom, h: &o.From},
		{name: "out", counts: setOut, h: &o.Out},
		{name: "filter", counts: setFilter, h: &o.KH, w: &o.KW},
		{name: "stride", counts: setStride, h: &o.Stride},
		{name: "stride_w", counts: setStrideW, h: &o.StrideW},
		{name: "pad", counts: setPad, h: &o.PadH, w: &o.PadW},
		{name: "same", counts: setSame, flag: &o.Same},
		{name: "dilation", counts: setDilation, h: &o.Dilation},
		{name: "groups", counts: setGroups, h: &o.Groups},
		{name: "bias", counts: setBias, flag: &o.Bias},
		{name: "ceil", counts: setCeil, flag: &o.Ceil},
		{name: "fixed", counts: setFixed, flag: &o.Fixed},
		{name: "rate", counts: setRate, share: &o.Rate},
		{name: "alpha", counts: setAlpha, word: &o.Alpha},
		{name: "gate", counts: setGate, word: (*string)(&o.Gate)},
	}
}

// text is the setting with its value, or nothing if it is not given.
func (p parameter) text() string {
	switch {
	case p.flag != nil && *p.flag:
		return p.name
	case p.share != nil && *p.share != 0:
		return p.name + "=" + strconv.FormatFloat(*p.share, 'g', -1, 64)
	case p.word != nil && *p.word != "":
		return p.name + "=" + quote(*p.word)
	case p.w != nil && (*p.h != 0 || *p.w != 0):
		if p.counts == setPad && *p.h == *p.w {
			return fmt.Sprintf("%s=%d", p.name, *p.h)
		}
		return fmt.Sprintf("%s=%dx%d", p.name, *p.h, *p.w)
	case p.w == nil && p.h != nil && *p.h != 0:
		return fmt.Sprintf("%s=%d", p.name, *p.h)
	}
	return ""
}

// definition is what a node is called where it is defined in a block.
func definition(name, block string) string {
	if block == "" && !strings.HasPrefix(name, "/") {
		return name
	}
	if rest, ok := strings.CutPrefix(name, block+"/"); ok && block != "" && !strings.HasPrefix(rest, "/") {
		return rest
	}
	return "/" + name
}

// reference is what a node is called where a block takes it, given the nodes so far.
func reference(name, block string, names map[string]int) string {
	if s := definition(name, block); !strings.HasPrefix(s, "/") {
		return s
	}
	if _, hidden := names[qualify(block, name)]; strings.HasPrefix(name, "/") || block != "" && hidden {
		return "/" + name
	}
	return name
}

// quote is a name as text: as it is, if it can be told from what is around it.
func quote(name string) string {
	if name == "" || strings.TrimSpace(name) != name || strings.ContainsFunc(name, func(r rune) bool {
		return special(r) || !unicode.IsPrint(r)
	}) {
		return strconv.Quote(name)
	}
	return name
}

// special says whether a character ends a name that is not in quotes.
func special(r rune) bool { return strings.ContainsRune(`=,()[]#"`, r) }
