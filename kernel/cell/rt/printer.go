package rt

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"
	"unicode/utf8"
	"unsafe"
)

// printer writes an erased value as fmt writes one of its type: it follows fmt's
// printValue, with a go/types type beside the reflect value. Leaves are printed by fmt
// itself, with the flags and the width of the verb.
type printer struct {
	r           *Runtime
	s           fmt.State
	verb        rune
	plus, sharp bool // of %+v and %#v
	arg         any  // the operand that a bad verb complains of
}

func (p *printer) str(s string) { p.s.Write([]byte(s)) } //nolint:errcheck // a fmt.State doesn't fail

// leaf prints x with the verb and the flags.
func (p *printer) leaf(x any) { fmt.Fprintf(p.s, fmt.FormatString(p.s, p.verb), x) }

// print writes v, of type t. ro: it was reached through an unexported field, whose
// methods fmt doesn't call.
func (p *printer) print(t types.Type, v reflect.Value, depth int, ro bool) {
	if !v.IsValid() {
		p.str("<nil>")
		return
	}
	if v.Kind() == reflect.Interface && !types.IsInterface(t) { // a pointer that lowering cut, or the like
		if v = v.Elem(); !v.IsValid() {
			v = reflect.ValueOf((*int)(nil))
		}
	}
	if depth > 0 && !ro {
		if p.delegate(v) {
			return
		}
		if d := p.r.find(t); d != nil && !types.IsInterface(t) && v.CanInterface() {
			p.arg = Boxed{d, v.Interface()}
			if p.methods(d, v.Interface()) {
				return
			}
		} else if v.CanInterface() && !types.IsInterface(t) {
			p.arg = Boxed{&desc{r: p.r}, v.Interface()}
			p.arg.(Boxed).d.cur.Store(&Type{T: t})
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		p.basic(t, v)
	case *types.Struct:
		p.structure(t, u, v, depth, ro)
	case *types.Map:
		p.mapping(t, u, v, depth, ro)
	case *types.Slice:
		p.list(t, u.Elem(), v, depth, ro)
	case *types.Array:
		p.list(t, u.Elem(), v, depth, ro)
	case *types.Pointer:
		if depth == 0 && v.Kind() == reflect.Pointer && !v.IsNil() {
			switch u.Elem().Underlying().(type) {
			case *types.Array, *types.Slice, *types.Struct, *types.Map:
				p.str("&")
				p.print(u.Elem(), v.Elem(), depth+1, ro)
				return
			}
		}
		p.pointer(t, v)
	case *types.Interface:
		p.iface(t, v, depth, ro)
	default: // chan, func
		p.pointer(t, v)
	}
}

// delegate prints a value of a compiled type whose methods fmt would call.
func (p *printer) delegate(v reflect.Value) bool {
	if !v.CanInterface() || v.Kind() == reflect.Interface || !isCompiled(v.Type()) {
		return false
	}
	x := v.Interface()
	p.arg = x
	switch x.(type) {
	case fmt.Formatter:
	case fmt.GoStringer:
		if !p.sharp && !stringVerb(p.verb) {
			return false
		}
	case error, fmt.Stringer:
		if p.sharp || !stringVerb(p.verb) {
			return false
		}
	default:
		return false
	}
	p.leaf(x)
	return true
}

func stringVerb(verb rune) bool { return strings.ContainsRune("vsxXq", verb) }

// methods lets the value print itself, if its type has a method for that.
func (p *printer) methods(d *desc, x any) (handled bool) {
	if f, ok := d.method("Format").(func(any, any, int32)); ok {
		p.call("Format", x, func() { f(x, p.s, p.verb) })
		return true
	}
	if p.sharp {
		if f, ok := d.method("GoString").(func(any) string); ok {
			p.call("GoString", x, func() { p.str(f(x)) })
			return true
		}
		return false
	}
	if !stringVerb(p.verb) {
		return false
	}
	for _, name := range [...]string{"Error", "String"} {
		if f, ok := d.method(name).(func(any) string); ok {
			p.call(name, x, func() { p.leaf(f(x)) })
			return true
		}
	}
	return false
}

// call calls a method of the operand and tells of its panic as fmt does.
func (p *printer) call(method string, x any, f func()) {
	e, how := try(f)
	if how == returned {
		return
	}
	if uncatchable(e) {
		panic(e)
	}
	if g := p.r.peek(); g != nil && len(g.recs) == 0 {
		g.trace = nil
	}
	if v := reflect.ValueOf(x); v.Kind() == reflect.Pointer && v.IsNil() {
		p.str("<nil>")
		return
	}
	fmt.Fprintf(p.s, "%%!%c(PANIC=%s method: %v)", p.verb, method, e)
}

func (p *printer) structure(t types.Type, u *types.Struct, v reflect.Value, depth int, ro bool) {
	if p.sharp {
		p.str(typeString(t))
	}
	p.str("{")
	for i := range u.NumFields() {
		if i > 0 {
			p.sep()
		}
		f := u.Field(i)
		if p.plus || p.sharp {
			p.str(f.Name() + ":")
		}
		ro := ro || !f.Exported()
		p.print(f.Type(), v.Field(i), depth+1, ro)
	}
	p.str("}")
}

func (p *printer) sep() {
	if p.sharp {
		p.str(", ")
	} else {
		p.str(" ")
	}
}

func (p *printer) mapping(t types.Type, u *types.Map, v reflect.Value, depth int, ro bool) {
	closing := "]"
	if p.sharp {
		p.str(typeString(t))
		if v.IsNil() {
			p.str("(nil)")
			return
		}
		p.str("{")
		closing = "}"
	} else {
		p.str("map[")
	}
	for i, k := range sortedKeys(v) {
		if i > 0 {
			p.sep()
		}
		p.print(u.Key(), k, depth+1, ro)
		p.str(":")
		p.print(u.Elem(), v.MapIndex(k), depth+1, ro)
	}
	p.str(closing)
}

func (p *printer) list(t, elem types.Type, v reflect.Value, depth int, ro bool) {
	switch p.verb {
	case 's', 'q', 'x', 'X':
		if b, ok := elem.Underlying().(*types.Basic); ok && b.Kind() == types.Uint8 {
			bytes := make([]byte, v.Len())
			reflect.Copy(reflect.ValueOf(bytes), v)
			p.leaf(bytes)
			return
		}
	}
	opening, closing := "[", "]"
	if p.sharp {
		p.str(typeString(t))
		if v.Kind() == reflect.Slice && v.IsNil() {
			p.str("(nil)")
			return
		}
		opening, closing = "{", "}"
	}
	p.str(opening)
	for i := range v.Len() {
		if i > 0 {
			p.sep()
		}
		p.print(elem, v.Index(i), depth+1, ro)
	}
	p.str(closing)
}

func (p *printer) iface(t types.Type, v reflect.Value, depth int, ro bool) {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch {
	case !v.IsValid() && p.sharp:
		p.str(typeString(t) + "(nil)")
	case !v.IsValid():
		p.str("<nil>")
	case v.Type() == boxedType && v.CanInterface():
		b := v.Interface().(Boxed)
		p.print(b.d.typ(), reflect.ValueOf(b.V), depth+1, ro)
	case v.CanInterface():
		p.raw(v, depth, ro)
	default:
		p.leaf(v)
	}
}

// raw prints a raw dynamic value inside of another value.
func (p *printer) raw(v reflect.Value, depth int, ro bool) {
	if v.Kind() == reflect.Pointer && !ro {
		switch v.Interface().(type) {
		case fmt.Formatter, fmt.GoStringer, error, fmt.Stringer:
		default: // fmt would write &{…}: it prints an operand
			p.leaf(v.UnsafePointer())
			return
		}
	}
	if ro && v.NumMethod() > 0 {
		p.leaf(plainValue(v))
		return
	}
	p.leaf(v.Interface())
}

// plainValue is a value of a compiled type without its methods, as far as that can be done.
func plainValue(v reflect.Value) any {
	switch {
	case v.Kind() == reflect.String:
		return v.String()
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return v.Uint()
	case v.CanFloat():
		return v.Float()
	case v.Kind() == reflect.Pointer:
		return v.UnsafePointer()
	}
	return v
}

func (p *printer) pointer(t types.Type, v reflect.Value) {
	var u unsafe.Pointer
	if v.Kind() == reflect.Chan || v.Kind() == reflect.Func || v.Kind() == reflect.Map || v.Kind() == reflect.Pointer || v.Kind() == reflect.UnsafePointer {
		u = v.UnsafePointer()
	}
	switch p.verb {
	case 'v':
		if p.sharp {
			p.str("(" + typeString(t) + ")(")
			if u == nil {
				p.str("nil)")
				return
			}
			fmt.Fprintf(p.s, "%#x)", uintptr(u))
			return
		}
		p.leaf(u)
	case 'p', 'b', 'o', 'd', 'x', 'X':
		p.leaf(u)
	default:
		p.bad()
	}
}

// basic prints a bool, number or string: by fmt, without the type's name, which only a
// bad verb shows.
func (p *printer) basic(t types.Type, v reflect.Value) {
	verbs, x := "", any(nil)
	switch {
	case v.Kind() == reflect.Bool:
		verbs, x = "tv", v.Bool()
	case v.CanInt():
		verbs, x = "vdbocqxXOU", v.Int()
	case v.CanUint():
		verbs, x = "vdbocqxXOU", v.Uint()
	case v.Kind() == reflect.Float32:
		verbs, x = "vbgGxXfFeE", float32(v.Float())
	case v.Kind() == reflect.Float64:
		verbs, x = "vbgGxXfFeE", v.Float()
	case v.Kind() == reflect.Complex64:
		verbs, x = "vbgGxXfFeE", complex64(v.Complex())
	case v.Kind() == reflect.Complex128:
		verbs, x = "vbgGxXfFeE", v.Complex()
	case v.Kind() == reflect.String:
		verbs, x = "vsxXq", v.String()
	default: // unsafe.Pointer
		p.pointer(t, v)
		return
	}
	if p.verb < utf8.RuneSelf && strings.ContainsRune(verbs, p.verb) {
		p.leaf(x)
		return
	}
	p.bad()
}

// bad tells of a verb that doesn't fit the operand.
func (p *printer) bad() {
	p.str("%!" + string(p.verb) + "(" + dynString(p.arg) + "=")
	q := printer{r: p.r, s: p.s, verb: 'v', arg: p.arg, plus: p.plus, sharp: p.sharp}
	if b, ok := p.arg.(Boxed); ok {
		q.print(b.d.typ(), reflect.ValueOf(b.V), 0, false)
	} else {
		q.leaf(p.arg)
	}
	p.str(")")
}
