package main

import "fmt"

func clos() int {
	s := 0
	f := func(i int) { s += i }
	for i := 0; i < 500000; i++ {
		f(i)
	}
	return s
}

func main() { fmt.Println(clos()) }
