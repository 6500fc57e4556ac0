package rt

import (
	"reflect"
	"unsafe"
)

// ToUP converts a pointer or uintptr to an unsafe.Pointer.
func ToUP(p any) unsafe.Pointer {
	switch p := p.(type) {
	case nil:
		return nil
	case unsafe.Pointer:
		return p
	case uintptr:
		return *(*unsafe.Pointer)(unsafe.Pointer(&p))
	}
	v := reflect.ValueOf(p)
	if v.Kind() == reflect.Uintptr {
		u := uintptr(v.Uint())
		return *(*unsafe.Pointer)(unsafe.Pointer(&u))
	}
	return v.UnsafePointer()
}

// UPInt is uintptr(p).
func UPInt(p unsafe.Pointer) uintptr { return uintptr(p) }

// FromUP converts p to the pointer type of t.
func FromUP(p unsafe.Pointer, t any) any {
	return reflect.NewAt(reflect.TypeOf(t).Elem(), p).Convert(reflect.TypeOf(t)).Interface()
}

// UAdd is unsafe.Add.
func UAdd(p unsafe.Pointer, n int) unsafe.Pointer { return unsafe.Add(p, n) }

// USlice is unsafe.Slice.
func USlice(p any, n int) any {
	v := reflect.ValueOf(p)
	if n < 0 {
		panic(rtError("runtime error: unsafe.Slice: len out of range"))
	}
	if v.IsNil() {
		if n > 0 {
			panic(rtError("runtime error: unsafe.Slice: ptr is nil and len is not zero"))
		}
		return reflect.Zero(reflect.SliceOf(v.Type().Elem())).Interface()
	}
	return reflect.NewAt(reflect.ArrayOf(n, v.Type().Elem()), v.UnsafePointer()).Elem().Slice(0, n).Interface()
}

// USliceData is unsafe.SliceData; t has the type of the result.
func USliceData(s any, t any) any {
	return reflect.NewAt(reflect.TypeOf(t).Elem(), reflect.ValueOf(s).UnsafePointer()).Interface()
}

// UString is unsafe.String.
func UString(p *byte, n int) string { return unsafe.String(p, n) }

// UStringData is unsafe.StringData.
func UStringData(s string) *byte { return unsafe.StringData(s) }
