package main

import (
	"fmt"
	"math"
)

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

	// NaN wins in min and max, over infinities too.
	nan, inf := math.NaN(), math.Inf(1)
	fmt.Println(min(nan, -inf), min(-inf, nan), max(nan, inf), max(inf, nan), min(0, float32(nan), float32(-inf)))
	fmt.Println(min(celsius(3), 2, celsius(inf)), max(-inf, 1))

	// A shifted constant has the type that the context asks for.
	n := uint64(number(3))
	fmt.Println(number(1/(1<<n)), 1<<n == 8, uint8(1<<n<<number(5)), []int{1 << n}[0], -(1 << n))
	switch number(100 % (1 << n)) {
	case 1<<n - 4:
		fmt.Println("four")
	}
}
