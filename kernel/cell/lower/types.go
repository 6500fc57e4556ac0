package lower

import (
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/kernel/cell/gotype"
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
	cycles := l.cycles
	s := l.erase(t)
	if _, named := t.(*types.Named); named && l.open.At(t) == nil || l.cycles == cycles {
		l.types.Set(t, s)
		l.later(func() { l.types.Delete(t) })
	} // else the rest of the recursion has to meet it, too
	return s
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
		switch u := n.Underlying().(type) {
		case *types.Pointer, *types.Signature:
			return l.cuts.At(u) != nil
		}
	case *types.Pointer, *types.Signature:
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
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return "*" + l.typ(u.Elem())
	case *types.Signature:
		return l.signature(u)
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
		defer l.push(t)()
		return "*" + l.typ(t.Elem())
	case *types.Slice:
		return "[]" + l.typ(t.Elem())
	case *types.Array:
		if t.Len() > 1<<40 {
			panic(&Unsupported{What: "an array of " + strconv.FormatInt(t.Len(), 10) + " elements"})
		}
		return "[" + strconv.FormatInt(t.Len(), 10) + "]" + l.typ(t.Elem())
	case *types.Map:
		l.cutKey(t.Key())
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
		defer l.push(t)()
		return l.signature(t)
	}
	return "*rt.DS" // go/ssa's own type of a stack of defers
}

// push notes that a type is being written, until pop.
func (l *Lowerer) push(t types.Type) (pop func()) {
	l.stack = append(l.stack, t)
	return func() { l.stack = l.stack[:len(l.stack)-1] }
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
	if p := t.Obj().Pkg(); p != nil && !l.bodies[p] {
		if name := l.symbolOf(t); name != "" && token.IsExported(name) {
			return l.use(p) + "." + name
		}
		if t.TypeArgs().Len() == 0 {
			return l.typ(t.Underlying())
		}
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
	pop := l.push(t)
	fields := l.fields(st)
	pop()
	if !o.used {
		if n, ok := l.structs[fields]; ok {
			return n
		}
	}
	l.newStruct(o.name, fields, !o.used)
	if o.used {
		l.zeroVar(o.name) // yaegi must not meet it as a part of another struct first
	}
	return o.name
}

// recursive is a named type inside its own definition. yaegi can hold a struct
// that points to itself, and nothing else: structs that contain each other, functions
// of the struct that they are in and recursive types that are no structs are cut.
func (l *Lowerer) recursive(t *types.Named, o *openStruct) string {
	l.cycles++
	if _, ok := t.Underlying().(*types.Struct); !ok {
		l.cut(t)
	}
	l.cutWithin(t)
	o.used = true
	return o.name
}

// cutWithin cuts what leads from the definition of t to the present use of t, if it
// goes through a function or another struct.
func (l *Lowerer) cutWithin(t *types.Named) {
	var pointer *types.Pointer
	entangled := false
	for _, x := range slices.Backward(l.stack) {
		switch x := x.(type) {
		case *types.Signature:
			l.cut(x)
		case *types.Pointer:
			if pointer == nil {
				pointer = x
			}
		case *types.Named:
			if x == t {
				return
			}
			entangled = true
		}
		if entangled && pointer != nil {
			l.cut(pointer)
		}
	}
}

// sameCuts cuts in the definition of a type that was declared again what was cut in the old one.
func (l *Lowerer) sameCuts(old, new types.Type) {
	if _, ok := old.(*types.TypeParam); ok { // nothing generic is lowered
		return
	}
	if l.cuts.At(old) != nil {
		l.cuts.Set(new, true)
	}
	o, n := gotype.Parts(old), gotype.Parts(new)
	for i := range min(len(o), len(n)) {
		l.sameCuts(o[i], n[i])
	}
}

// cutKey cuts what leads from the key of a map back to a struct that is being written:
// yaegi does not find the recursion there.
func (l *Lowerer) cutKey(key types.Type) {
	switch t := key.Underlying().(type) {
	case *types.Pointer:
		if n, ok := types.Unalias(t.Elem()).(*types.Named); ok && l.open.At(n) != nil && !l.isCut(t) {
			l.cut(t)
		}
	case *types.Array:
		l.cutKey(t.Elem())
	case *types.Struct:
		for v := range t.Fields() {
			l.cutKey(v.Type())
		}
	}
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
