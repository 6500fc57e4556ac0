// Defer: order, arguments, loops, results, recover and panics within panics; ends with a panic.
package main

import (
	"fmt"
	"os"
)

type resource struct{ name string }

func open(name string) *resource {
	fmt.Println("open", name)
	return &resource{name}
}

func (r *resource) close() { fmt.Println("close", r.name) }

func results() (n int, s string) {
	defer func() { n *= 2; s += "!" }()
	n = 4
	return n + 1, "five"
}

func nested() (out string) {
	defer func() { out = fmt.Sprint("outer recovered ", recover()) }()
	defer func() {
		defer func() { panic(fmt.Sprint("third after ", recover())) }()
		panic("second")
	}()
	panic("first")
}

func again(n int) {
	defer fmt.Print("-", n)
	if n > 0 {
		again(n - 1)
	}
}

func noRecover() (r any) {
	defer func() {
		func() { r = recover() }()
		recover()
	}()
	panic("p")
}

type failure struct{ code int }

func (f failure) Error() string { return fmt.Sprintf("failure %d", f.code) }

func run() (status int) {
	defer func() {
		if f, ok := recover().(failure); ok {
			status = f.code
		}
	}()
	a := open("a")
	defer a.close()
	for i := range 3 {
		r := open(fmt.Sprint("r", i))
		defer r.close()
	}
	x := 1
	defer fmt.Println("x was", x)
	x = 2
	defer func() { fmt.Println("x is", x) }()
	x = 3
	panic(failure{4})
}

func main() {
	fmt.Println(results())
	fmt.Println(nested())
	again(3)
	fmt.Println()
	fmt.Println(noRecover())
	status := run()
	fmt.Fprintln(os.Stderr, "status", status)
	defer os.Exit(status)
	defer fmt.Println("before the end")
}
