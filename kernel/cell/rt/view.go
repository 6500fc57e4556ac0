package rt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/types"
	"reflect"
)

// view is the value of b as a plain Go value that says as much of its type as package
// reflect can: structs have their fields' real names, tags and embedding and no
// unexported fields. Inside of it, values that have methods, and those behind pointers,
// stay Boxed, so that packages display and encoding/json ask them.
//
// The error is of a key of a map whose MarshalText fails.
func (r *Runtime) view(b Boxed) (any, error) {
	return viewer{r: r, memo: map[viewKey]viewType{}}.view(b)
}

// shown is view as package display takes it: with unexported fields, whose names are in
// tags; what is in a struct and differs from the erased value stays Boxed.
func (r *Runtime) shown(b Boxed) any {
	x, _ := viewer{r: r, memo: map[viewKey]viewType{}, shown: true}.view(b) // what can't be written as text can be seen
	return x
}

func (w viewer) view(b Boxed) (any, error) {
	v := reflect.ValueOf(b.V)
	if !v.IsValid() {
		return nil, nil
	}
	t := b.d.typ()
	if p, ok := t.Underlying().(*types.Pointer); ok && v.Kind() == reflect.Pointer && !v.IsNil() {
		vt, changed := w.typ(p.Elem(), v.Type().Elem(), 0, true)
		if !changed {
			return b.V, nil
		}
		x := reflect.New(vt)
		w.set(x.Elem(), p.Elem(), v.Elem())
		return x.Interface(), w.err
	}
	vt, changed := w.typ(t, v.Type(), 0, false)
	if !changed {
		return b.V, nil
	}
	x := reflect.New(vt).Elem()
	w.set(x, t, v)
	return x.Interface(), w.err
}

// maxView bounds the depth of view types: deeper values are Boxed in them.
const maxView = 8

// viewer makes one view.
type viewer struct {
	r    *Runtime
	memo map[viewKey]viewType
	// shown: for package display
	shown bool
	err   error // of a key that can't be written
}

type viewKey struct {
	t     types.Type
	v     reflect.Type
	depth int
	addr  bool
}

// viewType is the type of a view; changed says whether it differs from the erased value.
type viewType struct {
	t       reflect.Type
	changed bool
}

// typ is the type of the view of values of t, whose erased type is v. If they have
// addresses, methods of *t are theirs too.
func (w *viewer) typ(t types.Type, v reflect.Type, depth int, addr bool) (reflect.Type, bool) {
	k := viewKey{t, v, depth, addr}
	vt, ok := w.memo[k]
	if !ok {
		vt.t, vt.changed = w.newType(t, v, depth, addr)
		w.memo[k] = vt
	}
	return vt.t, vt.changed
}

func (w *viewer) newType(t types.Type, v reflect.Type, depth int, addr bool) (reflect.Type, bool) {
	if types.IsInterface(t) || isCompiled(v) {
		return v, false
	}
	if v.Kind() == reflect.Interface || depth > maxView || depth > 0 && (w.r.special(t) || addr && w.r.specialPointer(t)) {
		return anyType, true // cut by lowering, or kept Boxed
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return w.structType(u, v, depth, addr)
	case *types.Pointer:
		if depth == 0 {
			return v, false
		}
		if _, changed := w.typ(u.Elem(), v.Elem(), maxView, true); changed {
			return anyType, true
		}
	case *types.Slice:
		e, changed := w.typ(u.Elem(), v.Elem(), depth+1, true)
		return reflect.SliceOf(e), changed
	case *types.Array:
		e, changed := w.typ(u.Elem(), v.Elem(), depth+1, addr)
		return reflect.ArrayOf(v.Len(), e), changed
	case *types.Map:
		e, changed := w.typ(u.Elem(), v.Elem(), depth+1, false)
		k := v.Key()
		if _, ok := w.r.textKey(u.Key()); ok {
			k, changed = stringType, true
		}
		return reflect.MapOf(k, e), changed
	}
	return v, false
}

func (w *viewer) structType(u *types.Struct, v reflect.Type, depth int, addr bool) (reflect.Type, bool) {
	var fs []reflect.StructField
	changed := false
	for i := range u.NumFields() {
		f := u.Field(i)
		if !w.has(f) {
			changed = true
			continue
		}
		name, tag := f.Name(), u.Tag(i)
		if !f.Exported() {
			name = "E" + v.Field(i).Name
			if w.shown {
				tag = `display:"` + f.Name() + `"`
			}
		}
		vt, c := w.fieldType(f, v.Field(i).Type, depth, addr)
		embedded := f.Embedded() && promotes(f.Type()) && vt != anyType && vt.NumMethod() == 0
		changed = changed || c || embedded || v.Field(i).Name != name
		fs = append(fs, reflect.StructField{Name: name, Type: vt, Tag: reflect.StructTag(tag), Anonymous: embedded})
	}
	if !changed {
		return v, false
	}
	return reflect.StructOf(fs), true
}

// has: the view of a struct has the field.
func (w *viewer) has(f *types.Var) bool {
	if w.shown {
		return f.Name() != "_"
	}
	return drafted(f)
}

// fieldType is the type of the view of a field: an embedded pointer is followed.
func (w *viewer) fieldType(f *types.Var, v reflect.Type, depth int, addr bool) (reflect.Type, bool) {
	if w.shown {
		vt, changed := w.typ(f.Type(), v, depth+1, addr)
		if changed || !f.Embedded() && nameless(f.Type(), v) {
			return anyType, true
		}
		return vt, false
	}
	p, ok := f.Type().Underlying().(*types.Pointer)
	if !f.Embedded() || !ok || !promotes(f.Type()) || v.Kind() != reflect.Pointer || depth >= maxView || isCompiled(v) || w.r.special(f.Type()) {
		return w.typ(f.Type(), v, depth+1, addr)
	}
	vt, changed := w.typ(p.Elem(), v.Elem(), depth+1, true)
	if vt == anyType {
		return anyType, true
	}
	return reflect.PointerTo(vt), changed
}

// nameless: of a composite type the erased one doesn't say what it is called.
func nameless(t types.Type, v reflect.Type) bool {
	switch v.Kind() {
	case reflect.Struct, reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map, reflect.Func, reflect.Chan:
		return !isCompiled(v) && typeString(t) != v.String()
	}
	return false
}

// textKey is how the keys of a map are written, if they do it themselves.
func (r *Runtime) textKey(t types.Type) (func(any) ([]byte, any), bool) {
	if types.IsInterface(t) {
		return nil, false
	}
	m, ok := r.MethodOf(t, "MarshalText").(func(any) ([]byte, any))
	return m, ok && t.Underlying() != types.Typ[types.String]
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

// specialPointer: only those values of t that have an address have methods that say how
// they are marshalled.
func (r *Runtime) specialPointer(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Interface:
		return false
	}
	for _, name := range [...]string{"MarshalJSON", "MarshalText"} {
		if r.MethodOf(types.NewPointer(t), name) != nil && r.MethodOf(t, name) == nil {
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

// set sets x, of a view type, to the view of v, of type t.
func (w *viewer) set(x reflect.Value, t types.Type, v reflect.Value) {
	if x.Type() == anyType && !types.IsInterface(t) {
		if v.Kind() == reflect.Interface {
			v = v.Elem()
		}
		if v.CanAddr() && w.r.specialPointer(t) {
			x.Set(reflect.ValueOf(Boxed{w.r.descOf(types.NewPointer(t)), v.Addr().Interface()}))
		} else if v.IsValid() && (v.Kind() != reflect.Pointer || !v.IsNil()) {
			x.Set(reflect.ValueOf(Boxed{w.r.descOf(t), v.Interface()}))
		}
		return
	}
	if _, changed := w.typ(t, v.Type(), 0, v.CanAddr()); !changed {
		x.Set(v)
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		n := 0
		for i := range u.NumFields() {
			if f := u.Field(i); w.has(f) {
				w.setField(x.Field(n), f, v.Field(i))
				n++
			}
		}
	case *types.Slice:
		if v.IsNil() {
			return
		}
		x.Set(reflect.MakeSlice(x.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			w.set(x.Index(i), u.Elem(), v.Index(i))
		}
	case *types.Array:
		for i := range v.Len() {
			w.set(x.Index(i), u.Elem(), v.Index(i))
		}
	case *types.Map:
		if v.IsNil() {
			return
		}
		x.Set(reflect.MakeMapWithSize(x.Type(), v.Len()))
		for it := v.MapRange(); it.Next(); {
			e := reflect.New(x.Type().Elem()).Elem()
			w.set(e, u.Elem(), it.Value())
			k := it.Key()
			if text, ok := w.r.textKey(u.Key()); ok {
				s, err := text(k.Interface())
				if err != nil {
					w.err = fmt.Errorf("json: encoding error for type %q: %q", typeString(t), w.r.error(err).Error())
				}
				k = reflect.ValueOf(string(s))
			}
			x.SetMapIndex(k, e)
		}
	}
}

func (w *viewer) setField(x reflect.Value, f *types.Var, v reflect.Value) {
	p, ok := f.Type().Underlying().(*types.Pointer)
	if !f.Embedded() || !ok || x.Kind() != reflect.Pointer || x.Type() == v.Type() {
		w.set(x, f.Type(), v)
		return
	}
	if !v.IsNil() {
		x.Set(reflect.New(x.Type().Elem()))
		w.set(x.Elem(), p.Elem(), v.Elem())
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
	var buf bytes.Buffer
	if m, ok := b.d.method("MarshalJSON").(func(any) ([]byte, any)); ok {
		data, e := m(b.V)
		err := r.error(e)
		if err == nil {
			err = json.Compact(&buf, data)
		}
		if err != nil {
			return nil, unencodable{&json.MarshalerError{Type: namedType{boxedType, b.d.String()}, Err: err}}
		}
		return buf.Bytes(), nil
	}
	x := any(nil)
	if m, ok := b.d.method("MarshalText").(func(any) ([]byte, any)); ok {
		x = texter(func() ([]byte, error) {
			text, err := m(b.V)
			return text, r.error(err)
		})
	} else {
		var err error
		if x, err = r.view(b); err != nil {
			return nil, unencodable{err}
		}
	}
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false) // the encoder that asks does it, if it is to be done
	if err := e.Encode(x); err != nil {
		return nil, unencodable{b.encodingError(err)}
	}
	return bytes.TrimRight(buf.Bytes(), "\n"), nil
}
