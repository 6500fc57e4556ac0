package remote

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"time"
	"unsafe"
)

// Marks of references.
const (
	isNil   = iota
	isEmpty // a slice without memory, with its length; a pointer to nothing that has a size
	isRef   // an object's number, its length, and the part of it
)

// writer writes values.
type writer struct {
	*Memory
	text   []byte
	errors *Errors
}

func (w *writer) uint(n int) { w.text = binary.AppendUvarint(w.text, uint64(n)) }

func (w *writer) memory(p unsafe.Pointer, size int) {
	w.text = append(w.text, unsafe.Slice((*byte)(p), size)...)
}

// value writes the value at p.
func (w *writer) value(p unsafe.Pointer, t *Type) {
	if t.raw {
		w.memory(p, int(t.size))
		return
	}
	if t.time {
		w.time(*(*time.Time)(p))
		return
	}
	switch t.kind {
	case reflect.Bool:
		w.text = append(w.text, *(*byte)(p))
	case reflect.String:
		w.string(*(*string)(p))
	case reflect.Interface:
		w.error(valueAt(p, t).Interface())
	case reflect.Slice:
		s := sliceAt(p, t)
		switch {
		case s.base == nil:
			w.text = append(w.text, isNil)
		case s.n == 0 || t.elem.size == 0:
			w.text = append(w.text, isEmpty)
			w.uint(s.n)
		default:
			o := w.stretch(s.base)
			w.uint(int((uintptr(s.base) - uintptr(o.base)) / t.elem.size))
			w.uint(s.n)
		}
	case reflect.Pointer:
		q := *(*unsafe.Pointer)(p)
		switch {
		case q == nil:
			w.text = append(w.text, isNil)
		case t.elem.size == 0:
			w.text = append(w.text, isEmpty)
		default:
			o := w.stretch(q)
			w.uint(int((uintptr(q) - uintptr(o.base)) / t.elem.size))
		}
	case reflect.Map:
		m := valueAt(p, t)
		if m.IsNil() {
			w.text = append(w.text, isNil)
			return
		}
		id, ok := w.maps[m.UnsafePointer()]
		if !ok {
			id = w.add(&object{of: t, m: m})
		}
		w.text = append(w.text, isRef)
		w.uint(id)
	case reflect.Array:
		if t.size == 0 {
			return
		}
		for i := range t.rt.Len() {
			w.value(unsafe.Add(p, uintptr(i)*t.elem.size), t.elem)
		}
	case reflect.Struct:
		for _, f := range t.fields {
			w.value(unsafe.Add(p, f.offset), f.Type)
		}
	}
}

// time writes an instant with its offset from UTC; what the monotonic clock said is the other end's as little as
// the location's name.
func (w *writer) time(t time.Time) {
	text, err := t.MarshalBinary()
	if err != nil { // an offset that nobody has
		text, _ = t.UTC().MarshalBinary()
	}
	w.string(string(text))
}

func (w *writer) string(s string) {
	w.uint(len(s))
	w.text = append(w.text, s...)
}

// stretch refers to the object that an address is in, which gets a number if it has none.
func (w *writer) stretch(p unsafe.Pointer) *object {
	o := w.covering(p)
	id, ok := w.number[o]
	if !ok {
		id = w.add(o)
	}
	w.text = append(w.text, isRef)
	w.uint(id)
	w.uint(o.n)
	return o
}

// contents writes the objects from number first on, and those that they refer to.
func (w *writer) contents(first int) {
	for i := first; i < len(w.objects); i++ {
		o := w.objects[i]
		if o.elem != nil {
			w.elements(o, 0, o.n)
			continue
		}
		w.uint(o.m.Len())
		for it := o.m.MapRange(); it.Next(); {
			w.value(copyOf(it.Key()), o.of.key)
			w.value(copyOf(it.Value()), o.of.elem)
		}
	}
}

func (w *writer) elements(o *object, from, to int) {
	if o.elem.raw {
		w.memory(o.element(from), (to-from)*int(o.elem.size))
		return
	}
	for i := from; i < to; i++ {
		w.value(o.element(i), o.elem)
	}
}

// changes writes what is not as it was received of the first known objects.
func (w *writer) changes(known int) {
	at, count := len(w.text), 0
	var list []byte
	for id, o := range w.objects[:known] {
		before := len(w.text)
		w.uint(id)
		var changed bool
		if o.elem == nil {
			changed = w.changedMap(o)
		} else {
			changed = w.changedElements(o)
		}
		if changed {
			list = append(list, w.text[before:]...)
			count++
		}
		w.text = w.text[:before]
	}
	w.text = w.text[:at]
	w.uint(count)
	w.text = append(w.text, list...)
}

// changedMap writes a map if it is not as it was.
func (w *writer) changedMap(o *object) bool {
	w.uint(o.m.Len())
	start := len(w.text)
	var now [][]byte
	var ends []int
	for it := o.m.MapRange(); it.Next(); {
		w.value(copyOf(it.Key()), o.of.key)
		w.value(copyOf(it.Value()), o.of.elem)
		ends = append(ends, len(w.text)-start)
	}
	now = parts(w.text[start:], ends)
	was := parts(o.was, o.at)
	slices.SortFunc(now, bytes.Compare)
	slices.SortFunc(was, bytes.Compare)
	return !slices.EqualFunc(now, was, bytes.Equal)
}

// parts divides a text at ends.
func parts(text []byte, ends []int) (list [][]byte) {
	from := 0
	for _, to := range ends {
		list = append(list, text[from:to])
		from = to
	}
	return list
}

// changedElements writes the elements of a stretch that are not as they were, run by run:
// the number of runs, and where each begins and how long it is.
func (w *writer) changedElements(o *object) bool {
	type run struct{ from, to int }
	var runs []run
	add := func(i int) {
		if n := len(runs); n > 0 && runs[n-1].to == i {
			runs[n-1].to++
			return
		}
		runs = append(runs, run{i, i + 1})
	}
	var text []byte
	if size := int(o.elem.size); o.elem.raw {
		now := unsafe.Slice((*byte)(o.base), o.n*size)
		if bytes.Equal(now, o.was) {
			return false
		}
		for i := range o.n {
			if !bytes.Equal(now[i*size:(i+1)*size], o.was[i*size:(i+1)*size]) {
				add(i)
			}
		}
		for _, r := range runs {
			text = append(text, now[r.from*size:r.to*size]...)
		}
	} else {
		from, before := 0, len(w.text)
		for i, to := range o.at {
			w.value(o.element(i), o.elem)
			if now := w.text[before:]; !bytes.Equal(now, o.was[from:to]) {
				add(i)
				text = append(text, now...)
			}
			w.text = w.text[:before]
			from = to
		}
	}
	w.uint(len(runs))
	for _, r := range runs {
		w.uint(r.from)
		w.uint(r.to - r.from)
	}
	w.text = append(w.text, text...)
	return len(runs) > 0
}

// Request writes the arguments of a call, which lie at args, and returns what its
// answer is read with.
func (f *Func) Request(args []unsafe.Pointer, errs *Errors) ([]byte, *Memory, error) {
	w := &writer{Memory: newMemory(), errors: errs}
	c := w.collector()
	for i, t := range f.in {
		c.value(args[i], t)
	}
	if err := c.merge(); err != nil {
		return nil, nil, err
	}
	size := 64
	for _, o := range w.ranges {
		size += o.n * o.elem.least
	}
	w.text = make([]byte, 0, size)
	for i, t := range f.in {
		w.value(args[i], t)
	}
	w.contents(0)
	return w.text, w.Memory, nil
}

// Reply writes the results of a call, which lie at results, and what has changed in what
// the arguments refer to. A function that panicked has no results: nil.
func (f *Func) Reply(results []unsafe.Pointer, m *Memory, errs *Errors) ([]byte, error) {
	w := &writer{Memory: m, errors: errs}
	known := len(m.objects)
	c := w.collector()
	for i, p := range results {
		c.value(p, f.out[i])
	}
	for _, o := range m.objects {
		if o.elem != nil {
			c.elements(stretch{o.elem, o.base, o.n})
			continue
		}
		c.value(copyOf(o.m), o.of)
	}
	if err := c.merge(); err != nil {
		return nil, fmt.Errorf("the results: %w", err)
	}
	for i, p := range results {
		w.value(p, f.out[i])
	}
	w.changes(known)
	w.contents(known)
	return w.text, nil
}
