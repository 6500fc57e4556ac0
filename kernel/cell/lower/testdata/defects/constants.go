package main

import "fmt"

const huge = 1 << 100

func main() {
	fmt.Println(huge > huge-1, huge>>98, float64(huge-1))
}
