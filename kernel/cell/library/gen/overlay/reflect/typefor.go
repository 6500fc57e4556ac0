// Package reflect holds the generic functions of package reflect.
package reflect

import "reflect"

// TypeFor is what TypeOf says of a pointer, less the pointer.
func TypeFor[T any]() reflect.Type { return reflect.TypeOf((*T)(nil)).Elem() }

// TypeAssert goes through an interface value.
func TypeAssert[T any](v reflect.Value) (T, bool) {
	x, ok := v.Interface().(T)
	return x, ok
}
