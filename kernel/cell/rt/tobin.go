package rt

import (
	"reflect"
	"strings"
)

var (
	errorType = reflect.TypeFor[error]()
	anyType   = reflect.TypeFor[any]()
	boxedType = reflect.TypeFor[Boxed]()
)

// toBin is a lowered value as compiled code wants it: of type t.
func (r *Runtime) toBin(v reflect.Value, t reflect.Type, how passing) reflect.Value {
	if !v.IsValid() {
		return reflect.Zero(t)
	}
	if v.Kind() == reflect.Interface {
		if v.IsNil() {
			return reflect.Zero(t)
		}
		v = v.Elem()
	}
	if t.Kind() == reflect.Interface {
		return r.toInterface(v, t, how)
	}
	if v.Type() == t && how != deep {
		return v
	}
	if b, ok := v.Interface().(Boxed); ok {
		if v = reflect.ValueOf(b.V); !v.IsValid() {
			return reflect.Zero(t)
		}
	}
	switch t.Kind() {
	case reflect.Func:
		if v.Kind() == reflect.Func && v.Type() != t {
			return r.callback(v, t)
		}
	case reflect.Slice:
		if v.Kind() == reflect.Slice && (v.Type().Elem() != t.Elem() || how == deep) {
			return r.sliceTo(v, t, how)
		}
	case reflect.Array:
		if v.Kind() == reflect.Array && (v.Type().Elem() != t.Elem() || how == deep) {
			a := reflect.New(t).Elem()
			for i := range v.Len() {
				a.Index(i).Set(r.toBin(v.Index(i), t.Elem(), how))
			}
			return a
		}
	case reflect.Map:
		if v.Kind() == reflect.Map && (v.Type().Key() != t.Key() || v.Type().Elem() != t.Elem() || how == deep) {
			return r.mapTo(v, t, how)
		}
	}
	if v.Type().AssignableTo(t) {
		return v
	}
	if !v.CanConvert(t) {
		panic("rt: a " + v.Type().String() + " can't be passed to compiled code as " + t.String())
	}
	return v.Convert(t)
}

func (r *Runtime) sliceTo(v reflect.Value, t reflect.Type, how passing) reflect.Value {
	if v.IsNil() {
		return reflect.Zero(t)
	}
	s := reflect.MakeSlice(t, v.Len(), v.Len())
	for i := range v.Len() {
		s.Index(i).Set(r.toBin(v.Index(i), t.Elem(), how))
	}
	return s
}

func (r *Runtime) mapTo(v reflect.Value, t reflect.Type, how passing) reflect.Value {
	if v.IsNil() {
		return reflect.Zero(t)
	}
	m := reflect.MakeMapWithSize(t, v.Len())
	for it := v.MapRange(); it.Next(); {
		m.SetMapIndex(r.toBin(it.Key(), t.Key(), how), r.toBin(it.Value(), t.Elem(), how))
	}
	return m
}

// toInterface is v in an interface of compiled code.
func (r *Runtime) toInterface(v reflect.Value, t reflect.Type, how passing) reflect.Value {
	x := v.Interface()
	b, ok := x.(Boxed)
	switch {
	case !ok:
		if s := r.stdAs(x, t); s != x {
			return reflect.ValueOf(s)
		}
		if how == deep {
			return unboxDeep(v)
		}
		return v
	case t == errorType:
		return reflect.ValueOf(r.errorOf(b))
	case t.NumMethod() > 0:
		return r.wrap(b, t)
	case b.V == nil:
		return v
	case how == plain:
		return reflect.ValueOf(b.V)
	case how == deep:
		return unboxDeep(reflect.ValueOf(b.V))
	case how == shown:
		return reflect.ValueOf(r.Displayable(b))
	}
	return v
}

// wrapper is how a cell's value becomes a value of a compiled interface type: a struct
// with a func for each method, as yaegi's extract makes them.
type wrapper struct {
	t      reflect.Type
	fields []wrapperField
}

type wrapperField struct {
	index  int
	method string // "": the value itself
	t      reflect.Type
}

// wrap is b as a value of interface type t.
func (r *Runtime) wrap(b Boxed, t reflect.Type) reflect.Value {
	x, ok := r.calls.wrappers.Load(t)
	if !ok {
		x = r.wrapperOf(t)
		r.calls.wrappers.Store(t, x)
	}
	w := x.(*wrapper)
	if w.t == nil {
		panic("rt: a " + b.d.String() + " can't be passed to compiled code as " + t.String() + ": there is no wrapper for that interface")
	}
	s := reflect.New(w.t).Elem()
	recv := reflect.New(anyType).Elem()
	if b.V != nil {
		recv.Set(reflect.ValueOf(b.V))
	}
	for _, f := range w.fields {
		if f.method == "" {
			s.Field(f.index).Set(reflect.ValueOf(b))
			continue
		}
		if m := b.d.method(f.method); m != nil {
			s.Field(f.index).Set(r.bound(reflect.ValueOf(m), recv, f.t))
		}
	}
	return s
}

func (r *Runtime) wrapperOf(t reflect.Type) *wrapper {
	w := &wrapper{}
	p, ok := r.lib.Values(t.PkgPath())["_"+t.Name()]
	if !ok || t.Name() == "" || p.Kind() != reflect.Pointer || !p.Type().Elem().Implements(t) {
		return w
	}
	w.t = p.Type().Elem()
	for i := range w.t.NumField() {
		f := w.t.Field(i)
		n := ""
		if f.Name != wrapperValue {
			n = strings.TrimPrefix(f.Name, "W")
		}
		w.fields = append(w.fields, wrapperField{i, n, f.Type})
	}
	return w
}

// wrapperValue is the field of a wrapper that holds the value itself.
const wrapperValue = "IValue"

// callback is a lowered func as a func of compiled type t.
func (r *Runtime) callback(f reflect.Value, t reflect.Type) reflect.Value {
	if f.IsNil() {
		return reflect.Zero(t)
	}
	return r.bound(f, reflect.Value{}, t)
}

// bound is lowered func f, with recv as its first argument if that is valid, as a func
// of compiled type t.
func (r *Runtime) bound(f, recv reflect.Value, t reflect.Type) reflect.Value {
	home := r.Current()
	return reflect.MakeFunc(t, func(in []reflect.Value) (out []reflect.Value) {
		if recv.IsValid() {
			in = append([]reflect.Value{recv}, in...)
		}
		r.inside(home, func() { out = r.back(f, in, t) })
		return out
	})
}

// back calls lowered func f with arguments of compiled code, which wants results as func
// type t has them.
func (r *Runtime) back(f reflect.Value, in []reflect.Value, t reflect.Type) []reflect.Value {
	ft := f.Type()
	for i, v := range in {
		if want := ft.In(i); v.Type() != want || want.Kind() == reflect.Interface {
			in[i] = toType(reflect.ValueOf(r.FromBin(v)), want)
		}
	}
	out := f.Call(in)
	for i, v := range out {
		out[i] = toType(r.toBin(v, t.Out(i), boxed), t.Out(i))
	}
	return out
}
