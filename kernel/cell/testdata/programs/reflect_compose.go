// Types that no cell has written are put together from a cell's types and predeclared ones.
package main

import (
	"fmt"
	"reflect"
)

type key struct {
	a, b int32
	c    float64
}

func of(x any) reflect.Type { return reflect.TypeOf(x) }

func main() {
	k := key{1, 2, 3}
	m := reflect.MakeMap(reflect.MapOf(of(k), of(true)))
	m.SetMapIndex(reflect.ValueOf(k), reflect.ValueOf(true))
	type named map[key]bool
	var x named
	reflect.ValueOf(&x).Elem().Set(m)
	fmt.Println(m, m.Type(), x[k])

	s := reflect.New(reflect.StructOf([]reflect.StructField{
		{Name: "F1", Type: of(byte(0)), Tag: `json:"one"`},
		{Name: "F2", Type: reflect.ArrayOf(3, of((*byte)(nil)))},
		{Name: "F3", Type: reflect.StructOf([]reflect.StructField{{Name: "F4", Type: reflect.SliceOf(of(k))}})},
		{Name: "F5", Type: reflect.MapOf(of(""), of([]any{}))},
		{Name: "F6", Type: reflect.FuncOf([]reflect.Type{of(1), of(struct{}{})}, []reflect.Type{of(k)}, false)},
		{Name: "F7", Type: reflect.ChanOf(reflect.RecvDir, of(1i))},
	})).Elem()
	s.Field(0).SetUint(7)
	fmt.Println(s.Type())
	fmt.Printf("%+v\n", s)
}
