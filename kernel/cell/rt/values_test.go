package rt

import (
	"errors"
	"fmt"
	"go/types"
	"io"
	"math"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"
)

func TestSymbols(t *testing.T) {
	r := New(library{})
	syms := r.Symbols()
	for name := range strings.FieldsSeq("B I V Is Impl Must Nil M Eq EqT RangeMap RangeStr Clear IA FA C128 C64 Cx Re Im IntStr Shc Neg Conv S2A ToUP UPInt " +
		"FromUP USlice USliceData UString UStringData Select NewDS Run U Recover Enter Panic Go SetF GetF SetG Call CallM Print Close RecoverD Delete Copy " +
		"Fmin Fmax WrapNil UAdd Recv Recv2 Send Reg") {
		if syms[name].Kind() != reflect.Func {
			t.Errorf("%s is no func", name)
		}
	}
	for name := range strings.FieldsSeq("DS MapIter StrIter UP Opaque") {
		if v := syms[name]; v.Kind() != reflect.Pointer || !v.IsNil() {
			t.Errorf("%s is no type", name)
		}
	}
}

func TestDescriptors(t *testing.T) {
	w := newWorld(t, library{})
	id := w.AddType(w.typ("Level"), nil)
	raw := w.AddType(types.Typ[types.Int], reflect.TypeFor[int]())
	x := w.B(id, 3)
	if w.Type(id).T != w.typ("Level") || V(x) != 3 || V(4) != 4 || I(5) != 5 {
		t.Error("a boxed value loses its type or value")
	}
	for _, tt := range []struct {
		x    any
		id   int
		want bool
	}{{x, id, true}, {3, id, false}, {nil, id, false}, {3, raw, true}, {x, raw, false}, {"s", raw, false}, {nil, raw, false}} {
		if got := w.Is(tt.x, tt.id); got != tt.want {
			t.Errorf("Is(%v, %s) = %v", tt.x, w.desc(tt.id), got)
		}
	}
	stringy := w.named("Stringy")
	if !w.Impl(x, stringy) || w.Impl(3, stringy) || !w.Impl(time.Second, stringy) || w.Impl(nil, stringy) || w.Impl(w.box(Point{}), stringy) {
		t.Error("Impl of Stringy")
	}
	if w.Impl(x, id) {
		t.Error("a concrete type is implemented")
	}

	sig := (func(any) string)(nil)
	w.Reg(id, "String", func(any) string { return "one" })
	if got := w.M(x, "String", sig).(func(any) string)(3); got != "one" {
		t.Errorf("method: %s", got)
	}
	w.Reg(id, "String", func(any) string { return "two" })
	if got := w.M(x, "String", sig).(func(any) string)(3); got != "two" {
		t.Errorf("the method of a value that exists: %s", got)
	}
	if got := w.M(time.Second, "String", sig).(func(any) string)(time.Second); got != "1s" {
		t.Errorf("a compiled method: %s", got)
	}
	if got := w.M(io.EOF, "Error", sig).(func(any) string)(io.EOF); got != "EOF" {
		t.Errorf("a compiled error: %s", got)
	}
	read := w.M(strings.NewReader(""), "Read", (func(any, []byte) (int, any))(nil)).(func(any, []byte) (int, any))
	if n, err := read(strings.NewReader("ab"), make([]byte, 8)); n != 2 || err != nil {
		t.Errorf("read %d, %v", n, err)
	}
	if _, err := read(strings.NewReader(""), make([]byte, 8)); err != io.EOF {
		t.Errorf("read at the end: %v", err)
	}
}

// TestReplace: a type that is declared again with the same representation.
func TestReplace(t *testing.T) {
	w := newWorld(t, library{})
	pkg := types.NewPackage("main", "main")
	declare := func(method bool) types.Type {
		n := types.NewNamed(types.NewTypeName(0, pkg, "T", nil), types.Typ[types.Int], nil)
		if method {
			res := types.NewTuple(types.NewParam(0, pkg, "", types.Typ[types.String]))
			n.AddMethod(types.NewFunc(0, pkg, "String", types.NewSignatureType(types.NewParam(0, pkg, "t", n), nil, nil, nil, res, false)))
		}
		return n
	}
	first, second := declare(false), declare(true)
	id := w.AddType(first, nil)
	x := w.B(id, 1)
	stringy := w.named("Stringy")
	if w.Impl(x, stringy) {
		t.Error("T has a method too early")
	}
	w.Replace(id, second)
	if !w.Impl(x, stringy) {
		t.Error("the new method isn't seen")
	}
	if w.find(second) != w.desc(id) {
		t.Error("the new type has no descriptor")
	}
	w.Retire(second.(*types.Named).Obj(), "cell 1")
	third := w.AddType(declare(false), nil)
	if w.Is(x, third) {
		t.Error("values of two declarations are of one type")
	}
	if p, _ := try(func() { w.Must(x, third, -1) }); fmt.Sprint(p) != "interface conversion: interface is main.T (old, cell 1), not main.T" {
		t.Errorf("the assertion says %v", p)
	}
}

func TestMust(t *testing.T) {
	w := newWorld(t, library{})
	level, stringy, raw := w.named("Level"), w.named("Stringy"), w.AddType(types.Typ[types.Int], reflect.TypeFor[int]())
	empty := w.AddType(types.NewInterfaceType(nil, nil), nil)
	for _, tt := range []struct {
		x      any
		id, st int
		want   string
	}{
		{w.B(level, 1), level, empty, ""}, {1, raw, empty, ""}, {w.B(level, 1), stringy, -1, ""},
		{1, level, empty, "interface conversion: interface {} is int, not rt.Level"},
		{nil, level, empty, "interface conversion: interface {} is nil, not rt.Level"},
		{w.box(Point{}), raw, stringy, "interface conversion: rt.Stringy is rt.Point, not int"},
		{nil, stringy, empty, "interface conversion: interface is nil, not rt.Stringy"},
		{w.box(Point{}), stringy, empty, "interface conversion: rt.Point is not rt.Stringy: missing method String"},
		{1, stringy, empty, "interface conversion: int is not rt.Stringy: missing method String"},
	} {
		p, _ := try(func() { w.Must(tt.x, tt.id, tt.st) })
		got := ""
		if p != nil {
			got = p.(runtime.Error).Error()
		}
		if got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestEqual(t *testing.T) {
	w := newWorld(t, library{})
	ch := make(chan int)
	f := func() {}
	p := &Point{}
	for _, tt := range []struct {
		a, b any
		want bool
	}{
		{1, 1, true}, {1, 2, false}, {1, int8(1), false}, {nil, nil, true}, {nil, 1, false}, {math.NaN(), math.NaN(), false}, {"a", "a", true},
		{w.box(Level(1)), w.box(Level(1)), true}, {w.box(Level(1)), 1, false}, {w.box(Level(1)), w.box(Celsius(1)), false},
		{w.box(Point{1, 2}), w.box(Point{1, 2}), true}, {w.box(Point{1, 2}), w.box(Point{2, 2}), false}, {w.box(p), w.box(p), true}, {w.box(p), w.box(&Point{}), false},
		{ch, (<-chan int)(ch), true}, {ch, make(chan int), false}, {w.box(Holder{A: 1}), w.box(Holder{A: 1}), true},
		{w.box(Holder{A: Level(1)}), w.box(Holder{A: Level(1)}), true}, {w.box(Holder{A: Level(1)}), w.box(Holder{A: 1}), false},
		{[2]int{1, 2}, [2]int{1, 2}, true}, {w.box(Key{1, 2}), w.box(Key{1, 2}), true}, {f, nil, false},
	} {
		if got := Eq(tt.a, tt.b); got != tt.want {
			t.Errorf("Eq(%v, %v) = %v", tt.a, tt.b, got)
		}
	}
	for _, tt := range []struct {
		x    any
		want string
	}{
		{[]int{1}, "runtime error: comparing uncomparable type []int"},
		{w.box(Grid{}), "runtime error: comparing uncomparable type rt.Grid"},
		{w.box(hidden{}), "runtime error: comparing uncomparable type rt.hidden"},
		{f, "runtime error: comparing uncomparable type func()"},
	} {
		if p, _ := try(func() { Eq(tt.x, tt.x) }); fmt.Sprint(p) != tt.want {
			t.Errorf("comparing panics with %v, want %s", p, tt.want)
		}
	}

	// blank fields don't count
	blank := types.NewStruct([]*types.Var{types.NewField(0, w.pkg, "_", types.Typ[types.Int], false), types.NewField(0, w.pkg, "A", types.Typ[types.Int], false)}, nil)
	type erased struct{ Xf0, A int }
	id, list := w.AddType(blank, nil), w.AddType(types.NewArray(blank, 1), nil)
	if !w.EqT(id, erased{1, 2}, erased{3, 2}) || w.EqT(id, erased{1, 2}, erased{1, 3}) || !w.EqT(list, [1]erased{{1, 2}}, [1]erased{{2, 2}}) {
		t.Error("EqT")
	}
	if !Eq(w.B(id, erased{1, 2}), w.B(id, erased{3, 2})) {
		t.Error("Eq of boxed values with blank fields")
	}
}

// TestPanicText compares with what a program that dies of a panic prints.
func TestPanicText(t *testing.T) {
	w := newWorld(t, library{})
	for _, typ := range []reflect.Type{reflect.TypeFor[Level](), reflect.TypeFor[MyErr](), reflect.TypeFor[Panics](), reflect.TypeFor[Custom]()} {
		w.allMethods(typ, map[reflect.Type]bool{})
	}
	for _, tt := range []struct {
		x    any
		want string
	}{
		{"a\nb", "a\nb"}, {1, "1"}, {1.5, "1.5"}, {true, "true"}, {'x', "120"}, {1 + 2i, "(1+2i)"}, {uint8(3), "3"}, {float32(0.1), "0.1"},
		{errors.New("e"), "e"}, {time.Second, "1s"}, {[]int{1}, "[]int{1}"}, {Celsius(3), "rt.Celsius(3)"}, {Name("n"), `rt.Name("n")`}, {Level(2), "level 2"},
		{MyErr{1}, "my error 1"}, {Point{1, 2}, "rt.Point{X:1, Y:2}"}, {&Point{1, 2}, "&rt.Point{X:1, Y:2}"}, {Flags(1), "rt.Flags(1)"},
		{Panics{}, "rt.Panics (its method panicked: zero)"}, {os.ErrNotExist, "file does not exist"}, {reflect.Int, "int"},
	} {
		if got := w.Text(w.box(tt.x)); got != tt.want {
			t.Errorf("%T: got %q, want %q", tt.x, got, tt.want)
		}
	}
}

func TestTypeString(t *testing.T) {
	w := newWorld(t, library{})
	for _, x := range []any{
		Point{}, &Point{}, []Point{}, map[Name][]*Point{}, Pair[Name, int]{}, [3]Celsius{}, make(chan Point), make(<-chan int), make(chan<- int), make(chan (<-chan int)),
		struct{}{}, struct {
			A int `json:"a"`
			b string
			Point
		}{}, func() {}, new(any), new(error),
	} {
		typ := reflect.TypeOf(x)
		if typ.Kind() == reflect.Chan {
			continue // below
		}
		if got := typeString(w.typeOf(typ)); got != typ.String() {
			t.Errorf("got %s, want %s", got, typ)
		}
		if !sameType(typ, w.typeOf(typ)) {
			t.Errorf("%s is not the same type", typ)
		}
		if sameType(typ, types.Typ[types.Int]) || sameType(reflect.TypeFor[int](), w.typeOf(typ)) {
			t.Errorf("%s is int", typ)
		}
	}
	i, s := types.Typ[types.Int], types.Typ[types.String]
	arg := func(ts ...types.Type) *types.Tuple {
		var vs []*types.Var
		for _, t := range ts {
			vs = append(vs, types.NewParam(0, nil, "x", t))
		}
		return types.NewTuple(vs...)
	}
	sig := types.NewSignatureType(nil, nil, nil, arg(i, types.NewSlice(s)), arg(i, types.Universe.Lookup("error").Type()), true)
	iface := types.NewInterfaceType([]*types.Func{types.NewFunc(0, w.pkg, "M", types.NewSignatureType(nil, nil, nil, nil, arg(i), false))}, nil).Complete()
	recv := types.NewChan(types.RecvOnly, i)
	for _, tt := range []struct {
		got  types.Type
		want reflect.Type
	}{
		{sig, reflect.TypeFor[func(int, ...string) (int, error)]()}, {iface, reflect.TypeFor[interface{ M() int }]()},
		{recv, reflect.TypeFor[<-chan int]()}, {types.NewChan(types.SendOnly, i), reflect.TypeFor[chan<- int]()},
		{types.NewChan(types.SendRecv, recv), reflect.TypeFor[chan (<-chan int)]()}, {types.Universe.Lookup("byte").Type(), reflect.TypeFor[byte]()},
		{types.Typ[types.UnsafePointer], reflect.TypeFor[unsafe.Pointer]()}, {types.Universe.Lookup("any").Type(), reflect.TypeFor[any]()},
	} {
		if got := typeString(tt.got); got != tt.want.String() {
			t.Errorf("got %s, want %s", got, tt.want)
		}
		if !sameType(tt.want, tt.got) {
			t.Errorf("%s is not the same type", tt.want)
		}
	}
}
