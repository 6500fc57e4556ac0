package rt

import "reflect"

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
		if t.Kind() == reflect.Func && t.NumIn() == 0 {
			return r.guarded(v, t)
		}
		return v
	}
	if b, ok := v.Interface().(Boxed); ok {
		if v = reflect.ValueOf(b.V); !v.IsValid() {
			return reflect.Zero(t)
		}
	}
	if t == reflectValue && r.mirror != nil {
		return reflect.ValueOf(r.mirror.ToReal(v.Interface()))
	}
	switch t.Kind() {
	case reflect.Func:
		if v.Kind() == reflect.Func && v.Type() != t {
			return r.callback(v, t)
		}
	case reflect.Slice:
		if v.Kind() == reflect.Slice && holdsAny(v.Type()) && holdsAny(t) && how == boxed {
			return recast(v, t)
		}
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

// holdsAny: t is a slice of an interface type without methods.
func holdsAny(t reflect.Type) bool {
	return t.Elem().Kind() == reflect.Interface && t.Elem().NumMethod() == 0
}

// recast is a slice of empty interfaces as one of another such type, with the same elements.
func recast(v reflect.Value, t reflect.Type) reflect.Value {
	if v.Type() == t {
		return v
	}
	s := reflect.New(v.Type())
	s.Elem().Set(v)
	return reflect.NewAt(t, s.UnsafePointer()).Elem()
}

func (r *Runtime) sliceTo(v reflect.Value, t reflect.Type, how passing) reflect.Value {
	if !v.IsValid() || v.IsNil() {
		return reflect.Zero(t)
	}
	if tw, ok := r.twinAs(v, t); ok {
		return tw
	}
	s := reflect.MakeSlice(t, v.Len(), v.Len())
	for i := range v.Len() {
		s.Index(i).Set(r.toBin(v.Index(i), t.Elem(), how))
	}
	r.pair(v, s)
	return s
}

func (r *Runtime) mapTo(v reflect.Value, t reflect.Type, how passing) reflect.Value {
	if v.IsNil() {
		return reflect.Zero(t)
	}
	if tw, ok := r.twinAs(v, t); ok {
		return tw
	}
	m := reflect.MakeMapWithSize(t, v.Len())
	for it := v.MapRange(); it.Next(); {
		m.SetMapIndex(r.toBin(it.Key(), t.Key(), how), r.toBin(it.Value(), t.Elem(), how))
	}
	r.pair(v, m)
	return m
}

// toInterface is v in an interface of compiled code.
func (r *Runtime) toInterface(v reflect.Value, t reflect.Type, how passing) reflect.Value {
	x := v.Interface()
	b, ok := x.(Boxed)
	switch {
	case t == reflectType && r.mirror != nil:
		return reflect.ValueOf(r.mirror.ToReal(x))
	case !ok:
		if s, ok := r.stdAs(x, t); ok {
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
	case how == stored:
		return r.asked(b, askedToStore, b.V)
	case how == scanned:
		return r.asked(b, askedToScan, b.V)
	case how == logged:
		return r.asked(b, askedBySlog, b)
	case how == deep:
		return unboxDeep(reflect.ValueOf(b.V))
	case how == shown:
		return reflect.ValueOf(r.Displayable(b))
	}
	return v
}

// callback is a lowered func as a func of compiled type t.
func (r *Runtime) callback(f reflect.Value, t reflect.Type) reflect.Value {
	if f.IsNil() {
		return reflect.Zero(t)
	}
	return r.bound(f, reflect.Value{}, t)
}

// guarded is a func without parameters, which needs no conversion: such funcs are what
// compiled code calls on goroutines of its own.
func (r *Runtime) guarded(v reflect.Value, t reflect.Type) reflect.Value {
	if v.IsNil() {
		return v
	}
	home := r.Current()
	if f, ok := v.Interface().(func()); ok {
		return reflect.ValueOf(func() { r.inside(home, f) })
	}
	return reflect.MakeFunc(t, func([]reflect.Value) (out []reflect.Value) {
		r.inside(home, func() { out = v.Call(nil) })
		return out
	})
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
