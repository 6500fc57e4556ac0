package runtime

import (
	"bytes"
	"io"
	"reflect"
	goruntime "runtime"
	"slices"
	"strings"
	"testing"
)

// tower is a World with a stack that doesn't change.
type tower struct {
	calls []Call
	out   bytes.Buffer
}

func (w *tower) Calls() []Call     { return w.calls }
func (w *tower) Stderr() io.Writer { return &w.out }
func (w *tower) Func(address uintptr) (string, string, int) {
	if address == 99 {
		return "main.known", "cell 2", 3
	}
	return "", "", 0
}

func TestStacks(t *testing.T) {
	compiled := reflect.ValueOf(strings.Map).Pointer() + 1
	w := &tower{calls: []Call{
		{Function: "main.f", File: "cell 1", Line: 7, Params: true},
		{Function: "strings.Map", File: "strings.go", Line: 5, PC: compiled},
		{Function: "main.main", File: "cell 1", Line: 9},
		{Function: "runtime.main", File: "proc.go", Line: 1},
	}}
	s := New(w)
	pc, file, line, ok := s.Caller(2)
	if f := s.FuncForPC(pc - 1); !ok || file != "cell 1" || line != 9 || f.Name() != "main.main" {
		t.Errorf("Caller: %v %q %d, %s", ok, file, line, f.Name())
	}
	if _, _, _, ok := s.Caller(4); ok {
		t.Error("Caller knows more calls than there are")
	}
	pcs := make([]uintptr, 8)
	pcs = pcs[:s.Callers(0, pcs)]
	var names []string
	for fs := s.CallersFrames(pcs); ; {
		f, more := fs.Next()
		names = append(names, f.Function)
		if f.Func != nil && f.Func.Name() != f.Function {
			t.Errorf("%s has the Func of %s", f.Function, f.Func.Name())
		}
		if !more {
			break
		}
	}
	if want := []string{"runtime.Callers", "main.f", "strings.Map", "main.main", "runtime.main"}; !slices.Equal(names, want) {
		t.Errorf("frames: %q", names)
	}
	again := make([]uintptr, 2)
	if n := s.Callers(1, again); n != 2 || again[0] != pcs[1] {
		t.Error("the same call has two counters")
	}
	if f, l := s.FuncForPC(pcs[1]).FileLine(pcs[1]); f != "cell 1" || l != 7 {
		t.Errorf("FileLine: %s:%d", f, l)
	}
	if f := s.FuncForPC(99); f.Name() != "main.known" || s.FuncForPC(f.Entry()).Name() != "main.known" {
		t.Error("a function is not known by its address")
	}
	if s.FuncForPC(1) != nil || s.FuncForPC(1).Name() != "" {
		t.Error("there is no function at 1")
	}
	if f := s.FuncForPC(reflect.ValueOf(goruntime.GC).Pointer()); f.Name() != "runtime.GC" {
		t.Error("a compiled function is not known")
	}

	s.PrintStack()
	printed, buf := w.out.String(), make([]byte, 1000)
	text := string(buf[:s.Stack(buf, false)])
	if !strings.HasPrefix(text, "goroutine ") || !strings.HasSuffix(text, "]:\nmain.f(...)\n\tcell 1:7\nstrings.Map()\n\tstrings.go:5\nmain.main()\n\tcell 1:9\n") {
		t.Errorf("Stack: %s", text)
	}
	if !strings.Contains(printed, "\nruntime/debug.PrintStack()\n") || !strings.HasSuffix(printed, text[strings.Index(text, "main.f"):]) {
		t.Errorf("PrintStack: %s", printed)
	}
}
