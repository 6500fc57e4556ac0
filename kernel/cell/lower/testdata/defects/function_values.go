package main

import (
	"fmt"
	"sync"
)

func once(o *sync.Once) func() {
	return func() { o.Do(later) }
}

func main() {
	once(new(sync.Once))()
	fmt.Println("end")
}

func later() { fmt.Println("later") }
