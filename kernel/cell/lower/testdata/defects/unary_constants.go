package main

import "fmt"

func f() (r int) {
	v := []uint8{1}
	for range 2 {
		v[uint(^r)%1] = 1
		fmt.Println(uint(^r), uint(-r), uint8(^r))
	}
	return r
}

func main() { fmt.Println(f()) }
