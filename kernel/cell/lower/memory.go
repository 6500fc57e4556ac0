package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

func (f *function) alloc(v *ssa.Alloc) {
	t := elem(v.Type())
	if n, ok := f.locals[v]; ok {
		if !f.heldByValue(v) {
			f.p("%s = %s", n, f.zero(t))
		}
	} else if madeSlice(v) {
		return
	} else if !strings.HasPrefix(f.names[v], "q") { // q…: made by the outer function of a deferring one
		if size := sizes.Sizeof(t); size > muchMemory {
			f.p("rt.Room(%d, 1)", size)
		}
		f.set(v, "new(%s)", f.typ(t))
	}
}

// muchMemory is how many bytes may be made at once without asking whether there is
// room: more than there is would end the process.
const muchMemory = 64 << 20

var sizes = types.SizesFor("gc", "amd64")

// madeSlice says whether an array is that of a call of make with a constant length,
// and so large that the slice of it has to be made at once: the interpreter has
// room of its own for an array that it slices.
func madeSlice(v ssa.Value) bool {
	a, ok := v.(*ssa.Alloc)
	if !ok || a.Comment != "makeslice" {
		return false
	}
	t := elem(a.Type())
	size := sizes.Sizeof(t)
	return size > 1<<20 || size < 0 || // more than an int64 can hold
		size == 0 && t.Underlying().(*types.Array).Len() > 1<<20
}

func (f *function) makeSlice(v *ssa.MakeSlice) {
	c := f.temp("int")
	f.p("%s = int(%s)", c, f.size(v.Cap))
	n := c
	if v.Len != v.Cap {
		n = f.temp("int")
		f.p("%s = int(%s)", n, f.size(v.Len))
	}
	f.make(v, n, c)
}

// make sets v to a new slice. rt judges its length and capacity, ints, in Go's words
// where the interpreter would have others, or would die.
func (f *function) make(v ssa.Value, length, capacity string) {
	size := sizes.Sizeof(v.Type().Underlying().(*types.Slice).Elem())
	wrong := fmt.Sprintf("uint(%s) > %d", capacity, muchMemory/max(1, size))
	if length != capacity {
		wrong += fmt.Sprintf(" || uint(%s) > uint(%s)", length, capacity)
	}
	f.p("if %s {\n\t\trt.Fits(%s, %s, %d)\n\t}", wrong, length, capacity, size)
	f.set(v, "make(%s, %s, %s)", f.typ(v.Type().Underlying()), length, capacity)
}

func (f *function) store(v *ssa.Store) {
	val := f.val(v.Val)
	switch a := v.Addr.(type) {
	case *ssa.FieldAddr:
		if fieldOf(a).Name() == "_" {
			return
		}
		if f.foreignField(a) {
			f.p("rt.SetF(%s, %q, %s)", f.pointer(f.outer(a.X)), fieldOf(a).Name(), val)
			return
		}
	case *ssa.Global:
		if f.isZeroYet(a, v) {
			return
		}
		if !f.bodies[a.Pkg.Pkg] {
			f.p("rt.SetG(%q, %q, %s)", a.Pkg.Pkg.Path(), a.Name(), val)
			return
		}
	}
	if f.nested[v.Val] && isOperation(v.Val) {
		f.p("%s", assignment(f.place(v.Addr), val))
		return
	}
	f.p("%s = %s", f.place(v.Addr), val)
	if a, ok := v.Addr.(*ssa.Global); ok && a.Name() == guardName && f.library() {
		f.p("rt.Initialising(%q, &%s)", a.Pkg.Pkg.Path(), f.place(a))
	}
	if a, ok := v.Addr.(*ssa.IndexAddr); ok && f.shared(a.X.Type()) {
		i := f.index(a.Index)
		f.p("rt.Wrote(%s, %s, %s+1)", f.open(a.X), i, i)
	}
}

// isZeroYet: the statement sets a large variable, which the chunk makes, to zero before
// anything can have set it: there may be no room to write all of it.
func (f *function) isZeroYet(g *ssa.Global, v *ssa.Store) bool {
	if sizes.Sizeof(elem(g.Type())) <= muchMemory || v.Block().Index > 0 || len(v.Block().Preds) > 0 || !f.chunk.made[f.global(g)] {
		return false
	}
	c, ok := v.Val.(*ssa.Const)
	if !ok || c.Value != nil {
		return false
	}
	for _, in := range v.Block().Instrs {
		switch in := in.(type) {
		case *ssa.Store:
			if in == v {
				return true
			}
			if to, ok := in.Addr.(*ssa.Global); !ok || to == g {
				return false
			}
		case ssa.CallInstruction, *ssa.MakeClosure:
			return false
		}
	}
	return false
}

func (f *function) unop(v *ssa.UnOp) {
	switch v.Op {
	case token.MUL:
		f.load(v)
	case token.ARROW:
		ch := v.X.Type().Underlying().(*types.Chan)
		if v.CommaOk {
			a, ok, t := f.tuple(v, 0, f.typ(ch.Elem())), f.tuple(v, 1, "bool"), f.temp("interface{}")
			f.p("%s, %s = rt.Recv2(%s)", t, ok, f.open(v.X))
			f.p("%s = %s", a, f.asserted(t, ch.Elem()))
			return
		}
		if f.names[v] == "" || unused(v) {
			f.p("rt.Recv(%s)", f.open(v.X))
			return
		}
		f.set(v, "%s", f.asserted("rt.Recv("+f.open(v.X)+")", ch.Elem()))
	case token.SUB:
		x := f.val(v.X)
		switch b := v.X.Type().Underlying().(*types.Basic); {
		case b.Info()&types.IsFloat != 0: // yaegi's 0 - x loses the sign of zero
			f.set(v, "%s(rt.Neg(float64(%s)))", f.typ(v.Type()), x)
		case b.Info()&types.IsComplex != 0:
			f.set(v, "%s(rt.Negc(complex128(%s)))", f.typ(v.Type()), x)
		default:
			f.set(v, "-%s", f.variable(v.X))
		}
	default:
		f.set(v, "%s%s", v.Op, f.variable(v.X))
	}
}

// variable is the value of x; that of a constant is in a variable, so that yaegi doesn't fold it.
func (f *function) variable(x ssa.Value) string {
	if _, ok := x.(*ssa.Const); !ok {
		return f.val(x)
	}
	t := f.temp(f.typ(x.Type()))
	f.p("%s = %s", t, f.val(x))
	return t
}

func (f *function) load(v *ssa.UnOp) {
	if f.outer(v) != v {
		return // looked for where it is used
	}
	if _, ok := v.Type().Underlying().(*types.Array); ok && unused(v) {
		if !f.hasPlace(v.X) && !f.onlyRanged(v) {
			f.p("if %s == nil {\n\t\trt.Nil()\n\t}", f.val(v.X))
		}
		return
	}
	switch x := v.X.(type) {
	case *ssa.Global:
		if !f.bodies[x.Pkg.Pkg] {
			if types.IsInterface(v.Type()) || !f.plain(v.Type()) {
				f.set(v, "%s", f.asserted(fmt.Sprintf("rt.GetG(%q, %q)", x.Pkg.Pkg.Path(), x.Name()), v.Type()))
				return
			}
			f.set(v, "%s", f.globalPlace(x))
			return
		}
	case *ssa.IndexAddr:
		if f.shared(x.X.Type()) && f.compiledNamed(x.X.Type()) {
			f.set(v, "rt.Lowered(%s)", f.place(x))
			return
		}
	case *ssa.FieldAddr:
		if f.foreignField(x) {
			f.set(v, "%s", f.asserted(fmt.Sprintf("rt.GetF(%s, %q)", f.pointer(f.outer(x.X)), fieldOf(x).Name()), v.Type()))
			return
		}
	}
	if !f.hasPlace(v.X) && !f.isCut(v.X.Type()) && !f.nested[v] && f.names[v] != "" {
		// *p of a nil pointer does not panic in yaegi
		switch v.Type().Underlying().(type) {
		case *types.Struct, *types.Array, *types.Basic:
			switch v.X.(type) {
			case *ssa.Alloc, *ssa.FreeVar:
			default:
				f.p("if %s == nil {\n\t\trt.Nil()\n\t}", f.val(v.X))
			}
		}
	}
	f.set(v, "%s", f.place(v.X))
}

// onlyRanged: go/ssa loads *p for a range loop that wants nothing but its length, which
// is a constant: then p is not looked at.
func (f *function) onlyRanged(v *ssa.UnOp) bool {
	var x ast.Expr
	if syntax := f.fn.Syntax(); syntax != nil && v.Pos().IsValid() {
		ast.Inspect(syntax, func(n ast.Node) bool {
			if s, ok := n.(*ast.RangeStmt); ok && ast.Unparen(s.X).Pos() == v.Pos() && s.Value == nil {
				x = s.X
			}
			return x == nil
		})
	}
	if x == nil {
		return false
	}
	for _, b := range f.fn.Blocks { // with a call or a receive in it, the length is no constant
		for _, in := range b.Instrs {
			u, receives := in.(*ssa.UnOp)
			_, called := in.(*ssa.Call)
			if x.Pos() <= in.Pos() && in.Pos() < x.End() && (called || receives && u.Op == token.ARROW) {
				return false
			}
		}
	}
	return true
}

// asserted is an interface{} expression as a value of type t.
func (l *Lowerer) asserted(expr string, t types.Type) string {
	ty := l.typ(t)
	if ty == "interface{}" {
		return expr
	}
	if emptyStruct(t) { // yaegi looks at the first field of what compiled code returns, but not of its own interfaces
		expr = "interface{}(" + expr + ")"
	}
	return expr + ".(" + ty + ")"
}
