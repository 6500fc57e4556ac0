package cell

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/nascent-go/nascent/kernel/cell/library"
	"github.com/nascent-go/nascent/kernel/cell/lower"
	"github.com/nascent-go/nascent/kernel/cell/rt"
	"github.com/nascent-go/nascent/kernel/cell/runtime"
)

// Env is a cell environment: all that the cells so far have defined. It is safe for
// concurrent use: cells can run at the same time, and questions can be asked while
// they do.
//
// A cell is prepared and loaded under a lock, which makes its definitions those of
// the environment at once; then it runs without one. What it uses was bound when it
// was loaded: a cell that runs on while another defines a function or a type anew
// goes on with the old one, and a variable that keeps its type is the same for both.
// (A method that is called through an interface is the new one at once, as it is for
// values that exist.) Cells that use one variable at the same time need Go's means against data races,
// as goroutines do.
type Env struct {
	mu      sync.Mutex // guards what follows; held while a cell is prepared and loaded
	lib     *library.Library
	fset    *token.FileSet
	rt      *rt.Runtime
	low     *lower.Lowerer
	machine *machine
	tier    *tier
	hooks   []types.Object          // functions that rewritten cells call
	scope   map[string]types.Object // what names mean
	units   map[string]*unit        // declarations by key, broken ones too
	imports map[string]string       // names that cells have imported
	meant   map[string]string       // packages that names of them last meant, imported or guessed
	dots    []string                // packages that cells have imported into their own scope
	texts   map[string]string       // source of the cells by name
	missed  map[string]string       // names that only a cell declares that did not compile: its name
	unsets  map[string]string       // variables whose cell failed before it set them: what to say of it
	known   map[*types.Package]bool // library packages that the lowering knows
	traces  []*trace                // what cells have left behind, the oldest first
	enough  int                     // traces, before those that are not needed are looked for
	strict  bool                    // see SetStrict
	hidden  map[string]string       // names that only native code has, and why

	running sync.RWMutex // cells hold it for reading; for writing, who must know that none runs
}

// New makes an empty environment over a library of compiled packages.
func New(lib *library.Library) (*Env, error) {
	symbols, run := newSymbols(lib)
	e := &Env{
		lib: lib, fset: lib.FileSet(), rt: run, scope: map[string]types.Object{}, units: map[string]*unit{},
		imports: map[string]string{}, meant: map[string]string{}, texts: map[string]string{}, missed: map[string]string{}, unsets: map[string]string{}, known: map[*types.Package]bool{},
		hidden: map[string]string{},
	}
	symbols.setStacks(runtime.New(world{e}))
	e.rt.SetStack(world{e})
	e.rt.SetPlace(e.place)
	e.low = lower.New(e.fset, e.rt, symbols)
	hooks := types.NewPackage("rt", "rt")
	args := types.NewTuple(types.NewParam(token.NoPos, hooks, "values", types.NewSlice(types.NewInterfaceType(nil, nil))))
	for _, name := range []string{showName, tryName, checkName} {
		f := types.NewFunc(token.NoPos, hooks, name, types.NewSignatureType(nil, nil, nil, args, nil, true))
		hooks.Scope().Insert(f)
		e.hooks = append(e.hooks, f)
	}
	e.low.AddCompiled(hooks)
	e.tier = newTier(e.rt)
	e.low.SetNative(e.tier)
	m, err := newMachine(symbols, e.rt, map[string]any{showName: e.show, tryName: e.try, checkName: e.check1, nativeName: e.tier.bind, "Embedded": lib.Embedded})
	if err != nil {
		return nil, err
	}
	e.machine, m.tier = m, e.tier
	return e, e.prelude()
}

// show is called by a cell with the values of its last expression.
func (e *Env) show(values []any) {
	c := e.rt.Current()
	for _, v := range values {
		c.Values = append(c.Values, e.rt.Displayable(v))
	}
}

// raised is the panic of an error that a cell did not take outside of its functions.
type raised struct {
	text string
	err  error // the error itself, if it is a compiled package's
}

func (r *raised) Error() string { return r.text }

func (e *Env) check1(values []any) {
	if v := values[len(values)-1]; v != nil {
		err, _ := v.(error)
		panic(&raised{e.rt.Text(v), err})
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
	start, warnings, err := e.start(ctx, in, false)
	if err != nil {
		e.miss(in)
		return Outcome{}, err
	}
	if in.Around != nil {
		run := start
		start = func() { in.Around(run) }
	}
	c := e.newCell(ctx, in, in.name())
	c.Code = start
	err = e.do(c, start)
	out := Outcome{Warnings: warnings}
	if err != nil {
		err = e.failure(ctx, err)
		e.unset(in, err)
		return out, err
	}
	out.Values = c.Values
	e.document(ctx, in.Source, out.Values)
	return out, nil
}

// do runs f as a cell.
func (e *Env) do(c *rt.Cell, f func()) error {
	e.running.RLock()
	defer e.running.RUnlock()
	return e.rt.Do(c, f)
}

// start prepares a cell and loads it; it returns what runs it. If loop, its value is
// a function that runs its statements a number of times.
func (e *Env) start(ctx context.Context, in Input, loop bool) (start func(), warnings []string, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var adapt func(*source, complaint)
	if loop {
		adapt = (*source).repeat
	}
	p, err := e.prepare(ctx, in, adapt)
	if err != nil {
		return nil, nil, err
	}
	start, err = e.load(ctx, p)
	e.sweep()
	return start, p.warnings, err
}

// newCell makes a run of a cell, which tells panics of what it leaves behind itself.
func (e *Env) newCell(ctx context.Context, in Input, name string) *rt.Cell {
	c := e.rt.NewCell(ctx, in.Number, name, in.Stdout, in.Stderr, in.Stdin, in.Display)
	c.OnLatePanic = func(late *rt.Panic) {
		fmt.Fprintln(in.Stderr, strings.Join(e.panicked(late).Traceback(true), "\n"))
	}
	return c
}

// StopLeft stops the goroutines that cells have left behind, and tells these cells why.
func (e *Env) StopLeft(why error) {
	for _, c := range e.rt.StopLeft(why) {
		fmt.Fprintf(c.Stderr, "what this cell had left running was stopped: %v\n", why)
	}
}

// failure turns what the run time reports into what the session is told.
func (e *Env) failure(ctx context.Context, err error) error {
	var exit *rt.Exit
	var p *rt.Panic
	switch {
	case errors.As(err, &exit):
		return &Exit{Code: exit.Code}
	case errors.As(err, &p) && !interrupted(ctx, p):
		return e.panicked(p)
	case ctx.Err() != nil:
		return interruption(ctx)
	}
	const fatal = "fatal error"
	if text, ok := strings.CutPrefix(err.Error(), fatal+": "); ok {
		return &RuntimeError{Kind: fatal, Message: text}
	}
	return &RuntimeError{Kind: "error", Message: err.Error()}
}

// interruption is the error of a cell that was interrupted.
func interruption(ctx context.Context) error { return fmt.Errorf("cell interrupted: %w", ctx.Err()) }

// interrupted says whether a cell failed because what it called, such as a read of
// the standard input, returned that the cell was interrupted.
func interrupted(ctx context.Context, p *rt.Panic) bool {
	r, ok := p.Value.(*raised)
	return ok && ctx.Err() != nil && errors.Is(r.err, ctx.Err())
}

// place is the innermost line of a panic's trace that is a cell's, without its folder.
func (e *Env) place(p *rt.Panic) string {
	frames := e.panicked(p).Frames
	if len(frames) == 0 {
		return ""
	}
	f := frames[len(frames)-1]
	return fmt.Sprintf("%s, %s:%d", f.Function, path.Base(f.Cell), f.Line)
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
			text, ok = e.lib.ModuleFile(at.Filename)
		}
		if !ok {
			continue // a library package that is lowered from source
		}
		f := Frame{Cell: at.Filename, Function: place.Title, Line: at.Line}
		if lines := strings.Split(text, "\n"); at.Line >= 1 && at.Line <= len(lines) {
			f.Source = lines[at.Line-1]
		}
		out.Frames = append(out.Frames, f)
	}
	if p.Value == rt.ErrOverflow {
		out.fold()
	}
	return out
}
