package cell

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/nascent-go/nascent/kernel/cell/lower"
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
			_, lost := mentions(e.scope[name].Type().Underlying(), p.same, changed)
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
		switch t := types.Unalias(t).(type) {
		case *types.Named:
			if o := t.Obj(); o.Pkg() != nil && o.Pkg().Path() == "main" && changed[o.Name()] {
				if slices.Contains(same, o.Name()) {
					found = true
				} else {
					lost = true
				}
			}
			for a := range t.TypeArgs().Types() {
				walk(a)
			}
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
			for v := range t.Params().Variables() {
				walk(v.Type())
			}
			for v := range t.Results().Variables() {
				walk(v.Type())
			}
		case *types.Struct:
			for v := range t.Fields() {
				walk(v.Type())
			}
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
	return &ast.File{Package: pos, Name: &ast.Ident{NamePos: pos, Name: "main"}, Decls: append([]ast.Decl{importDecl(pos, imports, nil)}, decls...)}
}

// load lowers a prepared cell, hands it to the interpreter and makes its
// definitions those of the environment. It returns what runs the cell.
func (e *Env) load(p *plan) (func(), error) {
	for _, imp := range p.check.pkg.Imports() {
		if err := e.addPackage(imp); err != nil {
			return nil, err
		}
	}
	if p.old != nil {
		e.low.AddAlias(p.old)
	}
	sp := e.low.AddSource(p.check.pkg, p.check.files, p.check.info, p.src.program)
	for _, n := range slices.Concat(p.moved, sharedNames(p.shared)) {
		e.low.ShareGlobal(e.scope[n].(*types.Var), p.check.pkg.Scope().Lookup(n).(*types.Var))
	}
	if p.old != nil {
		for _, n := range p.old.Scope().Names() {
			e.low.ShareGlobal(e.scope[n[:len(n)-len(oldSuffix)]].(*types.Var), p.old.Scope().Lookup(n).(*types.Var))
		}
	}
	var refresh []types.Type
	for _, n := range p.same {
		now, ok := p.check.pkg.Scope().Lookup(n).(*types.TypeName)
		if !ok || now.Pkg() != p.check.pkg {
			continue
		}
		if nt, ok := now.Type().(*types.Named); ok && nt.TypeParams().Len() > 0 {
			continue
		}
		e.low.Same(e.scope[n].Type(), now.Type())
		refresh = append(refresh, now.Type())
	}
	chunk, err := e.low.Lower(sp, e.machine.next(), entries(sp, p.src.program), refresh)
	if err != nil {
		e.low.Discard()
		return nil, e.unsupported(p, err)
	}
	start, err := e.machine.load(chunk)
	if err != nil {
		e.low.Discard()
		return nil, e.unsupported(p, err)
	}
	e.low.Keep()
	e.commit(p)
	return start, nil
}

func sharedNames(m map[string]bool) []string {
	var names []string
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// entries are the functions that running a cell calls, in order.
func entries(sp *ssa.Package, program bool) []string {
	if program {
		out := []string{"init"}
		if sp.Func("main") != nil {
			out = append(out, "main")
		}
		return out
	}
	var out []string
	for i := 1; sp.Func("init#"+strconv.Itoa(i)) != nil; i++ {
		out = append(out, "init#"+strconv.Itoa(i))
	}
	return append(out, runName)
}

// addPackage makes an imported package known to the lowering, with the source of
// what has to be instantiated. A package whose generic part comes from source
// imports its compiled rest, which has the same path.
func (e *Env) addPackage(p *types.Package) error {
	if e.known[p] {
		return nil
	}
	c, err := e.lib.Checked(p.Path())
	if err != nil {
		return fmt.Errorf("loading the source of package %s: %w", p.Path(), err)
	}
	e.known[p] = true
	if c == nil || c.Package != p {
		e.low.AddCompiled(p)
		return nil
	}
	for _, q := range p.Imports() {
		if err := e.addPackage(q); err != nil {
			return err
		}
	}
	e.low.AddSource(p, c.Files, c.Info, true)
	return nil
}

// unsupported is the error for a cell that is Go and that cannot be run. Where the
// interpreter says where, in lowered code, that is traced back.
func (e *Env) unsupported(p *plan, err error) error {
	diag := &diagnostics{fset: e.fset, texts: func(cell string) string { return e.texts[cell] }}
	pos := p.src.file.Package
	switch {
	case p.src.run != nil && len(p.src.run.Body.List) > 0:
		pos = p.src.run.Body.List[0].Pos()
	case len(p.src.decls) > 0:
		pos = p.src.decls[0].Pos()
	}
	var u *lower.Unsupported
	var m *loadError
	switch {
	case errors.As(err, &u) && u.Pos.IsValid():
		pos = u.Pos
	case errors.As(err, &m) && m.pos.IsValid():
		pos = m.pos
	}
	diag.add(e.fset.Position(pos), err.Error(), "")
	return diag.err()
}

// commit makes the definitions of a cell those of the environment.
func (e *Env) commit(p *plan) {
	c := p.check
	for n, path := range p.written.names {
		e.imports[n] = path
		delete(e.scope, n)
		delete(e.units, n)
	}
	e.dots = append(e.dots, p.written.dots...)
	defined := map[string]bool{}
	for _, u := range p.units {
		for _, n := range u.names {
			defined[n] = true
		}
	}
	for _, n := range p.vars {
		defined[n] = true
	}
	for key, u := range e.units { // what is defined anew is gone
		if u.recv != "" && defined[u.recv] && !slices.Contains(p.again, u) && p.broken[u] == "" {
			delete(e.units, key)
		}
		if len(u.names) > 0 && allIn(u.names, defined) {
			delete(e.units, key)
		}
	}
	for _, u := range slices.Concat(p.units, p.again) {
		u.learn(c)
		if !slices.Contains(p.again, u) {
			u.dots = p.written.dots
		}
		u.broken = ""
		if u.key != "init" && u.key != "_" && u.key != "" {
			e.units[u.key] = u
		}
	}
	for u, why := range p.broken {
		if u.broken == "" {
			p.warnings = append(p.warnings, e.gone(u, why))
		}
		u.broken = why
		for _, n := range u.names {
			delete(e.scope, n)
		}
	}
	slices.Sort(p.warnings)
	for _, n := range c.pkg.Scope().Names() {
		if o := c.pkg.Scope().Lookup(n); o.Pkg() == c.pkg && n != runName {
			e.scope[n] = o
		}
	}
}
