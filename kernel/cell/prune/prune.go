// Package prune takes out of the yaegi interpreter and of go/ssa what they keep for
// ever: both are made for programs that are loaded once, and a notebook loads one
// with every cell.
//
// Neither has a way to say that something is not needed any more, so the package
// reaches into their fields. It looks for them by name and type when it is made;
// what another version does not have is left alone, and kept.
package prune

import (
	"reflect"
	"unsafe"
)

// place finds a field of a struct by its path; ok is false if it is not there or
// has another type. The value can be set, whether or not the field is exported.
func place(v reflect.Value, typ string, path ...string) (field reflect.Value, ok bool) {
	for _, name := range path {
		for v.Kind() == reflect.Pointer && !v.IsNil() {
			v = v.Elem()
		}
		if v.Kind() != reflect.Struct {
			return reflect.Value{}, false
		}
		if v = v.FieldByName(name); !v.IsValid() || !v.CanAddr() {
			return reflect.Value{}, false
		}
		v = reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Elem()
	}
	return v, v.Type().String() == typ
}

// pointer is where a field lies, for a field of a type that can be named.
func pointer[T any](v reflect.Value, path ...string) *T {
	f, ok := place(v, reflect.TypeFor[T]().String(), path...)
	if !ok {
		return nil
	}
	return (*T)(f.Addr().UnsafePointer())
}

// slice is the layout of a slice.
type slice struct {
	data     unsafe.Pointer
	len, cap int
}
