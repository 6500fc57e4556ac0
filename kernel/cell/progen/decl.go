package progen

import (
	"fmt"
	"strings"
)

// function is a function at the top level that can be called.
type function struct {
	name     string
	param    *typ // its type parameter
	params   []*typ
	variadic bool // the last of params may come any number of times
	results  []*typ
	pure     bool
	leaf     bool
	cost     int
}

// argument finds the type that has to stand for the type parameter of a function to
// have a result.
func (g *gen) argument(f *function, want *typ) (*typ, bool) {
	r := f.results[0]
	if f.param == nil || r.concrete() {
		if r.name != want.name {
			return nil, false
		}
		if f.param == nil {
			return nil, true
		}
		return g.typeArgument(f.param.class), true
	}
	arg := want
	if r.name != f.param.name {
		arg = want.elem
		if want.under != nil || arg == nil || want.kind != r.kind {
			return nil, false
		}
	}
	return arg, allowed(f.param.class, arg)
}

// signatures makes the methods that types may have and interfaces may ask for.
func (g *gen) signatures() {
	for i := range 5 {
		m := method{name: fmt.Sprint("M", i), pure: i != 4, cost: 3}
		for range g.n(3) {
			m.params = append(m.params, pick(g, basics))
		}
		m.result = pick(g, basics[:6])
		g.sigs = append(g.sigs, m)
	}
	g.sigs = append(g.sigs, method{name: "String", result: text, pure: true, cost: 3}, method{name: "Error", result: text, pure: true, cost: 3})
}

func (g *gen) add(text, stub string) { g.decls = append(g.decls, Part{Text: text, stub: stub}) }

// declare adds a declaration, with its methods.
func (g *gen) declare() {
	switch g.n(14) {
	case 0, 1:
		g.declareStruct()
	case 2:
		g.declareEnum()
	case 3:
		g.declareNamed()
	case 4:
		g.declareInterface()
	case 5:
		g.declareGenericType()
	case 6, 7:
		g.declareFunction(true)
	case 8, 9:
		g.declareFunction(false)
	case 10, 11:
		g.declareGenericFunction()
	case 12:
		g.declareGlobal()
	case 13:
		g.add(g.idiomDecl(), "")
	}
}

func (g *gen) declareStruct() {
	name := g.name("S")
	var fields []field
	var b strings.Builder
	embedded := map[string]bool{}
	for range g.n(5) {
		f := field{name: g.name(pick(g, []string{"F", "f"})), t: g.typeUpTo(2)}
		if g.chance(25) && len(g.types) > 0 {
			t := pick(g, g.types)
			if t.kind != interfaceKind && t.kind != pointerKind && !strings.Contains(t.name, "[") && len(embedded) < 2 && !embedded[t.name] {
				embedded[t.name] = true
				f = field{name: t.name, t: t, embedded: true}
			}
		}
		if g.chance(4) {
			f = field{name: "_", t: integer}
		}
		fields = append(fields, f)
		switch {
		case f.embedded:
			fmt.Fprintf(&b, "\n\t%s", f.t.name)
		case g.chance(10):
			fmt.Fprintf(&b, "\n\t%s %s `k:\"v\"`", f.name, f.t.name)
		default:
			fmt.Fprintf(&b, "\n\t%s %s", f.name, f.t.name)
		}
	}
	t := derive(name, &typ{name: "struct {" + b.String() + "\n}", kind: structKind, fields: fields})
	t.methods = promotedMethods(fields)
	g.add(fmt.Sprintf("type %s %s", name, t.under.name), "")
	g.finish(t)
}

// promotedMethods are those of embedded fields that are not ambiguous.
func promotedMethods(fields []field) []method {
	count := map[string]int{}
	for _, f := range fields {
		count[f.name]++
		if f.embedded {
			for _, m := range f.t.methods {
				count[m.name]++
			}
		}
	}
	var ms []method
	for _, f := range fields {
		if f.embedded {
			for _, m := range f.t.methods {
				if count[m.name] == 1 {
					ms = append(ms, m)
				}
			}
		}
	}
	return ms
}

// finish gives a type methods and makes it known.
func (g *gen) finish(t *typ) {
	g.types = append(g.types, t)
	if t.kind == pointerKind || t.kind == interfaceKind {
		return
	}
	for _, m := range g.sigs {
		if !g.chance(30) {
			continue
		}
		m.pointer = !m.pure || g.chance(15) && m.name != "String" && m.name != "Error"
		g.method(t, m)
	}
}

func (g *gen) method(t *typ, m method) {
	for i, f := range t.methods {
		if f.name == m.name {
			t.methods = append(t.methods[:i:i], t.methods[i+1:]...)
			break
		}
	}
	saved := g.ctx
	g.ctx = setting{pure: true, leaf: true, cost: 10, results: []*typ{m.result}}
	mark := len(g.scope)
	outer := g.scope
	star, recv := "", &variable{name: "recv", t: t, fixed: m.pure}
	if m.pointer {
		star, recv.name = "*", "(*recv)"
	}
	g.scope = []*variable{recv}
	head := fmt.Sprintf("func (recv %s%s) %s(%s) %s", star, t.name, m.name, g.parameters(m.params, false), m.result.name)
	body := g.block(1+g.n(2), true)
	g.scope = outer[:mark]
	g.ctx = saved
	g.add(head+" {"+body+"\n}", head+" { panic(\"old\") }")
	t.methods = append(t.methods, m)
}

// parameters declares parameters in the scope.
func (g *gen) parameters(ts []*typ, variadic bool) string {
	var ps []string
	for i, t := range ts {
		v := &variable{name: g.name("p"), t: t}
		name := t.name
		if variadic && i == len(ts)-1 {
			v.t = sliceOf(t)
			name = "..." + name
		}
		g.scope = append(g.scope, v)
		ps = append(ps, v.name+" "+name)
	}
	return strings.Join(ps, ", ")
}

func (g *gen) declareEnum() {
	name := g.name("E")
	var under *typ
	for under == nil || !under.integral() || under.under != nil || under.name == "uintptr" {
		under = pick(g, basics)
	}
	t := derive(name, under)
	init := pick(g, []string{"iota", "iota + 1", "1 << iota", "iota * 3", "100 - iota", "(iota + 2) % 5"})
	c := g.name("c")
	g.add(fmt.Sprintf("type %s %s\n\nconst (\n\t%s_a %s = %s\n\t%s_b\n\t_\n\t%s_c\n\t%s_d, %s_e = iota, \"s\"\n)", name, under.name, c, name, init, c, c, c, c), "")
	for _, n := range []string{"_a", "_b", "_c"} {
		g.scope = append(g.scope, &variable{name: "id(" + c + n + ")", t: t, fixed: true})
	}
	g.finish(t)
}

func (g *gen) declareNamed() {
	t := g.typeUpTo(2)
	for t.kind == interfaceKind || t.kind == pointerKind || t.under != nil {
		t = g.typeUpTo(2)
	}
	if t.kind == boolKind && g.chance(50) {
		t = sliceOf(t)
	}
	name := g.name("N")
	g.add(fmt.Sprintf("type %s %s", name, t.name), "")
	g.finish(derive(name, t))
}

func (g *gen) declareInterface() {
	name := g.name("I")
	t := &typ{name: name, kind: interfaceKind}
	var b strings.Builder
	if len(g.ifs) > 0 && g.chance(40) {
		base := pick(g, g.ifs)
		fmt.Fprintf(&b, "\n\t%s", base.name)
		t.methods = append(t.methods, base.methods...)
	}
	for _, m := range g.sigs {
		if _, ok := t.method(m.name); ok || !g.chance(25) {
			continue
		}
		fmt.Fprintf(&b, "\n\t%s(%s) %s", m.name, names(m.params), m.result.name)
		t.methods = append(t.methods, m)
	}
	if len(t.methods) == 0 {
		m := g.sigs[0]
		fmt.Fprintf(&b, "\n\t%s(%s) %s", m.name, names(m.params), m.result.name)
		t.methods = append(t.methods, m)
	}
	t.under = &typ{name: "interface {" + b.String() + "\n}", kind: interfaceKind, methods: t.methods}
	g.add(fmt.Sprintf("type %s %s", name, t.under.name), "")
	g.ifs = append(g.ifs, t)
	g.types = append(g.types, t)
}

var classes = []string{"any", "comparable", "cmp.Ordered", "Number", "Number", "Integer"}

func (g *gen) declareGenericType() {
	name := g.name("G")
	param := &typ{name: "T", kind: paramKind, class: pick(g, classes)}
	fields := []field{{name: g.name("F"), t: param}}
	for range g.n(3) {
		fields = append(fields, field{name: g.name("f"), t: pick(g, []*typ{param, sliceOf(param), mapOf(text, param), integer, arrayOf(2, param), g.basic()})})
	}
	under := structOf(fields...)
	generic := derive(name+"[T]", under)
	g.add(fmt.Sprintf("type %s[T %s] %s", name, param.class, under.name), "")
	var methods []method
	for _, m := range []method{
		{name: "Get", params: []*typ{integer}, result: param, pure: true},
		{name: "Put", params: []*typ{param}, result: param, pointer: true},
	} {
		m.cost = 3
		g.method(generic, m)
		methods = append(methods, m)
	}
	for range 1 + g.n(2) {
		arg := g.typeArgument(param.class)
		var fs []field
		for _, f := range fields {
			fs = append(fs, field{name: f.name, t: subst(f.t, param, arg)})
		}
		t := derive(fmt.Sprintf("%s[%s]", name, arg.name), structOf(fs...))
		for _, m := range methods {
			m.params, m.result = substAll(m.params, param, arg), subst(m.result, param, arg)
			t.methods = append(t.methods, m)
		}
		g.types = append(g.types, t)
	}
}

// enter begins the body of a function at the top level.
func (g *gen) enter(f *function) (leave func()) {
	ctx, scope := g.ctx, g.scope
	g.ctx = setting{pure: f.pure, leaf: f.leaf, traced: !f.pure, cost: 5, results: f.results}
	g.scope = nil
	for _, v := range scope {
		if !f.pure || strings.HasPrefix(v.name, "id(") { // a pure function reads no variable that may change between two calls
			g.scope = append(g.scope, v)
		}
	}
	return func() { g.ctx, g.scope = ctx, scope }
}

func (g *gen) resultText(f *function) string {
	if len(f.results) > 0 && g.chance(35) {
		var rs []string
		for _, r := range f.results {
			v := &variable{name: g.name("r"), t: r}
			g.ctx.named = append(g.ctx.named, v.name)
			g.scope = append(g.scope, v)
			rs = append(rs, v.name+" "+r.name)
		}
		return "(" + strings.Join(rs, ", ") + ")"
	}
	if len(f.results) == 1 {
		return f.results[0].name
	}
	return "(" + names(f.results) + ")"
}

func (g *gen) declareFunction(pure bool) {
	f := &function{name: g.name("f"), pure: pure, cost: 10}
	f.leaf = pure && g.chance(40)
	for range g.n(4) {
		f.params = append(f.params, g.typeUpTo(2))
	}
	f.variadic = len(f.params) > 0 && g.chance(20)
	for range g.n(3) {
		f.results = append(f.results, g.typeUpTo(2))
	}
	if pure {
		f.results = []*typ{g.typeUpTo(2)}
	}
	leave := g.enter(f)
	params := g.parameters(f.params, f.variadic)
	head := fmt.Sprintf("func %s(%s) %s", f.name, params, g.resultText(f))
	body := g.block(2+g.n(4), true)
	if !pure && g.chance(40) {
		body = g.deferred() + body
	}
	leave()
	g.add(head+" {"+body+"\n}", head+" { panic(\"old\") }")
	g.funcs = append(g.funcs, f)
}

func (g *gen) declareGenericFunction() {
	f := &function{name: g.name("g"), pure: true, cost: 10}
	f.param = &typ{name: "T", kind: paramKind, class: pick(g, classes)}
	t := f.param
	kinds := []*typ{t, t, sliceOf(t), integer, mapOf(text, t), funcOf(t, t), text, pointerTo(t), arrayOf(2, t)}
	f.params = []*typ{t}
	for range g.n(3) {
		f.params = append(f.params, pick(g, kinds))
	}
	f.variadic = g.chance(20)
	f.results = []*typ{pick(g, []*typ{t, t, t, sliceOf(t), pointerTo(t), boolean, text, integer})}
	leave := g.enter(f)
	params := g.parameters(f.params, f.variadic)
	head := fmt.Sprintf("func %s[T %s](%s) %s", f.name, f.param.class, params, g.resultText(f))
	body := g.block(2+g.n(3), true)
	leave()
	g.add(head+" {"+body+"\n}", head+" { panic(\"old\") }")
	g.funcs = append(g.funcs, f)
}

func (g *gen) declareGlobal() {
	v := &variable{name: g.name("glob"), t: g.typeUpTo(2)}
	saved := g.ctx
	g.ctx = setting{pure: true, cost: 10}
	scope := g.scope
	g.scope = nil
	init := g.expr(v.t, 3).s
	g.scope = scope
	g.ctx = saved
	g.add(fmt.Sprintf("var %s %s = %s", v.name, v.t.name, init), "")
	g.scope = append(g.scope, v)
}
