package main

import (
	"fmt"
	"runtime"
)

type t struct{}

func (*t) where() {
	pc, _, line, ok := runtime.Caller(0)
	fmt.Println(runtime.FuncForPC(pc).Name(), line, ok)
}

func main() { new(t).where() }
