package main

import (
	"fmt"
	"reflect"
	"sort"
)

type Point struct {
	X, Y int `json:"x" yaml:"p"`
	name string
}

func (p Point) Norm() int          { return p.X*p.X + p.Y*p.Y }
func (p *Point) Scale(k int) error { p.X *= k; p.Y *= k; return nil }

type Shape interface{ Norm() int }
type Level int

func (l Level) String() string { return fmt.Sprintf("L%d", int(l)) }

type List struct {
	Point
	Next *List
	Tags map[string]Level
	F    func(error) Shape
	S    []Shape
}

func main() {
	p := Point{3, 4, "n"}
	t := reflect.TypeOf(p)
	fmt.Println(t, t.Name(), t.PkgPath(), t.Kind(), t.NumField(), t.NumMethod(), t.Size())
	for i := range t.NumField() {
		f := t.Field(i)
		fmt.Println(f.Name, f.Type, f.Tag.Get("json"), f.PkgPath, f.Offset, f.IsExported())
	}
	fmt.Println(t.Method(0).Name, t.Method(0).Type)
	v := reflect.ValueOf(&p)
	fmt.Println(v.Type(), v.NumMethod(), v.Elem().Field(0).Int())
	out := v.MethodByName("Scale").Call([]reflect.Value{reflect.ValueOf(2)})
	fmt.Println(p, out[0].IsNil(), out[0].Type())
	fmt.Println(v.Elem().Addr().MethodByName("Norm").Call(nil)[0].Int())
	v.Elem().FieldByName("X").SetInt(77)
	fmt.Println(p, v.Elem().Field(2).CanSet(), v.Elem().Field(2).String())
	fmt.Println(reflect.TypeFor[error](), reflect.TypeFor[Shape](), reflect.TypeOf(Level(3)), reflect.ValueOf(Level(3)))
	fmt.Println(t.Implements(reflect.TypeFor[Shape]()), t.Implements(reflect.TypeFor[fmt.Stringer]()), reflect.TypeFor[Level]().Implements(reflect.TypeFor[fmt.Stringer]()))
	l := List{Point: p, Next: &List{}, Tags: map[string]Level{"a": 1, "b": 2}, S: []Shape{p}}
	lt := reflect.TypeOf(l)
	for f := range lt.Fields() {
		fmt.Println(f.Name, f.Type, f.Anonymous)
	}
	lv := reflect.ValueOf(&l).Elem()
	keys := lv.FieldByName("Tags").MapKeys()
	sort.Slice(keys, func(i, j int) bool { return keys[i].String() < keys[j].String() })
	fmt.Println(keys, lv.FieldByName("Tags").MapIndex(keys[1]))
	lv.FieldByName("Tags").SetMapIndex(reflect.ValueOf("c"), reflect.ValueOf(Level(9)))
	fmt.Println(l.Tags, lv.FieldByName("S").Index(0).Elem().Type(), lv.FieldByName("X"))
	fmt.Println(lv.FieldByName("Next").Elem().Type(), lv.FieldByName("Next").Type())
	n := reflect.New(t)
	n.Elem().Field(1).SetInt(5)
	fmt.Printf("%v %+v %T\n", n.Elem(), n.Elem().Interface(), n.Interface())
	fmt.Println(reflect.DeepEqual(l, l), reflect.DeepEqual(p, Point{}), reflect.DeepEqual(Level(1), 1))
	s := reflect.MakeSlice(reflect.SliceOf(t), 0, 2)
	s = reflect.Append(s, reflect.ValueOf(p))
	fmt.Println(s.Interface().([]Point)[0].X, s.Type())
	f := reflect.MakeFunc(reflect.TypeFor[func(Point, int) Level](), func(a []reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.ValueOf(Level(a[0].Field(0).Int() + a[1].Int()))}
	})
	fmt.Println(f.Interface().(func(Point, int) Level)(p, 3), f.Type())
	defer func() { fmt.Println("recovered:", recover()) }()
	v.Elem().Field(2).SetString("no")
}
