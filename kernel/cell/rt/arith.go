package rt

import (
	"math"
	"reflect"
	"strings"
)

// C128 is complex(a, b).
func C128(a, b float64) complex128 { return complex(a, b) }

// C64 is complex(a, b).
func C64(a, b float32) complex64 { return complex(a, b) }

// Cx is a op b; op is one of + - * /.
func Cx(op string, a, b complex128) complex128 {
	switch op {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	}
	return a / b
}

// Re is the real part of a.
func Re(a complex128) float64 { return real(a) }

// Im is the imaginary part of a.
func Im(a complex128) float64 { return imag(a) }

// Neg is -f, also of a zero.
func Neg(f float64) float64 { return -f }

// Negc is -c, also of zeros.
func Negc(c complex128) complex128 { return -c }

// Fmin is min(a, b).
func Fmin(a, b float64) float64 { return extreme(a, b, math.Min) }

// Fmax is max(a, b).
func Fmax(a, b float64) float64 { return extreme(a, b, math.Max) }

// extreme is NaN if one of the numbers is; package math lets infinities win over it.
func extreme(a, b float64, of func(a, b float64) float64) float64 {
	if a != a || b != b {
		return math.NaN()
	}
	return of(a, b)
}

// U is the number whose halves are hi and lo: a constant that doesn't fit an int.
func U(hi, lo int) uint64 { return uint64(hi)<<32 | uint64(lo) }

// IntStr is string(i).
func IntStr(i int64) string {
	if i != int64(int32(i)) {
		return "\uFFFD"
	}
	return string(rune(i))
}

// Int32 is x without its fraction, as compiled Go converts it to integers of up to 32 bits
// (int32) and 16 bits (uint16) on amd64: the smallest number stands for what does not fit.
func Int32(x float64) int32 {
	if x > math.MinInt32-1 && x < math.MaxInt32+1 {
		return int32(x)
	}
	return math.MinInt32
}

// Shc is a shift count, which must not be negative.
func Shc(i int64) uint {
	if i < 0 {
		panic(runtimeError(func() { n := i; _ = 1 << n }))
	}
	return uint(i)
}

// S2A converts a slice to the array pointer type of pt.
func S2A(s any, pt any) any {
	return reflect.ValueOf(s).Convert(reflect.TypeOf(pt)).Interface()
}

// WrapNil panics as the wrapper of a method with value receiver does for a nil pointer.
func WrapNil(typ, method string) {
	name := typ[strings.LastIndexByte(typ, '/')+1:]
	pkg, name, ok := strings.Cut(name, ".")
	if !ok {
		pkg, name = "main", pkg
	}
	panic(rtError("value method " + pkg + "." + name + "." + method + " called using nil *" + name + " pointer"))
}
