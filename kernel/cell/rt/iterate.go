package rt

import (
	"reflect"
	"unicode/utf8"
	"unsafe"
)

// MapIter iterates over a map whose type lowered code doesn't know.
type MapIter struct {
	it       *reflect.MapIter
	compiled *Runtime // not nil: the map is the compiled twin of a lowered one
}

// RangeMap starts an iteration over m.
func (r *Runtime) RangeMap(m any) *MapIter {
	v := reflect.ValueOf(m)
	if !v.IsValid() {
		v = reflect.ValueOf(map[int]int(nil))
	}
	if tw, ok := r.twinOf(v); ok {
		return &MapIter{tw.MapRange(), r}
	}
	return &MapIter{it: v.MapRange()}
}

// Next goes to the next entry; false: there is none.
func (m *MapIter) Next() bool { return m.it.Next() }

// Key is the key of the entry.
func (m *MapIter) Key() any { return m.lowered(m.it.Key()) }

// Val is the element of the entry.
func (m *MapIter) Val() any { return m.lowered(m.it.Value()) }

func (m *MapIter) lowered(v reflect.Value) any {
	if m.compiled != nil {
		return m.compiled.FromBin(v)
	}
	return v.Interface()
}

// StrIter iterates over the runes of a string.
type StrIter struct {
	s    string
	i, n int // offsets of this rune and of the next one
	r    rune
}

// RangeStr starts an iteration over s.
func RangeStr(s string) *StrIter { return &StrIter{s: s} }

// Next goes to the next rune; false: there is none.
func (m *StrIter) Next() bool {
	if m.n >= len(m.s) {
		return false
	}
	m.i = m.n
	r, size := utf8.DecodeRuneInString(m.s[m.i:])
	m.r, m.n = r, m.i+size
	return true
}

// Key is the offset of the rune.
func (m *StrIter) Key() int { return m.i }

// Val is the rune.
func (m *StrIter) Val() rune { return m.r }

// Clear is clear(x) of a map or slice.
func (r *Runtime) Clear(x any) {
	v := reflect.ValueOf(x)
	if !v.IsValid() {
		return
	}
	v.Clear()
	if v.Kind() == reflect.Slice {
		r.Wrote(x, 0, v.Len())
	} else if tw, ok := r.twinOf(v); ok {
		tw.Clear()
	}
}

// Delete is delete(m, k).
func (r *Runtime) Delete(m, k any) {
	v := reflect.ValueOf(m)
	if !v.IsValid() || v.IsNil() {
		return
	}
	v.SetMapIndex(toType(reflect.ValueOf(k), v.Type().Key()), reflect.Value{})
	r.TwinDelete(m, k)
}

// Copy is copy(dst, src).
func (r *Runtime) Copy(dst, src any) int {
	d, s := reflect.ValueOf(dst), reflect.ValueOf(src)
	if !d.IsValid() || !s.IsValid() {
		return 0
	}
	n := reflect.Copy(d, s)
	if d.Kind() == reflect.Slice {
		r.Wrote(dst, 0, n)
	}
	return n
}

// IA is the address of element i of a slice or of the array that s points to.
func IA(s any, i int) any {
	switch s := s.(type) {
	case []int:
		return &s[i]
	case []float64:
		return &s[i]
	case []string:
		return &s[i]
	case []any:
		return &s[i]
	}
	v := reflect.ValueOf(s)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			Nil()
		}
		v = v.Elem()
	}
	checkIndex(i, v.Len())
	return v.Index(i).Addr().Interface()
}

// FA is the address of field f of the struct that p points to.
func FA(p any, f int) any {
	v := reflect.ValueOf(p)
	if !v.IsValid() || v.IsNil() {
		Nil()
	}
	v = v.Elem().Field(f)
	return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Interface()
}
