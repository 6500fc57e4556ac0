package main

import "fmt"

func try(name string, f func()) {
	defer func() { fmt.Println(name, recover()) }()
	f()
}

type s struct {
	a [2]int
	b []int8
}

func three() int { return 3 }

func main() {
	x := [2]int{}
	try("x[i]++", func() {
		for i := range 3 {
			x[i]++
		}
	})
	try("local array x[i]++", func() {
		x := [2]int{}
		for i := range 3 {
			x[i]++
		}
	})
	try("local array x[i] += 2", func() {
		x := [2]int{}
		for i := range 3 {
			x[i] += i
		}
	})
	try("local slice x[i] -= 2", func() {
		x := make([]int, 2)
		for i := range 3 {
			x[i] -= i
		}
	})
	try("local array x[i] = 2", func() {
		x := [2]int{}
		for i := range 3 {
			x[i] = i
		}
	})
	try("float x[i] *= 2", func() {
		x := []float64{1, 2}
		for i := range 3 {
			x[i] *= 2
		}
	})
	try("_ = a[i]", func() {
		var a []int
		_ = a[three()]
	})
	try("a[3]", func() {
		var a []int
		_ = a[3]
	})
	try("field", func() {
		var a s
		a.a[three()]++
	})
	try("field slice", func() {
		p := &s{}
		p.b[three()] |= 2
	})
	try("2d", func() {
		var a [2][2]int
		a[1][three()]--
	})
	try("2d outer", func() {
		var a [2][2]string
		a[three()][1] += "x"
	})
	try("addr", func() {
		var a [2]int
		p := &a[three()]
		*p = 1
	})
	try("string", func() {
		a := "ab"
		fmt.Println(a[three()])
	})
	try("array value", func() {
		f := func() [2]int { return [2]int{} }
		fmt.Println(f()[three()])
	})
	try("swap", func() {
		a := []int{1, 2}
		i := three()
		a[0], a[i] = a[i], a[0]
	})
	try("swap 2", func() {
		a := []int{1, 2}
		i := three()
		a[0], a[i] = 1, 2
	})
	try("struct elem", func() {
		a := []s{{}}
		a[three()].a[1]++
	})
	try("call", func() {
		a := []func(){nil}
		a[three()]()
	})
	try("compare", func() {
		a := []int{1}
		if a[three()] == 1 {
			fmt.Println("yes")
		}
	})
	try("uint64", func() {
		a := []int{1}
		u := ^uint64(0)
		fmt.Println(a[u])
	})
	try("uint64 slice", func() {
		a := []int{1}
		u := ^uint64(0)
		fmt.Println(a[u:])
	})
	try("uint64 slice high", func() {
		a := []int{1}
		u := ^uint(0) - 1
		fmt.Println(a[:u])
	})
	try("uint64 string", func() {
		a := "abc"
		u := ^uint(0) - 1
		fmt.Println(a[u], u)
	})
	try("uint64 string slice", func() {
		a := "abc"
		u := ^uint(0) - 1
		fmt.Println(a[u:])
	})
	try("uint64 assign", func() {
		var a [3]int
		u := ^uintptr(0) - 1
		a[u] = 1
	})
	try("uint64 3", func() {
		a := make([]int, 2)
		u := ^uintptr(0) - 1
		fmt.Println(a[1:2:u])
	})
	try("uint64 array value", func() {
		f := func() [2]int { return [2]int{} }
		u := ^uint64(0) - 1
		fmt.Println(f()[u])
	})
	try("uint64 elem addr", func() {
		a := []s{{}}
		u := ^uint64(0) - 1
		p := &a[u]
		p.a[0]++
	})
}
