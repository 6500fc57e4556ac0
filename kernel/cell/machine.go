package cell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"path"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"weak"

	"github.com/traefik/yaegi/interp"

	"github.com/nascent-go/nascent/kernel/cell/callsite"
	"github.com/nascent-go/nascent/kernel/cell/lower"
	"github.com/nascent-go/nascent/kernel/cell/prune"
	"github.com/nascent-go/nascent/kernel/cell/rt"
)

// machine is the interpreter that runs lowered code.
type machine struct {
	it     *interp.Interpreter
	rt     *rt.Runtime
	lib    rt.Library
	used   map[string]bool // compiled packages that were imported
	chunks map[int]*chunk  // by number: what can still run, for tracebacks
	serial int             // of the next chunk
	users  map[string]int  // variable → how many chunks mention it
	lost   map[string]int  // variables that no later chunk can mention → where they are
	sites  *callsite.Finder
	prune  *prune.Interpreter
	start  func() // of the chunk that is being loaded: it has called rt.Loaded
	tier   *tier

	ending sync.Mutex
	ended  []int // chunks of which nothing can run any more
}

// chunk is what is known of a chunk that was loaded.
type chunk struct {
	file  *token.File // nil: it could not be parsed
	lines []lower.Place
	vars  []string
}

func newMachine(lib rt.Library, r *rt.Runtime, hooks map[string]any) (*machine, error) {
	m := &machine{rt: r, lib: lib, used: map[string]bool{}, chunks: map[int]*chunk{}, users: map[string]int{}, lost: map[string]int{}}
	m.it = interp.New(interp.Options{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: reports{m, r, r.TraceWriter()}})
	m.sites = callsite.New(m.it, m.it.FileSet(), r.Poll)
	r.SetStop(m.sites.Stop)
	symbols := r.Symbols()
	symbols["Loaded"] = reflect.ValueOf(func(start func()) { m.start = start })
	for name, f := range hooks {
		symbols[name] = reflect.ValueOf(f)
	}
	if err := m.it.Use(interp.Exports{"rt/rt": symbols}); err != nil {
		return nil, fmt.Errorf("giving the run-time support to the interpreter: %w", err)
	}
	// The first variable has the index of nodes without a value, so it is no cell's.
	if err := m.eval(`package main; import "rt"; var first bool`); err != nil {
		return nil, fmt.Errorf("starting the interpreter: %w", err)
	}
	m.prune = prune.NewInterpreter(m.it)
	return m, nil
}

// eval runs a file. yaegi keeps imports by the base name of the file, so all
// files have the same; and it takes an import once only.
func (m *machine) eval(src string) error {
	f, err := parser.ParseFile(m.it.FileSet(), "_.go", src, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	_, err = m.execute(f)
	return err
}

// execute compiles a file and runs what it does when it is loaded. The interpreter
// then forgets its text.
func (m *machine) execute(f *ast.File) (*interp.Program, error) {
	if m.prune != nil {
		defer m.prune.Loaded()
	}
	p, err := m.it.CompileAST(f)
	if err != nil {
		return nil, rejected{err}
	}
	if m.prune != nil {
		m.prune.Grow()
	}
	_, err = m.it.Execute(p)
	return p, err
}

// rejected says that the interpreter can't compile a file.
type rejected struct{ error }

// use imports a compiled package for all later chunks.
func (m *machine) use(p string) error {
	if m.used[p] {
		return nil
	}
	if err := m.it.Use(interp.Exports{p + "/" + path.Base(p): m.lib.Values(p)}); err != nil {
		return fmt.Errorf("giving package %s to the interpreter: %w", p, err)
	}
	if err := m.eval(fmt.Sprintf("package main; import %s %q", lower.ImportName(p), p)); err != nil {
		return fmt.Errorf("importing package %s in the interpreter: %w", p, err)
	}
	m.used[p] = true
	return nil
}

// next is the number of the chunk that is loaded next.
func (m *machine) next() int { return m.serial }

// loadError says that the interpreter does not take lowered code.
type loadError struct {
	what string
	err  error
	pos  token.Pos // in the cell, NoPos if that is not known
}

func (e *loadError) Error() string {
	return "Nascent can't run this construct: " + e.what + ": " + e.err.Error()
}
func (e *loadError) Unwrap() error { return e.err }

// load compiles a chunk and returns its start function.
func (m *machine) load(ctx context.Context, c lower.Chunk) (start func(), err error) {
	serial := m.serial
	m.serial++
	loaded := &chunk{lines: c.Lines, vars: c.Vars}
	m.chunks[serial] = loaded
	for _, v := range c.Vars {
		m.users[v]++
	}
	what := ""
	fail := func(err error) error {
		e := &loadError{what: what, err: err}
		if place, ok := m.locate(siteIn(err.Error())); ok {
			e.pos = place.Pos
		}
		m.forget(serial)
		return e
	}
	defer func() {
		m.start = nil
		if r := recover(); r != nil {
			start, err = nil, fail(fmt.Errorf("%v", r))
		}
	}()
	what = "a package is not taken by the interpreter"
	for _, p := range c.Imports {
		if err := m.use(p); err != nil {
			return nil, fail(err)
		}
	}
	what = "its lowered form is no Go"
	f, err := parser.ParseFile(m.it.FileSet(), strconv.Itoa(serial)+"/_.go", c.Source, parser.SkipObjectResolution)
	if f != nil {
		loaded.file = m.it.FileSet().File(f.FileStart)
	}
	if err != nil {
		return nil, fail(err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fail(err)
	}
	withoutParens(f)
	what = "its lowered form fails to load"
	prog, err := m.execute(f)
	if errors.As(err, new(rejected)) {
		what = "the interpreter rejects its lowered form"
	}
	if err != nil {
		return nil, fail(err)
	}
	machine := weak.Make(m) // which the program belongs to: a strong pointer would keep both for ever
	m.sites.Add(prog, func() {
		if m := machine.Value(); m != nil {
			m.ending.Lock()
			defer m.ending.Unlock()
			m.ended = append(m.ended, serial)
		}
	}, m.rt.Hold(c.Types), m.tier.shortcuts(c.Native))
	return m.start, nil
}

// over forgets the chunks of which nothing can run any more, and returns their numbers.
func (m *machine) over() []int {
	m.ending.Lock()
	ended := m.ended
	m.ended = nil
	m.ending.Unlock()
	for _, serial := range ended {
		m.forget(serial)
	}
	return ended
}

func (m *machine) forget(serial int) {
	c := m.chunks[serial]
	if c == nil {
		return
	}
	if c.file != nil {
		m.it.FileSet().RemoveFile(c.file)
	}
	delete(m.chunks, serial)
	for _, v := range c.vars {
		if m.users[v]--; m.users[v] == 0 {
			delete(m.users, v)
			m.release(v)
		}
	}
}

// lose makes names of lowered code unknown to later chunks.
func (m *machine) lose(names []string) {
	for v, at := range m.prune.Forget(names) {
		if strings.HasPrefix(v, lower.VarPrefix) {
			m.lost[v] = at
			m.release(v)
		}
	}
}

// release lets go what a variable holds, if neither a later chunk nor one that can
// still run mentions it.
func (m *machine) release(v string) {
	if at, ok := m.lost[v]; ok && m.users[v] == 0 {
		m.prune.Release(at)
		delete(m.lost, v)
	}
}

// siteIn is the place that a message of the interpreter begins with, "7/_.go:12:3: …".
func siteIn(msg string) rt.Site {
	file, rest, _ := strings.Cut(msg, ":")
	line, _, _ := strings.Cut(rest, ":")
	n, err := strconv.Atoi(line)
	if err != nil {
		return rt.Site{}
	}
	return rt.Site{File: file, Line: n}
}

// locate finds the source of a place in lowered code, and the function it is in.
func (m *machine) locate(s rt.Site) (lower.Place, bool) {
	if s.File == nativeFile {
		place := m.tier.places.at(s.Line)
		return place, place.Pos.IsValid()
	}
	serial, err := strconv.Atoi(path.Dir(s.File))
	c := m.chunks[serial]
	if err != nil || c == nil || s.Line < 1 || s.Line > len(c.lines) {
		return lower.Place{}, false
	}
	place := c.lines[s.Line-1]
	return place, place.Pos.IsValid()
}

// reports is the interpreter's standard error, to which it reports each frame that a
// panic takes off the stack. The stack tells more: it is read at the first report.
type reports struct {
	m         *machine
	rt        *rt.Runtime
	io.Writer // for what else is written
}

// catcher is the function of the run time where a panic that goes through it is caught.
var catcher, thrower = reflect.TypeFor[rt.Runtime]().PkgPath() + ".try", reflect.TypeFor[rt.Runtime]().PkgPath() + ".(*Runtime).Run"

// assigned is the column, at most, of what a line of lowered code assigns to: m, or the
// p of (*p).
const assigned = 3

func (w reports) Write(p []byte) (int, error) {
	if !bytes.HasSuffix(p, []byte("(...)\n")) {
		return w.Writer.Write(p)
	}
	t, ok := w.m.sites.Panicking(func(fn string) bool { return fn == catcher })
	if !ok {
		return w.Writer.Write(p)
	}
	if t.Going {
		return len(p), nil
	}
	var sites []rt.Site
	for _, s := range t.Sites {
		at := w.m.it.FileSet().Position(s)
		sites = append(sites, rt.Site{File: at.Filename, Line: at.Line, Col: at.Column})
	}
	fault := rt.Fault{Text: faultText(t.Operation, t.Operands)}
	for _, v := range t.Operands {
		if fault.Key = rt.Unhashable(v); fault.Key != "" {
			fault.Set = t.Operation == "getIndexMap" && len(sites) > 0 && sites[0].Col <= assigned
			break
		}
	}
	w.rt.AddTrace(sites, t.From != thrower, fault)
	return len(p), nil
}
