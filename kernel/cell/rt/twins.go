package rt

import (
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
	"weak"
)

// twins are maps and slices that lowered and compiled code share although their
// elements differ: where compiled code has interfaces with methods, lowered code has
// empty ones. What lowered code does to its twin is done to the compiled one too, and
// of maps it reads the compiled one. They are found by the address of the lowered map or
// of its slice's first element.
type twins struct {
	count atomic.Int64
	m     sync.Map // unsafe.Pointer as a uintptr → *twin
}

type twin struct {
	at       weak.Pointer[byte] // another object may get the address
	compiled reflect.Value
}

// shared: t, of compiled code, is a map or slice of interfaces that lowered code has a
// twin of. Package lower says the same of the types of go/types.
func shared(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Map:
		return withMethods(t.Key()) || withMethods(t.Elem())
	case reflect.Slice:
		return withMethods(t.Elem())
	}
	return false
}

func withMethods(t reflect.Type) bool {
	return t.Kind() == reflect.Interface && t.PkgPath() != "" && t.NumMethod() > 0
}

// pair makes compiled the twin of lowered.
func (r *Runtime) pair(lowered, compiled reflect.Value) {
	p := lowered.UnsafePointer()
	if p == nil || lowered.Kind() == reflect.Slice && lowered.Cap() == 0 || !shared(compiled.Type()) {
		return
	}
	tw := &twin{weak.Make((*byte)(p)), compiled}
	r.twins.m.Store(uintptr(p), tw)
	r.twins.count.Add(1)
	runtime.AddCleanup((*byte)(p), func(at uintptr) {
		r.twins.m.CompareAndDelete(at, tw)
		r.twins.count.Add(-1)
	}, uintptr(p))
}

// twinOf is the compiled twin of a lowered map or slice: that of the slice's first
// element and those behind it.
func (r *Runtime) twinOf(lowered reflect.Value) (reflect.Value, bool) {
	if r.twins.count.Load() == 0 || !lowered.IsValid() {
		return reflect.Value{}, false
	}
	p := lowered.UnsafePointer()
	x, ok := r.twins.m.Load(uintptr(p))
	if !ok {
		return reflect.Value{}, false
	}
	tw := x.(*twin)
	return tw.compiled, tw.at.Value() == (*byte)(p)
}

// twinAs is the twin of a lowered value as compiled code of type t gets it.
func (r *Runtime) twinAs(v reflect.Value, t reflect.Type) (reflect.Value, bool) {
	tw, ok := r.twinOf(v)
	if !ok || tw.Type() != t {
		return reflect.Value{}, false
	}
	if v.Kind() == reflect.Slice {
		if v.Len() > tw.Len() {
			return reflect.Value{}, false
		}
		tw = tw.Slice3(0, v.Len(), min(v.Cap(), tw.Len()))
	}
	return tw, true
}

// Twin: the lowered map m has a twin, which is to be read.
func (r *Runtime) Twin(m any) bool {
	_, ok := r.twinOf(reflect.ValueOf(m))
	return ok
}

// TwinGet is m[k] of the twin of m; none is the zero value of its elements.
func (r *Runtime) TwinGet(m, k, none any) (any, bool) {
	if tw, ok := r.twinOf(reflect.ValueOf(m)); ok {
		if e := tw.MapIndex(r.mapKey(tw, k)); e.IsValid() {
			return r.FromBin(e), true
		}
	}
	return none, false
}

// mapKey is lowered k as a key of compiled map m.
func (r *Runtime) mapKey(m reflect.Value, k any) reflect.Value {
	t := m.Type().Key()
	return toType(r.toBin(reflect.ValueOf(k), t, boxed), t)
}

// TwinSet is m[k] = e of the twin of m, if there is one.
func (r *Runtime) TwinSet(m, k, e any) {
	if tw, ok := r.twinOf(reflect.ValueOf(m)); ok {
		t := tw.Type().Elem()
		tw.SetMapIndex(r.mapKey(tw, k), toType(r.toBin(reflect.ValueOf(e), t, boxed), t))
	}
}

// TwinDelete is delete(m, k) of the twin of m, if there is one.
func (r *Runtime) TwinDelete(m, k any) {
	if tw, ok := r.twinOf(reflect.ValueOf(m)); ok {
		tw.SetMapIndex(r.mapKey(tw, k), reflect.Value{})
	}
}

// TwinLen is len(m), of a map that may have a twin.
func (r *Runtime) TwinLen(m any) int {
	v := reflect.ValueOf(m)
	if tw, ok := r.twinOf(v); ok {
		return tw.Len()
	}
	return v.Len()
}

// Wrote brings elements i up to j of a lowered slice to its twin.
func (r *Runtime) Wrote(s any, i, j int) {
	v := reflect.ValueOf(s)
	tw, ok := r.twinOf(v)
	if !ok {
		return
	}
	et := tw.Type().Elem()
	for ; i < min(j, tw.Len()); i++ {
		tw.Index(i).Set(toType(r.toBin(v.Index(i), et, boxed), et))
	}
}

// Part makes part, a slice of lowered slice s, have the part of its twin.
func (r *Runtime) Part(part, s any) {
	p, v := reflect.ValueOf(part), reflect.ValueOf(s)
	tw, ok := r.twinOf(v)
	if !ok || p.Cap() == 0 {
		return
	}
	from := int((uintptr(p.UnsafePointer()) - uintptr(v.UnsafePointer())) / unsafe.Sizeof(any(nil)))
	if _, known := r.twinOf(p); !known && from < tw.Len() {
		r.pair(p, tw.Slice(from, tw.Len()))
	}
}
