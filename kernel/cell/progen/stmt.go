package progen

import (
	"fmt"
	"slices"
	"strings"
)

// block writes statements with what ends them: a return, if asked for, and else a use
// of the variables that were declared.
func (g *gen) block(n int, returns bool) string {
	mark := len(g.scope)
	start := g.ctx.start
	g.ctx.start = mark
	g.ctx.nest++
	var b strings.Builder
	for range n {
		b.WriteString("\n" + g.statement())
	}
	b.WriteString("\n" + g.showScope(mark))
	if returns {
		b.WriteString("\n" + g.returned())
	}
	g.ctx.nest--
	g.ctx.start = start
	g.scope = g.scope[:mark]
	return b.String()
}

// returned is a return of the function's results.
func (g *gen) returned() string {
	if len(g.ctx.named) > 0 && g.chance(50) {
		for _, n := range g.ctx.named {
			if i := slices.IndexFunc(g.variables(), func(v *variable) bool { return v.name == n }); i < 0 {
				return "panic(1)"
			}
		}
		return "return"
	}
	var es []string
	for _, r := range g.ctx.results {
		es = append(es, g.expr(r, 2).s)
	}
	return "return " + strings.Join(es, ", ")
}

// showScope uses the variables that were declared since, and shows some.
func (g *gen) showScope(mark int) string {
	var b strings.Builder
	seen := map[string]bool{}
	for i := len(g.scope) - 1; i >= mark; i-- {
		v := g.scope[i]
		if seen[v.name] {
			continue
		}
		seen[v.name] = true
		fmt.Fprintf(&b, "_ = %s\n", v.name)
		if !g.ctx.pure && g.chance(60) {
			b.WriteString(g.show(place{v.name, v.t, true, v.set}))
		}
	}
	return b.String()
}

func (g *gen) showGlobals() string {
	var b strings.Builder
	for _, v := range g.variables() {
		if strings.HasPrefix(v.name, "glob") {
			b.WriteString(g.show(place{v.name, v.t, true, v.set}))
		}
	}
	return b.String()
}

// show prints what can be printed of a value.
func (g *gen) show(p place) string {
	switch {
	case p.t.printable():
		return g.print(p.s) + "\n"
	case p.t.name == "error":
		return g.print("fmt.Sprint("+p.s+")") + "\n"
	case p.t.kind == pointerKind && p.t.elem.printable():
		return g.print(fmt.Sprintf("deref(%s)", p.s)) + "\n"
	case p.t.kind == pointerKind, p.t.kind == funcKind:
		return g.print(p.s+" == nil") + "\n"
	case p.t.kind == interfaceKind && p.set:
		m := pick(g, p.t.methods)
		return g.print(fmt.Sprintf("%s.%s(%s)", p.s, m.name, g.args(m, 1))) + "\n"
	case p.t.kind == structKind:
		var b strings.Builder
		for _, f := range p.t.fields {
			if f.name != "_" {
				b.WriteString(g.show(place{p.s + "." + f.name, f.t, true, false}))
			}
		}
		return b.String()
	case p.t.kind == sliceKind, p.t.kind == mapKind:
		return g.print("len("+p.s+")") + "\n"
	}
	return ""
}

func (g *gen) print(s string) string {
	switch {
	case g.ctx.cost > 12:
		return "mix(" + s + ")"
	case g.chance(35):
		return fmt.Sprintf("fmt.Printf(\"%d %s\\n\", %s)", g.number(), g.verb(), s)
	}
	return fmt.Sprintf("show(%d, %s)", g.number(), s)
}

// statement is one statement, or a few that belong together.
func (g *gen) statement() string {
	deep := g.ctx.nest > 3 || g.ctx.cost > 100
	switch n := g.n(38); {
	case n > 35 && !deep:
		return g.closureDeclaration()
	case n > 33 && !deep:
		return g.wrapped()
	case n < 6 || deep && n > 24:
		return g.declaration()
	case n < 11:
		return g.assignment()
	case n < 13:
		return g.printing()
	case deep:
		return g.assignment()
	case n < 16:
		return g.conditional()
	case n < 20:
		return g.loop()
	case n < 22:
		return g.choice()
	case n == 22:
		return g.typeChoice()
	case n == 23:
		return "{" + g.block(2, false) + "}"
	case n < 26:
		return g.called()
	case n < 28:
		return g.mutation()
	case n == 28:
		return g.branch()
	default:
		if g.ctx.pure {
			return g.assignment()
		}
		if g.chance(45) {
			return g.risk()
		}
		return g.idiom()
	}
}

// declared finds a name for a new variable of the block.
func (g *gen) declared() string {
	if g.ctx.nest > 1 && g.chance(60) {
		if n := g.local(); !slices.ContainsFunc(g.scope[g.ctx.start:], func(v *variable) bool { return v.name == n }) {
			return n
		}
	}
	return g.name("v")
}

func (g *gen) declaration() string {
	t := g.typeUpTo(2)
	name := g.declared()
	v := &variable{name: name, t: t}
	if t.kind == interfaceKind && len(t.methods) > 0 {
		e := g.holding(t, 2)
		v.set = !strings.HasSuffix(e.s, "(nil)")
		g.scope = append(g.scope, v)
		return fmt.Sprintf("var %s %s = %s", name, t.name, e.s)
	}
	e := g.expr(t, 3)
	after := []*variable{v}
	defer func() { g.scope = append(g.scope, after...) }()
	switch g.n(9) {
	case 0:
		return fmt.Sprintf("var %s %s", name, t.name)
	case 1, 2:
		return fmt.Sprintf("var %s %s = %s", name, t.name, e.s)
	case 3:
		if e.constant && t.kind <= stringKind {
			name = g.name("k")
			v.name, v.fixed = "id("+name+")", true
			return fmt.Sprintf("const %s %s = %s", name, t.name, e.s)
		}
	case 4:
		if t.integral() && t.kind != paramKind {
			return fmt.Sprintf("var %s %s = 1 << (%s & 15)", name, t.name, g.operand(octet, 2))
		}
	case 5:
		o := &variable{name: g.name("v"), t: g.typeUpTo(1)}
		after = append(after, o)
		return fmt.Sprintf("var %s, %s = %s(%s), %s(%s)", name, o.name, g.typeText(t), e.s, g.typeText(o.t), g.expr(o.t, 2).s)
	case 6:
		if t.kind != paramKind {
			ok := &variable{name: g.name("ok"), t: boolean}
			after = append(after, ok)
			return fmt.Sprintf("%s, %s := %s.(%s)", name, ok.name, g.operand(anyType, 2), t.name)
		}
	case 7:
		if p, ok := g.lvalue(); ok && p.t.kind != paramKind {
			v.t = pointerTo(p.t)
			return fmt.Sprintf("%s := &%s", name, p.s)
		}
	}
	return fmt.Sprintf("%s := %s(%s)", name, g.typeText(t), e.s)
}

// lvalue is something that can be assigned to and has an address.
func (g *gen) lvalue() (place, bool) {
	var ps []place
	for _, p := range g.places() {
		if p.assign && !p.set && (p.t.kind != interfaceKind || len(p.t.methods) == 0) {
			ps = append(ps, p)
		}
	}
	if len(ps) == 0 {
		return place{}, false
	}
	return pick(g, ps), true
}

// bounded is an expression that does not grow without end when it is assigned again and again.
func (g *gen) bounded(t *typ, depth int) string {
	s := g.expr(t, depth).s
	switch t.kind {
	case stringKind:
		return "clip(" + t.name + "(" + s + "))"
	case sliceKind:
		return "cut(" + s + ", 0, 11)"
	}
	return s
}

func (g *gen) assignment() string {
	p, ok := g.lvalue()
	if !ok {
		return g.declaration()
	}
	if p.t.numeric() && g.chance(50) {
		ops := []string{"+", "-", "*"}
		if p.t.integral() {
			ops = []string{"+", "-", "*", "|", "&", "^", "&^", "<<", ">>", "/", "%"}
		}
		switch op := pick(g, ops); {
		case g.chance(20) && p.t.kind != complexKind:
			return p.s + pick(g, []string{"++", "--"})
		case op == "<<" || op == ">>":
			return fmt.Sprintf("%s %s= %s & 31", p.s, op, g.operand(pick(g, []*typ{integer, octet}), 2))
		case op == "/" || op == "%":
			return fmt.Sprintf("%s %s= %s | 1", p.s, op, g.operand(p.t, 2))
		default:
			return fmt.Sprintf("%s %s= %s", p.s, op, g.expr(p.t, 2).s)
		}
	}
	if g.chance(15) {
		if s, ok := g.multiple(p); ok {
			return s
		}
	}
	if g.chance(20) {
		if q, _ := g.lvalue(); q.s != p.s && !strings.HasPrefix(q.s, p.s) && !strings.HasPrefix(p.s, q.s) {
			return fmt.Sprintf("%s, %s = %s, %s", p.s, q.s, g.bounded(p.t, 2), g.bounded(q.t, 2))
		}
	}
	if p.t.kind == stringKind && g.chance(30) {
		return fmt.Sprintf("%s += %s; %s = clip(%s)", p.s, g.expr(p.t, 2).s, p.s, p.s)
	}
	return fmt.Sprintf("%s = %s", p.s, g.bounded(p.t, 3))
}

// multiple assigns several values of one expression, or of one after the other.
func (g *gen) multiple(p place) (string, bool) {
	find := func(t *typ) (string, bool) {
		for range 8 {
			if q, _ := g.lvalue(); q.t != nil && q.t.name == t.name && q.s != p.s && !strings.HasPrefix(q.s, p.s) && !strings.HasPrefix(p.s, q.s) {
				return q.s, true
			}
		}
		return "_", g.chance(50)
	}
	if p.t.kind == paramKind || p.t.kind == stringKind || p.t.kind == sliceKind {
		return "", false
	}
	switch g.n(3) {
	case 0:
		ok, found := find(boolean)
		k := g.mapKey()
		return fmt.Sprintf("%s, %s = (%s)[%s]", p.s, ok, g.expr(mapOf(k, p.t), 2).s, g.expr(k, 2).s), found
	case 1:
		if p.t.kind == interfaceKind {
			return "", false
		}
		ok, found := find(boolean)
		return fmt.Sprintf("%s, %s = (%s).(%s)", p.s, ok, g.expr(anyType, 2).s, p.t.name), found
	default:
		i, found := find(integer)
		return fmt.Sprintf("for %s, %s = range (%s) { }", i, p.s, g.expr(sliceOf(p.t), 2).s), found
	}
}

func (g *gen) printing() string {
	if g.ctx.pure {
		return g.assignment()
	}
	if ps := g.places(); len(ps) > 0 && g.chance(60) {
		return g.show(pick(g, ps))
	}
	t := g.typeUpTo(2)
	for !t.printable() {
		t = g.basic()
	}
	return g.print(g.expr(t, 4).s)
}

func (g *gen) condition() string { return "(" + g.expr(boolean, 3).s + ")" }

// inner writes a block that runs often.
func (g *gen) inner(often, n int, vs ...*variable) string {
	saved := g.ctx
	mark := len(g.scope)
	g.ctx.cost *= often
	g.scope = append(g.scope, vs...)
	body := g.block(n, false)
	g.scope = g.scope[:mark]
	g.ctx = saved
	used := ""
	for _, v := range vs {
		used += "\n_ = " + v.name
	}
	return "{" + used + body + "}"
}

// body is a block in a function literal.
func (g *gen) body(n int, results []*typ) string {
	saved := g.ctx
	g.ctx.results, g.ctx.named, g.ctx.loops = results, nil, nil
	g.ctx.cost *= 2
	b := g.block(n, len(results) > 0)
	g.ctx = saved
	return "{" + b + "}"
}

// closureDeclaration declares a function that may change the variables around it. Its type
// has a name of its own, so that no expression has a call of it.
func (g *gen) closureDeclaration() string {
	v := &variable{name: g.name("fn"), fixed: true}
	t := g.funcType(1)
	mark := len(g.scope)
	params := g.parameters(t.params, false)
	body := g.body(1+g.n(3), []*typ{t.result})
	g.scope = g.scope[:mark]
	v.t = &typ{name: v.name, kind: funcKind, params: t.params, result: t.result}
	g.scope = append(g.scope, v)
	return fmt.Sprintf("%s := func(%s) %s %s", v.name, params, t.result.name, body)
}

// wrapped runs blocks in functions: deferred, in a goroutine, by an iterator.
func (g *gen) wrapped() string {
	body := g.body(1+g.n(2), nil)
	switch g.n(5) {
	case 0:
		return "func() { defer func() " + body + "()\n" + strings.Trim(g.body(1, nil), "{}") + "}()"
	case 1:
		done := g.name("done")
		return fmt.Sprintf("%s := make(chan bool)\ngo func() { defer close(%s)\n %s }()\n<-%s", done, done, body, done)
	case 2:
		return "for range func(yield func() bool) { defer func() " + g.body(1, nil) + "(); _ = yield() && yield() } " + body
	case 3:
		return "func(again func()) { again(); again() }(func() " + body + ")"
	}
	return "func() " + body + "()"
}

func (g *gen) conditional() string {
	s := "if " + g.condition() + " " + g.inner(1, 1+g.n(2))
	if g.chance(30) {
		v := &variable{name: g.local(), t: g.basic()}
		init := g.expr(v.t, 2).s
		g.scope = append(g.scope, v)
		cond := g.condition()
		s = fmt.Sprintf("if %s := %s(%s); %s %s", v.name, v.t.name, init, cond, g.inner(1, 1, v))
		defer func(n int) { g.scope = g.scope[:n] }(len(g.scope) - 1)
	}
	switch g.n(3) {
	case 0:
		s += " else " + g.inner(1, 1)
	case 1:
		s += " else if " + g.condition() + " " + g.inner(1, 1) + " else " + g.inner(1, 1)
	}
	return s
}

// labelled puts a label before a loop whose body uses it.
func labelled(label, loop string) string {
	if strings.Contains(loop, "break "+label+"\n") || strings.Contains(loop, "continue "+label+"\n") || strings.Contains(loop, "goto "+label+"\n") {
		return label + ":\n" + loop
	}
	return loop
}

func (g *gen) loop() string {
	label := g.name("L")
	saved := g.ctx.loops
	g.ctx.loops = append(slices.Clone(saved), label)
	defer func() { g.ctx.loops = saved }()
	return labelled(label, g.loopText())
}

func (g *gen) loopText() string {
	n := 1 + g.n(4)
	i := &variable{name: g.local(), t: integer, fixed: true}
	e := &variable{name: g.name("e"), t: g.typeUpTo(1)}
	switch g.n(11) {
	case 0, 1:
		step := pick(g, []string{"%s++", "%s += 2", "%s, _ = %[1]s+1, 0"})
		return fmt.Sprintf("for %[1]s := 0; %[1]s < %[2]d; %[3]s %[4]s", i.name, n, fmt.Sprintf(step, i.name), g.inner(n, 2, i))
	case 2:
		fuel := g.name("fuel")
		cond := g.condition()
		body := g.inner(n, 2)
		return fmt.Sprintf("for %s := %d; %s > 0 && %s; %s-- %s", fuel, n, fuel, cond, fuel, body)
	case 3:
		return fmt.Sprintf("for %s := range %d %s", i.name, n, g.inner(n, 2, i))
	case 4:
		i.t = pick(g, []*typ{basics[4], octet, basics[7], integer})
		return fmt.Sprintf("for %s := range (%s & 3) %s", i.name, g.operand(i.t, 2), g.inner(n, 2, i))
	case 5:
		s := g.expr(sliceOf(e.t), 2).s
		return fmt.Sprintf("for %s, %s := range (%s) %s", i.name, e.name, s, g.inner(4, 2, i, e))
	case 6:
		a := arrayOf(n, e.t)
		star := ""
		if g.chance(40) {
			a, star = pointerTo(a), "deref"
		}
		return fmt.Sprintf("for %s, %s := range %s(%s) %s", i.name, e.name, star, g.expr(a, 2).s, g.inner(n, 2, i, e))
	case 7:
		e.t = letter
		return fmt.Sprintf("for %s, %s := range clip(%s) %s", i.name, e.name, g.expr(text, 2).s, g.inner(5, 2, i, e))
	case 8:
		m := mapOf(pick(g, []*typ{text, integer, octet}), e.t)
		i.t = m.key
		v := g.name("m")
		s := g.expr(m, 2).s
		mv := &variable{name: v, t: m, fixed: true}
		body := g.inner(4, 2, i, mv)
		return fmt.Sprintf("for %s := (%s); len(%s) > 0; %s = nil { for _, %s := range keys(%s) %s }", v, s, v, v, i.name, v, body)
	case 9:
		it := fmt.Sprintf("func(yield func(int, %s) bool) { for turn := range %d { if !yield(turn*2, %s) { return } } }", e.t.name, n, g.expr(e.t, 1).s)
		return fmt.Sprintf("for %s, %s := range %s %s", i.name, e.name, it, g.inner(n, 2, i, e))
	default:
		it := fmt.Sprintf("slices.Values(%s)", g.expr(sliceOf(e.t), 2).s)
		return fmt.Sprintf("for %s := range %s %s", e.name, it, g.inner(4, 2, e))
	}
}

// branch leaves a loop or a function before its end.
func (g *gen) branch() string {
	switch {
	case len(g.ctx.loops) > 0 && g.chance(70):
		label := pick(g, g.ctx.loops)
		return fmt.Sprintf("if %s { %s %s\n }", g.condition(), pick(g, []string{"break", "continue"}), label)
	case len(g.ctx.loops) > 0:
		return fmt.Sprintf("if %s { continue }", g.condition())
	case len(g.ctx.results) > 0:
		return fmt.Sprintf("if %s { %s }", g.condition(), g.returned())
	}
	return g.jump()
}

// jump is a loop by goto.
func (g *gen) jump() string {
	label, n := g.name("J"), g.name("n")
	return fmt.Sprintf("%s := 0\n%s:\nif %s < %d { %s\n%s++; goto %s }", n, label, n, 1+g.n(3), g.inner(3, 1), n, label)
}

func (g *gen) choice() string {
	var b strings.Builder
	t := pick(g, []*typ{integer, octet, text, boolean, basics[4], g.basic()})
	if !t.integral() && t.kind != stringKind {
		t = boolean
	}
	switch {
	case t.kind == boolKind && g.chance(60):
		b.WriteString("switch {\n")
		for range 1 + g.n(3) {
			fmt.Fprintf(&b, "case %s:%s\n", g.dynamicOf(boolean, 2), g.clause())
		}
	default:
		fmt.Fprintf(&b, "switch (%s) {\n", g.dynamicOf(t, 3))
		for i := range 1 + g.n(3) {
			v := fmt.Sprint(i*3, ", ", i*3+2)
			switch t.kind {
			case stringKind:
				v = fmt.Sprintf("%q, %q", string(rune('a'+i)), strings.Repeat("G", i))
			case boolKind:
				v = g.dynamicOf(t, 2)
			}
			fmt.Fprintf(&b, "case %s:%s\n", v, g.clause())
			if g.chance(20) {
				b.WriteString("fallthrough\n")
			}
		}
	}
	s := b.String()
	if strings.HasSuffix(s, "fallthrough\n") || g.chance(50) {
		s += "default:" + g.clause() + "\n"
	}
	return s + "}"
}

func (g *gen) clause() string {
	s := g.inner(1, 1)
	return strings.TrimSuffix(strings.TrimPrefix(s, "{"), "}")
}

func (g *gen) typeChoice() string {
	var b strings.Builder
	v := &variable{name: g.local(), fixed: false}
	held := g.typeUpTo(2)
	fmt.Fprintf(&b, "switch %s := any(%s).(type) {\n", v.name, g.expr(held, 2).s)
	seen := map[string]bool{"byte": true, "rune": true}
	for range 1 + g.n(4) {
		t := g.typeUpTo(1)
		if seen[t.name] || strings.Contains(t.name, "byte") || strings.Contains(t.name, "rune") || strings.Contains(t.name, "struct") || !t.concrete() {
			continue
		}
		seen[t.name] = true
		v.t = t
		if t.kind == interfaceKind && (len(t.methods) > 0 || !held.printable()) {
			fmt.Fprintf(&b, "case %s:\n_ = %s\n", t.name, v.name)
			continue
		}
		fmt.Fprintf(&b, "case %s:\n_ = %s\n%s\n", t.name, v.name, g.inner(1, 1, v))
	}
	fmt.Fprintf(&b, "case nil:\n_ = %s\n", v.name)
	if g.chance(60) {
		fmt.Fprintf(&b, "default:%s\n", g.inner(1, 1, &variable{name: v.name, t: &typ{name: v.name + " held", kind: interfaceKind}, fixed: true}))
	}
	return b.String() + "}"
}

// called calls a function for its effects.
func (g *gen) called() string {
	for range 6 {
		if len(g.funcs) == 0 {
			break
		}
		f := pick(g, g.funcs)
		if g.ctx.pure && !f.pure || g.ctx.leaf && !f.leaf || !g.affords(f.cost) {
			continue
		}
		var arg *typ
		results := f.results
		if f.param != nil {
			arg = g.typeArgument(f.param.class)
			results = substAll(results, f.param, arg)
		}
		call := g.callText(f, arg, 2)
		if len(results) == 0 || g.chance(15) && results[len(results)-1].name != "error" { // an error would end the cell
			if g.ctx.pure {
				return call
			}
			return pick(g, []string{call, "func() { defer " + call + " }()", "func() { defer func() { " + call + " }() }()"})
		}
		var vs []string
		var after []*variable
		for _, r := range results {
			v := &variable{name: g.name("v"), t: r}
			after = append(after, v)
			vs = append(vs, v.name)
		}
		g.scope = append(g.scope, after...)
		return strings.Join(vs, ", ") + " := " + call
	}
	return g.assignment()
}

// mutation changes something through a reference.
func (g *gen) mutation() string {
	if g.ctx.pure {
		return g.assignment()
	}
	var ss []string
	for _, p := range g.places() {
		switch p.t.kind {
		case sliceKind:
			if p.t.elem.kind == interfaceKind && len(p.t.elem.methods) > 0 {
				continue
			}
			ss = append(ss,
				fmt.Sprintf("put(%s, %s, %s)", p.s, g.expr(integer, 2).s, g.expr(p.t.elem, 2).s),
				fmt.Sprintf("if len(%s) > 1 { %s[0], %s[1] = %s[1], %s[0] }", p.s, p.s, p.s, p.s, p.s),
				fmt.Sprintf("copy(%s, %s)", p.s, g.expr(p.t, 2).s), fmt.Sprintf("clear(cut(%s, 1, 2))", p.s))
			if p.assign {
				ss = append(ss, fmt.Sprintf("if len(%s) < 9 { %s = append(%s, %s) }", p.s, p.s, p.s, g.expr(p.t.elem, 2).s))
			}
			if p.t.elem.numeric() {
				i := g.name("i")
				ss = append(ss, fmt.Sprintf("for %s := range %s { %s[%s] += %s }", i, p.s, p.s, i, g.expr(p.t.elem, 2).s))
			}
		case mapKind:
			k := g.expr(p.t.key, 2).s
			ss = append(ss, fmt.Sprintf("if %s != nil { %s[%s] = %s }", p.s, p.s, k, g.bounded(p.t.elem, 2)), fmt.Sprintf("delete(%s, %s)", p.s, k))
			if p.t.elem.numeric() && p.t.elem.kind != complexKind {
				ss = append(ss, fmt.Sprintf("if %s != nil { %s[%s]++ }", p.s, p.s, k))
			}
		case pointerKind:
			if p.t.elem.kind == interfaceKind && len(p.t.elem.methods) > 0 {
				continue
			}
			ss = append(ss, fmt.Sprintf("if %s != nil { *%s = %s }", p.s, p.s, g.bounded(p.t.elem, 2)))
			for _, f := range p.t.elem.fields {
				if f.name != "_" && (f.t.kind != interfaceKind || len(f.t.methods) == 0) {
					ss = append(ss, fmt.Sprintf("if %s != nil { %s.%s = %s }", p.s, p.s, f.name, g.bounded(f.t, 2)))
				}
			}
		case funcKind:
			call := fmt.Sprintf("%s(%s)", p.s, g.args(method{params: p.t.params}, 2))
			switch {
			case p.t.result == nil:
			case p.t.result.printable():
				call = g.print(call)
			case p.t.result.name == "error": // it would end the cell
				call = "_ = " + call
			}
			ss = append(ss, fmt.Sprintf("if %s != nil { %s }", p.s, call))
		}
		if p.assign && p.t.kind != interfaceKind {
			for _, m := range p.t.methods {
				if m.pointer && g.affords(m.cost) {
					ss = append(ss, fmt.Sprintf("%s.%s(%s)", p.s, m.name, g.args(m, 2)))
				}
			}
		}
	}
	if len(ss) == 0 {
		return g.assignment()
	}
	return pick(g, ss)
}
