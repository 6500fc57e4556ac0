package main

import "fmt"

func main() {
	c := make(chan int, 1)
	m := map[string]int{}
	c <- 5
	select {
	case m["a"] = <-c:
	}
	fmt.Println(m)
}
