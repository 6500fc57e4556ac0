package callsite

import (
	"fmt"
	"go/parser"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/traefik/yaegi/interp"
)

const program = `package main

import "host"

type T struct{ next *T; n int }

func index(a []int, i int) int {
	x := a[0]
	y := 1
	if i > 1 {
		y = a[i]
	}
	return x + y
}

func twice(a []int, i int) int {
	r := index(a, 1)
	r += index(a,
		i)
	return r
}

func nilField(t *T) int {
	n := t.n
	n += t.next.n
	return n
}

func divide(a, b int) int {
	c := a / b
	return c
}

func callback() {
	host.Call(func(k int) {
		if k == 2 {
			host.Fail()
		}
	})
}

func deep(n int) int {
	if n == 0 {
		host.Fail()
	}
	return deep(n-1) + 1
}

func bound(a []int, n int) []int {
	a = a[:2]
	return a[1:n]
}

func Index()    { twice([]int{1, 2}, 7) }
func Nil()      { nilField(&T{n: 1}) }
func Divide()   { divide(1, 0) }
func Callback() { callback() }
func Deep()     { deep(500) }
func Bound()    { bound([]int{1, 2, 3}, 9) }
`

// TestPanicking: the lines of a panic's frames, and what it failed at, are those of the program.
func TestPanicking(t *testing.T) {
	if !supported {
		t.Skip("stacks are read on amd64 and arm64 only")
	}
	var trace *Trace
	var finder *Finder
	it := interp.New(interp.Options{Stdout: io.Discard, Stderr: writer(func(p []byte) {
		got, ok := finder.Panicking(func(fn string) bool { return strings.HasSuffix(fn, ".caught") })
		if !ok {
			t.Error("nothing is known of a panic")
		}
		if !got.Going {
			trace = &got
		}
	})})
	finder = New(it, it.FileSet(), func() {})
	if err := it.Use(interp.Exports{"host/host": {
		"Call": reflect.ValueOf(func(f func(int)) { f(1); f(2) }),
		"Fail": reflect.ValueOf(func() { panic("fail") }),
	}}); err != nil {
		t.Fatal(err)
	}
	load(t, it, finder, "program.go", program)
	for _, c := range []struct {
		function  string
		lines     []int
		operation string
		operands  []int // those that are ints
	}{
		{"Index", []int{11, 18, 54}, "getIndexArray", []int{7}},
		{"Nil", []int{25, 55}, "", nil},
		{"Divide", []int{30, 56}, "quo", []int{1, 0}},
		{"Callback", []int{37, 35, 57}, "callBin", nil},
		{"Bound", []int{51, 59}, "slice", []int{1, 9}},
	} {
		trace = nil
		v, err := it.Eval(c.function)
		if err != nil {
			t.Fatal(err)
		}
		caught(v.Interface().(func()))
		if trace == nil {
			t.Errorf("%s does not panic", c.function)
			continue
		}
		var lines []int
		for _, pos := range trace.Sites {
			lines = append(lines, it.FileSet().Position(pos).Line)
		}
		if !slices.Equal(lines, c.lines) {
			t.Errorf("%s panics in lines %v, not %v", c.function, lines, c.lines)
		}
		if c.operation != "" && trace.Operation != c.operation {
			t.Errorf("%s fails at %q, not at %q", c.function, trace.Operation, c.operation)
		}
		var ints []int
		for _, o := range trace.Operands {
			if o.CanInt() {
				ints = append(ints, int(o.Int()))
			}
		}
		if c.operands != nil && !slices.Equal(ints, c.operands) {
			t.Errorf("%s fails with %v, not with %v", c.function, ints, c.operands)
		}
	}

	v, err := it.Eval("Deep")
	if err != nil {
		t.Fatal(err)
	}
	caught(v.Interface().(func()))
	if n := len(trace.Sites); n != 2*most {
		t.Fatalf("a trace of 502 calls holds %d", n)
	}
	for i, want := range map[int]int{0: 44, 1: 46, most: 46, 2*most - 2: 46, 2*most - 1: 58} {
		if l := it.FileSet().Position(trace.Sites[i]).Line; l != want {
			t.Errorf("site %d of a deep trace is in line %d, not %d", i, l, want)
		}
	}
}

// caught calls f and recovers.
//
//go:noinline
func caught(f func()) {
	defer func() { _ = recover() }()
	f()
}

type writer func([]byte)

func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}

// TestOther: what is no program, or one of another interpreter, is not followed.
func TestOther(t *testing.T) {
	type node struct{ Pos int }
	type Program struct{ root *node }
	for _, p := range []any{nil, 3, &struct{}{}, &Program{&node{}}} {
		f := New(interp.New(interp.Options{}), nil, func() {})
		f.Add(p, func() {}, nil, nil)
		if trace, ok := f.Panicking(func(string) bool { return false }); ok || trace.Sites != nil {
			t.Errorf("%v has a trace: %v", p, fmt.Sprint(trace))
		}
	}
}

// load runs a program in an interpreter, and makes its nodes known to a finder.
func load(t *testing.T, it *interp.Interpreter, finder *Finder, name, program string) {
	t.Helper()
	f, err := parser.ParseFile(it.FileSet(), name, program, 0)
	if err != nil {
		t.Fatal(err)
	}
	p, err := it.CompileAST(f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := it.Execute(p); err != nil {
		t.Fatal(err)
	}
	finder.Add(p, func() {}, nil, nil)
}
