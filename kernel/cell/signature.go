package cell

import (
	"go/types"
	"strings"
)

// signature is an object's declaration in one line, without a body or documentation.
func signature(o types.Object) string {
	switch o := o.(type) {
	case *types.Func:
		return funcSignature(o)
	case *types.Const:
		text := "const " + o.Name()
		if b, ok := o.Type().(*types.Basic); !ok || b.Info()&types.IsUntyped == 0 {
			text += " " + types.TypeString(o.Type(), shortName)
		}
		return text + " = " + constant(o)
	}
	return types.ObjectString(o, shortName)
}

// itemOf is an object as an item; of what Go declares, the signature is that of the documentation.
func (e *Env) itemOf(o types.Object) CompletionItem {
	it := CompletionItem{Text: o.Name(), Type: kindName(o), Signature: signature(o)}
	if o.Pkg() == nil {
		if decl, _, ok := e.lib.Doc("builtin", o.Name()); ok {
			it.Signature = decl
		}
	}
	return it
}

// constant is the value of a constant, exact where that is short.
func constant(c *types.Const) string {
	if exact := c.Val().ExactString(); len(exact) <= 40 && !strings.Contains(exact, "/") {
		return exact
	}
	return c.Val().String()
}

// funcSignature writes a method with the name of its receiver.
func funcSignature(f *types.Func) string {
	var b strings.Builder
	b.WriteString("func ")
	if r := f.Signature().Recv(); r != nil {
		b.WriteByte('(')
		if r.Name() != "" {
			b.WriteString(r.Name() + " ")
		}
		b.WriteString(types.TypeString(r.Type(), shortName) + ") ")
	}
	b.WriteString(f.Name())
	b.WriteString(strings.TrimPrefix(types.TypeString(f.Type(), shortName), "func"))
	return b.String()
}

// shortName qualifies by package name, and not at all what cells define.
func shortName(p *types.Package) string {
	if p.Path() == "main" {
		return ""
	}
	return p.Name()
}

func kindName(o types.Object) string {
	switch o := o.(type) {
	case *types.Func:
		if o.Signature().Recv() != nil {
			return "method"
		}
		return "function"
	case *types.Var:
		if o.IsField() {
			return "field"
		}
		return "var"
	case *types.Const, *types.Nil:
		return "const"
	case *types.TypeName:
		switch o.Type().Underlying().(type) {
		case *types.Interface:
			return "interface"
		case *types.Struct:
			return "struct"
		}
		return "type"
	case *types.PkgName:
		return "package"
	case *types.Builtin:
		return "builtin"
	}
	return "var"
}
