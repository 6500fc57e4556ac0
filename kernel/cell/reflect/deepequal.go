package reflect

import (
	goreflect "reflect"
	"unsafe"
)

// DeepEqual is reflect.DeepEqual of two lowered values.
func (m *Mirror) DeepEqual(x, y any) bool {
	a, b := m.valueOf(x), m.valueOf(y)
	if !a.IsValid() || !b.IsValid() {
		return a.IsValid() == b.IsValid()
	}
	return a.t == b.t && deepEqual(a, b, map[visit]bool{})
}

// visit is a comparison that has begun: one that comes again within it counts as equal.
type visit struct {
	a, b unsafe.Pointer
	t    *rtype
}

func deepEqual(a, b Value, seen map[visit]bool) bool {
	if !a.IsValid() || !b.IsValid() {
		return a.IsValid() == b.IsValid()
	}
	if a.t != b.t {
		return false
	}
	switch k := a.Kind(); k {
	case goreflect.Pointer, goreflect.Map, goreflect.Slice:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		if k == goreflect.Slice && a.Len() != b.Len() {
			return false
		}
		p, q := a.UnsafePointer(), b.UnsafePointer()
		if p == q {
			return true
		}
		v := visit{p, q, a.t}
		if seen[v] {
			return true
		}
		seen[v] = true
	}
	switch a.Kind() {
	case goreflect.Pointer, goreflect.Interface:
		return deepEqual(a.Elem(), b.Elem(), seen)
	case goreflect.Array, goreflect.Slice:
		for i := range a.Len() {
			if !deepEqual(a.Index(i), b.Index(i), seen) {
				return false
			}
		}
		return true
	case goreflect.Struct:
		for i := range a.NumField() {
			if !deepEqual(a.Field(i), b.Field(i), seen) {
				return false
			}
		}
		return true
	case goreflect.Map:
		if a.Len() != b.Len() {
			return false
		}
		for i := a.MapRange(); i.Next(); {
			x := b.MapIndex(i.Key())
			if !x.IsValid() || !deepEqual(i.Value(), x, seen) {
				return false
			}
		}
		return true
	case goreflect.Func:
		return a.IsNil() && b.IsNil()
	}
	return a.v.Equal(b.v)
}
