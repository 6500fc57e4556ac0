package main

import "fmt"

func upTo(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n && yield(i); i++ {
		}
	}
}

func main() {
	for i := range upTo(5) {
		if i == 3 {
			break
		}
		fmt.Println(i)
	}
}
