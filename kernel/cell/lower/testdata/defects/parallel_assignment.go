package main

import "fmt"

func main() {
	x := []int{1, 2, 3}
	first := func() int { return x[0] }
	second := func() int { return x[1] }
	x[1], x[0] = first(), second()
	fmt.Println(x)
}
