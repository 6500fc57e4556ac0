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
	checkUnsafe("unsafe.Slice", v.UnsafePointer(), n, int(v.Type().Elem().Size()))
	if v.IsNil() {
		return reflect.Zero(reflect.SliceOf(v.Type().Elem())).Interface()
	}
	return reflect.SliceAt(v.Type().Elem(), v.UnsafePointer(), n).Interface()
}

// checkUnsafe panics as unsafe.Slice and unsafe.String do if n elements at p are no memory.
func checkUnsafe(name string, p unsafe.Pointer, n, size int) {
	const most = 1 << 48
	switch {
	case n < 0 || size > 0 && n > most/size || n > 0 && p != nil && uintptr(n*size) > -uintptr(p):
		panic(rtError("runtime error: " + name + ": len out of range"))
	case p == nil && n > 0:
		panic(rtError("runtime error: " + name + ": ptr is nil and len is not zero"))
	}
}

// USliceData is unsafe.SliceData; t has the type of the result.
func USliceData(s any, t any) any {
	return reflect.NewAt(reflect.TypeOf(t).Elem(), reflect.ValueOf(s).UnsafePointer()).Interface()
}

// UString is unsafe.String.
func UString(p *byte, n int) string {
	checkUnsafe("unsafe.String", unsafe.Pointer(p), n, 1)
	return unsafe.String(p, n)
}

// UStringData is unsafe.StringData.
func UStringData(s string) *byte { return unsafe.StringData(s) }
