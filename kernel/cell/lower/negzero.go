package lower

import (
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// yaegi leaves a parameter as it is, zero, if the argument is what package reflect takes
// for the zero value of its type. So is -0, and the sign is lost. A call through a
// function value copies all arguments, but takes longer: it is made where an argument
// may be such a zero.

// mayBeZero is a condition without which a value of type t, written as the variable
// expr, is no such zero; "" if it can't be one.
func (l *Lowerer) mayBeZero(t types.Type, expr string) string {
	if l.compiledNamed(t) || l.isCut(t) {
		return ""
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsFloat != 0:
			return expr + " == 0"
		case u.Info()&types.IsComplex != 0:
			return "true"
		}
	case *types.Struct:
		for i := range u.NumFields() {
			if c := l.mayBeZero(u.Field(i).Type(), expr+"."+fieldName(u, i)); c != "" {
				return c
			}
		}
	case *types.Array:
		if u.Len() > 0 {
			return l.mayBeZero(u.Elem(), expr+"[0]")
		}
	}
	return ""
}

// zeroArgs is a condition without which no argument of a call of a lowered function is
// such a zero; "" if none can be.
func (f *function) zeroArgs(c *ssa.CallCommon, args []string) string {
	fn, ok := c.Value.(*ssa.Function)
	if !ok || compiled(fn) || f.instance(fn) != "" {
		return ""
	}
	var conditions []string
	for i, a := range c.Args {
		if neverNegative(a) {
			continue
		}
		switch cond := f.mayBeZero(a.Type(), args[i]); cond {
		case "":
		case "true":
			return cond
		default:
			conditions = append(conditions, cond)
		}
	}
	return strings.Join(conditions, " || ")
}

// neverNegative: a value that is computed in this way is never -0, or is a constant, of
// which there is no such.
func neverNegative(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Const:
		return true
	case *ssa.Convert:
		b, ok := v.X.Type().Underlying().(*types.Basic)
		return ok && b.Info()&types.IsInteger != 0
	case *ssa.BinOp: // x - x is 0
		return (v.Op == token.ADD || v.Op == token.SUB) && (notZero(v.X) || notZero(v.Y))
	}
	return false
}

func notZero(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && isFloat(c.Type()) && c.Value != nil && constant.Sign(c.Value) != 0
}

// guardsZeros: the call has an argument that may be such a zero, so that it is not
// written as an expression.
func (f *function) guardsZeros(c *ssa.CallCommon) bool {
	return f.zeroArgs(c, make([]string, len(c.Args))) != ""
}
