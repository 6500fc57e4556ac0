package main

import "fmt"

// Of two operations that fail, the first is told of.
func f(x []byte) uint64 {
	return uint64(x[0]) | uint64(x[1])<<8 |
		uint64(x[4])<<32
}

func main() {
	defer func() { fmt.Println(recover()) }()
	f(make([]byte, 1))
}
