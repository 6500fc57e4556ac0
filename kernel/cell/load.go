package cell

import (
	"context"
	"errors"
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/nascent-go/nascent/kernel/cell/lower"
	"github.com/nascent-go/nascent/kernel/cell/prune"
)

// load lowers a prepared cell, hands it to the interpreter and makes its
// definitions those of the environment. It returns what runs the cell.
func (e *Env) load(ctx context.Context, p *plan) (func(), error) {
	left := e.leave(p)
	var start func()
	chunk, err := e.lower(ctx, p)
	if err == nil {
		start, err = e.machine.load(ctx, chunk)
	}
	if err != nil {
		e.low.Discard()
		left.failed, left.ended = true, true
		if ctx.Err() != nil {
			return nil, interruption(ctx)
		}
		return nil, e.unsupported(p, err)
	}
	e.low.Keep()
	e.machine.lose(append(e.low.Retire(), chunk.Start))
	before := maps.Clone(e.scope)
	e.commit(p)
	e.retire(before, p.same)
	prune.Scope(p.check.pkg)
	p.check.pkg.SetName(packageName(left.chunk))
	return start, nil
}

// lower lowers a prepared cell.
func (e *Env) lower(ctx context.Context, p *plan) (lower.Chunk, error) {
	e.tier.begin()
	for _, imp := range p.check.pkg.Imports() {
		if err := e.addPackage(ctx, imp); err != nil {
			return lower.Chunk{}, err
		}
	}
	for _, path := range p.written.dots {
		imp, err := e.lib.Import(path)
		if err == nil {
			err = e.addPackage(ctx, imp)
		}
		if err != nil {
			return lower.Chunk{}, err
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
	again := map[*types.TypeName]types.Type{}
	for _, n := range p.same {
		now, ok := p.check.pkg.Scope().Lookup(n).(*types.TypeName)
		if !ok || now.Pkg() != p.check.pkg {
			continue
		}
		if nt, ok := now.Type().(*types.Named); ok && nt.TypeParams().Len() > 0 {
			continue
		}
		again[e.scope[n].(*types.TypeName)] = now.Type()
	}
	e.low.Same(again)
	return e.low.Lower(ctx, sp, e.machine.next(), entries(sp, p.src.program))
}

// Lowered is what the interpreter would run for a cell, with the places that the lines
// come from. It is for those who work on the lowering: nothing runs, nothing changes.
func (e *Env) Lowered(ctx context.Context, in Input) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p, err := e.prepare(ctx, in, nil)
	if err != nil {
		return "", err
	}
	left := e.leave(p)
	left.failed, left.ended = true, true
	defer e.low.Discard()
	chunk, err := e.lower(ctx, p)
	if err != nil {
		return "", e.unsupported(p, err)
	}
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSuffix(chunk.Source, "\n"), "\n") {
		b.WriteString(line)
		if place := chunk.Lines[i]; place.Func != nil && place.Pos.IsValid() {
			fmt.Fprintf(&b, " // %d %s", e.fset.Position(place.Pos).Line, place.GoName)
		}
		b.WriteString("\n")
	}
	return b.String(), nil
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
func (e *Env) addPackage(ctx context.Context, p *types.Package) error {
	if e.known[p] {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	switch p.Path() {
	case "reflect", "encoding/json", "encoding/xml", "encoding/gob", "text/template", "html/template":
		e.low.Reflect() // they call methods that no cell does
	}
	c, err := e.lib.Checked(p.Path())
	if err != nil {
		return fmt.Errorf("loading the source of package %s: %w", p.Path(), err)
	}
	if c == nil || c.Package != p {
		e.low.AddCompiled(p)
		e.known[p] = true
		return nil
	}
	for _, q := range p.Imports() {
		if err := e.addPackage(ctx, q); err != nil {
			return err
		}
	}
	if c.Embeds != nil {
		e.low.AddEmbeds(c.Embeds, p.Path())
	}
	e.low.AddSource(p, c.Files, c.Info, true)
	e.known[p] = true
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
	at := pos
	var u *lower.Unsupported
	var m *loadError
	switch {
	case errors.As(err, &u) && u.Pos.IsValid():
		at = u.Pos
	case errors.As(err, &m) && m.pos.IsValid():
		at = m.pos
	}
	msg := err.Error()
	if place := e.fset.Position(at); e.texts[place.Filename] != "" {
		pos = at
	} else { // in a package that the cell uses
		msg += fmt.Sprintf(" (in %s)", place)
	}
	diag.add(e.fset.Position(pos), msg, "")
	return diag.err()
}

// retire says of the types that were in scope, and are not any more, that they are old.
func (e *Env) retire(before map[string]types.Object, same []string) {
	for n, o := range before {
		t, ok := o.(*types.TypeName)
		if ok && e.scope[n] != o && !t.IsAlias() && !slices.Contains(same, n) {
			e.rt.Retire(t, e.cellOf(t))
		}
	}
}

// commit makes the definitions of a cell those of the environment.
func (e *Env) commit(p *plan) {
	c := p.check
	taken := map[string]bool{} // by imports
	for n := range p.written.names {
		if e.scope[n] != nil {
			taken[n] = true
		}
	}
	p.warnings = append(p.warnings, outdated(p.again)...)
	p.warnings = append(p.warnings, e.forget(taken)...)
	maps.Copy(e.imports, p.written.names)
	maps.Copy(e.meant, p.use)
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
	maps.DeleteFunc(e.missed, func(n, _ string) bool { return defined[n] })
	e.unsetUses(p)
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
			delete(e.hidden, n)
			e.scope[n] = o
		}
	}
}
