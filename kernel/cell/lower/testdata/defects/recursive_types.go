package main

import "fmt"

type tree map[string]tree

type step func(step) int

func main() {
	t := tree{"a": {"b": nil}}
	fmt.Println(t, len(t["a"]["b"]))
	f := step(func(g step) int {
		if g == nil {
			return 1
		}
		return 1 + g(nil)
	})
	fmt.Println(f(f))
}
