package rt

import (
	"encoding/json"
	"fmt"
	"go/types"
	"reflect"
	"strconv"
)

// unmarshal decodes JSON into the variable that p points to, as encoding/json does it
// for a variable of the cell's type; do decodes into what it is given.
func (r *Runtime) unmarshal(p any, do func(any) error) error {
	b, ok := p.(Boxed)
	if !ok {
		return do(p)
	}
	ptr, ok := b.d.under().(*types.Pointer)
	v := reflect.ValueOf(b.V)
	if !ok || v.Kind() != reflect.Pointer || v.IsNil() {
		return do(b.V)
	}
	d := decoder{r: r, open: map[types.Type]bool{}}
	err := d.into(ptr.Elem(), v.Elem(), do)
	if wrong, ok := err.(*json.UnmarshalTypeError); ok {
		d.name(wrong, ptr.Elem())
	}
	return err
}

// decoder decodes by way of a draft: a value of a type that says to encoding/json what
// the cell's type says. What a draft can't say is kept as raw text in it, and decoded when the
// draft is stored: values with an UnmarshalJSON or UnmarshalText, and recursive types.
type decoder struct {
	r    *Runtime
	open map[types.Type]bool // named types whose drafts are being made
}

var (
	rawJSON    = reflect.TypeFor[json.RawMessage]()
	stringType = reflect.TypeFor[string]()

	// untouched is raw text in a draft that the decoded text does not mention. It differs from
	// nil, which is what a draft becomes that is set to zero.
	untouched = json.RawMessage{}
)

// into decodes a value of type t into v.
func (d *decoder) into(t types.Type, v reflect.Value, do func(any) error) error {
	if d.own(t) {
		var raw json.RawMessage
		if err := do(&raw); err != nil {
			return err
		}
		return d.call(t, v, raw)
	}
	dt := d.draft(t, v.Type())
	if dt == rawJSON {
		return fmt.Errorf("Nascent can't decode JSON into a %s", typeString(t))
	}
	x := reflect.New(dt)
	d.load(x.Elem(), t, v)
	err := do(x.Interface())
	if serr := d.store(t, v, x.Elem()); err == nil {
		err = serr
	}
	return err
}

// method finds a lowered method of *t or t.
func (d *decoder) method(t types.Type, name string) (m func(any, []byte) any, pointer bool) {
	if types.IsInterface(t) {
		return nil, false
	}
	if m, ok := d.r.MethodOf(types.NewPointer(t), name).(func(any, []byte) any); ok {
		return m, true
	}
	m, _ = d.r.MethodOf(t, name).(func(any, []byte) any)
	return m, false
}

// own says whether values of t decode themselves.
func (d *decoder) own(t types.Type) bool {
	if _, pointer := t.Underlying().(*types.Pointer); pointer {
		return false // what it points to does, once it is there
	}
	j, _ := d.method(t, "UnmarshalJSON")
	x, _ := d.method(t, "UnmarshalText")
	return j != nil || x != nil
}

// call makes a value decode itself.
func (d *decoder) call(t types.Type, v reflect.Value, raw []byte) error {
	arg := func(pointer bool) any {
		if pointer {
			return v.Addr().Interface()
		}
		return v.Interface()
	}
	if m, pointer := d.method(t, "UnmarshalJSON"); m != nil {
		return d.r.error(m(arg(pointer), raw))
	}
	if string(raw) == "null" {
		return nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		if wrong, ok := err.(*json.UnmarshalTypeError); ok {
			wrong.Type = namedType{wrong.Type, typeString(t)}
		}
		return err
	}
	m, pointer := d.method(t, "UnmarshalText")
	return d.r.error(m(arg(pointer), []byte(text)))
}

// draft is the type of the drafts of values of t, whose erased type is v: v itself where
// erasing has lost nothing that counts.
func (d *decoder) draft(t types.Type, v reflect.Type) reflect.Type {
	t = types.Unalias(t)
	if types.IsInterface(t) || isCompiled(v) {
		return v
	}
	if d.own(t) || v.Kind() == reflect.Interface {
		return rawJSON
	}
	if n, ok := t.(*types.Named); ok {
		if d.open[n] {
			return rawJSON
		}
		d.open[n] = true
		defer delete(d.open, n)
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return d.draftStruct(u, v)
	case *types.Pointer:
		switch e := d.draft(u.Elem(), v.Elem()); e {
		case v.Elem():
			return v
		case rawJSON:
			return rawJSON
		default:
			return reflect.PointerTo(e)
		}
	case *types.Slice:
		if e := d.draft(u.Elem(), v.Elem()); e != v.Elem() {
			return reflect.SliceOf(e)
		}
	case *types.Array:
		if e := d.draft(u.Elem(), v.Elem()); e != v.Elem() {
			return reflect.ArrayOf(v.Len(), e)
		}
	case *types.Map:
		k, e := v.Key(), d.draft(u.Elem(), v.Elem())
		if m, _ := d.method(u.Key(), "UnmarshalText"); m != nil {
			k = stringType
		}
		if k != v.Key() || e != v.Elem() {
			return reflect.MapOf(k, e)
		}
	}
	return v
}

// draftStruct has the exported fields, and those embedded structs that are not exported
// but have such fields. It is v if there is nothing that v does not say.
func (d *decoder) draftStruct(u *types.Struct, v reflect.Type) reflect.Type {
	var fs []reflect.StructField
	changed := false
	for i := range u.NumFields() {
		f := u.Field(i)
		if !drafted(f) {
			changed = true
			continue
		}
		sf := reflect.StructField{Name: draftName(u, i), Type: d.draft(f.Type(), v.Field(i).Type), Tag: reflect.StructTag(u.Tag(i))}
		if f.Embedded() && promotes(f.Type()) && sf.Type.NumMethod() == 0 && sf.Type != rawJSON {
			sf.Anonymous = true
		}
		changed = changed || sf.Anonymous || sf.Type != v.Field(i).Type || sf.Name != v.Field(i).Name
		fs = append(fs, sf)
	}
	if !changed {
		return v
	}
	return reflect.StructOf(fs)
}

// draftName is the name of a field in the draft of a struct.
func draftName(u *types.Struct, i int) string {
	if f := u.Field(i); f.Exported() {
		return f.Name()
	}
	return "EXf" + strconv.Itoa(i)
}

// drafted: the draft of a struct has the field.
func drafted(f *types.Var) bool {
	if f.Exported() {
		return true
	}
	if _, pointer := f.Type().Underlying().(*types.Pointer); pointer {
		return false // it can't be set from outside its package
	}
	return f.Embedded() && promotes(f.Type())
}

// promotes: an embedded field of type t has fields that its struct has too.
func promotes(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

// load puts what v holds into the draft x: decoding leaves what the text doesn't mention.
func (d *decoder) load(x reflect.Value, t types.Type, v reflect.Value) {
	if x.Type() == v.Type() {
		x.Set(v)
		return
	}
	if x.Type() == rawJSON {
		x.SetBytes(untouched)
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		d.fields(u, func(i, n int) { d.load(x.Field(n), u.Field(i).Type(), v.Field(i)) })
	case *types.Pointer:
		if !v.IsNil() {
			x.Set(reflect.New(x.Type().Elem()))
			d.load(x.Elem(), u.Elem(), v.Elem())
		}
	case *types.Array:
		for i := range v.Len() {
			d.load(x.Index(i), u.Elem(), v.Index(i))
		}
	case *types.Slice:
		if !v.IsNil() { // encoding/json decodes into what lies behind the length, too
			x.Set(reflect.MakeSlice(x.Type(), v.Len(), v.Cap()))
			xs, vs := x.Slice(0, v.Cap()), v.Slice(0, v.Cap())
			for i := range v.Cap() {
				d.load(xs.Index(i), u.Elem(), vs.Index(i))
			}
		}
	case *types.Map:
		if !v.IsNil() { // its entries are replaced, not decoded into
			x.Set(reflect.MakeMap(x.Type()))
		}
	}
}

// fields calls f with the numbers of the fields that a draft has, in the struct and in the draft.
func (d *decoder) fields(u *types.Struct, f func(i, n int)) {
	n := 0
	for i := range u.NumFields() {
		if drafted(u.Field(i)) {
			f(i, n)
			n++
		}
	}
}

// store puts what the draft x holds into v.
func (d *decoder) store(t types.Type, v, x reflect.Value) (err error) {
	keep := func(e error) {
		if err == nil {
			err = e
		}
	}
	if x.Type() == v.Type() {
		v.Set(x)
		return nil
	}
	if x.Type() == rawJSON {
		return d.storeRaw(t, v, x.Interface().(json.RawMessage))
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		d.fields(u, func(i, n int) { keep(inField(d.store(u.Field(i).Type(), v.Field(i), x.Field(n)), u, i)) })
	case *types.Pointer:
		switch {
		case x.IsNil():
			v.SetZero()
		case v.IsNil():
			v.Set(reflect.New(v.Type().Elem()))
			fallthrough
		default:
			keep(d.store(u.Elem(), v.Elem(), x.Elem()))
		}
	case *types.Slice:
		switch {
		case x.IsNil():
			v.SetZero()
			return nil
		case v.Cap() >= x.Len() && x.Cap() > 0:
			v.SetLen(x.Len())
		default:
			s := reflect.MakeSlice(v.Type(), x.Len(), x.Len())
			reflect.Copy(s, v)
			v.Set(s)
		}
		for i := range x.Len() {
			keep(d.store(u.Elem(), v.Index(i), x.Index(i)))
		}
	case *types.Array:
		for i := range v.Len() {
			keep(d.store(u.Elem(), v.Index(i), x.Index(i)))
		}
	case *types.Map:
		if x.IsNil() {
			v.SetZero()
			return nil
		}
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		for it := x.MapRange(); it.Next(); {
			k, e := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			keep(d.storeKey(u.Key(), k, it.Key()))
			keep(d.store(u.Elem(), e, it.Value()))
			v.SetMapIndex(k, e)
		}
	}
	return err
}

func (d *decoder) storeKey(t types.Type, k, x reflect.Value) error {
	if m, pointer := d.method(t, "UnmarshalText"); m != nil {
		arg := k.Interface()
		if pointer {
			arg = k.Addr().Interface()
		}
		return d.r.error(m(arg, []byte(x.String())))
	}
	k.Set(x)
	return nil
}

// storeRaw decodes the text of a value that its draft could not take.
func (d *decoder) storeRaw(t types.Type, v reflect.Value, raw json.RawMessage) error {
	switch {
	case raw == nil:
		v.SetZero()
		return nil
	case len(raw) == 0: // untouched
		return nil
	}
	p, ok := t.Underlying().(*types.Pointer)
	switch {
	case !ok:
		return d.into(t, v, func(x any) error { return json.Unmarshal(raw, x) })
	case string(raw) == "null":
		v.SetZero()
		return nil
	case v.Kind() == reflect.Interface: // cut by lowering
		if v.IsNil() {
			return fmt.Errorf("Nascent can't decode JSON into a nil %s that is part of a recursion of several types: set it first", typeString(t))
		}
		v = v.Elem()
	case v.IsNil():
		v.Set(reflect.New(v.Type().Elem()))
	}
	return d.into(p.Elem(), v.Elem(), func(x any) error { return json.Unmarshal(raw, x) })
}

// jsonOverrides decode into variables of cells, and encode values of their types.
func (r *Runtime) jsonOverrides(m map[symbol]override) {
	m[symbol{"encoding/json", "Unmarshal"}] = func(a []any) []any {
		data, _ := a[0].([]byte)
		return []any{r.FromBin(reflect.ValueOf(r.unmarshal(a[1], func(x any) error { return json.Unmarshal(data, x) })))}
	}
	m[symbol{"encoding/json", "Marshal"}] = func(a []any) []any {
		data, err := json.Marshal(a[0])
		return []any{data, r.FromBin(reflect.ValueOf(encodingError(err)))}
	}
	m[symbol{"encoding/json", "MarshalIndent"}] = func(a []any) []any {
		data, err := json.MarshalIndent(a[0], a[1].(string), a[2].(string))
		return []any{data, r.FromBin(reflect.ValueOf(encodingError(err)))}
	}
}

func (r *Runtime) jsonMethods(m map[recvKey]methodOverride) {
	m[recvKey{reflect.TypeFor[*json.Decoder](), "Decode"}] = func(recv any, a []any) []any {
		return []any{r.FromBin(reflect.ValueOf(r.unmarshal(a[0], recv.(*json.Decoder).Decode)))}
	}
	m[recvKey{reflect.TypeFor[*json.Encoder](), "Encode"}] = func(recv any, a []any) []any {
		return []any{r.FromBin(reflect.ValueOf(encodingError(recv.(*json.Encoder).Encode(a[0]))))}
	}
}
