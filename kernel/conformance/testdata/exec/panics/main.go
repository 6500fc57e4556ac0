// Ends with a panic of a type of its own, after output on both streams.
package main

import (
	"fmt"
	"os"
)

type failed struct {
	what string
	code int
}

func (f *failed) Error() string { return fmt.Sprintf("%s failed with %d", f.what, f.code) }

func check(n int) int {
	if n == 0 {
		panic(&failed{"check", n})
	}
	return 10 / n
}

func main() {
	defer fmt.Println("deferred")
	fmt.Println("start")
	fmt.Fprintln(os.Stderr, "warned")
	for n := 2; ; n-- {
		fmt.Println(check(n))
	}
}
