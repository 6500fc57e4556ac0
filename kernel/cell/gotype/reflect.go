package gotype

import (
	"go/token"
	"go/types"
	"reflect"
	"unsafe"
)

// Reflect is the type of package reflect that t is; nil if that is built from one which
// named finds none for, or from one that package reflect could not make: a struct with
// fields, an interface with methods.
func Reflect(t types.Type, named func(*types.Named) reflect.Type) reflect.Type {
	missing := false
	part := func(t types.Type) reflect.Type {
		x := Reflect(t, named)
		if x == nil {
			missing, x = true, anyType
		}
		return x
	}
	var x reflect.Type
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		x = Basic(t)
	case *types.Named:
		x = named(t)
	case *types.Pointer:
		x = reflect.PointerTo(part(t.Elem()))
	case *types.Slice:
		x = reflect.SliceOf(part(t.Elem()))
	case *types.Array:
		x = reflect.ArrayOf(int(t.Len()), part(t.Elem()))
	case *types.Map:
		if key := part(t.Key()); key.Comparable() {
			x = reflect.MapOf(key, part(t.Elem()))
		}
	case *types.Chan:
		x = reflect.ChanOf(ChanDir(t.Dir()), part(t.Elem()))
	case *types.Signature:
		var in, out []reflect.Type
		for v := range t.Params().Variables() {
			in = append(in, part(v.Type()))
		}
		for v := range t.Results().Variables() {
			out = append(out, part(v.Type()))
		}
		if !missing {
			x = reflect.FuncOf(in, out, t.Variadic())
		}
	case *types.Interface:
		if t.Empty() {
			x = anyType
		}
	case *types.Struct:
		if t.NumFields() == 0 {
			x = reflect.TypeFor[struct{}]()
		}
	}
	if missing {
		return nil
	}
	return x
}

var anyType = reflect.TypeFor[any]()

// ChanDir is a direction of package reflect.
func ChanDir(d types.ChanDir) reflect.ChanDir {
	return [...]reflect.ChanDir{types.SendRecv: reflect.BothDir, types.SendOnly: reflect.SendDir, types.RecvOnly: reflect.RecvDir}[d]
}

// Basic is the type of package reflect that a predeclared type is, nil for untyped ones.
func Basic(t *types.Basic) reflect.Type { return basics[t.Kind()] }

var basics = map[types.BasicKind]reflect.Type{
	types.Bool: reflect.TypeFor[bool](), types.String: reflect.TypeFor[string](),
	types.Int: reflect.TypeFor[int](), types.Int8: reflect.TypeFor[int8](), types.Int16: reflect.TypeFor[int16](),
	types.Int32: reflect.TypeFor[int32](), types.Int64: reflect.TypeFor[int64](),
	types.Uint: reflect.TypeFor[uint](), types.Uint8: reflect.TypeFor[uint8](), types.Uint16: reflect.TypeFor[uint16](),
	types.Uint32: reflect.TypeFor[uint32](), types.Uint64: reflect.TypeFor[uint64](), types.Uintptr: reflect.TypeFor[uintptr](),
	types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](),
	types.Complex64: reflect.TypeFor[complex64](), types.Complex128: reflect.TypeFor[complex128](),
	types.UnsafePointer: reflect.TypeFor[unsafe.Pointer](),
}

// FromReflect is what go/types has for a type that is put together from predeclared ones,
// nil for others.
func FromReflect(t reflect.Type) types.Type {
	if t.Name() != "" {
		return predeclared(t)
	}
	missing := false
	part := func(t reflect.Type) types.Type {
		x := FromReflect(t)
		missing = missing || x == nil
		return x
	}
	var x types.Type
	switch t.Kind() {
	case reflect.Pointer:
		x = types.NewPointer(part(t.Elem()))
	case reflect.Slice:
		x = types.NewSlice(part(t.Elem()))
	case reflect.Array:
		x = types.NewArray(part(t.Elem()), int64(t.Len()))
	case reflect.Map:
		x = types.NewMap(part(t.Key()), part(t.Elem()))
	case reflect.Chan:
		x = types.NewChan(FromChanDir(t.ChanDir()), part(t.Elem()))
	case reflect.Func:
		var in, out []*types.Var
		for p := range t.Ins() {
			in = append(in, types.NewParam(token.NoPos, nil, "", part(p)))
		}
		for r := range t.Outs() {
			out = append(out, types.NewParam(token.NoPos, nil, "", part(r)))
		}
		if !missing {
			x = types.NewSignatureType(nil, nil, nil, types.NewTuple(in...), types.NewTuple(out...), t.IsVariadic())
		}
	case reflect.Interface:
		if t == anyType {
			x = types.NewInterfaceType(nil, nil)
		}
	case reflect.Struct:
		if t.NumField() == 0 {
			x = types.NewStruct(nil, nil)
		}
	}
	if missing {
		return nil
	}
	return x
}

func predeclared(t reflect.Type) types.Type {
	if t.Kind() == reflect.UnsafePointer && t.PkgPath() == "unsafe" {
		return types.Typ[types.UnsafePointer]
	}
	if t.PkgPath() != "" {
		return nil
	}
	return types.Universe.Lookup(t.Name()).Type()
}

// FromChanDir is a direction of go/types.
func FromChanDir(d reflect.ChanDir) types.ChanDir {
	switch d {
	case reflect.SendDir:
		return types.SendOnly
	case reflect.RecvDir:
		return types.RecvOnly
	}
	return types.SendRecv
}
