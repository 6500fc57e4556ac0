package main

import "fmt"

type bits struct {
	held uint64
	n    uint
}

func main() {
	b := bits{1, 17}
	b.held = b.held << ((b.n | uint(7)) & uint(63))
	fmt.Println(b.held)
}
