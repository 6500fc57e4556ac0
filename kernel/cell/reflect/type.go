package reflect

import (
	"go/types"
	"iter"
	goreflect "reflect"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/nascent-go/nascent/kernel/cell/gotype"
	"github.com/nascent-go/nascent/kernel/cell/rt"
)

// Type is reflect.Type.
type Type interface {
	Align() int
	FieldAlign() int
	Method(int) Method
	Methods() iter.Seq[Method]
	MethodByName(string) (Method, bool)
	NumMethod() int
	Name() string
	PkgPath() string
	Size() uintptr
	String() string
	Kind() Kind
	Implements(u Type) bool
	AssignableTo(u Type) bool
	ConvertibleTo(u Type) bool
	Comparable() bool
	Bits() int
	ChanDir() ChanDir
	IsVariadic() bool
	Elem() Type
	Field(i int) StructField
	Fields() iter.Seq[StructField]
	FieldByIndex(index []int) StructField
	FieldByName(name string) (StructField, bool)
	FieldByNameFunc(match func(string) bool) (StructField, bool)
	In(i int) Type
	Ins() iter.Seq[Type]
	Key() Type
	Len() int
	NumField() int
	NumIn() int
	NumOut() int
	Out(i int) Type
	Outs() iter.Seq[Type]
	OverflowComplex(x complex128) bool
	OverflowFloat(x float64) bool
	OverflowInt(x int64) bool
	OverflowUint(x uint64) bool
	CanSeq() bool
	CanSeq2() bool

	mirrored() *rtype
}

// StructField is reflect.StructField.
type StructField struct {
	Name      string
	PkgPath   string
	Type      Type
	Tag       goreflect.StructTag
	Offset    uintptr
	Index     []int
	Anonymous bool
}

// IsExported reports whether the field is exported.
func (f StructField) IsExported() bool { return f.PkgPath == "" }

// Method is reflect.Method.
type Method struct {
	Name    string
	PkgPath string
	Type    Type
	Func    Value
	Index   int
}

// IsExported reports whether the method is exported.
func (m Method) IsExported() bool { return m.PkgPath == "" }

// rtype is a type: one of the compiled program, which real is, or one that only cells
// have. There is one for each type, so that types can be compared.
type rtype struct {
	m    *Mirror
	real goreflect.Type                 // nil: a type of cells
	t    atomic.Pointer[types.Type]     // nil: a real type that no cell has named
	raw  atomic.Pointer[goreflect.Type] // what values look like; nil: not known yet
}

// sizes are those of the only machines that lowered code runs on.
var sizes = types.SizesFor("gc", "amd64")

// of is the mirror image of a type.
func (m *Mirror) of(t types.Type) *rtype {
	t = types.Unalias(t)
	if real := m.realOf(t); real != nil {
		x := m.ofReal(real)
		x.t.CompareAndSwap(nil, &t)
		return x
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	x, ok := m.types.At(t).(*rtype)
	if !ok {
		x = &rtype{m: m}
		x.t.Store(&t)
		m.types.Set(t, x)
	}
	return x
}

func (m *Mirror) ofReal(real goreflect.Type) *rtype {
	m.mu.Lock()
	defer m.mu.Unlock()
	x := m.real[real]
	if x == nil {
		x = &rtype{m: m, real: real}
		m.real[real] = x
	}
	return x
}

// realOf is the compiled type that t is, nil if it is one that only cells have.
func (m *Mirror) realOf(t types.Type) goreflect.Type {
	return gotype.Reflect(t, func(n *types.Named) goreflect.Type {
		switch {
		case n.Obj().Pkg() == nil && n.Obj().Name() == "error":
			return errorType
		}
		if name := gotype.NameOf(n); name != nil {
			return m.compiled(name)
		}
		return nil
	})
}

var (
	anyType   = goreflect.TypeFor[any]()
	errorType = goreflect.TypeFor[error]()
)

func (t *rtype) mirrored() *rtype { return t }

// goType is the type as go/types has it, nil if it is a real one that no cell has named.
func (t *rtype) goType() types.Type {
	if p := t.t.Load(); p != nil {
		return *p
	}
	return nil
}

func (t *rtype) under() types.Type { return t.goType().Underlying() }

// seen notes what values of the type look like.
func (t *rtype) seen(raw goreflect.Type) {
	if t.raw.Load() == nil && raw != nil && raw != t.real {
		t.raw.CompareAndSwap(nil, &raw)
	}
}

// form is what values of the type look like in lowered code.
func (t *rtype) form() goreflect.Type { return t.formIn(nil) }

// formIn is form, for a part of the types in open: lowering cuts what contains itself.
func (t *rtype) formIn(open []*rtype) goreflect.Type {
	if p := t.raw.Load(); p != nil {
		return *p
	}
	if slices.Contains(open, t) {
		return anyType
	}
	var x goreflect.Type
	if t.real != nil {
		x = t.m.r.Erase(t.real)
	} else {
		x = t.derive(append(open, t))
	}
	if len(open) == 0 {
		t.raw.CompareAndSwap(nil, &x)
	}
	return x
}

// derive puts the form of a cell's type together from those of its parts.
func (t *rtype) derive(open []*rtype) goreflect.Type {
	elem := func() goreflect.Type { return t.elem().formIn(open) }
	switch u := t.under().(type) {
	case *types.Basic:
		return gotype.Basic(u)
	case *types.Pointer:
		return goreflect.PointerTo(elem())
	case *types.Slice:
		return goreflect.SliceOf(elem())
	case *types.Array:
		return goreflect.ArrayOf(int(u.Len()), elem())
	case *types.Map:
		return goreflect.MapOf(t.key().formIn(open), elem())
	case *types.Chan:
		return goreflect.ChanOf(gotype.ChanDir(u.Dir()), elem())
	case *types.Signature:
		var in, out []goreflect.Type
		for i := range u.Params().Len() {
			in = append(in, t.in(i).formIn(open))
		}
		for i := range u.Results().Len() {
			out = append(out, t.out(i).formIn(open))
		}
		return goreflect.FuncOf(in, out, false)
	case *types.Struct:
		fields := make([]goreflect.StructField, u.NumFields())
		for i := range fields {
			fields[i] = goreflect.StructField{Name: fieldName(u, i), Type: t.m.of(u.Field(i).Type()).formIn(open), Tag: goreflect.StructTag(u.Tag(i))}
		}
		return goreflect.StructOf(fields)
	}
	return anyType
}

func (t *rtype) String() string {
	if t.real != nil {
		return t.real.String()
	}
	return rt.TypeString(t.goType())
}

func (t *rtype) Name() string {
	if t.real != nil {
		return t.real.Name()
	}
	n, ok := t.goType().(*types.Named)
	if !ok {
		return ""
	}
	name := rt.TypeString(n)
	if p := n.Obj().Pkg(); p != nil {
		name = strings.TrimPrefix(name, rt.PackageName(p)+".")
	}
	return name
}

func (t *rtype) PkgPath() string {
	if t.real != nil {
		return t.real.PkgPath()
	}
	if n, ok := t.goType().(*types.Named); ok && n.Obj().Pkg() != nil {
		return n.Obj().Pkg().Path()
	}
	return ""
}

func (t *rtype) Size() uintptr {
	if t.real != nil {
		return t.real.Size()
	}
	return uintptr(sizes.Sizeof(t.goType()))
}

func (t *rtype) Align() int {
	if t.real != nil {
		return t.real.Align()
	}
	return int(sizes.Alignof(t.goType()))
}

func (t *rtype) FieldAlign() int { return t.Align() }

func (t *rtype) Kind() Kind {
	if t.real != nil {
		return t.real.Kind()
	}
	switch u := t.under().(type) {
	case *types.Basic:
		return gotype.Basic(u).Kind()
	case *types.Pointer:
		return goreflect.Pointer
	case *types.Slice:
		return goreflect.Slice
	case *types.Array:
		return goreflect.Array
	case *types.Map:
		return goreflect.Map
	case *types.Chan:
		return goreflect.Chan
	case *types.Signature:
		return goreflect.Func
	case *types.Struct:
		return goreflect.Struct
	}
	return goreflect.Interface
}

func (t *rtype) Bits() int {
	switch k := t.Kind(); {
	case k >= goreflect.Int && k <= goreflect.Complex128:
		return t.plain().Bits()
	}
	panic("reflect: Bits of non-arithmetic Type " + t.String())
}

// plain is a real type of the same basic kind.
func (t *rtype) plain() goreflect.Type {
	if t.real != nil {
		return t.real
	}
	return t.form()
}

func (t *rtype) OverflowComplex(x complex128) bool { return t.plain().OverflowComplex(x) }
func (t *rtype) OverflowFloat(x float64) bool      { return t.plain().OverflowFloat(x) }
func (t *rtype) OverflowInt(x int64) bool          { return t.plain().OverflowInt(x) }
func (t *rtype) OverflowUint(x uint64) bool        { return t.plain().OverflowUint(x) }

func (t *rtype) ChanDir() ChanDir {
	if t.real != nil {
		return t.real.ChanDir()
	}
	return gotype.ChanDir(must[*types.Chan](t, "ChanDir", goreflect.Chan).Dir())
}

func (t *rtype) IsVariadic() bool {
	if t.real != nil {
		return t.real.IsVariadic()
	}
	return must[*types.Signature](t, "IsVariadic", goreflect.Func).Variadic()
}

// must is the underlying type, which has to be of a kind.
func must[T types.Type](t *rtype, method string, k Kind) T {
	u, ok := t.under().(T)
	if !ok {
		panic("reflect: " + method + " of non-" + k.String() + " type " + t.String())
	}
	return u
}

func (t *rtype) Elem() Type { return t.elem() }

func (t *rtype) elem() *rtype {
	if t.real != nil && t.goType() == nil {
		return t.m.ofReal(t.real.Elem())
	}
	e, ok := t.under().(interface{ Elem() types.Type })
	if !ok {
		panic("reflect: Elem of invalid type " + t.String())
	}
	x := t.m.of(e.Elem())
	if p := t.raw.Load(); p != nil && (*p).Kind() != goreflect.Interface && t.Kind() != goreflect.Func {
		x.seen((*p).Elem())
	}
	return x
}

func (t *rtype) Key() Type { return t.key() }

func (t *rtype) key() *rtype {
	if t.real != nil && t.goType() == nil {
		return t.m.ofReal(t.real.Key())
	}
	x := t.m.of(must[*types.Map](t, "Key", goreflect.Map).Key())
	if p := t.raw.Load(); p != nil && (*p).Kind() == goreflect.Map {
		x.seen((*p).Key())
	}
	return x
}

func (t *rtype) Len() int {
	if t.real != nil {
		return t.real.Len()
	}
	return int(must[*types.Array](t, "Len", goreflect.Array).Len())
}

func (t *rtype) NumIn() int {
	if t.real != nil {
		return t.real.NumIn()
	}
	return must[*types.Signature](t, "NumIn", goreflect.Func).Params().Len()
}

func (t *rtype) NumOut() int {
	if t.real != nil {
		return t.real.NumOut()
	}
	return must[*types.Signature](t, "NumOut", goreflect.Func).Results().Len()
}

func (t *rtype) In(i int) Type  { return t.in(i) }
func (t *rtype) Out(i int) Type { return t.out(i) }

func (t *rtype) in(i int) *rtype {
	if t.real != nil && t.goType() == nil {
		return t.m.ofReal(t.real.In(i))
	}
	return t.m.of(must[*types.Signature](t, "In", goreflect.Func).Params().At(i).Type())
}

func (t *rtype) out(i int) *rtype {
	if t.real != nil && t.goType() == nil {
		return t.m.ofReal(t.real.Out(i))
	}
	return t.m.of(must[*types.Signature](t, "Out", goreflect.Func).Results().At(i).Type())
}

// Ins, Outs, Fields and Methods go over what their singular forms return one by one.
func (t *rtype) Ins() iter.Seq[Type]           { return each(t.NumIn(), t.In) }
func (t *rtype) Outs() iter.Seq[Type]          { return each(t.NumOut(), t.Out) }
func (t *rtype) Fields() iter.Seq[StructField] { return each(t.NumField(), t.Field) }
func (t *rtype) Methods() iter.Seq[Method]     { return each(t.NumMethod(), t.Method) }

func each[T any](n int, at func(int) T) iter.Seq[T] {
	return func(yield func(T) bool) {
		for i := range n {
			if !yield(at(i)) {
				return
			}
		}
	}
}

func (t *rtype) CanSeq() bool {
	if t.real != nil {
		return t.real.CanSeq()
	}
	switch k := t.Kind(); k {
	case goreflect.Array, goreflect.Slice, goreflect.Chan, goreflect.String, goreflect.Map:
		return true
	case goreflect.Func:
		return t.yields(1)
	case goreflect.Pointer:
		return t.elem().Kind() == goreflect.Array
	default:
		return k >= goreflect.Int && k <= goreflect.Uintptr
	}
}

func (t *rtype) CanSeq2() bool {
	if t.real != nil {
		return t.real.CanSeq2()
	}
	switch t.Kind() {
	case goreflect.Array, goreflect.Slice, goreflect.String, goreflect.Map:
		return true
	case goreflect.Func:
		return t.yields(2)
	case goreflect.Pointer:
		return t.elem().Kind() == goreflect.Array
	}
	return false
}

// yields says whether the type is a func(yield func(n parameters) bool).
func (t *rtype) yields(n int) bool {
	if t.NumIn() != 1 || t.NumOut() != 0 {
		return false
	}
	y := t.in(0)
	return y.Kind() == goreflect.Func && y.NumIn() == n && y.NumOut() == 1 && y.out(0).Kind() == goreflect.Bool
}
