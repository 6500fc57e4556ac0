// Package callsite finds where, in interpreted code, the frames of a goroutine's
// stack are.
//
// The yaegi interpreter compiles each node of its syntax tree to a closure and
// runs a function as a chain of them. It keeps no note of the node that it is at:
// when a panic takes its frames off the stack, it names the functions, but not the
// lines. The stack itself knows better. A closure has to return its successor after
// it has done its work, and Go's calling convention saves no registers, so
// the frame of a closure that has called something holds pointers that belong to
// one node alone: the node itself, or the closures that come next. [Finder] walks
// the frames and looks for such pointers. It costs running code nothing.
//
// What it relies on (the frame pointers of amd64 and arm64; names of fields and
// functions of yaegi v0.16.1) it checks; where that fails it finds nothing, and
// tracebacks are less exact.
//
// The Finder also stops code that runs (see [Finder.Stop]), and puts something else in
// the place of a function's body (see [Shortcut]).
package callsite

import (
	"go/token"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Finder knows the nodes of the programs that an interpreter has loaded. It is
// safe for concurrent use.
type Finder struct {
	fset   *token.FileSet
	frames frames
	poll   func()

	mu           sync.Mutex
	layout       layout
	declarations []*declaration
	enough       int // declarations, before those that are gone are looked for
	index        index
	closed       bool  // the gates of all code are
	held         []any // by programs that are not known
}

// New makes a Finder for the programs of an interpreter, a *interp.Interpreter, with
// positions in fset. Code that is stopped calls poll; see [Finder.Stop].
func New(interpreter any, fset *token.FileSet, poll func()) *Finder {
	return &Finder{fset: fset, frames: framesOf(reflect.ValueOf(interpreter)), poll: poll}
}

// Add makes the nodes of a program known, a *interp.Program that has been executed.
// It takes ties out of its tree that only make panics slow. The Finder keeps no
// program alive: when none of its code can run any more, gone is called, on a
// goroutine of its own. Until then the program holds what it is given. Functions with
// some names get shortcuts, before the first of them runs.
func (f *Finder) Add(program any, gone func(), holds any, shortcuts map[string]Shortcut) {
	v := reflect.ValueOf(program)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.index.byAddr == nil {
		f.layout = layoutOf(v.Type().Elem())
		f.index = newIndex()
	}
	if !f.layout.ok {
		f.held = append(f.held, holds)
		return
	}
	if len(f.declarations) >= f.enough {
		f.forget()
		f.enough = 2*len(f.declarations) + 64
	}
	for _, d := range f.layout.detach(v, f.frames, f.poll, gone, holds, shortcuts) {
		d.close(f.closed)
		f.declarations = append(f.declarations, d)
	}
}

// forget forgets the declarations that are gone, and begins the index anew if there
// were any: other nodes may come to lie where theirs were. f.mu is held.
func (f *Finder) forget() {
	n := len(f.declarations)
	f.declarations = slices.DeleteFunc(f.declarations, func(d *declaration) bool { return d.at.Value() == nil })
	if len(f.declarations) == n {
		return
	}
	f.index = newIndex()
	for _, d := range f.declarations {
		d.known = false
	}
}

// Trace is what the stack tells of a panic.
type Trace struct {
	Sites []token.Pos // of the nodes being executed, innermost first; NoPos where that is not known
	Going bool        // the panic has been reported before, for a frame further in: there are no sites
	From  string      // the function that called panic

	// What the innermost node does, as the interpreter calls it ("getIndexArray",
	// "slice"), and with what; Operands is nil where that is not known.
	Operation string
	Operands  []reflect.Value
}

// names of functions that a walk meets
const (
	interpreter = "github.com/traefik/yaegi/interp."
	runCfg      = interpreter + "runCfg"
	unwind      = interpreter + "runCfg.func1" // takes a frame off and panics again
	wrapper     = interpreter + "setExec."     // stands for a closure that was not there yet
	gopanic     = "runtime.gopanic"
)

// runCfgArgs is the number of arguments of runCfg, all of them words.
const runCfgArgs = 4

// most is how many sites a trace holds at its inner and at its outer end.
const most = 100

// Panicking is the trace of the panic in which the interpreter's report, by a write
// to its standard error, is being made on this goroutine. The trace ends at the
// first function for which catches returns true. ok is false where nothing is known.
func (f *Finder) Panicking(catches func(function string) bool) (t Trace, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !supported || !f.layout.ok {
		return t, false
	}
	w := f.walk()
	w.visit = w.add
	panicked := false
	w.along(func(fn function, pc, caller uintptr) action {
		switch {
		case panicked && catches(fn.name):
			return stop
		case panicked:
			return enter
		case fn.name == gopanic:
			panicked = true
			t.From = w.function(caller).name
			if t.Going = t.From == unwind; t.Going {
				return stop
			}
			f.forget()
			f.index.add(f.layout, f.declarations, f.closed)
		}
		return skip
	})
	if t.Going {
		return t, true
	}
	t.Sites = w.sites()
	if w.first != nil && f.frames.isFrame(w.frame) {
		op := strings.TrimPrefix(w.name, interpreter)
		t.Operation, _, _ = strings.Cut(op, ".")
		t.Operands, _ = f.layout.operands(w.first.addr, w.frame, f.frames)
	}
	return t, panicked
}

// ready brings the index up to date. It is false where stacks can't be read. f.mu is held.
func (f *Finder) ready() bool {
	if !supported || !f.layout.ok {
		return false
	}
	f.forget()
	f.index.add(f.layout, f.declarations, f.closed)
	return true
}

// Sites are those of this goroutine's stack, innermost first, up to the first compiled
// function for which ends returns true; of a deep stack those at both ends.
func (f *Finder) Sites(ends func(function string) bool) []token.Pos {
	const near = 20 * most // frames at each end that are looked at
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return nil
	}
	w := f.walk()
	w.visit = w.add
	depth := 0
	w.along(func(fn function, _, _ uintptr) action {
		depth++
		if ends(fn.name) {
			return stop
		}
		return skip
	})
	at := 0
	w.along(func(fn function, _, _ uintptr) action {
		at++
		switch {
		case ends(fn.name):
			return stop
		case at == depth-near && at > near: // what is in between has been left out
			w.below, w.fn, w.words, w.node = "", function{}, w.words[:0], nil
			return skip
		case at > near && at < depth-near:
			return skip
		}
		return enter
	})
	return w.sites()
}

// Call is one call on a goroutine's stack.
type Call struct {
	Interpreted bool
	Site        token.Pos // of the node that an interpreted function is executing; NoPos if that is not known
	PC          uintptr   // the return address in a compiled function, which may be one of the interpreter
	Function    string    // its name
}

// Calls are those on this goroutine's stack, innermost first, up to the first compiled
// function for which ends returns true. It returns nil where nothing is known.
func (f *Finder) Calls(ends func(function string) bool) (calls []Call) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.ready() {
		return nil
	}
	w := f.walk()
	w.visit = func(site token.Pos) { calls = append(calls, Call{Interpreted: true, Site: site}) }
	w.along(func(fn function, pc, _ uintptr) action {
		if ends(fn.name) {
			return stop
		}
		if !strings.HasPrefix(fn.name, interpreter) {
			calls = append(calls, Call{PC: pc, Function: fn.name})
		}
		return enter
	})
	return calls
}
