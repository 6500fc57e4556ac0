package runtime

import (
	"bytes"
	"fmt"
	goruntime "runtime"
	"runtime/debug"
)

// Func is runtime.Func.
type Func struct {
	s          *Stacks
	name, file string
	line       int
	compiled   *goruntime.Func
}

// Name is the function's name.
func (f *Func) Name() string {
	switch {
	case f == nil:
		return ""
	case f.compiled != nil:
		return f.compiled.Name()
	}
	return f.name
}

// Entry is a counter that stands for the function.
func (f *Func) Entry() uintptr {
	if f.compiled != nil {
		return f.compiled.Entry()
	}
	return f.s.pc(Call{Function: f.name, File: f.file, Line: f.line})
}

// FileLine is the place that a counter in the function stands for.
func (f *Func) FileLine(pc uintptr) (file string, line int) {
	if f.compiled != nil {
		return f.compiled.FileLine(pc)
	}
	if c, ok := f.s.call(pc); ok {
		return c.File, c.Line
	}
	return f.file, f.line
}

// FuncForPC is runtime.FuncForPC. It takes the address of a function of a cell too, as
// reflect's Value.Pointer returns it.
func (s *Stacks) FuncForPC(pc uintptr) *Func {
	if c, ok := s.call(pc); ok {
		return &Func{s: s, name: c.Function, file: c.File, line: c.Line}
	}
	if name, file, line := s.world.Func(pc); name != "" {
		return &Func{s: s, name: name, file: file, line: line}
	}
	if f := goruntime.FuncForPC(pc); f != nil {
		return &Func{s: s, compiled: f}
	}
	return nil
}

// Frame is runtime.Frame.
type Frame struct {
	PC       uintptr
	Func     *Func
	Function string
	File     string
	Line     int
	Entry    uintptr
}

// Frames is runtime.Frames.
type Frames struct {
	s    *Stacks
	pcs  []uintptr
	more []Frame // of functions that were compiled into the last one
}

// CallersFrames is runtime.CallersFrames.
func (s *Stacks) CallersFrames(callers []uintptr) *Frames { return &Frames{s: s, pcs: callers} }

// Next is the next frame, and whether there are others.
func (f *Frames) Next() (frame Frame, more bool) {
	for len(f.more) == 0 && len(f.pcs) > 0 {
		pc := f.pcs[0]
		f.pcs = f.pcs[1:]
		f.more = f.s.frames(pc)
	}
	if len(f.more) > 0 {
		frame, f.more = f.more[0], f.more[1:]
	}
	return frame, len(f.more) > 0 || len(f.pcs) > 0
}

func (s *Stacks) frames(pc uintptr) (list []Frame) {
	if c, ok := s.call(pc); ok {
		f := &Func{s: s, name: c.Function, file: c.File, line: c.Line}
		return []Frame{{PC: pc, Func: f, Function: c.Function, File: c.File, Line: c.Line, Entry: f.Entry()}}
	}
	for fs := goruntime.CallersFrames([]uintptr{pc}); ; {
		c, more := fs.Next()
		if c.PC != 0 {
			f := Frame{PC: c.PC, Function: c.Function, File: c.File, Line: c.Line, Entry: c.Entry}
			if c.Func != nil {
				f.Func = &Func{s: s, compiled: c.Func}
			}
			list = append(list, f)
		}
		if !more {
			return list
		}
	}
}

// Stack is runtime.Stack, of this goroutine: what others do can't be told.
func (s *Stacks) Stack(buf []byte, all bool) int { return copy(buf, s.trace()) }

// DebugStack is debug.Stack.
func (s *Stacks) DebugStack() []byte { return s.trace(own("runtime/debug.Stack", debug.Stack)) }

// PrintStack is debug.PrintStack.
func (s *Stacks) PrintStack() {
	s.world.Stderr().Write(s.trace(own("runtime/debug.Stack", debug.Stack), own("runtime/debug.PrintStack", debug.PrintStack))) //nolint:errcheck // as the original
}

// trace is the stack of this goroutine as Go writes it, below some calls.
func (s *Stacks) trace(inner ...Call) []byte {
	var b bytes.Buffer
	head := make([]byte, 64)
	head, _, _ = bytes.Cut(head[:goruntime.Stack(head, false)], []byte("\n"))
	b.Write(append(head, '\n'))
	for i, c := range append(inner, s.world.Calls()...) {
		name, args := c.Function, "()"
		if c.Params && i >= len(inner) {
			args = "(...)"
		}
		switch name {
		case "runtime.main", "runtime.goexit":
			continue
		case "runtime.gopanic":
			name = "panic"
		}
		fmt.Fprintf(&b, "%s%s\n\t%s:%d\n", name, args, c.File, c.Line)
	}
	return b.Bytes()
}
