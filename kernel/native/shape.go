package native

import (
	"go/types"
	"reflect"
	"strconv"

	"github.com/nascent-go/nascent/kernel/native/wasm"
)

// kind is how one number of a value lies in memory.
type kind byte

const (
	kindBool kind = iota
	kindInt8
	kindUint8
	kindInt16
	kindUint16
	kindInt32
	kindUint32
	kindInt64
	kindUint64
	kindFloat32
	kindFloat64
	kindPointer // an address, outside eight bytes and inside a number below 1<<32
)

// accesses are the instructions for a kind.
var accesses = [...]struct {
	typ         wasm.Type
	load, store wasm.Access
}{
	kindBool:    {wasm.I32, wasm.I32Load8U, wasm.I32Store8},
	kindInt8:    {wasm.I32, wasm.I32Load8S, wasm.I32Store8},
	kindUint8:   {wasm.I32, wasm.I32Load8U, wasm.I32Store8},
	kindInt16:   {wasm.I32, wasm.I32Load16S, wasm.I32Store16},
	kindUint16:  {wasm.I32, wasm.I32Load16U, wasm.I32Store16},
	kindInt32:   {wasm.I32, wasm.I32Load, wasm.I32Store},
	kindUint32:  {wasm.I32, wasm.I32Load, wasm.I32Store},
	kindInt64:   {wasm.I64, wasm.I64Load, wasm.I64Store},
	kindUint64:  {wasm.I64, wasm.I64Load, wasm.I64Store},
	kindFloat32: {wasm.F32, wasm.F32Load, wasm.F32Store},
	kindFloat64: {wasm.F64, wasm.F64Load, wasm.F64Store},
	kindPointer: {wasm.I32, 0, 0},
}

func (k kind) typ() wasm.Type { return accesses[k].typ }

func (k kind) signed() bool {
	return k == kindInt8 || k == kindInt16 || k == kindInt32 || k == kindInt64
}

func (k kind) float() bool { return k == kindFloat32 || k == kindFloat64 }

// role is what an address is part of.
type role byte

const (
	plain role = iota
	ofPointer
	ofSlice  // its length and its capacity follow
	ofString // its length follows
)

// leaf is one number of a value.
type leaf struct {
	kind   kind
	role   role
	offset int64
	elem   *shape // what an address leads to; nil for a string
}

// shape is what a type looks like in memory and as numbers.
type shape struct {
	size   int64
	count  int    // of leaves
	leaves []leaf // nil if they are too many to be numbers

	pointers bool   // there are addresses in it
	strings  bool   // some of them are of strings
	direct   bool   // some of them are pointers
	elem     *shape // of an array
	n        int64  // its length
}

// maxLeaves is how many numbers a value may consist of.
const maxLeaves = 24

var sizes = types.SizesFor("gc", "amd64")

// shapes knows the shapes of types. Types of which compiled code can do nothing have none.
type shapes struct {
	known map[types.Type]*shape
	open  map[types.Type]bool // being looked at: a type that is met again is recursive
}

// of is the shape of a type, or why it has none.
func (ss *shapes) of(t types.Type) (*shape, string) {
	if s := ss.known[t]; s != nil {
		return s, ""
	}
	if ss.open[t] {
		return nil, "type " + typeName(t) + " is recursive"
	}
	if ss.known == nil {
		ss.known, ss.open = map[types.Type]*shape{}, map[types.Type]bool{}
	}
	ss.open[t] = true
	defer delete(ss.open, t)
	s, why := ss.make(t)
	if why == "" {
		ss.known[t] = s
	}
	return s, why
}

func typeName(t types.Type) string {
	return types.TypeString(t, func(*types.Package) string { return "" })
}

var basicKinds = map[types.BasicKind]kind{
	types.Bool: kindBool, types.UntypedBool: kindBool, types.Int: kindInt64, types.Int8: kindInt8, types.Int16: kindInt16,
	types.Int32: kindInt32, types.Int64: kindInt64, types.Uint: kindUint64, types.Uint8: kindUint8, types.Uint16: kindUint16,
	types.Uint32: kindUint32, types.Uint64: kindUint64, types.Uintptr: kindUint64, types.Float32: kindFloat32, types.Float64: kindFloat64,
	types.UntypedInt: kindInt64, types.UntypedRune: kindInt32, types.UntypedFloat: kindFloat64,
}

func (ss *shapes) make(t types.Type) (*shape, string) {
	s := &shape{}
	add := func(leaves ...leaf) { s.leaves = append(s.leaves, leaves...) }
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch k, ok := basicKinds[u.Kind()]; {
		case ok:
			add(leaf{kind: k})
		case u.Kind() == types.Complex64:
			add(leaf{kind: kindFloat32}, leaf{kind: kindFloat32, offset: 4})
		case u.Kind() == types.Complex128:
			add(leaf{kind: kindFloat64}, leaf{kind: kindFloat64, offset: 8})
		case u.Info()&types.IsString != 0:
			add(leaf{kind: kindPointer, role: ofString}, leaf{kind: kindInt64, offset: 8})
			s.pointers, s.strings = true, true
		default:
			return nil, "type " + typeName(t)
		}
	case *types.Pointer, *types.Slice:
		to := ofSlice
		var e types.Type
		if p, ok := u.(*types.Pointer); ok {
			e, to = p.Elem(), ofPointer
		} else {
			e = u.(*types.Slice).Elem()
		}
		elem, why := ss.of(e)
		switch {
		case why != "":
			return nil, why
		case elem.strings:
			return nil, "strings in memory (" + typeName(t) + ")"
		case elem.direct:
			return nil, "pointers in memory (" + typeName(t) + ")"
		case elem.size == 0:
			return nil, "type " + typeName(t) + ", whose elements have no size"
		}
		s.pointers, s.direct = true, to == ofPointer
		add(leaf{kind: kindPointer, role: to, elem: elem})
		if to == ofSlice {
			add(leaf{kind: kindInt64, offset: 8}, leaf{kind: kindInt64, offset: 16})
		}
	case *types.Struct:
		var fields []*types.Var
		for f := range u.Fields() {
			if _, why := ss.of(f.Type()); why != "" {
				return nil, why
			}
			fields = append(fields, f)
		}
		for i, offset := range sizes.Offsetsof(fields) {
			if why := ss.part(s, fields[i].Type(), offset); why != "" {
				return nil, why
			}
		}
	case *types.Array:
		elem, why := ss.of(u.Elem())
		if why != "" {
			return nil, why
		}
		s.elem, s.n = elem, u.Len()
		if elem.count > 0 && u.Len() > int64(maxLeaves/elem.count) {
			s.count, s.pointers, s.strings, s.direct = maxLeaves+1, elem.pointers, elem.strings, elem.direct
			break
		}
		for i := range u.Len() {
			if why := ss.part(s, u.Elem(), i*elem.size); why != "" {
				return nil, why
			}
		}
	case *types.Tuple:
		for v := range u.Variables() {
			if why := ss.part(s, v.Type(), 0); why != "" {
				return nil, why
			}
		}
		s.count = len(s.leaves)
		return s, ""
	case *types.Interface:
		return nil, "interfaces (" + typeName(t) + ")"
	case *types.Map:
		return nil, "maps"
	case *types.Chan:
		return nil, "channels"
	case *types.Signature:
		return nil, "function values"
	default:
		return nil, "type " + typeName(t)
	}
	if s.count <= maxLeaves {
		s.count = max(s.count, len(s.leaves))
	}
	if s.count > maxLeaves {
		s.leaves = nil
	}
	s.size = sizes.Sizeof(types.Default(t))
	if s.size > 1<<30 || s.size < 0 {
		return nil, "type " + typeName(t) + " is too large"
	}
	return s, ""
}

// part adds what lies at an offset of s.
func (ss *shapes) part(s *shape, t types.Type, offset int64) string {
	p, why := ss.of(t)
	if why != "" {
		return why
	}
	s.pointers, s.strings, s.direct = s.pointers || p.pointers, s.strings || p.strings, s.direct || p.direct
	s.count += p.count
	for _, l := range p.leaves {
		l.offset += offset
		s.leaves = append(s.leaves, l)
	}
	return ""
}

// reflectType is a type with the memory layout of t, pointers included.
func reflectType(t types.Type) reflect.Type {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return basicTypes[u.Kind()]
	case *types.Pointer:
		return reflect.PointerTo(reflectType(u.Elem()))
	case *types.Slice:
		return reflect.SliceOf(reflectType(u.Elem()))
	case *types.Array:
		return reflect.ArrayOf(int(u.Len()), reflectType(u.Elem()))
	case *types.Struct:
		var fields []reflect.StructField
		for f := range u.Fields() {
			fields = append(fields, reflect.StructField{Name: "F" + strconv.Itoa(len(fields)), Type: reflectType(f.Type())})
		}
		return reflect.StructOf(fields)
	}
	panic("native: no layout for " + t.String())
}

var basicTypes = map[types.BasicKind]reflect.Type{
	types.Bool: reflect.TypeFor[bool](), types.Int: reflect.TypeFor[int](), types.Int8: reflect.TypeFor[int8](), types.Int16: reflect.TypeFor[int16](),
	types.Int32: reflect.TypeFor[int32](), types.Int64: reflect.TypeFor[int64](), types.Uint: reflect.TypeFor[uint](), types.Uint8: reflect.TypeFor[uint8](),
	types.Uint16: reflect.TypeFor[uint16](), types.Uint32: reflect.TypeFor[uint32](), types.Uint64: reflect.TypeFor[uint64](), types.Uintptr: reflect.TypeFor[uintptr](),
	types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](), types.Complex64: reflect.TypeFor[complex64](),
	types.Complex128: reflect.TypeFor[complex128](), types.String: reflect.TypeFor[string](), types.UntypedBool: reflect.TypeFor[bool](),
	types.UntypedString: reflect.TypeFor[string](),
}
