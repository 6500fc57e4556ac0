package main

import "fmt"

type pair struct{ a, b int }

func main() {
	p := pair{1, 2}
	p, q := pair{p.b, p.a}, p
	fmt.Println(p, q)
}
