package cell

import (
	"go/token"
	"io"
	"path/filepath"
	goreflect "reflect"
	goruntime "runtime"
	"strings"

	"github.com/nascent-go/nascent/kernel/cell/lower"
	"github.com/nascent-go/nascent/kernel/cell/rt"
	"github.com/nascent-go/nascent/kernel/cell/runtime"
)

// world is what package runtime shows to cells.
type world struct{ e *Env }

// Stderr implements runtime.World.
func (w world) Stderr() io.Writer { return w.e.rt.Stderr() }

// Func implements runtime.World.
func (w world) Func(address uintptr) (name, file string, line int) {
	name, pos := w.e.rt.FuncAt(address)
	at := w.e.fset.Position(pos)
	return name, at.Filename, at.Line
}

// Calls implements runtime.World. In the deferred functions that a panic calls, the
// calls that it has left are still there, as in Go.
func (w world) Calls() []runtime.Call {
	e := w.e
	calls := e.machine.sites.Calls(rt.EndsStack)
	panics := e.rt.Panics()
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []runtime.Call
	site := func(s rt.Site) {
		if p, ok := e.machine.locate(s); ok && p.Func != nil && !strings.HasPrefix(p.GoName, "prelude.") {
			out = append(out, e.call(p))
		}
	}
	for _, c := range calls {
		switch {
		case c.Interpreted:
			site(e.machine.site(c.Site))
		case rt.MakesDeferredCalls(c.Function) && len(panics) > 0:
			p := panics[0]
			panics = panics[1:]
			for _, name := range p.Functions {
				out = append(out, inRuntime(name))
			}
			for _, s := range p.Trace {
				site(s)
			}
		case !machinery(c.Function):
			fs := goruntime.CallersFrames([]uintptr{c.PC})
			for more := true; more; {
				var f goruntime.Frame
				if f, more = fs.Next(); f.Function != "" {
					out = append(out, runtime.Call{PC: f.PC + 1, Function: f.Function, File: f.File, Line: f.Line, Params: true})
				}
			}
		}
	}
	if !e.rt.Spawned() {
		out = append(out, inRuntime("runtime.main"))
	}
	return append(out, inRuntime("runtime.goexit"))
}

// Caller implements rt.Stack.
func (w world) Caller(skip int) (function, file string, line int, ok bool) {
	calls := w.Calls()
	if skip >= len(calls) {
		return "", "", 0, false
	}
	c := calls[skip]
	return c.Function, c.File, c.Line, true
}

// Between implements rt.Stack.
func (w world) Between() (n int) {
	e := w.e
	calls := e.machine.sites.Calls(rt.MakesDeferredCalls)
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range calls {
		if c.Interpreted {
			if p, ok := e.machine.locate(e.machine.site(c.Site)); ok && p.Func != nil {
				n++
			}
		}
	}
	return n
}

// Sites implements rt.Stack.
func (w world) Sites() (sites []rt.Site) {
	for _, s := range w.e.machine.sites.Sites(rt.EndsStack) {
		sites = append(sites, w.e.machine.site(s))
	}
	return sites
}

// call is a call of a cell's function.
func (e *Env) call(p lower.Place) runtime.Call {
	at, real := e.fset.Position(p.Pos), e.fset.PositionFor(p.Pos, false)
	if at.Filename != real.Filename { // go/scanner takes what a line directive says to be beside the file
		at.Filename = strings.TrimPrefix(at.Filename, filepath.Dir(real.Filename)+string(filepath.Separator))
	}
	c := runtime.Call{Function: p.GoName, File: at.Filename, Line: at.Line, Params: p.Params}
	if c.File == "" { // as a line directive may have it
		c.File = "??"
	}
	return c
}

// site is a position in lowered code.
func (m *machine) site(pos token.Pos) rt.Site {
	at := m.it.FileSet().Position(pos)
	return rt.Site{File: at.Filename, Line: at.Line, Col: at.Column}
}

// machinery: the function is one that runs cells, which compiled Go would not have.
func machinery(f string) bool {
	for _, p := range [...]string{"github.com/traefik/yaegi/", "github.com/nascent-go/nascent/kernel/", "reflect.", "runtime.", "internal/"} {
		if strings.HasPrefix(f, p) {
			return true
		}
	}
	return false
}

// inRuntime is a call of a function of Go's run time that a stack would have.
func inRuntime(name string) runtime.Call {
	gc := goreflect.ValueOf(goruntime.GC).Pointer()
	file, _ := goruntime.FuncForPC(gc).FileLine(gc)
	file = file[:strings.LastIndexByte(file, '/')+1]
	switch name {
	case "runtime.main":
		return runtime.Call{Function: name, File: file + "proc.go", Line: 290}
	case "runtime.goexit":
		return runtime.Call{Function: name, File: file + "asm_" + goruntime.GOARCH + ".s", Line: 1693, Params: true}
	}
	return runtime.Call{Function: name, File: file + "panic.go", Line: 860, Params: true}
}
