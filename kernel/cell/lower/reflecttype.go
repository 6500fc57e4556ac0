package lower

import (
	"go/types"
	"reflect"
)

// reflectType is the reflect.Type of a type that erasing does not change; nil if it
// is built from one that nothing leads to.
func (l *Lowerer) reflectType(t types.Type) reflect.Type {
	missing := false
	part := func(t types.Type) reflect.Type {
		r := l.reflectType(t)
		if r == nil {
			missing, r = true, reflect.TypeFor[any]()
		}
		return r
	}
	var r reflect.Type
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		r = basicReflect[t.Kind()]
	case *types.Named:
		r = l.lib.TypeOf(t.Obj())
	case *types.Pointer:
		r = reflect.PointerTo(part(t.Elem()))
	case *types.Slice:
		r = reflect.SliceOf(part(t.Elem()))
	case *types.Array:
		r = reflect.ArrayOf(int(t.Len()), part(t.Elem()))
	case *types.Map:
		if key := part(t.Key()); key.Comparable() {
			r = reflect.MapOf(key, part(t.Elem()))
		}
	case *types.Chan:
		r = reflect.ChanOf([]reflect.ChanDir{reflect.BothDir, reflect.SendDir, reflect.RecvDir}[t.Dir()], part(t.Elem()))
	case *types.Signature:
		var in, out []reflect.Type
		for v := range t.Params().Variables() {
			in = append(in, part(v.Type()))
		}
		for v := range t.Results().Variables() {
			out = append(out, part(v.Type()))
		}
		r = reflect.FuncOf(in, out, false)
	default:
		r = reflect.TypeFor[any]()
	}
	if missing {
		return nil
	}
	return r
}

var basicReflect = map[types.BasicKind]reflect.Type{
	types.Bool: reflect.TypeFor[bool](), types.String: reflect.TypeFor[string](),
	types.Int: reflect.TypeFor[int](), types.Int8: reflect.TypeFor[int8](), types.Int16: reflect.TypeFor[int16](),
	types.Int32: reflect.TypeFor[int32](), types.Int64: reflect.TypeFor[int64](),
	types.Uint: reflect.TypeFor[uint](), types.Uint8: reflect.TypeFor[uint8](), types.Uint16: reflect.TypeFor[uint16](),
	types.Uint32: reflect.TypeFor[uint32](), types.Uint64: reflect.TypeFor[uint64](), types.Uintptr: reflect.TypeFor[uintptr](),
	types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](),
	types.Complex64: reflect.TypeFor[complex64](), types.Complex128: reflect.TypeFor[complex128](),
}
