package lower

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/nascent-go/nascent/kernel/cell/gotype"
)

// Retire forgets the bodies of the functions that Lower was last called for, which
// nothing calls any more, and of function literals in them. It returns their lowered
// names. Functions that a cell can call by name are not concerned.
func (l *Lowerer) Retire() (names []string) {
	for _, fn := range l.emitted {
		root := fn
		for root.Parent() != nil {
			root = root.Parent()
		}
		if !l.entries[root] {
			continue
		}
		names = append(names, l.funcs[fn])
		delete(l.funcs, fn)
		fn.Blocks, fn.Locals, fn.AnonFuncs, fn.FreeVars, fn.Recover = nil, nil, nil, nil, nil
	}
	l.emitted, l.entries = nil, nil
	return names
}

// Forget forgets packages, and variables of others, that no cell can mention any
// more. It returns the lowered names that stand for nothing now.
func (l *Lowerer) Forget(gone func(*types.Package) bool, idle func(types.Object) bool) (names []string) {
	known := map[types.Type]bool{}
	lost := func(t types.Type) bool {
		is, ok := known[t]
		if !ok {
			is = builtFrom(t, gone)
			known[t] = is
		}
		return is
	}
	for fn, name := range l.funcs {
		if !lostFunc(fn, gone, lost) {
			continue
		}
		delete(l.funcs, fn)
		names = append(names, name)
		if l.values[name] {
			delete(l.values, name)
			names = append(names, "V"+name)
		}
	}
	old := map[string]bool{}
	for g, name := range l.globals {
		if gone(g.Pkg.Pkg) || idle(g.Object()) {
			delete(l.globals, g)
			old[name] = true
		}
	}
	for _, name := range l.globals { // a variable that was declared again shares the storage
		delete(old, name)
	}
	for name := range old {
		names = append(names, name)
	}
	for _, m := range []*typeutil.Map{&l.types, &l.cuts, &l.ids} {
		for _, t := range m.Keys() {
			if lost(t) {
				m.Delete(t)
			}
		}
	}
	for p := range l.bodies {
		if gone(p) {
			delete(l.bodies, p)
		}
	}
	l.pruned.Forget(gone, lost)
	return names
}

// lostFunc: the function is of a package that is gone, or made for a type of one.
func lostFunc(fn *ssa.Function, gone func(*types.Package) bool, lost func(types.Type) bool) bool {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	if fn.Pkg != nil && gone(fn.Pkg.Pkg) || fn.Object() != nil && fn.Object().Pkg() != nil && gone(fn.Object().Pkg()) {
		return true
	}
	if r := fn.Signature.Recv(); r != nil && lost(r.Type()) {
		return true
	}
	for _, t := range fn.TypeArgs() {
		if lost(t) {
			return true
		}
	}
	return fn.Origin() != nil && fn.Origin() != fn && lostFunc(fn.Origin(), gone, lost)
}

// builtFrom says whether a type is built from one of the packages for which is returns true.
func builtFrom(t types.Type, is func(*types.Package) bool) (found bool) {
	Walk(t, map[types.Type]bool{}, func(o types.Object) { found = found || is(o.Pkg()) })
	return found
}

// Walk calls visit with all that is declared in a package of what a type is built from,
// as far as that is not in seen, to which it is added. What declared types consist of,
// and their methods, count only if the type is a cell's.
func Walk(t types.Type, seen map[types.Type]bool, visit func(types.Object)) {
	if t == nil || seen[t] {
		return
	}
	seen[t] = true
	object := func(o types.Object) {
		if o.Pkg() != nil {
			visit(o)
		}
	}
	switch t := t.(type) {
	case interface{ Obj() *types.TypeName }: // declared types, aliases, type parameters
		object(t.Obj())
	case *types.Struct:
		for f := range t.Fields() {
			object(f)
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			object(m)
		}
	}
	if n, ok := t.(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "main" {
		Walk(n.Underlying(), seen, visit)
		for m := range n.Methods() {
			visit(m)
			Walk(m.Type(), seen, visit)
		}
	}
	for _, p := range gotype.Parts(t) {
		Walk(p, seen, visit)
	}
}
