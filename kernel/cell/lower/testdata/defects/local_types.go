package main

import "fmt"

func empty[T any]() any {
	type box struct{ x []T }
	return box{}
}

func main() { fmt.Printf("%T %T\n", empty[int](), empty[string]()) }
