package lower

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

func (f *function) binop(v *ssa.BinOp) string {
	x, y := f.val(v.X), f.val(v.Y)
	ty := f.typ(v.Type())
	switch v.Op {
	case token.SHL, token.SHR:
		return f.shift(v, x, y, ty)
	case token.EQL, token.NEQ:
		return f.equal(v, x, y)
	}
	if b, ok := v.X.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsComplex != 0 {
		return fmt.Sprintf("%s(rt.Cx(%q, complex128(%s), complex128(%s)))", ty, v.Op.String(), x, y)
	}
	if c, ok := v.Y.(*ssa.Const); ok && v.Op == token.SUB && isFloat(v.Type()) && constant.Sign(c.Value) == 0 {
		return x // yaegi makes -0 - 0 positive
	}
	if c, ok := v.Y.(*ssa.Const); ok { // yaegi must not judge a division by zero, nor fold constants
		if _, ok := v.X.(*ssa.Const); ok || (v.Op == token.QUO || v.Op == token.REM) && constant.Sign(c.Value) == 0 {
			y = f.variable(c)
		}
	}
	return x + " " + v.Op.String() + " " + y
}

func (f *function) shift(v *ssa.BinOp, x, y, ty string) string {
	c, ok := v.Y.(*ssa.Const)
	if _, fixed := v.X.(*ssa.Const); fixed {
		// yaegi folds shifts by constants in memory, whatever their size, and has no type
		// for a shifted constant that it passes on.
		x = f.variable(v.X)
	}
	switch {
	case ok && constant.Sign(c.Value) < 0: // which panics when it is run
		y = f.hidden(c)
	case ok:
		return fmt.Sprintf("%s %s uint(%s)", x, v.Op, c.Value.ExactString())
	}
	switch b := v.Y.Type().Underlying().(*types.Basic); {
	case b.Info()&types.IsUnsigned == 0:
		y = "rt.Shc(int64(" + y + "))"
	case b.Kind() != types.Uint, f.nested[v.Y]: // yaegi gives operations in a count the type of what is shifted
		y = "uint(" + y + ")"
	}
	return x + " " + v.Op.String() + " " + y
}

func (f *function) equal(v *ssa.BinOp, x, y string) string {
	nx, ny := isNilConst(v.X), isNilConst(v.Y)
	switch {
	case nx && ny:
		return strconv.FormatBool(v.Op == token.EQL)
	case nx:
		return y + " " + v.Op.String() + " nil"
	case ny:
		return x + " " + v.Op.String() + " nil"
	}
	if b, ok := v.X.Type().Underlying().(*types.Basic); ok && b.Info()&types.IsComplex == 0 && b.Kind() != types.UnsafePointer && f.simpleOperands(v) {
		return x + " " + v.Op.String() + " " + y
	}
	not := ""
	if v.Op == token.NEQ {
		not = "!"
	}
	if hasBlank(v.X.Type(), 0) {
		return fmt.Sprintf("%srt.EqT(%d, %s, %s)", not, f.id(v.X.Type()), x, y)
	}
	return not + "rt.Eq(" + x + ", " + y + ")"
}

// hasBlank: the type has blank fields, which == does not look at.
func hasBlank(t types.Type, depth int) bool {
	if depth > 10 {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for v := range u.Fields() {
			if v.Name() == "_" || hasBlank(v.Type(), depth+1) {
				return true
			}
		}
	case *types.Array:
		return hasBlank(u.Elem(), depth+1)
	}
	return false
}

func (f *function) changeType(v *ssa.ChangeType) {
	from, to := f.typ(v.X.Type()), f.typ(v.Type())
	x := f.val(v.X)
	switch {
	case from == to:
		f.set(v, "%s", x)
	case to == "interface{}":
		f.set(v, "rt.Cut(%s)", x)
	case from == "interface{}":
		f.p("if %s == nil {\n\t\t%s = nil\n\t} else {\n\t\t%s = %s.(%s)\n\t}", x, f.names[v], f.names[v], x, to)
	default:
		f.set(v, "%s", f.asserted("rt.Conv("+x+", "+f.zeroVar(to)+")", v.Type()))
	}
}

func isFloat(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsFloat != 0
}

// isShort: a type of integers that floating-point numbers are converted to in 32 bits.
func isShort(b *types.Basic) bool {
	switch b.Kind() {
	case types.Int8, types.Int16, types.Int32, types.Uint8, types.Uint16:
		return true
	}
	return false
}

func (f *function) convert(v *ssa.Convert) {
	from, to := v.X.Type().Underlying(), v.Type().Underlying()
	ty := f.typ(v.Type())
	x := f.val(v.X)
	fb, _ := from.(*types.Basic)
	tb, _ := to.(*types.Basic)
	if c, ok := v.X.(*ssa.Const); ok && fb != nil && fb.Info()&types.IsNumeric != 0 && f.typ(v.X.Type()) != ty { // yaegi must not judge whether it fits
		x = f.temp(f.typ(c.Type()))
		f.p("%s = %s", x, f.val(c))
	}
	switch {
	case f.typ(v.X.Type()) == ty:
		f.set(v, "%s", x)
	case tb != nil && tb.Kind() == types.UnsafePointer:
		f.set(v, "rt.ToUP(%s)", x)
	case fb != nil && fb.Kind() == types.UnsafePointer && tb != nil:
		f.set(v, "rt.UPInt(%s)", x)
	case fb != nil && fb.Kind() == types.UnsafePointer:
		f.set(v, "rt.FromUP(%s, %s).(%s)", x, f.zeroVar(ty), ty)
	case tb != nil && tb.Info()&types.IsString != 0 && fb != nil && fb.Info()&types.IsInteger != 0:
		f.set(v, "%s(rt.IntStr(int64(%s)))", ty, x)
	case f.isCut(v.Type()):
		f.set(v, "rt.Cut(%s(%s))", f.typ(to), x)
	case fb != nil && isFloat(fb) && tb != nil && isShort(tb): // yaegi cuts off what does not fit
		f.set(v, "%s(rt.Int32(float64(%s)))", ty, x)
	case fb != nil:
		f.set(v, "%s(%s)", ty, x)
	default:
		f.set(v, "%s(%s)", ty, f.open(v.X))
	}
}

func (f *function) assert(v *ssa.TypeAssert) {
	t := v.AssertedType
	x, id, ty := f.val(v.X), f.id(t), f.typ(t)
	if ofMethodValue(v) {
		if isNilConst(v.X) {
			f.p("rt.Nil()")
		} else {
			f.p("if %s == nil {\n\t\trt.Nil()\n\t}", x)
		}
		return
	}
	test, get := "rt.Is", f.asserted("rt.V("+x+")", t)
	if types.IsInterface(t) {
		test, get = "rt.Impl", x
	}
	if v.CommaOk {
		a, ok := f.tuple(v, 0, ty), f.tuple(v, 1, "bool")
		f.p("%s = %s(%s, %d)", ok, test, x, id)
		f.p("if %s {\n\t\t%s = %s\n\t} else {\n\t\t%s = %s\n\t}", ok, a, get, a, f.zero(t))
		return
	}
	f.p("rt.Must(%s, %d, %d)", x, id, f.id(v.X.Type()))
	if f.names[v] != "" {
		f.set(v, "%s", get)
	}
}

// ofMethodValue: go/ssa asserts, without a use of the result, that an interface is not nil
// before it binds a method. That panics as a use of nil does.
func ofMethodValue(v *ssa.TypeAssert) bool {
	instrs := v.Block().Instrs
	after := instrs[slices.Index(instrs, ssa.Instruction(v))+1:]
	if _, ok := after[0].(*ssa.ChangeInterface); ok {
		after = after[1:] // to the embedded interface that has the method
	}
	c, ok := after[0].(*ssa.MakeClosure)
	return ok && unused(v) && strings.HasPrefix(c.Fn.(*ssa.Function).Synthetic, "bound method wrapper")
}
