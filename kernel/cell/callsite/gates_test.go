package callsite

import (
	"io"
	"reflect"
	"testing"
	"time"

	"github.com/traefik/yaegi/interp"
)

// TestStop: code that never calls anything is stopped wherever it runs in circles, as lowered code does, and
// what runs on is as if nothing had been.
func TestStop(t *testing.T) {
	const program = `package main

import "host"

func forever() {
	host.Begin()
L:
	goto L
}

func counts() {
	host.Begin()
	n := 0
L:
	if n >= 0 {
		n++
		if n > 10 {
			n -= 10
			goto L
		}
		goto L
	}
}

func back() {
	host.Begin()
	n := 0
L1:
	n++
	if n > 10 { goto L2 }
	goto L1
L2:
	n = 0
	goto L1
}

func recurses(n int) int { if n > 50 { return 0 }; return recurses(n+1) + recurses(n+1) }

func recursion() { host.Begin(); recurses(0) }

func literal() {
	host.Begin()
	f := func() {
	L:
		goto L
	}
	f()
}

func fine() int {
	s := 0
	i := 0
L:
	if i < 300 {
		if i == 100 {
			host.Stop(true)
		}
		if i == 200 {
			host.Stop(false)
		}
		s += i
		i++
		goto L
	}
	return s
}
`
	type leave struct{}
	var finder *Finder
	polls, end, begun := 0, false, make(chan bool)
	poll := func() {
		if polls++; end {
			panic(leave{})
		}
	}
	it := interp.New(interp.Options{Stdout: io.Discard, Stderr: io.Discard})
	finder = New(it, it.FileSet(), poll)
	if err := it.Use(interp.Exports{"host/host": {
		"Stop": reflect.ValueOf(func(stop bool) { finder.Stop(stop) }), "Begin": reflect.ValueOf(func() { begun <- true }),
	}}); err != nil {
		t.Fatal(err)
	}
	load(t, it, finder, "program.go", program)
	eval := func(name string) reflect.Value {
		v, err := it.Eval(name)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if got := eval("fine").Interface().(func() int)(); got != 300*299/2 || polls < 100 || polls > 110 {
		t.Errorf("a function returns %d after %d polls", got, polls)
	}
	end = true
	for _, name := range []string{"forever", "counts", "back", "recursion", "literal"} {
		run := eval(name).Interface().(func())
		left := make(chan any)
		go func() {
			defer func() { left <- recover() }()
			run()
		}()
		<-begun
		finder.Stop(true)
		select {
		case p := <-left:
			if p != (leave{}) {
				t.Errorf("%s has ended with %v", name, p)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s is not stopped", name)
		}
		finder.Stop(false)
	}
}
