package lower

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// val is an expression for a value.
func (f *function) val(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value == nil {
			if t := f.typ(v.Type()); t != "interface{}" {
				return f.zeroVar(t)
			}
		}
		return f.constant(v)
	case *ssa.Function:
		if f.isCut(v.Type()) {
			return "rt.I(" + f.funcValue(v) + ")"
		}
		return f.funcValue(v)
	case *ssa.Global:
		return "(&" + f.globalPlace(v) + ")"
	}
	if n, ok := f.locals[v]; ok {
		return "(&" + n + ")"
	}
	if n, ok := f.names[v]; ok {
		return n
	}
	panic(fmt.Sprintf("no value for %s %T in %s", v.Name(), v, f.fn))
}

// open is a value as its underlying type, if it is of a cut one.
func (f *function) open(v ssa.Value) string {
	if !f.isCut(v.Type()) {
		return f.val(v)
	}
	ty, x := f.raw(v.Type()), f.val(v)
	if _, ok := v.(*ssa.Const); ok { // nil
		return f.zeroVar(ty)
	}
	t := f.temp(ty)
	switch v.Type().Underlying().(type) {
	case *types.Pointer, *types.Signature:
		f.p("if %s == nil {\n\t\trt.Nil()\n\t}\n\t%s = %s.(%s)", x, t, x, ty)
	default: // a nil slice, map or channel can be worked with
		f.p("if %s == nil {\n\t\t%s = nil\n\t} else {\n\t\t%s = %s.(%s)\n\t}", x, t, t, x, ty)
	}
	return t
}

// whole is the reverse of open: an expression of a type's underlying one as a value of it.
func (f *function) whole(t types.Type, expr string) string {
	if f.isCut(t) {
		return "rt.Cut(" + expr + ")"
	}
	return expr
}

func (f *function) globalPlace(g *ssa.Global) string {
	if f.bodies[g.Pkg.Pkg] {
		return f.global(g)
	}
	if !f.hasSymbol(g.Pkg.Pkg, g.Name()) {
		panic(&Unsupported{f.pos, "variable " + g.String() + " is not among the compiled symbols"})
	}
	return f.use(g.Pkg.Pkg) + "." + g.Name()
}

// funcValue is a function as a value: a variable that the init function sets,
// since a function that yaegi has not met yet becomes a value that does nothing.
// A function literal is written before the function that it stands in, and is
// assigned where it is used: a variable of the chunk would keep it for ever.
func (f *function) funcValue(fn *ssa.Function) string {
	n := f.named(fn)
	sg := fn.Signature
	params := f.params(sg)
	if sg.Recv() != nil {
		params = append([]string{f.typ(sg.Recv().Type())}, params...)
	}
	ty := fmt.Sprintf("func(%s)%s", strings.Join(params, ", "), f.results(sg))
	if fn.Parent() == f.fn {
		v := f.temp(ty)
		f.p("%s = %s", v, n)
		return v
	}
	if !f.values[n] {
		f.values[n] = true
		f.later(func() { delete(f.values, n) })
		f.declare("var V%s %s", n, ty)
		f.register("V%s = %s", n, n)
		named := fn
		if m, ok := fn.Object().(*types.Func); ok && !compiled(fn) && fn.Synthetic != "" && fn.Origin() == nil { // T.M
			named = f.prog.FuncValue(m)
		}
		if named != nil && fn.Parent() == nil {
			f.register("rt.Func(V%s, %q, %d)", n, goName(named), named.Pos())
		}
	}
	return "V" + n
}

// named is the lowered name of a function; a compiled one gets a wrapper.
func (f *function) named(fn *ssa.Function) string {
	if !compiled(fn) {
		return f.funcName(fn)
	}
	if n, ok := f.funcs[fn]; ok {
		return n
	}
	n := fmt.Sprintf("F%d_%s", f.fresh(), sanitize(fn.Name()))
	f.setFunc(fn, n)
	var params, args []string
	add := func(t types.Type) {
		a := "a" + strconv.Itoa(len(args))
		args = append(args, a)
		params = append(params, a+" "+f.typ(t))
	}
	if r := fn.Signature.Recv(); r != nil {
		add(r.Type())
	}
	for v := range fn.Signature.Params().Variables() {
		add(v.Type())
	}
	body := f.forward(fn, args, fn.Signature.Results().Len() > 0)
	f.emit(f.pos, "func %s(%s)%s {\n%s\n}", n, strings.Join(params, ", "), f.results(fn.Signature), body)
	return n
}

// forward is the body of a function that only calls another one.
func (l *Lowerer) forward(fn *ssa.Function, args []string, result bool) string {
	if !compiled(fn) {
		name := l.funcName(fn)
		for _, p := range fn.Params {
			if l.mayBeZero(p.Type(), "") != "" {
				name = l.newFunction(fn).funcValue(fn)
				break
			}
		}
		call := name + "(" + strings.Join(args, ", ") + ")"
		if result {
			return "\treturn " + call
		}
		return "\t" + call
	}
	g := l.newFunction(fn)
	res := g.callCompiled(fn, args)
	if len(res) > 0 {
		g.p("return %s", strings.Join(res, ", "))
	}
	var b []string
	for _, ln := range append(g.varLines(), g.code...) {
		b = append(b, ln.text)
	}
	return strings.Join(b, "\n")
}

// set assigns the value of an instruction, or remembers it if it is nested.
func (f *function) set(v ssa.Value, format string, a ...any) {
	s := fmt.Sprintf(format, a...)
	if f.nested[v] {
		if u, ok := v.(*ssa.UnOp); !ok || u.Op != token.MUL {
			s = "(" + s + ")"
		}
		f.names[v] = s
		return
	}
	n, ok := f.names[v]
	if !ok {
		f.p("_ = %s", s)
		return
	}
	if b, ok := v.(*ssa.BinOp); ok && !isComparison(b.Op) {
		if rest, ok := strings.CutPrefix(s, n+" "+b.Op.String()+" "); ok {
			f.p("%s %s= %s", n, b.Op, rest)
			return
		}
	}
	f.p("%s = %s", n, s)
}

// tuple is the variable of one result of an instruction with several.
func (f *function) tuple(v ssa.Value, i int, ty string) string {
	k := tuplePart{v, i}
	if n, ok := f.tuples[k]; ok {
		return n
	}
	n := fmt.Sprintf("%s_%d", v.Name(), i)
	f.tuples[k] = n
	f.vars = append(f.vars, variable{n, ty})
	return n
}

// place is what an address denotes, to be assigned to or read.
func (f *function) place(v ssa.Value) string {
	if n, ok := f.locals[v]; ok {
		return n
	}
	switch v := v.(type) {
	case *ssa.Global:
		return f.globalPlace(v)
	case *ssa.FieldAddr:
		if f.inPlace[v] {
			return f.selector(v)
		}
	case *ssa.IndexAddr:
		if f.inPlace[v] {
			return f.element(v)
		}
	}
	return "(*" + f.open(v) + ")"
}

// hasPlace: the address is written as a place, not kept as a pointer.
func (f *function) hasPlace(v ssa.Value) bool {
	switch v.(type) {
	case *ssa.Alloc, *ssa.FreeVar:
		return f.locals[v] != ""
	case *ssa.Global:
		return true
	case *ssa.FieldAddr, *ssa.IndexAddr:
		return f.inPlace[v]
	}
	return false
}

// pointer is an address as a pointer.
func (f *function) pointer(v ssa.Value) string {
	if f.hasPlace(v) {
		return "&" + f.place(v)
	}
	return f.open(v)
}

func (f *function) selector(v *ssa.FieldAddr) string {
	t := elem(v.X.Type())
	x := ""
	if f.hasPlace(v.X) {
		x = f.place(v.X)
	} else {
		x = f.open(v.X)
	}
	return x + "." + f.field(t, t.Underlying().(*types.Struct), v.Field)
}

func (f *function) element(v *ssa.IndexAddr) string {
	if t, ok := v.X.Type().Underlying().(*types.Slice); ok {
		return f.open(v.X) + "[" + f.elementIndex(t, v.Index) + "]"
	}
	array := f.place(v.X)
	if a, ok := v.X.(*ssa.Alloc); ok && f.locals[a] == "" {
		// The pointer, which is not nil, does: a function's frame has room for an array of its own for
		// each place where one is dereferenced.
		array = f.open(a)
	}
	return array + "[" + f.elementIndex(elem(v.X.Type()), v.Index) + "]"
}

// outer is the compiled value that v, an embedded field of it that cannot be named,
// is part of: methods and fields of v are its own too.
func (f *function) outer(v ssa.Value) ssa.Value {
	for {
		switch x := v.(type) {
		case *ssa.FieldAddr:
			if !f.hiddenPart(x) {
				return v
			}
			v = x.X
		case *ssa.UnOp:
			a, ok := x.X.(*ssa.FieldAddr)
			if !ok || x.Op != token.MUL || !f.hiddenPart(a) {
				return v
			}
			v = a.X
		default:
			return v
		}
	}
}

// hiddenPart: an embedded field of a compiled struct that cannot be named.
func (f *function) hiddenPart(x *ssa.FieldAddr) bool {
	field := fieldOf(x)
	return field.Embedded() && !field.Exported() && f.compiledNamed(elem(x.X.Type()))
}

// foreignField: a field of a compiled struct whose type yaegi must not touch.
func (f *function) foreignField(x *ssa.FieldAddr) bool {
	t := elem(x.X.Type())
	return f.outer(x.X) != x.X || f.unnamed(t) || f.compiledNamed(t) && !f.plain(t.Underlying().(*types.Struct).Field(x.Field).Type())
}

func fieldOf(x *ssa.FieldAddr) *types.Var {
	return elem(x.X.Type()).Underlying().(*types.Struct).Field(x.Field)
}

// index is an integer as yaegi's index expressions want it.
func (f *function) index(v ssa.Value) string {
	if c, ok := v.(*ssa.Const); ok {
		if n, exact := constant.Int64Val(constant.ToInt(c.Value)); exact {
			return strconv.FormatInt(n, 10)
		}
	}
	s := f.val(v)
	b, ok := v.Type().Underlying().(*types.Basic)
	switch {
	case !ok || b.Info()&types.IsInteger == 0 || b.Kind() == types.Int && f.typ(v.Type()) == "int":
		return s
	case b.Kind() == types.Uint, b.Kind() == types.Uint64, b.Kind() == types.Uintptr: // it may not fit an int
		return "uint(" + s + ")"
	}
	return "int(" + s + ")"
}

// integer is an int, for a helper that takes one.
func (f *function) integer(v ssa.Value) string {
	i := f.index(v)
	if strings.HasPrefix(i, "uint(") {
		return "int(" + i + ")"
	}
	return i
}

// elementIndex is an index into a t; yaegi judges constant ones when it compiles.
func (f *function) elementIndex(t types.Type, v ssa.Value) string {
	if c, ok := v.(*ssa.Const); ok {
		n := int64(math.MaxInt64)
		if a, ok := t.Underlying().(*types.Array); ok {
			n = a.Len()
		}
		if !within(c, n) {
			return f.hiddenIndex(c)
		}
	}
	return f.index(v)
}

// within: 0 ≤ c < n.
func within(c *ssa.Const, n int64) bool {
	i, exact := constant.Int64Val(constant.ToInt(c.Value))
	return exact && 0 <= i && i < n
}

// bound is a slice bound; yaegi judges constant ones when it compiles.
func (f *function) bound(v ssa.Value) string {
	if c, ok := v.(*ssa.Const); ok && constant.Sign(c.Value) != 0 {
		return f.hiddenIndex(c)
	}
	return f.index(v)
}

// hiddenIndex is a constant index or bound that yaegi does not see when it compiles.
func (f *function) hiddenIndex(c *ssa.Const) string {
	if _, exact := constant.Int64Val(constant.ToInt(c.Value)); exact {
		return f.hidden(c)
	}
	return f.index(c)
}

// size is a length that yaegi must not judge when it compiles.
func (f *function) size(v ssa.Value) string {
	if c, ok := v.(*ssa.Const); ok {
		if n, exact := constant.Int64Val(constant.ToInt(c.Value)); !exact || n < 0 || n > 4096 {
			return f.hidden(c)
		}
	}
	return f.integer(v)
}

func (f *function) hidden(c *ssa.Const) string {
	t, s := f.temp("int"), "-1" // what does not fit is as much out of range
	if n, exact := constant.Int64Val(constant.ToInt(c.Value)); exact {
		s = strconv.FormatInt(n, 10)
	}
	f.p("%s = int(%s)", t, s)
	return t
}

// box is a value as an interface holds it.
func (f *function) box(t types.Type, s string) string {
	if f.erases(t) {
		return fmt.Sprintf("rt.B(%d, %s)", f.id(t), s)
	}
	f.id(t)
	return "rt.I(" + s + ")"
}
