// Package reflect is package reflect as cells see it.
//
// Lowering erases the types of a cell, so the reflect of the standard library would
// show a cell the erased forms. The Type and Value of this package have the methods
// of the originals, but work on the types that the cell wrote: names, methods, tags and
// the difference between exported and unexported fields come from go/types, values
// from the erased forms. Types of compiled packages are what they are; values of
// those, and of their fields, are handed to the original.
//
// A [Mirror] makes the symbols. Everything that the original exports is here or taken
// over from it, with the same meaning, except InterfaceData.
package reflect

import (
	"go/types"
	goreflect "reflect"
	"sync"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/nascent-go/nascent/kernel/cell/rt"
)

// Kinds of types and directions of channels are those of the original.
type (
	Kind    = goreflect.Kind
	ChanDir = goreflect.ChanDir
)

// Compiled finds the run-time type of a type that a compiled package declares, nil if
// it is not one.
type Compiled func(obj *types.TypeName) goreflect.Type

// Mirror shows the values of one Runtime. It is safe for concurrent use.
type Mirror struct {
	r        *rt.Runtime
	compiled Compiled

	mu    sync.Mutex
	real  map[goreflect.Type]*rtype
	types typeutil.Map // types.Type → *rtype, of those that are no real types
}

// NewMirror makes a mirror for the values of r. It makes itself known to r, which hands types
// and values of this package to compiled code as what they stand for, and back.
func NewMirror(r *rt.Runtime, compiled Compiled) *Mirror {
	m := &Mirror{r: r, compiled: compiled, real: map[goreflect.Type]*rtype{}}
	r.SetMirror(m)
	return m
}

// Symbols are those of the original, with those that this package has in place of them.
func (m *Mirror) Symbols(original map[string]goreflect.Value) map[string]goreflect.Value {
	all := make(map[string]goreflect.Value, len(original))
	for name, v := range original {
		all[name] = v
	}
	delete(all, "_Type")
	for name, x := range map[string]any{
		"Type": (*Type)(nil), "Value": (*Value)(nil), "StructField": (*StructField)(nil), "Method": (*Method)(nil),
		"MapIter": (*MapIter)(nil), "SelectCase": (*SelectCase)(nil), "ValueError": (*ValueError)(nil),
		"TypeOf": m.TypeOf, "ValueOf": m.ValueOf, "Zero": Zero, "New": New, "NewAt": NewAt, "Indirect": Indirect,
		"MakeSlice": MakeSlice, "MakeMap": MakeMap, "MakeMapWithSize": MakeMapWithSize, "MakeChan": MakeChan, "MakeFunc": MakeFunc,
		"Append": Append, "AppendSlice": AppendSlice, "Copy": Copy, "SliceAt": SliceAt,
		"PointerTo": PointerTo, "PtrTo": PointerTo, "SliceOf": SliceOf, "ArrayOf": ArrayOf, "MapOf": MapOf, "ChanOf": ChanOf,
		"FuncOf": FuncOf, "StructOf": m.StructOf, "VisibleFields": VisibleFields,
		"DeepEqual": m.DeepEqual, "Swapper": m.Swapper, "Select": m.Select,
	} {
		all[name] = goreflect.ValueOf(x)
	}
	return all
}

// TypeOf is the dynamic type of a lowered value, nil if it is nil.
func (m *Mirror) TypeOf(x any) Type {
	if x == nil {
		return nil
	}
	return m.valueOf(x).t
}

// ValueOf is a lowered value.
func (m *Mirror) ValueOf(x any) Value { return m.valueOf(x) }

func (m *Mirror) valueOf(x any) Value {
	switch x := x.(type) {
	case nil:
		return Value{}
	case rt.Boxed:
		return m.wrap(goreflect.ValueOf(x.V), m.of(x.Type().T), 0)
	}
	v := goreflect.ValueOf(x)
	return m.wrap(v, m.ofReal(v.Type()), 0)
}

// ToReal implements rt.Mirror.
func (m *Mirror) ToReal(x any) any {
	switch x := x.(type) {
	case *rtype:
		if x.real != nil {
			return x.real
		}
		return x.form()
	case Value:
		return x.v
	}
	return x
}

// FromReal implements rt.Mirror.
func (m *Mirror) FromReal(x any) any {
	switch x := x.(type) {
	case goreflect.Type:
		return m.ofReal(x)
	case goreflect.Value:
		if !x.IsValid() {
			return Value{}
		}
		return m.wrap(x, m.ofReal(x.Type()), 0)
	}
	return x
}
