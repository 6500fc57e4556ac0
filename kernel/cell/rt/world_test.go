package rt

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unsafe"
)

// world is a Runtime with descriptors of the types of world_types_test.go, and the way
// from a compiled value to the erased and boxed one that lowered code would have.
type world struct {
	*Runtime
	t   testing.TB
	pkg *types.Package
	ids map[string]int // type string → descriptor
}

// library is a Library of a few tables.
type library map[string]map[string]reflect.Value

func (l library) Values(path string) map[string]reflect.Value { return l[path] }

func newWorld(t testing.TB, lib library) *world {
	t.Helper()
	w := &world{Runtime: New(lib), t: t, ids: map[string]int{}}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "world_types_test.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: fakeImporter{}, IgnoreFuncBodies: true}
	if w.pkg, err = conf.Check(reflect.TypeFor[Point]().PkgPath(), fset, []*ast.File{f}, nil); err != nil {
		t.Fatal(err)
	}
	for _, n := range w.pkg.Scope().Names() {
		if tn, ok := w.pkg.Scope().Lookup(n).(*types.TypeName); ok && tn.Type().(*types.Named).TypeParams() == nil {
			w.id(tn.Type())
			w.id(types.NewPointer(tn.Type()))
		}
	}
	return w
}

// fakeImporter knows of the standard library what the test types need.
type fakeImporter struct{}

func (fakeImporter) Import(path string) (*types.Package, error) {
	p := types.NewPackage(path, path)
	named := func(name string, u types.Type) *types.Named {
		tn := types.NewTypeName(token.NoPos, p, name, nil)
		p.Scope().Insert(tn)
		return types.NewNamed(tn, u, nil)
	}
	switch path {
	case "time":
		d := named("Duration", types.Typ[types.Int64])
		res := types.NewTuple(types.NewParam(token.NoPos, p, "", types.Typ[types.String]))
		recv := types.NewParam(token.NoPos, p, "d", d)
		d.AddMethod(types.NewFunc(token.NoPos, p, "String", types.NewSignatureType(recv, nil, nil, nil, res, false)))
	case "fmt":
		named("State", types.NewInterfaceType(nil, nil).Complete())
	case "errors", "strconv":
	default:
		return nil, fmt.Errorf("no package %s", path)
	}
	p.MarkComplete()
	return p, nil
}

// id is the number of t's descriptor; its methods call those of the compiled type.
func (w *world) id(t types.Type) int {
	k := types.TypeString(t, nil)
	if id, ok := w.ids[k]; ok {
		return id
	}
	id := w.AddType(t, nil)
	w.ids[k] = id
	return id
}

// named is the descriptor of a type of world_types_test.go, such as "Point" or "*Point".
func (w *world) named(name string) int {
	if n, ok := strings.CutPrefix(name, "*"); ok {
		return w.id(types.NewPointer(w.typ(n)))
	}
	return w.id(w.typ(name))
}

func (w *world) typ(name string) types.Type {
	o := w.pkg.Scope().Lookup(name)
	if o == nil {
		w.t.Fatalf("no type %s", name)
	}
	return o.Type()
}

// typeOf is the type of go/types that a compiled value has.
func (w *world) typeOf(t reflect.Type) types.Type {
	if t.PkgPath() == reflect.TypeFor[Point]().PkgPath() {
		name, args, generic := strings.Cut(t.Name(), "[")
		if !generic {
			return w.typ(name)
		}
		var targs []types.Type
		for a := range strings.SplitSeq(strings.TrimSuffix(args, "]"), ",") {
			a = strings.TrimPrefix(a, t.PkgPath()+".")
			if b := types.Universe.Lookup(a); b != nil {
				targs = append(targs, b.Type())
			} else {
				targs = append(targs, w.typ(a))
			}
		}
		in, err := types.Instantiate(nil, w.typ(name), targs, true)
		if err != nil {
			w.t.Fatal(err)
		}
		return in
	}
	if t.PkgPath() == "time" {
		p, _ := fakeImporter{}.Import("time")
		return p.Scope().Lookup(t.Name()).Type()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return types.NewPointer(w.typeOf(t.Elem()))
	case reflect.Slice:
		return types.NewSlice(w.typeOf(t.Elem()))
	case reflect.Array:
		return types.NewArray(w.typeOf(t.Elem()), int64(t.Len()))
	case reflect.Map:
		return types.NewMap(w.typeOf(t.Key()), w.typeOf(t.Elem()))
	case reflect.Chan:
		return types.NewChan(types.SendRecv, w.typeOf(t.Elem()))
	case reflect.Func:
		if t.NumIn()+t.NumOut() > 0 {
			w.t.Fatalf("no type for %v", t)
		}
		return types.NewSignatureType(nil, nil, nil, nil, nil, false)
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return types.NewInterfaceType(nil, nil)
		}
		return types.Universe.Lookup(t.Name()).Type()
	case reflect.Struct:
		var fs []*types.Var
		var tags []string
		for i := range t.NumField() {
			f := t.Field(i)
			fs = append(fs, types.NewField(token.NoPos, w.pkg, f.Name, w.typeOf(f.Type), f.Anonymous))
			tags = append(tags, string(f.Tag))
		}
		return types.NewStruct(fs, tags)
	}
	return types.Universe.Lookup(t.Kind().String()).Type()
}

// cells: values of t are boxed.
func (w *world) cells(t reflect.Type) bool {
	if t.PkgPath() != "" {
		return t.PkgPath() == reflect.TypeFor[Point]().PkgPath()
	}
	switch t.Kind() {
	case reflect.Struct:
		return true
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		return w.cells(t.Elem())
	case reflect.Map:
		return w.cells(t.Key()) || w.cells(t.Elem())
	case reflect.Interface:
		return t.NumMethod() > 0
	}
	return false
}

// box is the lowered form of a compiled value.
func (w *world) box(x any) any {
	if x == nil {
		return nil
	}
	t := reflect.TypeOf(x)
	v := w.erased(reflect.ValueOf(x))
	if !w.cells(t) {
		return v.Interface()
	}
	id := w.id(w.typeOf(t))
	w.methods(id, t)
	return w.B(id, v.Interface())
}

// erasedType is the erased form of a compiled type, as the interpreter makes it.
func (w *world) erasedType(t reflect.Type) reflect.Type {
	if t.PkgPath() != "" && !w.cells(t) {
		return t
	}
	switch t.Kind() {
	case reflect.Struct:
		var fs []reflect.StructField
		for i := range t.NumField() {
			f := t.Field(i)
			n := f.Name
			if !f.IsExported() {
				n = "Xf" + strconv.Itoa(i)
			}
			fs = append(fs, reflect.StructField{Name: n, Type: w.erasedType(f.Type), Tag: f.Tag})
		}
		return reflect.StructOf(fs)
	case reflect.Pointer:
		if t.Elem() == reflect.TypeFor[Node]() {
			return anyType // a recursive type: lowering cuts it here
		}
		return reflect.PointerTo(w.erasedType(t.Elem()))
	case reflect.Slice:
		if t.Elem() == reflect.TypeFor[Node]() {
			return reflect.SliceOf(anyType)
		}
		return reflect.SliceOf(w.erasedType(t.Elem()))
	case reflect.Array:
		return reflect.ArrayOf(t.Len(), w.erasedType(t.Elem()))
	case reflect.Map:
		return reflect.MapOf(w.erasedType(t.Key()), w.erasedType(t.Elem()))
	case reflect.Chan:
		return reflect.ChanOf(t.ChanDir(), w.erasedType(t.Elem()))
	case reflect.Interface:
		return anyType
	case reflect.Func:
		return t
	}
	return w.basics()[t.Kind()]
}

func (*world) basics() map[reflect.Kind]reflect.Type {
	m := map[reflect.Kind]reflect.Type{}
	for _, x := range []any{false, 0, int8(0), int16(0), int32(0), int64(0), uint(0), uint8(0), uint16(0), uint32(0), uint64(0), uintptr(0),
		float32(0), 0.0, complex64(0), complex128(0), ""} {
		m[reflect.TypeOf(x).Kind()] = reflect.TypeOf(x)
	}
	return m
}

// erased is the erased form of a compiled value.
func (w *world) erased(v reflect.Value) reflect.Value {
	if v.CanAddr() && !v.CanInterface() {
		v = reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
	}
	t := w.erasedType(v.Type())
	x := reflect.New(t).Elem()
	switch v.Kind() {
	case reflect.Struct:
		if t == v.Type() {
			return v
		}
		c := reflect.New(v.Type()).Elem() // addressable, to read unexported fields
		c.Set(v)
		for i := range v.NumField() {
			x.Field(i).Set(w.erased(c.Field(i)))
		}
	case reflect.Pointer:
		switch {
		case v.IsNil():
			if t == anyType {
				return reflect.Zero(anyType)
			}
		case t == v.Type():
			return v
		case v.Elem().CanAddr() && t != anyType && sameLayout(v.Type().Elem(), t.Elem()):
			return reflect.NewAt(t.Elem(), v.UnsafePointer()) // the same address
		default:
			p := reflect.New(w.erasedType(v.Type().Elem()))
			p.Elem().Set(w.erased(v.Elem()))
			x.Set(p)
		}
	case reflect.Slice:
		if !v.IsNil() {
			x.Set(reflect.MakeSlice(t, v.Len(), v.Len()))
			for i := range v.Len() {
				x.Index(i).Set(w.erased(v.Index(i)))
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			x.Index(i).Set(w.erased(v.Index(i)))
		}
	case reflect.Map:
		if !v.IsNil() {
			x.Set(reflect.MakeMap(t))
			for it := v.MapRange(); it.Next(); {
				x.SetMapIndex(w.erased(it.Key()), w.erased(it.Value()))
			}
		}
	case reflect.Interface:
		if !v.IsNil() {
			if e := w.box(v.Elem().Interface()); e != nil {
				x.Set(reflect.ValueOf(e))
			}
		}
	case reflect.Chan, reflect.Func:
		if v.IsNil() {
			return x
		}
		if v.Type() != t {
			return reflect.NewAt(t, unsafe.Pointer(ptrTo(v))).Elem()
		}
		x.Set(v)
	default:
		return v.Convert(t)
	}
	return x
}

// ptrTo is a pointer to a copy of v.
func ptrTo(v reflect.Value) unsafe.Pointer {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p.UnsafePointer()
}

// sameLayout: memory of type a is memory of its erased type as well.
func sameLayout(a, erased reflect.Type) bool {
	return a.Size() == erased.Size() && !strings.Contains(erased.String(), "interface {}")
}

// methods gives descriptor id methods that call those of the compiled type t.
func (w *world) methods(id int, t reflect.Type) {
	if len(w.Type(id).M) > 0 {
		return
	}
	real := func(x any) any {
		v := reflect.ValueOf(x)
		return reflect.NewAt(t, ptrTo(v)).Elem().Interface()
	}
	m := map[string]any{}
	zero := reflect.Zero(t).Interface()
	if _, ok := zero.(error); ok {
		m["Error"] = func(x any) string { return real(x).(error).Error() }
	}
	if _, ok := zero.(fmt.Stringer); ok {
		m["String"] = func(x any) string { return real(x).(fmt.Stringer).String() }
	}
	if _, ok := zero.(fmt.GoStringer); ok {
		m["GoString"] = func(x any) string { return real(x).(fmt.GoStringer).GoString() }
	}
	if _, ok := zero.(fmt.Formatter); ok {
		m["Format"] = func(x, s any, verb int32) { real(x).(fmt.Formatter).Format(s.(fmt.State), verb) }
	}
	for n, f := range maps.All(m) {
		w.Reg(id, n, f)
	}
}

// allMethods registers the methods of every named type that is reachable from t, as the
// lowering does for the types that it boxes.
func (w *world) allMethods(t reflect.Type, seen map[reflect.Type]bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	if w.cells(t) && t.Kind() != reflect.Interface {
		w.methods(w.id(w.typeOf(t)), t)
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		w.allMethods(t.Elem(), seen)
	case reflect.Map:
		w.allMethods(t.Key(), seen)
		w.allMethods(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			w.allMethods(t.Field(i).Type, seen)
		}
	}
}

// pointerTo is a pointer to a predeclared type.
func pointerTo(name string) types.Type {
	return types.NewPointer(types.Universe.Lookup(name).Type())
}
