package cell

import (
	"go/ast"
	"go/types"
	"strings"
)

// members are what can be selected from the expression before a dot.
func (e *Env) members(v *view, sel *ast.SelectorExpr, q *query) {
	if id, ok := sel.X.(*ast.Ident); ok {
		if p, ok := v.check.info.Uses[id].(*types.PkgName); ok {
			e.exports(p, q)
			return
		}
	}
	tv, ok := v.check.info.Types[sel.X]
	if !ok || tv.Type == nil || q.types {
		return
	}
	t := tv.Type
	if _, isPointer := t.Underlying().(*types.Pointer); tv.Addressable() && !isPointer && !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	ms := types.NewMethodSet(t)
	for i := range ms.Len() {
		s := ms.At(i)
		if m := s.Obj().(*types.Func); visible(m) {
			q.add(CompletionItem{Text: m.Name(), Type: "method", Signature: signature(m)}, fits(m, q.want), len(s.Index()))
		}
	}
	if !tv.IsType() {
		eachField(tv.Type, func(f *types.Var, depth int) {
			if found, _, _ := types.LookupFieldOrMethod(tv.Type, true, f.Pkg(), f.Name()); found == f {
				q.add(q.env.itemOf(f), fits(f, q.want), depth)
			}
		})
	}
}

// visible: cells can select it.
func visible(o types.Object) bool {
	return o.Exported() || o.Pkg() != nil && o.Pkg().Path() == "main"
}

// exports are the names of a package, and of those of the same name if none of them is imported.
func (e *Env) exports(p *types.PkgName, q *query) {
	add := func(pkg *types.Package, near int) {
		for _, n := range pkg.Scope().Names() {
			if o := pkg.Scope().Lookup(n); o.Exported() {
				q.object(o, near)
			}
		}
	}
	add(p.Imported(), ofCell)
	if e.imports[p.Name()] != "" || p.Name() != p.Imported().Name() {
		return
	}
	for _, other := range e.lib.Packages() {
		if other.Name == p.Name() && !internal(other.Path) {
			if pkg, err := e.lib.Import(other.Path); err == nil {
				add(pkg, ofLibrary)
			}
		}
	}
}

func internal(path string) bool { return strings.Contains(path, "internal") }

// eachField calls f with the fields of a struct that cells can select, and those of what it embeds.
func eachField(t types.Type, f func(f *types.Var, depth int)) {
	seen := map[types.Type]bool{}
	var walk func(t types.Type, depth int)
	walk = func(t types.Type, depth int) {
		st := structOf(t)
		if st == nil || seen[t] {
			return
		}
		seen[t] = true
		for field := range st.Fields() {
			if visible(field) {
				f(field, depth)
			}
		}
		for field := range st.Fields() {
			if field.Embedded() {
				walk(field.Type(), depth+1)
			}
		}
	}
	walk(t, 1)
}

// structOf is the struct that a type is or points to, nil if there is none.
func structOf(t types.Type) *types.Struct {
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, _ := t.Underlying().(*types.Struct)
	return st
}
