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
package callsite

import (
	"go/token"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Finder knows the nodes of the programs that an interpreter has loaded. It is
// safe for concurrent use.
type Finder struct {
	fset   *token.FileSet
	frames frames

	mu           sync.Mutex
	layout       layout
	declarations []*declaration
	enough       int // declarations, before those that are gone are looked for
	index        index
}

// New makes a Finder for the programs of an interpreter, a *interp.Interpreter, with
// positions in fset.
func New(interpreter any, fset *token.FileSet) *Finder {
	return &Finder{fset: fset, frames: framesOf(reflect.ValueOf(interpreter))}
}

// Add makes the nodes of a program known, a *interp.Program that has been executed.
// It takes ties out of its tree that only make panics slow. The Finder keeps no
// program alive: when none of its code can run any more, gone is called, on a
// goroutine of its own.
func (f *Finder) Add(program any, gone func()) {
	v := reflect.ValueOf(program)
	if !supported || v.Kind() != reflect.Pointer || v.IsNil() {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.index.byAddr == nil {
		f.layout = layoutOf(v.Type().Elem())
		f.index = newIndex()
	}
	if !f.layout.ok {
		return
	}
	if len(f.declarations) >= f.enough {
		f.forget()
		f.enough = 2*len(f.declarations) + 64
	}
	f.declarations = append(f.declarations, f.layout.detach(v, gone)...)
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
//
//go:noinline
func (f *Finder) Panicking(catches func(function string) bool) (t Trace, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !supported || !f.layout.ok {
		return t, false
	}
	w := walk{fset: f.fset, frames: f.frames, index: &f.index, functions: map[uintptr]function{}}
	for callee := uintptr(0); ; {
		off := parent(callee)
		if off <= callee {
			break
		}
		fn := w.function(word(callee + wordSize))
		if !w.panicked {
			if fn.name == gopanic {
				w.panicked = true
				t.From = w.function(word(off + wordSize)).name
				t.Going = t.From == unwind
			}
			if t.Going {
				return t, true
			}
			if w.panicked {
				f.forget()
				f.index.add(f.layout, f.declarations)
			}
			callee = off
			continue
		}
		if catches(fn.name) {
			break
		}
		lo, hi := callee+2*wordSize, off
		if above { // the words of a frame lie above its frame pointer
			lo, hi = off+2*wordSize, parent(off)
		}
		w.enter(fn, word(lo))
		if strings.HasPrefix(fn.name, interpreter) {
			if w.below == runCfg { // it has saved its arguments there, one of which is a node
				lo += runCfgArgs * wordSize
			}
			for o := lo; o < hi; o += wordSize {
				w.words = append(w.words, word(o))
			}
		}
		callee = off
	}
	t.Sites = w.sites()
	if w.first != nil && f.frames.isFrame(w.frame) {
		op := strings.TrimPrefix(w.name, interpreter)
		t.Operation, _, _ = strings.Cut(op, ".")
		t.Operands, _ = f.layout.operands(w.first.addr, w.frame, f.frames)
	}
	return t, w.panicked
}

// wordSize is that of 64-bit machines, the only ones that are supported.
const wordSize = 8

// function is a function of the program.
type function struct {
	entry uintptr
	name  string
}

// walk is a walk along the frames of a stack, from the inside out.
type walk struct {
	fset      *token.FileSet
	frames    frames
	index     *index
	functions map[uintptr]function // by return address
	panicked  bool                 // gopanic has been met

	below string    // the function that the frame at hand has called
	fn    function  // of the frame at hand
	words []uintptr // in the frame at hand, if it is the interpreter's
	node  *node     // whose closure has called the frame at hand, or that of the frame itself
	first *node     // that of the innermost site
	name  string    // of its closure
	frame uintptr   // of the interpreter, in which it runs
	inner []token.Pos
	outer []token.Pos // a ring
	next  int         // in the ring
}

func (w *walk) function(pc uintptr) function {
	fn, ok := w.functions[pc]
	if !ok {
		if f := runtime.FuncForPC(pc - 1); f != nil {
			fn = function{f.Entry(), f.Name()}
		}
		w.functions[pc] = fn
	}
	return fn
}

// enter goes from the frame at hand to that of fn, which has called it. The
// argument of the call is in its first word, if the called function has saved it.
func (w *walk) enter(fn function, arg uintptr) {
	if strings.HasPrefix(w.fn.name, interpreter) && !strings.HasPrefix(w.fn.name, wrapper) {
		w.node = nil
		if fn.name == runCfg || strings.HasPrefix(fn.name, wrapper) {
			w.node = w.find()
		}
	}
	if fn.name == runCfg {
		pos := token.NoPos
		if w.node != nil {
			pos = w.node.pos
		}
		if len(w.inner) == 0 && w.node != nil {
			w.first, w.name = w.node, w.fn.name
			w.frame = arg
			for i := 0; i < len(w.words) && !w.frames.isFrame(w.frame); i++ {
				w.frame = w.words[i]
			}
		}
		w.add(pos)
	}
	w.below, w.fn, w.words = w.fn.name, fn, w.words[:0]
}

func (w *walk) add(pos token.Pos) {
	switch {
	case len(w.inner) < most:
		w.inner = append(w.inner, pos)
	case len(w.outer) < most:
		w.outer = append(w.outer, pos)
	default:
		w.outer[w.next] = pos
		w.next = (w.next + 1) % most
	}
}

func (w *walk) sites() []token.Pos {
	return slices.Concat(w.inner, w.outer[w.next:], w.outer[:w.next])
}

// find is the node whose closure the frame at hand belongs to.
func (w *walk) find() *node {
	votes := map[*node]int{}
	for _, word := range w.words {
		for _, n := range [...]*node{w.index.byAddr[word], w.index.byExec[word]} {
			if n != nil && n.code == w.fn.entry {
				return n
			}
		}
		for _, n := range w.index.byNext[word] {
			if n.code == w.fn.entry {
				votes[n]++
			}
		}
	}
	var found *node
	most, tie := 0, false
	for n, v := range votes {
		switch {
		case v > most:
			found, most, tie = n, v, false
		case v == most:
			tie = tie || w.fset.Position(n.pos).Line != w.fset.Position(found.pos).Line
		}
	}
	if tie { // better no line than a wrong one
		return nil
	}
	return found
}
