package reflect

import (
	"go/types"
	"iter"
	goreflect "reflect"
)

// Call calls the function v. The arguments of a variadic parameter are given one by one.
func (v Value) Call(in []Value) []Value {
	v.mustBe("Call", goreflect.Func)
	v.mustBeFree("Call")
	if v.t.IsVariadic() {
		fixed := v.t.NumIn() - 1
		if len(in) < fixed {
			panic("reflect: Call with too few input arguments")
		}
		rest := MakeSlice(v.t.in(fixed), 0, len(in)-fixed)
		in = append(in[:fixed:fixed], Append(rest, in[fixed:]...))
	}
	return v.call("Call", in)
}

// CallSlice calls the variadic function v with a slice as its last argument.
func (v Value) CallSlice(in []Value) []Value {
	v.mustBe("CallSlice", goreflect.Func)
	v.mustBeFree("CallSlice")
	if !v.t.IsVariadic() {
		panic("reflect: CallSlice of non-variadic function")
	}
	return v.call("CallSlice", in)
}

func (v Value) call(name string, in []Value) []Value {
	if v.IsNil() {
		panic("reflect: call of nil function")
	}
	if n := v.t.NumIn(); len(in) != n {
		few := "few"
		if len(in) > n {
			few = "many"
		}
		panic("reflect: " + name + " with too " + few + " input arguments")
	}
	ft := v.v.Type()
	args := make([]goreflect.Value, len(in))
	for i, a := range in {
		if a.t == nil {
			panic("reflect: " + name + " using zero Value argument")
		}
		if !a.t.AssignableTo(v.t.in(i)) {
			panic("reflect: " + name + " using " + a.t.String() + " as type " + v.t.in(i).String())
		}
		args[i] = a.to(ft.In(i))
	}
	var out []goreflect.Value
	if ft.IsVariadic() {
		out = v.v.CallSlice(args)
	} else {
		out = v.v.Call(args)
	}
	res := make([]Value, len(out))
	for i, x := range out {
		res[i] = v.part(x, func() *rtype { return v.t.out(i) })
	}
	return res
}

// NumMethod is how many methods the value has that reflection shows.
func (v Value) NumMethod() int {
	if v.t == nil {
		panic(&ValueError{Method: "reflect.Value.NumMethod"})
	}
	if v.flag != 0 {
		return 0
	}
	return v.t.NumMethod()
}

// Method is method i, bound to the value.
func (v Value) Method(i int) Value {
	if v.t == nil {
		panic(&ValueError{Method: "reflect.Value.Method"})
	}
	if i < 0 || i >= v.t.NumMethod() {
		panic("reflect: Method index out of range")
	}
	return v.bind(v.t.methodName(i))
}

// MethodByName is the method of a name, bound to the value; the zero Value if there is none.
func (v Value) MethodByName(name string) Value {
	if v.t == nil {
		panic(&ValueError{Method: "reflect.Value.MethodByName"})
	}
	for i := range v.t.NumMethod() {
		if v.t.methodName(i) == name {
			return v.bind(name)
		}
	}
	return Value{}
}

func (t *rtype) methodName(i int) string {
	if t.real != nil {
		return t.real.Method(i).Name
	}
	return t.methodSet()[i].Name()
}

// Methods goes over the methods, bound to the value.
func (v Value) Methods() iter.Seq2[Method, Value] {
	return func(yield func(Method, Value) bool) {
		for i := range v.NumMethod() {
			if !yield(v.t.Method(i), v.Method(i)) {
				return
			}
		}
	}
}

// bind is a method of the value as a function without receiver.
func (v Value) bind(name string) Value {
	m := v.t.m
	if v.Kind() == goreflect.Interface {
		if v.IsNil() {
			panic("reflect: Method on nil interface value")
		}
		e := v.Elem()
		fn := e.bind(name)
		fn.flag |= v.flag & sticky
		return fn
	}
	if v.t.real != nil {
		fn := v.v.MethodByName(name)
		return m.wrap(fn, m.ofReal(fn.Type()), v.flag&sticky)
	}
	obj, _, _ := types.LookupFieldOrMethod(v.t.goType(), false, nil, name)
	f := obj.(*types.Func)
	fn := v.t.lowered(f)
	var in, out []goreflect.Type
	for i := 1; i < fn.Type().NumIn(); i++ {
		in = append(in, fn.Type().In(i))
	}
	for o := range fn.Type().Outs() {
		out = append(out, o)
	}
	recv := anyOf(v.v)
	bound := goreflect.MakeFunc(goreflect.FuncOf(in, out, false), func(args []goreflect.Value) []goreflect.Value {
		return fn.Call(append([]goreflect.Value{recv}, args...))
	})
	sg := f.Signature()
	return m.wrap(bound, m.of(types.NewSignatureType(nil, nil, nil, sg.Params(), sg.Results(), sg.Variadic())), v.flag&sticky)
}
