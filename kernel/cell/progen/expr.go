package progen

import (
	"fmt"
	"strconv"
	"strings"
)

// ex is an expression. What is constant may be folded by the compiler, which
// refuses to fold what overflows.
type ex struct {
	s        string
	constant bool
}

func dynamic(format string, args ...any) ex { return ex{s: fmt.Sprintf(format, args...)} }

// place is an expression that reads a variable or a part of one.
type place struct {
	s      string
	t      *typ
	assign bool // it may be assigned to, and has an address
	set    bool
}

// variables lists those that can be seen, the innermost first.
func (g *gen) variables() []*variable {
	var vs []*variable
	seen := map[string]bool{}
	for i := len(g.scope) - 1; i >= 0; i-- {
		v := g.scope[i]
		if !seen[v.name] {
			vs = append(vs, v)
		}
		seen[v.name] = true
	}
	return vs
}

// places lists what can be read without a panic.
func (g *gen) places() []place {
	var ps []place
	for _, v := range g.variables() {
		ps = g.parts(ps, place{v.name, v.t, !v.fixed, v.set}, 3)
	}
	return ps
}

func (g *gen) parts(ps []place, p place, depth int) []place {
	ps = append(ps, p)
	if depth == 0 {
		return ps
	}
	switch p.t.kind {
	case structKind:
		for _, f := range p.t.fields {
			if f.name != "_" {
				ps = g.parts(ps, place{p.s + "." + f.name, f.t, p.assign, false}, depth-1)
			}
		}
		ps = g.promoted(ps, p, p.t)
	case arrayKind:
		ps = g.parts(ps, place{fmt.Sprintf("%s[%d]", p.s, g.n(p.t.len)), p.t.elem, p.assign, false}, depth-1)
	}
	return ps
}

// promoted adds the fields of embedded structs under their short names.
func (g *gen) promoted(ps []place, p place, t *typ) []place {
	count := map[string]int{}
	found := map[string]*typ{}
	var walk func(t *typ)
	walk = func(t *typ) {
		for _, f := range t.fields {
			count[f.name]++
			found[f.name] = f.t
			if f.embedded && f.t.kind == structKind {
				walk(f.t)
			}
		}
	}
	walk(t)
	for _, f := range t.fields {
		delete(found, f.name)
	}
	for _, f := range t.fields {
		if f.embedded && f.t.kind == structKind {
			for _, inner := range f.t.fields {
				if count[inner.name] == 1 && found[inner.name] != nil && inner.name != "_" {
					ps = append(ps, place{p.s + "." + inner.name, inner.t, p.assign, false})
				}
			}
		}
	}
	return ps
}

// read finds something of a type that can be read.
func (g *gen) read(t *typ) (ex, bool) {
	var found []place
	for _, p := range g.places() {
		if p.t.name == t.name {
			found = append(found, p)
		}
	}
	if len(found) == 0 {
		return ex{}, false
	}
	return ex{s: pick(g, found).s}, true
}

// expr is an expression of a type that does not panic.
func (g *gen) expr(t *typ, depth int) ex {
	e := g.plain(t, depth)
	if g.ctx.traced && g.chance(15) {
		return dynamic("tr[%s](%d, %s)", t.name, g.number(), e.s)
	}
	return e
}

func (g *gen) plain(t *typ, depth int) ex {
	if depth <= 0 || g.chance(25) {
		if e, ok := g.read(t); ok && g.chance(75) {
			return e
		}
	}
	if depth <= 0 {
		return g.literal(t, depth)
	}
	if g.chance(35) {
		if e, ok := g.through(t, depth); ok {
			return e
		}
	}
	switch t.kind {
	case boolKind:
		return g.truth(t, depth)
	case intKind, uintKind, floatKind, complexKind:
		return g.arithmetic(t, depth)
	case stringKind:
		return g.words(t, depth)
	case sliceKind:
		return g.sliced(t, depth)
	case paramKind:
		if t.numeric() && g.chance(60) {
			return g.arithmetic(t, depth)
		}
		if t.class != "any" && t.class != "comparable" && g.chance(40) {
			return dynamic("%s(%s, %s)", pick(g, []string{"min", "max"}), g.expr(t, depth-1).s, g.expr(t, depth-1).s)
		}
		return g.literal(t, depth)
	}
	return g.literal(t, depth)
}

// through is an expression of any type by a call, an index, an assertion and the like.
func (g *gen) through(t *typ, depth int) (ex, bool) {
	switch g.n(15) {
	case 0, 1, 2:
		return g.call(t, depth)
	case 13, 14:
		return g.rescued(t, depth), true
	case 3:
		return g.methodCall(t, depth)
	case 4:
		return dynamic("at(%s, %s)", g.expr(sliceOf(t), depth-1).s, g.expr(integer, depth-1).s), true
	case 5:
		k := g.mapKey()
		m := mapOf(k, t)
		if e, ok := g.read(m); ok {
			return dynamic("%s[%s]", e.s, g.expr(k, depth-1).s), true
		}
		return dynamic("%s[%s]", g.literal(m, depth-1).s, g.expr(k, depth-1).s), true
	case 6:
		n := 1 + g.n(3)
		return dynamic("(%s)[%d]", g.expr(arrayOf(n, t), depth-1).s, g.n(n)), true
	case 7:
		if t.kind == interfaceKind || t.kind == paramKind {
			return ex{}, false
		}
		return dynamic("func() %s { v, _ := any(%s).(%s); return v }()", t.name, g.expr(t, depth-1).s, t.name), true
	case 8:
		return g.closure(t, depth), true
	case 9:
		return dynamic("deref(%s)", g.expr(pointerTo(t), depth-1).s), true
	case 10:
		return dynamic("struct{ V %s; n int }{%s, %d}.V", t.name, g.expr(t, depth-1).s, g.n(9)), true
	case 11:
		if t.under != nil && t.kind != interfaceKind && !strings.Contains(t.name, "[") {
			return ex{s: t.name + "(" + g.dynamicOf(t.under, depth-1) + ")"}, true
		}
	case 12:
		return dynamic("(*(&[]%s{%s}[0]))", t.name, g.expr(t, depth-1).s), true
	}
	return ex{}, false
}

// closure calls a function literal.
func (g *gen) closure(t *typ, depth int) ex {
	v := &variable{name: g.local(), t: g.typeUpTo(1), fixed: true}
	arg := g.expr(v.t, depth-1)
	mark := len(g.scope)
	g.scope = append(g.scope, v)
	body := g.expr(t, depth-1)
	g.scope = g.scope[:mark]
	return dynamic("func(%s %s) %s { return %s }(%s)", v.name, v.t.name, t.name, body.s, arg.s)
}

// rescued is what may panic, with what its panic is replaced by.
func (g *gen) rescued(t *typ, depth int) ex {
	traced := g.ctx.traced
	g.ctx.traced = false // whether a call comes before a panic is open
	defer func() { g.ctx.traced = traced }()
	risk := ""
	switch n := g.n(5); {
	case n == 0 && t.integral():
		risk = fmt.Sprintf("%s / %s", g.operand(t, depth-1), g.operand(t, depth-1))
	case n == 1 && t.kind != interfaceKind && t.kind != paramKind:
		risk = fmt.Sprintf("(%s).(%s)", g.expr(anyType, depth-1).s, t.name)
	case n == 2:
		risk = fmt.Sprintf("*(%s)", g.expr(pointerTo(t), depth-1).s)
	case n == 3:
		risk = fmt.Sprintf("(%s)(%s)", g.expr(funcOf(t, integer), depth-1).s, g.expr(integer, depth-1).s)
	default:
		risk = fmt.Sprintf("(%s)[%s]", g.expr(sliceOf(t), depth-1).s, g.dynamicOf(pick(g, []*typ{integer, octet, basics[4], basics[12]}), depth-1))
	}
	r := g.name("r")
	return dynamic("func() (%s %s) { defer func() { if recover() != nil { %s = %s } }(); return %s }()", r, t.name, r, g.expr(t, depth-2).s, risk)
}

// local is a name for a local variable; it may be that of another, further out.
func (g *gen) local() string {
	if g.chance(60) {
		return pick(g, []string{"a", "b", "c", "d", "e", "i", "j", "k", "m", "n", "p", "q", "r", "s", "t", "v", "w", "x", "y", "z", "err", "ok"})
	}
	return g.name("v")
}

// call calls a function that has the result, if there is one.
func (g *gen) call(t *typ, depth int) (ex, bool) {
	for range 6 {
		if len(g.funcs) == 0 {
			return ex{}, false
		}
		f := pick(g, g.funcs)
		if !f.pure || len(f.results) != 1 || g.ctx.leaf && !f.leaf || !g.affords(f.cost) {
			continue
		}
		if arg, ok := g.argument(f, t); ok {
			return ex{s: g.callText(f, arg, depth)}, true
		}
	}
	return ex{}, false
}

func (g *gen) affords(cost int) bool {
	return g.ctx.cost*cost <= 300
}

// callText calls a function; arg stands for its type parameter.
func (g *gen) callText(f *function, arg *typ, depth int) string {
	var args []string
	for i, p := range f.params {
		if f.param != nil {
			p = subst(p, f.param, arg)
		}
		if f.variadic && i == len(f.params)-1 {
			if g.chance(30) {
				args = append(args, g.expr(sliceOf(p), depth-1).s+"...")
				break
			}
			for range g.n(4) {
				args = append(args, g.expr(p, depth-1).s)
			}
			break
		}
		args = append(args, g.expr(p, depth-1).s)
	}
	name := f.name
	if f.param != nil {
		name += "[" + arg.name + "]"
	}
	return name + "(" + strings.Join(args, ", ") + ")"
}

// methodCall calls a method with the result that changes nothing.
func (g *gen) methodCall(t *typ, depth int) (ex, bool) {
	var found []ex
	for _, p := range g.places() {
		if p.t.kind == interfaceKind && (!p.set || g.ctx.leaf) {
			continue
		}
		for _, m := range p.t.methods {
			if m.result.name == t.name && m.pure && (p.t.kind == interfaceKind || !m.pointer) && g.affords(m.cost) {
				found = append(found, dynamic("%s.%s(%s)", p.s, m.name, g.args(m, depth)))
			}
		}
	}
	for _, n := range g.types {
		for _, m := range n.methods {
			if m.result.name != t.name || !m.pure || m.pointer || !g.affords(m.cost) || n.kind == interfaceKind {
				continue
			}
			recv := g.expr(n, depth-1).s
			switch g.n(3) {
			case 0:
				found = append(found, dynamic("%s.%s(%s)", "("+recv+")", m.name, g.args(m, depth)))
			case 1:
				args := g.args(m, depth)
				if args != "" {
					args = ", " + args
				}
				found = append(found, dynamic("(%s).%s(%s%s)", n.name, m.name, recv, args))
			case 2:
				found = append(found, dynamic("func(f func(%s) %s) %s { return f(%s) }(%s.%s)", names(m.params), t.name, t.name, g.args(m, depth), "("+recv+")", m.name))
			}
		}
		if len(found) > 3 {
			break
		}
	}
	if len(found) == 0 {
		return ex{}, false
	}
	return pick(g, found), true
}

func (g *gen) args(m method, depth int) string {
	var args []string
	for _, p := range m.params {
		args = append(args, g.expr(p, depth-1).s)
	}
	return strings.Join(args, ", ")
}

// dynamicOf is an expression that is not constant.
func (g *gen) dynamicOf(t *typ, depth int) string {
	e := g.expr(t, depth)
	if e.constant {
		return "id[" + t.name + "](" + e.s + ")"
	}
	return e.s
}

// named makes an expression of a type's underlying type one of the type itself.
func (t *typ) named(e ex) ex {
	if t.under != nil {
		e.s = t.name + "(" + e.s + ")"
	}
	return e
}

func (g *gen) truth(t *typ, depth int) ex {
	switch g.n(9) {
	case 0:
		return dynamic("!%s", g.operand(t, depth-1))
	case 1:
		return dynamic("(%s && %s)", g.dynamicOf(t, depth-1), g.expr(t, depth-1).s)
	case 2:
		return dynamic("(%s || %s)", g.dynamicOf(t, depth-1), g.expr(t, depth-1).s)
	case 3, 4, 5:
		o := g.typeUpTo(1)
		for !o.comparable() {
			o = g.basic()
		}
		ops := []string{"==", "!="}
		if o.ordered() {
			ops = []string{"==", "!=", "<", "<=", ">", ">="}
		}
		return t.named(dynamic("(%s %s %s)", g.operand(o, depth-1), pick(g, ops), g.operand(o, depth-1)))
	case 6:
		k := g.mapKey()
		m := mapOf(k, g.basic())
		return t.named(dynamic("func() bool { _, ok := %s[%s]; return ok }()", g.expr(m, depth-1).s, g.expr(k, depth-1).s))
	case 7:
		to := g.typeUpTo(1)
		return t.named(dynamic("func() bool { _, ok := %s.(%s); return ok }()", g.operand(anyType, depth-1), to.name))
	case 8:
		o := pick(g, []*typ{sliceOf(g.basic()), mapOf(text, integer), pointerTo(integer), failure, anyType, funcOf(integer)})
		return t.named(dynamic("(%s %s nil)", g.operand(o, depth-1), pick(g, []string{"==", "!="})))
	}
	return g.literal(t, depth)
}

// operand is an expression that is safe between operators: typed, not constant.
func (g *gen) operand(t *typ, depth int) string {
	s := g.dynamicOf(t, depth)
	if strings.HasSuffix(s, "}") || strings.Contains(s, "{") {
		return "(" + s + ")"
	}
	return s
}

func (g *gen) arithmetic(t *typ, depth int) ex {
	ops := []string{"+", "-", "*"}
	switch {
	case t.integral():
		ops = append(ops, "/", "%", "&", "|", "^", "&^", "<<", ">>")
	case t.kind != paramKind:
		ops = append(ops, "/")
	}
	switch g.n(8) {
	case 0:
		return dynamic("%s%s", pick(g, unary(t)), g.parenthesised(t, depth-1))
	case 1, 2:
		if t.kind != paramKind {
			return g.converted(t, depth)
		}
	case 3:
		if t.kind != complexKind {
			return dynamic("%s(%s, %s)", pick(g, []string{"min", "max"}), g.dynamicOf(t, depth-1), g.expr(t, depth-1).s)
		}
	}
	op := pick(g, ops)
	left := g.operand(t, depth-1)
	switch op {
	case "/", "%":
		if !t.integral() {
			return dynamic("(%s %s %s)", left, op, g.operand(t, depth-1))
		}
		if t.kind == paramKind || g.chance(50) {
			return dynamic("(%s %s (%s | 1))", left, op, g.operand(t, depth-1))
		}
		return dynamic("(%s %s %d)", left, op, 1+g.n(17))
	case "<<", ">>":
		n := pick(g, []*typ{integer, octet, basics[4], basics[12]})
		if g.chance(30) {
			return dynamic("(%s %s %d)", left, op, g.n(70))
		}
		return dynamic("(%s %s (%s & %d))", left, op, g.operand(n, depth-1), pick(g, []int{3, 7, 31, 63, 127}))
	}
	if g.chance(30) && t.kind != paramKind {
		return dynamic("(%s %s %s)", left, op, g.digits(t))
	}
	return dynamic("(%s %s %s)", left, op, g.operand(t, depth-1))
}

func unary(t *typ) []string {
	if t.integral() {
		return []string{"-", "^", "+"}
	}
	return []string{"-", "+"}
}

func (g *gen) parenthesised(t *typ, depth int) string { return "(" + g.dynamicOf(t, depth) + ")" }

// converted makes a number of another.
func (g *gen) converted(t *typ, depth int) ex {
	if t.kind == complexKind {
		part := double
		if t.bits == 64 {
			part = basics[14]
		}
		e := dynamic("complex(%s, %s)", g.dynamicOf(part, depth-1), g.expr(part, depth-1).s)
		if t.under != nil || g.chance(20) {
			e.s = t.name + "(" + e.s + ")"
		}
		return e
	}
	from := g.basic()
	for !from.numeric() {
		from = g.basic()
	}
	s := g.dynamicOf(from, depth-1)
	switch {
	case from.kind == complexKind:
		part := pick(g, []string{"real", "imag"})
		if t.integral() {
			return dynamic("%s(whole(%s(%s)))", t.name, part, s)
		}
		return dynamic("%s(%s(%s))", t.name, part, s)
	case from.kind == floatKind && t.integral():
		return dynamic("%s(whole(%s))", t.name, s)
	case t.kind == intKind && g.chance(20):
		o := pick(g, []*typ{text, sliceOf(integer), mapOf(text, integer), arrayOf(2, octet)})
		return dynamic("%s(id(len(%s)))", t.name, g.dynamicOf(o, depth-1)) // that of an array may be a constant
	}
	return dynamic("%s(%s)", t.name, s)
}

func (g *gen) words(t *typ, depth int) ex {
	switch g.n(8) {
	case 0, 1:
		return dynamic("(%s + %s)", g.dynamicOf(t, depth-1), g.expr(t, depth-1).s)
	case 2:
		return dynamic("sub(%s, %s, %s)", g.parenthesised(t, depth-1), g.expr(integer, depth-1).s, g.expr(integer, depth-1).s)
	case 3:
		return dynamic("%s([]byte(%s))", t.name, g.expr(t, depth-1).s)
	case 4:
		return dynamic("%s([]rune(%s))", t.name, g.expr(t, depth-1).s)
	case 5:
		return dynamic("%s(rune(%s))", t.name, g.dynamicOf(pick(g, []*typ{letter, integer, octet}), depth-1))
	case 6:
		o := g.typeUpTo(2)
		if g.ctx.leaf && !o.silent() || !o.printable() {
			o = g.simple()
		}
		verb := "%v"
		if o.silent() { // others tell of their package
			verb = g.verb()
		}
		return t.named(dynamic("fmt.Sprintf(%q, %s)", verb, g.expr(o, depth-1).s))
	}
	return g.literal(t, depth)
}

// simple is a type that prints without methods.
func (g *gen) simple() *typ { return pick(g, basics) }

// verb is any that fmt has, with flags, a width and a precision, but for those that print addresses.
func (g *gen) verb() string {
	if g.chance(40) {
		return pick(g, []string{"%v", "%+v", "%#v", "%T"})
	}
	var b strings.Builder
	b.WriteByte('%')
	for _, f := range "+-# 0" {
		if g.chance(15) {
			b.WriteRune(f)
		}
	}
	if g.chance(30) {
		b.WriteString(strconv.Itoa(g.n(14)))
	}
	if g.chance(20) {
		fmt.Fprintf(&b, ".%d", g.n(6))
	}
	return b.String() + string(pick(g, []rune("vvvvvdqxXsgGeEfFbcotUOz")))
}

func (g *gen) sliced(t *typ, depth int) ex {
	switch g.n(6) {
	case 0:
		return dynamic("cut(%s, %s, %s)", g.expr(t, depth-1).s, g.expr(integer, depth-1).s, g.expr(integer, depth-1).s)
	case 1:
		return dynamic("cap3(%s, %s, %s)", g.expr(t, depth-1).s, g.expr(integer, depth-1).s, g.expr(integer, depth-1).s)
	case 2:
		return dynamic("append(%s, %s)", g.fresh(t, depth-1), g.expr(t.elem, depth-1).s)
	case 3:
		return dynamic("append(%s, %s...)", g.fresh(t, depth-1), g.expr(t, depth-1).s)
	case 4:
		if t.elem.name == "byte" || t.elem.name == "rune" {
			return dynamic("%s(%s)", g.typeText(t), g.dynamicOf(text, depth-1))
		}
	}
	return g.literal(t, depth)
}

// fresh is a slice that nothing else has: what is appended to it changes no other.
func (g *gen) fresh(t *typ, depth int) string {
	return fmt.Sprintf("cap3(%s, 0, %d)", g.expr(t, depth).s, g.n(9))
}

// typeText is a type as it stands before a parenthesis.
func (g *gen) typeText(t *typ) string {
	if t.kind == funcKind || t.kind == pointerKind {
		return "(" + t.name + ")"
	}
	return t.name
}
