package remote

import (
	"cmp"
	"errors"
	"reflect"
	"slices"
	"unsafe"
)

// object is a stretch of memory that slices and pointers refer to, or a map.
type object struct {
	elem *Type          // of the stretch; nil: it is a map
	base unsafe.Pointer // the first element
	n    int            // elements
	of   *Type          // of the map
	m    reflect.Value

	// As it was received: each element's text, or each entry's.
	was []byte
	at  []int // where they end in was, unless they are raw
}

func (o *object) end() uintptr { return uintptr(o.base) + uintptr(o.n)*o.elem.size }

func (o *object) element(i int) unsafe.Pointer { return unsafe.Add(o.base, uintptr(i)*o.elem.size) }

// stretch is a part of the memory as a slice or a pointer has it.
type stretch struct {
	elem *Type
	base unsafe.Pointer
	n    int
}

// Memory is what the two ends of a call have in common: objects, by number.
type Memory struct {
	objects []*object
	ranges  []*object              // stretches, by address; those without a number too
	number  map[*object]int        // of those that have one
	maps    map[unsafe.Pointer]int // of maps
}

func newMemory() *Memory {
	return &Memory{number: map[*object]int{}, maps: map[unsafe.Pointer]int{}}
}

// errShared is that two values share memory and are not of one type.
var errShared = errors.New("two of the values share memory as values of different types, such as a struct and a pointer to its field: compiled code in another process cannot share it so")

// covering is the object that holds an address, nil if none does.
func (m *Memory) covering(p unsafe.Pointer) *object {
	i, found := slices.BinarySearchFunc(m.ranges, uintptr(p), func(o *object, p uintptr) int { return cmp.Compare(uintptr(o.base), p) })
	if !found {
		i--
	}
	if i < 0 || uintptr(p) >= m.ranges[i].end() {
		return nil
	}
	return m.ranges[i]
}

// add numbers an object.
func (m *Memory) add(o *object) int {
	id := len(m.objects)
	m.objects = append(m.objects, o)
	if o.elem == nil {
		m.maps[o.m.UnsafePointer()] = id
	} else {
		m.number[o] = id
	}
	return id
}

// collector finds the memory that values refer to.
type collector struct {
	*Memory
	seen  map[stretch]bool
	maps  map[unsafe.Pointer]bool
	fresh []stretch
}

func (m *Memory) collector() *collector {
	return &collector{Memory: m, seen: map[stretch]bool{}, maps: map[unsafe.Pointer]bool{}}
}

// value takes note of what the value at p refers to.
func (c *collector) value(p unsafe.Pointer, t *Type) {
	if !t.refs {
		return
	}
	switch t.kind {
	case reflect.Slice:
		if s := sliceAt(p, t); s.n > 0 && t.elem.size > 0 {
			c.stretch(s)
		}
	case reflect.Pointer:
		if q := *(*unsafe.Pointer)(p); q != nil && t.elem.size > 0 {
			c.stretch(stretch{t.elem, q, 1})
		}
	case reflect.Map:
		m := valueAt(p, t)
		if m.IsNil() || c.maps[m.UnsafePointer()] || !t.key.refs && !t.elem.refs {
			return
		}
		c.maps[m.UnsafePointer()] = true
		for it := m.MapRange(); it.Next(); {
			c.value(copyOf(it.Key()), t.key)
			c.value(copyOf(it.Value()), t.elem)
		}
	case reflect.Array:
		for i := range t.rt.Len() {
			c.value(unsafe.Add(p, uintptr(i)*t.elem.size), t.elem)
		}
	case reflect.Struct:
		for _, f := range t.fields {
			c.value(unsafe.Add(p, f.offset), f.Type)
		}
	}
}

func (c *collector) stretch(s stretch) {
	if c.seen[s] {
		return
	}
	c.seen[s] = true
	c.fresh = append(c.fresh, s)
	c.elements(s)
}

func (c *collector) elements(s stretch) {
	if s.elem.refs {
		for i := range s.n {
			c.value(unsafe.Add(s.base, uintptr(i)*s.elem.size), s.elem)
		}
	}
}

// merge makes objects of the stretches that were found, one of those that overlap.
func (c *collector) merge() error {
	for _, o := range c.ranges {
		c.fresh = append(c.fresh, stretch{o.elem, o.base, o.n})
	}
	slices.SortStableFunc(c.fresh, func(a, b stretch) int { return cmp.Compare(uintptr(a.base), uintptr(b.base)) })
	old := map[unsafe.Pointer]*object{}
	for _, o := range c.ranges {
		old[o.base] = o
	}
	c.ranges = nil
	for _, s := range c.fresh {
		size := s.elem.size
		if n := len(c.ranges); n > 0 && uintptr(s.base) < c.ranges[n-1].end() {
			last := c.ranges[n-1]
			into := uintptr(s.base) - uintptr(last.base)
			if o := old[s.base]; last.elem.rt != s.elem.rt || into%size != 0 || o != nil && o != last {
				return errShared
			}
			if whole := int(into/size) + s.n; whole > last.n {
				if _, known := c.number[last]; known {
					return errShared
				}
				last.n = whole
			}
			continue
		}
		o := old[s.base]
		switch {
		case o == nil:
			o = &object{elem: s.elem, base: s.base, n: s.n}
		case o.elem.rt != s.elem.rt:
			return errShared
		}
		c.ranges = append(c.ranges, o)
	}
	return nil
}

// sliceAt is the slice at p.
func sliceAt(p unsafe.Pointer, t *Type) stretch {
	h := (*header)(p)
	return stretch{t.elem, h.base, h.len}
}

// header is a slice in memory.
type header struct {
	base     unsafe.Pointer
	len, cap int
}

// valueAt is the variable at p.
func valueAt(p unsafe.Pointer, t *Type) reflect.Value { return reflect.NewAt(t.rt, p).Elem() }

// copyOf is where a copy of a value lies.
func copyOf(v reflect.Value) unsafe.Pointer {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p.UnsafePointer()
}

// newStretch is a new object of n elements.
func newStretch(elem *Type, n int) *object {
	s := reflect.MakeSlice(reflect.SliceOf(elem.rt), n, n)
	return &object{elem: elem, base: s.UnsafePointer(), n: n}
}
