package main

import "fmt"

type pair struct{ a, b int }

func (p *pair) add(n int) { p.a += n }

// What closures capture, and when it changes.
func main() {
	a := []int{1, 2, 3}
	get := func(i int) int { return a[i] }
	a[1] = 7 // the slice is shared, its elements too
	fmt.Println(get(0), get(1))

	b := []int{1}
	last := func() int { return b[len(b)-1] }
	b = append(b, 2)
	fmt.Println(last())

	var f func(n int) int
	f = func(n int) int {
		if n == 0 {
			return 1
		}
		return n * f(n-1)
	}
	fmt.Println(f(5))

	p := pair{1, 2}
	read := func() int { return p.a + p.b }
	p.add(10)
	fmt.Println(read())

	q := pair{1, 2}
	sum := func() int { return func() int { return q.a + q.b }() }
	fmt.Println(sum())

	r := &pair{1, 2}
	of := func() int { return r.a }
	r.add(4)
	fmt.Println(of())

	var fs []func() string
	for i := range 3 {
		s := fmt.Sprint("n", i)
		fs = append(fs, func() string { return s })
	}
	for _, f := range fs {
		fmt.Print(f(), " ")
	}
	fmt.Println()

	zero := 0.0
	negative := -zero
	sign := func() float64 { return 1 / negative }
	fmt.Println(sign())

	m := map[string]int{}
	count := func(w string) { m[w] += len(w); m[w]++ }
	for _, w := range []string{"a", "bb", "a"} {
		count(w)
	}
	fmt.Println(m)

	x := 1
	set := func() func() { return func() { x *= 5 } }()
	set()
	set()
	fmt.Println(x)

	arr := [3]int{1, 2, 3}
	at := func(i int) int { return arr[i] }
	arr[2] = 9
	fmt.Println(at(2))

	defer func() {
		fmt.Println("deferred", r.a, recover())
	}()
	c := []int{1}
	func() {
		defer func() { fmt.Println(len(c)) }()
		fmt.Println(c[len(a)])
	}()
}
