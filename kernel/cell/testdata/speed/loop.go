package main

import "fmt"

func loop() float64 {
	s := 0.0
	for i := 0; i < 10000000; i++ {
		s += float64(i) * 0.5
	}
	return s
}

func main() { fmt.Println(loop() == 2.49999975e13) }
