package main

import (
	"fmt"
	"sync/atomic"
)

type E struct{}

func main() {
	var v atomic.Value
	v.Store(E{})
	e := v.Load().(E)
	fmt.Println(e)
}
