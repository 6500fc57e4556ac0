package main

import "fmt"

type metres int

type feet int

func main() {
	var a, b any = metres(1), feet(1)
	fmt.Println(a == b)
	switch b.(type) {
	case metres:
		fmt.Println("metres")
	case feet:
		fmt.Println("feet")
	}
	fmt.Printf("%T %T\n", a, b)
}
