package main

import "fmt"

type celsius float64

func try(f func()) {
	defer func() { fmt.Println("recovered:", recover()) }()
	f()
}

func number(n int) int { return n }

func main() {
	// A division by a variable that is known to be zero compiles, and panics.
	z := 0
	try(func() { fmt.Println(number(7) / z) })
	try(func() { fmt.Println(number(7) % z) })
	try(func() {
		var u uint8
		fmt.Println(uint8(number(7)) / u)
	})
	f := 0.0
	fmt.Println(float64(number(7))/f, celsius(number(-7))/celsius(f))

	// Both parts of a complex number change their signs, also where they are zero.
	var c complex128
	var d complex64 = complex(0, 1)
	fmt.Println(-c, -d, -(-c))
}
