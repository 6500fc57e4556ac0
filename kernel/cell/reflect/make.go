package reflect

import (
	"go/token"
	"go/types"
	goreflect "reflect"
	"unsafe"

	"github.com/nascent-go/nascent/kernel/cell/gotype"
)

// made is a type put together from others: of real ones by the original, of a cell's
// by go/types.
func made(real func() goreflect.Type, cell func() types.Type, parts ...Type) Type {
	m := parts[0].mirrored().m
	for _, p := range parts {
		if p.mirrored().real == nil {
			return m.of(cell())
		}
	}
	t := m.ofReal(real())
	for _, p := range parts {
		if p.mirrored().goType() == nil {
			return t
		}
	}
	return m.of(cell())
}

func realType(t Type) goreflect.Type { return t.mirrored().real }

// goType is t as a part of a cell's type.
func goType(t Type) types.Type {
	x := t.mirrored()
	if x.goType() == nil {
		raw := gotype.FromReflect(x.real)
		if raw == nil {
			panic("reflect: Nascent can't make a type from " + t.String() + " here: it is known from compiled code only")
		}
		x.t.CompareAndSwap(nil, &raw)
	}
	return x.goType()
}

// PointerTo is the type *t.
func PointerTo(t Type) Type {
	return made(func() goreflect.Type { return goreflect.PointerTo(realType(t)) }, func() types.Type { return types.NewPointer(goType(t)) }, t)
}

// SliceOf is the type []t.
func SliceOf(t Type) Type {
	return made(func() goreflect.Type { return goreflect.SliceOf(realType(t)) }, func() types.Type { return types.NewSlice(goType(t)) }, t)
}

// ArrayOf is the type [n]t.
func ArrayOf(n int, t Type) Type {
	if n < 0 {
		panic("reflect: negative length passed to ArrayOf")
	}
	return made(func() goreflect.Type { return goreflect.ArrayOf(n, realType(t)) }, func() types.Type { return types.NewArray(goType(t), int64(n)) }, t)
}

// MapOf is the type map[key]elem.
func MapOf(key, elem Type) Type {
	if !key.Comparable() {
		panic("reflect.MapOf: invalid key type " + key.String())
	}
	return made(func() goreflect.Type { return goreflect.MapOf(realType(key), realType(elem)) },
		func() types.Type { return types.NewMap(goType(key), goType(elem)) }, key, elem)
}

// ChanOf is the type of channels of t.
func ChanOf(dir ChanDir, t Type) Type {
	return made(func() goreflect.Type { return goreflect.ChanOf(dir, realType(t)) }, func() types.Type {
		if dir&goreflect.BothDir != dir || dir == 0 {
			panic("reflect.ChanOf: invalid dir")
		}
		return types.NewChan(gotype.FromChanDir(dir), goType(t))
	}, t)
}

// FuncOf is the type of functions with these parameters and results.
func FuncOf(in, out []Type, variadic bool) Type {
	if variadic && (len(in) == 0 || in[len(in)-1].Kind() != goreflect.Slice) {
		panic("reflect.FuncOf: last arg of variadic func must be slice")
	}
	parts := append(append([]Type(nil), in...), out...)
	if len(parts) == 0 {
		panic("reflect: Nascent can't make the type func() from nothing: use TypeFor[func()]()")
	}
	return made(func() goreflect.Type {
		list := func(ts []Type) (rs []goreflect.Type) {
			for _, t := range ts {
				rs = append(rs, realType(t))
			}
			return rs
		}
		return goreflect.FuncOf(list(in), list(out), variadic)
	}, func() types.Type {
		tuple := func(ts []Type) *types.Tuple {
			var vs []*types.Var
			for _, t := range ts {
				vs = append(vs, types.NewParam(token.NoPos, nil, "", goType(t)))
			}
			return types.NewTuple(vs...)
		}
		return types.NewSignatureType(nil, nil, nil, tuple(in), tuple(out), variadic)
	}, parts...)
}

// StructOf is the type of structs with these fields.
func (m *Mirror) StructOf(fields []StructField) Type {
	vars := make([]*types.Var, len(fields))
	tags := make([]string, len(fields))
	for i, f := range fields {
		var pkg *types.Package
		if f.PkgPath != "" {
			pkg = types.NewPackage(f.PkgPath, f.PkgPath)
		}
		vars[i] = types.NewField(token.NoPos, pkg, f.Name, goType(f.Type), f.Anonymous)
		tags[i] = string(f.Tag)
	}
	return m.of(types.NewStruct(vars, tags))
}

// Zero is the zero value of t.
func Zero(t Type) Value {
	if t == nil {
		panic("reflect: Zero(nil)")
	}
	x := t.mirrored()
	return x.m.wrap(goreflect.Zero(x.form()), x, 0)
}

// New is a pointer to a new zero value of t.
func New(t Type) Value {
	if t == nil {
		panic("reflect: New(nil)")
	}
	x := t.mirrored()
	return x.m.wrap(goreflect.New(x.form()), PointerTo(t).mirrored(), 0)
}

// NewAt is a pointer to a value of t that lies at p.
func NewAt(t Type, p unsafe.Pointer) Value {
	x := t.mirrored()
	return x.m.wrap(goreflect.NewAt(x.form(), p), PointerTo(t).mirrored(), 0)
}

// SliceAt is the slice of n values of t that lie at p.
func SliceAt(t Type, p unsafe.Pointer, n int) Value {
	x := t.mirrored()
	return x.m.wrap(goreflect.SliceAt(x.form(), p, n), SliceOf(t).mirrored(), 0)
}

func kindOf(fn string, t Type, k Kind) *rtype {
	if t.Kind() != k {
		panic("reflect." + fn + " of non-" + k.String() + " type")
	}
	return t.mirrored()
}

// MakeSlice makes a slice of type t.
func MakeSlice(t Type, n, capacity int) Value {
	x := kindOf("MakeSlice", t, goreflect.Slice)
	return x.m.wrap(goreflect.MakeSlice(x.form(), n, capacity), x, 0)
}

// MakeMap makes a map of type t.
func MakeMap(t Type) Value { return MakeMapWithSize(t, 0) }

// MakeMapWithSize makes a map of type t with room for n entries.
func MakeMapWithSize(t Type, n int) Value {
	x := kindOf("MakeMapWithSize", t, goreflect.Map)
	return x.m.wrap(goreflect.MakeMapWithSize(x.form(), n), x, 0)
}

// MakeChan makes a channel of type t.
func MakeChan(t Type, buffer int) Value {
	x := kindOf("MakeChan", t, goreflect.Chan)
	return x.m.wrap(goreflect.MakeChan(x.form(), buffer), x, 0)
}

// Append appends values to a slice.
func Append(s Value, x ...Value) Value {
	out := s.of("Append", goreflect.Slice)
	for _, e := range x {
		out = goreflect.Append(out, e.as("reflect.Append", s.t.elem(), out.Type().Elem()))
	}
	return s.t.m.wrap(out, s.t, s.flag)
}

// AppendSlice appends a slice to a slice.
func AppendSlice(s, t Value) Value {
	if s.t.elem() != t.t.elem() {
		panic("reflect.AppendSlice: " + s.t.String() + " != " + t.t.String())
	}
	return s.t.m.wrap(goreflect.AppendSlice(s.of("AppendSlice", goreflect.Slice), t.of("AppendSlice", goreflect.Slice)), s.t, s.flag)
}

// Copy copies elements from src to dst and returns how many.
func Copy(dst, src Value) int {
	return goreflect.Copy(dst.of("Copy", goreflect.Slice, goreflect.Array), src.of("Copy", goreflect.Slice, goreflect.Array, goreflect.String))
}

// Swapper is a function that swaps elements of the slice x.
func (m *Mirror) Swapper(x any) func(i, j int) {
	v := m.valueOf(x)
	if v.Kind() != goreflect.Slice {
		panic(&ValueError{Method: "Swapper", Kind: v.Kind()})
	}
	return goreflect.Swapper(v.of("Swapper", goreflect.Slice).Interface())
}

// MakeFunc is a function of type t that calls fn.
func MakeFunc(t Type, fn func(args []Value) []Value) Value {
	x := kindOf("MakeFunc", t, goreflect.Func)
	form := x.form()
	f := goreflect.MakeFunc(form, func(in []goreflect.Value) []goreflect.Value {
		args := make([]Value, len(in))
		for i, v := range in {
			args[i] = x.m.wrap(v, x.in(i), 0)
		}
		res := fn(args)
		if len(res) != form.NumOut() {
			panic("reflect: wrong return count from function created by MakeFunc")
		}
		out := make([]goreflect.Value, len(res))
		for i, v := range res {
			if v.t == nil {
				panic("reflect: function created by MakeFunc using closure returned zero Value")
			}
			out[i] = v.as("reflect.MakeFunc", x.out(i), form.Out(i))
		}
		return out
	})
	return x.m.wrap(f, x, 0)
}
