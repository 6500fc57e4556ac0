package main

import "fmt"

// The length of an array literal with a call in it is no constant: it is computed,
// and so are its conversions.
func f() byte { return 1 }

func main() {
	fmt.Println(uint8(len([300]byte{f()})), int8(len([200]byte{f()})), float64(len([3]byte{f()})), -int8(cap([128]byte{f()})))
	fmt.Println(string(rune(len([0x4e16]byte{f()}))), string(rune(len([0x110000]byte{f()}))))
	fmt.Println(uint16(len([70000]byte{f()})), int16(len([40000]byte{f()})), ^uint8(len([300]byte{f()})), int64(len([5]byte{f()}))-7)
	fmt.Println(complex(float64(len([3]byte{f()})), 0), uint64(len([2]byte{f()}))<<62)
}
