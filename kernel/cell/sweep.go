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
	chunk  int                   // the number of its code
	pkg    *types.Package        // what it has declared; nil: forgotten
	old    *types.Package        // the variables of earlier cells that it could use under other names, or nil
	uses   map[types.Object]bool // what its declarations use
	ended  bool                  // none of its code can run
	failed bool                  // it was never loaded
}

// leave notes what a cell will leave behind.
func (e *Env) leave(p *plan) *trace {
	t := &trace{src: p.src, chunk: e.machine.next(), pkg: p.check.pkg, old: p.old, uses: map[types.Object]bool{}}
	for _, u := range slices.Concat(p.units, p.again) {
		ast.Inspect(u.decl, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if obj := p.check.info.Uses[id]; obj != nil && obj.Pkg() != nil {
					t.uses[obj] = true
				}
			}
			return true
		})
	}
	e.traces = append(e.traces, t)
	return t
}

// few is how many cells may have left something behind that is not needed.
const few = 64

// sweep forgets what is not needed any more, once so many cells have been run that
// looking for it costs each of them little.
func (e *Env) sweep() {
	for _, chunk := range e.machine.over() {
		if i := slices.IndexFunc(e.traces, func(t *trace) bool { return t.chunk == chunk }); i >= 0 {
			e.traces[i].ended = true
		}
	}
	if len(e.traces) < e.enough {
		return
	}
	live := e.live()
	gone := map[*types.Package]bool{}
	for _, t := range e.traces {
		if t.pkg != nil && (t.failed || !live[t.pkg]) {
			gone[t.pkg], t.pkg = true, nil
			if t.old != nil {
				gone[t.old], t.old = true, nil
			}
		}
	}
	cells, used := map[*types.Package]bool{}, map[types.Object]bool{}
	for _, t := range e.traces {
		if t.pkg != nil {
			cells[t.pkg] = true
			maps.Copy(used, t.uses)
		}
	}
	for _, obj := range e.scope {
		used[obj] = true
	}
	e.machine.lose(e.low.Forget(func(p *types.Package) bool { return gone[p] }, func(v types.Object) bool {
		return v != nil && cells[v.Pkg()] && !used[v]
	}))
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
	e.enough = 2*len(e.traces) + few
}

// live are the packages of cells that later cells can mention: those of what names
// mean, of the types of that, and of what its declarations use.
func (e *Env) live() map[*types.Package]bool {
	cells := map[*types.Package]*trace{}
	for _, t := range e.traces {
		if t.pkg != nil {
			cells[t.pkg] = t
		}
		if t.old != nil {
			cells[t.old] = t
		}
	}
	live := map[*types.Package]bool{}
	var mark func(p *types.Package)
	seen := map[types.Type]bool{}
	markType := func(t types.Type) {
		lower.Walk(t, seen, func(p *types.Package) { mark(p) })
	}
	mark = func(p *types.Package) {
		t := cells[p]
		if t == nil || live[p] {
			return
		}
		live[p] = true
		if t.pkg != nil {
			mark(t.pkg)
		}
		for obj := range t.uses {
			mark(obj.Pkg())
		}
		for _, n := range p.Scope().Names() {
			if obj := p.Scope().Lookup(n); obj.Pkg() == p {
				markType(obj.Type())
			}
		}
	}
	for _, obj := range e.scope {
		mark(obj.Pkg())
		markType(obj.Type())
	}
	return live
}
