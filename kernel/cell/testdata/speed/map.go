package main

import "fmt"

func maps() int {
	m := map[int]int{}
	for i := 0; i < 300000; i++ {
		m[i%1000] += i
	}
	s := 0
	for k, v := range m {
		s += k ^ v
	}
	return s
}

func main() { fmt.Println(maps()) }
