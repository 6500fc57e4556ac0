// Slices of elements without a size are as long as one likes.
package main

import (
	"fmt"
	"math"
)

type none struct{}

func try(f func()) {
	defer func() { fmt.Println(recover()) }()
	f()
}

func main() {
	s := make([]none, math.MaxInt)
	t := make([]struct{}, 1<<40, 1<<41)
	fmt.Println(len(s), len(t), cap(t), len(s[1<<50:]), len(append(t, struct{}{})))
	try(func() { s = append(s, none{}) })
	try(func() { s = append(s, make([]none, 2)...) })
	try(func() { _ = t[1<<40] })
}
