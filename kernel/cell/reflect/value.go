package reflect

import (
	"fmt"
	goreflect "reflect"
	"unsafe"

	"github.com/nascent-go/nascent/kernel/cell/rt"
)

// Value is reflect.Value. Its value is in lowered form, or, if it was reached through
// values of compiled code, what it is there.
type Value struct {
	v    goreflect.Value
	t    *rtype // nil: the zero Value
	flag flag
	slot goreflect.Value // the interface{} that v is in, if lowering had to keep it in one
}

// ValueError is reflect.ValueError. (The interpreter itself panics with those of the
// original, which mean something else: that a nil pointer was used.)
type ValueError struct {
	Method string
	Kind   Kind
}

// Error says which method was called on what.
func (e *ValueError) Error() string {
	if e.Kind == goreflect.Invalid {
		return "reflect: call of " + e.Method + " on zero Value"
	}
	return "reflect: call of " + e.Method + " on " + e.Kind.String() + " Value"
}

// flag says why a value must not be changed or handed out.
type flag uint8

const (
	sticky   flag = 1 << iota // reached through an unexported field
	embedded                  // through an unexported embedded field, whose own fields are free
)

// wrap makes the value v of type t.
func (m *Mirror) wrap(v goreflect.Value, t *rtype, fl flag) Value {
	x := Value{v: v, t: t, flag: fl}
	if v.IsValid() && v.Kind() == goreflect.Interface && t.Kind() != goreflect.Interface {
		x.slot, x.v = v, v.Elem() // a recursive type that lowering has cut
	}
	if x.v.IsValid() {
		t.seen(x.v.Type())
	}
	return x
}

// isReal says whether the value is in the form that compiled code has.
func (v Value) isReal() bool { return v.t.real != nil && v.v.IsValid() && v.v.Type() == v.t.real }

func (v Value) mustBe(method string, kinds ...Kind) {
	k := v.Kind()
	for _, want := range kinds {
		if k == want {
			return
		}
	}
	panic(&ValueError{Method: "reflect.Value." + method, Kind: k})
}

func (v Value) mustBeFree(method string) {
	if v.t == nil {
		panic(&ValueError{Method: "reflect.Value." + method})
	}
	if v.flag != 0 {
		panic("reflect: reflect.Value." + method + " using value obtained using unexported field")
	}
}

func (v Value) mustBeSettable(method string) {
	v.mustBeFree(method)
	if !v.target().CanSet() {
		panic("reflect: reflect.Value." + method + " using unaddressable value")
	}
}

// target is where the value is stored.
func (v Value) target() goreflect.Value {
	if v.slot.IsValid() {
		return v.slot
	}
	return v.v
}

// IsValid reports whether v is a value at all.
func (v Value) IsValid() bool { return v.t != nil }

// Kind is the kind of the value, Invalid for the zero Value.
func (v Value) Kind() Kind {
	if v.t == nil {
		return goreflect.Invalid
	}
	return v.t.Kind()
}

// Type is the type of the value.
func (v Value) Type() Type {
	if v.t == nil {
		panic(&ValueError{Method: "reflect.Value.Type"})
	}
	return v.t
}

func (v Value) CanInterface() bool {
	if v.t == nil {
		panic(&ValueError{Method: "reflect.Value.CanInterface"})
	}
	return v.flag == 0 && (!v.v.IsValid() || v.v.CanInterface())
}

// Interface is the value as a lowered interface value.
func (v Value) Interface() any {
	if v.t == nil {
		panic(&ValueError{Method: "reflect.Value.Interface"})
	}
	if !v.CanInterface() {
		panic("reflect.Value.Interface: cannot return value obtained from unexported field or method")
	}
	return v.lower()
}

// lower is Interface, also of values that must not be handed out.
func (v Value) lower() any {
	switch {
	case v.t == nil:
		return nil
	case v.Kind() == goreflect.Interface:
		if !v.v.IsValid() || v.v.IsNil() {
			return nil
		}
		return v.t.m.r.FromBin(v.v)
	case !v.v.IsValid():
		return v.t.m.r.Box(v.t.goType(), nil)
	case v.t.real == nil:
		return v.t.m.r.Box(v.t.goType(), v.v.Interface())
	}
	x := v.t.m.r.FromBin(v.v)
	if t := v.t.goType(); t != nil && v.t.form() != v.t.real {
		return v.t.m.r.Box(t, x)
	}
	return x
}

// String is the value of a string, and says what other values are.
func (v Value) String() string {
	switch v.Kind() {
	case goreflect.Invalid:
		return "<invalid Value>"
	case goreflect.String:
		return v.v.String()
	}
	return "<" + v.t.String() + " Value>"
}

// Format makes package fmt print the value that v holds.
func (v Value) Format(s fmt.State, verb rune) {
	if v.t == nil {
		fmt.Fprint(s, "<invalid reflect.Value>")
		return
	}
	v.t.m.r.Fprintf(s, fmt.FormatString(s, verb), v.lower())
}

func (v Value) CanAddr() bool { return v.t != nil && v.target().CanAddr() }
func (v Value) CanSet() bool  { return v.t != nil && v.flag == 0 && v.target().CanSet() }

// Addr is a pointer to the value.
func (v Value) Addr() Value {
	if !v.CanAddr() {
		panic("reflect.Value.Addr of unaddressable value")
	}
	p := v.pointerType()
	return v.t.m.wrap(v.v.Addr(), p, v.flag)
}

func (v Value) pointerType() *rtype {
	if v.slot.IsValid() {
		panic("reflect: Nascent can't make a pointer to a " + v.t.String() + " inside of a recursive type")
	}
	return PointerTo(v.t).mirrored()
}

// Elem is what a pointer points to or an interface holds.
func (v Value) Elem() Value {
	v.mustBe("Elem", goreflect.Interface, goreflect.Pointer)
	if v.Kind() == goreflect.Interface {
		x := v.t.m.valueOf(v.lower())
		if x.t != nil {
			x.flag |= v.flag
		}
		return x
	}
	if v.IsNil() {
		return Value{}
	}
	e := v.v.Elem()
	if v.isReal() {
		return v.t.m.wrap(e, v.t.m.ofReal(e.Type()), v.flag)
	}
	return v.t.m.wrap(e, v.t.elem(), v.flag)
}

// Indirect is what v points to, v itself if it is no pointer.
func Indirect(v Value) Value {
	if v.Kind() != goreflect.Pointer {
		return v
	}
	return v.Elem()
}

func (v Value) IsNil() bool {
	v.mustBe("IsNil", goreflect.Chan, goreflect.Func, goreflect.Interface, goreflect.Map, goreflect.Pointer, goreflect.Slice, goreflect.UnsafePointer)
	return !v.v.IsValid() || v.v.IsNil()
}

func (v Value) IsZero() bool {
	switch k := v.Kind(); {
	case k == goreflect.Invalid:
		panic(&ValueError{Method: "reflect.Value.IsZero"})
	case !v.v.IsValid():
		return true
	}
	return v.v.IsZero()
}

func (v Value) Bool() bool          { return v.of("Bool", goreflect.Bool).Bool() }
func (v Value) Int() int64          { return v.of("Int", ints...).Int() }
func (v Value) Uint() uint64        { return v.of("Uint", uints...).Uint() }
func (v Value) Float() float64      { return v.of("Float", floats...).Float() }
func (v Value) Complex() complex128 { return v.of("Complex", complexes...).Complex() }
func (v Value) Bytes() []byte       { return v.of("Bytes", goreflect.Slice, goreflect.Array).Bytes() }

// of is the value, which has to be of one of the kinds.
func (v Value) of(method string, kinds ...Kind) goreflect.Value {
	v.mustBe(method, kinds...)
	if !v.v.IsValid() {
		return goreflect.Zero(v.t.form())
	}
	return v.v
}

// set is the value to be changed, which has to be of one of the kinds.
func (v Value) set(method string, kinds ...Kind) goreflect.Value {
	v.mustBeSettable(method)
	v.mustBe(method, kinds...)
	return v.v
}

var (
	ints      = []Kind{goreflect.Int, goreflect.Int8, goreflect.Int16, goreflect.Int32, goreflect.Int64}
	uints     = []Kind{goreflect.Uint, goreflect.Uint8, goreflect.Uint16, goreflect.Uint32, goreflect.Uint64, goreflect.Uintptr}
	floats    = []Kind{goreflect.Float32, goreflect.Float64}
	complexes = []Kind{goreflect.Complex64, goreflect.Complex128}
	pointers  = []Kind{goreflect.Pointer, goreflect.Chan, goreflect.Map, goreflect.UnsafePointer, goreflect.Func, goreflect.Slice, goreflect.String}
)

func (v Value) CanInt() bool     { return v.v.IsValid() && v.v.CanInt() }
func (v Value) CanUint() bool    { return v.v.IsValid() && v.v.CanUint() }
func (v Value) CanFloat() bool   { return v.v.IsValid() && v.v.CanFloat() }
func (v Value) CanComplex() bool { return v.v.IsValid() && v.v.CanComplex() }

func (v Value) OverflowComplex(x complex128) bool {
	return v.of("OverflowComplex", complexes...).OverflowComplex(x)
}
func (v Value) OverflowFloat(x float64) bool {
	return v.of("OverflowFloat", floats...).OverflowFloat(x)
}
func (v Value) OverflowInt(x int64) bool   { return v.of("OverflowInt", ints...).OverflowInt(x) }
func (v Value) OverflowUint(x uint64) bool { return v.of("OverflowUint", uints...).OverflowUint(x) }

// Pointer is, of a function, the address of its value: all of a cell's share the code
// of the interpreter.
func (v Value) Pointer() uintptr {
	p := v.of("Pointer", pointers...)
	if p.Kind() == goreflect.Func {
		return rt.FuncAddress(p.Interface())
	}
	return p.Pointer()
}

func (v Value) UnsafePointer() unsafe.Pointer {
	return v.of("UnsafePointer", pointers...).UnsafePointer()
}

func (v Value) UnsafeAddr() uintptr { return v.v.UnsafeAddr() }

// Set makes v hold x.
func (v Value) Set(x Value) {
	v.mustBeSettable("Set")
	x.mustBeFree("Set")
	v.target().Set(x.as("reflect.Set", v.t, v.target().Type()))
}

// as is the value as one of type t, in the form that a place of type form wants.
func (v Value) as(context string, t *rtype, form goreflect.Type) goreflect.Value {
	if v.t == nil {
		panic(context + ": value of type nil is not assignable to type " + t.String())
	}
	if !v.t.AssignableTo(t) {
		panic(context + ": value of type " + v.t.String() + " is not assignable to type " + t.String())
	}
	return v.to(form)
}

func (v Value) to(form goreflect.Type) goreflect.Value {
	switch {
	case form == anyType:
		if v.Kind() != goreflect.Interface && v.slot.IsValid() {
			return v.slot // cut here as well as there
		}
		if v.Kind() == goreflect.Interface || v.isReal() || v.t.real == nil {
			return anyOf(goreflect.ValueOf(v.lower()))
		}
		return anyOf(goreflect.ValueOf(v.lower()))
	case !v.v.IsValid():
		return goreflect.Zero(form)
	case v.v.Type() == form:
		return v.v
	}
	return v.t.m.r.ToBin(v.lower(), form)
}

// SetZero makes v its type's zero value.
func (v Value) SetZero() {
	v.mustBeSettable("SetZero")
	v.target().SetZero()
}

func (v Value) SetBool(x bool)          { v.set("SetBool", goreflect.Bool).SetBool(x) }
func (v Value) SetInt(x int64)          { v.set("SetInt", ints...).SetInt(x) }
func (v Value) SetUint(x uint64)        { v.set("SetUint", uints...).SetUint(x) }
func (v Value) SetFloat(x float64)      { v.set("SetFloat", floats...).SetFloat(x) }
func (v Value) SetComplex(x complex128) { v.set("SetComplex", complexes...).SetComplex(x) }
func (v Value) SetString(x string)      { v.set("SetString", goreflect.String).SetString(x) }
func (v Value) SetBytes(x []byte)       { v.set("SetBytes", goreflect.Slice).SetBytes(x) }
func (v Value) SetPointer(x unsafe.Pointer) {
	v.set("SetPointer", goreflect.UnsafePointer).SetPointer(x)
}
func (v Value) SetLen(n int) { v.set("SetLen", goreflect.Slice).SetLen(n) }
func (v Value) SetCap(n int) { v.set("SetCap", goreflect.Slice).SetCap(n) }
func (v Value) Grow(n int)   { v.set("Grow", goreflect.Slice).Grow(n) }

// CanConvert says whether Convert does not panic.
func (v Value) CanConvert(t Type) bool {
	if !v.t.ConvertibleTo(t) {
		return false
	}
	n := -1
	switch {
	case v.Kind() == goreflect.Slice && t.Kind() == goreflect.Array:
		n = t.Len()
	case v.Kind() == goreflect.Slice && t.Kind() == goreflect.Pointer && t.Elem().Kind() == goreflect.Array:
		n = t.Elem().Len()
	}
	return v.sliceLen() >= n
}

// sliceLen is the length of a slice, 0 of what is none.
func (v Value) sliceLen() int {
	if v.Kind() == goreflect.Slice {
		return v.v.Len()
	}
	return 0
}

// Convert is the value as one of type t.
func (v Value) Convert(t Type) Value {
	x := t.mirrored()
	if !v.t.ConvertibleTo(t) {
		panic("reflect.Value.Convert: value of type " + v.t.String() + " cannot be converted to type " + t.String())
	}
	form := x.form()
	var out goreflect.Value
	switch {
	case x.Kind() == goreflect.Interface:
		out = anyOf(goreflect.ValueOf(v.lower()))
	case v.v.Type() == form:
		out = goreflect.New(form).Elem() // a copy, which can't be addressed
		out.Set(v.v)
		out = goreflect.ValueOf(out.Interface())
	default:
		out = v.v.Convert(form)
	}
	return x.m.wrap(out, x, v.flag)
}

// Comparable reports whether the value can be compared, looking into interfaces.
func (v Value) Comparable() bool {
	switch v.Kind() {
	case goreflect.Invalid:
		return true
	case goreflect.Interface:
		return v.IsNil() || v.Elem().Comparable()
	case goreflect.Array:
		for i := range v.Len() {
			if !v.Index(i).Comparable() {
				return false
			}
		}
		return true
	case goreflect.Struct:
		for i := range v.NumField() {
			if !v.Field(i).Comparable() {
				return false
			}
		}
		return true
	}
	return v.t.Comparable()
}

// Equal reports whether v == u, both of one type.
func (v Value) Equal(u Value) bool {
	if v.Kind() == goreflect.Interface {
		v = v.Elem()
	}
	if u.Kind() == goreflect.Interface {
		u = u.Elem()
	}
	if !v.IsValid() || !u.IsValid() {
		return v.IsValid() == u.IsValid()
	}
	if v.t != u.t {
		return false
	}
	switch v.Kind() {
	case goreflect.Func, goreflect.Map, goreflect.Slice:
		panic("reflect.Value.Equal: values of type " + v.t.String() + " are not comparable")
	}
	return rt.Eq(v.lower(), u.lower())
}
