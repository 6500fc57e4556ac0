package lower

import (
	"fmt"
	"go/types"
	"reflect"
	"strconv"
	"strings"
)

// openStruct is a named struct whose fields are being written.
type openStruct struct {
	name string
	used bool // one of its fields mentions it
}

// typ is the lowered form of a type.
func (l *Lowerer) typ(t types.Type) string {
	t = types.Unalias(t)
	if s, ok := l.types.At(t).(string); ok {
		return s
	}
	if l.isCut(t) {
		return "interface{}"
	}
	if isDeferStack(t) {
		return "*rt.DS"
	}
	if l.unnamed(t) {
		return "interface{}"
	}
	s := l.erase(t)
	l.types.Set(t, s)
	l.later(func() { l.types.Delete(t) })
	return s
}

// unnamed: a struct of a compiled package that cannot be named, or a pointer to one.
// Its values are kept as they are, and rt finds their methods and fields.
func (l *Lowerer) unnamed(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || l.bodies[n.Obj().Pkg()] || n.TypeArgs().Len() > 0 || l.hasSymbol(n.Obj().Pkg(), n.Obj().Name()) {
		return false
	}
	_, ok = n.Underlying().(*types.Struct)
	return ok
}

// isDeferStack: go/ssa's own type of the stack of the defers of a function.
func isDeferStack(t types.Type) bool {
	n, ok := t.(*types.Named)
	return ok && n.Obj().Name() == "deferStack" && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "$ssa"
}

// isCut says whether a type is written as interface{} because yaegi cannot hold the recursion that it is part of.
func (l *Lowerer) isCut(t types.Type) bool {
	switch n := types.Unalias(t).(type) {
	case *types.Named:
		if l.cuts.At(n) != nil {
			return true
		}
		p, ok := n.Underlying().(*types.Pointer)
		return ok && l.cuts.At(p) != nil
	case *types.Pointer:
		return l.cuts.At(n) != nil
	}
	return false
}

// cut marks a type to be written as interface{} and starts the chunk again.
func (l *Lowerer) cut(t types.Type) {
	l.cuts.Set(t, true)
	panic(restart{})
}

// raw is the lowered form of a cut type where its value is worked on.
func (l *Lowerer) raw(t types.Type) string {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return "*" + l.typ(p.Elem())
	}
	return l.typ(t.Underlying())
}

func (l *Lowerer) erase(t types.Type) string {
	switch t := t.(type) {
	case *types.Basic:
		return basicType(t)
	case *types.Named:
		return l.eraseNamed(t)
	case *types.Pointer:
		l.stack = append(l.stack, t)
		x := l.typ(t.Elem())
		l.stack = l.stack[:len(l.stack)-1]
		return "*" + x
	case *types.Slice:
		return "[]" + l.typ(t.Elem())
	case *types.Array:
		if t.Len() > 1<<40 {
			panic(&Unsupported{What: "an array of " + strconv.FormatInt(t.Len(), 10) + " elements"})
		}
		return "[" + strconv.FormatInt(t.Len(), 10) + "]" + l.typ(t.Elem())
	case *types.Map:
		return "map[" + l.typ(t.Key()) + "]" + l.typ(t.Elem())
	case *types.Chan:
		return []string{"chan ", "chan<- ", "<-chan "}[t.Dir()] + l.typ(t.Elem())
	case *types.Interface, *types.Tuple:
		return "interface{}"
	case *types.Struct:
		fields := l.fields(t)
		if n, ok := l.structs[fields]; ok {
			return n
		}
		n := "S" + strconv.Itoa(l.fresh())
		l.newStruct(n, fields, true)
		return n
	case *types.Signature:
		return l.signature(t)
	}
	return "*rt.DS" // go/ssa's own type of a stack of defers
}

func basicType(t *types.Basic) string {
	switch t.Kind() {
	case types.UnsafePointer:
		return "rt.UP"
	case types.UntypedNil:
		return "interface{}"
	case types.UntypedBool:
		return "bool"
	case types.UntypedInt:
		return "int"
	case types.UntypedRune, types.Int32:
		return "int32"
	case types.UntypedFloat:
		return "float64"
	case types.UntypedString:
		return "string"
	case types.Uint8:
		return "uint8"
	case types.Invalid:
		return "rt.Opaque"
	}
	return t.Name()
}

func (l *Lowerer) eraseNamed(t *types.Named) string {
	if _, ok := t.Underlying().(*types.Interface); ok {
		return "interface{}"
	}
	if p := t.Obj().Pkg(); p != nil && !l.bodies[p] && t.TypeArgs().Len() == 0 {
		if !t.Obj().Exported() || !l.hasSymbol(p, t.Obj().Name()) {
			return l.typ(t.Underlying())
		}
		return l.use(p) + "." + t.Obj().Name()
	}
	if o, ok := l.open.At(t).(*openStruct); ok {
		return l.recursive(t, o)
	}
	o := &openStruct{name: "S" + strconv.Itoa(l.fresh())}
	l.open.Set(t, o)
	defer l.open.Delete(t)
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return l.typ(t.Underlying())
	}
	l.stack = append(l.stack, t)
	fields := l.fields(st)
	l.stack = l.stack[:len(l.stack)-1]
	if !o.used {
		if n, ok := l.structs[fields]; ok {
			return n
		}
	}
	l.newStruct(o.name, fields, !o.used)
	return o.name
}

// recursive is a named type inside its own definition. yaegi can hold a struct
// that points to itself, and nothing else: structs that contain each other and
// recursive types that are no structs are cut.
func (l *Lowerer) recursive(t *types.Named, o *openStruct) string {
	if _, ok := t.Underlying().(*types.Struct); !ok {
		l.cut(t)
	}
	for i := len(l.stack) - 1; i >= 0; i-- {
		n, ok := l.stack[i].(*types.Named)
		if !ok {
			continue
		}
		if n == t {
			break
		}
		for j := len(l.stack) - 1; j >= 0; j-- {
			if p, ok := l.stack[j].(*types.Pointer); ok {
				l.cut(p)
			}
		}
		break
	}
	o.used = true
	return o.name
}

func (l *Lowerer) newStruct(name, fields string, shared bool) {
	if shared {
		l.structs[fields] = name
		l.later(func() { delete(l.structs, fields) })
	}
	l.declare("type %s struct {%s}", name, fields)
}

// fields is the body of an erased struct. Names of fields that are not exported
// are replaced, since blank ones have none and two packages may use the same.
func (l *Lowerer) fields(st *types.Struct) string {
	var b strings.Builder
	for i := range st.NumFields() {
		b.WriteString(fieldName(st, i) + " " + l.typ(st.Field(i).Type()))
		if t := st.Tag(i); t != "" {
			b.WriteString(" " + strconv.Quote(t))
		}
		b.WriteString("; ")
	}
	return b.String()
}

func fieldName(st *types.Struct, i int) string {
	if f := st.Field(i); f.Exported() {
		return f.Name()
	}
	return "f" + strconv.Itoa(i)
}

// field is the name of field i of a value of type t, which may be compiled.
func (l *Lowerer) field(t types.Type, st *types.Struct, i int) string {
	if l.compiledNamed(t) {
		return st.Field(i).Name()
	}
	return fieldName(st, i)
}

func (l *Lowerer) compiledNamed(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && !l.bodies[n.Obj().Pkg()]
}

func (l *Lowerer) signature(t *types.Signature) string {
	return "func(" + strings.Join(l.params(t), ", ") + ")" + l.results(t)
}

func (l *Lowerer) params(t *types.Signature) []string {
	var ps []string
	for v := range t.Params().Variables() {
		ps = append(ps, l.typ(v.Type()))
	}
	return ps
}

func (l *Lowerer) results(t *types.Signature) string {
	var rs []string
	for v := range t.Results().Variables() {
		rs = append(rs, l.typ(v.Type()))
	}
	switch len(rs) {
	case 0:
		return ""
	case 1:
		return " " + rs[0]
	}
	return " (" + strings.Join(rs, ", ") + ")"
}

func (l *Lowerer) hasSymbol(p *types.Package, name string) bool {
	return l.lib.Values(p.Path())[name].IsValid()
}

// erases says whether the lowered form of a type loses something: then a value
// of it carries its descriptor when it is put into an interface.
func (l *Lowerer) erases(t types.Type) bool { return l.erasesIn(t, map[types.Type]bool{}) }

func (l *Lowerer) erasesIn(t types.Type, seen map[types.Type]bool) bool {
	t = types.Unalias(t)
	if seen[t] || l.unnamed(t) {
		return false
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Basic:
		return false
	case *types.Named:
		p := t.Obj().Pkg()
		if p == nil || l.bodies[p] || t.TypeArgs().Len() > 0 {
			return true
		}
		return types.IsInterface(t) || !l.hasSymbol(p, t.Obj().Name())
	case *types.Pointer:
		return l.erasesIn(t.Elem(), seen)
	case *types.Slice:
		return l.erasesIn(t.Elem(), seen)
	case *types.Array:
		return l.erasesIn(t.Elem(), seen)
	case *types.Chan:
		return l.erasesIn(t.Elem(), seen)
	case *types.Map:
		return l.erasesIn(t.Key(), seen) || l.erasesIn(t.Elem(), seen)
	case *types.Interface:
		return !t.Empty()
	case *types.Signature:
		if t.Variadic() {
			return true
		}
		for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
			for v := range tuple.Variables() {
				if l.erasesIn(v.Type(), seen) {
					return true
				}
			}
		}
		return false
	}
	return true // structs
}

// reflectType is the reflect.Type of a type that erasing does not change; nil if it
// is built from one that nothing leads to.
func (l *Lowerer) reflectType(t types.Type) reflect.Type {
	missing := false
	part := func(t types.Type) reflect.Type {
		r := l.reflectType(t)
		if r == nil {
			missing, r = true, reflect.TypeFor[any]()
		}
		return r
	}
	var r reflect.Type
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		r = basicReflect[t.Kind()]
	case *types.Named:
		r = l.lib.TypeOf(t.Obj())
	case *types.Pointer:
		r = reflect.PointerTo(part(t.Elem()))
	case *types.Slice:
		r = reflect.SliceOf(part(t.Elem()))
	case *types.Array:
		r = reflect.ArrayOf(int(t.Len()), part(t.Elem()))
	case *types.Map:
		if key := part(t.Key()); key.Comparable() {
			r = reflect.MapOf(key, part(t.Elem()))
		}
	case *types.Chan:
		r = reflect.ChanOf([]reflect.ChanDir{reflect.BothDir, reflect.SendDir, reflect.RecvDir}[t.Dir()], part(t.Elem()))
	case *types.Signature:
		var in, out []reflect.Type
		for v := range t.Params().Variables() {
			in = append(in, part(v.Type()))
		}
		for v := range t.Results().Variables() {
			out = append(out, part(v.Type()))
		}
		r = reflect.FuncOf(in, out, false)
	default:
		r = reflect.TypeFor[any]()
	}
	if missing {
		return nil
	}
	return r
}

var basicReflect = map[types.BasicKind]reflect.Type{
	types.Bool: reflect.TypeFor[bool](), types.String: reflect.TypeFor[string](),
	types.Int: reflect.TypeFor[int](), types.Int8: reflect.TypeFor[int8](), types.Int16: reflect.TypeFor[int16](),
	types.Int32: reflect.TypeFor[int32](), types.Int64: reflect.TypeFor[int64](),
	types.Uint: reflect.TypeFor[uint](), types.Uint8: reflect.TypeFor[uint8](), types.Uint16: reflect.TypeFor[uint16](),
	types.Uint32: reflect.TypeFor[uint32](), types.Uint64: reflect.TypeFor[uint64](), types.Uintptr: reflect.TypeFor[uintptr](),
	types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](),
	types.Complex64: reflect.TypeFor[complex64](), types.Complex128: reflect.TypeFor[complex128](),
}

// plain says whether yaegi passes values of a type to and from compiled code by itself.
func (l *Lowerer) plain(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		return t.Kind() != types.UnsafePointer
	case *types.Slice:
		return l.plain(t.Elem())
	case *types.Array:
		return l.plain(t.Elem())
	case *types.Named:
		p := t.Obj().Pkg()
		if p == nil || l.bodies[p] || t.TypeArgs().Len() > 0 || !l.hasSymbol(p, t.Obj().Name()) {
			return false
		}
		switch t.Underlying().(type) {
		case *types.Basic, *types.Struct:
			return true
		}
	case *types.Pointer:
		if n, ok := types.Unalias(t.Elem()).(*types.Named); ok {
			return l.plain(n) && !isFile(n)
		}
	}
	return false
}

// isFile: the standard files stand for the cell's own streams, which only rt knows.
func isFile(n *types.Named) bool {
	return n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "os" && n.Obj().Name() == "File"
}

// id is the descriptor number of a type.
func (l *Lowerer) id(t types.Type) int {
	t = types.Unalias(t)
	if v, ok := l.ids.At(t).(int); ok {
		return v
	}
	var raw reflect.Type
	if !l.erases(t) {
		raw = l.reflectType(t)
	}
	erased := raw == nil && !l.unnamed(t)
	n := l.rt.AddType(t, raw)
	l.ids.Set(t, n)
	l.later(func() { l.ids.Delete(t) })
	if erased && !types.IsInterface(t) {
		l.chunk.methods = append(l.chunk.methods, t)
		l.parts(t)
	}
	return n
}

// parts makes descriptors for the types inside of a type that have methods: printing
// a value calls the methods of what it holds.
func (l *Lowerer) parts(t types.Type) {
	part := func(t types.Type) {
		t = types.Unalias(t)
		e := t
		if p, ok := t.(*types.Pointer); ok {
			e = types.Unalias(p.Elem())
		}
		switch n := e.(type) {
		case *types.Named:
			if !types.IsInterface(n) && n.Obj().Pkg() != nil && l.bodies[n.Obj().Pkg()] && (n.NumMethods() > 0 || l.prog.MethodSets.MethodSet(t).Len() > 0 || hasParts(n)) {
				l.id(t)
			}
		case *types.Slice, *types.Array, *types.Map, *types.Struct:
			l.parts(t)
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		part(u.Elem())
	case *types.Slice:
		part(u.Elem())
	case *types.Array:
		part(u.Elem())
	case *types.Map:
		part(u.Key())
		part(u.Elem())
	case *types.Struct:
		for v := range u.Fields() {
			part(v.Type())
		}
	}
}

// hasParts: values of the type hold others.
func hasParts(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Array, *types.Map, *types.Struct:
		return true
	}
	return false
}

// methodTable emits a function for each method of a type, with the receiver as
// interface{}, and registers it with the type's descriptor.
func (l *Lowerer) methodTable(t types.Type) {
	id := l.id(t)
	ms := l.prog.MethodSets.MethodSet(t)
	for i := range ms.Len() {
		sel := ms.At(i)
		if !sel.Obj().Exported() && !l.bodies[sel.Obj().Pkg()] {
			continue
		}
		fn := l.prog.MethodValue(sel)
		if fn == nil {
			continue
		}
		sg := sel.Type().(*types.Signature)
		w := fmt.Sprintf("M%d_%s", l.fresh(), sanitize(sel.Obj().Name()))
		recv := t
		if r := fn.Signature.Recv(); r != nil {
			recv = r.Type()
		}
		args := []string{"r.(" + l.typ(recv) + ")"}
		if l.typ(recv) == "interface{}" {
			args[0] = "r"
		} else if emptyStruct(recv) {
			args[0] = l.zero(recv)
		}
		params := []string{"r interface{}"}
		for j, p := range l.params(sg) {
			params = append(params, fmt.Sprintf("a%d %s", j, p))
			args = append(args, fmt.Sprintf("a%d", j))
		}
		l.emit(sel.Obj().Pos(), "func %s(%s)%s {\n%s\n}", w, strings.Join(params, ", "), l.results(sg), l.forward(fn, args, sg.Results().Len() > 0))
		l.register("rt.Reg(%d, %q, %s)", id, sel.Obj().Name(), w)
	}
}

func emptyStruct(t types.Type) bool {
	st, ok := t.Underlying().(*types.Struct)
	return ok && st.NumFields() == 0
}
