package lower

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/tools/go/ssa"
)

// zero is an expression for the zero value of a type.
func (l *Lowerer) zero(t types.Type) string {
	ty := l.typ(t)
	if l.isCut(t) {
		return "nil"
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			return "false"
		case u.Info()&types.IsString != 0:
			return `""`
		case u.Info()&types.IsNumeric != 0:
			return ty + "(0)"
		}
	case *types.Struct, *types.Array:
		return ty + "{}"
	}
	return "nil"
}

func (l *Lowerer) zeros(t *types.Tuple) string {
	var z []string
	for v := range t.Variables() {
		z = append(z, l.zero(v.Type()))
	}
	return strings.Join(z, ", ")
}

// constant writes a constant with its type, so that yaegi never has to find one.
func (l *Lowerer) constant(c *ssa.Const) string {
	t := c.Type()
	ty := l.typ(t)
	if c.Value == nil {
		if c.IsNil() {
			return "nil"
		}
		return l.zero(t)
	}
	if types.IsInterface(t) {
		t = types.Default(t)
	}
	b, ok := t.Underlying().(*types.Basic)
	if !ok {
		return "nil"
	}
	value := converted(c.Value, b)
	switch {
	case b.Info()&types.IsBoolean != 0:
		return value.String()
	case b.Info()&types.IsString != 0:
		s := strconv.Quote(constant.StringVal(value))
		if ty != "string" {
			return ty + "(" + s + ")"
		}
		return s
	case b.Info()&types.IsInteger != 0:
		v := constant.ToInt(value)
		s := v.ExactString()
		if b.Kind() == types.Int && ty == "int" && len(s) < 15 {
			return s
		}
		if u, exact := constant.Uint64Val(v); exact && u > math.MaxInt64 { // yaegi: cannot convert untyped int to uint64
			return fmt.Sprintf("%s(rt.U(%d, %d))", ty, u>>32, u&0xffffffff)
		}
		return ty + "(" + s + ")"
	case b.Info()&types.IsFloat != 0:
		return ty + "(" + float(value, b.Kind() == types.Float32) + ")"
	case b.Info()&types.IsComplex != 0:
		re, im := constant.Real(value), constant.Imag(value)
		if b.Kind() == types.Complex64 {
			return "rt.C64(float32(" + float(re, true) + "), float32(" + float(im, true) + "))"
		}
		return "rt.C128(float64(" + float(re, false) + "), float64(" + float(im, false) + "))"
	case b.Kind() == types.UnsafePointer:
		return "rt.ToUP(uintptr(" + value.ExactString() + "))"
	}
	return "nil"
}

// converted is the value that a constant has in its type. go/ssa knows the lengths of
// arrays, also of those that are no constants to the language, and gives them the
// types that they are converted to as they are: int8(len(a)) has to wrap around,
// string(rune(len(a))) is a character.
func converted(v constant.Value, b *types.Basic) constant.Value {
	if v.Kind() != constant.Int {
		return v
	}
	switch {
	case b.Info()&types.IsString != 0:
		char := rune(unicode.ReplacementChar)
		if n, exact := constant.Int64Val(v); exact && 0 <= n && n <= unicode.MaxRune {
			char = rune(n)
		}
		return constant.MakeString(string(char))
	case b.Info()&types.IsInteger != 0 && b.Info()&types.IsUntyped == 0:
		bits := uint(8 * sizes.Sizeof(b))
		one := constant.MakeInt64(1)
		whole := constant.Shift(one, token.SHL, bits)
		v = constant.BinaryOp(v, token.AND, constant.BinaryOp(whole, token.SUB, one))
		if b.Info()&types.IsUnsigned == 0 && constant.Compare(v, token.GEQ, constant.Shift(one, token.SHL, bits-1)) {
			v = constant.BinaryOp(v, token.SUB, whole)
		}
	}
	return v
}

func float(v constant.Value, single bool) string {
	x, _ := constant.Float64Val(constant.ToFloat(v))
	if single {
		y, _ := constant.Float32Val(constant.ToFloat(v))
		x = float64(y)
	}
	s := strconv.FormatFloat(x, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

func isNilConst(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.IsNil()
}
