package toolchain

import (
	"context"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/nascent-go/nascent/kernel/toolchain/remote"
)

func TestCallable(t *testing.T) {
	const text = `package main

import (
	"strings"
	"time"
)

type point struct{ x, y float64 }
type tree struct{ sub []*tree }
type named func()
type stack[T any] []T

func Numbers(a int, b ...float64) (complex128, error) { return 0, nil }
func Structs(p *point, m map[string][]point, a [3]struct{ d time.Duration }, s stack[int]) {}
func (p *point) Move(by float64) {}
func Callback(f func(int) bool) {}
func Channels(m map[string]chan int) {}
func Any(x any) {}
func Named([]named) {}
func Trees(t *tree) {}
func Time(t time.Time) {}
func Hidden(b *strings.Builder) {}
func Result() (int, <-chan bool) { return 0, nil }
func Inside(s []struct{ a int; f []func() }) {}
func Generic[T any](x T) {}
func (s stack[T]) Len() int { return len(s) }
`
	want := map[string]string{
		"Callback": "its parameter f is a func(int) bool",
		"Channels": "its parameter m is map[string]chan int, in which there is a chan int",
		"Any":      "its parameter x is an interface (any)",
		"Named":    "its parameter _ is named",
		"Trees":    "its parameter t is tree, in which sub is tree, which contains itself",
		"Hidden":   "its parameter b is strings.Builder, whose fields are not exported",
		"Result":   "its result is a <-chan bool",
		"Inside":   "its parameter s is struct{a int; f []func()}, in which there is a func()",
		"Generic":  "it is generic", "Len": "it is generic",
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "a.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}}
	if _, err := (&types.Config{Importer: importer.ForCompiler(fset, "source", nil)}).Check("main", fset, []*ast.File{f}, info); err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		d, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		got := ""
		if err := Callable(info.Defs[d.Name].(*types.Func)); err != nil {
			got = err.Error()
		}
		if got != want[d.Name.Name] {
			t.Errorf("%s: %q, want %q", d.Name.Name, got, want[d.Name.Name])
		}
	}
}

func TestComplaints(t *testing.T) {
	s := Source{Files: []File{{Parts: []Part{{Cell: "cell 2"}, {Cell: "my notes: a.go"}}}}}
	err := s.complaints("# native\ncell 2:5:23: declared and not used: x\nmy notes: a.go:6: not enough\n\thave (int)\n\twant ()\nother.go:1:1: no\ntoo many errors\n").(*BuildError)
	want := []Problem{{"cell 2", 5, 23, "declared and not used: x"}, {"my notes: a.go", 6, 1, "not enough\nhave (int)\nwant ()"}}
	if !reflect.DeepEqual(err.Problems, want) {
		t.Errorf("%+v", err.Problems)
	}
	err = s.complaints("link: no room\n").(*BuildError)
	if len(err.Problems) > 0 || !strings.Contains(err.Error(), "link: no room") {
		t.Error(err)
	}
}

// TestHelpersAreWhole: what is compiled into helpers is all of package remote but its tests.
func TestHelpersAreWhole(t *testing.T) {
	have, err := fs.Glob(remoteSource, "remote/*")
	if err != nil {
		t.Fatal(err)
	}
	all, err := filepath.Glob("remote/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, name := range all {
		if !strings.HasSuffix(name, "_test.go") {
			want = append(want, filepath.ToSlash(name))
		}
	}
	if !reflect.DeepEqual(have, want) {
		t.Errorf("%v, want %v", have, want)
	}
}

// TestBuildLeavesNothing: the folder of a build is removed, whether it succeeds, fails or is interrupted.
func TestBuildLeavesNothing(t *testing.T) {
	g, err := Find(t.Context())
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	source := func(text string) Source {
		return Source{Title: "a test", Funcs: []string{"F"}, Files: []File{{Parts: []Part{{Text: text, Cell: "cell 1", Line: 1, Col: 1}}}}}
	}
	exe, err := g.Build(t.Context(), source("func F() int { return 1 }"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Build(t.Context(), source("func F() int { return x }")); err == nil || err.Error() != "undefined: x" {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.Build(ctx, source("func F() int { return 2 }")); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Error(err)
	}
	p := NewProgram(source(""), exe)
	if err := p.Start(Streams{}, nil); err != nil {
		t.Error(err)
	}
	running := p.proc
	p.Rest()
	<-running.dead
	if err := p.Start(Streams{}, nil); err != nil {
		t.Error(err)
	}
	if p.proc == running {
		t.Error("a process that has ended is used again")
	}
	<-p.proc.dead // it is still not needed
	p.Close()
	if err := p.Start(Streams{}, nil); err == nil {
		t.Error("a program that is closed starts")
	}
	if left, err := os.ReadDir(dir); len(left) > 0 || err != nil {
		t.Errorf("%v, %v", left, err)
	}
}

// TestFind: what can't compile cells is not taken.
func TestFind(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the commands are shell scripts")
	}
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	t.Setenv("TMPDIR", filepath.Join(dir, "gone"))
	for _, c := range []struct{ script, language, err string }{
		{"echo go1.22.1; echo /go", "1.22", ""},
		{"echo go1.26.1 X:nodwarf5; echo /go", "1.26", ""},
		{"echo go1.99; echo /go", "1.26", ""},
		{"echo 'devel +abc'; echo /go", "1.26", ""},
		{"echo go1.20.3; echo /go", "", "go is go1.20.3, and %%native needs go1.22 or later; cells run without it"},
		{"echo; echo /go", "", "go is older than go1.16, and %%native needs go1.22 or later; cells run without it"},
		{"echo broken >&2; exit 1", "", "for its version: broken"},
	} {
		if err := os.WriteFile(filepath.Join(dir, "go"), []byte("#!/bin/sh\n"+c.script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		g, err := Find(t.Context())
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v, want %q", c.script, err, c.err)
			}
		case err != nil || g.language != c.language:
			t.Errorf("%s: %+v, %v, want %s", c.script, g, err, c.language)
		}
	}
}

// TestEnds: a helper ends with the kernel whatever it is doing, and a call ends whatever the helper has begun.
func TestEnds(t *testing.T) {
	g, err := Find(t.Context())
	if err != nil {
		t.Skip(err)
	}
	source := Source{Title: "a test", Funcs: []string{"Spin", "Chatter", "Leave"}, Files: []File{{
		Imports: []Import{{"os", "os"}, {"exec", "os/exec"}, {"strconv", "strconv"}},
		Parts: []Part{{Cell: "cell 1", Line: 1, Col: 1, Text: `
var _ = func() bool {
	for os.Getenv("NATIVE_SPIN") != "" {
	}
	return true
}()

func Spin() {
	for {
	}
}

func Chatter() {
	go func() {
		for {
			os.Stdout.WriteString("and on\n")
		}
	}()
}

func Leave() {
	child := exec.Command("sleep", "100")
	if err := child.Start(); err != nil {
		panic(err)
	}
	os.WriteFile(os.Getenv("NATIVE_CHILD"), strconv.AppendInt(nil, int64(child.Process.Pid), 10), 0o600)
	os.Exit(3)
}`}},
	}}}
	exe, err := g.Build(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	how, err := remote.NewFunc(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	child := filepath.Join(t.TempDir(), "child")
	t.Setenv("NATIVE_CHILD", child)
	p := NewProgram(source, exe)
	defer p.Close()
	call := func(i int) error { return p.Func(i, how, nil).Call(nil, nil, Streams{Stdout: io.Discard}, nil) }

	if err := call(1); err != nil { // although the output has no end
		t.Error(err)
	}
	if err := p.Start(Streams{}, nil); err != nil {
		t.Error(err)
	}
	stopped := make(chan struct{})
	close(stopped)
	if err := p.Func(1, how, nil).Call(nil, nil, Streams{}, stopped); err != ErrStopped || p.proc.ended() {
		t.Errorf("%v; a call that is stopped before it is sent does not end the process", err)
	}
	spins := make(chan error)
	go func() { spins <- call(0) }()
	for calls := 0; calls == 0; runtime.Gosched() {
		p.proc.mu.Lock()
		calls = len(p.proc.pending)
		p.proc.mu.Unlock()
	}
	p.proc.calls.Close() // as when the kernel has been killed
	var died *Died
	if err := <-spins; !errors.As(err, &died) {
		t.Error(err)
	}

	if err := call(2); !errors.As(err, &died) || died.Reason != "it has called os.Exit(3)" {
		t.Error(err)
	}
	if pid, err := os.ReadFile(child); err != nil {
		t.Error(err)
	} else if n, err := strconv.Atoi(string(pid)); err != nil {
		t.Error(err)
	} else if proc, err := os.FindProcess(n); err != nil {
		t.Error(err)
	} else if err := proc.Kill(); err != nil {
		t.Errorf("the call has waited for what the helper had started: %v", err)
	}

	t.Setenv("NATIVE_SPIN", "yes")
	spinning, err := p.running(Streams{})
	if err != nil {
		t.Fatal(err)
	}
	spinning.calls.Close()
	<-spinning.dead
}

// TestEndBetweenCalls: that a program ends while nothing calls it is told, unless it is closed.
func TestEndBetweenCalls(t *testing.T) {
	g, err := Find(t.Context())
	if err != nil {
		t.Skip(err)
	}
	s := Source{Title: "a test", Files: []File{{
		Imports: []Import{{Name: "os", Path: "os"}, {Name: "signal", Path: "os/signal"}, {Name: "syscall", Path: "syscall"}},
		Parts: []Part{{Cell: "cell 1", Line: 1, Col: 1, Text: `var _ = func() int {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM)
	go func() {
		<-c
		panic("late")
	}()
	return 1
}()`}},
	}}}
	exe, err := g.Build(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		end  func(*Program) error
		want string
	}{
		{func(p *Program) error { return p.proc.proc.Signal(syscall.SIGTERM) }, "a test has ended: panic: late (cell 1, line 6)\n"},
		{func(p *Program) error { return p.proc.proc.Kill() }, "a test has ended: killed by signal: killed\n"},
		{func(p *Program) error { p.Close(); return nil }, ""},
		{func(p *Program) error { p.Rest(); return nil }, ""},
	} {
		var told strings.Builder
		p := NewProgram(s, exe)
		if err := p.Start(Streams{Stderr: &told}, nil); err != nil {
			t.Fatal(err)
		}
		if err := c.end(p); err != nil {
			t.Fatal(err)
		}
		<-p.proc.dead
		if told.String() != c.want {
			t.Errorf("%q is told, want %q", told.String(), c.want)
		}
	}
}
