package cell

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/nascent-go/nascent/kernel/cell/lower"
	"github.com/nascent-go/nascent/kernel/toolchain"
	"github.com/nascent-go/nascent/kernel/toolchain/remote"
)

// A native cell is one whose declarations an installed Go tool chain compiles. Its types and
// constants are declared as those of any cell are; of a function that can be called in
// another process, so is a stub, whose body the call takes the place of, as machine code does
// (see lower.Native). Functions that cannot be called so are declared as they are, and
// interpreted where other cells call them, unless they use variables of the cell:
// these are in the other process, and no other cell sees them.

// nativeCell is a native cell that has been checked, before it is compiled.
type nativeCell struct {
	source toolchain.Source
	stubs  map[string]bool      // keys of units that are compiled, and called there
	hidden map[string]string    // what other cells don't see, variables and keys of functions, and why
	bodies map[string]*compiled // by key: what the stubs stand for
	files  sourceFiles
	notes  []string
}

// compiled is what a unit is that the tool chain has compiled: more than its stub says.
type compiled struct {
	cell     string
	uses     map[string]bool
	imports  map[string]string
	stateful string // a variable of its cell that it uses
}

// Native compiles the declarations of a cell with an installed Go tool chain. Its functions
// can then be called as those of other cells are. A cell that does not compile changes nothing.
func (e *Env) Native(ctx context.Context, in Input) (Outcome, error) {
	d, err := e.draft(ctx, in)
	if err != nil {
		return Outcome{}, err
	}
	program, err := e.build(ctx, d.source)
	if err != nil {
		return Outcome{}, e.refused(ctx, err)
	}
	if err := program.Start(toolchain.Streams{Stdout: in.Stdout, Stderr: in.Stderr}, ctx.Done()); err != nil {
		program.Close()
		return Outcome{}, e.unstarted(ctx, err)
	}
	start, warnings, err := e.declare(ctx, in, d, program)
	if err != nil {
		program.Close()
		return Outcome{}, err
	}
	c := e.newCell(ctx, in, in.name())
	c.Code = start
	err = e.do(c, start)
	out := Outcome{Warnings: append(d.notes, warnings...)}
	if err != nil {
		return out, e.failure(ctx, err)
	}
	return out, nil
}

// build compiles a draft.
func (e *Env) build(ctx context.Context, s toolchain.Source) (*toolchain.Program, error) {
	g, err := toolchain.Find(ctx)
	if err != nil {
		return nil, err
	}
	exe, err := g.Build(ctx, s)
	if err != nil {
		return nil, err
	}
	return toolchain.NewProgram(s, exe), nil
}

// refused is what the tool chain says as a failure of the cell.
func (e *Env) refused(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return e.failure(ctx, err)
	}
	var wrong *toolchain.BuildError
	if !errors.As(err, &wrong) || len(wrong.Problems) == 0 {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	diag := &diagnostics{fset: e.fset, texts: func(cell string) string { return e.texts[cell] }}
	for _, p := range wrong.Problems {
		diag.add(token.Position{Filename: p.Cell, Line: p.Line, Column: p.Col}, p.Text, "")
	}
	return diag.err()
}

// unstarted is why a helper has not started, with the places that are known.
func (e *Env) unstarted(ctx context.Context, err error) error {
	var died *toolchain.Died
	switch {
	case ctx.Err() != nil:
		return e.failure(ctx, ctx.Err())
	case !errors.As(err, &died):
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	out := &RuntimeError{Kind: "error", Message: died.Error()}
	for _, f := range slices.Backward(died.Frames) {
		if lines := strings.Split(e.texts[f.File], "\n"); f.Line >= 1 && f.Line <= len(lines) {
			out.Frames = append(out.Frames, Frame{Cell: f.File, Function: remoteTitle(f.Function), Line: f.Line, Source: lines[f.Line-1]})
		}
	}
	return out
}

// draft checks a native cell, and finds what has to be compiled.
func (e *Env) draft(ctx context.Context, in Input) (*nativeCell, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p, err := e.prepare(ctx, in, (*source).declarations)
	if err != nil {
		return nil, err
	}
	defer p.src.forget()
	g := &drafting{env: e, plan: p, cell: in.name(), own: map[string]bool{}, vars: map[string]bool{}, added: map[*unit]bool{}, nativeCell: nativeCell{
		stubs: map[string]bool{}, hidden: map[string]string{}, bodies: map[string]*compiled{},
		files: sourceFiles{files: map[string]*token.File{}, known: map[remote.Frame]lower.Place{}},
	}}
	g.diag = &diagnostics{fset: e.fset, texts: func(cell string) string { return e.texts[cell] }}
	g.source.Title = "the native code of " + in.name()
	for _, path := range p.use {
		g.source.Packages = append(g.source.Packages, path)
	}
	g.source.Packages = append(append(g.source.Packages, p.written.dots...), p.written.modules...)
	g.declared()
	g.divide()
	g.written()
	for _, u := range p.units {
		g.needs(u)
	}
	return &g.nativeCell, g.diag.err()
}

// drafting finds what has to be compiled.
type drafting struct {
	nativeCell
	env   *Env
	plan  *plan
	cell  string
	diag  *diagnostics
	own   map[string]bool // names that the cell declares
	vars  map[string]bool // the variables among them
	added map[*unit]bool  // units of earlier cells
}

// declared takes note of what the cell declares.
func (g *drafting) declared() {
	for _, u := range g.plan.units {
		u.learn(g.plan.check)
		d, _ := u.decl.(*ast.GenDecl)
		for _, n := range u.names {
			g.own[n] = true
			if d != nil && d.Tok == token.VAR {
				g.vars[n] = true
				g.hidden[n] = fmt.Sprintf("%s is a variable of %s, which only functions of that cell see", n, g.source.Title)
			}
		}
		g.bodies[u.key] = &compiled{cell: g.cell, uses: maps.Clone(u.uses), imports: u.imports}
		if d != nil && d.Tok == token.VAR {
			g.source.Stateful = true
		}
	}
}

// function is the function or method that a unit declares, nil if it is none that can be called.
func (g *drafting) function(u *unit) *types.Func {
	d, ok := u.decl.(*ast.FuncDecl)
	if !ok || d.Name.Name == "_" || d.Recv == nil && d.Name.Name == "init" {
		return nil
	}
	f, _ := g.plan.check.info.Defs[d.Name].(*types.Func)
	return f
}

// divide decides which functions are called in the helper, and which are interpreted.
func (g *drafting) divide() {
	why := map[*unit]error{}
	for _, u := range g.plan.units {
		f := g.function(u)
		if f == nil {
			continue
		}
		if why[u] = toolchain.Callable(f); why[u] == nil {
			g.stubs[u.key] = true
			g.source.Funcs = append(g.source.Funcs, expression(f))
		}
	}
	for _, u := range g.plan.units {
		g.bodies[u.key].stateful = g.state(u, func(string) bool { return true })
		err := why[u]
		if err == nil {
			continue
		}
		if v := g.state(u, func(key string) bool { return !g.stubs[key] }); v != "" {
			g.hidden[u.key] = fmt.Sprintf("%s can be called in its own cell only: %v, and it uses the variable %s of native code", u.key, err, v)
			g.notes = append(g.notes, g.hidden[u.key])
			continue
		}
		g.notes = append(g.notes, fmt.Sprintf("%s is compiled for its own cell only, and interpreted where others call it: %v", u.key, err))
	}
	for _, c := range g.bodies {
		maps.DeleteFunc(c.uses, func(n string, _ bool) bool { return g.hidden[n] != "" })
	}
}

// expression is what a function or method is called in Go.
func expression(f *types.Func) string {
	r := f.Signature().Recv()
	if r == nil {
		return f.Name()
	}
	return "(" + types.TypeString(r.Type(), func(*types.Package) string { return "" }) + ")." + f.Name()
}

// state is a variable of the cell that a unit uses, itself or through such units as through says.
func (g *drafting) state(u *unit, through func(key string) bool) string {
	seen := map[string]bool{}
	var find func(u *unit) string
	find = func(u *unit) string {
		for _, n := range slices.Sorted(maps.Keys(u.uses)) {
			if g.vars[n] {
				return n
			}
			if seen[n] || !through(n) {
				continue
			}
			seen[n] = true
			for _, v := range g.plan.units {
				if v.key == n {
					if s := find(v); s != "" {
						return s
					}
				}
			}
		}
		return ""
	}
	return find(u)
}

// written makes the cell's text a file of the helper.
func (g *drafting) written() {
	src := g.plan.src
	f := toolchain.File{}
	for _, name := range slices.Sorted(maps.Keys(g.plan.use)) {
		if g.plan.written.names[name] == "" {
			f.Imports = append(f.Imports, toolchain.Import{Name: name, Path: g.plan.use[name]})
		}
	}
	for _, d := range src.file.Decls {
		if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.IMPORT {
			f.Parts = append(f.Parts, g.part(d))
		}
	}
	for _, d := range src.decls {
		f.Parts = append(f.Parts, g.part(d))
	}
	g.source.Files = append(g.source.Files, f)
}

// part is a declaration as it is written.
func (g *drafting) part(d ast.Decl) toolchain.Part {
	from, before := d.Pos(), ""
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc != nil {
			from = d.Doc.Pos()
		}
	case *ast.GenDecl:
		if len(d.Specs) == 1 && d.Tok == token.TYPE && d.Pos() == d.Specs[0].Pos() { // one type, without its keyword: see units
			before = "type "
		}
	}
	at := g.env.fset.Position(from)
	text, ok := g.env.between(from, d.End())
	if !ok {
		at = g.env.fset.PositionFor(from, false)
		g.diag.add(token.Position{Filename: at.Filename, Line: 1, Column: 1}, "native code cannot have line directives", "")
	}
	return toolchain.Part{Cell: at.Filename, Line: at.Line, Col: max(at.Column-len(before), 1), Text: before + text}
}

// between is a cell's text between two places in one of its parts, unless it has a line directive of its own.
func (e *Env) between(from, to token.Pos) (text string, ok bool) {
	at, end := e.fset.Position(from), e.fset.Position(to)
	real, realEnd := e.fset.PositionFor(from, false), e.fset.PositionFor(to, false)
	if at.Filename != real.Filename || end.Filename != real.Filename {
		return "", false
	}
	text = e.texts[real.Filename]
	lines := lineStarts(text)
	if at.Line > len(lines) || end.Line > len(lines) {
		return "", false
	}
	first, last := lines[at.Line-1]+at.Column-1, lines[end.Line-1]+end.Column-1
	if last > len(text) || last-first != realEnd.Offset-real.Offset {
		return "", false
	}
	return text[first:last], true
}

// needs adds what a unit of the cell uses of earlier cells.
func (g *drafting) needs(u *unit) {
	c := g.plan.check
	ast.Inspect(u.decl, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		if obj := c.info.Uses[id]; obj != nil && !g.own[id.Name] && c.pkg.Scope().Lookup(id.Name) == obj {
			if why, hint := g.add(id.Name); why != "" {
				g.diag.add(g.env.fset.Position(id.Pos()), why, hint)
			}
		}
		return true
	})
}

// add adds what earlier cells say of a name, and what that uses. It says why that can't be.
func (g *drafting) add(name string) (why, hint string) {
	e := g.env
	if v, ok := e.scope[name].(*types.Var); ok {
		return v.Name() + " is a variable of another cell, which native code cannot see", "a function can have its value as a parameter"
	}
	for _, key := range slices.Sorted(maps.Keys(e.units)) {
		u := e.units[key]
		if u.recv != name && !slices.Contains(u.names, name) || g.added[u] || g.plan.broken[u] != "" {
			continue
		}
		g.added[u] = true
		if u.compiled != nil && u.compiled.stateful != "" {
			return fmt.Sprintf("%s belongs to the native code of %s, whose variable %s it uses", name, u.compiled.cell, u.compiled.stateful), "what shares variables has to be in one cell"
		}
		at := e.fset.Position(u.decl.Pos())
		if e.texts[at.Filename] == "" {
			return name + " is of no cell", ""
		}
		f := toolchain.File{Parts: []toolchain.Part{g.part(u.decl)}}
		for _, n := range slices.Sorted(maps.Keys(u.imports)) {
			f.Imports = append(f.Imports, toolchain.Import{Name: n, Path: u.imports[n]})
			g.source.Packages = append(g.source.Packages, u.imports[n])
		}
		g.source.Files = append(g.source.Files, f)
		g.files.files[at.Filename] = e.fset.File(u.decl.Pos())
		for _, n := range slices.Sorted(maps.Keys(u.uses)) {
			if g.own[n] || n == name {
				continue
			}
			if why, hint := g.add(n); why != "" {
				return fmt.Sprintf("native code cannot use %s: %s", name, why), hint
			}
		}
	}
	return "", ""
}

// declarations makes the variables of a native cell declarations as they are in a Go file, and finds what is
// none that a native cell can have.
func (src *source) declarations(complain complaint) {
	if src.program {
		complain(src.file.Package, "a native cell has no package clause: leave it out", "")
		return
	}
	for _, s := range src.run.Body.List {
		d, ok := s.(*ast.DeclStmt)
		if !ok {
			complain(s.Pos(), "a native cell has declarations only", statementHint(s))
			continue
		}
		src.decls = append(src.decls, d.Decl)
		src.file.Decls = append(src.file.Decls, d.Decl) // where they are looked for
	}
	for _, d := range src.decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "main" {
			complain(f.Name.Pos(), "a native cell has no function main: other cells call its functions", "")
		}
	}
	src.run.Body.List, src.typed, src.loose, src.tuple, src.quiet = nil, nil, nil, false, false
}

func statementHint(s ast.Stmt) string {
	if a, ok := s.(*ast.AssignStmt); ok && a.Tok == token.DEFINE && len(a.Lhs) == 1 {
		return "var " + types.ExprString(a.Lhs[0]) + " = … declares a variable of the native code"
	}
	return "statements that use them belong into a cell of their own"
}

// declare makes a native cell's definitions those of the environment, as another cell's.
func (e *Env) declare(ctx context.Context, in Input, d *nativeCell, program *toolchain.Program) (start func(), warnings []string, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p, err := e.prepare(ctx, in, func(src *source, complain complaint) { src.stub(d, complain) })
	if err != nil {
		return nil, nil, err
	}
	d.files.files[in.name()] = p.src.files[0]
	numbers := map[string]int{}
	for i, f := range d.source.Funcs {
		numbers[f] = i
	}
	var added []token.Pos
	for _, u := range p.units {
		u.compiled = d.bodies[u.key]
		f, ok := u.decl.(*ast.FuncDecl)
		if !ok || !d.stubs[u.key] {
			continue
		}
		obj := p.check.info.Defs[f.Name].(*types.Func)
		e.tier.remote[f.Name.Pos()] = &remoteFunc{tier: e.tier, program: program, number: numbers[expression(obj)], files: &d.files}
		added = append(added, f.Name.Pos())
	}
	start, err = e.load(ctx, p)
	if err != nil {
		for _, pos := range added {
			delete(e.tier.remote, pos)
		}
		return nil, nil, err
	}
	maps.Copy(e.hidden, d.hidden)
	gone := map[string]bool{}
	for n := range d.hidden {
		gone[n] = true
	}
	warnings = append(p.warnings, e.forget(gone)...)
	e.sweep()
	return start, warnings, nil
}

// stub leaves of a native cell what other cells see, with stubs for bodies.
func (src *source) stub(d *nativeCell, complain complaint) {
	src.declarations(complain)
	src.decls = slices.DeleteFunc(src.decls, func(decl ast.Decl) bool {
		switch decl := decl.(type) {
		case *ast.GenDecl:
			return decl.Tok == token.VAR
		case *ast.FuncDecl:
			key := decl.Name.Name
			if r := receiver(decl); r != "" {
				key = r + "." + key
			} else if key == "init" || key == "_" {
				return true
			}
			if d.stubs[key] {
				decl.Body = unreachable(decl.Body, key)
			}
			return d.hidden[key] != ""
		}
		return false
	})
}

// unreachable is a body that lowered code never gets into. That it calls the run time keeps its
// function, and what calls that, from being machine code, which would.
func unreachable(b *ast.BlockStmt, name string) *ast.BlockStmt {
	at := b.Lbrace
	text := &ast.BasicLit{ValuePos: at, ValueEnd: at, Kind: token.STRING, Value: strconv.Quote(name + " is native code, which is gone")}
	fail := &ast.ExprStmt{X: &ast.CallExpr{Fun: &ast.Ident{NamePos: at, Name: checkName}, Lparen: at, Rparen: at, Args: []ast.Expr{text}}}
	loop := &ast.ForStmt{For: at, Body: &ast.BlockStmt{Lbrace: at, Rbrace: at, List: []ast.Stmt{fail}}}
	return &ast.BlockStmt{Lbrace: at, Rbrace: b.Rbrace, List: []ast.Stmt{loop}}
}

// sourceFiles are the cells that a helper was built of, as they were parsed. They are
// complete before the helper can be called.
type sourceFiles struct {
	files map[string]*token.File

	mu    sync.Mutex
	known map[remote.Frame]lower.Place
}

// frames are the places of a helper's panic, as far as they are in cells.
func (s *sourceFiles) frames(list []remote.Frame) (places []lower.Place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range list {
		p, ok := s.known[f]
		if !ok {
			pos := lineIn(s.files[f.File], f.File, f.Line)
			p = lower.Place{Pos: pos, Func: &lower.Func{Title: remoteTitle(f.Function), GoName: "main." + f.Function, At: pos}}
			s.known[f] = p
		}
		if p.Pos.IsValid() {
			places = append(places, p)
		}
	}
	return places
}

// remoteTitle is what a traceback calls a function that Go's run time calls so.
func remoteTitle(name string) string {
	if strings.HasPrefix(name, "init.") {
		return "init"
	}
	for {
		at := strings.LastIndex(name, ".func")
		if at < 0 || strings.Trim(name[at+len(".func"):], "0123456789.") != "" {
			return strings.ReplaceAll(name, "[...]", "")
		}
		name = "func literal in " + strings.TrimPrefix(name[:at], "func literal in ")
	}
}

// lineIn is a place in a line of a cell, in the file that the cell was parsed as.
func lineIn(f *token.File, cell string, line int) token.Pos {
	if f == nil {
		return token.NoPos
	}
	for n := 1; n <= f.LineCount(); n++ {
		end := token.Pos(f.Base() + f.Size())
		if n < f.LineCount() {
			end = f.LineStart(n+1) - 1
		}
		if at := f.Position(end); at.Filename == cell && at.Line == line {
			return end
		}
	}
	return token.NoPos
}

// outdated says of units of native cells that are checked again, since something they use has been
// replaced, that what was compiled of them is as it was.
func outdated(again []*unit) (warnings []string) {
	cells := map[string]bool{}
	for _, u := range again {
		if u.compiled == nil || cells[u.compiled.cell] {
			continue
		}
		cells[u.compiled.cell] = true
		warnings = append(warnings, fmt.Sprintf("the native code of %s still has what it was compiled with (%s uses it): run that cell again", u.compiled.cell, u.key))
	}
	return warnings
}
