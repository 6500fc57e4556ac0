package main

import (
	"fmt"
	"unsafe"
)

type Inner struct {
	P byte
	Q int64
}
type E struct{ B int }
type T struct {
	a byte
	b int32
	Inner
	c string
	*E
	in struct{ x, y int16 }
}
type G[K any] struct {
	A K
	E
}

func off[K any](g *G[K]) (uintptr, uintptr, uintptr, uintptr) {
	var k K
	return unsafe.Offsetof(g.B), unsafe.Offsetof(g.E), unsafe.Sizeof(*g), unsafe.Alignof(k)
}

func main() {
	var t T
	fmt.Println(unsafe.Offsetof(t.b), unsafe.Offsetof(t.Q), unsafe.Offsetof(t.c), unsafe.Offsetof(t.in), unsafe.Offsetof(t.in.y), unsafe.Offsetof(t.E), unsafe.Sizeof(t), unsafe.Alignof(t.c))
	fmt.Println(off(new(G[int8])))
	fmt.Println(off(new(G[string])))
	fmt.Println(off(new(G[[3]int16])))
}
