package cell

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strconv"

	"github.com/nascent-go/nascent/kernel/cell/gotype"
)

// A redefinition takes effect everywhere: what mentions a name that a cell
// defines anew is checked again, together with the cell, and lowered again.
// Variables keep their storage as long as their type keeps its representation.

// affected finds what the definitions of a cell change for earlier ones, and
// returns it in words. As long as first, a check of the cell, is not there, its
// variables count as unchanged.
func (e *Env) affected(p *plan, first *checked, declares map[string]bool) string {
	p.change = change{shared: map[string]bool{}, broken: map[*unit]string{}}
	changed := map[string]bool{}
	for n := range declares {
		old := e.scope[n]
		if old == nil {
			continue
		}
		if v, ok := old.(*types.Var); ok && slices.Contains(p.vars, n) {
			if first == nil {
				continue
			}
			if now, ok := first.pkg.Scope().Lookup(n).(*types.Var); ok && types.Identical(v.Type(), now.Type()) {
				p.shared[n] = true
				continue
			}
		}
		changed[n] = true
	}
	for _, u := range e.units { // a name that is back may mend what was broken
		for n := range u.uses {
			if u.broken != "" && declares[n] {
				changed[n] = true
			}
		}
	}
	own := map[string]bool{}
	for _, u := range p.units {
		own[u.key] = true
		if u.recv != "" && !declares[u.recv] && e.scope[u.recv] != nil {
			changed[u.recv] = true // a new method is a change of its type
		}
	}
	e.dependents(p, changed, declares, own)
	for n := range changed {
		e.retype(p, first, n, declares[n])
	}
	e.prune(p, changed)
	slices.Sort(p.same)
	for n, obj := range e.scope {
		if v, ok := obj.(*types.Var); ok && !declares[n] {
			if found, lost := mentions(v.Type(), p.same, changed); found && !lost {
				p.moved = append(p.moved, n)
			}
		}
	}
	slices.Sort(p.moved)
	var again []string
	for _, u := range p.again {
		again = append(again, u.key)
	}
	return fmt.Sprint(again, p.moved, p.same, sharedNames(p.shared))
}

// dependents adds to the plan what uses a changed name, and counts what it declares as changed.
func (e *Env) dependents(p *plan, changed, declares, own map[string]bool) {
	for grown := true; grown; {
		grown = false
		for _, u := range e.units {
			if own[u.key] || p.broken[u] != "" || slices.Contains(p.again, u) || len(u.names) > 0 && allIn(u.names, declares) {
				continue
			}
			hit := u.recv == "" && anyIn(u.names, changed) && !anyIn(u.names, declares)
			for n := range u.uses {
				hit = hit || changed[n]
			}
			if !hit {
				continue
			}
			p.again = append(p.again, u)
			for _, n := range u.names {
				changed[n] = true
			}
			if u.recv != "" && !declares[u.recv] {
				changed[u.recv] = true // a method is declared with its type
			}
			grown = true
		}
	}
	slices.SortFunc(p.again, func(a, b *unit) int { return int(a.decl.Pos() - b.decl.Pos()) })
}

// retype notes a type whose representation does not change when it is declared again.
func (e *Env) retype(p *plan, first *checked, name string, declared bool) {
	old, ok := e.scope[name].(*types.TypeName)
	if !ok {
		return
	}
	if declared { // a cell writes it anew: is it the same?
		if first == nil {
			return
		}
		now, ok := first.pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || typeText(old.Type().Underlying()) != typeText(now.Type().Underlying()) {
			return
		}
	}
	p.same = append(p.same, name)
}

func typeText(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string { return p.Path() })
}

func anyIn(names []string, set map[string]bool) bool {
	return slices.ContainsFunc(names, func(n string) bool { return set[n] })
}

func allIn(names []string, set map[string]bool) bool {
	return !slices.ContainsFunc(names, func(n string) bool { return !set[n] })
}

// prune takes out of the types with an unchanged representation those that are built
// from one that changes.
func (e *Env) prune(p *plan, changed map[string]bool) {
	for n := -1; n != len(p.same); {
		n = len(p.same)
		p.same = slices.DeleteFunc(p.same, func(name string) bool {
			t := e.scope[name].Type()
			if !e.scope[name].(*types.TypeName).IsAlias() {
				t = t.Underlying()
			}
			_, lost := mentions(t, p.same, changed)
			return lost
		})
	}
}

// mentions says whether a type is built from types of cells that are declared again
// with the same representation (found), and from others that are declared again (lost).
func mentions(t types.Type, same []string, changed map[string]bool) (found, lost bool) {
	seen := map[types.Type]bool{}
	var walk func(t types.Type)
	walk = func(t types.Type) {
		if seen[t] {
			return
		}
		seen[t] = true
		if n, ok := t.(*types.Named); ok {
			if o := n.Obj(); o.Pkg() != nil && o.Pkg().Path() == "main" && changed[o.Name()] {
				same := slices.Contains(same, o.Name())
				found, lost = found || same, lost || !same
			}
		}
		for _, p := range gotype.Parts(t) {
			walk(p)
		}
	}
	walk(t)
	return found, lost
}

// moveVars declares the variables whose types are declared again, with the type
// written out, so that it means the new one.
func (e *Env) moveVars(p *plan, pos token.Pos) *ast.File {
	if len(p.moved) == 0 {
		return nil
	}
	imports := map[string]string{}
	qualify := func(q *types.Package) string {
		if q.Path() == "main" {
			return ""
		}
		n := "p" + strconv.Itoa(len(imports)) + "__"
		for name, path := range imports {
			if path == q.Path() {
				return name
			}
		}
		imports[n] = q.Path()
		return n
	}
	var decls []ast.Decl
	p.moved = slices.DeleteFunc(p.moved, func(n string) bool {
		x, err := parser.ParseExprFrom(e.fset, "", types.TypeString(e.scope[n].Type(), qualify), 0)
		if err != nil {
			return true // a type that cannot be written: the variable keeps the old one
		}
		decls = append(decls, &ast.GenDecl{TokPos: pos, Tok: token.VAR, Specs: []ast.Spec{&ast.ValueSpec{Names: []*ast.Ident{{NamePos: pos, Name: n}}, Type: x}}})
		return false
	})
	return &ast.File{Package: pos, Name: &ast.Ident{NamePos: pos, Name: "main"}, Decls: append([]ast.Decl{importDecl(pos, imports)}, decls...)}
}
