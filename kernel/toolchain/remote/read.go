package remote

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"time"
	"unsafe"
)

// reader reads values. The first thing that is wrong ends it: what is read then is zero.
type reader struct {
	*Memory
	text []byte
	err  error
	keep bool // objects remember their text
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
	r.text = nil
}

func (r *reader) take(n int) []byte {
	if n > len(r.text) {
		r.fail("a message ends %d bytes too early", n-len(r.text))
		return nil
	}
	b := r.text[:n]
	r.text = r.text[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

// uint reads a number that is not larger than most.
func (r *reader) uint(most int) int {
	n, size := binary.Uvarint(r.text)
	if size <= 0 || n > uint64(most) {
		r.fail("a number in a message is not within 0 and %d", most)
		return 0
	}
	r.text = r.text[size:]
	return int(n)
}

// count reads a number of things of which each takes so many bytes at least.
func (r *reader) count(least int) int { return r.uint(len(r.text) / max(least, 1)) }

// limit is a number that is none.
const limit = int(^uint(0) >> 1)

// value reads a value to p.
func (r *reader) value(p unsafe.Pointer, t *Type) {
	if t.raw {
		copy(unsafe.Slice((*byte)(p), t.size), r.take(int(t.size)))
		return
	}
	if t.time {
		if err := (*time.Time)(p).UnmarshalBinary([]byte(r.string())); err != nil {
			r.fail("a message has no time: %v", err)
		}
		return
	}
	switch t.kind {
	case reflect.Bool:
		b := r.byte()
		if b > 1 {
			r.fail("a message has %d for a bool", b)
		}
		*(*bool)(p) = b == 1
	case reflect.String:
		*(*string)(p) = r.string()
	case reflect.Interface:
		if err := r.error(); err != nil {
			valueAt(p, t).Set(reflect.ValueOf(err))
		} else {
			valueAt(p, t).SetZero()
		}
	case reflect.Slice:
		r.slice(valueAt(p, t), t)
	case reflect.Pointer:
		r.pointer(valueAt(p, t), t)
	case reflect.Map:
		r.mapped(valueAt(p, t), t)
	case reflect.Array:
		if t.size == 0 {
			return
		}
		for i := range t.rt.Len() {
			r.value(unsafe.Add(p, uintptr(i)*t.elem.size), t.elem)
		}
	case reflect.Struct:
		for _, f := range t.fields {
			r.value(unsafe.Add(p, f.offset), f.Type)
		}
	}
}

func (r *reader) string() string { return string(r.take(r.count(1))) }

func (r *reader) slice(v reflect.Value, t *Type) {
	switch mark := r.byte(); mark {
	case isNil:
		v.SetZero()
	case isEmpty:
		n := r.uint(limit)
		if n > 0 && t.elem.size > 0 {
			r.fail("a message has %d elements without memory", n)
			n = 0
		}
		v.Set(reflect.MakeSlice(t.rt, n, n))
	case isRef:
		o, at := r.stretch(t.elem)
		n := r.uint(limit)
		if o == nil {
			return
		}
		if n > o.n-at {
			r.fail("a message has a slice of %d elements from %d on, of %d", n, at, o.n)
			return
		}
		*(*header)(v.Addr().UnsafePointer()) = header{o.element(at), n, n}
	default:
		r.fail("a message has the mark %d for a slice", mark)
	}
}

func (r *reader) pointer(v reflect.Value, t *Type) {
	switch mark := r.byte(); mark {
	case isNil:
		v.SetZero()
	case isEmpty:
		if t.elem.size > 0 {
			r.fail("a message has a pointer without memory")
			return
		}
		v.Set(reflect.New(t.elem.rt))
	case isRef:
		if o, at := r.stretch(t.elem); o != nil {
			v.Set(reflect.NewAt(t.elem.rt, o.element(at)))
		}
	default:
		r.fail("a message has the mark %d for a pointer", mark)
	}
}

// stretch reads what refers to a stretch of memory, and where in it; nil if it is wrong.
func (r *reader) stretch(elem *Type) (*object, int) {
	if elem.size == 0 {
		r.fail("a message refers to memory of no size")
		return nil, 0
	}
	id := r.uint(len(r.objects))
	n := r.uint(limit)
	if r.err != nil {
		return nil, 0
	}
	if id == len(r.objects) {
		if n > len(r.text)/max(elem.least, 1) || n == 0 {
			r.fail("a message of %d more bytes has an object of %d elements", len(r.text), n)
			return nil, 0
		}
		o := newStretch(elem, n)
		r.add(o)
	}
	o := r.objects[id]
	if o.elem == nil || o.elem.rt != elem.rt || o.n != n {
		r.fail("a message takes object %d for what it is not", id)
		return nil, 0
	}
	at := r.uint(n - 1)
	if r.err != nil {
		return nil, 0
	}
	return o, at
}

func (r *reader) mapped(v reflect.Value, t *Type) {
	switch mark := r.byte(); mark {
	case isNil:
		v.SetZero()
	case isRef:
		id := r.uint(len(r.objects))
		if r.err != nil {
			return
		}
		if id == len(r.objects) {
			r.add(&object{of: t, m: reflect.MakeMap(t.rt)})
		}
		o := r.objects[id]
		if o.of == nil || o.of.rt != t.rt {
			r.fail("a message takes object %d for what it is not", id)
			return
		}
		v.Set(o.m)
	default:
		r.fail("a message has the mark %d for a map", mark)
	}
}

// contents reads the objects from number first on, and those that they refer to.
func (r *reader) contents(first int) {
	for i := first; i < len(r.objects) && r.err == nil; i++ {
		o := r.objects[i]
		if o.elem == nil {
			r.entries(o, r.count(o.of.key.least+o.of.elem.least))
			continue
		}
		r.elements(o, 0, o.n)
	}
}

// elements reads the elements from from to to.
func (r *reader) elements(o *object, from, to int) {
	before := r.text
	if o.elem.raw {
		size := (to - from) * int(o.elem.size)
		copy(unsafe.Slice((*byte)(o.element(from)), size), r.take(size))
	} else {
		for i := from; i < to && r.err == nil; i++ {
			r.value(o.element(i), o.elem)
			if r.keep {
				o.at = append(o.at, len(before)-len(r.text))
			}
		}
	}
	if r.keep {
		o.was = before[:len(before)-len(r.text)]
	}
}

func (r *reader) entries(o *object, n int) {
	before := r.text
	for range n {
		k, e := reflect.New(o.of.key.rt), reflect.New(o.of.elem.rt)
		r.value(k.UnsafePointer(), o.of.key)
		r.value(e.UnsafePointer(), o.of.elem)
		if r.err != nil {
			return
		}
		o.m.SetMapIndex(k.Elem(), e.Elem())
		if r.keep {
			o.at = append(o.at, len(before)-len(r.text))
		}
	}
	if r.keep {
		o.was = before[:len(before)-len(r.text)]
	}
}

// changes reads what has changed in the first known objects.
func (r *reader) changes(known int) {
	for range r.count(2) {
		id := r.uint(max(known-1, 0))
		if r.err != nil || id >= known {
			r.fail("a message changes object %d of %d", id, known)
			return
		}
		o := r.objects[id]
		if o.elem == nil {
			n := r.count(o.of.key.least + o.of.elem.least)
			o.m.Clear()
			r.entries(o, n)
			continue
		}
		type run struct{ from, n int }
		runs := make([]run, r.count(2))
		for i := range runs {
			runs[i] = run{r.uint(o.n), r.uint(o.n)}
		}
		for _, c := range runs {
			if r.err != nil {
				return
			}
			if c.n > o.n-c.from {
				r.fail("a message changes %d elements from %d on, of %d", c.n, c.from, o.n)
				return
			}
			r.elements(o, c.from, c.from+c.n)
		}
	}
}

// end is what was wrong with a message that has been read.
func (r *reader) end() error {
	if n := len(r.text); r.err == nil && n > 0 {
		r.fail("a message has %d bytes too many", n)
	}
	return r.err
}

// Arguments reads what Request has written: the arguments lie where args say, and m is what the
// answer is written with.
func (f *Func) Arguments(text []byte) (args []unsafe.Pointer, m *Memory, err error) {
	r := &reader{Memory: newMemory(), text: text, keep: true}
	for _, t := range f.in {
		p := reflect.New(t.rt).UnsafePointer()
		r.value(p, t)
		args = append(args, p)
	}
	r.contents(0)
	if err := r.end(); err != nil {
		return nil, nil, err
	}
	for _, o := range r.objects {
		if o.elem != nil {
			r.ranges = append(r.ranges, o)
		}
	}
	return args, r.Memory, nil
}

// Answer reads what Reply has written: the results to where results say, nil if the
// function has panicked, and what has changed to where it is.
func (f *Func) Answer(text []byte, results []unsafe.Pointer, m *Memory) error {
	r := &reader{Memory: m, text: text}
	known := len(m.objects)
	for i, p := range results {
		r.value(p, f.out[i])
	}
	r.changes(known)
	r.contents(known)
	return r.end()
}
