package rt

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"
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
	erroring    bool // printing the operand of a bad verb: no methods are called

	// shown: a value is printed to be looked at. Pointers are followed, except to what is
	// being printed already, since addresses say nothing and differ from run to run.
	shown   bool
	visited map[unsafe.Pointer]bool
	count   int // of values printed
}

// How deep a value that is shown is followed, and how many values are printed of it.
const (
	shownDepth = 12
	shownCount = 10_000
)

// enough says whether what is left of a value that is shown is left out, and says so in
// the text.
func (p *printer) enough() bool {
	if p.count++; !p.shown || p.count <= shownCount {
		return false
	}
	p.str("…")
	return true
}

func (p *printer) str(s string) { p.s.Write([]byte(s)) } //nolint:errcheck // a fmt.State doesn't fail

// leaf prints x with the verb and the flags.
func (p *printer) leaf(x any) {
	verb := p.verb
	if p.erroring && !p.plus && !p.sharp { // %+d or %#d of a string: the flags are not those of %v
		switch v := x.(type) {
		case bool:
			verb = 't'
		case int64, uint64:
			verb = 'd'
		case float32, float64, complex64, complex128:
			verb = 'g'
		case string:
			verb = 's'
		case unsafe.Pointer:
			if v == nil && p.s.Flag('#') {
				format, _, _ := strings.Cut(fmt.FormatString(p.s, '.'), ".") // a pointer has no precision
				fmt.Fprintf(p.s, format+"s", "<nil>")
				return
			}
		}
	}
	fmt.Fprintf(p.s, fmt.FormatString(p.s, verb), x)
}

// print writes v, of type t. ro: it was reached through an unexported field, whose
// methods fmt doesn't call.
func (p *printer) print(t types.Type, v reflect.Value, depth int, ro bool) {
	if v.IsValid() && v.Kind() == reflect.Interface && !types.IsInterface(t) { // of a type that lowering cut
		v = v.Elem()
	}
	if !v.IsValid() {
		v = none(t)
	}
	if depth > 0 && !ro && !p.erroring && v.CanInterface() && v.Kind() != reflect.Interface {
		if p.delegate(v) {
			return
		}
		if d := p.r.find(t); d != nil && p.methods(d, v.Interface()) {
			return
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		p.basic(t, v, ro)
	case *types.Struct:
		p.structure(t, u, v, depth, ro)
	case *types.Map:
		p.mapping(t, u, v, depth, ro)
	case *types.Slice:
		p.list(t, u.Elem(), v, depth, ro)
	case *types.Array:
		p.list(t, u.Elem(), v, depth, ro)
	case *types.Pointer:
		if p.shown && v.Kind() == reflect.Pointer && !v.IsNil() {
			p.follow(t, u, v, depth, ro)
			return
		}
		if depth == 0 && v.Kind() == reflect.Pointer && !v.IsNil() {
			switch u.Elem().Underlying().(type) {
			case *types.Array, *types.Slice, *types.Struct, *types.Map:
				p.str("&")
				p.print(u.Elem(), v.Elem(), depth+1, ro)
				return
			}
		}
		p.pointer(func() string { return p.r.typeString(t) }, v, func(q *printer) { q.print(t, v, 0, ro) })
	case *types.Interface:
		p.iface(t, v, depth, ro)
	default: // chan, func
		p.pointer(func() string { return p.r.typeString(t) }, v, func(q *printer) { q.print(t, v, 0, ro) })
	}
}

// follow prints what a pointer leads to.
func (p *printer) follow(t types.Type, u *types.Pointer, v reflect.Value, depth int, ro bool) {
	to := v.UnsafePointer()
	if p.visited[to] || depth > shownDepth {
		p.str(cellType(p.r.typeString(t)) + "(…)")
		return
	}
	if p.visited == nil {
		p.visited = map[unsafe.Pointer]bool{}
	}
	p.visited[to] = true
	defer delete(p.visited, to)
	p.str("&")
	p.print(u.Elem(), v.Elem(), depth+1, ro)
}

// none is nil of a type that lowering cut, as far as it can be told from others.
func none(t types.Type) reflect.Value {
	switch t.Underlying().(type) {
	case *types.Map:
		return reflect.ValueOf(map[any]any(nil))
	case *types.Slice:
		return reflect.ValueOf([]any(nil))
	}
	return reflect.ValueOf((*int)(nil))
}

// delegate prints a value of a compiled type whose methods fmt would call.
func (p *printer) delegate(v reflect.Value) bool {
	if !isCompiled(v.Type()) {
		return false
	}
	x := v.Interface()
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
	e = p.r.exact(e)
	if g := p.r.peek(); g != nil {
		g.trim()
	}
	if v := reflect.ValueOf(x); v.Kind() == reflect.Pointer && v.IsNil() {
		p.str("<nil>")
		return
	}
	fmt.Fprintf(p.s, "%%!%c(PANIC=%s method: %v)", p.verb, method, e)
}

func (p *printer) structure(t types.Type, u *types.Struct, v reflect.Value, depth int, ro bool) {
	if p.sharp {
		p.str(p.r.typeString(t))
	}
	p.str("{")
	for i := range u.NumFields() {
		if i > 0 {
			p.sep()
		}
		if p.enough() {
			break
		}
		f := u.Field(i)
		if p.plus || p.sharp {
			p.str(f.Name() + ":")
		}
		if st, ok := f.Type().Underlying().(*types.Struct); ok && f.Embedded() && !f.Exported() && !ro {
			p.structure(f.Type(), st, v.Field(i), depth+1, ro) // its exported fields are reached through it
			continue
		}
		p.print(f.Type(), v.Field(i), depth+1, ro || !f.Exported())
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
		p.str(p.r.typeString(t))
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
		if p.enough() {
			break
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
		p.str(p.r.typeString(t))
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
		if p.enough() {
			break
		}
		p.print(elem, v.Index(i), depth+1, ro)
	}
	p.str(closing)
}
