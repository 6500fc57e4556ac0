// Nil of types that contain themselves is nil, however it came to be.
package main

import (
	"encoding/json"
	"fmt"
	"reflect"
)

type (
	L []L
	M map[string]M
	F func() F
	C chan C
	P *P
)

type A struct{ b *B }

type B struct{ a *A }

type PA *A

func nothing() L { return nil }

func id[T any](x T) T { return x }

func converted() {
	var s []L
	var m map[string]M
	var f func() F
	var a *A
	l := L(s)
	fmt.Println(l == nil, M(m) == nil, F(f) == nil, PA(a) == nil, nothing() == nil, id(l) == nil)
	fmt.Println(l[:0] == nil, append(l, s...) == nil, append(l, l...) == nil, len(append(l, nil)))
	var x any = l
	fmt.Println(x == nil, x.(L) == nil, []L(l) == nil)
	p := &l
	*p = L(s)
	fmt.Println(*p == nil, len(*p))
	c := make(chan L, 1)
	c <- nil
	fmt.Println(<-c == nil)
	l = make(L, 0)
	fmt.Println(l == nil, l[:0] == nil)
}

func shown() {
	m, l := M{"a": {"b": nil}}, L{nil, {nil}, {}}
	for _, format := range []string{"%v %v\n", "%+v %+v\n", "%#v %#v\n", "%T %T\n"} {
		fmt.Printf(format, m, l)
		fmt.Printf(format, m["a"]["b"], l[0])
	}
	fmt.Println(F(nil) == nil, C(nil), P(nil), []P{nil}, []C{nil}, []F{nil})
	for _, x := range []any{m, l, m["none"], l[0]} {
		b, err := json.Marshal(x)
		fmt.Println(string(b), err)
	}
}

func reflected() {
	m, l := M{"a": {"b": nil}}, L{nil, {nil}, {}}
	v := reflect.ValueOf(m["a"]["b"])
	fmt.Println(v.IsNil(), v.Len(), v.Kind(), v.Type())
	v = reflect.ValueOf(l).Index(0)
	fmt.Println(v.IsNil(), v.Len(), v.Kind(), v.Type())
	fmt.Println(reflect.DeepEqual(l, L{nil, {nil}, {}}), reflect.DeepEqual(l, L{{}, {nil}, {}}))
}

func main() {
	converted()
	shown()
	reflected()
}
