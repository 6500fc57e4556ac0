package reflect

import (
	"go/types"
	goreflect "reflect"
	"slices"
	"strings"

	"github.com/nascent-go/nascent/kernel/cell/rt"
)

// methodSet lists the methods that reflection shows: the exported ones, all of an
// interface, sorted by name.
func (t *rtype) methodSet() []*types.Func {
	var list []*types.Func
	if i, ok := t.under().(*types.Interface); ok {
		for f := range i.Methods() {
			list = append(list, f)
		}
	} else {
		set := types.NewMethodSet(t.goType())
		for i := range set.Len() {
			if f := set.At(i).Obj().(*types.Func); f.Exported() {
				list = append(list, f)
			}
		}
	}
	slices.SortFunc(list, func(a, b *types.Func) int { return strings.Compare(a.Name(), b.Name()) })
	return list
}

func (t *rtype) NumMethod() int {
	if t.real != nil {
		return t.real.NumMethod()
	}
	return len(t.methodSet())
}

func (t *rtype) Method(i int) Method {
	if t.real != nil {
		return t.realMethod(t.real.Method(i))
	}
	list := t.methodSet()
	if i < 0 || i >= len(list) {
		panic("reflect: Method index out of range")
	}
	return t.method(list[i], i)
}

func (t *rtype) MethodByName(name string) (Method, bool) {
	if t.real != nil {
		m, ok := t.real.MethodByName(name)
		if !ok {
			return Method{}, false
		}
		return t.realMethod(m), true
	}
	for i, f := range t.methodSet() {
		if f.Name() == name {
			return t.method(f, i), true
		}
	}
	return Method{}, false
}

func (t *rtype) realMethod(m goreflect.Method) Method {
	out := Method{Name: m.Name, PkgPath: m.PkgPath, Type: t.m.ofReal(m.Type), Index: m.Index}
	if m.Func.IsValid() {
		out.Func = t.m.wrap(m.Func, t.m.ofReal(m.Type), 0)
	}
	return out
}

func (t *rtype) method(f *types.Func, i int) Method {
	m := Method{Name: f.Name(), Index: i}
	if !f.Exported() {
		m.PkgPath = f.Pkg().Path()
	}
	sg := f.Signature()
	if t.Kind() == goreflect.Interface {
		m.Type = t.m.of(types.NewSignatureType(nil, nil, nil, sg.Params(), sg.Results(), sg.Variadic()))
		return m
	}
	params := []*types.Var{types.NewParam(0, nil, "", t.goType())}
	for v := range sg.Params().Variables() {
		params = append(params, v)
	}
	ft := t.m.of(types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), sg.Results(), sg.Variadic()))
	m.Type = ft
	fn := t.lowered(f)
	in := []goreflect.Type{t.form()}
	out := []goreflect.Type{}
	for i := 1; i < fn.Type().NumIn(); i++ {
		in = append(in, fn.Type().In(i))
	}
	for o := range fn.Type().Outs() {
		out = append(out, o)
	}
	m.Func = t.m.wrap(goreflect.MakeFunc(goreflect.FuncOf(in, out, false), func(args []goreflect.Value) []goreflect.Value {
		args[0] = anyOf(args[0])
		return fn.Call(args)
	}), ft, 0)
	return m
}

// lowered is the lowered function of a method: its first parameter is the receiver, as
// an interface{}.
func (t *rtype) lowered(f *types.Func) goreflect.Value {
	fn := t.m.r.MethodOf(t.goType(), f.Name())
	if fn == nil {
		panic("reflect: Nascent can't find method " + f.Name() + " of " + t.String() + " by reflection: convert a value of that type to an interface first")
	}
	return goreflect.ValueOf(fn)
}

// anyOf is v in an empty interface.
func anyOf(v goreflect.Value) goreflect.Value {
	x := goreflect.New(anyType).Elem()
	if v.IsValid() {
		x.Set(v)
	}
	return x
}

func (t *rtype) Implements(u Type) bool {
	if u == nil {
		panic("reflect: nil type passed to Type.Implements")
	}
	i := u.mirrored()
	if i.Kind() != goreflect.Interface {
		panic("reflect: non-interface type passed to Type.Implements")
	}
	switch {
	case i.real != nil && i.real.NumMethod() == 0:
		return true
	case t.real != nil && i.real != nil:
		return t.real.Implements(i.real)
	case i.goType() != nil && t.goType() != nil:
		return types.Implements(t.goType(), i.under().(*types.Interface))
	case i.goType() != nil:
		return rt.Implements(t.real, i.under().(*types.Interface))
	}
	return t.hasAll(i.real)
}

// hasAll: a cell's type has the methods of a real interface that no cell has named.
func (t *rtype) hasAll(i goreflect.Type) bool {
	for m := range i.Methods() {
		f, _, _ := types.LookupFieldOrMethod(t.goType(), true, nil, m.Name)
		fn, ok := f.(*types.Func)
		if !ok || !rt.SameSignature(m.Type, fn.Signature()) {
			return false
		}
	}
	return true
}

func (t *rtype) AssignableTo(u Type) bool {
	if u == nil {
		panic("reflect: nil type passed to Type.AssignableTo")
	}
	x := u.mirrored()
	switch {
	case t == x:
		return true
	case x.Kind() == goreflect.Interface:
		return t.Implements(x)
	case t.real != nil && x.real != nil:
		return t.real.AssignableTo(x.real)
	case t.goType() != nil && x.goType() != nil:
		return types.AssignableTo(t.goType(), x.goType())
	}
	return false
}

func (t *rtype) ConvertibleTo(u Type) bool {
	if u == nil {
		panic("reflect: nil type passed to Type.ConvertibleTo")
	}
	x := u.mirrored()
	switch {
	case x.Kind() == goreflect.Interface:
		return t.Implements(x)
	case t.real != nil && x.real != nil:
		return t.real.ConvertibleTo(x.real)
	case t.goType() != nil && x.goType() != nil:
		return types.ConvertibleTo(t.goType(), x.goType())
	}
	return t.form().ConvertibleTo(x.form()) && t.Kind() != goreflect.Struct
}

func (t *rtype) Comparable() bool {
	if t.real != nil {
		return t.real.Comparable()
	}
	return types.Comparable(t.goType())
}
