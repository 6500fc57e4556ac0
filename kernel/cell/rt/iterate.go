package rt

import (
	"reflect"
	"unicode/utf8"
	"unsafe"
)

// MapIter iterates over a map whose type lowered code doesn't know.
type MapIter struct{ it *reflect.MapIter }

// RangeMap starts an iteration over m.
func RangeMap(m any) *MapIter {
	v := reflect.ValueOf(m)
	if !v.IsValid() {
		v = reflect.ValueOf(map[int]int(nil))
	}
	return &MapIter{it: v.MapRange()}
}

// Next goes to the next entry; false: there is none.
func (m *MapIter) Next() bool { return m.it.Next() }

// Key is the key of the entry.
func (m *MapIter) Key() any { return m.it.Key().Interface() }

// Val is the element of the entry.
func (m *MapIter) Val() any { return m.it.Value().Interface() }

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
func Clear(x any) {
	if v := reflect.ValueOf(x); v.IsValid() {
		v.Clear()
	}
}

// Delete is delete(m, k).
func Delete(m, k any) {
	v := reflect.ValueOf(m)
	if !v.IsValid() || v.IsNil() {
		return
	}
	v.SetMapIndex(toType(reflect.ValueOf(k), v.Type().Key()), reflect.Value{})
}

// Copy is copy(dst, src).
func Copy(dst, src any) int {
	d, s := reflect.ValueOf(dst), reflect.ValueOf(src)
	if !d.IsValid() || !s.IsValid() {
		return 0
	}
	return reflect.Copy(d, s)
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
