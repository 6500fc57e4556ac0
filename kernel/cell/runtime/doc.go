// Package runtime is the part of package runtime that looks at stacks, as cells see it.
//
// The stack of a goroutine that runs a cell holds the interpreter's frames. The
// functions of this package, which cells get in place of the originals, tell of the
// cell's functions instead, with the names that Go gives them and the lines of the
// cell, and of the compiled functions between them.
//
// A program counter of a function of a cell is a number that stands for the function
// and a line, above all addresses that there are.
package runtime

import (
	"io"
	"reflect"
	goruntime "runtime"
	"sync"
)

// Call is a call in progress.
type Call struct {
	PC       uintptr // a return address, if the function is compiled
	Function string  // as Go names it
	File     string
	Line     int
	Params   bool // the function has parameters
}

// World is what there is to be seen.
type World interface {
	// Calls are those on the stack of this goroutine, innermost first.
	Calls() []Call
	// Func is the cell's function whose value is at an address; "" if there is none.
	Func(address uintptr) (name, file string, line int)
	// Stderr is where traces are printed.
	Stderr() io.Writer
}

// Stacks makes the symbols. It is safe for concurrent use.
type Stacks struct {
	world World

	mu      sync.Mutex
	counter map[Call]uintptr
	calls   []Call
}

// New makes the Stacks of a world.
func New(w World) *Stacks { return &Stacks{world: w, counter: map[Call]uintptr{}} }

// Symbols are those of the original, with those that this package has in place of them.
func (s *Stacks) Symbols(original map[string]reflect.Value) map[string]reflect.Value {
	return with(original, map[string]any{
		"Func": (*Func)(nil), "Frame": (*Frame)(nil), "Frames": (*Frames)(nil),
		"Caller": s.Caller, "Callers": s.Callers, "CallersFrames": s.CallersFrames, "FuncForPC": s.FuncForPC, "Stack": s.Stack,
	})
}

// DebugSymbols are those of package runtime/debug.
func (s *Stacks) DebugSymbols(original map[string]reflect.Value) map[string]reflect.Value {
	return with(original, map[string]any{"Stack": s.DebugStack, "PrintStack": s.PrintStack})
}

func with(original map[string]reflect.Value, own map[string]any) map[string]reflect.Value {
	all := make(map[string]reflect.Value, len(original))
	for name, v := range original {
		all[name] = v
	}
	for name, x := range own {
		all[name] = reflect.ValueOf(x)
	}
	return all
}

// Counters of cells' functions begin here and are so far apart that those beside one
// mean the same: programs subtract 1 from return addresses.
const (
	firstCounter = 1 << 60
	apart        = 16
)

// pc is the counter that stands for a call.
func (s *Stacks) pc(c Call) uintptr {
	if c.PC != 0 {
		return c.PC
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	pc, ok := s.counter[c]
	if !ok {
		pc = firstCounter + uintptr(len(s.calls))*apart + apart/2
		s.calls = append(s.calls, c)
		s.counter[c] = pc
	}
	return pc
}

// call is what a counter stands for.
func (s *Stacks) call(pc uintptr) (Call, bool) {
	if pc < firstCounter {
		return Call{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := (pc - firstCounter) / apart; i < uintptr(len(s.calls)) {
		return s.calls[i], true
	}
	return Call{}, false
}

// Caller is runtime.Caller.
func (s *Stacks) Caller(skip int) (pc uintptr, file string, line int, ok bool) {
	calls := s.world.Calls()
	if skip < 0 || skip >= len(calls) {
		return 0, "", 0, false
	}
	c := calls[skip]
	return s.pc(c), c.File, c.Line, true
}

// Callers is runtime.Callers.
func (s *Stacks) Callers(skip int, pcs []uintptr) int {
	calls := append([]Call{own("runtime.Callers", goruntime.Callers)}, s.world.Calls()...)
	n := 0
	for _, c := range calls[min(max(skip, 0), len(calls)):] {
		if n == len(pcs) {
			break
		}
		pcs[n] = s.pc(c)
		n++
	}
	return n
}

// own is a call of a function of the original.
func own(name string, f any) Call {
	file, line := goruntime.FuncForPC(reflect.ValueOf(f).Pointer()).FileLine(reflect.ValueOf(f).Pointer())
	return Call{Function: name, File: file, Line: line, Params: true}
}
