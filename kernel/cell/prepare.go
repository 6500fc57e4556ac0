package cell

import (
	"context"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// plan is a cell that is ready to be lowered, with what it changes.
type plan struct {
	src      *source
	check    *checked
	written  imported
	use      map[string]string // imports that it uses: name → path
	units    []*unit           // the cell's own
	vars     []string
	old      *types.Package // variables of earlier cells under other names
	warnings []string
	change
}

// change is what a cell changes for earlier ones.
type change struct {
	again  []*unit         // those that are checked again
	moved  []string        // variables of earlier cells that get a re-declared type
	shared map[string]bool // variables that keep the storage of an earlier one
	same   []string        // types that are declared again with the same representation
	broken map[*unit]string
}

// prepare takes a cell from text to checked Go. It changes nothing, but that packages are loaded. If adapt is not nil,
// it makes another cell of what is parsed.
func (e *Env) prepare(ctx context.Context, in Input, adapt func(*source, complaint)) (p *plan, err error) {
	name := in.name()
	e.texts[name] = in.whole()
	diag := &diagnostics{fset: e.fset, texts: func(cell string) string { return e.texts[cell] }}
	src, err := parse(e.fset, name, in.Source, false)
	defer func() {
		if err != nil && src != nil {
			src.forget()
		}
	}()
	if err != nil {
		diag.addError(err)
		return nil, diag.err()
	}
	complain := func(pos token.Pos, msg, hint string) { diag.add(e.fset.Position(pos), msg, hint) }
	p = &plan{src: src}
	src.reserved(complain)
	if adapt != nil {
		adapt(src, complain)
	}
	src.bodies(complain)
	src.nested(complain)
	src.directives(complain)
	p.written = e.explicit(ctx, src, complain)
	if ctx.Err() != nil {
		return nil, interruption(ctx)
	}
	h := src.hoist(e.scope, complain)
	h.strict = e.strict
	if err := diag.err(); err != nil {
		return nil, err
	}
	for _, d := range h.vars {
		p.vars = append(p.vars, declaredNames(d)...)
	}
	declares := map[string]bool{}
	for _, n := range p.vars {
		declares[n] = true
	}
	p.units = units(src.decls)
	for _, u := range p.units {
		for _, n := range u.names {
			declares[n] = true
		}
	}
	use := e.resolve(src, p.written, func(n string) bool { return declares[n] })
	p.use = use
	hidden := map[string]bool{}
	for n := range use {
		hidden[n] = true // an import of this cell goes before a variable of an earlier one
	}
	extra := e.dotted(p.written.dots)
	if len(h.old) > 0 {
		p.old = types.NewPackage("main", "main")
		for n := range h.old {
			v := types.NewVar(e.scope[n].Pos(), p.old, n+oldSuffix, e.scope[n].Type())
			p.old.Scope().Insert(v)
			extra = append(extra, v)
		}
	}
	decls := slices.Concat([]ast.Decl{importDecl(src.file.Package, use, p.written.modules...)}, src.decls, h.vars)
	file := &ast.File{Package: src.file.Package, Name: &ast.Ident{NamePos: src.file.Name.Pos(), Name: "main"}, FileStart: src.file.FileStart, FileEnd: src.file.FileEnd}
	body := func() *ast.File {
		file.Decls = decls
		if src.run != nil {
			run := *src.run
			list := h.body
			if e.tier.mode != TierOff {
				list = outlined(list, use)
			}
			run.Body = &ast.BlockStmt{Lbrace: src.run.Body.Lbrace, List: list, Rbrace: src.run.Body.Rbrace}
			file.Decls = append(slices.Clone(decls), &run)
		}
		return file
	}
	// What depends on the cell's functions, types and constants is known by name. A
	// check finds the types of its variables, which decide what else is affected,
	// and the types of its calls, which decide what it shows and raises; all of
	// which may change the types of variables.
	var c *checked
	for more, reach := true, ""; ; {
		was := p.change
		now := e.affected(p, c, declares)
		if c != nil && !more && now == reach {
			p.change = was
			break
		}
		reach = now
		c = e.checkAll(p, body(), hidden, extra)
		more = h.showResult(c.info, src.quiet)
	}
	for pos, size := range c.huge() {
		complain(pos, fmt.Sprintf("Nascent can't run this construct: an array of %.4g GiB", size/(1<<30)), "")
	}
	cycles := slices.DeleteFunc(slices.Clone(c.errs), func(err types.Error) bool { return !initCycle(err) })
	for _, err := range c.errs {
		if src.ignorable(err) || !src.program && initCycle(err) {
			continue
		}
		if also, ok := strings.CutPrefix(err.Msg, "\t"); ok { // go/types has more to say of the error before
			diag.also(also, e.fset.Position(err.Pos))
			continue
		}
		msg := e.words(c, err.Msg)
		diag.add(e.fset.Position(p.place(err)), msg, e.hint(p, c, err, msg))
	}
	if len(diag.list) == 0 {
		for n := range declares {
			if v := c.pkg.Scope().Lookup(n); v == nil || v.Type() == nil || v.Type() == types.Typ[types.Invalid] {
				for _, err := range cycles {
					diag.add(e.fset.Position(err.Pos), e.words(c, err.Msg), "")
				}
			}
		}
	}
	p.check = c
	return p, diag.err()
}

// checkAll checks the cell with all that depends on it. What depends and no longer
// compiles is left out and remembered as broken.
func (e *Env) checkAll(p *plan, file *ast.File, hidden map[string]bool, extra []types.Object) *checked {
	for {
		declares := map[string]bool{}
		for _, d := range file.Decls {
			for _, n := range declaredNames(d) {
				declares[n] = true
			}
		}
		files := []*ast.File{file}
		hide := map[string]bool{}
		for n := range hidden {
			hide[n] = true
		}
		for u := range p.broken {
			for _, n := range u.names {
				hide[n] = !declares[n]
			}
		}
		for _, u := range p.again {
			files = append(files, u.file(declares))
		}
		if f := e.moveVars(p, file.Package); f != nil {
			files = append(files, f)
		}
		c := e.check(files, hide, extra)
		again := false
		for _, err := range c.errs {
			if p.src.ignorable(err) || initCycle(err) || recursive(err) || strings.HasPrefix(err.Msg, "\t") {
				continue
			}
			for _, u := range p.again {
				if u.within(err.Pos) && p.broken[u] == "" {
					p.broken[u] = e.why(p, c, err.Msg)
					again = true
				}
			}
		}
		if !again {
			return c
		}
		p.again = slices.DeleteFunc(p.again, func(u *unit) bool { return p.broken[u] != "" })
	}
}
