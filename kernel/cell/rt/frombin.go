package rt

import (
	"reflect"
	"strings"
)

// FromBin is the lowered form of a value that compiled code made.
func (r *Runtime) FromBin(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	if v.Kind() == reflect.Interface {
		if v.IsNil() {
			return nil
		}
		return r.unwrap(v.Elem().Interface(), v.Elem())
	}
	t := v.Type()
	et := r.erase(t)
	if et == t {
		return r.unwrap(v.Interface(), v)
	}
	return r.convert(v, et).Interface()
}

// Lowered is the lowered form of what a compiled list holds.
func (r *Runtime) Lowered(x any) any { return r.FromBin(reflect.ValueOf(x)) }

// unwrap takes a cell's value out of what toBin put around it.
func (r *Runtime) unwrap(x any, v reflect.Value) any {
	switch e := x.(type) {
	case carrier:
		return e.boxed()
	case reflect.Type, reflect.Value:
		if r.mirror != nil {
			return r.mirror.FromReal(x)
		}
	case *stdWriter, *stdReader:
		return r.stdFile(x)
	}
	switch v.Kind() {
	case reflect.Struct:
		if v.NumField() > 0 && v.Type().Field(0).Name == wrapperValue && v.Field(0).Kind() == reflect.Interface {
			return v.Field(0).Interface()
		}
	case reflect.Func, reflect.Slice, reflect.Map, reflect.Array:
		if et := r.erase(v.Type()); et != v.Type() {
			return r.convert(v, et).Interface()
		}
	}
	return x
}

// convert is v, of a compiled type, as a value of its erased form t.
func (r *Runtime) convert(v reflect.Value, t reflect.Type) reflect.Value {
	if v.CanConvert(t) {
		return v.Convert(t)
	}
	switch v.Kind() {
	case reflect.Func:
		if v.IsNil() {
			return reflect.Zero(t)
		}
		return reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
			out := r.callCompiled(v, in, boxed)
			for i := range out {
				out[i] = toType(reflect.ValueOf(r.FromBin(out[i])), t.Out(i))
			}
			return out
		})
	case reflect.Slice:
		if v.IsNil() {
			return reflect.Zero(t)
		}
		if holdsAny(v.Type()) {
			return recast(v, t)
		}
		s := reflect.MakeSlice(t, v.Len(), v.Len())
		for i := range v.Len() {
			s.Index(i).Set(toType(reflect.ValueOf(r.FromBin(v.Index(i))), t.Elem()))
		}
		r.pair(s, v)
		return s
	case reflect.Array:
		a := reflect.New(t).Elem()
		for i := range v.Len() {
			a.Index(i).Set(toType(reflect.ValueOf(r.FromBin(v.Index(i))), t.Elem()))
		}
		return a
	case reflect.Map:
		if v.IsNil() {
			return reflect.Zero(t)
		}
		m := reflect.MakeMapWithSize(t, v.Len())
		for it := v.MapRange(); it.Next(); {
			m.SetMapIndex(toType(reflect.ValueOf(r.FromBin(it.Key())), t.Key()), toType(reflect.ValueOf(r.FromBin(it.Value())), t.Elem()))
		}
		r.pair(m, v)
		return m
	}
	return v
}

// erase is the form that a type of compiled code has in lowered code.
func (r *Runtime) erase(t reflect.Type) reflect.Type {
	if t.Name() != "" && t.Kind() != reflect.Interface && !strings.HasSuffix(t.Name(), "]") {
		return t // lowering leaves no name to instances of generic types
	}
	switch t.Kind() {
	case reflect.Interface, reflect.Slice, reflect.Array, reflect.Map, reflect.Func:
	default:
		return t
	}
	if e, ok := r.calls.erased.Load(t); ok {
		return e.(reflect.Type)
	}
	e := r.erase1(t)
	r.calls.erased.Store(t, e)
	return e
}

func (r *Runtime) erase1(t reflect.Type) reflect.Type {
	switch t.Kind() {
	case reflect.Interface:
		return anyType
	case reflect.Slice:
		return reflect.SliceOf(r.erase(t.Elem()))
	case reflect.Array:
		return reflect.ArrayOf(t.Len(), r.erase(t.Elem()))
	case reflect.Map:
		return reflect.MapOf(r.erase(t.Key()), r.erase(t.Elem()))
	}
	var in, out []reflect.Type
	for i := range t.NumIn() {
		in = append(in, r.erase(t.In(i)))
	}
	for i := range t.NumOut() {
		out = append(out, r.erase(t.Out(i)))
	}
	return reflect.FuncOf(in, out, false)
}

// Conv converts x to the type of t: between channel types of different direction, and
// between the lowered and the compiled form of a func type.
func (r *Runtime) Conv(x any, t any) any {
	v, to := reflect.ValueOf(x), reflect.TypeOf(t)
	switch {
	case !v.IsValid():
		return t
	case v.CanConvert(to):
		return v.Convert(to).Interface()
	case v.Kind() == reflect.Func && r.erase1(v.Type()) == to:
		return r.convert(v, to).Interface()
	}
	return r.toBin(v, to, boxed).Interface()
}
