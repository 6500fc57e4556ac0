// Faults whose operands are constants to a compiler, but not to the language; and in the first node of a loop.
package main

import "fmt"

func try(f func()) {
	defer func() { fmt.Println(recover()) }()
	f()
}

func main() {
	try(func() { x := 0; fmt.Println(10 / x) })
	try(func() { x := 0; y := 5; y /= x; fmt.Println(y) })
	try(func() { x := 0; m := map[string]int{"a": 1}; m["a"] /= x; fmt.Println(m) })
	try(func() { x := 0; s := []int{1}; s[0] %= x; fmt.Println(s) })
	try(func() { x := 0; s := []uint8{1}; s[0] /= uint8(x); fmt.Println(s) })
	try(func() { x := 0; p := &struct{ a int }{1}; p.a /= x; fmt.Println(p) })
	try(func() { x := 0.0; f := 1.0; f /= x; fmt.Println(f, -1/x, x/x) })
	try(func() {
		x := 0
		for i := 3; ; i-- {
			x += 10 / i
		}
	})
	try(func() { i := 2; s := make([]int, i, 1); s[0] = 1 })
	try(func() { i := -1; s := make([]int, i, 3); s[0] = 1 })
	try(func() { i := -1; s := make([]int, i); s[0] = 1 })
	try(func() { i := 5; s := make([]int, 3); fmt.Println(s[i]) })
	try(func() { i := 5; s := [3]int{}; fmt.Println(s[i%6]) })
	try(func() { i := -1; s := make([]int, 3); fmt.Println(s[i]) })
	try(func() { i := 5; s := "abc"; fmt.Println(s[i]) })
	try(func() { i, j := 3, 2; s := "abc"; fmt.Println(s[i:j]) })
	try(func() { i, j := 3, 9; s := []int{1, 2, 3}; fmt.Println(s[i:j]) })
	try(func() { i := -1; s := make(chan int, i); fmt.Println(s) })
	try(func() { i := 2; s := make([]int, i, 1); fmt.Println(s) })
	try(func() { var s []int; fmt.Println(s[0]) })
	try(func() { var s []int; s[len(s)-1] = 3 })
	try(func() { var s []int; fmt.Println(s[:len(s)-1]) })
	try(func() { s := []int{1, 2, 3}; _ = [4]int(s) })
	try(func() { x := 1; y := -1; fmt.Println(x << y) })
	try(func() { var p *int; *p++ })
	try(func() { var p **int; fmt.Println(**p) })
	try(func() { var f func(); f() })
	try(func() { var a [3][4]int; i := 4; _ = a[i-2][i%4]; a[i][0]++ })
	try(func() {
		type T struct {
			p *T
			v int
		}
		t := &T{}
		t.p.v = 1
	})
	try(func() { var e error; fmt.Println(e.Error()) })
	try(func() { panic(fmt.Errorf("wrapped %w", fmt.Errorf("x"))) })
	try(func() { panic(nil) })
	try(func() { var m map[string]map[string]int; fmt.Println(m["a"]["b"]); m["a"]["b"] = 1 })
	try(func() { a := []int{1}; a[0], a[1] = 2, 3 })
	try(func() { var x any; _ = x.(string) })
	try(func() { var x any = "a"; _ = x.(fmt.Stringer) })
	try(func() { var x any = []int{1}; m := map[any]int{}; m[x] = 1 })
	try(func() { var x, y any = []int{1}, []int{1}; fmt.Println(x == y) })
	try(func() { c := make(chan int); close(c); v, ok := <-c; fmt.Println(v, ok); c <- 1 })
	try(func() { var c chan int; close(c) })
	try(func() {
		s := make([]int, 5)
		for i := range 10 {
			s[i] = i
		}
	})
}
