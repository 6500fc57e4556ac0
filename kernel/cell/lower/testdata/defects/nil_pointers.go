package main

import "fmt"

func main() {
	defer func() { fmt.Println(recover()) }()
	var p *int
	x := *p
	fmt.Println("no panic", x)
}
