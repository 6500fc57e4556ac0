package rt

import "reflect"

// unboxDeep is v with the Boxed values inside of it replaced by their plain values, in
// a copy. It doesn't follow pointers: what they point to is shared.
func unboxDeep(v reflect.Value) reflect.Value {
	if !hasBoxed(v) {
		return v
	}
	x := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.Interface:
		e := v.Elem()
		if b, ok := e.Interface().(Boxed); ok {
			e = reflect.ValueOf(b.V)
		}
		if e.IsValid() {
			x.Set(unboxDeep(e))
		}
	case reflect.Struct:
		x.Set(v)
		for i := range v.NumField() {
			if x.Field(i).CanSet() {
				x.Field(i).Set(unboxDeep(v.Field(i)))
			}
		}
	case reflect.Slice:
		x.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			x.Index(i).Set(unboxDeep(v.Index(i)))
		}
	case reflect.Map:
		x.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
		for it := v.MapRange(); it.Next(); {
			x.SetMapIndex(unboxDeep(it.Key()), unboxDeep(it.Value()))
		}
	}
	return x
}

// hasBoxed: there is a Boxed value in v, not behind a pointer.
func hasBoxed(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return false
		}
		return v.Elem().Type() == boxedType || hasBoxed(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && hasBoxed(v.Field(i)) {
				return true
			}
		}
	case reflect.Slice, reflect.Array:
		if !mayHold(v.Type().Elem()) {
			return false
		}
		for i := range v.Len() {
			if hasBoxed(v.Index(i)) {
				return true
			}
		}
	case reflect.Map:
		if !mayHold(v.Type().Key()) && !mayHold(v.Type().Elem()) {
			return false
		}
		for it := v.MapRange(); it.Next(); {
			if hasBoxed(it.Key()) || hasBoxed(it.Value()) {
				return true
			}
		}
	}
	return false
}

// mayHold: a value of t can have interface values in it, not behind a pointer.
func mayHold(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface, reflect.Struct, reflect.Slice, reflect.Array, reflect.Map:
		return true
	}
	return false
}
