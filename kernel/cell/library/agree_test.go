package library

import (
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"
)

// The tables and the types of a package are two accounts of the same thing.
// These tests hold them together, object by object and both ways.

func TestSymbolsAgreeWithTypes(t *testing.T) {
	l := open(t)
	objects := 0
	for _, info := range l.Packages() {
		p, err := l.Import(info.Path)
		if err != nil {
			t.Fatal(err)
		}
		values := l.Values(info.Path)
		for _, name := range p.Scope().Names() {
			obj := p.Scope().Lookup(name)
			if !obj.Exported() {
				continue
			}
			objects++
			v, ok := values[name]
			if fromSource(obj) {
				if ok {
					t.Errorf("%v has a symbol, though it can have none", obj)
				}
				continue
			}
			if !ok {
				t.Errorf("%v has no symbol", obj)
				continue
			}
			if why := disagree(obj, v); why != "" {
				t.Errorf("%v: %s (%v)", obj, why, v.Type())
			}
		}
		for name := range values {
			if obj := p.Scope().Lookup(strings.TrimPrefix(name, "_")); obj == nil {
				t.Errorf("%s: symbol %s, but no such object", info.Path, name)
			} else if strings.HasPrefix(name, "_") && !types.IsInterface(obj.Type()) {
				t.Errorf("%s: wrapper %s of what is no interface", info.Path, name)
			}
		}
	}
	t.Logf("%d exported objects", objects)
}

// fromSource says whether an object has no symbol, and why: generic functions
// and types exist only when instantiated; an interface with a union or with
// comparable is only a constraint; what package unsafe declares is built in.
func fromSource(obj types.Object) bool {
	if g, ok := obj.Type().(interface{ TypeParams() *types.TypeParamList }); ok && g.TypeParams().Len() > 0 {
		return true
	}
	if _, ok := obj.(*types.Builtin); ok {
		return true
	}
	i, ok := obj.Type().Underlying().(*types.Interface)
	_, isType := obj.(*types.TypeName)
	return ok && isType && !i.IsMethodSet()
}

// disagree compares an object with its symbol and returns the first difference.
func disagree(obj types.Object, v reflect.Value) string {
	switch obj := obj.(type) {
	case *types.Const:
		return disagreeConst(obj, v)
	case *types.Var:
		if !v.CanAddr() {
			return "it cannot be set"
		}
		return disagreeType(obj.Type(), v.Type())
	case *types.Func:
		return disagreeType(obj.Type(), v.Type())
	case *types.TypeName:
		if v.Kind() != reflect.Pointer || !v.IsNil() {
			return "it is not a nil pointer"
		}
		return disagreeType(obj.Type(), v.Type().Elem())
	}
	return "it is of an unknown kind"
}

func disagreeConst(c *types.Const, v reflect.Value) string {
	want := c.Val()
	var got constant.Value
	switch x := v.Interface().(type) {
	case constant.Value:
		if b, ok := c.Type().(*types.Basic); !ok || b.Info()&types.IsUntyped == 0 {
			return "it has a type, its symbol has none"
		}
		got = x
	default:
		if why := disagreeType(c.Type(), v.Type()); why != "" && c.Type() != types.Typ[types.UntypedBool] {
			return why
		}
		switch v.Kind() {
		case reflect.Bool:
			got = constant.MakeBool(v.Bool())
		case reflect.String:
			got = constant.MakeString(v.String())
		case reflect.Float32, reflect.Float64:
			got = constant.MakeFloat64(v.Float())
			f, _ := constant.Float64Val(want)
			want = constant.MakeFloat64(f)
		default:
			if v.CanInt() {
				got = constant.MakeInt64(v.Int())
			} else {
				got = constant.MakeUint64(v.Uint())
			}
		}
	}
	if !constant.Compare(constant.ToFloat(got), token.EQL, constant.ToFloat(want)) && !constant.Compare(got, token.EQL, want) {
		return "its value is " + got.ExactString()
	}
	return ""
}

// disagreeType compares the outline of two types: kind, name, numbers of
// parameters, results, fields and methods.
func disagreeType(t types.Type, r reflect.Type) string {
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil && n.TypeArgs().Len() == 0 {
		if r.Name() != n.Obj().Name() {
			return "its type is named " + r.Name()
		}
	}
	if kindOf(t) != r.Kind() {
		return "its type is of kind " + r.Kind().String()
	}
	switch u := t.Underlying().(type) {
	case *types.Signature:
		if u.Params().Len() != r.NumIn() || u.Results().Len() != r.NumOut() || u.Variadic() != r.IsVariadic() {
			return "its parameters differ"
		}
		for i := range u.Params().Len() {
			if kindOf(u.Params().At(i).Type()) != r.In(i).Kind() {
				return "its parameters differ in kind"
			}
		}
		for i := range u.Results().Len() {
			if kindOf(u.Results().At(i).Type()) != r.Out(i).Kind() {
				return "its results differ in kind"
			}
		}
	case *types.Struct:
		if u.NumFields() != r.NumField() {
			return "its fields differ in number"
		}
		for i := range u.NumFields() {
			if u.Field(i).Name() != r.Field(i).Name || kindOf(u.Field(i).Type()) != r.Field(i).Type.Kind() {
				return "its fields differ: " + u.Field(i).Name()
			}
		}
	case *types.Interface:
		if u.NumMethods() != r.NumMethod() {
			return "its methods differ in number"
		}
		return ""
	}
	if exportedMethods(t) != r.NumMethod() || exportedMethods(types.NewPointer(t)) != reflect.PointerTo(r).NumMethod() {
		return "its method sets differ"
	}
	return ""
}

func exportedMethods(t types.Type) int {
	n := 0
	for sel := range types.NewMethodSet(t).Methods() {
		if sel.Obj().Exported() {
			n++
		}
	}
	return n
}

func kindOf(t types.Type) reflect.Kind {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Kind() == types.UnsafePointer {
			return reflect.UnsafePointer
		}
		return basicKinds[u.Name()]
	case *types.Pointer:
		return reflect.Pointer
	case *types.Slice:
		return reflect.Slice
	case *types.Array:
		return reflect.Array
	case *types.Map:
		return reflect.Map
	case *types.Chan:
		return reflect.Chan
	case *types.Struct:
		return reflect.Struct
	case *types.Interface:
		return reflect.Interface
	case *types.Signature:
		return reflect.Func
	}
	return reflect.Invalid
}

var basicKinds = func() map[string]reflect.Kind {
	m := map[string]reflect.Kind{"byte": reflect.Uint8, "rune": reflect.Int32}
	for k := reflect.Bool; k <= reflect.Complex128; k++ {
		m[k.String()] = k
	}
	m["string"] = reflect.String
	return m
}()
