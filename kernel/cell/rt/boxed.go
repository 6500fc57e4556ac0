package rt

import (
	"go/types"
	"reflect"
)

// Boxed is the dynamic part of an interface value whose type is a cell's, or one
// that erasure changes.
type Boxed struct {
	d *desc
	V any // the erased value
}

// Type is the type of the value.
func (b Boxed) Type() *Type { return b.d.cur.Load() }

// B converts a value of type id to an interface value.
func (r *Runtime) B(id int, v any) any { return Boxed{r.desc(id), v} }

// I converts a raw value to an interface value.
func I(v any) any { return v }

// Cut is a raw value as one of a type that lowering cuts: of these nil is nil.
func Cut(v any) any {
	switch x := reflect.ValueOf(v); x.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		if x.IsNil() {
			return nil
		}
	}
	return v
}

// V is the erased value that an interface value holds.
func V(x any) any {
	if b, ok := x.(Boxed); ok {
		return b.V
	}
	return x
}

// Is reports whether the dynamic type of x is the concrete type id.
func (r *Runtime) Is(x any, id int) bool {
	d := r.desc(id)
	if b, ok := x.(Boxed); ok {
		return b.d == d || b.d.cur.Load().T == d.cur.Load().T
	}
	if x == nil {
		return false
	}
	raw := d.cur.Load().R
	return raw != nil && reflect.TypeOf(x) == raw
}

// Impl reports whether the dynamic type of x implements interface id.
func (r *Runtime) Impl(x any, id int) bool {
	if x == nil {
		return false
	}
	it := r.desc(id)
	if b, ok := x.(Boxed); ok {
		return r.implements(it, b.d, func(i *types.Interface) bool { return types.Implements(b.d.typ(), i) })
	}
	t := reflect.TypeOf(x)
	return r.implements(it, t, func(i *types.Interface) bool { return rawImplements(t, i) })
}

// Must panics as a failing x.(T) does, T being type id; st is the static type of x, or -1.
func (r *Runtime) Must(x any, id, st int) {
	d := r.desc(id)
	if iface, ok := d.under().(*types.Interface); ok {
		if x == nil {
			panic(rtError("interface conversion: interface is nil, not " + d.String()))
		}
		if !r.Impl(x, id) {
			panic(rtError("interface conversion: " + dynString(x) + " is not " + d.String() + ": missing method " + missing(x, iface)))
		}
		return
	}
	if r.Is(x, id) {
		return
	}
	s := "interface"
	if st >= 0 {
		s = r.desc(st).String()
	}
	have, want := dynString(x), d.String()
	if x == nil {
		have = "nil"
	}
	msg := "interface conversion: " + s + " is " + have + ", not " + want
	if have == want {
		msg += " (types from different scopes)"
	}
	panic(rtError(msg))
}

// missing is the name of the first method of iface that x doesn't have as it should.
func missing(x any, iface *types.Interface) string {
	b, boxed := x.(Boxed)
	for i := range iface.NumMethods() {
		m := iface.Method(i)
		if boxed {
			if f, _ := types.MissingMethod(b.d.typ(), iface, true); f != nil {
				return f.Name()
			}
			return m.Name()
		}
		if !rawHasMethod(reflect.TypeOf(x), m) {
			return m.Name()
		}
	}
	return ""
}

// M finds method name of the dynamic value x: a func of the type of sig (a nil func),
// whose first parameter is the receiver V(x).
func (r *Runtime) M(x any, name string, sig any) any {
	if b, ok := x.(Boxed); ok {
		if m := b.d.method(name); m != nil {
			return m
		}
	}
	if x == nil {
		Nil()
	}
	return r.rawMethod(x, name, sig)
}

type methodKey struct {
	name     string
	typ, sig reflect.Type
}

// rawMethod adapts a method of a compiled type. Adapters don't depend on the
// receiver's value, so there is one for each type, method and signature.
func (r *Runtime) rawMethod(x any, name string, sig any) any {
	switch sig.(type) {
	case func(any) string:
		switch x.(type) {
		case error:
			if name == "Error" {
				return func(x any) string { return x.(error).Error() }
			}
		}
	}
	k := methodKey{name, reflect.TypeOf(x), reflect.TypeOf(sig)}
	if f, ok := r.calls.methods.Load(k); ok {
		return f
	}
	if b, ok := x.(Boxed); ok {
		k.typ = reflect.TypeOf(b.V)
	}
	if _, ok := k.typ.MethodByName(name); !ok {
		panic("rt: " + dynString(x) + " has no method " + name)
	}
	f := reflect.MakeFunc(k.sig, func(in []reflect.Value) []reflect.Value {
		out := r.callMethod(in[0].Interface(), name, in[1:])
		for i := range out {
			out[i] = toType(reflect.ValueOf(r.FromBin(out[i])), k.sig.Out(i))
		}
		return out
	}).Interface()
	r.calls.methods.Store(k, f)
	return f
}

// toType makes v a value of type t, to which its value can be assigned or converted.
func toType(v reflect.Value, t reflect.Type) reflect.Value {
	if !v.IsValid() {
		return reflect.Zero(t)
	}
	if v.Type() == t {
		return v
	}
	if t.Kind() == reflect.Interface {
		r := reflect.New(t).Elem()
		if v.Kind() != reflect.Interface || !v.IsNil() {
			r.Set(v)
		}
		return r
	}
	return v.Convert(t)
}
