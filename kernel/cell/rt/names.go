package rt

import (
	"go/types"
	"reflect"
	"strconv"
	"strings"
)

// dynString is the name of x's dynamic type, as reflect would write it.
func dynString(x any) string {
	switch x := x.(type) {
	case Boxed:
		return x.d.String()
	case RTError:
		return x.typeName()
	case carrier:
		return x.boxed().d.String()
	case nil:
		return "<nil>"
	}
	return reflect.TypeOf(x).String()
}

// typeString writes a type as reflect does.
func typeString(t types.Type) string { return (*Runtime)(nil).typeString(t) }

// typeString does the same, and says which types are old.
func (r *Runtime) typeString(t types.Type) string {
	b := typeWriter{r: r}
	writeType(&b, t, false)
	return b.String()
}

// typeWriter is where a type is written. A runtime knows which types are old.
type typeWriter struct {
	strings.Builder
	r *Runtime
}

// PackageName is the name of a package as Go's messages have it: cells have packages
// of their own, which are all called main.
func PackageName(p *types.Package) string {
	if p.Path() == "main" {
		return "main"
	}
	return p.Name()
}

// writeType writes t; full asks for import paths in place of package names, as reflect
// has them in type arguments.
func writeType(b *typeWriter, t types.Type, full bool) {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		switch t.Kind() { // byte and rune are basic types of their own in go/types
		case types.Uint8:
			b.WriteString("uint8")
		case types.Int32:
			b.WriteString("int32")
		case types.UnsafePointer:
			b.WriteString("unsafe.Pointer")
		default:
			b.WriteString(t.Name())
		}
	case *types.Named:
		o := t.Obj()
		if p := o.Pkg(); p != nil {
			if full {
				b.WriteString(pathOf(p))
			} else {
				b.WriteString(PackageName(p))
			}
			b.WriteByte('.')
		}
		b.WriteString(o.Name())
		writeTypeArgs(b, t)
		if full && isLocal(o) {
			b.WriteString("·" + strconv.Itoa(localNumber(o)))
		}
		if b.r != nil {
			b.WriteString(b.r.oldMark(o))
		}
	case *types.Pointer:
		b.WriteByte('*')
		writeType(b, t.Elem(), full)
	case *types.Slice:
		b.WriteString("[]")
		writeType(b, t.Elem(), full)
	case *types.Array:
		b.WriteByte('[')
		b.WriteString(strconv.FormatInt(t.Len(), 10))
		b.WriteByte(']')
		writeType(b, t.Elem(), full)
	case *types.Map:
		b.WriteString("map[")
		writeType(b, t.Key(), full)
		b.WriteByte(']')
		writeType(b, t.Elem(), full)
	case *types.Chan:
		b.WriteString([]string{"chan ", "chan<- ", "<-chan "}[t.Dir()])
		e, isChan := types.Unalias(t.Elem()).(*types.Chan)
		paren := isChan && e.Dir() == types.RecvOnly && t.Dir() != types.RecvOnly
		if paren {
			b.WriteByte('(')
		}
		writeType(b, t.Elem(), full)
		if paren {
			b.WriteByte(')')
		}
	case *types.Struct:
		writeStruct(b, t, full)
	case *types.Interface:
		writeInterface(b, t, full)
	case *types.Signature:
		b.WriteString("func")
		writeSignature(b, t, full)
	default:
		b.WriteString(t.String())
	}
}

// pathOf is the import path of a package, which is main for all cells.
func pathOf(p *types.Package) string {
	if PackageName(p) == "main" {
		return "main"
	}
	return p.Path()
}

// writeTypeArgs writes type arguments; those of the generic function that a type is
// declared in come first.
func writeTypeArgs(b *typeWriter, t *types.Named) {
	var args []types.Type
	if s := t.Obj().Parent(); s != nil && isLocal(t.Obj()) { // see nameLocalTypes in package lower
		for {
			a := s.Lookup(strconv.Itoa(len(args)))
			if a == nil {
				break
			}
			args = append(args, a.Type())
		}
	}
	outer := len(args)
	for a := range t.TypeArgs().Types() {
		args = append(args, a)
	}
	for i, a := range args {
		switch i {
		case 0:
			b.WriteByte('[')
		case outer:
			b.WriteByte(';')
		default:
			b.WriteByte(',')
		}
		writeType(b, a, true)
	}
	if len(args) > 0 {
		b.WriteByte(']')
	}
}

// isLocal: the type is declared in a function.
func isLocal(o *types.TypeName) bool {
	return o.Pkg() != nil && o.Parent() != o.Pkg().Scope() && o.Pos().IsValid()
}

// localNumber is the number of a local type among those of its package, in the order of
// the source: where Go's names must not be ambiguous, they have it.
func localNumber(o *types.TypeName) int {
	n := 0
	var count func(s *types.Scope)
	count = func(s *types.Scope) {
		for _, name := range s.Names() {
			t, ok := s.Lookup(name).(*types.TypeName)
			if !ok || t.IsAlias() || t.Pos() > o.Pos() {
				continue
			}
			if _, param := t.Type().(*types.TypeParam); !param {
				n++
			}
		}
		for c := range s.Children() {
			count(c)
		}
	}
	for file := range o.Pkg().Scope().Children() {
		count(file)
	}
	return n
}

func writeStruct(b *typeWriter, t *types.Struct, full bool) {
	b.WriteString("struct {")
	for i := range t.NumFields() {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteByte(' ')
		if f := t.Field(i); !f.Embedded() {
			if full && !f.Exported() && f.Pkg() != nil {
				b.WriteString(pathOf(f.Pkg()) + ".")
			}
			b.WriteString(f.Name())
			b.WriteByte(' ')
		}
		writeType(b, t.Field(i).Type(), full)
		if tag := t.Tag(i); tag != "" {
			b.WriteByte(' ')
			b.WriteString(strconv.Quote(tag))
		}
	}
	if t.NumFields() > 0 {
		b.WriteByte(' ')
	}
	b.WriteByte('}')
}

func writeInterface(b *typeWriter, t *types.Interface, full bool) {
	b.WriteString("interface {")
	for i := range t.NumMethods() {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteByte(' ')
		if m := t.Method(i); !m.Exported() && m.Pkg() != nil {
			b.WriteString(PackageName(m.Pkg()))
			b.WriteByte('.')
		}
		b.WriteString(t.Method(i).Name())
		writeSignature(b, t.Method(i).Signature(), full)
	}
	if t.NumMethods() > 0 {
		b.WriteByte(' ')
	}
	b.WriteByte('}')
}

func writeSignature(b *typeWriter, s *types.Signature, full bool) {
	b.WriteByte('(')
	for i := range s.Params().Len() {
		if i > 0 {
			b.WriteString(", ")
		}
		p := s.Params().At(i).Type()
		if sl, ok := p.(*types.Slice); ok && s.Variadic() && i == s.Params().Len()-1 {
			b.WriteString("...")
			p = sl.Elem()
		}
		writeType(b, p, full)
	}
	b.WriteByte(')')
	n := s.Results().Len()
	if n == 0 {
		return
	}
	b.WriteByte(' ')
	if n > 1 {
		b.WriteByte('(')
	}
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		writeType(b, s.Results().At(i).Type(), full)
	}
	if n > 1 {
		b.WriteByte(')')
	}
}

// rawImplements reports whether a compiled type implements an interface of go/types.
func rawImplements(t reflect.Type, iface *types.Interface) bool {
	for i := range iface.NumMethods() {
		if !rawHasMethod(t, iface.Method(i)) {
			return false
		}
	}
	return true
}

func rawHasMethod(t reflect.Type, f *types.Func) bool {
	if !f.Exported() && f.Pkg() != nil && f.Pkg().Path() == "reflect" {
		return strings.Contains(t.String(), "reflect.") // what stands for it in the mirror
	}
	m, ok := t.MethodByName(f.Name())
	if !ok {
		return false
	}
	skip := 1
	if t.Kind() == reflect.Interface {
		skip = 0
	}
	return sameSignature(m.Type, f.Signature(), skip)
}

// sameSignature: the func type t without its first skip parameters is s.
func sameSignature(t reflect.Type, s *types.Signature, skip int) bool {
	if t.NumIn()-skip != s.Params().Len() || t.NumOut() != s.Results().Len() || t.IsVariadic() != s.Variadic() {
		return false
	}
	for i := range s.Params().Len() {
		if !sameType(t.In(i+skip), s.Params().At(i).Type()) {
			return false
		}
	}
	for i := range s.Results().Len() {
		if !sameType(t.Out(i), s.Results().At(i).Type()) {
			return false
		}
	}
	return true
}

// sameType: a compiled type is the type of go/types.
func sameType(a reflect.Type, t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return a.Kind() == reflect.UnsafePointer
		}
		return a.PkgPath() == "" && a.String() == typeString(t)
	case *types.Named:
		if t.Obj().Pkg() == nil { // error, comparable
			return a.PkgPath() == "" && a.Name() == t.Obj().Name()
		}
		if t.TypeArgs().Len() > 0 {
			return declaredIn(a) == t.Obj().Pkg().Path() && strings.ReplaceAll(a.String(), mirrorPath, "reflect") == typeString(t)
		}
		return declaredIn(a) == t.Obj().Pkg().Path() && a.Name() == t.Obj().Name()
	}
	if a.Name() != "" {
		return false
	}
	switch t := types.Unalias(t).(type) {
	case *types.Pointer:
		return a.Kind() == reflect.Pointer && sameType(a.Elem(), t.Elem())
	case *types.Slice:
		return a.Kind() == reflect.Slice && sameType(a.Elem(), t.Elem())
	case *types.Array:
		return a.Kind() == reflect.Array && int64(a.Len()) == t.Len() && sameType(a.Elem(), t.Elem())
	case *types.Map:
		return a.Kind() == reflect.Map && sameType(a.Key(), t.Key()) && sameType(a.Elem(), t.Elem())
	case *types.Chan:
		dir := [...]reflect.ChanDir{types.SendRecv: reflect.BothDir, types.SendOnly: reflect.SendDir, types.RecvOnly: reflect.RecvDir}
		return a.Kind() == reflect.Chan && a.ChanDir() == dir[t.Dir()] && sameType(a.Elem(), t.Elem())
	case *types.Signature:
		return a.Kind() == reflect.Func && sameSignature(a, t, 0)
	case *types.Interface:
		return a.Kind() == reflect.Interface && a.NumMethod() == t.NumMethods() && rawImplements(a, t)
	case *types.Struct:
		return a.Kind() == reflect.Struct && a.String() == typeString(t)
	}
	return false
}
