package main

import (
	"fmt"
	"maps"
	"slices"
)

type unit struct{}

type set[T comparable] map[T]struct{}

func (s set[T]) union(o set[T]) set[T] {
	r := maps.Clone(s)
	maps.Copy(r, o)
	return r
}

func main() {
	a := set[int]{1: {}, 2: {}}
	fmt.Println(slices.Sorted(maps.Keys(a.union(set[int]{2: {}, 3: {}}))), len(a))
	for k, v := range map[unit]struct{}{{}: {}} {
		fmt.Println(k, v, k == v)
	}

	ch := make(chan unit, 4)
	for range cap(ch) {
		ch <- unit{}
	}
	v := <-ch
	w, ok := <-ch
	fmt.Println(v, w, ok)
	select {
	case u := <-ch:
		fmt.Println(u)
	}
	select {
	case u, ok := <-ch:
		fmt.Println(u, ok)
	default:
	}

	var x any = unit{}
	if _, ok := x.(struct{}); !ok {
		fmt.Println(x.(unit))
	}
	defer func() { fmt.Println(recover()) }()
	x = 3
	fmt.Println(x.(unit))
}
