package native

import (
	"math"
	"math/rand"
	randv2 "math/rand/v2"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/nascent-go/nascent/kernel/native/wasm"
)

// libFunc is a function of the standard library that compiled code calls as it is.
type libFunc struct {
	name string
	f    any
}

// libFuncs are those functions. What draws from the streams of packages math/rand has to do it
// here, since they are the whole program's.
var libFuncs = []libFunc{
	{"math.Acos", math.Acos}, {"math.Acosh", math.Acosh}, {"math.Asin", math.Asin}, {"math.Asinh", math.Asinh}, {"math.Atan", math.Atan},
	{"math.Atan2", math.Atan2}, {"math.Atanh", math.Atanh}, {"math.Cbrt", math.Cbrt}, {"math.Cos", math.Cos}, {"math.Cosh", math.Cosh},
	{"math.Dim", math.Dim}, {"math.Erf", math.Erf}, {"math.Erfc", math.Erfc}, {"math.Exp", math.Exp}, {"math.Exp2", math.Exp2},
	{"math.Expm1", math.Expm1}, {"math.Gamma", math.Gamma}, {"math.Hypot", math.Hypot}, {"math.Log", math.Log}, {"math.Log10", math.Log10},
	{"math.Log1p", math.Log1p}, {"math.Log2", math.Log2}, {"math.Max", math.Max}, {"math.Min", math.Min}, {"math.Mod", math.Mod},
	{"math.Pow", math.Pow}, {"math.Remainder", math.Remainder}, {"math.Round", math.Round}, {"math.Sin", math.Sin},
	{"math.Sinh", math.Sinh}, {"math.Tan", math.Tan}, {"math.Tanh", math.Tanh},

	{"math/rand.Float64", rand.Float64}, {"math/rand.Float32", rand.Float32}, {"math/rand.NormFloat64", rand.NormFloat64},
	{"math/rand.ExpFloat64", rand.ExpFloat64}, {"math/rand.Int", rand.Int}, {"math/rand.Int63", rand.Int63}, {"math/rand.Int31", rand.Int31},
	{"math/rand.Uint64", rand.Uint64}, {"math/rand.Uint32", rand.Uint32},
	{"math/rand.Intn", rand.Intn}, {"math/rand.Int63n", rand.Int63n}, {"math/rand.Int31n", rand.Int31n},

	{"math/rand/v2.Float64", randv2.Float64}, {"math/rand/v2.Float32", randv2.Float32}, {"math/rand/v2.NormFloat64", randv2.NormFloat64},
	{"math/rand/v2.ExpFloat64", randv2.ExpFloat64}, {"math/rand/v2.Int", randv2.Int}, {"math/rand/v2.Int64", randv2.Int64},
	{"math/rand/v2.Int32", randv2.Int32}, {"math/rand/v2.Uint64", randv2.Uint64}, {"math/rand/v2.Uint32", randv2.Uint32},
	{"math/rand/v2.IntN", randv2.IntN}, {"math/rand/v2.Int64N", randv2.Int64N}, {"math/rand/v2.Int32N", randv2.Int32N},
	{"math/rand/v2.UintN", randv2.UintN}, {"math/rand/v2.Uint64N", randv2.Uint64N}, {"math/rand/v2.Uint32N", randv2.Uint32N},
}

// bounded: the function draws a number below its argument, which has to be positive.
func (f libFunc) bounded() bool {
	return strings.HasPrefix(f.name, "math/rand") && (strings.HasSuffix(f.name, "n") || strings.HasSuffix(f.name, "N"))
}

// host is the function as compiled code calls it.
func (f libFunc) host() hostFunc {
	h := hostFunc{name: f.name}
	as := func(params, results string, call func(s []uint64) uint64) {
		h.params, h.results = typesOf(params), typesOf(results)
		h.call = func(_ *instance, s []uint64) { s[0] = call(s) }
	}
	number := math.Float64frombits
	switch f := f.f.(type) {
	case func(float64) float64:
		as("d", "d", func(s []uint64) uint64 { return math.Float64bits(f(number(s[0]))) })
	case func(x, y float64) float64:
		as("dd", "d", func(s []uint64) uint64 { return math.Float64bits(f(number(s[0]), number(s[1]))) })
	case func() float64:
		as("", "d", func([]uint64) uint64 { return math.Float64bits(f()) })
	case func() float32:
		as("", "f", func([]uint64) uint64 { return uint64(math.Float32bits(f())) })
	case func() int:
		as("", "l", func([]uint64) uint64 { return uint64(f()) })
	case func() int64:
		as("", "l", func([]uint64) uint64 { return uint64(f()) })
	case func() uint64:
		as("", "l", func([]uint64) uint64 { return f() })
	case func() int32:
		as("", "i", func([]uint64) uint64 { return uint64(uint32(f())) })
	case func() uint32:
		as("", "i", func([]uint64) uint64 { return uint64(f()) })
	case func(int) int:
		as("l", "l", func(s []uint64) uint64 { return uint64(f(int(s[0]))) })
	case func(int64) int64:
		as("l", "l", func(s []uint64) uint64 { return uint64(f(int64(s[0]))) })
	case func(uint) uint:
		as("l", "l", func(s []uint64) uint64 { return uint64(f(uint(s[0]))) })
	case func(uint64) uint64:
		as("l", "l", func(s []uint64) uint64 { return f(s[0]) })
	case func(int32) int32:
		as("i", "i", func(s []uint64) uint64 { return uint64(uint32(f(int32(s[0])))) })
	case func(uint32) uint32:
		as("i", "i", func(s []uint64) uint64 { return uint64(f(uint32(s[0]))) })
	}
	return h
}

// checkBound panics as the function of packages math/rand does if n is not positive.
func (t *translator) checkBound(n ssa.Value, name string) {
	k := t.kindOf(n)
	t.push(n)
	t.widen(k)
	t.code.I64(0)
	if k.signed() {
		t.code.Op(wasm.I64LeS)
	} else {
		t.code.Op(wasm.I64Eq)
	}
	id := 0
	if !t.dry {
		id = len(t.unit.panics)
		t.unit.panics = append(t.unit.panics, func(_, _ uint64) any { return "invalid argument to " + name })
	}
	t.failIf(faultPanic, func() { t.code.I64(int64(id)) })
}
