package callsite

import (
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/traefik/yaegi/interp"
)

const asking = `package main

import "host"

func inner(n int) int {
	x := n + 1
	host.Ask()
	return x
}

func outer() int {
	y := 0
	host.Call(func(i int) {
		y += inner(i)
	})
	y = inner(y) +
		inner(2)
	return y
}
`

// TestCalls: the calls in progress, with the lines that they are at, and the compiled
// functions between them.
func TestCalls(t *testing.T) {
	if !supported {
		t.Skip("stacks are read on amd64 and arm64 only")
	}
	var finder *Finder
	var got [][]int // lines; 0 is the compiled function that calls back
	it := interp.New(interp.Options{Stdout: io.Discard, Stderr: io.Discard})
	if err := it.Use(interp.Exports{"host/host": {
		"Call": reflect.ValueOf(callBack),
		"Ask": reflect.ValueOf(func() {
			var lines []int
			for _, c := range finder.Calls(func(fn string) bool { return strings.HasSuffix(fn, ".caught") }) {
				switch {
				case c.Interpreted:
					lines = append(lines, it.FileSet().Position(c.Site).Line)
				case strings.HasSuffix(c.Function, ".callBack"):
					lines = append(lines, 0)
				}
			}
			got = append(got, lines)
		}),
	}}); err != nil {
		t.Fatal(err)
	}
	finder = New(it, it.FileSet(), func() {})
	load(t, it, finder, "asking.go", asking)
	v, err := it.Eval("outer")
	if err != nil {
		t.Fatal(err)
	}
	caught(func() { v.Interface().(func() int)() })
	want := [][]int{{7, 14, 0, 13}, {7, 16}, {7, 17}}
	if !slices.EqualFunc(got, want, slices.Equal[[]int]) {
		t.Errorf("%v, not %v", got, want)
	}
}

//go:noinline
func callBack(f func(int)) { f(1) }
