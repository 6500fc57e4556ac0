package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

func (f *function) builtin(v *ssa.Call, b *ssa.Builtin) {
	c := v.Common()
	var a, u []string // arguments; the same with cut types opened
	for _, x := range c.Args {
		a = append(a, f.val(x))
		u = append(u, f.open(x))
	}
	set := func(format string, x ...any) {
		if f.names[v] != "" || f.nested[v] {
			f.set(v, format, x...)
		}
	}
	ty := f.typ(v.Type())
	switch b.Name() {
	case "len", "cap":
		switch p, ok := c.Args[0].Type().Underlying().(*types.Pointer); {
		case isNilConst(c.Args[0]):
			set("0")
		case ok:
			set("%d", p.Elem().Underlying().(*types.Array).Len())
		case b.Name() == "len" && isMap(c.Args[0].Type()) && f.shared(c.Args[0].Type()):
			set("rt.TwinLen(%s)", u[0])
		default:
			set("%s(%s)", b.Name(), u[0])
		}
	case "append":
		f.append(c, a, u, set)
	case "copy":
		from := bytesOf(c.Args[1], u[1])
		if f.shared(c.Args[0].Type()) {
			n := f.temp("int")
			f.p("%s = copy(%s, %s)", n, u[0], from)
			f.p("rt.Wrote(%s, 0, %s)", u[0], n)
			set("%s", n)
			return
		}
		if f.names[v] == "" || unused(v) {
			f.p("copy(%s, %s)", u[0], from)
		} else {
			set("copy(%s, %s)", u[0], from)
		}
	case "delete":
		f.p("delete(%s, %s)", u[0], a[1])
		if f.shared(c.Args[0].Type()) {
			f.p("rt.TwinDelete(%s, %s)", u[0], a[1])
		}
	case "close":
		f.p("rt.Close(%s)", u[0])
	case "clear":
		f.p("rt.Clear(%s)", u[0])
	case "print", "println":
		f.p("rt.Print(%s, []interface{}{%s})", strconv.FormatBool(b.Name() == "println"), strings.Join(a, ", "))
	case "complex":
		if c.Args[0].Type().Underlying().(*types.Basic).Kind() == types.Float32 {
			set("%s(rt.C64(float32(%s), float32(%s)))", ty, a[0], a[1])
		} else {
			set("%s(rt.C128(float64(%s), float64(%s)))", ty, a[0], a[1])
		}
	case "real":
		set("%s(rt.Re(complex128(%s)))", ty, a[0])
	case "imag":
		set("%s(rt.Im(complex128(%s)))", ty, a[0])
	case "min", "max":
		f.minmax(v, b.Name(), a)
	case "recover":
		if f.names[v] == "" {
			f.p("rt.Recover(rc)")
		}
		set("rt.Recover(rc)")
	case "panic":
		f.p("rt.Panic(%s)", a[0])
	case "ssa:wrapnilchk":
		f.p("if %s == nil {\n\t\trt.WrapNil(%s, %s)\n\t}", a[0], a[1], a[2])
		set("%s", a[0])
	case "ssa:deferstack":
		set("ds")
	default:
		f.unsafe(v, b.Name(), a, set)
	}
}

func (f *function) append(c *ssa.CallCommon, a, u []string, set func(string, ...any)) {
	x := u[0]
	if isNilConst(c.Args[0]) {
		x = f.temp(f.typ(c.Args[0].Type().Underlying()))
		f.p("%s = nil", x)
	}
	if isNilConst(c.Args[1]) {
		set("%s", a[0])
		return
	}
	set("%s", f.whole(c.Signature().Results().At(0).Type(), "append("+x+", "+bytesOf(c.Args[1], u[1])+"...)"))
}

// bytesOf is a string as a byte slice: append and copy take both.
func bytesOf(v ssa.Value, expr string) string {
	if b, ok := v.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
		return "[]uint8(" + expr + ")"
	}
	return expr
}

func (f *function) minmax(v *ssa.Call, name string, a []string) {
	n, ty := f.names[v], f.typ(v.Type())
	if n == "" {
		return
	}
	f.p("%s = %s", n, a[0])
	for _, y := range a[1:] {
		if v.Type().Underlying().(*types.Basic).Info()&types.IsFloat != 0 {
			f.set(v, "%s(rt.F%s(float64(%s), float64(%s)))", ty, name, n, y)
			continue
		}
		op := map[string]string{"min": "<", "max": ">"}[name]
		f.p("if %s %s %s {\n\t\t%s = %s\n\t}", y, op, n, n, y)
	}
}

func (f *function) unsafe(v *ssa.Call, name string, a []string, set func(string, ...any)) {
	c := v.Common()
	ty := f.typ(v.Type())
	switch name {
	case "Sizeof":
		set("%s(%d)", ty, sizes.Sizeof(c.Args[0].Type()))
	case "Alignof":
		set("%s(%d)", ty, sizes.Alignof(c.Args[0].Type()))
	case "Offsetof":
		if n, ok := f.offset(v); ok {
			set("%s(%d)", ty, n)
			return
		}
		panic(&Unsupported{v.Pos(), "unsafe.Offsetof of this expression"})
	case "Slice":
		f.set(v, "rt.USlice(%s, %s).(%s)", a[0], f.integer(c.Args[1]), ty)
	case "SliceData":
		set("rt.USliceData(%s, %s).(%s)", a[0], f.zeroVar(ty), ty)
	case "String":
		f.set(v, "rt.UString(%s, %s)", a[0], f.integer(c.Args[1]))
	case "StringData":
		set("rt.UStringData(%s)", a[0])
	case "Add":
		set("rt.UAdd(%s, %s)", a[0], f.integer(c.Args[1]))
	default:
		panic(&Unsupported{v.Pos(), "builtin " + name})
	}
}

// offset is what unsafe.Offsetof(x.f) returns: if f is promoted, it counts from x.
func (f *function) offset(v *ssa.Call) (n int64, ok bool) {
	u, ok := v.Call.Args[0].(*ssa.UnOp)
	if !ok {
		return 0, false
	}
	start := token.NoPos // of the argument, which the embedded fields that it doesn't name have as their place
	ast.Inspect(f.fn.Syntax(), func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && c.Lparen == v.Pos() {
			start = c.Args[0].Pos()
		}
		return true
	})
	at, ok := u.X.(*ssa.FieldAddr)
	if !ok {
		return 0, false
	}
	for named := true; at != nil && (named || at.Pos() == start); named = false {
		st := elem(at.X.Type()).Underlying().(*types.Struct)
		var fields []*types.Var
		for fv := range st.Fields() {
			fields = append(fields, fv)
		}
		n += sizes.Offsetsof(fields)[at.Field]
		at, _ = at.X.(*ssa.FieldAddr)
	}
	return n, true
}
