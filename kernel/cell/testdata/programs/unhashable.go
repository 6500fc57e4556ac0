package main

import "fmt"

type T struct{ a []int }
type M map[string]int
type F func()
type K struct {
	x any
	y string
}

func try(name string, f func()) {
	defer func() { fmt.Println(name, recover()) }()
	f()
}

func main() {
	var z any = T{}
	m := map[any]int{}
	try("set", func() { m[z] = 1 })
	try("get", func() { fmt.Println(m[z]) })
	try("get2", func() { _, ok := m[z]; fmt.Println(ok) })
	try("delete", func() { delete(m, z) })
	m[1] = 1
	try("get", func() { fmt.Println(m[z]) })
	try("get2", func() { _, ok := m[z]; fmt.Println(ok) })
	try("delete", func() { delete(m, z) })
	try("M", func() { m[M{}] = 1 })
	try("F", func() { m[F(nil)] = 1 })
	try("[]int", func() { m[[]int{}] = 1 })
	try("op", func() { m[[]int{}]++ })
	try("arr", func() { m[[2]T{}] = 1 })
	ks := map[K]int{}
	try("K", func() { ks[K{T{}, ""}] = 1 })
	try("K", func() { ks[K{[]int{}, ""}] = 1 })
	try("lit", func() { _ = map[any]int{z: 1} })
	try("cmp", func() { fmt.Println(z == z) })
	try("cmp", func() { fmt.Println(any([]int{}) == any([]int{})) })
	try("cmp", func() { fmt.Println(any([2]T{}) == any([2]T{})) })
	try("cmp", func() { fmt.Println(K{z, "a"} == K{z, "b"}) })
	try("cmp", func() { fmt.Println(K{z, "a"} == K{z, "a"}) })
	try("cmp", func() { fmt.Println(any(K{z, "a"}) == any(K{z, "a"})) })
	try("cmp", func() { fmt.Println(any(F(nil)) == any(F(nil))) })
	try("struct", func() { var a, b any = struct{ f func() }{}, struct{ f func() }{}; fmt.Println(a == b) })
	try("switch", func() {
		switch z {
		case any(T{}):
		}
	})
}
