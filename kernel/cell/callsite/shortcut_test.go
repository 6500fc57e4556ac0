package callsite

import (
	"go/parser"
	"io"
	"reflect"
	"testing"

	"github.com/traefik/yaegi/interp"
)

// TestShortcut: a shortcut stands for a body however the function is called, and what it
// does not do, the body does as ever.
func TestShortcut(t *testing.T) {
	const program = `package main

func sum(a, b int) (int, int) {
	var x1, x2 int
	x1 = a + b
	x2 = a - b
	return x1, x2
}

func loop(n int) int {
L:
	if n > 9 {
		n -= 10
		goto L
	}
	return n
}

func at(a []int, i int) int { return a[i] }

func none() {}

func direct(a, b int) int { x, y := sum(a, b); return 100*x + y }

func value(a, b int) int { f := sum; x, y := f(a, b); return 100*x + y }

func returned(a, b int) (int, int) { return sum(a, b) }

func remote(a, b int) int {
	c := make(chan int)
	go send(c, a, b)
	r := <-c
	return r
}

func send(c chan int, a, b int) { x, y := sum(a, b); c <- 100*x + y }

func deferred(n int) (r int) {
	defer sum(n, n)
	return loop(n)
}

func nothing() int { none(); return 1 }

func over() int { x := 3; x, y := sum(x, x+1); return 100*x + y }
`
	var finder *Finder
	var trace Trace
	it := interp.New(interp.Options{Stdout: io.Discard, Stderr: writer(func([]byte) {
		if got, ok := finder.Panicking(func(string) bool { return false }); ok && !got.Going {
			trace = got
		}
	})})
	finder = New(it, it.FileSet(), func() {})
	f, err := parser.ParseFile(it.FileSet(), "program.go", program, 0)
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
	take, calls := false, 0
	set := func(f func(v []reflect.Value)) func([]reflect.Value) bool {
		return func(v []reflect.Value) bool {
			calls++
			if take {
				f(v)
			}
			return take
		}
	}
	finder.Add(p, func() {}, nil, map[string]Shortcut{
		"sum": {4, set(func(v []reflect.Value) {
			a, b := v[2].Int(), v[3].Int()
			v[0].SetInt(a + b)
			v[1].SetInt(a - b)
		})},
		"loop": {2, set(func(v []reflect.Value) { v[0].SetInt(v[1].Int() % 10) })},
		"at":   {3, set(func(v []reflect.Value) { v[0].Set(v[1].Index(int(v[2].Int()))) })},
		"none": {0, set(func([]reflect.Value) {})},
	})
	for _, take = range []bool{false, true, false} {
		for _, c := range []struct {
			call  string
			want  int
			calls int
		}{
			{"direct(5, 3)", 802, 1}, {"value(5, 3)", 802, 1}, {"remote(5, 3)", 802, 1}, {"deferred(47)", 7, 2}, {"loop(123)", 3, 1},
			{"nothing()", 1, 1}, {"over()", 699, 1}, {"at([]int{7, 8}, 1)", 8, 1},
		} {
			calls = 0
			if v, err := it.Eval(c.call); err != nil || v.Interface() != c.want || calls != c.calls {
				t.Errorf("%s = %v, %v after %d calls of a shortcut (which does it: %t), want %d after %d", c.call, v, err, calls, take, c.want, c.calls)
			}
		}
	}
	returned, err := it.Eval("returned")
	if err != nil {
		t.Fatal(err)
	}
	if x, y := returned.Interface().(func(int, int) (int, int))(5, 3); x != 8 || y != 2 {
		t.Errorf("returned(5, 3) = %d, %d", x, y)
	}
	at, err := it.Eval("at")
	if err != nil {
		t.Fatal(err)
	}
	caught(func() { at.Interface().(func([]int, int) int)([]int{1}, 1) })
	if !supported {
		return
	}
	if len(trace.Sites) != 1 || it.FileSet().Position(trace.Sites[0]).Line != 19 {
		t.Errorf("a failure of the body has the trace %v", trace.Sites)
	}
}
