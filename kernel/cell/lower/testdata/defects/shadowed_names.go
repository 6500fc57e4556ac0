package main

import "fmt"

func main() {
	type int string
	var x int = "shadowed"
	fmt.Println(x)
}
