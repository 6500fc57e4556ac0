package cell

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"

	"github.com/nascent-go/nascent/kernel/cell/lower"
)

// What a cell leaves behind is forgotten when nothing can ask for it any more: of its
// declarations, when no name means them and no declaration that is left uses them;
// of its code, when none of it can run; of its text, when there is neither, so that
// no message can show it.

// trace is what a cell has left behind.
type trace struct {
	src    *source
	chunk  int                             // the number of its code
	pkg    *types.Package                  // what it has declared; nil: forgotten
	old    *types.Package                  // the variables of earlier cells that it could use under other names, or nil
	uses   map[types.Object][]types.Object // what each of its functions, types and constants uses
	ended  bool                            // none of its code can run
	failed bool                            // it was never loaded
}

// leave notes what a cell will leave behind.
func (e *Env) leave(p *plan) *trace {
	t := &trace{src: p.src, chunk: e.machine.next(), pkg: p.check.pkg, old: p.old, uses: map[types.Object][]types.Object{}}
	for _, u := range slices.Concat(p.units, p.again) {
		declared, used := mentioned(p.check.info, u.decl)
		for _, obj := range declared {
			t.uses[obj] = used
		}
	}
	e.traces = append(e.traces, t)
	return t
}

// mentioned are the objects that a declaration declares, and those that it uses. Of a
// variable only the type counts: its first value is computed, and by then compiled.
func mentioned(info *types.Info, decl ast.Decl) (declared, used []types.Object) {
	if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.VAR {
		for _, spec := range d.Specs {
			for _, id := range spec.(*ast.ValueSpec).Names {
				declared = append(declared, info.Defs[id])
			}
		}
		return declared, nil
	}
	seen := map[types.Object]bool{}
	ast.Inspect(decl, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		if obj := info.Defs[id]; obj != nil {
			declared = append(declared, obj)
		}
		if obj := info.Uses[id]; obj != nil && obj.Pkg() != nil && !seen[obj] {
			seen[obj] = true
			used = append(used, obj)
		}
		return true
	})
	return declared, used
}

// few is how many cells may have left something behind that is not needed.
const few = 64

// sweep forgets what is not needed any more, once so many cells have been run that
// looking for it costs each of them little, or if a program is among it.
func (e *Env) sweep() {
	large := e.tier.forgetRemote(e.units)
	for _, chunk := range e.machine.over() {
		if i := slices.IndexFunc(e.traces, func(t *trace) bool { return t.chunk == chunk }); i >= 0 {
			e.traces[i].ended = true
		}
	}
	if len(e.traces) < e.enough && !large {
		return
	}
	live := e.live()
	gone := map[*types.Package]bool{}
	for _, t := range e.traces {
		if t.pkg != nil && (t.failed || !live.packages[t.pkg]) {
			gone[t.pkg], t.pkg = true, nil
			if t.old != nil {
				gone[t.old], t.old = true, nil
			}
		}
	}
	names, descriptors := e.low.Forget(func(p *types.Package) bool { return gone[p] }, func(obj types.Object) bool {
		return obj != nil && live.packages[obj.Pkg()] && !live.objects[obj]
	})
	e.machine.lose(names)
	e.rt.Forget(descriptors)
	needed := map[*token.File]bool{}
	for _, u := range e.units {
		needed[e.fset.File(u.decl.Pos())] = true
	}
	e.traces = slices.DeleteFunc(e.traces, func(t *trace) bool {
		if t.pkg != nil || !t.ended || slices.ContainsFunc(t.src.files, func(f *token.File) bool { return needed[f] }) {
			return false
		}
		t.src.forget()
		return true
	})
	named := map[string]bool{}
	for _, t := range e.traces {
		named[t.src.name] = true
	}
	for name := range e.texts {
		if !named[name] {
			delete(e.texts, name)
		}
	}
	maps.DeleteFunc(e.tier.funcs, func(obj types.Object, _ *decision) bool { return !e.callable(obj) })
	e.enough = 2*len(e.traces) + few
}

// alive is what later cells can mention, and the packages of cells that it is in.
type alive struct {
	objects  map[types.Object]bool
	packages map[*types.Package]bool
}

// live finds what later cells can mention: what names mean, the types of that, and what
// its declarations use. What was declared beside it is no part of that: a variable that
// uses a function whose cell checked again what uses the variable would keep all that
// it ever was.
func (e *Env) live() alive {
	cells := map[*types.Package]*trace{}
	for _, t := range e.traces {
		if t.pkg != nil {
			cells[t.pkg] = t
		}
		if t.old != nil {
			cells[t.old] = t
		}
	}
	live := alive{map[types.Object]bool{}, map[*types.Package]bool{}}
	var todo []types.Object
	mark := func(obj types.Object) {
		for _, obj := range []types.Object{obj, origin(obj)} {
			if cells[obj.Pkg()] != nil && !live.objects[obj] {
				live.objects[obj] = true
				todo = append(todo, obj)
			}
		}
	}
	for _, obj := range e.scope {
		mark(obj)
	}
	seen := map[types.Type]bool{}
	for len(todo) > 0 {
		obj := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		t := cells[obj.Pkg()]
		live.packages[obj.Pkg()] = true
		if t.pkg != nil {
			live.packages[t.pkg] = true // its name for a variable of an earlier cell may be all that is left of it
		}
		lower.Walk(obj.Type(), seen, mark)
		for _, used := range t.uses[obj] {
			mark(used)
		}
	}
	return live
}

// origin is the declared object of one that is instantiated.
func origin(obj types.Object) types.Object {
	switch obj := obj.(type) {
	case *types.Func:
		return obj.Origin()
	case *types.Var:
		return obj.Origin()
	}
	return obj
}
