package main

import (
	"fmt"
	"slices"
)

func data() []int {
	x := 12345
	var a []int
	for i := 0; i < 100000; i++ {
		x = (x*1103515245 + 12345) & 0x7fffffff
		a = append(a, x)
	}
	return a
}

func main() {
	a := data()
	slices.Sort(a)
	fmt.Println(a[0], a[50000], a[99999])
}
