package main

import "fmt"

var a = b + 1

var b = f()

func f() int { return 2 * c }

var c = 21

func main() { fmt.Println(a, b, c) }
