package main

import "fmt"

func main() {
	x, n := 1.0, uint(3)
	var i any = 7
	var s int64 = 1 << n
	switch i {
	case 7:
		fmt.Println(s, x*2)
	}
}
