package gotype

import (
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"testing"
	"time"
	"unsafe"
)

// What is put together from predeclared types is the same type there and back.
func TestThereAndBack(t *testing.T) {
	for _, r := range []reflect.Type{
		reflect.TypeFor[int](), reflect.TypeFor[byte](), reflect.TypeFor[rune](), reflect.TypeFor[unsafe.Pointer](), reflect.TypeFor[any](),
		reflect.TypeFor[*string](), reflect.TypeFor[[3][]float32](), reflect.TypeFor[map[string]map[int]bool](), reflect.TypeFor[struct{}](),
		reflect.TypeFor[chan int](), reflect.TypeFor[<-chan []int](), reflect.TypeFor[chan<- func()](),
		reflect.TypeFor[func(int, ...string) (uintptr, *complex64)](), reflect.TypeFor[func(struct{}) chan (<-chan int)](),
	} {
		there := FromReflect(r)
		if there == nil {
			t.Errorf("go/types has nothing for %v", r)
			continue
		}
		if back := Reflect(there, func(*types.Named) reflect.Type { return nil }); back != r {
			t.Errorf("%v became %v and then %v", r, there, back)
		}
	}
}

// What only a package can name is found by who asks, or not at all.
func TestNamed(t *testing.T) {
	for _, r := range []reflect.Type{
		reflect.TypeFor[time.Duration](), reflect.TypeFor[[]time.Time](), reflect.TypeFor[map[time.Month]int](), reflect.TypeFor[func() time.Time](),
		reflect.TypeFor[struct{ A int }](), reflect.TypeFor[interface{ M() }](),
	} {
		if got := FromReflect(r); got != nil {
			t.Errorf("%v became %v", r, got)
		}
	}
	named := types.NewNamed(types.NewTypeName(token.NoPos, types.NewPackage("p", "p"), "T", nil), types.Typ[types.Int], nil)
	list := types.NewSlice(named)
	if got := Reflect(list, func(*types.Named) reflect.Type { return nil }); got != nil {
		t.Errorf("%v became %v", list, got)
	}
	if got := Reflect(list, func(*types.Named) reflect.Type { return reflect.TypeFor[time.Duration]() }); got != reflect.TypeFor[[]time.Duration]() {
		t.Errorf("%v became %v", list, got)
	}
}

func TestParts(t *testing.T) {
	i, s := types.Typ[types.Int], types.Typ[types.String]
	v := func(t types.Type) *types.Var { return types.NewParam(token.NoPos, nil, "", t) }
	in, out := types.NewTuple(v(i), v(s)), types.NewTuple(v(s))
	sig := types.NewSignatureType(nil, nil, nil, in, out, false)
	named := types.NewNamed(types.NewTypeName(token.NoPos, nil, "T", nil), types.NewSlice(i), nil)
	for _, c := range []struct {
		t    types.Type
		want []types.Type
	}{
		{i, nil}, {named, nil}, {types.NewPointer(i), []types.Type{i}}, {types.NewSlice(s), []types.Type{s}}, {types.NewArray(s, 2), []types.Type{s}},
		{types.NewChan(types.SendOnly, i), []types.Type{i}}, {types.NewMap(s, i), []types.Type{s, i}},
		{sig, []types.Type{in, out}}, {in, []types.Type{i, s}},
		{types.NewStruct([]*types.Var{types.NewField(token.NoPos, nil, "a", i, false), types.NewField(token.NoPos, nil, "b", named, false)}, nil), []types.Type{i, named}},
		{types.NewInterfaceType([]*types.Func{types.NewFunc(token.NoPos, nil, "M", sig)}, []types.Type{named}), []types.Type{sig, named}},
		{types.NewUnion([]*types.Term{types.NewTerm(true, i), types.NewTerm(false, s)}), []types.Type{i, s}},
		{types.NewAlias(types.NewTypeName(token.NoPos, nil, "A", nil), s), []types.Type{s}},
	} {
		if got := Parts(c.t); !slices.Equal(got, c.want) {
			t.Errorf("%v is made of %v; want %v", c.t, got, c.want)
		}
	}
}

func TestRenamed(t *testing.T) {
	pkg := types.NewPackage("main", "main")
	named := func(name string) *types.Named {
		return types.NewNamed(types.NewTypeName(0, pkg, name, nil), types.Typ[types.Int], nil)
	}
	old, now, other := named("T"), named("T"), named("U")
	param := types.NewTypeParam(types.NewTypeName(0, pkg, "P", nil), types.Universe.Lookup("any").Type())
	generic := named("G")
	generic.SetTypeParams([]*types.TypeParam{param})
	tuple := func(t types.Type) *types.Tuple { return types.NewTuple(types.NewParam(0, pkg, "x", t)) }
	builders := map[string]func(t types.Type) types.Type{
		"itself":  func(t types.Type) types.Type { return t },
		"pointer": func(t types.Type) types.Type { return types.NewPointer(t) },
		"slice":   func(t types.Type) types.Type { return types.NewSlice(types.NewPointer(t)) },
		"array":   func(t types.Type) types.Type { return types.NewArray(t, 3) },
		"channel": func(t types.Type) types.Type { return types.NewChan(types.RecvOnly, t) },
		"key":     func(t types.Type) types.Type { return types.NewMap(t, other) },
		"value":   func(t types.Type) types.Type { return types.NewMap(other, t) },
		"struct": func(t types.Type) types.Type {
			return types.NewStruct([]*types.Var{types.NewField(0, pkg, "a", other, false), types.NewField(0, pkg, "T", t, true)}, []string{"", "tag"})
		},
		"parameter": func(t types.Type) types.Type {
			return types.NewSignatureType(nil, nil, nil, tuple(types.NewSlice(t)), nil, true)
		},
		"result": func(t types.Type) types.Type { return types.NewSignatureType(nil, nil, nil, nil, tuple(t), false) },
		"method": func(t types.Type) types.Type {
			return types.NewInterfaceType([]*types.Func{types.NewFunc(0, pkg, "M", types.NewSignatureType(nil, nil, nil, nil, tuple(t), false))}, nil).Complete()
		},
		"argument": func(t types.Type) types.Type {
			i, err := types.Instantiate(nil, generic, []types.Type{t}, false)
			if err != nil {
				panic(err)
			}
			return i
		},
		"alias": func(t types.Type) types.Type {
			return types.NewSlice(types.NewAlias(types.NewTypeName(0, pkg, "A", nil), t))
		},
	}
	as := func(n *types.Named) types.Type {
		if n == old {
			return now
		}
		return nil
	}
	for name, build := range builders {
		if got, want := Renamed(build(old), as), build(now); !types.Identical(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		if name != "itself" && types.Identical(build(old), build(now)) {
			t.Errorf("%s: nothing is told by it", name)
		}
		if same := build(other); Renamed(same, as) != same {
			t.Errorf("%s: a type without any that is renamed is another", name)
		}
	}
}
