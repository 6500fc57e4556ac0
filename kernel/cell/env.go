package cell

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"sync"

	"github.com/nascent-go/nascent/kernel/cell/library"
	"github.com/nascent-go/nascent/kernel/cell/lower"
	"github.com/nascent-go/nascent/kernel/cell/rt"
)

// Env is a cell environment: all that the cells so far have defined. Cells are
// run one at a time; questions can be asked at any time, also while a cell runs.
type Env struct {
	running sync.Mutex // held while a cell runs

	mu      sync.Mutex // guards what follows; held while a cell is prepared
	lib     *library.Library
	fset    *token.FileSet
	rt      *rt.Runtime
	low     *lower.Lowerer
	machine *machine
	hooks   []types.Object          // functions that rewritten cells call
	scope   map[string]types.Object // what names mean
	units   map[string]*unit        // declarations by key, broken ones too
	imports map[string]string       // names that cells have imported
	dots    []string                // packages that cells have imported into their own scope
	texts   map[string]string       // source of the cells by name
	known   map[*types.Package]bool // library packages that the lowering knows
	result  *result                 // of the cell that runs
}

// result collects what a running cell hands out.
type result struct {
	mu     sync.Mutex
	values []any
	set    bool
}

// New makes an empty environment over a library of compiled packages.
func New(lib *library.Library) (*Env, error) {
	e := &Env{
		lib: lib, fset: lib.FileSet(), rt: rt.New(lib), scope: map[string]types.Object{}, units: map[string]*unit{},
		imports: map[string]string{}, texts: map[string]string{}, known: map[*types.Package]bool{},
	}
	e.low = lower.New(e.fset, e.rt, lib)
	hooks := types.NewPackage("rt", "rt")
	args := types.NewTuple(types.NewParam(token.NoPos, hooks, "values", types.NewSlice(types.NewInterfaceType(nil, nil))))
	for _, name := range []string{showName, tryName, checkName} {
		f := types.NewFunc(token.NoPos, hooks, name, types.NewSignatureType(nil, nil, nil, args, nil, true))
		hooks.Scope().Insert(f)
		e.hooks = append(e.hooks, f)
	}
	e.low.AddCompiled(hooks)
	m, err := newMachine(lib, e.rt, map[string]any{showName: e.show, tryName: e.try, checkName: e.check1})
	if err != nil {
		return nil, err
	}
	e.machine = m
	return e, nil
}

// show is called by a cell with the values of its last expression.
func (e *Env) show(values []any) {
	e.result.mu.Lock()
	defer e.result.mu.Unlock()
	for _, v := range values {
		e.result.values = append(e.result.values, e.rt.Displayable(v))
	}
	e.result.set = true
}

// raised is the panic of an error that the top level of a cell did not take.
type raised struct{ text string }

func (r *raised) Error() string { return r.text }

func (e *Env) check1(values []any) {
	if err := values[len(values)-1]; err != nil {
		panic(&raised{e.rt.Text(err)})
	}
}

// try shows the values of a call but for its last, an error, which is raised.
func (e *Env) try(values []any) {
	e.check1(values)
	if len(values) > 1 {
		e.show(values[:len(values)-1])
	}
}

// plan is a cell that is ready to be lowered, with what it changes.
type plan struct {
	src      *source
	check    *checked
	written  imported
	units    []*unit // the cell's own
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

// prepare takes a cell from text to checked Go. It changes nothing.
func (e *Env) prepare(name, text string) (p *plan, err error) {
	e.texts[name] = text
	diag := &diagnostics{fset: e.fset, texts: func(cell string) string { return e.texts[cell] }}
	src, err := parse(e.fset, name, text, false)
	defer func() {
		if err != nil && src != nil {
			src.forget()
		}
	}()
	if err != nil {
		diag.addError(err)
		return nil, diag.err()
	}
	complain := func(pos token.Pos, msg string) { diag.add(e.fset.Position(pos), msg, "") }
	p = &plan{src: src}
	src.reserved(complain)
	src.bodies(complain)
	p.written = e.explicit(src, complain)
	h := src.hoist(func(n string) bool { _, ok := e.scope[n].(*types.Var); return ok }, complain)
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
	hidden := map[string]bool{}
	for n := range use {
		hidden[n] = true // an import of this cell goes before a variable of an earlier one
	}
	var extra []types.Object
	if len(h.old) > 0 {
		p.old = types.NewPackage("main", "main")
		for n := range h.old {
			v := types.NewVar(e.scope[n].Pos(), p.old, n+oldSuffix, e.scope[n].Type())
			p.old.Scope().Insert(v)
			extra = append(extra, v)
		}
	}
	dots := append(slices.Clone(e.dots), p.written.dots...)
	decls := slices.Concat([]ast.Decl{importDecl(src.file.Package, use, dots)}, src.decls, h.vars)
	file := &ast.File{Package: src.file.Package, Name: &ast.Ident{NamePos: src.file.Name.Pos(), Name: "main"}, FileStart: src.file.FileStart, FileEnd: src.file.FileEnd}
	body := func() *ast.File {
		file.Decls = decls
		if src.run != nil {
			run := *src.run
			run.Body = &ast.BlockStmt{Lbrace: src.run.Body.Lbrace, List: h.body, Rbrace: src.run.Body.Rbrace}
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
	cycles := slices.DeleteFunc(slices.Clone(c.errs), func(err types.Error) bool { return !initCycle(err) })
	for _, err := range c.errs {
		if src.ignorable(err) || !src.program && initCycle(err) {
			continue
		}
		if also, ok := strings.CutPrefix(err.Msg, "\t"); ok { // go/types has more to say of the error before
			diag.also(also, e.fset.Position(err.Pos))
			continue
		}
		diag.add(e.fset.Position(p.place(err)), unqualified(err.Msg), e.hint(c, err))
	}
	if len(diag.list) == 0 {
		for n := range declares {
			if v := c.pkg.Scope().Lookup(n); v == nil || v.Type() == nil || v.Type() == types.Typ[types.Invalid] {
				for _, err := range cycles {
					diag.add(e.fset.Position(err.Pos), unqualified(err.Msg), "")
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
					p.broken[u] = e.why(p, err.Msg)
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

// Run runs one cell. A cell that does not compile changes nothing. An error is a
// [Failure], or the context's error if the cell was interrupted.
func (e *Env) Run(ctx context.Context, in Input) (Outcome, error) {
	e.running.Lock()
	defer e.running.Unlock()
	name := in.Name
	if name == "" {
		name = fmt.Sprintf("cell %d", in.Number)
	}
	e.mu.Lock()
	p, err := e.prepare(name, in.Source)
	if err != nil {
		e.mu.Unlock()
		return Outcome{}, err
	}
	start, err := e.load(p)
	e.mu.Unlock()
	if err != nil {
		return Outcome{}, err
	}
	e.result = &result{}
	c := e.rt.NewCell(ctx, in.Number, name, in.Stdout, in.Stderr, in.Stdin, in.Display)
	c.OnLatePanic = func(late *rt.Panic) {
		fmt.Fprintln(in.Stderr, strings.Join(e.panicked(late).Traceback(true), "\n"))
	}
	err = e.rt.Do(c, start)
	out := Outcome{Warnings: p.warnings}
	if err != nil {
		return out, e.failure(ctx, err)
	}
	out.Values = e.result.values
	return out, nil
}

// failure turns what the run time reports into what the session is told.
func (e *Env) failure(ctx context.Context, err error) error {
	var exit *rt.Exit
	var p *rt.Panic
	switch {
	case errors.As(err, &exit):
		return &Exit{Code: exit.Code}
	case errors.As(err, &p):
		return e.panicked(p)
	case ctx.Err() != nil:
		return fmt.Errorf("cell interrupted: %w", ctx.Err())
	}
	return &RuntimeError{Kind: "error", Message: err.Error()}
}

func (e *Env) panicked(p *rt.Panic) *RuntimeError {
	out := &RuntimeError{Kind: "panic", Message: p.Text}
	if r, ok := p.Value.(*raised); ok {
		out.Kind, out.Message = "error", r.text
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, site := range slices.Backward(p.Trace) {
		place, ok := e.machine.locate(site)
		if !ok {
			continue
		}
		at := e.fset.Position(place.Pos)
		text, ok := e.texts[at.Filename]
		if !ok {
			continue // a library package that is lowered from source
		}
		f := Frame{Cell: at.Filename, Function: place.Func, Line: at.Line}
		if lines := strings.Split(text, "\n"); at.Line >= 1 && at.Line <= len(lines) {
			f.Source = lines[at.Line-1]
		}
		out.Frames = append(out.Frames, f)
	}
	return out
}
