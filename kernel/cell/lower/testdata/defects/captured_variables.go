package main

import "fmt"

func main() {
	x := 1
	show := func() { fmt.Println(x) }
	x, y := 2, 3
	show()
	fmt.Println(y)
}
