package lower

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"
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
	Walk(t, map[types.Type]bool{}, func(p *types.Package) { found = found || is(p) })
	return found
}

// Walk calls visit with the packages of all that a type is built from, as far as that
// is not in seen, to which it is added. What declared types consist of counts only if
// the type is a cell's.
func Walk(t types.Type, seen map[types.Type]bool, visit func(*types.Package)) {
	var walk func(types.Type)
	object := func(o types.Object) {
		if o.Pkg() != nil {
			visit(o.Pkg())
		}
	}
	tuple := func(t *types.Tuple) {
		for v := range t.Variables() {
			walk(v.Type())
		}
	}
	walk = func(t types.Type) {
		if t == nil || seen[t] {
			return
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Alias:
			object(t.Obj())
			walk(types.Unalias(t))
		case *types.Named:
			object(t.Obj())
			for a := range t.TypeArgs().Types() {
				walk(a)
			}
			if p := t.Obj().Pkg(); p == nil || p.Path() != "main" {
				return
			}
			walk(t.Underlying())
			for m := range t.Methods() {
				walk(m.Type())
			}
		case *types.TypeParam:
			object(t.Obj())
			walk(t.Constraint())
		case *types.Pointer:
			walk(t.Elem())
		case *types.Slice:
			walk(t.Elem())
		case *types.Array:
			walk(t.Elem())
		case *types.Chan:
			walk(t.Elem())
		case *types.Map:
			walk(t.Key())
			walk(t.Elem())
		case *types.Signature:
			tuple(t.Params())
			tuple(t.Results())
			for p := range t.TypeParams().TypeParams() {
				walk(p)
			}
		case *types.Tuple:
			tuple(t)
		case *types.Struct:
			for v := range t.Fields() {
				object(v)
				walk(v.Type())
			}
		case *types.Interface:
			for m := range t.ExplicitMethods() {
				object(m)
				walk(m.Type())
			}
			for e := range t.EmbeddedTypes() {
				walk(e)
			}
		case *types.Union:
			for term := range t.Terms() {
				walk(term.Type())
			}
		}
	}
	walk(t)
}
