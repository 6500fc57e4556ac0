package rt

import (
	"bytes"
	"encoding/json"
	"go/types"
	"reflect"
)

// view is the value of b as a plain Go value that says as much of its type as package
// reflect can: structs have their fields' real names, tags and embedding and no
// unexported fields. Inside of it, values that have methods, and those behind pointers,
// stay Boxed, so that packages display and encoding/json ask them.
func (r *Runtime) view(b Boxed) any {
	v := reflect.ValueOf(b.V)
	if !v.IsValid() {
		return nil
	}
	t := b.d.typ()
	if p, ok := t.Underlying().(*types.Pointer); ok && v.Kind() == reflect.Pointer && !v.IsNil() {
		t, v = p.Elem(), v.Elem()
		if vt := r.viewType(t, v.Type(), 0); vt != v.Type() {
			x := reflect.New(vt)
			r.setView(x.Elem(), t, v)
			return x.Interface()
		}
		return b.V
	}
	vt := r.viewType(t, v.Type(), 0)
	if vt == v.Type() {
		return b.V
	}
	x := reflect.New(vt).Elem()
	r.setView(x, t, v)
	return x.Interface()
}

// maxView bounds the depth of view types: deeper values are Boxed in them.
const maxView = 8

// viewType is the type of the view of values of t, whose erased type is v.
func (r *Runtime) viewType(t types.Type, v reflect.Type, depth int) reflect.Type {
	if depth > maxView {
		return anyType
	}
	if depth > 0 && r.special(t) {
		return anyType
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		if isCompiled(v) || v.Kind() != reflect.Struct {
			return v
		}
		return r.viewStruct(u, v, depth)
	case *types.Pointer:
		if depth > 0 && v.Kind() == reflect.Pointer && r.viewType(u.Elem(), v.Elem(), maxView) == v.Elem() {
			return v
		}
		if depth > 0 {
			return anyType
		}
	case *types.Slice:
		if e := r.viewType(u.Elem(), v.Elem(), depth+1); e != v.Elem() {
			return reflect.SliceOf(e)
		}
	case *types.Array:
		if e := r.viewType(u.Elem(), v.Elem(), depth+1); e != v.Elem() {
			return reflect.ArrayOf(v.Len(), e)
		}
	case *types.Map:
		if e := r.viewType(u.Elem(), v.Elem(), depth+1); e != v.Elem() {
			return reflect.MapOf(v.Key(), e)
		}
	}
	return v
}

func (r *Runtime) viewStruct(u *types.Struct, v reflect.Type, depth int) reflect.Type {
	var fs []reflect.StructField
	same := true
	for i := range u.NumFields() {
		f := u.Field(i)
		if !f.Exported() {
			same = false
			continue
		}
		ft := v.Field(i).Type
		vt := r.viewType(f.Type(), ft, depth+1)
		_, isStruct := f.Type().Underlying().(*types.Struct)
		embedded := f.Embedded() && isStruct && vt.Kind() == reflect.Struct
		same = same && vt == ft && !embedded && v.Field(i).Name == f.Name()
		fs = append(fs, reflect.StructField{Name: f.Name(), Type: vt, Tag: reflect.StructTag(u.Tag(i)), Anonymous: embedded && vt.NumMethod() == 0})
	}
	if same {
		return v
	}
	return reflect.StructOf(fs)
}

// special: values of t have methods that say how they are written.
func (r *Runtime) special(t types.Type) bool {
	d := r.find(t)
	if d == nil || types.IsInterface(t) {
		return false
	}
	m := d.methods()
	for _, name := range [...]string{"MarshalJSON", "MarshalText", "Error", "String", "Display"} {
		if m[name] != nil {
			return true
		}
	}
	return false
}

// isCompiled: t is a named type of a compiled package, or a pointer to one: erased types have no name.
func isCompiled(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer && t.Name() == "" {
		t = t.Elem()
	}
	return t.PkgPath() != ""
}

// setView sets x, of a view type, to the view of v, of type t.
func (r *Runtime) setView(x reflect.Value, t types.Type, v reflect.Value) {
	if x.Type() == v.Type() {
		x.Set(v)
		return
	}
	if x.Type() == anyType {
		if v.Kind() != reflect.Pointer || !v.IsNil() {
			x.Set(reflect.ValueOf(Boxed{r.descOf(t), v.Interface()}))
		}
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		n := 0
		for i := range u.NumFields() {
			if f := u.Field(i); f.Exported() {
				r.setView(x.Field(n), f.Type(), v.Field(i))
				n++
			}
		}
	case *types.Slice:
		if v.IsNil() {
			return
		}
		x.Set(reflect.MakeSlice(x.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			r.setView(x.Index(i), u.Elem(), v.Index(i))
		}
	case *types.Array:
		for i := range v.Len() {
			r.setView(x.Index(i), u.Elem(), v.Index(i))
		}
	case *types.Map:
		if v.IsNil() {
			return
		}
		x.Set(reflect.MakeMapWithSize(x.Type(), v.Len()))
		for it := v.MapRange(); it.Next(); {
			e := reflect.New(x.Type().Elem()).Elem()
			r.setView(e, u.Elem(), it.Value())
			x.SetMapIndex(it.Key(), e)
		}
	}
}

// descOf is a descriptor of t, one without a number if there is no other.
func (r *Runtime) descOf(t types.Type) *desc {
	if d := r.find(t); d != nil {
		return d
	}
	d := &desc{r: r, id: -1}
	d.cur.Store(&Type{T: t})
	return d
}

// MarshalJSON writes the value as encoding/json writes one of its type.
func (b Boxed) MarshalJSON() ([]byte, error) {
	r := b.d.r
	if v := reflect.ValueOf(b.V); v.Kind() == reflect.Pointer && v.IsNil() {
		return []byte("null"), nil
	}
	if m, ok := b.d.method("MarshalJSON").(func(any) ([]byte, any)); ok {
		data, err := m(b.V)
		return data, r.error(err)
	}
	x := any(nil)
	if m, ok := b.d.method("MarshalText").(func(any) ([]byte, any)); ok {
		text, err := m(b.V)
		if err != nil {
			return nil, r.error(err)
		}
		x = string(text)
	} else {
		x = r.view(b)
	}
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false) // the encoder that asks does it, if it is to be done
	if err := e.Encode(x); err != nil {
		return nil, err
	}
	return bytes.TrimRight(buf.Bytes(), "\n"), nil
}
