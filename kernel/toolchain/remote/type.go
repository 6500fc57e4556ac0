package remote

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Type is how the values of a type are written. It doesn't change.
type Type struct {
	rt     reflect.Type
	kind   reflect.Kind
	size   uintptr
	raw    bool  // it is written as its memory
	refs   bool  // there are references in it
	time   bool  // it is time.Time
	least  int   // bytes that a value is written in, at least
	elem   *Type // of an array, a slice, a pointer, a map
	key    *Type
	fields []field
}

type field struct {
	offset uintptr
	*Type
}

// NewType says how the values of a type are written; an interface is taken for error. It fails
// for channels, functions, and for types that contain themselves.
func NewType(t reflect.Type) (*Type, error) { return newType(t, nil) }

func newType(rt reflect.Type, open []reflect.Type) (*Type, error) {
	if slices.Contains(open, rt) {
		return nil, fmt.Errorf("%v contains itself", rt)
	}
	open = append(open, rt)
	t := &Type{rt: rt, kind: rt.Kind(), size: rt.Size()}
	var err error
	part := func(p reflect.Type) *Type {
		x, perr := newType(p, open)
		if err == nil {
			err = perr
		}
		if perr != nil {
			return &Type{}
		}
		return x
	}
	if rt == reflect.TypeFor[time.Time]() { // whose location is not the other end's
		t.time, t.least = true, 1
		return t, nil
	}
	switch t.kind {
	case reflect.Bool, reflect.String, reflect.Interface:
		t.least = 1
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr,
		reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		t.raw, t.least = true, int(t.size)
	case reflect.Slice, reflect.Pointer:
		t.elem = part(rt.Elem())
		t.refs, t.least = true, 1
	case reflect.Map:
		t.key, t.elem = part(rt.Key()), part(rt.Elem())
		t.refs, t.least = true, 1
	case reflect.Array:
		t.elem = part(rt.Elem())
		t.raw, t.refs, t.least = t.elem.raw, t.elem.refs, rt.Len()*t.elem.least
	case reflect.Struct:
		sum := uintptr(0)
		t.raw = true
		for i := range rt.NumField() {
			f := field{rt.Field(i).Offset, part(rt.Field(i).Type)}
			t.fields = append(t.fields, f)
			t.raw, t.refs = t.raw && f.raw, t.refs || f.refs
			t.least += f.least
			sum += f.size
		}
		t.raw = t.raw && sum == t.size // the memory between fields is nobody's
	default:
		return nil, fmt.Errorf("a %v cannot be given to another process", rt)
	}
	return t, err
}

// shape is the form of a type without its names.
func (t *Type) shape(b *strings.Builder) {
	if t.time {
		b.WriteString("time")
		return
	}
	switch t.kind {
	case reflect.Slice:
		b.WriteString("[]")
		t.elem.shape(b)
	case reflect.Pointer:
		b.WriteString("*")
		t.elem.shape(b)
	case reflect.Array:
		fmt.Fprintf(b, "[%d]", t.rt.Len())
		t.elem.shape(b)
	case reflect.Map:
		b.WriteString("map[")
		t.key.shape(b)
		b.WriteString("]")
		t.elem.shape(b)
	case reflect.Struct:
		b.WriteString("{")
		for _, f := range t.fields {
			f.shape(b)
			b.WriteString(";")
		}
		b.WriteString("}")
	default:
		b.WriteString(t.kind.String())
	}
}

// Func is how the arguments and results of a function are written.
type Func struct {
	in, out []*Type
}

// NewFunc says how calls of a function are written, given the types of its parameters and
// of its results.
func NewFunc(in, out []reflect.Type) (*Func, error) {
	f := &Func{}
	for _, part := range []struct {
		from []reflect.Type
		to   *[]*Type
	}{{in, &f.in}, {out, &f.out}} {
		for _, rt := range part.from {
			t, err := NewType(rt)
			if err != nil {
				return nil, err
			}
			*part.to = append(*part.to, t)
		}
	}
	return f, nil
}

// Shape is the form of the function's type, without names. Two functions understand
// each other's calls if it is the same.
func (f *Func) Shape() string {
	var b strings.Builder
	for _, list := range [][]*Type{f.in, f.out} {
		b.WriteString("(")
		for _, t := range list {
			t.shape(&b)
			b.WriteString(",")
		}
		b.WriteString(")")
	}
	return b.String()
}
