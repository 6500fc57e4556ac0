package rt

import (
	"go/token"
	"go/types"
	"reflect"
)

// RawType is what go/types has for a type that is put together from predeclared ones,
// nil for others.
func RawType(t reflect.Type) types.Type {
	if t.Name() != "" {
		return predeclared(t)
	}
	missing := false
	part := func(t reflect.Type) types.Type {
		x := RawType(t)
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
		x = types.NewChan(chanDir(t.ChanDir()), part(t.Elem()))
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
			x = types.Universe.Lookup("any").Type().Underlying()
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

func chanDir(d reflect.ChanDir) types.ChanDir {
	switch d {
	case reflect.SendDir:
		return types.SendOnly
	case reflect.RecvDir:
		return types.RecvOnly
	}
	return types.SendRecv
}
