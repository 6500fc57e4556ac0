// What package reflect makes: types, values, functions, channels.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"time"
)

type ID int32
type Pair[K comparable, V any] struct {
	Key K
	Val V
}

func (p Pair[K, V]) String() string { return fmt.Sprint(p.Key, "→", p.Val) }

type base struct{ Hidden int }
type Inner struct{ A, B int }
type Outer struct {
	Inner
	*base
	B  string
	ch chan ID
	fn func(...int) (ID, error)
}
type Animal interface {
	Sound() string
	legs() int
}
type dog struct{ n int }

func (dog) Sound() string { return "woof" }
func (d dog) legs() int   { return d.n }

func show(x any) {
	t := reflect.TypeOf(x)
	fmt.Printf("%v|%s|%s|%v\n", t, t.Name(), t.PkgPath(), t.Kind())
}

func try(what string, f func()) {
	defer func() { fmt.Println(what, "panics:", recover()) }()
	f()
}

func main() {
	show(ID(1))
	show([]ID{})
	show(map[string]ID{})
	show(Pair[string, ID]{})
	show(&Pair[ID, []Pair[int, int]]{})
	show(struct {
		A int `k:"v"`
		b ID
	}{})
	show(func(ID, ...string) error { return nil })
	show(make(<-chan ID))
	show([2]Outer{})
	show(errors.New("x"))
	show(time.Second)
	show([]error{nil})
	show([]io.Reader{nil})
	show(new(any))

	ot := reflect.TypeFor[Outer]()
	for _, f := range reflect.VisibleFields(ot) {
		fmt.Println(f.Name, f.Index, f.Type, f.IsExported(), f.Anonymous)
	}
	f, ok := ot.FieldByName("A")
	fmt.Println(f.Index, f.Type, ok)
	_, ok = ot.FieldByName("none")
	fmt.Println(ok)
	o := Outer{Inner: Inner{1, 2}, base: &base{7}, B: "b"}
	ov := reflect.ValueOf(&o).Elem()
	fmt.Println(ov.FieldByName("A"), ov.FieldByName("Hidden"), ov.FieldByName("Hidden").CanSet(), ov.FieldByName("base").CanSet())
	ov.FieldByName("Inner").Field(0).Set(reflect.ValueOf(42))
	fmt.Println(o.A, ov.FieldByName("ch").IsNil(), ov.FieldByName("ch").Type().Elem())

	at := reflect.TypeFor[Animal]()
	fmt.Println(at.NumMethod(), at.Method(0).Name, at.Method(1).Name, at.Method(1).PkgPath, at.Method(0).Type)
	fmt.Println(reflect.TypeFor[dog]().NumMethod(), reflect.TypeFor[dog]().Implements(at), reflect.TypeFor[Inner]().Implements(at))
	var an Animal = dog{4}
	fmt.Println(reflect.ValueOf(&an).Elem().Kind(), reflect.ValueOf(&an).Elem().Elem().Type(), reflect.ValueOf(&an).Elem().MethodByName("Sound").Call(nil))

	fmt.Println(reflect.ValueOf(ID(5)).Convert(reflect.TypeFor[float64]()), reflect.ValueOf(3.7).Convert(reflect.TypeFor[ID]()).Interface() == ID(3))
	fmt.Println(reflect.ValueOf(65).Convert(reflect.TypeFor[string]()), reflect.TypeFor[ID]().ConvertibleTo(reflect.TypeFor[int]()), reflect.TypeFor[ID]().AssignableTo(reflect.TypeFor[int]()))
	fmt.Println(reflect.ValueOf([]int{1, 2, 3}).CanConvert(reflect.TypeFor[[4]int]()))

	m := reflect.MakeMap(reflect.MapOf(reflect.TypeFor[string](), reflect.TypeFor[Pair[string, ID]]()))
	m.SetMapIndex(reflect.ValueOf("a"), reflect.ValueOf(Pair[string, ID]{"k", 1}))
	for i := m.MapRange(); i.Next(); {
		fmt.Println(i.Key(), i.Value(), i.Value().Field(1).Int())
	}
	fmt.Println(m.Type(), m.Len(), m.MapIndex(reflect.ValueOf("zz")).IsValid(), m.Interface().(map[string]Pair[string, ID])["a"].Val)
	st := reflect.StructOf([]reflect.StructField{{Name: "A", Type: reflect.TypeFor[ID](), Tag: `json:"a"`}, {Name: "B", Type: reflect.TypeFor[string]()}})
	sv := reflect.New(st).Elem()
	sv.Field(0).SetInt(9)
	fmt.Println(st, sv, sv.NumField())

	c := reflect.MakeChan(reflect.ChanOf(reflect.BothDir, reflect.TypeFor[ID]()), 1)
	c.Send(reflect.ValueOf(ID(8)))
	i, v, ok := reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: c}})
	fmt.Println(i, v, ok, v.Type())
	_, ok = c.TryRecv()
	fmt.Println(ok, c.TrySend(reflect.ValueOf(ID(1))), c.TrySend(reflect.ValueOf(ID(2))), c.Len())

	sum := reflect.ValueOf(func(base ID, more ...ID) (s ID) {
		s = base
		for _, x := range more {
			s += x
		}
		return s
	})
	fmt.Println(sum.Call([]reflect.Value{reflect.ValueOf(ID(1)), reflect.ValueOf(ID(2)), reflect.ValueOf(ID(3))})[0], sum.CallSlice([]reflect.Value{reflect.ValueOf(ID(1)), reflect.ValueOf([]ID{5})})[0], sum.Type().IsVariadic())
	swap := func(in []reflect.Value) []reflect.Value { return []reflect.Value{in[1], in[0]} }
	var s2 func(ID, Inner) (Inner, ID)
	reflect.ValueOf(&s2).Elem().Set(reflect.MakeFunc(reflect.TypeOf(s2), swap))
	fmt.Println(s2(1, Inner{2, 3}))

	b := reflect.ValueOf(new(bytes.Buffer))
	b.MethodByName("WriteString").Call([]reflect.Value{reflect.ValueOf("through reflection")})
	fmt.Println(b.Interface().(*bytes.Buffer).String(), b.Type().Elem().Name(), b.NumMethod() > 10)
	fmt.Println(reflect.ValueOf(strings.Repeat).Call([]reflect.Value{reflect.ValueOf("ab"), reflect.ValueOf(2)})[0])
	fmt.Println(reflect.TypeOf(os.Stdout), reflect.TypeFor[io.Writer]().NumMethod(), reflect.TypeOf(os.Stdout).Implements(reflect.TypeFor[io.Writer]()))

	xs := []ID{3, 1, 2}
	reflect.Swapper(xs)(0, 2)
	fmt.Println(xs, reflect.Copy(reflect.ValueOf(xs), reflect.ValueOf([]ID{9})), xs, reflect.AppendSlice(reflect.ValueOf(xs), reflect.ValueOf(xs)).Len())
	for i, x := range reflect.ValueOf(xs).Seq2() {
		fmt.Print(i, "=", x, " ")
	}
	for x := range reflect.ValueOf(3).Seq() {
		fmt.Print(x, " ")
	}
	fmt.Println()
	fmt.Println(reflect.DeepEqual(map[string][]Inner{"a": {{1, 2}}}, map[string][]Inner{"a": {{1, 2}}}), reflect.DeepEqual([]any{ID(1)}, []any{1}), reflect.DeepEqual(&o, &o), reflect.DeepEqual(error(nil), nil))
	fmt.Println(reflect.TypeOf(ID(1)) == reflect.TypeFor[ID](), reflect.TypeOf(o) == ot, reflect.PointerTo(ot).Elem() == ot, reflect.SliceOf(reflect.TypeFor[int]()) == reflect.TypeOf([]int{}), reflect.TypeFor[error]() == reflect.TypeOf((*error)(nil)).Elem())
	fmt.Println(reflect.Zero(ot).Field(2).Len(), reflect.ValueOf(o).IsZero(), reflect.Zero(ot).IsZero(), reflect.ValueOf(nil).IsValid())
	fmt.Printf("%v %d %s %T\n", reflect.ValueOf(ID(6)), reflect.ValueOf(ID(6)), reflect.ValueOf("s"), reflect.ValueOf(1))
	if x, ok := reflect.TypeAssert[Animal](reflect.ValueOf(dog{2})); ok {
		fmt.Println(x.Sound())
	}
	try("unexported", func() { ov.FieldByName("ch").Interface() })
	try("unaddressable", func() { reflect.ValueOf(o).Field(2).SetString("x") })
	try("wrong type", func() { ov.Field(2).Set(reflect.ValueOf(1)) })
	try("wrong kind", func() { reflect.ValueOf(1).Len() })
	try("wrong kind of a type", func() { reflect.TypeFor[ID]().Elem() })
	try("nil interface", func() { reflect.ValueOf(nil).Type() })
	try("too few", func() { sum.Call(nil) })
}
