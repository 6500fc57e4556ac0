package main

import (
	"errors"
	"fmt"
)

func try(f func()) {
	defer func() {
		r := recover()
		fmt.Printf("%T: %v\n", r, r)
	}()
	f()
}

type shape interface{ area() float64 }

func (s square) area() float64 { return s.side * s.side }

type square struct{ side float64 }

func five() int { return 5 }

// Run-time errors have the types of the run time.
func main() {
	var xs []int
	var m map[string]int
	var a any = "text"
	var s shape
	var c chan int
	var p *square
	try(func() { fmt.Println(xs[five()]) })
	try(func() { fmt.Println(xs[five():]) })
	try(func() { fmt.Println([4]int(xs)) })
	try(func() { fmt.Println(five() / len(xs)) })
	try(func() { m["x"]++ })
	try(func() { fmt.Println(a.(int)) })
	try(func() { fmt.Println(a.(shape)) })
	try(func() { fmt.Println(s.area()) })
	try(func() { fmt.Println(p.side) })
	try(func() { close(c) })
	try(func() { c = make(chan int); close(c); close(c) })
	try(func() { c <- 1 })
	try(func() { fmt.Println(make([]int, five()-9)) })
	try(func() { fmt.Println(1 << (five() - 9)) })
	try(func() { fmt.Println(any(xs) == any(xs)) })
	try(func() { fmt.Println(map[any]int{}[xs]) })
	try(func() { panic(nil) })
	try(func() { panic(errors.New("own")) })
	try(func() { panic(square{1}) })
}
