package rt

import (
	"go/types"
	"reflect"
	"runtime"
)

// Eq is a == b of two values that lowered code can't compare itself: interfaces,
// pointers, channels, arrays, structs. It panics as Go does if the type is not comparable.
func Eq(a, b any) bool {
	x, ok1 := a.(Boxed)
	y, ok2 := b.(Boxed)
	if ok1 && ok2 {
		if x.d != y.d && x.d.typ() != y.d.typ() {
			return false
		}
		if x.V != nil && !reflect.TypeOf(x.V).Comparable() {
			panic(rtError("runtime error: comparing uncomparable type " + x.d.String()))
		}
		if hasBlank(x.d.typ()) {
			return eqv(x.d.typ(), reflect.ValueOf(x.V), reflect.ValueOf(y.V))
		}
		return Eq(x.V, y.V)
	}
	if a != nil && b != nil {
		// A channel and the same channel with a direction are equal.
		if v := reflect.ValueOf(a); v.Kind() == reflect.Chan {
			if w := reflect.ValueOf(b); w.Kind() == reflect.Chan {
				return v.Pointer() == w.Pointer()
			}
		} else if k := v.Kind(); k == reflect.Struct || k == reflect.Array {
			defer func() {
				if e, ok := recover().(runtime.Error); ok {
					if t := uncomparable(v, reflect.ValueOf(b)); t != "" {
						panic(rtError("runtime error: comparing uncomparable type " + t))
					}
					panic(e)
				}
			}()
		}
	}
	return a == b
}

// uncomparable is the type for which a == b panics, if it is one of the cell's. Both
// values have the same type.
func uncomparable(a, b reflect.Value) string {
	switch a.Kind() {
	case reflect.Interface:
		x, ok1 := a.Interface().(Boxed)
		y, ok2 := b.Interface().(Boxed)
		switch {
		case !ok1 || !ok2 || x.d != y.d:
		case !types.Comparable(x.d.typ()):
			return x.d.String()
		default:
			return uncomparable(reflect.ValueOf(x.V), reflect.ValueOf(y.V))
		}
	case reflect.Struct:
		for i := range a.NumField() {
			if t := uncomparable(a.Field(i), b.Field(i)); t != "" {
				return t
			}
		}
	case reflect.Array:
		for i := range a.Len() {
			if t := uncomparable(a.Index(i), b.Index(i)); t != "" {
				return t
			}
		}
	}
	return ""
}

// EqT is a == b of values of type id that have blank fields, which don't count.
func (r *Runtime) EqT(id int, a, b any) bool {
	return eqv(r.desc(id).typ(), reflect.ValueOf(a), reflect.ValueOf(b))
}

func eqv(t types.Type, a, b reflect.Value) bool {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := range u.NumFields() {
			if f := u.Field(i); f.Name() != "_" && !eqv(f.Type(), a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case *types.Array:
		for i := range a.Len() {
			if !eqv(u.Elem(), a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	}
	return Eq(a.Interface(), b.Interface())
}

// hasBlank: values of t have blank fields, not behind a pointer.
func hasBlank(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i := range u.NumFields() {
			if u.Field(i).Name() == "_" || hasBlank(u.Field(i).Type()) {
				return true
			}
		}
	case *types.Array:
		return hasBlank(u.Elem())
	}
	return false
}
