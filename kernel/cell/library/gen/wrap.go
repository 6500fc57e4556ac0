package main

import (
	"fmt"
	"go/types"
	"strings"
)

// wrapper writes the type by which an interpreted value satisfies an interface
// of this package, in the form that yaegi expects, and its row "_Name":
//
//	type _io_Reader struct {
//		IValue any // the interpreted value
//		WRead  func(a0 []byte) (int, error)
//	}
//
//	func (W _io_Reader) Read(a0 []byte) (int, error) { return W.WRead(a0) }
//
// Interfaces without methods need none; those with methods that this package
// may not name or implement can have none.
func (t *table) wrapper(name string, i *types.Interface) {
	if i.NumMethods() == 0 {
		return
	}
	for m := range i.Methods() {
		if !m.Exported() || !nameable(m.Signature()) {
			return
		}
	}
	typ := "_" + identifier(t.pkg.path) + "_" + name
	t.row("_"+name, "(*"+typ+")(nil)", "value")
	fmt.Fprintf(&t.types, "// %s carries an interpreted value as a %s.\ntype %s struct {\nIValue any\n", typ, t.this(name), typ)
	for m := range i.Methods() {
		fmt.Fprintf(&t.types, "W%s func%s\n", m.Name(), t.signature(m.Signature()))
	}
	t.types.WriteString("}\n\n")
	for m := range i.Methods() {
		sig := m.Signature()
		fmt.Fprintf(&t.types, "func (W %s) %s%s {", typ, m.Name(), t.signature(sig))
		call := fmt.Sprintf("W.W%s(%s)", m.Name(), arguments(sig))
		switch {
		case m.Name() == "String" && sig.Params().Len() == 0 && sig.Results().Len() == 1:
			fmt.Fprintf(&t.types, "\nif W.WString == nil {\nreturn \"\"\n}\nreturn %s\n}\n\n", call)
		case sig.Results().Len() > 0:
			fmt.Fprintf(&t.types, " return %s }\n\n", call)
		default:
			fmt.Fprintf(&t.types, " %s }\n\n", call)
		}
	}
}

// signature writes parameters named a0, a1, … and unnamed results.
func (t *table) signature(sig *types.Signature) string {
	var b strings.Builder
	b.WriteByte('(')
	for i := range sig.Params().Len() {
		if i > 0 {
			b.WriteString(", ")
		}
		text := types.TypeString(sig.Params().At(i).Type(), t.importName)
		if sig.Variadic() && i == sig.Params().Len()-1 {
			text = "..." + strings.TrimPrefix(text, "[]")
		}
		fmt.Fprintf(&b, "a%d %s", i, text)
	}
	b.WriteByte(')')
	switch n := sig.Results().Len(); n {
	case 0:
	case 1:
		b.WriteString(" " + types.TypeString(sig.Results().At(0).Type(), t.importName))
	default:
		b.WriteString(" (")
		for i := range n {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(types.TypeString(sig.Results().At(i).Type(), t.importName))
		}
		b.WriteByte(')')
	}
	return b.String()
}

func arguments(sig *types.Signature) string {
	var args []string
	for i := range sig.Params().Len() {
		args = append(args, fmt.Sprint("a", i))
	}
	s := strings.Join(args, ", ")
	if sig.Variadic() {
		s += "..."
	}
	return s
}

// nameable says whether a type can be written down outside its package.
func nameable(t types.Type) bool {
	switch t := t.(type) {
	case *types.Basic:
		return true
	case *types.Alias:
		return nameableObject(t.Obj()) && nameableList(t.TypeArgs())
	case *types.Named:
		return nameableObject(t.Obj()) && nameableList(t.TypeArgs())
	case *types.Pointer:
		return nameable(t.Elem())
	case *types.Slice:
		return nameable(t.Elem())
	case *types.Array:
		return nameable(t.Elem())
	case *types.Chan:
		return nameable(t.Elem())
	case *types.Map:
		return nameable(t.Key()) && nameable(t.Elem())
	case *types.Signature:
		return nameable(t.Params()) && nameable(t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			if !nameable(v.Type()) {
				return false
			}
		}
		return true
	case *types.Struct:
		for f := range t.Fields() {
			if !f.Exported() || !nameable(f.Type()) {
				return false
			}
		}
		return true
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			if !m.Exported() || !nameable(m.Signature()) {
				return false
			}
		}
		for e := range t.EmbeddedTypes() {
			if !nameable(e) {
				return false
			}
		}
		return true
	}
	return false // type parameters and unions
}

func nameableObject(o *types.TypeName) bool {
	return o.Pkg() == nil || o.Exported() && importable(o.Pkg().Path())
}

func nameableList(l *types.TypeList) bool {
	for t := range l.Types() {
		if !nameable(t) {
			return false
		}
	}
	return true
}
