package progen

import (
	"fmt"
	"strconv"
	"strings"
)

// digits is a number without its type.
func (g *gen) digits(t *typ) string {
	switch t.kind {
	case floatKind, complexKind:
		return pick(g, []string{"1.5", "2", "0.25", "1e3", "0x1p-2", "3.0", "100", "'a'"})
	case paramKind:
		return strconv.Itoa(g.n(100))
	}
	return strconv.Itoa(1 + g.n(100))
}

// literal is a value that is written down.
func (g *gen) literal(t *typ, depth int) ex {
	if depth < -1 && (t.kind == sliceKind || t.kind == arrayKind || t.kind == mapKind || t.kind == structKind) {
		return dynamic("%s{}", t.name) // types may contain themselves through interfaces
	}
	switch t.kind {
	case boolKind:
		s := pick(g, []string{"true", "false"})
		if t.under != nil {
			s = t.name + "(" + s + ")"
		}
		return ex{s, true}
	case intKind, uintKind:
		return ex{fmt.Sprintf("%s(%s)", t.name, g.whole(t)), true}
	case floatKind:
		s := pick(g, []string{"0", "1", "-1", "0.1", "2.5", "-3.75", "1e10", "1e-7", "123456.789", "math.Pi", "math.MaxFloat32", "1 << 20", "0x1.8p3", "'x'", "1_000.5"})
		if g.chance(10) {
			return dynamic("%s(math.%s)", t.name, pick(g, []string{"Inf(1)", "Inf(-1)", "NaN()", "Copysign(0, -1)"}))
		}
		return ex{t.name + "(" + s + ")", true}
	case complexKind:
		return ex{t.name + "(" + pick(g, []string{"0", "1i", "1 + 2i", "-0.5 + 0.25i", "3", "1e3i"}) + ")", true}
	case stringKind:
		s := strconv.Quote(pick(g, []string{"", "a", "Go", "hello", "é", "日本", "x\ty", "\xff\xfe", "b%d", "𝄞clef", "0", "\n"}))
		if g.chance(15) {
			s = "`raw\\n" + "`"
		}
		if t.under != nil {
			s = t.name + "(" + s + ")"
		}
		return ex{s, true}
	case sliceKind:
		if g.chance(12) {
			return dynamic("%s(nil)", g.typeText(t))
		}
		if g.chance(12) {
			return dynamic("make(%s, %d, %d)", t.name, g.n(3), 3+g.n(3))
		}
		if g.chance(12) {
			return dynamic("%s{%d: %s, %s}", t.name, 1+g.n(3), g.elem(t.elem, depth), g.elem(t.elem, depth))
		}
		return dynamic("%s{%s}", t.name, g.elems(t.elem, g.n(4), depth))
	case arrayKind:
		if g.chance(15) {
			return dynamic("%s{%d: %s}", t.name, t.len-1, g.elem(t.elem, depth))
		}
		return dynamic("%s{%s}", t.name, g.elems(t.elem, g.n(t.len+1), depth))
	case mapKind:
		return g.mapLiteral(t, depth)
	case pointerKind:
		if t.elem.kind == structKind && t.elem.under != nil || depth <= 0 && (t.elem.kind == sliceKind || t.elem.kind == arrayKind) {
			return dynamic("&%s", g.literal2(t.elem, depth))
		}
		if g.chance(50) {
			return dynamic("new(%s)", t.elem.name)
		}
		return dynamic("func() %s { var v %s = %s; return &v }()", t.name, t.elem.name, g.expr(t.elem, depth-1).s)
	case structKind:
		return g.structLiteral(t, depth)
	case funcKind:
		return g.funcLiteral(t, depth)
	case interfaceKind:
		return g.holding(t, depth)
	case paramKind:
		if t.numeric() {
			return dynamic("%s(%d)", t.name, g.n(100))
		}
		return dynamic("*new(%s)", t.name)
	}
	return dynamic("*new(%s)", t.name)
}

// literal2 is a composite literal, which has an address.
func (g *gen) literal2(t *typ, depth int) string {
	for range 5 {
		if s := g.literal(t, depth).s; strings.HasSuffix(s, "}") && strings.HasPrefix(s, t.name) {
			return s
		}
	}
	return t.name + "{}"
}

func (g *gen) whole(t *typ) string {
	if g.chance(60) {
		n := g.n(20)
		if t.kind == intKind && g.chance(30) {
			n = -n
		}
		return strconv.Itoa(n)
	}
	bits := t.bits
	if t.kind == intKind {
		bits--
		if g.chance(20) {
			return fmt.Sprintf("-1 << %d", bits)
		}
	}
	switch g.n(7) {
	case 0:
		return fmt.Sprintf("1<<%d - 1", bits)
	case 1:
		return fmt.Sprintf("1 << %d", g.n(bits))
	case 2:
		return fmt.Sprintf("%#x", g.rand.Uint64()>>(64-bits))
	case 3:
		return pick(g, []string{"'a'", "'\\n'", "0b101", "0o17", "0x7F", "1_0", "'\\x41'"})
	}
	return strconv.FormatUint(g.rand.Uint64()>>(64-bits), 10)
}

// elem is an element of a composite literal, whose type may be left out.
func (g *gen) elem(t *typ, depth int) string {
	s := g.expr(t, depth-1).s
	if rest, ok := strings.CutPrefix(s, t.name+"{"); ok && g.chance(60) && t.kind != paramKind && balanced(rest) {
		return "{" + rest
	}
	return s
}

// balanced says whether the brace that closes a literal is the last byte.
func balanced(rest string) bool {
	depth := 1
	for i, c := range rest {
		switch c {
		case '"', '`', '\'':
			return false
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth == 0 {
			return i == len(rest)-1
		}
	}
	return false
}

func (g *gen) elems(t *typ, n, depth int) string {
	var es []string
	for range n {
		es = append(es, g.elem(t, depth))
	}
	return strings.Join(es, ", ")
}

func (g *gen) mapLiteral(t *typ, depth int) ex {
	traced := g.ctx.traced
	g.ctx.traced = false // the Go compiler does not keep to the order of calls here where it inlines them
	defer func() { g.ctx.traced = traced }()
	if g.chance(15) {
		return dynamic("make(%s)", t.name)
	}
	var es []string
	seen := map[string]bool{}
	for i := range g.n(4) {
		k := ""
		switch {
		case t.key.integral():
			k = fmt.Sprint(i * (1 + g.n(3)))
		case t.key.kind == stringKind:
			k = strconv.Quote(string(rune('a' + i)))
		case i > 0:
			continue
		default:
			k = g.elem(t.key, depth)
		}
		if seen[k] {
			continue
		}
		seen[k] = true
		es = append(es, k+": "+g.elem(t.elem, depth))
	}
	return dynamic("%s{%s}", t.name, strings.Join(es, ", "))
}

func (g *gen) structLiteral(t *typ, depth int) ex {
	keyed := g.chance(60)
	var es []string
	for _, f := range t.fields {
		switch {
		case f.name == "_":
			keyed = true
		case keyed && g.chance(25):
		case keyed:
			es = append(es, f.name+": "+g.expr(f.t, depth-1).s)
		}
	}
	if !keyed {
		for _, f := range t.fields {
			es = append(es, g.expr(f.t, depth-1).s)
		}
	}
	return dynamic("%s{%s}", t.name, strings.Join(es, ", "))
}

func (g *gen) funcLiteral(t *typ, depth int) ex {
	if g.chance(25) {
		for range 4 {
			if len(g.funcs) == 0 {
				break
			}
			f := pick(g, g.funcs)
			if f.pure && f.param == nil && !f.variadic && !g.ctx.leaf && len(f.results) == 1 && t.result != nil && f.results[0].name == t.result.name && names(f.params) == names(t.params) {
				return dynamic("%s(%s)", g.typeText(t), f.name)
			}
		}
	}
	mark := len(g.scope)
	var params []string
	for _, p := range t.params {
		v := &variable{name: g.name("p"), t: p}
		params = append(params, v.name+" "+p.name)
		g.scope = append(g.scope, v)
	}
	traced := g.ctx.traced
	g.ctx.traced = false
	body := ""
	switch {
	case t.result != nil && depth < -1: // what it returns may be an interface that holds such functions
		body = fmt.Sprintf("return *new(%s)", t.result.name)
	case t.result != nil:
		body = "return " + g.expr(t.result, depth-1).s
	}
	g.ctx.traced = traced
	g.scope = g.scope[:mark]
	result := ""
	if t.result != nil {
		result = t.result.name
	}
	e := dynamic("func(%s) %s { %s }", strings.Join(params, ", "), result, body)
	if t.under != nil {
		e.s = t.name + "(" + e.s + ")"
	}
	return e
}

// holding is a value of an interface type.
func (g *gen) holding(t *typ, depth int) ex {
	switch t.name {
	case "any":
		o := g.typeUpTo(1)
		if !o.printable() || o.kind == interfaceKind {
			o = g.basic()
		}
		e := g.expr(o, depth-1).s
		if o.kind == sliceKind && strings.HasSuffix(e, "(nil)") {
			// In arrays of them, Go 1.26's compiler takes such for nil interfaces:
			// fmt.Println([2]any{any([]bool(nil))}) prints [<nil> <nil>].
			e = g.typeText(o) + "{}"
		}
		return dynamic("any(%s)", e)
	case "error":
		return dynamic("%s", pick(g, []string{`errors.New("e1")`, `fmt.Errorf("w: %w", errors.New("e2"))`, "error(nil)", "errors.ErrUnsupported"}))
	}
	var found []string
	for _, n := range g.types {
		switch {
		case n.kind == interfaceKind:
		case n.has(t, false):
			found = append(found, fmt.Sprintf("%s(%s)", t.name, g.expr(n, depth-1).s))
		case n.has(t, true):
			found = append(found, fmt.Sprintf("%s(%s)", t.name, g.literal(pointerTo(n), min(depth, 0)).s))
		}
	}
	if len(found) == 0 {
		return dynamic("%s(nil)", t.name)
	}
	return dynamic("%s", pick(g, found))
}
