package callsite

import (
	"go/token"
	"maps"
	"runtime"
	"slices"
	"strings"
)

// action is what a walk does with a frame.
type action int

const (
	skip action = iota
	enter
	stop
)

// along goes along the frames of this goroutine's stack, from the inside out. choose is
// told the function of a frame, the address in it to which the frame below returns, and
// the one to which it returns itself.
//
//go:noinline
func (w *walk) along(choose func(fn function, pc, caller uintptr) action) {
	for callee := uintptr(0); ; {
		off := parent(callee)
		if off <= callee {
			return
		}
		pc := word(callee + wordSize)
		fn := w.function(pc)
		switch choose(fn, pc, word(off+wordSize)) {
		case stop:
			return
		case enter:
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
		}
		callee = off
	}
}

// wordSize is that of 64-bit machines, the only ones that are supported.
const wordSize = 8

// function is a function of the program.
type function struct {
	entry uintptr
	name  string
}

// closesLoop is what the closures are called that the interpreter puts before the first
// node of a loop, since it has none for that node yet.
const closesLoop = interpreter + "setExec."

// walk is a walk along the frames of a stack, from the inside out.
type walk struct {
	fset      *token.FileSet
	frames    frames
	index     *index
	functions map[uintptr]function // by return address
	visit     func(token.Pos)      // is told the sites of interpreted functions

	below string    // the function that the frame at hand has called
	fn    function  // of the frame at hand
	words []uintptr // in the frame at hand, if it is the interpreter's
	node  *node     // whose closure has called the frame at hand, or that of the frame itself
	met   bool      // an interpreted function has been
	first *node     // that of the innermost site
	name  string    // of its closure
	frame uintptr   // of the interpreter, in which it runs
	inner []token.Pos
	outer []token.Pos // a ring
	next  int         // in the ring
}

func (f *Finder) walk() *walk {
	return &walk{fset: f.fset, frames: f.frames, index: &f.index, functions: map[uintptr]function{}}
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
		if !w.met && w.node != nil {
			w.first, w.name = w.node, w.fn.name
			if strings.HasPrefix(w.name, closesLoop) {
				w.name = w.below
			}
			w.frame = arg
			for i := 0; i < len(w.words) && !w.frames.isFrame(w.frame); i++ {
				w.frame = w.words[i]
			}
		}
		w.met = true
		w.visit(pos)
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

// find is the node whose closure the frame at hand belongs to. Words that earlier calls
// have left in the frame may speak for others, but hardly for what comes next there too.
func (w *walk) find() *node {
	const own = 2 // votes, for a pointer to the node itself or to its closure
	votes, owned := map[*node]int{}, map[*node]bool{}
	fits := func(n *node) bool { return n != nil && n.code == w.fn.entry }
	for _, word := range w.words {
		for _, n := range w.index.byNext[word] {
			if fits(n) {
				votes[n]++
			}
		}
	}
	before := maps.Clone(votes)
	for _, word := range w.words {
		exec := w.index.byExec[word]
		if before[exec] == 0 && slices.ContainsFunc(w.index.byNext[word], fits) { // what comes next does the same, as in x[i][j]
			exec = nil
		}
		for _, n := range [...]*node{w.index.byAddr[word], exec} {
			if fits(n) && !owned[n] {
				owned[n] = true
				votes[n] += own
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
