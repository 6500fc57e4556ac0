package cell

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

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
	result  atomic.Pointer[result]  // of the cell that runs
}

// result collects what a running cell hands out.
type result struct {
	cell   *rt.Cell
	values []any
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
	return e, e.prelude()
}

// show is called by a cell with the values of its last expression; a cell that was
// left behind in compiled code, and has come back, shows them to nobody.
func (e *Env) show(values []any) {
	r := e.result.Load()
	if r == nil || r.cell != e.rt.Current() {
		return
	}
	for _, v := range values {
		r.values = append(r.values, e.rt.Displayable(v))
	}
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
	c := e.newCell(ctx, in, name)
	r := &result{cell: c}
	e.result.Store(r)
	err = e.rt.Do(c, start)
	out := Outcome{Warnings: p.warnings}
	if err != nil {
		return out, e.failure(ctx, err)
	}
	out.Values = r.values
	return out, nil
}

// newCell makes a run of a cell, which tells panics of what it leaves behind itself.
func (e *Env) newCell(ctx context.Context, in Input, name string) *rt.Cell {
	c := e.rt.NewCell(ctx, in.Number, name, in.Stdout, in.Stderr, in.Stdin, in.Display)
	c.OnLatePanic = func(late *rt.Panic) {
		fmt.Fprintln(in.Stderr, strings.Join(e.panicked(late).Traceback(true), "\n"))
	}
	return c
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
