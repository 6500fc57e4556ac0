package main

import (
	"fmt"
	"runtime"
)

func main() {
	defer func() {
		err, ok := recover().(runtime.Error)
		fmt.Println(ok, err)
	}()
	s, i := []int{1, 2, 3}, 5
	s[i] = 1
}
