package lower

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/nascent-go/nascent/kernel/cell/gotype"
	"github.com/nascent-go/nascent/kernel/cell/prune"
)

// Retire forgets the bodies of the functions that Lower was last called for, which
// nothing calls any more, and of function literals in them. It returns their lowered
// names, and those of methods that only descriptors know. Functions that a cell can call by name are not concerned.
func (l *Lowerer) Retire() (names []string) {
	for _, fn := range l.emitted {
		if !l.entries[outermost(fn)] {
			continue
		}
		names = append(names, l.funcs[fn])
		delete(l.funcs, fn)
		empty(fn)
	}
	names = append(names, l.tables...)
	l.emitted, l.entries, l.tables = nil, nil, nil
	return names
}

// empty forgets the body of a function that is not lowered again.
func empty(fn *ssa.Function) {
	fn.Blocks, fn.Locals, fn.AnonFuncs, fn.FreeVars, fn.Recover = nil, nil, nil, nil, nil
}

// emptyAll forgets the bodies of the functions that no cell can mention any more, lowered
// or not. What was declared beside a function may hold it, and it holds what it uses.
func (l *Lowerer) emptyAll(idle func(types.Object) bool) {
	for _, p := range l.prog.AllPackages() {
		if !l.bodies[p.Pkg] {
			continue
		}
		forget := func(obj *types.Func) {
			if fn := l.prog.FuncValue(obj); fn != nil && idle(obj) {
				empty(fn)
			}
		}
		for _, m := range p.Members {
			switch m := m.(type) {
			case *ssa.Function:
				if obj, ok := m.Object().(*types.Func); ok {
					forget(obj)
				}
			case *ssa.Type:
				if n, ok := m.Type().(*types.Named); ok {
					for obj := range n.Methods() {
						forget(obj)
					}
				}
			}
		}
	}
}

// Forget forgets packages, and variables and functions of others, that no cell can
// mention any more. It returns the lowered names, and the numbers of the descriptors, that stand for
// nothing now.
func (l *Lowerer) Forget(gone func(*types.Package) bool, idle func(types.Object) bool) (names []string, ids []int) {
	l.emptyAll(func(obj types.Object) bool { return gone(obj.Pkg()) || idle(obj) })
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
		if !lostFunc(fn, gone, lost) && !idle(outermost(fn).Object()) {
			continue
		}
		empty(fn)
		l.pruned.Instance(fn)
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
	left := map[int]bool{} // a type that was declared again has the number of the old one
	l.ids.Iterate(func(t types.Type, id any) {
		if lost(t) {
			ids = append(ids, id.(int))
		} else {
			left[id.(int)] = true
		}
	})
	ids = slices.DeleteFunc(ids, func(id int) bool { return left[id] })
	for _, m := range []*typeutil.Map{&l.types, &l.cuts, &l.ids} {
		prune.Types(m, lost)
	}
	for p := range l.bodies {
		if gone(p) {
			delete(l.bodies, p)
		}
	}
	l.pruned.Forget(gone, lost)
	slices.Sort(ids)
	return names, ids
}

// outermost is the function that a function literal is in, or fn itself.
func outermost(fn *ssa.Function) *ssa.Function {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return fn
}

// lostFunc: the function is of a package that is gone, or made for a type of one.
func lostFunc(fn *ssa.Function, gone func(*types.Package) bool, lost func(types.Type) bool) bool {
	fn = outermost(fn)
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
