package main

import "fmt"

func inverse(x float64) float64 { return 1 / x }

func main() {
	x := 0.0
	x *= -1
	fmt.Println(inverse(x))
}
