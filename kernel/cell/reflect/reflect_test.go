package reflect

import (
	"go/types"
	goreflect "reflect"
	"testing"

	"github.com/nascent-go/nascent/kernel/cell/library"
	"github.com/nascent-go/nascent/kernel/cell/rt"
)

// notHere are the deprecated symbols of the original that are left out.
var notHere = map[string]bool{"InterfaceData": true}

// TestComplete holds the methods and fields of this package's types to the original's.
func TestComplete(t *testing.T) {
	for _, tt := range []struct{ ours, original goreflect.Type }{
		{goreflect.TypeFor[Type](), goreflect.TypeFor[goreflect.Type]()},
		{goreflect.TypeFor[Value](), goreflect.TypeFor[goreflect.Value]()},
		{goreflect.TypeFor[*MapIter](), goreflect.TypeFor[*goreflect.MapIter]()},
		{goreflect.TypeFor[StructField](), goreflect.TypeFor[goreflect.StructField]()},
		{goreflect.TypeFor[Method](), goreflect.TypeFor[goreflect.Method]()},
		{goreflect.TypeFor[SelectCase](), goreflect.TypeFor[goreflect.SelectCase]()},
		{goreflect.TypeFor[*ValueError](), goreflect.TypeFor[*goreflect.ValueError]()},
	} {
		for m := range tt.original.Methods() {
			ours, ok := tt.ours.MethodByName(m.Name)
			switch {
			case !m.IsExported() || notHere[m.Name]:
			case !ok:
				t.Errorf("%s has no method %s", tt.ours, m.Name)
			case ours.Type.NumIn() != m.Type.NumIn() || ours.Type.NumOut() != m.Type.NumOut() || ours.Type.IsVariadic() != m.Type.IsVariadic():
				t.Errorf("%s.%s is a %s, not a %s", tt.ours, m.Name, ours.Type, m.Type)
			}
		}
		if tt.original.Kind() != goreflect.Struct {
			continue
		}
		for f := range tt.original.Fields() {
			if _, ok := tt.ours.FieldByName(f.Name); f.IsExported() && !ok {
				t.Errorf("%s has no field %s", tt.ours, f.Name)
			}
		}
	}
}

// TestSymbols: what the original has and this package leaves alone knows nothing of
// types and values.
func TestSymbols(t *testing.T) {
	lib, err := library.Std()
	if err != nil {
		t.Fatal(err)
	}
	original := lib.Values("reflect")
	m := NewMirror(rt.New(lib), func(*types.TypeName) goreflect.Type { return nil })
	typ, value := goreflect.TypeFor[goreflect.Type](), goreflect.TypeFor[goreflect.Value]()
	for name, v := range m.Symbols(original) {
		old, ok := original[name]
		if !ok {
			t.Errorf("reflect has no %s", name)
			continue
		}
		if v.Kind() != goreflect.Func || v.Pointer() != old.Pointer() {
			continue
		}
		for i := range v.Type().NumIn() {
			if in := v.Type().In(i); in == typ || in == value {
				t.Errorf("%s is the original, but takes a %s", name, in)
			}
		}
	}
}
