// Closures: captured variables, loops, recursion, iterators, memoisation.
package main

import (
	"fmt"
	"iter"
	"strings"
)

func counter() (inc func() int, get func() int) {
	n := 0
	return func() int { n++; return n }, func() int { return n }
}

type middleware func(handler) handler
type handler func(string) string

func chain(h handler, ms ...middleware) handler {
	for i := len(ms) - 1; i >= 0; i-- {
		h = ms[i](h)
	}
	return h
}

func fib() iter.Seq[int] {
	return func(yield func(int) bool) {
		a, b := 0, 1
		for yield(a) {
			a, b = b, a+b
		}
	}
}

func filter[T any](seq iter.Seq[T], keep func(T) bool) iter.Seq[T] {
	return func(yield func(T) bool) {
		for v := range seq {
			if keep(v) && !yield(v) {
				return
			}
		}
	}
}

func compose(fs ...func(int) int) func(int) int {
	return func(x int) int {
		for _, f := range fs {
			x = f(x)
		}
		return x
	}
}

func main() {
	inc, get := counter()
	inc()
	inc()
	other, _ := counter()
	fmt.Println(get(), other())

	var fs []func() int
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int { i *= 10; return i })
	}
	for _, f := range fs {
		fmt.Print(f(), " ", f(), " ")
	}
	fmt.Println()

	wrap := func(s string) middleware {
		return func(next handler) handler {
			return func(in string) string { return s + "(" + next(in) + ")" }
		}
	}
	fmt.Println(chain(strings.ToUpper, wrap("a"), wrap("b"))("x"))

	memo := map[int]int{}
	var f func(int) int
	f = func(n int) int {
		if n < 2 {
			return n
		}
		if v, ok := memo[n]; ok {
			return v
		}
		memo[n] = f(n-1) + f(n-2)
		return memo[n]
	}
	fmt.Println(f(80), len(memo))

	for v := range filter(fib(), func(n int) bool { return n%2 == 0 }) {
		if v > 1000 {
			break
		}
		fmt.Print(v, " ")
	}
	fmt.Println()
	next, stop := iter.Pull(fib())
	defer stop()
	for range 3 {
		v, ok := next()
		fmt.Print(v, ok, " ")
	}
	fmt.Println(compose(func(x int) int { return x + 1 }, func(x int) int { return x * x })(4))

outer:
	for i := range 4 {
		for j := range 4 {
			switch {
			case j == 2:
				continue outer
			case i == 2:
				break outer
			}
			fmt.Print(i, j, " ")
		}
	}
	fmt.Println()
	x := 1
	func() {
		x := x + 1
		x++
		_ = x
	}()
	{
		x = x + 10
	}
	if x := x * 2; x > 20 {
		fmt.Println(x)
	}
	fmt.Println(x)
	switch x {
	case 11:
		fmt.Print("eleven ")
		fallthrough
	case 12:
		fmt.Print("twelve ")
	default:
		fmt.Print("other ")
	}
	i := 0
loop:
	if i < 3 {
		i++
		goto loop
	}
	fmt.Println(i)
}
