package rt

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/nascent-go/nascent/kernel/cell/gotype"
)

func (p *printer) iface(t types.Type, v reflect.Value, depth int, ro bool) {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch {
	case !v.IsValid() && p.sharp:
		p.str(p.r.typeString(t) + "(nil)")
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
	if !ro && !p.erroring && p.delegate(v) {
		return
	}
	if p.shown && (v.Kind() == reflect.Func || v.Kind() == reflect.Chan) && !v.IsNil() {
		p.str(v.Type().String())
		return
	}
	if v.Kind() == reflect.Pointer { // fmt would write &{…}, since it prints an operand
		p.pointer(v.Type().String, v, func(q *printer) { q.leaf(methodless(v)) })
		return
	}
	if hasBoxed(v) {
		if t := gotype.FromReflect(v.Type()); t != nil {
			p.print(t, v, depth+1, ro)
			return
		}
	}
	if ro || p.erroring {
		p.leaf(methodless(v))
		return
	}
	p.leaf(v) // not its Interface: as an operand []uint8 would be written []byte
}

// methodless is v as fmt sees it behind an unexported field: it doesn't call its methods.
func methodless(v reflect.Value) reflect.Value {
	return reflect.ValueOf(struct{ x any }{v.Interface()}).Field(0).Elem()
}

// pointer prints a pointer, channel, func or unsafe.Pointer of the named type; again
// prints it as an operand with another verb.
func (p *printer) pointer(name func() string, v reflect.Value, again func(*printer)) {
	var u unsafe.Pointer
	switch v.Kind() {
	case reflect.Chan, reflect.Func, reflect.Map, reflect.Pointer, reflect.UnsafePointer:
		u = v.UnsafePointer()
	}
	if p.shown && u != nil {
		p.str(cellType(name()))
		return
	}
	switch p.verb {
	case 'v':
		if !p.sharp {
			p.leaf(u)
			return
		}
		p.str("(" + name() + ")(")
		if u == nil {
			p.str("nil)")
			return
		}
		fmt.Fprintf(p.s, "%#x)", uintptr(u))
	case 'p', 'b', 'o', 'd', 'x', 'X':
		p.leaf(u)
	default:
		p.bad(name(), again)
	}
}

// basic prints a bool, number or string: by fmt, without the type's name, which only a
// bad verb shows.
func (p *printer) basic(t types.Type, v reflect.Value, ro bool) {
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
		p.pointer(func() string { return p.r.typeString(t) }, v, func(q *printer) { q.print(t, v, 0, ro) })
		return
	}
	if p.verb < utf8.RuneSelf && strings.ContainsRune(verbs, p.verb) {
		p.leaf(x)
		return
	}
	p.bad(p.r.typeString(t), func(q *printer) { q.leaf(x) })
}

// bad tells of a verb that doesn't fit the operand, which again prints.
func (p *printer) bad(name string, again func(*printer)) {
	p.str("%!" + string(p.verb) + "(" + name + "=")
	q := *p
	q.verb, q.erroring = 'v', true
	again(&q)
	p.str(")")
}
